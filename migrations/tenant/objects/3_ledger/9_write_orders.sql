-- Writes new orders with their lines. What a line is charged is `_amounts`, or quantity x price where that is null; whether
-- the tax of the menu price is in it or comes on top is the site's custom. Answers the hash of what was written.
CREATE FUNCTION tenant_schema.write_orders(
  _site tenant_schema.sites, _import uuid, _posting uuid, _orders uuid[], _numbers text[], _placed timestamptz[], _days date[],
  _channels text[], _covers int[], _line_orders int[], _menu_items uuid[], _quantities numeric[], _unit_prices numeric[],
  _amounts numeric[], _modified_lines int[] DEFAULT NULL, _modifiers uuid[] DEFAULT NULL) RETURNS bytea
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH placed AS (
    SELECT * FROM unnest(_orders, _numbers, _placed, _days, _channels, _covers) WITH ORDINALITY
      AS o (id, number, placed_at, day, channel, covers, n)
    WHERE o.id IS NOT NULL
  ), charged AS (
    SELECT o.id, o.day, l.n, l.menu_item_id, l.quantity, l.price, round(coalesce(l.amount, l.quantity * l.price), 2) AS amount
    FROM unnest(_line_orders, _menu_items, _quantities, _unit_prices, _amounts) WITH ORDINALITY
      AS l (o, menu_item_id, quantity, price, amount, n)
    JOIN placed o ON o.n = l.o
  ), taxes AS (
    SELECT d.menu_item_id, d.day, coalesce((
      SELECT p.tax_percent FROM tenant_schema.menu_prices p
      WHERE p.menu_item_id = d.menu_item_id AND (p.site_id = (_site).id OR p.site_id IS NULL) AND p.valid_from <= d.day
      ORDER BY p.site_id IS NULL, p.valid_from DESC LIMIT 1), 0) AS percent
    FROM (SELECT DISTINCT c.menu_item_id, c.day FROM charged c) d
  ), split AS (
    SELECT c.*, CASE WHEN (_site).prices_include_tax THEN round(c.amount / (1 + t.percent / 100), 2) ELSE c.amount END AS net, t.percent
    FROM charged c
    JOIN taxes t ON t.menu_item_id = c.menu_item_id AND t.day = c.day
  ), taxed AS (
    SELECT s.*, CASE WHEN (_site).prices_include_tax THEN s.amount - s.net ELSE round(s.net * s.percent / 100, 2) END AS tax FROM split s
  ), lines AS MATERIALIZED (
    SELECT ROW(t.id, row_number() OVER (PARTITION BY t.id ORDER BY t.n), (_site).id, t.day, t.menu_item_id, t.quantity, t.price, t.net,
      t.tax, coalesce(m.modifiers, '{}'), '', NULL)::tenant_schema.order_items AS row
    FROM taxed t
    LEFT JOIN (SELECT c.line, array_agg(c.modifier_id ORDER BY c.n) AS modifiers
               FROM unnest(_modified_lines, _modifiers) WITH ORDINALITY AS c (line, modifier_id, n) GROUP BY c.line) m ON m.line = t.n
  ), summed AS (
    SELECT (l.row).order_id, sum((l.row).net_amount) AS net, sum((l.row).tax_amount) AS tax,
      sha256(convert_to(string_agg(tenant_schema.order_item_line(l.row), E'\n' ORDER BY (l.row).line), 'UTF8')) AS hash
    FROM lines l GROUP BY (l.row).order_id
  ), written AS (
    INSERT INTO tenant_schema.orders AS w (id, site_id, number, channel, placed_at, business_day, covers, net_total, tax_total, items_hash,
      import_id, posting_id, created_by)
    SELECT o.id, (_site).id, o.number, coalesce(o.channel, ''), o.placed_at, o.day, o.covers, coalesce(s.net, 0), coalesce(s.tax, 0),
      coalesce(s.hash, sha256('')), _import, _posting, (SELECT tenant_schema.me())
    FROM placed o LEFT JOIN summed s ON s.order_id = o.id
    RETURNING w.id, tenant_schema.order_line(w) AS words
  ), itemized AS (
    INSERT INTO tenant_schema.order_items SELECT (l.row).* FROM lines l
  )
  SELECT sha256(convert_to(string_agg(w.words, E'\n' ORDER BY w.id), 'UTF8')) FROM written w
$$;
