-- Refuses lines that would leave less than nothing of an item at a site, when they take effect or at any moment after. How much there
-- is, is told to those who see the stock there now, see stock_sites().
CREATE FUNCTION tenant_schema.refuse_negative(_site tenant_schema.sites, _lines tenant_schema.posting_line[]) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _problems jsonb;
  _sees boolean := (_site).id = ANY (tenant_schema.stock_sites());
BEGIN
  WITH sent AS (
    SELECT l.item_id, l.effective_at AS at, l.quantity, l.n::int AS n
    FROM unnest(_lines) WITH ORDINALITY AS l (item_id, location_id, quantity, value, unit_cost, reason_id, note,
      entered_quantity, entered_unit, effective_at, order_id, reverses_id, n)
  ), begun AS (
    SELECT s.item_id, min(s.at) AS at, min(s.n) FILTER (WHERE s.quantity < 0) AS n FROM sent s GROUP BY s.item_id HAVING bool_or(s.quantity < 0)
  ), steps AS (
    SELECT b.item_id, m.effective_at AS at, m.id, m.quantity, 0 AS added
    FROM begun b JOIN tenant_schema.stock_movements m ON m.site_id = (_site).id AND m.item_id = b.item_id AND m.effective_at >= b.at
    UNION ALL
    SELECT s.item_id, s.at, 9000000000000000000 + s.n, s.quantity, s.quantity FROM sent s JOIN begun b ON b.item_id = s.item_id
  ), summed AS (
    SELECT p.item_id, p.at, p.id, sum(p.quantity) OVER w AS moved, sum(p.added) OVER w AS own
    FROM steps p WINDOW w AS (PARTITION BY p.item_id ORDER BY p.at, p.id)
  ), opened AS (
    SELECT b.*, c.quantity AS now, c.quantity - coalesce((SELECT sum(m.quantity) FROM tenant_schema.stock_movements m
      WHERE m.site_id = (_site).id AND m.item_id = b.item_id AND m.effective_at >= b.at), 0) AS quantity
    FROM begun b JOIN tenant_schema.stock_costs c ON c.site_id = (_site).id AND c.item_id = b.item_id
  ), short AS (
    SELECT DISTINCT ON (o.item_id) o.item_id, o.n, o.now, s.at, o.quantity + s.moved AS quantity,
      NOT EXISTS (SELECT FROM steps x WHERE x.item_id = o.item_id AND x.at > s.at) AS is_last
    FROM opened o JOIN summed s ON s.item_id = o.item_id
    WHERE o.quantity + s.moved < 0 AND s.own < 0
    ORDER BY o.item_id, s.at, s.id)
  SELECT jsonb_agg(jsonb_build_object('row', s.n, 'field', 'quantity', 'text',
      CASE WHEN NOT _sees THEN format('%s: there is not that much at %s.', i.name, (_site).name)
           WHEN s.is_last THEN format('%s: only %s %s on hand at %s.', i.name, trim_scale(s.now), i.base_unit, (_site).name)
           ELSE format('%s: %s %s would be missing at %s on %s.', i.name, trim_scale(-s.quantity), i.base_unit, (_site).name,
             to_char(s.at AT TIME ZONE (_site).time_zone, 'FMDD Mon YYYY HH24:MI')) END) ORDER BY s.n)
    INTO _problems
    FROM short s JOIN tenant_schema.items i ON i.id = s.item_id;
  IF _problems IS NOT NULL THEN
    RAISE EXCEPTION 'There is not enough stock at %.', (_site).name USING ERRCODE = 'IM400', DETAIL = _problems::text;
  END IF;
END $$;
