"""What psql and the programs beside it can do that a statement cannot."""

import subprocess
from collections.abc import Callable

from tests.security.attack import CUT, NOTHING, Answer, Attack, Doing, Try, refused
from tests.security.attacks.endings import DEACTIVATED, Ending, guest_of, nothing_happens
from tests.security.attacks.shells import answer_of, program, typed
from tests.security.ground import SECRET, Ground
from tests.security.psql import PATIENCE, credentials, psql

DENIED = refused("42501")
DONE = "ROLLBACK;\n\\echo done\n"
HIDDEN = "SELECT quantity FROM stock_movements WHERE quantity = 7777"
DUMP = ("pg_dump", "--data-only", "--table=<schema>.sales_imports")
SERVICE = "[colleague]\nuser=<owner_lease>\npassword={}\n"
READS = "SELECT count(*) FROM stock_movements;\n"
KEYS = "*:*:*:*:{}\n"


def with_options(options: str, script: str = "SELECT 1;\n") -> Doing:
    """psql that asks for settings before it is let in."""
    return typed(script, environment={"PGOPTIONS": options})


def with_password_of(who: str, file: str, content: str, environment: dict[str, str]) -> Doing:
    """psql with a file that holds somebody's password, where libpq looks for one."""

    def do(ground: Ground, hostile: str) -> Answer:
        password = ground.desks[who].identity.password
        own = environment | {"PGPASSWORD": ""}
        return typed("SELECT 1;\n", {file: content.format(password)}, own)(ground, hostile)

    return do


def by_service(whose: str) -> Doing:
    """A service file that names a colleague, and the password of somebody."""
    named = {"PGSERVICE": "colleague", "PGSERVICEFILE": "services"}
    return with_password_of(whose, "services", SERVICE, named)


def by_password_file(whose: str, user: str) -> Doing:
    """A file of passwords that gives one to whoever is asked for."""
    return with_password_of(whose, "passwords", KEYS, {"PGPASSFILE": "passwords", "PGUSER": user})


def exported(ground: Ground, who: str) -> Answer:
    """A large object that the owner keeps, put out into a file at a PC."""
    owner = ground.line("owner")
    row = owner.execute("SELECT lo_from_bytea(0, 'private')").fetchone()
    assert row
    try:
        return typed(f"BEGIN;\n\\lo_export {row[0]} stolen\n{DONE}")(ground, who)
    finally:
        owner.execute("SELECT lo_unlink(%s)", row)


