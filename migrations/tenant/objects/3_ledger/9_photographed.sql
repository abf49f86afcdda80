-- The site of the waste or adjustment that photos belong to (posted, or waiting for approval), when the person may keep photos of it:
-- their own, or another's for those who may reverse documents there.
CREATE FUNCTION tenant_schema.photographed(_document uuid) RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _found record;
BEGIN
  SELECT d.site_id, bool_or(d.by = tenant_schema.me()) AS mine INTO _found FROM (
    SELECT p.site_id, p.posted_by AS by FROM tenant_schema.postings p WHERE p.id = _document AND p.kind IN ('WASTE', 'ADJUSTMENT')
    UNION ALL
    SELECT r.site_id, r.asked_by FROM tenant_schema.approval_requests r WHERE r.id = _document AND r.kind IN ('WASTE', 'ADJUSTMENT')) d GROUP BY d.site_id;
  IF _found.site_id IS NULL OR NOT (_found.site_id = ANY (tenant_schema.scope(
      CASE WHEN _found.mine THEN 'stock.view' ELSE 'documents.reverse' END))) THEN
    PERFORM tenant_schema.refuse('There is no such entry, or your roles do not let you keep photos of it.', NULL, 'IM403');
  END IF;
  RETURN _found.site_id;
END $$;
