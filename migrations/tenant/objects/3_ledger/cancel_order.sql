-- An open order that will not be: it took nothing and is kept with the reason.
CREATE FUNCTION tenant_schema.cancel_order(_order uuid, _version int, _reason text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _row tenant_schema.orders;
BEGIN
  SELECT * INTO _row FROM tenant_schema.orders o WHERE o.id = _order AND o.site_id = ANY (tenant_schema.scope('sales.enter')) FOR UPDATE;
  IF _row.id IS NULL THEN
    RAISE EXCEPTION 'This order does not exist, or your roles do not allow cancelling it.' USING ERRCODE = 'IM403';
  ELSIF _row.state <> 'OPEN' OR _row.version IS DISTINCT FROM _version THEN
    RAISE EXCEPTION 'Somebody else changed order % meanwhile. Reload it.', _row.number USING ERRCODE = 'IM409';
  ELSIF length(trim(coalesce(_reason, ''))) NOT BETWEEN 1 AND 1000 THEN
    RAISE EXCEPTION 'Say why this order is cancelled.' USING ERRCODE = 'IM400',
      DETAIL = '[{"field": "reason", "text": "Say why this order is cancelled."}]';
  END IF;
  UPDATE tenant_schema.orders o SET state = 'CANCELLED', void_reason = trim(_reason), version = o.version + 1 WHERE o.id = _order;
END $$;
