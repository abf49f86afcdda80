-- Refuses to make one item of two that are not one, with everything that speaks against it.
CREATE FUNCTION tenant_schema.check_merge(_old tenant_schema.items, _new tenant_schema.items) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _mine uuid[] := tenant_schema.scope('items.merge');
  _problems jsonb;
BEGIN
  IF _old.id IS NULL OR _new.id IS NULL OR _old.id = _new.id THEN
    RAISE EXCEPTION 'Choose two different items to merge.' USING ERRCODE = 'IM400';
  END IF;
  IF EXISTS (SELECT FROM tenant_schema.stock_levels l WHERE l.item_id = _old.id AND l.on_hand <> 0 AND l.site_id <> ALL (_mine)) THEN
    RAISE EXCEPTION 'There is stock of % at sites where your roles do not allow you to merge items.', _old.name USING ERRCODE = 'IM403';
  END IF;
  SELECT jsonb_agg(jsonb_build_object('text', p.text)) INTO _problems FROM (
    SELECT format('%s is archived. Restore it first.', _new.name) AS text WHERE NOT _new.is_active
    UNION ALL
    SELECT format('%s was merged into another item already.', _old.name)
      WHERE _old.merged_into_id IS NOT NULL AND _old.merged_into_id <> _new.id
    UNION ALL
    SELECT format('%s is kept in %s and %s in %s, which cannot be converted.', _old.name, _old.base_unit, _new.name, _new.base_unit)
      WHERE (SELECT count(DISTINCT u.dimension) FROM tenant_schema.units u WHERE u.code IN (_old.base_unit, _new.base_unit)) > 1
    UNION ALL
    SELECT format('%s is below zero at %s. Receive or count it first.', _old.name, s.name)
      FROM tenant_schema.stock_costs c JOIN tenant_schema.sites s ON s.id = c.site_id WHERE c.item_id = _old.id AND c.quantity < 0
    UNION ALL
    SELECT format('%s is closed and has stock of %s.', s.name, _old.name)
      FROM tenant_schema.sites s WHERE NOT s.is_active
      AND EXISTS (SELECT FROM tenant_schema.stock_levels l WHERE l.site_id = s.id AND l.item_id = _old.id AND l.on_hand <> 0)
    UNION ALL
    SELECT DISTINCT CASE WHEN s.id = ANY (_mine) THEN format('%s is being counted at %s (%s). Post or discard that count first.', _old.name, s.name, h.name)
        ELSE format('%s is being counted at another site. That count comes first.', _old.name) END
      FROM tenant_schema.count_sheets h JOIN tenant_schema.sites s ON s.id = h.site_id WHERE h.state IN ('OPEN', 'REVIEW')
      AND EXISTS (SELECT FROM tenant_schema.count_entries e WHERE e.sheet_id = h.id AND e.item_id = _old.id)) p;
  IF _problems IS NOT NULL THEN
    RAISE EXCEPTION '% cannot be merged into %.', _old.name, _new.name USING ERRCODE = 'IM400', DETAIL = _problems::text;
  END IF;
END $$;
