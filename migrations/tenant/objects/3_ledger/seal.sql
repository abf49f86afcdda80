-- Seals the audit rows and postings that are settled and chains the seal to the one before. One seals at a time, and nothing is
-- done when the newest seal is younger than `_pause`; both answer null. Otherwise: number, hash and moment of the newest seal,
-- how many rows this call sealed, and whether more is waiting.
CREATE FUNCTION tenant_schema.seal(_pause interval DEFAULT '0 s') RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  _most CONSTANT bigint := 1000000; -- numbers of each kind in one seal
  _last tenant_schema.seals;
  _seal tenant_schema.seals;
  _ready tenant_schema.seal_marks;
  _all boolean;
  _rows bigint := 0;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtextextended('seal of tenant_schema', 0)) THEN
    RETURN NULL;
  END IF;
  SELECT * INTO _last FROM tenant_schema.seals s ORDER BY s.number DESC LIMIT 1;
  IF _last.sealed_at > clock_timestamp() - _pause THEN
    RETURN NULL;
  END IF;
  SELECT (m.ready).*, m.is_newest INTO _ready.only_one, _ready.audit_id, _ready.posting_number, _ready.xid, _ready.at, _all
    FROM tenant_schema.settled_mark() m;
  _seal.number := coalesce(_last.number, 0) + 1;
  _seal.audit_from := coalesce(_last.audit_to, 0) + 1;
  _seal.posting_from := coalesce(_last.posting_to, 0) + 1;
  _seal.audit_to := greatest(least(_ready.audit_id, _seal.audit_from - 1 + _most), _seal.audit_from - 1);
  _seal.posting_to := greatest(least(_ready.posting_number, _seal.posting_from - 1 + _most), _seal.posting_from - 1);
  IF _ready.xid IS NOT NULL THEN
    SELECT * INTO _seal.audit_count, _seal.posting_count, _seal.root
      FROM tenant_schema.seal_root(_seal.audit_from, _seal.audit_to, _seal.posting_from, _seal.posting_to);
    _rows := _seal.audit_count + _seal.posting_count;
  END IF;
  IF _rows > 0 THEN
    IF _seal.audit_to < _ready.audit_id OR _seal.posting_to < _ready.posting_number THEN
      _all := false;
      _seal.nothing_before := coalesce(_last.nothing_before, '-infinity');
    ELSE
      _seal.nothing_before := _ready.at;
    END IF;
    _seal.previous := coalesce(_last.hash, '');
    _seal.sealed_at := clock_timestamp();
    _seal.hash := tenant_schema.seal_hash(_seal);
    INSERT INTO tenant_schema.seals VALUES (_seal.*);
    _last := _seal;
  END IF;
  RETURN jsonb_build_object('number', _last.number, 'hash', encode(_last.hash, 'hex'), 'sealed_at', _last.sealed_at,
    'rows', _rows, 'waiting', NOT _all);
END $$;
