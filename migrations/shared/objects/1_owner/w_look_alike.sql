-- What names are held apart by: letters of other alphabets that look like Latin ones count as these, so that nobody makes a
-- second "Owner" with a Cyrillic O. Immutable, so that an index can hold it.
CREATE FUNCTION public.look_alike(_text text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT SET search_path = pg_catalog, pg_temp
RETURN translate(regexp_replace(public.sort_key(normalize(_text, NFKC)), '\s+', ' ', 'g'),
  'авекмнорстухѕіјԁԛԝһαβεικνορτυχωⲟ',
  'abekmhopctyxsijdqwhabeikvoptuxwo');
