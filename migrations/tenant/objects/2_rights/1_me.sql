-- The member behind this connection: the holder of a valid lease on the login role. Null for everybody else, and at any
-- isolation level that goes on seeing old rows: rights that were taken away would last as long as such a transaction. The
-- clock itself is asked, because a statement may go on asking for hours, and calls all of them one moment.
CREATE FUNCTION tenant_schema.me() RETURNS uuid
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (SELECT m.id FROM public.leases l JOIN tenant_schema.members m ON m.id = l.membership_id
          WHERE l.role_name = session_user AND l.valid_until > clock_timestamp() AND m.is_active
            AND current_setting('transaction_isolation') = 'read committed');
END $$;
