-- Writes down that somebody had the bank details of a supplier shown in plain; refuses whoever may not see them.
CREATE FUNCTION tenant_schema.bank_was_shown(_supplier uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT tenant_schema.can('suppliers.edit') THEN
    RAISE EXCEPTION 'Your roles do not allow seeing bank details.' USING ERRCODE = 'IM403';
  END IF;
  IF NOT EXISTS (SELECT FROM tenant_schema.supplier_banks b WHERE b.supplier_id = _supplier) THEN
    RAISE EXCEPTION 'There are no bank details of this supplier.' USING ERRCODE = 'IM400';
  END IF;
  PERFORM tenant_schema.write_audit('bank_shown', _supplier::text, 'POST', NULL, NULL,
    jsonb_build_object('supplier_id', _supplier));
END $$;
