"""Seals what was written, so that nobody can change it unnoticed, and keeps the months of the audit log coming."""

from dataclasses import dataclass
from datetime import datetime

from psycopg import sql
from sqlalchemy import Connection, text

from ims_desktop.database.installation import Connection as Operator
from ims_desktop.database.scripts import TenantNames
from ims_desktop.domain.work import read


@dataclass(frozen=True)
class Seal:
    """The newest seal after a call, how many rows that call sealed, and whether some are left that are not settled."""

    number: int | None
    hash: str | None
    sealed_at: datetime | None
    rows: int
    waiting: bool


def seal(operator: Operator, names: TenantNames) -> Seal | None:
    """Seal what is settled in a tenant; None when somebody else is doing it. In a transaction of its own."""
    return _sealed(operator, sql.SQL("SELECT {}.seal()").format(sql.Identifier(names.schema)))


def seal_sign_ins(operator: Operator) -> Seal | None:
    """Seal what is settled in the log of sign-ins of the whole server; None when somebody else is at it."""
    return _sealed(operator, sql.SQL("SELECT auth.seal_log()"))


def _sealed(operator: Operator, statement: sql.SQL | sql.Composed) -> Seal | None:
    operator.execute("SET ROLE ims_reader")
    try:
        row = operator.execute(statement).fetchone()
    finally:
        operator.execute("RESET ROLE")
    if row is None or row[0] is None:
        return None
    found = row[0]
    moment = found["sealed_at"] and datetime.fromisoformat(found["sealed_at"])
    return Seal(found["number"], found["hash"], moment, found["rows"], found["waiting"])


def make_months(operator: Operator, names: TenantNames) -> int:
    """Make the partitions of the audit log for the months to come; gives how many were missing."""
    with operator.transaction():
        operator.execute("SET LOCAL ROLE ims_owner")
        operator.execute("SET LOCAL lock_timeout = '5s'")
        statement = sql.SQL("SELECT {}.make_audit_months()").format(sql.Identifier(names.schema))
        row = operator.execute(statement).fetchone()
    return int(row[0]) if row else 0


@read
def seal_in_passing(connection: Connection) -> None:
    """What every desk does now and then; nothing happens when the newest seal is younger than ten minutes."""
    connection.execute(text("SELECT seal('10 minutes')"))
