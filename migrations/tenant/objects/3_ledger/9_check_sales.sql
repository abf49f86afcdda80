-- Everything that cannot be right in sales about to be posted, as problems with row (of the order or the line), field and
-- sentence; null when all is well.
CREATE FUNCTION tenant_schema.check_sales(
  _numbers text[], _placed timestamptz[], _channels text[], _covers int[], _line_orders int[], _menu_items uuid[], _quantities numeric[],
  _unit_prices numeric[], _amounts numeric[], _modified_lines int[] DEFAULT NULL, _modifiers uuid[] DEFAULT NULL) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH wrong AS (
    SELECT o.n, p.field, p.text
    FROM unnest(_numbers, _placed, _channels, _covers) WITH ORDINALITY AS o (number, placed, channel, covers, n)
    CROSS JOIN LATERAL (VALUES
      ('number', CASE WHEN coalesce(length(trim(o.number)), 0) NOT BETWEEN 1 AND 100 THEN 'An order number has 1 to 100 letters.' END),
      ('placed_at', CASE WHEN o.placed IS NULL OR NOT isfinite(o.placed) THEN 'An order needs its time.'
                         WHEN o.placed > clock_timestamp() + interval '2 minutes' THEN 'An order cannot lie in the future.'
                         WHEN o.placed < '2000-01-01 00:00+00' THEN 'An order cannot lie before the year 2000.' END),
      ('channel', CASE WHEN length(o.channel) > 100 THEN 'A channel has at most 100 letters.' END),
      ('covers', CASE WHEN o.covers < 0 THEN 'Covers cannot be below zero.' END)
    ) AS p (field, text)
    WHERE p.text IS NOT NULL
    UNION ALL
    SELECT l.n, p.field, p.text
    FROM unnest(_line_orders, _menu_items, _quantities, _unit_prices, _amounts) WITH ORDINALITY
      AS l (o, menu_item_id, quantity, price, amount, n)
    LEFT JOIN tenant_schema.menu_items m ON m.id = l.menu_item_id
    CROSS JOIN LATERAL (VALUES
      ('order', CASE WHEN l.o IS NULL OR l.o NOT BETWEEN 1 AND cardinality(_numbers) THEN 'This line belongs to no order.' END),
      ('menu_item', CASE WHEN m.id IS NULL THEN 'This menu item does not exist.' END),
      ('quantity', CASE WHEN l.quantity IS NULL OR l.quantity = 'NaN' OR l.quantity <= 0 OR l.quantity > 100000
                          THEN 'A quantity lies above 0 and up to 100,000.'
                        WHEN l.quantity <> round(l.quantity, 3) THEN 'A sold quantity has at most three decimals.' END),
      ('unit_price', CASE WHEN l.price IS NULL OR l.price = 'NaN' OR l.price NOT BETWEEN 0 AND 10000000
                            THEN 'A price lies between 0 and 10,000,000.' END),
      ('amount', CASE WHEN l.amount = 'NaN' OR l.amount NOT BETWEEN 0 AND 1000000000 THEN 'An amount lies between 0 and 1,000,000,000.' END)
    ) AS p (field, text)
    WHERE p.text IS NOT NULL
    UNION ALL
    SELECT c.line, 'modifiers', CASE
      WHEN c.line IS NULL OR c.line NOT BETWEEN 1 AND cardinality(_line_orders) THEN 'This modifier belongs to no line.'
      ELSE 'This modifier does not exist.' END
    FROM unnest(_modified_lines, _modifiers) AS c (line, modifier_id)
    LEFT JOIN tenant_schema.modifiers m ON m.id = c.modifier_id
    WHERE m.id IS NULL OR c.line IS NULL OR c.line NOT BETWEEN 1 AND cardinality(_line_orders))
  SELECT jsonb_agg(jsonb_build_object('row', w.n, 'field', w.field, 'text', w.text) ORDER BY w.n) FROM (SELECT * FROM wrong LIMIT 100) w
$$;
