-- Refuses to void an order that cannot be: one that is void or never was posted, a refund, one of which some was refunded, one
-- of a closed period.
CREATE FUNCTION tenant_schema.refuse_void(_order tenant_schema.orders) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF _order.state = 'VOIDED' THEN
    RAISE EXCEPTION 'Order % is already voided.', _order.number USING ERRCODE = 'IM409';
  ELSIF _order.state <> 'CLOSED' THEN
    RAISE EXCEPTION 'Order % was not posted: cancel it instead.', _order.number USING ERRCODE = 'IM400';
  ELSIF _order.kind = 'REFUND' THEN
    RAISE EXCEPTION 'A refund is not voided: enter the order anew.' USING ERRCODE = 'IM400';
  ELSIF EXISTS (SELECT FROM tenant_schema.orders r WHERE r.part_of_id = _order.id AND r.kind = 'REFUND') THEN
    RAISE EXCEPTION 'A part of order % was refunded: refund the rest of it.', _order.number USING ERRCODE = 'IM400';
  ELSIF _order.placed_at < tenant_schema.open_from(_order.site_id) THEN
    RAISE EXCEPTION 'Order % lies in a closed period: refund it, which counts today.', _order.number USING ERRCODE = 'IM400';
  END IF;
END $$;
