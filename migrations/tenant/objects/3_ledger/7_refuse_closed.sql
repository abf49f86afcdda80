-- Refuses what is dated in a closed period; nothing in it changes, for nobody.
CREATE FUNCTION tenant_schema.refuse_closed(_site tenant_schema.sites, _posting tenant_schema.postings, _lines tenant_schema.posting_line[])
RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _open timestamptz := tenant_schema.open_from((_site).id);
BEGIN
  IF _posting.effective_at < _open OR EXISTS (SELECT FROM unnest(_lines) l WHERE l.effective_at < _open) THEN
    RAISE EXCEPTION '%', format('%s is closed up to %s: date it later, or have the period reopened.', (_site).name,
        to_char((SELECT max(p.ends_on) FROM tenant_schema.periods p WHERE p.site_id = (_site).id AND p.reopened_at IS NULL), 'FMDD Mon YYYY'))
      USING ERRCODE = 'IM400', DETAIL = '[{"field": "effective_at", "text": "This day is closed."}]';
  END IF;
END $$;
