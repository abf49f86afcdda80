-- Roles of the whole server that are not persons. Run once by `ims-admin init`; harmless when repeated.
DO $$
DECLARE _role text;
BEGIN
  FOREACH _role IN ARRAY ARRAY['ims_owner', 'ims_rights', 'ims_ledger', 'ims_gate', 'ims_issuer', 'ims_reader',
      'ims_backup'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = _role) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN', _role);
    END IF;
    EXECUTE format('GRANT %I TO %I', _role, current_user);
  END LOOP;
END $$;
-- What the reader may see is in a backup too, so that one policy a table serves both; `ims-admin backup-role` lets it in.
GRANT ims_reader TO ims_backup;
