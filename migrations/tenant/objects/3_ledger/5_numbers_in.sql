-- A JSON list of numbers as an array in its order; null where there is none.
CREATE FUNCTION tenant_schema.numbers_in(_list jsonb) RETURNS numeric[]
LANGUAGE sql IMMUTABLE
RETURN (SELECT array_agg(e::numeric ORDER BY n) FROM jsonb_array_elements_text(nullif(_list, 'null')) WITH ORDINALITY AS x (e, n));
