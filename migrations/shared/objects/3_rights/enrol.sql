-- The first thing a PC does with its profile file; after that the file is worth nothing, for the desk gives its gate a new
-- password in the same transaction. Refused after the days the file is good for.
CREATE FUNCTION auth.enrol() RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE public.gates g SET enrolled_at = now()
   WHERE g.role_name = session_user AND g.is_active AND g.enrolled_at IS NULL AND g.enrol_until > clock_timestamp();
  IF NOT FOUND THEN
    RAISE EXCEPTION 'This profile file is too old or was used already. Ask your administrator for a new one.'
      USING ERRCODE = 'IM403';
  END IF;
  PERFORM auth.write_log('PC set up');
END $$;
