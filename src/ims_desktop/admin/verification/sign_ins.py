"""What must hold of the log of sign-ins and of its seals, which belong to the whole server."""

from collections.abc import Iterable, Iterator

from ims_desktop.admin.server import Connection
from ims_desktop.admin.verification.findings import Check, Finding
from ims_desktop.admin.verification.seals import SIGN_INS, Head, missing_heads, too_early_or_late
from ims_desktop.database.installation import as_sql

SIGN_IN_CHECKS: tuple[Check, ...] = (
    Check(
        "sign-in row",
        "A row of the log is what it was when it was written.",
        "SELECT 'sign-in row ' || l.id, 'unchanged', 'changed' FROM auth_log l WHERE l.row_hash <> auth.log_hash(l)",
    ),
    Check(
        "sign-in seal",
        "What a seal holds is what it held when it was made: as many rows, in their places, unchanged.",
        """
        SELECT 'seal ' || s.number || ' of sign-in rows ' || s.first || ' to ' || s.last, s.count || ' rows as they were',
               r.count || ' rows' || CASE WHEN r.count = s.count THEN ', not as they were' ELSE '' END
        FROM log_seals s CROSS JOIN LATERAL auth.log_root(s.first, s.last) r
        WHERE (r.count, r.root) <> (s.count, s.root)
        """,
    ),
    Check(
        "sign-in chain",
        "Every seal goes on where the one before it ended and names its hash; none is missing, none was changed.",
        """
        SELECT 'seal ' || s.number, 'unchanged, behind seal ' || s.number - 1, CASE
                 WHEN s.hash <> auth.log_seal_hash(s.seal) THEN 'changed' WHEN s.number <> s.place THEN 'seal ' || s.place || ' is missing'
                 ELSE 'not what seal ' || s.number - 1 || ' ended with' END
        FROM (SELECT s AS seal, s.*, row_number() OVER w AS place, lag(s.hash, 1, ''::bytea) OVER w AS before,
                lag(s.last, 1, 0::bigint) OVER w AS ended, lag(s.sealed_at, 1, '-infinity') OVER w AS sealed_before
              FROM log_seals s WINDOW w AS (ORDER BY s.number)) s
        WHERE s.hash <> auth.log_seal_hash(s.seal) OR s.number <> s.place OR s.previous <> s.before OR s.first <> s.ended + 1
           OR s.sealed_at < s.sealed_before
        """,
    ),
    Check(
        "time of sign-ins",
        "A row was written between the seal before it and its own.",
        too_early_or_late("auth_log", "sign-in row", "id", "at", "first", "last", seals="log_seals"),
    ),
)


def verify_sign_ins(operator: Connection, heads: Iterable[Head] = (), limit: int = 20) -> Iterator[Finding]:
    """All findings in the log of sign-ins, at most `limit` of each check, in one snapshot."""
    with operator.transaction():
        operator.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        operator.execute("SET LOCAL ROLE ims_reader")
        operator.execute("SET LOCAL statement_timeout = 0")
        operator.execute("SET LOCAL search_path = public, pg_catalog")
        yield from sign_in_findings(operator, limit)
        yield from missing_heads(operator, (head for head in heads if head.tenant is None), SIGN_INS)


def sign_in_findings(connection: Connection, limit: int = 20) -> Iterator[Finding]:
    """The findings, inside the transaction of the connection, with schema public on its search path."""
    for check in SIGN_IN_CHECKS:
        for row in connection.execute(as_sql(f"SELECT * FROM ({check.sql}) f LIMIT {limit}")).fetchall():
            yield Finding(check.name, *(str(value) for value in row))
