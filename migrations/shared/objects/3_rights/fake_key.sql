-- The made-up counterpart of what the server keeps about a person: stable for a login, and known to nobody.
CREATE FUNCTION auth.fake_key(_login_hash bytea, _kind text) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN sha256((SELECT s.fake_salt_key FROM public.server_secret s) || _login_hash || convert_to(_kind, 'UTF8'));
