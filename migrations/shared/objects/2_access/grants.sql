-- What the rights role, through its functions, and the reader may do with the global tables.
GRANT USAGE ON SCHEMA auth TO ims_rights, ims_reader;
GRANT USAGE ON SCHEMA auth TO ims_gate;
GRANT SELECT ON public.users, public.tenants, public.user_tenants, public.countries, public.server_secret, public.gates
  TO ims_rights;
GRANT UPDATE (bcrypt_salt, password, must_change_password, updated_at) ON public.users TO ims_rights;
GRANT UPDATE (is_active, enrolled_at) ON public.gates TO ims_rights;
GRANT DELETE ON public.login_attempts, public.sessions TO ims_rights;
GRANT SELECT, INSERT, UPDATE, DELETE ON public.used_tokens, public.reset_codes TO ims_rights;
GRANT UPDATE (last_opened_at, is_active, updated_at) ON public.user_tenants TO ims_rights;
GRANT INSERT ON public.users, public.user_tenants TO ims_rights; -- invitations
GRANT SELECT, INSERT, UPDATE ON public.sessions, public.login_attempts, public.leases TO ims_rights;
GRANT SELECT, INSERT ON public.auth_log, public.log_seals TO ims_rights;
GRANT SELECT, INSERT, UPDATE ON public.log_seal_marks TO ims_rights;
GRANT SELECT ON SEQUENCE public.auth_log_id_seq TO ims_rights;
-- The reader verifies, exports and prints rules: it needs to know who is where, and nothing of what they sign in with.
GRANT SELECT ON public.tenants, public.user_tenants, public.countries, public.auth_log, public.log_seals TO ims_reader;
GRANT SELECT (id, first_name, last_name, email, username, phone, is_active) ON public.users TO ims_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO ims_backup; -- also what proves passwords, which the reader never sees
GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO ims_backup;
GRANT EXECUTE ON FUNCTION public.sort_key(text), public.look_alike(text), public.is_seen(text) TO PUBLIC;
GRANT EXECUTE ON FUNCTION auth.xor_bytes(bytea, bytea), auth.hmac_sha256(bytea, bytea), auth.bcrypt64(bytea),
  auth.login_hash(text), auth.login_name(text) TO ims_rights;
