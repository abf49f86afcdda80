-- The gates reach the sign-in functions, and nothing else; who reads everything also checks and seals the log.
SET LOCAL ROLE ims_rights;
GRANT EXECUTE ON FUNCTION auth.hello(text), auth.prove(uuid, bytea, text), auth.verify(uuid, bytea, jsonb),
  auth.set_password(uuid, text, bytea, bytea), auth.refresh(bytea, bytea), auth.sign_out(bytea), auth.enrol(),
  auth.open_tenant(bytea, uuid, text, boolean), auth.ending(bytea, uuid), auth.seal_in_passing() TO ims_gate;
GRANT EXECUTE ON FUNCTION auth.seal_log(interval), auth.log_hash(public.auth_log), auth.log_root(bigint, bigint),
  auth.log_seal_hash(public.log_seals) TO ims_reader;
GRANT EXECUTE ON FUNCTION auth.write_log(text, jsonb) TO ims_owner; -- what the operator does to tenants
