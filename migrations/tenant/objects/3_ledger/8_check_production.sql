-- Everything wrong with what a document of production says of itself besides its lines, as check_lines(): `version_id`, the version
-- of the recipe it was made by (null: one item was repacked into others), `expected`, line by line what would have been used and
-- made by it (of what is repacked: what is in the packs), and `reason_id`, why less came out, which whoever repacks has to say.
CREATE FUNCTION tenant_schema.check_production(_site tenant_schema.sites, _said jsonb, _lines tenant_schema.posting_line[]) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _expected numeric[];
  _recipe record; -- the version, with what it makes
  _repacked CONSTANT boolean := _said ->> 'version_id' IS NULL;
  _used uuid[] := ARRAY(SELECT DISTINCT l.item_id FROM unnest(_lines) l WHERE l.quantity < 0);
  _made uuid[] := ARRAY(SELECT DISTINCT l.item_id FROM unnest(_lines) l WHERE l.quantity > 0);
BEGIN
  IF jsonb_typeof(_said -> 'expected') IS DISTINCT FROM 'array' OR jsonb_array_length(_said -> 'expected') <> cardinality(_lines) THEN
    RETURN jsonb_build_array(jsonb_build_object('field', 'lines', 'text', 'Say of each line what was expected, or nothing.'));
  END IF;
  _expected := ARRAY(SELECT e::numeric FROM jsonb_array_elements_text(_said -> 'expected') WITH ORDINALITY AS x (e, n) ORDER BY n);
  IF EXISTS (SELECT FROM unnest(_expected) e WHERE e < 0 OR e = 'NaN' OR e >= 1000000000) THEN
    RETURN jsonb_build_array(jsonb_build_object('field', 'lines', 'text', 'What is expected is not below zero, and not absurdly large.'));
  END IF;
  SELECT r.name, r.output_item_id, i.name AS item, v.valid_from INTO _recipe
    FROM tenant_schema.recipe_versions v JOIN tenant_schema.recipes r ON r.id = v.recipe_id
    JOIN tenant_schema.items i ON i.id = r.output_item_id WHERE v.id = (_said ->> 'version_id')::uuid;
  RETURN (
    SELECT nullif(coalesce(jsonb_agg(jsonb_build_object('field', p.field, 'text', p.text)), '[]'), '[]')
    FROM (VALUES
      ('recipe', CASE WHEN _repacked THEN NULL
                      WHEN _recipe.output_item_id IS NULL THEN 'This recipe is not of a prep that goes into stock.'
                      WHEN _recipe.output_item_id <> ALL (_made) THEN format('%s makes %s: say how much of it was made.', _recipe.name, _recipe.item)
                      WHEN _recipe.valid_from > tenant_schema.business_day(_lines[1].effective_at, _site.time_zone, _site.day_cutover_hour)
                        THEN format('%s was not made so before %s.', _recipe.name, _recipe.valid_from) END),
      ('lines', CASE WHEN NOT _repacked THEN NULL
                     WHEN cardinality(_used) > 1 THEN 'One item is repacked at a time.'
                     WHEN _used && _made THEN 'Repack it into another item.' END),
      ('reason', CASE WHEN _said ->> 'reason_id' IS NOT NULL THEN
                   CASE WHEN NOT EXISTS (SELECT FROM tenant_schema.reason_codes r WHERE r.id = (_said ->> 'reason_id')::uuid AND r.is_active
                     AND r.class = 'WASTE') THEN 'This reason cannot be used here.' END
                 WHEN _repacked AND EXISTS (SELECT FROM ROWS FROM (unnest(_lines), unnest(_expected)) AS l (item_id, location_id, quantity,
                     value, unit_cost, reason_id, note, entered_quantity, entered_unit, effective_at, order_id, reverses_id, expected)
                   WHERE l.quantity < 0 AND -l.quantity > l.expected)
                   THEN 'Less came out than went in: say why.' END)
    ) AS p (field, text) WHERE p.text IS NOT NULL);
END $$;
