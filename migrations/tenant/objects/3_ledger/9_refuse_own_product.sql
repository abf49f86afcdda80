-- Refuses that what makes an item needs the item itself, directly or through what else it is made of.
CREATE FUNCTION tenant_schema.refuse_own_product(_item uuid) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _name text;
BEGIN
  WITH RECURSIVE down AS (
    SELECT l.item_id, l.sub_recipe_id, r.name FROM tenant_schema.recipes r JOIN tenant_schema.recipe_versions v ON v.recipe_id = r.id
      JOIN tenant_schema.recipe_lines l ON l.version_id = v.id WHERE r.output_item_id = _item
    UNION
    SELECT l.item_id, l.sub_recipe_id, d.name FROM down d JOIN tenant_schema.recipes r ON r.id = d.sub_recipe_id OR r.output_item_id = d.item_id
      JOIN tenant_schema.recipe_versions v ON v.recipe_id = r.id JOIN tenant_schema.recipe_lines l ON l.version_id = v.id)
  SELECT d.name INTO _name FROM down d WHERE d.item_id = _item LIMIT 1;
  IF _name IS NOT NULL THEN
    RAISE EXCEPTION 'The recipe % would be made of what it makes.', _name USING ERRCODE = 'IM400';
  END IF;
END $$;
