-- Whether this transaction takes in a long history, see settle_later(). Whoever says so without it cannot end it unsettled, see
-- refuse_unsettled().
CREATE FUNCTION tenant_schema.settles_later() RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN coalesce(current_setting('ims.settles_later', true), '') = 'yes';
