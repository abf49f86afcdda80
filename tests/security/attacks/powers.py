"""What PostgreSQL itself offers: files, programs, settings, other connections."""

from dataclasses import replace

import psycopg

from tests.security.attack import Answer, Attack, Doing, Expected, Try, answers, gets_through, refused
from tests.security.ground import Ground

OWNER, ROOT = "owner", "root"
DENIED, WRONG, FORBIDDEN, USED = refused("42501"), refused("IM400"), refused("IM403"), refused("IM409")
QUIET = Expected("goes through", lambda a: not a.state)

ATTACKS = (
    Attack(
        "installs an extension",
        "owner",
        "CREATE EXTENSION plpgsql",
        refused("42710", "42501"),
        Try("root", "DROP EXTENSION plpgsql; CREATE EXTENSION plpgsql"),
        works=refused("2BP01"),
    ),
    Attack(
        "makes a language", "owner", "CREATE LANGUAGE evil HANDLER plpgsql_call_handler", DENIED, "root", works=QUIET
    ),
    Attack(
        "loads a function from a library",
        "owner",
        "CREATE FUNCTION pg_temp.evil() RETURNS int LANGUAGE c AS 'plpgsql', 'plpgsql_call_handler'",
        DENIED,
        "root",
        works=QUIET,
    ),
    Attack("loads a library", "owner", "LOAD 'plpgsql'", DENIED, "root", works=QUIET),
    Attack("reaches another server", "owner", "CREATE FOREIGN DATA WRAPPER evil", DENIED, "root", works=QUIET),
    Attack(
        "listens to all commands",
        "owner",
        "CREATE EVENT TRIGGER evil ON ddl_command_start EXECUTE FUNCTION stamp()",
        DENIED,
        Try(
            "root",
            "CREATE FUNCTION pg_temp.f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER evil ON ddl_command_start EXECUTE FUNCTION pg_temp.f()",
        ),
        works=QUIET,
    ),
    Attack(
        "publishes the ledger",
        "owner",
        "CREATE PUBLICATION evil FOR TABLE stock_movements",
        DENIED,
        "root",
        works=QUIET,
    ),
    Attack(
        "subscribes to another server",
        "owner",
        "CREATE SUBSCRIPTION evil CONNECTION 'host=127.0.0.1' PUBLICATION x WITH (connect = false)",
        DENIED,
        "root",
        works=QUIET,
    ),
    Attack(
        "makes a database",
        "owner",
        "CREATE DATABASE evil TEMPLATE ims",
        DENIED,
        Try("root", "SELECT rolcreatedb FROM pg_roles WHERE rolname = CURRENT_USER"),
        alone=True,
    ),
    Attack(
        "makes a tablespace",
        "owner",
        "CREATE TABLESPACE evil LOCATION '/tmp'",
        DENIED,
        Try("root", "SELECT rolsuper FROM pg_roles WHERE rolname = CURRENT_USER"),
        alone=True,
    ),
    Attack("runs a program", "owner", "COPY (SELECT 1) TO PROGRAM 'cat > /dev/null'", DENIED, "root", works=QUIET),
    Attack("writes a file", "owner", "COPY (SELECT 1) TO '/dev/null'", DENIED, "root", works=QUIET),
    Attack(
        "reads a file by COPY",
        "owner",
        "COPY items FROM '/etc/passwd'",
        DENIED,
        Try("root", "COPY (SELECT 1) TO '/dev/null'"),
        works=QUIET,
    ),
    Attack("reads a file", "owner", "SELECT pg_read_file('postgresql.auto.conf')", DENIED, "root"),
    Attack("reads a file as bytes", "owner", "SELECT pg_read_binary_file('PG_VERSION')", DENIED, "root"),
    Attack("lists a folder", "owner", "SELECT pg_ls_dir('.')", DENIED, "root"),
    Attack("looks at a file", "owner", "SELECT pg_stat_file('PG_VERSION')", DENIED, "root"),
    Attack("takes a file in as a large object", "owner", "SELECT lo_import('/etc/passwd')", DENIED, "root"),
    Attack(
        "puts a large object out as a file",
        "owner",
        "SELECT lo_create(424242); SELECT lo_export(424242, '/dev/null')",
        DENIED,
        "root",
    ),
    Attack(
        "changes the server's settings",
        "owner",
        "ALTER SYSTEM SET log_statement = 'none'",
        DENIED,
        Try("root", "ALTER SYSTEM RESET log_statement", alone=True),
        works=QUIET,
        alone=True,
    ),
    Attack("reloads the server's settings", "owner", "SELECT pg_reload_conf()", DENIED, "root"),
    Attack(
        "turns the server's log",
        "owner",
        "SELECT pg_rotate_logfile()",
        DENIED,
        Try("root", "SELECT pg_current_wal_lsn() IS NOT NULL"),
    ),
    Attack("begins a backup", "owner", "SELECT pg_create_restore_point('evil')", DENIED, "root"),
    Attack(
        "makes a slot that fills the disk",
        "owner",
        "SELECT pg_create_physical_replication_slot('evil', true)",
        DENIED,
        Try(
            "root", "SELECT pg_create_physical_replication_slot('s' || substr(md5(random()::text), 1, 20), false, true)"
        ),
    ),
    Attack("moves the log of the server on", "owner", "SELECT pg_switch_wal()", DENIED, "root"),
    Attack("forces a checkpoint", "owner", "CHECKPOINT", DENIED, "root", works=QUIET),
    Attack(
        "forgets the statistics of the database",
        "owner",
        "SELECT pg_stat_reset()",
        DENIED,
        Try("root", "SELECT pg_stat_reset() IS NOT NULL"),
    ),
    Attack(
        "rewrites the catalog",
        "owner",
        "UPDATE pg_class SET relrowsecurity = false WHERE relname = 'stock_movements'",
        DENIED,
        "root",
    ),
    Attack(
        "allows itself to rewrite the catalog", "owner", "SET allow_system_table_mods = on", DENIED, "root", works=QUIET
    ),
    Attack("switches its own log off", "owner", "SET log_statement = 'none'", DENIED, "root", works=QUIET),
    Attack("lifts the limit of temporary files", "owner", "SET temp_file_limit = -1", DENIED, "root", works=QUIET),
    Attack(
        "loads a library at the next connection",
        "owner",
        "ALTER ROLE CURRENT_USER SET session_preload_libraries = 'plpgsql'",
        DENIED,
        "root",
        works=QUIET,
    ),
    Attack(
        "leaves a prepared transaction behind",
        "owner",
        "BEGIN; SELECT 1; PREPARE TRANSACTION 'evil'",
        refused("55000", "0A000"),
        Try("owner", "BEGIN; SELECT 1; COMMIT"),
        works=QUIET,
        alone=True,
    ),
    Attack(
        "kills a colleague's connection",
        "counter",
        "SELECT pg_terminate_backend(<owner_process>)",
        DENIED,
        Try("root", "SELECT pg_cancel_backend(<owner_process>)"),
    ),
    Attack("stops a colleague's statement", "manager", "SELECT pg_cancel_backend(<owner_process>)", DENIED, "root"),
    Attack(
        "reads what a colleague's connection holds in memory",
        "owner",
        "SELECT pg_log_backend_memory_contexts(<owner_process>)",
        DENIED,
        "root",
    ),
    Attack(
        "sees a colleague's address",
        "counter",
        "SELECT client_addr FROM pg_stat_activity WHERE pid = <owner_process>",
        answers(None),
        "root",
    ),
)


