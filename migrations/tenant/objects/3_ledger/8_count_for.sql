-- The count sheet, locked against whoever changes it (`_alone`: and against whoever enters on it), when the person holds the
-- permission at its site and it is in one of these states; a version that is given must be the one it has.
CREATE FUNCTION tenant_schema.count_for(_sheet uuid, _permission text, _states text[], _alone boolean, _version int DEFAULT NULL)
RETURNS tenant_schema.count_sheets
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE _row tenant_schema.count_sheets;
BEGIN
  IF _alone THEN
    SELECT * INTO _row FROM tenant_schema.count_sheets s WHERE s.id = _sheet FOR UPDATE;
  ELSE
    SELECT * INTO _row FROM tenant_schema.count_sheets s WHERE s.id = _sheet FOR SHARE;
  END IF;
  IF _row.id IS NULL OR _row.site_id <> ALL (tenant_schema.scope('counts.enter') || tenant_schema.scope(_permission)) THEN
    RAISE EXCEPTION 'There is no such count.' USING ERRCODE = 'IM400'; -- one of another site does not exist
  END IF;
  PERFORM tenant_schema.require_site(_row.site_id, _permission);
  IF _row.state <> ALL (_states) THEN
    RAISE EXCEPTION '%', CASE _row.state
        WHEN 'OPEN' THEN 'This count is still being entered: say that counting is done first.'
        WHEN 'REVIEW' THEN 'Counting is done, and the count is being reviewed: nothing is entered any more, except what is counted again.'
        WHEN 'POSTED' THEN 'This count is posted.'
        ELSE 'This count was discarded.' END USING ERRCODE = 'IM409';
  END IF;
  IF _version <> _row.version THEN
    RAISE EXCEPTION 'Somebody else changed this count meanwhile. Look at it again.' USING ERRCODE = 'IM409';
  END IF;
  RETURN _row;
END $$;
