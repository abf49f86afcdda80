-- What somebody needs to post a document of a kind; null for kinds that are no documents of their own.
CREATE FUNCTION tenant_schema.permission_of(_kind text) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN CASE WHEN _kind IN ('DELIVERY', 'SUPPLIER_RETURN', 'TRANSFER_IN') THEN 'deliveries.receive'
  WHEN _kind = 'WASTE' THEN 'waste.record'
  WHEN _kind IN ('ADJUSTMENT', 'CUSTOMER_RETURN', 'TRANSFER_OUT', 'PRODUCTION', 'REVALUATION', 'MOVE') THEN 'adjustments.record'
  WHEN _kind = 'COUNT' THEN 'counts.post' END;
