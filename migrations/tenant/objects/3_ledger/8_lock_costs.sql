-- Takes the cost rows of these items at a site in order, making those that are missing. Whoever holds them is the only one to
-- post these items there; the fixed order keeps two documents from waiting for each other. Where something is dated before what
-- was posted already (`_from`), whatever takes its worth from there is taken as well;
-- and so is what an issue came from that is brought back or carried on (`_of`).
CREATE FUNCTION tenant_schema.lock_costs(_site uuid, _items uuid[], _from timestamptz DEFAULT NULL, _of bigint[] DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _objects tenant_schema.cost_object[];
BEGIN
  INSERT INTO tenant_schema.stock_costs (site_id, item_id)
  SELECT _site, i.item_id FROM (SELECT DISTINCT unnest(_items) AS item_id) i
  WHERE NOT EXISTS (SELECT FROM tenant_schema.stock_costs c WHERE c.site_id = _site AND c.item_id = i.item_id)
  ORDER BY i.item_id
  ON CONFLICT DO NOTHING;
  IF _from IS NOT NULL THEN
    _objects := ARRAY(SELECT ROW(c.site_id, c.item_id, _from, NULL, NULL, NULL, NULL)::tenant_schema.cost_object
      FROM tenant_schema.stock_costs c WHERE c.site_id = _site AND c.item_id = ANY (_items) AND c.last_movement_at > _from);
    IF cardinality(_objects) > 0 THEN
      _objects := tenant_schema.cost_objects(_objects);
    END IF;
  END IF;
  IF _of IS NOT NULL THEN
    _objects := coalesce(_objects, '{}') || ARRAY(SELECT ROW(m.site_id, m.item_id, NULL, NULL, NULL, NULL, NULL)::tenant_schema.cost_object
      FROM tenant_schema.stock_movements m WHERE m.id = ANY (_of));
  END IF;
  IF coalesce(cardinality(_objects), 0) = 0 THEN
    PERFORM FROM tenant_schema.stock_costs c WHERE c.site_id = _site AND c.item_id = ANY (_items) ORDER BY c.item_id FOR UPDATE;
  ELSE
    PERFORM FROM tenant_schema.stock_costs c
      JOIN (SELECT _site AS site_id, unnest(_items) AS item_id UNION SELECT o.site_id, o.item_id FROM unnest(_objects) o) k
        ON k.site_id = c.site_id AND k.item_id = c.item_id
      ORDER BY c.site_id, c.item_id FOR UPDATE OF c;
  END IF;
END $$;
