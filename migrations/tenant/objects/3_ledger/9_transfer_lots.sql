-- Of which lots the lines of transfers are, as the sender said, and how much of each is still under way, see lots_left(); for those who
-- see the lines. Owned by the ledger, because whoever receives need not see the lots of the sender.
CREATE VIEW tenant_schema.transfer_lots WITH (security_barrier) AS
SELECT l.id AS line_id, l.transfer_id, t.id AS lot_id, t.code, t.expires_on, -x.moved AS quantity,
  least(greatest(-x.moved - x.come, 0), l.under_way) AS under_way
FROM tenant_schema.transfer_lines l
CROSS JOIN LATERAL (
  SELECT y.lot_id, sum(y.quantity) FILTER (WHERE y.left_here) AS moved, coalesce(sum(y.quantity) FILTER (WHERE NOT y.left_here), 0) AS come
  FROM (
    SELECT a.lot_id, a.quantity, true AS left_here FROM tenant_schema.movement_lots a WHERE a.movement_id = l.id
    UNION ALL
    SELECT coalesce(a.left_as, a.lot_id), a.quantity, false
    FROM tenant_schema.stock_movements b JOIN tenant_schema.movement_lots a ON a.movement_id = b.id
    WHERE b.of_id = l.id AND b.reverses_id IS NULL
      AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements r WHERE r.reverses_id = b.id)) y
  GROUP BY y.lot_id) x
JOIN tenant_schema.lots t ON t.id = x.lot_id
WHERE x.moved < 0;
