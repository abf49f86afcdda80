-- Refuses to go on in a snapshot: who waits for a lock must see what became true meanwhile, or a limit, a closed day or an entry of
-- a count is judged as it was before.
CREATE FUNCTION tenant_schema.refuse_old_snapshot() RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'This is done at isolation level read committed alone.' USING ERRCODE = 'IM400';
  END IF;
END $$;
