-- Everything that may be granted in the schemas of the product: one row a fact, as (kind, object, fact). Grants that a role
-- has on what it owns are left out. %(schemas)s: the schemas; %(roles)s: the roles that belong to them.
WITH schemas AS (
  SELECT n.oid, n.nspname, n.nspowner, n.nspacl FROM pg_namespace n WHERE n.nspname = ANY (%(schemas)s)
), relations AS (
  SELECT c.oid, s.nspname || '.' || c.relname AS name, c.relkind, c.relowner, c.relrowsecurity, c.relforcerowsecurity, c.relacl, c.reloptions
  FROM pg_class c JOIN schemas s ON s.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
), routines AS (
  SELECT p.oid, s.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' AS name, p.*
  FROM pg_proc p JOIN schemas s ON s.oid = p.pronamespace
), types AS (
  SELECT t.oid, s.nspname || '.' || t.typname AS name, t.typowner, t.typacl, t.typtype
  FROM pg_type t JOIN schemas s ON s.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
  WHERE t.typelem = 0 AND (t.typrelid = 0 OR c.relkind = 'c')
), acls AS (
  SELECT 'schema' AS kind, nspname::text AS name, nspowner AS owner, coalesce(nspacl, acldefault('n', nspowner)) AS acl, '' AS part FROM schemas
  UNION ALL
  SELECT CASE relkind WHEN 'S' THEN 'sequence' WHEN 'v' THEN 'view' WHEN 'm' THEN 'view' ELSE 'table' END, name, relowner,
    coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner)), '' FROM relations
  UNION ALL SELECT 'function', name, proowner, coalesce(proacl, acldefault('f', proowner)), '' FROM routines
  UNION ALL SELECT 'type', name, typowner, coalesce(typacl, acldefault('T', typowner)), '' FROM types
  UNION ALL SELECT 'table', r.name, r.relowner, a.attacl, a.attname
  FROM relations r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attacl IS NOT NULL AND NOT a.attisdropped
  UNION ALL SELECT 'database', 'ims', d.datdba, coalesce(d.datacl, acldefault('d', d.datdba)), '' FROM pg_database d WHERE d.datname = current_database()
), grants AS (
  SELECT a.kind, a.name, CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END AS who,
    g.privilege_type || CASE WHEN g.is_grantable THEN ' with grant option' ELSE '' END AS what, a.part
  FROM acls a CROSS JOIN LATERAL aclexplode(a.acl) g WHERE g.grantee <> a.owner
), parts AS (
  SELECT kind, name, who, what || CASE WHEN bool_or(part <> '') THEN ' (' || string_agg(part, ', ' ORDER BY part) || ')' ELSE '' END AS what
  FROM grants GROUP BY kind, name, who, what, part = ''
), members AS (
  SELECT m.*, r.rolname AS role, p.rolname AS person FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid JOIN pg_roles p ON p.oid = m.member
)
SELECT kind, name, who || ': ' || string_agg(what, ', ' ORDER BY what) FROM parts WHERE NOT (kind = 'database' OR kind = 'schema' AND name = 'public') OR who NOT LIKE 't\_%%' OR who = ANY (%(roles)s)
GROUP BY kind, name, who
UNION ALL SELECT CASE relkind WHEN 'S' THEN 'sequence' WHEN 'v' THEN 'view' WHEN 'm' THEN 'view' ELSE 'table' END, name,
  'owned by ' || relowner::regrole || CASE WHEN relrowsecurity THEN ', row security' ELSE '' END
    || CASE WHEN relforcerowsecurity THEN ', forced' ELSE '' END || coalesce(', ' || array_to_string(reloptions, ', '), '') FROM relations
UNION ALL SELECT 'schema', nspname::text, 'owned by ' || nspowner::regrole FROM schemas
UNION ALL SELECT 'type', name, 'owned by ' || typowner::regrole FROM types
UNION ALL SELECT 'function', name, 'owned by ' || proowner::regrole || CASE WHEN prosecdef THEN ', definer' ELSE '' END
  || CASE WHEN proleakproof THEN ', leakproof' ELSE '' END || coalesce(', ' || array_to_string(proconfig, ', '), '') FROM routines
UNION ALL SELECT 'policy', p.schemaname || '.' || p.tablename || '.' || p.policyname, concat_ws(' ', p.cmd, 'to', array_to_string(p.roles, ', '),
  'using ' || p.qual, 'with check ' || p.with_check) FROM pg_policies p WHERE p.schemaname = ANY (%(schemas)s)
UNION ALL SELECT 'trigger', r.name || '.' || t.tgname, CASE t.tgenabled WHEN 'O' THEN '' WHEN 'A' THEN 'always ' ELSE 'disabled ' END
  || t.tgfoid::regproc::text FROM pg_trigger t JOIN relations r ON r.oid = t.tgrelid WHERE NOT t.tgisinternal
UNION ALL SELECT 'rule', r.name || '.' || w.rulename, 'rule' FROM pg_rewrite w JOIN relations r ON r.oid = w.ev_class
UNION ALL SELECT 'default privilege', concat_ws(' ', d.defaclrole::regrole, nullif(d.defaclnamespace, 0)::regnamespace, d.defaclobjtype),
  d.defaclacl::text FROM pg_default_acl d WHERE d.defaclrole::regrole::text = ANY (%(roles)s)
UNION ALL SELECT 'role', r.rolname, concat_ws(', ', CASE WHEN r.rolcanlogin THEN 'login' ELSE 'no login' END, CASE WHEN r.rolsuper THEN 'superuser' END,
  CASE WHEN r.rolcreaterole THEN 'creates roles' END, CASE WHEN r.rolcreatedb THEN 'creates databases' END, CASE WHEN r.rolreplication THEN 'replicates' END,
  CASE WHEN r.rolbypassrls THEN 'blind to row security' END, CASE WHEN r.rolconnlimit >= 0 THEN r.rolconnlimit || ' connections' END,
  CASE WHEN r.rolvaliduntil IS NOT NULL THEN 'for a time' END, array_to_string(r.rolconfig, ', ')) FROM pg_roles r WHERE r.rolname = ANY (%(roles)s)
UNION ALL SELECT 'member', m.person || ' of ' || m.role, concat_ws(', ', CASE WHEN m.admin_option THEN 'admin' END,
  CASE WHEN m.inherit_option THEN 'inherits' END, CASE WHEN m.set_option THEN 'may become' END, 'by ' || m.grantor::regrole)
  FROM members m WHERE m.person = ANY (%(roles)s) AND (m.role = ANY (%(roles)s) OR m.role LIKE 'pg\_%%')
UNION ALL SELECT 'other', 'extension', e.extname FROM pg_extension e
UNION ALL SELECT 'other', 'language', l.lanname || CASE WHEN l.lanpltrusted THEN ' for all' ELSE '' END FROM pg_language l
UNION ALL SELECT 'other', 'event trigger', evtname FROM pg_event_trigger
UNION ALL SELECT 'other', 'foreign server', srvname FROM pg_foreign_server
UNION ALL SELECT 'other', 'publication', pubname FROM pg_publication
UNION ALL SELECT 'other', 'schema', nspname FROM pg_namespace n WHERE nspname !~ '^(pg_|information_schema$|tenant_[0-9a-f]{32}$)'
ORDER BY 1, 2, 3
