-- How far a seal may reach now: the numbers below which nothing can appear any more. Writers take a transaction id before they
-- take a number (write_audit, post_lines), so whoever holds a number read here has a smaller transaction id than the one taken
-- here afterwards; once those have ended, all is there that will ever be. Where some still run, this moment is marked for a later
-- call, and an earlier mark that is settled by now is the answer. Nobody waits for anybody.
CREATE FUNCTION tenant_schema.settled_mark(OUT ready tenant_schema.seal_marks, OUT is_newest boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _now tenant_schema.seal_marks;
  _kept tenant_schema.seal_marks;
  _ended xid8; -- every transaction before this one has ended
BEGIN
  IF pg_current_xact_id_if_assigned() IS NOT NULL THEN
    RAISE EXCEPTION 'Sealing needs a transaction of its own.' USING ERRCODE = 'IM400';
  END IF;
  _now.only_one := true;
  _now.at := clock_timestamp();
  SELECT CASE WHEN s.is_called THEN s.last_value ELSE 0 END INTO _now.audit_id FROM tenant_schema.audit_log_id_seq s;
  SELECT CASE WHEN s.is_called THEN s.last_value ELSE 0 END INTO _now.posting_number FROM tenant_schema.postings_number_seq s;
  _now.xid := pg_current_xact_id();
  _ended := pg_snapshot_xmin(pg_current_snapshot());
  is_newest := _now.xid <= _ended;
  IF is_newest THEN
    ready := _now;
    RETURN;
  END IF;
  SELECT * INTO _kept FROM tenant_schema.seal_marks;
  IF _kept.xid <= _ended THEN
    ready := _kept;
  END IF;
  IF _kept.xid IS NULL OR _kept.xid <= _ended OR _kept.xid > _now.xid THEN -- the last: a mark of another server
    INSERT INTO tenant_schema.seal_marks VALUES (_now.*) ON CONFLICT (only_one) DO UPDATE
      SET audit_id = excluded.audit_id, posting_number = excluded.posting_number, xid = excluded.xid, at = excluded.at;
  END IF;
END $$;
