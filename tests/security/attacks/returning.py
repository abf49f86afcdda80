"""Coming back at the gate after something ended: in a transaction from before, in an old snapshot; and asking why."""

import hashlib
import secrets
from collections.abc import Callable
from typing import Any

from ims_desktop.database import tenant_life
from ims_desktop.database.sign_in import Gate
from tests.security.attack import CUT, NOTHING, Answer, Attack, Try, answers, refused
from tests.security.attacks.knocking import at_a_new_gate, opened, refreshed, session_of, verifier, walk_in
from tests.security.ground import Ground, Line
from tests.tenants import Tenant, new_tenant

BEFORE = "BEGIN; SELECT 1"
SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1"
EXPIRES = "UPDATE public.sessions SET expires_at = clock_timestamp() WHERE refresh_token = sha256(%s)"
RUNS_OUT = "UPDATE public.gates SET enrolled_at = NULL, enrol_until = clock_timestamp() WHERE role_name = %s"
LASTS = "UPDATE public.gates SET enrolled_at = NULL, enrol_until = clock_timestamp() + interval '1 day' WHERE role_name = %s"
NO_SESSION = refused("28000")

Life = Callable[[Any, Tenant], object]


def rooted(ground: Ground, text: str, *values: Any) -> None:
    """What time, or somebody above, does meanwhile."""
    with ground.server.root() as root:
        root.execute(text.encode(), values)


def opened_late(meanwhile: str = "SELECT %s") -> Any:
    """Opening a tenant in a transaction from before something happened to the session."""

    def do(ground: Ground, line: Line) -> Any:
        token = session_of(line, ground.logins["colleague"])
        line.execute(BEFORE)
        rooted(ground, meanwhile, token)
        try:
            return opened(line, token, ground.facts["tenant"], verifier(line))[1] == ground.facts["schema"]
        finally:
            line.execute("ROLLBACK")

    return at_a_new_gate(do)


def renewed_late(meanwhile: str = "SELECT %s") -> Any:
    """Exchanging a token in such a transaction."""

    def do(ground: Ground, line: Line) -> Any:
        token = session_of(line, ground.logins["colleague"])
        line.execute(BEFORE)
        rooted(ground, meanwhile, token)
        return refreshed(line, token, secrets.token_bytes(32))

    return at_a_new_gate(do)


def set_up_late(meanwhile: str) -> Any:
    """Setting a PC up in a transaction from before its file became too old."""

    def do(ground: Ground, line: Line) -> Any:
        rooted(ground, LASTS, line.info.user)
        line.execute(BEFORE)
        rooted(ground, meanwhile, line.info.user)
        line.execute("SELECT auth.enrol()")
        return True

    return at_a_new_gate(do)


def from_a_snapshot(meanwhile: Life, begin: str = SNAPSHOT) -> Any:
    """Opening a tenant of one's own in a snapshot that does not know what the operator did meanwhile."""

    def do(ground: Ground, line: Line) -> Any:
        tenant = new_tenant(ground.server)
        token = session_of(line, tenant.owner_login)
        line.execute(begin)
        with ground.server.operator() as operator:
            meanwhile(operator, tenant)
        try:
            return opened(line, token, str(tenant.id), verifier(line))[1] == tenant.names.schema
        finally:
            line.execute("ROLLBACK")

    return at_a_new_gate(do)


def nothing_happens(_operator: Any, _tenant: Tenant) -> None:
    """The operator does nothing."""


def suspended(operator: Any, tenant: Tenant) -> None:
    """The operator suspends the tenant."""
    tenant_life.suspend(operator, tenant.id)


def leaving(operator: Any, tenant: Tenant) -> None:
    """The operator lets the tenant go."""
    tenant_life.leave(operator, tenant.id)


def fenced(operator: Any, tenant: Tenant) -> None:
    """The operator lets the tenant be opened from elsewhere alone."""
    tenant_life.set_networks(operator, tenant.id, ["203.0.113.0/24"])


def asked(at: Callable[[Ground, Line], Line], guess: bytes = b"") -> Any:
    """Why a session ended that was signed out, asked by the hash of its token, or of a guess."""

    def do(ground: Ground, line: Line) -> Answer:
        token = session_of(line, ground.logins["colleague"])
        line.execute("SELECT auth.sign_out(%s)", [token])
        asking = at(ground, line)
        digest = hashlib.sha256(guess or token).digest()
        rows = asking.execute("SELECT why FROM auth.ending(%s, %s)", [digest, ground.facts["tenant"]]).fetchall()
        return Answer(rows=tuple(rows), count=len(rows))

    return at_a_new_gate(do)


def here(_ground: Ground, line: Line) -> Line:
    """At the PC that held the session."""
    return line


def elsewhere(ground: Ground, _line: Line) -> Line:
    """At another PC."""
    gate: Gate = ground.gates["other_gate"]
    return walk_in(gate)


def as_a_person(ground: Ground, _line: Line) -> Line:
    """As a lease, past the sign-in."""
    return ground.line("manager")


ON_TIME = Try("gate", opened_late())
SEES_NOW = Try("gate", from_a_snapshot(nothing_happens, BEFORE))
TOLD = Try("gate", asked(here))
SIGNED_OUT = answers("SIGNED_OUT")
REFUSED_NOW = refused("IM403")

ATTACKS = (
    Attack("opens in a transaction from before its session expired", "gate", opened_late(EXPIRES), NO_SESSION, ON_TIME),
    Attack(
        "renews in a transaction from before its session expired",
        "gate",
        renewed_late(EXPIRES),
        answers("BAD"),
        Try("gate", renewed_late()),
        works=answers("GOOD"),
    ),
    Attack(
        "sets a PC up in a transaction from before its file was too old",
        "gate",
        set_up_late(RUNS_OUT),
        REFUSED_NOW,
        Try("gate", set_up_late(LASTS)),
    ),
    Attack("opens a suspended tenant from an old snapshot", "gate", from_a_snapshot(suspended), CUT, SEES_NOW),
    Attack("opens a leaving tenant from an old snapshot", "gate", from_a_snapshot(leaving), CUT, SEES_NOW),
    Attack(
        "opens a tenant past its networks from an old snapshot",
        "gate",
        from_a_snapshot(fenced),
        CUT,
        SEES_NOW,
    ),
    Attack("asks at another PC why a session ended", "gate", asked(elsewhere), NOTHING, TOLD, works=SIGNED_OUT),
    Attack("asks why by a guessed token", "gate", asked(here, b"guess"), NOTHING, TOLD, works=SIGNED_OUT),
    Attack(
        "asks as a person why a session ended", "gate", asked(as_a_person), refused("42501"), TOLD, works=SIGNED_OUT
    ),
)
