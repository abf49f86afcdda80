-- Says whose order it is, or that it is nobody's; what was sold to whom may be known later than that it was sold.
CREATE FUNCTION tenant_schema.set_customer(_order uuid, _version int, _customer uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _row tenant_schema.orders;
BEGIN
  SELECT * INTO _row FROM tenant_schema.orders o WHERE o.id = _order AND o.site_id = ANY (tenant_schema.scope('sales.import'))
     AND tenant_schema.can('customers.view') FOR UPDATE;
  IF _row.id IS NULL THEN
    RAISE EXCEPTION 'This order does not exist, or your roles do not allow changing it.' USING ERRCODE = 'IM403';
  END IF;
  IF _row.version IS DISTINCT FROM _version THEN
    RAISE EXCEPTION 'Somebody else changed this order meanwhile. Reload it.' USING ERRCODE = 'IM409';
  END IF;
  IF _customer IS NOT NULL AND NOT EXISTS (SELECT FROM tenant_schema.customers c WHERE c.id = _customer
      AND (c.is_active OR c.id = _row.customer_id)) THEN
    RAISE EXCEPTION 'This customer does not exist or is no longer active.' USING ERRCODE = 'IM400',
      DETAIL = '[{"field": "customer_id", "text": "Choose an active customer."}]';
  END IF;
  UPDATE tenant_schema.orders o SET customer_id = _customer, version = o.version + 1 WHERE o.id = _order;
END $$;
