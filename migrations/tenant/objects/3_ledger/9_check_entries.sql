-- Everything wrong with entries of a count, as problems with row, field and sentence; null when all is well. Entries that are
-- there already under their key are not looked at again. Each row is looked up for itself (LIMIT), because a sheet is younger than
-- the statistics of its tables, and a plan that compares rows with rows takes a minute where the index takes a moment.
CREATE FUNCTION tenant_schema.check_entries(
  _sheet tenant_schema.count_sheets, _keys uuid[], _locations uuid[], _items uuid[], _quantities numeric[], _typed text[],
  _units text[], _notes text[], _times timestamptz[], _takes_back bigint[], _lots text[], _expiries date[]) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _mine uuid := tenant_schema.me();
  _posts boolean := (_sheet).site_id = ANY (tenant_schema.scope('counts.post'));
  _latest timestamptz := clock_timestamp() + interval '2 minutes';
BEGIN
  RETURN (
    SELECT jsonb_agg(jsonb_build_object('row', u.n, 'field', p.field, 'text', p.text) ORDER BY u.n)
    FROM unnest(_keys, _locations, _items, _quantities, _typed, _units, _notes, _times, _takes_back, _lots, _expiries)
      WITH ORDINALITY AS u (key, location_id, item_id, quantity, typed, unit, note, counted_at, takes_back, lot, expires_on, n)
    LEFT JOIN LATERAL (SELECT * FROM tenant_schema.count_entries e WHERE e.key = u.key LIMIT 1) k ON true
    LEFT JOIN LATERAL (SELECT * FROM tenant_schema.items i WHERE i.id = u.item_id LIMIT 1) i ON true
    LEFT JOIN LATERAL (SELECT * FROM tenant_schema.count_areas a WHERE a.sheet_id = (_sheet).id AND a.location_id = u.location_id LIMIT 1) a ON true
    LEFT JOIN LATERAL (SELECT * FROM tenant_schema.count_lines l WHERE l.sheet_id = (_sheet).id AND l.location_id = u.location_id
      AND l.item_id = u.item_id LIMIT 1) l ON true
    LEFT JOIN LATERAL (SELECT * FROM tenant_schema.count_entries e WHERE e.id = u.takes_back AND e.sheet_id = (_sheet).id
      AND e.location_id = u.location_id AND e.item_id = u.item_id LIMIT 1) t ON true
    LEFT JOIN LATERAL (SELECT * FROM tenant_schema.lots g WHERE g.item_id = u.item_id AND g.code = btrim(u.lot) LIMIT 1) g ON true
    CROSS JOIN LATERAL (VALUES
      ('key', CASE WHEN u.key IS NULL THEN 'An entry needs a key.'
                   WHEN k.id IS NOT NULL AND (k.sheet_id <> (_sheet).id OR k.location_id <> u.location_id OR k.item_id <> u.item_id
                     OR k.quantity IS DISTINCT FROM u.quantity OR k.lot IS DISTINCT FROM btrim(u.lot) OR k.takes_back IS DISTINCT FROM u.takes_back OR k.entered_by <> _mine)
                     THEN 'This key was already used for another entry.' END),
      ('item', CASE WHEN k.id IS NOT NULL THEN NULL WHEN i.id IS NULL THEN 'This item does not exist.'
                    WHEN NOT i.is_active THEN format('%s is archived.', i.name)
                    WHEN (_sheet).state = 'REVIEW' AND l.recount_after IS NULL
                      THEN format('%s is not to be counted again: counting is done.', i.name) END),
      ('location', CASE WHEN a.location_id IS NULL THEN 'This storage location does not belong to the count.' END),
      ('quantity', CASE WHEN u.quantity IS NULL AND u.takes_back IS NULL THEN 'Enter what was counted. Blank is not zero.'
                        WHEN u.quantity = 'NaN' OR abs(u.quantity) >= 1000000000 THEN 'This quantity is absurdly large.'
                        WHEN u.quantity < 0 THEN 'A counted quantity cannot be below zero.'
                        WHEN u.quantity <> round(u.quantity, 6) THEN 'A quantity has at most six decimals.'
                        WHEN length(u.typed) > 120 THEN 'What was typed is too long.' END),
      ('lot', CASE WHEN k.id IS NOT NULL THEN NULL
                   WHEN u.lot IS NULL AND u.expires_on IS NOT NULL THEN 'Name the lot that expires.'
                   WHEN u.lot IS NULL THEN NULL
                   WHEN i.tracks_lots = 'NO' THEN format('%s is not kept by lots.', i.name)
                   WHEN length(btrim(u.lot)) NOT BETWEEN 1 AND 40 THEN 'The name of a lot has 1 to 40 letters.'
                   WHEN u.expires_on NOT BETWEEN '2000-01-01' AND '2999-12-31' THEN format('Say when lot %s expires.', btrim(u.lot))
                   WHEN u.expires_on <> g.expires_on THEN format('Lot %s of %s expires on %s.', g.code, i.name, to_char(g.expires_on, 'YYYY-MM-DD'))
                   WHEN i.tracks_lots = 'EXPIRY' AND i.shelf_life_days IS NULL AND g.id IS NULL AND u.expires_on IS NULL AND u.quantity > 0
                     THEN format('Say when lot %s expires.', btrim(u.lot)) END),
      ('unit', CASE WHEN length(u.unit) NOT BETWEEN 1 AND 100 THEN 'A unit has 1 to 100 letters.' END),
      ('note', CASE WHEN length(u.note) > 1000 THEN 'A note has at most 1,000 letters.' END),
      ('counted_at', CASE WHEN NOT isfinite(u.counted_at) OR u.counted_at > _latest THEN 'The time of an entry cannot lie in the future.'
                          WHEN u.counted_at < (_sheet).started_at - interval '1 day'
                            THEN 'What was counted more than a day before the count was started does not belong to it.' END),
      ('takes_back', CASE WHEN k.id IS NOT NULL OR u.takes_back IS NULL THEN NULL
                          WHEN t.id IS NULL THEN 'The entry that is corrected is not there.'
                          WHEN t.entered_by <> _mine AND NOT _posts THEN 'Somebody else entered this: whoever entered it corrects it, or whoever may post counts.'
                          WHEN EXISTS (SELECT FROM tenant_schema.count_entries b WHERE b.takes_back = t.id) THEN 'This entry was corrected already.' END)
    ) AS p (field, text)
    WHERE p.text IS NOT NULL);
END $$;
