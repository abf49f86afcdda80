"""A hostile PC: what its stored credential reaches, other PCs, and opening what one may not."""

import secrets
from typing import Any

import psycopg

from tests.security.attack import Answer, Attack, Expected, Try, answers, gets_through, refused
from tests.security.attacks.knocking import (
    again,
    at_a_new_gate,
    guess,
    opened,
    refreshed,
    session_of,
    verifier,
    walk_in,
)
from tests.security.ground import Ground, Line
from tests.tenants import PASSWORD

DENIED, BAD_REQUEST, NO_SESSION = refused("42501"), refused("22023"), refused("28000")
QUIET = Expected("goes through", lambda a: not a.state)

RECORDS = (
    Attack(
        "reads password verifiers from a PC", "gate", "SELECT bcrypt_salt, password FROM public.users", DENIED, "root"
    ),
    Attack(
        "forges a session",
        "gate",
        "INSERT INTO public.sessions (user_id, gate_role, refresh_token, device_info, expires_at) SELECT id, SESSION_USER, sha256('x'), '{}', 'infinity' FROM public.users LIMIT 1",
        DENIED,
        "root",
    ),
    Attack("calls its guess good", "gate", "UPDATE public.login_attempts SET state = 'GOOD'", DENIED, "root"),
    Attack("forgets its guesses", "gate", "DELETE FROM public.login_attempts", DENIED, "root"),
    Attack(
        "reads what made-up salts are made of", "gate", "SELECT fake_salt_key FROM public.server_secret", DENIED, "root"
    ),
    Attack("reads a tenant from a PC", "gate", "SELECT * FROM <schema>.items", DENIED, "owner"),
    Attack(
        "posts from a PC",
        "gate",
        "SELECT <schema>.reverse_movements('<key>', '{<moved_mine>}', 'x')",
        DENIED,
        "counter",
    ),
    Attack(
        "issues a lease from a PC",
        "gate",
        "SELECT <schema>.issue('m_00000000000000000000000000000000_1', 'SCRAM-SHA-256$', 'infinity', true, true)",
        DENIED,
        Try("root", "SELECT count(*) FROM public.leases"),
    ),
    Attack("judges its own guess", "gate", "SELECT * FROM auth.judge('<key>', '{SIGN_IN}')", DENIED, "root"),
    Attack("asks for somebody's tenants", "gate", "SELECT auth.tenants_of('<key>')", DENIED, "root"),
    Attack(
        "gives somebody a one-time code",
        "gate",
        "SELECT auth.first_code('<key>', '', '')",
        DENIED,
        Try("root", "SELECT auth.tenants_of('<key>')"),
    ),
    Attack(
        "ends somebody's session by its number",
        "gate",
        "SELECT auth.end_session('<key>')",
        DENIED,
        Try("root", "SELECT auth.end_session('<key>') IS NOT NULL"),
    ),
    Attack(
        "takes another PC's gate away",
        "gate",
        "SELECT auth.end_gate('<other_gate_role>')",
        DENIED,
        Try("root", "SELECT auth.end_gate('<other_gate_role>') IS NOT NULL"),
    ),
    Attack("reaches the sign-in functions as a person", "owner", "SELECT * FROM auth.hello('x')", DENIED, "gate"),
)


def one_line_too_many(ground: Ground, who: str) -> Answer:
    """Four connections through a gate that may have three."""
    lines: list[Line] = []
    gate = ground.gates[who]
    try:
        for _ in range(4):
            lines.append(walk_in(gate))
        return Answer.told(len(lines))
    except psycopg.OperationalError as error:
        return Answer("53300", str(error))
    finally:
        for line in lines:
            line.close()


def two_lines(ground: Ground, who: str) -> Answer:
    """Two connections, as many as a desk needs."""
    with walk_in(ground.gates[who]):
        return Answer.told(True)


def replicating(ground: Ground, who: str) -> Answer:
    """A connection that reads the log of changes."""
    try:
        again(ground.line(who), replication="database").close()
    except psycopg.OperationalError as error:
        told = ("permission denied", "replication role")
        return Answer("42501" if any(words in str(error) for words in told) else "?????", str(error))
    return Answer.told(True)


