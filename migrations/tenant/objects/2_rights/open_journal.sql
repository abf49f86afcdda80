-- What opens the journal that this person keeps on this PC: half of its key, how far it was when it was last told here, and
-- the clock of the server, by which its entries are dated.
CREATE FUNCTION tenant_schema.open_journal() RETURNS TABLE (id uuid, secret bytea, mark bigint, server_time timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _me uuid := tenant_schema.me();
  _gate text := tenant_schema.this_gate();
BEGIN
  IF _me IS NULL OR _gate IS NULL THEN
    PERFORM tenant_schema.refuse('Only somebody who is signed in at a PC keeps a journal there.', NULL, 'IM403');
  END IF;
  INSERT INTO tenant_schema.journals (member_id, holder, secret)
    VALUES (_me, _gate, sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())))
    ON CONFLICT (member_id, holder) DO NOTHING;
  RETURN QUERY SELECT j.id, j.secret, j.mark, clock_timestamp() FROM tenant_schema.journals j
                WHERE j.member_id = _me AND j.holder = _gate;
END $$;
