"""What the server keeps of a person's journal on a PC: half of its key, and how far it was."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, text

from ims_desktop.domain.work import read


@dataclass(frozen=True)
class JournalOpening:
    """What the server answers to the person of a journal; `ahead` is how far its clock is ahead of this PC's."""

    name: UUID
    secret: bytes = field(repr=False)
    mark: int
    ahead: timedelta


@read
def open_journal(connection: Connection) -> JournalOpening:
    """The server's half of the key, made when it is asked for first; in the lane of reads: no change waits for it."""
    row = connection.execute(text("SELECT id, secret, mark, server_time FROM open_journal()")).one()
    # The answer took its time to come: what is reckoned from it never lies ahead of the server's clock.
    return JournalOpening(row.id, bytes(row.secret), row.mark, row.server_time - datetime.now(UTC))


@read
def mark_journal(connection: Connection, mark: int) -> None:
    """Tell how far the journal is, so that one that is put back to an earlier state is found out."""
    connection.execute(text("SELECT mark_journal(:mark)"), {"mark": mark})
