-- Writes a true-up as corrections of the issues it re-costs. Before the receipt `_short` units had been issued that were
-- not there: the latest issues. The receipt covers the oldest `_covered` of them first, each with its share of the value.
CREATE FUNCTION tenant_schema.spread_true_up(_receipt tenant_schema.stock_movements, _short numeric, _covered numeric, _value numeric)
RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _issue record;
  _passed numeric := 0; -- uncovered units met so far, latest first
  _here numeric;
  _left numeric := _covered;
  _rest numeric := _value;
  _share numeric;
BEGIN
  FOR _issue IN SELECT m.id, -m.quantity AS quantity FROM tenant_schema.stock_movements m
                WHERE m.site_id = _receipt.site_id AND m.item_id = _receipt.item_id AND m.id < _receipt.id AND m.quantity < 0
                ORDER BY m.id DESC LOOP
    _here := least(_issue.quantity, _short - _passed) - greatest(_short - _covered - _passed, 0);
    _passed := _passed + _issue.quantity;
    CONTINUE WHEN _here <= 0;
    _left := _left - _here;
    _share := CASE WHEN _left <= 0 THEN _rest ELSE round(_value * _here / _covered, 6) END;
    _rest := _rest - _share;
    IF _share <> 0 THEN
      INSERT INTO tenant_schema.cost_corrections
        (movement_id, posting_id, site_id, item_id, cause, effective_at, business_day, value, posted_at)
      VALUES (_issue.id, _receipt.posting_id, _receipt.site_id, _receipt.item_id, 'TRUE_UP', _receipt.effective_at,
        _receipt.business_day, _share, _receipt.posted_at);
    END IF;
    EXIT WHEN _left <= 0;
  END LOOP;
  IF _left > 0 THEN
    RAISE EXCEPTION 'a true-up found no issue to correct' USING ERRCODE = 'IM500';
  END IF;
END $$;
