-- Takes the cost rows of these items at a site in order, making those that are missing. Whoever holds them is the only one to
-- post these items there; the fixed order keeps two documents from waiting for each other. What something may change that is
-- dated before what was posted already (`_from`; without it, its time is taken under the lock) is taken as well, and so is
-- what an issue came from that is brought back or carried on (`_of`). Where more has come to depend on it while this waited,
-- all are let go and taken anew, because taking the rest out of order is how two wait for each other.
CREATE FUNCTION tenant_schema.lock_costs(_site uuid, _items uuid[], _from timestamptz DEFAULT NULL, _of bigint[] DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _sources tenant_schema.cost_object[] := ARRAY(SELECT ROW(m.site_id, m.item_id, 'infinity', NULL, NULL, NULL, NULL)::tenant_schema.cost_object
    FROM tenant_schema.stock_movements m WHERE m.id = ANY (_of));
  _held tenant_schema.cost_object[];
BEGIN
  PERFORM pg_advisory_xact_lock_shared(hashtextextended('periods of tenant_schema', 0)); -- before any row: nobody closes a period meanwhile
  INSERT INTO tenant_schema.stock_costs (site_id, item_id)
  SELECT _site, i.id FROM tenant_schema.items i
  WHERE i.id = ANY (_items) -- asked item by item: of thousands, a join would go through the costs of all there are
    AND (SELECT c.item_id FROM tenant_schema.stock_costs c WHERE c.site_id = _site AND c.item_id = i.id) IS NULL
  ORDER BY i.id
  ON CONFLICT DO NOTHING;
  IF tenant_schema.settles_later() THEN -- which has taken what there was of them; settle() takes the rest
    PERFORM FROM tenant_schema.stock_costs c WHERE c.site_id = _site AND c.item_id = ANY (_items) ORDER BY c.item_id FOR UPDATE;
    PERFORM FROM unnest(_sources) o CROSS JOIN LATERAL ( -- one by one: rows that changed thousands of times are not read through
      SELECT FROM tenant_schema.stock_costs c WHERE c.site_id = o.site_id AND c.item_id = o.item_id FOR UPDATE) c;
    RETURN;
  END IF;
  IF _from IS NULL AND cardinality(_sources) = 0
     AND NOT EXISTS (SELECT FROM tenant_schema.cost_layers p WHERE p.site_id = _site AND p.item_id = ANY (_items) AND p.quantity < 0) THEN
    PERFORM FROM tenant_schema.stock_costs c WHERE c.site_id = _site AND c.item_id = ANY (_items) ORDER BY c.item_id FOR UPDATE;
    RETURN;
  END IF;
  FOR _try IN 1 .. 100 LOOP
    BEGIN
      _held := tenant_schema.dependants(_site, _items, _from, _sources);
      PERFORM FROM (SELECT _site AS site_id, i AS item_id FROM unnest(_items) i UNION SELECT h.site_id, h.item_id FROM unnest(_held) h) o
        JOIN tenant_schema.stock_costs c ON c.site_id = o.site_id AND c.item_id = o.item_id
        ORDER BY c.site_id, c.item_id FOR UPDATE OF c;
      IF cardinality(_held) >= cardinality(tenant_schema.dependants(_site, _items, _from, _sources)) THEN
        RETURN;
      END IF;
      RAISE SQLSTATE 'IM001';
    EXCEPTION WHEN SQLSTATE 'IM001' THEN
      NULL;
    END;
  END LOOP;
  RAISE EXCEPTION 'Too much is going on with these items at the moment. Try again.' USING ERRCODE = 'IM409';
END $$;
