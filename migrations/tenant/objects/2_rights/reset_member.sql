-- Lets a member in by a one-time code instead of the password, which is gone from then on. Only for people of this group alone:
-- whoever belongs to another one as well goes to the operator, or this group could take over their rights there.
CREATE FUNCTION tenant_schema.reset_member(_member uuid, _salt text, _key bytea) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _user uuid;
BEGIN
  PERFORM tenant_schema.lock_people();
  PERFORM tenant_schema.require_other(_member);
  PERFORM tenant_schema.require_power(a.role_id, a.site_id) FROM tenant_schema.user_roles a WHERE a.member_id = _member;
  SELECT t.user_id INTO _user FROM public.user_tenants t WHERE t.id = _member;
  IF EXISTS (SELECT FROM public.user_tenants t WHERE t.user_id = _user AND t.id <> _member) THEN
    PERFORM tenant_schema.refuse('Only the operator of the server can give this person a new code.');
  END IF;
  PERFORM auth.first_code(_user, _salt, _key);
  PERFORM tenant_schema.write_audit('members', _member::text, 'UPDATE', NULL, NULL, '{"password": "by one-time code"}');
  PERFORM tenant_schema.tell_people();
END $$;
