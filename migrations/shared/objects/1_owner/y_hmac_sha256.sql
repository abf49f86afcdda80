-- HMAC-SHA256 (RFC 2104) over the built-in sha256, for keys of at most 64 bytes.
CREATE FUNCTION auth.hmac_sha256(_key bytea, _message bytea) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE _block bytea := _key || decode(repeat('00', 64 - octet_length(_key)), 'hex');
BEGIN
  RETURN sha256(auth.xor_bytes(_block, decode(repeat('5c', 64), 'hex'))
    || sha256(auth.xor_bytes(_block, decode(repeat('36', 64), 'hex')) || _message));
END $$;
