-- The owner of the tables may hang the trigger functions on them.
SET LOCAL ROLE ims_ledger;
GRANT EXECUTE ON FUNCTION tenant_schema.stamp(), tenant_schema.audit_change(), tenant_schema.audit_changes(), tenant_schema.append_only(),
  tenant_schema.keep_item(), tenant_schema.keep_site(), tenant_schema.keep_modifier_price(),
  tenant_schema.keep_recipes_straight(), tenant_schema.keep_tree(),
  tenant_schema.keep_category(), tenant_schema.keep_categorised(), tenant_schema.keep_rate(),
  tenant_schema.keep_sealed(), tenant_schema.refuse_unsettled() TO ims_owner;