def in_database(database: str, text: str) -> Doing:
    """A statement in another database of the server."""

    def sent(ground: Ground, who: str) -> Answer:
        one = ground.desks[who].identity
        try:
            with replace(one.place, database=database).connect(one.role, one.password) as line:
                return ground.send(line, text)
        except psycopg.OperationalError as error:
            return Answer.of(error)

    return sent


OPEN = (
    gets_through(
        "stores large objects",
        "counter",
        "SELECT lo_from_bytea(0, 'x')",
        "PUBLIC may; it fills the disk; availability",
    ),
    gets_through(
        "tells every tenant something",
        "counter",
        "SELECT pg_notify('t_evil', 'x') IS NOT NULL",
        "notices are database-wide; desks ignore what is not theirs, and a forged one makes them read again at most",
    ),
    gets_through(
        "listens to the notices of another tenant",
        "counter",
        'LISTEN "<other_group>"',
        "notices are database-wide; they carry names of subjects, never content",
        comes_of_it=QUIET,
    ),
    gets_through(
        "takes a lock that another tenant wants",
        "counter",
        "SELECT pg_try_advisory_xact_lock(4711)",
        "advisory locks are database-wide; availability",
    ),
    gets_through(
        "lifts the limit of its statements",
        "counter",
        "SET statement_timeout = 0",
        "every role may; availability",
        comes_of_it=QUIET,
    ),
    gets_through(
        "writes to the server's log of changes",
        "counter",
        "SELECT pg_logical_emit_message(false, 'x', 'y') IS NOT NULL",
        "PUBLIC may; it fills the disk; availability",
    ),
    gets_through(
        "keeps an old snapshot for others",
        "counter",
        "SELECT pg_export_snapshot()",
        "whoever takes it over is judged by their own rights; it holds up cleaning and sealing; availability",
    ),
    gets_through(
        "enters another database of the server",
        "counter",
        in_database("postgres", "SELECT 1"),
        "PUBLIC may connect to postgres and template1; nothing of the product is there",
    ),
    gets_through(
        "holds the sealing of the history up",
        "manager",
        "SELECT pg_try_advisory_xact_lock(hashtextextended('seal of <schema>', 0))",
        "whoever holds a transaction open holds it up as well; `verify` tells how old the newest seal is",
    ),
)
