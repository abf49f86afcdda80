-- The sites whose stock the person may see now: where stock.view is held, and no blind count is under way that they may not post,
-- because whoever counts does not see what is expected. Named as what is seen, not as what is hidden: of a list of sites that
-- rows must not belong to, the planner takes it that hardly a row is left, and joins thousands one by one.
CREATE FUNCTION tenant_schema.stock_sites() RETURNS uuid[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _seen uuid[] := tenant_schema.scope('stock.view');
  _blind uuid[] := ARRAY(SELECT s.site_id FROM tenant_schema.count_sheets s WHERE s.is_blind AND s.state IN ('OPEN', 'REVIEW'));
BEGIN
  IF cardinality(_blind) = 0 THEN -- as nearly always: the other scope need not be asked
    RETURN _seen;
  END IF;
  RETURN ARRAY(SELECT s FROM unnest(_seen) s
    EXCEPT (SELECT b FROM unnest(_blind) b EXCEPT SELECT p FROM unnest(tenant_schema.scope('counts.post')) p));
END $$;
