-- Whether every character of a name can be seen and none turns the others round: the same as src/ims_desktop/domain/seen.py.
CREATE FUNCTION public.is_seen(_text text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN _text !~ E'[\\u0001-\\u001F\\u007F-\\u009F\\u00AD\\u061C\\u180E\\u200B-\\u200F\\u2028-\\u202E\\u2060-\\u206F\\uFEFF\\uFFF9-\\uFFFB]';
