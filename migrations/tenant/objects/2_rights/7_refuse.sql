-- Refuses with a sentence for the person, beside a field where there is one.
CREATE FUNCTION tenant_schema.refuse(_sentence text, _field text DEFAULT NULL, _code text DEFAULT 'IM400') RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION '%', _sentence USING ERRCODE = _code,
    DETAIL = jsonb_build_array(jsonb_strip_nulls(jsonb_build_object('text', _sentence, 'field', _field)));
END $$;
