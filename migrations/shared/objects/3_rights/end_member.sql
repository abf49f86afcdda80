-- Ends every lease of one membership, on all PCs; the person's sessions go on in other tenants. To be called before the
-- membership itself is changed: it cuts what could hold that up.
CREATE FUNCTION auth.end_member(_membership uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM auth.cut_gates(m.user_id) FROM public.user_tenants m WHERE m.id = _membership;
  PERFORM auth.end_lease(l.role_name) FROM public.leases l WHERE l.membership_id = _membership;
END $$;
