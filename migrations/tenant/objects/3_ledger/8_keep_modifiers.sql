-- Keeps modifiers nobody knows beside the recorded lines they were sold with: place by place the order, its line, and what the till
-- calls the modifier (see know_products). One that is named twice was wanted twice.
CREATE FUNCTION tenant_schema.keep_modifiers(_site uuid, _orders uuid[], _lines int[], _till_products uuid[]) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO tenant_schema.unmapped_modifiers (till_product_id, site_id, order_id, line, business_day, times, quantity, amount, state)
  SELECT t.id, _site, i.order_id, i.line, i.business_day, count(*), i.quantity, i.net_amount + i.tax_amount,
    CASE WHEN t.ignored = '' THEN 'WAITING' ELSE 'IGNORED' END
  FROM unnest(_orders, _lines, _till_products) AS u (order_id, line, till_product_id)
  JOIN tenant_schema.order_items i ON i.order_id = u.order_id AND i.line = u.line
  JOIN tenant_schema.till_products t ON t.id = u.till_product_id
  GROUP BY t.id, t.ignored, i.order_id, i.line, i.business_day, i.quantity, i.net_amount, i.tax_amount
$$;
