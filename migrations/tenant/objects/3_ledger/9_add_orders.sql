-- Writes orders whose lines are worked out already: adds up their totals and takes their hashes. Answers the hash of all,
-- as the posting that records them keeps it.
CREATE FUNCTION tenant_schema.add_orders(_orders tenant_schema.orders[], _items tenant_schema.order_items[]) RETURNS bytea
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH summed AS (
    SELECT i.order_id, sum(i.net_amount) AS net, sum(i.tax_amount) AS tax,
      sha256(convert_to(string_agg(tenant_schema.order_item_line(i), E'\n' ORDER BY i.line), 'UTF8')) AS hash
    FROM unnest(_items) i GROUP BY i.order_id
  ), written AS (
    INSERT INTO tenant_schema.orders AS w (id, site_id, number, kind, part_of_id, channel, placed_at, business_day, covers, net_total,
      tax_total, items_hash, import_id, posting_id, created_by, customer_id, note)
    SELECT o.id, o.site_id, o.number, o.kind, o.part_of_id, o.channel, o.placed_at, o.business_day, o.covers, s.net, s.tax, s.hash,
      o.import_id, o.posting_id, (SELECT tenant_schema.me()), o.customer_id, o.note
    FROM unnest(_orders) o JOIN summed s ON s.order_id = o.id
    RETURNING w.id, tenant_schema.order_line(w) AS words
  ), itemized AS (
    INSERT INTO tenant_schema.order_items SELECT i.* FROM unnest(_items) i
  )
  SELECT sha256(convert_to(string_agg(w.words, E'\n' ORDER BY w.id), 'UTF8')) FROM written w
$$;
