-- Everything wrong with a refund, as problems with row, field and sentence; null when all is well.
CREATE FUNCTION tenant_schema.check_refund(_order uuid, _lines int[], _quantities numeric[], _reasons uuid[]) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT jsonb_agg(jsonb_build_object('row', w.n, 'field', p.field, 'text', p.text) ORDER BY w.n)
  FROM unnest(_lines, _quantities, _reasons) WITH ORDINALITY AS w (line, quantity, reason_id, n)
  LEFT JOIN tenant_schema.rest_of_lines(_order) i ON i.line = w.line
  LEFT JOIN tenant_schema.reason_codes c ON c.id = w.reason_id
  CROSS JOIN LATERAL (VALUES
    ('line', CASE WHEN i.line IS NULL THEN 'The order has no such line.'
                  WHEN (SELECT count(*) FROM unnest(_lines) l WHERE l = w.line) > 1 THEN 'Each line is refunded once at a time.' END),
    ('quantity', CASE WHEN w.quantity IS NULL OR w.quantity = 'NaN' OR w.quantity <= 0 THEN 'A quantity above 0 is refunded.'
                      WHEN w.quantity <> round(w.quantity, 3) THEN 'A sold quantity has at most three decimals.'
                      WHEN i.quantity <= 0 THEN 'All of this line was refunded before.'
                      WHEN w.quantity > i.quantity THEN format('Only %s of this line are left to refund.', trim_scale(i.quantity)) END),
    ('reason', CASE WHEN w.reason_id IS NOT NULL AND (c.id IS NULL OR NOT c.is_active OR NOT 'WASTE' = ANY (c.kinds))
                 THEN 'This reason cannot be used for waste.' END)
  ) AS p (field, text)
  WHERE p.text IS NOT NULL
$$;
