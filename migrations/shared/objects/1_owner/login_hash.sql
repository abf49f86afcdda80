-- What a login is known by in the attempts: the hash of its lower-case form.
CREATE FUNCTION auth.login_hash(_login text) RETURNS bytea
LANGUAGE sql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp
RETURN sha256(convert_to(lower(trim(_login)), 'UTF8'));
