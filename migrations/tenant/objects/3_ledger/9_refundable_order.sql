-- The order of which something is to be given back, locked: one that was posted and stands, at a site where the person may.
CREATE FUNCTION tenant_schema.refundable_order(_order uuid, _reason text) RETURNS tenant_schema.orders
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _row tenant_schema.orders;
BEGIN
  SELECT * INTO _row FROM tenant_schema.orders o WHERE o.id = _order AND o.site_id = ANY (tenant_schema.scope('sales.void')) FOR UPDATE;
  IF _row.id IS NULL THEN
    RAISE EXCEPTION 'This order does not exist, or your roles do not allow refunding it.' USING ERRCODE = 'IM403';
  ELSIF _row.state <> 'CLOSED' OR _row.kind = 'REFUND' THEN
    RAISE EXCEPTION 'Order % cannot be refunded: only a posted order that stands can.', _row.number USING ERRCODE = 'IM409';
  END IF;
  PERFORM tenant_schema.require_site(_row.site_id, 'sales.void');
  PERFORM tenant_schema.refuse_part(_row);
  IF length(trim(coalesce(_reason, ''))) NOT BETWEEN 1 AND 1000 THEN
    RAISE EXCEPTION 'Say why this is refunded.' USING ERRCODE = 'IM400', DETAIL = '[{"field": "reason", "text": "Say why this is refunded."}]';
  END IF;
  RETURN _row;
END $$;
