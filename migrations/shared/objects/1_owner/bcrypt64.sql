-- Sixteen bytes in bcrypt's own base 64: 22 letters, the last of which carries two bits.
CREATE FUNCTION auth.bcrypt64(_bytes bytea) RETURNS text
LANGUAGE sql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp
RETURN left(translate(encode(_bytes, 'base64'),
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=',
  './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'), 22);
