-- Everything wrong with how the lines of a document hang together and with what they refer to, as check_lines(). The cost rows of
-- the issues must be locked, so that nobody else brings back the same.
CREATE FUNCTION tenant_schema.check_links(_kind text, _site tenant_schema.sites, _header jsonb, _lines tenant_schema.posting_line[],
  _of bigint[], _weights numeric[]) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _problems jsonb := '[]';
  _to tenant_schema.sites;
  _day date := tenant_schema.business_day((_lines[1]).effective_at, _site.time_zone, _site.day_cutover_hour);
  _sees boolean; -- asked where something is referred to
  _me uuid;
BEGIN
  IF _kind = 'TRANSFER_OUT' THEN
    SELECT * INTO _to FROM tenant_schema.sites s WHERE s.id = (_header ->> 'to_site_id')::uuid;
    IF _to.id IS NULL OR NOT _to.is_active OR _to.id = _site.id THEN
      _problems := '[{"field": "to_site_id", "text": "Choose another open site as the receiver."}]';
    ELSIF _to.currency <> _site.currency AND tenant_schema.rate_on(_site.currency, _to.currency, _day) IS NULL THEN
      _problems := jsonb_build_array(jsonb_build_object('field', 'to_site_id', 'text', format(
        '%s keeps its stock in %s and %s in %s, and there is no rate of the two for %s or a day before: enter it under Exchange rates.',
        _site.name, _site.currency, _to.name, _to.currency, _day)));
    END IF;
  ELSIF _kind = 'PRODUCTION' AND NOT (EXISTS (SELECT FROM unnest(_lines) l WHERE l.quantity < 0)
                                      AND EXISTS (SELECT FROM unnest(_lines) l WHERE l.quantity > 0)) THEN
    _problems := '[{"field": "lines", "text": "Production uses something and makes something."}]';
  ELSIF _kind = 'PRODUCTION' AND _header ? 'production' THEN
    _problems := coalesce(tenant_schema.check_production(_site, _header -> 'production', _lines), '[]');
  ELSIF _kind = 'MOVE' THEN
    SELECT coalesce(jsonb_agg(jsonb_build_object('row', x.n, 'field', 'quantity',
        'text', 'What is taken from one place is put into another of the site, all of it.')), '[]') INTO _problems
    FROM (SELECT min(l.n) AS n FROM unnest(_lines) WITH ORDINALITY AS l (item_id, location_id, quantity, value, unit_cost, reason_id, note,
            entered_quantity, entered_unit, effective_at, order_id, reverses_id, n)
          GROUP BY l.item_id HAVING sum(l.quantity) <> 0) x;
  END IF;
  IF _weights IS NOT NULL AND EXISTS (SELECT FROM unnest(_weights) w WHERE w < 0 OR w = 'NaN' OR w >= 1000000000) THEN
    _problems := _problems || '[{"field": "weight", "text": "A weight lies between zero and a billion."}]';
  END IF;
  IF _kind = 'TRANSFER_IN' OR _of IS NOT NULL THEN
    _sees := _site.id = ANY (tenant_schema.stock_sites());
    _me := tenant_schema.me();
    SELECT _problems || coalesce(jsonb_agg(jsonb_build_object('row', p.n, 'field', 'of_id', 'text', p.text) ORDER BY p.n), '[]') INTO _problems
    FROM (
      SELECT l.n, CASE
          WHEN l.of_id IS NULL THEN CASE WHEN _kind = 'TRANSFER_IN' THEN 'Say which line of which transfer this is.' END
          WHEN _kind NOT IN ('TRANSFER_IN', 'CUSTOMER_RETURN') THEN 'Only what comes back or is transferred names an issue.'
          WHEN m.id IS NULL OR m.quantity >= 0 OR m.item_id <> l.item_id OR u.id IS NOT NULL OR m.reverses_id IS NOT NULL
            OR (_kind = 'TRANSFER_IN') <> (m.kind = 'TRANSFER_OUT')
            OR CASE _kind WHEN 'TRANSFER_IN' THEN p.to_site_id ELSE m.site_id END <> _site.id
            OR (_kind = 'CUSTOMER_RETURN' AND NOT _sees AND m.posted_by <> _me) THEN -- the rest would tell what is hidden from whoever counts blind
            'There is no such issue of this item.'
          WHEN m.effective_at > l.effective_at THEN 'It cannot come in before it left.'
          WHEN sum(l.quantity) OVER (PARTITION BY l.of_id) > -m.quantity - b.quantity
            THEN format('Only %s of it is still out.', trim_scale(-m.quantity - b.quantity)) END AS text
      FROM ROWS FROM (unnest(_lines), unnest(_of)) WITH ORDINALITY AS l (item_id, location_id, quantity, value, unit_cost, reason_id, note,
        entered_quantity, entered_unit, effective_at, order_id, reverses_id, of_id, n)
      LEFT JOIN tenant_schema.stock_movements m ON m.id = l.of_id
      LEFT JOIN tenant_schema.stock_movements u ON u.reverses_id = m.id
      LEFT JOIN tenant_schema.postings p ON p.id = m.posting_id
      LEFT JOIN LATERAL (SELECT coalesce(sum(t.quantity), 0) AS quantity FROM tenant_schema.stock_movements t
        WHERE t.of_id = m.id AND t.reverses_id IS NULL
          AND NOT EXISTS (SELECT FROM tenant_schema.stock_movements r WHERE r.reverses_id = t.id)) b ON true) p
    WHERE p.text IS NOT NULL;
  END IF;
  RETURN nullif(_problems, '[]');
END $$;
