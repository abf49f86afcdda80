"""What must hold of the seals: their rows, their chain, the time of what they hold, and the heads kept elsewhere."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from psycopg import sql

from ims_desktop.admin.server import Connection
from ims_desktop.admin.verification.findings import Check, Finding
from ims_desktop.domain.errors import UserError

# A row gets its moment a little before its number, and clocks are put right now and then.
TOLERANCE = "interval '1 minute'"
SIGN_INS = "log_seals"  # the seals of the log of sign-ins, beside those of each group


def too_early_or_late(
    table: str, what: str, number: str, moment: str, first: str, last: str, seals: str = "seals"
) -> str:
    """Rows of a seal from before the one before it, or from after it; what is not sealed yet counts as the next."""
    return f"""
        SELECT '{what} ' || r.{number}, 'between ' || coalesce(s.after::text, 'the beginning') || ' and ' || coalesce(s.until::text, 'now'),
               r.{moment}::text
        FROM (SELECT s.{first} AS first, s.{last} AS last, lag(s.nothing_before) OVER (ORDER BY s.number) AS after, s.sealed_at AS until
              FROM {seals} s
              UNION ALL (SELECT s.{last} + 1, NULL, s.nothing_before, NULL FROM {seals} s ORDER BY s.number DESC LIMIT 1)) s
        JOIN {table} r ON r.{number} >= s.first AND (r.{number} <= s.last OR s.last IS NULL)
        WHERE r.{moment} < s.after - {TOLERANCE} OR r.{moment} > s.until + {TOLERANCE}
    """


SEAL_CHECKS: tuple[Check, ...] = (
    Check(
        "seal",
        "What a seal holds is what it held when it was made: as many rows, in their places, unchanged.",
        """
        SELECT 'seal ' || s.number || ' of audit rows ' || s.audit_from || ' to ' || s.audit_to || ' and postings ' || s.posting_from || ' to '
               || s.posting_to, s.audit_count || ' audit rows and ' || s.posting_count || ' postings as they were',
               r.audit_count || ' audit rows and ' || r.posting_count || ' postings'
               || CASE WHEN (r.audit_count, r.posting_count) = (s.audit_count, s.posting_count) THEN ', not as they were' ELSE '' END
        FROM seals s CROSS JOIN LATERAL seal_root(s.audit_from, s.audit_to, s.posting_from, s.posting_to) r
        WHERE (r.audit_count, r.posting_count, r.root) <> (s.audit_count, s.posting_count, s.root)
        """,
    ),
    Check(
        "seal chain",
        "Every seal goes on where the one before it ended and names its hash; none is missing, none was changed.",
        """
        SELECT 'seal ' || s.number, 'unchanged, behind seal ' || s.number - 1, CASE
                 WHEN s.hash <> seal_hash(s.seal) THEN 'changed' WHEN s.number <> s.place THEN 'seal ' || s.place || ' is missing'
                 ELSE 'not what seal ' || s.number - 1 || ' ended with' END
        FROM (SELECT s AS seal, s.*, row_number() OVER w AS place, lag(s.hash, 1, ''::bytea) OVER w AS before,
                lag(s.audit_to, 1, 0::bigint) OVER w AS audit_end, lag(s.posting_to, 1, 0::bigint) OVER w AS posting_end,
                lag(s.sealed_at, 1, '-infinity') OVER w AS sealed_before
              FROM seals s WINDOW w AS (ORDER BY s.number)) s
        WHERE s.hash <> seal_hash(s.seal) OR s.number <> s.place OR s.previous <> s.before
           OR s.audit_from <> s.audit_end + 1 OR s.posting_from <> s.posting_end + 1 OR s.sealed_at < s.sealed_before
        """,
    ),
    Check(
        "time of audit rows",
        "An audit row was written between the seal before it and its own.",
        too_early_or_late("audit_log", "audit row", "id", "at", "audit_from", "audit_to"),
    ),
    Check(
        "time of documents",
        "A document was posted between the seal before it and its own.",
        too_early_or_late("postings", "document", "number", "posted_at", "posting_from", "posting_to"),
    ),
)


@dataclass(frozen=True)
class Head:
    """The newest seal of a restaurant group at some moment, kept where nobody who runs the server can reach it.

    Without a group it is the newest seal of the log of sign-ins, which belongs to the whole server.
    """

    tenant: UUID | None
    name: str
    number: int
    hash: str
    sealed_at: str

    def to_json(self) -> str:
        """One line of a file of heads."""
        return json.dumps({**vars(self), "tenant": self.tenant and str(self.tenant)}, ensure_ascii=False)

    @classmethod
    def from_json(cls, line: str) -> "Head":
        """A line of such a file; ValueError, KeyError or TypeError when it is none."""
        found = json.loads(line)
        tenant = None if found["tenant"] is None else UUID(str(found["tenant"]))
        return cls(tenant, found["name"], int(found["number"]), str(found["hash"]), str(found["sealed_at"]))


def read_heads(path: Path) -> list[Head]:
    """The heads in a file, one JSON object a line; UserError names every line that is none."""
    try:
        lines = [line for line in path.read_text("utf-8").splitlines() if line.strip()]
    except OSError as error:
        raise UserError(f"The file {path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise UserError(
            f"The file {path} cannot be read: it is no text, so it was not written by ims-admin seal."
        ) from error
    heads, wrong = [], []
    for place, line in enumerate(lines, 1):
        try:
            heads.append(Head.from_json(line))
        except (ValueError, KeyError, TypeError):
            wrong.append(str(place))
    if wrong:
        raise UserError(f"The file {path} has lines that are not exported seals: {', '.join(wrong)}.")
    return heads


def missing_heads(connection: Connection, heads: Iterable[Head], seals: str = "seals") -> Iterator[Finding]:
    """Exported heads that are no longer among the seals of the schema on the search path."""
    statement = sql.SQL("SELECT number, encode(hash, 'hex') FROM {}").format(sql.Identifier(seals))
    found = dict(connection.execute(statement).fetchall())
    for head in heads:
        if found.get(head.number) != head.hash:
            yield Finding(
                "exported seal",
                f"seal {head.number} of {head.sealed_at}",
                head.hash[:16],
                found.get(head.number, "no such seal")[:16],
            )


def newest_seal(connection: Connection) -> str:
    """How far the history of the tenant on the search path is sealed, in words."""
    found = connection.execute(
        "SELECT s.number, to_char(s.sealed_at, 'YYYY-MM-DD HH24:MI TZ'), (SELECT count(*) FROM audit_log l WHERE l.id > s.audit_to)"
        " FROM seals s ORDER BY s.number DESC LIMIT 1"
    ).fetchone()
    if found is None:
        return "nothing is sealed yet: run ims-admin seal"
    number, moment, after = found
    return f"seal {number} of {moment}, {after} audit rows after it"
