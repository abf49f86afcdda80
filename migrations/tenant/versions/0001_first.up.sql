SET LOCAL ROLE ims_owner;
-- The tables of one tenant. In these files tenant_schema, tenant_group and tenant_issuer stand for the tenant's own names.
-- People may write some of them by SQL, so the checks refuse what no desk could read again: NaN, which counts as above
-- every number, days and moments outside the calendar of people, arrays with holes.

-- Access ---------------------------------------------------------------------------------------------------------
CREATE TABLE tenant_schema.permissions (
  resource text NOT NULL,
  action text NOT NULL,
  title text NOT NULL,
  is_limited boolean NOT NULL DEFAULT false, -- a role may give it up to an amount of money
  PRIMARY KEY (resource, action)
);
CREATE TABLE tenant_schema.roles (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL CHECK (name <> ''),
  sort_name text NOT NULL GENERATED ALWAYS AS (public.sort_key(name)) STORED,
  parent_role_id uuid REFERENCES tenant_schema.roles,
  permissions jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(permissions) = 'object'), -- code: true or false
  limits jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(limits) = 'object'), -- code: up to this amount; null: no limit
  is_builtin boolean NOT NULL DEFAULT false,
  version int NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX roles_name ON tenant_schema.roles (public.look_alike(name));
CREATE TABLE tenant_schema.members (
  id uuid PRIMARY KEY, -- public.user_tenants.id; no foreign key, so that a tenant can move to a server of its own
  display_name text NOT NULL,
  sort_name text NOT NULL GENERATED ALWAYS AS (public.sort_key(display_name)) STORED,
  login text NOT NULL,
  is_active boolean NOT NULL DEFAULT true,
  version int NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- Keys of sensitive fields ---------------------------------------------------------------------------------------
CREATE TABLE tenant_schema.key_versions ( -- of the tenant key; the newest encrypts
  version int PRIMARY KEY CHECK (version > 0),
  created_by uuid REFERENCES tenant_schema.members, -- null: the operator
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE tenant_schema.key_holders ( -- who asked for the key, each by a public key whose secret stays there
  holder text PRIMARY KEY, -- the role of a PC's gate, or 'recovery'
  public_key bytea NOT NULL CHECK (octet_length(public_key) = 32),
  asked_by uuid REFERENCES tenant_schema.members,
  asked_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE tenant_schema.tenant_keys ( -- the tenant key, wrapped on a desk for one holder; the server has it in no other form
  version int NOT NULL REFERENCES tenant_schema.key_versions,
  holder text NOT NULL REFERENCES tenant_schema.key_holders ON DELETE CASCADE,
  wrapped bytea NOT NULL CHECK (octet_length(wrapped) = 92),
  shared_by uuid REFERENCES tenant_schema.members,
  shared_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (version, holder)
);

-- Journals of desks ----------------------------------------------------------------------------------------------
CREATE TABLE tenant_schema.journals ( -- half of what opens the journal that a person keeps on a PC; the other half is there
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  member_id uuid NOT NULL REFERENCES tenant_schema.members,
  holder text NOT NULL, -- the role of the PC's gate
  secret bytea NOT NULL CHECK (octet_length(secret) = 32),
  mark bigint NOT NULL DEFAULT 0 CHECK (mark >= 0), -- how far the journal was when it was last told here
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (member_id, holder)
);

-- Views ----------------------------------------------------------------------------------------------------------
CREATE TABLE tenant_schema.saved_views ( -- how somebody looks at a list
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  list text NOT NULL CHECK (list ~ '^[a-z_]{1,40}$'),
  name text NOT NULL CHECK (name <> '' AND length(name) <= 60) CONSTRAINT saved_views_name_seen CHECK (public.is_seen(name)),
  sort_name text NOT NULL GENERATED ALWAYS AS (public.sort_key(name)) STORED,
  owner_id uuid NOT NULL REFERENCES tenant_schema.members,
  is_shared boolean NOT NULL DEFAULT false,
  needs text, -- the permission that opens the list; who lacks it does not see a shared view
  definition jsonb NOT NULL CHECK (jsonb_typeof(definition) = 'object' AND length(definition::text) <= 20000),
  version int NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX saved_views_name ON tenant_schema.saved_views (owner_id, list, public.look_alike(name));
CREATE TABLE tenant_schema.import_mappings ( -- how somebody read files with these columns
  member_id uuid NOT NULL REFERENCES tenant_schema.members,
  entity text NOT NULL CHECK (entity ~ '^[a-z_]{1,40}$'),
  fingerprint text NOT NULL CHECK (fingerprint ~ '^[0-9a-f]{64}$'), -- of the names of the columns
  columns jsonb NOT NULL CHECK (jsonb_typeof(columns) = 'object' AND length(columns::text) <= 20000), -- place: field or null
  decimal_sign text CHECK (decimal_sign IN ('.', ',')),
  date_order text CHECK (date_order IN ('day first', 'month first')),
  used_at timestamptz NOT NULL DEFAULT now() CHECK (used_at BETWEEN '2000-01-01 00:00+00' AND '2999-12-31 00:00+00'),
  PRIMARY KEY (member_id, entity, fingerprint)
);
CREATE INDEX import_mappings_by_columns ON tenant_schema.import_mappings (entity, fingerprint, used_at);

-- Places ---------------------------------------------------------------------------------------------------------
CREATE TABLE tenant_schema.sites (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL CHECK (name <> '') CONSTRAINT sites_name_seen CHECK (public.is_seen(name)),
  sort_name text NOT NULL GENERATED ALWAYS AS (public.sort_key(name)) STORED,
  kind text NOT NULL DEFAULT 'RESTAURANT' CHECK (kind IN ('RESTAURANT', 'CENTRAL_KITCHEN', 'WAREHOUSE')),
  address_line_1 text NOT NULL DEFAULT '',
  address_line_2 text NOT NULL DEFAULT '',
  postal_code text NOT NULL DEFAULT '',
  city text NOT NULL DEFAULT '',
  state text NOT NULL DEFAULT '',
  country char(2) NOT NULL,
  email text NOT NULL DEFAULT '',
  phone text NOT NULL DEFAULT '',
  manager_id uuid REFERENCES tenant_schema.members,
  capacity int CHECK (capacity >= 0),
  image bytea,
  is_head_office boolean NOT NULL DEFAULT false,
  is_default boolean NOT NULL DEFAULT false,
  currency char(3) NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  time_zone text NOT NULL CHECK ((timestamp '2000-01-01' AT TIME ZONE time_zone) IS NOT NULL),
  locale text NOT NULL CHECK (locale ~ '^[a-z]{2,3}(_[A-Za-z0-9]+)*$'),
  day_cutover_hour int NOT NULL DEFAULT 4 CHECK (day_cutover_hour BETWEEN 0 AND 12),
  allows_negative boolean NOT NULL DEFAULT true,
  prices_include_tax boolean NOT NULL DEFAULT false,
  food_cost_target numeric(5, 2) NOT NULL DEFAULT 30 CHECK (food_cost_target BETWEEN 0 AND 100),
  is_active boolean NOT NULL DEFAULT true,
  version int NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX sites_name ON tenant_schema.sites (sort_name);
CREATE UNIQUE INDEX sites_default ON tenant_schema.sites (is_default) WHERE is_default;
CREATE UNIQUE INDEX sites_head_office ON tenant_schema.sites (is_head_office) WHERE is_head_office;

CREATE TABLE tenant_schema.user_roles (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  member_id uuid NOT NULL REFERENCES tenant_schema.members,
  role_id uuid NOT NULL REFERENCES tenant_schema.roles,
  site_id uuid REFERENCES tenant_schema.sites, -- null: all sites
  UNIQUE NULLS NOT DISTINCT (member_id, role_id, site_id)
);

CREATE TABLE tenant_schema.storage_locations (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  site_id uuid NOT NULL REFERENCES tenant_schema.sites,
  parent_id uuid REFERENCES tenant_schema.storage_locations,
  name text NOT NULL CHECK (name <> '') CONSTRAINT storage_locations_name_seen CHECK (public.is_seen(name)),
  sort_name text NOT NULL GENERATED ALWAYS AS (public.sort_key(name)) STORED,
  walk_order int NOT NULL DEFAULT 0,
  is_active boolean NOT NULL DEFAULT true,
  version int NOT NULL DEFAULT 1,
  UNIQUE (site_id, id),
  FOREIGN KEY (site_id, parent_id) REFERENCES tenant_schema.storage_locations (site_id, id)
);
CREATE UNIQUE INDEX storage_locations_name ON tenant_schema.storage_locations (site_id, sort_name);

-- Items ----------------------------------------------------------------------------------------------------------
CREATE TABLE tenant_schema.units (
  code text PRIMARY KEY,
  name text NOT NULL,
  dimension text NOT NULL CHECK (dimension IN ('WEIGHT', 'VOLUME', 'COUNT', 'LENGTH')),
  numerator numeric NOT NULL CHECK (numerator > 0), -- base units of the dimension in one of this unit, exactly
  denominator numeric NOT NULL CHECK (denominator > 0)
);
CREATE TABLE tenant_schema.categories (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  parent_id uuid REFERENCES tenant_schema.categories,
  name text NOT NULL CHECK (name <> '') CONSTRAINT categories_name_seen CHECK (public.is_seen(name)),
  sort_name text NOT NULL GENERATED ALWAYS AS (public.sort_key(name)) STORED,
  is_active boolean NOT NULL DEFAULT true, -- nothing active lies in one that is archived
  version int NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX categories_name ON tenant_schema.categories (parent_id, sort_name) NULLS NOT DISTINCT;

CREATE TABLE tenant_schema.items (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  sku text NOT NULL CHECK (sku <> '') CONSTRAINT items_sku_seen CHECK (public.is_seen(sku)),
  sort_sku text NOT NULL GENERATED ALWAYS AS (public.sort_key(sku)) STORED,
  name text NOT NULL CHECK (name <> '') CONSTRAINT items_name_seen CHECK (public.is_seen(name)),
  sort_name text NOT NULL GENERATED ALWAYS AS (public.sort_key(name)) STORED,
  category_id uuid NOT NULL REFERENCES tenant_schema.categories,
  base_unit text NOT NULL REFERENCES tenant_schema.units,
  cost_method text NOT NULL DEFAULT 'AVERAGE' CHECK (cost_method IN ('AVERAGE', 'FIFO')),
  allergens text[] NOT NULL DEFAULT '{}' CHECK (array_position(allergens, NULL) IS NULL),
  shelf_life_days int CHECK (shelf_life_days >= 0),
  tracks_lots text NOT NULL DEFAULT 'NO' CHECK (tracks_lots IN ('NO', 'LOT', 'EXPIRY')), -- by which name what came at once is known
  yield_percent numeric(7, 4) NOT NULL DEFAULT 100 CHECK (yield_percent > 0 AND yield_percent <= 100),
  grams_per_millilitre numeric(20, 10) CHECK (grams_per_millilitre > 0 AND grams_per_millilitre <> 'NaN'),
  grams_per_each numeric(20, 10) CHECK (grams_per_each > 0 AND grams_per_each <> 'NaN'),
  note text NOT NULL DEFAULT '',
  is_active boolean NOT NULL DEFAULT true,
  merged_into_id uuid REFERENCES tenant_schema.items CHECK (merged_into_id <> id), -- its history goes on there; written by merge_items() alone
  version int NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now() CHECK (updated_at BETWEEN '2000-01-01 00:00+00' AND '2999-12-31 00:00+00'),
  CHECK (merged_into_id IS NULL OR NOT is_active)
);
CREATE UNIQUE INDEX items_sku ON tenant_schema.items (sort_sku);
CREATE UNIQUE INDEX items_by_name ON tenant_schema.items (sort_name, id);
CREATE INDEX items_lots ON tenant_schema.items (id) WHERE tracks_lots <> 'NO';
CREATE INDEX items_by_category ON tenant_schema.items (category_id);
CREATE INDEX items_merged ON tenant_schema.items (merged_into_id) WHERE merged_into_id IS NOT NULL;
CREATE TABLE tenant_schema.item_photos ( -- small: made so on the desk
  item_id uuid PRIMARY KEY REFERENCES tenant_schema.items,
  image bytea NOT NULL CHECK (octet_length(image) BETWEEN 1 AND 200000)
);

CREATE TABLE tenant_schema.item_units ( -- "1 case = 6 tin"; `of_unit` is a unit or another pack of the item
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  item_id uuid NOT NULL REFERENCES tenant_schema.items,
  name text NOT NULL CHECK (name <> '') CONSTRAINT item_units_name_seen CHECK (public.is_seen(name)),
  quantity numeric(20, 10) NOT NULL CHECK (quantity > 0 AND quantity <> 'NaN'),
  of_unit text NOT NULL CHECK (of_unit <> ''),
  UNIQUE (item_id, name)
);
CREATE TABLE tenant_schema.item_barcodes (
  gtin text PRIMARY KEY CHECK (gtin ~ '^[0-9]{8,14}$'),
  item_id uuid NOT NULL REFERENCES tenant_schema.items,
  unit text NOT NULL
);
CREATE INDEX item_barcodes_item ON tenant_schema.item_barcodes (item_id);
CREATE TABLE tenant_schema.item_site_settings (
  item_id uuid NOT NULL REFERENCES tenant_schema.items,
  site_id uuid NOT NULL REFERENCES tenant_schema.sites,
  par numeric(20, 6) CHECK (par >= 0 AND par <> 'NaN'),
  reorder_point numeric(20, 6) CHECK (reorder_point >= 0 AND reorder_point <> 'NaN'),
  home_location_id uuid,
  shelf_position text NOT NULL DEFAULT '',
  is_key boolean NOT NULL DEFAULT false, -- counted more often than the others
  version int NOT NULL DEFAULT 1,
  PRIMARY KEY (item_id, site_id),
  FOREIGN KEY (site_id, home_location_id) REFERENCES tenant_schema.storage_locations (site_id, id)
);
CREATE INDEX item_site_settings_site ON tenant_schema.item_site_settings (site_id);

CREATE TABLE tenant_schema.exchange_rates ( -- from a day on, one of `base` is worth so many of `quote`
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  base char(3) NOT NULL CHECK (base ~ '^[A-Z]{3}$'),
  quote char(3) NOT NULL CHECK (quote ~ '^[A-Z]{3}$'),
  valid_from date NOT NULL CHECK (valid_from BETWEEN '1900-01-01' AND '2999-12-31'),
  rate numeric(20, 10) NOT NULL CHECK (rate > 0 AND rate <> 'NaN'),
  source text NOT NULL DEFAULT '' CHECK (length(source) <= 120) CONSTRAINT exchange_rates_source_seen CHECK (public.is_seen(source)), -- who says so: a bank, a contract
  CHECK (base <> quote)
);
-- Of a pair one rate a day, whichever way round it is told: the other way is one divided by it.
CREATE UNIQUE INDEX exchange_rates_pair ON tenant_schema.exchange_rates (least(base, quote), greatest(base, quote), valid_from);
CREATE INDEX exchange_rates_by_day ON tenant_schema.exchange_rates (valid_from, id);

-- Suppliers ------------------------------------------------------------------------------------------------------
CREATE TABLE tenant_schema.suppliers (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  code text NOT NULL UNIQUE CHECK (code <> '') CONSTRAINT suppliers_code_seen CHECK (public.is_seen(code)),
  name text NOT NULL CHECK (name <> '') CONSTRAINT suppliers_name_seen CHECK (public.is_seen(name)),
  sort_name text NOT NULL GENERATED ALWAYS AS (public.sort_key(name)) STORED,
  status text NOT NULL DEFAULT 'ACTIVE' CHECK (status IN ('ACTIVE', 'ON_HOLD', 'ENDED')),
  status_reason text NOT NULL DEFAULT '', -- why nothing is ordered from them
  rating numeric(3, 2) CHECK (rating BETWEEN 0 AND 5), -- what people think of them; deliveries tell the rest
  contact bytea, -- this and the next are encrypted on the desk, see key_versions; the hashes find an equal value
  email bytea,
  email_hash bytea CHECK (octet_length(email_hash) = 32),
  phone bytea,
  phone_hash bytea CHECK (octet_length(phone_hash) = 32),
  payment_days int CHECK (payment_days >= 0),
  order_days smallint[] NOT NULL DEFAULT '{}' -- ISO weekday, 1 = Monday
    CHECK (order_days <@ '{1,2,3,4,5,6,7}' AND coalesce(array_ndims(order_days), 1) = 1),
  order_cutoff time CHECK (order_cutoff < '24:00'),
  minimum_order numeric(14, 2) CHECK (minimum_order >= 0 AND minimum_order <> 'NaN'),
  currency char(3) NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  note text NOT NULL DEFAULT '',
  version int NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX suppliers_by_name ON tenant_schema.suppliers (sort_name, id);
CREATE TABLE tenant_schema.supplier_banks ( -- where they want their money; encrypted on the desk
  supplier_id uuid PRIMARY KEY REFERENCES tenant_schema.suppliers,
  account_holder bytea,
  account bytea,
  account_hash bytea CHECK (octet_length(account_hash) = 32),
  bank_code bytea,
  bank_name bytea,
  version int NOT NULL DEFAULT 1
);
CREATE TABLE tenant_schema.supplier_contacts ( -- whom else to reach there; encrypted on the desk, but for what they do
  id uuid PRIMARY KEY,
  supplier_id uuid NOT NULL REFERENCES tenant_schema.suppliers,
  duty text NOT NULL DEFAULT '',
  contact bytea,
  email bytea,
  email_hash bytea CHECK (octet_length(email_hash) = 32),
  phone bytea,
  phone_hash bytea CHECK (octet_length(phone_hash) = 32),
  version int NOT NULL DEFAULT 1
);
CREATE INDEX supplier_contacts_supplier ON tenant_schema.supplier_contacts (supplier_id);
CREATE TABLE tenant_schema.supplier_items (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  supplier_id uuid NOT NULL REFERENCES tenant_schema.suppliers,
  item_id uuid NOT NULL REFERENCES tenant_schema.items,
  supplier_code text NOT NULL DEFAULT '',
  pack text NOT NULL, -- as the supplier writes it: "Case 6 x 2.5 kg"
  pack_quantity numeric(20, 6) NOT NULL CHECK (pack_quantity > 0 AND pack_quantity <> 'NaN'), -- in the item's base unit
  is_preferred boolean NOT NULL DEFAULT false,
  is_active boolean NOT NULL DEFAULT true,
  version int NOT NULL DEFAULT 1,
  UNIQUE (supplier_id, item_id, pack)
);
CREATE INDEX supplier_items_item ON tenant_schema.supplier_items (item_id);
CREATE TABLE tenant_schema.supplier_prices (
  supplier_item_id uuid NOT NULL REFERENCES tenant_schema.supplier_items,
  valid_from date NOT NULL CHECK (valid_from BETWEEN '1900-01-01' AND '2999-12-31'),
  price numeric(14, 4) NOT NULL CHECK (price >= 0 AND price <> 'NaN'), -- of one pack, in the supplier's currency
  PRIMARY KEY (supplier_item_id, valid_from)
);
CREATE INDEX supplier_prices_by_day ON tenant_schema.supplier_prices (valid_from, supplier_item_id);
CREATE TABLE tenant_schema.supplier_contracts ( -- a price that was agreed for a time, whatever the price list says
  supplier_item_id uuid NOT NULL REFERENCES tenant_schema.supplier_items,
  valid_from date NOT NULL CHECK (valid_from BETWEEN '1900-01-01' AND '2999-12-31'),
  valid_until date NOT NULL CHECK (valid_until BETWEEN valid_from AND '2999-12-31'),
  price numeric(14, 4) NOT NULL CHECK (price >= 0 AND price <> 'NaN'), -- of one pack, in the supplier's currency
  PRIMARY KEY (supplier_item_id, valid_from)
);

-- Ledger ---------------------------------------------------------------------------------------------------------
CREATE TABLE tenant_schema.reason_codes (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  code text NOT NULL UNIQUE CONSTRAINT reason_codes_code_seen CHECK (public.is_seen(code)),
  name text NOT NULL CONSTRAINT reason_codes_name_seen CHECK (public.is_seen(name)),
  class text NOT NULL CHECK (class IN ('WASTE', 'COST_OF_FOOD', 'NEITHER')),
  kinds text[] NOT NULL, -- the posting kinds it may be chosen for
  sort_order int NOT NULL DEFAULT 0,
  is_active boolean NOT NULL DEFAULT true
);
CREATE TABLE tenant_schema.item_methods ( -- how an item is costed from a day on, where that ever changed
  item_id uuid NOT NULL REFERENCES tenant_schema.items,
  valid_from date NOT NULL CHECK (valid_from BETWEEN '1900-01-01' AND '2999-12-31'), -- a business day
  method text NOT NULL CHECK (method IN ('AVERAGE', 'FIFO')),
  reason text NOT NULL CHECK (reason <> ''),
  switched_by uuid REFERENCES tenant_schema.members,
  switched_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (item_id, valid_from)
);
CREATE TABLE tenant_schema.periods ( -- days that are closed at a site: up to the newest end that was not reopened
  site_id uuid NOT NULL REFERENCES tenant_schema.sites,
  ends_on date NOT NULL CHECK (ends_on BETWEEN '2000-01-01' AND '2999-12-31'), -- the last business day
  closed_by uuid NOT NULL REFERENCES tenant_schema.members,
  closed_at timestamptz NOT NULL,
  reopened_by uuid REFERENCES tenant_schema.members,
  reopened_at timestamptz,
  reason text NOT NULL DEFAULT '',
  CHECK ((reopened_at IS NULL) = (reopened_by IS NULL)),
  PRIMARY KEY (site_id, ends_on, closed_at)
);
CREATE TABLE tenant_schema.stock_costs ( -- quantity and value per site and item; kept by post_lines() alone
  site_id uuid NOT NULL REFERENCES tenant_schema.sites,
  item_id uuid NOT NULL REFERENCES tenant_schema.items,
  quantity numeric(20, 6) NOT NULL DEFAULT 0,
  value numeric(20, 6) NOT NULL DEFAULT 0,
  average_cost numeric(30, 12) NOT NULL DEFAULT 0,
  is_fifo boolean NOT NULL DEFAULT false, -- the method of its last movement
  last_movement_at timestamptz,
  last_counted_at timestamptz,
  unsettled_from timestamptz, -- since when its value waits for settle(); never when a transaction ends
  PRIMARY KEY (site_id, item_id),
  CHECK (quantity <> 0 OR value = 0),
  CHECK (quantity <> 'NaN' AND value <> 'NaN' AND average_cost <> 'NaN')
);
CREATE INDEX stock_costs_item ON tenant_schema.stock_costs (item_id);
CREATE INDEX stock_costs_unsettled ON tenant_schema.stock_costs (unsettled_from) WHERE unsettled_from IS NOT NULL;
CREATE TABLE tenant_schema.cost_layers ( -- layers of stock, oldest first, or below zero the parts of issues that were short
  site_id uuid NOT NULL,
  item_id uuid NOT NULL,
  place int NOT NULL, -- in that order
  movement_id bigint NOT NULL, -- where it came from; 0: what was there when the method changed
  quantity numeric(20, 6) NOT NULL CHECK (quantity <> 0 AND quantity <> 'NaN'),
  value numeric(20, 6) NOT NULL CHECK (value <> 'NaN'),
  PRIMARY KEY (site_id, item_id, place),
  FOREIGN KEY (site_id, item_id) REFERENCES tenant_schema.stock_costs
);
CREATE TABLE tenant_schema.stock_levels ( -- quantity per storage location and item; kept by post_lines() alone
  location_id uuid NOT NULL,
  item_id uuid NOT NULL REFERENCES tenant_schema.items,
  site_id uuid NOT NULL,
  on_hand numeric(20, 6) NOT NULL DEFAULT 0 CHECK (on_hand <> 'NaN'),
  reserved numeric(20, 6) NOT NULL DEFAULT 0 CHECK (reserved >= 0),
  available numeric(20, 6) NOT NULL GENERATED ALWAYS AS (on_hand - reserved) STORED,
  PRIMARY KEY (location_id, item_id),
  FOREIGN KEY (site_id, location_id) REFERENCES tenant_schema.storage_locations (site_id, id)
);
CREATE INDEX stock_levels_item ON tenant_schema.stock_levels (site_id, item_id);
CREATE TABLE tenant_schema.postings ( -- the posted document; its id is the desk's idempotency key
  id uuid PRIMARY KEY,
  number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  kind text NOT NULL CHECK (kind IN ('DELIVERY', 'SALE', 'WASTE', 'ADJUSTMENT', 'COUNT', 'SUPPLIER_RETURN', 'CUSTOMER_RETURN',
    'TRANSFER_OUT', 'TRANSFER_IN', 'PRODUCTION', 'REVALUATION', 'MOVE', 'PRICE', 'LANDED', 'METHOD')),
  site_id uuid NOT NULL REFERENCES tenant_schema.sites,
  effective_at timestamptz NOT NULL,
  business_day date NOT NULL,
  supplier_id uuid REFERENCES tenant_schema.suppliers,
  to_site_id uuid REFERENCES tenant_schema.sites, -- where a transfer goes
  to_rate numeric(32, 20) CHECK (to_rate > 0 AND to_rate <> 'NaN'), -- what one of the site's currency was worth in that of the other when it left
  reference text NOT NULL DEFAULT '',
  note text NOT NULL DEFAULT '',
  reverses_id uuid REFERENCES tenant_schema.postings,
  content_hash bytea NOT NULL, -- of what the desk sent
  lines_hash bytea NOT NULL, -- of its movements as they were written
  orders_hash bytea NOT NULL DEFAULT sha256(''), -- of the orders it recorded, with their lines, or of the one it voided
  line_count int NOT NULL CHECK (line_count >= 0),
  value numeric(20, 6) NOT NULL CHECK (value <> 'NaN'), -- of its movements, in the site's currency
  posted_by uuid NOT NULL REFERENCES tenant_schema.members,
  posted_at timestamptz NOT NULL,
  row_hash bytea NOT NULL
);
CREATE INDEX postings_by_time ON tenant_schema.postings (effective_at, id);
CREATE INDEX postings_by_supplier ON tenant_schema.postings (supplier_id, business_day) WHERE supplier_id IS NOT NULL;
CREATE INDEX postings_reverses ON tenant_schema.postings (reverses_id) WHERE reverses_id IS NOT NULL;
CREATE INDEX postings_prices ON tenant_schema.postings (posted_by, site_id, posted_at) WHERE kind IN ('PRICE', 'LANDED');
CREATE INDEX postings_voids ON tenant_schema.postings (posted_by, site_id, posted_at) WHERE kind = 'SALE' AND reverses_id IS NOT NULL;
CREATE TABLE tenant_schema.stock_movements (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- given after the lock: entry order is the order costs were applied in
  posting_id uuid NOT NULL REFERENCES tenant_schema.postings,
  kind text NOT NULL,
  site_id uuid NOT NULL, -- through the storage location
  location_id uuid NOT NULL,
  item_id uuid NOT NULL REFERENCES tenant_schema.items,
  effective_at timestamptz NOT NULL,
  business_day date NOT NULL,
  quantity numeric(20, 6) NOT NULL CHECK ((quantity <> 0) = (kind <> 'REVALUATION') AND quantity <> 'NaN'), -- base unit; issues are negative
  value numeric(20, 6) NOT NULL CHECK (value <> 'NaN'), -- site currency; same sign as the quantity, or zero
  given_value numeric(20, 6) CHECK (given_value <> 'NaN'), -- where it brought a value along: a price, labour, a revaluation
  of_id bigint REFERENCES tenant_schema.stock_movements, -- the issue whose cost it brings back, or carries to another site
  weight numeric(20, 6) CHECK (weight >= 0 AND weight <> 'NaN'), -- of what was produced: its part of what went into it; 0 of what only passes, see walk()
  entered_quantity numeric(20, 6) CHECK (entered_quantity <> 'NaN'),
  entered_unit text,
  reason_id uuid REFERENCES tenant_schema.reason_codes,
  note text NOT NULL DEFAULT '',
  order_id uuid,
  reverses_id bigint UNIQUE REFERENCES tenant_schema.stock_movements,
  posted_by uuid NOT NULL,
  posted_at timestamptz NOT NULL,
  FOREIGN KEY (site_id, location_id) REFERENCES tenant_schema.storage_locations (site_id, id)
);
CREATE INDEX stock_movements_card ON tenant_schema.stock_movements (site_id, item_id, effective_at, id);
CREATE INDEX stock_movements_by_time ON tenant_schema.stock_movements (effective_at, id);
CREATE INDEX stock_movements_by_day ON tenant_schema.stock_movements (site_id, business_day)
  INCLUDE (kind, item_id, quantity, value, posted_by); -- the last is what the policy asks besides the site
CREATE INDEX stock_movements_posting ON tenant_schema.stock_movements (posting_id);
CREATE INDEX stock_movements_of ON tenant_schema.stock_movements (of_id) WHERE of_id IS NOT NULL;
CREATE INDEX stock_movements_sent ON tenant_schema.stock_movements (item_id) WHERE kind = 'TRANSFER_OUT'; -- what is under way
CREATE INDEX stock_movements_order ON tenant_schema.stock_movements (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX stock_movements_reasons ON tenant_schema.stock_movements (site_id, business_day)
  INCLUDE (kind, reason_id, item_id, quantity, value, posted_by) WHERE kind IN ('WASTE', 'ADJUSTMENT', 'COUNT', 'REVALUATION');
CREATE INDEX stock_movements_limits ON tenant_schema.stock_movements (posted_by, site_id, kind, posted_at)
  INCLUDE (value) WHERE kind IN ('WASTE', 'ADJUSTMENT', 'CUSTOMER_RETURN', 'TRANSFER_OUT', 'PRODUCTION', 'REVALUATION', 'COUNT'); -- what somebody did today, see used_today()
CREATE TABLE tenant_schema.lots ( -- what came or was made at once of an item, by what stands on it
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  item_id uuid NOT NULL REFERENCES tenant_schema.items,
  code text NOT NULL CHECK (code = btrim(code) AND length(code) BETWEEN 1 AND 40) CONSTRAINT lots_code_seen CHECK (public.is_seen(code)),
  sort_code text NOT NULL GENERATED ALWAYS AS (public.sort_key(code)) STORED,
  expires_on date CHECK (expires_on BETWEEN '2000-01-01' AND '2999-12-31'),
  arrived_at timestamptz NOT NULL, -- when it was first there
  UNIQUE (item_id, code),
  UNIQUE (item_id, id)
);
CREATE INDEX lots_by_expiry ON tenant_schema.lots (expires_on, id);
CREATE TABLE tenant_schema.stock_lots ( -- which lot lies where, a part of stock_levels; kept by post_lines() alone
  location_id uuid NOT NULL,
  lot_id uuid NOT NULL,
  item_id uuid NOT NULL,
  site_id uuid NOT NULL,
  on_hand numeric(20, 6) NOT NULL CHECK (on_hand >= 0 AND on_hand <> 'NaN'), -- what is short is of no lot
  PRIMARY KEY (location_id, lot_id),
  FOREIGN KEY (item_id, lot_id) REFERENCES tenant_schema.lots (item_id, id),
  FOREIGN KEY (location_id, item_id) REFERENCES tenant_schema.stock_levels,
  FOREIGN KEY (site_id, location_id) REFERENCES tenant_schema.storage_locations (site_id, id)
);
CREATE INDEX stock_lots_there ON tenant_schema.stock_lots (site_id, item_id, location_id) WHERE on_hand > 0;
CREATE INDEX stock_lots_lot ON tenant_schema.stock_lots (lot_id);
CREATE TABLE tenant_schema.movement_lots ( -- of which lots a movement is; what is short learns it from the posting that covers it
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  movement_id bigint NOT NULL REFERENCES tenant_schema.stock_movements,
  lot_id uuid NOT NULL REFERENCES tenant_schema.lots,
  site_id uuid NOT NULL REFERENCES tenant_schema.sites,
  quantity numeric(20, 6) NOT NULL CHECK (quantity <> 0 AND quantity <> 'NaN'), -- signed as the movement's
  posting_id uuid NOT NULL REFERENCES tenant_schema.postings, -- that said so
  left_as uuid REFERENCES tenant_schema.lots -- of what arrived: which lot the sender said it was, where that is another
);
CREATE INDEX movement_lots_movement ON tenant_schema.movement_lots (movement_id);
CREATE INDEX movement_lots_lot ON tenant_schema.movement_lots (lot_id);
CREATE INDEX movement_lots_posting ON tenant_schema.movement_lots (posting_id);
CREATE INDEX movement_lots_left_as ON tenant_schema.movement_lots (left_as) WHERE left_as IS NOT NULL;
CREATE TABLE tenant_schema.cost_corrections ( -- later changes of the value of a movement, each dated, with its cause
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  movement_id bigint NOT NULL REFERENCES tenant_schema.stock_movements,
  posting_id uuid NOT NULL REFERENCES tenant_schema.postings, -- the document that caused it
  site_id uuid NOT NULL, -- this and the next through the movement, whose they are; write_corrections() copies them, `verify` compares
  item_id uuid NOT NULL,
  cause text NOT NULL CHECK (cause IN ('TRUE_UP', 'RECOST', 'PRICE', 'LANDED', 'METHOD')),
  applies_at timestamptz NOT NULL, -- when the value changed, as if it had been known: the movement's time, or that of what covers it
  effective_at timestamptz NOT NULL, -- the same, or the first open moment after a closed period
  business_day date NOT NULL,
  value numeric(20, 6) NOT NULL CHECK (value <> 0 AND value <> 'NaN'),
  posted_at timestamptz NOT NULL
);
CREATE INDEX cost_corrections_movement ON tenant_schema.cost_corrections (movement_id);
CREATE INDEX cost_corrections_posting ON tenant_schema.cost_corrections (posting_id);
CREATE INDEX cost_corrections_applied ON tenant_schema.cost_corrections (site_id, item_id, applies_at) INCLUDE (value);
CREATE INDEX cost_corrections_by_day ON tenant_schema.cost_corrections (site_id, business_day);
CREATE TABLE tenant_schema.price_changes ( -- what became known later of the value that a movement brought along
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  movement_id bigint NOT NULL REFERENCES tenant_schema.stock_movements,
  posting_id uuid NOT NULL REFERENCES tenant_schema.postings DEFERRABLE INITIALLY DEFERRED, -- it has the hash of its changes
  site_id uuid NOT NULL REFERENCES tenant_schema.sites,
  amount numeric(20, 6) NOT NULL CHECK (amount <> 0 AND amount <> 'NaN')
);
CREATE INDEX price_changes_movement ON tenant_schema.price_changes (movement_id);
CREATE INDEX price_changes_posting ON tenant_schema.price_changes (posting_id);

CREATE TABLE tenant_schema.transfer_receipts ( -- what became of a transfer: each posting of a receipt, and what it says
  posting_id uuid PRIMARY KEY REFERENCES tenant_schema.postings,
  receipt_id uuid NOT NULL, -- what was said at once
  transfer_id uuid NOT NULL REFERENCES tenant_schema.postings,
  what text NOT NULL CHECK (what IN ('ARRIVED', 'SURPLUS', 'BACK', 'MISSING', 'WRITTEN_OFF')),
  received_by uuid NOT NULL REFERENCES tenant_schema.members,
  received_at timestamptz NOT NULL
);
CREATE INDEX transfer_receipts_transfer ON tenant_schema.transfer_receipts (transfer_id);
CREATE INDEX transfer_receipts_receipt ON tenant_schema.transfer_receipts (receipt_id);
CREATE TABLE tenant_schema.under_way ( -- what left for another site and is neither there nor back; kept by post_lines() alone
  movement_id bigint PRIMARY KEY REFERENCES tenant_schema.stock_movements,
  transfer_id uuid NOT NULL REFERENCES tenant_schema.postings,
  site_id uuid NOT NULL REFERENCES tenant_schema.sites,
  to_site_id uuid NOT NULL REFERENCES tenant_schema.sites,
  item_id uuid NOT NULL REFERENCES tenant_schema.items,
  quantity numeric(20, 6) NOT NULL CHECK (quantity > 0 AND quantity <> 'NaN')
);
CREATE INDEX under_way_to ON tenant_schema.under_way (to_site_id, item_id);
CREATE INDEX postings_transfers ON tenant_schema.postings (effective_at, id) WHERE kind = 'TRANSFER_OUT' AND reverses_id IS NULL;

-- Recipes and menu -----------------------------------------------------------------------------------------------
CREATE TABLE tenant_schema.recipes (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL CHECK (name <> '') CONSTRAINT recipes_name_seen CHECK (public.is_seen(name)),
  sort_name text NOT NULL GENERATED ALWAYS AS (public.sort_key(name)) STORED,
  kind text NOT NULL DEFAULT 'DISH' CHECK (kind IN ('DISH', 'SUB_RECIPE', 'PREP')),
  output_item_id uuid REFERENCES tenant_schema.items, -- of a prep: what it puts into stock
  image bytea CHECK (octet_length(image) BETWEEN 1 AND 1048576), -- PNG or JPEG, made small by the desk
  is_active boolean NOT NULL DEFAULT true,
  version int NOT NULL DEFAULT 1,
  CHECK ((kind = 'PREP') = (output_item_id IS NOT NULL))
);
CREATE UNIQUE INDEX recipes_name ON tenant_schema.recipes (sort_name);
CREATE TABLE tenant_schema.recipe_versions (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  recipe_id uuid NOT NULL REFERENCES tenant_schema.recipes,
  valid_from date NOT NULL CHECK (valid_from BETWEEN '1900-01-01' AND '2999-12-31'),
  yield_quantity numeric(20, 6) NOT NULL DEFAULT 1 CHECK (yield_quantity > 0 AND yield_quantity <> 'NaN'),
  yield_unit text NOT NULL DEFAULT 'portion',
  method text NOT NULL DEFAULT '',
  UNIQUE (recipe_id, valid_from)
);
CREATE TABLE tenant_schema.recipe_lines (
  version_id uuid NOT NULL REFERENCES tenant_schema.recipe_versions,
  line int NOT NULL,
  item_id uuid REFERENCES tenant_schema.items,
  sub_recipe_id uuid REFERENCES tenant_schema.recipes,
  quantity numeric(20, 6) NOT NULL CHECK (quantity > 0 AND quantity <> 'NaN'), -- edible portion, as written
  unit text NOT NULL,
  base_quantity numeric(20, 6) NOT NULL CHECK (base_quantity > 0 AND base_quantity <> 'NaN'), -- in the item's base unit or the sub-recipe's yield unit
  yield_percent numeric(7, 4) NOT NULL DEFAULT 100 CHECK (yield_percent > 0 AND yield_percent <= 100),
  PRIMARY KEY (version_id, line),
  CHECK ((item_id IS NULL) <> (sub_recipe_id IS NULL))
);
CREATE INDEX recipe_lines_item ON tenant_schema.recipe_lines (item_id);
CREATE INDEX recipe_lines_sub_recipe ON tenant_schema.recipe_lines (sub_recipe_id);
CREATE TABLE tenant_schema.productions ( -- what a document of production was to use and to make, beside what it did; see check_production()
  posting_id uuid PRIMARY KEY REFERENCES tenant_schema.postings,
  site_id uuid NOT NULL REFERENCES tenant_schema.sites,
  recipe_version_id uuid REFERENCES tenant_schema.recipe_versions, -- null: one item was repacked into others
  expected numeric(20, 6)[] NOT NULL, -- line by line as in the document, base units without a sign; null: not of the recipe
  reason_id uuid REFERENCES tenant_schema.reason_codes -- why less came out
);
CREATE INDEX productions_version ON tenant_schema.productions (recipe_version_id);

CREATE TABLE tenant_schema.menu_categories (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL CHECK (name <> '') CONSTRAINT menu_categories_name_seen CHECK (public.is_seen(name)),
  sort_name text NOT NULL GENERATED ALWAYS AS (public.sort_key(name)) STORED,
  sort_order int NOT NULL DEFAULT 0,
  food_cost_target numeric(5, 2) CHECK (food_cost_target BETWEEN 0 AND 100), -- null: as the site aims
  is_active boolean NOT NULL DEFAULT true,
  version int NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX menu_categories_name ON tenant_schema.menu_categories (sort_name);
CREATE TABLE tenant_schema.menu_items (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  code text NOT NULL CHECK (code <> '') CONSTRAINT menu_items_code_seen CHECK (public.is_seen(code)),
  sort_code text NOT NULL GENERATED ALWAYS AS (public.sort_key(code)) STORED,
  name text NOT NULL CHECK (name <> '') CONSTRAINT menu_items_name_seen CHECK (public.is_seen(name)),
  sort_name text NOT NULL GENERATED ALWAYS AS (public.sort_key(name)) STORED,
  size text NOT NULL DEFAULT '',
  category_id uuid NOT NULL REFERENCES tenant_schema.menu_categories,
  recipe_id uuid REFERENCES tenant_schema.recipes,
  portions numeric(20, 6) NOT NULL DEFAULT 1 CHECK (portions > 0 AND portions <> 'NaN'),
  food_cost_target numeric(5, 2) CHECK (food_cost_target BETWEEN 0 AND 100), -- null: as its category aims
  is_available boolean NOT NULL DEFAULT true, -- at all; a site may pause it besides
  is_active boolean NOT NULL DEFAULT true,
  version int NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX menu_items_code ON tenant_schema.menu_items (sort_code);
CREATE INDEX menu_items_by_name ON tenant_schema.menu_items (sort_name, id);
CREATE INDEX menu_items_recipe ON tenant_schema.menu_items (recipe_id);
CREATE TABLE tenant_schema.menu_prices (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  menu_item_id uuid NOT NULL REFERENCES tenant_schema.menu_items,
  site_id uuid REFERENCES tenant_schema.sites, -- null: every site without a price of its own
  valid_from date NOT NULL CHECK (valid_from BETWEEN '1900-01-01' AND '2999-12-31'),
  price numeric(14, 2) NOT NULL CHECK (price >= 0 AND price <> 'NaN'),
  tax_percent numeric(6, 3) NOT NULL DEFAULT 0 CHECK (tax_percent >= 0 AND tax_percent <> 'NaN'),
  UNIQUE NULLS NOT DISTINCT (menu_item_id, site_id, valid_from)
);
CREATE TABLE tenant_schema.menu_pauses ( -- what a site does not sell for a while
  menu_item_id uuid NOT NULL REFERENCES tenant_schema.menu_items,
  site_id uuid NOT NULL REFERENCES tenant_schema.sites,
  until date CHECK (until BETWEEN '1900-01-01' AND '2999-12-31'), -- the last day without it; null: until further notice
  PRIMARY KEY (menu_item_id, site_id)
);
CREATE INDEX menu_pauses_site ON tenant_schema.menu_pauses (site_id);
CREATE TABLE tenant_schema.modifier_groups ( -- a question asked with a dish: Crust, Extras
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL CHECK (name <> '') CONSTRAINT modifier_groups_name_seen CHECK (public.is_seen(name)),
  sort_name text NOT NULL GENERATED ALWAYS AS (public.sort_key(name)) STORED,
  at_least int NOT NULL DEFAULT 0 CHECK (at_least >= 0), -- more than 0: it must be answered
  at_most int CHECK (at_most >= 1 AND at_most >= at_least), -- null: as many as one likes
  is_active boolean NOT NULL DEFAULT true,
  version int NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX modifier_groups_name ON tenant_schema.modifier_groups (sort_name);
CREATE TABLE tenant_schema.modifiers ( -- one answer; sold lines name it, so it is never removed
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  group_id uuid NOT NULL REFERENCES tenant_schema.modifier_groups,
  name text NOT NULL CHECK (name <> '') CONSTRAINT modifiers_name_seen CHECK (public.is_seen(name)),
  sort_name text NOT NULL GENERATED ALWAYS AS (public.sort_key(name)) STORED,
  price numeric(14, 2) NOT NULL DEFAULT 0 CHECK (price <> 'NaN'), -- what it adds to the price; below 0: takes off
  sort_order int NOT NULL DEFAULT 0,
  is_active boolean NOT NULL DEFAULT true,
  version int NOT NULL DEFAULT 1,
  UNIQUE (group_id, sort_name)
);
CREATE TABLE tenant_schema.modifier_lines ( -- what one of it takes out of stock besides the dish; below 0: what it leaves out
  modifier_id uuid NOT NULL REFERENCES tenant_schema.modifiers,
  line int NOT NULL,
  item_id uuid REFERENCES tenant_schema.items,
  sub_recipe_id uuid REFERENCES tenant_schema.recipes,
  quantity numeric(20, 6) NOT NULL CHECK (quantity <> 0 AND quantity <> 'NaN'), -- edible portion, as written
  unit text NOT NULL,
  base_quantity numeric(20, 6) NOT NULL CHECK (base_quantity <> 0 AND base_quantity <> 'NaN'),
  yield_percent numeric(7, 4) NOT NULL DEFAULT 100 CHECK (yield_percent > 0 AND yield_percent <= 100),
  PRIMARY KEY (modifier_id, line),
  CHECK ((item_id IS NULL) <> (sub_recipe_id IS NULL)),
  CHECK (sign(quantity) = sign(base_quantity))
);
CREATE INDEX modifier_lines_item ON tenant_schema.modifier_lines (item_id);
CREATE INDEX modifier_lines_sub_recipe ON tenant_schema.modifier_lines (sub_recipe_id);
CREATE TABLE tenant_schema.menu_item_modifiers ( -- which questions a dish asks, in their order
  menu_item_id uuid NOT NULL REFERENCES tenant_schema.menu_items,
  group_id uuid NOT NULL REFERENCES tenant_schema.modifier_groups,
  sort_order int NOT NULL DEFAULT 0,
  PRIMARY KEY (menu_item_id, group_id)
);
CREATE INDEX menu_item_modifiers_group ON tenant_schema.menu_item_modifiers (group_id);

-- Customers ------------------------------------------------------------------------------------------------------
CREATE TABLE tenant_schema.customers ( -- whom one delivers to and sends invoices; guests at a table are nobody's business
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  code text NOT NULL CHECK (code <> '') CONSTRAINT customers_code_seen CHECK (public.is_seen(code)),
  sort_code text NOT NULL GENERATED ALWAYS AS (public.sort_key(code)) STORED,
  name text NOT NULL CHECK (name <> '') CONSTRAINT customers_name_seen CHECK (public.is_seen(name)),
  sort_name text NOT NULL GENERATED ALWAYS AS (public.sort_key(name)) STORED,
  kind text NOT NULL DEFAULT 'CATERING' CHECK (kind IN ('CATERING', 'WHOLESALE', 'INTERNAL')),
  contact bytea, -- this and the next are encrypted on the desk, as those of suppliers
  email bytea,
  email_hash bytea CHECK (octet_length(email_hash) = 32),
  phone bytea,
  phone_hash bytea CHECK (octet_length(phone_hash) = 32),
  tax_id text NOT NULL DEFAULT '',
  payment_days int CHECK (payment_days >= 0),
  note text NOT NULL DEFAULT '',
  is_active boolean NOT NULL DEFAULT true,
  version int NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX customers_code ON tenant_schema.customers (sort_code);
CREATE UNIQUE INDEX customers_by_name ON tenant_schema.customers (sort_name, id);

-- Sales ----------------------------------------------------------------------------------------------------------
CREATE TABLE tenant_schema.sales_imports (
  id uuid PRIMARY KEY, -- the idempotency key of the whole import
  site_id uuid NOT NULL REFERENCES tenant_schema.sites,
  file_name text NOT NULL,
  imported_by uuid NOT NULL REFERENCES tenant_schema.members,
  imported_at timestamptz NOT NULL
);
CREATE TABLE tenant_schema.orders (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  site_id uuid NOT NULL REFERENCES tenant_schema.sites,
  number text NOT NULL CHECK (number <> ''),
  kind text NOT NULL DEFAULT 'SALE' -- from a till; then the entered ones; then the parts of another order
    CHECK (kind IN ('SALE', 'CATERING', 'WHOLESALE', 'INTERNAL', 'STAFF_MEAL', 'REFUND', 'ADDITION')),
  part_of_id uuid REFERENCES tenant_schema.orders, -- what a refund gives back, or whose later known lines these are
  channel text NOT NULL DEFAULT '',
  placed_at timestamptz NOT NULL, -- of an open order: for when it is planned
  business_day date NOT NULL,
  state text NOT NULL DEFAULT 'CLOSED' CHECK (state IN ('OPEN', 'CLOSED', 'VOIDED', 'CANCELLED')),
  covers int CHECK (covers >= 0),
  net_total numeric(14, 2) NOT NULL CHECK (net_total <> 'NaN'),
  tax_total numeric(14, 2) NOT NULL DEFAULT 0 CHECK (tax_total <> 'NaN'),
  items_hash bytea NOT NULL DEFAULT sha256(''), -- of its lines as they were recorded
  import_id uuid REFERENCES tenant_schema.sales_imports,
  posting_id uuid REFERENCES tenant_schema.postings DEFERRABLE INITIALLY DEFERRED, -- the posting has the hash of its orders,
  void_posting_id uuid REFERENCES tenant_schema.postings DEFERRABLE INITIALLY DEFERRED, -- so they are written before it
  void_reason text NOT NULL DEFAULT '',
  created_by uuid NOT NULL REFERENCES tenant_schema.members,
  customer_id uuid REFERENCES tenant_schema.customers,
  note text NOT NULL DEFAULT '' CHECK (length(note) <= 1000),
  refunded numeric(14, 2) NOT NULL DEFAULT 0 CHECK (refunded >= 0 AND refunded <> 'NaN'), -- with tax, by its refunds
  version int NOT NULL DEFAULT 1,
  UNIQUE (site_id, business_day, number),
  CHECK ((state IN ('OPEN', 'CANCELLED')) = (posting_id IS NULL)),
  CHECK (kind <> 'REFUND' OR part_of_id IS NOT NULL)
);
CREATE INDEX orders_by_time ON tenant_schema.orders (placed_at, id);
CREATE INDEX orders_by_day ON tenant_schema.orders (site_id, business_day) INCLUDE (state, net_total, part_of_id);
CREATE INDEX orders_parts ON tenant_schema.orders (part_of_id) WHERE part_of_id IS NOT NULL;
CREATE INDEX orders_entered ON tenant_schema.orders (site_id, kind, placed_at) WHERE kind NOT IN ('SALE', 'REFUND', 'ADDITION');
CREATE INDEX orders_open ON tenant_schema.orders (site_id, placed_at, id) WHERE state = 'OPEN';
CREATE INDEX orders_by_number ON tenant_schema.orders (number);
CREATE INDEX orders_customer ON tenant_schema.orders (customer_id, placed_at, id) WHERE customer_id IS NOT NULL;
CREATE INDEX orders_posting ON tenant_schema.orders (posting_id);
CREATE INDEX orders_voided ON tenant_schema.orders (void_posting_id) WHERE void_posting_id IS NOT NULL;
CREATE TABLE tenant_schema.order_items (
  order_id uuid NOT NULL REFERENCES tenant_schema.orders,
  line int NOT NULL,
  site_id uuid NOT NULL,
  business_day date NOT NULL,
  menu_item_id uuid NOT NULL REFERENCES tenant_schema.menu_items,
  quantity numeric(14, 3) NOT NULL, -- of a refund of money alone: 0
  unit_price numeric(14, 4) NOT NULL, -- as on the till
  net_amount numeric(14, 2) NOT NULL,
  tax_amount numeric(14, 2) NOT NULL DEFAULT 0,
  modifiers uuid[] NOT NULL DEFAULT '{}', -- of one portion; one that is there twice was wanted twice
  note text NOT NULL DEFAULT '',
  refunds_line int, -- of a refund: the line of the order it gives back of
  PRIMARY KEY (order_id, line),
  CHECK (quantity <> 0 OR refunds_line IS NOT NULL)
);
CREATE TABLE tenant_schema.planned_lines ( -- of an open order; they become order_items when it is posted
  order_id uuid NOT NULL REFERENCES tenant_schema.orders,
  line int NOT NULL,
  site_id uuid NOT NULL,
  menu_item_id uuid NOT NULL REFERENCES tenant_schema.menu_items,
  quantity numeric(14, 3) NOT NULL CHECK (quantity > 0 AND quantity <> 'NaN'),
  unit_price numeric(14, 4) NOT NULL CHECK (unit_price >= 0 AND unit_price <> 'NaN'),
  discount numeric(14, 2) NOT NULL DEFAULT 0 CHECK (discount >= 0 AND discount <> 'NaN'), -- off the whole line
  note text NOT NULL DEFAULT '',
  modifiers uuid[] NOT NULL DEFAULT '{}', -- as of order_items; their prices are in the unit price
  PRIMARY KEY (order_id, line)
);
CREATE INDEX planned_lines_menu_item ON tenant_schema.planned_lines (menu_item_id);
CREATE INDEX order_items_by_day ON tenant_schema.order_items (site_id, business_day) INCLUDE (order_id, menu_item_id, quantity, net_amount);
CREATE INDEX order_items_menu_item ON tenant_schema.order_items (menu_item_id);
CREATE TABLE tenant_schema.till_mappings ( -- how the files of a till are read, by the names of their columns
  site_id uuid NOT NULL REFERENCES tenant_schema.sites,
  fingerprint text NOT NULL CHECK (fingerprint ~ '^[0-9a-f]{64}$'),
  choices jsonb NOT NULL CHECK (jsonb_typeof(choices) = 'object' AND length(choices::text) <= 20000),
  used_by uuid NOT NULL REFERENCES tenant_schema.members,
  used_at timestamptz NOT NULL DEFAULT now() CHECK (used_at BETWEEN '2000-01-01 00:00+00' AND '2999-12-31 00:00+00'),
  PRIMARY KEY (site_id, fingerprint)
);
CREATE TABLE tenant_schema.till_products ( -- what a till calls something that the menu does not know by that name
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  site_id uuid NOT NULL REFERENCES tenant_schema.sites,
  kind text NOT NULL DEFAULT 'PRODUCT' CHECK (kind IN ('PRODUCT', 'MODIFIER')), -- what is sold, or an answer asked with it
  product text NOT NULL CHECK (product <> '' AND length(product) <= 300), -- its words as they are compared
  words text NOT NULL CHECK (words <> '' AND length(words) <= 300), -- as the till writes them
  sort_words text NOT NULL GENERATED ALWAYS AS (public.sort_key(words)) STORED,
  menu_item_id uuid REFERENCES tenant_schema.menu_items, -- what it means, once somebody said so
  modifier_id uuid REFERENCES tenant_schema.modifiers,
  ignored text NOT NULL DEFAULT '' CHECK (length(ignored) <= 1000), -- why it is left out, as of a gift card
  decided_by uuid REFERENCES tenant_schema.members,
  decided_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  version int NOT NULL DEFAULT 1,
  UNIQUE (site_id, kind, product),
  CHECK ((menu_item_id IS NULL AND modifier_id IS NULL) OR ignored = ''),
  CHECK (CASE kind WHEN 'PRODUCT' THEN modifier_id ELSE menu_item_id END IS NULL)
);
CREATE INDEX till_products_menu_item ON tenant_schema.till_products (menu_item_id);
CREATE INDEX till_products_modifier ON tenant_schema.till_products (modifier_id) WHERE modifier_id IS NOT NULL;
CREATE TABLE tenant_schema.unmapped_sales ( -- sold lines whose menu item is not known; they wait here with their value
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  till_product_id uuid NOT NULL REFERENCES tenant_schema.till_products,
  site_id uuid NOT NULL REFERENCES tenant_schema.sites,
  import_id uuid NOT NULL REFERENCES tenant_schema.sales_imports,
  file_row int NOT NULL,
  number text NOT NULL CHECK (number <> ''), -- of its order
  copy int NOT NULL, -- several equal lines of an order are counted
  channel text NOT NULL DEFAULT '',
  placed_at timestamptz NOT NULL,
  business_day date NOT NULL,
  quantity numeric(14, 3) NOT NULL CHECK (quantity > 0 AND quantity <> 'NaN'),
  unit_price numeric(14, 4) NOT NULL CHECK (unit_price >= 0 AND unit_price <> 'NaN'),
  amount numeric(14, 2) NOT NULL CHECK (amount >= 0 AND amount <> 'NaN'), -- as charged
  modifiers uuid[] NOT NULL DEFAULT '{}', -- those that are known, as of order_items
  unknown_modifiers uuid[] NOT NULL DEFAULT '{}', -- of till_products
  state text NOT NULL DEFAULT 'WAITING' CHECK (state IN ('WAITING', 'MAPPED', 'IGNORED', 'VOIDED')), -- voided: with its order
  posting_id uuid REFERENCES tenant_schema.postings DEFERRABLE INITIALLY DEFERRED, -- what depleted it later
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (site_id, business_day, number, till_product_id, copy),
  CHECK ((state = 'MAPPED') = (posting_id IS NOT NULL))
);
CREATE INDEX unmapped_sales_product ON tenant_schema.unmapped_sales (till_product_id, state) INCLUDE (amount, business_day);
CREATE TABLE tenant_schema.unmapped_modifiers ( -- sold with a line that is recorded, but nobody knows what it takes out of stock
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  till_product_id uuid NOT NULL REFERENCES tenant_schema.till_products,
  site_id uuid NOT NULL REFERENCES tenant_schema.sites,
  order_id uuid NOT NULL,
  line int NOT NULL,
  business_day date NOT NULL,
  times int NOT NULL CHECK (times > 0), -- with each portion
  quantity numeric(14, 3) NOT NULL, -- of its line
  amount numeric(14, 2) NOT NULL, -- charged for its line, with tax
  state text NOT NULL DEFAULT 'WAITING' CHECK (state IN ('WAITING', 'MAPPED', 'IGNORED', 'VOIDED')),
  modifier_id uuid REFERENCES tenant_schema.modifiers, -- what it was taken for
  posting_id uuid REFERENCES tenant_schema.postings DEFERRABLE INITIALLY DEFERRED,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (order_id, line, till_product_id),
  FOREIGN KEY (order_id, line) REFERENCES tenant_schema.order_items,
  CHECK ((state = 'MAPPED') = (posting_id IS NOT NULL) AND (state = 'MAPPED') = (modifier_id IS NOT NULL))
);
CREATE INDEX unmapped_modifiers_product ON tenant_schema.unmapped_modifiers (till_product_id, state) INCLUDE (amount, business_day);
CREATE INDEX unmapped_modifiers_waiting ON tenant_schema.unmapped_modifiers (site_id, business_day) WHERE state = 'WAITING';
CREATE INDEX unmapped_sales_waiting ON tenant_schema.unmapped_sales (site_id, business_day) INCLUDE (amount) WHERE state = 'WAITING';

-- Counts ---------------------------------------------------------------------------------------------------------
CREATE TABLE tenant_schema.count_sheets ( -- a count of a site or of a part of it; changed by its functions alone
  id uuid PRIMARY KEY, -- the desk's own key
  number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  site_id uuid NOT NULL REFERENCES tenant_schema.sites,
  name text NOT NULL CHECK (name <> '') CONSTRAINT count_sheets_name_seen CHECK (public.is_seen(name)),
  sort_name text NOT NULL GENERATED ALWAYS AS (public.sort_key(name)) STORED,
  scope text NOT NULL CHECK (scope IN ('ALL', 'LOCATIONS', 'CATEGORIES', 'KEY_ITEMS', 'CYCLE')),
  is_blind boolean NOT NULL,
  tolerance_percent numeric(7, 2) CHECK (tolerance_percent >= 0 AND tolerance_percent <> 'NaN'), -- of what was expected
  tolerance_value numeric(14, 2) CHECK (tolerance_value >= 0 AND tolerance_value <> 'NaN'), -- in the site's currency
  note text NOT NULL DEFAULT '',
  state text NOT NULL DEFAULT 'OPEN' CHECK (state IN ('OPEN', 'REVIEW', 'POSTED', 'DISCARDED')),
  started_by uuid NOT NULL REFERENCES tenant_schema.members,
  started_at timestamptz NOT NULL,
  counted_by uuid REFERENCES tenant_schema.members, -- who said that counting is done
  counted_at timestamptz,
  approved_by uuid REFERENCES tenant_schema.members,
  approved_at timestamptz,
  approved_hash bytea, -- of the differences that were approved: others are not
  approved_up_to numeric, -- the money limit of whoever approved it; null: none
  blanks text CHECK (blanks IN ('LEAVE', 'ZERO')), -- what became of lines that nobody counted
  posting_id uuid REFERENCES tenant_schema.postings,
  ended_by uuid REFERENCES tenant_schema.members,
  ended_at timestamptz,
  reason text NOT NULL DEFAULT '', -- why it was discarded, or its posting undone
  version int NOT NULL DEFAULT 1,
  UNIQUE (site_id, id),
  CHECK ((state = 'POSTED') = (posting_id IS NOT NULL))
);
CREATE INDEX count_sheets_by_time ON tenant_schema.count_sheets (started_at, id);
CREATE INDEX count_sheets_posting ON tenant_schema.count_sheets (posting_id) WHERE posting_id IS NOT NULL;
CREATE INDEX count_sheets_blind ON tenant_schema.count_sheets (site_id) WHERE is_blind AND state IN ('OPEN', 'REVIEW');
CREATE TABLE tenant_schema.count_areas ( -- the storage locations of a count, in the order in which one walks through them
  sheet_id uuid NOT NULL,
  location_id uuid NOT NULL,
  site_id uuid NOT NULL,
  place int NOT NULL,
  finished_by uuid REFERENCES tenant_schema.members,
  finished_at timestamptz,
  PRIMARY KEY (sheet_id, location_id),
  FOREIGN KEY (site_id, sheet_id) REFERENCES tenant_schema.count_sheets (site_id, id),
  FOREIGN KEY (site_id, location_id) REFERENCES tenant_schema.storage_locations (site_id, id)
);
CREATE TABLE tenant_schema.count_lines ( -- what is to be counted in an area, or was found there
  sheet_id uuid NOT NULL,
  location_id uuid NOT NULL,
  item_id uuid NOT NULL REFERENCES tenant_schema.items,
  site_id uuid NOT NULL,
  shelf text NOT NULL DEFAULT '',
  place int NOT NULL,
  is_found boolean NOT NULL DEFAULT false, -- it was not on the sheet
  recount_after bigint, -- entries up to this one count no more
  recount_by uuid REFERENCES tenant_schema.members,
  recount_at timestamptz,
  PRIMARY KEY (sheet_id, location_id, item_id),
  FOREIGN KEY (sheet_id, location_id) REFERENCES tenant_schema.count_areas
);
CREATE TABLE tenant_schema.count_entries ( -- append-only: entries of a line add up, a correction names the one it takes back
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key uuid NOT NULL UNIQUE, -- the desk's own
  sheet_id uuid NOT NULL,
  location_id uuid NOT NULL,
  item_id uuid NOT NULL,
  site_id uuid NOT NULL,
  quantity numeric(20, 6) CHECK (quantity >= 0 AND quantity <> 'NaN'), -- base unit; null: only takes another back
  lot text CHECK (lot = btrim(lot) AND length(lot) BETWEEN 1 AND 40), -- null: nobody named one, it stands for all that no entry names
  expires_on date CHECK (expires_on BETWEEN '2000-01-01' AND '2999-12-31'), -- as it stands on a lot that may be new
  typed text NOT NULL DEFAULT '' CHECK (length(typed) <= 120), -- as it was written: 2 case + 4
  unit text NOT NULL, -- of a number that was typed without one: the base unit, or the pack that was scanned
  note text NOT NULL DEFAULT '',
  counted_at timestamptz NOT NULL, -- when it was so
  takes_back bigint UNIQUE REFERENCES tenant_schema.count_entries,
  entered_by uuid NOT NULL REFERENCES tenant_schema.members,
  entered_at timestamptz NOT NULL,
  device text,
  FOREIGN KEY (sheet_id, location_id, item_id) REFERENCES tenant_schema.count_lines,
  CHECK (quantity IS NOT NULL OR takes_back IS NOT NULL),
  CHECK (expires_on IS NULL OR lot IS NOT NULL)
);
CREATE INDEX count_entries_line ON tenant_schema.count_entries (sheet_id, location_id, item_id, id);

-- Waste and adjustments ------------------------------------------------------------------------------------------
CREATE TABLE tenant_schema.approval_requests ( -- entries worth more than their person may record; they wait for somebody who may
  id uuid PRIMARY KEY, -- the desk's own key; once approved, that of the posting
  number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  site_id uuid NOT NULL REFERENCES tenant_schema.sites,
  kind text NOT NULL CHECK (kind IN ('WASTE', 'ADJUSTMENT', 'PRODUCTION')),
  effective_at timestamptz NOT NULL,
  header jsonb NOT NULL, -- with the lines, what post_document() will be given; what that takes beside it by line stands in it
  dishes uuid[],
  items uuid[] NOT NULL,
  locations uuid[],
  quantities numeric[],
  unit_costs numeric[],
  reasons uuid[],
  notes text[],
  entered_quantities numeric[],
  entered_units text[],
  content_hash bytea NOT NULL,
  amount numeric(20, 6) NOT NULL CHECK (amount >= 0 AND amount <> 'NaN'), -- what it was worth when it was entered
  state text NOT NULL DEFAULT 'WAITING' CHECK (state IN ('WAITING', 'APPROVED', 'SENT_BACK', 'WITHDRAWN')),
  asked_by uuid NOT NULL REFERENCES tenant_schema.members,
  asked_at timestamptz NOT NULL,
  decided_by uuid REFERENCES tenant_schema.members,
  decided_at timestamptz,
  reason text NOT NULL DEFAULT '', -- why it was sent back
  version int NOT NULL DEFAULT 1,
  CHECK ((decided_by IS NULL) = (decided_at IS NULL))
);
CREATE INDEX approval_requests_by_time ON tenant_schema.approval_requests (asked_at, id);
CREATE INDEX approval_requests_waiting ON tenant_schema.approval_requests (site_id) WHERE state = 'WAITING';
CREATE TABLE tenant_schema.entry_templates ( -- lines that are entered again and again, such as at the close of a day
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  site_id uuid NOT NULL REFERENCES tenant_schema.sites,
  kind text NOT NULL CHECK (kind IN ('WASTE', 'ADJUSTMENT')),
  name text NOT NULL CHECK (length(trim(name)) BETWEEN 1 AND 80) CONSTRAINT entry_templates_name_seen CHECK (public.is_seen(name)),
  sort_name text NOT NULL GENERATED ALWAYS AS (public.sort_key(name)) STORED,
  lines jsonb NOT NULL CHECK (jsonb_typeof(lines) = 'array' AND jsonb_array_length(lines) BETWEEN 1 AND 200 AND length(lines::text) <= 100000),
  version int NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX entry_templates_name ON tenant_schema.entry_templates (site_id, kind, sort_name);
CREATE TABLE tenant_schema.document_photos ( -- of lines of waste or of an adjustment, posted or waiting; made small on the desk
  id uuid PRIMARY KEY, -- the desk's own key
  document_id uuid NOT NULL, -- of the posting, and of the entry that waited before it
  site_id uuid NOT NULL REFERENCES tenant_schema.sites,
  row int NOT NULL CHECK (row >= 1), -- the line of the document as it was entered
  caption text NOT NULL DEFAULT '' CHECK (length(caption) <= 200),
  image bytea NOT NULL CHECK (octet_length(image) BETWEEN 1 AND 200000),
  added_by uuid NOT NULL REFERENCES tenant_schema.members,
  added_at timestamptz NOT NULL
);
CREATE INDEX document_photos_document ON tenant_schema.document_photos (document_id);

-- Audit ----------------------------------------------------------------------------------------------------------
CREATE TABLE tenant_schema.audit_log (
  id bigint GENERATED ALWAYS AS IDENTITY,
  at timestamptz NOT NULL,
  member_id uuid,
  role_name name NOT NULL,
  ip_address inet,
  device text, -- the PC, as the operator named it
  subject text NOT NULL, -- the table, or "posting"
  record_id text NOT NULL,
  part_of text, -- the record that this one is a part of: the item of a barcode
  action text NOT NULL CHECK (action IN ('INSERT', 'UPDATE', 'DELETE', 'POST')),
  site_id uuid,
  old jsonb,
  new jsonb,
  row_hash bytea NOT NULL,
  PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
CREATE TABLE tenant_schema.audit_log_rest PARTITION OF tenant_schema.audit_log DEFAULT;
CREATE INDEX audit_log_by_time ON tenant_schema.audit_log (at, id);
CREATE INDEX audit_log_record ON tenant_schema.audit_log (subject, record_id);
CREATE INDEX audit_log_parts ON tenant_schema.audit_log (part_of) WHERE part_of IS NOT NULL;
CREATE TABLE tenant_schema.seals ( -- audit rows and postings up to a moment, chained; made by seal() alone
  number bigint PRIMARY KEY,
  audit_from bigint NOT NULL,
  audit_to bigint NOT NULL,
  audit_count bigint NOT NULL,
  posting_from bigint NOT NULL, -- postings.number
  posting_to bigint NOT NULL,
  posting_count bigint NOT NULL,
  root bytea NOT NULL, -- over the hashes of these rows, in order
  previous bytea NOT NULL, -- the hash of the seal before
  nothing_before timestamptz NOT NULL, -- rows of later seals were written after this moment
  sealed_at timestamptz NOT NULL,
  hash bytea NOT NULL,
  UNIQUE (audit_to, posting_to),
  CHECK (audit_from <= audit_to + 1 AND posting_from <= posting_to + 1)
);
CREATE TABLE tenant_schema.seal_marks ( -- how far a seal may reach once every transaction before `xid` has ended
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  audit_id bigint NOT NULL,
  posting_number bigint NOT NULL,
  xid xid8 NOT NULL,
  at timestamptz NOT NULL
);

SET LOCAL ROLE ims_owner;
GRANT USAGE, CREATE ON SCHEMA tenant_schema TO ims_rights, ims_ledger, tenant_issuer;

SET LOCAL ROLE ims_owner;
-- Entries that wait for approval are kept by their functions alone and read through valued_requests; so are photos. Templates are
-- written by whoever may record such entries at their site.
GRANT INSERT, UPDATE (state, decided_by, decided_at, reason, version) ON tenant_schema.approval_requests TO ims_ledger;
GRANT SELECT ON tenant_schema.approval_requests TO ims_rights; -- for its view
GRANT INSERT, DELETE ON tenant_schema.document_photos TO ims_ledger;
GRANT SELECT ON tenant_schema.document_photos TO tenant_group;
GRANT SELECT, DELETE ON tenant_schema.entry_templates TO tenant_group;
GRANT INSERT (id, site_id, kind, name, lines), UPDATE (name, lines) ON tenant_schema.entry_templates TO tenant_group;

SET LOCAL ROLE ims_owner;
-- What each role may touch at all; row level security decides about the rows.
REVOKE ALL ON SCHEMA tenant_schema FROM PUBLIC;
GRANT USAGE ON SCHEMA tenant_schema TO tenant_group, ims_rights, ims_ledger, ims_reader, tenant_issuer;

GRANT SELECT ON tenant_schema.members, tenant_schema.roles, tenant_schema.user_roles, tenant_schema.permissions,
  tenant_schema.sites, tenant_schema.alembic_version TO ims_rights;
GRANT INSERT, DELETE ON tenant_schema.roles, tenant_schema.user_roles TO ims_rights; -- DELETE is also what lock_people() needs
GRANT UPDATE (name, parent_role_id, permissions, limits) ON tenant_schema.roles TO ims_rights;
GRANT INSERT, UPDATE (is_active) ON tenant_schema.members TO ims_rights;
GRANT SELECT, INSERT, DELETE ON tenant_schema.key_holders, tenant_schema.tenant_keys TO ims_rights;
GRANT SELECT, INSERT, UPDATE (mark) ON tenant_schema.journals TO ims_rights;
GRANT SELECT, INSERT ON tenant_schema.key_versions TO ims_rights;
GRANT SELECT ON tenant_schema.suppliers, tenant_schema.supplier_banks, tenant_schema.supplier_contacts, tenant_schema.customers TO ims_rights; -- under which key they are encrypted
GRANT SELECT ON ALL TABLES IN SCHEMA tenant_schema TO ims_reader, ims_ledger;
GRANT SELECT ON ALL SEQUENCES IN SCHEMA tenant_schema TO ims_reader; -- a dump has to know where counting goes on
GRANT INSERT ON tenant_schema.postings, tenant_schema.stock_movements, tenant_schema.cost_corrections, tenant_schema.stock_costs,
  tenant_schema.stock_levels, tenant_schema.sales_imports, tenant_schema.orders, tenant_schema.order_items, tenant_schema.audit_log,
  tenant_schema.planned_lines, tenant_schema.till_products, tenant_schema.unmapped_sales, tenant_schema.unmapped_modifiers, tenant_schema.seals, tenant_schema.seal_marks,
  tenant_schema.cost_layers, tenant_schema.price_changes, tenant_schema.item_methods, tenant_schema.periods,
  tenant_schema.transfer_receipts, tenant_schema.productions TO ims_ledger;
GRANT UPDATE ON tenant_schema.seal_marks TO ims_ledger;
GRANT SELECT ON SEQUENCE tenant_schema.audit_log_id_seq, tenant_schema.postings_number_seq TO ims_ledger;
GRANT UPDATE ON tenant_schema.stock_costs, tenant_schema.stock_levels TO ims_ledger;
GRANT UPDATE (kind, channel, placed_at, business_day, state, covers, net_total, tax_total, items_hash, posting_id, void_posting_id,
  void_reason, customer_id, note, refunded, version) ON tenant_schema.orders TO ims_ledger;
GRANT DELETE ON tenant_schema.planned_lines TO ims_ledger;
GRANT UPDATE (words, menu_item_id, modifier_id, ignored, decided_by, decided_at, version) ON tenant_schema.till_products TO ims_ledger;
GRANT UPDATE (state, posting_id) ON tenant_schema.unmapped_sales TO ims_ledger;
GRANT UPDATE (state, modifier_id, posting_id) ON tenant_schema.unmapped_modifiers TO ims_ledger;
GRANT UPDATE, DELETE ON tenant_schema.cost_layers TO ims_ledger;
GRANT UPDATE (cost_method) ON tenant_schema.items TO ims_ledger;
GRANT UPDATE (reopened_by, reopened_at, reason) ON tenant_schema.periods TO ims_ledger;
GRANT USAGE ON SEQUENCE tenant_schema.stock_movements_id_seq TO ims_ledger;
GRANT UPDATE (state, void_posting_id, void_reason, customer_id, version) ON tenant_schema.orders TO ims_ledger;

-- Of some tables columns alone: the login is for nobody. What things cost is read through the views valued_stock,
-- valued_movements and valued_postings, which ask for stock.cost at the site of the row; the hashes of a posting would tell
-- its value as well, to whoever tries all amounts. (Grants of columns also make DROP OWNED BY tenant_group fail.)
GRANT SELECT (id, display_name, sort_name, is_active, version, created_at) ON tenant_schema.members TO tenant_group;
GRANT SELECT (site_id, item_id, quantity, is_fifo, last_movement_at, last_counted_at) ON tenant_schema.stock_costs TO tenant_group;
GRANT SELECT (id, posting_id, kind, site_id, location_id, item_id, effective_at, business_day, quantity, of_id, weight, entered_quantity, entered_unit,
  reason_id, note, order_id, reverses_id, posted_by, posted_at) ON tenant_schema.stock_movements TO tenant_group;
GRANT SELECT (id, number, kind, site_id, effective_at, business_day, supplier_id, to_site_id, to_rate, reference, note, reverses_id, line_count,
  posted_by, posted_at) ON tenant_schema.postings TO tenant_group;
GRANT SELECT ON tenant_schema.stock_costs, tenant_schema.stock_movements, tenant_schema.cost_corrections, tenant_schema.postings TO ims_rights; -- for its views
GRANT SELECT ON tenant_schema.permissions, tenant_schema.roles, tenant_schema.user_roles, tenant_schema.sites,
  tenant_schema.storage_locations, tenant_schema.units, tenant_schema.categories, tenant_schema.items, tenant_schema.item_units,
  tenant_schema.item_barcodes, tenant_schema.item_site_settings, tenant_schema.stock_levels,
  tenant_schema.reason_codes, tenant_schema.cost_corrections, tenant_schema.cost_layers, tenant_schema.price_changes,
  tenant_schema.item_methods, tenant_schema.periods, tenant_schema.productions,
  tenant_schema.suppliers, tenant_schema.supplier_banks, tenant_schema.supplier_items, tenant_schema.supplier_prices,
  tenant_schema.supplier_contacts, tenant_schema.supplier_contracts,
  tenant_schema.recipes, tenant_schema.recipe_versions, tenant_schema.recipe_lines, tenant_schema.menu_categories, tenant_schema.menu_items,
  tenant_schema.menu_prices, tenant_schema.menu_pauses, tenant_schema.modifier_groups, tenant_schema.modifiers,
  tenant_schema.modifier_lines, tenant_schema.menu_item_modifiers, tenant_schema.customers, tenant_schema.sales_imports, tenant_schema.orders, tenant_schema.order_items, tenant_schema.planned_lines,
  tenant_schema.till_mappings, tenant_schema.till_products, tenant_schema.unmapped_sales, tenant_schema.unmapped_modifiers, tenant_schema.audit_log,
  tenant_schema.seals TO tenant_group;
GRANT INSERT, DELETE, UPDATE (choices, used_by, used_at) ON tenant_schema.till_mappings TO tenant_group;
GRANT DELETE ON tenant_schema.item_units, tenant_schema.item_barcodes, tenant_schema.supplier_items,
  tenant_schema.supplier_prices, tenant_schema.supplier_contacts, tenant_schema.supplier_contracts, tenant_schema.recipe_versions, tenant_schema.recipe_lines, tenant_schema.menu_prices,
  tenant_schema.menu_pauses, tenant_schema.modifier_lines, tenant_schema.menu_item_modifiers
  TO tenant_group;
-- A view stays with whoever made it, and with its list.
GRANT SELECT, DELETE ON tenant_schema.saved_views TO tenant_group;
GRANT INSERT (id, list, name, owner_id, is_shared, needs, definition), UPDATE (name, is_shared, needs, definition)
  ON tenant_schema.saved_views TO tenant_group;
-- Column by column: nobody chooses the version or the age of a record, nor gives an old one another key. It also keeps
-- LOCK TABLE, which asks for a whole table, from whoever may write in these.
DO $$
DECLARE _t record;
BEGIN
  FOR _t IN
    SELECT c.relname, string_agg(quote_ident(a.attname), ', ') AS written,
      string_agg(quote_ident(a.attname), ', ') FILTER (WHERE a.attname <> 'id') AS changed
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'tenant_schema'::regnamespace AND c.relname IN ('sites', 'storage_locations', 'categories', 'items',
        'item_site_settings', 'suppliers', 'supplier_banks', 'customers', 'recipes', 'menu_categories', 'menu_items', 'item_units', 'item_barcodes',
        'supplier_items', 'supplier_prices', 'supplier_contacts', 'supplier_contracts', 'recipe_versions', 'recipe_lines', 'menu_prices',
        'menu_pauses', 'modifier_groups', 'modifiers', 'modifier_lines', 'menu_item_modifiers')
      AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND a.attname NOT IN ('version', 'created_at')
    GROUP BY c.relname
  LOOP
    EXECUTE format('GRANT INSERT (%s), UPDATE (%s) ON tenant_schema.%I TO tenant_group', _t.written, _t.changed, _t.relname);
  END LOOP;
END $$;


SET LOCAL ROLE ims_owner;
-- Everybody reads how files were read before; everybody writes their own answers.
GRANT SELECT, DELETE ON tenant_schema.import_mappings TO tenant_group;
GRANT INSERT (member_id, entity, fingerprint, columns, decimal_sign, date_order, used_at),
  UPDATE (columns, decimal_sign, date_order, used_at) ON tenant_schema.import_mappings TO tenant_group;

SET LOCAL ROLE ims_owner;
-- What merge_items() moves from one item to another, and what nobody writes but it.
REVOKE INSERT (merged_into_id), UPDATE (merged_into_id) ON tenant_schema.items FROM tenant_group;
GRANT UPDATE (is_active, merged_into_id, allergens) ON tenant_schema.items TO ims_ledger;
GRANT INSERT, DELETE ON tenant_schema.item_units TO ims_ledger;
GRANT UPDATE (item_id, unit) ON tenant_schema.item_barcodes TO ims_ledger;
GRANT UPDATE (item_id) ON tenant_schema.item_photos TO ims_ledger;
GRANT INSERT, UPDATE (par, reorder_point, home_location_id, shelf_position, is_key) ON tenant_schema.item_site_settings TO ims_ledger;
GRANT UPDATE (item_id, pack, pack_quantity, is_preferred) ON tenant_schema.supplier_items TO ims_ledger;
GRANT UPDATE (item_id, unit, base_quantity) ON tenant_schema.recipe_lines, tenant_schema.modifier_lines TO ims_ledger;
GRANT UPDATE (output_item_id) ON tenant_schema.recipes TO ims_ledger;
-- What people write of items besides their tables; a category goes when it is empty.
GRANT SELECT, INSERT, DELETE, UPDATE (image) ON tenant_schema.item_photos TO tenant_group;
GRANT SELECT, INSERT, DELETE, UPDATE (rate, source) ON tenant_schema.exchange_rates TO tenant_group;
GRANT DELETE ON tenant_schema.categories TO tenant_group;

SET LOCAL ROLE ims_owner;
-- Lots are written by the ledger alone; people read of them what they see of stock.
GRANT INSERT ON tenant_schema.lots, tenant_schema.stock_lots, tenant_schema.movement_lots TO ims_ledger;
GRANT UPDATE (expires_on, arrived_at) ON tenant_schema.lots TO ims_ledger;
GRANT UPDATE (on_hand) ON tenant_schema.stock_lots TO ims_ledger;
GRANT SELECT ON tenant_schema.lots, tenant_schema.stock_lots, tenant_schema.movement_lots TO tenant_group;

SET LOCAL ROLE ims_owner;
-- Counts are written by their functions alone. What was approved up to which amount, and the hash of it, is nobody's business.
GRANT INSERT ON tenant_schema.count_sheets, tenant_schema.count_areas, tenant_schema.count_lines, tenant_schema.count_entries TO ims_ledger;
GRANT UPDATE (state, counted_by, counted_at, approved_by, approved_at, approved_hash, approved_up_to, blanks, posting_id, ended_by,
  ended_at, reason, version) ON tenant_schema.count_sheets TO ims_ledger;
GRANT UPDATE (finished_by, finished_at) ON tenant_schema.count_areas TO ims_ledger;
GRANT UPDATE (recount_after, recount_by, recount_at) ON tenant_schema.count_lines TO ims_ledger;
GRANT SELECT (id, number, site_id, name, sort_name, scope, is_blind, tolerance_percent, tolerance_value, note, state, started_by,
  started_at, counted_by, counted_at, approved_by, approved_at, blanks, posting_id, ended_by, ended_at, reason, version)
  ON tenant_schema.count_sheets TO tenant_group;
GRANT SELECT ON tenant_schema.count_areas, tenant_schema.count_lines, tenant_schema.count_entries TO tenant_group;
GRANT SELECT ON tenant_schema.count_sheets TO ims_rights; -- which sites are counted blind

SET LOCAL ROLE ims_owner;
-- What is under way is written by the ledger alone; people read of it what goes to or comes from where they see stock.
GRANT INSERT, DELETE, UPDATE (quantity) ON tenant_schema.under_way TO ims_ledger;
GRANT SELECT ON tenant_schema.under_way TO tenant_group;

SET LOCAL ROLE ims_rights;
-- The member behind this connection: the holder of a valid lease on the login role. Null for everybody else, and at any
-- isolation level that goes on seeing old rows: rights that were taken away would last as long as such a transaction. The
-- clock itself is asked, because a statement may go on asking for hours, and calls all of them one moment.
CREATE FUNCTION tenant_schema.me() RETURNS uuid
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (SELECT m.id FROM public.leases l JOIN tenant_schema.members m ON m.id = l.membership_id
          WHERE l.role_name = session_user AND l.valid_until > clock_timestamp() AND m.is_active
            AND current_setting('transaction_isolation') = 'read committed');
END $$;

SET LOCAL ROLE ims_rights;
-- The revision a desk must at least have been made for. Raised by a revision that takes away what older desks use.
CREATE FUNCTION tenant_schema.oldest_desk() RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
RETURN '0001';

SET LOCAL ROLE ims_rights;
-- The PC of this connection as the operator named it: of a lease, where its session began; of a gate, its own. What the desk
-- says about itself is not asked. Null for the server itself.
CREATE FUNCTION tenant_schema.this_device() RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (SELECT g.device FROM public.gates g WHERE g.role_name = coalesce(
    (SELECT s.gate_role FROM public.leases l JOIN public.sessions s ON s.id = l.session_id WHERE l.role_name = session_user), session_user));
END $$;

SET LOCAL ROLE ims_rights;
-- The gate of the PC behind this connection; null without a lease.
CREATE FUNCTION tenant_schema.this_gate() RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (SELECT s.gate_role FROM public.leases l JOIN public.sessions s ON s.id = l.session_id
          WHERE l.role_name = session_user AND l.valid_until > statement_timestamp());
END $$;

SET LOCAL ROLE ims_rights;
-- Where a member holds a permission: one row per site, or a null for all sites. A role inherits from its parents; the
-- nearest role that names the permission decides, and may say no.
CREATE FUNCTION tenant_schema.grants_of(_member uuid, _permission text) RETURNS TABLE (site_id uuid)
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY
    WITH RECURSIVE chain AS (
      SELECT a.site_id, r.parent_role_id, r.permissions -> _permission AS answer, 1 AS depth
      FROM tenant_schema.user_roles a JOIN tenant_schema.roles r ON r.id = a.role_id
      WHERE a.member_id = _member
      UNION ALL
      SELECT c.site_id, r.parent_role_id, r.permissions -> _permission, c.depth + 1
      FROM chain c JOIN tenant_schema.roles r ON r.id = c.parent_role_id
      WHERE c.answer IS NULL AND c.depth < 10)
    SELECT DISTINCT c.site_id FROM chain c WHERE c.answer = 'true'::jsonb;
END $$;

SET LOCAL ROLE ims_rights;
-- Whether the person holds the permission anywhere.
CREATE FUNCTION tenant_schema.can(_permission text) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT FROM tenant_schema.grants_of(tenant_schema.me(), _permission));
END $$;

SET LOCAL ROLE ims_rights;
-- Whether the person holds the permission at all sites, also those that are still to come.
CREATE FUNCTION tenant_schema.can_everywhere(_permission text) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT FROM tenant_schema.grants_of(tenant_schema.me(), _permission) g WHERE g.site_id IS NULL);
END $$;

SET LOCAL ROLE ims_rights;
-- Every permission the person holds anywhere, as `resource.action`. Says the same as grants_of(), for all permissions at once.
CREATE FUNCTION tenant_schema.held() RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (
    WITH RECURSIVE chain AS ( -- what the nearest role says stands: it is laid over what those above it say
      SELECT r.parent_role_id, r.permissions, 1 AS depth
      FROM tenant_schema.user_roles a JOIN tenant_schema.roles r ON r.id = a.role_id
      WHERE a.member_id = tenant_schema.me()
      UNION ALL
      SELECT r.parent_role_id, r.permissions || c.permissions, c.depth + 1
      FROM chain c JOIN tenant_schema.roles r ON r.id = c.parent_role_id
      WHERE c.depth < 10)
    SELECT coalesce(array_agg(p.resource || '.' || p.action), '{}') FROM tenant_schema.permissions p
    WHERE EXISTS (SELECT FROM chain c WHERE c.permissions -> (p.resource || '.' || p.action) = 'true'::jsonb));
END $$;

SET LOCAL ROLE ims_rights;
-- The sites where the person holds the permission.
CREATE FUNCTION tenant_schema.scope(_permission text) RETURNS uuid[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _sites uuid[];
BEGIN
  SELECT array_agg(g.site_id) INTO _sites FROM tenant_schema.grants_of(tenant_schema.me(), _permission) g;
  IF array_position(_sites, NULL) IS NOT NULL THEN
    RETURN (SELECT coalesce(array_agg(s.id), '{}') FROM tenant_schema.sites s);
  END IF;
  RETURN coalesce(_sites, '{}');
END $$;

SET LOCAL ROLE ims_rights;
-- What a desk needs to begin with, in one answer: who the person is, every permission held anywhere, and the sites seen.
-- First of all, whether it fits: where the schema stands, and what a desk must at least have been made for.
CREATE FUNCTION tenant_schema.opening() RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _me uuid := tenant_schema.me();
BEGIN
  RETURN (SELECT jsonb_build_object('revision', (SELECT v.version_num FROM tenant_schema.alembic_version v),
      'oldest_desk', tenant_schema.oldest_desk(), 'member_id', m.id, 'name', m.display_name,
      'role', (SELECT string_agg(DISTINCT r.name, ', ') FROM tenant_schema.user_roles a
               JOIN tenant_schema.roles r ON r.id = a.role_id WHERE a.member_id = m.id),
      'permissions', to_jsonb(tenant_schema.held()),
      'sites', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'name', s.name, 'city', s.city, 'currency', s.currency,
                 'time_zone', s.time_zone, 'locale', s.locale, 'is_default', s.is_default) ORDER BY s.sort_name), '[]')
               FROM tenant_schema.sites s WHERE s.is_active AND s.id = ANY (tenant_schema.scope('sites.view'))))
    FROM tenant_schema.members m WHERE m.id = _me);
END $$;

SET LOCAL ROLE ims_rights;
-- The sites whose stock the person may see now: where stock.view is held, and no blind count is under way that they may not post,
-- because whoever counts does not see what is expected. Named as what is seen, not as what is hidden: of a list of sites that
-- rows must not belong to, the planner takes it that hardly a row is left, and joins thousands one by one.
CREATE FUNCTION tenant_schema.stock_sites() RETURNS uuid[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _seen uuid[] := tenant_schema.scope('stock.view');
  _blind uuid[] := ARRAY(SELECT s.site_id FROM tenant_schema.count_sheets s WHERE s.is_blind AND s.state IN ('OPEN', 'REVIEW'));
BEGIN
  IF cardinality(_blind) = 0 THEN -- as nearly always: the other scope need not be asked
    RETURN _seen;
  END IF;
  RETURN ARRAY(SELECT s FROM unnest(_seen) s
    EXCEPT (SELECT b FROM unnest(_blind) b EXCEPT SELECT p FROM unnest(tenant_schema.scope('counts.post')) p));
END $$;

SET LOCAL ROLE ims_rights;
-- The logins of the members, for those who may see people; the column itself is shown to nobody.
CREATE FUNCTION tenant_schema.logins() RETURNS TABLE (member_id uuid, login text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT tenant_schema.can('people.view') THEN
    RETURN;
  END IF;
  RETURN QUERY SELECT m.id, m.login FROM tenant_schema.members m;
END $$;

SET LOCAL ROLE ims_rights;
-- Refuses with a sentence for the person, beside a field where there is one.
CREATE FUNCTION tenant_schema.refuse(_sentence text, _field text DEFAULT NULL, _code text DEFAULT 'IM400') RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION '%', _sentence USING ERRCODE = _code,
    DETAIL = jsonb_build_array(jsonb_strip_nulls(jsonb_build_object('text', _sentence, 'field', _field)));
END $$;

SET LOCAL ROLE ims_rights;
-- What a role permits, its own and inherited: the nearest role that names a permission decides, and the nearest that names
-- its limit says up to which amount (infinity: without limit). Says the same as grants_of(), for all permissions at once.
CREATE FUNCTION tenant_schema.role_powers(_role uuid) RETURNS TABLE (permission text, amount numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY
    WITH RECURSIVE chain AS (
      SELECT r.parent_role_id, r.permissions, r.limits, 1 AS depth FROM tenant_schema.roles r WHERE r.id = _role
      UNION ALL
      SELECT r.parent_role_id, r.permissions, r.limits, c.depth + 1
      FROM chain c JOIN tenant_schema.roles r ON r.id = c.parent_role_id WHERE c.depth < 10),
    answers AS (
      SELECT DISTINCT ON (p.key) p.key, p.value FROM chain c, jsonb_each(c.permissions) p ORDER BY p.key, c.depth),
    limits AS (
      SELECT DISTINCT ON (l.key) l.key, l.value FROM chain c, jsonb_each(c.limits) l ORDER BY l.key, c.depth)
    SELECT a.key, coalesce((l.value #>> '{}')::numeric, 'Infinity') FROM answers a LEFT JOIN limits l USING (key)
    WHERE a.value = 'true'::jsonb;
END $$;

SET LOCAL ROLE ims_rights;
-- What a member may do where (null: at all sites) and up to which amount, by every role held.
CREATE FUNCTION tenant_schema.member_powers(_member uuid) RETURNS TABLE (permission text, site_id uuid, amount numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY
    SELECT p.permission, a.site_id, max(p.amount)
    FROM tenant_schema.user_roles a CROSS JOIN LATERAL tenant_schema.role_powers(a.role_id) p
    WHERE a.member_id = _member GROUP BY p.permission, a.site_id;
END $$;

SET LOCAL ROLE ims_rights;
-- What every role permits, keyed by role and permission: taken before and after a change, so that the two can be compared.
CREATE FUNCTION tenant_schema.all_powers() RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (SELECT coalesce(jsonb_object_agg(r.id || ' ' || p.permission, p.amount::text), '{}')
          FROM tenant_schema.roles r CROSS JOIN LATERAL tenant_schema.role_powers(r.id) p);
END $$;

SET LOCAL ROLE ims_rights;
-- Cuts the connections of a member; for good: the leases end and no new connection is let in.
CREATE FUNCTION tenant_schema.cut_off(_member uuid, _for_good boolean) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF _for_good THEN
    PERFORM auth.end_member(_member);
  ELSE
    PERFORM tenant_schema.cut(l.role_name, false) FROM public.leases l WHERE l.membership_id = _member;
  END IF;
END $$;

SET LOCAL ROLE ims_rights;
-- Refuses a change after which no active person would be owner of everything.
CREATE FUNCTION tenant_schema.keep_an_owner() RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
      SELECT FROM tenant_schema.user_roles a JOIN tenant_schema.members m ON m.id = a.member_id
      JOIN public.user_tenants t ON t.id = m.id JOIN public.users u ON u.id = t.user_id
      WHERE a.role_id = tenant_schema.owner_role() AND a.site_id IS NULL AND m.is_active AND t.is_active AND u.is_active) THEN
    PERFORM tenant_schema.refuse('Somebody must remain the owner: make another person owner of all sites first.');
  END IF;
END $$;

SET LOCAL ROLE ims_rights;
-- The owner keeps everything: what a change of the roles below took from the role Owner, it says itself from now on.
CREATE FUNCTION tenant_schema.keep_owner() RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _owner uuid := tenant_schema.owner_role();
  _lost jsonb;
BEGIN
  SELECT jsonb_object_agg(p.resource || '.' || p.action, true) INTO _lost FROM tenant_schema.permissions p
   WHERE NOT EXISTS (SELECT FROM tenant_schema.role_powers(_owner) w WHERE w.permission = p.resource || '.' || p.action);
  IF _lost IS NOT NULL THEN
    UPDATE tenant_schema.roles r SET permissions = r.permissions || _lost WHERE r.id = _owner;
  END IF;
  SELECT jsonb_object_agg(w.permission, NULL) INTO _lost FROM tenant_schema.role_powers(_owner) w WHERE w.amount < 'Infinity';
  IF _lost IS NOT NULL THEN
    UPDATE tenant_schema.roles r SET limits = r.limits || _lost WHERE r.id = _owner;
  END IF;
END $$;

SET LOCAL ROLE ims_rights;
-- Up to which amount the person may do this at a site; null: without limit. Says the same as member_powers(), for one permission.
CREATE FUNCTION tenant_schema.limit_of(_permission text, _site uuid) RETURNS numeric
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (
    WITH RECURSIVE chain AS (
      SELECT r.parent_role_id, r.permissions -> _permission AS answer, r.limits -> _permission AS amount, 1 AS depth
      FROM tenant_schema.user_roles a JOIN tenant_schema.roles r ON r.id = a.role_id
      WHERE a.member_id = tenant_schema.me() AND (a.site_id IS NULL OR a.site_id = _site)
      UNION ALL
      SELECT r.parent_role_id, coalesce(c.answer, r.permissions -> _permission), coalesce(c.amount, r.limits -> _permission), c.depth + 1
      FROM chain c JOIN tenant_schema.roles r ON r.id = c.parent_role_id
      WHERE c.depth < 10)
    SELECT nullif(coalesce(max(coalesce((c.amount #>> '{}')::numeric, 'Infinity')) FILTER (WHERE c.answer = 'true'::jsonb), 0), 'Infinity')
    FROM chain c WHERE c.parent_role_id IS NULL OR c.depth = 10);
END $$;

SET LOCAL ROLE ims_rights;
-- Begins a change of people or roles: one at a time, seen as it stands now, by somebody who may change people. A lock on the
-- table, since only these functions may take it; whoever can only read could hold an advisory lock against everybody.
CREATE FUNCTION tenant_schema.lock_people() RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    PERFORM tenant_schema.refuse('People and roles are changed at isolation level read committed alone.');
  END IF;
  LOCK TABLE tenant_schema.roles IN SHARE ROW EXCLUSIVE MODE;
  IF NOT tenant_schema.can('people.edit') THEN
    PERFORM tenant_schema.refuse('Your roles do not allow changing people and roles.', NULL, 'IM403');
  END IF;
END $$;

SET LOCAL ROLE ims_rights;
-- What the person may do, keyed by permission and site (none: all sites), with the amounts.
CREATE FUNCTION tenant_schema.own_powers() RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (SELECT coalesce(jsonb_object_agg(concat_ws(' ', p.permission, p.site_id), p.amount::text), '{}')
          FROM tenant_schema.member_powers(tenant_schema.me()) p);
END $$;

SET LOCAL ROLE ims_rights;
-- The role that keeps everything and that somebody always has.
CREATE FUNCTION tenant_schema.owner_role() RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (SELECT r.id FROM tenant_schema.roles r WHERE r.is_builtin AND r.name = 'Owner');
END $$;

SET LOCAL ROLE ims_rights;
-- Refuses what is just being posted when, with all that counts today, it comes to more than the person may do at a site in one
-- business day, and names those who may still do it. What was used before is said where the person may see it: orders always,
-- values of stock only with stock.cost; otherwise in how many documents it was used.
CREATE FUNCTION tenant_schema.require_limit(_permission text, _site uuid, _amount numeric) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _limit numeric := tenant_schema.limit_of(_permission, _site);
  _money CONSTANT text := 'FM999G999G999G990D00';
  _used record; -- with this one
  _before text;
  _names text[];
BEGIN
  IF _limit IS NULL THEN
    RETURN;
  END IF;
  _used := tenant_schema.used_today(tenant_schema.me(), _permission, _site);
  IF greatest(_used.amount, 0) <= _limit THEN
    RETURN;
  END IF;
  SELECT array_agg(m.display_name ORDER BY m.sort_name) INTO _names FROM tenant_schema.members m
   WHERE m.is_active AND m.id <> tenant_schema.me() AND EXISTS (
     SELECT FROM tenant_schema.member_powers(m.id) p WHERE p.permission = _permission AND (p.site_id IS NULL OR p.site_id = _site)
       AND p.amount >= _amount + (tenant_schema.used_today(m.id, _permission, _site)).amount);
  _before := CASE
    WHEN _used.documents < 2 THEN ''
    WHEN _permission = 'sales.void' OR _site = ANY (tenant_schema.scope('stock.cost'))
      THEN format(', of which %s was used today', to_char(greatest(_used.amount - _amount, 0), _money))
    ELSE format(', of which a part was used today in %s', CASE _used.documents WHEN 2 THEN '1 document'
      ELSE _used.documents - 1 || ' documents' END) END;
  PERFORM tenant_schema.refuse(format('This is worth more than your limit of %s %s a day%s. %s.', to_char(_limit, _money),
    (SELECT s.currency FROM tenant_schema.sites s WHERE s.id = _site), _before,
    CASE WHEN _names IS NULL THEN 'Nobody here may do it: have the limit raised' ELSE 'Ask ' || array_to_string(_names[1:3], ' or ') END),
    'limit', 'IM403');
END $$;

SET LOCAL ROLE ims_rights;
-- Refuses to change oneself, and answers the member that is to be changed.
CREATE FUNCTION tenant_schema.require_other(_member uuid) RETURNS tenant_schema.members
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _row tenant_schema.members;
BEGIN
  SELECT * INTO _row FROM tenant_schema.members m WHERE m.id = _member;
  IF _row.id IS NULL THEN
    PERFORM tenant_schema.refuse('This person is not in this restaurant group.', NULL, 'IM409');
  ELSIF _row.id = tenant_schema.me() THEN
    PERFORM tenant_schema.refuse('Nobody changes their own rights: ask somebody else who may change people.', NULL, 'IM403');
  END IF;
  RETURN _row;
END $$;

SET LOCAL ROLE ims_rights;
-- Refuses to give or take what the person does not hold at that site (null: at all sites): the permissions a role gives,
-- each up to its amount, and changing people there.
CREATE FUNCTION tenant_schema.require_power(_role uuid, _site uuid) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _where text := coalesce((SELECT 'at ' || s.name FROM tenant_schema.sites s WHERE s.id = _site), 'at all sites');
  _lacking text[];
BEGIN
  WITH held AS MATERIALIZED (
    SELECT p.permission, p.amount FROM tenant_schema.member_powers(tenant_schema.me()) p WHERE p.site_id IS NULL OR p.site_id = _site)
  SELECT array_agg(coalesce(n.title, w.permission) ORDER BY n.title) INTO _lacking
  FROM (SELECT 'people.edit' AS permission, 'Infinity'::numeric AS amount UNION ALL SELECT * FROM tenant_schema.role_powers(_role)) w
  LEFT JOIN tenant_schema.permissions n ON n.resource || '.' || n.action = w.permission
  WHERE NOT EXISTS (SELECT FROM held h WHERE h.permission = w.permission AND h.amount >= w.amount);
  IF _lacking IS NOT NULL THEN
    PERFORM tenant_schema.refuse(format('The role %s gives more than you hold %s: %s%s. Nobody gives or takes what they do not hold.',
      (SELECT r.name FROM tenant_schema.roles r WHERE r.id = _role), _where, array_to_string(_lacking[1:3], ', '),
      CASE WHEN cardinality(_lacking) > 3 THEN format(' and %s more', cardinality(_lacking) - 3) ELSE '' END), 'role_id', 'IM403');
  END IF;
END $$;

SET LOCAL ROLE ims_rights;
-- Tells every desk of the group, when this is safe, that people or roles changed; "rights" lets each look at its own.
CREATE FUNCTION tenant_schema.tell_people() RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pg_notify('tenant_group', '["", ["people", "rights"]]');
END $$;

SET LOCAL ROLE ims_rights;
-- A PC asks for the tenant key by its public key. What it held under another one it has lost.
CREATE FUNCTION tenant_schema.ask_for_key(_public bytea) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _gate text := tenant_schema.this_gate();
BEGIN
  IF _gate IS NULL OR tenant_schema.me() IS NULL OR octet_length(_public) IS DISTINCT FROM 32 THEN
    PERFORM tenant_schema.refuse('Only a PC at which somebody is signed in can ask for the key.', NULL, 'IM403');
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('key of tenant_schema', 0));
  IF EXISTS (SELECT FROM tenant_schema.key_holders h WHERE h.holder = _gate AND h.public_key = _public) THEN
    RETURN;
  END IF;
  DELETE FROM tenant_schema.tenant_keys k WHERE k.holder = _gate;
  DELETE FROM tenant_schema.key_holders h WHERE h.holder = _gate;
  INSERT INTO tenant_schema.key_holders (holder, public_key, asked_by) VALUES (_gate, _public, tenant_schema.me());
  PERFORM tenant_schema.write_audit('key_holders', _gate, 'INSERT', NULL, NULL, jsonb_build_object('asked_by', tenant_schema.me()));
END $$;

SET LOCAL ROLE ims_rights;
-- Gives a person a role at a site (null: at all sites); answers the assignment.
CREATE FUNCTION tenant_schema.assign_role(_member uuid, _role uuid, _site uuid) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _row tenant_schema.members;
  _made uuid;
BEGIN
  PERFORM tenant_schema.lock_people();
  _row := tenant_schema.require_other(_member);
  IF NOT EXISTS (SELECT FROM tenant_schema.roles r WHERE r.id = _role) THEN
    PERFORM tenant_schema.refuse('This role does not exist any more. Reload to see the roles as they are.', 'role_id', 'IM409');
  ELSIF _site IS NOT NULL AND NOT EXISTS (SELECT FROM tenant_schema.sites s WHERE s.id = _site) THEN
    PERFORM tenant_schema.refuse('This site does not exist.', 'site_id');
  END IF;
  PERFORM tenant_schema.require_power(_role, _site);
  INSERT INTO tenant_schema.user_roles (member_id, role_id, site_id) VALUES (_member, _role, _site) ON CONFLICT DO NOTHING
  RETURNING id INTO _made;
  IF _made IS NULL THEN
    PERFORM tenant_schema.refuse(format('%s already has this role there.', _row.display_name), 'role_id');
  END IF;
  PERFORM tenant_schema.tell_people();
  RETURN _made;
END $$;

SET LOCAL ROLE ims_rights;
-- Whatever changed the value of stock, line by line: each movement, and each later correction of its cost, which counts on its own
-- day as what the movement it corrects is, and moves nothing. So plain sums by day or by time are right, whatever became known
-- later. `cause` is null for movements. With values for those who may see costs at the site; see valued_stock.
CREATE VIEW tenant_schema.cost_lines AS
SELECT m.id AS movement_id, NULL::text AS cause, m.posting_id, m.kind, m.site_id, m.item_id, m.effective_at, m.business_day, m.quantity,
  CASE WHEN m.site_id = ANY ((SELECT tenant_schema.scope('stock.cost'))::uuid[]) THEN m.value END AS value, m.reason_id,
  m.reverses_id IS NOT NULL AS is_undo
FROM tenant_schema.stock_movements m
UNION ALL
SELECT k.movement_id, k.cause, k.posting_id, m.kind, k.site_id, k.item_id, k.effective_at, k.business_day, 0::numeric(20, 6),
  CASE WHEN k.site_id = ANY ((SELECT tenant_schema.scope('stock.cost'))::uuid[]) THEN k.value END, m.reason_id, m.reverses_id IS NOT NULL
FROM tenant_schema.cost_corrections k JOIN tenant_schema.stock_movements m ON m.id = k.movement_id;

SET LOCAL ROLE ims_rights;
-- Keeps a person out from the next statement on; the roles stay for a return.
CREATE FUNCTION tenant_schema.deactivate_member(_member uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM tenant_schema.set_member_active(_member, false);
END $$;

SET LOCAL ROLE ims_rights;
-- Deletes a role that nobody has and no role inherits from.
CREATE FUNCTION tenant_schema.delete_role(_id uuid, _version int) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _old tenant_schema.roles;
  _names text[];
BEGIN
  PERFORM tenant_schema.lock_people();
  SELECT * INTO _old FROM tenant_schema.roles r WHERE r.id = _id;
  IF _old.id IS NULL OR _old.version IS DISTINCT FROM _version THEN
    PERFORM tenant_schema.refuse('Somebody else changed or deleted this role meanwhile. Reload to see the roles as they are.', NULL, 'IM409');
  ELSIF _old.is_builtin THEN
    PERFORM tenant_schema.refuse(format('%s is one of the first roles and stays.', _old.name));
  END IF;
  PERFORM tenant_schema.require_power(_id, NULL);
  SELECT array_agg(DISTINCT m.display_name) INTO _names FROM tenant_schema.user_roles a
    JOIN tenant_schema.members m ON m.id = a.member_id WHERE a.role_id = _id;
  IF _names IS NOT NULL THEN
    PERFORM tenant_schema.refuse(format('%s still has the role %s: withdraw it first.', array_to_string(_names[1:3], ', '), _old.name));
  END IF;
  SELECT array_agg(r.name) INTO _names FROM tenant_schema.roles r WHERE r.parent_role_id = _id;
  IF _names IS NOT NULL THEN
    PERFORM tenant_schema.refuse(format('%s inherits from %s: change that first.', array_to_string(_names[1:3], ', '), _old.name));
  END IF;
  DELETE FROM tenant_schema.roles r WHERE r.id = _id;
  PERFORM tenant_schema.tell_people();
END $$;

SET LOCAL ROLE ims_rights;
-- Forgets every version of the tenant key but the newest, once nothing is encrypted under them: what the audit log still has of
-- them can then be read by no PC. The recovery code keeps them all, because the newest might be rubbish that somebody shared.
CREATE FUNCTION tenant_schema.end_old_keys() RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _newest int;
BEGIN
  IF NOT tenant_schema.own_powers() ? 'people.edit' THEN -- at all sites
    PERFORM tenant_schema.refuse('Your roles do not allow renewing the key.', NULL, 'IM403');
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('key of tenant_schema', 0));
  SELECT max(v.version) INTO _newest FROM tenant_schema.key_versions v;
  IF EXISTS (
    SELECT FROM (SELECT unnest(ARRAY[s.contact, s.email, s.phone]) FROM tenant_schema.suppliers s
      UNION ALL SELECT unnest(ARRAY[p.contact, p.email, p.phone]) FROM tenant_schema.supplier_contacts p
      UNION ALL SELECT unnest(ARRAY[c.contact, c.email, c.phone]) FROM tenant_schema.customers c
      UNION ALL SELECT unnest(ARRAY[b.account_holder, b.account, b.bank_code, b.bank_name]) FROM tenant_schema.supplier_banks b) AS f (sealed)
    WHERE substring(f.sealed FROM 2 FOR 4) <> int4send(_newest)) THEN
    PERFORM tenant_schema.refuse('Some fields are still encrypted with the old key. Go on with the renewal first.', NULL, 'IM409');
  END IF;
  DELETE FROM tenant_schema.tenant_keys k WHERE k.version < _newest AND k.holder <> 'recovery';
  PERFORM tenant_schema.write_audit('key_versions', _newest::text, 'UPDATE', NULL, NULL, '{"old_versions": "forgotten"}');
END $$;

SET LOCAL ROLE ims_rights;
-- Ends a session in this group at once: its lease, its connections, and the token that would renew it. One's own always; that
-- of somebody else only with everything their roles give.
CREATE FUNCTION tenant_schema.end_session(_session uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _lease public.leases;
BEGIN
  SELECT l.* INTO _lease FROM public.leases l JOIN tenant_schema.members m ON m.id = l.membership_id
   WHERE l.session_id = _session AND l.valid_until > now() AND (SELECT tenant_schema.me()) IS NOT NULL;
  IF _lease.role_name IS NULL THEN
    PERFORM tenant_schema.refuse('This session has already ended.', NULL, 'IM409');
  ELSIF _lease.role_name = session_user THEN
    PERFORM tenant_schema.refuse('This is where you are: sign out instead.');
  ELSIF _lease.membership_id <> tenant_schema.me() THEN
    PERFORM tenant_schema.lock_people();
    PERFORM tenant_schema.require_power(a.role_id, a.site_id) FROM tenant_schema.user_roles a WHERE a.member_id = _lease.membership_id;
  END IF;
  IF (SELECT s.tenant_id = t.tenant_id FROM public.sessions s, public.user_tenants t WHERE s.id = _session AND t.id = _lease.membership_id) THEN
    PERFORM auth.end_session(_session, 'ENDED', (SELECT CASE WHEN m.id <> _lease.membership_id THEN m.display_name ELSE '' END
      FROM tenant_schema.members m WHERE m.id = (SELECT tenant_schema.me())));
  ELSE -- the person has gone on to another group with it, which is none of our business
    PERFORM auth.end_lease(_lease.role_name);
    PERFORM tenant_schema.write_audit('sessions', _session::text, 'UPDATE', NULL, NULL,
      jsonb_build_object('ended_why', 'ENDED', 'member_id', _lease.membership_id));
  END IF;
  PERFORM tenant_schema.tell_people();
END $$;

SET LOCAL ROLE ims_rights;
-- Makes a person known and gives them a first role at a site (null: at all sites); answers the member. Salt and key prove the
-- one-time code, made at the desk and never sent, with which the person sets a first password.
CREATE FUNCTION tenant_schema.invite_member(
  _login text, _first_name text, _last_name text, _role uuid, _site uuid, _salt text, _key bytea) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _names text[] := ARRAY(SELECT regexp_replace(coalesce(n, ''), '^[[:space:]]+|[[:space:]]+$', '', 'g') FROM unnest(ARRAY[_login, _first_name, _last_name]) n);
  _name text := trim(concat_ws(' ', _names[2], _names[3]));
  _problems jsonb;
  _made uuid;
BEGIN
  PERFORM tenant_schema.lock_people();
  SELECT jsonb_agg(jsonb_build_object('field', p.field, 'text', p.text)) INTO _problems FROM (VALUES
    ('login', CASE WHEN length(_names[1]) NOT BETWEEN 1 AND 254 THEN 'Enter an e-mail address or a username of at most 254 letters.'
                   WHEN _names[1] ~ '[[:space:][:cntrl:]]' THEN 'A login has no spaces.'
                   WHEN _names[1] ~ E'[\\u200B-\\u200F\\u202A-\\u202E\\u2060-\\u2064\\uFEFF\\u00AD]' THEN 'A login has no invisible characters.'
                   WHEN _names[1] ~ '@' AND _names[1] !~ '^[^@]+@[^@]+[.][^@]+$' THEN 'This is not an e-mail address.'
                   WHEN _names[1] ~ '^[-+0-9()./]*$' AND auth.login_name(_names[1]) !~ '^[+]?[0-9]{6,15}$' THEN 'This is not a phone number.' END),
    ('first_name', CASE WHEN _name = '' THEN 'Enter a name.' WHEN length(_names[2]) > 100 THEN 'A name has at most 100 letters.'
                        WHEN _name ~ E'[[:cntrl:]\\u200B-\\u200F\\u202A-\\u202E\\u2060-\\u2064\\uFEFF\\u00AD]' THEN 'A name has no invisible characters.' END),
    ('last_name', CASE WHEN length(_names[3]) > 100 THEN 'A name has at most 100 letters.' END),
    ('role_id', CASE WHEN NOT EXISTS (SELECT FROM tenant_schema.roles r WHERE r.id = _role) THEN 'Choose a role.' END),
    ('site_id', CASE WHEN _site IS NOT NULL AND NOT EXISTS (SELECT FROM tenant_schema.sites s WHERE s.id = _site) THEN 'This site does not exist.' END)
  ) AS p (field, text) WHERE p.text IS NOT NULL;
  IF _problems IS NOT NULL THEN
    RAISE EXCEPTION 'Nobody was invited.' USING ERRCODE = 'IM400', DETAIL = _problems::text;
  END IF;
  PERFORM tenant_schema.require_power(_role, _site);
  _made := auth.new_member((SELECT t.id FROM public.tenants t WHERE t.schema_name = 'tenant_schema'),
    _names[1], _names[2], _names[3], _salt, _key);
  INSERT INTO tenant_schema.members (id, display_name, login) VALUES (_made, _name, auth.login_name(_names[1]));
  INSERT INTO tenant_schema.user_roles (member_id, role_id, site_id) VALUES (_made, _role, _site);
  PERFORM tenant_schema.tell_people();
  RETURN _made;
END $$;

SET LOCAL ROLE ims_rights;
-- Who holds the tenant key or asked for it, for those who may give it; the PCs by the names they were set up under.
CREATE FUNCTION tenant_schema.key_list() RETURNS TABLE (
  holder text, device text, public_key bytea, versions int[], newest int, asked_by uuid, asked_at timestamptz, shared_by uuid,
  shared_at timestamptz, is_this boolean, is_known boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT tenant_schema.own_powers() ? 'people.edit' THEN -- at all sites
    RETURN;
  END IF;
  RETURN QUERY
    SELECT h.holder, coalesce(g.device, ''), h.public_key, k.versions, (SELECT max(v.version) FROM tenant_schema.key_versions v),
      h.asked_by, h.asked_at, k.shared_by, k.shared_at, h.holder = tenant_schema.this_gate(),
      h.holder = 'recovery' OR coalesce(g.is_active, false)
    FROM tenant_schema.key_holders h LEFT JOIN public.gates g ON g.role_name = h.holder
    CROSS JOIN LATERAL (
      SELECT coalesce(array_agg(t.version ORDER BY t.version), '{}') AS versions, max(t.shared_at) AS shared_at,
        (array_agg(t.shared_by ORDER BY t.version DESC))[1] AS shared_by
      FROM tenant_schema.tenant_keys t WHERE t.holder = h.holder) k;
END $$;

SET LOCAL ROLE ims_rights;
-- How far the journal of this person on this PC is by now: one that comes back shorter was put back to an earlier state.
CREATE FUNCTION tenant_schema.mark_journal(_mark bigint) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE tenant_schema.journals j SET mark = _mark
   WHERE j.member_id = tenant_schema.me() AND j.holder = tenant_schema.this_gate() AND j.mark < _mark;
END $$;

SET LOCAL ROLE ims_rights;
-- Where people are signed in to this group: one row per session that holds a lease here. A person sees their own; those of
-- others only who may see people. Reads the shared tables narrowly; what a session is, the sign-in functions decide.
CREATE FUNCTION tenant_schema.member_sessions() RETURNS TABLE (
  id uuid, member_id uuid, name text, computer text, system text, address text, since timestamptz, last_used_at timestamptz,
  is_connected boolean, is_own boolean, is_this boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _me uuid := tenant_schema.me();
  _all boolean := tenant_schema.can('people.view');
BEGIN
  RETURN QUERY
    SELECT s.id, m.id, m.display_name, coalesce(s.device_info ->> 'computer', ''), coalesce(s.device_info ->> 'system', ''),
      coalesce(host(s.ip_address), ''), s.created_at, CASE WHEN c.connected THEN now() ELSE s.last_used_at END, c.connected,
      m.id = _me, l.role_name = session_user
    FROM public.leases l JOIN tenant_schema.members m ON m.id = l.membership_id JOIN public.sessions s ON s.id = l.session_id
    CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM pg_stat_activity a WHERE a.usename = l.role_name) AS connected) c
    WHERE l.valid_until > now() AND s.revoked_at IS NULL AND s.expires_at > now() AND (m.id = _me OR _all);
END $$;

SET LOCAL ROLE ims_rights;
-- What opens the journal that this person keeps on this PC: half of its key, how far it was when it was last told here, and
-- the clock of the server, by which its entries are dated.
CREATE FUNCTION tenant_schema.open_journal() RETURNS TABLE (id uuid, secret bytea, mark bigint, server_time timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _me uuid := tenant_schema.me();
  _gate text := tenant_schema.this_gate();
BEGIN
  IF _me IS NULL OR _gate IS NULL THEN
    PERFORM tenant_schema.refuse('Only somebody who is signed in at a PC keeps a journal there.', NULL, 'IM403');
  END IF;
  INSERT INTO tenant_schema.journals (member_id, holder, secret)
    VALUES (_me, _gate, sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())))
    ON CONFLICT (member_id, holder) DO NOTHING;
  RETURN QUERY SELECT j.id, j.secret, j.mark, clock_timestamp() FROM tenant_schema.journals j
                WHERE j.member_id = _me AND j.holder = _gate;
END $$;

SET LOCAL ROLE ims_rights;
-- The versions of the tenant key, wrapped for this PC alone.
CREATE FUNCTION tenant_schema.open_keys() RETURNS TABLE (version int, wrapped bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT k.version, k.wrapped FROM tenant_schema.tenant_keys k
                WHERE k.holder = tenant_schema.this_gate() AND tenant_schema.me() IS NOT NULL;
END $$;

SET LOCAL ROLE ims_rights;
-- Lets a person in again, with the roles they still have.
CREATE FUNCTION tenant_schema.reactivate_member(_member uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM tenant_schema.set_member_active(_member, true);
END $$;

SET LOCAL ROLE ims_rights;
-- The tenant key as only the recovery code opens it, for those who may give the key to PCs.
CREATE FUNCTION tenant_schema.recovery_wraps() RETURNS TABLE (version int, wrapped bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT tenant_schema.own_powers() ? 'people.edit' THEN -- at all sites
    PERFORM tenant_schema.refuse('Your roles do not allow giving a PC the key.', NULL, 'IM403');
  END IF;
  RETURN QUERY SELECT k.version, k.wrapped FROM tenant_schema.tenant_keys k WHERE k.holder = 'recovery';
END $$;

SET LOCAL ROLE ims_rights;
-- Begins a new version of the tenant key, wrapped for everybody who holds the newest one now, the recovery code among them.
CREATE FUNCTION tenant_schema.renew_key(_version int, _holders text[], _wraps bytea[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _newest int;
BEGIN
  IF NOT tenant_schema.own_powers() ? 'people.edit' THEN -- at all sites
    PERFORM tenant_schema.refuse('Your roles do not allow renewing the key.', NULL, 'IM403');
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('key of tenant_schema', 0));
  SELECT max(v.version) INTO _newest FROM tenant_schema.key_versions v;
  IF _version IS DISTINCT FROM _newest + 1 OR cardinality(_holders) IS DISTINCT FROM cardinality(_wraps)
     OR (SELECT array_agg(h ORDER BY h) FROM unnest(_holders) h) IS DISTINCT FROM
        (SELECT array_agg(k.holder ORDER BY k.holder) FROM tenant_schema.tenant_keys k WHERE k.version = _newest) THEN
    PERFORM tenant_schema.refuse('Somebody else changed who holds the key meanwhile. Try again.', NULL, 'IM409');
  END IF;
  INSERT INTO tenant_schema.key_versions (version, created_by) VALUES (_version, tenant_schema.me());
  INSERT INTO tenant_schema.tenant_keys (version, holder, wrapped, shared_by)
  SELECT _version, w.holder, w.wrapped, tenant_schema.me() FROM unnest(_holders, _wraps) AS w (holder, wrapped);
  PERFORM tenant_schema.write_audit('key_versions', _version::text, 'INSERT', NULL, NULL, jsonb_build_object('holders', cardinality(_holders)));
END $$;

SET LOCAL ROLE ims_rights;
-- Refuses a change of roles that gave or took what the person did not hold at all sites, or that changed the person's own
-- rights. Given: every role's powers and the person's own as they were before the change.
CREATE FUNCTION tenant_schema.require_own_powers(_before jsonb, _own jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _lacking text[];
BEGIN
  SELECT array_agg(DISTINCT coalesce(n.title, c.code)) INTO _lacking
  FROM (SELECT split_part(coalesce(b.key, a.key), ' ', 2) AS code,
          greatest(coalesce(b.value::numeric, 0), coalesce(a.value::numeric, 0)) AS amount
        FROM jsonb_each_text(_before) b FULL JOIN jsonb_each_text(tenant_schema.all_powers()) a USING (key)
        WHERE a.value IS DISTINCT FROM b.value) c
  LEFT JOIN tenant_schema.permissions n ON n.resource || '.' || n.action = c.code
  WHERE coalesce((_own ->> c.code)::numeric, -1) < c.amount;
  IF _lacking IS NOT NULL THEN
    PERFORM tenant_schema.refuse(format('Nobody gives or takes what they do not hold at all sites themselves: %s%s.',
      array_to_string(_lacking[1:3], ', '),
      CASE WHEN cardinality(_lacking) > 3 THEN format(' and %s more', cardinality(_lacking) - 3) ELSE '' END), 'permissions', 'IM403');
  ELSIF tenant_schema.own_powers() <> _own THEN
    PERFORM tenant_schema.refuse('This would change what you may do yourself: ask somebody else who may change roles.', 'permissions', 'IM403');
  END IF;
END $$;

SET LOCAL ROLE ims_rights;
-- Lets a member in by a one-time code instead of the password, which is gone from then on. Only for people of this group alone:
-- whoever belongs to another one as well goes to the operator, or this group could take over their rights there.
CREATE FUNCTION tenant_schema.reset_member(_member uuid, _salt text, _key bytea) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _user uuid;
BEGIN
  PERFORM tenant_schema.lock_people();
  PERFORM tenant_schema.require_other(_member);
  PERFORM tenant_schema.require_power(a.role_id, a.site_id) FROM tenant_schema.user_roles a WHERE a.member_id = _member;
  SELECT t.user_id INTO _user FROM public.user_tenants t WHERE t.id = _member;
  IF EXISTS (SELECT FROM public.user_tenants t WHERE t.user_id = _user AND t.id <> _member) THEN
    PERFORM tenant_schema.refuse('Only the operator of the server can give this person a new code.');
  END IF;
  PERFORM auth.first_code(_user, _salt, _key);
  PERFORM tenant_schema.write_audit('members', _member::text, 'UPDATE', NULL, NULL, '{"password": "by one-time code"}');
  PERFORM tenant_schema.tell_people();
END $$;

SET LOCAL ROLE ims_rights;
-- Why a role cannot inherit from another: it would inherit from itself, or over more than ten roles; null when it can.
CREATE FUNCTION tenant_schema.role_circle(_id uuid, _name text, _parent uuid) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _above int;
  _below int;
  _way text;
  _circle boolean;
BEGIN
  WITH RECURSIVE up AS (
    SELECT r.id, r.parent_role_id, left(_name, 100) || ' → ' || r.name AS way, 1 AS depth FROM tenant_schema.roles r WHERE r.id = _parent
    UNION ALL
    SELECT r.id, r.parent_role_id, u.way || ' → ' || r.name, u.depth + 1
    FROM up u JOIN tenant_schema.roles r ON r.id = u.parent_role_id WHERE u.id <> _id AND u.depth < 20)
  SELECT max(u.depth), max(u.way) FILTER (WHERE u.id = _id), bool_or(u.id = _id) INTO _above, _way, _circle FROM up u;
  IF _circle THEN
    RETURN format('The role would inherit from itself: %s.', _way);
  END IF;
  WITH RECURSIVE down AS (
    SELECT _id AS id, 1 AS depth
    UNION ALL SELECT r.id, d.depth + 1 FROM down d JOIN tenant_schema.roles r ON r.parent_role_id = d.id WHERE d.depth < 20)
  SELECT max(d.depth) INTO _below FROM down d;
  RETURN CASE WHEN coalesce(_above, 0) + _below > 10 THEN 'Roles inherit over at most ten steps.' END;
END $$;

SET LOCAL ROLE ims_rights;
-- Everything wrong with a role as it is to be saved, as problems with field and sentence; null when all is well.
CREATE FUNCTION tenant_schema.role_problems(
  _old tenant_schema.roles, _id uuid, _name text, _parent uuid, _permissions jsonb, _limits jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _given jsonb := CASE WHEN jsonb_typeof(_permissions) = 'object' AND pg_column_size(_permissions) < 20000 THEN _permissions END;
  _amounts jsonb := CASE WHEN jsonb_typeof(_limits) = 'object' AND pg_column_size(_limits) < 20000 THEN _limits END;
BEGIN
  RETURN (SELECT jsonb_agg(jsonb_build_object('field', p.field, 'text', p.text)) FROM (
    SELECT 'name', CASE
      WHEN coalesce(_name, '') = '' THEN 'Give the role a name.'
      WHEN length(_name) > 100 THEN 'A name has at most 100 letters.'
      WHEN _name ~ E'[[:cntrl:]\\u200B-\\u200F\\u202A-\\u202E\\u2060-\\u2064\\uFEFF\\u00AD]' THEN 'A name has no invisible characters.'
      WHEN _old.is_builtin AND _name <> _old.name THEN format('%s is one of the first roles and keeps its name.', _old.name)
      WHEN EXISTS (SELECT FROM tenant_schema.roles r WHERE r.id <> _id AND public.look_alike(r.name) = public.look_alike(_name))
        THEN 'Another role has this name, or one that looks like it.' END
    UNION ALL SELECT 'parent_id', 'This role does not exist any more.'
      WHERE _parent IS NOT NULL AND NOT EXISTS (SELECT FROM tenant_schema.roles r WHERE r.id = _parent)
    UNION ALL SELECT 'parent_id', tenant_schema.role_circle(_id, _name, _parent)
    UNION ALL SELECT 'permissions', 'Permissions come as one object of true and false.' WHERE _given IS NULL
    UNION ALL SELECT e.key, CASE
        WHEN n.title IS NULL THEN format('There is no permission %s.', left(e.key, 60))
        WHEN jsonb_typeof(e.value) <> 'boolean' THEN format('%s is given or denied: true or false.', n.title)
        WHEN e.value = 'false' AND _id = tenant_schema.owner_role() THEN 'The owner keeps everything.' END
      FROM jsonb_each(coalesce(_given, '{}')) e
      LEFT JOIN tenant_schema.permissions n ON n.resource || '.' || n.action = e.key
    UNION ALL SELECT 'limits', 'Limits come as one object of amounts.' WHERE _amounts IS NULL
    UNION ALL SELECT e.key, CASE
        WHEN n.title IS NULL THEN format('%s has no limit of money.', left(e.key, 60))
        WHEN jsonb_typeof(e.value) = 'null' THEN NULL
        WHEN jsonb_typeof(e.value) <> 'number' THEN format('%s: the limit must be an amount.', n.title)
        WHEN _id = tenant_schema.owner_role() THEN 'The owner has no limits.'
        WHEN e.value::numeric NOT BETWEEN 0 AND 999999999.99 OR e.value::numeric <> round(e.value::numeric, 2)
          THEN format('%s: a limit lies between 0 and 999,999,999.99, with two decimals.', n.title) END
      FROM jsonb_each(coalesce(_amounts, '{}')) e
      LEFT JOIN tenant_schema.permissions n ON n.resource || '.' || n.action = e.key AND n.is_limited
  ) AS p (field, text) WHERE p.text IS NOT NULL);
END $$;

SET LOCAL ROLE ims_rights;
-- Makes a role (version 0) or changes it. Permissions: code to true or false; limits: code to an amount, null for none; what
-- is not named is inherited. Answers the version.
CREATE FUNCTION tenant_schema.save_role(_id uuid, _version int, _name text, _parent uuid, _permissions jsonb, _limits jsonb)
RETURNS int
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _clean text := regexp_replace(_name, '^[[:space:]]+|[[:space:]]+$', '', 'g');
  _old tenant_schema.roles;
  _before jsonb;
  _own jsonb;
  _problems jsonb;
BEGIN
  PERFORM tenant_schema.lock_people();
  _before := tenant_schema.all_powers();
  _own := tenant_schema.own_powers();
  IF NOT _own ? 'people.edit' THEN
    PERFORM tenant_schema.refuse('Roles count at all sites: only who may change people at all of them may change roles.', NULL, 'IM403');
  END IF;
  SELECT * INTO _old FROM tenant_schema.roles r WHERE r.id = _id;
  IF _id IS NULL OR coalesce(_old.version, 0) IS DISTINCT FROM _version THEN
    PERFORM tenant_schema.refuse(CASE WHEN _old.id IS NULL THEN 'Somebody deleted this role meanwhile. Reload to see the roles as they are.'
      ELSE format('Somebody else changed the role %s meanwhile. Reload to see it as it is.', _old.name) END, NULL, 'IM409');
  END IF;
  _problems := tenant_schema.role_problems(_old, _id, _clean, _parent, _permissions, _limits);
  IF _problems IS NOT NULL THEN
    RAISE EXCEPTION 'The role % cannot be saved.', left(_clean, 100) USING ERRCODE = 'IM400', DETAIL = _problems::text;
  END IF;
  IF _old.id IS NULL THEN
    INSERT INTO tenant_schema.roles (id, name, parent_role_id, permissions, limits) VALUES (_id, _clean, _parent, _permissions, _limits);
  ELSE
    UPDATE tenant_schema.roles r SET name = _clean, parent_role_id = _parent, permissions = _permissions, limits = _limits WHERE r.id = _id;
  END IF;
  PERFORM tenant_schema.keep_owner();
  PERFORM tenant_schema.require_own_powers(_before, _own);
  PERFORM tenant_schema.tell_people();
  RETURN (SELECT r.version FROM tenant_schema.roles r WHERE r.id = _id);
END $$;

SET LOCAL ROLE ims_rights;
-- Lets a person in or keeps them out; for the two functions that say which. Only who holds everything the person's roles give,
-- where they give it, may do either.
CREATE FUNCTION tenant_schema.set_member_active(_member uuid, _active boolean) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _row tenant_schema.members;
BEGIN
  PERFORM tenant_schema.lock_people();
  _row := tenant_schema.require_other(_member);
  IF _row.is_active = _active THEN
    PERFORM tenant_schema.refuse(format(CASE WHEN _active THEN '%s is already active.' ELSE '%s was already deactivated.' END, _row.display_name), NULL, 'IM409');
  END IF;
  PERFORM tenant_schema.require_power(a.role_id, a.site_id) FROM tenant_schema.user_roles a WHERE a.member_id = _member;
  -- What their PCs keep open at the sign-in must not hold this up.
  PERFORM auth.cut_gates(t.user_id) FROM public.user_tenants t WHERE t.id = _member AND NOT _active;
  UPDATE tenant_schema.members m SET is_active = _active WHERE m.id = _member;
  UPDATE public.user_tenants t SET is_active = _active, updated_at = now() WHERE t.id = _member;
  IF NOT _active THEN
    PERFORM tenant_schema.keep_an_owner();
    PERFORM tenant_schema.cut_off(_member, true);
  END IF;
  PERFORM tenant_schema.tell_people();
END $$;

SET LOCAL ROLE ims_rights;
-- Gives a holder who asked the tenant key in these versions, wrapped for the public key that the giver saw. The server cannot
-- tell a key from rubbish: so nothing that is there is replaced, and the recovery code is not among those who are given anything.
CREATE FUNCTION tenant_schema.share_key(_holder text, _public bytea, _versions int[], _wraps bytea[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT tenant_schema.own_powers() ? 'people.edit' THEN -- at all sites
    PERFORM tenant_schema.refuse('Your roles do not allow giving a PC the key.', NULL, 'IM403');
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('key of tenant_schema', 0));
  IF _holder = 'recovery' THEN
    PERFORM tenant_schema.refuse('The recovery code has its key. The operator can give a new one.');
  ELSIF NOT EXISTS (SELECT FROM tenant_schema.key_holders h WHERE h.holder = _holder AND h.public_key = _public) THEN
    PERFORM tenant_schema.refuse('This PC no longer asks for the key, or asks anew. Reload the list.', NULL, 'IM409');
  END IF;
  IF coalesce(cardinality(_versions), 0) = 0 OR cardinality(_versions) IS DISTINCT FROM cardinality(_wraps)
     OR EXISTS (SELECT FROM unnest(_versions, _wraps) AS w (version, wrapped) WHERE octet_length(w.wrapped) IS DISTINCT FROM 92
                OR NOT EXISTS (SELECT FROM tenant_schema.key_versions v WHERE v.version = w.version)) THEN
    PERFORM tenant_schema.refuse('This is not the key of this group.');
  END IF;
  INSERT INTO tenant_schema.tenant_keys (version, holder, wrapped, shared_by)
  SELECT w.version, _holder, w.wrapped, tenant_schema.me() FROM unnest(_versions, _wraps) AS w (version, wrapped)
  ON CONFLICT (version, holder) DO NOTHING;
  PERFORM tenant_schema.write_audit('key_holders', _holder, 'UPDATE', NULL, NULL, jsonb_build_object('shared', _versions));
END $$;

SET LOCAL ROLE ims_rights;
-- What moved, with what it was worth when it was entered, and what it is worth with all later corrections, for those who may see
-- costs at its site; see valued_stock.
CREATE VIEW tenant_schema.valued_movements AS
SELECT m.id, m.posting_id, m.kind, m.site_id, m.location_id, m.item_id, m.effective_at, m.business_day, m.quantity,
  CASE WHEN m.site_id = ANY ((SELECT tenant_schema.scope('stock.cost'))::uuid[]) THEN m.value END AS value,
  CASE WHEN m.site_id = ANY ((SELECT tenant_schema.scope('stock.cost'))::uuid[]) THEN m.given_value END AS given_value,
  CASE WHEN m.site_id = ANY ((SELECT tenant_schema.scope('stock.cost'))::uuid[]) THEN m.value + coalesce(
    (SELECT sum(k.value) FROM tenant_schema.cost_corrections k WHERE k.movement_id = m.id), 0) END AS worth,
  m.of_id, m.weight, m.entered_quantity, m.entered_unit, m.reason_id, m.note, m.order_id, m.reverses_id, m.posted_by, m.posted_at
FROM tenant_schema.stock_movements m;

SET LOCAL ROLE ims_rights;
-- What was posted, with what it was worth, and is with later corrections, for those who may see costs at its site; see valued_stock. Without its hashes:
-- with them and the rest of the row anybody could try all values.
CREATE VIEW tenant_schema.valued_postings AS
SELECT p.id, p.number, p.kind, p.site_id, p.effective_at, p.business_day, p.supplier_id, p.to_site_id, p.reference, p.note, p.reverses_id,
  p.line_count, CASE WHEN p.site_id = ANY ((SELECT tenant_schema.scope('stock.cost'))::uuid[]) THEN p.value END AS value,
  CASE WHEN p.site_id = ANY ((SELECT tenant_schema.scope('stock.cost'))::uuid[]) THEN p.value + coalesce((SELECT sum(k.value)
    FROM tenant_schema.stock_movements m JOIN tenant_schema.cost_corrections k ON k.movement_id = m.id WHERE m.posting_id = p.id), 0) END AS worth,
  p.posted_by, p.posted_at, p.to_rate
FROM tenant_schema.postings p;

SET LOCAL ROLE ims_rights;
-- Entries that wait for approval, or did, with what they are worth for those who may see costs at their site; see valued_stock.
CREATE VIEW tenant_schema.valued_requests AS
SELECT r.id, r.number, r.site_id, r.kind, r.effective_at, r.header ->> 'note' AS note, r.dishes, r.items, r.locations, r.quantities,
  CASE WHEN r.site_id = ANY ((SELECT tenant_schema.scope('stock.cost'))::uuid[]) THEN r.unit_costs END AS unit_costs,
  r.reasons, r.notes, r.entered_quantities, r.entered_units, r.header -> 'lots' AS lots,
  r.header -> 'production' AS production, r.header -> 'weights' AS weights,
  CASE WHEN r.site_id = ANY ((SELECT tenant_schema.scope('stock.cost'))::uuid[]) THEN r.header -> 'values' END AS labour,
  CASE WHEN r.site_id = ANY ((SELECT tenant_schema.scope('stock.cost'))::uuid[]) THEN r.amount END AS amount,
  r.state, r.asked_by, r.asked_at, r.decided_by, r.decided_at, r.reason, r.version
FROM tenant_schema.approval_requests r;

SET LOCAL ROLE ims_rights;
-- What is on hand, with what it is worth for those who may see costs at its site. Belongs to another than the table, so that
-- the policies of the table hold in it; and is no security_barrier, so that the planner sees through it.
CREATE VIEW tenant_schema.valued_stock AS
SELECT k.site_id, k.item_id, k.quantity,
  CASE WHEN k.site_id = ANY ((SELECT tenant_schema.scope('stock.cost'))::uuid[]) THEN k.value END AS value,
  CASE WHEN k.site_id = ANY ((SELECT tenant_schema.scope('stock.cost'))::uuid[]) THEN k.average_cost END AS average_cost,
  k.last_movement_at, k.last_counted_at
FROM tenant_schema.stock_costs k;

SET LOCAL ROLE ims_rights;
-- Takes the tenant key away from a PC, or its question from the list.
CREATE FUNCTION tenant_schema.withdraw_key(_holder text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT tenant_schema.own_powers() ? 'people.edit' THEN -- at all sites
    PERFORM tenant_schema.refuse('Your roles do not allow taking the key from a PC.', NULL, 'IM403');
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('key of tenant_schema', 0));
  IF _holder = 'recovery' THEN
    PERFORM tenant_schema.refuse('The recovery code is the last way in and stays. The operator can give a new one.');
  END IF;
  DELETE FROM tenant_schema.tenant_keys k WHERE k.holder = _holder;
  DELETE FROM tenant_schema.key_holders h WHERE h.holder = _holder;
  IF NOT FOUND THEN
    PERFORM tenant_schema.refuse('This PC no longer holds the key. Reload the list.', NULL, 'IM409');
  END IF;
  PERFORM tenant_schema.write_audit('key_holders', _holder, 'DELETE', NULL, NULL, NULL);
END $$;

SET LOCAL ROLE ims_rights;
-- Takes a role from a person. It counts from the next statement on; what is running is cut.
CREATE FUNCTION tenant_schema.withdraw_role(_assignment uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _old tenant_schema.user_roles;
BEGIN
  PERFORM tenant_schema.lock_people();
  SELECT * INTO _old FROM tenant_schema.user_roles a WHERE a.id = _assignment;
  IF _old.id IS NULL THEN
    PERFORM tenant_schema.refuse('This role was already withdrawn.', NULL, 'IM409');
  END IF;
  PERFORM tenant_schema.require_other(_old.member_id);
  PERFORM tenant_schema.require_power(_old.role_id, _old.site_id);
  DELETE FROM tenant_schema.user_roles a WHERE a.id = _assignment;
  PERFORM tenant_schema.keep_an_owner();
  PERFORM tenant_schema.tell_people();
  PERFORM tenant_schema.cut_off(_old.member_id, false);
END $$;

SET LOCAL ROLE ims_ledger;
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

SET LOCAL ROLE ims_ledger;
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

SET LOCAL ROLE ims_ledger;
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

SET LOCAL ROLE ims_ledger;
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

SET LOCAL ROLE ims_ledger;
-- What an audit row's own hash is taken over. A row in text keeps its nulls apart from its empty texts.
CREATE FUNCTION tenant_schema.audit_hash(_row tenant_schema.audit_log) RETURNS bytea
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD'
AS $$ SELECT sha256(convert_to(ROW(_row.at, _row.member_id, _row.role_name, _row.ip_address, _row.device, _row.subject,
  _row.record_id, _row.part_of, _row.action, _row.site_id, _row.old, _row.new)::text, 'UTF8')) $$;

SET LOCAL ROLE ims_ledger;
-- An entry of a count as the audit row of its call sees it, the same in every time zone.
CREATE FUNCTION tenant_schema.count_entry_line(_row tenant_schema.count_entries) RETURNS text
LANGUAGE sql STABLE
RETURN ROW(_row.id, _row.key, _row.sheet_id, _row.location_id, _row.item_id, _row.site_id, _row.quantity, _row.typed, _row.unit, _row.note,
  extract(epoch FROM _row.counted_at), _row.takes_back, _row.entered_by, extract(epoch FROM _row.entered_at), _row.device, _row.lot, _row.expires_on - date '2000-01-01')::text;

SET LOCAL ROLE ims_ledger;
-- A movement as the hash of its posting sees it; what it has in common with its posting is in that hash already. Plain enough
-- to be merged into the statement that uses it, and the same in every time zone.
CREATE FUNCTION tenant_schema.movement_line(_row tenant_schema.stock_movements) RETURNS text
LANGUAGE sql STABLE
RETURN ROW(_row.id, _row.location_id, _row.item_id, extract(epoch FROM _row.effective_at), _row.quantity, _row.value, _row.given_value,
  _row.of_id, _row.weight, _row.entered_quantity, _row.entered_unit, _row.reason_id, _row.note, _row.order_id, _row.reverses_id)::text;

SET LOCAL ROLE ims_ledger;
-- Of which lot a movement is, as the audit row of the posting that said so sees it.
CREATE FUNCTION tenant_schema.movement_lot_line(_row tenant_schema.movement_lots) RETURNS text
LANGUAGE sql STABLE
RETURN ROW(_row.id, _row.movement_id, _row.lot_id, _row.site_id, _row.quantity, _row.left_as)::text;

SET LOCAL ROLE ims_ledger;
-- A line as the hash of its order sees it.
CREATE FUNCTION tenant_schema.order_item_line(_row tenant_schema.order_items) RETURNS text
LANGUAGE sql STABLE
RETURN ROW(_row.order_id, _row.line, _row.site_id, _row.business_day - date '2000-01-01', _row.menu_item_id, _row.quantity,
  _row.unit_price, _row.net_amount, _row.tax_amount, _row.modifiers, _row.note, _row.refunds_line)::text;

SET LOCAL ROLE ims_ledger;
-- An order as the hash of the posting that recorded it sees it: what never changes afterwards, and
-- the hash of its lines. The same in every time zone and style of dates.
CREATE FUNCTION tenant_schema.order_line(_row tenant_schema.orders) RETURNS text
LANGUAGE sql STABLE
RETURN ROW(_row.id, _row.site_id, _row.number, _row.channel, extract(epoch FROM _row.placed_at), _row.business_day - date '2000-01-01',
  _row.covers, _row.kind, _row.part_of_id, _row.note,
  _row.net_total, _row.tax_total, encode(_row.items_hash, 'hex'), _row.import_id,
  _row.created_by)::text;

SET LOCAL ROLE ims_ledger;
-- A change of a price as the hash of its posting sees it.
CREATE FUNCTION tenant_schema.price_change_line(_row tenant_schema.price_changes) RETURNS text
LANGUAGE sql STABLE
RETURN ROW(_row.id, _row.movement_id, _row.site_id, _row.amount)::text;

SET LOCAL ROLE ims_ledger;
-- A voided order as the hash of the posting that voided it sees it.
CREATE FUNCTION tenant_schema.void_line(_row tenant_schema.orders) RETURNS text
LANGUAGE sql STABLE
RETURN ROW(_row.id, _row.state, _row.posting_id, _row.void_reason)::text;

SET LOCAL ROLE ims_ledger;
-- Appends an audit row for each record of one kind, by one statement however many there are, about what the person of this
-- connection did, or `_member` where a function knows better: whoever signs out holds a gate and no lease.
CREATE FUNCTION tenant_schema.write_audits(_subject text, _action text, _records text[], _sites uuid[], _olds jsonb[], _news jsonb[],
  _member uuid DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' AS $$
DECLARE
  _whole CONSTANT text := CASE -- the column that names what the record is a part of
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
BEGIN
  PERFORM pg_current_xact_id(); -- before any number is taken, see seal()
  INSERT INTO tenant_schema.audit_log (at, member_id, role_name, ip_address, device, subject, record_id, part_of, action, site_id,
    old, new, row_hash)
  SELECT a.at, a.member, session_user, a.address, a.device, _subject, r.record, coalesce(r.new, r.old) ->> _whole, _action, r.site, r.old, r.new,
    -- audit_hash() of the row, written out: a call for each of thousands of rows takes half as long again
    sha256(convert_to(ROW(a.at, a.member, session_user, a.address, a.device, _subject, r.record,
      coalesce(r.new, r.old) ->> _whole, _action, r.site, r.old, r.new)::text, 'UTF8'))
  FROM (SELECT clock_timestamp() AS at, coalesce(_member, tenant_schema.me()) AS member, inet_client_addr() AS address,
          tenant_schema.this_device() AS device OFFSET 0) a, -- once, not once a record
    unnest(_records, _sites, _olds, _news) WITH ORDINALITY AS r (record, site, old, new, n)
  ORDER BY r.n;
END $$;

SET LOCAL ROLE ims_ledger;
-- What an entered order answers.
CREATE FUNCTION tenant_schema.order_result(_row tenant_schema.orders) RETURNS jsonb
LANGUAGE sql IMMUTABLE
RETURN jsonb_build_object('id', _row.id, 'number', _row.number, 'version', _row.version, 'net', _row.net_total, 'tax', _row.tax_total);

SET LOCAL ROLE ims_ledger;
-- What a posting row's own hash is taken over: its columns, what was sent, its movements, and the orders it recorded or voided.
CREATE FUNCTION tenant_schema.posting_hash(_row tenant_schema.postings, _lines_hash bytea) RETURNS bytea
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD'
AS $$ SELECT sha256(convert_to(ROW(_row.id, _row.kind, _row.site_id, _row.effective_at, _row.business_day, _row.supplier_id,
  _row.to_site_id, _row.to_rate, _row.reference, _row.note, _row.reverses_id, encode(_row.content_hash, 'hex'), encode(_lines_hash, 'hex'), encode(_row.orders_hash, 'hex'),
  _row.line_count, _row.value, _row.posted_by, _row.posted_at)::text, 'UTF8')) $$;

SET LOCAL ROLE ims_ledger;
-- What a posting answers, the first time and every time it is sent again; its value to those who may see costs at its site.
CREATE FUNCTION tenant_schema.posting_result(_row tenant_schema.postings) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN jsonb_build_object('id', (_row).id, 'number', (_row).number, 'lines', (_row).line_count,
  'value', CASE WHEN (_row).site_id = ANY (tenant_schema.scope('stock.cost')) THEN (_row).value END);

SET LOCAL ROLE ims_ledger;
-- What a seal's own hash is taken over; the previous one's is among it, which makes them a chain.
CREATE FUNCTION tenant_schema.seal_hash(_row tenant_schema.seals) RETURNS bytea
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD'
AS $$ SELECT sha256(convert_to(ROW(_row.number, _row.audit_from, _row.audit_to, _row.audit_count, _row.posting_from, _row.posting_to,
  _row.posting_count, encode(_row.root, 'hex'), encode(_row.previous, 'hex'), _row.nothing_before, _row.sealed_at)::text, 'UTF8')) $$;

SET LOCAL ROLE ims_ledger;
-- The rows between these numbers, counted, and one hash over their numbers and hashes in order.
CREATE FUNCTION tenant_schema.seal_root(_audit_from bigint, _audit_to bigint, _posting_from bigint, _posting_to bigint,
  OUT audit_count bigint, OUT posting_count bigint, OUT root bytea)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  SELECT a.count, p.count, sha256(sha256(coalesce(a.hashes, '')) || sha256(coalesce(p.hashes, '')))
  FROM (SELECT count(*) AS count, string_agg(int8send(l.id) || l.row_hash, '' ORDER BY l.id) AS hashes
        FROM tenant_schema.audit_log l WHERE l.id BETWEEN _audit_from AND _audit_to) a,
    (SELECT count(*) AS count, string_agg(int8send(l.number) || l.row_hash, '' ORDER BY l.number) AS hashes
     FROM tenant_schema.postings l WHERE l.number BETWEEN _posting_from AND _posting_to) p;
END;

SET LOCAL ROLE ims_ledger;
-- Appends one audit row; see write_audits().
CREATE FUNCTION tenant_schema.write_audit(_subject text, _record text, _action text, _site uuid, _old jsonb, _new jsonb,
  _member uuid DEFAULT NULL) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN tenant_schema.write_audits(_subject, _action, ARRAY[_record], ARRAY[_site], ARRAY[_old], ARRAY[_new], _member);

SET LOCAL ROLE ims_ledger;
-- The business day of a moment at a site: its local date, where the hours before the cut-over belong to the day before.
CREATE FUNCTION tenant_schema.business_day(_at timestamptz, _time_zone text, _cutover_hour int) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ((_at AT TIME ZONE _time_zone) - make_interval(hours => _cutover_hour))::date;

SET LOCAL ROLE ims_ledger;
-- A JSON list of numbers as an array in its order; null where there is none.
CREATE FUNCTION tenant_schema.numbers_in(_list jsonb) RETURNS numeric[]
LANGUAGE sql IMMUTABLE
RETURN (SELECT array_agg(e::numeric ORDER BY n) FROM jsonb_array_elements_text(nullif(_list, 'null')) WITH ORDINALITY AS x (e, n));

SET LOCAL ROLE ims_ledger;
-- a / b rounded half away from zero. Division alone keeps only about sixteen digits, too few to round the last place of a
-- large value rightly; the zero with its many decimals makes it keep enough.
CREATE FUNCTION tenant_schema.quotient(_a numeric, _b numeric, _places int) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN round((_a + 0.000000000000000000000000000000000000) / _b, _places);

SET LOCAL ROLE ims_ledger;
-- How far a seal may reach now: the numbers below which nothing can appear any more. Writers take a transaction id before they
-- take a number (write_audit, post_lines), so whoever holds a number read here has a smaller transaction id than the one taken
-- here afterwards; once those have ended, all is there that will ever be. Where some still run, this moment is marked for a later
-- call, and an earlier mark that is settled by now is the answer. Nobody waits for anybody.
CREATE FUNCTION tenant_schema.settled_mark(OUT ready tenant_schema.seal_marks, OUT is_newest boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _now tenant_schema.seal_marks;
  _kept tenant_schema.seal_marks;
  _ended xid8; -- every transaction before this one has ended
BEGIN
  IF pg_current_xact_id_if_assigned() IS NOT NULL THEN
    RAISE EXCEPTION 'Sealing needs a transaction of its own.' USING ERRCODE = 'IM400';
  END IF;
  _now.only_one := true;
  _now.at := clock_timestamp();
  SELECT CASE WHEN s.is_called THEN s.last_value ELSE 0 END INTO _now.audit_id FROM tenant_schema.audit_log_id_seq s;
  SELECT CASE WHEN s.is_called THEN s.last_value ELSE 0 END INTO _now.posting_number FROM tenant_schema.postings_number_seq s;
  _now.xid := pg_current_xact_id();
  _ended := pg_snapshot_xmin(pg_current_snapshot());
  is_newest := _now.xid <= _ended;
  IF is_newest THEN
    ready := _now;
    RETURN;
  END IF;
  SELECT * INTO _kept FROM tenant_schema.seal_marks;
  IF _kept.xid <= _ended THEN
    ready := _kept;
  END IF;
  IF _kept.xid IS NULL OR _kept.xid <= _ended OR _kept.xid > _now.xid THEN -- the last: a mark of another server
    INSERT INTO tenant_schema.seal_marks VALUES (_now.*) ON CONFLICT (only_one) DO UPDATE
      SET audit_id = excluded.audit_id, posting_number = excluded.posting_number, xid = excluded.xid, at = excluded.at;
  END IF;
END $$;

SET LOCAL ROLE ims_ledger;
-- Whether this transaction takes in a long history, see settle_later(). Whoever says so without it cannot end it unsettled, see
-- refuse_unsettled().
CREATE FUNCTION tenant_schema.settles_later() RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN coalesce(current_setting('ims.settles_later', true), '') = 'yes';

SET LOCAL ROLE ims_ledger;
-- Of movements that took their worth from others in walk(): which are late, so that it was known only after they happened; where
-- some go in a circle, the stages of all, those that the worth of issues rests on, and the last of these. Nothing where none is late. `_known` says of an issue that was short
-- what covered the last of it; what stands beyond the objects' movements does not change.
CREATE FUNCTION tenant_schema.handed_over(_objects int[], _quantities numeric[], _known int[], _source int[], _group int[],
  _first_input int[], _last_input int[], _inputs int[], OUT late boolean[], OUT stages int[], OUT rests int[],
  OUT last_stage int)
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _count int := cardinality(_objects);
  _is_late boolean[] := array_fill(false, ARRAY[_count]);
  _takers int[] := '{}'; _givers int[] := '{}'; _n int := 0;
  _upto int[]; _last int[];
  _any boolean := false; _goes_round boolean := false;
BEGIN
  FOR _k IN 1 .. _count LOOP
    _known[_k] := coalesce(_known[_k], _k);
    IF _quantities[_k] > 0 AND _group[_k] IS NOT NULL THEN
      FOR _i IN _first_input[_group[_k]] .. _last_input[_group[_k]] LOOP
        _n := _n + 1; _takers[_n] := _k; _givers[_n] := _inputs[_i];
      END LOOP;
      _last[_objects[_k]] := _k;
    ELSIF _quantities[_k] > 0 AND _source[_k] IS NOT NULL AND (_source[_k] > _count OR _objects[_source[_k]] <> _objects[_k]) THEN
      _n := _n + 1; _takers[_n] := _k; _givers[_n] := _source[_k];
      _last[_objects[_k]] := _k;
    END IF;
    _upto[_k] := _last[_objects[_k]];
  END LOOP;
  FOR _i IN 1 .. _n LOOP
    IF _givers[_i] <= _count AND _known[_givers[_i]] >= _takers[_i] THEN
      _is_late[_takers[_i]] := true;
      _any := true;
      _goes_round := _goes_round OR coalesce(_upto[_known[_givers[_i]]] >= _takers[_i], false);
    END IF;
  END LOOP;
  IF _goes_round THEN
    SELECT s.stages, s.rests INTO stages, rests FROM tenant_schema.stages(_objects, _known, _takers, _givers) s;
  END IF;
  late := CASE WHEN _any THEN _is_late END;
  last_stage := coalesce((SELECT max(s) FROM unnest(stages) s), 0);
END $$;

SET LOCAL ROLE ims_ledger;
-- Of which lots a movement is, and how much of each did not come back, or arrive elsewhere, so far; signed as the movement. What
-- arrived as another lot than the sender had said counts as that one.
CREATE FUNCTION tenant_schema.lots_left(_movement bigint) RETURNS TABLE (lot_id uuid, moved numeric, rest numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  SELECT x.lot_id, sum(x.moved), sum(x.moved + x.come) FROM (
    SELECT y.lot_id, y.quantity AS moved, 0 AS come FROM tenant_schema.movement_lots y WHERE y.movement_id = _movement
    UNION ALL
    SELECT coalesce(y.left_as, y.lot_id), 0, y.quantity
    FROM tenant_schema.stock_movements b JOIN tenant_schema.movement_lots y ON y.movement_id = b.id
    WHERE b.of_id = _movement AND b.reverses_id IS NULL
      AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements r WHERE r.reverses_id = b.id)) x
  GROUP BY x.lot_id;
END;

SET LOCAL ROLE ims_ledger;
-- The lot of an item that is called so, made now where there is none. It learns when it expires where that was not known, and
-- that it was there earlier.
CREATE FUNCTION tenant_schema.make_lot(_item uuid, _code text, _expires date, _at timestamptz) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO tenant_schema.lots AS l (item_id, code, expires_on, arrived_at) VALUES (_item, btrim(_code), _expires, _at)
  ON CONFLICT (item_id, code) DO UPDATE SET expires_on = coalesce(l.expires_on, excluded.expires_on),
    arrived_at = least(l.arrived_at, excluded.arrived_at)
  WHERE l.arrived_at > excluded.arrived_at OR (l.expires_on IS NULL AND excluded.expires_on IS NOT NULL);
  RETURN (SELECT l.id FROM tenant_schema.lots l WHERE l.item_id = _item AND l.code = btrim(_code));
END $$;

SET LOCAL ROLE ims_ledger;
-- The movements of objects from their moments on that count, with what each brought along by now, and what the books say it is worth:
-- nothing where a part of that was known only when something covered it, see write_corrections(). A plan for the case at hand: a
-- plan for all cases would expect many, and most postings have none.
CREATE FUNCTION tenant_schema.moves_again(_objects tenant_schema.cost_object[], _undone bigint[]) RETURNS TABLE (
  o int, id bigint, at timestamptz, quantity numeric, given numeric, of_id bigint, weight numeric, doc uuid, day date, booked numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM unnest(_objects) w WHERE w.from_at < 'infinity') THEN
    RETURN;
  END IF;
  RETURN QUERY
  SELECT k.n::int, m.id, m.effective_at, m.quantity::numeric,
    CASE WHEN m.given_value IS NOT NULL THEN m.given_value
      + coalesce((SELECT sum(c.amount) FROM tenant_schema.price_changes c WHERE c.movement_id = m.id), 0) END,
    m.of_id, m.weight::numeric, CASE WHEN m.kind = 'PRODUCTION' THEN m.posting_id END, m.business_day,
    CASE WHEN c.is_true_up IS NOT TRUE THEN m.value + coalesce(c.value, 0) END
  FROM unnest(_objects) WITH ORDINALITY AS k (site_id, item_id, from_at, quantity, value, cost, is_fifo, n)
  JOIN tenant_schema.stock_movements m ON m.site_id = k.site_id AND m.item_id = k.item_id AND m.effective_at >= k.from_at
  CROSS JOIN LATERAL ( -- one by one: how many there are is never known before
    SELECT sum(c.value) AS value, bool_or(c.cause = 'TRUE_UP') AS is_true_up FROM tenant_schema.cost_corrections c WHERE c.movement_id = m.id) c
  WHERE k.from_at < 'infinity' AND m.kind <> 'MOVE' AND m.reverses_id IS NULL AND m.id <> ALL (_undone)
    AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements r WHERE r.reverses_id = m.id);
END $$;

SET LOCAL ROLE ims_ledger;
-- The lots of an item in a place in the order in which they are taken: what was there at that moment before what came later, what
-- expires first before what expires later or never.
CREATE FUNCTION tenant_schema.next_lots(_location uuid, _item uuid, _at timestamptz) RETURNS TABLE (lot_id uuid, on_hand numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  SELECT s.lot_id, s.on_hand FROM tenant_schema.stock_lots s JOIN tenant_schema.lots t ON t.id = s.lot_id
  WHERE s.site_id = (SELECT w.site_id FROM tenant_schema.storage_locations w WHERE w.id = _location)
    AND s.item_id = _item AND s.location_id = _location AND s.on_hand > 0
  ORDER BY t.arrived_at > _at, t.expires_on NULLS LAST, t.arrived_at, t.code;
END;

SET LOCAL ROLE ims_ledger;
-- When the first open business day of a site begins: what lies before is closed for everyone.
CREATE FUNCTION tenant_schema.open_from(_site uuid) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN (
  SELECT coalesce((max(p.ends_on) + 1 + make_interval(hours => s.day_cutover_hour)) AT TIME ZONE s.time_zone, '-infinity')
  FROM tenant_schema.sites s LEFT JOIN tenant_schema.periods p ON p.site_id = s.id AND p.reopened_at IS NULL
  WHERE s.id = _site GROUP BY s.id);

SET LOCAL ROLE ims_ledger;
-- What somebody needs to post a document of a kind; null for kinds that are no documents of their own.
CREATE FUNCTION tenant_schema.permission_of(_kind text) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN CASE WHEN _kind IN ('DELIVERY', 'SUPPLIER_RETURN') THEN 'deliveries.receive'
  WHEN _kind IN ('TRANSFER_OUT', 'MOVE') THEN 'transfers.send'
  WHEN _kind = 'TRANSFER_IN' THEN 'transfers.receive'
  WHEN _kind = 'WASTE' THEN 'waste.record'
  WHEN _kind IN ('ADJUSTMENT', 'CUSTOMER_RETURN', 'REVALUATION') THEN 'adjustments.record'
  WHEN _kind = 'PRODUCTION' THEN 'production.record'
  WHEN _kind = 'COUNT' THEN 'counts.post' END;

SET LOCAL ROLE ims_ledger;
-- What one of a currency is worth in another by the rate in force on a day, whichever way round it was told; nothing where none was told
-- of the two until then. To twenty places, which no sum of money shows.
CREATE FUNCTION tenant_schema.rate_on(_from text, _to text, _day date) RETURNS numeric
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN (
  SELECT CASE WHEN x.base = _from THEN x.rate ELSE tenant_schema.quotient(1, x.rate, 20) END
  FROM tenant_schema.exchange_rates x
  WHERE least(x.base, x.quote) = least(_from, _to)::bpchar AND greatest(x.base, x.quote) = greatest(_from, _to)::bpchar AND x.valid_from <= _day
  ORDER BY x.valid_from DESC LIMIT 1);

SET LOCAL ROLE ims_ledger;
-- Since when an item is short at a site of what others took their worth from: whatever covers it changes theirs. Infinity: it is not.
CREATE FUNCTION tenant_schema.short_since(_site uuid, _item uuid) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN coalesce((
  SELECT min(m.effective_at) FROM tenant_schema.cost_layers p JOIN tenant_schema.stock_movements m ON m.id = p.movement_id
  WHERE p.site_id = _site AND p.item_id = _item AND p.quantity < 0
  HAVING bool_or(m.kind IN ('TRANSFER_OUT', 'PRODUCTION'))), 'infinity');

SET LOCAL ROLE ims_ledger;
-- In which order movements are settled that take their worth from others, where some do so in a circle: as stages() and
-- circles() of domain/circles.py say. Of every movement in the order of time: its object, and the last one that changes its
-- worth; then the takers, in that order, each beside what it takes from. Odd for one circle, even for what is between. And of
-- every giver the stage that its worth rests on.
CREATE FUNCTION tenant_schema.stages(_objects int[], _known int[], _takers int[], _givers int[], OUT stages int[], OUT rests int[])
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _count int := cardinality(_objects);
  _upto int[]; -- of each movement: the last taker of its object until then
  _last int[]; -- of each object: the last taker until now; of each giver: the last that took from it
  _begin int[]; _ends int[]; _to int[] := '{}'; _edges int := 0; -- beyond _count: "this, and all that its object took before"
  _found int[]; _low int[]; _is_open boolean[]; _path int[]; _length int := 0; _number int := 0;
  _work int[]; _turn int[]; _depth int; _node int; _next int; _from int; _stage int; _seen int := 0;
  _stages int[] := array_fill(0, ARRAY[2 * _count]);
  _upto_of int[]; -- of each giver: the last taker of its object until its worth was known
  _t int := 1;
BEGIN
  FOR _k IN 1 .. _count LOOP
    IF _takers[_t] = _k THEN
      _begin[_count + _k] := _edges + 1;
      _edges := _edges + 1; _to[_edges] := _k;
      IF _last[_objects[_k]] IS NOT NULL THEN
        _edges := _edges + 1; _to[_edges] := _count + _last[_objects[_k]];
      END IF;
      _ends[_count + _k] := _edges;
      _last[_objects[_k]] := _k;
      WHILE _takers[_t] = _k LOOP
        _t := _t + 1;
      END LOOP;
    END IF;
    _upto[_k] := _last[_objects[_k]];
  END LOOP;
  _last := '{}';
  FOR _i IN 1 .. cardinality(_takers) LOOP
    _node := _takers[_i];
    _begin[_node] := coalesce(_begin[_node], _edges + 1);
    IF _givers[_i] <= _count AND _upto[_known[_givers[_i]]] IS NOT NULL THEN
      _upto_of[_givers[_i]] := _upto[_known[_givers[_i]]];
      _edges := _edges + 1; _to[_edges] := _count + _upto_of[_givers[_i]];
    END IF;
    IF _last[_givers[_i]] IS NOT NULL THEN -- those before leave it the rest
      _edges := _edges + 1; _to[_edges] := _last[_givers[_i]];
    END IF;
    _last[_givers[_i]] := _node;
    _ends[_node] := _edges;
  END LOOP;
  FOR _i IN 1 .. cardinality(_takers) LOOP
    CONTINUE WHEN _found[_takers[_i]] IS NOT NULL;
    _depth := 1; _work[1] := _takers[_i]; _turn[1] := _begin[_takers[_i]] - 1;
    WHILE _depth > 0 LOOP
      _node := _work[_depth];
      IF _found[_node] IS NULL THEN
        _number := _number + 1; _length := _length + 1;
        _found[_node] := _number; _low[_node] := _number; _path[_length] := _node; _is_open[_node] := true;
      ELSIF _is_open[_to[_turn[_depth]]] THEN
        _low[_node] := least(_low[_node], _low[_to[_turn[_depth]]]);
      END IF;
      IF _turn[_depth] < _ends[_node] THEN
        _turn[_depth] := _turn[_depth] + 1;
        _next := _to[_turn[_depth]];
        IF _found[_next] IS NULL THEN
          _depth := _depth + 1; _work[_depth] := _next; _turn[_depth] := _begin[_next] - 1;
        END IF;
        CONTINUE;
      END IF;
      _depth := _depth - 1;
      CONTINUE WHEN _low[_node] < _found[_node];
      _from := _length;
      WHILE _path[_from] <> _node LOOP
        _from := _from - 1;
      END LOOP;
      _stage := 0;
      IF _from < _length THEN
        _seen := _seen + 1; _stage := 2 * _seen - 1;
      ELSE
        FOR _e IN _begin[_node] .. _ends[_node] LOOP
          _stage := greatest(_stage, _stages[_to[_e]] + _stages[_to[_e]] % 2);
        END LOOP;
      END IF;
      FOR _p IN _from .. _length LOOP
        _stages[_path[_p]] := _stage; _is_open[_path[_p]] := false;
      END LOOP;
      _length := _from - 1;
    END LOOP;
  END LOOP;
  stages := _stages[:_count];
  rests := ARRAY(SELECT coalesce(_stages[_count + _upto_of[k]], 0) FROM generate_series(1, _count) AS k ORDER BY k);
END $$;

SET LOCAL ROLE ims_ledger;
-- How much somebody did today, the business day at the site, of what a money limit bounds, in how many documents: waste and
-- adjustments (with all that needs the same right) by the value of their movements, production by what it made, voids and refunds by what the orders came to. Counted by when it was entered, so that
-- dating back opens no other day, and with their corrections, so that it does not find
-- a time when nothing was known to cost anything either. What was undone counts no more; an undoing counts unless it takes back one's own of today.
CREATE FUNCTION tenant_schema.used_today(_member uuid, _permission text, _site uuid, OUT amount numeric, OUT documents bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _kinds text[] := CASE _permission WHEN 'waste.record' THEN '{WASTE}' WHEN 'counts.post' THEN '{COUNT}'
    WHEN 'adjustments.record' THEN '{ADJUSTMENT,CUSTOMER_RETURN,REVALUATION}'
    WHEN 'production.record' THEN '{PRODUCTION}'
    WHEN 'transfers.send' THEN '{TRANSFER_OUT}' END;
  _since timestamptz := (SELECT (tenant_schema.business_day(clock_timestamp(), s.time_zone, s.day_cutover_hour)
    + make_interval(hours => s.day_cutover_hour)) AT TIME ZONE s.time_zone FROM tenant_schema.sites s WHERE s.id = _site);
BEGIN
  IF _permission = 'sales.void' THEN
    SELECT coalesce(sum(abs(o.net_total + o.tax_total)), 0), count(DISTINCT p.id) INTO amount, documents
    FROM tenant_schema.postings p
    JOIN tenant_schema.orders o ON o.void_posting_id = p.id OR (o.posting_id = p.id AND o.kind = 'REFUND')
    WHERE p.posted_by = _member AND p.site_id = _site AND p.posted_at >= _since AND p.kind = 'SALE' AND p.reverses_id IS NOT NULL;
  ELSE
    SELECT coalesce(sum(abs(m.value + coalesce((SELECT sum(k.value) FROM tenant_schema.cost_corrections k WHERE k.movement_id = m.id), 0))), 0),
      count(DISTINCT m.posting_id) INTO amount, documents
    FROM tenant_schema.stock_movements m LEFT JOIN tenant_schema.stock_movements f ON f.id = m.reverses_id
    WHERE m.posted_by = _member AND m.site_id = _site AND m.kind = ANY (_kinds) AND m.posted_at >= _since
      AND NOT (m.kind = 'PRODUCTION' AND m.value < 0) -- what was used is worth what it made
      AND m.kind IN ('WASTE', 'ADJUSTMENT', 'CUSTOMER_RETURN', 'TRANSFER_OUT', 'PRODUCTION', 'REVALUATION', 'COUNT')
      AND NOT (m.kind = 'COUNT' AND EXISTS (SELECT FROM tenant_schema.count_sheets s -- somebody else answers for what they approved
        WHERE s.posting_id = m.posting_id AND s.approved_by <> _member AND s.approved_hash IS NOT NULL))
      AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements r WHERE r.reverses_id = m.id)
      AND (f.id IS NULL OR f.posted_by <> _member OR f.posted_at < _since);
    IF _permission = 'counts.post' THEN -- and what others posted because this one had approved it
      SELECT used_today.amount + coalesce(sum(abs(m.value + coalesce((SELECT sum(k.value) FROM tenant_schema.cost_corrections k WHERE k.movement_id = m.id), 0))), 0),
        used_today.documents + count(DISTINCT m.posting_id) INTO amount, documents
      FROM tenant_schema.count_sheets s JOIN tenant_schema.stock_movements m ON m.posting_id = s.posting_id
      WHERE s.site_id = _site AND s.approved_by = _member AND s.ended_by <> _member AND s.approved_hash IS NOT NULL AND s.ended_at >= _since
        AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements r WHERE r.reverses_id = m.id);
    END IF;
    IF _permission = 'adjustments.record' THEN -- and by how much changes of prices changed what was received
      SELECT used_today.amount + coalesce(sum(abs(c.amount)), 0), used_today.documents + count(DISTINCT p.id) INTO amount, documents
      FROM tenant_schema.postings p JOIN tenant_schema.price_changes c ON c.posting_id = p.id
      LEFT JOIN tenant_schema.postings f ON f.id = p.reverses_id
      WHERE p.posted_by = _member AND p.site_id = _site AND p.posted_at >= _since AND p.kind IN ('PRICE', 'LANDED')
        AND NOT EXISTS (SELECT FROM tenant_schema.postings r WHERE r.reverses_id = p.id)
        AND (f.id IS NULL OR f.posted_by <> _member OR f.posted_at < _since);
    END IF;
  END IF;
END $$;

SET LOCAL ROLE ims_ledger;
-- The lines of a receipt with what is known of what they are of; fields are null where there is nothing of that name. Where `_lots`
-- has something for a line, the line stands for one lot of what was sent, {lot, arrived, expires}, or with no lot for what is of none.
CREATE FUNCTION tenant_schema.arriving_lines(
  _transfer uuid, _of bigint[], _quantities numeric[], _locations uuid[], _rests text[], _reasons uuid[], _lots jsonb)
RETURNS tenant_schema.arriving_line[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN (
  SELECT array_agg(ROW(u.n, u.of_id, m.item_id, m.location_id, u.location_id, -m.quantity, w.worth,
    CASE WHEN said.lot IS NULL THEN -m.quantity - w.come
         WHEN said.lot ->> 'lot' IS NULL THEN greatest(-m.quantity - w.come - of_lots.all_of_them, 0)
         ELSE least(coalesce(of_lots.one, 0), -m.quantity - w.come) END,
    round(u.quantity, 6), u.rest, u.reason_id, i.tracks_lots, said.lot IS NOT NULL, said.lot ->> 'lot',
    nullif(btrim(said.lot ->> 'arrived'), ''), said.lot ->> 'expires')::tenant_schema.arriving_line ORDER BY u.n)
  FROM unnest(_of, _quantities, _locations, _rests, _reasons) WITH ORDINALITY AS u (of_id, quantity, location_id, rest, reason_id, n)
  LEFT JOIN tenant_schema.stock_movements m ON m.id = u.of_id AND m.posting_id = _transfer AND m.quantity < 0
    AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements r WHERE r.reverses_id = m.id)
  LEFT JOIN tenant_schema.items i ON i.id = m.item_id
  CROSS JOIN LATERAL (SELECT nullif(_lots -> (u.n - 1)::int, 'null') AS lot) said
  LEFT JOIN LATERAL (
    SELECT coalesce(sum(-l.rest) FILTER (WHERE l.rest < 0), 0) AS all_of_them, sum(-l.rest) FILTER (WHERE t.code = said.lot ->> 'lot') AS one
    FROM tenant_schema.lots_left(m.id) l JOIN tenant_schema.lots t ON t.id = l.lot_id) of_lots ON said.lot IS NOT NULL
  LEFT JOIN LATERAL (
    SELECT -m.value - coalesce((SELECT sum(k.value) FROM tenant_schema.cost_corrections k WHERE k.movement_id = m.id), 0) AS worth,
      coalesce((SELECT sum(t.quantity) FROM tenant_schema.stock_movements t WHERE t.of_id = m.id AND t.reverses_id IS NULL
        AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements r WHERE r.reverses_id = t.id)), 0) AS come) w ON m.id IS NOT NULL);

SET LOCAL ROLE ims_ledger;
-- Everything wrong with the lines of a receipt at a site, as problems with row, field and sentence; null when all is well.
CREATE FUNCTION tenant_schema.check_arriving(_site uuid, _lines tenant_schema.arriving_line[]) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN (
  SELECT jsonb_agg(jsonb_build_object('row', l.n, 'field', p.field, 'text', p.text) ORDER BY l.n)
  FROM unnest(_lines) l
  LEFT JOIN tenant_schema.storage_locations w ON w.id = l.location_id AND w.site_id = _site AND w.is_active
  LEFT JOIN tenant_schema.lots t ON t.item_id = l.item_id AND t.code = l.arrived_lot
  LEFT JOIN tenant_schema.items i ON i.id = l.item_id
  LEFT JOIN tenant_schema.reason_codes r ON r.id = l.reason_id AND r.is_active AND 'ADJUSTMENT' = ANY (r.kinds)
  CROSS JOIN LATERAL (VALUES
    ('of_id', CASE WHEN l.item_id IS NULL THEN 'This is no line of the transfer.'
                   WHEN l.under_way <= 0 THEN 'Nothing of this is still under way.' END),
    ('lot', CASE WHEN NOT l.by_lot THEN NULL
                 WHEN l.tracks_lots = 'NO' THEN format('%s is not kept by lots.', i.name)
                 WHEN length(l.arrived_lot) > 40 THEN 'The name of a lot has at most 40 letters.'
                 WHEN l.expires !~ '^[12][0-9]{3}-[01][0-9]-[0-3][0-9]$' THEN 'Write the day on which it expires as 2026-01-31.'
                 WHEN l.quantity > 0 AND l.tracks_lots = 'EXPIRY' AND t.expires_on IS NULL AND l.expires IS NULL AND l.arrived_lot IS NOT NULL
                   AND i.shelf_life_days IS NULL THEN format('Say when lot %s expires.', l.arrived_lot)
                 WHEN l.expires <> t.expires_on::text THEN format('Lot %s of %s expires on %s.', l.arrived_lot, i.name, t.expires_on) END),
    ('quantity', CASE WHEN l.quantity IS NULL OR l.quantity = 'NaN' OR l.quantity < 0 THEN 'Enter how much arrived; nothing is 0.'
                      WHEN l.quantity >= 1000000000 THEN 'This quantity is absurdly large.' END),
    ('location', CASE WHEN l.quantity > 0 AND w.id IS NULL THEN 'Choose a storage location of the site.' END),
    ('rest', CASE WHEN coalesce(l.rest, '') NOT IN ('STAYS', 'BACK', 'MISSING') THEN 'Say what became of the rest.' END),
    ('reason', CASE WHEN (l.rest = 'MISSING' AND l.quantity < l.under_way OR l.quantity > l.under_way) AND r.id IS NULL
                      THEN 'Choose a reason for what is missing or too much.' END)
  ) AS p (field, text)
  WHERE p.text IS NOT NULL);

SET LOCAL ROLE ims_ledger;
-- What a site had of an item just before a moment, reckoned back from the present, so that only what is later has to be walked
-- again. No quantity where that cannot be told: with layers, while something was short, or where the method ever changed. Nothing but
-- the quantity where only that is asked (`_in_full`).
CREATE FUNCTION tenant_schema.cost_before(_site uuid, _item uuid, _from timestamptz, _in_full boolean DEFAULT true,
  OUT quantity numeric, OUT value numeric, OUT cost numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _in tenant_schema.stock_movements; -- what set the cost
  _q numeric; _v numeric; -- after it
BEGIN
  IF EXISTS (SELECT FROM tenant_schema.items i WHERE i.id = _item AND i.cost_method = 'FIFO')
     OR EXISTS (SELECT FROM tenant_schema.item_methods h WHERE h.item_id = _item) THEN
    RETURN;
  END IF;
  SELECT c.quantity - coalesce(m.quantity, 0), c.value - coalesce(m.value, 0) INTO quantity, value
  FROM tenant_schema.stock_costs c
  CROSS JOIN (SELECT sum(l.quantity) AS quantity, sum(l.value) FILTER (WHERE _in_full) AS value FROM tenant_schema.stock_movements l
              WHERE l.site_id = _site AND l.item_id = _item AND l.effective_at >= _from
                AND (l.weight = 0 AND l.kind <> 'PRODUCTION') IS NOT TRUE) m -- what only passes never was there
  WHERE c.site_id = _site AND c.item_id = _item;
  IF quantity < 0 THEN
    quantity := NULL;
    RETURN;
  END IF;
  IF NOT _in_full THEN
    RETURN;
  END IF;
  value := value - coalesce((SELECT sum(l.value) FROM tenant_schema.cost_corrections l
                             WHERE l.site_id = _site AND l.item_id = _item AND l.applies_at >= _from), 0);
  cost := 0;
  SELECT m.* INTO _in FROM tenant_schema.stock_movements m
  WHERE m.site_id = _site AND m.item_id = _item AND m.effective_at < _from AND m.kind <> 'MOVE'
    AND (m.weight = 0 AND m.kind <> 'PRODUCTION') IS NOT TRUE
    AND m.reverses_id IS NULL AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements r WHERE r.reverses_id = m.id)
    AND (m.quantity > 0 OR m.quantity = 0
      AND m.value + coalesce((SELECT sum(k.value) FROM tenant_schema.cost_corrections k WHERE k.movement_id = m.id), 0) <> 0)
  ORDER BY m.effective_at DESC, m.id DESC LIMIT 1;
  IF _in.id IS NOT NULL THEN
    SELECT cost_before.quantity - coalesce(m.quantity, 0), cost_before.value - coalesce(m.value, 0) - coalesce(k.value, 0) INTO _q, _v
    FROM (SELECT sum(l.quantity) AS quantity, sum(l.value) AS value FROM tenant_schema.stock_movements l
          WHERE l.site_id = _site AND l.item_id = _item AND l.effective_at >= _in.effective_at AND l.effective_at < _from
            AND (l.effective_at > _in.effective_at OR l.id > _in.id AND l.reverses_id IS NULL
              AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements r WHERE r.reverses_id = l.id))) m
    CROSS JOIN (SELECT sum(l.value) AS value FROM tenant_schema.cost_corrections l
                LEFT JOIN tenant_schema.stock_movements x ON l.applies_at = _in.effective_at AND x.id = l.movement_id
                WHERE l.site_id = _site AND l.item_id = _item AND l.applies_at >= _in.effective_at AND l.applies_at < _from
                  AND (l.applies_at > _in.effective_at OR x.effective_at = l.applies_at AND x.id > _in.id
                    AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements r WHERE r.reverses_id = x.id))) k;
    IF _q - _in.quantity >= 0 THEN
      cost := tenant_schema.quotient(_v, _q, 12);
    ELSE -- it covered what was short, so it alone says what things cost
      cost := tenant_schema.quotient(_in.value + coalesce((SELECT sum(k.value) FROM tenant_schema.cost_corrections k
        WHERE k.movement_id = _in.id), 0), _in.quantity, 12);
    END IF;
  END IF;
END $$;

SET LOCAL ROLE ims_ledger;
-- What has to be walked when these objects change from these moments on: they, and whatever takes its worth from them, by a
-- transfer or by production, from then on; each with what it had before, or only since when (`_in_full`). Locks nothing.
CREATE FUNCTION tenant_schema.cost_objects(_seeds tenant_schema.cost_object[], _in_full boolean DEFAULT true) RETURNS tenant_schema.cost_object[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _objects tenant_schema.cost_object[];
  _object tenant_schema.cost_object;
  _todo int[];
  _taker record;
  _before record;
  _n int;
BEGIN
  SELECT array_agg(ROW(c.site_id, c.item_id, s.from_at, c.quantity, c.value, c.average_cost, c.is_fifo)::tenant_schema.cost_object
      ORDER BY c.site_id, c.item_id) INTO _objects
  FROM (SELECT u.site_id, u.item_id, min(u.from_at) AS from_at FROM unnest(_seeds) u GROUP BY u.site_id, u.item_id) s
  JOIN tenant_schema.stock_costs c ON c.site_id = s.site_id AND c.item_id = s.item_id;
  SELECT coalesce(array_agg(o.n::int), '{}') INTO _todo FROM unnest(_objects) WITH ORDINALITY
    AS o (site_id, item_id, from_at, quantity, value, cost, is_fifo, n) WHERE o.from_at < 'infinity';
  WHILE cardinality(_todo) > 0 LOOP
    _n := _todo[1];
    _todo := _todo[2:];
    _object := _objects[_n];
    IF _object.from_at > '-infinity' THEN
      _before := tenant_schema.cost_before(_object.site_id, _object.item_id, _object.from_at, _in_full);
      _object.quantity := _before.quantity; _object.value := _before.value; _object.cost := _before.cost; _object.is_fifo := false;
    END IF;
    IF _object.from_at = '-infinity' OR _object.quantity IS NULL THEN
      _object.from_at := '-infinity'; _object.quantity := 0; _object.value := 0; _object.cost := 0; _object.is_fifo := false;
    END IF;
    _objects[_n] := _object;
    FOR _taker IN
      SELECT t.site_id, t.item_id, min(t.effective_at) AS from_at
      FROM tenant_schema.stock_movements m
      JOIN tenant_schema.stock_movements t ON t.of_id = m.id AND (t.site_id, t.item_id) <> (m.site_id, m.item_id)
      WHERE m.site_id = _object.site_id AND m.item_id = _object.item_id AND m.effective_at >= _object.from_at AND m.kind = 'TRANSFER_OUT'
      GROUP BY t.site_id, t.item_id
      UNION ALL
      SELECT t.site_id, t.item_id, min(t.effective_at)
      FROM tenant_schema.stock_movements m
      JOIN tenant_schema.stock_movements t ON t.posting_id = m.posting_id AND t.quantity > 0
      WHERE m.site_id = _object.site_id AND m.item_id = _object.item_id AND m.effective_at >= _object.from_at AND m.kind = 'PRODUCTION'
        AND m.quantity < 0
      GROUP BY t.site_id, t.item_id
    LOOP
      SELECT o.n INTO _n FROM unnest(_objects) WITH ORDINALITY AS o (site_id, item_id, from_at, quantity, value, cost, is_fifo, n)
       WHERE o.site_id = _taker.site_id AND o.item_id = _taker.item_id;
      IF _n IS NULL THEN
        _n := cardinality(_objects) + 1;
      ELSIF (_objects[_n]).from_at <= _taker.from_at THEN
        CONTINUE;
      END IF;
      _objects[_n] := ROW(_taker.site_id, _taker.item_id, _taker.from_at, NULL, NULL, NULL, NULL)::tenant_schema.cost_object;
      _todo := _todo || _n;
    END LOOP;
  END LOOP;
  RETURN _objects;
END $$;

SET LOCAL ROLE ims_ledger;
-- There are never more lots in a place than there is stock: what was used before it came, and so was of no lot, was of these. The
-- newest such uses learn it, from the lots that expire first.
CREATE FUNCTION tenant_schema.cover_lots(_posting uuid, _site uuid, _location uuid, _item uuid, _at timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _over numeric := (SELECT coalesce(sum(s.on_hand), 0) FROM tenant_schema.stock_lots s WHERE s.location_id = _location AND s.item_id = _item)
    - greatest((SELECT l.on_hand FROM tenant_schema.stock_levels l WHERE l.location_id = _location AND l.item_id = _item), 0);
  _lot record;
  _used record;
  _taken numeric;
BEGIN
  WHILE _over > 0 LOOP
    SELECT m.id, -m.quantity + x.quantity AS quantity INTO _used
      FROM tenant_schema.stock_movements m
      CROSS JOIN LATERAL (SELECT coalesce(sum(y.quantity), 0) AS quantity FROM tenant_schema.movement_lots y WHERE y.movement_id = m.id) x
     WHERE m.site_id = _site AND m.item_id = _item AND m.location_id = _location AND m.quantity < x.quantity AND m.quantity < 0
       AND m.reverses_id IS NULL AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements r WHERE r.reverses_id = m.id)
     ORDER BY m.effective_at DESC, m.id DESC LIMIT 1;
    SELECT n.lot_id, n.on_hand INTO _lot FROM tenant_schema.next_lots(_location, _item, _at) n LIMIT 1;
    EXIT WHEN _used.id IS NULL OR _lot.lot_id IS NULL;
    _taken := least(_over, _used.quantity, _lot.on_hand);
    PERFORM tenant_schema.move_lot(_posting, _used.id, _site, _location, _item, _lot.lot_id, -_taken);
    _over := _over - _taken;
  END LOOP;
END $$;

SET LOCAL ROLE ims_ledger;
-- What documents about these items at a site may change besides what is theirs: `_sources`, those of the items that have something
-- later than `_from` or are short, and whatever takes its worth from them. Nothing at all, as for most documents.
CREATE FUNCTION tenant_schema.dependants(_site uuid, _items uuid[], _from timestamptz, _sources tenant_schema.cost_object[])
RETURNS tenant_schema.cost_object[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN coalesce(tenant_schema.cost_objects(_sources || ARRAY(
  SELECT ROW(c.site_id, c.item_id, least(CASE WHEN c.last_movement_at >= _from THEN _from ELSE 'infinity' END,
    CASE WHEN c.quantity < 0 THEN tenant_schema.short_since(_site, c.item_id) END), NULL, NULL, NULL, NULL)::tenant_schema.cost_object
  FROM tenant_schema.stock_costs c
  WHERE c.site_id = _site AND c.item_id = ANY (_items) AND (c.last_movement_at >= _from OR c.quantity < 0)), false), '{}');

SET LOCAL ROLE ims_ledger;
-- Takes the key of a posting for this transaction and answers the result of an earlier posting under it, or null. Whoever
-- sends the same key at the same time waits here. The same key with other content is refused.
CREATE FUNCTION tenant_schema.first_result(_key uuid, _content bytea) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _first tenant_schema.postings;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(_key::text, 0));
  SELECT * INTO _first FROM tenant_schema.postings p WHERE p.id = _key;
  IF _first.id IS NULL THEN
    IF EXISTS (SELECT FROM tenant_schema.approval_requests r WHERE r.id = _key AND CASE r.state -- the key of what waits is kept for it
        WHEN 'APPROVED' THEN r.decided_by WHEN 'WAITING' THEN NULL ELSE r.asked_by END IS DISTINCT FROM tenant_schema.me()) THEN
      RAISE EXCEPTION 'This posting key was already used with other content.' USING ERRCODE = 'IM409';
    END IF;
    RETURN NULL;
  END IF;
  IF _first.content_hash <> _content OR _first.posted_by IS DISTINCT FROM tenant_schema.me() THEN
    RAISE EXCEPTION 'This posting key was already used with other content.' USING ERRCODE = 'IM409';
  END IF;
  RETURN tenant_schema.posting_result(_first);
END $$;

SET LOCAL ROLE ims_ledger;
-- What one base unit of an item weighs: by its unit, its density, or what one piece weighs. Nothing where that is not known.
CREATE FUNCTION tenant_schema.grams_of(_item uuid) RETURNS numeric
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN (
  SELECT u.numerator / u.denominator * CASE u.dimension
    WHEN 'WEIGHT' THEN 1 WHEN 'VOLUME' THEN i.grams_per_millilitre WHEN 'COUNT' THEN i.grams_per_each END
  FROM tenant_schema.items i JOIN tenant_schema.units u ON u.code = i.base_unit WHERE i.id = _item);

SET LOCAL ROLE ims_ledger;
-- Keeps when these items were counted last, as a count says that is about to be posted. Those that differ get it with what they are
-- worth, from post_lines(): a row that one transaction changes twice has its foreign keys checked again.
CREATE FUNCTION tenant_schema.keep_counted(_posting tenant_schema.postings, _items uuid[], _differing tenant_schema.posting_line[]) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  UPDATE tenant_schema.stock_costs c SET last_counted_at = greatest(c.last_counted_at, _posting.effective_at)
   WHERE c.site_id = _posting.site_id
     AND c.item_id = ANY (ARRAY(SELECT i FROM unnest(_items) i EXCEPT SELECT d.item_id FROM unnest(_differing) d));
END;

SET LOCAL ROLE ims_ledger;
-- After a posting of a transfer, or one that takes some of it back: how much of each issue that it concerns is under way now.
CREATE FUNCTION tenant_schema.keep_under_way(_posting uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _issues bigint[] := ARRAY(
    SELECT coalesce(u.of_id, u.id, m.of_id, m.id) FROM tenant_schema.stock_movements m
    LEFT JOIN tenant_schema.stock_movements u ON u.id = m.reverses_id WHERE m.posting_id = _posting);
BEGIN
  WITH now AS (
    SELECT m.id, p.id AS transfer_id, m.site_id, p.to_site_id, m.item_id,
      CASE WHEN EXISTS (SELECT FROM tenant_schema.stock_movements u WHERE u.reverses_id = m.id) THEN 0 ELSE -m.quantity - coalesce((
        SELECT sum(t.quantity) FROM tenant_schema.stock_movements t WHERE t.of_id = m.id AND t.reverses_id IS NULL
          AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements r WHERE r.reverses_id = t.id)), 0) END AS quantity
    FROM tenant_schema.stock_movements m JOIN tenant_schema.postings p ON p.id = m.posting_id
    WHERE m.id = ANY (_issues) AND m.kind = 'TRANSFER_OUT' AND m.quantity < 0 AND m.reverses_id IS NULL
  ), gone AS (
    DELETE FROM tenant_schema.under_way w USING now n WHERE w.movement_id = n.id AND n.quantity <= 0)
  INSERT INTO tenant_schema.under_way (movement_id, transfer_id, site_id, to_site_id, item_id, quantity)
  SELECT n.id, n.transfer_id, n.site_id, n.to_site_id, n.item_id, n.quantity FROM now n WHERE n.quantity > 0
  ON CONFLICT (movement_id) DO UPDATE SET quantity = excluded.quantity;
END $$;

SET LOCAL ROLE ims_ledger;
-- Where the person has a money limit for this: waits until nothing else of theirs that it bounds is under way, so that two desks
-- cannot each use what is left of it. Answers whether there is a limit.
CREATE FUNCTION tenant_schema.lock_limit(_permission text, _site uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF _permission IS NULL OR tenant_schema.limit_of(_permission, _site) IS NULL THEN
    RETURN false;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended(format('limit of tenant_schema %s %s %s', tenant_schema.me(), _permission, _site), 0));
  PERFORM tenant_schema.settle();
  PERFORM set_config('ims.settles_later', '', true); -- what is bounded is worth what it is worth at once
  RETURN true;
END $$;

SET LOCAL ROLE ims_ledger;
-- Waits until nothing else maps what waits at a site, or voids an order of which something waits: two products of one order are
-- mapped one after the other, and nothing is added to an order that is being voided. Taken before the order itself.
CREATE FUNCTION tenant_schema.lock_unmapped(_site uuid) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT pg_advisory_xact_lock(hashtextextended(format('unmapped of tenant_schema %s', _site), 0))
$$;

SET LOCAL ROLE ims_ledger;
-- What a line is made of where nobody named lots, first come first taken. Out: what it gives back of an earlier receipt, then the
-- lots in that place that expire first. In: what the issue was that comes back or arrives, or what this move took elsewhere; a
-- delivery and a production bring a lot of their own, called by their day, that expires when the shelf life is over.
CREATE FUNCTION tenant_schema.lot_sources(_posting tenant_schema.postings, _line tenant_schema.posting_line, _of bigint)
RETURNS TABLE (lot_id uuid, quantity numeric)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _site tenant_schema.sites;
  _day date;
BEGIN
  IF _of IS NOT NULL THEN
    RETURN QUERY
      SELECT t.id, abs(x.rest) FROM tenant_schema.lots_left(_of) x JOIN tenant_schema.lots t ON t.id = x.lot_id
      WHERE x.rest * _line.quantity < 0 AND (_line.quantity > 0 OR EXISTS (
        SELECT FROM tenant_schema.stock_lots s WHERE s.location_id = _line.location_id AND s.lot_id = t.id AND s.on_hand > 0))
      ORDER BY t.expires_on NULLS LAST, t.arrived_at, t.code;
  END IF;
  IF _line.quantity < 0 THEN
    RETURN QUERY SELECT n.lot_id, n.on_hand FROM tenant_schema.next_lots(_line.location_id, _line.item_id, _line.effective_at) n;
  ELSIF _posting.kind = 'MOVE' THEN
    RETURN QUERY
      SELECT t.id, x.quantity FROM (
        SELECT y.lot_id, -sum(y.quantity) AS quantity FROM tenant_schema.movement_lots y
        WHERE y.movement_id IN (SELECT m.id FROM tenant_schema.stock_movements m WHERE m.posting_id = _posting.id AND m.item_id = _line.item_id)
        GROUP BY y.lot_id HAVING sum(y.quantity) < 0) x JOIN tenant_schema.lots t ON t.id = x.lot_id
      ORDER BY t.expires_on NULLS LAST, t.arrived_at, t.code;
  ELSIF _posting.kind IN ('DELIVERY', 'PRODUCTION') AND _of IS NULL THEN
    SELECT * INTO STRICT _site FROM tenant_schema.sites s WHERE s.id = _posting.site_id;
    _day := tenant_schema.business_day(_line.effective_at, _site.time_zone, _site.day_cutover_hour);
    RETURN QUERY
      SELECT tenant_schema.make_lot(i.id, _day::text, CASE WHEN i.tracks_lots = 'EXPIRY' THEN _day + i.shelf_life_days END, _line.effective_at),
        _line.quantity FROM tenant_schema.items i WHERE i.id = _line.item_id;
  END IF;
END $$;

SET LOCAL ROLE ims_ledger;
-- Says that so much of a movement is of a lot, and keeps what lies there of it. When more of a lot is taken back than is left, the
-- rest was used meanwhile: the newest uses of it are of no lot again, until cover_lots() finds them another. `_left_as` is the lot that the sender had said
-- of what arrived.
CREATE FUNCTION tenant_schema.move_lot(_posting uuid, _movement bigint, _site uuid, _location uuid, _item uuid, _lot uuid,
  _quantity numeric, _left_as uuid DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _missing numeric := -_quantity - coalesce((SELECT s.on_hand FROM tenant_schema.stock_lots s
    WHERE s.location_id = _location AND s.lot_id = _lot), 0);
  _used record;
BEGIN
  IF _quantity < 0 AND _missing > 0 THEN
    FOR _used IN
      SELECT m.id, -sum(x.quantity) AS quantity
      FROM tenant_schema.movement_lots x JOIN tenant_schema.stock_movements m ON m.id = x.movement_id
      WHERE x.lot_id = _lot AND m.location_id = _location AND m.quantity < 0 AND m.reverses_id IS NULL AND m.id <> _movement
        AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements r WHERE r.reverses_id = m.id)
      GROUP BY m.id HAVING sum(x.quantity) < 0
      ORDER BY m.kind IN ('TRANSFER_OUT', 'MOVE', 'PRODUCTION'), m.effective_at DESC, m.id DESC
    LOOP
      EXIT WHEN _missing <= 0;
      _used.quantity := least(_used.quantity, _missing);
      PERFORM tenant_schema.move_lot(_posting, _used.id, _site, _location, _item, _lot, _used.quantity);
      _missing := _missing - _used.quantity;
    END LOOP;
  END IF;
  INSERT INTO tenant_schema.movement_lots (movement_id, lot_id, site_id, quantity, posting_id, left_as)
  VALUES (_movement, _lot, _site, _quantity, _posting, nullif(_left_as, _lot));
  INSERT INTO tenant_schema.stock_lots AS s (location_id, lot_id, item_id, site_id, on_hand)
  VALUES (_location, _lot, _item, _site, greatest(_quantity, 0)) ON CONFLICT (location_id, lot_id) DO NOTHING;
  IF NOT FOUND THEN
    UPDATE tenant_schema.stock_lots s SET on_hand = s.on_hand + _quantity WHERE s.location_id = _location AND s.lot_id = _lot;
  END IF;
END $$;

SET LOCAL ROLE ims_ledger;
-- While a long history comes in: what lines are worth for now that would make something else worth another thing, as after every
-- movement there is, and since when their objects are not settled. settle() says what all of it is worth, once for many of them.
-- Answers as walk_ahead() does; nothing where lines are settled at once.
CREATE FUNCTION tenant_schema.put_off(_site uuid, _lines tenant_schema.posting_line[], _of bigint[],
  OUT firsts numeric[], OUT items uuid[], OUT quantities numeric[], OUT worths numeric[], OUT costs numeric[], OUT ats timestamptz[])
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _touched tenant_schema.cost_object[];
  _line record;
  _item uuid;
  _q numeric; _v numeric; _a numeric; _x numeric;
  _n int := 0;
BEGIN
  IF NOT tenant_schema.settles_later() OR EXISTS (SELECT FROM unnest(_lines) l WHERE l.reverses_id IS NOT NULL) THEN
    RETURN;
  END IF;
  _touched := tenant_schema.touched_costs(_site, _lines, _of);
  IF NOT EXISTS (
    SELECT FROM unnest(_touched) t
    CROSS JOIN LATERAL (SELECT * FROM tenant_schema.stock_costs c WHERE c.site_id = t.site_id AND c.item_id = t.item_id LIMIT 1) c
    WHERE t.from_at < 'infinity' OR c.unsettled_from IS NOT NULL) THEN
    RETURN;
  END IF;
  firsts := array_fill(0::numeric, ARRAY[cardinality(_lines)]);
  FOR _line IN
    SELECT l.n::int AS n, l.item_id, l.quantity, coalesce(round(l.value, 6), round(l.quantity * round(l.unit_cost, 12), 6)) AS given,
      l.effective_at AS at, c.quantity AS q, c.value AS v, c.average_cost AS a
    FROM unnest(_lines) WITH ORDINALITY AS l (item_id, location_id, quantity, value, unit_cost, reason_id, note,
      entered_quantity, entered_unit, effective_at, order_id, reverses_id, n)
    CROSS JOIN LATERAL (SELECT * FROM tenant_schema.stock_costs c WHERE c.site_id = _site AND c.item_id = l.item_id LIMIT 1) c
    ORDER BY l.item_id, l.effective_at, l.n
  LOOP
    IF _item IS DISTINCT FROM _line.item_id THEN
      _item := _line.item_id; _q := _line.q; _v := _line.v; _a := _line.a; _n := _n + 1;
    END IF;
    _q := _q + _line.quantity;
    _x := CASE WHEN _q = 0 THEN -_v WHEN _line.quantity > 0 THEN coalesce(_line.given, round(_line.quantity * _a, 6))
               ELSE round(_line.quantity * _a, 6) END;
    _v := _v + _x;
    firsts[_line.n] := _x;
    items[_n] := _item; quantities[_n] := _q; worths[_n] := _v; costs[_n] := _a; ats[_n] := _line.at;
  END LOOP;
  UPDATE tenant_schema.stock_costs c SET unsettled_from = least(c.unsettled_from, u.from_at)
  FROM (
    SELECT t.site_id, t.item_id, min(t.from_at) AS from_at
    FROM (SELECT t.site_id, t.item_id, t.from_at FROM unnest(_touched) t WHERE t.from_at < 'infinity'
          UNION ALL SELECT _site, l.item_id, l.effective_at FROM unnest(_lines) l) t
    GROUP BY t.site_id, t.item_id) u
  WHERE c.site_id = u.site_id AND c.item_id = u.item_id;
END $$;

SET LOCAL ROLE ims_ledger;
-- Refuses to take anything out, where stock never goes below zero, to whoever counts there blind: by trying how much is refused, and
-- taking it back, they would find out in a few tries what is expected. Whoever may post counts there sees the stock all the while.
CREATE FUNCTION tenant_schema.refuse_blind(_site tenant_schema.sites, _lines tenant_schema.posting_line[]) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM tenant_schema.count_sheets s WHERE s.site_id = _site.id AND s.is_blind AND s.state IN ('OPEN', 'REVIEW'))
     AND _site.id <> ALL (tenant_schema.scope('counts.post')) AND EXISTS (SELECT FROM unnest(_lines) l WHERE l.quantity < 0) THEN
    RAISE EXCEPTION 'Nothing is taken out at % while it is counted blind.', _site.name USING ERRCODE = 'IM400', DETAIL = jsonb_build_array(
      jsonb_build_object('field', 'lines', 'text', format(
        'Nothing is taken out at %s while it is counted blind: enter it after the count, or ask whoever posts the count.', _site.name)));
  END IF;
END $$;

SET LOCAL ROLE ims_ledger;
-- Refuses what is dated in a closed period; nothing in it changes, for nobody. lock_costs() keeps periods as they are meanwhile.
CREATE FUNCTION tenant_schema.refuse_closed(_site tenant_schema.sites, _posting tenant_schema.postings, _lines tenant_schema.posting_line[])
RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _open timestamptz := tenant_schema.open_from((_site).id);
  _last date;
BEGIN
  IF _posting.effective_at < _open OR EXISTS (SELECT FROM unnest(_lines) l WHERE l.effective_at < _open) THEN
    SELECT max(p.ends_on) INTO _last FROM tenant_schema.periods p WHERE p.site_id = (_site).id AND p.reopened_at IS NULL;
    RAISE EXCEPTION '%', format('%s is closed up to %s: date it %s or later, or have the period reopened.', (_site).name,
        to_char(_last, 'FMDD Mon YYYY'), to_char(_last + 1, 'FMDD Mon YYYY'))
      USING ERRCODE = 'IM400', DETAIL = jsonb_build_array(jsonb_build_object('field', 'effective_at',
        'text', format('This day is closed. The first open one is %s.', to_char(_last + 1, 'FMDD Mon YYYY'))))::text;
  END IF;
END $$;

SET LOCAL ROLE ims_ledger;
-- Refuses lines that would leave less than nothing of an item at a site, when they take effect or at any moment after. How much there
-- is, is told to those who see the stock there now, see stock_sites().
CREATE FUNCTION tenant_schema.refuse_negative(_site tenant_schema.sites, _lines tenant_schema.posting_line[]) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _problems jsonb;
  _sees boolean := (_site).id = ANY (tenant_schema.stock_sites());
BEGIN
  WITH sent AS (
    SELECT l.item_id, l.effective_at AS at, l.quantity, l.n::int AS n
    FROM unnest(_lines) WITH ORDINALITY AS l (item_id, location_id, quantity, value, unit_cost, reason_id, note,
      entered_quantity, entered_unit, effective_at, order_id, reverses_id, n)
  ), begun AS (
    SELECT s.item_id, min(s.at) AS at, min(s.n) FILTER (WHERE s.quantity < 0) AS n FROM sent s GROUP BY s.item_id HAVING bool_or(s.quantity < 0)
  ), steps AS (
    SELECT b.item_id, m.effective_at AS at, m.id, m.quantity, 0 AS added
    FROM begun b JOIN tenant_schema.stock_movements m ON m.site_id = (_site).id AND m.item_id = b.item_id AND m.effective_at >= b.at
    UNION ALL
    SELECT s.item_id, s.at, 9000000000000000000 + s.n, s.quantity, s.quantity FROM sent s JOIN begun b ON b.item_id = s.item_id
  ), summed AS (
    SELECT p.item_id, p.at, p.id, sum(p.quantity) OVER w AS moved, sum(p.added) OVER w AS own
    FROM steps p WINDOW w AS (PARTITION BY p.item_id ORDER BY p.at, p.id)
  ), opened AS (
    SELECT b.*, c.quantity AS now, c.quantity - coalesce((SELECT sum(m.quantity) FROM tenant_schema.stock_movements m
      WHERE m.site_id = (_site).id AND m.item_id = b.item_id AND m.effective_at >= b.at), 0) AS quantity
    FROM begun b JOIN tenant_schema.stock_costs c ON c.site_id = (_site).id AND c.item_id = b.item_id
  ), short AS (
    SELECT DISTINCT ON (o.item_id) o.item_id, o.n, o.now, s.at, o.quantity + s.moved AS quantity,
      NOT EXISTS (SELECT FROM steps x WHERE x.item_id = o.item_id AND x.at > s.at) AS is_last
    FROM opened o JOIN summed s ON s.item_id = o.item_id
    WHERE o.quantity + s.moved < 0 AND s.own < 0
    ORDER BY o.item_id, s.at, s.id)
  SELECT jsonb_agg(jsonb_build_object('row', s.n, 'field', 'quantity', 'text',
      CASE WHEN NOT _sees THEN format('%s: there is not that much at %s.', i.name, (_site).name)
           WHEN s.is_last THEN format('%s: only %s %s on hand at %s.', i.name, trim_scale(s.now), i.base_unit, (_site).name)
           ELSE format('%s: %s %s would be missing at %s on %s.', i.name, trim_scale(-s.quantity), i.base_unit, (_site).name,
             to_char(s.at AT TIME ZONE (_site).time_zone, 'FMDD Mon YYYY HH24:MI')) END) ORDER BY s.n)
    INTO _problems
    FROM short s JOIN tenant_schema.items i ON i.id = s.item_id;
  IF _problems IS NOT NULL THEN
    RAISE EXCEPTION 'There is not enough stock at %.', (_site).name USING ERRCODE = 'IM400', DETAIL = _problems::text;
  END IF;
END $$;

SET LOCAL ROLE ims_ledger;
-- The site, when the person holds the permission there; otherwise the posting is refused.
CREATE FUNCTION tenant_schema.require_site(_site uuid, _permission text) RETURNS tenant_schema.sites
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _row tenant_schema.sites;
BEGIN
  SELECT * INTO _row FROM tenant_schema.sites s WHERE s.id = _site AND s.id = ANY (tenant_schema.scope(_permission));
  IF _row.id IS NULL THEN
    RAISE EXCEPTION 'Your roles do not allow this at this site (%).', _permission USING ERRCODE = 'IM403';
  END IF;
  IF NOT _row.is_active THEN
    RAISE EXCEPTION '% is closed: nothing can be posted there.', _row.name USING ERRCODE = 'IM400';
  END IF;
  RETURN _row;
END $$;

SET LOCAL ROLE ims_ledger;
-- What these lines change, and from when: nothing that was posted before where they are the last of their item (infinity); what
-- is later where they are not, or undo something; and what brought back other parts of the same issues later.
CREATE FUNCTION tenant_schema.touched_costs(_site uuid, _lines tenant_schema.posting_line[], _of bigint[]) RETURNS tenant_schema.cost_object[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(array_agg(ROW(t.site_id, t.item_id, t.from_at, NULL, NULL, NULL, NULL)::tenant_schema.cost_object), '{}')
  FROM (
    SELECT c.site_id, c.item_id,
      CASE WHEN l.undoes OR l.at < c.last_movement_at THEN l.at
           WHEN c.quantity < 0 THEN tenant_schema.short_since(c.site_id, c.item_id)
           ELSE 'infinity' END AS from_at
    FROM (SELECT u.item_id, min(u.effective_at) AS at, bool_or(u.reverses_id IS NOT NULL) AS undoes FROM unnest(_lines) u GROUP BY u.item_id) l
    CROSS JOIN LATERAL (SELECT * FROM tenant_schema.stock_costs c WHERE c.site_id = _site AND c.item_id = l.item_id LIMIT 1) c
    UNION ALL
    SELECT t.site_id, t.item_id, t.effective_at
    FROM unnest(_lines) WITH ORDINALITY AS l (item_id, location_id, quantity, value, unit_cost, reason_id, note,
      entered_quantity, entered_unit, effective_at, order_id, reverses_id, n)
    JOIN unnest(_of) WITH ORDINALITY AS o (of_id, n) ON o.n = l.n
    CROSS JOIN LATERAL (SELECT * FROM tenant_schema.stock_movements t WHERE t.of_id = o.of_id AND t.effective_at > l.effective_at OFFSET 0) t
    UNION ALL
    SELECT t.site_id, t.item_id, t.effective_at
    FROM unnest(_lines) l
    CROSS JOIN LATERAL (SELECT * FROM tenant_schema.stock_movements r WHERE r.id = l.reverses_id AND r.of_id IS NOT NULL OFFSET 0) r
    CROSS JOIN LATERAL (SELECT * FROM tenant_schema.stock_movements t
      WHERE t.of_id = r.of_id AND t.effective_at >= r.effective_at AND t.id <> r.id OFFSET 0) t) t
$$;

SET LOCAL ROLE ims_ledger;
-- What movements are worth, by the rules of domain/valuation.py: walks the lines of a posting, and the movements of the objects
-- from their moments on, in the order of time and entry. Where one object handed something to another whose worth is known
-- later than that, all is walked again until nothing changes any more; circles (see stages()) one by one, and as it was known when
-- it happened where one never ends. Answers the first values of the lines; the movements that were walked again, when and what
-- each is worth by itself; true-ups of short issues, when they were covered; and what the objects and their layers are at the
-- end. Where the books say so already, a movement is left out of the answer. What a transfer lost comes back and leaves again with a weight of 0: it passes, with the worth it had left with, and changes
-- nothing else. Writes nothing. Plans as whoever calls it says: once for all where nothing is walked again, for the case at hand where much may be.
CREATE FUNCTION tenant_schema.walk(
  _objects tenant_schema.cost_object[], _posting tenant_schema.postings, _lines tenant_schema.posting_line[], _ids bigint[], _of bigint[],
  _weights numeric[], _undone bigint[],
  OUT firsts numeric[], OUT walked bigint[], OUT walked_at timestamptz[], OUT worths numeric[], OUT booked numeric[],
  OUT up_ids bigint[], OUT up_ats timestamptz[], OUT up_values numeric[],
  OUT ends tenant_schema.cost_object[],
  OUT part_objects int[], OUT part_ids bigint[], OUT part_quantities numeric[], OUT part_values numeric[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  -- of each movement: its id, line, object, time, quantity, the value it brought, the issue it is of, its weight, its production
  _id bigint[]; _line int[]; _o int[]; _at timestamptz[]; _q numeric[]; _given numeric[]; _of_id bigint[]; _weight numeric[];
  _doc uuid[]; _fifo boolean[]; _passes boolean[]; _booked numeric[];
  _count int; _all int; _linked boolean;
  _source int[]; _group int[]; _first_input int[]; _last_input int[]; _inputs int[]; -- places in these arrays
  _w numeric[]; _own numeric[]; _was numeric[]; -- worth, without true-ups, and in the turn before
  _carried numeric[]; _first numeric[]; _settled numeric[]; -- what was handed over, in this turn, in the first, and in the stages before
  _known int[]; _late boolean[]; -- when it last changes; is that after it was handed over
  _stages int[]; _rests int[]; _stage int := 0; _turn int := 0; -- see stages()
  _back_q numeric[]; _back_v numeric[]; _out_q numeric[]; _out_v numeric[]; -- of an issue: not yet back here, or elsewhere
  _back_q0 numeric[]; _back_v0 numeric[]; _out_q0 numeric[]; _out_v0 numeric[]; _w0 numeric[];
  _rate numeric[]; -- of what came from a place of another currency: what one of that was worth here when it left
  _group_weight numeric[]; _weight_left numeric[]; _group_given numeric[];
  -- of each object
  _sq numeric[]; _sv numeric[]; _sa numeric[]; _sf boolean[]; _sq0 numeric[]; _sv0 numeric[]; _sa0 numeric[]; _sf0 boolean[];
  _head int[]; _tail int[]; _head0 int[]; _tail0 int[];
  -- layers, or parts of issues that were short with quantities below zero, each naming the next of its object
  _p_row int[]; _p_id bigint[]; _p_q numeric[]; _p_v numeric[]; _p_next int[]; _p_count int;
  _p_row0 int[]; _p_id0 bigint[]; _p_q0 numeric[]; _p_v0 numeric[]; _p_next0 int[];
  _u_row int[]; _u_at timestamptz[]; _u_v numeric[]; _u_count int;
  _k int; _s int; _g int; _p int; _part record; _came record;
  _x numeric; _v numeric; _left numeric; _rest numeric; _here numeric; _was_v numeric; _price numeric; _blends boolean;
  _changed boolean; _went record; _last_stage int;
BEGIN
  SELECT array_agg(b.id), array_agg(b.line), array_agg(b.o), array_agg(b.at), array_agg(b.quantity), array_agg(b.given), array_agg(b.of_id),
    array_agg(b.weight), array_agg(b.doc), array_agg(b.is_fifo), array_agg(b.booked), count(*), coalesce(bool_or(b.of_id IS NOT NULL OR b.doc IS NOT NULL), false)
    INTO _id, _line, _o, _at, _q, _given, _of_id, _weight, _doc, _fifo, _booked, _count, _linked
  FROM (
    WITH known AS MATERIALIZED (
      SELECT o.n::int AS n, o.site_id, o.site_id = _posting.site_id AS is_here, o.item_id, o.from_at, i.cost_method = 'FIFO' AS is_fifo, s.time_zone, s.day_cutover_hour,
        EXISTS (SELECT FROM tenant_schema.item_methods h WHERE h.item_id = o.item_id) AS switches
      FROM unnest(_objects) WITH ORDINALITY AS o (site_id, item_id, from_at, quantity, value, cost, is_fifo, n)
      JOIN tenant_schema.items i ON i.id = o.item_id
      JOIN tenant_schema.sites s ON s.id = o.site_id
    ), moved AS (
      SELECT m.id, NULL::int AS line, k.n AS o, m.at, m.quantity, m.given, m.of_id, m.weight, m.doc, k.is_fifo, k.switches, m.day, m.booked
      FROM tenant_schema.moves_again(_objects, _undone) m JOIN known k ON k.n = m.o
      UNION ALL
      SELECT _ids[l.n], l.n::int, k.n, l.effective_at, l.quantity,
        CASE WHEN l.quantity >= 0 THEN coalesce(round(l.value, 6), round(l.quantity * round(l.unit_cost, 12), 6)) END,
        _of[l.n], _weights[l.n], CASE WHEN _posting.kind = 'PRODUCTION' THEN _posting.id END, k.is_fifo, k.switches,
        tenant_schema.business_day(l.effective_at, k.time_zone, k.day_cutover_hour), NULL
      FROM unnest(_lines) WITH ORDINALITY AS l (item_id, location_id, quantity, value, unit_cost, reason_id, note,
        entered_quantity, entered_unit, effective_at, order_id, reverses_id, n)
      JOIN known k ON k.is_here AND k.item_id = l.item_id -- not by the site itself, of which the planner expects one row: it would walk them
      WHERE l.reverses_id IS NULL)
    SELECT m.id, m.line, m.o, m.at, m.quantity, m.given, m.of_id, m.weight, m.doc, m.booked,
      CASE WHEN m.switches THEN (SELECT h.method = 'FIFO' FROM tenant_schema.item_methods h WHERE h.item_id = (_objects[m.o]).item_id
        AND h.valid_from <= m.day ORDER BY h.valid_from DESC LIMIT 1) IS TRUE ELSE m.is_fifo END AS is_fifo
    FROM moved m ORDER BY m.at, m.id) b;

  SELECT array_agg(o.quantity), array_agg(o.value), array_agg(o.cost), array_agg(o.is_fifo),
      array_agg(NULL::int), array_agg(NULL::int) INTO _sq0, _sv0, _sa0, _sf0, _head0, _tail0
    FROM unnest(_objects) o;
  _id := coalesce(_id, '{}');
  _all := _count;
  _p_count := 0; _p_row0 := '{}'; _p_id0 := '{}'; _p_q0 := '{}'; _p_v0 := '{}'; _p_next0 := '{}';
  FOR _part IN
    SELECT o.n::int AS o, l.movement_id AS id, l.quantity, l.value
    FROM unnest(_objects) WITH ORDINALITY AS o (site_id, item_id, from_at, quantity, value, cost, is_fifo, n)
    JOIN tenant_schema.cost_layers l ON l.site_id = o.site_id AND l.item_id = o.item_id
    WHERE o.from_at = 'infinity' AND (o.is_fifo OR o.quantity < 0) ORDER BY o.n, l.place
  LOOP
    _p_count := _p_count + 1;
    IF _head0[_part.o] IS NULL THEN
      _head0[_part.o] := _p_count;
    ELSE
      _p_next0[_tail0[_part.o]] := _p_count;
    END IF;
    _tail0[_part.o] := _p_count;
    _p_id0[_p_count] := _part.id; _p_q0[_p_count] := _part.quantity; _p_v0[_p_count] := _part.value;
    _p_next0[_p_count] := NULL; _p_row0[_p_count] := NULL;
  END LOOP;

  _w0 := array_fill(0::numeric, ARRAY[_count]);
  IF _linked OR _p_count > 0 THEN
    -- what is not walked and yet has a worth that is asked for: issues, inputs, and what was short before
    FOR _part IN
      SELECT x.id, m.site_id, m.item_id, -m.quantity AS quantity,
        m.value + coalesce((SELECT sum(k.value) FROM tenant_schema.cost_corrections k WHERE k.movement_id = m.id), 0) AS worth,
        (SELECT o.n::int FROM unnest(_objects) WITH ORDINALITY AS o (site_id, item_id, from_at, quantity, value, cost, is_fifo, n)
         WHERE o.site_id = m.site_id AND o.item_id = m.item_id) AS o, n.first_at,
        CASE WHEN m.kind = 'PRODUCTION' THEN m.posting_id END AS doc
      FROM (SELECT unnest(_of_id) AS id UNION SELECT unnest(_p_id0) UNION
            SELECT i.id FROM tenant_schema.stock_movements i WHERE i.posting_id = ANY (_doc) AND i.quantity < 0) x
      JOIN tenant_schema.stock_movements m ON m.id = x.id
      LEFT JOIN LATERAL (SELECT min(r.at) AS first_at FROM unnest(_of_id, _at, _line) AS r (of_id, at, line)
                         WHERE r.of_id = x.id AND r.line IS NOT NULL) n ON true
      WHERE x.id <> ALL (_id)
    LOOP
      _all := _all + 1;
      _id[_all] := _part.id; _o[_all] := coalesce(_part.o, 0); _q[_all] := -_part.quantity; _w0[_all] := _part.worth; _doc[_all] := _part.doc;
      _of_id[_all] := NULL; _at[_all] := NULL; _weight[_all] := NULL; _line[_all] := NULL;
      _back_q0[_all] := _part.quantity; _back_v0[_all] := 0; _out_q0[_all] := _part.quantity; _out_v0[_all] := 0;
      IF _part.first_at IS NOT NULL THEN -- less what came back of it before
        SELECT coalesce(sum(t.quantity) FILTER (WHERE t.here), 0) AS here_q, coalesce(sum(t.worth) FILTER (WHERE t.here), 0) AS here_v,
            coalesce(sum(t.quantity) FILTER (WHERE NOT t.here), 0) AS away_q, coalesce(sum(t.worth) FILTER (WHERE NOT t.here), 0) AS away_v
          INTO _came
        FROM (
          SELECT b.quantity, (b.site_id, b.item_id) = (_part.site_id, _part.item_id) AS here,
            b.value + coalesce((SELECT sum(k.value) FROM tenant_schema.cost_corrections k WHERE k.movement_id = b.id), 0) AS worth
          FROM tenant_schema.stock_movements b
          WHERE b.of_id = _part.id AND b.effective_at <= _part.first_at AND b.reverses_id IS NULL AND b.id <> ALL (_undone)
            AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements r WHERE r.reverses_id = b.id)) t;
        _back_q0[_all] := _part.quantity - _came.here_q; _back_v0[_all] := _came.here_v;
        _out_q0[_all] := _part.quantity - _came.away_q; _out_v0[_all] := _came.away_v;
      END IF;
    END LOOP;
    SELECT array_agg(i.n::int ORDER BY r.n) INTO _source FROM unnest(_of_id) WITH ORDINALITY AS r (id, n)
      LEFT JOIN unnest(_id) WITH ORDINALITY AS i (id, n) ON i.id = r.id;
    IF (SELECT count(DISTINCT s.currency) > 1 FROM tenant_schema.sites s) THEN
      SELECT array_agg(p.to_rate ORDER BY r.n) INTO _rate FROM unnest(_of_id) WITH ORDINALITY AS r (id, n)
        LEFT JOIN tenant_schema.stock_movements m ON m.id = r.id LEFT JOIN tenant_schema.postings p ON p.id = m.posting_id;
    END IF;
    SELECT array_agg(r.weight = 0 AND r.doc IS NULL ORDER BY r.n) INTO _passes FROM unnest(_weight, _doc) WITH ORDINALITY AS r (weight, doc, n);
    -- the worth of what was handed over by others that are not walked stays
    FOR _k IN 1 .. _count LOOP
      CONTINUE WHEN _line[_k] IS NOT NULL OR _q[_k] <= 0;
      IF _doc[_k] IS NOT NULL AND NOT EXISTS (
           SELECT FROM unnest(_doc[:_count], _q[:_count]) AS r (doc, q) WHERE r.doc = _doc[_k] AND r.q < 0)
         OR _source[_k] > _count AND NOT EXISTS (
           SELECT FROM unnest(_of_id, _at, _line) AS r (of_id, at, line)
           WHERE r.of_id = _of_id[_k] AND r.line IS NOT NULL AND r.at < _at[_k]) THEN
        _source[_k] := NULL; _doc[_k] := NULL;
        _given[_k] := (SELECT m.value + coalesce((SELECT sum(c.value) FROM tenant_schema.cost_corrections c WHERE c.movement_id = m.id), 0)
                       FROM tenant_schema.stock_movements m WHERE m.id = _id[_k]);
      END IF;
    END LOOP;
    SELECT array_agg(g.g ORDER BY r.n) INTO _group FROM unnest(_doc) WITH ORDINALITY AS r (doc, n)
      LEFT JOIN (SELECT d.doc, row_number() OVER (ORDER BY d.doc)::int AS g FROM (SELECT DISTINCT unnest(_doc) AS doc) d
                 WHERE d.doc IS NOT NULL) g ON g.doc = r.doc;
    SELECT array_agg(i.n::int ORDER BY i.g, i.id) INTO _inputs FROM unnest(_group, _q, _id) WITH ORDINALITY AS i (g, q, id, n)
      WHERE i.g IS NOT NULL AND i.q < 0;
    SELECT array_agg(i.first ORDER BY i.g), array_agg(i.last ORDER BY i.g), array_agg(i.weight ORDER BY i.g)
      INTO _first_input, _last_input, _group_weight
    FROM (SELECT r.g, coalesce(sum(r.weight) FILTER (WHERE r.q > 0), 0) AS weight,
            1 + sum(count(*) FILTER (WHERE r.q < 0)) OVER (ORDER BY r.g ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)::int AS first,
            sum(count(*) FILTER (WHERE r.q < 0)) OVER (ORDER BY r.g)::int AS last
          FROM unnest(_group, _q, _weight) AS r (g, q, weight) WHERE r.g IS NOT NULL GROUP BY r.g) i;
    FOR _p IN 1 .. _p_count LOOP
      _p_row0[_p] := array_position(_id, _p_id0[_p]);
    END LOOP;
  END IF;
  _first_input := coalesce(_first_input, '{}');
  IF cardinality(_first_input) > 0 THEN
    _first_input[1] := 1;
  END IF;

  LOOP
    _was := _w; _w := _w0; _own := _w0; _changed := false;
    _back_q := _back_q0; _back_v := _back_v0; _out_q := _out_q0; _out_v := _out_v0;
    _weight_left := _group_weight; _group_given := array_fill(0::numeric, ARRAY[cardinality(_first_input)]);
    _sq := _sq0; _sv := _sv0; _sa := _sa0; _sf := _sf0; _head := _head0; _tail := _tail0;
    _p_row := _p_row0; _p_id := _p_id0; _p_q := _p_q0; _p_v := _p_v0; _p_next := _p_next0; _p_count := cardinality(_p_id0);
    _u_row := '{}'; _u_at := '{}'; _u_v := '{}'; _u_count := 0;
    FOR _k IN 1 .. _count LOOP
      _s := _o[_k];
      _x := _q[_k];
      IF _fifo[_k] <> _sf[_s] THEN -- the method changes: what is there becomes one layer, or loses its layers
        _sf[_s] := _fifo[_k];
        IF _sq[_s] > 0 THEN
          _head[_s] := NULL; _tail[_s] := NULL;
          _sa[_s] := tenant_schema.quotient(_sv[_s], _sq[_s], 12);
          IF _fifo[_k] THEN
            _p_count := _p_count + 1;
            _p_row[_p_count] := NULL; _p_id[_p_count] := 0; _p_q[_p_count] := _sq[_s]; _p_v[_p_count] := _sv[_s]; _p_next[_p_count] := NULL;
            _head[_s] := _p_count; _tail[_s] := _p_count;
          END IF;
        END IF;
      END IF;

      IF _x > 0 THEN
        IF _linked AND _doc[_k] IS NOT NULL THEN -- produced: its part of what was used, and labour
          _g := _group[_k];
          _v := 0;
          FOR _i IN _first_input[_g] .. _last_input[_g] LOOP
            _p := _inputs[_i];
            _v := _v - CASE WHEN _late[_k] AND (_turn > 0 OR _stage > 0 AND coalesce(_rests[_p], 0) < _stage) THEN _was[_p] ELSE _w[_p] END;
          END LOOP;
          _rest := _v - _group_given[_g];
          _v := CASE WHEN _stages[_k] < _stage THEN _settled[_k] - coalesce(_given[_k], 0) WHEN _weight[_k] = _weight_left[_g] THEN _rest
                     ELSE tenant_schema.quotient(_rest * _weight[_k], _weight_left[_g], 6) END;
          _weight_left[_g] := _weight_left[_g] - _weight[_k];
          _group_given[_g] := _group_given[_g] + _v;
          _v := _v + coalesce(_given[_k], 0);
          _changed := _changed OR _turn > 0 AND _late[_k] AND coalesce(_stages[_k], 0) = _stage AND _v <> _carried[_k];
          _carried[_k] := _v;
        ELSIF _linked AND _source[_k] IS NOT NULL AND _o[_source[_k]] <> _s THEN -- from another object
          _p := _source[_k];
          _rest := - CASE WHEN _late[_k] AND (_turn > 0 OR _stage > 0 AND coalesce(_rests[_p], 0) < _stage) THEN _was[_p] ELSE _w[_p] END;
          _rest := CASE WHEN _rate[_k] IS NULL THEN _rest ELSE round(_rest * _rate[_k], 6) END - _out_v[_p];
          _v := CASE WHEN _stages[_k] < _stage THEN _settled[_k] WHEN _x = _out_q[_p] THEN _rest
                     ELSE tenant_schema.quotient(_rest * _x, _out_q[_p], 6) END;
          _out_q[_p] := _out_q[_p] - _x; _out_v[_p] := _out_v[_p] + _v;
          _changed := _changed OR _turn > 0 AND _late[_k] AND coalesce(_stages[_k], 0) = _stage AND _v <> _carried[_k];
          _carried[_k] := _v;
        ELSIF _given[_k] IS NOT NULL THEN
          _v := round(_given[_k], 6);
        ELSIF _linked AND _source[_k] IS NOT NULL THEN -- back at the cost of its issue
          _p := _source[_k];
          _rest := -_w[_p] - _back_v[_p];
          _v := CASE WHEN _x = _back_q[_p] THEN _rest ELSE tenant_schema.quotient(_rest * _x, _back_q[_p], 6) END;
          _back_q[_p] := _back_q[_p] - _x; _back_v[_p] := _back_v[_p] + _v;
        ELSIF _sf[_s] AND _sq[_s] > 0 THEN
          _v := tenant_schema.quotient(_sv[_s] * _x, _sq[_s], 6);
        ELSE
          _v := round(_x * _sa[_s], 6);
        END IF;
        IF _passes[_k] THEN
          _w[_k] := _v; _own[_k] := _v;
          CONTINUE;
        END IF;
        _blends := _sq[_s] >= 0;
        _left := _x; _rest := _v;
        IF NOT _blends THEN -- covers what was short, oldest first
          WHILE _left > 0 AND _head[_s] IS NOT NULL LOOP
            _p := _head[_s];
            _here := least(_left, -_p_q[_p]);
            _known[_p_row[_p]] := _k;
            _price := CASE WHEN _here = _left THEN _rest ELSE tenant_schema.quotient(_v * _here, _x, 6) END;
            _was_v := CASE WHEN _here = -_p_q[_p] THEN -_p_v[_p] ELSE tenant_schema.quotient(_p_v[_p] * _here, _p_q[_p], 6) END;
            IF _was_v <> _price THEN
              _u_count := _u_count + 1;
              _u_row[_u_count] := _p_row[_p]; _u_at[_u_count] := _at[_k]; _u_v[_u_count] := _was_v - _price;
              _w[_p_row[_p]] := _w[_p_row[_p]] + _was_v - _price;
            END IF;
            IF _here = -_p_q[_p] THEN
              _head[_s] := _p_next[_p];
            ELSE
              _p_q[_p] := _p_q[_p] + _here; _p_v[_p] := _p_v[_p] + _was_v;
            END IF;
            _sv[_s] := _sv[_s] + _was_v;
            _left := _left - _here; _rest := _rest - _price;
          END LOOP;
        END IF;
        _sq[_s] := _sq[_s] + _x;
        _sv[_s] := _sv[_s] + _rest;
        _w[_k] := _v; _own[_k] := _v;
        IF _left > 0 AND _sf[_s] THEN
          _p_count := _p_count + 1;
          _p_row[_p_count] := _k; _p_id[_p_count] := _id[_k]; _p_q[_p_count] := _left; _p_v[_p_count] := _rest; _p_next[_p_count] := NULL;
          IF _head[_s] IS NULL THEN
            _head[_s] := _p_count;
          ELSE
            _p_next[_tail[_s]] := _p_count;
          END IF;
          _tail[_s] := _p_count;
        END IF;
        _sa[_s] := CASE WHEN _blends AND NOT _sf[_s] THEN tenant_schema.quotient(_sv[_s], _sq[_s], 12) ELSE tenant_schema.quotient(_v, _x, 12) END;

      ELSIF _x < 0 AND _passes[_k] THEN
        _w[_k] := -_w[_source[_k]]; _own[_k] := _w[_k];

      ELSIF _x < 0 THEN
        _here := least(-_x, greatest(_sq[_s], 0)); -- what is there
        _v := 0;
        IF _here > 0 THEN
          IF NOT _sf[_s] THEN
            _v := CASE WHEN _here = _sq[_s] THEN _sv[_s] ELSE tenant_schema.quotient(_sv[_s] * _here, _sq[_s], 6) END;
          ELSE
            _left := _here;
            WHILE _left > 0 LOOP
              _p := _head[_s];
              IF _left >= _p_q[_p] THEN
                _v := _v + _p_v[_p]; _left := _left - _p_q[_p]; _head[_s] := _p_next[_p];
              ELSE
                _price := tenant_schema.quotient(_p_v[_p] * _left, _p_q[_p], 6);
                _p_q[_p] := _p_q[_p] - _left; _p_v[_p] := _p_v[_p] - _price;
                _v := _v + _price; _left := 0;
              END IF;
            END LOOP;
          END IF;
        END IF;
        IF _here < -_x THEN -- the rest is short
          _rest := round((-_x - _here) * _sa[_s], 6);
          _p_count := _p_count + 1;
          _p_row[_p_count] := _k; _p_id[_p_count] := _id[_k]; _p_q[_p_count] := _x + _here; _p_v[_p_count] := -_rest; _p_next[_p_count] := NULL;
          IF _head[_s] IS NULL THEN
            _head[_s] := _p_count;
          ELSE
            _p_next[_tail[_s]] := _p_count;
          END IF;
          _tail[_s] := _p_count;
          _v := _v + _rest;
        END IF;
        _sq[_s] := _sq[_s] + _x; _sv[_s] := _sv[_s] - _v;
        _w[_k] := -_v; _own[_k] := -_v;
        IF _linked THEN
          _back_q[_k] := -_x; _back_v[_k] := 0;
          _out_q[_k] := coalesce(_out_q[_k], -_x); _out_v[_k] := coalesce(_out_v[_k], 0);
        END IF;

      ELSE -- what is there is worth more or less
        _v := CASE WHEN _sq[_s] > 0 THEN greatest(round(_given[_k], 6), -_sv[_s]) ELSE 0 END;
        _w[_k] := _v; _own[_k] := _v;
        IF _v <> 0 THEN
          IF _sf[_s] THEN
            _left := _sv[_s]; _rest := _v; _p := _head[_s];
            WHILE _p IS NOT NULL LOOP
              _price := CASE WHEN _p_v[_p] = _left THEN _rest ELSE tenant_schema.quotient(_rest * _p_v[_p], _left, 6) END;
              _left := _left - _p_v[_p]; _rest := _rest - _price; _p_v[_p] := _p_v[_p] + _price;
              _p := _p_next[_p];
            END LOOP;
          END IF;
          _sv[_s] := _sv[_s] + _v;
          _sa[_s] := tenant_schema.quotient(_sv[_s], _sq[_s], 12);
        END IF;
      END IF;
    END LOOP;
    EXIT WHEN NOT _linked;
    IF _late IS NULL THEN
      _went := tenant_schema.handed_over(_o[:_count], _q, _known, _source, _group, _first_input, _last_input, _inputs);
      _late := _went.late; _stages := _went.stages; _rests := _went.rests; _last_stage := _went.last_stage;
      EXIT WHEN _late IS NULL;
    END IF;
    IF _turn = 0 THEN
      _first := _carried;
      _changed := true;
    ELSIF _changed AND _turn = 100 AND _stage % 2 = 1 THEN -- it never ends
      _carried := _first;
      _changed := false;
      _last_stage := greatest(_last_stage, _stage + 1);
    END IF;
    IF _changed THEN
      _turn := _turn + 1;
    ELSE
      EXIT WHEN _stage = _last_stage;
      FOR _k IN 1 .. _count LOOP
        IF _stages[_k] = _stage THEN
          _settled[_k] := _carried[_k];
        END IF;
      END LOOP;
      _stage := _stage + 1;
      _turn := 0;
    END IF;
  END LOOP;

  SELECT array_agg(CASE WHEN l.reverses_id IS NULL THEN 0 ELSE l.value END ORDER BY l.n) INTO firsts
    FROM unnest(_lines) WITH ORDINALITY AS l (item_id, location_id, quantity, value, unit_cost, reason_id, note,
      entered_quantity, entered_unit, effective_at, order_id, reverses_id, n);
  walked := '{}'; walked_at := '{}'; worths := '{}'; booked := '{}'; up_ids := '{}'; up_ats := '{}'; up_values := '{}';
  _g := 0;
  FOR _k IN 1 .. _count LOOP
    IF _line[_k] IS NOT NULL THEN
      firsts[_line[_k]] := _own[_k];
    ELSIF _own[_k] IS DISTINCT FROM _booked[_k] THEN
      _g := _g + 1;
      walked[_g] := _id[_k]; walked_at[_g] := _at[_k]; worths[_g] := _own[_k]; booked[_g] := _booked[_k];
    END IF;
  END LOOP;
  FOR _k IN 1 .. _u_count LOOP
    up_ids[_k] := _id[_u_row[_k]]; up_ats[_k] := _u_at[_k]; up_values[_k] := _u_v[_k];
  END LOOP;
  part_objects := '{}'; part_ids := '{}'; part_quantities := '{}'; part_values := '{}';
  _g := 0;
  FOR _s IN 1 .. coalesce(cardinality(_objects), 0) LOOP
    _p := _head[_s];
    WHILE _p IS NOT NULL LOOP
      _g := _g + 1;
      part_objects[_g] := _s; part_ids[_g] := _p_id[_p]; part_quantities[_g] := _p_q[_p]; part_values[_g] := _p_v[_p];
      _p := _p_next[_p];
    END LOOP;
  END LOOP;
  SELECT array_agg(ROW(o.site_id, o.item_id, o.from_at, e.q, e.v, e.a, e.f)::tenant_schema.cost_object ORDER BY o.n) INTO ends
    FROM unnest(_objects) WITH ORDINALITY AS o (site_id, item_id, from_at, quantity, value, cost, is_fifo, n)
    JOIN unnest(_sq, _sv, _sa, _sf) WITH ORDINALITY AS e (q, v, a, f, n) USING (n);
END $$;

SET LOCAL ROLE ims_ledger;
-- What lines are worth where nothing that was posted changes by them, as in most postings: they come after everything there is of
-- their items, which are kept by moving average, and leave none of them short. The same rules as walk(), in one loop and without
-- its arrays. Each line asks for its own row, because a plan that was made for a new site would go through all of it for every document
-- of a long history. Answers the values of the lines, and what there is of each item at the end; no values where it takes a walk().
CREATE FUNCTION tenant_schema.walk_ahead(_site uuid, _lines tenant_schema.posting_line[],
  OUT firsts numeric[], OUT items uuid[], OUT quantities numeric[], OUT worths numeric[], OUT costs numeric[], OUT ats timestamptz[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  _line record;
  _item uuid;
  _q numeric; _v numeric; _a numeric; _x numeric;
  _n int := 0;
  _values numeric[] := array_fill(0::numeric, ARRAY[cardinality(_lines)]);
BEGIN
  FOR _line IN
    SELECT l.n::int AS n, l.item_id, l.quantity, coalesce(round(l.value, 6), round(l.quantity * round(l.unit_cost, 12), 6)) AS given,
      l.effective_at AS at, c.quantity AS q, c.value AS v, c.average_cost AS a,
      l.quantity = 0 OR l.reverses_id IS NOT NULL OR c.quantity < 0 OR c.is_fifo OR l.effective_at < c.last_movement_at
        OR i.cost_method = 'FIFO' AS is_other
    FROM unnest(_lines) WITH ORDINALITY AS l (item_id, location_id, quantity, value, unit_cost, reason_id, note,
      entered_quantity, entered_unit, effective_at, order_id, reverses_id, n)
    CROSS JOIN LATERAL (SELECT * FROM tenant_schema.stock_costs c WHERE c.site_id = _site AND c.item_id = l.item_id LIMIT 1) c
    CROSS JOIN LATERAL (SELECT i.cost_method FROM tenant_schema.items i WHERE i.id = l.item_id LIMIT 1) i
    ORDER BY l.item_id, l.effective_at, l.n
  LOOP
    IF _line.is_other THEN
      RETURN;
    END IF;
    IF _item IS DISTINCT FROM _line.item_id THEN
      _item := _line.item_id; _q := _line.q; _v := _line.v; _a := _line.a; _n := _n + 1;
    END IF;
    IF _line.quantity > 0 THEN
      _x := coalesce(_line.given, round(_line.quantity * _a, 6));
      _a := tenant_schema.quotient(_v + _x, _q + _line.quantity, 12);
    ELSIF _q + _line.quantity > 0 THEN
      _x := -tenant_schema.quotient(_v * -_line.quantity, _q, 6);
    ELSIF _q + _line.quantity = 0 THEN
      _x := -_v;
    ELSE
      RETURN;
    END IF;
    _q := _q + _line.quantity; _v := _v + _x;
    _values[_line.n] := _x;
    items[_n] := _item; quantities[_n] := _q; worths[_n] := _v; costs[_n] := _a; ats[_n] := _line.at;
  END LOOP;
  IF NOT EXISTS (SELECT FROM tenant_schema.item_methods h WHERE h.item_id = ANY (items)) THEN
    firsts := _values;
  END IF;
END $$;

SET LOCAL ROLE ims_ledger;
-- Writes what movements are worth more or less than was known, as corrections that name the posting that changed it. Each says
-- for which moment it holds: that of the movement, or that of what covered it when it was short; so what stock was worth at any
-- moment follows from the lines alone. What is booked of a movement is gathered anew only where walk() could not say it in one sum, because
-- it was covered later. What was undone keeps its worth, all of it at its own time. What differs is worked out by a
-- plan for the case at hand and written by the plan for all cases: foreign keys would otherwise be planned anew for every line.
CREATE FUNCTION tenant_schema.write_corrections(_posting tenant_schema.postings, _undone bigint[], _walked bigint[], _walked_at timestamptz[],
  _worths numeric[], _booked numeric[], _up_ids bigint[], _up_ats timestamptz[], _up_values numeric[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _gathered bigint[];
  _ids bigint[]; _sites uuid[]; _items uuid[]; _causes text[]; _ats timestamptz[]; _counts timestamptz[]; _days date[]; _values numeric[];
BEGIN
  _gathered := ARRAY(SELECT w.id FROM unnest(_walked, _booked) AS w (id, booked) WHERE w.booked IS NULL) || _undone;
  WITH known AS MATERIALIZED (
    SELECT m.id, m.effective_at AS at, m.value FROM tenant_schema.stock_movements m WHERE m.id = ANY (_gathered)
    UNION ALL
    SELECT k.movement_id, k.applies_at, k.value FROM tenant_schema.cost_corrections k WHERE k.movement_id = ANY (_gathered)
  ), wanted AS (
    SELECT w.id, w.at, w.value - coalesce(w.booked, 0) AS value, false AS is_true_up
    FROM unnest(_walked, _walked_at, _worths, _booked) AS w (id, at, value, booked)
    UNION ALL
    SELECT u.id, u.at, u.value, true FROM unnest(_up_ids, _up_ats, _up_values) AS u (id, at, value)
    UNION ALL
    SELECT m.id, m.effective_at, (SELECT sum(k.value) FROM known k WHERE k.id = m.id), false
    FROM tenant_schema.stock_movements m WHERE m.id = ANY (_undone)
  ), differing AS (
    SELECT d.id, d.at, sum(d.value) AS value, bool_or(d.is_true_up) AS is_true_up
    FROM (SELECT * FROM wanted UNION ALL SELECT k.id, k.at, -k.value, false FROM known k) d
    GROUP BY d.id, d.at HAVING sum(d.value) <> 0
  ), opened AS MATERIALIZED ( -- once a site, not once a line
    SELECT s.id, s.time_zone, s.day_cutover_hour, tenant_schema.open_from(s.id) AS open_from FROM tenant_schema.sites s
  )
  SELECT array_agg(c.id), array_agg(c.site_id), array_agg(c.item_id), array_agg(c.cause), array_agg(c.at), array_agg(c.counts_at),
    array_agg(tenant_schema.business_day(c.counts_at, c.time_zone, c.day_cutover_hour)), array_agg(c.value)
    INTO _ids, _sites, _items, _causes, _ats, _counts, _days, _values
  FROM (
    SELECT d.id, m.site_id, m.item_id, d.at, greatest(d.at, o.open_from) AS counts_at, d.value, o.time_zone, o.day_cutover_hour,
      CASE WHEN d.is_true_up OR d.at <> m.effective_at THEN 'TRUE_UP' WHEN _posting.kind IN ('PRICE', 'LANDED', 'METHOD') THEN _posting.kind
           ELSE 'RECOST' END AS cause
    FROM differing d
    JOIN tenant_schema.stock_movements m ON m.id = d.id
    JOIN opened o ON o.id = m.site_id
    ORDER BY d.at, d.id) c;
  PERFORM set_config('plan_cache_mode', 'force_generic_plan', true); -- until the posting ends
  INSERT INTO tenant_schema.cost_corrections (movement_id, posting_id, site_id, item_id, cause, applies_at, effective_at, business_day,
    value, posted_at)
  SELECT c.id, _posting.id, c.site_id, c.item_id, c.cause, c.at, c.counts_at, c.day, c.value, _posting.posted_at
  FROM unnest(_ids, _sites, _items, _causes, _ats, _counts, _days, _values) AS c (id, site_id, item_id, cause, at, counts_at, day, value);
END $$;

SET LOCAL ROLE ims_ledger;
-- Keeps what objects are worth, with their layers or what is short of them; and of those that lines are about, when they moved and were
-- counted last. All at once: a row that one transaction changes twice has its foreign keys checked again.
CREATE FUNCTION tenant_schema.write_costs(_posting tenant_schema.postings, _ends tenant_schema.cost_object[], _part_objects int[],
  _part_ids bigint[], _part_quantities numeric[], _part_values numeric[], _lines tenant_schema.posting_line[] DEFAULT '{}',
  _counted_at timestamptz DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _had boolean;
BEGIN
  WITH was AS (
    SELECT e.*, l.at, c.quantity < 0 OR c.is_fifo OR c.unsettled_from IS NOT NULL AS parts FROM unnest(_ends) e
    JOIN tenant_schema.stock_costs c ON c.site_id = e.site_id AND c.item_id = e.item_id
    LEFT JOIN (SELECT u.item_id, max(u.effective_at) AS at FROM unnest(_lines) u GROUP BY u.item_id) l
      ON l.item_id = e.item_id AND e.site_id = _posting.site_id
  ), kept AS (
    UPDATE tenant_schema.stock_costs c SET quantity = w.quantity, value = w.value, average_cost = w.cost, is_fifo = w.is_fifo,
      last_movement_at = greatest(c.last_movement_at, w.at),
      last_counted_at = greatest(c.last_counted_at, CASE WHEN w.at IS NOT NULL THEN _counted_at END)
    FROM was w WHERE c.site_id = w.site_id AND c.item_id = w.item_id)
  SELECT bool_or(w.parts) INTO _had FROM was w;
  IF _had OR cardinality(_part_ids) > 0 THEN
    WITH parts AS (
      SELECT e.site_id, e.item_id, row_number() OVER (PARTITION BY p.o ORDER BY p.n)::int AS place, p.id, p.quantity, p.value
      FROM unnest(_part_objects, _part_ids, _part_quantities, _part_values) WITH ORDINALITY AS p (o, id, quantity, value, n)
      JOIN unnest(_ends) WITH ORDINALITY AS e (site_id, item_id, from_at, q, v, a, f, o) ON e.o = p.o
    ), gone AS (
      DELETE FROM tenant_schema.cost_layers l USING unnest(_ends) e
      WHERE l.site_id = e.site_id AND l.item_id = e.item_id AND NOT EXISTS (
        SELECT FROM parts p WHERE p.site_id = l.site_id AND p.item_id = l.item_id AND p.place = l.place))
    INSERT INTO tenant_schema.cost_layers AS l (site_id, item_id, place, movement_id, quantity, value)
    SELECT p.site_id, p.item_id, p.place, p.id, p.quantity, p.value FROM parts p
    ON CONFLICT (site_id, item_id, place) DO UPDATE SET movement_id = excluded.movement_id, quantity = excluded.quantity, value = excluded.value
    WHERE (l.movement_id, l.quantity, l.value) IS DISTINCT FROM (excluded.movement_id, excluded.quantity, excluded.value);
  END IF;
END $$;

SET LOCAL ROLE ims_ledger;
-- Says of which lots the lines of a posting are, where their items are kept by lots; for post_lines(), under its locks. `_lots` has
-- for each line nothing, or [{code, expires, quantity}]: a quantity left out is all that is left of the line, a code left out is
-- stock of no lot. What arrived as another lot names in `left_as` the one it left as. What nobody named comes from lot_sources(); what is reversed gives its lots back. What is left is of no lot.
CREATE FUNCTION tenant_schema.write_lots(_posting tenant_schema.postings, _lines tenant_schema.posting_line[], _ids bigint[], _of bigint[],
  _lots jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _item record;
  _line tenant_schema.posting_line;
  _part record;
  _rest numeric;
  _taken numeric;
BEGIN
  FOR _item IN -- what leaves comes first, so that a move can put it elsewhere
    SELECT l.n, l.item_id, i.tracks_lots, i.shelf_life_days FROM unnest(_lines) WITH ORDINALITY AS l (item_id, location_id, quantity, value,
      unit_cost, reason_id, note, entered_quantity, entered_unit, effective_at, order_id, reverses_id, n)
    JOIN tenant_schema.items i ON i.id = l.item_id AND i.tracks_lots <> 'NO' WHERE l.quantity <> 0 ORDER BY l.quantity > 0, l.n
  LOOP
    _line := _lines[_item.n];
    _rest := abs(_line.quantity);
    FOR _part IN
      SELECT x.lot_id, abs(x.quantity) AS quantity, 0 AS place, NULL::uuid AS left_as FROM (
        SELECT y.lot_id, sum(y.quantity) AS quantity FROM tenant_schema.movement_lots y WHERE y.movement_id = _line.reverses_id
        GROUP BY y.lot_id HAVING sum(y.quantity) <> 0) x
      UNION ALL
      SELECT CASE WHEN e.part ->> 'code' IS NULL THEN NULL
          WHEN _line.quantity < 0 THEN (SELECT t.id FROM tenant_schema.lots t WHERE t.item_id = _line.item_id AND t.code = btrim(e.part ->> 'code'))
          ELSE tenant_schema.make_lot(_line.item_id, e.part ->> 'code', CASE WHEN _item.tracks_lots = 'EXPIRY' THEN
            coalesce((e.part ->> 'expires')::date, tenant_schema.business_day(_line.effective_at, s.time_zone, s.day_cutover_hour)
              + _item.shelf_life_days) END, _line.effective_at) END,
        coalesce((e.part ->> 'quantity')::numeric, abs(_line.quantity)), e.n,
        (SELECT t.id FROM tenant_schema.lots t WHERE t.item_id = _line.item_id AND t.code = e.part ->> 'left_as')
      FROM jsonb_array_elements(nullif(_lots -> (_item.n - 1)::int, 'null')) WITH ORDINALITY AS e (part, n), tenant_schema.sites s
      WHERE s.id = _posting.site_id AND _line.reverses_id IS NULL
      ORDER BY place
    LOOP
      _taken := least(_part.quantity, _rest);
      IF _part.lot_id IS NOT NULL AND _taken > 0 THEN
        PERFORM tenant_schema.move_lot(_posting.id, _ids[_item.n], _posting.site_id, _line.location_id, _line.item_id, _part.lot_id,
          _taken * sign(_line.quantity), _part.left_as);
      END IF;
      _rest := _rest - _taken;
    END LOOP;
    CONTINUE WHEN _rest = 0 OR _line.reverses_id IS NOT NULL;
    FOR _part IN SELECT x.lot_id, x.quantity FROM tenant_schema.lot_sources(_posting, _line, _of[_item.n]) x LOOP
      _taken := least(_part.quantity, _rest, CASE WHEN _line.quantity < 0 THEN (SELECT s.on_hand FROM tenant_schema.stock_lots s
        WHERE s.location_id = _line.location_id AND s.lot_id = _part.lot_id) END);
      CONTINUE WHEN _taken <= 0;
      PERFORM tenant_schema.move_lot(_posting.id, _ids[_item.n], _posting.site_id, _line.location_id, _line.item_id, _part.lot_id,
        _taken * sign(_line.quantity));
      _rest := _rest - _taken;
      EXIT WHEN _rest = 0;
    END LOOP;
  END LOOP;
  PERFORM tenant_schema.cover_lots(_posting.id, _posting.site_id, l.location_id, l.item_id, max(l.effective_at))
  FROM unnest(_lines) l JOIN tenant_schema.items i ON i.id = l.item_id AND i.tracks_lots <> 'NO'
  GROUP BY l.location_id, l.item_id;
END $$;

SET LOCAL ROLE ims_ledger;
-- Takes down which file sales come from, once; nobody adds to the import of somebody else or of another site.
CREATE FUNCTION tenant_schema.begin_import(_site uuid, _import uuid, _file_name text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO tenant_schema.sales_imports (id, site_id, file_name, imported_by, imported_at)
  VALUES (_import, _site, left(coalesce(_file_name, ''), 300), tenant_schema.me(), clock_timestamp())
  ON CONFLICT (id) DO NOTHING;
  IF NOT EXISTS (SELECT FROM tenant_schema.sales_imports i
                 WHERE i.id = _import AND i.site_id = _site AND i.imported_by = tenant_schema.me()) THEN
    RAISE EXCEPTION 'This import was begun by somebody else or for another site.' USING ERRCODE = 'IM409';
  END IF;
END $$;

SET LOCAL ROLE ims_ledger;
-- Everything wrong with what a document of production says of itself besides its lines, as check_lines(): `version_id`, the version
-- of the recipe it was made by (null: one item was repacked into others), `expected`, line by line what would have been used and
-- made by it (of what is repacked: what is in the packs), and `reason_id`, why less came out, which whoever repacks has to say.
CREATE FUNCTION tenant_schema.check_production(_site tenant_schema.sites, _said jsonb, _lines tenant_schema.posting_line[]) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _expected numeric[];
  _recipe record; -- the version, with what it makes
  _repacked CONSTANT boolean := _said ->> 'version_id' IS NULL;
  _used uuid[] := ARRAY(SELECT DISTINCT l.item_id FROM unnest(_lines) l WHERE l.quantity < 0);
  _made uuid[] := ARRAY(SELECT DISTINCT l.item_id FROM unnest(_lines) l WHERE l.quantity > 0);
BEGIN
  IF jsonb_typeof(_said -> 'expected') IS DISTINCT FROM 'array' OR jsonb_array_length(_said -> 'expected') <> cardinality(_lines) THEN
    RETURN jsonb_build_array(jsonb_build_object('field', 'lines', 'text', 'Say of each line what was expected, or nothing.'));
  END IF;
  _expected := ARRAY(SELECT e::numeric FROM jsonb_array_elements_text(_said -> 'expected') WITH ORDINALITY AS x (e, n) ORDER BY n);
  IF EXISTS (SELECT FROM unnest(_expected) e WHERE e < 0 OR e = 'NaN' OR e >= 1000000000) THEN
    RETURN jsonb_build_array(jsonb_build_object('field', 'lines', 'text', 'What is expected is not below zero, and not absurdly large.'));
  END IF;
  SELECT r.name, r.output_item_id, i.name AS item, v.valid_from INTO _recipe
    FROM tenant_schema.recipe_versions v JOIN tenant_schema.recipes r ON r.id = v.recipe_id
    JOIN tenant_schema.items i ON i.id = r.output_item_id WHERE v.id = (_said ->> 'version_id')::uuid;
  RETURN (
    SELECT nullif(coalesce(jsonb_agg(jsonb_build_object('field', p.field, 'text', p.text)), '[]'), '[]')
    FROM (VALUES
      ('recipe', CASE WHEN _repacked THEN NULL
                      WHEN _recipe.output_item_id IS NULL THEN 'This recipe is not of a prep that goes into stock.'
                      WHEN _recipe.output_item_id <> ALL (_made) THEN format('%s makes %s: say how much of it was made.', _recipe.name, _recipe.item)
                      WHEN _recipe.valid_from > tenant_schema.business_day(_lines[1].effective_at, _site.time_zone, _site.day_cutover_hour)
                        THEN format('%s was not made so before %s.', _recipe.name, _recipe.valid_from) END),
      ('lines', CASE WHEN NOT _repacked THEN NULL
                     WHEN cardinality(_used) > 1 THEN 'One item is repacked at a time.'
                     WHEN _used && _made THEN 'Repack it into another item.' END),
      ('reason', CASE WHEN _said ->> 'reason_id' IS NOT NULL THEN
                   CASE WHEN NOT EXISTS (SELECT FROM tenant_schema.reason_codes r WHERE r.id = (_said ->> 'reason_id')::uuid AND r.is_active
                     AND r.class = 'WASTE') THEN 'This reason cannot be used here.' END
                 WHEN _repacked AND EXISTS (SELECT FROM ROWS FROM (unnest(_lines), unnest(_expected)) AS l (item_id, location_id, quantity,
                     value, unit_cost, reason_id, note, entered_quantity, entered_unit, effective_at, order_id, reverses_id, expected)
                   WHERE l.quantity < 0 AND -l.quantity > l.expected)
                   THEN 'Less came out than went in: say why.' END)
    ) AS p (field, text) WHERE p.text IS NOT NULL);
END $$;

SET LOCAL ROLE ims_ledger;
-- The count sheet, locked against whoever changes it (`_alone`: and against whoever enters on it), when the person holds the
-- permission at its site and it is in one of these states; a version that is given must be the one it has.
CREATE FUNCTION tenant_schema.count_for(_sheet uuid, _permission text, _states text[], _alone boolean, _version int DEFAULT NULL)
RETURNS tenant_schema.count_sheets
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _row tenant_schema.count_sheets;
BEGIN
  IF _alone THEN
    SELECT * INTO _row FROM tenant_schema.count_sheets s WHERE s.id = _sheet FOR UPDATE;
  ELSE
    SELECT * INTO _row FROM tenant_schema.count_sheets s WHERE s.id = _sheet FOR SHARE;
  END IF;
  IF _row.id IS NULL OR _row.site_id <> ALL (tenant_schema.scope('counts.enter') || tenant_schema.scope(_permission)) THEN
    RAISE EXCEPTION 'There is no such count.' USING ERRCODE = 'IM400'; -- one of another site does not exist
  END IF;
  PERFORM tenant_schema.require_site(_row.site_id, _permission);
  IF _row.state <> ALL (_states) THEN
    RAISE EXCEPTION '%', CASE _row.state
        WHEN 'OPEN' THEN 'This count is still being entered: say that counting is done first.'
        WHEN 'REVIEW' THEN 'Counting is done, and the count is being reviewed: nothing is entered any more, except what is counted again.'
        WHEN 'POSTED' THEN 'This count is posted.'
        ELSE 'This count was discarded.' END USING ERRCODE = 'IM409';
  END IF;
  IF _version <> _row.version THEN
    RAISE EXCEPTION 'Somebody else changed this count meanwhile. Look at it again.' USING ERRCODE = 'IM409';
  END IF;
  RETURN _row;
END $$;

SET LOCAL ROLE ims_ledger;
-- Keeps modifiers nobody knows beside the recorded lines they were sold with: place by place the order, its line, and what the till
-- calls the modifier (see know_products). One that is named twice was wanted twice.
CREATE FUNCTION tenant_schema.keep_modifiers(_site uuid, _orders uuid[], _lines int[], _till_products uuid[]) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO tenant_schema.unmapped_modifiers (till_product_id, site_id, order_id, line, business_day, times, quantity, amount, state)
  SELECT t.id, _site, i.order_id, i.line, i.business_day, count(*), i.quantity, i.net_amount + i.tax_amount,
    CASE WHEN t.ignored = '' THEN 'WAITING' ELSE 'IGNORED' END
  FROM unnest(_orders, _lines, _till_products) AS u (order_id, line, till_product_id)
  JOIN tenant_schema.order_items i ON i.order_id = u.order_id AND i.line = u.line
  JOIN tenant_schema.till_products t ON t.id = u.till_product_id
  GROUP BY t.id, t.ignored, i.order_id, i.line, i.business_day, i.quantity, i.net_amount, i.tax_amount
$$;

SET LOCAL ROLE ims_ledger;
-- Takes down what a till calls things, those that are not there yet; `_words` are as it writes them. Whoever decides about one of
-- them meanwhile waits. `_kind`: what is sold, or what is asked with it.
CREATE FUNCTION tenant_schema.know_products(_site uuid, _kind text, _products text[], _words text[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM unnest(_products, _words) AS u (product, words)
    WHERE coalesce(length(u.product), 0) NOT BETWEEN 1 AND 300 OR coalesce(length(u.words), 0) NOT BETWEEN 1 AND 300) THEN
    RAISE EXCEPTION 'What a till calls something has 1 to 300 letters.' USING ERRCODE = 'IM400';
  END IF;
  INSERT INTO tenant_schema.till_products (site_id, kind, product, words)
  SELECT _site, _kind, u.product, min(u.words) FROM unnest(_products, _words) AS u (product, words) GROUP BY u.product ORDER BY u.product
  ON CONFLICT (site_id, kind, product) DO NOTHING;
  PERFORM FROM tenant_schema.till_products t WHERE t.site_id = _site AND t.kind = _kind AND t.product = ANY (_products)
    ORDER BY t.id FOR KEY SHARE;
END $$;

SET LOCAL ROLE ims_ledger;
-- Takes the cost rows of these items at a site in order, making those that are missing. Whoever holds them is the only one to
-- post these items there; the fixed order keeps two documents from waiting for each other. What something may change that is
-- dated before what was posted already (`_from`; without it, its time is taken under the lock) is taken as well, and so is
-- what an issue came from that is brought back or carried on (`_of`). Where more has come to depend on it while this waited,
-- all are let go and taken anew, because taking the rest out of order is how two wait for each other.
CREATE FUNCTION tenant_schema.lock_costs(_site uuid, _items uuid[], _from timestamptz DEFAULT NULL, _of bigint[] DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _sources tenant_schema.cost_object[] := ARRAY(SELECT ROW(m.site_id, m.item_id, 'infinity', NULL, NULL, NULL, NULL)::tenant_schema.cost_object
    FROM tenant_schema.stock_movements m WHERE m.id = ANY (_of));
  _held tenant_schema.cost_object[];
BEGIN
  PERFORM pg_advisory_xact_lock_shared(hashtextextended('periods of tenant_schema', 0)); -- before any row: nobody closes a period meanwhile
  INSERT INTO tenant_schema.stock_costs (site_id, item_id)
  SELECT _site, i.id FROM tenant_schema.items i
  WHERE i.id = ANY (_items) -- asked item by item: of thousands, a join would go through the costs of all there are
    AND (SELECT c.item_id FROM tenant_schema.stock_costs c WHERE c.site_id = _site AND c.item_id = i.id) IS NULL
  ORDER BY i.id
  ON CONFLICT DO NOTHING;
  IF tenant_schema.settles_later() THEN -- which has taken what there was of them; settle() takes the rest
    PERFORM FROM tenant_schema.stock_costs c WHERE c.site_id = _site AND c.item_id = ANY (_items) ORDER BY c.item_id FOR UPDATE;
    PERFORM FROM unnest(_sources) o CROSS JOIN LATERAL ( -- one by one: rows that changed thousands of times are not read through
      SELECT FROM tenant_schema.stock_costs c WHERE c.site_id = o.site_id AND c.item_id = o.item_id FOR UPDATE) c;
    RETURN;
  END IF;
  IF _from IS NULL AND cardinality(_sources) = 0
     AND NOT EXISTS (SELECT FROM tenant_schema.cost_layers p WHERE p.site_id = _site AND p.item_id = ANY (_items) AND p.quantity < 0) THEN
    PERFORM FROM tenant_schema.stock_costs c WHERE c.site_id = _site AND c.item_id = ANY (_items) ORDER BY c.item_id FOR UPDATE;
    RETURN;
  END IF;
  FOR _try IN 1 .. 100 LOOP
    BEGIN
      _held := tenant_schema.dependants(_site, _items, _from, _sources);
      PERFORM FROM (SELECT _site AS site_id, i AS item_id FROM unnest(_items) i UNION SELECT h.site_id, h.item_id FROM unnest(_held) h) o
        JOIN tenant_schema.stock_costs c ON c.site_id = o.site_id AND c.item_id = o.item_id
        ORDER BY c.site_id, c.item_id FOR UPDATE OF c;
      IF cardinality(_held) >= cardinality(tenant_schema.dependants(_site, _items, _from, _sources)) THEN
        RETURN;
      END IF;
      RAISE SQLSTATE 'IM001';
    EXCEPTION WHEN SQLSTATE 'IM001' THEN
      NULL;
    END;
  END LOOP;
  RAISE EXCEPTION 'Too much is going on with these items at the moment. Try again.' USING ERRCODE = 'IM409';
END $$;

SET LOCAL ROLE ims_ledger;
-- What the books had of each lot of an item in a place at a moment: what is there now, less what came or went since.
CREATE FUNCTION tenant_schema.lots_held(_site uuid, _location uuid, _item uuid, _at timestamptz)
RETURNS TABLE (lot_id uuid, code text, expires_on date, quantity numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  SELECT t.id, t.code, t.expires_on, h.quantity
  FROM (
    SELECT x.lot_id, sum(x.quantity) AS quantity FROM (
      SELECT s.lot_id, s.on_hand AS quantity FROM tenant_schema.stock_lots s
      WHERE s.site_id = _site AND s.item_id = _item AND s.location_id = _location AND s.on_hand > 0
      UNION ALL
      SELECT y.lot_id, -y.quantity FROM tenant_schema.stock_movements m JOIN tenant_schema.movement_lots y ON y.movement_id = m.id
      WHERE m.site_id = _site AND m.item_id = _item AND m.location_id = _location AND m.effective_at > _at) x
    GROUP BY x.lot_id HAVING sum(x.quantity) <> 0) h
  JOIN tenant_schema.lots t ON t.id = h.lot_id;
END;

SET LOCAL ROLE ims_ledger;
-- What is not done yet of the days up to one at a site, before they are closed: a list of {what, count}, without what is in order.
CREATE FUNCTION tenant_schema.period_gaps(_site uuid, _day date) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _row tenant_schema.sites := tenant_schema.require_site(_site, 'periods.close');
  _end timestamptz := (_day + 1 + make_interval(hours => _row.day_cutover_hour)) AT TIME ZONE _row.time_zone;
  _begin timestamptz := tenant_schema.open_from(_site);
BEGIN
  RETURN (
    SELECT coalesce(jsonb_agg(jsonb_build_object('what', g.what, 'count', g.count) ORDER BY g.place), '[]')
    FROM (
      SELECT 1 AS place, 'open_orders' AS what, count(*) AS count FROM tenant_schema.orders o
        WHERE o.site_id = _site AND o.state = 'OPEN' AND o.business_day <= _day
      UNION ALL
      SELECT 0, 'open_counts', count(*) FROM tenant_schema.count_sheets c
        WHERE c.site_id = _site AND c.state IN ('OPEN', 'REVIEW') AND c.started_at < _end
      UNION ALL
      SELECT 2, 'unmapped_sales', count(*) FROM (
        SELECT u.site_id, u.state, u.business_day FROM tenant_schema.unmapped_sales u
        UNION ALL SELECT m.site_id, m.state, m.business_day FROM tenant_schema.unmapped_modifiers m) u
        WHERE u.site_id = _site AND u.state = 'WAITING' AND u.business_day <= _day
      UNION ALL
      SELECT 3, 'without_invoice', count(*) FROM tenant_schema.postings p
        WHERE p.site_id = _site AND p.kind = 'DELIVERY' AND p.reference = '' AND p.business_day <= _day AND p.effective_at >= _begin
          AND p.reverses_id IS NULL AND NOT EXISTS (SELECT FROM tenant_schema.postings r WHERE r.reverses_id = p.id)
          AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements m JOIN tenant_schema.price_changes c ON c.movement_id = m.id
                          WHERE m.posting_id = p.id)
      UNION ALL
      SELECT 4, 'negative_stock', count(*) FROM tenant_schema.stock_costs c
        WHERE c.site_id = _site AND c.quantity < coalesce((SELECT sum(m.quantity) FROM tenant_schema.stock_movements m
          WHERE m.site_id = _site AND m.item_id = c.item_id AND m.effective_at >= _end), 0)
      UNION ALL
      SELECT 5, 'on_the_way', count(*) FROM tenant_schema.stock_movements m
        WHERE m.site_id = _site AND m.kind = 'TRANSFER_OUT' AND m.quantity < 0 AND m.business_day <= _day AND m.effective_at >= _begin
          AND m.reverses_id IS NULL AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements r WHERE r.reverses_id = m.id)
          AND -m.quantity > coalesce((SELECT sum(t.quantity) FROM tenant_schema.stock_movements t -- of a transfer that came in parts
            WHERE t.of_id = m.id AND t.reverses_id IS NULL
              AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements r WHERE r.reverses_id = t.id)), 0)
      UNION ALL
      SELECT 6, 'not_counted', count(*) FROM tenant_schema.stock_costs c
        WHERE c.site_id = _site AND c.quantity <> 0 AND (c.last_counted_at IS NULL OR c.last_counted_at < _begin)) g
    WHERE g.count > 0);
END $$;

SET LOCAL ROLE ims_ledger;
-- The one way into the ledger. The cost rows of the lines' items must be locked (lock_costs) by the caller, who has checked
-- rights and content; the hash of the orders they concern stands in the posting already. `_of` names the issue whose cost a line
-- brings back or carries, `_weights` the part of an output in what was used (0: it only passes, see walk()); `_seeds` what a posting without lines changes.
-- What is dated before other movements makes those worth something else: the differences are written as corrections, through
-- everything that depends on them, in a closed period as of the first open day. What comes after everything else, as most
-- postings do, takes none of this, nor does what put_off() puts off. `_lots` says of which lots the lines are, see write_lots(). Answers id, number, value and lines.
CREATE FUNCTION tenant_schema.post_lines(
  _posting tenant_schema.postings, _lines tenant_schema.posting_line[], _of bigint[] DEFAULT NULL, _weights numeric[] DEFAULT NULL,
  _seeds tenant_schema.cost_object[] DEFAULT NULL, _lots jsonb DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  _site tenant_schema.sites;
  _objects tenant_schema.cost_object[];
  _locked int;
  _undone bigint[];
  _ids bigint[];
  _ahead record; -- what walk_ahead() answers
  _done record; -- what walk() answers, where that is asked
  _firsts numeric[];
  _goes_ahead boolean;
  _plans text; -- how statements are planned whose size is not known before
  _lots_said jsonb; -- the hash of the lots, where there are any
  _counted_at timestamptz := CASE WHEN _posting.kind = 'COUNT' AND _posting.reverses_id IS NULL THEN _posting.effective_at END; -- see keep_counted()
BEGIN
  PERFORM pg_current_xact_id(); -- before any number is taken, see seal()
  SELECT * INTO STRICT _site FROM tenant_schema.sites s WHERE s.id = _posting.site_id;
  _lines := coalesce(_lines, '{}');
  PERFORM tenant_schema.refuse_closed(_site, _posting, _lines);
  IF NOT _site.allows_negative THEN
    PERFORM tenant_schema.refuse_blind(_site, _lines);
  END IF;
  IF _posting.kind NOT IN ('MOVE', 'PRODUCTION') AND _of IS NULL AND _seeds IS NULL THEN
    _ahead := tenant_schema.walk_ahead(_site.id, _lines);
    _firsts := _ahead.firsts;
  END IF;
  IF _firsts IS NULL AND _posting.kind <> 'MOVE' AND _seeds IS NULL THEN
    _ahead := tenant_schema.put_off(_site.id, _lines, _of);
    _firsts := _ahead.firsts;
    IF _firsts IS NOT NULL AND NOT _site.allows_negative THEN
      PERFORM tenant_schema.refuse_negative(_site, _lines);
    END IF;
  END IF;
  _ids := ARRAY(SELECT nextval('tenant_schema.stock_movements_id_seq') FROM unnest(_lines));
  _goes_ahead := _firsts IS NOT NULL;
  IF NOT _goes_ahead THEN
    _undone := ARRAY(SELECT l.reverses_id FROM unnest(_lines) l WHERE l.reverses_id IS NOT NULL);
    IF _posting.kind <> 'MOVE' THEN
      _seeds := coalesce(_seeds, '{}') || tenant_schema.touched_costs(_site.id, _lines, _of);
      _objects := coalesce(tenant_schema.cost_objects(_seeds), '{}');
      _locked := (SELECT count(DISTINCT l.item_id) FROM unnest(_lines) l);
      WHILE cardinality(_objects) > _locked LOOP -- with what depends on them, which may have grown before it was locked
        _locked := cardinality(_objects);
        PERFORM FROM tenant_schema.stock_costs c JOIN unnest(_objects) o ON o.site_id = c.site_id AND o.item_id = c.item_id
          ORDER BY c.site_id, c.item_id FOR UPDATE OF c;
        _objects := tenant_schema.cost_objects(_seeds);
      END LOOP;
    END IF;
    IF NOT _site.allows_negative AND (_posting.kind <> 'PRODUCTION' AND 0 = ANY (_weights)) IS NOT TRUE THEN -- what only passes takes nothing away
      PERFORM tenant_schema.refuse_negative(_site, _lines);
    END IF;
    IF EXISTS (SELECT FROM unnest(_objects) o WHERE o.from_at < 'infinity') OR cardinality(_lines) > 100 THEN -- until this function ends
      PERFORM set_config('plan_cache_mode', 'force_custom_plan', true);
    END IF;
    _done := tenant_schema.walk(coalesce(_objects, '{}'), _posting, _lines, _ids, _of, _weights, _undone);
    _firsts := _done.firsts;
    _plans := current_setting('plan_cache_mode');
    PERFORM set_config('plan_cache_mode', 'force_generic_plan', true); -- foreign keys are not planned anew for every line
  END IF;

  _posting.business_day := tenant_schema.business_day(_posting.effective_at, _site.time_zone, _site.day_cutover_hour);
  _posting.posted_by := tenant_schema.me();
  _posting.posted_at := clock_timestamp();
  _posting.line_count := cardinality(_lines);
  _posting.orders_hash := coalesce(_posting.orders_hash, sha256(''));
  _posting.value := (SELECT coalesce(sum(x), 0)::numeric(20, 6) FROM unnest(_firsts) x);
  WITH written AS (
    INSERT INTO tenant_schema.stock_movements AS m (id, posting_id, kind, site_id, location_id, item_id, effective_at, business_day,
      quantity, value, given_value, of_id, weight, entered_quantity, entered_unit, reason_id, note, order_id, reverses_id, posted_by, posted_at)
    OVERRIDING SYSTEM VALUE
    SELECT l.id, _posting.id, _posting.kind, _site.id, l.location_id, l.item_id, l.effective_at,
      tenant_schema.business_day(l.effective_at, _site.time_zone, _site.day_cutover_hour), l.quantity, l.value,
      CASE WHEN l.quantity >= 0 AND l.reverses_id IS NULL THEN coalesce(l.given, l.quantity * round(l.unit_cost, 12)) END, l.of_id, l.weight,
      l.entered_quantity, l.entered_unit, l.reason_id, coalesce(l.note, ''), l.order_id, l.reverses_id,
      _posting.posted_by, _posting.posted_at
    FROM ROWS FROM (unnest(_lines), unnest(_firsts), unnest(_ids), unnest(_of), unnest(_weights)) AS l (item_id, location_id,
      quantity, given, unit_cost, reason_id, note, entered_quantity, entered_unit, effective_at, order_id, reverses_id,
      value, id, of_id, weight)
    RETURNING m.id, tenant_schema.movement_line(m) AS line
  ), summed AS (
    SELECT sha256(convert_to(coalesce(string_agg(w.line, E'\n' ORDER BY w.kind, w.id), ''), 'UTF8')) AS hash
    FROM (SELECT 1 AS kind, x.id, x.line FROM written x
          UNION ALL SELECT 2, c.id, tenant_schema.price_change_line(c) FROM tenant_schema.price_changes c WHERE c.posting_id = _posting.id) w
  ), posted AS (
    INSERT INTO tenant_schema.postings (id, kind, site_id, effective_at, business_day, supplier_id, to_site_id, to_rate, reference, note, reverses_id,
      content_hash, lines_hash, orders_hash, line_count, value, posted_by, posted_at, row_hash)
    SELECT _posting.id, _posting.kind, _site.id, _posting.effective_at, _posting.business_day, _posting.supplier_id,
      _posting.to_site_id, _posting.to_rate, _posting.reference, _posting.note, _posting.reverses_id, _posting.content_hash, s.hash, _posting.orders_hash,
      _posting.line_count, _posting.value, _posting.posted_by, _posting.posted_at, tenant_schema.posting_hash(_posting, s.hash)
    FROM summed s
    RETURNING number)
  SELECT p.number INTO STRICT _posting.number FROM posted p;

  INSERT INTO tenant_schema.stock_levels AS s (location_id, item_id, site_id, on_hand)
  SELECT l.location_id, l.item_id, _site.id, sum(l.quantity) FROM unnest(_lines) l GROUP BY l.location_id, l.item_id
  ON CONFLICT (location_id, item_id) DO UPDATE SET on_hand = s.on_hand + excluded.on_hand;
  IF _posting.kind IN ('TRANSFER_OUT', 'TRANSFER_IN') THEN
    PERFORM tenant_schema.keep_under_way(_posting.id);
  END IF;
  IF EXISTS (SELECT FROM tenant_schema.items i WHERE i.tracks_lots <> 'NO' AND i.id = ANY (ARRAY(SELECT l.item_id FROM unnest(_lines) l))) THEN
    PERFORM tenant_schema.write_lots(_posting, _lines, _ids, _of, _lots);
    _lots_said := (SELECT jsonb_build_object('lots', encode(sha256(convert_to(string_agg(tenant_schema.movement_lot_line(x), E'\n' ORDER BY x.id),
      'UTF8')), 'hex')) FROM tenant_schema.movement_lots x WHERE x.posting_id = _posting.id HAVING count(*) > 0);
  END IF;
  IF _goes_ahead THEN
    INSERT INTO tenant_schema.stock_costs AS c (site_id, item_id, quantity, value, average_cost, last_movement_at, last_counted_at)
    SELECT _site.id, u.item_id, u.quantity, u.value, u.cost, u.at, _counted_at
    FROM unnest(_ahead.items, _ahead.quantities, _ahead.worths, _ahead.costs, _ahead.ats) AS u (item_id, quantity, value, cost, at)
    ON CONFLICT (site_id, item_id) DO UPDATE -- they are there: so it goes by the key, where a plan for a new site goes through all of it
      SET quantity = excluded.quantity, value = excluded.value, average_cost = excluded.average_cost,
        last_movement_at = greatest(c.last_movement_at, excluded.last_movement_at),
        last_counted_at = greatest(c.last_counted_at, excluded.last_counted_at);
  ELSE
    PERFORM set_config('plan_cache_mode', _plans, true);
    PERFORM tenant_schema.write_costs(_posting, _done.ends, _done.part_objects, _done.part_ids, _done.part_quantities, _done.part_values,
      _lines, _counted_at);
    IF _posting.kind = 'MOVE' THEN -- which leaves everything worth what it was
      UPDATE tenant_schema.stock_costs c SET last_movement_at = greatest(c.last_movement_at, u.at)
      FROM (SELECT l.item_id, max(l.effective_at) AS at FROM unnest(_lines) l GROUP BY l.item_id) u
      WHERE c.site_id = _site.id AND c.item_id = u.item_id AND u.at > c.last_movement_at IS NOT FALSE;
    END IF;
    IF cardinality(_done.walked) > 0 OR cardinality(_done.up_ids) > 0 OR cardinality(_undone) > 0 THEN
      PERFORM tenant_schema.write_corrections(_posting, _undone, _done.walked, _done.walked_at, _done.worths, _done.booked, _done.up_ids, _done.up_ats,
        _done.up_values);
    END IF;
  END IF;
  PERFORM tenant_schema.write_audit('posting', _posting.id::text, 'POST', _site.id, NULL, jsonb_build_object(
    'kind', _posting.kind, 'number', _posting.number, 'effective_at', _posting.effective_at, 'lines', _posting.line_count,
    'value', _posting.value, 'reference', _posting.reference, 'note', _posting.note, 'reverses', _posting.reverses_id)
    || coalesce(_lots_said, '{}'));
  RETURN tenant_schema.posting_result(_posting);
END $$;

SET LOCAL ROLE ims_ledger;
-- The price and the tax of menu items at a site on a day: the site's own before that of everywhere, the latest of each.
CREATE FUNCTION tenant_schema.prices_of(_site uuid, _menu_items uuid[], _day date)
RETURNS TABLE (menu_item_id uuid, price numeric, tax_percent numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT m.id, p.price, coalesce(p.tax_percent, 0)
  FROM (SELECT DISTINCT unnest(_menu_items) AS id) m
  LEFT JOIN LATERAL (
    SELECT x.price, x.tax_percent FROM tenant_schema.menu_prices x
    WHERE x.menu_item_id = m.id AND (x.site_id = _site OR x.site_id IS NULL) AND x.valid_from <= _day
    ORDER BY x.site_id IS NULL, x.valid_from DESC LIMIT 1) p ON true
$$;

SET LOCAL ROLE ims_ledger;
-- Refuses a recipe that is made of itself, by name.
CREATE FUNCTION tenant_schema.refuse_circle(_recipe uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'The recipe % is made of itself: take it out of its own sub-recipes first.',
    (SELECT r.name FROM tenant_schema.recipes r WHERE r.id = _recipe) USING ERRCODE = 'IM400';
END $$;

SET LOCAL ROLE ims_ledger;
-- The lines of an order with what is left of each after its refunds: how much, and what was charged for that.
CREATE FUNCTION tenant_schema.rest_of_lines(_order uuid)
RETURNS TABLE (line int, menu_item_id uuid, modifiers uuid[], unit_price numeric, sold numeric, quantity numeric, net numeric, tax numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT i.line, i.menu_item_id, i.modifiers, i.unit_price, i.quantity, i.quantity + b.quantity, i.net_amount + b.net, i.tax_amount + b.tax
  FROM tenant_schema.order_items i
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(x.quantity), 0) AS quantity, coalesce(sum(x.net_amount), 0) AS net, coalesce(sum(x.tax_amount), 0) AS tax
    FROM tenant_schema.orders r JOIN tenant_schema.order_items x ON x.order_id = r.id AND x.refunds_line = i.line
    WHERE r.part_of_id = i.order_id AND r.kind = 'REFUND') b
  WHERE i.order_id = _order
$$;

SET LOCAL ROLE ims_ledger;
-- The lines that undo these movements: opposite quantity and value (with its corrections), at the movement's own time.
CREATE FUNCTION tenant_schema.reversed_lines(_movements bigint[], _note text) RETURNS tenant_schema.posting_line[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN (
  SELECT array_agg(ROW(m.item_id, m.location_id, -m.quantity, -w.value, NULL, m.reason_id, _note, -m.entered_quantity, m.entered_unit, m.effective_at, m.order_id, m.id)::tenant_schema.posting_line
    ORDER BY m.id)
  FROM tenant_schema.stock_movements m
  CROSS JOIN LATERAL (
    SELECT m.value + coalesce(sum(c.value), 0) AS value FROM tenant_schema.cost_corrections c WHERE c.movement_id = m.id) w
  WHERE m.id = ANY (_movements));

SET LOCAL ROLE ims_ledger;
-- So much of a dish as people say it: 3 × Margherita, or 1.5 l Tomato sauce of what is not made in portions.
CREATE FUNCTION tenant_schema.wasted_words(_dish uuid, _day date, _quantity numeric) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT trim_scale(_quantity)::text || CASE WHEN d.unit IN ('portion', 'each') THEN ' × ' ELSE ' ' || d.unit || ' ' END || d.name
  FROM (
    SELECT concat_ws(' ', m.name, nullif(m.size, '')) AS name, 'portion' AS unit FROM tenant_schema.menu_items m WHERE m.id = _dish
    UNION ALL
    SELECT r.name, coalesce((SELECT v.yield_unit FROM tenant_schema.recipe_versions v WHERE v.recipe_id = r.id AND v.valid_from <= _day
      ORDER BY v.valid_from DESC LIMIT 1), 'portion') FROM tenant_schema.recipes r WHERE r.id = _dish) d
$$;

SET LOCAL ROLE ims_ledger;
-- What is wrong with the modifiers chosen for a dish: they must be offered with it, and each of its questions be answered as often as
-- it asks for. Null when all is well.
CREATE FUNCTION tenant_schema.wrong_modifiers(_menu_item uuid, _modifiers uuid[]) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH chosen AS (
    SELECT c.id, m.group_id, m.name, j.group_id IS NOT NULL AND m.is_active AND g.is_active AS offered
    FROM unnest(_modifiers) AS c (id)
    LEFT JOIN tenant_schema.modifiers m ON m.id = c.id
    LEFT JOIN tenant_schema.modifier_groups g ON g.id = m.group_id
    LEFT JOIN tenant_schema.menu_item_modifiers j ON j.menu_item_id = _menu_item AND j.group_id = m.group_id
  ), asked AS (
    SELECT g.name, g.at_least, g.at_most, j.sort_order, (SELECT count(*) FROM chosen c WHERE c.group_id = g.id) AS answers
    FROM tenant_schema.menu_item_modifiers j JOIN tenant_schema.modifier_groups g ON g.id = j.group_id
    WHERE j.menu_item_id = _menu_item AND g.is_active
      AND EXISTS (SELECT FROM tenant_schema.modifiers m WHERE m.group_id = g.id AND m.is_active)
  )
  SELECT w.text FROM (
    SELECT 1 AS place, 0 AS sort_order, 'A line has at most 50 modifiers.' AS text WHERE cardinality(_modifiers) > 50
    UNION ALL
    SELECT 2, 0, CASE WHEN c.name IS NULL THEN 'This modifier does not exist.'
      ELSE format('%s is not offered with this dish.', c.name) END FROM chosen c WHERE c.offered IS NOT TRUE
    UNION ALL
    SELECT 3, a.sort_order, format('%s: choose at least %s.', a.name, a.at_least) FROM asked a WHERE a.answers < a.at_least
    UNION ALL
    SELECT 3, a.sort_order, format('%s: choose at most %s.', a.name, a.at_most) FROM asked a WHERE a.answers > a.at_most
  ) w ORDER BY w.place, w.sort_order, w.text LIMIT 1
$$;

SET LOCAL ROLE ims_ledger;
-- Writes orders whose lines are worked out already: adds up their totals and takes their hashes. Answers the hash of all,
-- as the posting that records them keeps it.
CREATE FUNCTION tenant_schema.add_orders(_orders tenant_schema.orders[], _items tenant_schema.order_items[]) RETURNS bytea
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH summed AS (
    SELECT i.order_id, sum(i.net_amount) AS net, sum(i.tax_amount) AS tax,
      sha256(convert_to(string_agg(tenant_schema.order_item_line(i), E'\n' ORDER BY i.line), 'UTF8')) AS hash
    FROM unnest(_items) i GROUP BY i.order_id
  ), written AS (
    INSERT INTO tenant_schema.orders AS w (id, site_id, number, kind, part_of_id, channel, placed_at, business_day, covers, net_total,
      tax_total, items_hash, import_id, posting_id, created_by, customer_id, note)
    SELECT o.id, o.site_id, o.number, o.kind, o.part_of_id, o.channel, o.placed_at, o.business_day, o.covers, s.net, s.tax, s.hash,
      o.import_id, o.posting_id, (SELECT tenant_schema.me()), o.customer_id, o.note
    FROM unnest(_orders) o JOIN summed s ON s.order_id = o.id
    RETURNING w.id, tenant_schema.order_line(w) AS words
  ), itemized AS (
    INSERT INTO tenant_schema.order_items SELECT i.* FROM unnest(_items) i
  )
  SELECT sha256(convert_to(string_agg(w.words, E'\n' ORDER BY w.id), 'UTF8')) FROM written w
$$;

SET LOCAL ROLE ims_ledger;
-- Everything wrong with entries of a count, as problems with row, field and sentence; null when all is well. Entries that are
-- there already under their key are not looked at again. Each row is looked up for itself (LIMIT), because a sheet is younger than
-- the statistics of its tables, and a plan that compares rows with rows takes a minute where the index takes a moment.
CREATE FUNCTION tenant_schema.check_entries(
  _sheet tenant_schema.count_sheets, _keys uuid[], _locations uuid[], _items uuid[], _quantities numeric[], _typed text[],
  _units text[], _notes text[], _times timestamptz[], _takes_back bigint[], _lots text[], _expiries date[]) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _mine uuid := tenant_schema.me();
  _posts boolean := (_sheet).site_id = ANY (tenant_schema.scope('counts.post'));
  _latest timestamptz := clock_timestamp() + interval '2 minutes';
BEGIN
  RETURN (
    SELECT jsonb_agg(jsonb_build_object('row', u.n, 'field', p.field, 'text', p.text) ORDER BY u.n)
    FROM unnest(_keys, _locations, _items, _quantities, _typed, _units, _notes, _times, _takes_back, _lots, _expiries)
      WITH ORDINALITY AS u (key, location_id, item_id, quantity, typed, unit, note, counted_at, takes_back, lot, expires_on, n)
    LEFT JOIN LATERAL (SELECT * FROM tenant_schema.count_entries e WHERE e.key = u.key LIMIT 1) k ON true
    LEFT JOIN LATERAL (SELECT * FROM tenant_schema.items i WHERE i.id = u.item_id LIMIT 1) i ON true
    LEFT JOIN LATERAL (SELECT * FROM tenant_schema.count_areas a WHERE a.sheet_id = (_sheet).id AND a.location_id = u.location_id LIMIT 1) a ON true
    LEFT JOIN LATERAL (SELECT * FROM tenant_schema.count_lines l WHERE l.sheet_id = (_sheet).id AND l.location_id = u.location_id
      AND l.item_id = u.item_id LIMIT 1) l ON true
    LEFT JOIN LATERAL (SELECT * FROM tenant_schema.count_entries e WHERE e.id = u.takes_back AND e.sheet_id = (_sheet).id
      AND e.location_id = u.location_id AND e.item_id = u.item_id LIMIT 1) t ON true
    LEFT JOIN LATERAL (SELECT * FROM tenant_schema.lots g WHERE g.item_id = u.item_id AND g.code = btrim(u.lot) LIMIT 1) g ON true
    CROSS JOIN LATERAL (VALUES
      ('key', CASE WHEN u.key IS NULL THEN 'An entry needs a key.'
                   WHEN k.id IS NOT NULL AND (k.sheet_id <> (_sheet).id OR k.location_id <> u.location_id OR k.item_id <> u.item_id
                     OR k.quantity IS DISTINCT FROM u.quantity OR k.lot IS DISTINCT FROM btrim(u.lot) OR k.takes_back IS DISTINCT FROM u.takes_back OR k.entered_by <> _mine)
                     THEN 'This key was already used for another entry.' END),
      ('item', CASE WHEN k.id IS NOT NULL THEN NULL WHEN i.id IS NULL THEN 'This item does not exist.'
                    WHEN NOT i.is_active THEN format('%s is archived.', i.name)
                    WHEN (_sheet).state = 'REVIEW' AND l.recount_after IS NULL
                      THEN format('%s is not to be counted again: counting is done.', i.name) END),
      ('location', CASE WHEN a.location_id IS NULL THEN 'This storage location does not belong to the count.' END),
      ('quantity', CASE WHEN u.quantity IS NULL AND u.takes_back IS NULL THEN 'Enter what was counted. Blank is not zero.'
                        WHEN u.quantity = 'NaN' OR abs(u.quantity) >= 1000000000 THEN 'This quantity is absurdly large.'
                        WHEN u.quantity < 0 THEN 'A counted quantity cannot be below zero.'
                        WHEN u.quantity <> round(u.quantity, 6) THEN 'A quantity has at most six decimals.'
                        WHEN length(u.typed) > 120 THEN 'What was typed is too long.' END),
      ('lot', CASE WHEN k.id IS NOT NULL THEN NULL
                   WHEN u.lot IS NULL AND u.expires_on IS NOT NULL THEN 'Name the lot that expires.'
                   WHEN u.lot IS NULL THEN NULL
                   WHEN i.tracks_lots = 'NO' THEN format('%s is not kept by lots.', i.name)
                   WHEN length(btrim(u.lot)) NOT BETWEEN 1 AND 40 THEN 'The name of a lot has 1 to 40 letters.'
                   WHEN u.expires_on NOT BETWEEN '2000-01-01' AND '2999-12-31' THEN format('Say when lot %s expires.', btrim(u.lot))
                   WHEN u.expires_on <> g.expires_on THEN format('Lot %s of %s expires on %s.', g.code, i.name, to_char(g.expires_on, 'YYYY-MM-DD'))
                   WHEN i.tracks_lots = 'EXPIRY' AND i.shelf_life_days IS NULL AND g.id IS NULL AND u.expires_on IS NULL AND u.quantity > 0
                     THEN format('Say when lot %s expires.', btrim(u.lot)) END),
      ('unit', CASE WHEN length(u.unit) NOT BETWEEN 1 AND 100 THEN 'A unit has 1 to 100 letters.' END),
      ('note', CASE WHEN length(u.note) > 1000 THEN 'A note has at most 1,000 letters.' END),
      ('counted_at', CASE WHEN NOT isfinite(u.counted_at) OR u.counted_at > _latest THEN 'The time of an entry cannot lie in the future.'
                          WHEN u.counted_at < (_sheet).started_at - interval '1 day'
                            THEN 'What was counted more than a day before the count was started does not belong to it.' END),
      ('takes_back', CASE WHEN k.id IS NOT NULL OR u.takes_back IS NULL THEN NULL
                          WHEN t.id IS NULL THEN 'The entry that is corrected is not there.'
                          WHEN t.entered_by <> _mine AND NOT _posts THEN 'Somebody else entered this: whoever entered it corrects it, or whoever may post counts.'
                          WHEN EXISTS (SELECT FROM tenant_schema.count_entries b WHERE b.takes_back = t.id) THEN 'This entry was corrected already.' END)
    ) AS p (field, text)
    WHERE p.text IS NOT NULL);
END $$;

SET LOCAL ROLE ims_ledger;
-- Everything wrong with an order as it is entered, as problems with row (of the line), field and sentence; null when all is
-- well. `_free`: the person may ask other prices than the list and give discounts.
CREATE FUNCTION tenant_schema.check_entry(
  _order tenant_schema.orders, _lines tenant_schema.planned_lines[], _free boolean) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH wrong AS (
    SELECT NULL::int AS line, p.field, p.text
    FROM (VALUES
      ('kind', CASE WHEN coalesce(_order.kind, '') NOT IN ('CATERING', 'WHOLESALE', 'INTERNAL', 'STAFF_MEAL')
                 THEN 'Say what the order is for.' END),
      ('placed_at', CASE WHEN _order.placed_at IS NULL OR NOT isfinite(_order.placed_at) THEN 'An order needs its time.'
                         WHEN _order.placed_at < '2000-01-01 00:00+00' THEN 'An order cannot lie before the year 2000.'
                         WHEN _order.placed_at > clock_timestamp() + interval '2 years' THEN 'An order is planned up to two years ahead.' END),
      ('customer_id', CASE WHEN _order.customer_id IS NULL AND _order.kind IN ('CATERING', 'WHOLESALE') THEN 'Choose the customer.'
                           WHEN _order.customer_id IS NOT NULL AND (NOT tenant_schema.can('customers.view')
                             OR NOT EXISTS (SELECT FROM tenant_schema.customers c WHERE c.id = _order.customer_id AND c.is_active))
                             THEN 'Choose an active customer.' END),
      ('covers', CASE WHEN _order.covers < 0 THEN 'Covers cannot be below zero.'
                      WHEN _order.covers > 100000 THEN 'Covers go up to 100,000.' END),
      ('channel', CASE WHEN length(_order.channel) > 100 THEN 'A channel has at most 100 letters.' END),
      ('note', CASE WHEN length(_order.note) > 1000 THEN 'A note has at most 1,000 letters.' END),
      ('lines', CASE WHEN coalesce(cardinality(_lines), 0) NOT BETWEEN 1 AND 500 THEN 'An order has 1 to 500 lines.' END)
    ) AS p (field, text)
    UNION ALL
    SELECT l.line, p.field, p.text
    FROM unnest(_lines) l
    LEFT JOIN tenant_schema.menu_items m ON m.id = l.menu_item_id
    LEFT JOIN LATERAL (
      SELECT greatest(p.price + coalesce((SELECT sum(d.price) FROM unnest(l.modifiers) AS c (id)
        JOIN tenant_schema.modifiers d ON d.id = c.id), 0), 0) AS price
      FROM tenant_schema.prices_of(_order.site_id, ARRAY[l.menu_item_id], _order.business_day) p) r ON true
    CROSS JOIN LATERAL (VALUES
      ('menu_item', CASE WHEN m.id IS NULL THEN 'This menu item does not exist.' END),
      ('quantity', CASE WHEN l.quantity IS NULL OR l.quantity = 'NaN' OR l.quantity <= 0 OR l.quantity > 100000
                          THEN 'A quantity lies above 0 and up to 100,000.' END),
      ('price', CASE WHEN l.unit_price IS NULL OR l.unit_price = 'NaN' OR l.unit_price NOT BETWEEN 0 AND 10000000
                       THEN 'A price lies between 0 and 10,000,000.'
                     WHEN _order.kind = 'STAFF_MEAL' AND l.unit_price <> 0 THEN 'A staff meal is not charged.'
                     WHEN _order.kind <> 'STAFF_MEAL' AND NOT _free AND r.price IS NULL
                       THEN format('%s has no price on that day, and your roles do not let you set one.', m.name)
                     WHEN _order.kind <> 'STAFF_MEAL' AND NOT _free AND l.unit_price <> r.price
                       THEN format('The price of %s is %s on that day, and your roles do not let you change it.', m.name, r.price) END),
      ('discount', CASE WHEN l.discount IS NULL OR l.discount = 'NaN' OR l.discount < 0 THEN 'A discount cannot be below zero.'
                        WHEN l.discount > round(l.quantity * l.unit_price, 2) THEN 'The discount is more than the line is worth.'
                        WHEN l.discount > 0 AND NOT _free THEN 'Your roles do not let you give a discount.' END),
      ('modifiers', tenant_schema.wrong_modifiers(l.menu_item_id, l.modifiers)),
      ('note', CASE WHEN length(l.note) > 300 THEN 'A note on a line has at most 300 letters.' END)
    ) AS p (field, text))
  SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('row', w.line, 'field', w.field, 'text', w.text)) ORDER BY w.line NULLS FIRST)
  FROM wrong w WHERE w.text IS NOT NULL
$$;

SET LOCAL ROLE ims_ledger;
-- Everything wrong with the lines of a document, as problems with row, field and sentence; null when all is well.
CREATE FUNCTION tenant_schema.check_lines(_kind text, _site uuid, _lines tenant_schema.posting_line[]) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (
    SELECT jsonb_agg(jsonb_build_object('row', l.n, 'field', p.field, 'text', p.text) ORDER BY l.n)
    FROM unnest(_lines) WITH ORDINALITY AS l (item_id, location_id, quantity, value, unit_cost, reason_id, note,
      entered_quantity, entered_unit, effective_at, order_id, reverses_id, n)
    LEFT JOIN tenant_schema.items i ON i.id = l.item_id
    LEFT JOIN tenant_schema.storage_locations w ON w.id = l.location_id AND w.site_id = _site
    LEFT JOIN tenant_schema.reason_codes r ON r.id = l.reason_id
    CROSS JOIN LATERAL (SELECT ARRAY[ -- of one line; most have nothing wrong, and then nothing more is made of it
      /* item */ CASE WHEN i.id IS NULL THEN 'This item does not exist.'
                      WHEN NOT i.is_active THEN format('%s is archived.', i.name) END,
      /* location */ CASE WHEN w.id IS NULL THEN 'This storage location does not belong to the site.'
                          WHEN NOT w.is_active THEN format('%s is closed.', w.name) END,
      /* quantity */ CASE WHEN l.quantity IS NULL OR l.quantity = 'NaN' THEN 'Enter a quantity.'
                          WHEN _kind = 'COUNT' AND l.quantity < 0 THEN 'A counted quantity cannot be below zero.'
                          WHEN _kind = 'WASTE' AND l.quantity >= 0 THEN 'Waste must take something out of stock.'
                          WHEN _kind = 'DELIVERY' AND l.quantity <= 0 THEN 'A delivered quantity must be above zero.'
                          WHEN _kind IN ('SUPPLIER_RETURN', 'TRANSFER_OUT') AND l.quantity >= 0 THEN 'This must take something out of stock.'
                          WHEN _kind IN ('CUSTOMER_RETURN', 'TRANSFER_IN') AND l.quantity <= 0 THEN 'What comes in must be above zero.'
                          WHEN _kind = 'REVALUATION' AND l.quantity <> 0 THEN 'A revaluation changes the value, not the quantity.'
                          WHEN _kind NOT IN ('COUNT', 'REVALUATION') AND l.quantity = 0 THEN 'Enter a quantity other than zero.'
                          WHEN abs(l.quantity) >= 1000000000 THEN 'This quantity is absurdly large.'
                          WHEN l.quantity <> round(l.quantity, 6) THEN 'A quantity has at most six decimals.' END,
      /* value */ CASE WHEN _kind = 'REVALUATION' AND l.value IS NULL THEN 'Enter by how much the value changes.'
                       WHEN l.value = 'NaN' OR abs(l.value) >= 1000000000000 THEN 'This value is absurdly large.'
                       WHEN l.value IS NULL OR _kind = 'REVALUATION' THEN NULL
                       WHEN l.unit_cost IS NOT NULL THEN 'Enter either what one costs or what all of it is worth.'
                       WHEN l.quantity < 0 THEN 'What leaves stock leaves at its own cost.'
                       WHEN l.value < 0 THEN 'A value cannot be below zero.'
                       WHEN _kind NOT IN ('DELIVERY', 'ADJUSTMENT', 'CUSTOMER_RETURN', 'PRODUCTION') THEN 'A value cannot be given here.' END,
      /* unit_cost */ CASE WHEN _kind = 'DELIVERY' AND l.unit_cost IS NULL AND l.value IS NULL THEN 'Enter what it cost.'
                           WHEN l.unit_cost < 0 OR l.unit_cost = 'NaN' THEN 'A cost cannot be below zero.'
                           WHEN l.unit_cost >= 1000000000 THEN 'This cost is absurdly large.'
                           WHEN l.unit_cost IS NOT NULL AND l.quantity < 0 THEN 'What leaves stock leaves at its own cost.'
                           WHEN l.unit_cost IS NOT NULL AND _kind IN ('TRANSFER_IN', 'PRODUCTION', 'REVALUATION', 'MOVE')
                             THEN 'What one costs cannot be given here.'
                           WHEN l.unit_cost IS NOT NULL AND _kind = 'COUNT' THEN 'What a count finds enters at the current cost.' END,
      /* reason */ CASE WHEN l.reason_id IS NULL AND _kind IN ('WASTE', 'ADJUSTMENT') THEN 'Choose a reason.'
                        WHEN l.reason_id IS NOT NULL AND (r.id IS NULL OR NOT r.is_active OR NOT _kind = ANY (r.kinds))
                          THEN 'This reason cannot be used here.' END,
      /* entered_quantity */ CASE WHEN l.entered_quantity = 'NaN' OR abs(l.entered_quantity) >= 1000000000
                                    THEN 'The quantity as it was entered cannot be right.' END,
      /* entered_unit */ CASE WHEN length(l.entered_unit) > 100 THEN 'A unit has at most 100 letters.' END,
      /* note */ CASE WHEN length(l.note) > 1000 THEN 'A note has at most 1,000 letters.' END] AS texts OFFSET 0) x
    CROSS JOIN LATERAL unnest('{item,location,quantity,value,unit_cost,reason,entered_quantity,entered_unit,note}'::text[], x.texts) AS p (field, text)
    WHERE num_nonnulls(VARIADIC x.texts) > 0 AND p.text IS NOT NULL);
END $$;

SET LOCAL ROLE ims_ledger;
-- Everything wrong with how the lines of a document hang together and with what they refer to, as check_lines(). The cost rows of
-- the issues must be locked, so that nobody else brings back the same.
CREATE FUNCTION tenant_schema.check_links(_kind text, _site tenant_schema.sites, _header jsonb, _lines tenant_schema.posting_line[],
  _of bigint[], _weights numeric[]) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _problems jsonb := '[]';
  _to tenant_schema.sites;
  _day date := tenant_schema.business_day((_lines[1]).effective_at, _site.time_zone, _site.day_cutover_hour);
  _sees boolean; -- asked where something is referred to
  _me uuid;
BEGIN
  IF _kind = 'TRANSFER_OUT' THEN
    SELECT * INTO _to FROM tenant_schema.sites s WHERE s.id = (_header ->> 'to_site_id')::uuid;
    IF _to.id IS NULL OR NOT _to.is_active OR _to.id = _site.id THEN
      _problems := '[{"field": "to_site_id", "text": "Choose another open site as the receiver."}]';
    ELSIF _to.currency <> _site.currency AND tenant_schema.rate_on(_site.currency, _to.currency, _day) IS NULL THEN
      _problems := jsonb_build_array(jsonb_build_object('field', 'to_site_id', 'text', format(
        '%s keeps its stock in %s and %s in %s, and there is no rate of the two for %s or a day before: enter it under Exchange rates.',
        _site.name, _site.currency, _to.name, _to.currency, _day)));
    END IF;
  ELSIF _kind = 'PRODUCTION' AND NOT (EXISTS (SELECT FROM unnest(_lines) l WHERE l.quantity < 0)
                                      AND EXISTS (SELECT FROM unnest(_lines) l WHERE l.quantity > 0)) THEN
    _problems := '[{"field": "lines", "text": "Production uses something and makes something."}]';
  ELSIF _kind = 'PRODUCTION' AND _header ? 'production' THEN
    _problems := coalesce(tenant_schema.check_production(_site, _header -> 'production', _lines), '[]');
  ELSIF _kind = 'MOVE' THEN
    SELECT coalesce(jsonb_agg(jsonb_build_object('row', x.n, 'field', 'quantity',
        'text', 'What is taken from one place is put into another of the site, all of it.')), '[]') INTO _problems
    FROM (SELECT min(l.n) AS n FROM unnest(_lines) WITH ORDINALITY AS l (item_id, location_id, quantity, value, unit_cost, reason_id, note,
            entered_quantity, entered_unit, effective_at, order_id, reverses_id, n)
          GROUP BY l.item_id HAVING sum(l.quantity) <> 0) x;
  END IF;
  IF _weights IS NOT NULL AND EXISTS (SELECT FROM unnest(_weights) w WHERE w < 0 OR w = 'NaN' OR w >= 1000000000) THEN
    _problems := _problems || '[{"field": "weight", "text": "A weight lies between zero and a billion."}]';
  END IF;
  IF _kind = 'TRANSFER_IN' OR _of IS NOT NULL THEN
    _sees := _site.id = ANY (tenant_schema.stock_sites());
    _me := tenant_schema.me();
    SELECT _problems || coalesce(jsonb_agg(jsonb_build_object('row', p.n, 'field', 'of_id', 'text', p.text) ORDER BY p.n), '[]') INTO _problems
    FROM (
      SELECT l.n, CASE
          WHEN l.of_id IS NULL THEN CASE WHEN _kind = 'TRANSFER_IN' THEN 'Say which line of which transfer this is.' END
          WHEN _kind NOT IN ('TRANSFER_IN', 'CUSTOMER_RETURN') THEN 'Only what comes back or is transferred names an issue.'
          WHEN m.id IS NULL OR m.quantity >= 0 OR m.item_id <> l.item_id OR u.id IS NOT NULL OR m.reverses_id IS NOT NULL
            OR (_kind = 'TRANSFER_IN') <> (m.kind = 'TRANSFER_OUT')
            OR CASE _kind WHEN 'TRANSFER_IN' THEN p.to_site_id ELSE m.site_id END <> _site.id
            OR (_kind = 'CUSTOMER_RETURN' AND NOT _sees AND m.posted_by <> _me) THEN -- the rest would tell what is hidden from whoever counts blind
            'There is no such issue of this item.'
          WHEN m.effective_at > l.effective_at THEN 'It cannot come in before it left.'
          WHEN sum(l.quantity) OVER (PARTITION BY l.of_id) > -m.quantity - b.quantity
            THEN format('Only %s of it is still out.', trim_scale(-m.quantity - b.quantity)) END AS text
      FROM ROWS FROM (unnest(_lines), unnest(_of)) WITH ORDINALITY AS l (item_id, location_id, quantity, value, unit_cost, reason_id, note,
        entered_quantity, entered_unit, effective_at, order_id, reverses_id, of_id, n)
      LEFT JOIN tenant_schema.stock_movements m ON m.id = l.of_id
      LEFT JOIN tenant_schema.stock_movements u ON u.reverses_id = m.id
      LEFT JOIN tenant_schema.postings p ON p.id = m.posting_id
      LEFT JOIN LATERAL (SELECT coalesce(sum(t.quantity), 0) AS quantity FROM tenant_schema.stock_movements t
        WHERE t.of_id = m.id AND t.reverses_id IS NULL
          AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements r WHERE r.reverses_id = t.id)) b ON true) p
    WHERE p.text IS NOT NULL;
  END IF;
  RETURN nullif(_problems, '[]');
END $$;

SET LOCAL ROLE ims_ledger;
-- Everything wrong with the lots that were named for the lines of a document, as check_lines(). The cost rows must be locked.
CREATE FUNCTION tenant_schema.check_lots(_kind text, _site tenant_schema.sites, _lines tenant_schema.posting_line[], _lots jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _problems jsonb;
  _sees boolean;
BEGIN
  IF _lots IS NULL THEN
    RETURN NULL;
  END IF;
  IF jsonb_typeof(_lots) <> 'array' OR jsonb_array_length(_lots) <> cardinality(_lines) OR EXISTS (
      SELECT FROM jsonb_array_elements(_lots) l WHERE jsonb_typeof(l) NOT IN ('null', 'array')
        OR jsonb_array_length(CASE WHEN jsonb_typeof(l) = 'array' THEN l ELSE '[]' END) > 50
        OR EXISTS (SELECT FROM jsonb_array_elements(CASE WHEN jsonb_typeof(l) = 'array' THEN l ELSE '[]' END) p WHERE jsonb_typeof(p) <> 'object')) THEN
    RAISE EXCEPTION 'Lots are said line by line, at most 50 of each.' USING ERRCODE = 'IM400';
  END IF;
  _sees := _site.id = ANY (tenant_schema.stock_sites());
  SELECT jsonb_agg(jsonb_build_object('row', q.n, 'field', 'lot', 'text', q.text) ORDER BY q.n, q.place) INTO _problems FROM (
    SELECT w.n, w.place, CASE
        WHEN _kind = 'REVALUATION' OR w.tracks_lots = 'NO' THEN format('%s is not kept by lots.', w.name)
        WHEN w.code IS NULL AND w.said THEN 'The name of a lot has 1 to 40 letters.'
        WHEN length(w.code) > 40 THEN 'The name of a lot has at most 40 letters.'
        WHEN NOT public.is_seen(w.code) THEN 'The name of a lot has a character in it that nobody can see: type it anew.'
        WHEN w.expires !~ '^2[0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$' THEN 'Write the day on which it expires as 2026-01-31.'
        WHEN right(w.expires, 2)::int > extract(day FROM (left(w.expires, 8) || '01')::date + interval '1 month - 1 day')
          THEN format('There is no day %s in the calendar.', w.expires)
        WHEN w.amount !~ '^[0-9]{1,9}([.][0-9]{1,6})?$' OR w.amount::numeric = 0 THEN 'The quantity of a lot lies above zero.'
        WHEN _kind <> 'COUNT' AND w.total > abs(w.quantity) THEN 'The lots of a line are more than the line.'
        WHEN _kind = 'COUNT' THEN NULL
        WHEN w.quantity < 0 AND NOT _sees THEN 'You do not see the stock there now, so leave open which lots leave.' -- a refusal would tell
        WHEN w.quantity < 0 AND w.code IS NOT NULL AND w.wanted > w.held THEN
          CASE WHEN w.held > 0 THEN format('Only %s of lot %s is in %s.', trim_scale(w.held), w.code, w.location)
            ELSE format('There is nothing of lot %s in %s.', w.code, w.location) END
        WHEN w.quantity < 0 AND w.code IS NULL AND w.wanted > w.loose THEN format('Only %s in %s is of no lot.', trim_scale(w.loose), w.location)
        WHEN w.quantity > 0 AND w.code IS NOT NULL AND w.tracks_lots = 'EXPIRY' AND w.expires IS NULL AND w.known IS NULL
          AND w.shelf_life_days IS NULL AND _kind <> 'MOVE' THEN format('Say when lot %s expires.', w.code)
        WHEN w.quantity > 0 AND w.expires::date <> w.known THEN format('Lot %s of %s expires on %s.', w.code, w.name, w.known) END AS text
    FROM (
      SELECT l.n, e.place, l.quantity, i.name, i.tracks_lots, i.shelf_life_days, p.name AS location, e.part ->> 'code' IS NOT NULL AS said,
        nullif(btrim(e.part ->> 'code'), '') AS code, e.part ->> 'expires' AS expires, e.part ->> 'quantity' AS amount, t.expires_on AS known,
        sum(x.amount) OVER (PARTITION BY l.n) AS total,
        sum(x.amount) OVER (PARTITION BY l.location_id, l.item_id, nullif(btrim(e.part ->> 'code'), ''), l.quantity < 0) AS wanted,
        coalesce(s.on_hand, 0) AS held,
        greatest(coalesce(v.on_hand, 0) - coalesce((SELECT sum(o.on_hand) FROM tenant_schema.stock_lots o
          WHERE o.location_id = l.location_id AND o.item_id = l.item_id), 0), 0) AS loose
      FROM unnest(_lines) WITH ORDINALITY AS l (item_id, location_id, quantity, value, unit_cost, reason_id, note, entered_quantity,
        entered_unit, effective_at, order_id, reverses_id, n)
      JOIN tenant_schema.items i ON i.id = l.item_id
      JOIN tenant_schema.storage_locations p ON p.id = l.location_id
      CROSS JOIN LATERAL jsonb_array_elements(nullif(_lots -> (l.n - 1)::int, 'null')) WITH ORDINALITY AS e (part, place)
      CROSS JOIN LATERAL (SELECT CASE WHEN e.part ->> 'quantity' ~ '^[0-9]{1,9}([.][0-9]{1,6})?$' THEN (e.part ->> 'quantity')::numeric
        ELSE abs(l.quantity) END AS amount) x
      LEFT JOIN tenant_schema.lots t ON t.item_id = l.item_id AND t.code = btrim(e.part ->> 'code')
      LEFT JOIN tenant_schema.stock_lots s ON s.lot_id = t.id AND s.location_id = l.location_id
      LEFT JOIN tenant_schema.stock_levels v ON v.location_id = l.location_id AND v.item_id = l.item_id) w) q
  WHERE q.text IS NOT NULL;
  RETURN _problems;
END $$;

SET LOCAL ROLE ims_ledger;
-- Refuses to make one item of two that are not one, with everything that speaks against it.
CREATE FUNCTION tenant_schema.check_merge(_old tenant_schema.items, _new tenant_schema.items) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _mine uuid[] := tenant_schema.scope('items.merge');
  _problems jsonb;
BEGIN
  IF _old.id IS NULL OR _new.id IS NULL OR _old.id = _new.id THEN
    RAISE EXCEPTION 'Choose two different items to merge.' USING ERRCODE = 'IM400';
  END IF;
  IF EXISTS (SELECT FROM tenant_schema.stock_levels l WHERE l.item_id = _old.id AND l.on_hand <> 0 AND l.site_id <> ALL (_mine)) THEN
    RAISE EXCEPTION 'There is stock of % at sites where your roles do not allow you to merge items.', _old.name USING ERRCODE = 'IM403';
  END IF;
  SELECT jsonb_agg(jsonb_build_object('text', p.text)) INTO _problems FROM (
    SELECT format('%s is archived. Restore it first.', _new.name) AS text WHERE NOT _new.is_active
    UNION ALL
    SELECT format('%s was merged into another item already.', _old.name)
      WHERE _old.merged_into_id IS NOT NULL AND _old.merged_into_id <> _new.id
    UNION ALL
    SELECT format('%s is kept in %s and %s in %s, which cannot be converted.', _old.name, _old.base_unit, _new.name, _new.base_unit)
      WHERE (SELECT count(DISTINCT u.dimension) FROM tenant_schema.units u WHERE u.code IN (_old.base_unit, _new.base_unit)) > 1
    UNION ALL
    SELECT format('%s is below zero at %s. Receive or count it first.', _old.name, s.name)
      FROM tenant_schema.stock_costs c JOIN tenant_schema.sites s ON s.id = c.site_id WHERE c.item_id = _old.id AND c.quantity < 0
    UNION ALL
    SELECT format('%s is closed and has stock of %s.', s.name, _old.name)
      FROM tenant_schema.sites s WHERE NOT s.is_active
      AND EXISTS (SELECT FROM tenant_schema.stock_levels l WHERE l.site_id = s.id AND l.item_id = _old.id AND l.on_hand <> 0)
    UNION ALL
    SELECT DISTINCT CASE WHEN s.id = ANY (_mine) THEN format('%s is being counted at %s (%s). Post or discard that count first.', _old.name, s.name, h.name)
        ELSE format('%s is being counted at another site. That count comes first.', _old.name) END
      FROM tenant_schema.count_sheets h JOIN tenant_schema.sites s ON s.id = h.site_id WHERE h.state IN ('OPEN', 'REVIEW')
      AND EXISTS (SELECT FROM tenant_schema.count_entries e WHERE e.sheet_id = h.id AND e.item_id = _old.id)) p;
  IF _problems IS NOT NULL THEN
    RAISE EXCEPTION '% cannot be merged into %.', _old.name, _new.name USING ERRCODE = 'IM400', DETAIL = _problems::text;
  END IF;
END $$;

SET LOCAL ROLE ims_ledger;
-- Everything wrong with a refund, as problems with row, field and sentence; null when all is well.
CREATE FUNCTION tenant_schema.check_refund(_order uuid, _lines int[], _quantities numeric[], _reasons uuid[]) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT jsonb_agg(jsonb_build_object('row', w.n, 'field', p.field, 'text', p.text) ORDER BY w.n)
  FROM unnest(_lines, _quantities, _reasons) WITH ORDINALITY AS w (line, quantity, reason_id, n)
  LEFT JOIN tenant_schema.rest_of_lines(_order) i ON i.line = w.line
  LEFT JOIN tenant_schema.reason_codes c ON c.id = w.reason_id
  CROSS JOIN LATERAL (VALUES
    ('line', CASE WHEN i.line IS NULL THEN 'The order has no such line.'
                  WHEN (SELECT count(*) FROM unnest(_lines) l WHERE l = w.line) > 1 THEN 'Each line is refunded once at a time.' END),
    ('quantity', CASE WHEN w.quantity IS NULL OR w.quantity = 'NaN' OR w.quantity <= 0 THEN 'A quantity above 0 is refunded.'
                      WHEN w.quantity <> round(w.quantity, 3) THEN 'A sold quantity has at most three decimals.'
                      WHEN i.quantity <= 0 THEN 'All of this line was refunded before.'
                      WHEN w.quantity > i.quantity THEN format('Only %s of this line are left to refund.', trim_scale(i.quantity)) END),
    ('reason', CASE WHEN w.reason_id IS NOT NULL AND (c.id IS NULL OR NOT c.is_active OR NOT 'WASTE' = ANY (c.kinds))
                 THEN 'This reason cannot be used for waste.' END)
  ) AS p (field, text)
  WHERE p.text IS NOT NULL
$$;

SET LOCAL ROLE ims_ledger;
-- Everything that cannot be right in sales about to be posted, as problems with row (of the order or the line), field and
-- sentence; null when all is well.
CREATE FUNCTION tenant_schema.check_sales(
  _numbers text[], _placed timestamptz[], _channels text[], _covers int[], _line_orders int[], _menu_items uuid[], _quantities numeric[],
  _unit_prices numeric[], _amounts numeric[], _modified_lines int[] DEFAULT NULL, _modifiers uuid[] DEFAULT NULL) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH wrong AS (
    SELECT o.n, p.field, p.text
    FROM unnest(_numbers, _placed, _channels, _covers) WITH ORDINALITY AS o (number, placed, channel, covers, n)
    CROSS JOIN LATERAL (VALUES
      ('number', CASE WHEN coalesce(length(trim(o.number)), 0) NOT BETWEEN 1 AND 100 THEN 'An order number has 1 to 100 letters.' END),
      ('placed_at', CASE WHEN o.placed IS NULL OR NOT isfinite(o.placed) THEN 'An order needs its time.'
                         WHEN o.placed > clock_timestamp() + interval '2 minutes' THEN 'An order cannot lie in the future.'
                         WHEN o.placed < '2000-01-01 00:00+00' THEN 'An order cannot lie before the year 2000.' END),
      ('channel', CASE WHEN length(o.channel) > 100 THEN 'A channel has at most 100 letters.' END),
      ('covers', CASE WHEN o.covers < 0 THEN 'Covers cannot be below zero.' END)
    ) AS p (field, text)
    WHERE p.text IS NOT NULL
    UNION ALL
    SELECT l.n, p.field, p.text
    FROM unnest(_line_orders, _menu_items, _quantities, _unit_prices, _amounts) WITH ORDINALITY
      AS l (o, menu_item_id, quantity, price, amount, n)
    LEFT JOIN tenant_schema.menu_items m ON m.id = l.menu_item_id
    CROSS JOIN LATERAL (VALUES
      ('order', CASE WHEN l.o IS NULL OR l.o NOT BETWEEN 1 AND cardinality(_numbers) THEN 'This line belongs to no order.' END),
      ('menu_item', CASE WHEN m.id IS NULL THEN 'This menu item does not exist.' END),
      ('quantity', CASE WHEN l.quantity IS NULL OR l.quantity = 'NaN' OR l.quantity <= 0 OR l.quantity > 100000
                          THEN 'A quantity lies above 0 and up to 100,000.'
                        WHEN l.quantity <> round(l.quantity, 3) THEN 'A sold quantity has at most three decimals.' END),
      ('unit_price', CASE WHEN l.price IS NULL OR l.price = 'NaN' OR l.price NOT BETWEEN 0 AND 10000000
                            THEN 'A price lies between 0 and 10,000,000.' END),
      ('amount', CASE WHEN l.amount = 'NaN' OR l.amount NOT BETWEEN 0 AND 1000000000 THEN 'An amount lies between 0 and 1,000,000,000.' END)
    ) AS p (field, text)
    WHERE p.text IS NOT NULL
    UNION ALL
    SELECT c.line, 'modifiers', CASE
      WHEN c.line IS NULL OR c.line NOT BETWEEN 1 AND cardinality(_line_orders) THEN 'This modifier belongs to no line.'
      ELSE 'This modifier does not exist.' END
    FROM unnest(_modified_lines, _modifiers) AS c (line, modifier_id)
    LEFT JOIN tenant_schema.modifiers m ON m.id = c.modifier_id
    WHERE m.id IS NULL OR c.line IS NULL OR c.line NOT BETWEEN 1 AND cardinality(_line_orders))
  SELECT jsonb_agg(jsonb_build_object('row', w.n, 'field', w.field, 'text', w.text) ORDER BY w.n) FROM (SELECT * FROM wrong LIMIT 100) w
$$;

SET LOCAL ROLE ims_ledger;
-- Turns counted quantities into differences: counted minus what the system had at that place at that moment, so that trade
-- may go on during a count. Entries for one item at one place add up. What does not differ falls away. The cost rows must be
-- locked.
CREATE FUNCTION tenant_schema.count_differences(_site uuid, _lines tenant_schema.posting_line[]) RETURNS tenant_schema.posting_line[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (
    SELECT coalesce(array_agg(ROW(e.item_id, e.location_id, e.quantity - h.quantity, NULL, NULL, e.reason_id, e.note,
      e.entered_quantity, e.entered_unit, e.effective_at, NULL, NULL)::tenant_schema.posting_line ORDER BY e.n), '{}')
    FROM (
      SELECT l.item_id, l.location_id, l.effective_at, sum(l.quantity) AS quantity, min(l.n) AS n,
        (array_agg(l.reason_id ORDER BY l.n) FILTER (WHERE l.reason_id IS NOT NULL))[1] AS reason_id,
        coalesce(string_agg(nullif(l.note, ''), '; ' ORDER BY l.n), '') AS note,
        CASE WHEN min(coalesce(l.entered_unit, '')) = max(coalesce(l.entered_unit, '')) THEN sum(coalesce(l.entered_quantity, l.quantity))
             ELSE sum(l.quantity) END AS entered_quantity,
        CASE WHEN min(coalesce(l.entered_unit, '')) = max(coalesce(l.entered_unit, '')) THEN min(l.entered_unit) END AS entered_unit
      FROM unnest(_lines) WITH ORDINALITY AS l (item_id, location_id, quantity, value, unit_cost, reason_id, note,
        entered_quantity, entered_unit, effective_at, order_id, reverses_id, n)
      GROUP BY l.item_id, l.location_id, l.effective_at) e
    CROSS JOIN LATERAL (
      SELECT coalesce((SELECT s.on_hand FROM tenant_schema.stock_levels s WHERE s.location_id = e.location_id AND s.item_id = e.item_id), 0)
        - coalesce((SELECT sum(m.quantity) FROM tenant_schema.stock_movements m
                    WHERE m.site_id = _site AND m.item_id = e.item_id AND m.effective_at > e.effective_at
                      AND m.location_id = e.location_id), 0) AS quantity
      OFFSET 0) h -- once a line, not each time it is named
    WHERE e.quantity <> h.quantity);
END $$;

SET LOCAL ROLE ims_ledger;
-- What a count found, line by line: what counts of its entries, added up; when the last of them was so; what the system had at that
-- place at that moment, and by how much that differs. A line that nobody counted has no quantity and stands at the end of counting.
-- Where entries name lots, each lot is a finding of its own, also one that the books have there and nobody named; what was counted
-- without a lot stands for all that no entry names, and where nobody did so, for what the books have of no lot.
-- `has_moved`: something was posted there between its first entry and its last. `is_over`: beyond the tolerance, at the cost of now.
--
-- A sheet is younger than the statistics of its tables: the planner takes it for one row, and compares each line with each entry.
-- So nothing here is joined to anything whose size it would have to guess: lines and entries are one heap that is sorted and
-- grouped, and everything else is asked of an index, row by row.
CREATE FUNCTION tenant_schema.count_findings(_sheet tenant_schema.count_sheets) RETURNS tenant_schema.count_finding[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _site uuid := (_sheet).site_id;
  _end timestamptz := coalesce((_sheet).counted_at, clock_timestamp());
  _by_lots uuid[] := ARRAY(SELECT i.id FROM tenant_schema.items i WHERE i.tracks_lots <> 'NO');
BEGIN
  RETURN ARRAY(
    WITH heap AS (
      SELECT l.location_id, l.item_id, l.recount_after, NULL::bigint AS id, NULL::numeric AS quantity, NULL::text AS lot,
        NULL::date AS expires_on, NULL::timestamptz AS counted_at
      FROM tenant_schema.count_lines l WHERE l.sheet_id = (_sheet).id
      UNION ALL
      SELECT e.location_id, e.item_id, NULL, e.id, e.quantity, CASE WHEN e.item_id = ANY (_by_lots) THEN e.lot END, e.expires_on, e.counted_at
      FROM tenant_schema.count_entries e WHERE e.sheet_id = (_sheet).id AND e.quantity IS NOT NULL
        AND (SELECT t.id FROM tenant_schema.count_entries t WHERE t.takes_back = e.id) IS NULL
    ), asked AS (
      SELECT h.*, max(h.recount_after) OVER (PARTITION BY h.location_id, h.item_id) AS after FROM heap h
    ), said AS (
      SELECT a.location_id, a.item_id, a.lot, a.after, max(a.expires_on) AS expires_on, count(a.id) AS entries, max(a.id) AS last_entry,
        sum(a.quantity) AS counted, min(a.counted_at) AS first_at, coalesce(max(a.counted_at), _end) AS at
      FROM asked a WHERE a.id IS NULL OR a.id > coalesce(a.after, 0)
      GROUP BY a.location_id, a.item_id, a.lot, a.after
    ), named AS MATERIALIZED (
      SELECT s.*, array_agg(s.lot) FILTER (WHERE s.lot IS NOT NULL) OVER (PARTITION BY s.location_id, s.item_id) AS lots FROM said s
    ), parts AS (
      SELECT n.location_id, n.item_id, n.lot, n.expires_on, n.after IS NOT NULL AND (n.lots IS NULL OR n.entries > 0) AS is_recounted,
        n.entries, n.last_entry, n.counted, n.first_at, n.at, n.lots, NULL::numeric AS held
      FROM named n
      UNION ALL -- lots that nobody named, where others were
      SELECT n.location_id, n.item_id, h.code, h.expires_on, false, 0, NULL, NULL, NULL, _end, n.lots, h.quantity
      FROM named n CROSS JOIN LATERAL tenant_schema.lots_held(_site, n.location_id, n.item_id, _end) h
      WHERE n.lot IS NULL AND n.entries = 0 AND n.lots IS NOT NULL AND h.quantity > 0 AND h.code <> ALL (n.lots)
    ), held AS MATERIALIZED ( -- what is expected is asked once a line, however often it is named below
      SELECT p.*, coalesce(m.moved, false) AS moved, coalesce(p.held, CASE
          WHEN p.lot IS NOT NULL THEN coalesce((SELECT h.quantity FROM tenant_schema.lots_held(_site, p.location_id, p.item_id, p.at) h
            WHERE h.code = p.lot), 0)
          ELSE coalesce((SELECT s.on_hand FROM tenant_schema.stock_levels s WHERE s.location_id = p.location_id AND s.item_id = p.item_id), 0)
            - coalesce(m.after, 0) - CASE WHEN p.lots IS NULL THEN 0 ELSE coalesce((SELECT sum(h.quantity)
              FROM tenant_schema.lots_held(_site, p.location_id, p.item_id, p.at) h WHERE p.entries = 0 OR h.code = ANY (p.lots)), 0) END
          END) AS expected,
        coalesce((SELECT c.average_cost FROM tenant_schema.stock_costs c WHERE c.site_id = _site AND c.item_id = p.item_id), 0) AS cost
      FROM parts p
      CROSS JOIN LATERAL ( -- asked line by line on purpose: the card of an item is an index, however much was posted
        SELECT sum(m.quantity) FILTER (WHERE m.effective_at > p.at) AS after,
          bool_or(m.effective_at <= p.at AND m.kind <> 'COUNT') AS moved
        FROM tenant_schema.stock_movements m
        WHERE m.site_id = _site AND m.item_id = p.item_id AND m.location_id = p.location_id
          AND m.effective_at > coalesce(p.first_at, p.at)) m
    )
    SELECT ROW(h.location_id, h.item_id, h.lot, h.expires_on, h.entries, h.last_entry, h.counted, h.first_at, h.at, h.expected,
      h.counted - h.expected, h.cost,
      coalesce(h.counted <> h.expected AND (abs(h.counted - h.expected) * 100 > (_sheet).tolerance_percent * abs(h.expected)
        OR abs(h.counted - h.expected) * h.cost > (_sheet).tolerance_value), false),
      h.is_recounted, h.moved)::tenant_schema.count_finding
    FROM held h
    WHERE h.entries > 0 OR h.expected <> 0 OR h.lots IS NULL);
END $$;

SET LOCAL ROLE ims_ledger;
-- What has to be decided before a count is posted: lines over the tolerance that were neither counted again nor approved, lines
-- that are being counted again, and what becomes of those that nobody counted. Null when all is decided.
CREATE FUNCTION tenant_schema.count_problems(
  _sheet tenant_schema.count_sheets, _findings tenant_schema.count_finding[], _approved boolean, _blanks text) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (
    WITH undecided AS MATERIALIZED ( -- of thousands of lines a few: what they are called is looked up for these alone
      SELECT f.* FROM unnest(_findings) f
      WHERE f.is_over AND NOT f.is_recounted AND NOT _approved OR f.is_recounted AND f.counted IS NULL
    ), found AS (
      SELECT f.*, CASE WHEN f.lot IS NULL THEN i.name ELSE format('%s, lot %s,', i.name, f.lot) END AS item, w.name AS place, a.place AS walk, l.place AS line
      FROM undecided f
      JOIN tenant_schema.items i ON i.id = f.item_id
      JOIN tenant_schema.storage_locations w ON w.id = f.location_id
      CROSS JOIN LATERAL (SELECT a.place FROM tenant_schema.count_areas a WHERE a.sheet_id = (_sheet).id AND a.location_id = f.location_id LIMIT 1) a
      CROSS JOIN LATERAL (SELECT l.place FROM tenant_schema.count_lines l
        WHERE l.sheet_id = (_sheet).id AND l.location_id = f.location_id AND l.item_id = f.item_id LIMIT 1) l
    ), wrong AS (
      SELECT 0 AS walk, 0 AS line, 'blanks' AS field, format('%s: leave them as they are, or count them as zero.',
        CASE count(*) WHEN 1 THEN 'One line was not counted' ELSE count(*) || ' lines were not counted' END) AS text
      FROM unnest(_findings) f WHERE f.counted IS NULL AND coalesce(_blanks, '') NOT IN ('LEAVE', 'ZERO') HAVING count(*) > 0
      UNION ALL
      SELECT f.walk, f.line, 'difference', format('%s in %s is over the tolerance: have it counted again, or approved.', f.item, f.place)
      FROM found f WHERE f.is_over AND NOT f.is_recounted
      UNION ALL
      SELECT f.walk, f.line, 'recount', format('%s in %s is to be counted again, and was not yet.', f.item, f.place)
      FROM found f WHERE f.is_recounted AND f.counted IS NULL)
    SELECT jsonb_agg(jsonb_build_object('field', w.field, 'text', w.text) ORDER BY w.walk, w.line) FROM wrong w);
END $$;

SET LOCAL ROLE ims_ledger;
-- What a posting changed, as long as it stands there: whether anything besides its own lines, what there is of the items it
-- touched, the cost of food and the variance by week, what closed periods hand on to the first open day, and what runs short
-- later. For the transaction that wrote it: see effects_told(). Figures are texts, because those of JSON would become floats.
CREATE FUNCTION tenant_schema.effects_of(_key uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (
    WITH changed AS MATERIALIZED (
      SELECT m.site_id, m.item_id, m.business_day, m.kind, m.reason_id, m.value, NULL::timestamptz AS applies_at, false AS is_other
      FROM tenant_schema.stock_movements m WHERE m.posting_id = _key
      UNION ALL
      SELECT k.site_id, k.item_id, k.business_day, m.kind, m.reason_id, k.value, k.applies_at, m.posting_id <> _key AND NOT EXISTS (
        SELECT FROM tenant_schema.price_changes c WHERE c.posting_id = _key AND c.movement_id = k.movement_id)
      FROM tenant_schema.cost_corrections k JOIN tenant_schema.stock_movements m ON m.id = k.movement_id WHERE k.posting_id = _key
    ), leaving AS (
      SELECT m.site_id, m.item_id, min(m.effective_at) AS since, sum(m.quantity) AS quantity
      FROM tenant_schema.stock_movements m WHERE m.posting_id = _key GROUP BY m.site_id, m.item_id HAVING sum(m.quantity) < 0
    ), later AS (
      SELECT l.site_id, l.item_id, l.quantity AS own, m.posting_id, m.effective_at, c.quantity + m.quantity
        - sum(m.quantity) OVER (PARTITION BY m.item_id ORDER BY m.effective_at DESC, m.id DESC) AS quantity
      FROM leaving l
      JOIN tenant_schema.stock_costs c ON c.site_id = l.site_id AND c.item_id = l.item_id
      JOIN tenant_schema.stock_movements m ON m.site_id = l.site_id AND m.item_id = l.item_id AND m.effective_at >= l.since
    )
    SELECT jsonb_build_object(
      'site', p.site_id,
      'others', EXISTS (SELECT FROM changed c WHERE c.is_other),
      'objects', (SELECT coalesce(jsonb_agg(jsonb_build_object('site', k.site_id, 'item', k.item_id, 'quantity', k.quantity::text,
          'value', k.value::text, 'cost', k.average_cost::text)), '[]')
        FROM tenant_schema.stock_costs k WHERE (k.site_id, k.item_id) IN (SELECT c.site_id, c.item_id FROM changed c)),
      'weeks', (SELECT coalesce(jsonb_agg(jsonb_build_object('site', w.site_id, 'day', w.day, 'cost', w.cost::text, 'variance', w.variance::text)), '[]')
        FROM (
          SELECT c.site_id, date_trunc('week', c.business_day)::date AS day,
            coalesce(-sum(c.value) FILTER (WHERE c.kind IN ('SALE', 'CUSTOMER_RETURN')
              OR c.kind IN ('WASTE', 'ADJUSTMENT', 'COUNT', 'REVALUATION') AND coalesce(r.class, 'COST_OF_FOOD') <> 'NEITHER'), 0) AS cost,
            coalesce(-sum(c.value) FILTER (WHERE c.kind IN ('WASTE', 'ADJUSTMENT', 'COUNT', 'REVALUATION')
              AND coalesce(r.class, 'COST_OF_FOOD') = 'COST_OF_FOOD'), 0) AS variance
          FROM changed c LEFT JOIN tenant_schema.reason_codes r ON r.id = c.reason_id
          GROUP BY c.site_id, date_trunc('week', c.business_day)) w
        WHERE w.cost <> 0 OR w.variance <> 0),
      'closed', (SELECT coalesce(jsonb_agg(jsonb_build_object('site', x.site_id, 'value', x.value::text)), '[]')
        FROM (SELECT c.site_id, sum(c.value) AS value FROM changed c
              WHERE c.applies_at < tenant_schema.open_from(c.site_id) GROUP BY c.site_id) x),
      'short', (SELECT coalesce(jsonb_agg(jsonb_build_object('site', s.site_id, 'item', s.item_id, 'at', s.effective_at, 'quantity', s.quantity::text)), '[]')
        FROM (SELECT DISTINCT ON (l.site_id, l.item_id) l.site_id, l.item_id, l.effective_at, l.quantity FROM later l
              WHERE l.posting_id <> _key AND l.quantity < 0 AND l.quantity - l.own >= 0
              ORDER BY l.site_id, l.item_id, l.effective_at) s))
    FROM tenant_schema.postings p WHERE p.id = _key);
END $$;

SET LOCAL ROLE ims_ledger;
-- What effects_of() saw, beside what there is now that it was taken back: for those who may see stock at the site of each row,
-- costs for those who may see them. Plates by what the dishes of today take of the items whose cost would change.
CREATE FUNCTION tenant_schema.effects_told(_seen jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _own uuid := (_seen ->> 'site')::uuid;
  _sees uuid[] := tenant_schema.stock_sites(); -- nothing of where somebody counts blind
  _costs uuid[] := tenant_schema.scope('stock.cost');
  _dishes uuid[] := '{}';
BEGIN
  IF (_seen ->> 'others')::boolean AND _own = ANY (_costs) AND tenant_schema.can('menu.view') THEN
    _dishes := ARRAY(SELECT m.id FROM tenant_schema.menu_items m WHERE m.recipe_id IS NOT NULL AND m.is_active);
  END IF;
  RETURN (
    WITH after AS (
      SELECT o.site, o.item, o.quantity, o.value, o.cost, o.site = ANY (_costs) AS seen, coalesce(c.quantity, 0) AS old_quantity,
        coalesce(c.value, 0) AS old_value, coalesce(c.average_cost, 0) AS old_cost
      FROM jsonb_to_recordset(_seen -> 'objects') AS o (site uuid, item uuid, quantity numeric, value numeric, cost numeric)
      LEFT JOIN tenant_schema.stock_costs c ON c.site_id = o.site AND c.item_id = o.item
      WHERE o.site = ANY (_sees)
    ), plates AS (
      SELECT x.sold_id, sum(x.quantity * coalesce(a.old_cost, c.average_cost)) AS old_cost, sum(x.quantity * coalesce(a.cost, c.average_cost)) AS cost
      FROM tenant_schema.explode_recipes(_dishes, ARRAY(SELECT current_date FROM unnest(_dishes))) x
      LEFT JOIN tenant_schema.stock_costs c ON c.site_id = _own AND c.item_id = x.item_id
      LEFT JOIN after a ON a.site = _own AND a.item = x.item_id
      WHERE EXISTS (SELECT FROM after t WHERE t.site = _own AND t.cost <> t.old_cost)
      GROUP BY x.sold_id
      HAVING count(*) = count(c.average_cost)
    )
    SELECT jsonb_build_object(
      'others', (_seen ->> 'others')::boolean OR _seen -> 'closed' <> '[]' OR EXISTS (
        SELECT FROM jsonb_to_recordset(_seen -> 'short') AS h (site uuid) WHERE h.site = ANY (_sees)),
      'stock', (SELECT jsonb_agg(jsonb_build_object('site', s.name, 'currency', s.currency, 'item_id', i.id, 'item', i.name, 'unit', i.base_unit,
          'quantity', a.quantity::text, 'old_quantity', a.old_quantity::text,
          'value', CASE WHEN a.seen THEN a.value::text END, 'old_value', CASE WHEN a.seen THEN a.old_value::text END)
          ORDER BY s.sort_name, i.sort_name, i.id)
        FROM after a JOIN tenant_schema.sites s ON s.id = a.site JOIN tenant_schema.items i ON i.id = a.item
        WHERE a.quantity <> a.old_quantity OR a.seen AND a.value <> a.old_value),
      'weeks', (SELECT jsonb_agg(jsonb_build_object('site', s.name, 'currency', s.currency, 'day', w.day, 'cost', w.cost, 'variance', w.variance)
          ORDER BY s.sort_name, w.day)
        FROM jsonb_to_recordset(_seen -> 'weeks') AS w (site uuid, day date, cost text, variance text)
        JOIN tenant_schema.sites s ON s.id = w.site WHERE w.site = ANY (_costs)),
      'closed', (SELECT jsonb_agg(jsonb_build_object('site', s.name, 'currency', s.currency,
          'day', tenant_schema.business_day(tenant_schema.open_from(s.id), s.time_zone, s.day_cutover_hour),
          'value', CASE WHEN x.site = ANY (_costs) THEN x.value END) ORDER BY s.sort_name)
        FROM jsonb_to_recordset(_seen -> 'closed') AS x (site uuid, value text)
        JOIN tenant_schema.sites s ON s.id = x.site WHERE x.site = ANY (_sees)),
      'short', (SELECT jsonb_agg(jsonb_build_object('item', i.name, 'unit', i.base_unit, 'at', h.at, 'quantity', h.quantity) ORDER BY h.at, i.sort_name)
        FROM jsonb_to_recordset(_seen -> 'short') AS h (site uuid, item uuid, at timestamptz, quantity text)
        JOIN tenant_schema.items i ON i.id = h.item WHERE h.site = ANY (_sees)),
      'plates', (SELECT jsonb_agg(jsonb_build_object('dish', m.name, 'size', m.size, 'old_cost', p.old_cost::text, 'cost', p.cost::text)
          ORDER BY abs(p.cost - p.old_cost) DESC, m.sort_name, m.id)
        FROM plates p JOIN tenant_schema.menu_items m ON m.id = p.sold_id WHERE p.cost <> p.old_cost)));
END $$;

SET LOCAL ROLE ims_ledger;
-- What one portion of each menu item, one of each modifier, and one of what each recipe yields, takes out of stock on a business day: counted items in base
-- units, with the recipe versions of that day and the yield of every step. A sub-recipe is taken apart; a prep is stocked, so it
-- counts as its own item wherever its yield can be told in that item's base unit. What a modifier leaves out is below zero.
CREATE FUNCTION tenant_schema.explode_recipes(
  _menu_items uuid[], _days date[], _modifiers uuid[] DEFAULT NULL, _modifier_days date[] DEFAULT NULL,
  _recipes uuid[] DEFAULT NULL, _recipe_days date[] DEFAULT NULL)
RETURNS TABLE (sold_id uuid, business_day date, item_id uuid, quantity numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH RECURSIVE preps AS (
    SELECT r.id AS recipe_id, r.output_item_id AS item_id, v.valid_from,
      lead(v.valid_from) OVER (PARTITION BY r.id ORDER BY v.valid_from) AS valid_until,
      CASE WHEN v.yield_unit = i.base_unit THEN 1
           WHEN y.dimension = b.dimension THEN y.numerator * b.denominator / (y.denominator * b.numerator) END AS factor
    FROM tenant_schema.recipes r
    JOIN tenant_schema.recipe_versions v ON v.recipe_id = r.id
    JOIN tenant_schema.items i ON i.id = r.output_item_id
    JOIN tenant_schema.units b ON b.code = i.base_unit
    LEFT JOIN tenant_schema.units y ON y.code = v.yield_unit
    WHERE r.kind = 'PREP'
  ), started AS (
    SELECT w.sold_id, w.business_day, NULL::uuid AS item_id, m.recipe_id, m.portions::numeric AS quantity
    FROM (SELECT DISTINCT u.sold_id, u.business_day FROM unnest(_menu_items, _days) AS u (sold_id, business_day)) w
    JOIN tenant_schema.menu_items m ON m.id = w.sold_id
    WHERE m.recipe_id IS NOT NULL
    UNION ALL
    SELECT w.sold_id, w.business_day, coalesce(l.item_id, p.item_id), CASE WHEN p.item_id IS NULL THEN l.sub_recipe_id END,
      l.base_quantity * coalesce(p.factor, 1) * 100 / l.yield_percent
    FROM (SELECT DISTINCT u.sold_id, u.business_day FROM unnest(_modifiers, _modifier_days) AS u (sold_id, business_day)) w
    JOIN tenant_schema.modifier_lines l ON l.modifier_id = w.sold_id
    LEFT JOIN preps p ON p.recipe_id = l.sub_recipe_id AND p.factor IS NOT NULL AND p.valid_from <= w.business_day
      AND (p.valid_until IS NULL OR p.valid_until > w.business_day)
    UNION ALL
    SELECT w.sold_id, w.business_day, p.item_id, CASE WHEN p.item_id IS NULL THEN w.sold_id END, coalesce(p.factor, 1)
    FROM (SELECT DISTINCT u.sold_id, u.business_day FROM unnest(_recipes, _recipe_days) AS u (sold_id, business_day)) w
    LEFT JOIN preps p ON p.recipe_id = w.sold_id AND p.factor IS NOT NULL AND p.valid_from <= w.business_day
      AND (p.valid_until IS NULL OR p.valid_until > w.business_day)
  ), steps AS (
    SELECT s.*, '{}'::uuid[] AS way FROM started s
    UNION ALL
    SELECT s.sold_id, s.business_day, coalesce(l.item_id, p.item_id), CASE WHEN p.item_id IS NULL THEN l.sub_recipe_id END,
      s.quantity * l.base_quantity * coalesce(p.factor, 1) * 100 / (v.yield_quantity * l.yield_percent), s.way || s.recipe_id
    FROM steps s
    CROSS JOIN LATERAL (
      SELECT x.id, x.yield_quantity FROM tenant_schema.recipe_versions x
      WHERE x.recipe_id = s.recipe_id AND x.valid_from <= s.business_day ORDER BY x.valid_from DESC LIMIT 1) v
    JOIN tenant_schema.recipe_lines l ON l.version_id = v.id
    LEFT JOIN preps p ON p.recipe_id = l.sub_recipe_id AND p.factor IS NOT NULL AND p.valid_from <= s.business_day
      AND (p.valid_until IS NULL OR p.valid_until > s.business_day)
    WHERE CASE WHEN s.recipe_id = ANY (s.way) THEN tenant_schema.refuse_circle(s.recipe_id) ELSE true END
  )
  SELECT s.sold_id, s.business_day, s.item_id, sum(s.quantity) FROM steps s
  WHERE s.item_id IS NOT NULL GROUP BY s.sold_id, s.business_day, s.item_id
$$;

SET LOCAL ROLE ims_ledger;
-- Writes the areas and the lines of a new count: what its scope takes of what is there or has its home there.
CREATE FUNCTION tenant_schema.fill_count(_sheet tenant_schema.count_sheets, _chosen uuid[], _days int) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  WITH RECURSIVE places AS ( -- a storage location with those inside it
    SELECT w.id FROM tenant_schema.storage_locations w
     WHERE w.site_id = _sheet.site_id AND ((_sheet.scope <> 'LOCATIONS') OR w.id = ANY (_chosen))
    UNION
    SELECT w.id FROM tenant_schema.storage_locations w JOIN places p ON w.parent_id = p.id
  ), kinds AS ( -- a category with those under it
    SELECT c.id FROM tenant_schema.categories c WHERE _sheet.scope = 'CATEGORIES' AND c.id = ANY (_chosen)
    UNION
    SELECT c.id FROM tenant_schema.categories c JOIN kinds k ON c.parent_id = k.id
  ), kept AS (
    SELECT s.location_id, s.item_id FROM tenant_schema.stock_levels s WHERE s.site_id = _sheet.site_id AND s.on_hand <> 0
    UNION
    SELECT g.home_location_id, g.item_id FROM tenant_schema.item_site_settings g
     WHERE g.site_id = _sheet.site_id AND g.home_location_id IS NOT NULL
  ), taken AS (
    SELECT k.location_id, k.item_id, i.sort_name, CASE WHEN g.home_location_id = k.location_id THEN g.shelf_position ELSE '' END AS shelf
    FROM kept k
    JOIN tenant_schema.storage_locations w ON w.id = k.location_id AND w.is_active
    JOIN tenant_schema.items i ON i.id = k.item_id AND i.is_active
    LEFT JOIN tenant_schema.item_site_settings g ON g.item_id = k.item_id AND g.site_id = _sheet.site_id
    LEFT JOIN tenant_schema.stock_costs c ON c.item_id = k.item_id AND c.site_id = _sheet.site_id
    WHERE k.location_id IN (SELECT p.id FROM places p) AND CASE _sheet.scope
      WHEN 'CATEGORIES' THEN i.category_id IN (SELECT q.id FROM kinds q)
      WHEN 'KEY_ITEMS' THEN g.is_key
      WHEN 'CYCLE' THEN c.last_counted_at IS NULL OR c.last_counted_at < _sheet.started_at - make_interval(days => _days)
      ELSE true END
  ), areas AS ( -- an empty place is walked through as well, where all or that place is counted
    INSERT INTO tenant_schema.count_areas (sheet_id, location_id, site_id, place)
    SELECT _sheet.id, w.id, _sheet.site_id, row_number() OVER (ORDER BY w.walk_order, w.sort_name)
    FROM tenant_schema.storage_locations w
    WHERE w.is_active AND w.id IN (SELECT p.id FROM places p)
      AND (_sheet.scope IN ('ALL', 'LOCATIONS') OR w.id IN (SELECT t.location_id FROM taken t))
  )
  INSERT INTO tenant_schema.count_lines (sheet_id, location_id, item_id, site_id, shelf, place)
  SELECT _sheet.id, t.location_id, t.item_id, _sheet.site_id, t.shelf,
    row_number() OVER (PARTITION BY t.location_id ORDER BY t.shelf = '', public.sort_key(t.shelf), t.sort_name)
  FROM taken t;
END $$;

SET LOCAL ROLE ims_ledger;
-- The hash of what a count found: who approves a count approves these differences and no others.
CREATE FUNCTION tenant_schema.findings_hash(_found tenant_schema.count_finding[]) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT sha256(convert_to(coalesce(string_agg(format('%s %s %L %s %s', f.location_id, f.item_id, f.lot, trim_scale(f.counted), trim_scale(f.difference)), E'\n'
    ORDER BY f.location_id, f.item_id, f.lot), ''), 'UTF8'))
  FROM unnest(_found) f WHERE f.counted IS NOT NULL
$$;

SET LOCAL ROLE ims_ledger;
-- Of which lots the differences of a count are, in their order, as write_lots() takes them: a finding of a lot is of that lot. What
-- was counted without one is more of none, or less of what no other finding names: what expires first before what is of no lot.
CREATE FUNCTION tenant_schema.lots_counted(_found tenant_schema.count_finding[], _differs tenant_schema.count_finding[]) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH named AS MATERIALIZED (
    SELECT f.location_id, f.item_id, array_agg(f.lot) AS lots FROM unnest(_found) f WHERE f.lot IS NOT NULL GROUP BY f.location_id, f.item_id
  )
  SELECT jsonb_agg(CASE
      WHEN d.lot IS NOT NULL THEN jsonb_build_array(jsonb_build_object('code', d.lot, 'expires', d.expires_on))
      WHEN d.counted >= d.expected OR n.lots IS NULL THEN NULL
      WHEN d.entries = 0 THEN '[{"code": null}]'
      ELSE (SELECT coalesce(jsonb_agg(jsonb_build_object('code', t.code, 'quantity', x.on_hand) ORDER BY x.place), '[]')
            FROM tenant_schema.next_lots(d.location_id, d.item_id, d.counted_at) WITH ORDINALITY AS x (lot_id, on_hand, place)
            JOIN tenant_schema.lots t ON t.id = x.lot_id WHERE t.code <> ALL (n.lots)) || '[{"code": null}]'
    END ORDER BY d.n)
  FROM unnest(_differs) WITH ORDINALITY AS d (location_id, item_id, lot, expires_on, entries, last_entry, counted, first_at, counted_at,
    expected, difference, unit_cost, is_over, is_recounted, has_moved, n)
  LEFT JOIN named n ON n.location_id = d.location_id AND n.item_id = d.item_id
  HAVING count(n.lots) > 0
$$;

SET LOCAL ROLE ims_ledger;
-- The lots that somebody named while counting, for the lines of what the count found: what is more than there was is of the lot
-- that was named there first.
CREATE FUNCTION tenant_schema.lots_found(_counted tenant_schema.posting_line[], _lots jsonb, _found tenant_schema.posting_line[]) RETURNS jsonb
LANGUAGE sql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN CASE WHEN _lots IS NOT NULL THEN (
  SELECT jsonb_agg(CASE WHEN f.quantity > 0 THEN (
      SELECT jsonb_build_array((_lots -> (c.n - 1)::int -> 0) - 'quantity')
      FROM unnest(_counted) WITH ORDINALITY AS c (item_id, location_id, quantity, value, unit_cost, reason_id, note, entered_quantity,
        entered_unit, effective_at, order_id, reverses_id, n)
      WHERE c.item_id = f.item_id AND c.location_id = f.location_id AND jsonb_typeof(_lots -> (c.n - 1)::int -> 0) = 'object'
      ORDER BY c.n LIMIT 1) END ORDER BY f.n)
  FROM unnest(_found) WITH ORDINALITY AS f (item_id, location_id, quantity, value, unit_cost, reason_id, note, entered_quantity,
    entered_unit, effective_at, order_id, reverses_id, n)) END;

SET LOCAL ROLE ims_ledger;
-- Recipes and modifiers that name one item name another from now on, in its base unit; a pack that got another name does so
-- here too. Answers how many lines there were.
CREATE FUNCTION tenant_schema.merge_lines(_loser uuid, _winner uuid, _num numeric, _den numeric, _packs jsonb) RETURNS int
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _table text;
  _count int;
  _all int := 0;
BEGIN
  FOREACH _table IN ARRAY ARRAY['recipe_lines', 'modifier_lines'] LOOP
    EXECUTE format('UPDATE tenant_schema.%I l SET item_id = $1, base_quantity = tenant_schema.quotient(l.base_quantity * $2, $3, 6),
        unit = coalesce((SELECT p ->> ''name'' FROM jsonb_array_elements($4) p WHERE p ->> ''was'' = l.unit), l.unit)
      WHERE l.item_id = $5', _table) USING _winner, _num, _den, _packs, _loser;
    GET DIAGNOSTICS _count = ROW_COUNT;
    _all := _all + _count;
  END LOOP;
  RETURN _all;
END $$;

SET LOCAL ROLE ims_ledger;
-- What sites want of one item becomes what they want of another. Where both said something, `_choices` says by site which
-- counts: `winner` (also when it says nothing), `loser` or `sum`; what only one of them said is kept anyway.
CREATE FUNCTION tenant_schema.merge_settings(_loser uuid, _winner uuid, _num numeric, _den numeric, _choices jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO tenant_schema.item_site_settings AS w (item_id, site_id, par, reorder_point, home_location_id, shelf_position, is_key)
  SELECT _winner, l.site_id, tenant_schema.quotient(l.par * _num, _den, 6), tenant_schema.quotient(l.reorder_point * _num, _den, 6),
      l.home_location_id, l.shelf_position, l.is_key
    FROM tenant_schema.item_site_settings l WHERE l.item_id = _loser
      AND (l.par IS NOT NULL OR l.reorder_point IS NOT NULL OR l.home_location_id IS NOT NULL OR l.shelf_position <> '' OR l.is_key)
  ON CONFLICT (item_id, site_id) DO UPDATE SET
    par = CASE _choices ->> w.site_id::text
      WHEN 'loser' THEN coalesce(excluded.par, w.par)
      WHEN 'sum' THEN coalesce(w.par + excluded.par, w.par, excluded.par) ELSE coalesce(w.par, excluded.par) END,
    reorder_point = CASE _choices ->> w.site_id::text
      WHEN 'loser' THEN coalesce(excluded.reorder_point, w.reorder_point)
      WHEN 'sum' THEN coalesce(w.reorder_point + excluded.reorder_point, w.reorder_point, excluded.reorder_point)
      ELSE coalesce(w.reorder_point, excluded.reorder_point) END,
    home_location_id = coalesce(w.home_location_id, excluded.home_location_id),
    shelf_position = CASE WHEN w.home_location_id IS NULL THEN excluded.shelf_position ELSE w.shelf_position END,
    is_key = w.is_key OR excluded.is_key;
  UPDATE tenant_schema.item_site_settings l SET par = NULL, reorder_point = NULL, home_location_id = NULL, shelf_position = '', is_key = false
    WHERE l.item_id = _loser;
END $$;

SET LOCAL ROLE ims_ledger;
-- What becomes of recorded lines when a modifier that waits beside them is known: each with what is left of it after refunds, the
-- modifiers it has by now (its own, and those that were known since), and with the new one. `base_id` is the order that is
-- voided or refunded as a whole.
CREATE FUNCTION tenant_schema.modified_lines(_ids uuid[], _modifier uuid)
RETURNS TABLE (base_id uuid, order_id uuid, line int, business_day date, menu_item_id uuid, quantity numeric, unit_price numeric, net numeric,
  tax numeric, modifiers uuid[], modified uuid[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(o.part_of_id, o.id), o.id, r.line, u.business_day, r.menu_item_id, r.quantity, r.unit_price, r.net, r.tax, k.modifiers,
    k.modifiers || array_fill(_modifier, ARRAY[u.times])
  FROM tenant_schema.unmapped_modifiers u
  JOIN tenant_schema.orders o ON o.id = u.order_id
  JOIN LATERAL tenant_schema.rest_of_lines(u.order_id) r ON r.line = u.line
  CROSS JOIN LATERAL (
    SELECT r.modifiers || ARRAY(
      SELECT x.modifier_id FROM tenant_schema.unmapped_modifiers x CROSS JOIN generate_series(1, x.times)
      WHERE x.order_id = u.order_id AND x.line = u.line AND x.state = 'MAPPED' ORDER BY x.id) AS modifiers) k
  WHERE u.id = ANY (_ids) AND r.quantity > 0
$$;

SET LOCAL ROLE ims_ledger;
-- The head of a refund of an order: an order of its own of now, numbered after the one it is a part of.
CREATE FUNCTION tenant_schema.new_refund(_order tenant_schema.orders, _key uuid, _reason text) RETURNS tenant_schema.orders
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _refund tenant_schema.orders := _order;
BEGIN
  _refund.id := gen_random_uuid();
  _refund.kind := 'REFUND';
  _refund.part_of_id := _order.id;
  _refund.placed_at := clock_timestamp();
  SELECT tenant_schema.business_day(_refund.placed_at, s.time_zone, s.day_cutover_hour) INTO _refund.business_day
    FROM tenant_schema.sites s WHERE s.id = _order.site_id;
  _refund.number := left(_order.number, 90) || '/R' || 1 + (
    SELECT count(*) FROM tenant_schema.orders o WHERE o.part_of_id = _order.id AND o.kind = 'REFUND');
  _refund.covers := NULL;
  _refund.import_id := NULL;
  _refund.posting_id := _key;
  _refund.note := trim(_reason);
  RETURN _refund;
END $$;

SET LOCAL ROLE ims_ledger;
-- The number of the next entered order of a kind at a site and day: its letter, the day, and how many there were.
CREATE FUNCTION tenant_schema.next_number(_site uuid, _kind text, _day date) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _begin text := left(_kind, 1) || to_char(_day, 'YYMMDD') || '-';
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(format('number of tenant_schema %s %s', _site, _begin), 0));
  RETURN _begin || 1 + coalesce((
    SELECT max(substr(o.number, length(_begin) + 1)::int) FROM tenant_schema.orders o
    WHERE o.site_id = _site AND o.kind NOT IN ('SALE', 'REFUND', 'ADDITION') AND starts_with(o.number, _begin)
      AND substr(o.number, length(_begin) + 1) ~ '^[0-9]{1,6}$'), 0);
END $$;

SET LOCAL ROLE ims_ledger;
-- The site of the waste or adjustment that photos belong to (posted, or waiting for approval), when the person may keep photos of it:
-- their own, or another's for those who may reverse documents there.
CREATE FUNCTION tenant_schema.photographed(_document uuid) RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _found record;
BEGIN
  SELECT d.site_id, bool_or(d.by = tenant_schema.me()) AS mine INTO _found FROM (
    SELECT p.site_id, p.posted_by AS by FROM tenant_schema.postings p WHERE p.id = _document AND p.kind IN ('WASTE', 'ADJUSTMENT')
    UNION ALL
    SELECT r.site_id, r.asked_by FROM tenant_schema.approval_requests r WHERE r.id = _document AND r.kind IN ('WASTE', 'ADJUSTMENT')) d GROUP BY d.site_id;
  IF _found.site_id IS NULL OR NOT (_found.site_id = ANY (tenant_schema.scope(
      CASE WHEN _found.mine THEN 'stock.view' ELSE 'documents.reverse' END))) THEN
    PERFORM tenant_schema.refuse('There is no such entry, or your roles do not let you keep photos of it.', NULL, 'IM403');
  END IF;
  RETURN _found.site_id;
END $$;

SET LOCAL ROLE ims_ledger;
-- Posts one part of what became of a transfer and notes that it is one; nothing where it has no lines. What is missing
-- only passes, see walk(). For receive_transfer().
CREATE FUNCTION tenant_schema.post_receipt(_receipt uuid, _transfer tenant_schema.postings, _what text, _kind text, _site uuid,
  _lines tenant_schema.posting_line[], _of bigint[], _lots jsonb, _note text, _content bytea) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _posting tenant_schema.postings;
BEGIN
  IF coalesce(cardinality(_lines), 0) = 0 THEN
    RETURN;
  END IF;
  -- the first one carries the name that the desk gave to all of it
  _posting.id := CASE WHEN EXISTS (SELECT FROM tenant_schema.postings p WHERE p.id = _receipt) THEN gen_random_uuid() ELSE _receipt END;
  _posting.kind := _kind;
  _posting.site_id := _site;
  _posting.effective_at := (_lines[1]).effective_at;
  _posting.reference := format('Transfer #%s', _transfer.number);
  _posting.note := left(coalesce(_note, ''), 1000);
  _posting.content_hash := _content;
  PERFORM tenant_schema.post_lines(_posting, _lines, _of,
    CASE WHEN _what IN ('MISSING', 'WRITTEN_OFF') THEN array_fill(0::numeric, ARRAY[cardinality(_lines)]) END, NULL, _lots);
  INSERT INTO tenant_schema.transfer_receipts (posting_id, receipt_id, transfer_id, what, received_by, received_at)
  VALUES (_posting.id, _receipt, _transfer.id, _what, tenant_schema.me(), clock_timestamp());
  PERFORM tenant_schema.write_audit('transfer_receipts', _posting.id::text, 'INSERT', _site, NULL, jsonb_build_object(
    'receipt_id', _receipt, 'transfer_id', _transfer.id, 'what', _what, 'received_by', tenant_schema.me()));
END $$;

SET LOCAL ROLE ims_ledger;
-- Records a refund with its lines, and brings what `_returned` names back into stock: `reverses_id` of a line is the movement at
-- whose cost it comes back. Answers what its posting answers.
CREATE FUNCTION tenant_schema.post_refund(
  _order tenant_schema.orders, _refund tenant_schema.orders, _items tenant_schema.order_items[], _content bytea,
  _returned tenant_schema.posting_line[] DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _posting tenant_schema.postings;
  _result jsonb;
BEGIN
  _posting.id := _refund.posting_id;
  _posting.kind := (SELECT p.kind FROM tenant_schema.postings p WHERE p.id = _order.posting_id);
  _posting.site_id := _order.site_id;
  _posting.effective_at := _refund.placed_at;
  _posting.reference := _refund.number;
  _posting.note := _refund.note;
  _posting.reverses_id := _order.posting_id;
  _posting.content_hash := _content;
  _posting.orders_hash := tenant_schema.add_orders(ARRAY[_refund], _items);
  UPDATE tenant_schema.orders o SET version = o.version + 1,
    refunded = o.refunded - (SELECT sum(i.net_amount + i.tax_amount) FROM unnest(_items) i) WHERE o.id = _order.id;
  _result := tenant_schema.post_lines(_posting, ARRAY(
      SELECT ROW(l.item_id, l.location_id, l.quantity, NULL, NULL, l.reason_id, _refund.note, NULL, NULL, l.effective_at,
        l.order_id, NULL)::tenant_schema.posting_line FROM unnest(_returned) WITH ORDINALITY l ORDER BY l.ordinality),
    ARRAY(SELECT l.reverses_id FROM unnest(_returned) WITH ORDINALITY l ORDER BY l.ordinality));
  PERFORM tenant_schema.require_limit('sales.void', _order.site_id,
    (SELECT abs(sum(i.net_amount + i.tax_amount)) FROM unnest(_items) i));
  RETURN _result;
END $$;

SET LOCAL ROLE ims_ledger;
-- One step of a history, see post_history(). What a step refers to and cannot be found is refused by whatever it is handed to.
CREATE FUNCTION tenant_schema.post_step(_step jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _key uuid := (_step ->> 'key')::uuid;
  _header jsonb := _step -> 'header';
  _of bigint[];
  _line record;
BEGIN
  IF jsonb_array_length(_step -> 'of') > 0 THEN
    SELECT array_agg(m.id ORDER BY o.n), _header || jsonb_build_object('site_id', (array_agg(m.site_id ORDER BY o.n))[1]) INTO _of, _header
    FROM jsonb_array_elements(_step -> 'of') WITH ORDINALITY AS o (at, n)
    CROSS JOIN LATERAL (
      SELECT v.id, v.site_id, row_number() OVER (ORDER BY v.id) AS place FROM tenant_schema.valued_movements v
      WHERE v.posting_id = (o.at ->> 0)::uuid) m
    WHERE m.place = (o.at ->> 1)::int OR (_step -> 'whole')::boolean;
  END IF;
  CASE _step ->> 'do'
    WHEN 'post' THEN
      SELECT array_agg((l.line ->> 'item')::uuid ORDER BY l.n) AS items, array_agg((l.line ->> 'location')::uuid ORDER BY l.n) AS locations,
        array_agg((l.line ->> 'quantity')::numeric ORDER BY l.n) AS quantities, array_agg(NULL::numeric) AS unit_costs,
        array_agg((l.line ->> 'reason')::uuid ORDER BY l.n) AS reasons, array_agg(l.line ->> 'note' ORDER BY l.n) AS notes,
        array_agg((l.line ->> 'entered_quantity')::numeric ORDER BY l.n) AS entered_quantities,
        array_agg(l.line ->> 'entered_unit' ORDER BY l.n) AS entered_units,
        CASE WHEN bool_or(l.line ? 'of') THEN array_agg(CASE WHEN l.line ? 'of' THEN coalesce((
          SELECT m.id FROM (SELECT v.id, row_number() OVER (ORDER BY v.id) AS place FROM tenant_schema.valued_movements v
                            WHERE v.posting_id = (l.line #>> '{of,0}')::uuid) m
          WHERE m.place = (l.line #>> '{of,1}')::int), 0) END ORDER BY l.n) END AS of,
        CASE WHEN bool_or(l.line ? 'weight') THEN array_agg((l.line ->> 'weight')::numeric ORDER BY l.n) END AS weights,
        CASE WHEN bool_or(l.line ? 'value') THEN array_agg((l.line ->> 'value')::numeric ORDER BY l.n) END AS values,
        CASE WHEN bool_or(l.line ? 'lots') THEN jsonb_agg(l.line -> 'lots' ORDER BY l.n) END AS lots
        INTO _line
      FROM jsonb_array_elements(_step -> 'lines') WITH ORDINALITY AS l (line, n);
      PERFORM tenant_schema.post_document(_key, _header, _line.items, _line.locations, _line.quantities, _line.unit_costs, _line.reasons,
        _line.notes, _line.entered_quantities, _line.entered_units, _line.of, _line.weights, _line.values,
        _line.lots);
    WHEN 'reverse' THEN
      PERFORM tenant_schema.reverse_movements(_key, coalesce(_of, '{}'), _step ->> 'reason', _step ->> 'reference');
    WHEN 'prices' THEN
      PERFORM tenant_schema.change_prices(_key, _header, _of,
        (SELECT array_agg(v::numeric ORDER BY n) FROM jsonb_array_elements_text(_step -> 'values') WITH ORDINALITY AS v (v, n)),
        NULL, _step ->> 'spread');
    WHEN 'undo' THEN
      PERFORM tenant_schema.undo_prices(_key, (_step ->> 'posting')::uuid, _step ->> 'reason', _step ->> 'reference');
    WHEN 'method' THEN
      PERFORM tenant_schema.switch_method(_key, (_step ->> 'item')::uuid, _step ->> 'method', (_step ->> 'valid_from')::date,
        _step ->> 'reason');
    ELSE
      RAISE EXCEPTION 'A history posts, reverses, changes prices or methods.' USING ERRCODE = 'IM400';
  END CASE;
END $$;

SET LOCAL ROLE ims_ledger;
-- Lines of stock of additions, where one that would bring something back is tied to what its order took out: it comes back from there
-- at that cost, and never more than is still out. `_bases` names the order of each addition. `reverses_id` of a line is the movement.
CREATE FUNCTION tenant_schema.put_back(_lines tenant_schema.posting_line[], _additions uuid[], _bases uuid[])
RETURNS tenant_schema.posting_line[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT array_agg(ROW(l.item_id, coalesce(m.location_id, l.location_id), least(l.quantity, coalesce(m.left_out, l.quantity)), NULL, NULL,
      l.reason_id, l.note, NULL, NULL, l.effective_at, l.order_id, m.id)::tenant_schema.posting_line ORDER BY l.ordinality)
  FROM unnest(_lines) WITH ORDINALITY l
  JOIN unnest(_additions, _bases) AS a (id, base_id) ON a.id = l.order_id
  LEFT JOIN LATERAL (
    SELECT x.id, x.location_id, -x.quantity - coalesce((
        SELECT sum(y.quantity) FROM tenant_schema.stock_movements y
        WHERE y.of_id = x.id AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements z WHERE z.reverses_id = y.id)), 0) AS left_out
    FROM tenant_schema.orders o JOIN tenant_schema.stock_movements x ON x.order_id = o.id
    WHERE (o.id = a.base_id OR (o.part_of_id = a.base_id AND o.kind = 'ADDITION')) AND o.state = 'CLOSED' AND x.item_id = l.item_id
      AND x.quantity < 0 AND x.reverses_id IS NULL
    ORDER BY x.quantity, x.id LIMIT 1) m ON l.quantity > 0
  WHERE l.quantity < 0 OR m.left_out > 0
$$;

SET LOCAL ROLE ims_ledger;
-- The lines of a refund: what is given back of each line of an order, at its part of what is left of what was charged for it, so that
-- several refunds of a line come to exactly its price, whatever money was given back besides. `_lines` and `_quantities` name
-- the lines of the order and how much of each.
CREATE FUNCTION tenant_schema.refund_items(
  _order tenant_schema.orders, _refund uuid, _day date, _lines int[], _quantities numeric[]) RETURNS tenant_schema.order_items[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT array_agg(ROW(_refund, w.n, _order.site_id, _day, i.menu_item_id, -w.quantity, i.unit_price,
      -round(i.net * w.quantity / i.quantity, 2), -round(i.tax * w.quantity / i.quantity, 2), i.modifiers, '',
      i.line)::tenant_schema.order_items ORDER BY w.n)
  FROM unnest(_lines, _quantities) WITH ORDINALITY AS w (line, quantity, n)
  JOIN tenant_schema.rest_of_lines(_order.id) i ON i.line = w.line
$$;

SET LOCAL ROLE ims_ledger;
-- The order of which something is to be given back, locked: one that was posted and stands, at a site where the person may.
CREATE FUNCTION tenant_schema.refundable_order(_order uuid, _reason text) RETURNS tenant_schema.orders
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _row tenant_schema.orders;
BEGIN
  SELECT * INTO _row FROM tenant_schema.orders o WHERE o.id = _order AND o.site_id = ANY (tenant_schema.scope('sales.void')) FOR UPDATE;
  IF _row.id IS NULL THEN
    RAISE EXCEPTION 'This order does not exist, or your roles do not allow refunding it.' USING ERRCODE = 'IM403';
  ELSIF _row.state <> 'CLOSED' OR _row.kind = 'REFUND' THEN
    RAISE EXCEPTION 'Order % cannot be refunded: only a posted order that stands can.', _row.number USING ERRCODE = 'IM409';
  END IF;
  PERFORM tenant_schema.require_site(_row.site_id, 'sales.void');
  PERFORM tenant_schema.refuse_part(_row);
  IF length(trim(coalesce(_reason, ''))) NOT BETWEEN 1 AND 1000 THEN
    RAISE EXCEPTION 'Say why this is refunded.' USING ERRCODE = 'IM400', DETAIL = '[{"field": "reason", "text": "Say why this is refunded."}]';
  END IF;
  RETURN _row;
END $$;

SET LOCAL ROLE ims_ledger;
-- Refuses that what makes an item needs the item itself, directly or through what else it is made of.
CREATE FUNCTION tenant_schema.refuse_own_product(_item uuid) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _name text;
BEGIN
  WITH RECURSIVE down AS (
    SELECT l.item_id, l.sub_recipe_id, r.name FROM tenant_schema.recipes r JOIN tenant_schema.recipe_versions v ON v.recipe_id = r.id
      JOIN tenant_schema.recipe_lines l ON l.version_id = v.id WHERE r.output_item_id = _item
    UNION
    SELECT l.item_id, l.sub_recipe_id, d.name FROM down d JOIN tenant_schema.recipes r ON r.id = d.sub_recipe_id OR r.output_item_id = d.item_id
      JOIN tenant_schema.recipe_versions v ON v.recipe_id = r.id JOIN tenant_schema.recipe_lines l ON l.version_id = v.id)
  SELECT d.name INTO _name FROM down d WHERE d.item_id = _item LIMIT 1;
  IF _name IS NOT NULL THEN
    RAISE EXCEPTION 'The recipe % would be made of what it makes.', _name USING ERRCODE = 'IM400';
  END IF;
END $$;

SET LOCAL ROLE ims_ledger;
-- Refuses to take back what only says what was in another order: the modifiers of it that were mapped later go with that order.
CREATE FUNCTION tenant_schema.refuse_part(_order tenant_schema.orders) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF _order.kind = 'ADDITION' AND EXISTS (
    SELECT FROM tenant_schema.order_items i WHERE i.order_id = _order.id AND i.quantity < 0) THEN
    RAISE EXCEPTION 'Order % says what else was in order %: take that one back.', _order.number,
      (SELECT o.number FROM tenant_schema.orders o WHERE o.id = _order.part_of_id) USING ERRCODE = 'IM400';
  END IF;
END $$;

SET LOCAL ROLE ims_ledger;
-- Nobody approves or posts what they did not see: refuses when something was entered after the entry they saw last.
CREATE FUNCTION tenant_schema.refuse_unseen(_sheet uuid, _seen bigint) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM tenant_schema.count_entries e WHERE e.sheet_id = _sheet AND e.id > coalesce(_seen, 0)) THEN
    RAISE EXCEPTION 'Something was counted meanwhile. Look at the differences again.' USING ERRCODE = 'IM409';
  END IF;
END $$;

SET LOCAL ROLE ims_ledger;
-- Refuses to void an order that cannot be: one that is void or never was posted, a refund, one of which some was refunded, one
-- of a closed period.
CREATE FUNCTION tenant_schema.refuse_void(_order tenant_schema.orders) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF _order.state = 'VOIDED' THEN
    RAISE EXCEPTION 'Order % is already voided.', _order.number USING ERRCODE = 'IM409';
  ELSIF _order.state <> 'CLOSED' THEN
    RAISE EXCEPTION 'Order % was not posted: cancel it instead.', _order.number USING ERRCODE = 'IM400';
  ELSIF _order.kind = 'REFUND' THEN
    RAISE EXCEPTION 'A refund is not voided: enter the order anew.' USING ERRCODE = 'IM400';
  ELSIF EXISTS (SELECT FROM tenant_schema.orders r WHERE r.part_of_id = _order.id AND r.kind = 'REFUND') THEN
    RAISE EXCEPTION 'A part of order % was refunded: refund the rest of it.', _order.number USING ERRCODE = 'IM400';
  ELSIF _order.placed_at < tenant_schema.open_from(_order.site_id) THEN
    RAISE EXCEPTION 'Order % lies in a closed period: refund it, which counts today.', _order.number USING ERRCODE = 'IM400';
  END IF;
END $$;

SET LOCAL ROLE ims_ledger;
-- Takes all that a site has of one item and puts it in as another, place by place: production out of the one, so that whatever
-- becomes known later of its cost reaches the other. `_num` / `_den` of the new base unit are one of the old. A place that has less
-- than nothing is evened out from the others before. The caller has checked rights and that there is not less than nothing in all.
-- Answers the number of the document; null: there was nothing.
CREATE FUNCTION tenant_schema.repack(_site uuid, _from uuid, _into uuid, _num numeric, _den numeric, _note text) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _now timestamptz := clock_timestamp();
  _reason uuid := (SELECT r.id FROM tenant_schema.reason_codes r WHERE r.code = 'REPACKING');
  _held record; -- by place: what is there, and what it gives to the places that have less than nothing
  _evened tenant_schema.posting_line[];
  _lines tenant_schema.posting_line[]; -- what is used, before what is made of it
  _made tenant_schema.posting_line[];
  _weights numeric[];
  _posting tenant_schema.postings;
BEGIN
  PERFORM tenant_schema.lock_costs(_site, ARRAY[_from, _into]);
  FOR _held IN
    SELECT l.location_id, l.on_hand, CASE WHEN l.on_hand < 0 THEN l.on_hand
        ELSE least(l.on_hand, greatest(m.missing - sum(greatest(l.on_hand, 0)) OVER w + l.on_hand, 0)) END AS given
    FROM tenant_schema.stock_levels l
    CROSS JOIN (SELECT coalesce(sum(-n.on_hand) FILTER (WHERE n.on_hand < 0), 0) AS missing FROM tenant_schema.stock_levels n
                WHERE n.site_id = _site AND n.item_id = _from) m
    WHERE l.site_id = _site AND l.item_id = _from AND l.on_hand <> 0
    WINDOW w AS (ORDER BY l.on_hand < 0, l.location_id ROWS UNBOUNDED PRECEDING)
  LOOP
    IF _held.given <> 0 THEN
      _evened := _evened || ROW(_from, _held.location_id, -_held.given, NULL, NULL, _reason, _note, NULL, NULL, _now, NULL, NULL)::tenant_schema.posting_line;
    END IF;
    IF _held.on_hand > _held.given THEN
      _lines := _lines || ROW(_from, _held.location_id, _held.given - _held.on_hand, NULL, NULL, _reason, _note, NULL, NULL, _now, NULL, NULL)::tenant_schema.posting_line;
      _made := _made || ROW(_into, _held.location_id, tenant_schema.quotient((_held.on_hand - _held.given) * _num, _den, 6), NULL, NULL, _reason,
        _note, NULL, NULL, _now, NULL, NULL)::tenant_schema.posting_line;
      _weights := _weights || (_held.on_hand - _held.given);
    END IF;
  END LOOP;
  _posting.site_id := _site;
  _posting.effective_at := _now;
  _posting.reference := 'MERGE';
  _posting.note := _note;
  IF _evened IS NOT NULL THEN
    _posting.id := gen_random_uuid();
    _posting.kind := 'MOVE';
    _posting.content_hash := sha256(convert_to(ROW('even', _site, _from)::text, 'UTF8'));
    PERFORM tenant_schema.post_lines(_posting, _evened);
  END IF;
  IF _lines IS NULL THEN
    RETURN NULL;
  END IF;
  _posting.id := gen_random_uuid();
  _posting.kind := 'PRODUCTION';
  _posting.content_hash := sha256(convert_to(ROW('repack', _site, _from, _into, _num, _den)::text, 'UTF8'));
  RETURN (tenant_schema.post_lines(_posting, _lines || _made, NULL,
    array_fill(NULL::numeric, ARRAY[cardinality(_lines)]) || _weights) ->> 'number')::bigint;
END $$;

SET LOCAL ROLE ims_ledger;
-- The entry that waits, locked, when the person may act on it: it is in one of these states, at a site where they may record such
-- entries, and as they saw it.
CREATE FUNCTION tenant_schema.request_for(_id uuid, _states text[], _version int) RETURNS tenant_schema.approval_requests
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _row tenant_schema.approval_requests;
BEGIN
  SELECT * INTO _row FROM tenant_schema.approval_requests r WHERE r.id = _id FOR UPDATE;
  IF _row.id IS NULL OR NOT (_row.site_id = ANY (tenant_schema.scope(tenant_schema.permission_of(_row.kind)))) THEN
    PERFORM tenant_schema.refuse('There is no such entry, or your roles do not allow this at its site.', NULL, 'IM403');
  ELSIF _row.version <> _version OR NOT (_row.state = ANY (_states)) THEN
    PERFORM tenant_schema.refuse(format('Somebody else was faster: %s.', CASE _row.state WHEN 'APPROVED' THEN 'it is approved'
      WHEN 'SENT_BACK' THEN 'it was sent back' WHEN 'WITHDRAWN' THEN 'it was withdrawn' ELSE 'it has changed' END), NULL, 'IM409');
  END IF;
  RETURN _row;
END $$;

SET LOCAL ROLE ims_ledger;
-- What the open orders of these sites will take out of stock, by the recipes of the days they are planned for: those of the next two
-- weeks, and those whose day has passed without their being posted. What is planned for later has time to be bought.
CREATE FUNCTION tenant_schema.reserved_lines(_sites uuid[])
RETURNS TABLE (order_id uuid, site_id uuid, item_id uuid, quantity numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH planned AS (
    SELECT o.id AS order_id, o.site_id, o.business_day, l.line, l.menu_item_id, l.modifiers, l.quantity
    FROM tenant_schema.orders o
    JOIN tenant_schema.sites s ON s.id = o.site_id
    JOIN tenant_schema.planned_lines l ON l.order_id = o.id
    WHERE o.state = 'OPEN' AND o.site_id = ANY (_sites)
      AND o.business_day <= tenant_schema.business_day(now(), s.time_zone, s.day_cutover_hour) + 14
  ), portions AS (
    SELECT p.order_id, p.site_id, p.business_day, p.line, p.menu_item_id AS sold_id, p.quantity, false AS modifies FROM planned p
    UNION ALL
    SELECT p.order_id, p.site_id, p.business_day, p.line, m, p.quantity, true FROM planned p CROSS JOIN unnest(p.modifiers) AS m
  ), used AS (
    SELECT x.sold_id, x.business_day, x.item_id, x.quantity FROM tenant_schema.explode_recipes(
      ARRAY(SELECT q.sold_id FROM portions q WHERE NOT q.modifies ORDER BY q.order_id, q.line),
      ARRAY(SELECT q.business_day FROM portions q WHERE NOT q.modifies ORDER BY q.order_id, q.line),
      ARRAY(SELECT q.sold_id FROM portions q WHERE q.modifies ORDER BY q.order_id, q.line, q.sold_id),
      ARRAY(SELECT q.business_day FROM portions q WHERE q.modifies ORDER BY q.order_id, q.line, q.sold_id)) x
  ), taken AS ( -- a modifier leaves out no more than its dish would take
    SELECT q.order_id, q.site_id, u.item_id, greatest(sum(u.quantity), 0) * q.quantity AS quantity
    FROM portions q JOIN used u ON u.sold_id = q.sold_id AND u.business_day = q.business_day
    GROUP BY q.order_id, q.site_id, q.line, q.quantity, u.item_id
  )
  SELECT t.order_id, t.site_id, t.item_id, round(sum(t.quantity), 6) FROM taken t
  GROUP BY t.order_id, t.site_id, t.item_id HAVING round(sum(t.quantity), 6) > 0
$$;

SET LOCAL ROLE ims_ledger;
-- What comes back into stock with a refund: of what each movement of the order still keeps out, the part that the refunded lines
-- used by the recipes of its day. When everything is refunded, exactly everything comes back. One line for each movement and
-- fate: `reverses_id` names the movement it is of, which tells its cost; `note` holds the reason of waste, or nothing where the
-- food went back on the shelf.
CREATE FUNCTION tenant_schema.returned_lines(
  _order tenant_schema.orders, _refund uuid, _at timestamptz, _lines int[], _quantities numeric[], _reasons uuid[])
RETURNS tenant_schema.posting_line[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH sold AS (
    SELECT i.line, i.menu_item_id, i.modifiers, i.quantity FROM tenant_schema.rest_of_lines(_order.id) i -- what is not refunded yet
  ), wanted AS (
    SELECT s.line, w.reason_id, w.quantity FROM sold s JOIN unnest(_lines, _quantities, _reasons) AS w (line, quantity, reason_id) ON w.line = s.line
  ), recipes AS (
    SELECT x.sold_id, x.item_id, x.quantity FROM tenant_schema.explode_recipes(
      ARRAY(SELECT s.menu_item_id FROM sold s), ARRAY(SELECT _order.business_day FROM sold s),
      ARRAY(SELECT unnest(s.modifiers) FROM sold s), ARRAY(SELECT _order.business_day FROM sold s, unnest(s.modifiers))) x
  ), portions AS ( -- what one of each line takes, its modifiers included
    SELECT p.line, r.item_id, greatest(sum(r.quantity), 0) AS quantity
    FROM (SELECT s.line, s.menu_item_id AS sold_id FROM sold s UNION ALL SELECT s.line, unnest(s.modifiers) FROM sold s) p
    JOIN recipes r ON r.sold_id = p.sold_id
    GROUP BY p.line, r.item_id
  ), left_out AS (
    SELECT m.id, m.item_id, m.location_id, m.reason_id, -m.quantity - b.quantity AS quantity
    FROM tenant_schema.stock_movements m
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(y.quantity), 0) AS quantity
      FROM tenant_schema.orders r JOIN tenant_schema.stock_movements y ON y.order_id = r.id AND y.item_id = m.item_id
      WHERE r.part_of_id = _order.id AND r.kind = 'REFUND') b
    WHERE m.order_id = _order.id AND m.reverses_id IS NULL AND m.quantity < 0
  ), shares AS ( -- of one movement, by what becomes of the food
    SELECT o.id, f.reason_id, coalesce(sum(w.quantity * u.quantity) / nullif(u.whole, 0), sum(w.quantity) / s.whole) AS share
    FROM left_out o
    CROSS JOIN (SELECT DISTINCT reason_id FROM wanted) f
    JOIN wanted w ON w.reason_id IS NOT DISTINCT FROM f.reason_id
    CROSS JOIN (SELECT sum(quantity) AS whole FROM sold) s
    CROSS JOIN LATERAL (
      SELECT coalesce((SELECT p.quantity FROM portions p WHERE p.line = w.line AND p.item_id = o.item_id), 0) AS quantity,
        (SELECT sum(p.quantity * x.quantity) FROM portions p JOIN sold x ON x.line = p.line WHERE p.item_id = o.item_id) AS whole) u
    GROUP BY o.id, f.reason_id, u.whole, s.whole
  ), amounts AS ( -- rounded so that the fates of one movement come to their sum exactly
    SELECT s.id, s.reason_id,
      round(o.quantity * sum(s.share) OVER upto, 6) - coalesce(round(o.quantity * sum(s.share) OVER before, 6), 0) AS quantity
    FROM shares s JOIN left_out o ON o.id = s.id
    WINDOW upto AS (PARTITION BY s.id ORDER BY s.reason_id NULLS FIRST),
      before AS (PARTITION BY s.id ORDER BY s.reason_id NULLS FIRST ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
  )
  SELECT array_agg(ROW(o.item_id, o.location_id, a.quantity, NULL, NULL, o.reason_id, coalesce(a.reason_id::text, ''), NULL, NULL, _at,
      _refund, o.id)::tenant_schema.posting_line ORDER BY o.id, a.reason_id NULLS FIRST)
  FROM amounts a JOIN left_out o ON o.id = a.id
  WHERE a.quantity > 0
$$;

SET LOCAL ROLE ims_ledger;
-- What these orders take out of stock, from each item's home location: one line per order and item, in the order of time.
-- Orders without an id (already there) take nothing. `_used` of an item goes with one sold portion of a menu item, or with one
-- modifier of it, on a day. A modifier leaves out no more than its dish would take. A line below zero takes back what was said of it.
CREATE FUNCTION tenant_schema.sale_lines(
  _site uuid, _orders uuid[], _placed timestamptz[], _days date[], _line_orders int[], _menu_items uuid[], _quantities numeric[],
  _of_sold uuid[], _of_days date[], _items uuid[], _used numeric[],
  _modified_lines int[] DEFAULT NULL, _modifiers uuid[] DEFAULT NULL) RETURNS tenant_schema.posting_line[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH sold AS (
    SELECT l.n, o.id, o.placed_at, o.day, l.menu_item_id AS sold_id, l.quantity
    FROM unnest(_line_orders, _menu_items, _quantities) WITH ORDINALITY AS l (o, menu_item_id, quantity, n)
    JOIN unnest(_orders, _placed, _days) WITH ORDINALITY AS o (id, placed_at, day, n) ON o.n = l.o
    WHERE o.id IS NOT NULL
  ), used AS (
    SELECT * FROM unnest(_of_sold, _of_days, _items, _used) AS x (sold_id, day, item_id, quantity)
  ), plain AS (
    SELECT s.id, s.placed_at, x.item_id, s.quantity * x.quantity AS quantity
    FROM sold s JOIN used x ON x.sold_id = s.sold_id AND x.day = s.day
    WHERE s.n NOT IN (SELECT m FROM unnest(_modified_lines) AS m)
  ), modified AS (
    SELECT p.id, p.placed_at, x.item_id, p.quantity * greatest(sum(x.quantity), 0) AS quantity
    FROM (SELECT s.* FROM sold s WHERE s.n IN (SELECT m FROM unnest(_modified_lines) AS m)
          UNION ALL
          SELECT s.n, s.id, s.placed_at, s.day, c.modifier_id, s.quantity
          FROM unnest(_modified_lines, _modifiers) AS c (line, modifier_id) JOIN sold s ON s.n = c.line) p
    JOIN used x ON x.sold_id = p.sold_id AND x.day = p.day
    GROUP BY p.n, p.id, p.placed_at, p.quantity, x.item_id
  ), taken AS (
    SELECT a.id, a.placed_at, a.item_id, round(sum(a.quantity), 6) AS quantity
    FROM (SELECT * FROM plain UNION ALL SELECT * FROM modified) a
    GROUP BY a.id, a.placed_at, a.item_id
  )
  SELECT array_agg(ROW(u.item_id, coalesce(h.home, f.id), -u.quantity, NULL, NULL, NULL, '', NULL, NULL, u.placed_at, u.id,
      NULL)::tenant_schema.posting_line ORDER BY u.placed_at, u.id, u.item_id)
  FROM taken u
  LEFT JOIN (SELECT i.item_id, i.home_location_id AS home FROM tenant_schema.item_site_settings i
             JOIN tenant_schema.storage_locations w ON w.id = i.home_location_id AND w.is_active
             WHERE i.site_id = _site) h ON h.item_id = u.item_id
  LEFT JOIN (SELECT w.id FROM tenant_schema.storage_locations w WHERE w.site_id = _site AND w.is_active
             ORDER BY w.walk_order, w.id LIMIT 1) f ON true
  WHERE u.quantity <> 0
$$;

SET LOCAL ROLE ims_ledger;
-- What was charged for lines, split into net and tax: whether the tax of the menu price is in it or comes on top is the
-- site's custom. `n` is the place of a line, from 1.
CREATE FUNCTION tenant_schema.taxed_lines(_site tenant_schema.sites, _menu_items uuid[], _days date[], _amounts numeric[])
RETURNS TABLE (n bigint, net numeric, tax numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT l.n, s.net, CASE WHEN (_site).prices_include_tax THEN l.amount - s.net ELSE round(s.net * t.tax_percent / 100, 2) END
  FROM (SELECT u.menu_item_id, u.day, round(u.amount, 2) AS amount, u.n
        FROM unnest(_menu_items, _days, _amounts) WITH ORDINALITY AS u (menu_item_id, day, amount, n)) l
  JOIN (SELECT d.day, p.menu_item_id, p.tax_percent
        FROM (SELECT u.day, array_agg(DISTINCT u.menu_item_id) AS items FROM unnest(_menu_items, _days) AS u (menu_item_id, day)
              GROUP BY u.day) d
        CROSS JOIN LATERAL tenant_schema.prices_of((_site).id, d.items, d.day) p) t
    ON t.menu_item_id = l.menu_item_id AND t.day = l.day
  CROSS JOIN LATERAL (
    SELECT CASE WHEN (_site).prices_include_tax THEN round(l.amount / (1 + t.tax_percent / 100), 2) ELSE l.amount END AS net) s
$$;

SET LOCAL ROLE ims_ledger;
-- What was sent from one site to another, line by line, with what became of it: arrived, came back, was missing and written off, and
-- what is still under way. For those who see stock at either site; where they count blind it is hidden as other movements are, but
-- for what is still to be received. Values in the currency of the sender, for those who see its costs; what is under way is worth
-- `value_there` in the currency of the site it goes to, for those who see costs there, as its stock will be. Owned by the ledger, because
-- whoever receives need not see the sender's other movements.
CREATE VIEW tenant_schema.transfer_lines WITH (security_barrier) AS
SELECT m.id, m.posting_id AS transfer_id, m.site_id, p.to_site_id, m.item_id, m.location_id, m.effective_at, m.business_day,
  -m.quantity AS quantity, m.entered_quantity, m.entered_unit, m.note, u.id IS NOT NULL AS is_cancelled,
  x.arrived, x.back, x.missing, y.under_way, p.to_rate,
  CASE WHEN m.site_id = ANY ((SELECT tenant_schema.scope('stock.cost'))::uuid[]) THEN w.worth END AS value,
  CASE WHEN m.site_id = ANY ((SELECT tenant_schema.scope('stock.cost'))::uuid[]) THEN
    CASE WHEN y.under_way = 0 THEN 0 WHEN p.to_rate IS NULL THEN w.worth - x.back_worth - x.arrived_worth
      ELSE w.worth - x.back_worth - tenant_schema.quotient(w.worth * x.arrived, -m.quantity, 6) END END AS value_under_way,
  CASE WHEN p.to_site_id = ANY ((SELECT tenant_schema.scope('stock.cost'))::uuid[]) THEN
    CASE WHEN y.under_way = 0 THEN 0 WHEN p.to_rate IS NULL THEN w.worth - x.back_worth - x.arrived_worth
      ELSE w.there - x.arrived_worth - tenant_schema.quotient(w.there * (x.back + x.missing), -m.quantity, 6) END END AS value_there
FROM tenant_schema.stock_movements m
JOIN tenant_schema.postings p ON p.id = m.posting_id
LEFT JOIN tenant_schema.stock_movements u ON u.reverses_id = m.id
CROSS JOIN LATERAL (
  SELECT v.worth, round(v.worth * coalesce(p.to_rate, 1), 6) AS there
  FROM (SELECT -m.value - coalesce((SELECT sum(k.value) FROM tenant_schema.cost_corrections k WHERE k.movement_id = m.id), 0) AS worth) v) w
CROSS JOIN LATERAL (
  SELECT coalesce(sum(t.quantity) FILTER (WHERE t.site_id = p.to_site_id), 0) AS arrived,
    coalesce(sum(t.quantity) FILTER (WHERE t.site_id = m.site_id AND NOT t.is_missing), 0) AS back,
    coalesce(sum(t.quantity) FILTER (WHERE t.site_id = m.site_id AND t.is_missing), 0) AS missing,
    coalesce(sum(t.worth) FILTER (WHERE t.site_id = m.site_id), 0) AS back_worth,
    coalesce(sum(t.worth) FILTER (WHERE t.site_id = p.to_site_id), 0) AS arrived_worth
  FROM (
    SELECT i.site_id, i.quantity, coalesce(r.what = 'MISSING', false) AS is_missing,
      i.value + coalesce((SELECT sum(k.value) FROM tenant_schema.cost_corrections k WHERE k.movement_id = i.id), 0) AS worth
    FROM tenant_schema.stock_movements i LEFT JOIN tenant_schema.transfer_receipts r ON r.posting_id = i.posting_id
    WHERE i.of_id = m.id AND i.reverses_id IS NULL AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements v WHERE v.reverses_id = i.id)) t) x
CROSS JOIN LATERAL (
  SELECT CASE WHEN u.id IS NULL THEN -m.quantity - x.arrived - x.back - x.missing ELSE 0 END AS under_way) y
WHERE m.kind = 'TRANSFER_OUT' AND m.quantity < 0 AND m.reverses_id IS NULL
  AND (m.site_id = ANY ((SELECT tenant_schema.stock_sites())::uuid[])
    OR p.to_site_id = ANY ((SELECT tenant_schema.stock_sites())::uuid[])
    OR (p.to_site_id = ANY ((SELECT tenant_schema.scope('stock.view'))::uuid[]) AND y.under_way > 0)
    OR (m.site_id = ANY ((SELECT tenant_schema.scope('stock.view'))::uuid[]) AND m.posted_by = (SELECT tenant_schema.me())));

SET LOCAL ROLE ims_ledger;
-- Of which lots the lines of transfers are, as the sender said, and how much of each is still under way, see lots_left(); for those who
-- see the lines. Owned by the ledger, because whoever receives need not see the lots of the sender.
CREATE VIEW tenant_schema.transfer_lots WITH (security_barrier) AS
SELECT l.id AS line_id, l.transfer_id, t.id AS lot_id, t.code, t.expires_on, -x.moved AS quantity,
  least(greatest(-x.moved - x.come, 0), l.under_way) AS under_way
FROM tenant_schema.transfer_lines l
CROSS JOIN LATERAL (
  SELECT y.lot_id, sum(y.quantity) FILTER (WHERE y.left_here) AS moved, coalesce(sum(y.quantity) FILTER (WHERE NOT y.left_here), 0) AS come
  FROM (
    SELECT a.lot_id, a.quantity, true AS left_here FROM tenant_schema.movement_lots a WHERE a.movement_id = l.id
    UNION ALL
    SELECT coalesce(a.left_as, a.lot_id), a.quantity, false
    FROM tenant_schema.stock_movements b JOIN tenant_schema.movement_lots a ON a.movement_id = b.id
    WHERE b.of_id = l.id AND b.reverses_id IS NULL
      AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements r WHERE r.reverses_id = b.id)) y
  GROUP BY y.lot_id) x
JOIN tenant_schema.lots t ON t.id = x.lot_id
WHERE x.moved < 0;

SET LOCAL ROLE ims_ledger;
-- Transfers as they stand: where from, where to, when, by whom, and how much of it is still under way; see transfer_lines.
CREATE VIEW tenant_schema.transfers WITH (security_barrier) AS
SELECT p.id, p.number, p.site_id, p.to_site_id, p.effective_at, p.business_day, p.reference, p.note, p.posted_by, p.posted_at,
  p.to_rate, l.lines, l.waiting, l.value, l.value_under_way, l.value_there, l.is_cancelled, l.missing, l.arrived,
  (SELECT max(r.received_at) FROM tenant_schema.transfer_receipts r WHERE r.transfer_id = p.id) AS received_at
FROM tenant_schema.postings p
CROSS JOIN LATERAL (
  SELECT count(*) AS lines, count(*) FILTER (WHERE t.under_way > 0) AS waiting, sum(t.value) AS value, sum(t.value_under_way) AS value_under_way,
    sum(t.value_there) AS value_there,
    bool_and(t.is_cancelled) AS is_cancelled, count(*) FILTER (WHERE t.missing > 0) AS missing, count(*) FILTER (WHERE t.arrived > 0) AS arrived
  FROM tenant_schema.transfer_lines t WHERE t.transfer_id = p.id) l
WHERE p.kind = 'TRANSFER_OUT' AND p.reverses_id IS NULL AND l.lines > 0;

SET LOCAL ROLE ims_ledger;
-- What was said of transfers by those who received them, posting by posting, and whether it was taken back; see transfer_lines.
CREATE VIEW tenant_schema.transfers_received WITH (security_barrier) AS
SELECT r.posting_id, r.receipt_id, r.transfer_id, r.what, r.received_by, r.received_at,
  EXISTS (SELECT FROM tenant_schema.postings u WHERE u.reverses_id = r.posting_id) AS is_undone
FROM tenant_schema.transfer_receipts r JOIN tenant_schema.postings p ON p.id = r.transfer_id
WHERE p.site_id = ANY ((SELECT tenant_schema.scope('stock.view'))::uuid[])
  OR p.to_site_id = ANY ((SELECT tenant_schema.scope('stock.view'))::uuid[]);

SET LOCAL ROLE ims_ledger;
-- What these orders with these lines take out of stock, by the recipes of their business days; the cost rows of the items
-- are locked on the way.
CREATE FUNCTION tenant_schema.used_by(_site uuid, _orders tenant_schema.orders[], _sold tenant_schema.order_items[])
RETURNS tenant_schema.posting_line[]
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _of_sold uuid[]; _of_days date[]; _items uuid[]; _used numeric[];
  _lines tenant_schema.posting_line[];
BEGIN
  SELECT array_agg(x.sold_id), array_agg(x.business_day), array_agg(x.item_id), array_agg(x.quantity)
    INTO _of_sold, _of_days, _items, _used
    FROM tenant_schema.explode_recipes(ARRAY(SELECT s.menu_item_id FROM unnest(_sold) WITH ORDINALITY s ORDER BY s.ordinality),
      ARRAY(SELECT s.business_day FROM unnest(_sold) WITH ORDINALITY s ORDER BY s.ordinality),
      ARRAY(SELECT m FROM unnest(_sold) WITH ORDINALITY s CROSS JOIN unnest(s.modifiers) WITH ORDINALITY AS c (m, n) ORDER BY s.ordinality, c.n),
      ARRAY(SELECT s.business_day FROM unnest(_sold) WITH ORDINALITY s CROSS JOIN unnest(s.modifiers) WITH ORDINALITY AS c (m, n)
            ORDER BY s.ordinality, c.n)) x;
  PERFORM tenant_schema.lock_costs(_site, coalesce(_items, '{}'), (SELECT min(o.placed_at) FROM unnest(_orders) o));
  _lines := tenant_schema.sale_lines(_site,
    ARRAY(SELECT o.id FROM unnest(_orders) WITH ORDINALITY o ORDER BY o.ordinality),
    ARRAY(SELECT o.placed_at FROM unnest(_orders) WITH ORDINALITY o ORDER BY o.ordinality),
    ARRAY(SELECT o.business_day FROM unnest(_orders) WITH ORDINALITY o ORDER BY o.ordinality),
    ARRAY(SELECT array_position(ARRAY(SELECT o.id FROM unnest(_orders) WITH ORDINALITY o ORDER BY o.ordinality), s.order_id)
          FROM unnest(_sold) WITH ORDINALITY s ORDER BY s.ordinality),
    ARRAY(SELECT s.menu_item_id FROM unnest(_sold) WITH ORDINALITY s ORDER BY s.ordinality),
    ARRAY(SELECT s.quantity FROM unnest(_sold) WITH ORDINALITY s ORDER BY s.ordinality),
    _of_sold, _of_days, _items, _used,
    ARRAY(SELECT s.ordinality::int FROM unnest(_sold) WITH ORDINALITY s CROSS JOIN unnest(s.modifiers) WITH ORDINALITY AS c (m, n)
          ORDER BY s.ordinality, c.n),
    ARRAY(SELECT m FROM unnest(_sold) WITH ORDINALITY s CROSS JOIN unnest(s.modifiers) WITH ORDINALITY AS c (m, n) ORDER BY s.ordinality, c.n));
  IF _lines[1].item_id IS NOT NULL AND _lines[1].location_id IS NULL THEN
    RAISE EXCEPTION '% has no storage location yet: add one before recording sales.',
      (SELECT s.name FROM tenant_schema.sites s WHERE s.id = _site) USING ERRCODE = 'IM400';
  END IF;
  RETURN _lines;
END $$;

SET LOCAL ROLE ims_ledger;
-- The lines of a document of waste with its dishes taken apart: a line whose dish is a menu item or a recipe becomes one of each
-- counted item that so many of it take by the recipe of the day, from the location of the line or else from each item's home. Their
-- notes begin with what was wasted: 3 × Margherita. `rows` says which line each of them was; all else stays as it was.
CREATE FUNCTION tenant_schema.wasted_lines(
  _site uuid, _day date, _dishes uuid[], _items uuid[], _locations uuid[], _quantities numeric[], _unit_costs numeric[], _reasons uuid[],
  _notes text[], _entered_quantities numeric[], _entered_units text[],
  OUT items uuid[], OUT locations uuid[], OUT quantities numeric[], OUT unit_costs numeric[], OUT reasons uuid[], OUT notes text[],
  OUT entered_quantities numeric[], OUT entered_units text[], OUT rows int[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _of_menu uuid[] := ARRAY(SELECT m.id FROM tenant_schema.menu_items m WHERE m.id = ANY (_dishes));
  _of_kitchen uuid[] := ARRAY(SELECT r.id FROM tenant_schema.recipes r WHERE r.id = ANY (_dishes));
  _used_of uuid[];
  _used_items uuid[];
  _used numeric[];
  _problems jsonb;
BEGIN
  IF NOT tenant_schema.can('recipes.view') THEN
    PERFORM tenant_schema.refuse('Your roles do not show you recipes, so a dish cannot be taken apart: enter its items.', NULL, 'IM403');
  END IF;
  SELECT array_agg(x.sold_id), array_agg(x.item_id), array_agg(x.quantity) INTO _used_of, _used_items, _used
    FROM tenant_schema.explode_recipes(_of_menu, array_fill(_day, ARRAY[cardinality(_of_menu)]), NULL, NULL,
      _of_kitchen, array_fill(_day, ARRAY[cardinality(_of_kitchen)])) x;
  SELECT jsonb_agg(jsonb_build_object('row', l.n, 'field', p.field, 'text', p.text) ORDER BY l.n) INTO _problems
    FROM unnest(_dishes, _items, _quantities) WITH ORDINALITY AS l (dish, item_id, quantity, n)
    CROSS JOIN LATERAL (VALUES
      ('item', CASE WHEN l.item_id IS NOT NULL THEN 'Choose either an item or a dish.'
                    WHEN l.dish <> ALL (_of_menu || _of_kitchen) THEN 'This dish does not exist.'
                    WHEN l.dish <> ALL (coalesce(_used_of, '{}')) THEN 'On that day nothing that is stocked goes into it: enter its items.' END),
      ('quantity', CASE WHEN l.quantity IS NULL OR l.quantity = 'NaN' OR l.quantity >= 0 THEN 'Type how much was wasted.'
                        WHEN l.quantity <= -1000000 THEN 'This quantity is absurdly large.' END)) AS p (field, text)
    WHERE l.dish IS NOT NULL AND p.text IS NOT NULL;
  IF _problems IS NOT NULL THEN
    RAISE EXCEPTION 'This was not posted: something has to be put right first.' USING ERRCODE = 'IM400', DETAIL = _problems::text;
  END IF;
  SELECT array_agg(x.item_id ORDER BY x.n, x.item_id), array_agg(x.location_id ORDER BY x.n, x.item_id),
      array_agg(x.quantity ORDER BY x.n, x.item_id), array_agg(x.unit_cost ORDER BY x.n, x.item_id),
      array_agg(x.reason_id ORDER BY x.n, x.item_id), array_agg(x.note ORDER BY x.n, x.item_id),
      array_agg(x.entered_quantity ORDER BY x.n, x.item_id), array_agg(x.entered_unit ORDER BY x.n, x.item_id),
      array_agg(x.n::int ORDER BY x.n, x.item_id)
    INTO items, locations, quantities, unit_costs, reasons, notes, entered_quantities, entered_units, rows
    FROM (
      SELECT l.n, coalesce(u.item_id, l.item_id) AS item_id,
        CASE WHEN l.dish IS NULL THEN l.location_id ELSE coalesce(l.location_id, h.id, f.id) END AS location_id,
        CASE WHEN l.dish IS NULL THEN l.quantity ELSE round(l.quantity * u.quantity, 6) END AS quantity,
        l.unit_cost, l.reason_id, CASE WHEN l.dish IS NULL THEN l.note ELSE left(concat_ws(' · ', w.words, nullif(l.note, '')), 1000) END AS note,
        l.entered_quantity, l.entered_unit, l.dish
      FROM unnest(_dishes, _items, _locations, _quantities, _unit_costs, _reasons, _notes, _entered_quantities, _entered_units)
        WITH ORDINALITY AS l (dish, item_id, location_id, quantity, unit_cost, reason_id, note, entered_quantity, entered_unit, n)
      LEFT JOIN unnest(_used_of, _used_items, _used) AS u (dish, item_id, quantity) ON u.dish = l.dish
      LEFT JOIN tenant_schema.item_site_settings s ON s.site_id = _site AND s.item_id = u.item_id
      LEFT JOIN tenant_schema.storage_locations h ON h.id = s.home_location_id AND h.is_active
      LEFT JOIN LATERAL (SELECT w.id FROM tenant_schema.storage_locations w WHERE w.site_id = _site AND w.is_active
        ORDER BY w.walk_order, w.id LIMIT 1) f ON true
      LEFT JOIN LATERAL (SELECT tenant_schema.wasted_words(l.dish, _day, -l.quantity) AS words) w ON l.dish IS NOT NULL
    ) x
    WHERE x.dish IS NULL OR x.quantity <> 0;
END $$;

SET LOCAL ROLE ims_ledger;
-- The way on which one of these recipes is made of itself on that day or a later one, in names; null when there is none.
CREATE FUNCTION tenant_schema.way_round(_recipes uuid[], _from date) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH RECURSIVE days AS (
    SELECT _from AS day UNION SELECT v.valid_from FROM tenant_schema.recipe_versions v WHERE v.valid_from > _from
  ), walk AS (
    SELECT d.day, r.id AS here, ARRAY[r.id] AS way FROM days d CROSS JOIN unnest(_recipes) AS r (id)
    UNION ALL
    SELECT w.day, l.sub_recipe_id, w.way || l.sub_recipe_id
    FROM walk w
    CROSS JOIN LATERAL (
      SELECT x.id FROM tenant_schema.recipe_versions x
      WHERE x.recipe_id = w.here AND x.valid_from <= w.day ORDER BY x.valid_from DESC LIMIT 1) v
    JOIN tenant_schema.recipe_lines l ON l.version_id = v.id
    WHERE l.sub_recipe_id IS NOT NULL AND w.here <> ALL (w.way[:cardinality(w.way) - 1])
  ), found AS (
    SELECT w.way FROM walk w WHERE w.here = w.way[1] AND cardinality(w.way) > 1 ORDER BY cardinality(w.way), w.way LIMIT 1
  )
  SELECT string_agg(r.name, ' → ' ORDER BY s.n)
  FROM found f CROSS JOIN unnest(f.way) WITH ORDINALITY AS s (id, n) JOIN tenant_schema.recipes r ON r.id = s.id
$$;

SET LOCAL ROLE ims_ledger;
-- Writes new orders with their lines. What a line is charged is `_amounts`, or quantity x price where that is null; whether
-- the tax of the menu price is in it or comes on top is the site's custom. Answers the hash of what was written.
CREATE FUNCTION tenant_schema.write_orders(
  _site tenant_schema.sites, _import uuid, _posting uuid, _orders uuid[], _numbers text[], _placed timestamptz[], _days date[],
  _channels text[], _covers int[], _line_orders int[], _menu_items uuid[], _quantities numeric[], _unit_prices numeric[],
  _amounts numeric[], _modified_lines int[] DEFAULT NULL, _modifiers uuid[] DEFAULT NULL) RETURNS bytea
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH placed AS (
    SELECT * FROM unnest(_orders, _numbers, _placed, _days, _channels, _covers) WITH ORDINALITY
      AS o (id, number, placed_at, day, channel, covers, n)
    WHERE o.id IS NOT NULL
  ), charged AS (
    SELECT o.id, o.day, l.n, l.menu_item_id, l.quantity, l.price, round(coalesce(l.amount, l.quantity * l.price), 2) AS amount
    FROM unnest(_line_orders, _menu_items, _quantities, _unit_prices, _amounts) WITH ORDINALITY
      AS l (o, menu_item_id, quantity, price, amount, n)
    JOIN placed o ON o.n = l.o
  ), taxes AS (
    SELECT d.menu_item_id, d.day, coalesce((
      SELECT p.tax_percent FROM tenant_schema.menu_prices p
      WHERE p.menu_item_id = d.menu_item_id AND (p.site_id = (_site).id OR p.site_id IS NULL) AND p.valid_from <= d.day
      ORDER BY p.site_id IS NULL, p.valid_from DESC LIMIT 1), 0) AS percent
    FROM (SELECT DISTINCT c.menu_item_id, c.day FROM charged c) d
  ), split AS (
    SELECT c.*, CASE WHEN (_site).prices_include_tax THEN round(c.amount / (1 + t.percent / 100), 2) ELSE c.amount END AS net, t.percent
    FROM charged c
    JOIN taxes t ON t.menu_item_id = c.menu_item_id AND t.day = c.day
  ), taxed AS (
    SELECT s.*, CASE WHEN (_site).prices_include_tax THEN s.amount - s.net ELSE round(s.net * s.percent / 100, 2) END AS tax FROM split s
  ), lines AS MATERIALIZED (
    SELECT ROW(t.id, row_number() OVER (PARTITION BY t.id ORDER BY t.n), (_site).id, t.day, t.menu_item_id, t.quantity, t.price, t.net,
      t.tax, coalesce(m.modifiers, '{}'), '', NULL)::tenant_schema.order_items AS row
    FROM taxed t
    LEFT JOIN (SELECT c.line, array_agg(c.modifier_id ORDER BY c.n) AS modifiers
               FROM unnest(_modified_lines, _modifiers) WITH ORDINALITY AS c (line, modifier_id, n) GROUP BY c.line) m ON m.line = t.n
  ), summed AS (
    SELECT (l.row).order_id, sum((l.row).net_amount) AS net, sum((l.row).tax_amount) AS tax,
      sha256(convert_to(string_agg(tenant_schema.order_item_line(l.row), E'\n' ORDER BY (l.row).line), 'UTF8')) AS hash
    FROM lines l GROUP BY (l.row).order_id
  ), written AS (
    INSERT INTO tenant_schema.orders AS w (id, site_id, number, channel, placed_at, business_day, covers, net_total, tax_total, items_hash,
      import_id, posting_id, created_by)
    SELECT o.id, (_site).id, o.number, coalesce(o.channel, ''), o.placed_at, o.day, o.covers, coalesce(s.net, 0), coalesce(s.tax, 0),
      coalesce(s.hash, sha256('')), _import, _posting, (SELECT tenant_schema.me())
    FROM placed o LEFT JOIN summed s ON s.order_id = o.id
    RETURNING w.id, tenant_schema.order_line(w) AS words
  ), itemized AS (
    INSERT INTO tenant_schema.order_items SELECT (l.row).* FROM lines l
  )
  SELECT sha256(convert_to(string_agg(w.words, E'\n' ORDER BY w.id), 'UTF8')) FROM written w
$$;

SET LOCAL ROLE ims_ledger;
-- Appends entries to a count, each under its desk's own key: one that is there already is left as it is. Nothing is overwritten:
-- entries of a line add up, and a correction is an entry that names (`_takes_back`) the one it stands for, at the time of that one
-- unless another is given; without a quantity it only takes that one back. One's own are corrected; those of others by whoever may
-- post counts. Of what is kept by lots an entry names one, or stands for all that no entry names. A line that was not on the sheet
-- becomes one that was found. Answers how many were added.
CREATE FUNCTION tenant_schema.add_count_entries(
  _sheet uuid, _keys uuid[], _locations uuid[], _items uuid[], _quantities numeric[], _typed text[], _units text[],
  _notes text[], _times timestamptz[], _takes_back bigint[], _lots text[] DEFAULT NULL, _expiries date[] DEFAULT NULL) RETURNS int
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _row tenant_schema.count_sheets := tenant_schema.count_for(_sheet, 'counts.enter', '{OPEN,REVIEW}', false);
  _now timestamptz := clock_timestamp();
  _me uuid := tenant_schema.me(); -- once, not once an entry
  _device text := tenant_schema.this_device();
  _problems jsonb;
  _added bigint[];
BEGIN
  IF coalesce(cardinality(_keys), 0) NOT BETWEEN 1 AND 20000 THEN
    RAISE EXCEPTION 'Send 1 to 20,000 entries at once.' USING ERRCODE = 'IM400';
  END IF;
  _problems := tenant_schema.check_entries(_row, _keys, _locations, _items, _quantities, _typed, _units,
    _notes, _times, _takes_back, _lots, _expiries);
  IF _problems IS NOT NULL THEN
    RAISE EXCEPTION 'Nothing was entered: something has to be put right first.' USING ERRCODE = 'IM400', DETAIL = _problems::text;
  END IF;
  INSERT INTO tenant_schema.count_lines (sheet_id, location_id, item_id, site_id, place, is_found)
  SELECT DISTINCT _sheet, u.location_id, u.item_id, _row.site_id, 1000000, true
  FROM unnest(_locations, _items) AS u (location_id, item_id)
  WHERE (SELECT l.item_id FROM tenant_schema.count_lines l -- asked entry by entry: see check_entries()
         WHERE l.sheet_id = _sheet AND l.location_id = u.location_id AND l.item_id = u.item_id) IS NULL
  ORDER BY 2, 3
  ON CONFLICT DO NOTHING;
  WITH added AS (
    INSERT INTO tenant_schema.count_entries (key, sheet_id, location_id, item_id, site_id, quantity, lot, expires_on, typed, unit,
      note, counted_at, takes_back, entered_by, entered_at, device)
    SELECT u.key, _sheet, u.location_id, u.item_id, _row.site_id, u.quantity, btrim(u.lot), u.expires_on, coalesce(u.typed, ''), coalesce(u.unit, i.base_unit),
      coalesce(u.note, ''), coalesce(u.counted_at, t.counted_at, _now), u.takes_back, _me, _now, _device
    FROM unnest(_keys, _locations, _items, _quantities, _typed, _units, _notes, _times, _takes_back, _lots, _expiries)
      WITH ORDINALITY AS u (key, location_id, item_id, quantity, typed, unit, note, counted_at, takes_back, lot, expires_on, n)
    JOIN tenant_schema.items i ON i.id = u.item_id
    LEFT JOIN tenant_schema.count_entries t ON t.id = u.takes_back
    ORDER BY u.n
    ON CONFLICT (key) DO NOTHING
    RETURNING id)
  SELECT array_agg(a.id ORDER BY a.id) INTO _added FROM added a;
  IF _added IS NULL THEN
    RETURN 0;
  END IF;
  PERFORM tenant_schema.write_audit('count_entries', _sheet::text, 'INSERT', _row.site_id, NULL, jsonb_build_object('sheet_id', _sheet,
    'entries', cardinality(_added), 'first_entry', _added[1], 'last_entry', _added[cardinality(_added)], 'content_hash',
    encode(sha256(convert_to((SELECT string_agg(tenant_schema.count_entry_line(e), E'\n' ORDER BY e.id) FROM tenant_schema.count_entries e WHERE e.id = ANY (_added)),
      'UTF8')), 'hex')));
  RETURN cardinality(_added);
EXCEPTION WHEN unique_violation THEN -- two desks corrected the same entry at the same moment
  RAISE EXCEPTION 'One of these entries was corrected already. Look at the line again.' USING ERRCODE = 'IM409';
END $$;

SET LOCAL ROLE ims_ledger;
-- Keeps photos of the lines of waste or of an adjustment: small JPEG files under the desk's own keys, so that twice is once.
CREATE FUNCTION tenant_schema.add_photos(_document uuid, _keys uuid[], _rows int[], _captions text[], _images bytea[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _site uuid := tenant_schema.photographed(_document);
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(_document::text, 0));
  IF EXISTS (SELECT FROM unnest(_keys, _rows, _captions, _images) AS l (key, row, caption, image)
      WHERE l.key IS NULL OR coalesce(l.row, 0) NOT BETWEEN 1 AND 20000 OR length(l.caption) > 200
        OR coalesce(octet_length(l.image), 0) NOT BETWEEN 4 AND 200000 OR substring(l.image FOR 3) <> decode('ffd8ff', 'hex')) THEN
    PERFORM tenant_schema.refuse('A photo is a JPEG file of at most 200 kB.', 'photo');
  ELSIF EXISTS (SELECT FROM tenant_schema.document_photos p WHERE p.id = ANY (_keys) AND p.document_id <> _document) THEN
    PERFORM tenant_schema.refuse('This key was already used for another photo.', NULL, 'IM409');
  END IF;
  INSERT INTO tenant_schema.document_photos (id, document_id, site_id, row, caption, image, added_by, added_at)
  SELECT l.key, _document, _site, l.row, coalesce(l.caption, ''), l.image, tenant_schema.me(), clock_timestamp()
  FROM unnest(_keys, _rows, _captions, _images) AS l (key, row, caption, image)
  ON CONFLICT (id) DO NOTHING;
  IF (SELECT count(*) FROM tenant_schema.document_photos p WHERE p.document_id = _document) > 20 THEN
    PERFORM tenant_schema.refuse('One entry has at most 20 photos.', 'photo');
  END IF;
END $$;

SET LOCAL ROLE ims_ledger;
-- BEFORE UPDATE, DELETE or TRUNCATE of a table that only grows.
CREATE FUNCTION tenant_schema.append_only() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION '% only grows: nothing in it is changed or deleted.', TG_TABLE_NAME USING ERRCODE = '42501';
END $$;

SET LOCAL ROLE ims_ledger;
-- Approves what a count found, as it was seen (`_seen`: the last entry), beyond its tolerance and up to one's own money limit for
-- posting counts: whose limit is too low may post it then, and it is used up by that as if one had posted it oneself.
CREATE FUNCTION tenant_schema.approve_count(_sheet uuid, _version int, _seen bigint) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _row tenant_schema.count_sheets := tenant_schema.count_for(_sheet, 'counts.post', '{REVIEW}', true, _version);
  _limit numeric := tenant_schema.limit_of('counts.post', _row.site_id);
  _found tenant_schema.count_finding[];
  _amount numeric;
BEGIN
  PERFORM tenant_schema.refuse_unseen(_sheet, _seen);
  _found := tenant_schema.count_findings(_row);
  SELECT coalesce(sum(abs(f.difference) * f.unit_cost), 0) INTO _amount FROM unnest(_found) f;
  PERFORM tenant_schema.lock_limit('counts.post', _row.site_id);
  IF _amount + (tenant_schema.used_today(tenant_schema.me(), 'counts.post', _row.site_id)).amount > _limit THEN
    RAISE EXCEPTION '%', format('These differences are worth more than your limit of %s %s: somebody with a higher one approves them.',
      to_char(_limit, 'FM999G999G999G990D00'), (SELECT s.currency FROM tenant_schema.sites s WHERE s.id = _row.site_id)) USING ERRCODE = 'IM403';
  END IF;
  UPDATE tenant_schema.count_sheets s SET approved_by = tenant_schema.me(), approved_at = clock_timestamp(), approved_up_to = _limit,
    approved_hash = tenant_schema.findings_hash(_found) WHERE s.id = _sheet;
END $$;

SET LOCAL ROLE ims_ledger;
-- Posts an entry that waited, at its own time, in the name of whoever approves it and within their own limit: nobody approves
-- what they entered. Answers what post_document() answers.
CREATE FUNCTION tenant_schema.approve_request(_id uuid, _version int) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _row tenant_schema.approval_requests := tenant_schema.request_for(_id, '{WAITING}', _version);
  _result jsonb;
BEGIN
  IF _row.asked_by = tenant_schema.me() THEN
    PERFORM tenant_schema.refuse('Somebody else approves what you entered.', NULL, 'IM403');
  END IF;
  UPDATE tenant_schema.approval_requests r SET state = 'APPROVED', decided_by = tenant_schema.me(), decided_at = clock_timestamp()
   WHERE r.id = _id;
  _result := tenant_schema.post_document(_row.id, _row.header, _row.items, _row.locations, _row.quantities, _row.unit_costs, _row.reasons,
    _row.notes, _row.entered_quantities, _row.entered_units, NULL,
    CASE WHEN _row.kind = 'PRODUCTION' THEN tenant_schema.numbers_in(_row.header -> 'weights') END,
    CASE WHEN _row.kind = 'PRODUCTION' THEN tenant_schema.numbers_in(_row.header -> 'values') END, nullif(_row.header -> 'lots', 'null'));
  RETURN _result;
END $$;

SET LOCAL ROLE ims_ledger;
-- Waste, an adjustment or production that is worth more than its person may record waits for somebody who may: everything else about it is
-- checked as if it were posted now. The header is that of post_document(), and says `lots`, and of production `weights` and `values`,
-- where that takes them beside it. What is within the limit after all is posted at once. The same key answers the same.
-- Answers id, number and state, of what was posted as post_document() does.
CREATE FUNCTION tenant_schema.ask_approval(
  _key uuid, _header jsonb, _items uuid[], _locations uuid[], _quantities numeric[], _unit_costs numeric[], _reasons uuid[],
  _notes text[], _entered_quantities numeric[], _entered_units text[]) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _content bytea := sha256(convert_to(ROW('request', _header, _items, _locations, _quantities, _unit_costs, _reasons, _notes,
    _entered_quantities, _entered_units)::text, 'UTF8'));
  _kind text := _header ->> 'kind';
  _weights CONSTANT numeric[] := CASE WHEN _kind = 'PRODUCTION' THEN tenant_schema.numbers_in(_header -> 'weights') END;
  _values CONSTANT numeric[] := CASE WHEN _kind = 'PRODUCTION' THEN tenant_schema.numbers_in(_header -> 'values') END;
  _row tenant_schema.approval_requests;
  _site tenant_schema.sites;
  _all record;
  _field text;
BEGIN
  IF _key IS NULL OR coalesce(_kind, '') NOT IN ('WASTE', 'ADJUSTMENT', 'PRODUCTION') OR coalesce(cardinality(_items), 0) NOT BETWEEN 1 AND 500 THEN
    RAISE EXCEPTION 'What waits for approval is waste, an adjustment or production of 1 to 500 lines.' USING ERRCODE = 'IM400';
  END IF;
  _site := tenant_schema.require_site((_header ->> 'site_id')::uuid, tenant_schema.permission_of(_kind));
  PERFORM pg_advisory_xact_lock(hashtextextended(_key::text, 0));
  SELECT * INTO _row FROM tenant_schema.approval_requests r WHERE r.id = _key;
  IF _row.id IS NOT NULL AND (_row.content_hash <> _content OR _row.asked_by <> tenant_schema.me()) THEN
    PERFORM tenant_schema.refuse('This key was already used with other content.', NULL, 'IM409');
  ELSIF _row.id IS NULL THEN
    BEGIN
      RETURN tenant_schema.post_document(_key, _header, _items, _locations, _quantities, _unit_costs, _reasons, _notes, _entered_quantities,
        _entered_units, NULL, _weights, _values, nullif(_header -> 'lots', 'null')) || '{"state": "POSTED"}';
    EXCEPTION WHEN SQLSTATE 'IM403' THEN
      GET STACKED DIAGNOSTICS _field = PG_EXCEPTION_DETAIL;
      IF nullif(_field, '')::jsonb -> 0 ->> 'field' IS DISTINCT FROM 'limit' THEN
        RAISE;
      END IF;
    END;
    IF (SELECT count(*) FROM tenant_schema.approval_requests r WHERE r.asked_by = tenant_schema.me() AND r.state = 'WAITING') >= 100 THEN
      PERFORM tenant_schema.refuse('100 of your entries wait for approval already: have those decided first.');
    END IF;
    _row.id := _key;
    _row.site_id := _site.id;
    _row.kind := _kind;
    _row.effective_at := coalesce((_header ->> 'effective_at')::timestamptz, clock_timestamp());
    _row.dishes := (SELECT array_agg(d::uuid ORDER BY n) FROM jsonb_array_elements_text(_header -> 'dishes') WITH ORDINALITY AS x (d, n));
    IF _row.dishes IS NULL THEN
      SELECT _items AS items, _quantities AS quantities, _unit_costs AS unit_costs INTO _all;
    ELSE
      SELECT * INTO _all FROM tenant_schema.wasted_lines(_site.id,
        tenant_schema.business_day(_row.effective_at, _site.time_zone, _site.day_cutover_hour), _row.dishes, _items, _locations, _quantities,
        _unit_costs, _reasons, _notes, _entered_quantities, _entered_units);
    END IF;
    INSERT INTO tenant_schema.approval_requests (id, site_id, kind, effective_at, header, dishes, items, locations, quantities, unit_costs,
      reasons, notes, entered_quantities, entered_units, content_hash, amount, asked_by, asked_at)
    SELECT _key, _site.id, _kind, _row.effective_at, _header || jsonb_build_object('effective_at', _row.effective_at), _row.dishes, _items,
      _locations, _quantities, _unit_costs, _reasons, _notes, _entered_quantities, _entered_units, _content,
      coalesce(sum(abs(l.quantity) * coalesce(l.unit_cost, c.average_cost, 0)), 0) + coalesce((SELECT sum(v) FROM unnest(_values) v), 0),
      tenant_schema.me(), clock_timestamp()
    FROM unnest(_all.items, _all.quantities, _all.unit_costs) AS l (item_id, quantity, unit_cost)
    LEFT JOIN tenant_schema.stock_costs c ON c.site_id = _site.id AND c.item_id = l.item_id
    WHERE _kind <> 'PRODUCTION' OR l.quantity < 0 -- what is made is worth what was used, and labour
    RETURNING * INTO _row;
  END IF;
  RETURN jsonb_build_object('id', _row.id, 'number', _row.number, 'state', _row.state, 'lines', cardinality(_row.items));
END $$;

SET LOCAL ROLE ims_ledger;
-- AFTER INSERT, UPDATE or DELETE of a row, where never many change at once: one audit row with what was and what is; see
-- audit_changes(). Argument: the columns that name the record, joined by '/'; without one, id.
CREATE FUNCTION tenant_schema.audit_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET bytea_output = 'hex' SET timezone = 'UTC' AS $$
DECLARE
  _old jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) - '{image,login,approved_hash,approved_up_to}'::text[] END;
  _new jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) - '{image,login,approved_hash,approved_up_to}'::text[] END;
  _row jsonb := coalesce(_new, _old);
BEGIN
  PERFORM tenant_schema.write_audit(TG_TABLE_NAME,
    (SELECT string_agg(_row ->> k, '/' ORDER BY n) FROM unnest(string_to_array(coalesce(TG_ARGV[0], 'id'), '/')) WITH ORDINALITY AS u (k, n)),
    TG_OP, CASE WHEN TG_TABLE_NAME = 'sites' THEN (_row ->> 'id')::uuid ELSE (_row ->> 'site_id')::uuid END, _old, _new);
  RETURN NULL;
END $$;

SET LOCAL ROLE ims_ledger;
-- AFTER INSERT, UPDATE or DELETE of a statement, with its rows as `was` and `is_now`: an audit row for each, with what was and what is.
-- Argument: the columns that name the record, joined by '/'; without one, id. A record that got another name is written twice.
CREATE FUNCTION tenant_schema.audit_changes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET bytea_output = 'hex' SET timezone = 'UTC' AS $$
DECLARE
  _names CONSTANT text[] := string_to_array(coalesce(TG_ARGV[0], 'id'), '/');
  _unsaid CONSTANT text[] := '{image,login}';
  _site CONSTANT text := CASE WHEN TG_TABLE_NAME = 'sites' THEN 'id' ELSE 'site_id' END;
  _records text[]; _sites uuid[]; _olds jsonb[]; _news jsonb[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT array_agg(to_jsonb(n) - _unsaid) INTO _news FROM is_now n;
  ELSIF TG_OP = 'DELETE' THEN
    SELECT array_agg(to_jsonb(w) - _unsaid) INTO _olds FROM was w;
  ELSE
    SELECT array_agg(w.said), array_agg(n.said) INTO _olds, _news
    FROM (SELECT r.said, ARRAY(SELECT r.said ->> k FROM unnest(_names) k) AS name FROM (SELECT to_jsonb(w) - _unsaid AS said FROM was w) r) w
    FULL JOIN (SELECT r.said, ARRAY(SELECT r.said ->> k FROM unnest(_names) k) AS name FROM (SELECT to_jsonb(n) - _unsaid AS said FROM is_now n) r) n
      USING (name);
  END IF;
  SELECT array_agg(array_to_string(ARRAY(SELECT r.said ->> k FROM unnest(_names) k), '/') ORDER BY r.n),
      array_agg((r.said ->> _site)::uuid ORDER BY r.n)
    INTO _records, _sites
    FROM (SELECT coalesce(u.new, u.old) AS said, u.n FROM unnest(_olds, _news) WITH ORDINALITY AS u (old, new, n)) r;
  IF _records IS NOT NULL THEN
    PERFORM tenant_schema.write_audits(TG_TABLE_NAME, TG_OP, _records, _sites, _olds, _news);
  END IF;
  RETURN NULL;
END $$;

SET LOCAL ROLE ims_ledger;
-- Writes down that somebody had the bank details of a supplier shown in plain; refuses whoever may not see them.
CREATE FUNCTION tenant_schema.bank_was_shown(_supplier uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT tenant_schema.can('suppliers.edit') THEN
    RAISE EXCEPTION 'Your roles do not allow seeing bank details.' USING ERRCODE = 'IM403';
  END IF;
  IF NOT EXISTS (SELECT FROM tenant_schema.supplier_banks b WHERE b.supplier_id = _supplier) THEN
    RAISE EXCEPTION 'There are no bank details of this supplier.' USING ERRCODE = 'IM400';
  END IF;
  PERFORM tenant_schema.write_audit('bank_shown', _supplier::text, 'POST', NULL, NULL,
    jsonb_build_object('supplier_id', _supplier));
END $$;

SET LOCAL ROLE ims_ledger;
-- What one batch of a prep takes out of stock at a site by the recipe of the business day of a moment: counted items in base units, in
-- the order of the recipe; a sub-recipe is taken apart, its items by name, a prep that is stocked is taken as its item. For whoever may produce there
-- and see recipes.
CREATE FUNCTION tenant_schema.batch_usage(_site uuid, _recipe uuid, _at timestamptz DEFAULT NULL)
RETURNS TABLE (version_id uuid, item_id uuid, quantity numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _row tenant_schema.sites := tenant_schema.require_site(_site, 'production.record');
  _day date := tenant_schema.business_day(coalesce(_at, clock_timestamp()), _row.time_zone, _row.day_cutover_hour);
  _version uuid := (SELECT v.id FROM tenant_schema.recipe_versions v JOIN tenant_schema.recipes r ON r.id = v.recipe_id
    WHERE r.id = _recipe AND r.kind = 'PREP' AND v.valid_from <= _day ORDER BY v.valid_from DESC LIMIT 1);
  _parts uuid[] := ARRAY(SELECT DISTINCT l.sub_recipe_id FROM tenant_schema.recipe_lines l WHERE l.version_id = _version AND l.sub_recipe_id IS NOT NULL);
BEGIN
  IF NOT tenant_schema.can('recipes.view') THEN
    PERFORM tenant_schema.refuse('Your roles do not show you recipes.', NULL, 'IM403');
  END IF;
  RETURN QUERY
    SELECT _version, i.id, sum(l.base_quantity * 100 / l.yield_percent * coalesce(x.quantity, 1))
    FROM tenant_schema.recipe_lines l
    LEFT JOIN tenant_schema.explode_recipes(NULL, NULL, NULL, NULL, _parts, array_fill(_day, ARRAY[cardinality(_parts)])) x ON x.sold_id = l.sub_recipe_id
    JOIN tenant_schema.items i ON i.id = coalesce(l.item_id, x.item_id)
    WHERE l.version_id = _version
    GROUP BY i.id ORDER BY min(l.line), i.sort_name, i.id;
END $$;

SET LOCAL ROLE ims_ledger;
-- An open order that will not be: it took nothing and is kept with the reason.
CREATE FUNCTION tenant_schema.cancel_order(_order uuid, _version int, _reason text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _row tenant_schema.orders;
BEGIN
  SELECT * INTO _row FROM tenant_schema.orders o WHERE o.id = _order AND o.site_id = ANY (tenant_schema.scope('sales.enter')) FOR UPDATE;
  IF _row.id IS NULL THEN
    RAISE EXCEPTION 'This order does not exist, or your roles do not allow cancelling it.' USING ERRCODE = 'IM403';
  ELSIF _row.state <> 'OPEN' OR _row.version IS DISTINCT FROM _version THEN
    RAISE EXCEPTION 'Somebody else changed order % meanwhile. Reload it.', _row.number USING ERRCODE = 'IM409';
  ELSIF length(trim(coalesce(_reason, ''))) NOT BETWEEN 1 AND 1000 THEN
    RAISE EXCEPTION 'Say why this order is cancelled.' USING ERRCODE = 'IM400',
      DETAIL = '[{"field": "reason", "text": "Say why this order is cancelled."}]';
  END IF;
  UPDATE tenant_schema.orders o SET state = 'CANCELLED', void_reason = trim(_reason), version = o.version + 1 WHERE o.id = _order;
END $$;

SET LOCAL ROLE ims_ledger;
-- What was received is worth something else than was entered: a late invoice (kind PRICE: the right value of each movement) or
-- costs of getting it here (LANDED: an amount spread over the movements by weights, or where none are given by value, quantity,
-- weight as the units of the items say it, or equally). Corrects what is still there and what was used. Header: kind, site_id, effective_at, supplier_id, reference, note. Answers like post_document.
CREATE FUNCTION tenant_schema.change_prices(_key uuid, _header jsonb, _movements bigint[], _values numeric[], _weights numeric[], _spread text)
RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _content bytea := sha256(convert_to(ROW('prices', _header, _movements, _values, _weights, _spread)::text, 'UTF8'));
  _kind text := _header ->> 'kind';
  _amount numeric := (_header ->> 'amount')::numeric;
  _site tenant_schema.sites;
  _posting tenant_schema.postings;
  _items uuid[];
  _from timestamptz;
  _rows record;
  _left numeric; _rest numeric; _mine numeric;
  _limited boolean;
  _unknown text;
  _seeds tenant_schema.cost_object[];
  _result jsonb;
BEGIN
  IF _key IS NULL OR _kind IS NULL OR _kind NOT IN ('PRICE', 'LANDED') OR coalesce(cardinality(_movements), 0) NOT BETWEEN 1 AND 5000
     OR (SELECT count(DISTINCT m) FROM unnest(_movements) m) <> cardinality(_movements)
     OR _kind = 'PRICE' AND (cardinality(_values) IS DISTINCT FROM cardinality(_movements)
       OR EXISTS (SELECT FROM unnest(_values) v WHERE v IS NULL OR v = 'NaN' OR v < 0 OR v >= 1000000000000))
     OR _spread NOT IN ('value', 'quantity', 'weight', 'equal')
     OR _kind = 'LANDED' AND (_amount IS NULL OR _amount = 'NaN' OR abs(_amount) >= 1000000000000 OR _weights IS NOT NULL AND (
       cardinality(_weights) <> cardinality(_movements) OR EXISTS (SELECT FROM unnest(_weights) w WHERE w IS NULL OR w = 'NaN' OR w < 0)
       OR (SELECT sum(w) FROM unnest(_weights) w) = 0)) THEN
    RAISE EXCEPTION 'A change of prices needs a key, a kind, different movements and right values for them.' USING ERRCODE = 'IM400';
  END IF;
  _result := tenant_schema.first_result(_key, _content);
  IF _result IS NOT NULL THEN
    RETURN _result;
  END IF;
  _site := tenant_schema.require_site((_header ->> 'site_id')::uuid, 'adjustments.record');
  PERFORM tenant_schema.require_site(_site.id, 'stock.cost');
  _limited := tenant_schema.lock_limit('adjustments.record', _site.id);
  SELECT array_agg(m.item_id), min(m.effective_at) INTO _items, _from FROM tenant_schema.stock_movements m
    WHERE m.id = ANY (_movements) AND m.site_id = _site.id AND m.given_value IS NOT NULL AND m.quantity > 0 AND m.kind <> 'PRODUCTION'
      AND m.reverses_id IS NULL AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements r WHERE r.reverses_id = m.id);
  IF cardinality(_items) IS DISTINCT FROM cardinality(_movements) THEN
    RAISE EXCEPTION 'Only what was received with a price, and not undone, can be worth something else.' USING ERRCODE = 'IM400';
  END IF;
  PERFORM tenant_schema.lock_costs(_site.id, _items, _from);
  _posting.id := _key;
  _posting.kind := _kind;
  _posting.site_id := _site.id;
  _posting.effective_at := coalesce((_header ->> 'effective_at')::timestamptz, clock_timestamp());
  IF _posting.effective_at > clock_timestamp() + interval '2 minutes' OR _posting.effective_at < '2000-01-01 00:00+00' THEN
    RAISE EXCEPTION 'The time of a posting lies after the year 2000 and not in the future.' USING ERRCODE = 'IM400';
  END IF;
  _posting.supplier_id := (_header ->> 'supplier_id')::uuid;
  _posting.reference := left(coalesce(_header ->> 'reference', ''), 200);
  _posting.note := left(coalesce(_header ->> 'note', ''), 1000);
  _posting.content_hash := _content;
  IF _spread = 'weight' AND _weights IS NULL THEN
    SELECT string_agg(DISTINCT i.name, ', ') INTO _unknown FROM unnest(_items) u (id) JOIN tenant_schema.items i ON i.id = u.id
     WHERE tenant_schema.grams_of(i.id) IS NULL;
    IF _unknown IS NOT NULL THEN
      RAISE EXCEPTION 'Nobody knows what this weighs: %. Say it on the card of the item, or spread by something else.', _unknown
        USING ERRCODE = 'IM400', DETAIL = '[{"field": "spread", "text": "Not everything here has a weight."}]';
    END IF;
  END IF;
  _rest := round(_amount, 6);
  FOR _rows IN
    SELECT z.*, sum(z.weight) OVER () AS whole
    FROM (
      SELECT u.n, m.id, m.item_id, m.effective_at, u.right_value, w.worth, CASE
        WHEN _weights IS NOT NULL THEN u.weight
        WHEN _spread = 'equal' THEN 1
        WHEN _spread = 'weight' THEN m.quantity * g.grams
        WHEN _spread = 'quantity' OR sum(w.worth) OVER () = 0 THEN m.quantity
        ELSE w.worth END AS weight
      FROM unnest(_movements, _values, _weights) WITH ORDINALITY AS u (id, right_value, weight, n)
      JOIN tenant_schema.stock_movements m ON m.id = u.id
      CROSS JOIN LATERAL (SELECT tenant_schema.grams_of(m.item_id) AS grams) g
      CROSS JOIN LATERAL (SELECT m.given_value + coalesce((SELECT sum(c.amount) FROM tenant_schema.price_changes c WHERE c.movement_id = m.id), 0)
        AS worth) w) z
    ORDER BY z.n
  LOOP
    IF _kind = 'PRICE' THEN
      _mine := round(_rows.right_value, 6) - _rows.worth;
    ELSE
      _left := coalesce(_left, _rows.whole);
      _mine := CASE WHEN _left = _rows.weight THEN _rest ELSE tenant_schema.quotient(_rest * _rows.weight, _left, 6) END;
      _left := _left - _rows.weight; _rest := _rest - _mine;
    END IF;
    IF _rows.worth + _mine < 0 THEN
      RAISE EXCEPTION 'Nothing is worth less than nothing: this would take more off than there is.' USING ERRCODE = 'IM400';
    END IF;
    IF _mine <> 0 THEN
      INSERT INTO tenant_schema.price_changes (movement_id, posting_id, site_id, amount) VALUES (_rows.id, _key, _site.id, _mine);
      _seeds := _seeds || ROW(_site.id, _rows.item_id, _rows.effective_at, NULL, NULL, NULL, NULL)::tenant_schema.cost_object;
    END IF;
  END LOOP;
  _result := tenant_schema.post_lines(_posting, '{}', NULL, NULL, _seeds);
  IF _limited THEN
    PERFORM tenant_schema.require_limit('adjustments.record', _site.id,
      (SELECT coalesce(sum(abs(c.amount)), 0) FROM tenant_schema.price_changes c WHERE c.posting_id = _key));
  END IF;
  RETURN _result;
END $$;

SET LOCAL ROLE ims_ledger;
-- Closes the days of a site up to one: nothing in them changes any more, for nobody. Waits for what is being posted.
CREATE FUNCTION tenant_schema.close_period(_site uuid, _day date) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _row tenant_schema.sites := tenant_schema.require_site(_site, 'periods.close');
  _last date;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('periods of tenant_schema', 0));
  SELECT max(p.ends_on) INTO _last FROM tenant_schema.periods p WHERE p.site_id = _site AND p.reopened_at IS NULL;
  IF _day IS NULL OR _day < '2000-01-01' OR _day >= tenant_schema.business_day(clock_timestamp(), _row.time_zone, _row.day_cutover_hour) THEN
    RAISE EXCEPTION 'Only days that are over can be closed.' USING ERRCODE = 'IM400',
      DETAIL = '[{"field": "ends_on", "text": "Choose a day that is over."}]';
  ELSIF _day <= _last THEN
    RAISE EXCEPTION '%', format('%s is closed up to %s already.', _row.name, to_char(_last, 'FMDD Mon YYYY')) USING ERRCODE = 'IM409';
  END IF;
  INSERT INTO tenant_schema.periods (site_id, ends_on, closed_by, closed_at) VALUES (_site, _day, tenant_schema.me(), clock_timestamp());
END $$;

SET LOCAL ROLE ims_ledger;
-- Corrects when a lot expires: what was read wrong at the door. Whoever may adjust stock at every site where it lies.
CREATE FUNCTION tenant_schema.correct_lot(_lot uuid, _expires date, _seen date) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _row tenant_schema.lots;
  _sites uuid[] := ARRAY(SELECT DISTINCT s.site_id FROM tenant_schema.stock_lots s WHERE s.lot_id = _lot ORDER BY s.site_id);
BEGIN
  IF cardinality(_sites) = 0 OR NOT _sites <@ tenant_schema.scope('adjustments.record') THEN
    RAISE EXCEPTION 'Your roles do not allow this at every site where the lot was (adjustments.record).' USING ERRCODE = 'IM403';
  END IF;
  SELECT * INTO STRICT _row FROM tenant_schema.lots l WHERE l.id = _lot FOR UPDATE;
  IF _row.expires_on IS DISTINCT FROM _seen THEN
    RAISE EXCEPTION 'Somebody else corrected this lot meanwhile: look at it again.' USING ERRCODE = 'IM409';
  END IF;
  IF _expires IS NULL OR _expires NOT BETWEEN '2000-01-01' AND '2999-12-31' THEN
    RAISE EXCEPTION 'Say when it expires.' USING ERRCODE = 'IM400', DETAIL = '[{"field": "expires_on", "text": "Enter a day."}]';
  END IF;
  UPDATE tenant_schema.lots l SET expires_on = _expires WHERE l.id = _lot;
END $$;

SET LOCAL ROLE ims_ledger;
-- What a count found, for whoever may post it, with costs for those who may see them; others are told that it is hidden. It can be
-- looked at while counting goes on.
CREATE FUNCTION tenant_schema.count_review(_sheet uuid)
RETURNS TABLE (location_id uuid, item_id uuid, lot text, expires_on date, entries bigint, last_entry bigint, counted numeric, first_at timestamptz, counted_at timestamptz,
  expected numeric, difference numeric, unit_cost numeric, is_over boolean, is_recounted boolean, has_moved boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _row tenant_schema.count_sheets := tenant_schema.count_for(_sheet, 'counts.post', '{OPEN,REVIEW,POSTED,DISCARDED}', false);
  _costs boolean := _row.site_id = ANY (tenant_schema.scope('stock.cost'));
  _found tenant_schema.count_finding[] := tenant_schema.count_findings(_row); -- asked by the query itself, the planner would ask too
BEGIN
  RETURN QUERY
    SELECT f.location_id, f.item_id, f.lot, f.expires_on, f.entries, f.last_entry, f.counted, f.first_at, f.counted_at, f.expected, f.difference,
      CASE WHEN _costs THEN f.unit_cost END, f.is_over, f.is_recounted, f.has_moved
    FROM unnest(_found) f;
END $$;

SET LOCAL ROLE ims_ledger;
-- Ends a count without posting it, with a reason. Whoever may post counts does so; one's own on which nothing was entered anybody.
CREATE FUNCTION tenant_schema.discard_count(_sheet uuid, _version int, _reason text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _row tenant_schema.count_sheets := tenant_schema.count_for(_sheet, 'counts.enter', '{OPEN,REVIEW}', true, _version);
BEGIN
  IF _row.started_by <> tenant_schema.me() OR EXISTS (SELECT FROM tenant_schema.count_entries e WHERE e.sheet_id = _sheet) THEN
    PERFORM tenant_schema.require_site(_row.site_id, 'counts.post');
  END IF;
  IF length(trim(coalesce(_reason, ''))) NOT BETWEEN 1 AND 1000 THEN
    RAISE EXCEPTION 'Say why this count is discarded.' USING ERRCODE = 'IM400',
      DETAIL = '[{"field": "reason", "text": "Say why this count is discarded."}]';
  END IF;
  UPDATE tenant_schema.count_sheets s SET state = 'DISCARDED', reason = trim(_reason), ended_by = tenant_schema.me(),
    ended_at = clock_timestamp() WHERE s.id = _sheet;
END $$;

SET LOCAL ROLE ims_ledger;
-- What one of each dish (menu item or recipe) takes out of stock at a moment, as waste of it would be recorded at a site: for
-- whoever may record waste there and see recipes.
CREATE FUNCTION tenant_schema.dish_usage(_site uuid, _dishes uuid[], _at timestamptz DEFAULT NULL)
RETURNS TABLE (dish_id uuid, item_id uuid, quantity numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _row tenant_schema.sites := tenant_schema.require_site(_site, 'waste.record');
  _day date := tenant_schema.business_day(coalesce(_at, clock_timestamp()), _row.time_zone, _row.day_cutover_hour);
  _of_menu uuid[] := ARRAY(SELECT m.id FROM tenant_schema.menu_items m WHERE m.id = ANY (_dishes));
  _of_kitchen uuid[] := ARRAY(SELECT r.id FROM tenant_schema.recipes r WHERE r.id = ANY (_dishes));
BEGIN
  IF NOT tenant_schema.can('recipes.view') THEN
    PERFORM tenant_schema.refuse('Your roles do not show you recipes.', NULL, 'IM403');
  END IF;
  RETURN QUERY SELECT x.sold_id, x.item_id, x.quantity
    FROM tenant_schema.explode_recipes(_of_menu, array_fill(_day, ARRAY[cardinality(_of_menu)]), NULL, NULL,
      _of_kitchen, array_fill(_day, ARRAY[cardinality(_of_kitchen)])) x;
END $$;

SET LOCAL ROLE ims_ledger;
-- Says that an area of a count is done, or is not after all; which is what its progress shows, and keeps nobody from entering.
CREATE FUNCTION tenant_schema.finish_area(_sheet uuid, _location uuid, _done boolean) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM tenant_schema.count_for(_sheet, 'counts.enter', '{OPEN,REVIEW}', false);
  UPDATE tenant_schema.count_areas a SET finished_by = CASE WHEN _done THEN tenant_schema.me() END,
    finished_at = CASE WHEN _done THEN clock_timestamp() END
  WHERE a.sheet_id = _sheet AND a.location_id = _location AND (a.finished_at IS NOT NULL) IS DISTINCT FROM _done;
END $$;

SET LOCAL ROLE ims_ledger;
-- Counting is done: the count goes to its review, and is entered no more, except for what is counted again.
CREATE FUNCTION tenant_schema.hand_over_count(_sheet uuid, _version int) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM tenant_schema.count_for(_sheet, 'counts.enter', '{OPEN}', true, _version);
  IF NOT EXISTS (SELECT FROM tenant_schema.count_entries e WHERE e.sheet_id = _sheet) THEN
    RAISE EXCEPTION 'Nothing was counted yet.' USING ERRCODE = 'IM400';
  END IF;
  UPDATE tenant_schema.count_sheets s SET state = 'REVIEW', counted_by = tenant_schema.me(), counted_at = clock_timestamp() WHERE s.id = _sheet;
END $$;

SET LOCAL ROLE ims_ledger;
-- Leaves a till's product out, with a reason (a gift card, a delivery fee): its lines wait no longer, and later ones neither.
-- Without a reason they wait again.
CREATE FUNCTION tenant_schema.ignore_product(_product uuid, _version int, _reason text) RETURNS int
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _row tenant_schema.till_products;
  _found int;
BEGIN
  SELECT * INTO _row FROM tenant_schema.till_products t WHERE t.id = _product AND t.site_id = ANY (tenant_schema.scope('sales.import')) FOR UPDATE;
  IF _row.id IS NULL THEN
    RAISE EXCEPTION 'This product does not exist, or your roles do not allow this.' USING ERRCODE = 'IM403';
  ELSIF _row.version IS DISTINCT FROM _version THEN
    RAISE EXCEPTION 'Somebody else changed this product meanwhile. Reload it.' USING ERRCODE = 'IM409';
  ELSIF length(trim(_reason)) > 1000 THEN
    RAISE EXCEPTION 'A reason has at most 1,000 letters.' USING ERRCODE = 'IM400', DETAIL = '[{"field": "reason", "text": "At most 1,000 letters."}]';
  ELSIF _row.menu_item_id IS NOT NULL OR _row.modifier_id IS NOT NULL THEN
    RAISE EXCEPTION '% is on the menu: it is not left out.', _row.words USING ERRCODE = 'IM409';
  END IF;
  UPDATE tenant_schema.till_products t SET ignored = trim(coalesce(_reason, '')), decided_by = tenant_schema.me(), decided_at = clock_timestamp(),
    version = t.version + 1 WHERE t.id = _product;
  UPDATE tenant_schema.unmapped_modifiers u SET state = CASE WHEN trim(coalesce(_reason, '')) = '' THEN 'WAITING' ELSE 'IGNORED' END
   WHERE u.till_product_id = _product AND u.state IN ('WAITING', 'IGNORED') AND _row.kind = 'MODIFIER';
  GET DIAGNOSTICS _found = ROW_COUNT;
  IF _row.kind = 'MODIFIER' THEN
    RETURN _found;
  END IF;
  UPDATE tenant_schema.unmapped_sales u SET state = CASE WHEN trim(coalesce(_reason, '')) = '' THEN 'WAITING' ELSE 'IGNORED' END
   WHERE u.till_product_id = _product AND u.state IN ('WAITING', 'IGNORED');
  GET DIAGNOSTICS _found = ROW_COUNT;
  RETURN _found;
END $$;

SET LOCAL ROLE ims_ledger;
-- What was under way between sites at the end of a business day, with its value as it was known then: line by line of the transfers, in the
-- currency of the sender, whose it is until it arrives, for those who see costs there. What is under way now, and whatever
-- arrived, came back or was corrected later, is looked at; no other transfer can have been under way then.
CREATE FUNCTION tenant_schema.in_transit(_day date) RETURNS TABLE (
  transfer_id uuid, number bigint, left_on date, site_id uuid, to_site_id uuid, item_id uuid, quantity numeric, value numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH seen AS MATERIALIZED (
    SELECT s.id FROM tenant_schema.sites s
    WHERE s.id = ANY ((SELECT tenant_schema.scope('stock.cost'))::uuid[]) AND s.id = ANY ((SELECT tenant_schema.stock_sites())::uuid[])
  ), looked_at AS MATERIALIZED (
    SELECT w.movement_id AS id FROM tenant_schema.under_way w
    UNION
    SELECT t.of_id FROM tenant_schema.sites s JOIN tenant_schema.stock_movements t ON t.site_id = s.id AND t.business_day > _day
    WHERE t.kind IN ('TRANSFER_IN', 'TRANSFER_OUT') AND t.of_id IS NOT NULL
    UNION
    SELECT coalesce(m.of_id, m.id) FROM tenant_schema.sites s
    JOIN tenant_schema.cost_corrections k ON k.site_id = s.id AND k.business_day > _day
    JOIN tenant_schema.stock_movements m ON m.id = k.movement_id
    WHERE m.kind IN ('TRANSFER_IN', 'TRANSFER_OUT')
  )
  SELECT x.transfer_id, x.number, x.left_on, x.site_id, x.to_site_id, x.item_id, x.quantity, x.value
  FROM (
    SELECT m.posting_id AS transfer_id, p.number, p.business_day AS left_on, m.site_id, p.to_site_id, m.item_id, -m.quantity - c.quantity AS quantity,
      w.value - c.back - CASE WHEN p.to_rate IS NULL THEN c.arrived ELSE tenant_schema.quotient(w.value * c.away, -m.quantity, 6) END AS value
    FROM looked_at l
    JOIN tenant_schema.stock_movements m ON m.id = l.id
    JOIN tenant_schema.postings p ON p.id = m.posting_id
    CROSS JOIN LATERAL (
      SELECT -m.value - coalesce((SELECT sum(k.value) FROM tenant_schema.cost_corrections k
        WHERE k.movement_id = m.id AND k.business_day <= _day), 0) AS value) w
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(t.quantity), 0) AS quantity, coalesce(sum(t.quantity) FILTER (WHERE t.site_id <> m.site_id), 0) AS away,
        coalesce(sum(t.value) FILTER (WHERE t.site_id = m.site_id), 0) AS back, coalesce(sum(t.value) FILTER (WHERE t.site_id <> m.site_id), 0) AS arrived
      FROM (
        SELECT i.site_id, i.quantity, i.value + coalesce((SELECT sum(k.value) FROM tenant_schema.cost_corrections k
          WHERE k.movement_id = i.id AND k.business_day <= _day), 0) AS value
        FROM tenant_schema.stock_movements i
        WHERE i.of_id = m.id AND i.reverses_id IS NULL AND i.business_day <= _day
          AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements v WHERE v.reverses_id = i.id)) t) c
    WHERE m.kind = 'TRANSFER_OUT' AND m.quantity < 0 AND m.reverses_id IS NULL AND m.business_day <= _day
      AND m.site_id IN (SELECT s.id FROM seen s)
      AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements u WHERE u.reverses_id = m.id)) x
  WHERE x.quantity <> 0 OR x.value <> 0
$$;

SET LOCAL ROLE ims_ledger;
-- BEFORE an item is added, put into a category or restored: not in one that is archived.
CREATE FUNCTION tenant_schema.keep_categorised() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _category text;
BEGIN
  SELECT c.name INTO _category FROM tenant_schema.categories c WHERE c.id = NEW.category_id AND NOT c.is_active;
  IF _category IS NOT NULL THEN
    RAISE EXCEPTION 'The category % is archived. Restore it first, or choose another for %.', _category, NEW.name
      USING ERRCODE = 'IM400',
      DETAIL = jsonb_build_array(jsonb_build_object('field', 'category_id', 'text', format('%s is archived.', _category)));
  END IF;
  RETURN NEW;
END $$;

SET LOCAL ROLE ims_ledger;
-- BEFORE INSERT or UPDATE of a category: one that is archived holds nothing that is in use, and what is in use lies in nothing
-- that is archived.
CREATE FUNCTION tenant_schema.keep_category() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _outer text;
BEGIN
  IF NEW.is_active THEN
    SELECT c.name INTO _outer FROM tenant_schema.categories c WHERE c.id = NEW.parent_id AND NOT c.is_active;
    IF _outer IS NOT NULL THEN
      RAISE EXCEPTION '% is archived. Restore it first, or choose another place for %.', _outer, NEW.name USING ERRCODE = 'IM400',
        DETAIL = jsonb_build_array(jsonb_build_object('field', 'parent_id', 'text', format('%s is archived.', _outer)));
    END IF;
  ELSIF EXISTS (SELECT FROM tenant_schema.items i WHERE i.category_id = NEW.id AND i.is_active)
     OR EXISTS (SELECT FROM tenant_schema.categories c WHERE c.parent_id = NEW.id AND c.is_active) THEN
    RAISE EXCEPTION '% still holds items or categories. Say where they go, then archive it.', NEW.name USING ERRCODE = 'IM400';
  END IF;
  RETURN NEW;
END $$;

SET LOCAL ROLE ims_ledger;
-- BEFORE UPDATE of an item: what has moved keeps its unit, and its cost method but for switch_method(); what is in stock anywhere
-- is not archived, also where the person sees nothing of that stock; what has lots goes on being kept by them; and what was
-- merged into another does not come back.
CREATE FUNCTION tenant_schema.keep_item() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NEW.base_unit <> OLD.base_unit AND EXISTS (SELECT FROM tenant_schema.stock_costs c WHERE c.item_id = OLD.id) THEN
    RAISE EXCEPTION 'It is kept in % and has movements, so its unit cannot change.', OLD.base_unit USING ERRCODE = 'IM400',
      DETAIL = jsonb_build_array(jsonb_build_object('field', 'base_unit', 'text', 'It has movements, so this cannot change.'));
  END IF;
  IF NEW.is_active AND OLD.merged_into_id IS NOT NULL THEN
    RAISE EXCEPTION '% was merged into %: its packs, recipes and suppliers are there now. Make a new item instead.', OLD.name,
      (SELECT i.name FROM tenant_schema.items i WHERE i.id = OLD.merged_into_id) USING ERRCODE = 'IM400';
  END IF;
  IF NEW.cost_method <> OLD.cost_method AND EXISTS (SELECT FROM tenant_schema.stock_costs c WHERE c.item_id = OLD.id)
     AND NEW.cost_method IS DISTINCT FROM (SELECT h.method FROM tenant_schema.item_methods h WHERE h.item_id = OLD.id
                                           ORDER BY h.valid_from DESC LIMIT 1) THEN
    RAISE EXCEPTION 'It has movements, so its cost method changes from a day on and with a reason.' USING ERRCODE = 'IM400',
      DETAIL = jsonb_build_array(jsonb_build_object('field', 'cost_method', 'text', 'It has movements: switch the method from a day on.'));
  END IF;
  IF NEW.tracks_lots = 'NO' AND OLD.tracks_lots <> 'NO' THEN
    PERFORM FROM tenant_schema.stock_costs c WHERE c.item_id = OLD.id ORDER BY c.site_id FOR UPDATE; -- nobody posts a lot meanwhile
    IF EXISTS (SELECT FROM tenant_schema.stock_lots l WHERE l.item_id = OLD.id AND l.on_hand > 0) THEN
      RAISE EXCEPTION '% is kept by lots as long as some of them are in stock.', OLD.name USING ERRCODE = 'IM400',
        DETAIL = jsonb_build_array(jsonb_build_object('field', 'tracks_lots', 'text', 'There are lots in stock: they would be forgotten.'));
    END IF;
  END IF;
  IF OLD.is_active AND NOT NEW.is_active
     AND EXISTS (SELECT FROM tenant_schema.stock_costs c WHERE c.item_id = OLD.id AND c.quantity <> 0) THEN
    RAISE EXCEPTION 'What is in stock cannot be archived. Count or adjust % to 0 first.', OLD.name USING ERRCODE = 'IM400';
  END IF;
  RETURN NEW;
END $$;

SET LOCAL ROLE ims_ledger;
-- BEFORE INSERT or UPDATE of a modifier: what it adds to a price is a price.
CREATE FUNCTION tenant_schema.keep_modifier_price() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NEW.price <> (CASE WHEN TG_OP = 'UPDATE' THEN OLD.price ELSE 0 END) AND tenant_schema.me() IS NOT NULL
     AND NOT tenant_schema.can('menu.price') THEN
    RAISE EXCEPTION 'Your roles do not allow you to set prices.' USING ERRCODE = 'IM403';
  END IF;
  RETURN NEW;
END $$;

SET LOCAL ROLE ims_ledger;
-- BEFORE INSERT of an exchange rate: it holds from a day that has come, or comes tomorrow where the day begins earlier.
CREATE FUNCTION tenant_schema.keep_rate() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NEW.valid_from > current_date + 1 THEN
    RAISE EXCEPTION 'Nobody knows yet what 1 % will be worth on %.', NEW.base, NEW.valid_from USING ERRCODE = 'IM400',
      DETAIL = jsonb_build_array(jsonb_build_object('field', 'valid_from', 'text', 'This day is still to come.'));
  END IF;
  RETURN NEW;
END $$;

SET LOCAL ROLE ims_ledger;
-- AFTER lines or versions of recipes changed: nothing may be made of itself, on any day that a changed version reaches.
CREATE FUNCTION tenant_schema.keep_recipes_straight() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _recipes uuid[];
  _from date;
  _way text;
BEGIN
  IF TG_TABLE_NAME = 'recipe_lines' THEN
    SELECT array_agg(DISTINCT v.recipe_id), min(v.valid_from) INTO _recipes, _from
      FROM changed c JOIN tenant_schema.recipe_versions v ON v.id = c.version_id WHERE c.sub_recipe_id IS NOT NULL;
  ELSE
    SELECT array_agg(DISTINCT c.recipe_id), date '1900-01-01' INTO _recipes, _from FROM changed c;
  END IF;
  IF _recipes IS NULL THEN
    RETURN NULL;
  END IF;
  -- Two people could close a circle from two sides, neither seeing what the other wrote: they come one after the other.
  PERFORM pg_advisory_xact_lock(hashtextextended('recipes of tenant_schema', 0));
  _way := tenant_schema.way_round(_recipes, _from);
  IF _way IS NOT NULL THEN
    RAISE EXCEPTION 'A recipe cannot be made of itself: %.', _way USING ERRCODE = 'IM400',
      DETAIL = jsonb_build_array(jsonb_build_object('field', 'lines', 'text', format('This closes a circle: %s.', _way)));
  END IF;
  RETURN NULL;
END $$;

SET LOCAL ROLE ims_ledger;
-- BEFORE INSERT or UPDATE of a row with encrypted columns (the arguments): what is new in them is encrypted with the newest key,
-- so that nothing is written under one that is being forgotten, and nothing in plain text.
CREATE FUNCTION tenant_schema.keep_sealed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET bytea_output = 'hex' AS $$
DECLARE
  _begins text := E'\\x01' || encode(int4send((SELECT max(v.version) FROM tenant_schema.key_versions v)), 'hex');
  _old jsonb := CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(OLD) ELSE '{}' END;
  _new jsonb := to_jsonb(NEW);
BEGIN
  IF EXISTS (SELECT FROM unnest(TG_ARGV) AS c (name) WHERE _new ->> c.name IS DISTINCT FROM _old ->> c.name
             AND _new ->> c.name IS NOT NULL AND starts_with(_new ->> c.name, _begins) IS NOT TRUE) THEN
    RAISE EXCEPTION 'The key of these fields was renewed meanwhile. Try again.' USING ERRCODE = 'IM409';
  END IF;
  RETURN NEW;
END $$;

SET LOCAL ROLE ims_ledger;
-- BEFORE UPDATE of a site: since its first posting its stock is valued in one currency, and every movement lies in the business day
-- that the site's clock said. Another clock would move what was reported, counted and closed into other days.
CREATE FUNCTION tenant_schema.keep_site() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _problems jsonb := '[]';
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('periods of tenant_schema', 0)); -- nobody posts meanwhile, see lock_costs()
  IF NOT EXISTS (SELECT FROM tenant_schema.postings p WHERE p.site_id = OLD.id) THEN
    RETURN NEW;
  END IF;
  IF NEW.currency <> OLD.currency THEN
    _problems := _problems || jsonb_build_object('field', 'currency', 'text',
      format('Stock is valued here in %s since the first posting, so the currency cannot change.', OLD.currency));
  END IF;
  IF NEW.time_zone <> OLD.time_zone THEN
    _problems := _problems || jsonb_build_object('field', 'time_zone', 'text',
      format('Days end here by the clock of %s since the first posting, so the time zone cannot change.', OLD.time_zone));
  END IF;
  IF NEW.day_cutover_hour <> OLD.day_cutover_hour THEN
    _problems := _problems || jsonb_build_object('field', 'day_cutover_hour', 'text',
      format('Days end here at %s:00 since the first posting, so that hour cannot change.', lpad(OLD.day_cutover_hour::text, 2, '0')));
  END IF;
  RAISE EXCEPTION '%', _problems #>> '{0,text}' USING ERRCODE = 'IM400', DETAIL = _problems::text;
END $$;

SET LOCAL ROLE ims_ledger;
-- BEFORE INSERT or UPDATE of what hangs in a tree: nothing lies inside itself, whatever two people move at once.
CREATE FUNCTION tenant_schema.keep_tree() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _circle boolean;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('tree of tenant_schema ' || TG_TABLE_NAME, 0));
  EXECUTE format('WITH RECURSIVE up AS (SELECT $1 AS id UNION
      SELECT t.parent_id FROM tenant_schema.%I t JOIN up ON up.id = t.id WHERE t.parent_id IS NOT NULL)
    SELECT EXISTS (SELECT FROM up WHERE up.id = $2)', TG_TABLE_NAME) INTO _circle USING NEW.parent_id, NEW.id;
  IF _circle THEN
    RAISE EXCEPTION '% would lie inside itself.', NEW.name USING ERRCODE = 'IM400', DETAIL = jsonb_build_array(
      jsonb_build_object('field', 'parent_id', 'text', format('%s would lie inside itself.', NEW.name)));
  END IF;
  RETURN NEW;
END $$;

SET LOCAL ROLE ims_ledger;
-- Keeps sold lines whose menu item is not known, with their value, until somebody says what they mean. A line that is kept
-- already, or whose order came in with another file, is left alone. Header: site_id, import_id, file_name; `_products` are
-- the till's words as they are compared, `_words` as it writes them. Modifiers come as to post_sales. Answers how many are kept now and how many were before.
CREATE FUNCTION tenant_schema.keep_unmapped(
  _header jsonb, _rows int[], _numbers text[], _placed timestamptz[], _channels text[], _products text[], _words text[],
  _quantities numeric[], _unit_prices numeric[], _amounts numeric[], _modified_lines int[] DEFAULT NULL, _modifiers uuid[] DEFAULT NULL,
  _unknown_lines int[] DEFAULT NULL, _unknown text[] DEFAULT NULL, _unknown_words text[] DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _site tenant_schema.sites := tenant_schema.require_site((_header ->> 'site_id')::uuid, 'sales.import');
  _import uuid := (_header ->> 'import_id')::uuid;
  _kept int;
BEGIN
  IF _import IS NULL OR coalesce(cardinality(_rows), 0) NOT BETWEEN 1 AND 50000 OR EXISTS (
    SELECT FROM unnest(_rows, _numbers, _placed, _channels, _products, _words, _quantities, _unit_prices, _amounts)
      AS u (file_row, number, placed, channel, product, words, quantity, price, amount)
    WHERE u.file_row IS NULL OR coalesce(length(trim(u.number)), 0) NOT BETWEEN 1 AND 100 OR u.placed IS NULL OR NOT isfinite(u.placed)
      OR u.placed NOT BETWEEN '2000-01-01 00:00+00' AND clock_timestamp() + interval '2 minutes' OR length(u.channel) > 100
      OR coalesce(length(u.product), 0) NOT BETWEEN 1 AND 300 OR coalesce(length(u.words), 0) NOT BETWEEN 1 AND 300
      OR u.quantity IS NULL OR NOT u.quantity BETWEEN 0.001 AND 100000 OR u.price IS NULL OR NOT u.price BETWEEN 0 AND 10000000
      OR u.amount IS NULL OR NOT u.amount BETWEEN 0 AND 1000000000)
    OR cardinality(_modifiers) > 50000 OR cardinality(_modified_lines) IS DISTINCT FROM cardinality(_modifiers)
    OR cardinality(_unknown) > 50000 OR cardinality(_unknown_lines) IS DISTINCT FROM cardinality(_unknown)
    OR cardinality(_unknown_words) IS DISTINCT FROM cardinality(_unknown)
    OR EXISTS (SELECT FROM unnest(_modifiers) m WHERE NOT EXISTS (SELECT FROM tenant_schema.modifiers x WHERE x.id = m)) THEN
    RAISE EXCEPTION 'A line that is to be kept cannot be right.' USING ERRCODE = 'IM400';
  END IF;
  PERFORM tenant_schema.begin_import(_site.id, _import, _header ->> 'file_name');
  PERFORM tenant_schema.know_products(_site.id, 'PRODUCT', _products, _words);
  PERFORM tenant_schema.know_products(_site.id, 'MODIFIER', _unknown, _unknown_words);
  INSERT INTO tenant_schema.unmapped_sales (till_product_id, site_id, import_id, file_row, number, copy, channel, placed_at, business_day,
    quantity, unit_price, amount, modifiers, unknown_modifiers, state)
  SELECT t.id, _site.id, _import, u.file_row, u.number, u.copy, coalesce(u.channel, ''), u.placed, u.day, round(u.quantity, 3),
    round(u.price, 4), round(u.amount, 2),
    ARRAY(SELECT c.id FROM unnest(_modified_lines, _modifiers) WITH ORDINALITY AS c (line, id, n) WHERE c.line = u.n ORDER BY c.n),
    ARRAY(SELECT x.id FROM unnest(_unknown_lines, _unknown) WITH ORDINALITY AS c (line, product, n)
          JOIN tenant_schema.till_products x ON x.site_id = _site.id AND x.kind = 'MODIFIER' AND x.product = c.product
          WHERE c.line = u.n ORDER BY c.n),
    CASE WHEN t.ignored = '' THEN 'WAITING' ELSE 'IGNORED' END
  FROM (
    SELECT w.*, tenant_schema.business_day(w.placed, _site.time_zone, _site.day_cutover_hour) AS day,
      row_number() OVER (PARTITION BY w.number, w.product, w.placed ORDER BY w.file_row) AS copy
    FROM unnest(_rows, _numbers, _placed, _channels, _products, _quantities, _unit_prices, _amounts) WITH ORDINALITY
      AS w (file_row, number, placed, channel, product, quantity, price, amount, n)) u
  JOIN tenant_schema.till_products t ON t.site_id = _site.id AND t.kind = 'PRODUCT' AND t.product = u.product
  WHERE NOT EXISTS (SELECT FROM tenant_schema.orders o WHERE o.site_id = _site.id AND o.business_day = u.day AND o.number = u.number
                    AND o.import_id IS DISTINCT FROM _import)
  ON CONFLICT (site_id, business_day, number, till_product_id, copy) DO NOTHING;
  GET DIAGNOSTICS _kept = ROW_COUNT;
  RETURN jsonb_build_object('kept', _kept, 'repeated', cardinality(_rows) - _kept);
END $$;

SET LOCAL ROLE ims_ledger;
-- What each line of a posted order took out of stock, and what that cost with later corrections: the movements of an order are
-- one for each item, so each is shared out by what the recipes of its day say of the lines. Empty to those who may not see
-- stock at its site; costs only to those who may see them.
CREATE FUNCTION tenant_schema.line_usage(_order uuid) RETURNS TABLE (line int, item_id uuid, quantity numeric, cost numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH asked AS (
    SELECT o.id, o.business_day, o.site_id = ANY (tenant_schema.scope('stock.cost')) AS costs FROM tenant_schema.orders o
    WHERE o.id = _order AND o.posting_id IS NOT NULL AND o.site_id = ANY (tenant_schema.scope('sales.view'))
      AND o.site_id = ANY (tenant_schema.stock_sites())
  ), sold AS (
    SELECT i.line, i.menu_item_id, i.modifiers, i.quantity FROM asked a JOIN tenant_schema.order_items i ON i.order_id = a.id
  ), recipes AS (
    SELECT x.sold_id, x.item_id, x.quantity FROM tenant_schema.explode_recipes(
      ARRAY(SELECT s.menu_item_id FROM sold s), ARRAY(SELECT a.business_day FROM sold s, asked a),
      ARRAY(SELECT unnest(s.modifiers) FROM sold s), ARRAY(SELECT a.business_day FROM sold s, unnest(s.modifiers), asked a)) x
  ), portions AS (
    SELECT p.line, r.item_id, greatest(sum(r.quantity), 0) * p.quantity AS quantity
    FROM (SELECT s.line, s.menu_item_id AS sold_id, s.quantity FROM sold s
          UNION ALL SELECT s.line, unnest(s.modifiers), s.quantity FROM sold s) p
    JOIN recipes r ON r.sold_id = p.sold_id
    GROUP BY p.line, r.item_id, p.quantity
  ), shares AS (
    SELECT p.line, p.item_id, p.quantity / nullif(sum(p.quantity) OVER (PARTITION BY p.item_id), 0) AS share FROM portions p
  ), moved AS (
    SELECT m.item_id, sum(m.quantity) AS quantity, sum(m.value + coalesce(c.value, 0)) AS value
    FROM asked a JOIN tenant_schema.stock_movements m ON m.order_id = a.id AND m.reverses_id IS NULL
    LEFT JOIN LATERAL (SELECT sum(x.value) AS value FROM tenant_schema.cost_corrections x WHERE x.movement_id = m.id) c ON true
    GROUP BY m.item_id
  )
  SELECT s.line, s.item_id, round(-m.quantity * s.share, 6), CASE WHEN a.costs THEN round(-m.value * s.share, 6) END
  FROM shares s JOIN moved m ON m.item_id = s.item_id CROSS JOIN asked a
  WHERE s.share IS NOT NULL
$$;

SET LOCAL ROLE ims_ledger;
-- Keeps everybody else of the tenant waiting who asks for the next SKU, until the transaction ends.
CREATE FUNCTION tenant_schema.lock_skus() RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF tenant_schema.can('items.edit') THEN
    PERFORM pg_advisory_xact_lock(hashtextextended('skus of tenant_schema', 0));
  END IF;
END $$;

SET LOCAL ROLE ims_ledger;
-- Says which modifier a till means by its words, from now on and for the recorded lines beside which it waits: each gets an addition
-- that takes the line back as it was and says it anew with the modifier, so that what was charged stays and what it used is put
-- right, by the recipes of its day. What a modifier leaves out comes back at the cost it left with. `_waiting` is how many lines
-- the person was shown. Answers orders, lines (of stock), and value where it may be seen.
CREATE FUNCTION tenant_schema.map_modifier(
  _key uuid, _site uuid, _product text, _words text, _modifier uuid, _waiting int) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _content bytea := sha256(convert_to(ROW('modifier', _site, _product, _modifier)::text, 'UTF8'));
  _place tenant_schema.sites := tenant_schema.require_site(_site, 'sales.import');
  _row tenant_schema.till_products;
  _ids uuid[];
  _orders tenant_schema.orders[];
  _items tenant_schema.order_items[];
  _lines tenant_schema.posting_line[];
  _of bigint[];
  _posting tenant_schema.postings;
  _result jsonb;
BEGIN
  _result := tenant_schema.first_result(_key, _content);
  IF _result IS NOT NULL THEN
    RETURN _result || (SELECT jsonb_build_object('orders', count(*)) FROM tenant_schema.orders o WHERE o.posting_id = _key);
  END IF;
  IF NOT EXISTS (SELECT FROM tenant_schema.modifiers m WHERE m.id = _modifier) THEN
    RAISE EXCEPTION 'Choose a modifier.' USING ERRCODE = 'IM400', DETAIL = '[{"field": "modifier_id", "text": "Choose a modifier."}]';
  END IF;
  PERFORM tenant_schema.lock_unmapped(_site);
  PERFORM tenant_schema.know_products(_site, 'MODIFIER', ARRAY[_product], ARRAY[_words]);
  SELECT * INTO STRICT _row FROM tenant_schema.till_products t
   WHERE t.site_id = _site AND t.kind = 'MODIFIER' AND t.product = _product FOR UPDATE;
  _ids := ARRAY(SELECT u.id FROM tenant_schema.unmapped_modifiers u WHERE u.till_product_id = _row.id AND u.state = 'WAITING' ORDER BY u.id);
  IF cardinality(_ids) IS DISTINCT FROM _waiting THEN
    RAISE EXCEPTION 'Meanwhile % lines wait for %. Look again at what will happen.', cardinality(_ids), _row.words USING ERRCODE = 'IM409';
  ELSIF _waiting > 20000 THEN
    RAISE EXCEPTION 'More than 20,000 lines wait for %: that is too much for one document.', _row.words USING ERRCODE = 'IM400';
  END IF;
  UPDATE tenant_schema.till_products t SET modifier_id = _modifier, ignored = '', decided_by = tenant_schema.me(),
    decided_at = clock_timestamp(), version = t.version + 1 WHERE t.id = _row.id;
  PERFORM FROM tenant_schema.orders o JOIN tenant_schema.unmapped_modifiers u ON u.order_id = o.id
   WHERE u.id = ANY (_ids) ORDER BY o.id FOR SHARE OF o; -- nothing is refunded meanwhile; before the costs, as a refund takes them
  SELECT array_agg(w.row ORDER BY (w.row).placed_at, (w.row).number) INTO _orders FROM (
    SELECT jsonb_populate_record(NULL::tenant_schema.orders, jsonb_build_object('id', gen_random_uuid(), 'site_id', _site, 'kind', 'ADDITION',
      'part_of_id', b.id, 'channel', b.channel, 'placed_at', b.placed_at, 'business_day', b.business_day, 'import_id', b.import_id,
      'posting_id', _key, 'customer_id', b.customer_id, 'note', '', 'number', left(b.number, 90) || '/A' || 1 + (
        SELECT count(*) FROM tenant_schema.orders a WHERE a.part_of_id = b.id AND a.kind = 'ADDITION'))) AS row
    FROM tenant_schema.orders b WHERE b.id IN (SELECT l.base_id FROM tenant_schema.modified_lines(_ids, _modifier) l)) w;
  IF _orders IS NULL THEN
    UPDATE tenant_schema.unmapped_modifiers u SET state = 'VOIDED' WHERE u.id = ANY (_ids); -- all of it was refunded
    RETURN jsonb_build_object('orders', 0, 'lines', 0, 'value', NULL);
  END IF;
  SELECT array_agg(ROW(w.id, w.line, _site, w.business_day, w.menu_item_id, w.quantity, w.unit_price, w.net, w.tax, w.modifiers, _row.words,
      NULL)::tenant_schema.order_items ORDER BY w.id, w.line) INTO _items
    FROM (SELECT o.id, o.business_day, l.menu_item_id, l.unit_price, s.quantity, s.net, s.tax, s.modifiers,
            row_number() OVER (PARTITION BY o.id ORDER BY l.order_id, l.line, s.quantity) AS line
          FROM tenant_schema.modified_lines(_ids, _modifier) l
          JOIN unnest(_orders) o ON o.part_of_id = l.base_id
          CROSS JOIN LATERAL (VALUES (-l.quantity, -l.net, -l.tax, l.modifiers), (l.quantity, l.net, l.tax, l.modified))
            AS s (quantity, net, tax, modifiers)) w;
  _lines := tenant_schema.put_back(tenant_schema.used_by(_site, _orders, _items),
    ARRAY(SELECT o.id FROM unnest(_orders) o), ARRAY(SELECT o.part_of_id FROM unnest(_orders) o));
  SELECT array_agg(l.reverses_id ORDER BY l.ordinality),
      array_agg(ROW(l.item_id, l.location_id, l.quantity, NULL, NULL, NULL, '', NULL, NULL, l.effective_at, l.order_id,
        NULL)::tenant_schema.posting_line ORDER BY l.ordinality)
    INTO _of, _lines FROM unnest(_lines) WITH ORDINALITY l;
  _posting.id := _key;
  _posting.kind := 'SALE';
  _posting.site_id := _site;
  _posting.effective_at := (SELECT max(o.placed_at) FROM unnest(_orders) o);
  _posting.reference := left(_row.words, 200);
  _posting.note := '';
  _posting.content_hash := _content;
  _posting.orders_hash := tenant_schema.add_orders(_orders, _items);
  UPDATE tenant_schema.unmapped_modifiers u SET state = 'MAPPED', modifier_id = _modifier, posting_id = _key WHERE u.id = ANY (_ids);
  _result := tenant_schema.post_lines(_posting, coalesce(_lines, '{}'), CASE WHEN cardinality(array_remove(_of, NULL)) > 0 THEN _of END);
  RETURN _result || jsonb_build_object('orders', cardinality(_orders));
END $$;

SET LOCAL ROLE ims_ledger;
-- Says which menu item a till means by its words, from now on and for the lines that wait: they become sold lines of the business
-- days they were sold on, with what the recipes of those days use, in this one transaction. An order that is there already
-- gets an addition; an order of which everything waited is recorded under its own number. `_waiting` is how many lines the
-- person was shown. Answers orders, lines (of stock), amount, and value where it may be seen.
CREATE FUNCTION tenant_schema.map_product(
  _key uuid, _site uuid, _product text, _words text, _menu_item uuid, _waiting int) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _content bytea := sha256(convert_to(ROW('map', _site, _product, _menu_item)::text, 'UTF8'));
  _place tenant_schema.sites := tenant_schema.require_site(_site, 'sales.import');
  _row tenant_schema.till_products;
  _ids uuid[];
  _orders tenant_schema.orders[]; _numbers text[]; -- and the numbers of the till, place by place
  _items tenant_schema.order_items[];
  _lines tenant_schema.posting_line[];
  _posting tenant_schema.postings;
  _result jsonb;
BEGIN
  _result := tenant_schema.first_result(_key, _content);
  IF _result IS NOT NULL THEN
    RETURN _result || (SELECT jsonb_build_object('orders', count(*)) FROM tenant_schema.orders o WHERE o.posting_id = _key);
  END IF;
  IF coalesce(length(_product), 0) NOT BETWEEN 1 AND 300 OR coalesce(length(_words), 0) NOT BETWEEN 1 AND 300
     OR NOT EXISTS (SELECT FROM tenant_schema.menu_items m WHERE m.id = _menu_item) THEN
    RAISE EXCEPTION 'Choose a menu item.' USING ERRCODE = 'IM400', DETAIL = '[{"field": "menu_item_id", "text": "Choose a menu item."}]';
  END IF;
  PERFORM tenant_schema.lock_unmapped(_site);
  INSERT INTO tenant_schema.till_products (site_id, product, words) VALUES (_site, _product, _words)
  ON CONFLICT (site_id, kind, product) DO NOTHING;
  SELECT * INTO STRICT _row FROM tenant_schema.till_products t
   WHERE t.site_id = _site AND t.kind = 'PRODUCT' AND t.product = _product FOR UPDATE;
  SELECT array_agg(u.id ORDER BY u.placed_at, u.number, u.copy) INTO _ids
    FROM tenant_schema.unmapped_sales u WHERE u.till_product_id = _row.id AND u.state = 'WAITING';
  IF coalesce(cardinality(_ids), 0) IS DISTINCT FROM _waiting THEN
    RAISE EXCEPTION 'Meanwhile % lines wait for %. Look again at what will happen.', coalesce(cardinality(_ids), 0), _row.words
      USING ERRCODE = 'IM409';
  ELSIF _waiting > 20000 THEN
    RAISE EXCEPTION 'More than 20,000 lines wait for %: that is too much for one document.', _row.words USING ERRCODE = 'IM400';
  END IF;
  UPDATE tenant_schema.till_products t SET menu_item_id = _menu_item, ignored = '', decided_by = tenant_schema.me(),
    decided_at = clock_timestamp(), version = t.version + 1 WHERE t.id = _row.id;
  IF _waiting = 0 THEN
    RETURN jsonb_build_object('orders', 0, 'lines', 0, 'value', NULL);
  END IF;
  PERFORM FROM tenant_schema.orders o JOIN tenant_schema.unmapped_sales u ON o.site_id = _site AND o.business_day = u.business_day AND o.number = u.number
   WHERE u.id = ANY (_ids) ORDER BY o.id FOR KEY SHARE OF o; -- before the costs, as a refund takes them
  SELECT array_agg(w.row), array_agg(w.number) INTO _orders, _numbers FROM (
    SELECT u.number, jsonb_populate_record(NULL::tenant_schema.orders, jsonb_build_object('id', gen_random_uuid(), 'site_id', _site,
      'kind', CASE WHEN b.id IS NULL THEN 'SALE' ELSE 'ADDITION' END, 'part_of_id', b.id, 'channel', u.channel, 'placed_at', u.placed_at,
      'number', CASE WHEN b.id IS NULL THEN u.number ELSE left(u.number, 90) || '/A' || 1 + (
        SELECT count(*) FROM tenant_schema.orders a WHERE a.part_of_id = b.id AND a.kind = 'ADDITION') END,
      'business_day', u.business_day, 'import_id', u.import_id, 'posting_id', _key, 'customer_id', b.customer_id, 'note', '')) AS row
    FROM (SELECT x.business_day, x.number, min(x.placed_at) AS placed_at, min(x.channel) AS channel, min(x.import_id::text)::uuid AS import_id
          FROM tenant_schema.unmapped_sales x WHERE x.id = ANY (_ids) GROUP BY x.business_day, x.number) u
    LEFT JOIN tenant_schema.orders b ON b.site_id = _site AND b.business_day = u.business_day AND b.number = u.number
    ORDER BY u.placed_at, u.number) w;
  SELECT array_agg(ROW(l.order_id, l.line, _site, l.business_day, _menu_item, l.quantity, l.unit_price, t.net, t.tax,
      l.modifiers || ARRAY(SELECT p.modifier_id FROM unnest(l.unknown_modifiers) WITH ORDINALITY AS c (id, n)
                           JOIN tenant_schema.till_products p ON p.id = c.id WHERE p.modifier_id IS NOT NULL ORDER BY c.n), _row.words,
      NULL)::tenant_schema.order_items ORDER BY l.n) INTO _items
    FROM (SELECT (_orders[g]).id AS order_id, u.business_day, u.quantity, u.unit_price, u.modifiers, u.unknown_modifiers, i.n,
            row_number() OVER (PARTITION BY g ORDER BY i.n) AS line
          FROM unnest(_ids) WITH ORDINALITY AS i (id, n)
          JOIN tenant_schema.unmapped_sales u ON u.id = i.id
          JOIN generate_subscripts(_orders, 1) g ON _numbers[g] = u.number AND (_orders[g]).business_day = u.business_day) l
    JOIN tenant_schema.taxed_lines(_place, array_fill(_menu_item, ARRAY[_waiting]),
      ARRAY(SELECT u.business_day FROM unnest(_ids) WITH ORDINALITY AS i (id, n) JOIN tenant_schema.unmapped_sales u ON u.id = i.id ORDER BY i.n),
      ARRAY(SELECT u.amount FROM unnest(_ids) WITH ORDINALITY AS i (id, n) JOIN tenant_schema.unmapped_sales u ON u.id = i.id ORDER BY i.n)) t
      ON t.n = l.n;
  _lines := tenant_schema.used_by(_site, _orders, _items);
  _posting.id := _key;
  _posting.kind := 'SALE';
  _posting.site_id := _site;
  _posting.effective_at := (SELECT max(o.placed_at) FROM unnest(_orders) o);
  _posting.reference := left(_row.words, 200);
  _posting.note := '';
  _posting.content_hash := _content;
  _posting.orders_hash := tenant_schema.add_orders(_orders, _items);
  UPDATE tenant_schema.unmapped_sales u SET state = 'MAPPED', posting_id = _key WHERE u.id = ANY (_ids);
  PERFORM tenant_schema.keep_modifiers(_site, array_agg(l.order_id), array_agg(l.line), array_agg(l.till_product_id)) -- those still unknown
    FROM (SELECT (_items[i.n]).order_id, (_items[i.n]).line, p.id AS till_product_id
          FROM unnest(_ids) WITH ORDINALITY AS i (id, n)
          JOIN tenant_schema.unmapped_sales u ON u.id = i.id CROSS JOIN LATERAL unnest(u.unknown_modifiers) AS c (id)
          JOIN tenant_schema.till_products p ON p.id = c.id AND p.modifier_id IS NULL) l
   HAVING count(*) > 0;
  _result := tenant_schema.post_lines(_posting, coalesce(_lines, '{}'));
  RETURN _result || jsonb_build_object('orders', cardinality(_orders));
END $$;

SET LOCAL ROLE ims_ledger;
-- What mapping a till's product to a menu item would do to the lines that wait for it: how many, of how many days, worth how
-- much, and what they would take out of stock. Nothing is written.
CREATE FUNCTION tenant_schema.mapping_effect(_site uuid, _product text, _menu_item uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _lines tenant_schema.unmapped_sales[];
BEGIN
  PERFORM tenant_schema.require_site(_site, 'sales.import');
  SELECT array_agg(u) INTO _lines FROM tenant_schema.unmapped_sales u
    JOIN tenant_schema.till_products t ON t.id = u.till_product_id
   WHERE t.site_id = _site AND t.kind = 'PRODUCT' AND t.product = _product AND u.state = 'WAITING';
  RETURN (
    WITH sold AS (
      SELECT l.business_day AS day, sum(l.quantity) AS quantity FROM unnest(_lines) l GROUP BY l.business_day
    ), portions AS (
      SELECT x.business_day AS day, x.item_id, x.quantity FROM tenant_schema.explode_recipes(
        ARRAY(SELECT _menu_item FROM sold), ARRAY(SELECT s.day FROM sold s)) x
    ), taken AS (
      SELECT i.name, i.base_unit, round(sum(s.quantity * p.quantity), 6) AS quantity, sum(s.quantity * p.quantity * c.average_cost) AS cost
      FROM sold s JOIN portions p ON p.day = s.day JOIN tenant_schema.items i ON i.id = p.item_id
      LEFT JOIN tenant_schema.stock_costs c ON c.site_id = _site AND c.item_id = p.item_id
      GROUP BY i.id, i.name, i.base_unit
    )
    SELECT jsonb_build_object('lines', coalesce(cardinality(_lines), 0),
      'days', (SELECT count(*) FROM sold),
      'days_without_recipe', (SELECT count(*) FROM sold s WHERE NOT EXISTS (SELECT FROM portions p WHERE p.day = s.day)),
      'amount', (SELECT coalesce(sum(l.amount), 0)::text FROM unnest(_lines) l),
      'cost', CASE WHEN _site = ANY (tenant_schema.scope('stock.cost')) THEN (SELECT coalesce(round(sum(t.cost), 2), 0)::text FROM taken t) END,
      'items', (SELECT coalesce(jsonb_agg(jsonb_build_array(t.name, t.quantity::text, t.base_unit) ORDER BY t.name), '[]') FROM taken t)));
END $$;

SET LOCAL ROLE ims_ledger;
-- Makes one item of two: whatever points to the loser points to the winner, what there is of it is repacked at its value, and
-- it stays archived under the name of the winner, because the ledger only grows. `_plan`: packs, each with the name it `was`
-- and gets, and its content where the winner has no such pack; settings, by site `winner`, `loser` or `sum`. Once more, it
-- moves what came back since. Answers how much of everything was moved.
CREATE FUNCTION tenant_schema.merge_items(_loser uuid, _winner uuid, _plan jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _old tenant_schema.items;
  _new tenant_schema.items;
  _num numeric;
  _den numeric;
  _site record;
  _number bigint;
  _numbers bigint[] := '{}';
  _note text;
  _count int;
  _said jsonb := '{}';
BEGIN
  IF NOT tenant_schema.can('items.merge') THEN
    RAISE EXCEPTION 'Your roles do not allow you to merge items.' USING ERRCODE = 'IM403';
  END IF;
  PERFORM FROM tenant_schema.items i WHERE i.id IN (_loser, _winner) ORDER BY i.id FOR UPDATE;
  SELECT * INTO _old FROM tenant_schema.items i WHERE i.id = _loser;
  SELECT * INTO _new FROM tenant_schema.items i WHERE i.id = _winner;
  PERFORM tenant_schema.check_merge(_old, _new);
  SELECT o.numerator * n.denominator, o.denominator * n.numerator INTO STRICT _num, _den
    FROM tenant_schema.units o, tenant_schema.units n WHERE o.code = _old.base_unit AND n.code = _new.base_unit;
  _note := format('%s (%s) was merged into %s (%s).', _old.name, _old.sku, _new.name, _new.sku);
  FOR _site IN
    SELECT DISTINCT l.site_id FROM tenant_schema.stock_levels l WHERE l.item_id = _loser AND l.on_hand <> 0 ORDER BY l.site_id
  LOOP
    _number := tenant_schema.repack(_site.site_id, _loser, _winner, _num, _den, _note);
    _numbers := _numbers || _number;
  END LOOP;

  UPDATE tenant_schema.item_barcodes b SET item_id = _winner, unit = coalesce(
      (SELECT p ->> 'name' FROM jsonb_array_elements(_plan -> 'packs') p WHERE p ->> 'was' = b.unit), b.unit)
    WHERE b.item_id = _loser;
  GET DIAGNOSTICS _count = ROW_COUNT;
  _said := _said || jsonb_build_object('barcodes', _count);
  _said := _said || jsonb_build_object('recipe_lines', tenant_schema.merge_lines(_loser, _winner, _num, _den, _plan -> 'packs'));
  UPDATE tenant_schema.recipes r SET output_item_id = _winner WHERE r.output_item_id = _loser;
  INSERT INTO tenant_schema.item_units (item_id, name, quantity, of_unit)
    SELECT _winner, p ->> 'name', (p ->> 'quantity')::numeric, p ->> 'of_unit' FROM jsonb_array_elements(_plan -> 'packs') p
    WHERE p ->> 'quantity' IS NOT NULL
      AND EXISTS (SELECT FROM tenant_schema.item_units u WHERE u.item_id = _loser AND u.name = p ->> 'was');
  DELETE FROM tenant_schema.item_units u WHERE u.item_id = _loser;
  -- A supplier that sold both under the same words goes on doing so; the words say which is which.
  UPDATE tenant_schema.supplier_items s SET item_id = _winner, pack_quantity = tenant_schema.quotient(s.pack_quantity * _num, _den, 6),
      is_preferred = s.is_preferred AND NOT EXISTS (SELECT FROM tenant_schema.supplier_items w WHERE w.item_id = _winner AND w.is_preferred),
      pack = CASE WHEN EXISTS (SELECT FROM tenant_schema.supplier_items w WHERE w.item_id = _winner AND w.supplier_id = s.supplier_id
        AND w.pack = s.pack) THEN format('%s (%s)', s.pack, _old.sku) ELSE s.pack END
    WHERE s.item_id = _loser;
  GET DIAGNOSTICS _count = ROW_COUNT;
  _said := _said || jsonb_build_object('supplier_items', _count);
  PERFORM tenant_schema.merge_settings(_loser, _winner, _num, _den, coalesce(_plan -> 'settings', '{}'));
  UPDATE tenant_schema.item_photos p SET item_id = _winner
    WHERE p.item_id = _loser AND NOT EXISTS (SELECT FROM tenant_schema.item_photos w WHERE w.item_id = _winner);
  PERFORM tenant_schema.refuse_own_product(_winner);
  UPDATE tenant_schema.items i SET allergens = (SELECT array_agg(DISTINCT a ORDER BY a) FROM unnest(_old.allergens || _new.allergens) a)
    WHERE i.id = _winner AND NOT i.allergens @> _old.allergens;
  UPDATE tenant_schema.items i SET merged_into_id = _winner WHERE i.merged_into_id = _loser;
  UPDATE tenant_schema.items i SET is_active = false, merged_into_id = _winner
    WHERE i.id = _loser AND i.merged_into_id IS DISTINCT FROM _winner;
  RETURN _said || jsonb_build_object('documents', to_jsonb(_numbers));
END $$;

SET LOCAL ROLE ims_ledger;
-- What mapping a till's word to a modifier would do to the lines it waits beside: how many, of how many days, worth how much, and what
-- more they would take out of stock (below zero: less). Nothing is written.
CREATE FUNCTION tenant_schema.modifier_effect(_site uuid, _product text, _modifier uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _ids uuid[];
BEGIN
  PERFORM tenant_schema.require_site(_site, 'sales.import');
  _ids := ARRAY(SELECT u.id FROM tenant_schema.unmapped_modifiers u JOIN tenant_schema.till_products t ON t.id = u.till_product_id
    WHERE t.site_id = _site AND t.kind = 'MODIFIER' AND t.product = _product AND u.state = 'WAITING');
  RETURN (
    WITH lines AS MATERIALIZED (
      SELECT row_number() OVER () AS n, l.* FROM tenant_schema.modified_lines(_ids, _modifier) l
    ), portions AS (
      SELECT x.sold_id, x.business_day, x.item_id, x.quantity FROM tenant_schema.explode_recipes(
        ARRAY(SELECT l.menu_item_id FROM lines l ORDER BY l.n), ARRAY(SELECT l.business_day FROM lines l ORDER BY l.n),
        ARRAY(SELECT m FROM lines l CROSS JOIN unnest(l.modified) m ORDER BY l.n),
        ARRAY(SELECT l.business_day FROM lines l CROSS JOIN unnest(l.modified) m ORDER BY l.n)) x
    ), used AS ( -- by a line as it was, and as it will be
      SELECT w.n, w.quantity, w.sign, p.item_id, greatest(sum(p.quantity), 0) AS portion
      FROM (SELECT l.n, l.business_day, l.quantity, -1 AS sign, unnest(l.menu_item_id || l.modifiers) AS sold_id FROM lines l
            UNION ALL SELECT l.n, l.business_day, l.quantity, 1, unnest(l.menu_item_id || l.modified) FROM lines l) w
      JOIN portions p ON p.sold_id = w.sold_id AND p.business_day = w.business_day
      GROUP BY w.n, w.quantity, w.sign, p.item_id
    ), taken AS (
      SELECT i.name, i.base_unit, round(sum(u.sign * u.quantity * u.portion), 6) AS quantity,
        sum(u.sign * u.quantity * u.portion * c.average_cost) AS cost
      FROM used u JOIN tenant_schema.items i ON i.id = u.item_id
      LEFT JOIN tenant_schema.stock_costs c ON c.site_id = _site AND c.item_id = u.item_id
      GROUP BY i.id, i.name, i.base_unit HAVING round(sum(u.sign * u.quantity * u.portion), 6) <> 0
    )
    SELECT jsonb_build_object('lines', cardinality(_ids), 'days', (SELECT count(DISTINCT l.business_day) FROM lines l),
      'days_without_recipe', 0,
      'amount', (SELECT coalesce(sum(u.amount), 0)::text FROM tenant_schema.unmapped_modifiers u WHERE u.id = ANY (_ids)),
      'cost', CASE WHEN _site = ANY (tenant_schema.scope('stock.cost')) THEN (SELECT coalesce(round(sum(t.cost), 2), 0)::text FROM taken t) END,
      'items', (SELECT coalesce(jsonb_agg(jsonb_build_array(t.name, t.quantity::text, t.base_unit) ORDER BY t.name), '[]') FROM taken t)));
END $$;

SET LOCAL ROLE ims_ledger;
-- Posts a count that was reviewed, as one posting: by how much each line differs at its own time. `_seen` is the last entry the
-- person saw; `_blanks` says what becomes of lines that nobody counted: LEAVE them as they are, or ZERO. What is over the tolerance
-- was counted again or approved; what is worth more than the person's limit was approved, line by line as it is posted, by somebody
-- whose limit of that day reaches. What lots were counted differs lot by lot.
CREATE FUNCTION tenant_schema.post_count(_key uuid, _sheet uuid, _version int, _seen bigint, _blanks text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _content bytea := sha256(convert_to(ROW('count', _sheet, _version, _seen, _blanks)::text, 'UTF8'));
  _row tenant_schema.count_sheets;
  _posting tenant_schema.postings;
  _lines tenant_schema.posting_line[];
  _items uuid[];
  _counted uuid[];
  _limited boolean;
  _found tenant_schema.count_finding[];
  _differs tenant_schema.count_finding[];
  _problems jsonb;
  _approved boolean;
  _amount numeric;
  _result jsonb;
BEGIN
  _result := tenant_schema.first_result(_key, _content);
  IF _result IS NOT NULL THEN
    RETURN _result;
  END IF;
  _row := tenant_schema.count_for(_sheet, 'counts.post', '{REVIEW}', true, _version);
  PERFORM tenant_schema.refuse_unseen(_sheet, _seen);
  _limited := tenant_schema.lock_limit('counts.post', _row.site_id);
  IF _row.approved_by <> tenant_schema.me() THEN -- whose limit is used
    PERFORM pg_advisory_xact_lock(hashtextextended(format('limit of tenant_schema %s counts.post %s', _row.approved_by, _row.site_id), 0));
  END IF;
  SELECT array_agg(DISTINCT c.item_id), min(c.counted_at) INTO _items, _posting.effective_at -- one heap and no join, see count_findings()
    FROM (SELECT e.item_id, e.counted_at FROM tenant_schema.count_entries e WHERE e.sheet_id = _sheet
          UNION ALL SELECT l.item_id, NULL FROM tenant_schema.count_lines l WHERE l.sheet_id = _sheet AND _blanks = 'ZERO') c;
  PERFORM tenant_schema.lock_costs(_row.site_id, _items, least(_posting.effective_at, _row.counted_at));
  _found := tenant_schema.count_findings(_row);
  _approved := _row.approved_hash IS NOT NULL AND _row.approved_hash = tenant_schema.findings_hash(_found);
  _problems := tenant_schema.count_problems(_row, _found, _approved, _blanks);
  IF _problems IS NOT NULL THEN
    RAISE EXCEPTION 'This count was not posted: something has to be decided first.' USING ERRCODE = 'IM400', DETAIL = _problems::text;
  END IF;
  SELECT coalesce(array_agg(ROW(f.item_id, f.location_id, coalesce(f.counted, 0), NULL, NULL, NULL, '', NULL, NULL, f.counted_at, NULL, NULL)
      ::tenant_schema.posting_line ORDER BY f.location_id, f.item_id), '{}'),
    coalesce(array_agg(f.item_id), '{}'), max(f.counted_at),
    coalesce(array_agg(f ORDER BY f.location_id, f.item_id, f.lot) FILTER (WHERE coalesce(f.counted, 0) <> f.expected), '{}')
    INTO _lines, _counted, _posting.effective_at, _differs
    FROM unnest(_found) f WHERE f.counted IS NOT NULL OR _blanks = 'ZERO';
  _problems := tenant_schema.check_lines('COUNT', _row.site_id, _lines);
  IF _problems IS NOT NULL THEN
    RAISE EXCEPTION 'This count was not posted.' USING ERRCODE = 'IM400', DETAIL = _problems::text;
  END IF;
  _posting.id := _key;
  _posting.kind := 'COUNT';
  _posting.site_id := _row.site_id;
  _posting.reference := 'CNT-' || _row.number;
  _posting.note := _row.name;
  _posting.content_hash := _content;
  _lines := ARRAY(SELECT ROW(f.item_id, f.location_id, coalesce(f.counted, 0) - f.expected, NULL, NULL, NULL, '', coalesce(f.counted, 0), NULL,
      f.counted_at, NULL, NULL)::tenant_schema.posting_line FROM unnest(_differs) WITH ORDINALITY AS f (location_id, item_id, lot, expires_on,
      entries, last_entry, counted, first_at, counted_at, expected, difference, unit_cost, is_over, is_recounted, has_moved, n) ORDER BY f.n);
  PERFORM tenant_schema.keep_counted(_posting, _counted, _lines);
  _result := tenant_schema.post_lines(_posting, _lines, NULL, NULL, NULL, tenant_schema.lots_counted(_found, _differs));
  UPDATE tenant_schema.count_sheets s SET state = 'POSTED', posting_id = _key, blanks = _blanks, ended_by = tenant_schema.me(),
    ended_at = clock_timestamp(), reason = '' WHERE s.id = _sheet;
  _approved := _approved AND _row.approved_by <> tenant_schema.me()
    AND EXISTS (SELECT FROM tenant_schema.members m WHERE m.id = _row.approved_by AND m.is_active) AND (_row.approved_up_to IS NULL
      OR (tenant_schema.used_today(_row.approved_by, 'counts.post', _row.site_id)).amount <= _row.approved_up_to)
    AND NOT (_blanks = 'ZERO' AND EXISTS (SELECT FROM unnest(_found) f WHERE f.counted IS NULL AND f.expected <> 0)); -- nobody approved that
  IF _approved IS NOT TRUE THEN
    UPDATE tenant_schema.count_sheets s SET approved_hash = NULL, approved_up_to = NULL
     WHERE s.id = _sheet AND s.approved_hash IS NOT NULL; -- it is on whoever posts it
    IF _limited THEN
      SELECT coalesce(sum(abs(m.value + coalesce((SELECT sum(k.value) FROM tenant_schema.cost_corrections k WHERE k.movement_id = m.id), 0))), 0)
        INTO _amount FROM tenant_schema.stock_movements m WHERE m.posting_id = _key;
      PERFORM tenant_schema.require_limit('counts.post', _row.site_id, _amount);
    END IF;
  END IF;
  RETURN _result;
END $$;

SET LOCAL ROLE ims_ledger;
-- Posts a delivery, waste, an adjustment, a count, a return either way, either side of a transfer, production, a revaluation or a
-- move between storage locations in one call. `_key` is the desk's own name for it: the same key with the same
-- content answers the first result. Quantities are in base units and signed (issues negative); for a count they are what was
-- counted. `_lots` says of each line, by its place, of which lots it is: nothing, or [{code, expires, quantity}]; what it leaves
-- open takes the lots that expire first, or is proposed. Header: kind, site_id, effective_at, supplier_id, reference, note, and of waste `dishes`: line by line what stands in the
-- place of an item and is taken apart by wasted_lines(); of production `production`, see check_production(). Answers id, number, value and lines.
CREATE FUNCTION tenant_schema.post_document(
  _key uuid, _header jsonb, _items uuid[], _locations uuid[], _quantities numeric[], _unit_costs numeric[], _reasons uuid[],
  _notes text[], _entered_quantities numeric[], _entered_units text[], _of bigint[] DEFAULT NULL, _weights numeric[] DEFAULT NULL,
  _values numeric[] DEFAULT NULL, _lots jsonb DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  _kind text := _header ->> 'kind';
  _permission text := tenant_schema.permission_of(_kind);
  _effective timestamptz := (_header ->> 'effective_at')::timestamptz;
  _content bytea := sha256(convert_to(ROW('document', _header, _items, _locations, _quantities, _unit_costs, _reasons, _notes,
    _entered_quantities, _entered_units, _of, _weights, _values, _lots)::text, 'UTF8'));
  _site tenant_schema.sites;
  _posting tenant_schema.postings;
  _lines tenant_schema.posting_line[];
  _counted tenant_schema.posting_line[];
  _problems jsonb;
  _limited boolean;
  _rows int[]; -- of lines that come of a dish: which one they were
  _result jsonb;
BEGIN
  IF _key IS NULL OR _permission IS NULL OR coalesce(cardinality(_items), 0) NOT BETWEEN 1 AND 20000 THEN
    RAISE EXCEPTION 'A posting needs a key, a known kind and 1 to 20,000 lines.' USING ERRCODE = 'IM400';
  END IF;
  _result := tenant_schema.first_result(_key, _content);
  IF _result IS NOT NULL THEN
    RETURN _result;
  END IF;
  _site := tenant_schema.require_site((_header ->> 'site_id')::uuid, _permission);
  IF _effective > clock_timestamp() + interval '2 minutes' THEN
    RAISE EXCEPTION 'The time of a posting cannot lie in the future.' USING ERRCODE = 'IM400';
  END IF;
  IF _effective < '2000-01-01 00:00+00' THEN
    RAISE EXCEPTION 'The time of a posting cannot lie before the year 2000.' USING ERRCODE = 'IM400';
  END IF;
  IF _header ? 'dishes' THEN
    IF _kind <> 'WASTE' OR _of IS NOT NULL OR _weights IS NOT NULL OR _values IS NOT NULL THEN
      RAISE EXCEPTION 'Only waste is entered by dishes.' USING ERRCODE = 'IM400';
    END IF;
    SELECT w.items, w.locations, w.quantities, w.unit_costs, w.reasons, w.notes, w.entered_quantities, w.entered_units, w.rows
      INTO _items, _locations, _quantities, _unit_costs, _reasons, _notes, _entered_quantities, _entered_units, _rows
      FROM tenant_schema.wasted_lines(_site.id,
        tenant_schema.business_day(coalesce(_effective, clock_timestamp()), _site.time_zone, _site.day_cutover_hour),
        ARRAY(SELECT d::uuid FROM jsonb_array_elements_text(_header -> 'dishes') WITH ORDINALITY AS x (d, n) ORDER BY n),
        _items, _locations, _quantities, _unit_costs, _reasons, _notes, _entered_quantities, _entered_units) w;
    _lots := CASE WHEN _lots IS NOT NULL THEN (SELECT jsonb_agg(_lots -> (r.line - 1) ORDER BY r.n) FROM unnest(_rows) WITH ORDINALITY AS r (line, n)) END;
    IF coalesce(cardinality(_items), 0) NOT BETWEEN 1 AND 20000 THEN
      RAISE EXCEPTION 'These dishes come to more lines than one document has: record them in parts.' USING ERRCODE = 'IM400';
    END IF;
  END IF;
  _limited := _permission IN ('waste.record', 'adjustments.record', 'transfers.send', 'counts.post', 'production.record') AND tenant_schema.lock_limit(_permission, _site.id);
  PERFORM tenant_schema.lock_costs(_site.id, _items, _effective, _of);
  _effective := coalesce(_effective, clock_timestamp()); -- nobody else posts these items any more, so this is the last of them
  SELECT array_agg(ROW(u.item_id, u.location_id, u.quantity, u.value, u.unit_cost, u.reason_id, u.note, u.entered_quantity,
      u.entered_unit, _effective, NULL, NULL)::tenant_schema.posting_line ORDER BY u.n)
    INTO _lines
    FROM unnest(_items, _locations, _quantities, _unit_costs, _reasons, _notes, _entered_quantities, _entered_units, _values)
      WITH ORDINALITY AS u (item_id, location_id, quantity, unit_cost, reason_id, note, entered_quantity, entered_unit, value, n);
  _problems := tenant_schema.check_lines(_kind, _site.id, _lines);
  IF _rows IS NOT NULL AND _problems IS NOT NULL THEN
    _problems := (SELECT jsonb_agg(DISTINCT p || jsonb_build_object('row', _rows[(p ->> 'row')::int])) FROM jsonb_array_elements(_problems) p);
  END IF;
  IF _problems IS NOT NULL THEN
    RAISE EXCEPTION 'This was not posted: something has to be put right first.' USING ERRCODE = 'IM400', DETAIL = _problems::text;
  END IF;
  _problems := tenant_schema.check_links(_kind, _site, _header, _lines, _of, _weights);
  IF _problems IS NOT NULL THEN
    RAISE EXCEPTION 'This was not posted: something has to be put right first.' USING ERRCODE = 'IM400', DETAIL = _problems::text;
  END IF;
  _problems := tenant_schema.check_lots(_kind, _site, _lines, _lots);
  IF _rows IS NOT NULL AND _problems IS NOT NULL THEN
    _problems := (SELECT jsonb_agg(DISTINCT p || jsonb_build_object('row', _rows[(p ->> 'row')::int])) FROM jsonb_array_elements(_problems) p);
  END IF;
  IF _problems IS NOT NULL THEN
    RAISE EXCEPTION 'This was not posted: something has to be put right first.' USING ERRCODE = 'IM400', DETAIL = _problems::text;
  END IF;
  IF _kind = 'COUNT' THEN
    _counted := _lines;
    _lines := tenant_schema.count_differences(_site.id, _lines);
    _lots := tenant_schema.lots_found(_counted, _lots, _lines);
  END IF;
  _posting.id := _key;
  _posting.kind := _kind;
  _posting.site_id := _site.id;
  _posting.effective_at := _effective;
  _posting.supplier_id := (_header ->> 'supplier_id')::uuid;
  _posting.reference := left(coalesce(_header ->> 'reference', ''), 200);
  _posting.note := left(coalesce(_header ->> 'note', ''), 1000);
  _posting.content_hash := _content;
  IF _kind = 'TRANSFER_OUT' THEN
    _posting.to_site_id := (_header ->> 'to_site_id')::uuid;
    _posting.to_rate := (
      SELECT tenant_schema.rate_on(_site.currency, s.currency,
        tenant_schema.business_day(_effective, _site.time_zone, _site.day_cutover_hour))
      FROM tenant_schema.sites s WHERE s.id = _posting.to_site_id AND s.currency <> _site.currency);
  END IF;
  IF _kind = 'PRODUCTION' THEN
    _weights := ARRAY(SELECT CASE WHEN l.quantity > 0 THEN coalesce(_weights[l.n], 1) END FROM unnest(_lines) WITH ORDINALITY
      AS l (item_id, location_id, quantity, value, unit_cost, reason_id, note, entered_quantity, entered_unit, effective_at, order_id,
        reverses_id, n) ORDER BY l.n);
  ELSE
    _weights := NULL;
  END IF;
  IF _kind = 'COUNT' THEN
    PERFORM tenant_schema.keep_counted(_posting, _items, _lines);
  END IF;
  _result := tenant_schema.post_lines(_posting, _lines, _of, _weights, NULL, _lots);
  IF _kind = 'PRODUCTION' AND _header ? 'production' THEN
    INSERT INTO tenant_schema.productions (posting_id, site_id, recipe_version_id, expected, reason_id)
    SELECT _key, _site.id, (s.said ->> 'version_id')::uuid,
      ARRAY(SELECT e::numeric FROM jsonb_array_elements_text(s.said -> 'expected') WITH ORDINALITY AS x (e, n) ORDER BY n),
      (s.said ->> 'reason_id')::uuid
    FROM (SELECT _header -> 'production' AS said) s;
    PERFORM tenant_schema.write_audit('productions', _key::text, 'INSERT', _site.id, NULL,
      (SELECT jsonb_build_object('content_hash', encode(sha256(convert_to(ROW(p.recipe_version_id, p.expected, p.reason_id)::text, 'UTF8')), 'hex'))
       FROM tenant_schema.productions p WHERE p.posting_id = _key));
  END IF;
  IF _limited THEN -- what goes out and what comes in, added up
    PERFORM tenant_schema.require_limit(_permission, _site.id,
      (SELECT sum(abs(m.value + coalesce((SELECT sum(k.value) FROM tenant_schema.cost_corrections k WHERE k.movement_id = m.id), 0)))
       FROM tenant_schema.stock_movements m WHERE m.posting_id = _key AND NOT (m.kind = 'PRODUCTION' AND m.value < 0)));
  END IF;
  RETURN _result;
END $$;

SET LOCAL ROLE ims_ledger;
-- Posts steps of a history from another system one after the other, as the person: whatever each needs, it asks for itself.
-- A step names what it refers to as posting and place in it ([uuid, 1]), because that may be a step of the same history. Steps:
-- post (key, header, lines), reverse (key, of, reason, reference; whole: all of the posting), prices (key, header, of, values or
-- spread), undo (key, posting, reason, reference), method (key, item, method, valid_from, reason). The first that is refused ends it;
-- with `_tries` all that are refused are answered instead, as problems with step and line, and whatever stands on them is left out.
-- After settle_later() what documents change of what was posted before is settled at the end of the call, and before whatever is no document.
CREATE FUNCTION tenant_schema.post_history(_steps jsonb, _tries boolean DEFAULT false, _refused uuid[] DEFAULT '{}') RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _later boolean := tenant_schema.settles_later();
  _problems jsonb := '[]';
  _step jsonb;
  _place bigint;
  _text text; _detail text; _state text;
BEGIN
  FOR _step, _place IN SELECT s.step, s.n FROM jsonb_array_elements(_steps) WITH ORDINALITY AS s (step, n) ORDER BY s.n LOOP
    IF _later AND (_step ->> 'do' = 'post') <> tenant_schema.settles_later() THEN
      PERFORM tenant_schema.settle();
      PERFORM set_config('ims.settles_later', CASE _step ->> 'do' WHEN 'post' THEN 'yes' ELSE '' END, true);
    END IF;
    IF NOT _tries THEN
      PERFORM tenant_schema.post_step(_step);
      CONTINUE;
    END IF;
    IF EXISTS (SELECT FROM jsonb_array_elements_text(_step -> 'needs') n WHERE n::uuid = ANY (_refused)) THEN
      _refused := _refused || (_step ->> 'key')::uuid;
      CONTINUE;
    END IF;
    BEGIN
      PERFORM tenant_schema.post_step(_step);
    EXCEPTION WHEN OTHERS THEN
      GET STACKED DIAGNOSTICS _text = MESSAGE_TEXT, _detail = PG_EXCEPTION_DETAIL, _state = RETURNED_SQLSTATE;
      IF _state !~ '^(IM4|22|23)' THEN
        RAISE;
      END IF;
      _refused := _refused || (_step ->> 'key')::uuid;
      _problems := _problems || CASE
        WHEN _state !~ '^IM4' THEN jsonb_build_array(jsonb_build_object('step', _place, 'text', 'A value is not possible here.'))
        WHEN _detail LIKE '[{%' THEN (SELECT jsonb_agg(jsonb_build_object('step', _place, 'line', p -> 'row', 'field', p -> 'field', 'text', p -> 'text'))
                                      FROM jsonb_array_elements(_detail::jsonb) p)
        ELSE jsonb_build_array(jsonb_build_object('step', _place, 'text', _text)) END;
    END;
  END LOOP;
  IF _later THEN
    PERFORM tenant_schema.settle();
    PERFORM set_config('ims.settles_later', 'yes', true);
  END IF;
  RETURN jsonb_build_object('problems', _problems, 'refused', to_jsonb(_refused));
END $$;

SET LOCAL ROLE ims_ledger;
-- Posts an open order: its lines are sold, and what they use leaves the stock at once, with the recipes of its business day. One
-- planned for later today is posted now; one planned for another day waits for that day. A staff meal is no sale: what it uses
-- leaves with the reason for staff meals, within what the person may adjust. Answers id, number, value, lines of the posting.
CREATE FUNCTION tenant_schema.post_order(_key uuid, _order uuid, _version int) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _content bytea := sha256(convert_to(ROW('order', _order, _version)::text, 'UTF8'));
  _row tenant_schema.orders;
  _site tenant_schema.sites;
  _items tenant_schema.order_items[];
  _lines tenant_schema.posting_line[];
  _posting tenant_schema.postings;
  _meal boolean;
  _result jsonb;
BEGIN
  _result := tenant_schema.first_result(_key, _content);
  IF _result IS NOT NULL THEN
    RETURN _result;
  END IF;
  SELECT * INTO _row FROM tenant_schema.orders o WHERE o.id = _order AND o.site_id = ANY (tenant_schema.scope('sales.enter')) FOR UPDATE;
  IF _row.id IS NULL THEN
    RAISE EXCEPTION 'This order does not exist, or your roles do not allow posting it.' USING ERRCODE = 'IM403';
  ELSIF _row.state <> 'OPEN' THEN
    RAISE EXCEPTION 'Order % is no longer open.', _row.number USING ERRCODE = 'IM409';
  ELSIF _row.version IS DISTINCT FROM _version THEN
    RAISE EXCEPTION 'Somebody else changed this order meanwhile. Reload it.' USING ERRCODE = 'IM409';
  END IF;
  _meal := _row.kind = 'STAFF_MEAL';
  _site := tenant_schema.require_site(_row.site_id, CASE WHEN _meal THEN 'adjustments.record' ELSE 'sales.enter' END);
  IF _row.business_day > tenant_schema.business_day(clock_timestamp(), _site.time_zone, _site.day_cutover_hour) THEN
    RAISE EXCEPTION 'Order % is planned for %: it is posted on that day.', _row.number, _row.business_day USING ERRCODE = 'IM400',
      DETAIL = '[{"field": "placed_at", "text": "This day has not come yet."}]';
  END IF;
  _row.placed_at := least(_row.placed_at, clock_timestamp());
  SELECT array_agg(ROW(_order, l.line, _site.id, _row.business_day, l.menu_item_id, l.quantity, l.unit_price, t.net, t.tax, l.modifiers, l.note,
      NULL)::tenant_schema.order_items ORDER BY l.line) INTO _items
    FROM (SELECT p.*, row_number() OVER (ORDER BY p.line) AS n FROM tenant_schema.planned_lines p WHERE p.order_id = _order) l
    JOIN tenant_schema.taxed_lines(_site,
      ARRAY(SELECT p.menu_item_id FROM tenant_schema.planned_lines p WHERE p.order_id = _order ORDER BY p.line),
      ARRAY(SELECT _row.business_day FROM tenant_schema.planned_lines p WHERE p.order_id = _order),
      ARRAY(SELECT p.quantity * p.unit_price - p.discount FROM tenant_schema.planned_lines p WHERE p.order_id = _order ORDER BY p.line)) t
      ON t.n = l.n;
  IF _meal THEN
    PERFORM tenant_schema.lock_limit('adjustments.record', _site.id);
  END IF;
  _lines := tenant_schema.used_by(_site.id, ARRAY[_row], _items);
  IF _meal THEN
    SELECT array_agg(ROW(l.item_id, l.location_id, l.quantity, l.value, l.unit_cost, r.id, l.note, l.entered_quantity, l.entered_unit,
        l.effective_at, l.order_id, l.reverses_id)::tenant_schema.posting_line)
      INTO _lines FROM unnest(_lines) l CROSS JOIN tenant_schema.reason_codes r WHERE r.code = 'STAFF_MEAL';
  END IF;
  _posting.id := _key;
  _posting.kind := CASE WHEN _meal THEN 'ADJUSTMENT' ELSE 'SALE' END;
  _posting.site_id := _site.id;
  _posting.effective_at := _row.placed_at;
  _posting.reference := _row.number;
  _posting.note := _row.note;
  _posting.content_hash := _content;
  INSERT INTO tenant_schema.order_items SELECT i.* FROM unnest(_items) i;
  DELETE FROM tenant_schema.planned_lines p WHERE p.order_id = _order;
  UPDATE tenant_schema.orders o SET state = 'CLOSED', posting_id = _key, placed_at = _row.placed_at, version = o.version + 1,
    net_total = (SELECT sum(i.net_amount) FROM unnest(_items) i), tax_total = (SELECT sum(i.tax_amount) FROM unnest(_items) i),
    items_hash = (SELECT sha256(convert_to(string_agg(tenant_schema.order_item_line(i), E'\n' ORDER BY i.line), 'UTF8'))
                  FROM unnest(_items) i)
   WHERE o.id = _order RETURNING sha256(convert_to(tenant_schema.order_line(o), 'UTF8')) INTO _posting.orders_hash;
  _result := tenant_schema.post_lines(_posting, coalesce(_lines, '{}'));
  IF _meal THEN
    PERFORM tenant_schema.require_limit('adjustments.record', _site.id,
      (SELECT sum(abs(m.value)) FROM tenant_schema.stock_movements m WHERE m.posting_id = _key));
  END IF;
  RETURN _result;
END $$;

SET LOCAL ROLE ims_ledger;
-- Records customer orders and takes what they used out of stock, one movement per order and item, in one call. Orders that are
-- already there (site, business day, number) are left alone and counted as repeated. Lines name their order by its place in
-- the order arrays, from 1; `_amounts` is what was charged for a line after discounts (null: quantity x price).
-- Modifiers name the line they belong to by its place, from 1; one that is there twice is taken twice. Those nobody knows come by
-- what the till calls them (`_unknown` as it is compared, `_unknown_words` as it is written), and wait beside their line.
-- Header: site_id, import_id, file_name. Answers id, number, value, lines, orders and repeated.
CREATE FUNCTION tenant_schema.post_sales(
  _key uuid, _header jsonb, _numbers text[], _placed timestamptz[], _channels text[], _covers int[],
  _line_orders int[], _menu_items uuid[], _quantities numeric[], _unit_prices numeric[], _amounts numeric[] DEFAULT NULL,
  _modified_lines int[] DEFAULT NULL, _modifiers uuid[] DEFAULT NULL,
  _unknown_lines int[] DEFAULT NULL, _unknown text[] DEFAULT NULL, _unknown_words text[] DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  _content bytea := sha256(convert_to(ROW('sales', _header, _numbers, _placed, _channels, _covers, _line_orders, _menu_items,
    _quantities, _unit_prices, _amounts, _modified_lines, _modifiers, _unknown_lines, _unknown)::text, 'UTF8'));
  _site tenant_schema.sites;
  _import uuid := (_header ->> 'import_id')::uuid;
  _posting tenant_schema.postings;
  _orders uuid[]; _days date[];
  _of_sold uuid[]; _of_days date[]; _items uuid[]; _used numeric[]; -- what one portion, or one modifier, uses on a day
  _lines tenant_schema.posting_line[];
  _problems jsonb;
  _new int;
  _result jsonb;
BEGIN
  IF _key IS NULL OR coalesce(cardinality(_numbers), 0) NOT BETWEEN 1 AND 5000 OR coalesce(cardinality(_line_orders), 0) NOT BETWEEN 1 AND 50000
     OR cardinality(_placed) IS DISTINCT FROM cardinality(_numbers) OR cardinality(_modifiers) > 50000
     OR cardinality(_modified_lines) IS DISTINCT FROM cardinality(_modifiers) OR cardinality(_unknown) > 50000
     OR cardinality(_unknown_lines) IS DISTINCT FROM cardinality(_unknown) OR cardinality(_unknown_words) IS DISTINCT FROM cardinality(_unknown)
     OR EXISTS (SELECT FROM unnest(_unknown_lines) l WHERE l IS NULL OR l NOT BETWEEN 1 AND cardinality(_line_orders)) THEN
    RAISE EXCEPTION 'Sales come with a key, 1 to 5,000 orders, 1 to 50,000 lines and at most as many modifiers.' USING ERRCODE = 'IM400';
  END IF;
  _result := tenant_schema.first_result(_key, _content);
  IF _result IS NOT NULL THEN
    SELECT count(*) INTO _new FROM tenant_schema.orders o WHERE o.posting_id = _key;
    RETURN _result || jsonb_build_object('orders', _new, 'repeated', cardinality(_numbers) - _new);
  END IF;
  _site := tenant_schema.require_site((_header ->> 'site_id')::uuid, 'sales.import');
  _problems := tenant_schema.check_sales(_numbers, _placed, _channels, _covers, _line_orders, _menu_items, _quantities, _unit_prices, _amounts,
    _modified_lines, _modifiers);
  IF _problems IS NOT NULL THEN
    RAISE EXCEPTION 'An order or line of these sales cannot be right.' USING ERRCODE = 'IM400', DETAIL = _problems::text;
  END IF;
  PERFORM tenant_schema.know_products(_site.id, 'MODIFIER', _unknown, _unknown_words); -- before the costs, as whoever maps them
  SELECT array_agg(tenant_schema.business_day(o.p, _site.time_zone, _site.day_cutover_hour) ORDER BY o.n) INTO _days
    FROM unnest(_placed) WITH ORDINALITY AS o (p, n);
  SELECT array_agg(x.sold_id), array_agg(x.business_day), array_agg(x.item_id), array_agg(x.quantity)
    INTO _of_sold, _of_days, _items, _used
    FROM tenant_schema.explode_recipes(_menu_items,
      ARRAY(SELECT _days[l.o] FROM unnest(_line_orders) WITH ORDINALITY AS l (o, n) ORDER BY l.n),
      _modifiers, ARRAY(SELECT _days[_line_orders[c.line]] FROM unnest(_modified_lines) WITH ORDINALITY AS c (line, n) ORDER BY c.n)) x;
  PERFORM tenant_schema.lock_costs(_site.id, coalesce(_items, '{}'), (SELECT min(o.p) FROM unnest(_placed) AS o (p)));
  SELECT array_agg(CASE WHEN o.id IS NULL AND u.copy = 1 THEN gen_random_uuid() END ORDER BY u.n),
      count(*) FILTER (WHERE o.id IS NULL AND u.copy = 1)
    INTO _orders, _new
    FROM (SELECT w.*, row_number() OVER (PARTITION BY w.day, w.number ORDER BY w.n) AS copy
          FROM unnest(_numbers, _days) WITH ORDINALITY AS w (number, day, n)) u
    LEFT JOIN tenant_schema.orders o ON o.site_id = _site.id AND o.business_day = u.day AND o.number = u.number;
  IF _new = 0 THEN
    RETURN jsonb_build_object('id', _key, 'number', NULL, 'value', 0, 'lines', 0, 'orders', 0, 'repeated', cardinality(_numbers));
  END IF;
  _lines := tenant_schema.sale_lines(_site.id, _orders, _placed, _days, _line_orders, _menu_items, _quantities,
    _of_sold, _of_days, _items, _used, _modified_lines, _modifiers);
  IF _lines[1].item_id IS NOT NULL AND _lines[1].location_id IS NULL THEN
    RAISE EXCEPTION '% has no storage location yet: add one before recording sales.', _site.name USING ERRCODE = 'IM400';
  END IF;
  IF _import IS NOT NULL THEN
    PERFORM tenant_schema.begin_import(_site.id, _import, _header ->> 'file_name');
  END IF;
  _posting.id := _key;
  _posting.kind := 'SALE';
  _posting.site_id := _site.id;
  _posting.effective_at := (SELECT max(o.p) FROM unnest(_placed) AS o (p));
  _posting.reference := left(coalesce(_header ->> 'file_name', ''), 200);
  _posting.note := '';
  _posting.content_hash := _content;
  _posting.orders_hash := tenant_schema.write_orders(_site, _import, _key, _orders, _numbers, _placed, _days, _channels, _covers,
    _line_orders, _menu_items, _quantities, _unit_prices, _amounts, _modified_lines, _modifiers);
  PERFORM tenant_schema.keep_modifiers(_site.id, array_agg(_orders[l.o] ORDER BY u.n), array_agg(l.line ORDER BY u.n), array_agg(t.id ORDER BY u.n))
    FROM unnest(_unknown_lines, _unknown) WITH ORDINALITY AS u (place, product, n)
    JOIN (SELECT w.o, w.n, row_number() OVER (PARTITION BY w.o ORDER BY w.n)::int AS line
          FROM unnest(_line_orders) WITH ORDINALITY AS w (o, n)) l ON l.n = u.place
    JOIN tenant_schema.till_products t ON t.site_id = _site.id AND t.kind = 'MODIFIER' AND t.product = u.product
   HAVING count(*) > 0;
  _result := tenant_schema.post_lines(_posting, coalesce(_lines, '{}'));
  RETURN _result || jsonb_build_object('orders', _new, 'repeated', cardinality(_numbers) - _new);
END $$;

SET LOCAL ROLE ims_ledger;
-- What post_document() would change: posts it, looks, and takes it back, in one call. Nothing stays of it, and what it would refuse
-- it refuses here. Answers what effects_told() tells.
CREATE FUNCTION tenant_schema.preview_document(
  _header jsonb, _items uuid[], _locations uuid[], _quantities numeric[], _unit_costs numeric[], _reasons uuid[],
  _notes text[], _entered_quantities numeric[], _entered_units text[], _of bigint[] DEFAULT NULL, _weights numeric[] DEFAULT NULL,
  _values numeric[] DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _key uuid := gen_random_uuid();
  _seen jsonb;
BEGIN
  BEGIN
    PERFORM tenant_schema.post_document(_key, _header, _items, _locations, _quantities, _unit_costs, _reasons, _notes, _entered_quantities,
      _entered_units, _of, _weights, _values);
    _seen := tenant_schema.effects_of(_key);
    RAISE SQLSTATE 'IM002';
  EXCEPTION WHEN SQLSTATE 'IM002' THEN
    NULL;
  END;
  RETURN tenant_schema.effects_told(_seen);
END $$;

SET LOCAL ROLE ims_ledger;
-- What change_prices() would change; see preview_document().
CREATE FUNCTION tenant_schema.preview_prices(_header jsonb, _movements bigint[], _values numeric[], _weights numeric[], _spread text)
RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _key uuid := gen_random_uuid();
  _seen jsonb;
BEGIN
  BEGIN
    PERFORM tenant_schema.change_prices(_key, _header, _movements, _values, _weights, _spread);
    _seen := tenant_schema.effects_of(_key);
    RAISE SQLSTATE 'IM002';
  EXCEPTION WHEN SQLSTATE 'IM002' THEN
    NULL;
  END;
  RETURN tenant_schema.effects_told(_seen);
END $$;

SET LOCAL ROLE ims_ledger;
-- What reverse_movements() would change; see preview_document().
CREATE FUNCTION tenant_schema.preview_reversal(_movements bigint[], _reason text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _key uuid := gen_random_uuid();
  _seen jsonb;
BEGIN
  BEGIN
    PERFORM tenant_schema.reverse_movements(_key, _movements, _reason);
    _seen := tenant_schema.effects_of(_key);
    RAISE SQLSTATE 'IM002';
  EXCEPTION WHEN SQLSTATE 'IM002' THEN
    NULL;
  END;
  RETURN tenant_schema.effects_told(_seen);
END $$;

SET LOCAL ROLE ims_ledger;
-- What became of lines of a transfer, said by the site it went to: so much arrived, at these places. What did not arrive stays under
-- way ('STAYS'), came back to the sender ('BACK'), or is missing ('MISSING'): that comes back and is written off there, at
-- what it left with, for a reason. `_lots` says line by line which lot of what was sent a line stands for and which one it is said to
-- be, {lot, arrived, expires}; a line of which it says nothing arrives as the lots that expire first. What is more than was sent is found here, for a reason: within
-- the money limit for adjustments of who has one, and of twice as much at most without that right. `_at` is when, for a receipt that is entered
-- later. Answers like post_document.
CREATE FUNCTION tenant_schema.receive_transfer(_key uuid, _transfer_id uuid, _of bigint[], _quantities numeric[], _locations uuid[],
  _rests text[], _reasons uuid[], _note text, _at timestamptz DEFAULT NULL, _lots jsonb DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _content bytea := sha256(convert_to(ROW('receive', _transfer_id, _of, _quantities, _locations, _rests, _reasons, _note, _at, _lots)::text, 'UTF8'));
  _transfer tenant_schema.postings;
  _lines tenant_schema.arriving_line[];
  _now timestamptz;
  _problems jsonb;
  _result jsonb;
  _part record;
  _adjusts boolean;
  _missing bigint[];
BEGIN
  IF _key IS NULL OR coalesce(cardinality(_of), 0) NOT BETWEEN 1 AND 5000
     OR _lots IS NOT NULL AND (jsonb_typeof(_lots) <> 'array' OR jsonb_array_length(_lots) <> cardinality(_of)
       OR EXISTS (SELECT FROM jsonb_array_elements(_lots) l WHERE jsonb_typeof(l) NOT IN ('null', 'object')))
     OR EXISTS (
       SELECT FROM unnest(_of) WITH ORDINALITY AS o (of_id, n) CROSS JOIN LATERAL (SELECT nullif(_lots -> (n - 1)::int, 'null') AS said) l
       GROUP BY o.of_id HAVING count(*) <> count(DISTINCT coalesce(l.said ->> 'lot', '')) OR count(*) > 1 AND count(*) <> count(l.said)) THEN
    RAISE EXCEPTION 'A receipt needs a key and 1 to 5,000 different lines, or different lots of them.' USING ERRCODE = 'IM400';
  END IF;
  _result := tenant_schema.first_result(_key, _content);
  IF _result IS NOT NULL THEN
    RETURN _result;
  END IF;
  SELECT * INTO _transfer FROM tenant_schema.postings p WHERE p.id = _transfer_id AND p.kind = 'TRANSFER_OUT' AND p.reverses_id IS NULL;
  PERFORM tenant_schema.require_site(_transfer.to_site_id, 'transfers.receive');
  _adjusts := _transfer.to_site_id = ANY (tenant_schema.scope('adjustments.record'));
  IF _adjusts THEN
    PERFORM tenant_schema.lock_limit('adjustments.record', _transfer.to_site_id);
  END IF;
  IF _at < _transfer.effective_at OR NOT isfinite(_at) OR _at > clock_timestamp() + interval '2 minutes' THEN
    RAISE EXCEPTION 'It cannot arrive before it was sent, nor later than now.' USING ERRCODE = 'IM400',
      DETAIL = '[{"field": "effective_at", "text": "It cannot arrive before it was sent, nor later than now."}]';
  END IF;
  PERFORM tenant_schema.lock_costs(_transfer.to_site_id, ARRAY(
    SELECT DISTINCT m.item_id FROM tenant_schema.stock_movements m WHERE m.posting_id = _transfer.id AND m.id = ANY (_of)), _at, _of);
  IF _at IS NOT NULL THEN -- what comes back to the sender, or is missing there, lies before what was posted since
    PERFORM tenant_schema.lock_costs(_transfer.site_id, ARRAY(
      SELECT DISTINCT m.item_id FROM tenant_schema.stock_movements m WHERE m.posting_id = _transfer.id AND m.id = ANY (_of)), _at);
  END IF;
  _now := coalesce(_at, clock_timestamp());
  _lines := tenant_schema.arriving_lines(_transfer.id, _of, _quantities, _locations, _rests, _reasons, _lots);
  _problems := tenant_schema.check_arriving(_transfer.to_site_id, _lines);
  IF _problems IS NULL AND NOT EXISTS (SELECT FROM unnest(_lines) l WHERE l.quantity > 0 OR l.rest <> 'STAYS') THEN
    _problems := '[{"field": "quantity", "row": 1, "text": "Enter what arrived, or say what became of it."}]';
  END IF;
  IF _problems IS NULL AND NOT _adjusts THEN
    SELECT jsonb_agg(jsonb_build_object('row', l.n, 'field', 'quantity', 'text',
      'More than twice as much as was sent is entered by somebody who may record adjustments.') ORDER BY l.n) INTO _problems
      FROM unnest(_lines) l WHERE l.quantity - l.under_way > l.sent;
  END IF;
  IF _problems IS NOT NULL THEN
    RAISE EXCEPTION 'This was not received: something has to be put right first.' USING ERRCODE = 'IM400', DETAIL = _problems::text;
  END IF;
  FOR _part IN
    SELECT q.place, q.what, q.kind, q.site_id, array_agg(ROW(q.item_id, q.location_id, q.quantity, q.value, NULL, q.reason_id, '', NULL, NULL,
      _now, NULL, NULL)::tenant_schema.posting_line ORDER BY q.n) AS lines, array_agg(q.of_id ORDER BY q.n) AS of,
      jsonb_agg(CASE WHEN q.by_lot THEN jsonb_build_array(jsonb_strip_nulls(jsonb_build_object('expires', q.expires, 'left_as', q.left_as))
        || jsonb_build_object('code', q.code)) END ORDER BY q.n) AS lots
    FROM (
      SELECT 1 AS place, 'ARRIVED' AS what, 'TRANSFER_IN' AS kind, _transfer.to_site_id AS site_id, l.n, l.item_id, l.location_id,
        least(l.quantity, l.under_way) AS quantity, NULL::numeric AS value, NULL::uuid AS reason_id, l.of_id,
        l.by_lot, coalesce(l.arrived_lot, l.lot) AS code, l.expires, l.lot AS left_as
      FROM unnest(_lines) l WHERE l.quantity > 0
      UNION ALL
      SELECT 2, 'SURPLUS', 'ADJUSTMENT', _transfer.to_site_id, l.n, l.item_id, l.location_id, l.quantity - l.under_way,
        tenant_schema.quotient((l.quantity - l.under_way) * l.worth * coalesce(_transfer.to_rate, 1), l.sent, 6), l.reason_id, NULL,
        l.by_lot, coalesce(l.arrived_lot, l.lot), l.expires, NULL
      FROM unnest(_lines) l WHERE l.quantity > l.under_way
      UNION ALL
      SELECT CASE l.rest WHEN 'BACK' THEN 3 ELSE 4 END, l.rest, 'TRANSFER_IN', _transfer.site_id, l.n, l.item_id, l.from_location_id,
        l.under_way - l.quantity, NULL, NULL, l.of_id,
        l.by_lot, l.lot, NULL, NULL
      FROM unnest(_lines) l WHERE l.quantity < l.under_way AND l.rest <> 'STAYS'
      UNION ALL
      SELECT 5, 'WRITTEN_OFF', 'ADJUSTMENT', _transfer.site_id, l.n, l.item_id, l.from_location_id, l.quantity - l.under_way, NULL, l.reason_id, l.of_id,
        l.by_lot, l.lot, NULL, NULL
      FROM unnest(_lines) l WHERE l.quantity < l.under_way AND l.rest = 'MISSING') q
    GROUP BY q.place, q.what, q.kind, q.site_id ORDER BY q.place
  LOOP
    PERFORM tenant_schema.post_receipt(_key, _transfer, _part.what, _part.kind, _part.site_id, _part.lines,
      CASE _part.what WHEN 'SURPLUS' THEN NULL WHEN 'WRITTEN_OFF' THEN _missing ELSE _part.of END, _part.lots, _note, _content);
    IF _part.what = 'MISSING' THEN -- which leaves again
      _missing := ARRAY(SELECT m.id FROM tenant_schema.transfer_receipts r JOIN tenant_schema.stock_movements m ON m.posting_id = r.posting_id
        WHERE r.receipt_id = _key AND r.what = 'MISSING' ORDER BY m.id);
    END IF;
  END LOOP;
  IF _adjusts AND EXISTS (SELECT FROM unnest(_lines) l WHERE l.quantity > l.under_way) THEN
    PERFORM tenant_schema.require_limit('adjustments.record', _transfer.to_site_id, (
      SELECT sum(abs(m.value)) FROM tenant_schema.transfer_receipts r JOIN tenant_schema.stock_movements m ON m.posting_id = r.posting_id
      WHERE r.receipt_id = _key AND r.what = 'SURPLUS'));
  END IF;
  RETURN (SELECT tenant_schema.posting_result(p) FROM tenant_schema.postings p WHERE p.id = _key);
END $$;

SET LOCAL ROLE ims_ledger;
-- Gives money back and nothing else, out of goodwill: a refund whose lines have amounts (with tax) and no quantity. What was eaten
-- stays eaten, so no stock comes back. Never more than is left of what was charged for a line. Answers id, number, value and
-- lines of the posting.
CREATE FUNCTION tenant_schema.refund_money(_key uuid, _order uuid, _lines int[], _amounts numeric[], _reason text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _content bytea := sha256(convert_to(ROW('money', _order, _lines, _amounts, _reason)::text, 'UTF8'));
  _row tenant_schema.orders;
  _refund tenant_schema.orders;
  _items tenant_schema.order_items[];
  _problems jsonb;
  _result jsonb;
BEGIN
  _result := tenant_schema.first_result(_key, _content);
  IF _result IS NOT NULL THEN
    RETURN _result;
  END IF;
  _row := tenant_schema.refundable_order(_order, _reason);
  IF coalesce(cardinality(_lines), 0) NOT BETWEEN 1 AND 500 OR cardinality(_amounts) IS DISTINCT FROM cardinality(_lines) THEN
    RAISE EXCEPTION 'Say how much money is given back for which line.' USING ERRCODE = 'IM400';
  END IF;
  SELECT jsonb_agg(jsonb_build_object('row', w.n, 'field', p.field, 'text', p.text) ORDER BY w.n) INTO _problems
    FROM unnest(_lines, _amounts) WITH ORDINALITY AS w (line, amount, n)
    LEFT JOIN tenant_schema.rest_of_lines(_order) i ON i.line = w.line
    CROSS JOIN LATERAL (VALUES
      ('line', CASE WHEN i.line IS NULL THEN 'The order has no such line.'
                    WHEN (SELECT count(*) FROM unnest(_lines) l WHERE l = w.line) > 1 THEN 'Each line is refunded once at a time.' END),
      ('amount', CASE WHEN w.amount IS NULL OR w.amount = 'NaN' OR w.amount <= 0 THEN 'An amount above 0 is given back.'
                      WHEN w.amount <> round(w.amount, 2) THEN 'An amount has at most two decimals.'
                      WHEN i.net + i.tax <= 0 THEN 'Nothing is left of what was charged for this line.'
                      WHEN w.amount > i.net + i.tax THEN format('Only %s of this line are left to give back.', i.net + i.tax) END)
    ) AS p (field, text)
    WHERE p.text IS NOT NULL;
  IF _problems IS NOT NULL THEN
    RAISE EXCEPTION 'This cannot be refunded.' USING ERRCODE = 'IM400', DETAIL = _problems::text;
  END IF;
  PERFORM tenant_schema.lock_limit('sales.void', _row.site_id);
  _refund := tenant_schema.new_refund(_row, _key, _reason);
  SELECT array_agg(ROW(_refund.id, w.n, _row.site_id, _refund.business_day, i.menu_item_id, 0, i.unit_price, -s.net, s.net - w.amount, '{}',
      '', i.line)::tenant_schema.order_items ORDER BY w.n) INTO _items
    FROM unnest(_lines, _amounts) WITH ORDINALITY AS w (line, amount, n)
    JOIN tenant_schema.rest_of_lines(_order) i ON i.line = w.line
    CROSS JOIN LATERAL ( -- in the proportion of what is left, and never more tax or net than that
      SELECT least(i.net, greatest(w.amount - i.tax, round(w.amount * i.net / (i.net + i.tax), 2))) AS net) s;
  RETURN tenant_schema.post_refund(_row, _refund, _items, _content);
END $$;

SET LOCAL ROLE ims_ledger;
-- Gives a part of an order back: an order of its own with negative lines, which names the one it is a part of. What the refunded
-- lines used comes back into stock at the cost it left with (rule 8); where the food is lost all the same, `_wastes` names the
-- reason and it leaves again as waste. Never more than was sold. Answers id, number, value and lines of the posting.
CREATE FUNCTION tenant_schema.refund_order(
  _key uuid, _order uuid, _lines int[], _quantities numeric[], _wastes uuid[], _reason text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _content bytea := sha256(convert_to(ROW('refund', _order, _lines, _quantities, _wastes, _reason)::text, 'UTF8'));
  _row tenant_schema.orders;
  _refund tenant_schema.orders;
  _returned tenant_schema.posting_line[];
  _waste tenant_schema.postings;
  _wasting boolean := EXISTS (SELECT FROM unnest(_wastes) w WHERE w IS NOT NULL);
  _problems jsonb;
  _result jsonb;
BEGIN
  _result := tenant_schema.first_result(_key, _content);
  IF _result IS NOT NULL THEN
    RETURN _result;
  END IF;
  _row := tenant_schema.refundable_order(_order, _reason);
  IF _wasting THEN
    PERFORM tenant_schema.require_site(_row.site_id, 'waste.record');
  END IF;
  IF coalesce(cardinality(_lines), 0) NOT BETWEEN 1 AND 500 OR cardinality(_quantities) IS DISTINCT FROM cardinality(_lines)
     OR cardinality(_wastes) IS DISTINCT FROM cardinality(_lines) THEN
    RAISE EXCEPTION 'Say how much of which line is refunded.' USING ERRCODE = 'IM400';
  END IF;
  _problems := tenant_schema.check_refund(_order, _lines, _quantities, _wastes);
  IF _problems IS NOT NULL THEN
    RAISE EXCEPTION 'This cannot be refunded.' USING ERRCODE = 'IM400', DETAIL = _problems::text;
  END IF;
  PERFORM tenant_schema.lock_limit('sales.void', _row.site_id);
  IF _wasting THEN
    PERFORM tenant_schema.lock_limit('waste.record', _row.site_id);
  END IF;
  PERFORM tenant_schema.lock_costs(_row.site_id, ARRAY(SELECT m.item_id FROM tenant_schema.stock_movements m WHERE m.order_id = _order));
  _refund := tenant_schema.new_refund(_row, _key, _reason);
  _returned := tenant_schema.returned_lines(_row, _refund.id, _refund.placed_at, _lines, _quantities, _wastes);
  _result := tenant_schema.post_refund(_row, _refund,
    tenant_schema.refund_items(_row, _refund.id, _refund.business_day, _lines, _quantities), _content, _returned);
  IF _wasting AND EXISTS (SELECT FROM unnest(_returned) l WHERE l.note <> '') THEN
    _waste.id := gen_random_uuid();
    _waste.kind := 'WASTE';
    _waste.site_id := _row.site_id;
    _waste.effective_at := _refund.placed_at;
    _waste.reference := _refund.number;
    _waste.note := _refund.note;
    _waste.content_hash := _content;
    PERFORM tenant_schema.post_lines(_waste, (
      SELECT array_agg(ROW(l.item_id, l.location_id, -l.quantity, NULL, NULL, l.note::uuid, _refund.note, NULL, NULL, l.effective_at,
        NULL, NULL)::tenant_schema.posting_line) FROM unnest(_returned) l WHERE l.note <> ''));
    PERFORM tenant_schema.require_limit('waste.record', _row.site_id,
      (SELECT sum(abs(m.value)) FROM tenant_schema.stock_movements m WHERE m.posting_id = _waste.id));
  END IF;
  RETURN _result;
END $$;

SET LOCAL ROLE ims_ledger;
-- Nothing is kept that was put off and never settled, see put_off().
CREATE FUNCTION tenant_schema.refuse_unsettled() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM tenant_schema.stock_costs c
             WHERE c.site_id = NEW.site_id AND c.item_id = NEW.item_id AND c.unsettled_from IS NOT NULL) THEN
    RAISE EXCEPTION 'What was posted is not settled.' USING ERRCODE = 'IM400';
  END IF;
  RETURN NULL;
END $$;

SET LOCAL ROLE ims_ledger;
-- Takes a photo away: one's own of an entry, or any of it for those who may reverse documents.
CREATE FUNCTION tenant_schema.remove_photo(_id uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM tenant_schema.photographed((SELECT p.document_id FROM tenant_schema.document_photos p WHERE p.id = _id));
  DELETE FROM tenant_schema.document_photos p WHERE p.id = _id;
END $$;

SET LOCAL ROLE ims_ledger;
-- A count that is being reviewed goes back to those who count.
CREATE FUNCTION tenant_schema.reopen_count(_sheet uuid, _version int) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM tenant_schema.count_for(_sheet, 'counts.post', '{REVIEW}', true, _version);
  UPDATE tenant_schema.count_sheets s SET state = 'OPEN', counted_by = NULL, counted_at = NULL WHERE s.id = _sheet;
END $$;

SET LOCAL ROLE ims_ledger;
-- Opens the period of a site again that was closed last, with a reason.
CREATE FUNCTION tenant_schema.reopen_period(_site uuid, _ends_on date, _reason text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _row tenant_schema.sites := tenant_schema.require_site(_site, 'periods.close');
  _last date;
BEGIN
  IF length(trim(coalesce(_reason, ''))) NOT BETWEEN 1 AND 1000 THEN
    RAISE EXCEPTION 'Say why this period is reopened.' USING ERRCODE = 'IM400',
      DETAIL = '[{"field": "reason", "text": "Say why this period is reopened."}]';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('periods of tenant_schema', 0));
  SELECT max(p.ends_on) INTO _last FROM tenant_schema.periods p WHERE p.site_id = _site AND p.reopened_at IS NULL;
  IF _last IS DISTINCT FROM _ends_on OR _ends_on IS NULL THEN
    RAISE EXCEPTION 'Only the period of % that was closed last can be reopened.', _row.name USING ERRCODE = 'IM409';
  END IF;
  UPDATE tenant_schema.periods p SET reopened_by = tenant_schema.me(), reopened_at = clock_timestamp(), reason = trim(_reason)
   WHERE p.site_id = _site AND p.ends_on = _ends_on AND p.reopened_at IS NULL;
END $$;

SET LOCAL ROLE ims_ledger;
-- Asks for lines to be counted again: what was entered for them so far stays and counts no more. Answers how many.
CREATE FUNCTION tenant_schema.request_recount(_sheet uuid, _locations uuid[], _items uuid[]) RETURNS int
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _asked int;
BEGIN
  PERFORM tenant_schema.count_for(_sheet, 'counts.post', '{OPEN,REVIEW}', true);
  UPDATE tenant_schema.count_lines l SET recount_after = n.last, recount_by = tenant_schema.me(), recount_at = clock_timestamp()
  FROM (SELECT e.location_id, e.item_id, max(e.id) AS last
        FROM unnest(_locations, _items) AS u (location_id, item_id)
        JOIN tenant_schema.count_entries e ON e.sheet_id = _sheet AND e.location_id = u.location_id AND e.item_id = u.item_id
        GROUP BY e.location_id, e.item_id) n
  WHERE l.sheet_id = _sheet AND l.location_id = n.location_id AND l.item_id = n.item_id AND l.recount_after IS DISTINCT FROM n.last;
  GET DIAGNOSTICS _asked = ROW_COUNT;
  UPDATE tenant_schema.count_areas a SET finished_by = NULL, finished_at = NULL
  WHERE _asked > 0 AND a.sheet_id = _sheet AND a.location_id = ANY (_locations) AND a.finished_at IS NOT NULL;
  RETURN _asked;
END $$;

SET LOCAL ROLE ims_ledger;
-- How much of each item open orders will take at the sites whose stock the person may see now: who counts blind sees nothing.
CREATE FUNCTION tenant_schema.reserved_stock() RETURNS TABLE (site_id uuid, item_id uuid, quantity numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT r.site_id, r.item_id, sum(r.quantity) FROM tenant_schema.reserved_lines(tenant_schema.stock_sites()) r
  GROUP BY r.site_id, r.item_id
$$;

SET LOCAL ROLE ims_ledger;
-- Which open orders will take how much of an item, at a site or at all of them: for those who see orders and the stock there.
CREATE FUNCTION tenant_schema.reserving_orders(_item uuid, _site uuid DEFAULT NULL) RETURNS TABLE (order_id uuid, quantity numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT r.order_id, r.quantity
  FROM tenant_schema.reserved_lines(ARRAY(SELECT s FROM unnest(tenant_schema.stock_sites()) AS s
    WHERE (_site IS NULL OR s = _site) AND s = ANY (tenant_schema.scope('sales.view')))) r
  WHERE r.item_id = _item
$$;

SET LOCAL ROLE ims_ledger;
-- Undoes movements of one posting by new ones that name them, with a reason, under a reference of its own or that of the posting. A person may undo what they posted themselves;
-- what others posted needs documents.reverse, and nobody undoes more than their money limit lets them do. Sales are undone by
-- void_order alone. What another movement brought back or carried on is undone after that one. In a closed period nothing
-- changes: what was posted there is undone as of the first open day, by bringing back what left and giving back what came.
CREATE FUNCTION tenant_schema.reverse_movements(_key uuid, _movements bigint[], _reason text, _reference text DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _content bytea := sha256(convert_to(ROW('reverse', _movements, _reason, _reference)::text, 'UTF8'));
  _posting tenant_schema.postings;
  _first tenant_schema.postings;
  _items uuid[];
  _found int;
  _postings int;
  _permission text;
  _limited boolean;
  _open timestamptz;
  _lines tenant_schema.posting_line[];
  _of bigint[];
  _result jsonb;
BEGIN
  IF length(trim(coalesce(_reason, ''))) NOT BETWEEN 1 AND 1000 THEN
    RAISE EXCEPTION 'Say why this is undone.' USING ERRCODE = 'IM400', DETAIL = '[{"field": "reason", "text": "Say why this is undone."}]';
  END IF;
  _result := tenant_schema.first_result(_key, _content);
  IF _result IS NOT NULL THEN
    RETURN _result;
  END IF;
  SELECT count(*), count(DISTINCT m.posting_id), array_agg(m.item_id) INTO _found, _postings, _items
    FROM tenant_schema.stock_movements m
   WHERE m.id = ANY (_movements) AND m.kind <> 'SALE' AND m.order_id IS NULL AND m.reverses_id IS NULL
     AND (m.posted_by = tenant_schema.me() OR m.site_id = ANY (tenant_schema.scope('stock.view'))); -- others do not exist
  IF _found = 0 OR _found <> cardinality(_movements) OR _postings <> 1 THEN
    RAISE EXCEPTION 'Only movements of one document that are not undone themselves can be undone.' USING ERRCODE = 'IM400';
  END IF;
  SELECT p.* INTO STRICT _first FROM tenant_schema.postings p
    JOIN tenant_schema.stock_movements m ON m.posting_id = p.id WHERE m.id = _movements[1];
  IF EXISTS (SELECT FROM tenant_schema.stock_movements m LEFT JOIN tenant_schema.reason_codes r ON r.id = m.reason_id
      JOIN tenant_schema.items i ON i.id = m.item_id
      WHERE m.id = ANY (_movements) AND (i.merged_into_id IS NOT NULL OR r.code = 'REPACKING')) THEN
    RAISE EXCEPTION 'This belongs to items that were merged. Adjust the one that is left instead.' USING ERRCODE = 'IM400';
  END IF;
  _permission := tenant_schema.permission_of(_first.kind);
  PERFORM tenant_schema.require_site(_first.site_id,
    CASE WHEN _first.posted_by = tenant_schema.me() THEN _permission ELSE 'documents.reverse' END);
  _limited := _permission IN ('waste.record', 'adjustments.record', 'transfers.send', 'counts.post', 'production.record') AND tenant_schema.lock_limit(_permission, _first.site_id);
  PERFORM tenant_schema.lock_costs(_first.site_id, _items, _first.effective_at,
    ARRAY(SELECT m.of_id FROM tenant_schema.stock_movements m WHERE m.id = ANY (_movements) AND m.of_id IS NOT NULL));
  IF EXISTS (SELECT FROM tenant_schema.stock_movements m WHERE m.reverses_id = ANY (_movements)) THEN
    RAISE EXCEPTION 'This was already undone.' USING ERRCODE = 'IM409';
  END IF;
  IF _first.kind IN ('PRODUCTION', 'MOVE') AND _found <> _first.line_count THEN
    RAISE EXCEPTION 'What belongs together is undone together: choose all lines of the document.' USING ERRCODE = 'IM400';
  END IF;
  IF EXISTS (SELECT FROM tenant_schema.stock_movements t WHERE t.of_id = ANY (_movements) AND t.reverses_id IS NULL
             AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements r WHERE r.reverses_id = t.id)) THEN
    RAISE EXCEPTION 'Something of this came back or arrived elsewhere: undo that first.' USING ERRCODE = 'IM409';
  END IF;
  IF _first.kind <> 'PRODUCTION' AND EXISTS (SELECT FROM tenant_schema.stock_movements m WHERE m.id = ANY (_movements) AND m.weight = 0) THEN
    RAISE EXCEPTION 'This was missing when a transfer arrived: undo its receipt instead.' USING ERRCODE = 'IM409';
  END IF;
  _lines := tenant_schema.reversed_lines(_movements, _reason);
  _open := tenant_schema.open_from(_first.site_id);
  _posting.id := _key;
  _posting.kind := _first.kind;
  _posting.site_id := _first.site_id;
  _posting.effective_at := _first.effective_at;
  _posting.supplier_id := _first.supplier_id;
  _posting.reference := left(coalesce(_reference, _first.reference), 200);
  _posting.note := _reason;
  _posting.reverses_id := _first.id;
  _posting.content_hash := _content;
  _posting.to_site_id := _first.to_site_id;
  _posting.to_rate := _first.to_rate;
  IF _first.effective_at < _open THEN
    IF _first.kind = 'TRANSFER_IN' THEN -- what arrived in closed days cannot be under way in open ones
      RAISE EXCEPTION 'This arrived in days that are closed: send it back as a transfer of its own.' USING ERRCODE = 'IM400';
    END IF;
    _posting.effective_at := _open;
    _of := ARRAY(SELECT l.reverses_id FROM unnest(_lines) l);
    _lines := ARRAY(SELECT ROW(l.item_id, l.location_id, l.quantity, NULL, NULL, l.reason_id, l.note, l.entered_quantity, l.entered_unit, _open,
      l.order_id, NULL)::tenant_schema.posting_line FROM unnest(_lines) l);
  END IF;
  _result := tenant_schema.post_lines(_posting, _lines, _of);
  IF _limited THEN
    PERFORM tenant_schema.require_limit(_permission, _first.site_id,
      (SELECT sum(abs(m.value + coalesce((SELECT sum(k.value) FROM tenant_schema.cost_corrections k WHERE k.movement_id = m.id), 0)))
       FROM tenant_schema.stock_movements m WHERE m.posting_id = _key AND NOT (m.kind = 'PRODUCTION' AND m.value < 0)));
  END IF;
  RETURN _result;
END $$;

SET LOCAL ROLE ims_ledger;
-- Keeps an order that somebody enters: a catering, a wholesale or internal order, a staff meal. It stays open, takes nothing out of
-- stock and may be changed until it is posted. `_order` is the desk's own id for it; version 0 begins a new one. Header: site_id,
-- kind, channel, placed_at (also ahead), customer_id, covers, note; posting_key: it is posted under this key in the same
-- transaction, so a repetition answers what was posted. Modifiers name the line they belong to by its place, from 1, and their prices
-- are in its unit price. Answers id, number, version, net and tax.
CREATE FUNCTION tenant_schema.save_order(
  _order uuid, _version int, _header jsonb, _menu_items uuid[], _quantities numeric[], _unit_prices numeric[], _discounts numeric[],
  _notes text[], _modified_lines int[] DEFAULT NULL, _modifiers uuid[] DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _site tenant_schema.sites := tenant_schema.require_site((_header ->> 'site_id')::uuid, 'sales.enter');
  _old tenant_schema.orders;
  _row tenant_schema.orders;
  _lines tenant_schema.planned_lines[];
  _problems jsonb;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(_order::text, 1));
  SELECT * INTO _old FROM tenant_schema.orders o WHERE o.id = _order FOR UPDATE;
  IF _old.site_id <> _site.id OR _order IS NULL THEN
    RAISE EXCEPTION 'This order does not exist, or your roles do not allow changing it.' USING ERRCODE = 'IM403';
  ELSIF _old.posting_id = (_header ->> 'posting_key')::uuid AND _old.created_by = tenant_schema.me() THEN
    RETURN tenant_schema.order_result(_old);
  ELSIF _old.state <> 'OPEN' THEN
    RAISE EXCEPTION 'Order % is no longer open.', _old.number USING ERRCODE = 'IM409';
  ELSIF coalesce(_old.version, 0) IS DISTINCT FROM _version THEN
    RAISE EXCEPTION 'Somebody else changed this order meanwhile. Reload it.' USING ERRCODE = 'IM409';
  END IF;
  _row.id := _order;
  _row.site_id := _site.id;
  _row.kind := _header ->> 'kind';
  _row.placed_at := (_header ->> 'placed_at')::timestamptz;
  _row.channel := coalesce(_header ->> 'channel', '');
  _row.customer_id := (_header ->> 'customer_id')::uuid;
  _row.covers := (_header ->> 'covers')::int;
  _row.note := coalesce(_header ->> 'note', '');
  _row.business_day := CASE WHEN isfinite(_row.placed_at)
    THEN tenant_schema.business_day(_row.placed_at, _site.time_zone, _site.day_cutover_hour) END;
  SELECT array_agg(ROW(_order, u.n, _site.id, u.menu_item_id, round(u.quantity, 3), round(u.price, 4), round(coalesce(u.discount, 0), 2),
      coalesce(u.note, ''), coalesce(c.modifiers, '{}'))::tenant_schema.planned_lines ORDER BY u.n) INTO _lines
    FROM unnest(_menu_items, _quantities, _unit_prices, _discounts, _notes) WITH ORDINALITY
      AS u (menu_item_id, quantity, price, discount, note, n)
    LEFT JOIN (SELECT w.line, array_agg(w.modifier_id ORDER BY w.n) AS modifiers
               FROM unnest(_modified_lines, _modifiers) WITH ORDINALITY AS w (line, modifier_id, n) GROUP BY w.line) c ON c.line = u.n;
  _problems := tenant_schema.check_entry(_row, _lines, _site.id = ANY (tenant_schema.scope('sales.price')));
  IF _problems IS NOT NULL THEN
    RAISE EXCEPTION 'This order cannot be kept: something has to be put right first.' USING ERRCODE = 'IM400', DETAIL = _problems::text;
  END IF;
  SELECT sum(t.net), sum(t.tax) INTO _row.net_total, _row.tax_total
    FROM tenant_schema.taxed_lines(_site, ARRAY(SELECT l.menu_item_id FROM unnest(_lines) l ORDER BY l.line),
      array_fill(_row.business_day, ARRAY[cardinality(_lines)]),
      ARRAY(SELECT l.quantity * l.unit_price - l.discount FROM unnest(_lines) l ORDER BY l.line)) t;
  DELETE FROM tenant_schema.planned_lines l WHERE l.order_id = _order;
  IF _old.id IS NULL THEN
    INSERT INTO tenant_schema.orders AS o (id, site_id, number, kind, channel, placed_at, business_day, state, covers, net_total,
      tax_total, created_by, customer_id, note)
    VALUES (_order, _site.id, tenant_schema.next_number(_site.id, _row.kind, _row.business_day), _row.kind, _row.channel, _row.placed_at,
      _row.business_day, 'OPEN', _row.covers, _row.net_total, _row.tax_total, tenant_schema.me(), _row.customer_id, _row.note)
    RETURNING * INTO _row;
  ELSE
    UPDATE tenant_schema.orders o SET kind = _row.kind, channel = _row.channel, placed_at = _row.placed_at, business_day = _row.business_day,
      covers = _row.covers, net_total = _row.net_total, tax_total = _row.tax_total, customer_id = _row.customer_id, note = _row.note,
      version = o.version + 1
     WHERE o.id = _order RETURNING * INTO _row;
  END IF;
  INSERT INTO tenant_schema.planned_lines SELECT l.* FROM unnest(_lines) l;
  RETURN tenant_schema.order_result(_row);
END $$;

SET LOCAL ROLE ims_ledger;
-- Seals the audit rows and postings that are settled and chains the seal to the one before. One seals at a time, and nothing is
-- done when the newest seal is younger than `_pause`; both answer null. Otherwise: number, hash and moment of the newest seal,
-- how many rows this call sealed, and whether more is waiting.
CREATE FUNCTION tenant_schema.seal(_pause interval DEFAULT '0 s') RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  _most CONSTANT bigint := 1000000; -- numbers of each kind in one seal
  _last tenant_schema.seals;
  _seal tenant_schema.seals;
  _ready tenant_schema.seal_marks;
  _all boolean;
  _rows bigint := 0;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtextextended('seal of tenant_schema', 0)) THEN
    RETURN NULL;
  END IF;
  SELECT * INTO _last FROM tenant_schema.seals s ORDER BY s.number DESC LIMIT 1;
  IF _last.sealed_at > clock_timestamp() - _pause THEN
    RETURN NULL;
  END IF;
  SELECT (m.ready).*, m.is_newest INTO _ready.only_one, _ready.audit_id, _ready.posting_number, _ready.xid, _ready.at, _all
    FROM tenant_schema.settled_mark() m;
  _seal.number := coalesce(_last.number, 0) + 1;
  _seal.audit_from := coalesce(_last.audit_to, 0) + 1;
  _seal.posting_from := coalesce(_last.posting_to, 0) + 1;
  _seal.audit_to := greatest(least(_ready.audit_id, _seal.audit_from - 1 + _most), _seal.audit_from - 1);
  _seal.posting_to := greatest(least(_ready.posting_number, _seal.posting_from - 1 + _most), _seal.posting_from - 1);
  IF _ready.xid IS NOT NULL THEN
    SELECT * INTO _seal.audit_count, _seal.posting_count, _seal.root
      FROM tenant_schema.seal_root(_seal.audit_from, _seal.audit_to, _seal.posting_from, _seal.posting_to);
    _rows := _seal.audit_count + _seal.posting_count;
  END IF;
  IF _rows > 0 THEN
    IF _seal.audit_to < _ready.audit_id OR _seal.posting_to < _ready.posting_number THEN
      _all := false;
      _seal.nothing_before := coalesce(_last.nothing_before, '-infinity');
    ELSE
      _seal.nothing_before := _ready.at;
    END IF;
    _seal.previous := coalesce(_last.hash, '');
    _seal.sealed_at := clock_timestamp();
    _seal.hash := tenant_schema.seal_hash(_seal);
    INSERT INTO tenant_schema.seals VALUES (_seal.*);
    _last := _seal;
  END IF;
  RETURN jsonb_build_object('number', _last.number, 'hash', encode(_last.hash, 'hex'), 'sealed_at', _last.sealed_at,
    'rows', _rows, 'waiting', NOT _all);
END $$;

SET LOCAL ROLE ims_ledger;
-- Sends an entry that waits back to whoever entered it, with a reason: nothing is posted. Nobody decides about their own.
CREATE FUNCTION tenant_schema.send_back_request(_id uuid, _version int, _reason text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _row tenant_schema.approval_requests := tenant_schema.request_for(_id, '{WAITING}', _version);
BEGIN
  IF _row.asked_by = tenant_schema.me() THEN
    PERFORM tenant_schema.refuse('This is your own entry: withdraw it.', NULL, 'IM403');
  ELSIF length(trim(coalesce(_reason, ''))) NOT BETWEEN 1 AND 1000 THEN
    PERFORM tenant_schema.refuse('Say why in at most 1,000 letters.', 'reason');
  END IF;
  UPDATE tenant_schema.approval_requests r SET state = 'SENT_BACK', decided_by = tenant_schema.me(), decided_at = clock_timestamp(),
    reason = trim(_reason) WHERE r.id = _id;
END $$;

SET LOCAL ROLE ims_ledger;
-- Says whose order it is, or that it is nobody's; what was sold to whom may be known later than that it was sold.
CREATE FUNCTION tenant_schema.set_customer(_order uuid, _version int, _customer uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _row tenant_schema.orders;
BEGIN
  SELECT * INTO _row FROM tenant_schema.orders o WHERE o.id = _order AND o.site_id = ANY (tenant_schema.scope('sales.import'))
     AND tenant_schema.can('customers.view') FOR UPDATE;
  IF _row.id IS NULL THEN
    RAISE EXCEPTION 'This order does not exist, or your roles do not allow changing it.' USING ERRCODE = 'IM403';
  END IF;
  IF _row.version IS DISTINCT FROM _version THEN
    RAISE EXCEPTION 'Somebody else changed this order meanwhile. Reload it.' USING ERRCODE = 'IM409';
  END IF;
  IF _customer IS NOT NULL AND NOT EXISTS (SELECT FROM tenant_schema.customers c WHERE c.id = _customer
      AND (c.is_active OR c.id = _row.customer_id)) THEN
    RAISE EXCEPTION 'This customer does not exist or is no longer active.' USING ERRCODE = 'IM400',
      DETAIL = '[{"field": "customer_id", "text": "Choose an active customer."}]';
  END IF;
  UPDATE tenant_schema.orders o SET customer_id = _customer, version = o.version + 1 WHERE o.id = _order;
END $$;

SET LOCAL ROLE ims_ledger;
-- Says what everything is worth that this transaction put off, see put_off(): once for each object, from the earliest moment on,
-- and through all that depends on it. The differences are corrections by the last of the documents.
CREATE FUNCTION tenant_schema.settle() RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  _seeds tenant_schema.cost_object[] := ARRAY(
    SELECT ROW(c.site_id, c.item_id, c.unsettled_from, NULL, NULL, NULL, NULL)::tenant_schema.cost_object
    FROM tenant_schema.stock_costs c WHERE c.unsettled_from IS NOT NULL);
  _objects tenant_schema.cost_object[];
  _posting tenant_schema.postings;
  _done record;
  _locked int := 0;
BEGIN
  IF cardinality(_seeds) = 0 THEN
    RETURN;
  END IF;
  SELECT p.* INTO STRICT _posting FROM tenant_schema.postings p
   WHERE p.id IN (SELECT m.posting_id FROM unnest(_seeds) s
                  JOIN tenant_schema.stock_movements m ON m.site_id = s.site_id AND m.item_id = s.item_id AND m.effective_at >= s.from_at)
   ORDER BY p.number DESC LIMIT 1;
  _objects := tenant_schema.cost_objects(_seeds);
  WHILE cardinality(_objects) > _locked LOOP -- with what depends on them, which may have grown before it was locked
    _locked := cardinality(_objects);
    PERFORM FROM tenant_schema.stock_costs c JOIN unnest(_objects) o ON o.site_id = c.site_id AND o.item_id = c.item_id
      ORDER BY c.site_id, c.item_id FOR UPDATE OF c;
    _objects := tenant_schema.cost_objects(_seeds);
  END LOOP;
  _done := tenant_schema.walk(_objects, _posting, '{}', '{}', NULL, NULL, '{}');
  PERFORM tenant_schema.write_costs(_posting, _done.ends, _done.part_objects, _done.part_ids, _done.part_quantities, _done.part_values);
  PERFORM tenant_schema.write_corrections(_posting, '{}', _done.walked, _done.walked_at, _done.worths, _done.booked, _done.up_ids, _done.up_ats,
    _done.up_values);
  UPDATE tenant_schema.stock_costs c SET unsettled_from = NULL FROM unnest(_seeds) s WHERE c.site_id = s.site_id AND c.item_id = s.item_id;
END $$;

SET LOCAL ROLE ims_ledger;
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

SET LOCAL ROLE ims_ledger;
-- BEFORE UPDATE: counts the version up, so that a form can tell that somebody else changed the record meanwhile.
CREATE FUNCTION tenant_schema.stamp() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  NEW.version := OLD.version + 1;
  RETURN NEW;
END $$;

SET LOCAL ROLE ims_ledger;
-- Starts a count at a site: its areas in walk order, and in each what is there or has its home there, in the order of the shelves.
-- Header: site_id, name, scope, is_blind, tolerance_percent, tolerance_value, days (of a cycle count: what was not counted for so
-- many), note. A blind one hides the stock of the site from whoever may not post counts there, so only who may starts one. `_chosen`: the storage locations (with those inside them) or categories of the scope. The same key answers the same
-- sheet. Answers id, number, areas and lines.
CREATE FUNCTION tenant_schema.start_count(_key uuid, _header jsonb, _chosen uuid[] DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _site tenant_schema.sites := tenant_schema.require_site((_header ->> 'site_id')::uuid, 'counts.enter');
  _scope text := _header ->> 'scope';
  _name text := trim(coalesce(_header ->> 'name', ''));
  _percent numeric := (_header ->> 'tolerance_percent')::numeric;
  _value numeric := (_header ->> 'tolerance_value')::numeric;
  _days int := (_header ->> 'days')::int;
  _problems jsonb;
  _sheet tenant_schema.count_sheets;
  _lines int;
BEGIN
  IF (_header ->> 'is_blind')::boolean THEN
    PERFORM tenant_schema.require_site(_site.id, 'counts.post');
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended(_key::text, 0));
  SELECT * INTO _sheet FROM tenant_schema.count_sheets s WHERE s.id = _key;
  IF _sheet.id IS NOT NULL AND (_sheet.started_by <> tenant_schema.me() OR _sheet.site_id <> _site.id OR _sheet.name <> _name) THEN
    RAISE EXCEPTION 'This key was already used for another count.' USING ERRCODE = 'IM409';
  END IF;
  IF _sheet.id IS NULL THEN
    SELECT jsonb_agg(jsonb_build_object('field', p.field, 'text', p.text)) INTO _problems FROM (VALUES
      ('name', CASE WHEN length(_name) NOT BETWEEN 1 AND 120 THEN 'Give the count a name of at most 120 letters.' END),
      ('scope', CASE WHEN coalesce(_scope, '') NOT IN ('ALL', 'LOCATIONS', 'CATEGORIES', 'KEY_ITEMS', 'CYCLE') THEN 'Say what is to be counted.' END),
      ('chosen', CASE WHEN _scope IN ('LOCATIONS', 'CATEGORIES') AND coalesce(cardinality(_chosen), 0) = 0 THEN 'Choose what is to be counted.' END),
      ('days', CASE WHEN _scope = 'CYCLE' AND coalesce(_days, 0) NOT BETWEEN 1 AND 3650 THEN 'Say after how many days something is counted again.' END),
      ('tolerance_percent', CASE WHEN _percent = 'NaN' OR _percent NOT BETWEEN 0 AND 10000 THEN 'A tolerance lies between 0 and 10,000 percent.' END),
      ('tolerance_value', CASE WHEN _value = 'NaN' OR _value NOT BETWEEN 0 AND 1000000000 THEN 'A tolerance lies between 0 and 1,000,000,000.' END),
      ('note', CASE WHEN length(_header ->> 'note') > 1000 THEN 'A note has at most 1,000 letters.' END)) AS p (field, text)
    WHERE p.text IS NOT NULL;
    IF _problems IS NOT NULL THEN
      RAISE EXCEPTION 'This count cannot be started yet.' USING ERRCODE = 'IM400', DETAIL = _problems::text;
    END IF;
    INSERT INTO tenant_schema.count_sheets (id, site_id, name, scope, is_blind, tolerance_percent, tolerance_value, note, started_by, started_at)
    VALUES (_key, _site.id, _name, _scope, coalesce((_header ->> 'is_blind')::boolean, false), _percent, _value,
      coalesce(_header ->> 'note', ''), tenant_schema.me(), clock_timestamp())
    RETURNING * INTO _sheet;
    PERFORM tenant_schema.fill_count(_sheet, _chosen, _days);
  END IF;
  SELECT count(*) INTO _lines FROM tenant_schema.count_lines l WHERE l.sheet_id = _key;
  IF _lines = 0 THEN
    RAISE EXCEPTION 'There is nothing to count there: nothing is in these storage locations, or has its home in them.' USING ERRCODE = 'IM400',
      DETAIL = '[{"field": "scope", "text": "There is nothing to count there: nothing is in these storage locations, or has its home in them."}]';
  END IF;
  RETURN jsonb_build_object('id', _key, 'number', _sheet.number, 'lines', _lines,
    'areas', (SELECT count(*) FROM tenant_schema.count_areas a WHERE a.sheet_id = _key));
END $$;

SET LOCAL ROLE ims_ledger;
-- An item is costed by another method from a business day on, with a reason; what it was worth since then follows, at every site.
CREATE FUNCTION tenant_schema.switch_method(_key uuid, _item uuid, _method text, _from date, _reason text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _content bytea := sha256(convert_to(ROW('method', _item, _method, _from, _reason)::text, 'UTF8'));
  _row tenant_schema.items;
  _posting tenant_schema.postings;
  _place record;
BEGIN
  IF _key IS NULL OR length(trim(coalesce(_reason, ''))) NOT BETWEEN 1 AND 1000 THEN
    RAISE EXCEPTION 'Say why the method changes.' USING ERRCODE = 'IM400', DETAIL = '[{"field": "reason", "text": "Say why the method changes."}]';
  END IF;
  IF NOT tenant_schema.can('items.edit') OR NOT tenant_schema.can('stock.cost') OR NOT tenant_schema.can('documents.reverse') THEN
    RAISE EXCEPTION 'Your roles do not allow changing how items are costed.' USING ERRCODE = 'IM403';
  END IF;
  IF tenant_schema.first_result(_key, _content) IS NOT NULL THEN
    RETURN;
  END IF;
  PERFORM pg_advisory_xact_lock_shared(hashtextextended('periods of tenant_schema', 0)); -- before any row: nobody closes a period meanwhile
  SELECT * INTO _row FROM tenant_schema.items i WHERE i.id = _item FOR UPDATE;
  IF _row.id IS NULL OR _method IS NULL OR _method NOT IN ('AVERAGE', 'FIFO') OR _from IS NULL
     OR _from NOT BETWEEN '2000-01-01' AND current_date + 366 THEN
    RAISE EXCEPTION 'Choose an item, a method and a day.' USING ERRCODE = 'IM400';
  END IF;
  IF EXISTS (SELECT FROM tenant_schema.item_methods h WHERE h.item_id = _item AND h.valid_from >= _from) THEN
    RAISE EXCEPTION 'The method of % changed on a later day already.', _row.name USING ERRCODE = 'IM409';
  END IF;
  IF EXISTS (SELECT FROM tenant_schema.stock_movements m JOIN tenant_schema.sites s ON s.id = m.site_id
             WHERE m.item_id = _item AND m.business_day >= _from AND m.effective_at < tenant_schema.open_from(m.site_id)) THEN
    RAISE EXCEPTION 'From that day on a period is closed already: choose a later day.' USING ERRCODE = 'IM400';
  END IF;
  INSERT INTO tenant_schema.item_methods (item_id, valid_from, method, reason, switched_by)
  SELECT _item, '1900-01-01', _row.cost_method, 'As it was created.', NULL
  WHERE NOT EXISTS (SELECT FROM tenant_schema.item_methods h WHERE h.item_id = _item);
  INSERT INTO tenant_schema.item_methods (item_id, valid_from, method, reason, switched_by)
  VALUES (_item, _from, _method, trim(_reason), tenant_schema.me());
  UPDATE tenant_schema.items i SET cost_method = _method WHERE i.id = _item AND i.cost_method <> _method;
  PERFORM FROM tenant_schema.stock_costs c WHERE c.item_id = _item ORDER BY c.site_id FOR UPDATE;
  FOR _place IN
    SELECT m.site_id, min(m.effective_at) AS from_at FROM tenant_schema.stock_movements m
    WHERE m.item_id = _item AND m.business_day >= _from GROUP BY m.site_id ORDER BY m.site_id
  LOOP
    _posting := NULL;
    _posting.id := _key;
    _posting.kind := 'METHOD';
    _posting.site_id := _place.site_id;
    _posting.effective_at := _place.from_at;
    _posting.reference := left(_row.sku, 200);
    _posting.note := trim(_reason);
    _posting.content_hash := _content;
    PERFORM tenant_schema.post_lines(_posting, '{}', NULL, NULL,
      ARRAY[ROW(_place.site_id, _item, _place.from_at, NULL, NULL, NULL, NULL)::tenant_schema.cost_object]);
    _key := gen_random_uuid();
  END LOOP;
END $$;

SET LOCAL ROLE ims_ledger;
-- Undoes the posting of a count with a reason: its movements are reversed by new ones, and the count is back in its review, where
-- it can be put right and posted again, or discarded.
CREATE FUNCTION tenant_schema.undo_count(_key uuid, _sheet uuid, _version int, _reason text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _first tenant_schema.postings;
  _row tenant_schema.count_sheets;
  _movements bigint[];
  _result jsonb;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(_key::text, 0));
  SELECT p.* INTO _first FROM tenant_schema.postings p JOIN tenant_schema.postings c ON c.id = p.reverses_id AND c.kind = 'COUNT'
   WHERE p.id = _key AND p.posted_by = tenant_schema.me(); -- sent again
  IF _first.id IS NOT NULL THEN
    RETURN tenant_schema.posting_result(_first);
  END IF;
  _row := tenant_schema.count_for(_sheet, 'counts.post', '{POSTED}', true, _version);
  IF length(trim(coalesce(_reason, ''))) NOT BETWEEN 1 AND 1000 THEN
    RAISE EXCEPTION 'Say why the posting is undone.' USING ERRCODE = 'IM400',
      DETAIL = '[{"field": "reason", "text": "Say why the posting is undone."}]';
  END IF;
  _movements := ARRAY(SELECT m.id FROM tenant_schema.stock_movements m WHERE m.posting_id = _row.posting_id
    AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements r WHERE r.reverses_id = m.id) ORDER BY m.id);
  IF cardinality(_movements) > 0 THEN
    _result := tenant_schema.reverse_movements(_key, _movements, _reason);
  END IF;
  UPDATE tenant_schema.count_sheets s SET state = 'REVIEW', posting_id = NULL, blanks = NULL, approved_by = NULL, approved_at = NULL,
    approved_hash = NULL, approved_up_to = NULL, ended_by = NULL, ended_at = NULL, reason = trim(_reason) WHERE s.id = _sheet;
  RETURN _result;
END $$;

SET LOCAL ROLE ims_ledger;
-- Undoes a change of prices (PRICE or LANDED) by one that takes back what it changed, with a reason: what was received is worth
-- again what it was, what is still there of it and what was used. A person may undo what they posted themselves; what others
-- posted needs documents.reverse. In a closed period nothing changes: what was dated there is undone as of the first open day.
CREATE FUNCTION tenant_schema.undo_prices(_key uuid, _posting_id uuid, _reason text, _reference text DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _content bytea := sha256(convert_to(ROW('undo prices', _posting_id, _reason, _reference)::text, 'UTF8'));
  _first tenant_schema.postings;
  _posting tenant_schema.postings;
  _items uuid[];
  _from timestamptz;
  _limited boolean;
  _seeds tenant_schema.cost_object[];
  _result jsonb;
BEGIN
  IF _key IS NULL OR length(trim(coalesce(_reason, ''))) NOT BETWEEN 1 AND 1000 THEN
    RAISE EXCEPTION 'Say why this is undone.' USING ERRCODE = 'IM400', DETAIL = '[{"field": "reason", "text": "Say why this is undone."}]';
  END IF;
  _result := tenant_schema.first_result(_key, _content);
  IF _result IS NOT NULL THEN
    RETURN _result;
  END IF;
  SELECT p.* INTO _first FROM tenant_schema.postings p
   WHERE p.id = _posting_id AND p.kind IN ('PRICE', 'LANDED') AND p.reverses_id IS NULL
     AND (p.posted_by = tenant_schema.me() OR p.site_id = ANY (tenant_schema.scope('stock.cost'))); -- others do not exist
  IF _first.id IS NULL THEN
    RAISE EXCEPTION 'Only a change of prices that is no undoing itself can be undone here.' USING ERRCODE = 'IM400';
  END IF;
  PERFORM tenant_schema.require_site(_first.site_id,
    CASE WHEN _first.posted_by = tenant_schema.me() THEN 'adjustments.record' ELSE 'documents.reverse' END);
  PERFORM tenant_schema.require_site(_first.site_id, 'stock.cost');
  _limited := tenant_schema.lock_limit('adjustments.record', _first.site_id);
  SELECT array_agg(m.item_id), min(m.effective_at),
      array_agg(ROW(m.site_id, m.item_id, m.effective_at, NULL, NULL, NULL, NULL)::tenant_schema.cost_object)
    INTO _items, _from, _seeds
    FROM tenant_schema.price_changes c JOIN tenant_schema.stock_movements m ON m.id = c.movement_id WHERE c.posting_id = _first.id;
  PERFORM tenant_schema.lock_costs(_first.site_id, coalesce(_items, '{}'), _from);
  IF EXISTS (SELECT FROM tenant_schema.postings p WHERE p.reverses_id = _first.id) THEN
    RAISE EXCEPTION 'This was already undone.' USING ERRCODE = 'IM409';
  END IF;
  INSERT INTO tenant_schema.price_changes (movement_id, posting_id, site_id, amount)
  SELECT c.movement_id, _key, c.site_id, -c.amount FROM tenant_schema.price_changes c WHERE c.posting_id = _first.id ORDER BY c.id;
  IF EXISTS (SELECT FROM tenant_schema.price_changes n JOIN tenant_schema.stock_movements m ON m.id = n.movement_id
             WHERE n.posting_id = _key AND m.given_value + (SELECT sum(c.amount) FROM tenant_schema.price_changes c
               WHERE c.movement_id = m.id) < 0) THEN
    RAISE EXCEPTION 'Nothing is worth less than nothing: prices were changed again since. Undo that first.' USING ERRCODE = 'IM409';
  END IF;
  _posting.id := _key;
  _posting.kind := _first.kind;
  _posting.site_id := _first.site_id;
  _posting.effective_at := greatest(_first.effective_at, tenant_schema.open_from(_first.site_id));
  _posting.supplier_id := _first.supplier_id;
  _posting.reference := left(coalesce(_reference, _first.reference), 200);
  _posting.note := trim(_reason);
  _posting.reverses_id := _first.id;
  _posting.content_hash := _content;
  _result := tenant_schema.post_lines(_posting, '{}', NULL, NULL, coalesce(_seeds, '{}'));
  IF _limited THEN
    PERFORM tenant_schema.require_limit('adjustments.record', _first.site_id,
      (SELECT coalesce(sum(abs(c.amount)), 0) FROM tenant_schema.price_changes c WHERE c.posting_id = _key));
  END IF;
  RETURN _result;
END $$;

SET LOCAL ROLE ims_ledger;
-- Takes back what was said of a transfer in one receipt, all of it: it is under way again. One's own with the right to receive,
-- those of others with documents.reverse; what more had arrived than was sent goes again within the money limit for adjustments of
-- who has one, as it came. Answers like post_document.
CREATE FUNCTION tenant_schema.undo_receipt(_key uuid, _receipt uuid, _reason text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _content bytea := sha256(convert_to(ROW('undo receipt', _receipt, _reason)::text, 'UTF8'));
  _transfer tenant_schema.postings;
  _first tenant_schema.postings;
  _posting tenant_schema.postings;
  _moved bigint[];
  _weights numeric[];
  _limited boolean;
  _result jsonb;
BEGIN
  IF length(trim(coalesce(_reason, ''))) NOT BETWEEN 1 AND 1000 THEN
    RAISE EXCEPTION 'Say why this is undone.' USING ERRCODE = 'IM400', DETAIL = '[{"field": "reason", "text": "Say why this is undone."}]';
  END IF;
  _result := tenant_schema.first_result(_key, _content);
  IF _result IS NOT NULL THEN
    RETURN _result;
  END IF;
  SELECT p.* INTO _transfer FROM tenant_schema.postings p
   WHERE p.id = (SELECT r.transfer_id FROM tenant_schema.transfer_receipts r WHERE r.receipt_id = _receipt LIMIT 1);
  PERFORM tenant_schema.require_site(_transfer.to_site_id, CASE WHEN EXISTS (
    SELECT FROM tenant_schema.transfer_receipts r WHERE r.receipt_id = _receipt AND r.received_by = tenant_schema.me())
    THEN 'transfers.receive' ELSE 'documents.reverse' END);
  _limited := _transfer.to_site_id = ANY (tenant_schema.scope('adjustments.record'))
    AND EXISTS (SELECT FROM tenant_schema.transfer_receipts r WHERE r.receipt_id = _receipt AND r.what = 'SURPLUS')
    AND tenant_schema.lock_limit('adjustments.record', _transfer.to_site_id);
  PERFORM tenant_schema.lock_costs(_transfer.to_site_id, ARRAY(
    SELECT DISTINCT m.item_id FROM tenant_schema.stock_movements m JOIN tenant_schema.transfer_receipts r ON r.posting_id = m.posting_id
    WHERE r.receipt_id = _receipt), (SELECT min(p.effective_at) FROM tenant_schema.postings p JOIN tenant_schema.transfer_receipts r
    ON r.posting_id = p.id WHERE r.receipt_id = _receipt), ARRAY(SELECT m.id FROM tenant_schema.stock_movements m WHERE m.posting_id = _transfer.id));
  IF EXISTS (SELECT FROM tenant_schema.transfer_receipts r JOIN tenant_schema.stock_movements m ON m.posting_id = r.posting_id
             JOIN tenant_schema.stock_movements u ON u.reverses_id = m.id WHERE r.receipt_id = _receipt) THEN
    RAISE EXCEPTION 'This was already undone.' USING ERRCODE = 'IM409';
  END IF;
  FOR _first IN
    SELECT p.* FROM tenant_schema.transfer_receipts r JOIN tenant_schema.postings p ON p.id = r.posting_id
    WHERE r.receipt_id = _receipt ORDER BY p.number DESC
  LOOP
    _moved := ARRAY(SELECT m.id FROM tenant_schema.stock_movements m WHERE m.posting_id = _first.id ORDER BY m.id);
    _weights := CASE WHEN EXISTS (SELECT FROM tenant_schema.transfer_receipts r WHERE r.posting_id = _first.id AND r.what IN ('MISSING', 'WRITTEN_OFF'))
      THEN array_fill(0::numeric, ARRAY[cardinality(_moved)]) END; -- what only passed
    _posting := NULL;
    _posting.id := CASE WHEN _result IS NULL THEN _key ELSE gen_random_uuid() END;
    _posting.kind := _first.kind;
    _posting.site_id := _first.site_id;
    _posting.effective_at := _first.effective_at;
    _posting.reference := _first.reference;
    _posting.note := _reason;
    _posting.reverses_id := _first.id;
    _posting.content_hash := _content;
    _result := coalesce(_result, tenant_schema.post_lines(_posting, tenant_schema.reversed_lines(_moved, _reason), NULL, _weights));
    IF _posting.id <> _key THEN
      PERFORM tenant_schema.post_lines(_posting, tenant_schema.reversed_lines(_moved, _reason), NULL, _weights);
    END IF;
  END LOOP;
  IF _limited THEN
    PERFORM tenant_schema.require_limit('adjustments.record', _transfer.to_site_id, (
      SELECT sum(abs(u.value + coalesce((SELECT sum(k.value) FROM tenant_schema.cost_corrections k WHERE k.movement_id = u.id), 0)))
      FROM tenant_schema.transfer_receipts r JOIN tenant_schema.stock_movements m ON m.posting_id = r.posting_id
      JOIN tenant_schema.stock_movements u ON u.reverses_id = m.id
      WHERE r.receipt_id = _receipt AND r.what = 'SURPLUS'));
  END IF;
  RETURN _result;
END $$;

SET LOCAL ROLE ims_ledger;
-- Voids an order, with the lines and modifiers of it that were mapped later: none of it counts as sold any more, and what it used
-- comes back at the cost it left with. What still waits to be mapped of it waits no longer.
CREATE FUNCTION tenant_schema.void_order(_key uuid, _order uuid, _reason text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _content bytea := sha256(convert_to(ROW('void', _order, _reason)::text, 'UTF8'));
  _row tenant_schema.orders;
  _part tenant_schema.orders;
  _parts tenant_schema.orders[]; -- the order itself, and its additions
  _ids uuid[];
  _movements bigint[];
  _items uuid[];
  _posting tenant_schema.postings;
  _result jsonb;
BEGIN
  _result := tenant_schema.first_result(_key, _content);
  IF _result IS NOT NULL THEN
    RETURN _result;
  END IF;
  SELECT * INTO _row FROM tenant_schema.orders o WHERE o.id = _order AND o.site_id = ANY (tenant_schema.scope('sales.void'));
  IF _row.id IS NULL THEN
    RAISE EXCEPTION 'This order does not exist, or your roles do not allow voiding it.' USING ERRCODE = 'IM403';
  END IF;
  IF length(trim(coalesce(_reason, ''))) NOT BETWEEN 1 AND 1000 THEN
    RAISE EXCEPTION 'Say why this order is voided.' USING ERRCODE = 'IM400', DETAIL = '[{"field": "reason", "text": "Say why this order is voided."}]';
  END IF;
  PERFORM tenant_schema.lock_unmapped(_row.site_id); -- nothing is added to it meanwhile
  PERFORM FROM tenant_schema.orders o WHERE o.id = _order OR (o.part_of_id = _order AND o.kind = 'ADDITION') ORDER BY o.id FOR UPDATE;
  _parts := ARRAY(SELECT o FROM tenant_schema.orders o
    WHERE o.id = _order OR (o.part_of_id = _order AND o.kind = 'ADDITION' AND o.state = 'CLOSED') ORDER BY o.id <> _order, o.id);
  _row := _parts[1];
  PERFORM tenant_schema.refuse_part(_row);
  FOREACH _part IN ARRAY _parts LOOP
    PERFORM tenant_schema.refuse_void(_part);
  END LOOP;
  _ids := ARRAY(SELECT p.id FROM unnest(_parts) p);
  SELECT coalesce(array_agg(m.id), '{}'), coalesce(array_agg(m.item_id), '{}') INTO _movements, _items
    FROM tenant_schema.stock_movements m WHERE m.order_id = ANY (_ids) AND m.reverses_id IS NULL;
  PERFORM tenant_schema.lock_limit('sales.void', _row.site_id);
  PERFORM tenant_schema.lock_costs(_row.site_id, _items, (SELECT min(p.placed_at) FROM unnest(_parts) p));
  _posting.id := _key;
  _posting.kind := (SELECT p.kind FROM tenant_schema.postings p WHERE p.id = _row.posting_id);
  _posting.site_id := _row.site_id;
  _posting.effective_at := _row.placed_at;
  _posting.reference := _row.number;
  _posting.note := _reason;
  _posting.reverses_id := _row.posting_id;
  _posting.content_hash := _content;
  WITH voided AS (
    UPDATE tenant_schema.orders o SET state = 'VOIDED', void_posting_id = _key, void_reason = _reason, version = o.version + 1
     WHERE o.id = ANY (_ids) RETURNING o.id, tenant_schema.void_line(o) AS words)
  SELECT sha256(convert_to(string_agg(v.words, E'\n' ORDER BY v.id), 'UTF8')) INTO _posting.orders_hash FROM voided v;
  UPDATE tenant_schema.unmapped_sales u SET state = 'VOIDED'
   WHERE u.site_id = _row.site_id AND u.business_day = _row.business_day AND u.number = _row.number AND _row.kind = 'SALE'
     AND u.state IN ('WAITING', 'IGNORED');
  UPDATE tenant_schema.unmapped_modifiers u SET state = 'VOIDED' WHERE u.order_id = ANY (_ids) AND u.state IN ('WAITING', 'IGNORED');
  _result := tenant_schema.post_lines(_posting, coalesce(tenant_schema.reversed_lines(_movements, _reason), '{}'));
  PERFORM tenant_schema.require_limit('sales.void', _row.site_id,
    (SELECT sum(abs(p.net_total + p.tax_total)) FROM unnest(_parts) p));
  RETURN _result;
END $$;

SET LOCAL ROLE ims_ledger;
-- Takes back one's own entry that waits or was sent back.
CREATE FUNCTION tenant_schema.withdraw_request(_id uuid, _version int) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _row tenant_schema.approval_requests := tenant_schema.request_for(_id, '{WAITING,SENT_BACK}', _version);
BEGIN
  IF _row.asked_by <> tenant_schema.me() THEN
    PERFORM tenant_schema.refuse('Only whoever entered it withdraws it.', NULL, 'IM403');
  END IF;
  UPDATE tenant_schema.approval_requests r SET state = 'WITHDRAWN' WHERE r.id = _id;
END $$;

SET LOCAL ROLE tenant_issuer;
-- Cuts the connections of a lease; for good: it lets nobody in until it is issued anew. Cut first, because a transaction that
-- changes the role's own password could hold up the rest, and once more for whoever came back meanwhile.
CREATE FUNCTION tenant_schema.cut(_role text, _for_good boolean DEFAULT true) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF _role !~ '^m_[0-9a-f]{32}_[1-5]$' THEN
    RAISE EXCEPTION 'bad request' USING ERRCODE = '22023';
  END IF;
  EXECUTE format('GRANT %I TO tenant_issuer', _role); -- pg_terminate_backend asks for membership
  PERFORM pg_terminate_backend(a.pid) FROM pg_stat_activity a WHERE a.usename = _role;
  IF _for_good THEN
    EXECUTE format('ALTER ROLE %I NOLOGIN', _role);
    PERFORM pg_stat_clear_snapshot();
    PERFORM pg_terminate_backend(a.pid) FROM pg_stat_activity a WHERE a.usename = _role;
  END IF;
  EXECUTE format(CASE WHEN current_setting('server_version_num')::int >= 160000
    THEN 'REVOKE %I FROM tenant_issuer GRANTED BY tenant_issuer' ELSE 'REVOKE %I FROM tenant_issuer' END, _role);
END $$;

SET LOCAL ROLE tenant_issuer;
-- Makes or renews a lease: the login role of one member on one device. Called by auth.open_tenant alone. What the desk relies
-- on is bound to the role: where names are looked up, and how long anything may take. `_cut` ends whatever still hangs on the
-- old connections of the role.
CREATE FUNCTION tenant_schema.issue(_role text, _scram text, _until timestamptz, _new boolean, _cut boolean) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _setting text;
BEGIN
  IF _role !~ '^m_[0-9a-f]{32}_[1-5]$' OR _scram !~ '^SCRAM-SHA-256[$]' THEN
    RAISE EXCEPTION 'bad request' USING ERRCODE = '22023';
  END IF;
  IF _new THEN
    EXECUTE format('CREATE ROLE %I LOGIN CONNECTION LIMIT 8 PASSWORD %L VALID UNTIL %L', _role, _scram, _until);
    EXECUTE format('GRANT tenant_group TO %I', _role);
  ELSE
    EXECUTE format('ALTER ROLE %I LOGIN PASSWORD %L VALID UNTIL %L', _role, _scram, _until);
    EXECUTE format('ALTER ROLE %I RESET ALL', _role);
    IF _cut THEN
      PERFORM tenant_schema.cut(_role, false);
    END IF;
  END IF;
  FOREACH _setting IN ARRAY ARRAY['search_path = tenant_schema, pg_catalog', 'statement_timeout = ''60s''', 'lock_timeout = ''20s''',
    'idle_in_transaction_session_timeout = ''60s'''] LOOP
    EXECUTE format('ALTER ROLE %I SET %s', _role, _setting);
  END LOOP;
END $$;

SET LOCAL ROLE ims_owner;
-- The owner of the tables may hang the trigger functions on them.
SET LOCAL ROLE ims_ledger;
GRANT EXECUTE ON FUNCTION tenant_schema.stamp(), tenant_schema.audit_change(), tenant_schema.audit_changes(), tenant_schema.append_only(),
  tenant_schema.keep_item(), tenant_schema.keep_site(), tenant_schema.keep_modifier_price(),
  tenant_schema.keep_recipes_straight(), tenant_schema.keep_tree(),
  tenant_schema.keep_category(), tenant_schema.keep_categorised(), tenant_schema.keep_rate(),
  tenant_schema.keep_sealed(), tenant_schema.refuse_unsettled() TO ims_owner;

SET LOCAL ROLE ims_owner;
-- What happens by itself: versions, the audit of master data and documents, and tables that only grow.
DO $$
DECLARE
  _t record;
  _on record;
BEGIN
  FOR _t IN SELECT * FROM (VALUES
    ('roles', NULL, true), ('members', NULL, true), ('user_roles', NULL, false),
    ('saved_views', NULL, true), ('import_mappings', 'member_id/entity/fingerprint', false),
    ('sites', NULL, true), ('storage_locations', NULL, true),
    ('categories', NULL, true), ('items', NULL, true), ('item_units', NULL, false), ('item_barcodes', 'gtin', false),
    ('item_site_settings', 'item_id/site_id', true), ('reason_codes', NULL, false),
    ('suppliers', NULL, true), ('supplier_banks', 'supplier_id', true), ('supplier_contacts', NULL, true),
    ('supplier_items', NULL, true), ('supplier_prices', 'supplier_item_id/valid_from', false),
    ('supplier_contracts', 'supplier_item_id/valid_from', false),
    ('customers', NULL, true), ('till_mappings', 'site_id/fingerprint', false), ('till_products', NULL, false),
    ('item_methods', 'item_id/valid_from', false), ('lots', NULL, false), ('periods', 'site_id/ends_on', false),
    ('recipes', NULL, true), ('recipe_versions', NULL, false), ('recipe_lines', 'version_id/line', false),
    ('menu_categories', NULL, true), ('menu_items', NULL, true), ('menu_prices', NULL, false),
    ('menu_pauses', 'menu_item_id/site_id', false), ('modifier_groups', NULL, true), ('modifiers', NULL, true),
    ('modifier_lines', 'modifier_id/line', false), ('menu_item_modifiers', 'menu_item_id/group_id', false)
  ) AS t (name, key, versioned) LOOP
    FOR _on IN SELECT * FROM (VALUES
      ('insert', 'NEW TABLE AS is_now'), ('update', 'OLD TABLE AS was NEW TABLE AS is_now'), ('delete', 'OLD TABLE AS was')) AS v (verb, rows) LOOP
      EXECUTE format('CREATE TRIGGER %I AFTER %s ON tenant_schema.%I REFERENCING %s FOR EACH STATEMENT
        EXECUTE FUNCTION tenant_schema.audit_changes(%s)', 'audit_' || _on.verb, _on.verb, _t.name, _on.rows, coalesce(quote_literal(_t.key), ''));
    END LOOP;
    IF _t.versioned THEN
      EXECUTE format('CREATE TRIGGER stamp BEFORE UPDATE ON tenant_schema.%I FOR EACH ROW
        EXECUTE FUNCTION tenant_schema.stamp()', _t.name);
    END IF;
  END LOOP;
  CREATE TRIGGER keep BEFORE UPDATE ON tenant_schema.items FOR EACH ROW
    WHEN (OLD.base_unit <> NEW.base_unit OR OLD.is_active <> NEW.is_active OR OLD.cost_method <> NEW.cost_method
      OR OLD.tracks_lots <> NEW.tracks_lots) EXECUTE FUNCTION tenant_schema.keep_item();
  CREATE TRIGGER keep BEFORE INSERT OR UPDATE ON tenant_schema.modifiers FOR EACH ROW
    EXECUTE FUNCTION tenant_schema.keep_modifier_price();
  CREATE TRIGGER added AFTER INSERT ON tenant_schema.recipe_lines REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
    EXECUTE FUNCTION tenant_schema.keep_recipes_straight();
  CREATE TRIGGER changed AFTER UPDATE ON tenant_schema.recipe_lines REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
    EXECUTE FUNCTION tenant_schema.keep_recipes_straight();
  CREATE TRIGGER moved AFTER UPDATE ON tenant_schema.recipe_versions REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
    EXECUTE FUNCTION tenant_schema.keep_recipes_straight();
  CREATE TRIGGER removed AFTER DELETE ON tenant_schema.recipe_versions REFERENCING OLD TABLE AS changed FOR EACH STATEMENT
    EXECUTE FUNCTION tenant_schema.keep_recipes_straight();
  CREATE TRIGGER keep BEFORE UPDATE ON tenant_schema.sites FOR EACH ROW
    WHEN ((OLD.currency, OLD.time_zone, OLD.day_cutover_hour) <> (NEW.currency, NEW.time_zone, NEW.day_cutover_hour))
    EXECUTE FUNCTION tenant_schema.keep_site();
  CREATE TRIGGER keep BEFORE INSERT OR UPDATE ON tenant_schema.suppliers FOR EACH ROW
    EXECUTE FUNCTION tenant_schema.keep_sealed('contact', 'email', 'phone');
  CREATE TRIGGER keep BEFORE INSERT OR UPDATE ON tenant_schema.supplier_contacts FOR EACH ROW
    EXECUTE FUNCTION tenant_schema.keep_sealed('contact', 'email', 'phone');
  CREATE TRIGGER keep BEFORE INSERT OR UPDATE ON tenant_schema.supplier_banks FOR EACH ROW
    EXECUTE FUNCTION tenant_schema.keep_sealed('account_holder', 'account', 'bank_code', 'bank_name');
  CREATE TRIGGER keep BEFORE INSERT OR UPDATE ON tenant_schema.customers FOR EACH ROW
    EXECUTE FUNCTION tenant_schema.keep_sealed('contact', 'email', 'phone');
  CREATE CONSTRAINT TRIGGER settled AFTER INSERT OR UPDATE ON tenant_schema.stock_costs DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.unsettled_from IS NOT NULL) EXECUTE FUNCTION tenant_schema.refuse_unsettled();
  CREATE TRIGGER audit AFTER UPDATE OR DELETE ON tenant_schema.orders FOR EACH ROW EXECUTE FUNCTION tenant_schema.audit_change();
  CREATE TRIGGER audit AFTER DELETE ON tenant_schema.planned_lines FOR EACH ROW EXECUTE FUNCTION tenant_schema.audit_change('order_id/line');
  CREATE TRIGGER audit AFTER DELETE ON tenant_schema.unmapped_sales FOR EACH ROW EXECUTE FUNCTION tenant_schema.audit_change();
  CREATE TRIGGER audit AFTER DELETE ON tenant_schema.unmapped_modifiers FOR EACH ROW EXECUTE FUNCTION tenant_schema.audit_change();
  FOR _t IN SELECT unnest(ARRAY['postings', 'stock_movements', 'movement_lots', 'cost_corrections', 'price_changes', 'item_methods', 'transfer_receipts', 'productions', 'order_items', 'sales_imports', 'audit_log',
    'audit_log_rest', 'seals']) AS name LOOP
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON tenant_schema.%I FOR EACH STATEMENT
      EXECUTE FUNCTION tenant_schema.append_only()', _t.name);
  END LOOP;
END $$;

SET LOCAL ROLE ims_owner;
-- What is kept of counts. Entries are kept whole by being append-only; each call that adds some writes one audit row.
DO $$
BEGIN
  CREATE TRIGGER stamp BEFORE UPDATE ON tenant_schema.count_sheets FOR EACH ROW EXECUTE FUNCTION tenant_schema.stamp();
  CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON tenant_schema.count_sheets FOR EACH ROW
    EXECUTE FUNCTION tenant_schema.audit_change();
  CREATE TRIGGER audit AFTER UPDATE OR DELETE ON tenant_schema.count_areas FOR EACH ROW
    EXECUTE FUNCTION tenant_schema.audit_change('sheet_id/location_id');
  CREATE TRIGGER audit AFTER UPDATE OR DELETE ON tenant_schema.count_lines FOR EACH ROW
    EXECUTE FUNCTION tenant_schema.audit_change('sheet_id/location_id/item_id');
  CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON tenant_schema.count_entries FOR EACH STATEMENT
    EXECUTE FUNCTION tenant_schema.append_only();
END $$;

SET LOCAL ROLE ims_owner;
-- What is kept of entries that wait, of templates and photos: who did what, not the photos themselves.
DO $$
BEGIN
  CREATE TRIGGER stamp BEFORE UPDATE ON tenant_schema.approval_requests FOR EACH ROW EXECUTE FUNCTION tenant_schema.stamp();
  CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON tenant_schema.approval_requests FOR EACH ROW
    EXECUTE FUNCTION tenant_schema.audit_change();
  CREATE TRIGGER stamp BEFORE UPDATE ON tenant_schema.entry_templates FOR EACH ROW EXECUTE FUNCTION tenant_schema.stamp();
  CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON tenant_schema.entry_templates FOR EACH ROW
    EXECUTE FUNCTION tenant_schema.audit_change();
  CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON tenant_schema.document_photos FOR EACH ROW
    EXECUTE FUNCTION tenant_schema.audit_change();
END $$;

SET LOCAL ROLE ims_owner;
-- Trees that hang on themselves, and what is kept of photos and rates.
DO $$
BEGIN
  CREATE TRIGGER tree BEFORE INSERT OR UPDATE ON tenant_schema.categories FOR EACH ROW
    WHEN (NEW.parent_id IS NOT NULL) EXECUTE FUNCTION tenant_schema.keep_tree();
  CREATE TRIGGER tree BEFORE INSERT OR UPDATE ON tenant_schema.storage_locations FOR EACH ROW
    WHEN (NEW.parent_id IS NOT NULL) EXECUTE FUNCTION tenant_schema.keep_tree();
  CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON tenant_schema.item_photos FOR EACH ROW
    EXECUTE FUNCTION tenant_schema.audit_change('item_id');
  CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON tenant_schema.exchange_rates FOR EACH ROW
    EXECUTE FUNCTION tenant_schema.audit_change();
  CREATE TRIGGER keep BEFORE INSERT ON tenant_schema.exchange_rates FOR EACH ROW
    EXECUTE FUNCTION tenant_schema.keep_rate();
  CREATE TRIGGER keep BEFORE INSERT OR UPDATE OF parent_id, is_active ON tenant_schema.categories FOR EACH ROW
    EXECUTE FUNCTION tenant_schema.keep_category();
  CREATE TRIGGER category BEFORE INSERT OR UPDATE OF category_id, is_active ON tenant_schema.items FOR EACH ROW
    WHEN (NEW.is_active) EXECUTE FUNCTION tenant_schema.keep_categorised();
END $$;

SET LOCAL ROLE ims_owner;
-- Makes the partitions of the audit log for this month and the coming ones, as the owner of the tables, who alone may. A month
-- that has rows in the partition for the rest stays there: moving them would change what only grows.
CREATE FUNCTION tenant_schema.make_audit_months(_ahead int DEFAULT 3) RETURNS int
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  _month timestamptz;
  _name text;
  _made int := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('months of tenant_schema', 0));
  FOR _month IN SELECT date_trunc('month', clock_timestamp()) + make_interval(months => n) FROM generate_series(0, _ahead) n LOOP
    _name := to_char(_month, '"audit_log_"YYYY_MM');
    CONTINUE WHEN to_regclass(format('tenant_schema.%I', _name)) IS NOT NULL OR EXISTS (
      SELECT FROM tenant_schema.audit_log_rest r WHERE r.at >= _month AND r.at < _month + interval '1 month');
    EXECUTE format('CREATE TABLE tenant_schema.%I (LIKE tenant_schema.audit_log INCLUDING CONSTRAINTS INCLUDING INDEXES)', _name);
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON tenant_schema.%I FOR EACH STATEMENT
      EXECUTE FUNCTION tenant_schema.append_only()', _name);
    EXECUTE format('ALTER TABLE tenant_schema.%I ENABLE ROW LEVEL SECURITY', _name);
    EXECUTE format('CREATE POLICY reader ON tenant_schema.%I FOR SELECT TO ims_reader USING (true)', _name);
    EXECUTE format('GRANT SELECT ON tenant_schema.%I TO ims_reader', _name); -- a dump reads partitions by themselves
    EXECUTE format('ALTER TABLE tenant_schema.audit_log ATTACH PARTITION tenant_schema.%I FOR VALUES FROM (%L) TO (%L)',
      _name, _month, _month + interval '1 month'); -- attached when it is ready, so that nobody has to wait
    _made := _made + 1;
  END LOOP;
  RETURN _made;
END $$;

SET LOCAL ROLE ims_owner;
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

SET LOCAL ROLE ims_owner;
-- A remembered mapping decides what an import reads out of a file, so only who may import something leaves one for others.
DO $$
DECLARE
  _mine constant text := $t$member_id = (SELECT tenant_schema.me()) AND (
    (SELECT tenant_schema.can('items.edit')) OR (SELECT tenant_schema.can('suppliers.edit'))
    OR (SELECT tenant_schema.can('menu.edit')) OR (SELECT tenant_schema.can('recipes.edit'))
    OR (SELECT tenant_schema.can('sites.edit')) OR (SELECT tenant_schema.can('storage.edit'))
    OR (SELECT tenant_schema.can('customers.edit')))$t$;
BEGIN
  CREATE POLICY see ON tenant_schema.import_mappings FOR SELECT USING ((SELECT tenant_schema.me()) IS NOT NULL);
  EXECUTE format('CREATE POLICY add ON tenant_schema.import_mappings FOR INSERT WITH CHECK (%s)', _mine);
  EXECUTE format('CREATE POLICY change ON tenant_schema.import_mappings FOR UPDATE USING (%s) WITH CHECK (%1$s)', _mine);
  EXECUTE format('CREATE POLICY remove ON tenant_schema.import_mappings FOR DELETE USING (%s)', _mine);
END $$;

SET LOCAL ROLE ims_owner;
-- Photos belong to their items. Rates are for everybody to see, and count at all sites: they are written by who may change all of them.
DO $$
BEGIN
  CREATE POLICY see ON tenant_schema.item_photos FOR SELECT USING ((SELECT tenant_schema.can('items.view')));
  CREATE POLICY add ON tenant_schema.item_photos FOR INSERT WITH CHECK ((SELECT tenant_schema.can('items.edit')));
  CREATE POLICY change ON tenant_schema.item_photos FOR UPDATE USING ((SELECT tenant_schema.can('items.edit')))
    WITH CHECK ((SELECT tenant_schema.can('items.edit')));
  CREATE POLICY remove ON tenant_schema.item_photos FOR DELETE USING ((SELECT tenant_schema.can('items.edit')));
  CREATE POLICY see ON tenant_schema.exchange_rates FOR SELECT USING ((SELECT tenant_schema.me()) IS NOT NULL);
  CREATE POLICY add ON tenant_schema.exchange_rates FOR INSERT WITH CHECK ((SELECT tenant_schema.can_everywhere('sites.edit')));
  CREATE POLICY change ON tenant_schema.exchange_rates FOR UPDATE USING ((SELECT tenant_schema.can_everywhere('sites.edit')))
    WITH CHECK ((SELECT tenant_schema.can_everywhere('sites.edit')));
  CREATE POLICY remove ON tenant_schema.exchange_rates FOR DELETE USING ((SELECT tenant_schema.can_everywhere('sites.edit')));
END $$;

SET LOCAL ROLE ims_owner;
-- Who sees and changes which rows. `everywhere`: the permission counts anywhere; `cost`: so does stock.cost, which is asked
-- for as well; `price`: a price is everywhere's or a site's own; otherwise the named column holds the site it must be held at.
-- The functions are wrapped in a sub-select, so that they run once per statement and not once per row. What people may is said
-- to PUBLIC: grants decide who touches a table at all, and a policy that names no role goes with none. (Any member may send
-- DROP OWNED BY tenant_group, which drops every policy that names the group.)
DO $$
DECLARE
  _p record;
  _t record;
  _test text;
BEGIN
  FOR _t IN SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'tenant_schema'::regnamespace AND c.relkind IN ('r', 'p')
            AND c.relname <> 'alembic_version' LOOP
    EXECUTE format('ALTER TABLE tenant_schema.%I ENABLE ROW LEVEL SECURITY', _t.relname);
    EXECUTE format('CREATE POLICY reader ON tenant_schema.%I FOR SELECT TO ims_reader USING (true)', _t.relname);
    EXECUTE format('CREATE POLICY ledger ON tenant_schema.%I TO ims_ledger USING (true) WITH CHECK (true)', _t.relname);
  END LOOP;
  FOREACH _test IN ARRAY ARRAY['permissions', 'sites', 'suppliers', 'supplier_banks', 'supplier_contacts', 'customers'] LOOP
    EXECUTE format('CREATE POLICY rights ON tenant_schema.%I FOR SELECT TO ims_rights USING (true)', _test);
  END LOOP;
  FOREACH _test IN ARRAY ARRAY['members', 'roles', 'user_roles', 'key_versions', 'key_holders', 'tenant_keys',
    'journals'] LOOP -- changed by checked functions alone
    EXECUTE format('CREATE POLICY rights ON tenant_schema.%I TO ims_rights USING (true) WITH CHECK (true)', _test);
  END LOOP;
  FOR _p IN SELECT * FROM (VALUES
    ('permissions', 'member', NULL, NULL), ('units', 'member', NULL, NULL), ('reason_codes', 'member', NULL, NULL),
    ('members', 'member', NULL, NULL), ('roles', 'people.view', NULL, 'everywhere'), ('user_roles', 'people.view', NULL, 'everywhere'),
    ('sites', 'sites.view', 'sites.edit', 'id'), ('storage_locations', 'sites.view', 'storage.edit', 'site_id'),
    ('categories', 'items.view', 'items.edit', 'everywhere'), ('items', 'items.view', 'items.edit', 'everywhere'),
    ('item_units', 'items.view', 'items.edit', 'everywhere'), ('item_barcodes', 'items.view', 'items.edit', 'everywhere'),
    ('item_site_settings', 'items.view', 'items.edit', 'site_id'),
    ('stock_costs', 'stock.view', NULL, 'site_id'), ('stock_levels', 'stock.view', NULL, 'site_id'),
    ('postings', 'stock.view', NULL, 'site_id'), ('stock_movements', 'stock.view', NULL, 'site_id'),
    ('lots', 'stock.view', NULL, 'everywhere'), ('stock_lots', 'stock.view', NULL, 'site_id'), ('movement_lots', 'stock.view', NULL, 'site_id'),
    ('cost_corrections', 'stock.cost', NULL, 'site_id'),
    ('cost_layers', 'stock.cost', NULL, 'site_id'),
    ('price_changes', 'stock.cost', NULL, 'site_id'), ('item_methods', 'items.view', NULL, 'everywhere'),
    ('periods', 'stock.view', NULL, 'site_id'), ('productions', 'stock.view', NULL, 'site_id'),
    ('suppliers', 'suppliers.view', 'suppliers.edit', 'everywhere'), ('supplier_banks', 'suppliers.edit', 'suppliers.edit', 'everywhere'),
    ('supplier_items', 'suppliers.view', 'suppliers.edit', 'everywhere'), ('supplier_contacts', 'suppliers.view', 'suppliers.edit', 'everywhere'),
    ('supplier_prices', 'suppliers.view', 'suppliers.edit', 'cost'), ('supplier_contracts', 'suppliers.view', 'suppliers.edit', 'cost'),
    ('recipes', 'recipes.view', 'recipes.edit', 'everywhere'), ('recipe_versions', 'recipes.view', 'recipes.edit', 'everywhere'),
    ('recipe_lines', 'recipes.view', 'recipes.edit', 'everywhere'),
    ('menu_categories', 'menu.view', 'menu.edit', 'everywhere'), ('menu_items', 'menu.view', 'menu.edit', 'everywhere'),
    ('menu_prices', 'menu.view', 'menu.price', 'price'), ('menu_pauses', 'menu.view', 'menu.edit', 'site_id'),
    ('modifier_groups', 'menu.view', 'menu.edit', 'everywhere'), ('modifiers', 'menu.view', 'menu.edit', 'everywhere'),
    ('modifier_lines', 'menu.view', 'menu.edit', 'everywhere'), ('menu_item_modifiers', 'menu.view', 'menu.edit', 'everywhere'),
    ('customers', 'customers.view', 'customers.edit', 'everywhere'),
    ('sales_imports', 'sales.view', NULL, 'site_id'), ('orders', 'sales.view', NULL, 'site_id'),
    ('order_items', 'sales.view', NULL, 'site_id'), ('planned_lines', 'sales.view', NULL, 'site_id'),
    ('till_mappings', 'sales.import', 'sales.import', 'site_id'), ('till_products', 'sales.view', NULL, 'site_id'),
    ('count_sheets', 'counts.enter', NULL, 'site_id'), ('count_areas', 'counts.enter', NULL, 'site_id'),
    ('count_lines', 'counts.enter', NULL, 'site_id'), ('count_entries', 'counts.enter', NULL, 'site_id'),
    ('unmapped_sales', 'sales.view', NULL, 'site_id'), ('unmapped_modifiers', 'sales.view', NULL, 'site_id'), ('seals', 'audit.view', NULL, 'cost')
  ) AS p (name, see, edit, place) LOOP
    FOR _t IN SELECT * FROM (VALUES ('see', _p.see), ('edit', _p.edit)) AS w (verb, permission) WHERE permission IS NOT NULL LOOP
      _test := CASE
        WHEN _t.permission = 'member' THEN '(SELECT tenant_schema.me()) IS NOT NULL'
        WHEN _p.place = 'price' THEN format('(SELECT tenant_schema.can(%L)) AND (site_id IS NULL
          OR site_id = ANY ((SELECT tenant_schema.scope(%1$L))::uuid[]))', _t.permission)
        WHEN _p.place = 'cost' THEN format('(SELECT tenant_schema.can(%L)) AND (SELECT tenant_schema.can(''stock.cost''))', _t.permission)
        WHEN _p.place = 'everywhere' THEN format('(SELECT tenant_schema.can(%L))', _t.permission)
        ELSE format('%I = ANY ((SELECT tenant_schema.scope(%L))::uuid[])', _p.place, _t.permission) END;
      IF _t.verb = 'see' THEN
        EXECUTE format('CREATE POLICY see ON tenant_schema.%I FOR SELECT USING (%s)', _p.name, _test);
      ELSE
        EXECUTE format('CREATE POLICY change ON tenant_schema.%I FOR UPDATE USING (%s) WITH CHECK (%2$s)', _p.name, _test);
        EXECUTE format('CREATE POLICY remove ON tenant_schema.%I FOR DELETE USING (%s)', _p.name, _test);
        EXECUTE format('CREATE POLICY add ON tenant_schema.%I FOR INSERT WITH CHECK (%s)', _p.name,
          CASE WHEN _p.name = 'sites' THEN '(SELECT tenant_schema.can(''sites.edit''))' ELSE _test END);
      END IF;
    END LOOP;
  END LOOP;
  -- One's own views; shared ones of lists that one may open, to be changed by whoever may share.
  CREATE POLICY see ON tenant_schema.saved_views FOR SELECT USING (
    owner_id = (SELECT tenant_schema.me())
    OR (is_shared AND (SELECT tenant_schema.me()) IS NOT NULL
        AND (needs IS NULL OR needs = ANY ((SELECT tenant_schema.held())::text[]))));
  _test := '(CASE WHEN is_shared THEN (SELECT tenant_schema.can(''views.share'')) ELSE owner_id = (SELECT tenant_schema.me()) END)';
  EXECUTE format('CREATE POLICY change ON tenant_schema.saved_views FOR UPDATE
    USING (%s OR owner_id = (SELECT tenant_schema.me())) WITH CHECK (%1$s)', _test);
  EXECUTE format('CREATE POLICY remove ON tenant_schema.saved_views FOR DELETE USING (%s)', _test);
  EXECUTE format('CREATE POLICY add ON tenant_schema.saved_views FOR INSERT
    WITH CHECK (%s AND owner_id = (SELECT tenant_schema.me()))', _test);
  CREATE POLICY see ON tenant_schema.audit_log FOR SELECT USING (
    (site_id = ANY ((SELECT tenant_schema.scope('audit.view'))::uuid[])
      OR (site_id IS NULL AND (SELECT tenant_schema.can('audit.view'))))
    AND (subject NOT IN ('posting', 'supplier_prices', 'supplier_contracts', 'approval_requests') -- they tell what things cost
      OR site_id = ANY ((SELECT tenant_schema.scope('stock.cost'))::uuid[])
      OR (site_id IS NULL AND (SELECT tenant_schema.can('stock.cost')))));
END $$;

SET LOCAL ROLE ims_owner;
-- Whoever counts blind sees no stock: while a blind count is under way at a site, what the system has there is hidden from those
-- who may not post counts there, its lots and layers and what was to be made there too; of movements, they see their own. See stock_sites().
DO $$
BEGIN
  CREATE POLICY rights ON tenant_schema.count_sheets FOR SELECT TO ims_rights USING (true);
  ALTER POLICY see ON tenant_schema.stock_levels USING (site_id = ANY ((SELECT tenant_schema.stock_sites())::uuid[]));
  ALTER POLICY see ON tenant_schema.stock_costs USING (site_id = ANY ((SELECT tenant_schema.stock_sites())::uuid[]));
  ALTER POLICY see ON tenant_schema.stock_lots USING (site_id = ANY ((SELECT tenant_schema.stock_sites())::uuid[]));
  ALTER POLICY see ON tenant_schema.productions USING (site_id = ANY ((SELECT tenant_schema.stock_sites())::uuid[]));
  ALTER POLICY see ON tenant_schema.movement_lots USING (site_id = ANY ((SELECT tenant_schema.stock_sites())::uuid[]));
  ALTER POLICY see ON tenant_schema.cost_layers USING (site_id = ANY ((SELECT tenant_schema.scope('stock.cost'))::uuid[])
    AND site_id = ANY ((SELECT tenant_schema.stock_sites())::uuid[])); -- what is left of each receipt comes to what there is
  ALTER POLICY see ON tenant_schema.stock_movements USING (site_id = ANY ((SELECT tenant_schema.scope('stock.view'))::uuid[])
    AND (site_id = ANY ((SELECT tenant_schema.stock_sites())::uuid[]) OR posted_by = (SELECT tenant_schema.me())));
END $$;

SET LOCAL ROLE ims_owner;
-- What is under way is seen where it goes and where it comes from.
DO $$
BEGIN
  CREATE POLICY see ON tenant_schema.under_way FOR SELECT USING (
    to_site_id = ANY ((SELECT tenant_schema.stock_sites())::uuid[]) OR site_id = ANY ((SELECT tenant_schema.stock_sites())::uuid[]));
END $$;

SET LOCAL ROLE ims_owner;
-- What people call of waste and adjustments.
SET LOCAL ROLE ims_rights;
GRANT SELECT ON tenant_schema.valued_requests TO tenant_group;
GRANT EXECUTE ON FUNCTION tenant_schema.refuse(text, text, text) TO ims_ledger;
SET LOCAL ROLE ims_ledger;
GRANT EXECUTE ON FUNCTION
  tenant_schema.dish_usage(uuid, uuid[], timestamptz), tenant_schema.batch_usage(uuid, uuid, timestamptz),
  tenant_schema.ask_approval(uuid, jsonb, uuid[], uuid[], numeric[], numeric[], uuid[], text[], numeric[], text[]),
  tenant_schema.approve_request(uuid, int), tenant_schema.send_back_request(uuid, int, text), tenant_schema.withdraw_request(uuid, int),
  tenant_schema.add_photos(uuid, uuid[], int[], text[], bytea[]), tenant_schema.remove_photo(uuid) TO tenant_group;

SET LOCAL ROLE ims_owner;
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

SET LOCAL ROLE ims_owner;
SET LOCAL ROLE ims_ledger;
GRANT EXECUTE ON FUNCTION tenant_schema.merge_items(uuid, uuid, jsonb) TO tenant_group;

SET LOCAL ROLE ims_owner;
SET LOCAL ROLE ims_ledger;
GRANT EXECUTE ON FUNCTION tenant_schema.correct_lot(uuid, date, date) TO tenant_group;

SET LOCAL ROLE ims_owner;
-- What people call of counts.
SET LOCAL ROLE ims_rights;
GRANT EXECUTE ON FUNCTION tenant_schema.stock_sites() TO tenant_group, ims_ledger;
SET LOCAL ROLE ims_ledger;
GRANT EXECUTE ON FUNCTION
  tenant_schema.start_count(uuid, jsonb, uuid[]),
  tenant_schema.add_count_entries(uuid, uuid[], uuid[], uuid[], numeric[], text[], text[], text[], timestamptz[], bigint[], text[], date[]),
  tenant_schema.finish_area(uuid, uuid, boolean), tenant_schema.hand_over_count(uuid, int), tenant_schema.reopen_count(uuid, int),
  tenant_schema.count_review(uuid), tenant_schema.request_recount(uuid, uuid[], uuid[]), tenant_schema.approve_count(uuid, int, bigint),
  tenant_schema.post_count(uuid, uuid, int, bigint, text), tenant_schema.discard_count(uuid, int, text),
  tenant_schema.undo_count(uuid, uuid, int, text) TO tenant_group;

SET LOCAL ROLE ims_owner;
SET LOCAL ROLE ims_ledger;
GRANT EXECUTE ON FUNCTION tenant_schema.in_transit(date), tenant_schema.quotient(numeric, numeric, int) TO tenant_group;

SET LOCAL ROLE ims_owner;
-- A tenant begins with the months that come.
DO $$ BEGIN PERFORM tenant_schema.make_audit_months(); END $$;

SET LOCAL ROLE ims_owner;
REVOKE CREATE ON SCHEMA tenant_schema FROM ims_rights, ims_ledger, tenant_issuer;
