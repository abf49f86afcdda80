-- BEFORE INSERT or UPDATE of a row with encrypted columns (the arguments): what is new in them is encrypted with the newest key,
-- so that nothing is written under one that is being forgotten, and nothing in plain text.
CREATE FUNCTION tenant_schema.keep_sealed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET bytea_output = 'hex' AS $$
DECLARE
  _begins text := E'\\x01' || encode(int4send((SELECT max(v.version) FROM tenant_schema.key_versions v)), 'hex');
  _old jsonb := CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(OLD) ELSE '{}' END;
  _new jsonb := to_jsonb(NEW);
BEGIN
  IF EXISTS (SELECT FROM unnest(TG_ARGV) AS c (name) WHERE _new ->> c.name IS DISTINCT FROM _old ->> c.name
             AND _new ->> c.name IS NOT NULL AND starts_with(_new ->> c.name, _begins) IS NOT TRUE) THEN
    RAISE EXCEPTION 'The key of these fields was renewed meanwhile. Try again.' USING ERRCODE = 'IM409';
  END IF;
  RETURN NEW;
END $$;
