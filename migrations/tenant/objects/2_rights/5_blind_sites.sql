-- The sites where a blind count is under way and the person may not post counts: whoever counts does not see what is expected.
CREATE FUNCTION tenant_schema.blind_sites() RETURNS uuid[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _blind uuid[] := ARRAY(SELECT s.site_id FROM tenant_schema.count_sheets s WHERE s.is_blind AND s.state IN ('OPEN', 'REVIEW'));
BEGIN
  IF cardinality(_blind) = 0 THEN -- as nearly always: the scope need not be asked
    RETURN '{}';
  END IF;
  RETURN ARRAY(SELECT b FROM unnest(_blind) b EXCEPT SELECT p FROM unnest(tenant_schema.scope('counts.post')) p);
END $$;
