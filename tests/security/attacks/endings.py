"""Going on after the end: of a session, a lease, a membership, a role, a PC."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg

from ims_desktop.database.sign_in import Gate, SignedIn, open_tenant, sign_in, sign_out
from tests.security.attack import CUT, NOTHING, Answer, Attack, Doing, Expected, Try, answers, refused
from tests.security.attacks.statements import post
from tests.security.ground import Ground, Line
from tests.tenants import PASSWORD

READ = "SELECT count(*) FROM stock_movements"
AT_ONCE = 8.0  # seconds to wait on a busy machine; nothing but the cut itself would end the line sooner than minutes
A_WHILE = 0.5  # seconds in which a line that nobody cuts is still there


@dataclass
class Guest:
    """Somebody with a PC, a session, a lease and a line of their own."""

    gate: Gate
    session: SignedIn
    role: str
    password: str
    line: Line

    @property
    def member(self) -> str:
        """The key of the member."""
        return self.role.split("_")[1]


def guest_of(ground: Ground, label: str = "EMPLOYEE") -> Guest:
    """A new person at a new PC, at work at Downtown."""
    gate = ground.new_gate()
    login = ground.alpha.person(label, site=ground.alpha_site)
    session = sign_in(gate, login, PASSWORD)
    identity = open_tenant(gate, session, session.tenants[0])
    return Guest(gate, session, identity.role, identity.password, gate.place.connect(identity.role, identity.password))


def ask(line: Line, text: str = READ) -> Answer:
    """What a line answers now."""
    try:
        return Answer(rows=tuple(line.execute(text.encode()).fetchall()))
    except psycopg.Error as error:
        return Answer.of(error)


def come_again(guest: Guest) -> Answer:
    """A new connection with the credentials of the lease."""
    try:
        guest.gate.place.connect(guest.role, guest.password).close()
    except psycopg.OperationalError as error:
        known = ("not permitted to log in", "password authentication failed")
        return Answer("28000" if any(word in str(error) for word in known) else "?????", str(error))
    return Answer.told(True)


Ending = Callable[[Ground, Guest], Any]


def after(
    ending: Ending,
    then: Callable[[Guest], Answer] = lambda guest: ask(guest.line),
    before: str = "",
    label: str = "EMPLOYEE",
) -> Doing:
    """What somebody gets who goes on after something ended."""

    def do(ground: Ground, _who: str) -> Answer:
        guest = guest_of(ground, label)
        try:
            assert ask(guest.line, before or READ).rows != ((0,),)
            ending(ground, guest)
            return then(guest)
        finally:
            guest.line.close()

    return do


def told(text: str) -> Ending:
    """The owner does something about the guest, for good."""

    def do(ground: Ground, guest: Guest) -> None:
        ground.line("owner").execute(ground.fill(text).replace("[member]", guest.member).encode())

    return do


def rooted(text: str) -> Ending:
    """The operator does something about the guest."""

    def do(ground: Ground, guest: Guest) -> None:
        with ground.server.root() as root:
            root.execute(text.replace("[role]", guest.role).encode())

    return do


def nothing_happens(_ground: Ground, _guest: Guest) -> None:
    """The control: nobody ended anything."""


def out(_ground: Ground, guest: Guest) -> None:
    """The person signs out."""
    sign_out(guest.gate, guest.session)


def opened_again(_ground: Ground, guest: Guest) -> None:
    """The session opens the tenant anew, as a desk that starts again does."""
    open_tenant(guest.gate, guest.session, guest.session.tenants[0])


def cut_in_time(guest: Guest, patience: float = AT_ONCE) -> Answer:
    """Whether the server hangs up, without the client asking anything."""
    began = time.monotonic()
    while time.monotonic() - began < patience:
        try:
            for _notice in guest.line.notifies(timeout=0.02):
                pass
        except psycopg.OperationalError:
            return Answer.told("cut")
    return Answer.told("still there")


def left_alone(guest: Guest) -> Answer:
    """The control of being cut: nobody ended anything."""
    return cut_in_time(guest, A_WHILE)


def reopened(guest: Guest) -> Answer:
    """Opening the tenant again with the session."""
    try:
        with guest.gate.place.connect(guest.gate.user, guest.gate.password) as line:
            line.execute(
                "SELECT * FROM auth.open_tenant(%s, %s, %s)",
                [
                    guest.session.token,
                    guest.session.tenants[0].id,
                    line.pgconn.encrypt_password(b"x", b"x", b"scram-sha-256").decode(),
                ],
            )
    except psycopg.Error as error:
        return Answer.of(error)
    return Answer.told(True)


def worked_on(ending: Ending) -> Doing:
    """One statement that goes on working while something ends: what it still reads afterwards.

    It waits in the middle for a lock that is given free after the end, so that it is no matter of time.
    """

    def do(ground: Ground, _who: str) -> Answer:
        guest = guest_of(ground)
        with ground.server.root() as root:
            key = root.execute("SELECT pg_advisory_lock(%s), %s", [guest.line.info.backend_pid] * 2).fetchone()
            assert key
            working = threading.Thread(target=guest.line.execute, args=(WORKS_ON.format(key[1]).encode(),))
            working.start()
            waits = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND pid = %s"
            while root.execute(waits, [key[1]]).fetchone() is None:
                pass
            ending(ground, guest)
        working.join()
        found = ask(guest.line, "SELECT current_setting('ims_test.seen')::int")
        guest.line.close()
        return found

    return do


def while_suspended(ground: Ground, who: str) -> Answer:
    """Opening a tenant that the operator has suspended."""
    gate = ground.new_gate()
    session = sign_in(gate, ground.logins["stranger"], PASSWORD)
    stranger = Guest(gate, session, "", "", ground.line("stranger"))
    with ground.server.root() as root:
        status = "UPDATE public.tenants SET status = %s WHERE id = %s"
        root.execute(status, ["SUSPENDED", ground.beta.id])
        try:
            return reopened(stranger)
        finally:
            root.execute(status, ["ACTIVE", ground.beta.id])


def isolated(level: str, text: str) -> str:
    """A statement at an isolation level."""
    return f"SET LOCAL transaction_isolation = '{level}'; {text}"


SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1"
WORKS_ON = (
    "DO $$ BEGIN PERFORM pg_advisory_lock_shared({0}), pg_advisory_unlock_shared({0});"
    " PERFORM set_config('ims_test.seen', (SELECT count(*) FROM stock_movements)::text, false); END $$"
)
RAN_OUT = rooted("UPDATE public.leases SET valid_until = clock_timestamp() WHERE role_name = '[role]'")
PREPARED = f"PREPARE p AS {READ}; EXECUTE p"
KEPT = f"DECLARE c CURSOR WITH HOLD FOR {READ}, generate_series(1, 9) n GROUP BY n; FETCH 1 FROM c"
CURSOR = f"BEGIN; DECLARE c CURSOR FOR {READ}, generate_series(1, 9) n GROUP BY n; FETCH 1 FROM c"
DEACTIVATED = told("SELECT deactivate_member('[member]')")
WITHDRAWN = told("SELECT withdraw_role(id) FROM user_roles WHERE member_id = '[member]'")
GOES_ON = Try("owner", after(nothing_happens))
COMES_AGAIN = Try("owner", after(nothing_happens, come_again))
KEPT_OUT = refused("28000")
HIDDEN = Expected("nothing, or the line is cut", lambda a: NOTHING.holds(a) or CUT.holds(a))

ATTACKS = (
    Attack(
        "works on in one statement after its lease ran out",
        "counter",
        worked_on(RAN_OUT),
        NOTHING,
        Try("counter", worked_on(nothing_happens)),
    ),
    Attack(
        "runs what it prepared after its role was withdrawn",
        "counter",
        after(WITHDRAWN, lambda g: ask(g.line, "EXECUTE p"), PREPARED),
        HIDDEN,
        Try("owner", after(nothing_happens, lambda g: ask(g.line, "EXECUTE p"), PREPARED)),
    ),
    Attack(
        "fetches from a cursor that outlives its transaction after being deactivated",
        "counter",
        after(DEACTIVATED, lambda g: ask(g.line, "FETCH 5 FROM c"), KEPT),
        CUT,
        Try("owner", after(nothing_happens, lambda g: ask(g.line, "FETCH 5 FROM c"), KEPT)),
    ),
    Attack(
        "fetches from a cursor after its role was withdrawn",
        "counter",
        after(WITHDRAWN, lambda g: ask(g.line, "FETCH 5 FROM c"), CURSOR),
        HIDDEN,
        Try("owner", after(nothing_happens, lambda g: ask(g.line, "FETCH 5 FROM c"), CURSOR)),
    ),
    Attack("reads on after signing out", "counter", after(out), CUT, GOES_ON),
    Attack("comes again with the lease after signing out", "counter", after(out, come_again), KEPT_OUT, COMES_AGAIN),
    Attack(
        "fetches from a cursor after signing out",
        "counter",
        after(out, lambda g: ask(g.line, "FETCH 5 FROM c"), CURSOR),
        CUT,
        Try("owner", after(nothing_happens, lambda g: ask(g.line, "FETCH 5 FROM c"), CURSOR)),
    ),
    Attack("stays in an old snapshot after signing out", "counter", after(out, before=SNAPSHOT), CUT, GOES_ON),
    Attack("reads on after being deactivated", "counter", after(DEACTIVATED), CUT, GOES_ON),
    Attack(
        "keeps the line after being deactivated",
        "counter",
        after(DEACTIVATED, cut_in_time),
        answers("cut"),
        Try("owner", after(nothing_happens, left_alone)),
        works=answers("still there"),
    ),
    Attack("comes again after being deactivated", "counter", after(DEACTIVATED, come_again), KEPT_OUT, COMES_AGAIN),
    Attack(
        "opens the tenant again after being deactivated",
        "counter",
        after(DEACTIVATED, reopened),
        KEPT_OUT,
        Try("owner", after(nothing_happens, reopened)),
    ),
    Attack(
        "stays in an old snapshot after being deactivated", "counter", after(DEACTIVATED, before=SNAPSHOT), CUT, GOES_ON
    ),
    Attack("reads on after its role was withdrawn", "counter", after(WITHDRAWN), HIDDEN, GOES_ON),
    Attack(
        "reads on after its lease ran out",
        "counter",
        after(rooted("UPDATE public.leases SET valid_until = now() WHERE role_name = '[role]'")),
        NOTHING,
        GOES_ON,
    ),
    Attack(
        "comes again after its lease ran out",
        "counter",
        after(rooted("ALTER ROLE [role] VALID UNTIL '2020-01-01'"), come_again),
        KEPT_OUT,
        COMES_AGAIN,
    ),
    Attack("goes on with an old line after the lease was renewed", "counter", after(opened_again), CUT, GOES_ON),
    Attack(
        "comes again with the password before the renewal",
        "counter",
        after(opened_again, come_again),
        KEPT_OUT,
        COMES_AGAIN,
    ),
    Attack(
        "reads on after its PC was taken away",
        "counter",
        after(
            rooted(
                "SELECT auth.end_gate((SELECT s.gate_role FROM public.sessions s JOIN public.leases l ON l.session_id = s.id WHERE l.role_name = '[role]'))"
            )
        ),
        CUT,
        GOES_ON,
    ),
    Attack(
        "opens a tenant that is suspended",
        "counter",
        while_suspended,
        refused("IM403"),
        Try("owner", after(nothing_happens, reopened)),
    ),
    Attack(
        "reads at a level that goes on seeing old rights",
        "owner",
        isolated("repeatable read", READ),
        NOTHING,
        Try("owner", isolated("read committed", READ)),
    ),
    Attack(
        "posts at a level that goes on seeing old rights",
        "counter",
        isolated("serializable", post()),
        refused("IM403"),
        Try("counter", isolated("read committed", post())),
    ),
    Attack(
        "writes at a level that goes on seeing old rights",
        "manager",
        isolated("repeatable read", "UPDATE items SET note = 'x'"),
        NOTHING,
        Try("manager", isolated("read committed", "UPDATE items SET note = 'x'")),
    ),
)
