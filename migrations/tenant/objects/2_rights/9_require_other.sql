-- Refuses to change oneself, and answers the member that is to be changed.
CREATE FUNCTION tenant_schema.require_other(_member uuid) RETURNS tenant_schema.members
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _row tenant_schema.members;
BEGIN
  SELECT * INTO _row FROM tenant_schema.members m WHERE m.id = _member;
  IF _row.id IS NULL THEN
    PERFORM tenant_schema.refuse('This person is not in this restaurant group.', NULL, 'IM409');
  ELSIF _row.id = tenant_schema.me() THEN
    PERFORM tenant_schema.refuse('Nobody changes their own rights: ask somebody else who may change people.', NULL, 'IM403');
  END IF;
  RETURN _row;
END $$;
