"""Leaving something behind: objects in other forms, and what would keep a role from being taken away."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import psycopg

from ims_desktop.database import tenant_life as life
from ims_desktop.database.sign_in import Gate, sign_in
from ims_desktop.database.tenancy import drop_gate
from tests.security.attack import Answer, Attack, Doing, Expected, Try, answers, gets_through, refused
from tests.security.ground import Ground
from tests.tenants import PASSWORD, new_tenant

DENIED = refused("42501")
QUIET = Expected("goes through", lambda a: not a.state)
LEFT_BY_ONE = "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC; SELECT lo_create(0)"


def leave_behind(gate: Gate) -> None:
    """What a role may leave behind without any right, in this database and in another one where it is let in."""
    for place in (gate.place, replace(gate.place, database="postgres")):
        with suppress(psycopg.OperationalError), place.connect(gate.user, gate.password) as line:
            line.execute(LEFT_BY_ONE if place is gate.place else "SELECT lo_create(0)")


def taken_away(doing: Callable[[Gate], None]) -> Doing:
    """A PC does something and is taken away: whether it still gets anybody in."""

    def do(ground: Ground, _who: str) -> Answer:
        gate = ground.new_gate()
        assert sign_in(gate, ground.logins["colleague"], PASSWORD)
        doing(gate)
        try:
            with ground.server.operator() as operator:
                drop_gate(operator, gate.user)
        except psycopg.Error as error:
            return Answer.of(error)
        try:
            gate.place.connect(gate.user, gate.password).close()
        except psycopg.OperationalError:
            return Answer.told("kept out")
        return Answer.told("let in")

    return do


def left_alone(gate: Gate) -> None:
    """The control: a PC that leaves nothing behind."""
    gate.place.connect(gate.user, gate.password).close()


def deleted(text: str) -> Doing:
    """A member of a restaurant group leaves something behind, and the group is deleted: which roles of it are left."""

    def do(ground: Ground, _who: str) -> Answer:
        leaving = new_tenant(ground.server)
        ground.settle()
        one = leaving.desk().identity
        with one.place.connect(one.role, one.password) as line:
            line.execute(text.replace("<group>", leaving.names.group).encode())
        leaving.close()
        try:
            with ground.server.operator() as operator:
                life.leave(operator, leaving.id, days=0)
                life.delete(operator, leaving.id)
        except psycopg.Error as error:
            return Answer.of(error)
        with ground.server.root() as root:
            left = root.execute("SELECT rolname FROM pg_roles WHERE rolname ~ %s", [leaving.names.group[2:]]).fetchall()
        return Answer.told(len(left))

    return do


ATTACKS = (
    Attack(
        "keeps its PC from being taken away by what it leaves behind",
        "gate",
        taken_away(leave_behind),
        answers("kept out"),
        Try("gate", taken_away(left_alone)),
        works=answers("kept out"),
    ),
    Attack(
        "keeps its group from being deleted by what it leaves behind",
        "counter",
        deleted("ALTER DEFAULT PRIVILEGES FOR ROLE <group> GRANT SELECT ON TABLES TO PUBLIC; " + LEFT_BY_ONE),
        answers(0),
        Try("counter", deleted("SELECT 1")),
        works=answers(0),
    ),
    Attack(
        "keeps rows in a table of its own",
        "owner",
        "CREATE TABLE stolen AS SELECT id FROM items",
        DENIED,
        "root",
        works=QUIET,
    ),
    Attack(
        "keeps rows in a view that remembers",
        "owner",
        "CREATE MATERIALIZED VIEW stolen AS SELECT id FROM items",
        DENIED,
        "root",
        works=QUIET,
    ),
    Attack("makes a temporary domain", "owner", "CREATE DOMAIN pg_temp.numeric AS text", DENIED, "root", works=QUIET),
    Attack(
        "makes a temporary operator",
        "owner",
        "CREATE OPERATOR pg_temp.= (FUNCTION = uuid_eq, LEFTARG = uuid, RIGHTARG = uuid)",
        DENIED,
        "root",
        works=QUIET,
    ),
    Attack(
        "makes a temporary sequence", "owner", "CREATE TEMP SEQUENCE postings_number_seq", DENIED, "root", works=QUIET
    ),
    Attack(
        "makes a procedure",
        "owner",
        "CREATE PROCEDURE evil() LANGUAGE sql BEGIN ATOMIC SELECT 1; END",
        DENIED,
        "root",
        works=QUIET,
    ),
    Attack(
        "takes a month out of the audit log",
        "owner",
        "ALTER TABLE audit_log DETACH PARTITION <partition>",
        DENIED,
        "root",
        works=QUIET,
    ),
    Attack(
        "starts the numbering anew", "owner", "ALTER SEQUENCE postings_number_seq RESTART", DENIED, "root", works=QUIET
    ),
    Attack("makes an index anew while all wait", "owner", "REINDEX TABLE items", DENIED, "root", works=QUIET),
    Attack(
        "takes a colleague's name",
        "counter",
        "ALTER ROLE <counter_lease> RENAME TO m_00000000000000000000000000000000_1",
        refused("0A000", "42501"),
        Try("root", "ALTER ROLE <colleague_lease> RENAME TO m_00000000000000000000000000000000_1"),
        works=QUIET,
    ),
    Attack("comments on a colleague", "counter", "COMMENT ON ROLE <owner_lease> IS 'x'", DENIED, "root", works=QUIET),
    Attack(
        "switches its triggers off at the next connection",
        "counter",
        "ALTER ROLE CURRENT_USER SET session_replication_role = replica",
        DENIED,
        "root",
        works=QUIET,
    ),
    Attack(
        "gives a colleague what it owns",
        "counter",
        "REASSIGN OWNED BY <counter_lease> TO <owner_lease>",
        DENIED,
        "root",
        works=QUIET,
    ),
    Attack(
        "takes the right to run programs",
        "owner",
        "GRANT pg_execute_server_program TO <owner_lease>",
        DENIED,
        "root",
        works=QUIET,
    ),
)
OPEN = (
    gets_through(
        "changes what is granted by default on what its group makes",
        "counter",
        "ALTER DEFAULT PRIVILEGES FOR ROLE <group> GRANT ALL ON TABLES TO PUBLIC",
        "every member may; the group makes nothing, and it is dropped with what it left behind",
        comes_of_it=QUIET,
    ),
)
