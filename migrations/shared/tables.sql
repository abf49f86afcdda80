-- The global tables. No desk reads them: the functions of schema auth do, and answer only what the asker may know.
CREATE SCHEMA auth;

CREATE TABLE public.countries (
  code char(2) PRIMARY KEY CHECK (code ~ '^[A-Z]{2}$'),
  name text NOT NULL,
  currency char(3) NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  time_zone text NOT NULL,
  locale text NOT NULL
);

CREATE TABLE public.users (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  first_name text NOT NULL,
  last_name text NOT NULL,
  email text CHECK (email LIKE '%_@_%' AND email = trim(normalize(email, NFKC))),
  username text CHECK (username !~ '[@\s]' AND username !~ '^[-+0-9()./]*$' AND username = normalize(username, NFKC)),
  phone text CHECK (phone ~ '^\+?[0-9]{6,15}$'), -- as auth.login_name writes it
  bcrypt_salt text NOT NULL CHECK (bcrypt_salt ~ '^\$2b\$[0-9]{2}\$[./A-Za-z0-9]{22}$'),
  password bytea NOT NULL CHECK (octet_length(password) = 32), -- SCRAM StoredKey over bcrypt, see auth.prove
  must_change_password boolean NOT NULL DEFAULT false,
  is_active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CHECK (coalesce(email, username, phone) IS NOT NULL)
);
CREATE UNIQUE INDEX users_email ON public.users (lower(email));
CREATE UNIQUE INDEX users_username ON public.users (lower(username));
CREATE UNIQUE INDEX users_phone ON public.users (phone);

CREATE TABLE public.tenants (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL UNIQUE,
  slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  industry text,
  description text,
  country char(2) NOT NULL REFERENCES public.countries,
  status text NOT NULL DEFAULT 'ACTIVE' CHECK (status IN ('ACTIVE', 'SUSPENDED', 'LEAVING')),
  leaves_at timestamptz,
  suspended_because text, -- what desks are told
  subscription_tier text NOT NULL DEFAULT 'STANDARD' CHECK (subscription_tier IN ('FREE', 'STANDARD', 'PREMIUM')),
  networks cidr[] NOT NULL DEFAULT '{}', -- from where it may be opened; from everywhere when there are none
  schema_name name NOT NULL UNIQUE,
  group_role name NOT NULL UNIQUE,
  issuer_role name NOT NULL UNIQUE,
  is_active boolean NOT NULL GENERATED ALWAYS AS (status = 'ACTIVE') STORED,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CHECK ((status = 'LEAVING') = (leaves_at IS NOT NULL)),
  CHECK (suspended_because IS NULL OR status = 'SUSPENDED')
);

CREATE TABLE public.user_tenants (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES public.users,
  tenant_id uuid NOT NULL REFERENCES public.tenants ON DELETE CASCADE,
  role text NOT NULL CHECK (role IN ('OWNER', 'ADMIN', 'MANAGER', 'EMPLOYEE')),
  is_active boolean NOT NULL DEFAULT true,
  last_opened_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (user_id, tenant_id)
);
CREATE INDEX user_tenants_tenant ON public.user_tenants (tenant_id);

