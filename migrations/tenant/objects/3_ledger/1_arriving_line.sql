-- What somebody says became of one line of a transfer, or of one lot of it, beside what is known of it.
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
  reason_id uuid,
  tracks_lots text,
  by_lot boolean, -- it stands for one lot of the line, or for what is of none
  lot text, -- that the sender said it is
  arrived_lot text, -- that it is said to be
  expires text
);
