-- Everything the catalog knows of a schema, one row a thing.
SELECT 'column', c.relname || '.' || a.attname, format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull || ' ' ||
       coalesce(pg_get_expr(d.adbin, d.adrelid), '') || ' ' || a.attidentity::text || a.attgenerated::text
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relnamespace = to_regnamespace(%(schema)s::text) AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL SELECT 'partition', c.relname, pg_get_expr(c.relpartbound, c.oid)
FROM pg_class c WHERE c.relnamespace = to_regnamespace(%(schema)s::text) AND c.relispartition AND c.relkind = 'r'
UNION ALL SELECT 'constraint', r.relname || '.' || c.conname, pg_get_constraintdef(c.oid)
FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid WHERE c.connamespace = to_regnamespace(%(schema)s::text)
UNION ALL SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = %(schema)s::text
UNION ALL SELECT 'table', c.relname, c.relkind::text || ' ' || c.relrowsecurity || ' ' || r.rolname || ' ' || coalesce(c.relacl::text, '')
FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE c.relnamespace = to_regnamespace(%(schema)s::text)
UNION ALL SELECT 'function', p.oid::regprocedure::text, pg_get_functiondef(p.oid) || r.rolname || coalesce(p.proacl::text, '')
FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner WHERE p.pronamespace = to_regnamespace(%(schema)s::text)
UNION ALL SELECT 'policy', tablename || '.' || policyname, cmd || roles::text || coalesce(qual, '') || coalesce(with_check, '')
FROM pg_policies WHERE schemaname = %(schema)s::text
UNION ALL SELECT 'trigger', c.relname || '.' || t.tgname, pg_get_triggerdef(t.oid)
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relnamespace = to_regnamespace(%(schema)s::text) AND NOT t.tgisinternal
UNION ALL SELECT 'schema', '', n.nspacl::text FROM pg_namespace n WHERE n.nspname = %(schema)s::text
ORDER BY 1, 2, 3
