-- Tables that only grow.
DO $$
DECLARE _name text;
BEGIN
  FOREACH _name IN ARRAY ARRAY['auth_log', 'log_seals'] LOOP
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON public.%I FOR EACH STATEMENT
      EXECUTE FUNCTION auth.append_only()', _name);
  END LOOP;
END $$;
