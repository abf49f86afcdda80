-- What stock is worth by moving average, in a bare loop over the movements of one item.
-- Left out: everything that hangs together with others, layers, what is short, comparing, writing.
DO $$
DECLARE
  _m record;
  _q numeric := 0; _v numeric := 0; _a numeric := 0; _x numeric;
BEGIN
  FOR _m IN
    SELECT m.quantity, m.given_value FROM stock_movements m
    WHERE m.site_id = '{site}' AND m.item_id = '{item}' ORDER BY m.effective_at, m.id
  LOOP
    IF _m.quantity > 0 THEN
      _x := round(coalesce(_m.given_value, _m.quantity * _a), 6);
      _q := _q + _m.quantity; _v := _v + _x; _a := round(_v / nullif(_q, 0), 12);
    ELSE
      _x := round(_v * -_m.quantity / nullif(_q, 0), 6);
      _q := _q + _m.quantity; _v := _v - _x;
    END IF;
  END LOOP;
END $$
