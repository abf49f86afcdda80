-- Approves what a count found, as it was seen (`_seen`: the last entry), beyond its tolerance and up to one's own money limit for
-- posting counts: whose limit is too low may post it then, and it is used up by that as if one had posted it oneself.
CREATE FUNCTION tenant_schema.approve_count(_sheet uuid, _version int, _seen bigint) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _row tenant_schema.count_sheets := tenant_schema.count_for(_sheet, 'counts.post', '{REVIEW}', true, _version);
  _limit numeric := tenant_schema.limit_of('counts.post', _row.site_id);
  _found tenant_schema.count_finding[];
  _amount numeric;
BEGIN
  PERFORM tenant_schema.refuse_unseen(_sheet, _seen);
  _found := tenant_schema.count_findings(_row);
  SELECT coalesce(sum(abs(f.difference) * f.unit_cost), 0) INTO _amount FROM unnest(_found) f;
  PERFORM tenant_schema.lock_limit('counts.post', _row.site_id);
  IF _amount + (tenant_schema.used_today(tenant_schema.me(), 'counts.post', _row.site_id)).amount > _limit THEN
    RAISE EXCEPTION '%', format('These differences are worth more than your limit of %s %s: somebody with a higher one approves them.',
      to_char(_limit, 'FM999G999G999G990D00'), (SELECT s.currency FROM tenant_schema.sites s WHERE s.id = _row.site_id)) USING ERRCODE = 'IM403';
  END IF;
  UPDATE tenant_schema.count_sheets s SET approved_by = tenant_schema.me(), approved_at = clock_timestamp(), approved_up_to = _limit,
    approved_hash = tenant_schema.findings_hash(_found) WHERE s.id = _sheet;
END $$;
