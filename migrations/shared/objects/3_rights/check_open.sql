-- Refuses, in a sentence, what nobody may open now: a restaurant group that is suspended or leaving, or one that is asked for
-- from outside its networks. To be called when it is known that the asker belongs to it.
CREATE FUNCTION auth.check_open(_tenant uuid) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _t public.tenants;
BEGIN
  SELECT * INTO _t FROM public.tenants t WHERE t.id = _tenant;
  IF _t.status = 'SUSPENDED' THEN
    RAISE EXCEPTION '% is suspended: nobody can open it%. Ask those who run the server for you.', _t.name,
      coalesce(' (' || _t.suspended_because || ')', '') USING ERRCODE = 'IM403';
  ELSIF _t.status = 'LEAVING' THEN
    RAISE EXCEPTION '% is closed and will be deleted on %. Until then those who run the server can bring it back.',
      _t.name, to_char(_t.leaves_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') USING ERRCODE = 'IM403';
  ELSIF _t.networks <> '{}' AND NOT EXISTS (
      SELECT FROM unnest(_t.networks) n WHERE coalesce(inet_client_addr(), '127.0.0.1') <<= n) THEN
    RAISE EXCEPTION '% may be opened from certain networks only, and this PC is outside them (%).',
      _t.name, host(inet_client_addr()) USING ERRCODE = 'IM403';
  END IF;
END $$;
