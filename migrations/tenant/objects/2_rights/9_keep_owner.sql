-- The owner keeps everything: what a change of the roles below took from the role Owner, it says itself from now on.
CREATE FUNCTION tenant_schema.keep_owner() RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  _owner uuid := tenant_schema.owner_role();
  _lost jsonb;
BEGIN
  SELECT jsonb_object_agg(p.resource || '.' || p.action, true) INTO _lost FROM tenant_schema.permissions p
   WHERE NOT EXISTS (SELECT FROM tenant_schema.role_powers(_owner) w WHERE w.permission = p.resource || '.' || p.action);
  IF _lost IS NOT NULL THEN
    UPDATE tenant_schema.roles r SET permissions = r.permissions || _lost WHERE r.id = _owner;
  END IF;
  SELECT jsonb_object_agg(w.permission, NULL) INTO _lost FROM tenant_schema.role_powers(_owner) w WHERE w.amount < 'Infinity';
  IF _lost IS NOT NULL THEN
    UPDATE tenant_schema.roles r SET limits = r.limits || _lost WHERE r.id = _owner;
  END IF;
END $$;
