-- The gates reach the sign-in functions, and nothing else.
SET LOCAL ROLE ims_rights;
GRANT EXECUTE ON FUNCTION auth.hello(text), auth.prove(uuid, bytea), auth.verify(uuid, bytea, jsonb),
  auth.refresh(bytea, bytea), auth.sign_out(bytea), auth.open_tenant(bytea, uuid, text) TO ims_gate;
