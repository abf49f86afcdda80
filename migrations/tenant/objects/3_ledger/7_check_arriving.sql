-- Everything wrong with the lines of a receipt at a site, as problems with row, field and sentence; null when all is well.
CREATE FUNCTION tenant_schema.check_arriving(_site uuid, _lines tenant_schema.arriving_line[]) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN (
  SELECT jsonb_agg(jsonb_build_object('row', l.n, 'field', p.field, 'text', p.text) ORDER BY l.n)
  FROM unnest(_lines) l
  LEFT JOIN tenant_schema.storage_locations w ON w.id = l.location_id AND w.site_id = _site AND w.is_active
  LEFT JOIN tenant_schema.lots t ON t.item_id = l.item_id AND t.code = l.arrived_lot
  LEFT JOIN tenant_schema.items i ON i.id = l.item_id
  LEFT JOIN tenant_schema.reason_codes r ON r.id = l.reason_id AND r.is_active AND 'ADJUSTMENT' = ANY (r.kinds)
  CROSS JOIN LATERAL (VALUES
    ('of_id', CASE WHEN l.item_id IS NULL THEN 'This is no line of the transfer.'
                   WHEN l.under_way <= 0 THEN 'Nothing of this is still under way.' END),
    ('lot', CASE WHEN NOT l.by_lot THEN NULL
                 WHEN l.tracks_lots = 'NO' THEN format('%s is not kept by lots.', i.name)
                 WHEN length(l.arrived_lot) > 40 THEN 'The name of a lot has at most 40 letters.'
                 WHEN l.expires !~ '^[12][0-9]{3}-[01][0-9]-[0-3][0-9]$' THEN 'Write the day on which it expires as 2026-01-31.'
                 WHEN l.quantity > 0 AND l.tracks_lots = 'EXPIRY' AND t.expires_on IS NULL AND l.expires IS NULL AND l.arrived_lot IS NOT NULL
                   AND i.shelf_life_days IS NULL THEN format('Say when lot %s expires.', l.arrived_lot)
                 WHEN l.expires <> t.expires_on::text THEN format('Lot %s of %s expires on %s.', l.arrived_lot, i.name, t.expires_on) END),
    ('quantity', CASE WHEN l.quantity IS NULL OR l.quantity = 'NaN' OR l.quantity < 0 THEN 'Enter how much arrived; nothing is 0.'
                      WHEN l.quantity >= 1000000000 THEN 'This quantity is absurdly large.' END),
    ('location', CASE WHEN l.quantity > 0 AND w.id IS NULL THEN 'Choose a storage location of the site.' END),
    ('rest', CASE WHEN coalesce(l.rest, '') NOT IN ('STAYS', 'BACK', 'MISSING') THEN 'Say what became of the rest.' END),
    ('reason', CASE WHEN (l.rest = 'MISSING' AND l.quantity < l.under_way OR l.quantity > l.under_way) AND r.id IS NULL
                      THEN 'Choose a reason for what is missing or too much.' END)
  ) AS p (field, text)
  WHERE p.text IS NOT NULL);
