-- What mapping a till's word to a modifier would do to the lines it waits beside: how many, of how many days, worth how much, and what
-- more they would take out of stock (below zero: less). Nothing is written.
CREATE FUNCTION tenant_schema.modifier_effect(_site uuid, _product text, _modifier uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _ids uuid[];
BEGIN
  PERFORM tenant_schema.require_site(_site, 'sales.import');
  _ids := ARRAY(SELECT u.id FROM tenant_schema.unmapped_modifiers u JOIN tenant_schema.till_products t ON t.id = u.till_product_id
    WHERE t.site_id = _site AND t.kind = 'MODIFIER' AND t.product = _product AND u.state = 'WAITING');
  RETURN (
    WITH lines AS MATERIALIZED (
      SELECT row_number() OVER () AS n, l.* FROM tenant_schema.modified_lines(_ids, _modifier) l
    ), portions AS (
      SELECT x.sold_id, x.business_day, x.item_id, x.quantity FROM tenant_schema.explode_recipes(
        ARRAY(SELECT l.menu_item_id FROM lines l ORDER BY l.n), ARRAY(SELECT l.business_day FROM lines l ORDER BY l.n),
        ARRAY(SELECT m FROM lines l CROSS JOIN unnest(l.modified) m ORDER BY l.n),
        ARRAY(SELECT l.business_day FROM lines l CROSS JOIN unnest(l.modified) m ORDER BY l.n)) x
    ), used AS ( -- by a line as it was, and as it will be
      SELECT w.n, w.quantity, w.sign, p.item_id, greatest(sum(p.quantity), 0) AS portion
      FROM (SELECT l.n, l.business_day, l.quantity, -1 AS sign, unnest(l.menu_item_id || l.modifiers) AS sold_id FROM lines l
            UNION ALL SELECT l.n, l.business_day, l.quantity, 1, unnest(l.menu_item_id || l.modified) FROM lines l) w
      JOIN portions p ON p.sold_id = w.sold_id AND p.business_day = w.business_day
      GROUP BY w.n, w.quantity, w.sign, p.item_id
    ), taken AS (
      SELECT i.name, i.base_unit, round(sum(u.sign * u.quantity * u.portion), 6) AS quantity,
        sum(u.sign * u.quantity * u.portion * c.average_cost) AS cost
      FROM used u JOIN tenant_schema.items i ON i.id = u.item_id
      LEFT JOIN tenant_schema.stock_costs c ON c.site_id = _site AND c.item_id = u.item_id
      GROUP BY i.id, i.name, i.base_unit HAVING round(sum(u.sign * u.quantity * u.portion), 6) <> 0
    )
    SELECT jsonb_build_object('lines', cardinality(_ids), 'days', (SELECT count(DISTINCT l.business_day) FROM lines l),
      'days_without_recipe', 0,
      'amount', (SELECT coalesce(sum(u.amount), 0)::text FROM tenant_schema.unmapped_modifiers u WHERE u.id = ANY (_ids)),
      'cost', CASE WHEN _site = ANY (tenant_schema.scope('stock.cost')) THEN (SELECT coalesce(round(sum(t.cost), 2), 0)::text FROM taken t) END,
      'items', (SELECT coalesce(jsonb_agg(jsonb_build_array(t.name, t.quantity::text, t.base_unit) ORDER BY t.name), '[]') FROM taken t)));
END $$;
