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
