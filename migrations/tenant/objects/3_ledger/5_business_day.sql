-- The business day of a moment at a site: its local date, where the hours before the cut-over belong to the day before.
CREATE FUNCTION tenant_schema.business_day(_at timestamptz, _time_zone text, _cutover_hour int) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ((_at AT TIME ZONE _time_zone) - make_interval(hours => _cutover_hour))::date;
