"""What should be put right on a server and in its restaurant groups, each in a sentence with what to do."""

from collections.abc import Iterator
from datetime import UTC, datetime

from psycopg import sql

from ims_desktop.database.backup import gaps
from ims_desktop.database.installation import Connection, as_sql
from ims_desktop.database.network import weaknesses
from ims_desktop.database.scripts import head
from ims_desktop.domain.errors import UserError

# Older minors tell of rows that policies hide, through statistics.
MINORS = {15: 14, 16: 10, 17: 6}
LOCKS, MANY_GROUPS = 1024, 20
CLOCKS_APART = 60  # seconds
SEALED_WITHIN = "24 hours"
NAMED = 3  # so many groups are named, the others counted

SETTINGS = {
    "fsync": ("on", "fsync is off: a power failure can lose what was acknowledged, or the whole database. Set it on."),
    "full_page_writes": ("on", "full_page_writes is off: a power failure can tear pages apart. Set it on."),
    "data_checksums": ("on", "Data checksums are off, so a failing disk is noticed late: use pg_checksums --enable."),
}

# Of one group; {schema} is an identifier, {name} its schema as a text, {group} the name it is told by.
IN_A_GROUP = """
SELECT {group}, r.version_num,
  (SELECT count(*) FROM pg_class c WHERE c.relnamespace = {name}::regnamespace AND c.relkind IN ('r', 'p')
     AND NOT c.relrowsecurity AND c.relname <> 'alembic_version'),
  EXISTS (SELECT FROM {schema}.audit_log l WHERE l.at < now() - {within}::interval
          AND l.id > coalesce((SELECT max(s.audit_to) FROM {schema}.seals s), 0)),
  to_regclass({name} || to_char(now() + interval '1 month', '".audit_log_"YYYY_MM')) IS NULL,
  NOT EXISTS (SELECT FROM {schema}.key_versions)
FROM {schema}.alembic_version r
"""


def server_faults(operator: Connection) -> Iterator[str]:
    """What should be put right on the server itself."""
    major, minor = divmod(operator.info.server_version, 10_000)
    if minor < MINORS.get(major, 0):
        yield f"PostgreSQL {major}.{minor} has known holes in row security: install {major}.{MINORS[major]} or newer."
    yield from _settings(operator)
    yield from _locks(operator)
    row = operator.execute("SELECT clock_timestamp()").fetchone()
    apart = abs((datetime.now(UTC) - row[0]).total_seconds()) if row else 0
    if apart > CLOCKS_APART:
        yield f"The clocks of the server and of this computer are {apart:.0f} seconds apart: set both by a time server."
    try:
        yield from weaknesses(operator)
    except UserError as error:
        if not operator.pgconn.ssl_in_use and operator.info.host not in ("127.0.0.1", "::1", "localhost"):
            yield f"This very connection is not encrypted. {error.text}"


def backup_faults(operator: Connection) -> list[str]:
    """What a backup would lack."""
    return [f"A backup would lack {gap}." for gap in gaps(operator)]


def group_faults(operator: Connection) -> Iterator[str]:
    """What should be put right in restaurant groups; each fault once, with the groups that have it."""
    found = _groups(operator)
    wanted = head("tenant")
    faults = {
        "stand at another revision than this program: run ims-admin migrate": [n for n, r, *_ in found if r != wanted],
        "have tables without row security: run ims-admin migrate, and find out who took it away": [
            name for name, _revision, open_tables, *_ in found if open_tables
        ],
        f"have history that was not sealed for {SEALED_WITHIN}: run ims-admin seal every day": [
            name for name, _revision, _open, unsealed, *_ in found if unsealed
        ],
        "have no part of the audit log for the next month: ims-admin seal makes it": [
            name for name, *_rest, unready, _keyless in found if unready
        ],
        "have no key for contacts and bank details: run ims-admin tenant key": [
            name for name, *_rest, keyless in found if keyless
        ],
    }
    for fault, names in faults.items():
        if names:
            others = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
            yield f"{', '.join(names[:NAMED])}{others}: {fault}."


def _settings(operator: Connection) -> Iterator[str]:
    for setting, (wanted, sentence) in SETTINGS.items():
        row = operator.execute("SELECT current_setting(%s, true)", [setting]).fetchone()
        if row is not None and row[0] not in (wanted, None):
            yield sentence


def _locks(operator: Connection) -> Iterator[str]:
    row = operator.execute(
        "SELECT current_setting('max_locks_per_transaction')::int,"
        " current_setting('max_locks_per_transaction')::int * current_setting('max_connections')::int,"
        " (SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace IN"
        "   (SELECT to_regnamespace(schema_name::text) FROM public.tenants)), (SELECT count(*) FROM public.tenants)"
    ).fetchone()
    each, room, tables, groups = row or (LOCKS, 1, 0, 0)
    if tables * 2 > room or (each < LOCKS and groups >= MANY_GROUPS):
        yield (
            f"max_locks_per_transaction is {each}, and a backup locks all {tables:,} tables of {groups} groups at once:"
            f" set it to {LOCKS} or more."
        )


def _groups(operator: Connection) -> list[tuple[str, str, int, bool, bool, bool]]:
    with operator.transaction():
        operator.execute("SET LOCAL ROLE ims_reader; SET LOCAL statement_timeout = 0; SET LOCAL timezone = 'UTC'")
        listed = operator.execute(
            "SELECT name, schema_name FROM public.tenants"
            " WHERE to_regclass(schema_name || '.alembic_version') IS NOT NULL ORDER BY name"
        ).fetchall()
        parts = [
            as_sql(IN_A_GROUP).format(
                schema=sql.Identifier(schema), name=sql.Literal(schema), group=sql.Literal(name),
                within=sql.Literal(SEALED_WITHIN),
            )
            for name, schema in listed
        ]  # fmt: skip
        return [row for part in parts for row in operator.execute(part).fetchall()]
