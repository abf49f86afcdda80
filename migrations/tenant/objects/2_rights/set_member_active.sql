-- Lets a person in or keeps them out; for the two functions that say which. Only who holds everything the person's roles give,
-- where they give it, may do either.
CREATE FUNCTION tenant_schema.set_member_active(_member uuid, _active boolean) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _row tenant_schema.members;
BEGIN
  PERFORM tenant_schema.lock_people();
  _row := tenant_schema.require_other(_member);
  IF _row.is_active = _active THEN
    PERFORM tenant_schema.refuse(format(CASE WHEN _active THEN '%s is already active.' ELSE '%s was already deactivated.' END, _row.display_name), NULL, 'IM409');
  END IF;
  PERFORM tenant_schema.require_power(a.role_id, a.site_id) FROM tenant_schema.user_roles a WHERE a.member_id = _member;
  -- What their PCs keep open at the sign-in must not hold this up.
  PERFORM auth.cut_gates(t.user_id) FROM public.user_tenants t WHERE t.id = _member AND NOT _active;
  UPDATE tenant_schema.members m SET is_active = _active WHERE m.id = _member;
  UPDATE public.user_tenants t SET is_active = _active, updated_at = now() WHERE t.id = _member;
  IF NOT _active THEN
    PERFORM tenant_schema.keep_an_owner();
    PERFORM tenant_schema.cut_off(_member, true);
  END IF;
  PERFORM tenant_schema.tell_people();
END $$;