CREATE TABLE public.gates (
  role_name name PRIMARY KEY,
  device text NOT NULL,
  is_active boolean NOT NULL DEFAULT true,
  enrol_until timestamptz, -- set for a PC that gets a profile file: it signs nobody in before auth.enrol
  enrolled_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE public.sessions (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES public.users,
  tenant_id uuid REFERENCES public.tenants ON DELETE SET NULL,
  gate_role name NOT NULL,
  refresh_token bytea NOT NULL UNIQUE CHECK (octet_length(refresh_token) = 32), -- sha256 of the token
  device_info jsonb NOT NULL,
  ip_address inet,
  expires_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz NOT NULL DEFAULT now(),
  revoked_at timestamptz,
  ended_why text CHECK (ended_why IN ('SIGNED_OUT', 'ENDED', 'PASSWORD', 'CODE', 'STOLEN', 'PC')),
  ended_by text, -- the name of the colleague who did it
  CHECK (ended_why IS NULL OR revoked_at IS NOT NULL)
);
CREATE INDEX sessions_user ON public.sessions (user_id);

CREATE TABLE public.used_tokens ( -- every refresh token a session had before: one of them coming back was stolen
  token bytea PRIMARY KEY CHECK (octet_length(token) = 32),
  session_id uuid NOT NULL REFERENCES public.sessions ON DELETE CASCADE
);
CREATE INDEX used_tokens_session ON public.used_tokens (session_id);

CREATE TABLE public.reset_codes ( -- one-time codes made by an administrator, for people who lost their password
  user_id uuid PRIMARY KEY REFERENCES public.users ON DELETE CASCADE,
  stored_key bytea NOT NULL CHECK (octet_length(stored_key) = 32), -- as users.password, over the code
  made_by name NOT NULL DEFAULT session_user,
  made_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE public.login_attempts (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  login_hash bytea NOT NULL,
  user_id uuid, -- null: nobody signs in like that; no foreign key, so that both cost the same
  gate_role name NOT NULL,
  ip_address inet,
  nonce bytea NOT NULL,
  purpose text NOT NULL DEFAULT 'SIGN_IN' CHECK (purpose IN ('SIGN_IN', 'CHANGE', 'RESET')),
  proof bytea,
  proved_in xid8,
  state text NOT NULL DEFAULT 'OPEN' CHECK (state IN ('OPEN', 'GOOD', 'BAD', 'LOCKED')),
  at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX login_attempts_login ON public.login_attempts (login_hash, at);
CREATE INDEX login_attempts_gate ON public.login_attempts (gate_role, at);
CREATE INDEX login_attempts_address ON public.login_attempts (ip_address, at);
CREATE INDEX login_attempts_user ON public.login_attempts (user_id, at) WHERE purpose = 'RESET';
CREATE INDEX login_attempts_time ON public.login_attempts (at);

CREATE TABLE public.leases (
  role_name name PRIMARY KEY,
  membership_id uuid NOT NULL REFERENCES public.user_tenants ON DELETE CASCADE,
  slot int NOT NULL CHECK (slot BETWEEN 1 AND 5),
  session_id uuid REFERENCES public.sessions ON DELETE SET NULL,
  valid_until timestamptz NOT NULL,
  UNIQUE (membership_id, slot)
);
CREATE INDEX leases_session ON public.leases (session_id);

CREATE TABLE public.auth_log (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  who name NOT NULL DEFAULT session_user,
  ip_address inet DEFAULT inet_client_addr(),
  event text NOT NULL,
  detail jsonb NOT NULL DEFAULT '{}',
  row_hash bytea NOT NULL -- see auth.write_log, which alone writes here
);
CREATE TABLE public.log_seals ( -- rows of auth_log up to a moment, chained; made by auth.seal_log() alone
  number bigint PRIMARY KEY,
  first bigint NOT NULL,
  last bigint NOT NULL UNIQUE,
  count bigint NOT NULL CHECK (count > 0),
  root bytea NOT NULL, -- over the hashes of these rows, in order
  previous bytea NOT NULL, -- the hash of the seal before
  nothing_before timestamptz NOT NULL, -- rows of later seals were written after this moment
  sealed_at timestamptz NOT NULL,
  hash bytea NOT NULL,
  CHECK (first <= last)
);
CREATE TABLE public.log_seal_marks ( -- how far a seal may reach once every transaction before `xid` has ended
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  last bigint NOT NULL,
  xid xid8 NOT NULL,
  at timestamptz NOT NULL
);

CREATE TABLE public.server_secret (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  fake_salt_key bytea NOT NULL
);
INSERT INTO public.server_secret (fake_salt_key)
VALUES (sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')));

INSERT INTO public.countries (code, name, currency, time_zone, locale) VALUES
  ('AT', 'Austria', 'EUR', 'Europe/Vienna', 'de_AT'),
  ('AU', 'Australia', 'AUD', 'Australia/Sydney', 'en_AU'),
  ('BE', 'Belgium', 'EUR', 'Europe/Brussels', 'fr_BE'),
  ('BR', 'Brazil', 'BRL', 'America/Sao_Paulo', 'pt_BR'),
  ('CA', 'Canada', 'CAD', 'America/Toronto', 'en_CA'),
  ('CH', 'Switzerland', 'CHF', 'Europe/Zurich', 'de_CH'),
  ('DE', 'Germany', 'EUR', 'Europe/Berlin', 'de_DE'),
  ('DK', 'Denmark', 'DKK', 'Europe/Copenhagen', 'da_DK'),
  ('ES', 'Spain', 'EUR', 'Europe/Madrid', 'es_ES'),
  ('FI', 'Finland', 'EUR', 'Europe/Helsinki', 'fi_FI'),
  ('FR', 'France', 'EUR', 'Europe/Paris', 'fr_FR'),
  ('GB', 'United Kingdom', 'GBP', 'Europe/London', 'en_GB'),
  ('GR', 'Greece', 'EUR', 'Europe/Athens', 'el_GR'),
  ('IE', 'Ireland', 'EUR', 'Europe/Dublin', 'en_IE'),
  ('IN', 'India', 'INR', 'Asia/Kolkata', 'en_IN'),
  ('IT', 'Italy', 'EUR', 'Europe/Rome', 'it_IT'),
  ('JP', 'Japan', 'JPY', 'Asia/Tokyo', 'ja_JP'),
  ('MX', 'Mexico', 'MXN', 'America/Mexico_City', 'es_MX'),
  ('NL', 'Netherlands', 'EUR', 'Europe/Amsterdam', 'nl_NL'),
  ('NO', 'Norway', 'NOK', 'Europe/Oslo', 'nb_NO'),
  ('NZ', 'New Zealand', 'NZD', 'Pacific/Auckland', 'en_NZ'),
  ('PL', 'Poland', 'PLN', 'Europe/Warsaw', 'pl_PL'),
  ('PT', 'Portugal', 'EUR', 'Europe/Lisbon', 'pt_PT'),
  ('SE', 'Sweden', 'SEK', 'Europe/Stockholm', 'sv_SE'),
  ('US', 'United States', 'USD', 'America/New_York', 'en_US');