OTHERS = (
    Attack(
        "sets the password of another PC",
        "gate",
        "ALTER ROLE <other_gate_role> PASSWORD 'mine'",
        DENIED,
        "root",
        works=QUIET,
    ),
    Attack(
        "kills the connection of another PC",
        "gate",
        "SELECT pg_terminate_backend(<other_gate_process>)",
        DENIED,
        Try("root", "SELECT pg_cancel_backend(<other_gate_process>)"),
    ),
    Attack(
        "reads what another PC is asking",
        "gate",
        "SELECT query FROM pg_stat_activity WHERE pid = <other_gate_process>",
        answers("<insufficient privilege>"),
        "root",
    ),
    Attack(
        "poisons the settings of all PCs",
        "gate",
        "ALTER ROLE ims_gate SET default_transaction_read_only = on",
        DENIED,
        "root",
        works=QUIET,
    ),
    Attack("becomes the role behind the sign-in", "gate", "SET ROLE ims_rights", DENIED, "root", works=QUIET),
    Attack("becomes another PC", "gate", "SET ROLE <other_gate_role>", DENIED, "root", works=QUIET),
    Attack("makes somebody a PC", "gate", "GRANT ims_gate TO <counter_lease>", DENIED, "root", works=QUIET),
    Attack(
        "takes from all PCs what they may do",
        "gate",
        "DROP OWNED BY ims_gate; SELECT has_function_privilege('auth.hello(text)', 'EXECUTE')",
        answers(True),
        Try("root", "SELECT has_function_privilege('<other_gate_role>', 'auth.hello(text)', 'EXECUTE')"),
    ),
    Attack("makes a temporary table from a PC", "gate", "CREATE TEMP TABLE x (id int)", DENIED, "root", works=QUIET),
    Attack(
        "replaces a sign-in function",
        "gate",
        "CREATE OR REPLACE FUNCTION auth.hello(text) RETURNS int LANGUAGE sql RETURN 1",
        DENIED,
        "root",
        works=refused("42P13"),
    ),
    Attack("takes all the places at the server", "gate", one_line_too_many, refused("53300"), Try("gate", two_lines)),
    Attack("reads the log of changes", "gate", replicating, DENIED, Try("root", replicating)),
)


def opening(
    scram: str | None = "",
    tenant: str = "<tenant>",
    spoil: str = "",
    token: bytes | None = None,
    elsewhere: bool = False,
) -> Any:
    """Opening a tenant as the counter, with one thing changed; what it did is rolled back."""

    def do(ground: Ground, line: Line) -> Any:
        held = session_of(line, ground.logins["counter"])
        if spoil:
            with ground.server.root() as root:
                root.execute(spoil, [held])
        target = walk_in(ground.new_gate()) if elsewhere else line
        target.execute("BEGIN")
        try:
            given = verifier(line) if scram == "" else scram
            return opened(target, token or held, ground.fill(tenant), given)[1] == ground.facts["schema"]
        finally:
            target.execute("ROLLBACK")

    return at_a_new_gate(do)


def six_devices(devices: int) -> Any:
    """One person at many PCs at once."""

    def do(ground: Ground, _line: Line) -> Any:
        login, roles = ground.alpha.person("EMPLOYEE"), set()
        for _ in range(devices):
            with walk_in(ground.new_gate()) as line:
                roles.add(opened(line, session_of(line, login), ground.facts["tenant"], verifier(line))[0])
        return len(roles)

    return at_a_new_gate(do)


def guessed_lease(password: str) -> Any:
    """Connecting as a colleague's lease, whose name is no secret."""

    def do(ground: Ground, who: str) -> Answer:
        one = ground.desks[who].identity
        try:
            one.place.connect(one.role, password or one.password).close()
        except psycopg.OperationalError as error:
            return Answer("28P01" if "password authentication failed" in str(error) else "?????", str(error))
        return Answer.told(True)

    return do


ENDED = "WHERE refresh_token = sha256(%s)"
HONEST = Try("gate", opening())
OPENING = (
    Attack("sends a plain password as the verifier", "gate", opening("hello"), BAD_REQUEST, HONEST),
    Attack("hides SQL in the verifier", "gate", opening("SCRAM-SHA-256$4096:AAAA' SUPERUSER --"), BAD_REQUEST, HONEST),
    Attack("sends an old kind of verifier", "gate", opening("md5" + "0" * 32), BAD_REQUEST, HONEST),
    Attack("sends no verifier", "gate", opening(None), BAD_REQUEST, HONEST),
    Attack(
        "hides a second line behind the verifier",
        "gate",
        opening(f"SCRAM-SHA-256$4096:{'A' * 24}${'A' * 44}:{'A' * 44}\nx"),
        BAD_REQUEST,
        HONEST,
    ),
    Attack("opens a tenant it is no member of", "gate", opening(tenant="<other_tenant>"), NO_SESSION, HONEST),
    Attack("opens with an invented token", "gate", opening(token=secrets.token_bytes(32)), NO_SESSION, HONEST),
    Attack("opens with a token stolen from another PC", "gate", opening(elsewhere=True), NO_SESSION, HONEST),
    Attack(
        "opens with a session that has expired",
        "gate",
        opening(spoil=f"UPDATE public.sessions SET expires_at = now() {ENDED}"),
        NO_SESSION,
        HONEST,
    ),
    Attack(
        "opens with a session that was ended",
        "gate",
        opening(spoil=f"UPDATE public.sessions SET revoked_at = now() {ENDED}"),
        NO_SESSION,
        HONEST,
    ),
    Attack(
        "opens on a sixth device",
        "gate",
        six_devices(6),
        refused("53400"),
        Try("gate", six_devices(5)),
        works=answers(5),
    ),
    Attack(
        "guesses the password of a colleague's lease",
        "owner",
        guessed_lease("guess"),
        refused("28P01"),
        Try("owner", guessed_lease("")),
    ),
)


