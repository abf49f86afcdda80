-- Takes a photo away: one's own of an entry, or any of it for those who may reverse documents.
CREATE FUNCTION tenant_schema.remove_photo(_id uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM tenant_schema.photographed((SELECT p.document_id FROM tenant_schema.document_photos p WHERE p.id = _id));
  DELETE FROM tenant_schema.document_photos p WHERE p.id = _id;
END $$;
