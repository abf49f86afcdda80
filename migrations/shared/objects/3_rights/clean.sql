-- Forgets what nobody asks for any more; called by every good sign-in.
CREATE FUNCTION auth.clean() RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM public.login_attempts a WHERE a.at < clock_timestamp() - interval '2 days';
  DELETE FROM public.reset_codes c WHERE c.made_at < clock_timestamp() - interval '24 hours';
  DELETE FROM public.sessions s WHERE coalesce(s.revoked_at, s.expires_at) < clock_timestamp() - interval '90 days';
END $$;
