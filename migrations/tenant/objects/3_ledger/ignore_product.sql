-- Leaves a till's product out, with a reason (a gift card, a delivery fee): its lines wait no longer, and later ones neither.
-- Without a reason they wait again.
CREATE FUNCTION tenant_schema.ignore_product(_product uuid, _version int, _reason text) RETURNS int
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _row tenant_schema.till_products;
  _found int;
BEGIN
  SELECT * INTO _row FROM tenant_schema.till_products t WHERE t.id = _product AND t.site_id = ANY (tenant_schema.scope('sales.import')) FOR UPDATE;
  IF _row.id IS NULL THEN
    RAISE EXCEPTION 'This product does not exist, or your roles do not allow this.' USING ERRCODE = 'IM403';
  ELSIF _row.version IS DISTINCT FROM _version THEN
    RAISE EXCEPTION 'Somebody else changed this product meanwhile. Reload it.' USING ERRCODE = 'IM409';
  ELSIF length(trim(_reason)) > 1000 THEN
    RAISE EXCEPTION 'A reason has at most 1,000 letters.' USING ERRCODE = 'IM400', DETAIL = '[{"field": "reason", "text": "At most 1,000 letters."}]';
  ELSIF _row.menu_item_id IS NOT NULL OR _row.modifier_id IS NOT NULL THEN
    RAISE EXCEPTION '% is on the menu: it is not left out.', _row.words USING ERRCODE = 'IM409';
  END IF;
  UPDATE tenant_schema.till_products t SET ignored = trim(coalesce(_reason, '')), decided_by = tenant_schema.me(), decided_at = clock_timestamp(),
    version = t.version + 1 WHERE t.id = _product;
  UPDATE tenant_schema.unmapped_modifiers u SET state = CASE WHEN trim(coalesce(_reason, '')) = '' THEN 'WAITING' ELSE 'IGNORED' END
   WHERE u.till_product_id = _product AND u.state IN ('WAITING', 'IGNORED') AND _row.kind = 'MODIFIER';
  GET DIAGNOSTICS _found = ROW_COUNT;
  IF _row.kind = 'MODIFIER' THEN
    RETURN _found;
  END IF;
  UPDATE tenant_schema.unmapped_sales u SET state = CASE WHEN trim(coalesce(_reason, '')) = '' THEN 'WAITING' ELSE 'IGNORED' END
   WHERE u.till_product_id = _product AND u.state IN ('WAITING', 'IGNORED');
  GET DIAGNOSTICS _found = ROW_COUNT;
  RETURN _found;
END $$;
