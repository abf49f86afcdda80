-- What the own hash of a row of the sign-in log is taken over.
CREATE FUNCTION auth.log_hash(_row public.auth_log) RETURNS bytea
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD'
AS $$ SELECT sha256(convert_to(ROW(_row.at, _row.who, _row.ip_address, _row.event, _row.detail)::text, 'UTF8')) $$;
