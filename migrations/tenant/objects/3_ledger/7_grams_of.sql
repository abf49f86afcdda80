-- What one base unit of an item weighs: by its unit, its density, or what one piece weighs. Nothing where that is not known.
CREATE FUNCTION tenant_schema.grams_of(_item uuid) RETURNS numeric
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN (
  SELECT u.numerator / u.denominator * CASE u.dimension
    WHEN 'WEIGHT' THEN 1 WHEN 'VOLUME' THEN i.grams_per_millilitre WHEN 'COUNT' THEN i.grams_per_each END
  FROM tenant_schema.items i JOIN tenant_schema.units u ON u.code = i.base_unit WHERE i.id = _item);
