-- How far a seal of the sign-in log may reach now, as settled_mark() of a tenant: the number below which nothing can appear any
-- more, because whoever holds one has a smaller transaction id than the one taken here, and all of those have ended.
CREATE FUNCTION auth.log_settled(OUT ready public.log_seal_marks, OUT is_newest boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _now public.log_seal_marks;
  _kept public.log_seal_marks;
  _ended xid8; -- every transaction before this one has ended
BEGIN
  IF pg_current_xact_id_if_assigned() IS NOT NULL THEN
    RAISE EXCEPTION 'Sealing needs a transaction of its own.' USING ERRCODE = 'IM400';
  END IF;
  _now.only_one := true;
  _now.at := clock_timestamp();
  SELECT CASE WHEN s.is_called THEN s.last_value ELSE 0 END INTO _now.last FROM public.auth_log_id_seq s;
  _now.xid := pg_current_xact_id();
  _ended := pg_snapshot_xmin(pg_current_snapshot());
  is_newest := _now.xid <= _ended;
  IF is_newest THEN
    ready := _now;
    RETURN;
  END IF;
  SELECT * INTO _kept FROM public.log_seal_marks;
  IF _kept.xid <= _ended THEN
    ready := _kept;
  END IF;
  IF _kept.xid IS NULL OR _kept.xid <= _ended OR _kept.xid > _now.xid THEN -- the last: a mark of another server
    INSERT INTO public.log_seal_marks VALUES (_now.*) ON CONFLICT (only_one) DO UPDATE
      SET last = excluded.last, xid = excluded.xid, at = excluded.at;
  END IF;
END $$;
