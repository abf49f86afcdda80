-- Appends an audit row for each record of one kind, by one statement however many there are, about what the person of this
-- connection did, or `_member` where a function knows better: whoever signs out holds a gate and no lease.
CREATE FUNCTION tenant_schema.write_audits(_subject text, _action text, _records text[], _sites uuid[], _olds jsonb[], _news jsonb[],
  _member uuid DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' AS $$
DECLARE
  _whole CONSTANT text := CASE -- the column that names what the record is a part of
    WHEN _subject IN ('item_units', 'item_barcodes', 'item_site_settings', 'item_photos', 'item_methods', 'lots') THEN 'item_id'
    WHEN _subject IN ('supplier_items', 'supplier_banks', 'supplier_contacts', 'bank_shown') THEN 'supplier_id'
    WHEN _subject IN ('user_roles', 'sessions') THEN 'member_id'
    WHEN _subject = 'posting' THEN 'reverses'
    WHEN _subject IN ('supplier_prices', 'supplier_contracts') THEN 'supplier_item_id'
    WHEN _subject = 'recipe_versions' THEN 'recipe_id'
    WHEN _subject = 'recipe_lines' THEN 'version_id'
    WHEN _subject IN ('menu_prices', 'menu_pauses', 'menu_item_modifiers') THEN 'menu_item_id'
    WHEN _subject = 'modifiers' THEN 'group_id'
    WHEN _subject = 'modifier_lines' THEN 'modifier_id'
    WHEN _subject IN ('count_areas', 'count_lines', 'count_entries') THEN 'sheet_id' END;
BEGIN
  PERFORM pg_current_xact_id(); -- before any number is taken, see seal()
  INSERT INTO tenant_schema.audit_log (at, member_id, role_name, ip_address, device, subject, record_id, part_of, action, site_id,
    old, new, row_hash)
  SELECT a.at, a.member, session_user, a.address, a.device, _subject, r.record, coalesce(r.new, r.old) ->> _whole, _action, r.site, r.old, r.new,
    -- audit_hash() of the row, written out: a call for each of thousands of rows takes half as long again
    sha256(convert_to(ROW(a.at, a.member, session_user, a.address, a.device, _subject, r.record,
      coalesce(r.new, r.old) ->> _whole, _action, r.site, r.old, r.new)::text, 'UTF8'))
  FROM (SELECT clock_timestamp() AS at, coalesce(_member, tenant_schema.me()) AS member, inet_client_addr() AS address,
          tenant_schema.this_device() AS device OFFSET 0) a, -- once, not once a record
    unnest(_records, _sites, _olds, _news) WITH ORDINALITY AS r (record, site, old, new, n)
  ORDER BY r.n;
END $$;
