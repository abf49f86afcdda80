-- Ends a lease now: it sees nothing from the next statement on, logs in no more, and its connections are cut.
CREATE FUNCTION auth.end_lease(_role name) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _schema name;
BEGIN
  UPDATE public.leases l SET valid_until = least(l.valid_until, now()) FROM public.user_tenants m
    JOIN public.tenants t ON t.id = m.tenant_id
   WHERE l.role_name = _role AND m.id = l.membership_id RETURNING t.schema_name INTO _schema;
  IF FOUND THEN
    EXECUTE format('SELECT %I.cut($1, true)', _schema) USING _role::text;
  END IF;
END $$;
