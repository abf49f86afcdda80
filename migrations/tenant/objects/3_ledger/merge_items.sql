-- Makes one item of two: whatever points to the loser points to the winner, what there is of it is repacked at its value, and
-- it stays archived under the name of the winner, because the ledger only grows. `_plan`: packs, each with the name it `was`
-- and gets, and its content where the winner has no such pack; settings, by site `winner`, `loser` or `sum`. Once more, it
-- moves what came back since. Answers how much of everything was moved.
CREATE FUNCTION tenant_schema.merge_items(_loser uuid, _winner uuid, _plan jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _old tenant_schema.items;
  _new tenant_schema.items;
  _num numeric;
  _den numeric;
  _site record;
  _number bigint;
  _numbers bigint[] := '{}';
  _note text;
  _count int;
  _said jsonb := '{}';
BEGIN
  IF NOT tenant_schema.can('items.merge') THEN
    RAISE EXCEPTION 'Your roles do not allow you to merge items.' USING ERRCODE = 'IM403';
  END IF;
  PERFORM FROM tenant_schema.items i WHERE i.id IN (_loser, _winner) ORDER BY i.id FOR UPDATE;
  SELECT * INTO _old FROM tenant_schema.items i WHERE i.id = _loser;
  SELECT * INTO _new FROM tenant_schema.items i WHERE i.id = _winner;
  PERFORM tenant_schema.check_merge(_old, _new);
  SELECT o.numerator * n.denominator, o.denominator * n.numerator INTO STRICT _num, _den
    FROM tenant_schema.units o, tenant_schema.units n WHERE o.code = _old.base_unit AND n.code = _new.base_unit;
  _note := format('%s (%s) was merged into %s (%s).', _old.name, _old.sku, _new.name, _new.sku);
  FOR _site IN
    SELECT DISTINCT l.site_id FROM tenant_schema.stock_levels l WHERE l.item_id = _loser AND l.on_hand <> 0 ORDER BY l.site_id
  LOOP
    _number := tenant_schema.repack(_site.site_id, _loser, _winner, _num, _den, _note);
    _numbers := _numbers || _number;
  END LOOP;

  UPDATE tenant_schema.item_barcodes b SET item_id = _winner, unit = coalesce(
      (SELECT p ->> 'name' FROM jsonb_array_elements(_plan -> 'packs') p WHERE p ->> 'was' = b.unit), b.unit)
    WHERE b.item_id = _loser;
  GET DIAGNOSTICS _count = ROW_COUNT;
  _said := _said || jsonb_build_object('barcodes', _count);
  _said := _said || jsonb_build_object('recipe_lines', tenant_schema.merge_lines(_loser, _winner, _num, _den, _plan -> 'packs'));
  UPDATE tenant_schema.recipes r SET output_item_id = _winner WHERE r.output_item_id = _loser;
  INSERT INTO tenant_schema.item_units (item_id, name, quantity, of_unit)
    SELECT _winner, p ->> 'name', (p ->> 'quantity')::numeric, p ->> 'of_unit' FROM jsonb_array_elements(_plan -> 'packs') p
    WHERE p ->> 'quantity' IS NOT NULL
      AND EXISTS (SELECT FROM tenant_schema.item_units u WHERE u.item_id = _loser AND u.name = p ->> 'was');
  DELETE FROM tenant_schema.item_units u WHERE u.item_id = _loser;
  -- A supplier that sold both under the same words goes on doing so; the words say which is which.
  UPDATE tenant_schema.supplier_items s SET item_id = _winner, pack_quantity = tenant_schema.quotient(s.pack_quantity * _num, _den, 6),
      is_preferred = s.is_preferred AND NOT EXISTS (SELECT FROM tenant_schema.supplier_items w WHERE w.item_id = _winner AND w.is_preferred),
      pack = CASE WHEN EXISTS (SELECT FROM tenant_schema.supplier_items w WHERE w.item_id = _winner AND w.supplier_id = s.supplier_id
        AND w.pack = s.pack) THEN format('%s (%s)', s.pack, _old.sku) ELSE s.pack END
    WHERE s.item_id = _loser;
  GET DIAGNOSTICS _count = ROW_COUNT;
  _said := _said || jsonb_build_object('supplier_items', _count);
  PERFORM tenant_schema.merge_settings(_loser, _winner, _num, _den, coalesce(_plan -> 'settings', '{}'));
  UPDATE tenant_schema.item_photos p SET item_id = _winner
    WHERE p.item_id = _loser AND NOT EXISTS (SELECT FROM tenant_schema.item_photos w WHERE w.item_id = _winner);
  PERFORM tenant_schema.refuse_own_product(_winner);
  UPDATE tenant_schema.items i SET allergens = (SELECT array_agg(DISTINCT a ORDER BY a) FROM unnest(_old.allergens || _new.allergens) a)
    WHERE i.id = _winner AND NOT i.allergens @> _old.allergens;
  UPDATE tenant_schema.items i SET merged_into_id = _winner WHERE i.merged_into_id = _loser;
  UPDATE tenant_schema.items i SET is_active = false, merged_into_id = _winner
    WHERE i.id = _loser AND i.merged_into_id IS DISTINCT FROM _winner;
  RETURN _said || jsonb_build_object('documents', to_jsonb(_numbers));
END $$;
