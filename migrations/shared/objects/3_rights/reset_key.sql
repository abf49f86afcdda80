-- What proves a person's one-time code to an attempt that began after it was made: null without a code, after 24 hours, and
-- after 5 tries, judged or only deposited.
CREATE FUNCTION auth.reset_key(_user uuid, _attempt uuid) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN (
  SELECT c.stored_key FROM public.reset_codes c JOIN public.login_attempts own ON own.id = _attempt AND own.at > c.made_at
  WHERE c.user_id = _user AND c.made_at > clock_timestamp() - interval '24 hours'
    AND (SELECT count(*) FROM public.login_attempts a WHERE a.user_id = _user AND a.purpose = 'RESET' AND a.proof IS NOT NULL
         AND a.state IN ('OPEN', 'BAD') AND a.id <> _attempt AND a.at > c.made_at) < 5);
