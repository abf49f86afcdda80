-- What mapping a till's product to a menu item would do to the lines that wait for it: how many, of how many days, worth how
-- much, and what they would take out of stock. Nothing is written.
CREATE FUNCTION tenant_schema.mapping_effect(_site uuid, _product text, _menu_item uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _lines tenant_schema.unmapped_sales[];
BEGIN
  PERFORM tenant_schema.require_site(_site, 'sales.import');
  SELECT array_agg(u) INTO _lines FROM tenant_schema.unmapped_sales u
    JOIN tenant_schema.till_products t ON t.id = u.till_product_id
   WHERE t.site_id = _site AND t.kind = 'PRODUCT' AND t.product = _product AND u.state = 'WAITING';
  RETURN (
    WITH sold AS (
      SELECT l.business_day AS day, sum(l.quantity) AS quantity FROM unnest(_lines) l GROUP BY l.business_day
    ), portions AS (
      SELECT x.business_day AS day, x.item_id, x.quantity FROM tenant_schema.explode_recipes(
        ARRAY(SELECT _menu_item FROM sold), ARRAY(SELECT s.day FROM sold s)) x
    ), taken AS (
      SELECT i.name, i.base_unit, round(sum(s.quantity * p.quantity), 6) AS quantity, sum(s.quantity * p.quantity * c.average_cost) AS cost
      FROM sold s JOIN portions p ON p.day = s.day JOIN tenant_schema.items i ON i.id = p.item_id
      LEFT JOIN tenant_schema.stock_costs c ON c.site_id = _site AND c.item_id = p.item_id
      GROUP BY i.id, i.name, i.base_unit
    )
    SELECT jsonb_build_object('lines', coalesce(cardinality(_lines), 0),
      'days', (SELECT count(*) FROM sold),
      'days_without_recipe', (SELECT count(*) FROM sold s WHERE NOT EXISTS (SELECT FROM portions p WHERE p.day = s.day)),
      'amount', (SELECT coalesce(sum(l.amount), 0)::text FROM unnest(_lines) l),
      'cost', CASE WHEN _site = ANY (tenant_schema.scope('stock.cost')) THEN (SELECT coalesce(round(sum(t.cost), 2), 0)::text FROM taken t) END,
      'items', (SELECT coalesce(jsonb_agg(jsonb_build_array(t.name, t.quantity::text, t.base_unit) ORDER BY t.name), '[]') FROM taken t)));
END $$;
