"""Runs every check in one tenant, as the role that may read everything and change nothing."""

from collections.abc import Iterable, Iterator

from psycopg import sql

from ims_desktop.admin.server import Connection
from ims_desktop.admin.verification.checks import CHECKS
from ims_desktop.admin.verification.findings import Finding
from ims_desktop.admin.verification.replay import replay
from ims_desktop.admin.verification.seals import Head, missing_heads, newest_seal
from ims_desktop.database.installation import as_sql
from ims_desktop.database.scripts import TenantNames

PER_CHECK = 20


def verify(
    operator: Connection, names: TenantNames, heads: Iterable[Head] = (), limit: int = PER_CHECK
) -> Iterator[Finding]:
    """All findings, at most `limit` of each check; one snapshot, so that trade may go on meanwhile."""
    with operator.transaction():
        operator.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        operator.execute("SET LOCAL ROLE ims_reader")
        operator.execute("SET LOCAL statement_timeout = 0; SET LOCAL timezone = 'UTC'")
        operator.execute(sql.SQL("SET LOCAL search_path = {}, pg_catalog").format(sql.Identifier(names.schema)))
        yield from findings(operator, limit)
        yield from missing_heads(operator, (head for head in heads if head.tenant == names.tenant))


def sealed_up_to(operator: Connection, names: TenantNames) -> str:
    """How far the history of a tenant is sealed, in words."""
    with operator.transaction():
        operator.execute("SET LOCAL ROLE ims_reader")
        operator.execute(sql.SQL("SET LOCAL search_path = {}, pg_catalog").format(sql.Identifier(names.schema)))
        return newest_seal(operator)


def findings(connection: Connection, limit: int = PER_CHECK) -> Iterator[Finding]:
    """The findings in the schema on the search path, inside the transaction of the connection."""
    for check in CHECKS:
        for row in connection.execute(as_sql(f"SELECT * FROM ({check.sql}) f LIMIT {limit}")).fetchall():
            yield Finding(check.name, *(str(value) for value in row))
    yield from _first(replay(connection), limit)


def _first(findings: Iterator[Finding], limit: int) -> Iterator[Finding]:
    seen: dict[str, int] = {}
    for finding in findings:
        seen[finding.check] = seen.get(finding.check, 0) + 1
        if seen[finding.check] <= limit:
            yield finding
