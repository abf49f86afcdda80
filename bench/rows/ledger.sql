-- :movements: movements of two years, evenly over the sites and the generated items: of a hundred, 94 are sales (six items
-- an order), 3 deliveries (twenty lines a document), 2 waste and 1 an adjustment; a thousandth are corrected later.
SET session_replication_role = replica;
CREATE TEMP TABLE place AS
SELECT row_number() OVER (ORDER BY s.name) - 1 AS r, s.id, s.time_zone,
  (SELECT l.id FROM storage_locations l WHERE l.site_id = s.id ORDER BY l.walk_order LIMIT 1) AS location_id FROM sites s;
CREATE TEMP TABLE good AS
SELECT row_number() OVER (ORDER BY sku) - 1 AS r, id FROM items WHERE sku LIKE 'GEN-%';
CREATE TEMP TABLE dish AS
SELECT row_number() OVER (ORDER BY code) - 1 AS r, id FROM menu_items;
CREATE TEMP TABLE reason AS
SELECT row_number() OVER (PARTITION BY class = 'WASTE' ORDER BY code) - 1 AS r, id, class = 'WASTE' AS is_waste FROM reason_codes;
ANALYZE place, good, dish, reason;

CREATE TEMP TABLE sold AS
SELECT n, gen_random_uuid() AS id, p.id AS site_id, p.location_id, t.at, (t.at AT TIME ZONE p.time_zone)::date AS day
FROM (SELECT n, now() - interval '730 days' * (1 - n / greatest(1, :movements: * 0.94 / 6)) AS at
      FROM generate_series(1, ceil(:movements: * 0.94 / 6)::int) AS n) t
JOIN place p ON p.r = t.n % (SELECT count(*) FROM place);
CREATE TEMP TABLE daily AS
SELECT gen_random_uuid() AS id, site_id, day, max(at) AS at, count(*) * 6 AS lines FROM sold GROUP BY site_id, day;
CREATE TEMP TABLE document AS
SELECT gen_random_uuid() AS id, t.n, t.kind, t.lines, p.id AS site_id, p.location_id, t.at, (t.at AT TIME ZONE p.time_zone)::date AS day,
  r.id AS reason_id
FROM (SELECT n, kind, lines, now() - interval '730 days' * (1 - n / greatest(1, of)) AS at
      FROM (VALUES ('DELIVERY', 20, :movements: * 0.03 / 20), ('WASTE', 1, :movements: * 0.02), ('ADJUSTMENT', 1, :movements: * 0.01))
        AS k (kind, lines, of), generate_series(1, ceil(of)::int) AS n) t
JOIN place p ON p.r = t.n % (SELECT count(*) FROM place)
LEFT JOIN reason r ON t.kind <> 'DELIVERY' AND r.is_waste = (t.kind = 'WASTE')
  AND r.r = t.n / 7 % (SELECT count(*) FROM reason x WHERE x.is_waste = (t.kind = 'WASTE'));
ANALYZE sold, daily, document;

INSERT INTO postings (id, kind, site_id, effective_at, business_day, content_hash, lines_hash, line_count, value, posted_by, posted_at, row_hash)
SELECT d.id, d.kind, d.site_id, d.at, d.day, '', '', d.lines, 0, m.id, d.at, ''
FROM (SELECT id, 'SALE' AS kind, site_id, at, day, lines FROM daily
      UNION ALL SELECT id, kind, site_id, at, day, lines FROM document) d, (SELECT id FROM members LIMIT 1) m
ORDER BY d.at;
INSERT INTO stock_movements (posting_id, kind, site_id, location_id, item_id, effective_at, business_day, quantity, value, reason_id,
  order_id, posted_by, posted_at)
SELECT v.posting_id, v.kind, v.site_id, v.location_id, g.id, v.at, v.day, v.quantity, v.quantity * 2, v.reason_id, v.order_id, m.id, v.at
FROM (SELECT p.id AS posting_id, 'SALE' AS kind, s.site_id, s.location_id, s.n * 7 + k * 131 AS r, s.at, s.day, -0.2 AS quantity,
        NULL::uuid AS reason_id, s.id AS order_id
      FROM sold s JOIN daily p USING (site_id, day), generate_series(1, 6) AS k
      UNION ALL
      SELECT d.id, d.kind, d.site_id, d.location_id, d.n * 11 + k * 37, d.at, d.day, CASE d.kind WHEN 'DELIVERY' THEN 6 ELSE -0.5 END,
        d.reason_id, NULL
      FROM document d, generate_series(1, d.lines) AS k) v
JOIN good g ON g.r = v.r % (SELECT count(*) FROM good), (SELECT id FROM members LIMIT 1) m
ORDER BY v.at;
INSERT INTO cost_corrections (movement_id, posting_id, site_id, item_id, cause, applies_at, effective_at, business_day, value, posted_at)
SELECT id, posting_id, site_id, item_id, 'TRUE_UP', effective_at, effective_at, business_day, -0.01, posted_at FROM stock_movements WHERE id % 1000 = 0;

INSERT INTO orders (id, site_id, number, channel, placed_at, business_day, covers, net_total, tax_total, posting_id, created_by)
SELECT s.id, s.site_id, 'G' || s.n, 'Counter', s.at, s.day, 2, 23, 2.04, p.id, m.id
FROM sold s JOIN daily p USING (site_id, day), (SELECT id FROM members LIMIT 1) m ORDER BY s.n;
INSERT INTO order_items (order_id, line, site_id, business_day, menu_item_id, quantity, unit_price, net_amount, tax_amount)
SELECT s.id, k, s.site_id, s.day, d.id, 1, 11.5, 11.5, 1.02
FROM sold s, generate_series(1, 2) AS k JOIN dish d ON true WHERE d.r = (s.n * 3 + k) % (SELECT count(*) FROM dish) ORDER BY s.n;
DROP TABLE place, good, dish, reason, sold, daily, document;
SET session_replication_role = origin;
ANALYZE;
