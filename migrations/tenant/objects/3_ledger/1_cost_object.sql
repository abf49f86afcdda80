-- An item at a site on its way through walk(): its movements from a moment on are walked again (infinity: none of them), and
-- this is what it had just before.
CREATE TYPE tenant_schema.cost_object AS (
  site_id uuid,
  item_id uuid,
  from_at timestamptz,
  quantity numeric,
  value numeric,
  cost numeric,
  is_fifo boolean
);
