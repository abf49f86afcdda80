-- What sites want of one item becomes what they want of another. Where both said something, `_choices` says by site which
-- counts: `winner` (also when it says nothing), `loser` or `sum`; what only one of them said is kept anyway.
CREATE FUNCTION tenant_schema.merge_settings(_loser uuid, _winner uuid, _num numeric, _den numeric, _choices jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO tenant_schema.item_site_settings AS w (item_id, site_id, par, reorder_point, home_location_id, shelf_position, is_key)
  SELECT _winner, l.site_id, tenant_schema.quotient(l.par * _num, _den, 6), tenant_schema.quotient(l.reorder_point * _num, _den, 6),
      l.home_location_id, l.shelf_position, l.is_key
    FROM tenant_schema.item_site_settings l WHERE l.item_id = _loser
      AND (l.par IS NOT NULL OR l.reorder_point IS NOT NULL OR l.home_location_id IS NOT NULL OR l.shelf_position <> '' OR l.is_key)
  ON CONFLICT (item_id, site_id) DO UPDATE SET
    par = CASE _choices ->> w.site_id::text
      WHEN 'loser' THEN coalesce(excluded.par, w.par)
      WHEN 'sum' THEN coalesce(w.par + excluded.par, w.par, excluded.par) ELSE coalesce(w.par, excluded.par) END,
    reorder_point = CASE _choices ->> w.site_id::text
      WHEN 'loser' THEN coalesce(excluded.reorder_point, w.reorder_point)
      WHEN 'sum' THEN coalesce(w.reorder_point + excluded.reorder_point, w.reorder_point, excluded.reorder_point)
      ELSE coalesce(w.reorder_point, excluded.reorder_point) END,
    home_location_id = coalesce(w.home_location_id, excluded.home_location_id),
    shelf_position = CASE WHEN w.home_location_id IS NULL THEN excluded.shelf_position ELSE w.shelf_position END,
    is_key = w.is_key OR excluded.is_key;
  UPDATE tenant_schema.item_site_settings l SET par = NULL, reorder_point = NULL, home_location_id = NULL, shelf_position = '', is_key = false
    WHERE l.item_id = _loser;
END $$;
