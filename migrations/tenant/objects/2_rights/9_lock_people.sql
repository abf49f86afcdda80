-- Begins a change of people or roles: one at a time, seen as it stands now, by somebody who may change people. A lock on the
-- table, since only these functions may take it; whoever can only read could hold an advisory lock against everybody.
CREATE FUNCTION tenant_schema.lock_people() RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    PERFORM tenant_schema.refuse('People and roles are changed at isolation level read committed alone.');
  END IF;
  LOCK TABLE tenant_schema.roles IN SHARE ROW EXCLUSIVE MODE;
  IF NOT tenant_schema.can('people.edit') THEN
    PERFORM tenant_schema.refuse('Your roles do not allow changing people and roles.', NULL, 'IM403');
  END IF;
END $$;
