-- Corrects when a lot expires: what was read wrong at the door. Whoever may adjust stock at every site where it lies.
CREATE FUNCTION tenant_schema.correct_lot(_lot uuid, _expires date, _seen date) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _row tenant_schema.lots;
  _sites uuid[] := ARRAY(SELECT DISTINCT s.site_id FROM tenant_schema.stock_lots s WHERE s.lot_id = _lot ORDER BY s.site_id);
BEGIN
  IF cardinality(_sites) = 0 OR NOT _sites <@ tenant_schema.scope('adjustments.record') THEN
    RAISE EXCEPTION 'Your roles do not allow this at every site where the lot was (adjustments.record).' USING ERRCODE = 'IM403';
  END IF;
  SELECT * INTO STRICT _row FROM tenant_schema.lots l WHERE l.id = _lot FOR UPDATE;
  IF _row.expires_on IS DISTINCT FROM _seen THEN
    RAISE EXCEPTION 'Somebody else corrected this lot meanwhile: look at it again.' USING ERRCODE = 'IM409';
  END IF;
  IF _expires IS NULL OR _expires NOT BETWEEN '2000-01-01' AND '2999-12-31' THEN
    RAISE EXCEPTION 'Say when it expires.' USING ERRCODE = 'IM400', DETAIL = '[{"field": "expires_on", "text": "Enter a day."}]';
  END IF;
  UPDATE tenant_schema.lots l SET expires_on = _expires WHERE l.id = _lot;
END $$;
