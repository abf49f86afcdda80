-- Says what everything is worth that this transaction put off, see put_off(): once for each object, from the earliest moment on,
-- and through all that depends on it. The differences are corrections by the last of the documents.
CREATE FUNCTION tenant_schema.settle() RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  _seeds tenant_schema.cost_object[] := ARRAY(
    SELECT ROW(c.site_id, c.item_id, c.unsettled_from, NULL, NULL, NULL, NULL)::tenant_schema.cost_object
    FROM tenant_schema.stock_costs c WHERE c.unsettled_from IS NOT NULL);
  _objects tenant_schema.cost_object[];
  _posting tenant_schema.postings;
  _done record;
  _locked int := 0;
BEGIN
  IF cardinality(_seeds) = 0 THEN
    RETURN;
  END IF;
  SELECT p.* INTO STRICT _posting FROM tenant_schema.postings p
   WHERE p.id IN (SELECT m.posting_id FROM unnest(_seeds) s
                  JOIN tenant_schema.stock_movements m ON m.site_id = s.site_id AND m.item_id = s.item_id AND m.effective_at >= s.from_at)
   ORDER BY p.number DESC LIMIT 1;
  _objects := tenant_schema.cost_objects(_seeds);
  WHILE cardinality(_objects) > _locked LOOP -- with what depends on them, which may have grown before it was locked
    _locked := cardinality(_objects);
    PERFORM FROM tenant_schema.stock_costs c JOIN unnest(_objects) o ON o.site_id = c.site_id AND o.item_id = c.item_id
      ORDER BY c.site_id, c.item_id FOR UPDATE OF c;
    _objects := tenant_schema.cost_objects(_seeds);
  END LOOP;
  _done := tenant_schema.walk(_objects, _posting, '{}', '{}', NULL, NULL, '{}');
  PERFORM tenant_schema.write_costs(_posting, _done.ends, _done.part_objects, _done.part_ids, _done.part_quantities, _done.part_values);
  PERFORM tenant_schema.write_corrections(_posting, '{}', _done.walked, _done.walked_at, _done.worths, _done.booked, _done.up_ids, _done.up_ats,
    _done.up_values);
  UPDATE tenant_schema.stock_costs c SET unsettled_from = NULL FROM unnest(_seeds) s WHERE c.site_id = s.site_id AND c.item_id = s.item_id;
END $$;
