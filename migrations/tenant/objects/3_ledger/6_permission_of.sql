-- What somebody needs to post a document of a kind; null for kinds that are no documents of their own.
CREATE FUNCTION tenant_schema.permission_of(_kind text) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN CASE WHEN _kind IN ('DELIVERY', 'SUPPLIER_RETURN') THEN 'deliveries.receive'
  WHEN _kind IN ('TRANSFER_OUT', 'MOVE') THEN 'transfers.send'
  WHEN _kind = 'TRANSFER_IN' THEN 'transfers.receive'
  WHEN _kind = 'WASTE' THEN 'waste.record'
  WHEN _kind IN ('ADJUSTMENT', 'CUSTOMER_RETURN', 'REVALUATION') THEN 'adjustments.record'
  WHEN _kind = 'PRODUCTION' THEN 'production.record'
  WHEN _kind = 'COUNT' THEN 'counts.post' END;
