-- The PC of this connection as the operator named it: of a lease, where its session began; of a gate, its own. What the desk
-- says about itself is not asked. Null for the server itself.
CREATE FUNCTION tenant_schema.this_device() RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (SELECT g.device FROM public.gates g WHERE g.role_name = coalesce(
    (SELECT s.gate_role FROM public.leases l JOIN public.sessions s ON s.id = l.session_id WHERE l.role_name = session_user), session_user));
END $$;
