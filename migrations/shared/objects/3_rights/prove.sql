-- Step 2 of signing in: deposits the proof, ClientKey xor HMAC(StoredKey, nonce), durably and without a word about it.
-- ClientKey = HMAC(bcrypt(password, salt), 'Client Key'), StoredKey = SHA256(ClientKey): SCRAM (RFC 5802) with bcrypt
-- in the place of PBKDF2. Must be committed before auth.verify, so that rolling back wins nothing.
CREATE FUNCTION auth.prove(_attempt uuid, _proof bytea) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE public.login_attempts a SET proof = _proof, proved_in = pg_current_xact_id()
   WHERE a.id = _attempt AND a.proof IS NULL AND a.gate_role = session_user AND octet_length(_proof) = 32;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'bad request' USING ERRCODE = '22023';
  END IF;
END $$;
