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
