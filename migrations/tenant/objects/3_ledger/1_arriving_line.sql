-- What somebody says became of one line of a transfer, beside what is known of it.
CREATE TYPE tenant_schema.arriving_line AS (
  n int,
  of_id bigint,
  item_id uuid,
  from_location_id uuid,
  location_id uuid,
  sent numeric,
  worth numeric, -- of all that was sent
  under_way numeric,
  quantity numeric, -- that arrived
  rest text,
  reason_id uuid
);
