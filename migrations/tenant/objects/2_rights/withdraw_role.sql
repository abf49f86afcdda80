-- Takes a role from a person. It counts from the next statement on; what is running is cut.
CREATE FUNCTION tenant_schema.withdraw_role(_assignment uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _old tenant_schema.user_roles;
BEGIN
  PERFORM tenant_schema.lock_people();
  SELECT * INTO _old FROM tenant_schema.user_roles a WHERE a.id = _assignment;
  IF _old.id IS NULL THEN
    PERFORM tenant_schema.refuse('This role was already withdrawn.', NULL, 'IM409');
  END IF;
  PERFORM tenant_schema.require_other(_old.member_id);
  PERFORM tenant_schema.require_power(_old.role_id, _old.site_id);
  DELETE FROM tenant_schema.user_roles a WHERE a.id = _assignment;
  PERFORM tenant_schema.keep_an_owner();
  PERFORM tenant_schema.tell_people();
  PERFORM tenant_schema.cut_off(_old.member_id, false);
END $$;
