-- The head of a refund of an order: an order of its own of now, numbered after the one it is a part of.
CREATE FUNCTION tenant_schema.new_refund(_order tenant_schema.orders, _key uuid, _reason text) RETURNS tenant_schema.orders
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _refund tenant_schema.orders := _order;
BEGIN
  _refund.id := gen_random_uuid();
  _refund.kind := 'REFUND';
  _refund.part_of_id := _order.id;
  _refund.placed_at := clock_timestamp();
  SELECT tenant_schema.business_day(_refund.placed_at, s.time_zone, s.day_cutover_hour) INTO _refund.business_day
    FROM tenant_schema.sites s WHERE s.id = _order.site_id;
  _refund.number := left(_order.number, 90) || '/R' || 1 + (
    SELECT count(*) FROM tenant_schema.orders o WHERE o.part_of_id = _order.id AND o.kind = 'REFUND');
  _refund.covers := NULL;
  _refund.import_id := NULL;
  _refund.posting_id := _key;
  _refund.note := trim(_reason);
  RETURN _refund;
END $$;
