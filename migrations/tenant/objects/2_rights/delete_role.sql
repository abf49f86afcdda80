-- Deletes a role that nobody has and no role inherits from.
CREATE FUNCTION tenant_schema.delete_role(_id uuid, _version int) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _old tenant_schema.roles;
  _names text[];
BEGIN
  PERFORM tenant_schema.lock_people();
  SELECT * INTO _old FROM tenant_schema.roles r WHERE r.id = _id;
  IF _old.id IS NULL OR _old.version IS DISTINCT FROM _version THEN
    PERFORM tenant_schema.refuse('Somebody else changed or deleted this role meanwhile. Reload to see the roles as they are.', NULL, 'IM409');
  ELSIF _old.is_builtin THEN
    PERFORM tenant_schema.refuse(format('%s is one of the first roles and stays.', _old.name));
  END IF;
  PERFORM tenant_schema.require_power(_id, NULL);
  SELECT array_agg(DISTINCT m.display_name) INTO _names FROM tenant_schema.user_roles a
    JOIN tenant_schema.members m ON m.id = a.member_id WHERE a.role_id = _id;
  IF _names IS NOT NULL THEN
    PERFORM tenant_schema.refuse(format('%s still has the role %s: withdraw it first.', array_to_string(_names[1:3], ', '), _old.name));
  END IF;
  SELECT array_agg(r.name) INTO _names FROM tenant_schema.roles r WHERE r.parent_role_id = _id;
  IF _names IS NOT NULL THEN
    PERFORM tenant_schema.refuse(format('%s inherits from %s: change that first.', array_to_string(_names[1:3], ', '), _old.name));
  END IF;
  DELETE FROM tenant_schema.roles r WHERE r.id = _id;
  PERFORM tenant_schema.tell_people();
END $$;
