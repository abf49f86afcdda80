-- Refuses to take anything out, where stock never goes below zero, to whoever counts there blind: by trying how much is refused, and
-- taking it back, they would find out in a few tries what is expected. Whoever may post counts there sees the stock all the while.
CREATE FUNCTION tenant_schema.refuse_blind(_site tenant_schema.sites, _lines tenant_schema.posting_line[]) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM tenant_schema.count_sheets s WHERE s.site_id = _site.id AND s.is_blind AND s.state IN ('OPEN', 'REVIEW'))
     AND _site.id <> ALL (tenant_schema.scope('counts.post')) AND EXISTS (SELECT FROM unnest(_lines) l WHERE l.quantity < 0) THEN
    RAISE EXCEPTION 'Nothing is taken out at % while it is counted blind.', _site.name USING ERRCODE = 'IM400', DETAIL = jsonb_build_array(
      jsonb_build_object('field', 'lines', 'text', format(
        'Nothing is taken out at %s while it is counted blind: enter it after the count, or ask whoever posts the count.', _site.name)));
  END IF;
END $$;
