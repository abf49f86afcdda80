-- What was received is worth something else than was entered: a late invoice (kind PRICE: the right value of each movement) or
-- costs of getting it here (LANDED: an amount spread over the movements by weights, or where none are given by value, quantity,
-- weight as the units of the items say it, or equally). Corrects what is still there and what was used. Header: kind, site_id, effective_at, supplier_id, reference, note. Answers like post_document.
CREATE FUNCTION tenant_schema.change_prices(_key uuid, _header jsonb, _movements bigint[], _values numeric[], _weights numeric[], _spread text)
RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _content bytea := sha256(convert_to(ROW('prices', _header, _movements, _values, _weights, _spread)::text, 'UTF8'));
  _kind text := _header ->> 'kind';
  _amount numeric := (_header ->> 'amount')::numeric;
  _site tenant_schema.sites;
  _posting tenant_schema.postings;
  _items uuid[];
  _from timestamptz;
  _rows record;
  _left numeric; _rest numeric; _mine numeric;
  _limited boolean;
  _unknown text;
  _seeds tenant_schema.cost_object[];
  _result jsonb;
BEGIN
  IF _key IS NULL OR _kind IS NULL OR _kind NOT IN ('PRICE', 'LANDED') OR coalesce(cardinality(_movements), 0) NOT BETWEEN 1 AND 5000
     OR (SELECT count(DISTINCT m) FROM unnest(_movements) m) <> cardinality(_movements)
     OR _kind = 'PRICE' AND (cardinality(_values) IS DISTINCT FROM cardinality(_movements)
       OR EXISTS (SELECT FROM unnest(_values) v WHERE v IS NULL OR v = 'NaN' OR v < 0 OR v >= 1000000000000))
     OR _spread NOT IN ('value', 'quantity', 'weight', 'equal')
     OR _kind = 'LANDED' AND (_amount IS NULL OR _amount = 'NaN' OR abs(_amount) >= 1000000000000 OR _weights IS NOT NULL AND (
       cardinality(_weights) <> cardinality(_movements) OR EXISTS (SELECT FROM unnest(_weights) w WHERE w IS NULL OR w = 'NaN' OR w < 0)
       OR (SELECT sum(w) FROM unnest(_weights) w) = 0)) THEN
    RAISE EXCEPTION 'A change of prices needs a key, a kind, different movements and right values for them.' USING ERRCODE = 'IM400';
  END IF;
  _result := tenant_schema.first_result(_key, _content);
  IF _result IS NOT NULL THEN
    RETURN _result;
  END IF;
  _site := tenant_schema.require_site((_header ->> 'site_id')::uuid, 'adjustments.record');
  PERFORM tenant_schema.require_site(_site.id, 'stock.cost');
  _limited := tenant_schema.lock_limit('adjustments.record', _site.id);
  SELECT array_agg(m.item_id), min(m.effective_at) INTO _items, _from FROM tenant_schema.stock_movements m
    WHERE m.id = ANY (_movements) AND m.site_id = _site.id AND m.given_value IS NOT NULL AND m.quantity > 0 AND m.kind <> 'PRODUCTION'
      AND m.reverses_id IS NULL AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements r WHERE r.reverses_id = m.id);
  IF cardinality(_items) IS DISTINCT FROM cardinality(_movements) THEN
    RAISE EXCEPTION 'Only what was received with a price, and not undone, can be worth something else.' USING ERRCODE = 'IM400';
  END IF;
  PERFORM tenant_schema.lock_costs(_site.id, _items, _from);
  _posting.id := _key;
  _posting.kind := _kind;
  _posting.site_id := _site.id;
  _posting.effective_at := coalesce((_header ->> 'effective_at')::timestamptz, clock_timestamp());
  IF _posting.effective_at > clock_timestamp() + interval '2 minutes' OR _posting.effective_at < '2000-01-01 00:00+00' THEN
    RAISE EXCEPTION 'The time of a posting lies after the year 2000 and not in the future.' USING ERRCODE = 'IM400';
  END IF;
  _posting.supplier_id := (_header ->> 'supplier_id')::uuid;
  _posting.reference := left(coalesce(_header ->> 'reference', ''), 200);
  _posting.note := left(coalesce(_header ->> 'note', ''), 1000);
  _posting.content_hash := _content;
  IF _spread = 'weight' AND _weights IS NULL THEN
    SELECT string_agg(DISTINCT i.name, ', ') INTO _unknown FROM unnest(_items) u (id) JOIN tenant_schema.items i ON i.id = u.id
     WHERE tenant_schema.grams_of(i.id) IS NULL;
    IF _unknown IS NOT NULL THEN
      RAISE EXCEPTION 'Nobody knows what this weighs: %. Say it on the card of the item, or spread by something else.', _unknown
        USING ERRCODE = 'IM400', DETAIL = '[{"field": "spread", "text": "Not everything here has a weight."}]';
    END IF;
  END IF;
  _rest := round(_amount, 6);
  FOR _rows IN
    SELECT z.*, sum(z.weight) OVER () AS whole
    FROM (
      SELECT u.n, m.id, m.item_id, m.effective_at, u.right_value, w.worth, CASE
        WHEN _weights IS NOT NULL THEN u.weight
        WHEN _spread = 'equal' THEN 1
        WHEN _spread = 'weight' THEN m.quantity * g.grams
        WHEN _spread = 'quantity' OR sum(w.worth) OVER () = 0 THEN m.quantity
        ELSE w.worth END AS weight
      FROM unnest(_movements, _values, _weights) WITH ORDINALITY AS u (id, right_value, weight, n)
      JOIN tenant_schema.stock_movements m ON m.id = u.id
      CROSS JOIN LATERAL (SELECT tenant_schema.grams_of(m.item_id) AS grams) g
      CROSS JOIN LATERAL (SELECT m.given_value + coalesce((SELECT sum(c.amount) FROM tenant_schema.price_changes c WHERE c.movement_id = m.id), 0)
        AS worth) w) z
    ORDER BY z.n
  LOOP
    IF _kind = 'PRICE' THEN
      _mine := round(_rows.right_value, 6) - _rows.worth;
    ELSE
      _left := coalesce(_left, _rows.whole);
      _mine := CASE WHEN _left = _rows.weight THEN _rest ELSE tenant_schema.quotient(_rest * _rows.weight, _left, 6) END;
      _left := _left - _rows.weight; _rest := _rest - _mine;
    END IF;
    IF _rows.worth + _mine < 0 THEN
      RAISE EXCEPTION 'Nothing is worth less than nothing: this would take more off than there is.' USING ERRCODE = 'IM400';
    END IF;
    IF _mine <> 0 THEN
      INSERT INTO tenant_schema.price_changes (movement_id, posting_id, site_id, amount) VALUES (_rows.id, _key, _site.id, _mine);
      _seeds := _seeds || ROW(_site.id, _rows.item_id, _rows.effective_at, NULL, NULL, NULL, NULL)::tenant_schema.cost_object;
    END IF;
  END LOOP;
  _result := tenant_schema.post_lines(_posting, '{}', NULL, NULL, _seeds);
  IF _limited THEN
    PERFORM tenant_schema.require_limit('adjustments.record', _site.id,
      (SELECT coalesce(sum(abs(c.amount)), 0) FROM tenant_schema.price_changes c WHERE c.posting_id = _key));
  END IF;
  RETURN _result;
END $$;