def used_twice(ground: Ground, line: Line) -> Any:
    """A used token comes back; the newest one of the family must die with it."""
    first, second, third = (secrets.token_bytes(32) for _ in range(3))
    token = session_of(line, ground.logins["colleague"])
    steps = [(token, first), (first, second), (token, third), (second, third)]
    return " ".join(refreshed(line, *step) for step in steps)


def used_once(ground: Ground, line: Line) -> Any:
    """Each token once."""
    first, second = (secrets.token_bytes(32) for _ in range(2))
    token = session_of(line, ground.logins["colleague"])
    return f"{refreshed(line, token, first)} {refreshed(line, first, second)}"


def used_elsewhere(ground: Ground, line: Line) -> Any:
    """A token copied to another PC; it must end the session it came from."""
    token = session_of(line, ground.logins["colleague"])
    with walk_in(ground.new_gate()) as thief:
        stolen = refreshed(thief, token, secrets.token_bytes(32))
    with again(line) as own:  # the theft has cut the first line
        return f"{stolen} {refreshed(own, token, secrets.token_bytes(32))}"


def signed_out_elsewhere(ground: Ground, line: Line) -> Any:
    """Signing a session out from another PC."""
    token = session_of(line, ground.logins["colleague"])
    with walk_in(ground.new_gate()) as thief:
        thief.execute("SELECT auth.sign_out(%s)", [token])
    return refreshed(line, token, secrets.token_bytes(32))


def renewed_without_next(ground: Ground, line: Line) -> Any:
    """A renewal that names no next token."""
    return line.execute("SELECT status FROM auth.refresh(%s, NULL)", [session_of(line, ground.logins["colleague"])])


TOKENS = (
    Attack(
        "uses a renewal token a second time",
        "gate",
        at_a_new_gate(used_twice),
        answers("GOOD GOOD BAD BAD"),
        Try("gate", at_a_new_gate(used_once)),
        works=answers("GOOD GOOD"),
    ),
    Attack(
        "uses a renewal token at another PC",
        "gate",
        at_a_new_gate(used_elsewhere),
        answers("BAD BAD"),
        Try("gate", at_a_new_gate(used_once)),
        works=answers("GOOD GOOD"),
    ),
    Attack(
        "signs somebody out from another PC",
        "gate",
        at_a_new_gate(signed_out_elsewhere),
        answers("GOOD"),
        Try("gate", at_a_new_gate(used_once)),
        works=answers("GOOD GOOD"),
    ),
    Attack(
        "renews without a next token",
        "gate",
        at_a_new_gate(renewed_without_next),
        BAD_REQUEST,
        Try("gate", at_a_new_gate(used_once)),
        works=answers("GOOD GOOD"),
    ),
)


def locked_out(ground: Ground, line: Line) -> Any:
    """Five bad guesses at one PC: the rightful person waits there, and gets in at another."""
    login = ground.alpha.person("EMPLOYEE")
    guesses = {guess(line, login) for _ in range(5)}
    here = guess(line, login, PASSWORD)
    with walk_in(ground.new_gate()) as other:
        return guesses, here, guess(other, login, PASSWORD)


OPEN = (
    gets_through(
        "locks somebody out at a shared PC",
        "gate",
        at_a_new_gate(locked_out),
        "inherent in a lock-out; guesses are counted by PC, so the person gets in at any other",
        comes_of_it=answers(({"BAD"}, "LOCKED", "GOOD")),
    ),
    gets_through(
        "sets the password of its own gate",
        "gate",
        "ALTER ROLE <gate_role> PASSWORD 'chosen'",
        "every role may; the PC has only itself to blame, and the operator sets it up again",
        comes_of_it=QUIET,
    ),
)

ATTACKS = (*RECORDS, *OTHERS, *OPENING, *TOKENS)
