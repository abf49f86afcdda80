-- BEFORE UPDATE of an item: what has moved keeps its unit, and its cost method but for switch_method(); what is in stock anywhere
-- is not archived, also where the person sees nothing of that stock; what has lots goes on being kept by them; and what was
-- merged into another does not come back.
CREATE FUNCTION tenant_schema.keep_item() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NEW.base_unit <> OLD.base_unit AND EXISTS (SELECT FROM tenant_schema.stock_costs c WHERE c.item_id = OLD.id) THEN
    RAISE EXCEPTION 'It is kept in % and has movements, so its unit cannot change.', OLD.base_unit USING ERRCODE = 'IM400',
      DETAIL = jsonb_build_array(jsonb_build_object('field', 'base_unit', 'text', 'It has movements, so this cannot change.'));
  END IF;
  IF NEW.is_active AND OLD.merged_into_id IS NOT NULL THEN
    RAISE EXCEPTION '% was merged into %: its packs, recipes and suppliers are there now. Make a new item instead.', OLD.name,
      (SELECT i.name FROM tenant_schema.items i WHERE i.id = OLD.merged_into_id) USING ERRCODE = 'IM400';
  END IF;
  IF NEW.cost_method <> OLD.cost_method AND EXISTS (SELECT FROM tenant_schema.stock_costs c WHERE c.item_id = OLD.id)
     AND NEW.cost_method IS DISTINCT FROM (SELECT h.method FROM tenant_schema.item_methods h WHERE h.item_id = OLD.id
                                           ORDER BY h.valid_from DESC LIMIT 1) THEN
    RAISE EXCEPTION 'It has movements, so its cost method changes from a day on and with a reason.' USING ERRCODE = 'IM400',
      DETAIL = jsonb_build_array(jsonb_build_object('field', 'cost_method', 'text', 'It has movements: switch the method from a day on.'));
  END IF;
  IF NEW.tracks_lots = 'NO' AND OLD.tracks_lots <> 'NO' THEN
    PERFORM FROM tenant_schema.stock_costs c WHERE c.item_id = OLD.id ORDER BY c.site_id FOR UPDATE; -- nobody posts a lot meanwhile
    IF EXISTS (SELECT FROM tenant_schema.stock_lots l WHERE l.item_id = OLD.id AND l.on_hand > 0) THEN
      RAISE EXCEPTION '% is kept by lots as long as some of them are in stock.', OLD.name USING ERRCODE = 'IM400',
        DETAIL = jsonb_build_array(jsonb_build_object('field', 'tracks_lots', 'text', 'There are lots in stock: they would be forgotten.'));
    END IF;
  END IF;
  IF OLD.is_active AND NOT NEW.is_active
     AND EXISTS (SELECT FROM tenant_schema.stock_costs c WHERE c.item_id = OLD.id AND c.quantity <> 0) THEN
    RAISE EXCEPTION 'What is in stock cannot be archived. Count or adjust % to 0 first.', OLD.name USING ERRCODE = 'IM400';
  END IF;
  RETURN NEW;
END $$;
