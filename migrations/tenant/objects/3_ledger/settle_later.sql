-- Begins a long history: until the transaction ends, what is dated before other movements is settled many at a time, by settle().
-- Takes all these items have where the person sees stock, and all that depends on it at once and in order, so that two histories do not wait for each other.
CREATE FUNCTION tenant_schema.settle_later(_items uuid[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _seeds tenant_schema.cost_object[];
  _objects tenant_schema.cost_object[]; -- named by the query itself, the planner would ask for them too
BEGIN
  PERFORM pg_advisory_xact_lock_shared(hashtextextended('periods of tenant_schema', 0)); -- before any row: nobody closes a period meanwhile
  _seeds := ARRAY(SELECT ROW(c.site_id, c.item_id, '-infinity', NULL, NULL, NULL, NULL)::tenant_schema.cost_object
    FROM tenant_schema.stock_costs c WHERE c.item_id = ANY (_items) AND c.site_id = ANY (tenant_schema.scope('stock.view')));
  _objects := tenant_schema.cost_objects(_seeds);
  PERFORM FROM tenant_schema.stock_costs c JOIN unnest(_objects) o ON o.site_id = c.site_id AND o.item_id = c.item_id
    ORDER BY c.site_id, c.item_id FOR UPDATE OF c;
  PERFORM set_config('ims.settles_later', 'yes', true);
  PERFORM set_config('enable_seqscan', 'off', true); -- plans are made while there is little, and used until there are tens of thousands
END $$;
