-- One line on its way into the ledger. A value, where given, is taken as it is (a reversal); otherwise an incoming line is
-- worth quantity x unit_cost (the average cost where there is none) and an outgoing one what the cost method says.
CREATE TYPE tenant_schema.posting_line AS (
  item_id uuid,
  location_id uuid,
  quantity numeric,
  value numeric,
  unit_cost numeric,
  reason_id uuid,
  note text,
  entered_quantity numeric,
  entered_unit text,
  effective_at timestamptz,
  order_id uuid,
  reverses_id bigint
);
