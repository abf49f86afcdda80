-- Makes a role (version 0) or changes it. Permissions: code to true or false; limits: code to an amount, null for none; what
-- is not named is inherited. Answers the version.
CREATE FUNCTION tenant_schema.save_role(_id uuid, _version int, _name text, _parent uuid, _permissions jsonb, _limits jsonb)
RETURNS int
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _clean text := regexp_replace(_name, '^[[:space:]]+|[[:space:]]+$', '', 'g');
  _old tenant_schema.roles;
  _before jsonb;
  _own jsonb;
  _problems jsonb;
BEGIN
  PERFORM tenant_schema.lock_people();
  _before := tenant_schema.all_powers();
  _own := tenant_schema.own_powers();
  IF NOT _own ? 'people.edit' THEN
    PERFORM tenant_schema.refuse('Roles count at all sites: only who may change people at all of them may change roles.', NULL, 'IM403');
  END IF;
  SELECT * INTO _old FROM tenant_schema.roles r WHERE r.id = _id;
  IF _id IS NULL OR coalesce(_old.version, 0) IS DISTINCT FROM _version THEN
    PERFORM tenant_schema.refuse(CASE WHEN _old.id IS NULL THEN 'Somebody deleted this role meanwhile. Reload to see the roles as they are.'
      ELSE format('Somebody else changed the role %s meanwhile. Reload to see it as it is.', _old.name) END, NULL, 'IM409');
  END IF;
  _problems := tenant_schema.role_problems(_old, _id, _clean, _parent, _permissions, _limits);
  IF _problems IS NOT NULL THEN
    RAISE EXCEPTION 'The role % cannot be saved.', left(_clean, 100) USING ERRCODE = 'IM400', DETAIL = _problems::text;
  END IF;
  IF _old.id IS NULL THEN
    INSERT INTO tenant_schema.roles (id, name, parent_role_id, permissions, limits) VALUES (_id, _clean, _parent, _permissions, _limits);
  ELSE
    UPDATE tenant_schema.roles r SET name = _clean, parent_role_id = _parent, permissions = _permissions, limits = _limits WHERE r.id = _id;
  END IF;
  PERFORM tenant_schema.keep_owner();
  PERFORM tenant_schema.require_own_powers(_before, _own);
  PERFORM tenant_schema.tell_people();
  RETURN (SELECT r.version FROM tenant_schema.roles r WHERE r.id = _id);
END $$;
