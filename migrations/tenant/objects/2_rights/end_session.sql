-- Ends a session in this group at once: its lease, its connections, and the token that would renew it. One's own always; that
-- of somebody else only with everything their roles give.
CREATE FUNCTION tenant_schema.end_session(_session uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _lease public.leases;
BEGIN
  SELECT l.* INTO _lease FROM public.leases l JOIN tenant_schema.members m ON m.id = l.membership_id
   WHERE l.session_id = _session AND l.valid_until > now() AND (SELECT tenant_schema.me()) IS NOT NULL;
  IF _lease.role_name IS NULL THEN
    PERFORM tenant_schema.refuse('This session has already ended.', NULL, 'IM409');
  ELSIF _lease.role_name = session_user THEN
    PERFORM tenant_schema.refuse('This is where you are: sign out instead.');
  ELSIF _lease.membership_id <> tenant_schema.me() THEN
    PERFORM tenant_schema.lock_people();
    PERFORM tenant_schema.require_power(a.role_id, a.site_id) FROM tenant_schema.user_roles a WHERE a.member_id = _lease.membership_id;
  END IF;
  IF (SELECT s.tenant_id = t.tenant_id FROM public.sessions s, public.user_tenants t WHERE s.id = _session AND t.id = _lease.membership_id) THEN
    PERFORM auth.end_session(_session, 'ENDED', (SELECT CASE WHEN m.id <> _lease.membership_id THEN m.display_name ELSE '' END
      FROM tenant_schema.members m WHERE m.id = (SELECT tenant_schema.me())));
  ELSE -- the person has gone on to another group with it, which is none of our business
    PERFORM auth.end_lease(_lease.role_name);
    PERFORM tenant_schema.write_audit('sessions', _session::text, 'UPDATE', NULL, NULL,
      jsonb_build_object('ended_why', 'ENDED', 'member_id', _lease.membership_id));
  END IF;
  PERFORM tenant_schema.tell_people();
END $$;
