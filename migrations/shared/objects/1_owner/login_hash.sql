-- What a login is known by in the attempts.
CREATE FUNCTION auth.login_hash(_login text) RETURNS bytea
LANGUAGE sql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp
RETURN sha256(convert_to(auth.login_name(_login), 'UTF8'));
