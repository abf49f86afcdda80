-- Ends everything that goes on at a PC and closes its way in; for the operator, before the role itself goes.
CREATE FUNCTION auth.end_gate(_gate name) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE public.gates g SET is_active = false WHERE g.role_name = _gate;
  PERFORM auth.end_session(s.id, 'PC') FROM public.sessions s WHERE s.gate_role = _gate AND s.revoked_at IS NULL;
  PERFORM auth.write_log('PC taken away', jsonb_build_object('gate', _gate));
END $$;
