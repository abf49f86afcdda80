-- What has to be decided before a count is posted: lines over the tolerance that were neither counted again nor approved, lines
-- that are being counted again, and what becomes of those that nobody counted. Null when all is decided.
CREATE FUNCTION tenant_schema.count_problems(
  _sheet tenant_schema.count_sheets, _findings tenant_schema.count_finding[], _approved boolean, _blanks text) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (
    WITH undecided AS MATERIALIZED ( -- of thousands of lines a few: what they are called is looked up for these alone
      SELECT f.* FROM unnest(_findings) f
      WHERE f.is_over AND NOT f.is_recounted AND NOT _approved OR f.is_recounted AND f.counted IS NULL
    ), found AS (
      SELECT f.*, CASE WHEN f.lot IS NULL THEN i.name ELSE format('%s, lot %s,', i.name, f.lot) END AS item, w.name AS place, a.place AS walk, l.place AS line
      FROM undecided f
      JOIN tenant_schema.items i ON i.id = f.item_id
      JOIN tenant_schema.storage_locations w ON w.id = f.location_id
      CROSS JOIN LATERAL (SELECT a.place FROM tenant_schema.count_areas a WHERE a.sheet_id = (_sheet).id AND a.location_id = f.location_id LIMIT 1) a
      CROSS JOIN LATERAL (SELECT l.place FROM tenant_schema.count_lines l
        WHERE l.sheet_id = (_sheet).id AND l.location_id = f.location_id AND l.item_id = f.item_id LIMIT 1) l
    ), wrong AS (
      SELECT 0 AS walk, 0 AS line, 'blanks' AS field, format('%s: leave them as they are, or count them as zero.',
        CASE count(*) WHEN 1 THEN 'One line was not counted' ELSE count(*) || ' lines were not counted' END) AS text
      FROM unnest(_findings) f WHERE f.counted IS NULL AND coalesce(_blanks, '') NOT IN ('LEAVE', 'ZERO') HAVING count(*) > 0
      UNION ALL
      SELECT f.walk, f.line, 'difference', format('%s in %s is over the tolerance: have it counted again, or approved.', f.item, f.place)
      FROM found f WHERE f.is_over AND NOT f.is_recounted
      UNION ALL
      SELECT f.walk, f.line, 'recount', format('%s in %s is to be counted again, and was not yet.', f.item, f.place)
      FROM found f WHERE f.is_recounted AND f.counted IS NULL)
    SELECT jsonb_agg(jsonb_build_object('field', w.field, 'text', w.text) ORDER BY w.walk, w.line) FROM wrong w);
END $$;
