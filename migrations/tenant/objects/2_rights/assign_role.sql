-- Gives a person a role at a site (null: at all sites); answers the assignment.
CREATE FUNCTION tenant_schema.assign_role(_member uuid, _role uuid, _site uuid) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _row tenant_schema.members;
  _made uuid;
BEGIN
  PERFORM tenant_schema.lock_people();
  _row := tenant_schema.require_other(_member);
  IF NOT EXISTS (SELECT FROM tenant_schema.roles r WHERE r.id = _role) THEN
    PERFORM tenant_schema.refuse('This role does not exist any more. Reload to see the roles as they are.', 'role_id', 'IM409');
  ELSIF _site IS NOT NULL AND NOT EXISTS (SELECT FROM tenant_schema.sites s WHERE s.id = _site) THEN
    PERFORM tenant_schema.refuse('This site does not exist.', 'site_id');
  END IF;
  PERFORM tenant_schema.require_power(_role, _site);
  INSERT INTO tenant_schema.user_roles (member_id, role_id, site_id) VALUES (_member, _role, _site) ON CONFLICT DO NOTHING
  RETURNING id INTO _made;
  IF _made IS NULL THEN
    PERFORM tenant_schema.refuse(format('%s already has this role there.', _row.display_name), 'role_id');
  END IF;
  PERFORM tenant_schema.tell_people();
  RETURN _made;
END $$;
