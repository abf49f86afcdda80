-- Nobody approves or posts what they did not see: refuses when something was entered after the entry they saw last.
CREATE FUNCTION tenant_schema.refuse_unseen(_sheet uuid, _seen bigint) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM tenant_schema.count_entries e WHERE e.sheet_id = _sheet AND e.id > coalesce(_seen, 0)) THEN
    RAISE EXCEPTION 'Something was counted meanwhile. Look at the differences again.' USING ERRCODE = 'IM409';
  END IF;
END $$;
