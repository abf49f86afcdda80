-- Everything wrong with the lines of a document, as problems with row, field and sentence; null when all is well.
CREATE FUNCTION tenant_schema.check_lines(_kind text, _site uuid, _lines tenant_schema.posting_line[]) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (
    SELECT jsonb_agg(jsonb_build_object('row', l.n, 'field', p.field, 'text', p.text) ORDER BY l.n)
    FROM unnest(_lines) WITH ORDINALITY AS l (item_id, location_id, quantity, value, unit_cost, reason_id, note,
      entered_quantity, entered_unit, effective_at, order_id, reverses_id, n)
    LEFT JOIN tenant_schema.items i ON i.id = l.item_id
    LEFT JOIN tenant_schema.storage_locations w ON w.id = l.location_id AND w.site_id = _site
    LEFT JOIN tenant_schema.reason_codes r ON r.id = l.reason_id
    CROSS JOIN LATERAL (SELECT ARRAY[ -- of one line; most have nothing wrong, and then nothing more is made of it
      /* item */ CASE WHEN i.id IS NULL THEN 'This item does not exist.'
                      WHEN NOT i.is_active THEN format('%s is archived.', i.name) END,
      /* location */ CASE WHEN w.id IS NULL THEN 'This storage location does not belong to the site.'
                          WHEN NOT w.is_active THEN format('%s is closed.', w.name) END,
      /* quantity */ CASE WHEN l.quantity IS NULL OR l.quantity = 'NaN' THEN 'Enter a quantity.'
                          WHEN _kind = 'COUNT' AND l.quantity < 0 THEN 'A counted quantity cannot be below zero.'
                          WHEN _kind = 'WASTE' AND l.quantity >= 0 THEN 'Waste must take something out of stock.'
                          WHEN _kind = 'DELIVERY' AND l.quantity <= 0 THEN 'A delivered quantity must be above zero.'
                          WHEN _kind IN ('SUPPLIER_RETURN', 'TRANSFER_OUT') AND l.quantity >= 0 THEN 'This must take something out of stock.'
                          WHEN _kind IN ('CUSTOMER_RETURN', 'TRANSFER_IN') AND l.quantity <= 0 THEN 'What comes in must be above zero.'
                          WHEN _kind = 'REVALUATION' AND l.quantity <> 0 THEN 'A revaluation changes the value, not the quantity.'
                          WHEN _kind NOT IN ('COUNT', 'REVALUATION') AND l.quantity = 0 THEN 'Enter a quantity other than zero.'
                          WHEN abs(l.quantity) >= 1000000000 THEN 'This quantity is absurdly large.'
                          WHEN l.quantity <> round(l.quantity, 6) THEN 'A quantity has at most six decimals.' END,
      /* value */ CASE WHEN _kind = 'REVALUATION' AND l.value IS NULL THEN 'Enter by how much the value changes.'
                       WHEN l.value = 'NaN' OR abs(l.value) >= 1000000000000 THEN 'This value is absurdly large.'
                       WHEN l.value IS NULL OR _kind = 'REVALUATION' THEN NULL
                       WHEN l.unit_cost IS NOT NULL THEN 'Enter either what one costs or what all of it is worth.'
                       WHEN l.quantity < 0 THEN 'What leaves stock leaves at its own cost.'
                       WHEN l.value < 0 THEN 'A value cannot be below zero.'
                       WHEN _kind NOT IN ('DELIVERY', 'ADJUSTMENT', 'CUSTOMER_RETURN', 'PRODUCTION') THEN 'A value cannot be given here.' END,
      /* unit_cost */ CASE WHEN _kind = 'DELIVERY' AND l.unit_cost IS NULL AND l.value IS NULL THEN 'Enter what it cost.'
                           WHEN l.unit_cost < 0 OR l.unit_cost = 'NaN' THEN 'A cost cannot be below zero.'
                           WHEN l.unit_cost >= 1000000000 THEN 'This cost is absurdly large.'
                           WHEN l.unit_cost IS NOT NULL AND l.quantity < 0 THEN 'What leaves stock leaves at its own cost.'
                           WHEN l.unit_cost IS NOT NULL AND _kind IN ('TRANSFER_IN', 'PRODUCTION', 'REVALUATION', 'MOVE')
                             THEN 'What one costs cannot be given here.'
                           WHEN l.unit_cost IS NOT NULL AND _kind = 'COUNT' THEN 'What a count finds enters at the current cost.' END,
      /* reason */ CASE WHEN l.reason_id IS NULL AND _kind IN ('WASTE', 'ADJUSTMENT') THEN 'Choose a reason.'
                        WHEN l.reason_id IS NOT NULL AND (r.id IS NULL OR NOT r.is_active OR NOT _kind = ANY (r.kinds))
                          THEN 'This reason cannot be used here.' END,
      /* entered_quantity */ CASE WHEN l.entered_quantity = 'NaN' OR abs(l.entered_quantity) >= 1000000000
                                    THEN 'The quantity as it was entered cannot be right.' END,
      /* entered_unit */ CASE WHEN length(l.entered_unit) > 100 THEN 'A unit has at most 100 letters.' END,
      /* note */ CASE WHEN length(l.note) > 1000 THEN 'A note has at most 1,000 letters.' END] AS texts OFFSET 0) x
    CROSS JOIN LATERAL unnest('{item,location,quantity,value,unit_cost,reason,entered_quantity,entered_unit,note}'::text[], x.texts) AS p (field, text)
    WHERE num_nonnulls(VARIADIC x.texts) > 0 AND p.text IS NOT NULL);
END $$;
