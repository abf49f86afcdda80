"""Where people are signed in, and ending that."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, Connection, Text, Uuid, column, func, select

from ims_desktop.database.base import MOMENT
from ims_desktop.database.listing import ListSource
from ims_desktop.domain.listing import ListQuery, Page, Sort, Summary
from ims_desktop.domain.work import Changed, call, read

SUBJECTS = frozenset({"people"})
SESSIONS = func.member_sessions().table_valued(
    column("id", Uuid),
    column("member_id", Uuid),
    column("name", Text),
    column("computer", Text),
    column("system", Text),
    column("address", Text),
    column("since", MOMENT),
    column("last_used_at", MOMENT),
    column("is_connected", Boolean),
    column("is_own", Boolean),
    column("is_this", Boolean),
    name="held",
)


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A person signed in at a PC."""

    id: UUID
    member_id: UUID
    name: str
    computer: str
    system: str
    address: str
    since: datetime
    last_used_at: datetime
    is_connected: bool
    is_own: bool
    is_this: bool

    @property
    def device(self) -> str:
        """The PC in words."""
        return self.computer or "Unknown PC"

    @property
    def state(self) -> str:
        """Whether it is this desk, at work now, or idle."""
        return "this" if self.is_this else "connected" if self.is_connected else "idle"


LIST: ListSource[SessionRow] = ListSource(
    SessionRow,
    select(SESSIONS),
    SESSIONS.c.id,
    sorts={
        "name": func.public.sort_key(SESSIONS.c.name),
        "device": func.public.sort_key(SESSIONS.c.computer),
        "since": SESSIONS.c.since,
        "last_used_at": SESSIONS.c.last_used_at,
    },
    default=(Sort("last_used_at", True),),
    filters={"member_id": SESSIONS.c.member_id, "is_own": SESSIONS.c.is_own, "device": SESSIONS.c.computer},
    finds=(func.public.sort_key(SESSIONS.c.name), func.public.sort_key(SESSIONS.c.computer), SESSIONS.c.address),
)


@read
def sessions(connection: Connection, query: ListQuery) -> Page[SessionRow]:
    """A page of sessions: one's own, and those of others for who may see people."""
    return LIST.page(connection, query)


@read
def sessions_summary(connection: Connection, query: ListQuery) -> Summary:
    """How many sessions."""
    return LIST.summary(connection, query)


@call
def end_session(connection: Connection, key: UUID) -> Changed:
    """End a session: its desk sees nothing from the next statement on."""
    connection.execute(select(func.end_session(key))).scalar_one()
    return Changed(None, SUBJECTS)
