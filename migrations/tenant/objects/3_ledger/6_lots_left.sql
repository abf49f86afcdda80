-- Of which lots a movement is, and how much of each did not come back, or arrive elsewhere, so far; signed as the movement. What
-- arrived as another lot than the sender had said counts as that one.
CREATE FUNCTION tenant_schema.lots_left(_movement bigint) RETURNS TABLE (lot_id uuid, moved numeric, rest numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  SELECT x.lot_id, sum(x.moved), sum(x.moved + x.come) FROM (
    SELECT y.lot_id, y.quantity AS moved, 0 AS come FROM tenant_schema.movement_lots y WHERE y.movement_id = _movement
    UNION ALL
    SELECT coalesce(y.left_as, y.lot_id), 0, y.quantity
    FROM tenant_schema.stock_movements b JOIN tenant_schema.movement_lots y ON y.movement_id = b.id
    WHERE b.of_id = _movement AND b.reverses_id IS NULL
      AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements r WHERE r.reverses_id = b.id)) x
  GROUP BY x.lot_id;
END;
