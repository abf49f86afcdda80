-- What one of a currency is worth in another by the rate in force on a day, whichever way round it was told; nothing where none was told
-- of the two until then. To twenty places, which no sum of money shows.
CREATE FUNCTION tenant_schema.rate_on(_from text, _to text, _day date) RETURNS numeric
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN (
  SELECT CASE WHEN x.base = _from THEN x.rate ELSE tenant_schema.quotient(1, x.rate, 20) END
  FROM tenant_schema.exchange_rates x
  WHERE least(x.base, x.quote) = least(_from, _to)::bpchar AND greatest(x.base, x.quote) = greatest(_from, _to)::bpchar AND x.valid_from <= _day
  ORDER BY x.valid_from DESC LIMIT 1);
