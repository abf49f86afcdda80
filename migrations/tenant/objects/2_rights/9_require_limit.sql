-- Refuses what is just being posted when, with all that counts today, it comes to more than the person may do at a site in one
-- business day, and names those who may still do it. What was used before is said where the person may see it: orders always,
-- values of stock only with stock.cost; otherwise in how many documents it was used.
CREATE FUNCTION tenant_schema.require_limit(_permission text, _site uuid, _amount numeric) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _limit numeric := tenant_schema.limit_of(_permission, _site);
  _money CONSTANT text := 'FM999G999G999G990D00';
  _used record; -- with this one
  _before text;
  _names text[];
BEGIN
  IF _limit IS NULL THEN
    RETURN;
  END IF;
  _used := tenant_schema.used_today(tenant_schema.me(), _permission, _site);
  IF greatest(_used.amount, 0) <= _limit THEN
    RETURN;
  END IF;
  SELECT array_agg(m.display_name ORDER BY m.sort_name) INTO _names FROM tenant_schema.members m
   WHERE m.is_active AND m.id <> tenant_schema.me() AND EXISTS (
     SELECT FROM tenant_schema.member_powers(m.id) p WHERE p.permission = _permission AND (p.site_id IS NULL OR p.site_id = _site)
       AND p.amount >= _amount + (tenant_schema.used_today(m.id, _permission, _site)).amount);
  _before := CASE
    WHEN _used.documents < 2 THEN ''
    WHEN _permission = 'sales.void' OR _site = ANY (tenant_schema.scope('stock.cost'))
      THEN format(', of which %s was used today', to_char(greatest(_used.amount - _amount, 0), _money))
    ELSE format(', of which a part was used today in %s', CASE _used.documents WHEN 2 THEN '1 document'
      ELSE _used.documents - 1 || ' documents' END) END;
  PERFORM tenant_schema.refuse(format('This is worth more than your limit of %s %s a day%s. %s.', to_char(_limit, _money),
    (SELECT s.currency FROM tenant_schema.sites s WHERE s.id = _site), _before,
    CASE WHEN _names IS NULL THEN 'Nobody here may do it: have the limit raised' ELSE 'Ask ' || array_to_string(_names[1:3], ' or ') END),
    'limit', 'IM403');
END $$;
