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
