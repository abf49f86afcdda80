-- The gates reach the sign-in functions, and nothing else.
SET LOCAL ROLE ims_rights;
GRANT EXECUTE ON FUNCTION auth.hello(text), auth.prove(uuid, bytea, text), auth.verify(uuid, bytea, jsonb),
  auth.set_password(uuid, text, bytea, bytea), auth.refresh(bytea, bytea), auth.sign_out(bytea), auth.enrol(),
  auth.open_tenant(bytea, uuid, text, boolean), auth.ending(bytea, uuid) TO ims_gate;
