-- Nothing is kept that was put off and never settled, see put_off().
CREATE FUNCTION tenant_schema.refuse_unsettled() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM tenant_schema.stock_costs c
             WHERE c.site_id = NEW.site_id AND c.item_id = NEW.item_id AND c.unsettled_from IS NOT NULL) THEN
    RAISE EXCEPTION 'What was posted is not settled.' USING ERRCODE = 'IM400';
  END IF;
  RETURN NULL;
END $$;
