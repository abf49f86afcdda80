-- Appends entries to a count, each under its desk's own key: one that is there already is left as it is. Nothing is overwritten:
-- entries of a line add up, and a correction is an entry that names (`_takes_back`) the one it stands for, at the time of that one
-- unless another is given; without a quantity it only takes that one back. One's own are corrected; those of others by whoever may
-- post counts. Of what is kept by lots an entry names one, or stands for all that no entry names. A line that was not on the sheet
-- becomes one that was found. Answers how many were added.
CREATE FUNCTION tenant_schema.add_count_entries(
  _sheet uuid, _keys uuid[], _locations uuid[], _items uuid[], _quantities numeric[], _typed text[], _units text[],
  _notes text[], _times timestamptz[], _takes_back bigint[], _lots text[] DEFAULT NULL, _expiries date[] DEFAULT NULL) RETURNS int
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _row tenant_schema.count_sheets := tenant_schema.count_for(_sheet, 'counts.enter', '{OPEN,REVIEW}', false);
  _now timestamptz := clock_timestamp();
  _me uuid := tenant_schema.me(); -- once, not once an entry
  _device text := tenant_schema.this_device();
  _problems jsonb;
  _added bigint[];
BEGIN
  IF coalesce(cardinality(_keys), 0) NOT BETWEEN 1 AND 20000 THEN
    RAISE EXCEPTION 'Send 1 to 20,000 entries at once.' USING ERRCODE = 'IM400';
  END IF;
  _problems := tenant_schema.check_entries(_row, _keys, _locations, _items, _quantities, _typed, _units,
    _notes, _times, _takes_back, _lots, _expiries);
  IF _problems IS NOT NULL THEN
    RAISE EXCEPTION 'Nothing was entered: something has to be put right first.' USING ERRCODE = 'IM400', DETAIL = _problems::text;
  END IF;
  INSERT INTO tenant_schema.count_lines (sheet_id, location_id, item_id, site_id, place, is_found)
  SELECT DISTINCT _sheet, u.location_id, u.item_id, _row.site_id, 1000000, true
  FROM unnest(_locations, _items) AS u (location_id, item_id)
  WHERE (SELECT l.item_id FROM tenant_schema.count_lines l -- asked entry by entry: see check_entries()
         WHERE l.sheet_id = _sheet AND l.location_id = u.location_id AND l.item_id = u.item_id) IS NULL
  ORDER BY 2, 3
  ON CONFLICT DO NOTHING;
  WITH added AS (
    INSERT INTO tenant_schema.count_entries (key, sheet_id, location_id, item_id, site_id, quantity, lot, expires_on, typed, unit,
      note, counted_at, takes_back, entered_by, entered_at, device)
    SELECT u.key, _sheet, u.location_id, u.item_id, _row.site_id, u.quantity, btrim(u.lot), u.expires_on, coalesce(u.typed, ''), coalesce(u.unit, i.base_unit),
      coalesce(u.note, ''), coalesce(u.counted_at, t.counted_at, _now), u.takes_back, _me, _now, _device
    FROM unnest(_keys, _locations, _items, _quantities, _typed, _units, _notes, _times, _takes_back, _lots, _expiries)
      WITH ORDINALITY AS u (key, location_id, item_id, quantity, typed, unit, note, counted_at, takes_back, lot, expires_on, n)
    JOIN tenant_schema.items i ON i.id = u.item_id
    LEFT JOIN tenant_schema.count_entries t ON t.id = u.takes_back
    ORDER BY u.n
    ON CONFLICT (key) DO NOTHING
    RETURNING id)
  SELECT array_agg(a.id ORDER BY a.id) INTO _added FROM added a;
  IF _added IS NULL THEN
    RETURN 0;
  END IF;
  PERFORM tenant_schema.write_audit('count_entries', _sheet::text, 'INSERT', _row.site_id, NULL, jsonb_build_object('sheet_id', _sheet,
    'entries', cardinality(_added), 'first_entry', _added[1], 'last_entry', _added[cardinality(_added)], 'content_hash',
    encode(sha256(convert_to((SELECT string_agg(tenant_schema.count_entry_line(e), E'\n' ORDER BY e.id) FROM tenant_schema.count_entries e WHERE e.id = ANY (_added)),
      'UTF8')), 'hex')));
  RETURN cardinality(_added);
EXCEPTION WHEN unique_violation THEN -- two desks corrected the same entry at the same moment
  RAISE EXCEPTION 'One of these entries was corrected already. Look at the line again.' USING ERRCODE = 'IM409';
END $$;
