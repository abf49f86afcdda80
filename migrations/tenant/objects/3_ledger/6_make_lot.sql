-- The lot of an item that is called so, made now where there is none. It learns when it expires where that was not known, and
-- that it was there earlier.
CREATE FUNCTION tenant_schema.make_lot(_item uuid, _code text, _expires date, _at timestamptz) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO tenant_schema.lots AS l (item_id, code, expires_on, arrived_at) VALUES (_item, btrim(_code), _expires, _at)
  ON CONFLICT (item_id, code) DO UPDATE SET expires_on = coalesce(l.expires_on, excluded.expires_on),
    arrived_at = least(l.arrived_at, excluded.arrived_at)
  WHERE l.arrived_at > excluded.arrived_at OR (l.expires_on IS NULL AND excluded.expires_on IS NOT NULL);
  RETURN (SELECT l.id FROM tenant_schema.lots l WHERE l.item_id = _item AND l.code = btrim(_code));
END $$;
