-- What names are sorted and searched by: lower case, accents stripped. Immutable, so that generated columns can hold it.
CREATE FUNCTION public.sort_key(_text text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN translate(
  replace(replace(replace(lower(_text), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'),
  'àáâãäåāăąçćčďèéêëēėęěğìíîïīįıłñńňòóôõöøōőřśšşťùúûüūůűųýÿžźż''’‘`´',
  'aaaaaaaaacccdeeeeeeeegiiiiiiilnnnoooooooorssstuuuuuuuuyyzzz');
