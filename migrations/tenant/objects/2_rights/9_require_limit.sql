-- Refuses what is worth more than the person may do at a site, and names those who may. The amount itself stays unsaid:
-- not everybody sees costs.
CREATE FUNCTION tenant_schema.require_limit(_permission text, _site uuid, _amount numeric) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _limit numeric := tenant_schema.limit_of(_permission, _site);
  _names text[];
BEGIN
  IF _limit IS NULL OR _amount <= _limit THEN
    RETURN;
  END IF;
  SELECT array_agg(m.display_name ORDER BY m.sort_name) INTO _names FROM tenant_schema.members m
   WHERE m.is_active AND EXISTS (SELECT FROM tenant_schema.member_powers(m.id) p WHERE p.permission = _permission
     AND (p.site_id IS NULL OR p.site_id = _site) AND p.amount >= _amount);
  PERFORM tenant_schema.refuse(format('This is worth more than your limit of %s %s. %s.',
    to_char(_limit, 'FM999G999G999G990D00'), (SELECT s.currency FROM tenant_schema.sites s WHERE s.id = _site),
    CASE WHEN _names IS NULL THEN 'Nobody here may do it: have the limit raised' ELSE 'Ask ' || array_to_string(_names[1:3], ' or ') END),
    NULL, 'IM403');
END $$;
