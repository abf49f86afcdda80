-- The one form of what is typed to sign in: compatible letters made one, lower case; a phone number as its digits.
CREATE FUNCTION auth.login_name(_login text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp
RETURN (
  SELECT CASE WHEN n.typed ~ '^\+?[0-9(][-0-9 ()./]{5,}$'
    THEN regexp_replace(regexp_replace(n.typed, '[^0-9+]', '', 'g'), '^00', '+') ELSE n.typed END
  FROM (SELECT lower(trim(normalize(_login, NFKC))) AS typed) n);
