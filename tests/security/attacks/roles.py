"""Becoming somebody else, and changing roles of the server."""

from tests.security.attack import NOTHING, Attack, Expected, Try, gets_through, refused

OWNER, ROOT = "owner", "root"
DENIED, WRONG, FORBIDDEN, USED = refused("42501"), refused("IM400"), refused("IM403"), refused("IM409")
QUIET = Expected("goes through", lambda a: not a.state)

ATTACKS = (
    Attack("becomes the owner of the tables", "owner", "SET ROLE ims_owner", DENIED, "table_owner", works=QUIET),
    Attack("becomes the owner of the functions", "owner", "SET ROLE ims_ledger", DENIED, "table_owner", works=QUIET),
    Attack("becomes the issuer", "owner", "SET ROLE <issuer>", DENIED, "root", works=QUIET),
    Attack("becomes a colleague by SET ROLE", "counter", "SET ROLE <owner_lease>", DENIED, "root", works=QUIET),
    Attack(
        "becomes a colleague by SET SESSION AUTHORIZATION",
        "counter",
        "SET SESSION AUTHORIZATION '<owner_lease>'",
        DENIED,
        "root",
        works=QUIET,
    ),
    Attack("makes a role", "owner", "CREATE ROLE evil LOGIN", DENIED, "root", works=QUIET),
    Attack("makes itself superuser", "owner", "ALTER ROLE CURRENT_USER SUPERUSER", DENIED, "root", works=QUIET),
    Attack(
        "makes itself able to make roles", "owner", "ALTER ROLE CURRENT_USER CREATEROLE", DENIED, "root", works=QUIET
    ),
    Attack(
        "makes itself blind to row security", "owner", "ALTER ROLE CURRENT_USER BYPASSRLS", DENIED, "root", works=QUIET
    ),
    Attack(
        "prolongs the validity of its role",
        "counter",
        "ALTER ROLE CURRENT_USER VALID UNTIL 'infinity'",
        DENIED,
        "root",
        works=QUIET,
    ),
    Attack(
        "lifts the limit of its connections",
        "counter",
        "ALTER ROLE CURRENT_USER CONNECTION LIMIT -1",
        DENIED,
        "root",
        works=QUIET,
    ),
    Attack(
        "sets the password of a colleague",
        "counter",
        "ALTER ROLE <owner_lease> PASSWORD 'x'",
        DENIED,
        "root",
        works=QUIET,
    ),
    Attack(
        "poisons the settings of the group",
        "counter",
        "ALTER ROLE <group> SET search_path = pg_temp",
        DENIED,
        "root",
        works=QUIET,
    ),
    Attack(
        "poisons the settings of the database",
        "owner",
        "ALTER DATABASE ims SET search_path = pg_temp",
        DENIED,
        "root",
        works=QUIET,
    ),
    Attack(
        "takes another tenant's group", "owner", "GRANT <other_group> TO <owner_lease>", DENIED, "root", works=QUIET
    ),
    Attack("lets a stranger into the group", "owner", "GRANT <group> TO <stranger_lease>", DENIED, "root", works=QUIET),
    Attack("takes a predefined role", "owner", "GRANT pg_read_all_data TO <owner_lease>", DENIED, "root", works=QUIET),
    Attack(
        "drops a colleague's role",
        "counter",
        "DROP ROLE <owner_lease>",
        DENIED,
        Try("root", "DROP ROLE <colleague_lease>"),
        works=QUIET,
    ),
    Attack(
        "drops what the group may do, and every policy with it",
        "counter",
        "DROP OWNED BY <group>",
        DENIED,
        "root",
        works=QUIET,
    ),
    Attack(
        "takes over what the owner of the tables owns",
        "owner",
        "REASSIGN OWNED BY ims_owner TO CURRENT_USER",
        DENIED,
        Try("root", "REASSIGN OWNED BY <counter_lease> TO ims_owner"),
        works=QUIET,
    ),
    Attack(
        "grants itself more of a table it reads",
        "owner",
        "GRANT UPDATE ON stock_levels TO <owner_lease>; SELECT count(*) WHERE has_table_privilege('<owner_lease>', 'stock_levels', 'UPDATE')",
        NOTHING,
        "root",
    ),
    Attack(
        "lets a stranger call a function it may call",
        "owner",
        "GRANT EXECUTE ON FUNCTION opening() TO <stranger_lease>; SELECT count(*) WHERE has_function_privilege('<stranger_lease>', '<schema>.opening()', 'EXECUTE')",
        NOTHING,
        "root",
    ),
    Attack(
        "grants itself a table of the sign-in",
        "owner",
        "GRANT SELECT ON public.users TO <owner_lease>",
        DENIED,
        "root",
        works=QUIET,
    ),
    Attack(
        "changes what is granted by default",
        "owner",
        "ALTER DEFAULT PRIVILEGES FOR ROLE ims_owner GRANT ALL ON TABLES TO PUBLIC",
        DENIED,
        "root",
        works=QUIET,
    ),
    Attack(
        "grants everybody a function",
        "owner",
        "GRANT EXECUTE ON FUNCTION write_audit TO PUBLIC",
        DENIED,
        "root",
        works=QUIET,
    ),
)

OPEN = (
    gets_through(
        "sets the password of its own lease",
        "counter",
        "ALTER ROLE CURRENT_USER PASSWORD 'chosen'",
        "every role may; it lasts until the lease ends, which the person could also use as it is",
        comes_of_it=QUIET,
    ),
    gets_through(
        "changes the settings of its own lease",
        "counter",
        "ALTER ROLE CURRENT_USER SET statement_timeout = 0",
        "every role may; the next opening resets them, and what the desk relies on it sets itself",
        comes_of_it=QUIET,
    ),
)