def watched(ending: Ending, then: Callable[[subprocess.Popen[str]], Answer]) -> Doing:
    r"""A statement that psql repeats by \watch, while something ends."""

    def do(ground: Ground, _who: str) -> Answer:
        guest = guest_of(ground)
        told = [psql(), "-XAtq", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=verbose"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        with subprocess.Popen(told, text=True, env=credentials(guest.line), **pipes) as watching:  # type: ignore[call-overload]
            watching.stdin.write("SELECT count(*) FROM stock_movements \\watch 0.05\n")
            watching.stdin.close()
            watching.stdin = None
            _seen(watching)
            ending(ground, guest)
            found = then(watching)
            watching.kill()
        guest.line.close()
        return found

    return do


def _seen(watching: subprocess.Popen[str]) -> int:
    """The next figure that is shown."""
    assert watching.stdout
    return next(int(line) for line in watching.stdout if line.strip().isdigit())


def hung_up(watching: subprocess.Popen[str]) -> Answer:
    """How psql ended."""
    shown, warned = watching.communicate(timeout=PATIENCE)
    return answer_of(subprocess.CompletedProcess([], watching.returncode, shown, warned))


def goes_on(watching: subprocess.Popen[str]) -> Answer:
    """The figures that go on coming."""
    return Answer.told(min(_seen(watching) for _ in range(3)))


ATTACKS = (
    Attack(
        "pipes movements of another site into a program of its own",
        "counter",
        typed(f"\\copy ({HIDDEN}) to program 'cat'\n"),
        NOTHING,
        "owner",
    ),
    Attack(
        "copies recipes in from a file",
        "owner",
        typed("BEGIN;\n\\copy <schema>.recipes (name, kind) from 'recipes'\n" + DONE, {"recipes": "evil\tDISH\n"}),
        refused("0A000"),
        "root",
    ),
    Attack(
        "makes a statement for each policy and runs it",
        "owner",
        typed(
            "BEGIN;\nSELECT format('DROP POLICY %I ON <schema>.items', polname) FROM pg_policy"
            " WHERE polrelid = '<schema>.items'::regclass \\gexec\n" + DONE
        ),
        DENIED,
        "root",
    ),
    Attack(
        "runs a file of statements",
        "owner",
        typed("\\i hostile.sql\n", {"hostile.sql": "SELECT name FROM <other_schema>.categories;\n"}),
        DENIED,
        "stranger",
    ),
    Attack(
        "watches on while it is deactivated",
        "counter",
        watched(DEACTIVATED, hung_up),
        CUT,
        Try("counter", watched(nothing_happens, goes_on)),
    ),
    Attack(
        "sets the password of a colleague as psql does",
        "counter",
        typed("BEGIN;\n\\password <owner_lease>\nchosen\nchosen\n" + DONE),
        DENIED,
        "root",
    ),
    Attack("puts a colleague's large object out into a file", "counter", exported, DENIED, "owner"),
    Attack(
        "changes over to a colleague",
        "counter",
        typed("\\c - <owner_lease>\nSELECT 1;\n"),
        refused("42501", saying="password authentication failed"),
        Try("counter", typed("\\c - <counter_lease>\nSELECT 1;\n")),
    ),
    Attack(
        "changes over to a PC",
        "owner",
        typed("\\c - <gate_role>\nSELECT 1;\n"),
        refused("42501", saying="password authentication failed"),
        Try("gate", typed("\\c - <gate_role>\nSELECT 1;\n")),
    ),
    Attack(
        "asks to come in as another role",
        "owner",
        with_options("-c role=ims_owner"),
        refused("42501", saying="permission denied to set role"),
        "root",
    ),
    Attack(
        "asks to come in with triggers switched off",
        "owner",
        with_options("-c session_replication_role=replica"),
        refused("42501", saying="permission denied to set parameter"),
        "root",
    ),
    Attack(
        "asks to come in with a library of its own",
        "owner",
        with_options("-c session_preload_libraries=plpgsql"),
        refused("42501", saying="permission denied to set parameter"),
        "root",
    ),
    Attack(
        "asks to come in without row security",
        "owner",
        with_options("-c row_security=off", "SELECT count(*) FROM <schema>.stock_movements;\n"),
        DENIED,
        "root",
    ),
    Attack(
        "asks to come in with another tenant on its path",
        "owner",
        with_options("-c search_path=<other_schema>", "SELECT count(*) FROM categories;\n"),
        refused("42P01"),
        "stranger",
    ),
    Attack(
        "asks to come in at a level that goes on seeing old rights",
        "counter",
        with_options(r"-c default_transaction_isolation=repeatable\ read", READS),
        NOTHING,
        Try("counter", with_options(r"-c default_transaction_isolation=read\ committed", READS)),
    ),
    Attack(
        "names a colleague in a service file",
        "counter",
        by_service("counter"),
        refused("42501", saying="password authentication failed"),
        Try("counter", by_service("owner")),
    ),
    Attack(
        "offers its password for every name",
        "counter",
        by_password_file("counter", "<owner_lease>"),
        refused("42501", saying="password authentication failed"),
        Try("counter", by_password_file("counter", "<counter_lease>")),
    ),
    Attack(
        "dumps the imports of all sites",
        "manager",
        program(*DUMP, looking_for=SECRET),
        refused("42501", saying="row-level security"),
        "root",
    ),
    Attack(
        "dumps the imports with row security on",
        "manager",
        program(*DUMP, "--enable-row-security", looking_for=SECRET),
        NOTHING,
        "root",  # a dump reads in one snapshot, where the product knows nobody, not even the owner
    ),
    Attack(
        "dumps the roles with their passwords",
        "owner",
        program("pg_dumpall", "--roles-only", "--database=ims", looking_for="PASSWORD 'SCRAM"),
        refused("42501", saying="pg_authid"),
        "root",
    ),
)
