-- Makes the partitions of the audit log for this month and the coming ones, as the owner of the tables, who alone may. A month
-- that has rows in the partition for the rest stays there: moving them would change what only grows.
CREATE FUNCTION tenant_schema.make_audit_months(_ahead int DEFAULT 3) RETURNS int
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  _month timestamptz;
  _name text;
  _made int := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('months of tenant_schema', 0));
  FOR _month IN SELECT date_trunc('month', clock_timestamp()) + make_interval(months => n) FROM generate_series(0, _ahead) n LOOP
    _name := to_char(_month, '"audit_log_"YYYY_MM');
    CONTINUE WHEN to_regclass(format('tenant_schema.%I', _name)) IS NOT NULL OR EXISTS (
      SELECT FROM tenant_schema.audit_log_rest r WHERE r.at >= _month AND r.at < _month + interval '1 month');
    EXECUTE format('CREATE TABLE tenant_schema.%I (LIKE tenant_schema.audit_log INCLUDING CONSTRAINTS INCLUDING INDEXES)', _name);
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON tenant_schema.%I FOR EACH STATEMENT
      EXECUTE FUNCTION tenant_schema.append_only()', _name);
    EXECUTE format('ALTER TABLE tenant_schema.%I ENABLE ROW LEVEL SECURITY', _name);
    EXECUTE format('CREATE POLICY reader ON tenant_schema.%I FOR SELECT TO ims_reader USING (true)', _name);
    EXECUTE format('GRANT SELECT ON tenant_schema.%I TO ims_reader', _name); -- a dump reads partitions by themselves
    EXECUTE format('ALTER TABLE tenant_schema.audit_log ATTACH PARTITION tenant_schema.%I FOR VALUES FROM (%L) TO (%L)',
      _name, _month, _month + interval '1 month'); -- attached when it is ready, so that nobody has to wait
    _made := _made + 1;
  END LOOP;
  RETURN _made;
END $$;
