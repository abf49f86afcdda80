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
