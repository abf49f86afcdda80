-- Writes the areas and the lines of a new count: what its scope takes of what is there or has its home there.
CREATE FUNCTION tenant_schema.fill_count(_sheet tenant_schema.count_sheets, _chosen uuid[], _days int) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  WITH RECURSIVE places AS ( -- a storage location with those inside it
    SELECT w.id FROM tenant_schema.storage_locations w
     WHERE w.site_id = _sheet.site_id AND ((_sheet.scope <> 'LOCATIONS') OR w.id = ANY (_chosen))
    UNION
    SELECT w.id FROM tenant_schema.storage_locations w JOIN places p ON w.parent_id = p.id
  ), kinds AS ( -- a category with those under it
    SELECT c.id FROM tenant_schema.categories c WHERE _sheet.scope = 'CATEGORIES' AND c.id = ANY (_chosen)
    UNION
    SELECT c.id FROM tenant_schema.categories c JOIN kinds k ON c.parent_id = k.id
  ), kept AS (
    SELECT s.location_id, s.item_id FROM tenant_schema.stock_levels s WHERE s.site_id = _sheet.site_id AND s.on_hand <> 0
    UNION
    SELECT g.home_location_id, g.item_id FROM tenant_schema.item_site_settings g
     WHERE g.site_id = _sheet.site_id AND g.home_location_id IS NOT NULL
  ), taken AS (
    SELECT k.location_id, k.item_id, i.sort_name, CASE WHEN g.home_location_id = k.location_id THEN g.shelf_position ELSE '' END AS shelf
    FROM kept k
    JOIN tenant_schema.storage_locations w ON w.id = k.location_id AND w.is_active
    JOIN tenant_schema.items i ON i.id = k.item_id AND i.is_active
    LEFT JOIN tenant_schema.item_site_settings g ON g.item_id = k.item_id AND g.site_id = _sheet.site_id
    LEFT JOIN tenant_schema.stock_costs c ON c.item_id = k.item_id AND c.site_id = _sheet.site_id
    WHERE k.location_id IN (SELECT p.id FROM places p) AND CASE _sheet.scope
      WHEN 'CATEGORIES' THEN i.category_id IN (SELECT q.id FROM kinds q)
      WHEN 'KEY_ITEMS' THEN g.is_key
      WHEN 'CYCLE' THEN c.last_counted_at IS NULL OR c.last_counted_at < _sheet.started_at - make_interval(days => _days)
      ELSE true END
  ), areas AS ( -- an empty place is walked through as well, where all or that place is counted
    INSERT INTO tenant_schema.count_areas (sheet_id, location_id, site_id, place)
    SELECT _sheet.id, w.id, _sheet.site_id, row_number() OVER (ORDER BY w.walk_order, w.sort_name)
    FROM tenant_schema.storage_locations w
    WHERE w.is_active AND w.id IN (SELECT p.id FROM places p)
      AND (_sheet.scope IN ('ALL', 'LOCATIONS') OR w.id IN (SELECT t.location_id FROM taken t))
  )
  INSERT INTO tenant_schema.count_lines (sheet_id, location_id, item_id, site_id, shelf, place)
  SELECT _sheet.id, t.location_id, t.item_id, _sheet.site_id, t.shelf,
    row_number() OVER (PARTITION BY t.location_id ORDER BY t.shelf = '', public.sort_key(t.shelf), t.sort_name)
  FROM taken t;
END $$;
