-- What a site had of an item just before a moment, reckoned back from the present, so that only what is later has to be walked
-- again. No quantity where that cannot be told: with layers, while something was short, or where the method ever changed. Nothing but
-- the quantity where only that is asked (`_in_full`).
CREATE FUNCTION tenant_schema.cost_before(_site uuid, _item uuid, _from timestamptz, _in_full boolean DEFAULT true,
  OUT quantity numeric, OUT value numeric, OUT cost numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _in tenant_schema.stock_movements; -- what set the cost
  _q numeric; _v numeric; -- after it
BEGIN
  IF EXISTS (SELECT FROM tenant_schema.items i WHERE i.id = _item AND i.cost_method = 'FIFO')
     OR EXISTS (SELECT FROM tenant_schema.item_methods h WHERE h.item_id = _item) THEN
    RETURN;
  END IF;
  SELECT c.quantity - coalesce(m.quantity, 0), c.value - coalesce(m.value, 0) INTO quantity, value
  FROM tenant_schema.stock_costs c
  CROSS JOIN (SELECT sum(l.quantity) AS quantity, sum(l.value) FILTER (WHERE _in_full) AS value FROM tenant_schema.stock_movements l
              WHERE l.site_id = _site AND l.item_id = _item AND l.effective_at >= _from
                AND (l.weight = 0 AND l.kind <> 'PRODUCTION') IS NOT TRUE) m -- what only passes never was there
  WHERE c.site_id = _site AND c.item_id = _item;
  IF quantity < 0 THEN
    quantity := NULL;
    RETURN;
  END IF;
  IF NOT _in_full THEN
    RETURN;
  END IF;
  value := value - coalesce((SELECT sum(l.value) FROM tenant_schema.cost_corrections l
                             WHERE l.site_id = _site AND l.item_id = _item AND l.applies_at >= _from), 0);
  cost := 0;
  SELECT m.* INTO _in FROM tenant_schema.stock_movements m
  WHERE m.site_id = _site AND m.item_id = _item AND m.effective_at < _from AND m.kind <> 'MOVE'
    AND (m.weight = 0 AND m.kind <> 'PRODUCTION') IS NOT TRUE
    AND m.reverses_id IS NULL AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements r WHERE r.reverses_id = m.id)
    AND (m.quantity > 0 OR m.quantity = 0
      AND m.value + coalesce((SELECT sum(k.value) FROM tenant_schema.cost_corrections k WHERE k.movement_id = m.id), 0) <> 0)
  ORDER BY m.effective_at DESC, m.id DESC LIMIT 1;
  IF _in.id IS NOT NULL THEN
    SELECT cost_before.quantity - coalesce(m.quantity, 0), cost_before.value - coalesce(m.value, 0) - coalesce(k.value, 0) INTO _q, _v
    FROM (SELECT sum(l.quantity) AS quantity, sum(l.value) AS value FROM tenant_schema.stock_movements l
          WHERE l.site_id = _site AND l.item_id = _item AND l.effective_at >= _in.effective_at AND l.effective_at < _from
            AND (l.effective_at > _in.effective_at OR l.id > _in.id AND l.reverses_id IS NULL
              AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements r WHERE r.reverses_id = l.id))) m
    CROSS JOIN (SELECT sum(l.value) AS value FROM tenant_schema.cost_corrections l
                LEFT JOIN tenant_schema.stock_movements x ON l.applies_at = _in.effective_at AND x.id = l.movement_id
                WHERE l.site_id = _site AND l.item_id = _item AND l.applies_at >= _in.effective_at AND l.applies_at < _from
                  AND (l.applies_at > _in.effective_at OR x.effective_at = l.applies_at AND x.id > _in.id
                    AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements r WHERE r.reverses_id = x.id))) k;
    IF _q - _in.quantity >= 0 THEN
      cost := tenant_schema.quotient(_v, _q, 12);
    ELSE -- it covered what was short, so it alone says what things cost
      cost := tenant_schema.quotient(_in.value + coalesce((SELECT sum(k.value) FROM tenant_schema.cost_corrections k
        WHERE k.movement_id = _in.id), 0), _in.quantity, 12);
    END IF;
  END IF;
END $$;
