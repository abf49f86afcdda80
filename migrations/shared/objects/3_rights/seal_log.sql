-- Seals the rows of the sign-in log that are settled and chains the seal to the one before, as seal() of a tenant does. One seals
-- at a time, and nothing is done when the newest seal is younger than `_pause`; both answer null. Nobody waits for it.
CREATE FUNCTION auth.seal_log(_pause interval DEFAULT '0 s') RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  _most CONSTANT bigint := 100000; -- numbers in one seal
  _before public.log_seals;
  _seal public.log_seals;
  _ready public.log_seal_marks;
  _all boolean;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtextextended('seal of the sign-ins', 0)) THEN
    RETURN NULL;
  END IF;
  SELECT * INTO _before FROM public.log_seals s ORDER BY s.number DESC LIMIT 1;
  IF _before.sealed_at > clock_timestamp() - _pause THEN
    RETURN NULL;
  END IF;
  SELECT (m.ready).*, m.is_newest INTO _ready.only_one, _ready.last, _ready.xid, _ready.at, _all FROM auth.log_settled() m;
  _seal.number := coalesce(_before.number, 0) + 1;
  _seal.first := coalesce(_before.last, 0) + 1;
  _seal.last := least(_ready.last, _seal.first - 1 + _most);
  SELECT r.count, r.root INTO _seal.count, _seal.root FROM auth.log_root(_seal.first, _seal.last) r;
  IF _ready.xid IS NOT NULL AND _seal.count > 0 THEN
    _seal.nothing_before := CASE WHEN _seal.last < _ready.last THEN coalesce(_before.nothing_before, '-infinity') ELSE _ready.at END;
    _all := _all AND _seal.last = _ready.last;
    _seal.previous := coalesce(_before.hash, '');
    _seal.sealed_at := clock_timestamp();
    _seal.hash := auth.log_seal_hash(_seal);
    INSERT INTO public.log_seals VALUES (_seal.*);
    _before := _seal;
  END IF;
  RETURN jsonb_build_object('number', _before.number, 'hash', encode(_before.hash, 'hex'), 'sealed_at', _before.sealed_at,
    'rows', CASE WHEN _before.number = _seal.number THEN _seal.count ELSE 0 END, 'waiting', NOT _all);
END $$;
