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

SET LOCAL ROLE ims_owner;
GRANT USAGE, CREATE ON SCHEMA auth TO ims_rights;

SET LOCAL ROLE ims_owner;
-- The one form of what is typed to sign in: compatible letters made one, lower case; a phone number as its digits.
CREATE FUNCTION auth.login_name(_login text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp
RETURN (
  SELECT CASE WHEN n.typed ~ '^\+?[0-9(][-0-9 ()./]{5,}$'
    THEN regexp_replace(regexp_replace(n.typed, '[^0-9+]', '', 'g'), '^00', '+') ELSE n.typed END
  FROM (SELECT lower(trim(normalize(_login, NFKC))) AS typed) n);

SET LOCAL ROLE ims_owner;
-- BEFORE UPDATE, DELETE or TRUNCATE of a table that only grows.
CREATE FUNCTION auth.append_only() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION '% only grows: nothing in it is changed or deleted.', TG_TABLE_NAME USING ERRCODE = '42501';
END $$;

SET LOCAL ROLE ims_owner;
-- Sixteen bytes in bcrypt's own base 64: 22 letters, the last of which carries two bits.
CREATE FUNCTION auth.bcrypt64(_bytes bytea) RETURNS text
LANGUAGE sql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp
RETURN left(translate(encode(_bytes, 'base64'),
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=',
  './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'), 22);

SET LOCAL ROLE ims_owner;
-- Whether every character of a name can be seen and none turns the others round: the same as src/ims_desktop/domain/seen.py.
CREATE FUNCTION public.is_seen(_text text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN _text !~ E'[\\u0001-\\u001F\\u007F-\\u009F\\u00AD\\u061C\\u180E\\u200B-\\u200F\\u2028-\\u202E\\u2060-\\u206F\\uFEFF\\uFFF9-\\uFFFB]';

SET LOCAL ROLE ims_owner;
-- What a login is known by in the attempts.
CREATE FUNCTION auth.login_hash(_login text) RETURNS bytea
LANGUAGE sql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp
RETURN sha256(convert_to(auth.login_name(_login), 'UTF8'));

SET LOCAL ROLE ims_owner;
-- What names are sorted and searched by: lower case, accents stripped. Immutable, so that generated columns can hold it.
CREATE FUNCTION public.sort_key(_text text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN translate(
  replace(replace(replace(lower(_text), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'),
  'àáâãäåāăąçćčďèéêëēėęěğìíîïīįıłñńňòóôõöøōőřśšşťùúûüūůűųýÿžźż''’‘`´',
  'aaaaaaaaacccdeeeeeeeegiiiiiiilnnnoooooooorssstuuuuuuuuyyzzz');

SET LOCAL ROLE ims_owner;
-- What names are held apart by: letters of other alphabets that look like Latin ones count as these, so that nobody makes a
-- second "Owner" with a Cyrillic O. Immutable, so that an index can hold it.
CREATE FUNCTION public.look_alike(_text text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT SET search_path = pg_catalog, pg_temp
RETURN translate(regexp_replace(public.sort_key(normalize(_text, NFKC)), '\s+', ' ', 'g'),
  'авекмнорстухѕіјԁԛԝһαβεικνορτυχωⲟ',
  'abekmhopctyxsijdqwhabeikvoptuxwo');

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
GRANT SELECT ON public.users, public.tenants, public.user_tenants, public.countries, public.server_secret, public.gates
  TO ims_rights;
GRANT UPDATE (bcrypt_salt, password, must_change_password, updated_at) ON public.users TO ims_rights;
GRANT UPDATE (is_active, enrolled_at) ON public.gates TO ims_rights;
GRANT DELETE ON public.login_attempts, public.sessions TO ims_rights;
GRANT SELECT, INSERT, UPDATE, DELETE ON public.used_tokens, public.reset_codes TO ims_rights;
GRANT UPDATE (last_opened_at, is_active, updated_at) ON public.user_tenants TO ims_rights;
GRANT INSERT ON public.users, public.user_tenants TO ims_rights; -- invitations
GRANT SELECT, INSERT, UPDATE ON public.sessions, public.login_attempts, public.leases TO ims_rights;
GRANT SELECT, INSERT ON public.auth_log, public.log_seals TO ims_rights;
GRANT SELECT, INSERT, UPDATE ON public.log_seal_marks TO ims_rights;
GRANT SELECT ON SEQUENCE public.auth_log_id_seq TO ims_rights;
-- The reader verifies, exports and prints rules: it needs to know who is where, and nothing of what they sign in with.
GRANT SELECT ON public.tenants, public.user_tenants, public.countries, public.auth_log, public.log_seals TO ims_reader;
GRANT SELECT (id, first_name, last_name, email, username, phone, is_active) ON public.users TO ims_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO ims_backup; -- also what proves passwords, which the reader never sees
GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO ims_backup;
GRANT EXECUTE ON FUNCTION public.sort_key(text), public.look_alike(text), public.is_seen(text) TO PUBLIC;
GRANT EXECUTE ON FUNCTION auth.xor_bytes(bytea, bytea), auth.hmac_sha256(bytea, bytea), auth.bcrypt64(bytea),
  auth.login_hash(text), auth.login_name(text) TO ims_rights;

SET LOCAL ROLE ims_rights;
-- What the own hash of a row of the sign-in log is taken over.
CREATE FUNCTION auth.log_hash(_row public.auth_log) RETURNS bytea
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD'
AS $$ SELECT sha256(convert_to(ROW(_row.at, _row.who, _row.ip_address, _row.event, _row.detail)::text, 'UTF8')) $$;

SET LOCAL ROLE ims_rights;
-- The rows of the sign-in log between these numbers, counted, and one hash over their numbers and hashes in order.
CREATE FUNCTION auth.log_root(_first bigint, _last bigint, OUT count bigint, OUT root bytea)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  SELECT count(*), sha256(coalesce(string_agg(int8send(l.id) || l.row_hash, '' ORDER BY l.id), ''))
  FROM public.auth_log l WHERE l.id BETWEEN _first AND _last;
END;

SET LOCAL ROLE ims_rights;
-- What a seal's own hash is taken over; the previous one's is among it, which makes them a chain.
CREATE FUNCTION auth.log_seal_hash(_row public.log_seals) RETURNS bytea
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD'
AS $$ SELECT sha256(convert_to(ROW(_row.number, _row.first, _row.last, _row.count, encode(_row.root, 'hex'),
  encode(_row.previous, 'hex'), _row.nothing_before, _row.sealed_at)::text, 'UTF8')) $$;

SET LOCAL ROLE ims_rights;
-- The tenants a user belongs to, as JSON: id, name, country, role, last opened. Whether one can be opened now is said when
-- it is asked for, see auth.check_open.
CREATE FUNCTION auth.tenants_of(_user uuid) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN (
  SELECT coalesce(jsonb_agg(jsonb_build_object('id', t.id, 'name', t.name, 'country', c.name, 'currency', c.currency,
    'role', m.role, 'last_opened_at', m.last_opened_at) ORDER BY t.name), '[]')
  FROM public.user_tenants m
  JOIN public.tenants t ON t.id = m.tenant_id
  JOIN public.countries c ON c.code = t.country
  WHERE m.user_id = _user AND m.is_active);

SET LOCAL ROLE ims_rights;
-- Appends a row to the sign-in log, which knows who and from where.
CREATE FUNCTION auth.write_log(_event text, _detail jsonb DEFAULT '{}') RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _row public.auth_log;
BEGIN
  PERFORM pg_current_xact_id(); -- before a number is taken, see auth.seal_log()
  _row.at := clock_timestamp();
  _row.who := session_user;
  _row.ip_address := inet_client_addr();
  _row.event := _event;
  _row.detail := _detail;
  INSERT INTO public.auth_log (at, who, ip_address, event, detail, row_hash)
  VALUES (_row.at, _row.who, _row.ip_address, _row.event, _row.detail, auth.log_hash(_row));
END $$;

SET LOCAL ROLE ims_rights;
-- Whether one more guess may be judged: at most 5 a login and device, 20 a login, 30 a device and 200 an address in 15
-- minutes. Counted are proofs that were deposited (prove has committed them) and did not turn out right, judged or not:
-- whoever deposits later sees all who deposited before, in whatever order, transaction or rollback they are judged, so
-- no lock is needed that a hostile client could hold. One device counts only up to its own limit, so it alone can
-- neither lock a login for the others nor an address for its neighbours. One minute more is looked at, because a proof is
-- judged up to a minute after its attempt began. Through a pool on the server itself everybody comes from its loopback, so
-- that counts as no address.
CREATE FUNCTION auth.allowance(_a public.login_attempts) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN (
  WITH guesses AS MATERIALIZED (
    SELECT a.gate_role, count(*) FILTER (WHERE a.login_hash = _a.login_hash) AS at_login,
      count(*) FILTER (WHERE a.gate_role = _a.gate_role) AS at_gate,
      count(*) FILTER (WHERE a.ip_address = _a.ip_address AND NOT _a.ip_address <<= '127.0.0.0/8') AS at_address
    FROM public.login_attempts a
    WHERE a.at > statement_timestamp() - interval '16 minutes' AND a.proof IS NOT NULL AND a.state IN ('OPEN', 'BAD') AND a.id <> _a.id
      AND (a.login_hash = _a.login_hash OR a.gate_role = _a.gate_role OR a.ip_address = _a.ip_address)
    GROUP BY a.gate_role)
  SELECT coalesce(sum(g.at_login) FILTER (WHERE g.gate_role = _a.gate_role), 0) < 5
    AND coalesce(sum(least(g.at_login, 5)), 0) < 20
    AND coalesce(sum(g.at_gate), 0) < 30
    AND coalesce(sum(least(g.at_address, 30)), 0) < 200
  FROM guesses g);

SET LOCAL ROLE ims_rights;
-- Makes somebody known who was not, as a member of a tenant, with a one-time code for the first password. Called by the
-- tenant's invite_member alone, which has checked rights and words. Whoever signs in already is taken in by the operator: an
-- address proves nothing about the person who first used it here, and their password is not for a stranger to set.
CREATE FUNCTION auth.new_member(_tenant uuid, _login text, _first_name text, _last_name text, _salt text, _key bytea) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _name text := auth.login_name(_login);
  _kind text := CASE WHEN _name LIKE '%@%' THEN 'email' WHEN _name ~ '^[+]?[0-9]{6,15}$' THEN 'phone' ELSE 'username' END;
  _user uuid;
  _known boolean;
  _made uuid;
BEGIN
  SELECT u.id, m.is_active INTO _user, _known FROM public.users u
    LEFT JOIN public.user_tenants m ON m.user_id = u.id AND m.tenant_id = _tenant
   WHERE lower(u.email) = _name OR lower(u.username) = _name OR u.phone = _name;
  IF _user IS NOT NULL THEN
    RAISE EXCEPTION '%', CASE
      WHEN _known THEN format('%s is here already: give the person a role in the list.', _name)
      WHEN NOT _known THEN format('%s was here before: reactivate the person in the list.', _name)
      ELSE format('%s cannot be invited from here: ask the operator of the server to let the person in.', _name) END
      USING ERRCODE = 'IM400', DETAIL = '[{"field": "login", "text": "Somebody signs in with this already."}]';
  END IF;
  INSERT INTO public.users (first_name, last_name, email, username, phone, bcrypt_salt, password, must_change_password)
  VALUES (_first_name, _last_name, CASE _kind WHEN 'email' THEN _name END, CASE _kind WHEN 'username' THEN _name END,
    CASE _kind WHEN 'phone' THEN _name END, _salt, sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')), true)
  RETURNING id INTO _user;
  INSERT INTO public.user_tenants (user_id, tenant_id, role) VALUES (_user, _tenant, 'EMPLOYEE') RETURNING id INTO _made;
  PERFORM auth.first_code(_user, _salt, _key);
  PERFORM auth.write_log('invited', jsonb_build_object('user', _user, 'tenant', _tenant));
  RETURN _made;
END $$;

SET LOCAL ROLE ims_rights;
-- Refuses, in a sentence, what nobody may open now: a restaurant group that is suspended or leaving, or one that is asked for
-- from outside its networks. To be called when it is known that the asker belongs to it.
CREATE FUNCTION auth.check_open(_tenant uuid) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _t public.tenants;
BEGIN
  SELECT * INTO _t FROM public.tenants t WHERE t.id = _tenant;
  IF _t.status = 'SUSPENDED' THEN
    RAISE EXCEPTION '% is suspended: nobody can open it%. Ask those who run the server for you.', _t.name,
      coalesce(' (' || _t.suspended_because || ')', '') USING ERRCODE = 'IM403';
  ELSIF _t.status = 'LEAVING' THEN
    RAISE EXCEPTION '% is closed and will be deleted on %. Until then those who run the server can bring it back.',
      _t.name, to_char(_t.leaves_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') USING ERRCODE = 'IM403';
  ELSIF _t.networks <> '{}' AND NOT EXISTS (
      SELECT FROM unnest(_t.networks) n WHERE coalesce(inet_client_addr(), '127.0.0.1') <<= n) THEN
    RAISE EXCEPTION '% may be opened from certain networks only, and this PC is outside them (%).',
      _t.name, host(inet_client_addr()) USING ERRCODE = 'IM403';
  END IF;
END $$;

SET LOCAL ROLE ims_rights;
-- Forgets what nobody asks for any more; called by every good sign-in.
CREATE FUNCTION auth.clean() RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM public.login_attempts a WHERE a.at < clock_timestamp() - interval '2 days';
  DELETE FROM public.reset_codes c WHERE c.made_at < clock_timestamp() - interval '24 hours';
  DELETE FROM public.sessions s WHERE coalesce(s.revoked_at, s.expires_at) < clock_timestamp() - interval '90 days';
END $$;

SET LOCAL ROLE ims_rights;
-- Cuts what the PCs of a person have open at their gates, where a transaction kept open would hold up an end. An honest
-- desk comes back by itself: it connects to its gate anew for each step.
CREATE FUNCTION auth.cut_gates(_user uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pg_terminate_backend(a.pid) FROM pg_stat_activity a
    WHERE a.pid <> pg_backend_pid() AND a.usename IN
      (SELECT s.gate_role FROM public.sessions s WHERE s.user_id = _user AND s.revoked_at IS NULL)
      AND pg_has_role(a.usename, 'USAGE');
END $$;

SET LOCAL ROLE ims_rights;
-- Ends everything that goes on at a PC and closes its way in; for the operator, before the role itself goes.
CREATE FUNCTION auth.end_gate(_gate name) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE public.gates g SET is_active = false WHERE g.role_name = _gate;
  PERFORM auth.end_session(s.id, 'PC') FROM public.sessions s WHERE s.gate_role = _gate AND s.revoked_at IS NULL;
  PERFORM auth.write_log('PC taken away', jsonb_build_object('gate', _gate));
END $$;

SET LOCAL ROLE ims_rights;
-- Ends a lease now: it sees nothing from the next statement on, logs in no more, and its connections are cut.
CREATE FUNCTION auth.end_lease(_role name) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _schema name;
BEGIN
  UPDATE public.leases l SET valid_until = least(l.valid_until, now()) FROM public.user_tenants m
    JOIN public.tenants t ON t.id = m.tenant_id
   WHERE l.role_name = _role AND m.id = l.membership_id RETURNING t.schema_name INTO _schema;
  IF FOUND THEN
    EXECUTE format('SELECT %I.cut($1, true)', _schema) USING _role::text;
  END IF;
END $$;

SET LOCAL ROLE ims_rights;
-- Ends every lease of one membership, on all PCs; the person's sessions go on in other tenants. To be called before the
-- membership itself is changed: it cuts what could hold that up.
CREATE FUNCTION auth.end_member(_membership uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM auth.cut_gates(m.user_id) FROM public.user_tenants m WHERE m.id = _membership;
  PERFORM auth.end_lease(l.role_name) FROM public.leases l WHERE l.membership_id = _membership;
END $$;

SET LOCAL ROLE ims_rights;
-- Ends a session and the leases opened from it; repeating it cuts once more whoever came back meanwhile. Why it ended, and by
-- whom, is kept for the PC that held it, see auth.ending, and told to the groups it was used in.
CREATE FUNCTION auth.end_session(_session uuid, _why text DEFAULT 'ENDED', _by text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM auth.cut_gates(s.user_id) FROM public.sessions s WHERE s.id = _session;
  UPDATE public.sessions s SET revoked_at = now(), ended_why = _why, ended_by = _by
   WHERE s.id = _session AND s.revoked_at IS NULL;
  IF FOUND THEN
    PERFORM auth.log_ending(_session);
  END IF;
  PERFORM auth.end_lease(l.role_name) FROM public.leases l WHERE l.session_id = _session;
END $$;

SET LOCAL ROLE ims_rights;
-- Why a PC's session no longer opens a restaurant group, for whoever knows the token's hash: at that PC alone, without a person
-- being signed in. Nothing for a session that goes on, for one of another PC, and for a hash that was never one.
CREATE FUNCTION auth.ending(_hash bytea, _tenant uuid) RETURNS TABLE (why text, at timestamptz, ended_by text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  _s public.sessions;
  _out_since timestamptz;
BEGIN
  SELECT s.* INTO _s FROM public.sessions s WHERE s.gate_role = session_user AND (s.refresh_token = _hash
    OR s.id = (SELECT t.session_id FROM public.used_tokens t WHERE t.token = _hash));
  IF _s.id IS NULL THEN
    RETURN;
  END IF;
  SELECT CASE WHEN u.is_active THEN m.updated_at ELSE u.updated_at END INTO _out_since
    FROM public.users u LEFT JOIN public.user_tenants m ON m.user_id = u.id AND m.tenant_id = _tenant
   WHERE u.id = _s.user_id AND NOT (u.is_active AND coalesce(m.is_active, false));
  RETURN QUERY SELECT e.why, e.at, e.ended_by FROM (VALUES
    (1, FOUND, 'DEACTIVATED', _out_since, NULL),
    (2, _s.revoked_at IS NOT NULL, coalesce(_s.ended_why, 'ENDED'), _s.revoked_at, _s.ended_by),
    (3, _s.expires_at <= clock_timestamp(), 'EXPIRED', _s.expires_at, NULL)) e (place, holds, why, at, ended_by)
   WHERE e.holds ORDER BY e.place LIMIT 1;
END $$;

SET LOCAL ROLE ims_rights;
-- The first thing a PC does with its profile file; after that the file is worth nothing, for the desk gives its gate a new
-- password in the same transaction. Refused after the days the file is good for.
CREATE FUNCTION auth.enrol() RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE public.gates g SET enrolled_at = now()
   WHERE g.role_name = session_user AND g.is_active AND g.enrolled_at IS NULL AND g.enrol_until > clock_timestamp();
  IF NOT FOUND THEN
    RAISE EXCEPTION 'This profile file is too old or was used already. Ask your administrator for a new one.'
      USING ERRCODE = 'IM403';
  END IF;
  PERFORM auth.write_log('PC set up');
END $$;

SET LOCAL ROLE ims_rights;
-- The made-up counterpart of what the server keeps about a person: stable for a login, and known to nobody.
CREATE FUNCTION auth.fake_key(_login_hash bytea, _kind text) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN sha256((SELECT s.fake_salt_key FROM public.server_secret s) || _login_hash || convert_to(_kind, 'UTF8'));

SET LOCAL ROLE ims_rights;
-- Lets a person in by a one-time code alone: whatever password there was is gone, and a new one must be set. The code was
-- made at the desk of whoever gives it; only what proves it arrives here, with a salt as costly as the made-up ones.
CREATE FUNCTION auth.first_code(_user uuid, _salt text, _key bytea) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF _salt IS NULL OR _salt !~ '^[$]2b[$]12[$][./A-Za-z0-9]{22}$' OR _key IS NULL OR octet_length(_key) <> 32 THEN
    RAISE EXCEPTION 'bad request' USING ERRCODE = '22023';
  END IF;
  UPDATE public.users u SET bcrypt_salt = _salt, must_change_password = true, updated_at = now(),
    password = sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')) WHERE u.id = _user;
  INSERT INTO public.reset_codes (user_id, stored_key) VALUES (_user, _key)
  ON CONFLICT (user_id) DO UPDATE SET stored_key = excluded.stored_key, made_by = excluded.made_by, made_at = excluded.made_at;
  PERFORM auth.end_session(s.id, 'CODE') FROM public.sessions s WHERE s.user_id = _user AND s.revoked_at IS NULL;
END $$;

SET LOCAL ROLE ims_rights;
-- Step 1 of signing in: the bcrypt salt of the login and a fresh nonce. Unknown logins get a stable, made-up salt at
-- the same cost. Must be committed before auth.prove.
CREATE FUNCTION auth.hello(_login text, OUT attempt uuid, OUT salt text, OUT nonce bytea)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _name text := auth.login_name(_login);
  _hash bytea := auth.login_hash(_login);
  _made_up text;
  _user uuid;
BEGIN
  IF _login IS NULL OR length(_login) NOT BETWEEN 1 AND 254 THEN
    RAISE EXCEPTION 'bad request' USING ERRCODE = '22023';
  END IF;
  IF NOT EXISTS (SELECT FROM public.gates g WHERE g.role_name = session_user AND g.is_active
                 AND (g.enrol_until IS NULL OR g.enrolled_at IS NOT NULL)) THEN
    RAISE EXCEPTION 'This PC is not set up. Ask your administrator for a profile file.' USING ERRCODE = 'IM403';
  END IF;
  IF (SELECT count(*) FROM public.login_attempts a
      WHERE a.gate_role = session_user AND a.at > statement_timestamp() - interval '1 minute') >= 30
     OR (SELECT count(*) FROM public.login_attempts a
         WHERE a.ip_address = inet_client_addr() AND NOT inet_client_addr() <<= '127.0.0.0/8' AND a.at > statement_timestamp() - interval '1 minute') >= 600 THEN
    RAISE EXCEPTION 'too many attempts' USING ERRCODE = '53400';
  END IF;
  _made_up := '$2b$12$' || auth.bcrypt64(substring(auth.fake_key(_hash, 'salt') FROM 1 FOR 16));
  SELECT u.id, u.bcrypt_salt INTO _user, salt FROM public.users u WHERE u.is_active
     AND (lower(u.email) = _name OR lower(u.username) = _name OR u.phone = _name);
  salt := coalesce(salt, _made_up);
  nonce := sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8'));
  INSERT INTO public.login_attempts (login_hash, user_id, gate_role, ip_address, nonce)
  VALUES (_hash, _user, session_user, inet_client_addr(), hello.nonce) RETURNING id INTO attempt;
END $$;

SET LOCAL ROLE ims_rights;
-- Judges a deposited proof, in a transaction of its own; called by auth.verify and auth.set_password. GOOD names the
-- person. An unknown login, a known one and a missing code take the same way at the same cost.
CREATE FUNCTION auth.judge(_attempt uuid, _purposes text[], OUT status text, OUT person uuid, OUT purpose text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _a public.login_attempts;
  _key bytea;
  _made_up bytea;
  _good boolean;
BEGIN
  SELECT * INTO _a FROM public.login_attempts a WHERE a.id = _attempt AND a.gate_role = session_user FOR UPDATE;
  IF NOT FOUND OR _a.state <> 'OPEN' OR _a.proof IS NULL OR _a.purpose <> ALL (_purposes)
     OR _a.at < clock_timestamp() - interval '60 seconds' THEN
    status := 'STALE';
    RETURN;
  END IF;
  IF _a.proved_in = pg_current_xact_id() THEN
    RAISE EXCEPTION 'prove and verify must be separate transactions' USING ERRCODE = '25001';
  END IF;
  IF NOT auth.allowance(_a) THEN
    UPDATE public.login_attempts a SET state = 'LOCKED' WHERE a.id = _a.id;
    status := 'LOCKED';
    RETURN;
  END IF;
  _made_up := auth.fake_key(_a.login_hash, 'key');
  SELECT CASE _a.purpose WHEN 'RESET' THEN auth.reset_key(u.id, _a.id) ELSE u.password END INTO _key
    FROM public.users u WHERE u.id = _a.user_id AND u.is_active;
  _good := sha256(auth.xor_bytes(_a.proof, auth.hmac_sha256(coalesce(_key, _made_up), _a.nonce))) = coalesce(_key, _made_up);
  status := CASE WHEN _good AND _key IS NOT NULL THEN 'GOOD' ELSE 'BAD' END;
  UPDATE public.login_attempts a SET state = status WHERE a.id = _a.id;
  IF status = 'GOOD' THEN
    person := _a.user_id;
    purpose := _a.purpose;
    PERFORM auth.clean();
  ELSE
    PERFORM auth.write_log('sign-in refused', jsonb_build_object('attempt', _a.id));
  END IF;
END $$;

SET LOCAL ROLE ims_rights;
-- Tells everybody concerned that a session ended: the sign-in log, and the audit log of each group that it holds a lease in. It
-- is the person who signs out or changes the password; otherwise whoever is at a desk of that group.
CREATE FUNCTION auth.log_ending(_session uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _s public.sessions;
  _held record;
BEGIN
  SELECT * INTO _s FROM public.sessions s WHERE s.id = _session;
  PERFORM auth.write_log('session ended', jsonb_build_object('user', _s.user_id, 'session', _s.id, 'why', _s.ended_why, 'by', _s.ended_by));
  FOR _held IN SELECT DISTINCT m.id, t.schema_name FROM public.leases l JOIN public.user_tenants m ON m.id = l.membership_id
      JOIN public.tenants t ON t.id = m.tenant_id WHERE l.session_id = _session LOOP
    EXECUTE format('SELECT %I.write_audit(''sessions'', $1, ''UPDATE'', NULL, NULL, $2, $3)', _held.schema_name)
      USING _s.id::text, jsonb_build_object('ended_why', _s.ended_why, 'computer', _s.device_info ->> 'computer',
        'signed_in_at', _s.created_at, 'member_id', _held.id),
        CASE WHEN _s.ended_why IN ('SIGNED_OUT', 'PASSWORD') THEN _held.id END;
  END LOOP;
END $$;

SET LOCAL ROLE ims_rights;
-- How far a seal of the sign-in log may reach now, as settled_mark() of a tenant: the number below which nothing can appear any
-- more, because whoever holds one has a smaller transaction id than the one taken here, and all of those have ended.
CREATE FUNCTION auth.log_settled(OUT ready public.log_seal_marks, OUT is_newest boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _now public.log_seal_marks;
  _kept public.log_seal_marks;
  _ended xid8; -- every transaction before this one has ended
BEGIN
  IF pg_current_xact_id_if_assigned() IS NOT NULL THEN
    RAISE EXCEPTION 'Sealing needs a transaction of its own.' USING ERRCODE = 'IM400';
  END IF;
  _now.only_one := true;
  _now.at := clock_timestamp();
  SELECT CASE WHEN s.is_called THEN s.last_value ELSE 0 END INTO _now.last FROM public.auth_log_id_seq s;
  _now.xid := pg_current_xact_id();
  _ended := pg_snapshot_xmin(pg_current_snapshot());
  is_newest := _now.xid <= _ended;
  IF is_newest THEN
    ready := _now;
    RETURN;
  END IF;
  SELECT * INTO _kept FROM public.log_seal_marks;
  IF _kept.xid <= _ended THEN
    ready := _kept;
  END IF;
  IF _kept.xid IS NULL OR _kept.xid <= _ended OR _kept.xid > _now.xid THEN -- the last: a mark of another server
    INSERT INTO public.log_seal_marks VALUES (_now.*) ON CONFLICT (only_one) DO UPDATE
      SET last = excluded.last, xid = excluded.xid, at = excluded.at;
  END IF;
END $$;

SET LOCAL ROLE ims_rights;
-- Turns a session into a database identity in one tenant: a login role of the person's own, one per device slot, with a
-- password only this desk knows (it arrives as a SCRAM verifier; anything else would be taken as a plain password). A desk
-- at work that `_renews` keeps its connections; otherwise what still hangs on the role is cut. Whether something is over is asked
-- of the clock itself, here and at the whole gate: a transaction may have begun long before. Whoever is at work in five places
-- already gets the identity of a program that died on the same PC: one that nothing is connected with.
CREATE FUNCTION auth.open_tenant(_token bytea, _tenant uuid, _scram text, _renews boolean DEFAULT false)
RETURNS TABLE (role_name text, schema_name text, valid_until timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  _s public.sessions;
  _m public.user_tenants;
  _t public.tenants;
  _role name;
  _slot int;
  _goes_on boolean;
  _until timestamptz := now() + interval '8 hours';
BEGIN
  IF _scram IS NULL OR _scram !~ '^SCRAM-SHA-256[$][0-9]{4,6}:[A-Za-z0-9+/=]{16,64}[$][A-Za-z0-9+/=]{44}:[A-Za-z0-9+/=]{44}$' THEN
    RAISE EXCEPTION 'bad request' USING ERRCODE = '22023';
  END IF;
  SELECT * INTO _s FROM public.sessions s WHERE s.refresh_token = sha256(_token) AND s.gate_role = session_user
     AND s.revoked_at IS NULL AND s.expires_at > clock_timestamp() FOR UPDATE; -- nobody ends it between this look and the lease
  SELECT t.* INTO _t FROM public.tenants t WHERE t.id = _tenant;
  SELECT m.* INTO _m FROM public.user_tenants m JOIN public.users u ON u.id = m.user_id
   WHERE m.user_id = _s.user_id AND m.tenant_id = _t.id AND m.is_active AND u.is_active FOR UPDATE OF m;
  IF _m.id IS NULL THEN
    RAISE EXCEPTION 'no such session or membership' USING ERRCODE = '28000';
  END IF;
  PERFORM auth.check_open(_t.id); -- after the lock on the membership, on which a suspension waits
  IF (SELECT u.must_change_password FROM public.users u WHERE u.id = _m.user_id) THEN
    RAISE EXCEPTION 'Choose a new password first.' USING ERRCODE = 'IM403';
  END IF;
  SELECT l.role_name, l.session_id = _s.id INTO _role, _goes_on FROM public.leases l
   WHERE l.membership_id = _m.id AND (l.session_id = _s.id OR l.valid_until < clock_timestamp())
   ORDER BY (l.session_id = _s.id) DESC, l.slot LIMIT 1;
  SELECT count(*) + 1 INTO _slot FROM public.leases l WHERE l.membership_id = _m.id;
  IF _role IS NULL AND _slot > 5 THEN
    SELECT l.role_name, false INTO _role, _goes_on FROM public.leases l JOIN public.sessions s ON s.id = l.session_id
     WHERE l.membership_id = _m.id AND s.gate_role = session_user AND l.valid_until < _until - interval '1 minute'
       AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.usename = l.role_name)
     ORDER BY l.valid_until, l.slot LIMIT 1;
    IF _role IS NULL THEN
      RAISE EXCEPTION 'too many devices' USING ERRCODE = '53400';
    END IF;
  END IF;
  IF _role IS NULL THEN
    _role := 'm_' || replace(_m.id::text, '-', '') || '_' || _slot;
    INSERT INTO public.leases (role_name, membership_id, slot, session_id, valid_until)
    VALUES (_role, _m.id, _slot, _s.id, _until);
    EXECUTE format('SELECT %I.issue($1, $2, $3, true, true)', _t.schema_name) USING _role, _scram, _until;
  ELSE
    UPDATE public.leases l SET session_id = _s.id, valid_until = _until WHERE l.role_name = _role;
    EXECUTE format('SELECT %I.issue($1, $2, $3, false, $4)', _t.schema_name)
      USING _role, _scram, _until, NOT (_renews AND _goes_on);
  END IF;
  UPDATE public.sessions s SET last_used_at = now(), tenant_id = _t.id WHERE s.id = _s.id;
  UPDATE public.user_tenants m SET last_opened_at = now() WHERE m.id = _m.id;
  PERFORM auth.write_log('opened tenant', jsonb_build_object('user', _s.user_id, 'tenant', _t.id, 'role', _role));
  RETURN QUERY SELECT _role::text, _t.schema_name::text, _until;
END $$;

SET LOCAL ROLE ims_rights;
-- Step 2 of signing in: deposits the proof, ClientKey xor HMAC(StoredKey, nonce), durably and without a word about it.
-- ClientKey = HMAC(bcrypt(password, salt), 'Client Key'), StoredKey = SHA256(ClientKey): SCRAM (RFC 5802) with bcrypt
-- in the place of PBKDF2. For the purpose RESET the one-time code stands in the place of the password, without bcrypt.
-- Must be committed before it is judged, so that rolling back wins nothing.
CREATE FUNCTION auth.prove(_attempt uuid, _proof bytea, _purpose text DEFAULT 'SIGN_IN') RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE public.login_attempts a SET proof = _proof, proved_in = pg_current_xact_id(), purpose = _purpose
   WHERE a.id = _attempt AND a.proof IS NULL AND a.gate_role = session_user AND octet_length(_proof) = 32
     AND _purpose IN ('SIGN_IN', 'CHANGE', 'RESET');
  IF NOT FOUND THEN
    RAISE EXCEPTION 'bad request' USING ERRCODE = '22023';
  END IF;
END $$;

SET LOCAL ROLE ims_rights;
-- A remembered sign-in: exchanges the refresh token for the next one. A token that was used before, or that turns up at
-- another PC, was stolen: its session ends, and with it every token that came after it.
CREATE FUNCTION auth.refresh(_token bytea, _next_hash bytea)
RETURNS TABLE (status text, person text, tenants jsonb, must_change boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _s public.sessions;
  _stolen uuid;
BEGIN
  IF _token IS NULL OR _next_hash IS NULL OR octet_length(_next_hash) <> 32 THEN
    RAISE EXCEPTION 'bad request' USING ERRCODE = '22023';
  END IF;
  SELECT s.* INTO _s FROM public.sessions s JOIN public.users u ON u.id = s.user_id AND u.is_active
   WHERE s.refresh_token = sha256(_token) AND s.gate_role = session_user AND s.revoked_at IS NULL AND s.expires_at > clock_timestamp()
   FOR UPDATE OF s;
  IF FOUND THEN
    INSERT INTO public.used_tokens (token, session_id) VALUES (_s.refresh_token, _s.id);
    UPDATE public.sessions s SET refresh_token = _next_hash, last_used_at = now(), ip_address = inet_client_addr()
     WHERE s.id = _s.id;
    RETURN QUERY SELECT 'GOOD', concat_ws(' ', u.first_name, u.last_name), auth.tenants_of(u.id), u.must_change_password
      FROM public.users u WHERE u.id = _s.user_id;
    RETURN;
  END IF;
  SELECT s.id INTO _stolen FROM public.sessions s WHERE s.revoked_at IS NULL
     AND (s.refresh_token = sha256(_token) AND s.gate_role <> session_user
          OR s.id = (SELECT t.session_id FROM public.used_tokens t WHERE t.token = sha256(_token)));
  IF FOUND THEN
    PERFORM auth.end_session(_stolen, 'STOLEN');
    PERFORM auth.write_log('refresh token used twice, session revoked', jsonb_build_object('session', _stolen));
  END IF;
  RETURN QUERY SELECT 'BAD', NULL::text, NULL::jsonb, NULL::boolean;
END $$;

SET LOCAL ROLE ims_rights;
-- What proves a person's one-time code to an attempt that began after it was made: null without a code, after 24 hours, and
-- after 5 tries, judged or only deposited.
CREATE FUNCTION auth.reset_key(_user uuid, _attempt uuid) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN (
  SELECT c.stored_key FROM public.reset_codes c JOIN public.login_attempts own ON own.id = _attempt AND own.at > c.made_at
  WHERE c.user_id = _user AND c.made_at > clock_timestamp() - interval '24 hours'
    AND (SELECT count(*) FROM public.login_attempts a WHERE a.user_id = _user AND a.purpose = 'RESET' AND a.proof IS NOT NULL
         AND a.state IN ('OPEN', 'BAD') AND a.id <> _attempt AND a.at > c.made_at) < 5);

SET LOCAL ROLE ims_rights;
-- What every sign-in does afterwards, in a transaction of its own; nothing happens when the newest seal of the log is younger
-- than ten minutes, or somebody else is at it.
CREATE FUNCTION auth.seal_in_passing() RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM auth.seal_log('10 minutes');
END $$;

SET LOCAL ROLE ims_rights;
-- Seals the rows of the sign-in log that are settled and chains the seal to the one before, as seal() of a tenant does. One seals
-- at a time, and nothing is done when the newest seal is younger than `_pause`; both answer null. Nobody waits for it.
CREATE FUNCTION auth.seal_log(_pause interval DEFAULT '0 s') RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  _most CONSTANT bigint := 100000; -- numbers in one seal
  _before public.log_seals;
  _seal public.log_seals;
  _ready public.log_seal_marks;
  _all boolean;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtextextended('seal of the sign-ins', 0)) THEN
    RETURN NULL;
  END IF;
  SELECT * INTO _before FROM public.log_seals s ORDER BY s.number DESC LIMIT 1;
  IF _before.sealed_at > clock_timestamp() - _pause THEN
    RETURN NULL;
  END IF;
  SELECT (m.ready).*, m.is_newest INTO _ready.only_one, _ready.last, _ready.xid, _ready.at, _all FROM auth.log_settled() m;
  _seal.number := coalesce(_before.number, 0) + 1;
  _seal.first := coalesce(_before.last, 0) + 1;
  _seal.last := least(_ready.last, _seal.first - 1 + _most);
  SELECT r.count, r.root INTO _seal.count, _seal.root FROM auth.log_root(_seal.first, _seal.last) r;
  IF _ready.xid IS NOT NULL AND _seal.count > 0 THEN
    _seal.nothing_before := CASE WHEN _seal.last < _ready.last THEN coalesce(_before.nothing_before, '-infinity') ELSE _ready.at END;
    _all := _all AND _seal.last = _ready.last;
    _seal.previous := coalesce(_before.hash, '');
    _seal.sealed_at := clock_timestamp();
    _seal.hash := auth.log_seal_hash(_seal);
    INSERT INTO public.log_seals VALUES (_seal.*);
    _before := _seal;
  END IF;
  RETURN jsonb_build_object('number', _before.number, 'hash', encode(_before.hash, 'hex'), 'sealed_at', _before.sealed_at,
    'rows', CASE WHEN _before.number = _seal.number THEN _seal.count ELSE 0 END, 'waiting', NOT _all);
END $$;

SET LOCAL ROLE ims_rights;
-- Step 3 of changing a password (the old one was proved) or of getting in with a one-time code (the code was): takes the
-- new salt and StoredKey, which the desk has made, so the server never sees a password. Every other session of the person
-- ends, and so does the code. The salt is as costly as the made-up ones, or they could be told apart.
CREATE FUNCTION auth.set_password(_attempt uuid, _salt text, _key bytea, _token bytea DEFAULT NULL) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _judged record;
BEGIN
  IF _salt IS NULL OR _salt !~ '^[$]2b[$]12[$][./A-Za-z0-9]{22}$' OR _key IS NULL OR octet_length(_key) <> 32 THEN
    RAISE EXCEPTION 'bad request' USING ERRCODE = '22023';
  END IF;
  _judged := auth.judge(_attempt, ARRAY['CHANGE', 'RESET']);
  IF _judged.status <> 'GOOD' THEN
    RETURN _judged.status;
  END IF;
  UPDATE public.users u SET bcrypt_salt = _salt, password = _key, must_change_password = false, updated_at = now()
   WHERE u.id = _judged.person;
  DELETE FROM public.reset_codes c WHERE c.user_id = _judged.person;
  PERFORM auth.end_session(s.id, 'PASSWORD') FROM public.sessions s WHERE s.user_id = _judged.person AND s.revoked_at IS NULL
    AND s.refresh_token IS DISTINCT FROM sha256(_token);
  PERFORM auth.write_log(CASE _judged.purpose WHEN 'RESET' THEN 'password reset by code' ELSE 'password changed' END,
    jsonb_build_object('user', _judged.person));
  RETURN 'GOOD';
END $$;

SET LOCAL ROLE ims_rights;
-- Ends the session that holds this refresh token, and the leases opened from it.
CREATE FUNCTION auth.sign_out(_token bytea) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM auth.end_session(s.id, 'SIGNED_OUT') FROM public.sessions s
    WHERE s.refresh_token = sha256(_token) AND s.gate_role = session_user;
END $$;

SET LOCAL ROLE ims_rights;
-- Step 3 of signing in, in a transaction of its own: judges the deposited proof. On success opens a session and names
-- the person and the tenants.
CREATE FUNCTION auth.verify(_attempt uuid, _refresh_hash bytea, _device jsonb)
RETURNS TABLE (status text, person text, tenants jsonb, must_change boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _status text;
  _user uuid;
BEGIN
  IF _refresh_hash IS NULL OR octet_length(_refresh_hash) <> 32 OR _device IS NULL OR pg_column_size(_device) > 2000 THEN
    RAISE EXCEPTION 'bad request' USING ERRCODE = '22023';
  END IF;
  SELECT j.status, j.person INTO _status, _user FROM auth.judge(_attempt, ARRAY['SIGN_IN']) j;
  IF _status <> 'GOOD' THEN
    RETURN QUERY SELECT _status, NULL::text, NULL::jsonb, NULL::boolean;
    RETURN;
  END IF;
  INSERT INTO public.sessions (user_id, gate_role, refresh_token, device_info, ip_address, expires_at)
  VALUES (_user, session_user, _refresh_hash, _device, inet_client_addr(), now() + interval '30 days');
  PERFORM auth.write_log('signed in', jsonb_build_object('user', _user));
  RETURN QUERY SELECT 'GOOD', concat_ws(' ', u.first_name, u.last_name), auth.tenants_of(u.id), u.must_change_password
    FROM public.users u WHERE u.id = _user;
END $$;

SET LOCAL ROLE ims_owner;
-- The gates reach the sign-in functions, and nothing else; who reads everything also checks and seals the log.
SET LOCAL ROLE ims_rights;
GRANT EXECUTE ON FUNCTION auth.hello(text), auth.prove(uuid, bytea, text), auth.verify(uuid, bytea, jsonb),
  auth.set_password(uuid, text, bytea, bytea), auth.refresh(bytea, bytea), auth.sign_out(bytea), auth.enrol(),
  auth.open_tenant(bytea, uuid, text, boolean), auth.ending(bytea, uuid), auth.seal_in_passing() TO ims_gate;
GRANT EXECUTE ON FUNCTION auth.seal_log(interval), auth.log_hash(public.auth_log), auth.log_root(bigint, bigint),
  auth.log_seal_hash(public.log_seals) TO ims_reader;
GRANT EXECUTE ON FUNCTION auth.write_log(text, jsonb) TO ims_owner; -- what the operator does to tenants

SET LOCAL ROLE ims_owner;
-- Tables that only grow.
DO $$
DECLARE _name text;
BEGIN
  FOREACH _name IN ARRAY ARRAY['auth_log', 'log_seals'] LOOP
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON public.%I FOR EACH STATEMENT
      EXECUTE FUNCTION auth.append_only()', _name);
  END LOOP;
END $$;

SET LOCAL ROLE ims_owner;
REVOKE CREATE ON SCHEMA auth FROM ims_rights;
