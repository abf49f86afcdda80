-- Gives money back and nothing else, out of goodwill: a refund whose lines have amounts (with tax) and no quantity. What was eaten
-- stays eaten, so no stock comes back. Never more than is left of what was charged for a line. Answers id, number, value and
-- lines of the posting.
CREATE FUNCTION tenant_schema.refund_money(_key uuid, _order uuid, _lines int[], _amounts numeric[], _reason text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _content bytea := sha256(convert_to(ROW('money', _order, _lines, _amounts, _reason)::text, 'UTF8'));
  _row tenant_schema.orders;
  _refund tenant_schema.orders;
  _items tenant_schema.order_items[];
  _problems jsonb;
  _result jsonb;
BEGIN
  _result := tenant_schema.first_result(_key, _content);
  IF _result IS NOT NULL THEN
    RETURN _result;
  END IF;
  _row := tenant_schema.refundable_order(_order, _reason);
  IF coalesce(cardinality(_lines), 0) NOT BETWEEN 1 AND 500 OR cardinality(_amounts) IS DISTINCT FROM cardinality(_lines) THEN
    RAISE EXCEPTION 'Say how much money is given back for which line.' USING ERRCODE = 'IM400';
  END IF;
  SELECT jsonb_agg(jsonb_build_object('row', w.n, 'field', p.field, 'text', p.text) ORDER BY w.n) INTO _problems
    FROM unnest(_lines, _amounts) WITH ORDINALITY AS w (line, amount, n)
    LEFT JOIN tenant_schema.rest_of_lines(_order) i ON i.line = w.line
    CROSS JOIN LATERAL (VALUES
      ('line', CASE WHEN i.line IS NULL THEN 'The order has no such line.'
                    WHEN (SELECT count(*) FROM unnest(_lines) l WHERE l = w.line) > 1 THEN 'Each line is refunded once at a time.' END),
      ('amount', CASE WHEN w.amount IS NULL OR w.amount = 'NaN' OR w.amount <= 0 THEN 'An amount above 0 is given back.'
                      WHEN w.amount <> round(w.amount, 2) THEN 'An amount has at most two decimals.'
                      WHEN i.net + i.tax <= 0 THEN 'Nothing is left of what was charged for this line.'
                      WHEN w.amount > i.net + i.tax THEN format('Only %s of this line are left to give back.', i.net + i.tax) END)
    ) AS p (field, text)
    WHERE p.text IS NOT NULL;
  IF _problems IS NOT NULL THEN
    RAISE EXCEPTION 'This cannot be refunded.' USING ERRCODE = 'IM400', DETAIL = _problems::text;
  END IF;
  PERFORM tenant_schema.lock_limit('sales.void', _row.site_id);
  _refund := tenant_schema.new_refund(_row, _key, _reason);
  SELECT array_agg(ROW(_refund.id, w.n, _row.site_id, _refund.business_day, i.menu_item_id, 0, i.unit_price, -s.net, s.net - w.amount, '{}',
      '', i.line)::tenant_schema.order_items ORDER BY w.n) INTO _items
    FROM unnest(_lines, _amounts) WITH ORDINALITY AS w (line, amount, n)
    JOIN tenant_schema.rest_of_lines(_order) i ON i.line = w.line
    CROSS JOIN LATERAL ( -- in the proportion of what is left, and never more tax or net than that
      SELECT least(i.net, greatest(w.amount - i.tax, round(w.amount * i.net / (i.net + i.tax), 2))) AS net) s;
  RETURN tenant_schema.post_refund(_row, _refund, _items, _content);
END $$;
