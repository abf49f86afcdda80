-- Whether one more guess may be judged: at most 5 a login and device, 20 a login, 30 a device and 200 an address in 15
-- minutes. Counted are proofs that were deposited (prove has committed them) and did not turn out right, judged or not:
-- whoever deposits later sees all who deposited before, in whatever order, transaction or rollback they are judged, so
-- no lock is needed that a hostile client could hold. One device counts only up to its own limit, so it alone can
-- neither lock a login for the others nor an address for its neighbours. One minute more is looked at, because a proof is
-- judged up to a minute after its attempt began. Through a pool on the server itself everybody comes from its loopback, so
-- that counts as no address.
CREATE FUNCTION auth.allowance(_a public.login_attempts) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN (
  WITH guesses AS MATERIALIZED (
    SELECT a.gate_role, count(*) FILTER (WHERE a.login_hash = _a.login_hash) AS at_login,
      count(*) FILTER (WHERE a.gate_role = _a.gate_role) AS at_gate,
      count(*) FILTER (WHERE a.ip_address = _a.ip_address AND NOT _a.ip_address <<= '127.0.0.0/8') AS at_address
    FROM public.login_attempts a
    WHERE a.at > statement_timestamp() - interval '16 minutes' AND a.proof IS NOT NULL AND a.state IN ('OPEN', 'BAD') AND a.id <> _a.id
      AND (a.login_hash = _a.login_hash OR a.gate_role = _a.gate_role OR a.ip_address = _a.ip_address)
    GROUP BY a.gate_role)
  SELECT coalesce(sum(g.at_login) FILTER (WHERE g.gate_role = _a.gate_role), 0) < 5
    AND coalesce(sum(least(g.at_login, 5)), 0) < 20
    AND coalesce(sum(g.at_gate), 0) < 30
    AND coalesce(sum(least(g.at_address, 30)), 0) < 200
  FROM guesses g);
