-- What post_document() would change: posts it, looks, and takes it back, in one call. Nothing stays of it, and what it would refuse
-- it refuses here. Answers what effects_told() tells.
CREATE FUNCTION tenant_schema.preview_document(
  _header jsonb, _items uuid[], _locations uuid[], _quantities numeric[], _unit_costs numeric[], _reasons uuid[],
  _notes text[], _entered_quantities numeric[], _entered_units text[], _of bigint[] DEFAULT NULL, _weights numeric[] DEFAULT NULL,
  _values numeric[] DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _key uuid := gen_random_uuid();
  _seen jsonb;
BEGIN
  BEGIN
    PERFORM tenant_schema.post_document(_key, _header, _items, _locations, _quantities, _unit_costs, _reasons, _notes, _entered_quantities,
      _entered_units, _of, _weights, _values);
    _seen := tenant_schema.effects_of(_key);
    RAISE SQLSTATE 'IM002';
  EXCEPTION WHEN SQLSTATE 'IM002' THEN
    NULL;
  END;
  RETURN tenant_schema.effects_told(_seen);
END $$;
