-- What is wrong with the modifiers chosen for a dish: they must be offered with it, and each of its questions be answered as often as
-- it asks for. Null when all is well.
CREATE FUNCTION tenant_schema.wrong_modifiers(_menu_item uuid, _modifiers uuid[]) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH chosen AS (
    SELECT c.id, m.group_id, m.name, j.group_id IS NOT NULL AND m.is_active AND g.is_active AS offered
    FROM unnest(_modifiers) AS c (id)
    LEFT JOIN tenant_schema.modifiers m ON m.id = c.id
    LEFT JOIN tenant_schema.modifier_groups g ON g.id = m.group_id
    LEFT JOIN tenant_schema.menu_item_modifiers j ON j.menu_item_id = _menu_item AND j.group_id = m.group_id
  ), asked AS (
    SELECT g.name, g.at_least, g.at_most, j.sort_order, (SELECT count(*) FROM chosen c WHERE c.group_id = g.id) AS answers
    FROM tenant_schema.menu_item_modifiers j JOIN tenant_schema.modifier_groups g ON g.id = j.group_id
    WHERE j.menu_item_id = _menu_item AND g.is_active
      AND EXISTS (SELECT FROM tenant_schema.modifiers m WHERE m.group_id = g.id AND m.is_active)
  )
  SELECT w.text FROM (
    SELECT 1 AS place, 0 AS sort_order, 'A line has at most 50 modifiers.' AS text WHERE cardinality(_modifiers) > 50
    UNION ALL
    SELECT 2, 0, CASE WHEN c.name IS NULL THEN 'This modifier does not exist.'
      ELSE format('%s is not offered with this dish.', c.name) END FROM chosen c WHERE c.offered IS NOT TRUE
    UNION ALL
    SELECT 3, a.sort_order, format('%s: choose at least %s.', a.name, a.at_least) FROM asked a WHERE a.answers < a.at_least
    UNION ALL
    SELECT 3, a.sort_order, format('%s: choose at most %s.', a.name, a.at_most) FROM asked a WHERE a.answers > a.at_most
  ) w ORDER BY w.place, w.sort_order, w.text LIMIT 1
$$;
