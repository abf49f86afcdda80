-- Keeps photos of the lines of waste or of an adjustment: small JPEG files under the desk's own keys, so that twice is once.
CREATE FUNCTION tenant_schema.add_photos(_document uuid, _keys uuid[], _rows int[], _captions text[], _images bytea[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _site uuid := tenant_schema.photographed(_document);
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(_document::text, 0));
  IF EXISTS (SELECT FROM unnest(_keys, _rows, _captions, _images) AS l (key, row, caption, image)
      WHERE l.key IS NULL OR coalesce(l.row, 0) NOT BETWEEN 1 AND 20000 OR length(l.caption) > 200
        OR coalesce(octet_length(l.image), 0) NOT BETWEEN 4 AND 200000 OR substring(l.image FOR 3) <> decode('ffd8ff', 'hex')) THEN
    PERFORM tenant_schema.refuse('A photo is a JPEG file of at most 200 kB.', 'photo');
  ELSIF EXISTS (SELECT FROM tenant_schema.document_photos p WHERE p.id = ANY (_keys) AND p.document_id <> _document) THEN
    PERFORM tenant_schema.refuse('This key was already used for another photo.', NULL, 'IM409');
  END IF;
  INSERT INTO tenant_schema.document_photos (id, document_id, site_id, row, caption, image, added_by, added_at)
  SELECT l.key, _document, _site, l.row, coalesce(l.caption, ''), l.image, tenant_schema.me(), clock_timestamp()
  FROM unnest(_keys, _rows, _captions, _images) AS l (key, row, caption, image)
  ON CONFLICT (id) DO NOTHING;
  IF (SELECT count(*) FROM tenant_schema.document_photos p WHERE p.document_id = _document) > 20 THEN
    PERFORM tenant_schema.refuse('One entry has at most 20 photos.', 'photo');
  END IF;
END $$;
