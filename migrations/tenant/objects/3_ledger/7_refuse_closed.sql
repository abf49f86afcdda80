-- Refuses what is dated in a closed period; nothing in it changes, for nobody. lock_costs() keeps periods as they are meanwhile.
CREATE FUNCTION tenant_schema.refuse_closed(_site tenant_schema.sites, _posting tenant_schema.postings, _lines tenant_schema.posting_line[])
RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _open timestamptz := tenant_schema.open_from((_site).id);
  _last date;
BEGIN
  IF _posting.effective_at < _open OR EXISTS (SELECT FROM unnest(_lines) l WHERE l.effective_at < _open) THEN
    SELECT max(p.ends_on) INTO _last FROM tenant_schema.periods p WHERE p.site_id = (_site).id AND p.reopened_at IS NULL;
    RAISE EXCEPTION '%', format('%s is closed up to %s: date it %s or later, or have the period reopened.', (_site).name,
        to_char(_last, 'FMDD Mon YYYY'), to_char(_last + 1, 'FMDD Mon YYYY'))
      USING ERRCODE = 'IM400', DETAIL = jsonb_build_array(jsonb_build_object('field', 'effective_at',
        'text', format('This day is closed. The first open one is %s.', to_char(_last + 1, 'FMDD Mon YYYY'))))::text;
  END IF;
END $$;
