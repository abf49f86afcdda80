-- What these orders with these lines take out of stock, by the recipes of their business days; the cost rows of the items
-- are locked on the way.
CREATE FUNCTION tenant_schema.used_by(_site uuid, _orders tenant_schema.orders[], _sold tenant_schema.order_items[])
RETURNS tenant_schema.posting_line[]
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _of_sold uuid[]; _of_days date[]; _items uuid[]; _used numeric[];
  _lines tenant_schema.posting_line[];
BEGIN
  SELECT array_agg(x.sold_id), array_agg(x.business_day), array_agg(x.item_id), array_agg(x.quantity)
    INTO _of_sold, _of_days, _items, _used
    FROM tenant_schema.explode_recipes(ARRAY(SELECT s.menu_item_id FROM unnest(_sold) WITH ORDINALITY s ORDER BY s.ordinality),
      ARRAY(SELECT s.business_day FROM unnest(_sold) WITH ORDINALITY s ORDER BY s.ordinality),
      ARRAY(SELECT m FROM unnest(_sold) WITH ORDINALITY s CROSS JOIN unnest(s.modifiers) WITH ORDINALITY AS c (m, n) ORDER BY s.ordinality, c.n),
      ARRAY(SELECT s.business_day FROM unnest(_sold) WITH ORDINALITY s CROSS JOIN unnest(s.modifiers) WITH ORDINALITY AS c (m, n)
            ORDER BY s.ordinality, c.n)) x;
  PERFORM tenant_schema.lock_costs(_site, coalesce(_items, '{}'), (SELECT min(o.placed_at) FROM unnest(_orders) o));
  _lines := tenant_schema.sale_lines(_site,
    ARRAY(SELECT o.id FROM unnest(_orders) WITH ORDINALITY o ORDER BY o.ordinality),
    ARRAY(SELECT o.placed_at FROM unnest(_orders) WITH ORDINALITY o ORDER BY o.ordinality),
    ARRAY(SELECT o.business_day FROM unnest(_orders) WITH ORDINALITY o ORDER BY o.ordinality),
    ARRAY(SELECT array_position(ARRAY(SELECT o.id FROM unnest(_orders) WITH ORDINALITY o ORDER BY o.ordinality), s.order_id)
          FROM unnest(_sold) WITH ORDINALITY s ORDER BY s.ordinality),
    ARRAY(SELECT s.menu_item_id FROM unnest(_sold) WITH ORDINALITY s ORDER BY s.ordinality),
    ARRAY(SELECT s.quantity FROM unnest(_sold) WITH ORDINALITY s ORDER BY s.ordinality),
    _of_sold, _of_days, _items, _used,
    ARRAY(SELECT s.ordinality::int FROM unnest(_sold) WITH ORDINALITY s CROSS JOIN unnest(s.modifiers) WITH ORDINALITY AS c (m, n)
          ORDER BY s.ordinality, c.n),
    ARRAY(SELECT m FROM unnest(_sold) WITH ORDINALITY s CROSS JOIN unnest(s.modifiers) WITH ORDINALITY AS c (m, n) ORDER BY s.ordinality, c.n));
  IF _lines[1].item_id IS NOT NULL AND _lines[1].location_id IS NULL THEN
    RAISE EXCEPTION '% has no storage location yet: add one before recording sales.',
      (SELECT s.name FROM tenant_schema.sites s WHERE s.id = _site) USING ERRCODE = 'IM400';
  END IF;
  RETURN _lines;
END $$;
