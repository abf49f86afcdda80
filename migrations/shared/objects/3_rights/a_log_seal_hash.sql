-- What a seal's own hash is taken over; the previous one's is among it, which makes them a chain.
CREATE FUNCTION auth.log_seal_hash(_row public.log_seals) RETURNS bytea
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD'
AS $$ SELECT sha256(convert_to(ROW(_row.number, _row.first, _row.last, _row.count, encode(_row.root, 'hex'),
  encode(_row.previous, 'hex'), _row.nothing_before, _row.sealed_at)::text, 'UTF8')) $$;
