-- Why a role cannot inherit from another: it would inherit from itself, or over more than ten roles; null when it can.
CREATE FUNCTION tenant_schema.role_circle(_id uuid, _name text, _parent uuid) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _above int;
  _below int;
  _way text;
  _circle boolean;
BEGIN
  WITH RECURSIVE up AS (
    SELECT r.id, r.parent_role_id, left(_name, 100) || ' → ' || r.name AS way, 1 AS depth FROM tenant_schema.roles r WHERE r.id = _parent
    UNION ALL
    SELECT r.id, r.parent_role_id, u.way || ' → ' || r.name, u.depth + 1
    FROM up u JOIN tenant_schema.roles r ON r.id = u.parent_role_id WHERE u.id <> _id AND u.depth < 20)
  SELECT max(u.depth), max(u.way) FILTER (WHERE u.id = _id), bool_or(u.id = _id) INTO _above, _way, _circle FROM up u;
  IF _circle THEN
    RETURN format('The role would inherit from itself: %s.', _way);
  END IF;
  WITH RECURSIVE down AS (
    SELECT _id AS id, 1 AS depth
    UNION ALL SELECT r.id, d.depth + 1 FROM down d JOIN tenant_schema.roles r ON r.parent_role_id = d.id WHERE d.depth < 20)
  SELECT max(d.depth) INTO _below FROM down d;
  RETURN CASE WHEN coalesce(_above, 0) + _below > 10 THEN 'Roles inherit over at most ten steps.' END;
END $$;
