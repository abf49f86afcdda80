-- Starts a count at a site: its areas in walk order, and in each what is there or has its home there, in the order of the shelves.
-- Header: site_id, name, scope, is_blind, tolerance_percent, tolerance_value, days (of a cycle count: what was not counted for so
-- many), note. A blind one hides the stock of the site from whoever may not post counts there, so only who may starts one. `_chosen`: the storage locations (with those inside them) or categories of the scope. The same key answers the same
-- sheet. Answers id, number, areas and lines.
CREATE FUNCTION tenant_schema.start_count(_key uuid, _header jsonb, _chosen uuid[] DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _site tenant_schema.sites := tenant_schema.require_site((_header ->> 'site_id')::uuid, 'counts.enter');
  _scope text := _header ->> 'scope';
  _name text := trim(coalesce(_header ->> 'name', ''));
  _percent numeric := (_header ->> 'tolerance_percent')::numeric;
  _value numeric := (_header ->> 'tolerance_value')::numeric;
  _days int := (_header ->> 'days')::int;
  _problems jsonb;
  _sheet tenant_schema.count_sheets;
  _lines int;
BEGIN
  IF (_header ->> 'is_blind')::boolean THEN
    PERFORM tenant_schema.require_site(_site.id, 'counts.post');
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended(_key::text, 0));
  SELECT * INTO _sheet FROM tenant_schema.count_sheets s WHERE s.id = _key;
  IF _sheet.id IS NOT NULL AND (_sheet.started_by <> tenant_schema.me() OR _sheet.site_id <> _site.id OR _sheet.name <> _name) THEN
    RAISE EXCEPTION 'This key was already used for another count.' USING ERRCODE = 'IM409';
  END IF;
  IF _sheet.id IS NULL THEN
    SELECT jsonb_agg(jsonb_build_object('field', p.field, 'text', p.text)) INTO _problems FROM (VALUES
      ('name', CASE WHEN length(_name) NOT BETWEEN 1 AND 120 THEN 'Give the count a name of at most 120 letters.' END),
      ('scope', CASE WHEN coalesce(_scope, '') NOT IN ('ALL', 'LOCATIONS', 'CATEGORIES', 'KEY_ITEMS', 'CYCLE') THEN 'Say what is to be counted.' END),
      ('chosen', CASE WHEN _scope IN ('LOCATIONS', 'CATEGORIES') AND coalesce(cardinality(_chosen), 0) = 0 THEN 'Choose what is to be counted.' END),
      ('days', CASE WHEN _scope = 'CYCLE' AND coalesce(_days, 0) NOT BETWEEN 1 AND 3650 THEN 'Say after how many days something is counted again.' END),
      ('tolerance_percent', CASE WHEN _percent = 'NaN' OR _percent NOT BETWEEN 0 AND 10000 THEN 'A tolerance lies between 0 and 10,000 percent.' END),
      ('tolerance_value', CASE WHEN _value = 'NaN' OR _value NOT BETWEEN 0 AND 1000000000 THEN 'A tolerance lies between 0 and 1,000,000,000.' END),
      ('note', CASE WHEN length(_header ->> 'note') > 1000 THEN 'A note has at most 1,000 letters.' END)) AS p (field, text)
    WHERE p.text IS NOT NULL;
    IF _problems IS NOT NULL THEN
      RAISE EXCEPTION 'This count cannot be started yet.' USING ERRCODE = 'IM400', DETAIL = _problems::text;
    END IF;
    INSERT INTO tenant_schema.count_sheets (id, site_id, name, scope, is_blind, tolerance_percent, tolerance_value, note, started_by, started_at)
    VALUES (_key, _site.id, _name, _scope, coalesce((_header ->> 'is_blind')::boolean, false), _percent, _value,
      coalesce(_header ->> 'note', ''), tenant_schema.me(), clock_timestamp())
    RETURNING * INTO _sheet;
    PERFORM tenant_schema.fill_count(_sheet, _chosen, _days);
  END IF;
  SELECT count(*) INTO _lines FROM tenant_schema.count_lines l WHERE l.sheet_id = _key;
  IF _lines = 0 THEN
    RAISE EXCEPTION 'There is nothing to count there: nothing is in these storage locations, or has its home in them.' USING ERRCODE = 'IM400',
      DETAIL = '[{"field": "scope", "text": "There is nothing to count there: nothing is in these storage locations, or has its home in them."}]';
  END IF;
  RETURN jsonb_build_object('id', _key, 'number', _sheet.number, 'lines', _lines,
    'areas', (SELECT count(*) FROM tenant_schema.count_areas a WHERE a.sheet_id = _key));
END $$;
