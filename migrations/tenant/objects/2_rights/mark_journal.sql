-- How far the journal of this person on this PC is by now: one that comes back shorter was put back to an earlier state.
CREATE FUNCTION tenant_schema.mark_journal(_mark bigint) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE tenant_schema.journals j SET mark = _mark
   WHERE j.member_id = tenant_schema.me() AND j.holder = tenant_schema.this_gate() AND j.mark < _mark;
END $$;
