-- Cuts the connections of a member; for good: the leases end and no new connection is let in.
CREATE FUNCTION tenant_schema.cut_off(_member uuid, _for_good boolean) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF _for_good THEN
    PERFORM auth.end_member(_member);
  ELSE
    PERFORM tenant_schema.cut(l.role_name, false) FROM public.leases l WHERE l.membership_id = _member;
  END IF;
END $$;
