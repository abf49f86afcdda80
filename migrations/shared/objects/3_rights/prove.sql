-- Step 2 of signing in: deposits the proof, ClientKey xor HMAC(StoredKey, nonce), durably and without a word about it.
-- ClientKey = HMAC(bcrypt(password, salt), 'Client Key'), StoredKey = SHA256(ClientKey): SCRAM (RFC 5802) with bcrypt
-- in the place of PBKDF2. For the purpose RESET the one-time code stands in the place of the password, without bcrypt.
-- Must be committed before it is judged, so that rolling back wins nothing.
CREATE FUNCTION auth.prove(_attempt uuid, _proof bytea, _purpose text DEFAULT 'SIGN_IN') RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE public.login_attempts a SET proof = _proof, proved_in = pg_current_xact_id(), purpose = _purpose
   WHERE a.id = _attempt AND a.proof IS NULL AND a.gate_role = session_user AND octet_length(_proof) = 32
     AND _purpose IN ('SIGN_IN', 'CHANGE', 'RESET');
  IF NOT FOUND THEN
    RAISE EXCEPTION 'bad request' USING ERRCODE = '22023';
  END IF;
END $$;
