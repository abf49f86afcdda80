-- AFTER INSERT, UPDATE or DELETE of a statement, with its rows as `was` and `is_now`: an audit row for each, with what was and what is.
-- Argument: the columns that name the record, joined by '/'; without one, id. A record that got another name is written twice.
CREATE FUNCTION tenant_schema.audit_changes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET bytea_output = 'hex' SET timezone = 'UTC' AS $$
DECLARE
  _names CONSTANT text[] := string_to_array(coalesce(TG_ARGV[0], 'id'), '/');
  _unsaid CONSTANT text[] := '{image,login}';
  _site CONSTANT text := CASE WHEN TG_TABLE_NAME = 'sites' THEN 'id' ELSE 'site_id' END;
  _records text[]; _sites uuid[]; _olds jsonb[]; _news jsonb[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT array_agg(to_jsonb(n) - _unsaid) INTO _news FROM is_now n;
  ELSIF TG_OP = 'DELETE' THEN
    SELECT array_agg(to_jsonb(w) - _unsaid) INTO _olds FROM was w;
  ELSE
    SELECT array_agg(w.said), array_agg(n.said) INTO _olds, _news
    FROM (SELECT r.said, ARRAY(SELECT r.said ->> k FROM unnest(_names) k) AS name FROM (SELECT to_jsonb(w) - _unsaid AS said FROM was w) r) w
    FULL JOIN (SELECT r.said, ARRAY(SELECT r.said ->> k FROM unnest(_names) k) AS name FROM (SELECT to_jsonb(n) - _unsaid AS said FROM is_now n) r) n
      USING (name);
  END IF;
  SELECT array_agg(array_to_string(ARRAY(SELECT r.said ->> k FROM unnest(_names) k), '/') ORDER BY r.n),
      array_agg((r.said ->> _site)::uuid ORDER BY r.n)
    INTO _records, _sites
    FROM (SELECT coalesce(u.new, u.old) AS said, u.n FROM unnest(_olds, _news) WITH ORDINALITY AS u (old, new, n)) r;
  IF _records IS NOT NULL THEN
    PERFORM tenant_schema.write_audits(TG_TABLE_NAME, TG_OP, _records, _sites, _olds, _news);
  END IF;
  RETURN NULL;
END $$;
