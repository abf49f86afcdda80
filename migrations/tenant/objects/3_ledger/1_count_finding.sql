-- What a count found in one line, or of one lot in it: see count_findings().
CREATE TYPE tenant_schema.count_finding AS (
  location_id uuid,
  item_id uuid,
  lot text, -- null: all that no entry names by its lot
  expires_on date,
  entries bigint,
  last_entry bigint,
  counted numeric,
  first_at timestamptz,
  counted_at timestamptz,
  expected numeric,
  difference numeric,
  unit_cost numeric,
  is_over boolean,
  is_recounted boolean,
  has_moved boolean
);
