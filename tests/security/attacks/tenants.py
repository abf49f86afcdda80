"""Reading and writing another tenant."""

from tests.security.attack import NOTHING, Attack, Try, gets_through, refused
from tests.security.attacks.copying import copied
from tests.security.attacks.shells import shell

OWNER, ROOT = "owner", "root"
DENIED, WRONG, FORBIDDEN, USED = refused("42501"), refused("IM400"), refused("IM403"), refused("IM409")

ATTACKS = (
    Attack(
        "reads another tenant's categories", OWNER, "SELECT name FROM <other_schema>.categories", DENIED, "stranger"
    ),
    Attack("asks another tenant who it is", OWNER, "SELECT <other_schema>.opening()", DENIED, "stranger"),
    Attack(
        "plans a query of another tenant", OWNER, "EXPLAIN SELECT * FROM <other_schema>.categories", DENIED, "stranger"
    ),
    Attack(
        "writes a category into another tenant",
        OWNER,
        "INSERT INTO <other_schema>.categories (name) VALUES ('Ours')",
        DENIED,
        "stranger",
    ),
    Attack("joins another tenant by SET ROLE", OWNER, "SET ROLE <other_group>", DENIED, "stranger"),
    Attack(
        "puts another tenant on the search path",
        OWNER,
        "SET LOCAL search_path = <other_schema>; SELECT count(*) FROM categories",
        refused("42P01"),
        "stranger",
    ),
    Attack(
        "follows another tenant's rows on disk",
        OWNER,
        "SELECT currtid2('<other_schema>.categories', '(0,1)')",
        DENIED,
        "stranger",
    ),
    Attack(
        "counts up another tenant's sequence by its number",
        OWNER,
        "SELECT nextval(<other_sequence>::regclass)",
        DENIED,
        ROOT,
    ),
    Attack(
        "looks another tenant's columns up in the information schema",
        OWNER,
        "SELECT count(*) FROM information_schema.columns WHERE table_schema = '<other_schema>'",
        NOTHING,
        "stranger",
    ),
    Attack(
        "reads another tenant's statistics",
        OWNER,
        "SELECT count(*) FROM pg_stats WHERE schemaname IN ('<other_schema>', '<schema>') AND tablename <> 'alembic_version'",
        NOTHING,
        Try(ROOT, "ANALYZE items; SELECT count(*) FROM pg_stats WHERE schemaname = '<schema>'"),
    ),
    Attack("copies another tenant's categories out", OWNER, copied("<other_schema>.categories"), DENIED, "stranger"),
    Attack(
        "copies another tenant's categories out with psql",
        OWNER,
        shell(r"\copy <other_schema>.categories to stdout"),
        DENIED,
        "stranger",
    ),
    Attack(
        "resolves another tenant's table by name",
        OWNER,
        "SELECT '<other_schema>.categories'::regclass",
        DENIED,
        "stranger",
    ),
    Attack(
        "asks a function that reads for it",
        OWNER,
        "SELECT word FROM ts_stat('SELECT to_tsvector(name) FROM <other_schema>.categories')",
        DENIED,
        "stranger",
    ),
    Attack(
        "finds out by a key whether another tenant posted under it",
        "stranger",
        "SELECT post_document('<key_mine>', '{\"kind\": \"WASTE\"}', '{<item>}', '{<place>}', '{-1}', NULL, NULL, NULL, NULL, NULL)",
        refused("IM403"),
        Try(
            "colleague",
            "SELECT post_document('<key_mine>', '{\"kind\": \"WASTE\"}', '{<item>}', '{<place>}', '{-1}', NULL, NULL, NULL, NULL, NULL)",
        ),
        works=refused("IM409"),
    ),
)

OPEN = (
    gets_through(
        "counts tenants and their tables in the catalog",
        "counter",
        "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = '<other_schema>'",
        "the catalog is readable by everybody; names are random, sizes and row counts are visible",
    ),
    gets_through(
        "sees that others are connected",
        "counter",
        "SELECT count(*) FROM pg_stat_activity WHERE usename = '<stranger_lease>'",
        "role names are opaque, statements are hidden; presence is visible",
    ),
    gets_through(
        "counts people by their roles",
        "counter",
        "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'm\\_%' AND rolvaliduntil IS NOT NULL",
        "role names are opaque; how many leases exist and until when is visible",
    ),
)
