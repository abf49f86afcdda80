-- Everything wrong with an order as it is entered, as problems with row (of the line), field and sentence; null when all is
-- well. `_free`: the person may ask other prices than the list and give discounts.
CREATE FUNCTION tenant_schema.check_entry(
  _order tenant_schema.orders, _lines tenant_schema.planned_lines[], _free boolean) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH wrong AS (
    SELECT NULL::int AS line, p.field, p.text
    FROM (VALUES
      ('kind', CASE WHEN coalesce(_order.kind, '') NOT IN ('CATERING', 'WHOLESALE', 'INTERNAL', 'STAFF_MEAL')
                 THEN 'Say what the order is for.' END),
      ('placed_at', CASE WHEN _order.placed_at IS NULL OR NOT isfinite(_order.placed_at) THEN 'An order needs its time.'
                         WHEN _order.placed_at < '2000-01-01 00:00+00' THEN 'An order cannot lie before the year 2000.'
                         WHEN _order.placed_at > clock_timestamp() + interval '2 years' THEN 'An order is planned up to two years ahead.' END),
      ('customer_id', CASE WHEN _order.customer_id IS NULL AND _order.kind IN ('CATERING', 'WHOLESALE') THEN 'Choose the customer.'
                           WHEN _order.customer_id IS NOT NULL AND (NOT tenant_schema.can('customers.view')
                             OR NOT EXISTS (SELECT FROM tenant_schema.customers c WHERE c.id = _order.customer_id AND c.is_active))
                             THEN 'Choose an active customer.' END),
      ('covers', CASE WHEN _order.covers < 0 THEN 'Covers cannot be below zero.'
                      WHEN _order.covers > 100000 THEN 'Covers go up to 100,000.' END),
      ('channel', CASE WHEN length(_order.channel) > 100 THEN 'A channel has at most 100 letters.' END),
      ('note', CASE WHEN length(_order.note) > 1000 THEN 'A note has at most 1,000 letters.' END),
      ('lines', CASE WHEN coalesce(cardinality(_lines), 0) NOT BETWEEN 1 AND 500 THEN 'An order has 1 to 500 lines.' END)
    ) AS p (field, text)
    UNION ALL
    SELECT l.line, p.field, p.text
    FROM unnest(_lines) l
    LEFT JOIN tenant_schema.menu_items m ON m.id = l.menu_item_id
    LEFT JOIN LATERAL (
      SELECT greatest(p.price + coalesce((SELECT sum(d.price) FROM unnest(l.modifiers) AS c (id)
        JOIN tenant_schema.modifiers d ON d.id = c.id), 0), 0) AS price
      FROM tenant_schema.prices_of(_order.site_id, ARRAY[l.menu_item_id], _order.business_day) p) r ON true
    CROSS JOIN LATERAL (VALUES
      ('menu_item', CASE WHEN m.id IS NULL THEN 'This menu item does not exist.' END),
      ('quantity', CASE WHEN l.quantity IS NULL OR l.quantity = 'NaN' OR l.quantity <= 0 OR l.quantity > 100000
                          THEN 'A quantity lies above 0 and up to 100,000.' END),
      ('price', CASE WHEN l.unit_price IS NULL OR l.unit_price = 'NaN' OR l.unit_price NOT BETWEEN 0 AND 10000000
                       THEN 'A price lies between 0 and 10,000,000.'
                     WHEN _order.kind = 'STAFF_MEAL' AND l.unit_price <> 0 THEN 'A staff meal is not charged.'
                     WHEN _order.kind <> 'STAFF_MEAL' AND NOT _free AND r.price IS NULL
                       THEN format('%s has no price on that day, and your roles do not let you set one.', m.name)
                     WHEN _order.kind <> 'STAFF_MEAL' AND NOT _free AND l.unit_price <> r.price
                       THEN format('The price of %s is %s on that day, and your roles do not let you change it.', m.name, r.price) END),
      ('discount', CASE WHEN l.discount IS NULL OR l.discount = 'NaN' OR l.discount < 0 THEN 'A discount cannot be below zero.'
                        WHEN l.discount > round(l.quantity * l.unit_price, 2) THEN 'The discount is more than the line is worth.'
                        WHEN l.discount > 0 AND NOT _free THEN 'Your roles do not let you give a discount.' END),
      ('modifiers', tenant_schema.wrong_modifiers(l.menu_item_id, l.modifiers)),
      ('note', CASE WHEN length(l.note) > 300 THEN 'A note on a line has at most 300 letters.' END)
    ) AS p (field, text))
  SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('row', w.line, 'field', w.field, 'text', w.text)) ORDER BY w.line NULLS FIRST)
  FROM wrong w WHERE w.text IS NOT NULL
$$;
