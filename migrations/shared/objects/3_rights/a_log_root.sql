-- The rows of the sign-in log between these numbers, counted, and one hash over their numbers and hashes in order.
CREATE FUNCTION auth.log_root(_first bigint, _last bigint, OUT count bigint, OUT root bytea)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  SELECT count(*), sha256(coalesce(string_agg(int8send(l.id) || l.row_hash, '' ORDER BY l.id), ''))
  FROM public.auth_log l WHERE l.id BETWEEN _first AND _last;
END;
