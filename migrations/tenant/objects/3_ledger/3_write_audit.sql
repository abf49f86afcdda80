-- Appends one audit row about what the person of this connection did, or `_member` where a function knows better: whoever
-- signs out holds a gate and no lease.
CREATE FUNCTION tenant_schema.write_audit(_subject text, _record text, _action text, _site uuid, _old jsonb, _new jsonb,
  _member uuid DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _row tenant_schema.audit_log;
BEGIN
  PERFORM pg_current_xact_id(); -- before any number is taken, see seal()
  _row.at := clock_timestamp();
  _row.member_id := coalesce(_member, tenant_schema.me());
  _row.role_name := session_user;
  _row.ip_address := inet_client_addr();
  _row.device := tenant_schema.this_device();
  _row.subject := _subject;
  _row.record_id := _record;
  _row.part_of := coalesce(_new, _old) ->> CASE
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
  _row.action := _action;
  _row.site_id := _site;
  _row.old := _old;
  _row.new := _new;
  INSERT INTO tenant_schema.audit_log (at, member_id, role_name, ip_address, device, subject, record_id, part_of, action, site_id,
    old, new, row_hash)
  VALUES (_row.at, _row.member_id, _row.role_name, _row.ip_address, _row.device, _row.subject, _row.record_id, _row.part_of, _row.action,
    _row.site_id, _row.old, _row.new, tenant_schema.audit_hash(_row));
END $$;
