-- After a posting of a transfer, or one that takes some of it back: how much of each issue that it concerns is under way now.
CREATE FUNCTION tenant_schema.keep_under_way(_posting uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _issues bigint[] := ARRAY(
    SELECT coalesce(u.of_id, u.id, m.of_id, m.id) FROM tenant_schema.stock_movements m
    LEFT JOIN tenant_schema.stock_movements u ON u.id = m.reverses_id WHERE m.posting_id = _posting);
BEGIN
  WITH now AS (
    SELECT m.id, p.id AS transfer_id, m.site_id, p.to_site_id, m.item_id,
      CASE WHEN EXISTS (SELECT FROM tenant_schema.stock_movements u WHERE u.reverses_id = m.id) THEN 0 ELSE -m.quantity - coalesce((
        SELECT sum(t.quantity) FROM tenant_schema.stock_movements t WHERE t.of_id = m.id AND t.reverses_id IS NULL
          AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements r WHERE r.reverses_id = t.id)), 0) END AS quantity
    FROM tenant_schema.stock_movements m JOIN tenant_schema.postings p ON p.id = m.posting_id
    WHERE m.id = ANY (_issues) AND m.kind = 'TRANSFER_OUT' AND m.quantity < 0 AND m.reverses_id IS NULL
  ), gone AS (
    DELETE FROM tenant_schema.under_way w USING now n WHERE w.movement_id = n.id AND n.quantity <= 0)
  INSERT INTO tenant_schema.under_way (movement_id, transfer_id, site_id, to_site_id, item_id, quantity)
  SELECT n.id, n.transfer_id, n.site_id, n.to_site_id, n.item_id, n.quantity FROM now n WHERE n.quantity > 0
  ON CONFLICT (movement_id) DO UPDATE SET quantity = excluded.quantity;
END $$;
