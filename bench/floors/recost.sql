-- A delivery that nobody had entered, before everything else of one item, and what that makes of the rest: the movement; in a bare
-- loop, from what there was before it, what each later one is worth by moving average, beside what is booked of it; the differences,
-- set-based, as corrections with all their indexes; the row of costs.
-- This floor walked alone at first and wrote nothing, and as it began with nothing in stock it soon divided by zero and went on with
-- nulls. That is no floor of re-costing: each movement whose worth changes is a line of the ledger, of ten thousand every second one.
-- Left out: rights, locks, checks, the document with its hashes and its audit row, foreign keys, levels, what is not by moving average
-- or hangs together with others, what is short, reversed, dated in closed days or known later.
DO $$
DECLARE
  _posting uuid := gen_random_uuid();
  _m record;
  _q numeric; _v numeric; _a numeric; _x numeric;
  _n int := 0; _ids bigint[] := '{}'; _ats timestamptz[] := '{}'; _days date[] := '{}'; _values numeric[] := '{}';
BEGIN
  SELECT c.quantity - m.quantity, c.value - m.value - coalesce(k.value, 0) INTO _q, _v
  FROM stock_costs c,
    (SELECT sum(m.quantity) AS quantity, sum(m.value) AS value FROM stock_movements m WHERE m.site_id = '{site}' AND m.item_id = '{item}') m,
    (SELECT sum(k.value) AS value FROM cost_corrections k WHERE k.site_id = '{site}' AND k.item_id = '{item}') k
  WHERE c.site_id = '{site}' AND c.item_id = '{item}';
  _a := _v / _q;
  INSERT INTO stock_movements (posting_id, kind, site_id, location_id, item_id, effective_at, business_day, quantity, value, given_value,
    posted_by, posted_at)
  VALUES (_posting, 'DELIVERY', '{site}', '{location}', '{item}', '{at}', '{at}', 1, {price}, {price}, _posting, now());
  FOR _m IN
    SELECT m.id, m.effective_at, m.business_day, m.quantity, m.given_value, m.value + coalesce(k.value, 0) AS booked
    FROM stock_movements m
    CROSS JOIN LATERAL (SELECT sum(c.value) AS value FROM cost_corrections c WHERE c.movement_id = m.id) k
    WHERE m.site_id = '{site}' AND m.item_id = '{item}' ORDER BY m.effective_at, m.id
  LOOP
    IF _m.quantity > 0 THEN
      _x := round(coalesce(_m.given_value, _m.quantity * _a), 6);
      _q := _q + _m.quantity; _v := _v + _x; _a := round(_v / _q, 12);
    ELSE
      _x := -round(_v * -_m.quantity / _q, 6);
      _q := _q + _m.quantity; _v := _v + _x;
    END IF;
    IF _x <> _m.booked THEN
      _n := _n + 1;
      _ids[_n] := _m.id; _ats[_n] := _m.effective_at; _days[_n] := _m.business_day; _values[_n] := _x - _m.booked;
    END IF;
  END LOOP;
  INSERT INTO cost_corrections (movement_id, posting_id, site_id, item_id, cause, applies_at, effective_at, business_day, value, posted_at)
  SELECT c.id, _posting, '{site}', '{item}', 'RECOST', c.at, c.at, c.day, c.value, now()
  FROM unnest(_ids, _ats, _days, _values) AS c (id, at, day, value);
  UPDATE stock_costs c SET quantity = _q, value = _v, average_cost = _a WHERE c.site_id = '{site}' AND c.item_id = '{item}';
END $$
