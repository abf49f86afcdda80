-- What belongs to waste goes with waste.record at its site, and so adjustments and production with their own rights; one's own entries
-- that wait are one's own to see. Photos go with the stock of their site.
DO $$
DECLARE _by_kind CONSTANT text := $t$site_id = ANY (CASE kind WHEN 'WASTE' THEN (SELECT tenant_schema.scope('waste.record'))::uuid[]
  WHEN 'PRODUCTION' THEN (SELECT tenant_schema.scope('production.record'))::uuid[]
  ELSE (SELECT tenant_schema.scope('adjustments.record'))::uuid[] END)$t$;
BEGIN
  EXECUTE format('CREATE POLICY see ON tenant_schema.approval_requests FOR SELECT USING (%s OR asked_by = (SELECT tenant_schema.me()))', _by_kind);
  EXECUTE format('CREATE POLICY see ON tenant_schema.entry_templates FOR SELECT USING (%s)', _by_kind);
  EXECUTE format('CREATE POLICY add ON tenant_schema.entry_templates FOR INSERT WITH CHECK (%s)', _by_kind);
  EXECUTE format('CREATE POLICY change ON tenant_schema.entry_templates FOR UPDATE USING (%s) WITH CHECK (%1$s)', _by_kind);
  EXECUTE format('CREATE POLICY remove ON tenant_schema.entry_templates FOR DELETE USING (%s)', _by_kind);
  CREATE POLICY see ON tenant_schema.document_photos FOR SELECT USING (site_id = ANY ((SELECT tenant_schema.scope('stock.view'))::uuid[]));
END $$;
