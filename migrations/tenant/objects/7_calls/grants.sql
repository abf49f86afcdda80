-- Which functions may be called, and which views read, by whom.
SET LOCAL ROLE ims_rights;
GRANT EXECUTE ON FUNCTION tenant_schema.me(), tenant_schema.can(text), tenant_schema.scope(text) TO tenant_group, ims_ledger;
GRANT EXECUTE ON FUNCTION tenant_schema.can_everywhere(text) TO tenant_group;
GRANT EXECUTE ON FUNCTION tenant_schema.this_device() TO ims_ledger;
GRANT EXECUTE ON FUNCTION tenant_schema.opening(), tenant_schema.held(), tenant_schema.logins() TO tenant_group;
GRANT SELECT ON tenant_schema.valued_stock, tenant_schema.valued_movements, tenant_schema.valued_postings, tenant_schema.cost_lines
  TO tenant_group;
SET LOCAL ROLE ims_ledger;
GRANT SELECT ON tenant_schema.transfers, tenant_schema.transfer_lines, tenant_schema.transfer_lots, tenant_schema.transfers_received TO tenant_group;
GRANT EXECUTE ON FUNCTION
  tenant_schema.receive_transfer(uuid, uuid, bigint[], numeric[], uuid[], text[], uuid[], text, timestamptz, jsonb),
  tenant_schema.undo_receipt(uuid, uuid, text) TO tenant_group;
GRANT EXECUTE ON FUNCTION
  tenant_schema.post_document(uuid, jsonb, uuid[], uuid[], numeric[], numeric[], uuid[], text[], numeric[], text[], bigint[], numeric[],
    numeric[], jsonb),
  tenant_schema.change_prices(uuid, jsonb, bigint[], numeric[], numeric[], text), tenant_schema.switch_method(uuid, uuid, text, date, text),
  tenant_schema.undo_prices(uuid, uuid, text, text), tenant_schema.settle_later(uuid[]), tenant_schema.settle(), tenant_schema.settles_later(),
  tenant_schema.post_history(jsonb, boolean, uuid[]), tenant_schema.post_step(jsonb),
  tenant_schema.post_sales(uuid, jsonb, text[], timestamptz[], text[], int[], int[], uuid[], numeric[], numeric[], numeric[],
    int[], uuid[], int[], text[], text[]),
  tenant_schema.preview_document(jsonb, uuid[], uuid[], numeric[], numeric[], uuid[], text[], numeric[], text[], bigint[], numeric[],
    numeric[]),
  tenant_schema.preview_prices(jsonb, bigint[], numeric[], numeric[], text), tenant_schema.preview_reversal(bigint[], text),
  tenant_schema.reverse_movements(uuid, bigint[], text, text), tenant_schema.void_order(uuid, uuid, text),
  tenant_schema.save_order(uuid, int, jsonb, uuid[], numeric[], numeric[], numeric[], text[], int[], uuid[]),
  tenant_schema.post_order(uuid, uuid, int), tenant_schema.cancel_order(uuid, int, text),
  tenant_schema.refund_order(uuid, uuid, int[], numeric[], uuid[], text),
  tenant_schema.refund_money(uuid, uuid, int[], numeric[], text), tenant_schema.line_usage(uuid),
  tenant_schema.reserved_stock(), tenant_schema.reserving_orders(uuid, uuid),
  tenant_schema.keep_unmapped(jsonb, int[], text[], timestamptz[], text[], text[], text[], numeric[], numeric[], numeric[], int[], uuid[],
    int[], text[], text[]),
  tenant_schema.mapping_effect(uuid, text, uuid), tenant_schema.map_product(uuid, uuid, text, text, uuid, int),
  tenant_schema.modifier_effect(uuid, text, uuid), tenant_schema.map_modifier(uuid, uuid, text, text, uuid, int),
  tenant_schema.ignore_product(uuid, int, text),
  tenant_schema.period_gaps(uuid, date), tenant_schema.close_period(uuid, date), tenant_schema.reopen_period(uuid, date, text),
  tenant_schema.set_customer(uuid, int, uuid), tenant_schema.lock_skus(), tenant_schema.bank_was_shown(uuid)
  TO tenant_group;
GRANT EXECUTE ON FUNCTION tenant_schema.seal(interval) TO tenant_group, ims_reader;
GRANT EXECUTE ON FUNCTION tenant_schema.audit_hash(tenant_schema.audit_log), tenant_schema.posting_hash(tenant_schema.postings, bytea),
  tenant_schema.movement_line(tenant_schema.stock_movements),
  tenant_schema.price_change_line(tenant_schema.price_changes), tenant_schema.count_entry_line(tenant_schema.count_entries),
  tenant_schema.movement_lot_line(tenant_schema.movement_lots), tenant_schema.order_line(tenant_schema.orders),
  tenant_schema.order_item_line(tenant_schema.order_items), tenant_schema.void_line(tenant_schema.orders), tenant_schema.seal_hash(tenant_schema.seals),
  tenant_schema.seal_root(bigint, bigint, bigint, bigint), tenant_schema.business_day(timestamptz, text, int) TO ims_reader;
GRANT EXECUTE ON FUNCTION tenant_schema.write_audit(text, text, text, uuid, jsonb, jsonb, uuid),
  tenant_schema.used_today(uuid, text, uuid) TO ims_rights;
SET LOCAL ROLE ims_rights;
GRANT EXECUTE ON FUNCTION
  tenant_schema.save_role(uuid, int, text, uuid, jsonb, jsonb), tenant_schema.delete_role(uuid, int),
  tenant_schema.assign_role(uuid, uuid, uuid), tenant_schema.withdraw_role(uuid),
  tenant_schema.invite_member(text, text, text, uuid, uuid, text, bytea), tenant_schema.reset_member(uuid, text, bytea),
  tenant_schema.deactivate_member(uuid),
  tenant_schema.reactivate_member(uuid), tenant_schema.member_sessions(), tenant_schema.end_session(uuid) TO tenant_group;
GRANT EXECUTE ON FUNCTION
  tenant_schema.open_keys(), tenant_schema.ask_for_key(bytea), tenant_schema.key_list(), tenant_schema.recovery_wraps(),
  tenant_schema.share_key(text, bytea, int[], bytea[]), tenant_schema.withdraw_key(text), tenant_schema.renew_key(int, text[], bytea[]),
  tenant_schema.end_old_keys() TO tenant_group;
GRANT EXECUTE ON FUNCTION tenant_schema.open_journal(), tenant_schema.mark_journal(bigint) TO tenant_group;
GRANT EXECUTE ON FUNCTION tenant_schema.limit_of(text, uuid), tenant_schema.require_limit(text, uuid, numeric) TO ims_ledger;
SET LOCAL ROLE tenant_issuer;
GRANT EXECUTE ON FUNCTION tenant_schema.issue(text, text, timestamptz, boolean, boolean), tenant_schema.cut(text, boolean) TO ims_rights;
