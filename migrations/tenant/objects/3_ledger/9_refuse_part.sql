-- Refuses to take back what only says what was in another order: the modifiers of it that were mapped later go with that order.
CREATE FUNCTION tenant_schema.refuse_part(_order tenant_schema.orders) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF _order.kind = 'ADDITION' AND EXISTS (
    SELECT FROM tenant_schema.order_items i WHERE i.order_id = _order.id AND i.quantity < 0) THEN
    RAISE EXCEPTION 'Order % says what else was in order %: take that one back.', _order.number,
      (SELECT o.number FROM tenant_schema.orders o WHERE o.id = _order.part_of_id) USING ERRCODE = 'IM400';
  END IF;
END $$;
