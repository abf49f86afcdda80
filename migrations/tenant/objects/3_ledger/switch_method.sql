-- An item is costed by another method from a business day on, with a reason; what it was worth since then follows, at every site.
CREATE FUNCTION tenant_schema.switch_method(_key uuid, _item uuid, _method text, _from date, _reason text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _content bytea := sha256(convert_to(ROW('method', _item, _method, _from, _reason)::text, 'UTF8'));
  _row tenant_schema.items;
  _posting tenant_schema.postings;
  _place record;
BEGIN
  IF _key IS NULL OR length(trim(coalesce(_reason, ''))) NOT BETWEEN 1 AND 1000 THEN
    RAISE EXCEPTION 'Say why the method changes.' USING ERRCODE = 'IM400', DETAIL = '[{"field": "reason", "text": "Say why the method changes."}]';
  END IF;
  IF NOT tenant_schema.can('items.edit') OR NOT tenant_schema.can('stock.cost') OR NOT tenant_schema.can('documents.reverse') THEN
    RAISE EXCEPTION 'Your roles do not allow changing how items are costed.' USING ERRCODE = 'IM403';
  END IF;
  IF tenant_schema.first_result(_key, _content) IS NOT NULL THEN
    RETURN;
  END IF;
  PERFORM pg_advisory_xact_lock_shared(hashtextextended('periods of tenant_schema', 0)); -- before any row: nobody closes a period meanwhile
  SELECT * INTO _row FROM tenant_schema.items i WHERE i.id = _item FOR UPDATE;
  IF _row.id IS NULL OR _method IS NULL OR _method NOT IN ('AVERAGE', 'FIFO') OR _from IS NULL
     OR _from NOT BETWEEN '2000-01-01' AND current_date + 366 THEN
    RAISE EXCEPTION 'Choose an item, a method and a day.' USING ERRCODE = 'IM400';
  END IF;
  IF EXISTS (SELECT FROM tenant_schema.item_methods h WHERE h.item_id = _item AND h.valid_from >= _from) THEN
    RAISE EXCEPTION 'The method of % changed on a later day already.', _row.name USING ERRCODE = 'IM409';
  END IF;
  IF EXISTS (SELECT FROM tenant_schema.stock_movements m JOIN tenant_schema.sites s ON s.id = m.site_id
             WHERE m.item_id = _item AND m.business_day >= _from AND m.effective_at < tenant_schema.open_from(m.site_id)) THEN
    RAISE EXCEPTION 'From that day on a period is closed already: choose a later day.' USING ERRCODE = 'IM400';
  END IF;
  INSERT INTO tenant_schema.item_methods (item_id, valid_from, method, reason, switched_by)
  SELECT _item, '1900-01-01', _row.cost_method, 'As it was created.', NULL
  WHERE NOT EXISTS (SELECT FROM tenant_schema.item_methods h WHERE h.item_id = _item);
  INSERT INTO tenant_schema.item_methods (item_id, valid_from, method, reason, switched_by)
  VALUES (_item, _from, _method, trim(_reason), tenant_schema.me());
  UPDATE tenant_schema.items i SET cost_method = _method WHERE i.id = _item AND i.cost_method <> _method;
  PERFORM FROM tenant_schema.stock_costs c WHERE c.item_id = _item ORDER BY c.site_id FOR UPDATE;
  FOR _place IN
    SELECT m.site_id, min(m.effective_at) AS from_at FROM tenant_schema.stock_movements m
    WHERE m.item_id = _item AND m.business_day >= _from GROUP BY m.site_id ORDER BY m.site_id
  LOOP
    _posting := NULL;
    _posting.id := _key;
    _posting.kind := 'METHOD';
    _posting.site_id := _place.site_id;
    _posting.effective_at := _place.from_at;
    _posting.reference := left(_row.sku, 200);
    _posting.note := trim(_reason);
    _posting.content_hash := _content;
    PERFORM tenant_schema.post_lines(_posting, '{}', NULL, NULL,
      ARRAY[ROW(_place.site_id, _item, _place.from_at, NULL, NULL, NULL, NULL)::tenant_schema.cost_object]);
    _key := gen_random_uuid();
  END LOOP;
END $$;
