-- The rows between these numbers, counted, and one hash over their numbers and hashes in order.
CREATE FUNCTION tenant_schema.seal_root(_audit_from bigint, _audit_to bigint, _posting_from bigint, _posting_to bigint,
  OUT audit_count bigint, OUT posting_count bigint, OUT root bytea)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  SELECT a.count, p.count, sha256(sha256(coalesce(a.hashes, '')) || sha256(coalesce(p.hashes, '')))
  FROM (SELECT count(*) AS count, string_agg(int8send(l.id) || l.row_hash, '' ORDER BY l.id) AS hashes
        FROM tenant_schema.audit_log l WHERE l.id BETWEEN _audit_from AND _audit_to) a,
    (SELECT count(*) AS count, string_agg(int8send(l.number) || l.row_hash, '' ORDER BY l.number) AS hashes
     FROM tenant_schema.postings l WHERE l.number BETWEEN _posting_from AND _posting_to) p;
END;
