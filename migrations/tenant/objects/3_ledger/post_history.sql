-- Posts steps of a history from another system one after the other, as the person: whatever each needs, it asks for itself.
-- A step names what it refers to as posting and place in it ([uuid, 1]), because that may be a step of the same history. Steps:
-- post (key, header, lines), reverse (key, of, reason, reference; whole: all of the posting), prices (key, header, of, values or
-- spread), undo (key, posting, reason, reference), method (key, item, method, valid_from, reason). The first that is refused ends it;
-- with `_tries` all that are refused are answered instead, as problems with step and line, and whatever stands on them is left out.
-- After settle_later() what documents change of what was posted before is settled at the end of the call, and before whatever is no document.
CREATE FUNCTION tenant_schema.post_history(_steps jsonb, _tries boolean DEFAULT false, _refused uuid[] DEFAULT '{}') RETURNS jsonb
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _later boolean := tenant_schema.settles_later();
  _problems jsonb := '[]';
  _step jsonb;
  _place bigint;
  _text text; _detail text; _state text;
BEGIN
  FOR _step, _place IN SELECT s.step, s.n FROM jsonb_array_elements(_steps) WITH ORDINALITY AS s (step, n) ORDER BY s.n LOOP
    IF _later AND (_step ->> 'do' = 'post') <> tenant_schema.settles_later() THEN
      PERFORM tenant_schema.settle();
      PERFORM set_config('ims.settles_later', CASE _step ->> 'do' WHEN 'post' THEN 'yes' ELSE '' END, true);
    END IF;
    IF NOT _tries THEN
      PERFORM tenant_schema.post_step(_step);
      CONTINUE;
    END IF;
    IF EXISTS (SELECT FROM jsonb_array_elements_text(_step -> 'needs') n WHERE n::uuid = ANY (_refused)) THEN
      _refused := _refused || (_step ->> 'key')::uuid;
      CONTINUE;
    END IF;
    BEGIN
      PERFORM tenant_schema.post_step(_step);
    EXCEPTION WHEN OTHERS THEN
      GET STACKED DIAGNOSTICS _text = MESSAGE_TEXT, _detail = PG_EXCEPTION_DETAIL, _state = RETURNED_SQLSTATE;
      IF _state !~ '^(IM4|22|23)' THEN
        RAISE;
      END IF;
      _refused := _refused || (_step ->> 'key')::uuid;
      _problems := _problems || CASE
        WHEN _state !~ '^IM4' THEN jsonb_build_array(jsonb_build_object('step', _place, 'text', 'A value is not possible here.'))
        WHEN _detail LIKE '[{%' THEN (SELECT jsonb_agg(jsonb_build_object('step', _place, 'line', p -> 'row', 'field', p -> 'field', 'text', p -> 'text'))
                                      FROM jsonb_array_elements(_detail::jsonb) p)
        ELSE jsonb_build_array(jsonb_build_object('step', _place, 'text', _text)) END;
    END;
  END LOOP;
  IF _later THEN
    PERFORM tenant_schema.settle();
    PERFORM set_config('ims.settles_later', 'yes', true);
  END IF;
  RETURN jsonb_build_object('problems', _problems, 'refused', to_jsonb(_refused));
END $$;
