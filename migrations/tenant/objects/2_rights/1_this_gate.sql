-- The gate of the PC behind this connection; null without a lease.
CREATE FUNCTION tenant_schema.this_gate() RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (SELECT s.gate_role FROM public.leases l JOIN public.sessions s ON s.id = l.session_id
          WHERE l.role_name = session_user AND l.valid_until > statement_timestamp());
END $$;
