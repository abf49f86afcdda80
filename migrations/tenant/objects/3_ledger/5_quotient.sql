-- a / b rounded half away from zero. Division alone keeps only about sixteen digits, too few to round the last place of a
-- large value rightly; the zero with its many decimals makes it keep enough.
CREATE FUNCTION tenant_schema.quotient(_a numeric, _b numeric, _places int) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN round((_a + 0.000000000000000000000000000000000000) / _b, _places);
