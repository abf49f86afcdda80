SET LOCAL ROLE ims_owner;
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
  email text,
  username text,
  phone text,
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
  subscription_tier text NOT NULL DEFAULT 'STANDARD',
  schema_name name NOT NULL UNIQUE,
  group_role name NOT NULL UNIQUE,
  issuer_role name NOT NULL UNIQUE,
  is_active boolean NOT NULL GENERATED ALWAYS AS (status = 'ACTIVE') STORED,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
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
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE public.sessions (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES public.users,
  tenant_id uuid REFERENCES public.tenants ON DELETE SET NULL,
  gate_role name NOT NULL,
  refresh_token bytea NOT NULL UNIQUE CHECK (octet_length(refresh_token) = 32), -- sha256 of the token
  previous_token bytea UNIQUE,
  device_info jsonb NOT NULL,
  ip_address inet,
  expires_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz NOT NULL DEFAULT now(),
  revoked_at timestamptz
);
CREATE INDEX sessions_user ON public.sessions (user_id);

CREATE TABLE public.login_attempts (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  login_hash bytea NOT NULL,
  gate_role name NOT NULL,
  ip_address inet,
  nonce bytea NOT NULL,
  proof bytea,
  proved_in xid8,
  state text NOT NULL DEFAULT 'OPEN' CHECK (state IN ('OPEN', 'GOOD', 'BAD', 'LOCKED')),
  at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX login_attempts_login ON public.login_attempts (login_hash, at);
CREATE INDEX login_attempts_gate ON public.login_attempts (gate_role, at);

CREATE TABLE public.leases (
  role_name name PRIMARY KEY,
  membership_id uuid NOT NULL REFERENCES public.user_tenants ON DELETE CASCADE,
  slot int NOT NULL CHECK (slot BETWEEN 1 AND 5),
  session_id uuid REFERENCES public.sessions,
  valid_until timestamptz NOT NULL,
  UNIQUE (membership_id, slot)
);

CREATE TABLE public.auth_log (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  who name NOT NULL DEFAULT session_user,
  ip_address inet DEFAULT inet_client_addr(),
  event text NOT NULL,
  detail jsonb NOT NULL DEFAULT '{}'
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

SET LOCAL ROLE ims_owner;
GRANT USAGE, CREATE ON SCHEMA auth TO ims_rights;

SET LOCAL ROLE ims_owner;
-- Sixteen bytes in bcrypt's own base 64: 22 letters, the last of which carries two bits.
CREATE FUNCTION auth.bcrypt64(_bytes bytea) RETURNS text
LANGUAGE sql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp
RETURN left(translate(encode(_bytes, 'base64'),
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=',
  './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'), 22);

SET LOCAL ROLE ims_owner;
-- What a login is known by in the attempts: the hash of its lower-case form.
CREATE FUNCTION auth.login_hash(_login text) RETURNS bytea
LANGUAGE sql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp
RETURN sha256(convert_to(lower(trim(_login)), 'UTF8'));

SET LOCAL ROLE ims_owner;
-- What names are sorted and searched by: lower case, accents stripped. Immutable, so that generated columns can hold it.
CREATE FUNCTION public.sort_key(_text text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN translate(
  replace(replace(replace(lower(_text), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'),
  'àáâãäåāăąçćčďèéêëēėęěğìíîïīįıłñńňòóôõöøōőřśšşťùúûüūůűųýÿžźż''’‘`´',
  'aaaaaaaaacccdeeeeeeeegiiiiiiilnnnoooooooorssstuuuuuuuuyyzzz');

SET LOCAL ROLE ims_owner;
-- Exclusive or of two byte strings of one length.
CREATE FUNCTION auth.xor_bytes(_a bytea, _b bytea) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE _result bytea := _a;
BEGIN
  FOR _i IN 0 .. octet_length(_a) - 1 LOOP
    _result := set_byte(_result, _i, get_byte(_a, _i) # get_byte(_b, _i));
  END LOOP;
  RETURN _result;
END $$;

SET LOCAL ROLE ims_owner;
-- HMAC-SHA256 (RFC 2104) over the built-in sha256, for keys of at most 64 bytes.
CREATE FUNCTION auth.hmac_sha256(_key bytea, _message bytea) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE _block bytea := _key || decode(repeat('00', 64 - octet_length(_key)), 'hex');
BEGIN
  RETURN sha256(auth.xor_bytes(_block, decode(repeat('5c', 64), 'hex'))
    || sha256(auth.xor_bytes(_block, decode(repeat('36', 64), 'hex')) || _message));
END $$;

SET LOCAL ROLE ims_owner;
-- What the rights role, through its functions, and the reader may do with the global tables.
GRANT USAGE ON SCHEMA auth TO ims_rights, ims_reader;
GRANT USAGE ON SCHEMA auth TO ims_gate;
GRANT SELECT ON public.users, public.tenants, public.user_tenants, public.countries, public.server_secret TO ims_rights;
GRANT UPDATE (last_opened_at) ON public.user_tenants TO ims_rights;
GRANT SELECT, INSERT, UPDATE ON public.sessions, public.login_attempts, public.leases TO ims_rights;
GRANT INSERT ON public.auth_log TO ims_rights;
GRANT SELECT ON public.users, public.tenants, public.user_tenants, public.countries, public.sessions, public.leases,
  public.gates, public.auth_log TO ims_reader;
GRANT EXECUTE ON FUNCTION public.sort_key(text) TO PUBLIC;
GRANT EXECUTE ON FUNCTION auth.xor_bytes(bytea, bytea), auth.hmac_sha256(bytea, bytea), auth.bcrypt64(bytea),
  auth.login_hash(text) TO ims_rights;

SET LOCAL ROLE ims_rights;
-- The tenants a user may open, as JSON: id, name, country, role, last opened.
CREATE FUNCTION auth.tenants_of(_user uuid) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN (
  SELECT coalesce(jsonb_agg(jsonb_build_object('id', t.id, 'name', t.name, 'country', c.name, 'currency', c.currency,
    'role', m.role, 'last_opened_at', m.last_opened_at) ORDER BY t.name), '[]')
  FROM public.user_tenants m
  JOIN public.tenants t ON t.id = m.tenant_id AND t.is_active
  JOIN public.countries c ON c.code = t.country
  WHERE m.user_id = _user AND m.is_active);

SET LOCAL ROLE ims_rights;
-- Step 1 of signing in: the bcrypt salt of the login and a fresh nonce. Unknown logins get a stable, made-up salt at
-- the same cost. Must be committed before auth.prove.
CREATE FUNCTION auth.hello(_login text, OUT attempt uuid, OUT salt text, OUT nonce bytea)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _known text; _made_up text;
BEGIN
  IF _login IS NULL OR length(_login) NOT BETWEEN 1 AND 254 THEN
    RAISE EXCEPTION 'bad request' USING ERRCODE = '22023';
  END IF;
  IF (SELECT count(*) FROM public.login_attempts a
      WHERE a.gate_role = session_user AND a.at > clock_timestamp() - interval '1 minute') >= 30 THEN
    RAISE EXCEPTION 'too many attempts' USING ERRCODE = '53400';
  END IF;
  _made_up := '$2b$12$' || auth.bcrypt64(substring(
    sha256((SELECT s.fake_salt_key FROM public.server_secret s) || auth.login_hash(_login)) FROM 1 FOR 16));
  SELECT u.bcrypt_salt INTO _known FROM public.users u
   WHERE u.is_active AND (lower(u.email) = lower(trim(_login)) OR lower(u.username) = lower(trim(_login)) OR u.phone = trim(_login));
  salt := coalesce(_known, _made_up);
  nonce := sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8'));
  INSERT INTO public.login_attempts (login_hash, gate_role, ip_address, nonce)
  VALUES (auth.login_hash(_login), session_user, inet_client_addr(), hello.nonce) RETURNING id INTO attempt;
END $$;

SET LOCAL ROLE ims_rights;
-- Turns a session into a database identity in one tenant: a login role of the person's own, one per device slot, with a
-- password only this desk knows (it arrives as a SCRAM verifier; anything else would be taken as a plain password).
CREATE FUNCTION auth.open_tenant(_token bytea, _tenant uuid, _scram text)
RETURNS TABLE (role_name text, schema_name text, valid_until timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  _s public.sessions;
  _m public.user_tenants;
  _t public.tenants;
  _role name;
  _slot int;
  _until timestamptz := now() + interval '8 hours';
BEGIN
  IF _scram !~ '^SCRAM-SHA-256\$[0-9]{4,6}:[A-Za-z0-9+/=]{16,64}\$[A-Za-z0-9+/=]{44}:[A-Za-z0-9+/=]{44}$' THEN
    RAISE EXCEPTION 'bad request' USING ERRCODE = '22023';
  END IF;
  SELECT * INTO _s FROM public.sessions s WHERE s.refresh_token = sha256(_token) AND s.gate_role = session_user
     AND s.revoked_at IS NULL AND s.expires_at > now();
  SELECT t.* INTO _t FROM public.tenants t WHERE t.id = _tenant AND t.is_active;
  SELECT m.* INTO _m FROM public.user_tenants m JOIN public.users u ON u.id = m.user_id
   WHERE m.user_id = _s.user_id AND m.tenant_id = _t.id AND m.is_active AND u.is_active FOR UPDATE OF m;
  IF _m.id IS NULL THEN
    RAISE EXCEPTION 'no such session or membership' USING ERRCODE = '28000';
  END IF;
  SELECT l.role_name, l.slot INTO _role, _slot FROM public.leases l
   WHERE l.membership_id = _m.id AND (l.session_id = _s.id OR l.valid_until < now())
   ORDER BY (l.session_id = _s.id) DESC, l.slot LIMIT 1;
  IF _role IS NULL THEN
    SELECT count(*) + 1 INTO _slot FROM public.leases l WHERE l.membership_id = _m.id;
    IF _slot > 5 THEN
      RAISE EXCEPTION 'too many devices' USING ERRCODE = '53400';
    END IF;
    _role := 'm_' || replace(_m.id::text, '-', '') || '_' || _slot;
    INSERT INTO public.leases (role_name, membership_id, slot, session_id, valid_until)
    VALUES (_role, _m.id, _slot, _s.id, _until);
    EXECUTE format('SELECT %I.issue($1, $2, $3, true)', _t.schema_name) USING _role, _scram, _until;
  ELSE
    UPDATE public.leases l SET session_id = _s.id, valid_until = _until WHERE l.role_name = _role;
    EXECUTE format('SELECT %I.issue($1, $2, $3, false)', _t.schema_name) USING _role, _scram, _until;
  END IF;
  UPDATE public.sessions s SET last_used_at = now(), tenant_id = _t.id WHERE s.id = _s.id;
  UPDATE public.user_tenants m SET last_opened_at = now() WHERE m.id = _m.id;
  INSERT INTO public.auth_log (event, detail)
  VALUES ('opened tenant', jsonb_build_object('user', _s.user_id, 'tenant', _t.id, 'role', _role));
  RETURN QUERY SELECT _role::text, _t.schema_name::text, _until;
END $$;

SET LOCAL ROLE ims_rights;
-- Step 2 of signing in: deposits the proof, ClientKey xor HMAC(StoredKey, nonce), durably and without a word about it.
-- ClientKey = HMAC(bcrypt(password, salt), 'Client Key'), StoredKey = SHA256(ClientKey): SCRAM (RFC 5802) with bcrypt
-- in the place of PBKDF2. Must be committed before auth.verify, so that rolling back wins nothing.
CREATE FUNCTION auth.prove(_attempt uuid, _proof bytea) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE public.login_attempts a SET proof = _proof, proved_in = pg_current_xact_id()
   WHERE a.id = _attempt AND a.proof IS NULL AND a.gate_role = session_user AND octet_length(_proof) = 32;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'bad request' USING ERRCODE = '22023';
  END IF;
END $$;

SET LOCAL ROLE ims_rights;
-- A remembered sign-in: exchanges the refresh token for the next one. Reuse of an old token revokes the session.
CREATE FUNCTION auth.refresh(_token bytea, _next_hash bytea)
RETURNS TABLE (status text, person text, tenants jsonb)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _s public.sessions;
BEGIN
  IF octet_length(_next_hash) <> 32 THEN
    RAISE EXCEPTION 'bad request' USING ERRCODE = '22023';
  END IF;
  SELECT * INTO _s FROM public.sessions s
   WHERE s.refresh_token = sha256(_token) AND s.gate_role = session_user FOR UPDATE;
  IF FOUND AND _s.revoked_at IS NULL AND _s.expires_at > now() THEN
    UPDATE public.sessions s SET previous_token = s.refresh_token, refresh_token = _next_hash, last_used_at = now(),
      ip_address = inet_client_addr() WHERE s.id = _s.id;
    RETURN QUERY SELECT 'GOOD', concat_ws(' ', u.first_name, u.last_name), auth.tenants_of(u.id)
      FROM public.users u WHERE u.id = _s.user_id AND u.is_active;
    RETURN;
  END IF;
  UPDATE public.sessions s SET revoked_at = now() WHERE s.previous_token = sha256(_token) AND s.revoked_at IS NULL;
  IF FOUND THEN
    INSERT INTO public.auth_log (event) VALUES ('refresh token used twice, session revoked');
  END IF;
  RETURN QUERY SELECT 'BAD', NULL::text, NULL::jsonb;
END $$;

SET LOCAL ROLE ims_rights;
-- Ends the session that holds this refresh token, and the leases opened from it.
CREATE FUNCTION auth.sign_out(_token bytea) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _session uuid;
BEGIN
  UPDATE public.sessions s SET revoked_at = now()
   WHERE s.refresh_token = sha256(_token) AND s.gate_role = session_user AND s.revoked_at IS NULL RETURNING s.id INTO _session;
  UPDATE public.leases l SET valid_until = now() WHERE l.session_id = _session;
END $$;

SET LOCAL ROLE ims_rights;
-- Step 3 of signing in, in a transaction of its own: judges the deposited proof. On success opens a session and names
-- the person and the tenants. At most 5 evaluated guesses per login and device, 20 per login, in 15 minutes.
CREATE FUNCTION auth.verify(_attempt uuid, _refresh_hash bytea, _device jsonb)
RETURNS TABLE (status text, person text, tenants jsonb)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _a public.login_attempts;
  _u public.users;
  _here int;
  _all int;
BEGIN
  IF octet_length(_refresh_hash) <> 32 OR pg_column_size(_device) > 2000 THEN
    RAISE EXCEPTION 'bad request' USING ERRCODE = '22023';
  END IF;
  SELECT * INTO _a FROM public.login_attempts a WHERE a.id = _attempt AND a.gate_role = session_user FOR UPDATE;
  IF NOT FOUND OR _a.state <> 'OPEN' OR _a.proof IS NULL OR _a.at < clock_timestamp() - interval '60 seconds' THEN
    RETURN QUERY SELECT 'STALE', NULL::text, NULL::jsonb;
    RETURN;
  END IF;
  IF _a.proved_in = pg_current_xact_id() THEN
    RAISE EXCEPTION 'prove and verify must be separate transactions' USING ERRCODE = '25001';
  END IF;
  SELECT count(*) FILTER (WHERE a.gate_role = session_user), count(*) INTO _here, _all
    FROM public.login_attempts a
   WHERE a.login_hash = _a.login_hash AND a.id <> _a.id AND a.proof IS NOT NULL AND a.state IN ('OPEN', 'BAD')
     AND a.at > clock_timestamp() - interval '15 minutes';
  IF _here >= 5 OR _all >= 20 THEN
    UPDATE public.login_attempts a SET state = 'LOCKED' WHERE a.id = _a.id;
    RETURN QUERY SELECT 'LOCKED', NULL::text, NULL::jsonb;
    RETURN;
  END IF;
  SELECT * INTO _u FROM public.users u
   WHERE u.is_active AND _a.login_hash IN (auth.login_hash(u.email), auth.login_hash(u.username), auth.login_hash(u.phone));
  IF NOT FOUND OR sha256(auth.xor_bytes(_a.proof, auth.hmac_sha256(_u.password, _a.nonce))) <> _u.password THEN
    UPDATE public.login_attempts a SET state = 'BAD' WHERE a.id = _a.id;
    INSERT INTO public.auth_log (event, detail) VALUES ('sign-in refused', jsonb_build_object('attempt', _a.id));
    RETURN QUERY SELECT 'BAD', NULL::text, NULL::jsonb;
    RETURN;
  END IF;
  UPDATE public.login_attempts a SET state = 'GOOD' WHERE a.id = _a.id;
  INSERT INTO public.sessions (user_id, gate_role, refresh_token, device_info, ip_address, expires_at)
  VALUES (_u.id, session_user, _refresh_hash, _device, inet_client_addr(), now() + interval '30 days');
  INSERT INTO public.auth_log (event, detail) VALUES ('signed in', jsonb_build_object('user', _u.id));
  RETURN QUERY SELECT 'GOOD', concat_ws(' ', _u.first_name, _u.last_name), auth.tenants_of(_u.id);
END $$;

SET LOCAL ROLE ims_owner;
-- The gates reach the sign-in functions, and nothing else.
SET LOCAL ROLE ims_rights;
GRANT EXECUTE ON FUNCTION auth.hello(text), auth.prove(uuid, bytea), auth.verify(uuid, bytea, jsonb),
  auth.refresh(bytea, bytea), auth.sign_out(bytea), auth.open_tenant(bytea, uuid, text) TO ims_gate;

SET LOCAL ROLE ims_owner;
REVOKE CREATE ON SCHEMA auth FROM ims_rights;
