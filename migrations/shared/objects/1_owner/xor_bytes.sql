-- Exclusive or of two byte strings of one length.
CREATE FUNCTION auth.xor_bytes(_a bytea, _b bytea) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE _result bytea := _a;
BEGIN
  FOR _i IN 0 .. octet_length(_a) - 1 LOOP
    _result := set_byte(_result, _i, get_byte(_a, _i) # get_byte(_b, _i));
  END LOOP;
  RETURN _result;
END $$;
