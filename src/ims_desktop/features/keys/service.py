"""Which PCs hold the key of sensitive fields, which ask for it, and what is done about it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    Boolean,
    Connection,
    DateTime,
    Integer,
    LargeBinary,
    Row,
    Text,
    Uuid,
    column,
    func,
    select,
)

from ims_desktop.database import key_sharing
from ims_desktop.database.listing import ListSource, one_or_gone
from ims_desktop.database.secrets_box import fingerprint
from ims_desktop.database.tenant_key import ring_on
from ims_desktop.domain.errors import Confirm
from ims_desktop.domain.listing import ListQuery, Page, Sort, Summary
from ims_desktop.domain.wording import say
from ims_desktop.domain.work import Changed, read
from ims_desktop.features.keys.tables import MEMBERS

SUBJECTS = frozenset({"people"})
RECOVERY = "recovery"
# What a PC may open after it got the key, or lost it, is read again.
OPENED = SUBJECTS | {"suppliers"}
OPERATOR = "the operator"


@dataclass(frozen=True, slots=True)
class Holder:
    """A PC, or the recovery code, and what it can open."""

    id: str
    device: str
    public_key: bytes
    versions: tuple[int, ...]
    newest: int
    asked_at: datetime
    asked_by: str
    shared_at: datetime | None
    shared_by: str
    is_this: bool
    is_known: bool

    @property
    def name(self) -> str:
        """What it is called."""
        if self.id == RECOVERY:
            return "Recovery code"
        name = self.device or self.id
        return say("{device}, this PC", device=name) if self.is_this else name

    @property
    def fingerprint(self) -> str:
        """What two people compare before the key is given."""
        return fingerprint(self.public_key)

    @property
    def state(self) -> str:
        """Whether it can open everything, some of it, or nothing yet."""
        if not self.is_known:
            return "gone"
        if not self.versions:
            return "asks"
        return "holds" if self.newest in self.versions else "behind"


LISTED = func.key_list().table_valued(
    column("holder", Text),
    column("device", Text),
    column("public_key", LargeBinary),
    column("versions", ARRAY(Integer)),
    column("newest", Integer),
    column("asked_by", Uuid),
    column("asked_at", DateTime(timezone=True)),
    column("shared_by", Uuid),
    column("shared_at", DateTime(timezone=True)),
    column("is_this", Boolean),
    column("is_known", Boolean),
    name="listed",
)
ASKERS, SHARERS = MEMBERS.alias("askers"), MEMBERS.alias("sharers")
NAMED = LISTED.outerjoin(ASKERS, ASKERS.c.id == LISTED.c.asked_by).outerjoin(
    SHARERS, SHARERS.c.id == LISTED.c.shared_by
)


def _holder(row: Row[Any]) -> Holder:
    kept = {name: row._mapping[name] for name in Holder.__slots__ if name in row._mapping}
    return Holder(**{**kept, "id": row.holder, "versions": tuple(row.versions), "public_key": bytes(row.public_key)})


LIST: ListSource[Holder] = ListSource(
    Holder,
    select(
        *(LISTED.c[name] for name in ("holder", "device", "public_key", "versions", "newest", "asked_at", "shared_at")),
        LISTED.c.is_this,
        LISTED.c.is_known,
        func.coalesce(ASKERS.c.display_name, OPERATOR).label("asked_by"),
        func.coalesce(SHARERS.c.display_name, OPERATOR).label("shared_by"),
    ).select_from(NAMED),
    LISTED.c.holder,
    sorts={"name": func.public.sort_key(LISTED.c.device), "asked_at": LISTED.c.asked_at},
    default=(Sort("name"),),
    filters={"name": LISTED.c.device},
    finds=(func.public.sort_key(LISTED.c.device),),
    shape=_holder,
)


@read
def holders(connection: Connection, query: ListQuery) -> Page[Holder]:
    """Who holds the key or asks for it."""
    return LIST.page(connection, query)


@read
def holders_summary(connection: Connection, query: ListQuery) -> Summary:
    """How many they are."""
    return LIST.summary(connection, query)


@read
def holder(connection: Connection, key: str) -> Holder:
    """One of them."""
    row = connection.execute(LIST.select.where(LISTED.c.holder == key)).one_or_none()
    return _holder(one_or_gone(row, "PC"))


def share_key(connection: Connection, asking: Holder) -> Changed:
    """Give a PC the key; the person has compared its fingerprint."""
    key_sharing.share(connection, asking.id, asking.public_key)
    return Changed(asking.name, OPENED)


def withdraw_key(connection: Connection, of: Holder, consents: frozenset[str] = frozenset()) -> Changed:
    """Take the key away from a PC."""
    if of.versions and "withdraw" not in consents:
        raise Confirm(
            say(
                "Take the key away from {name}? What it saw it saw: if the PC is lost, renew the key as well.",
                name=of.name,
            ),
            "withdraw",
        )
    key_sharing.withdraw(connection, of.id)
    return Changed(of.name, OPENED)


def unlock_here(connection: Connection, code: str) -> Changed:
    """Give this PC the key by the recovery code."""
    key_sharing.unlock(connection, code)
    return Changed("This PC", OPENED)


def renew_key(connection: Connection, consents: frozenset[str] = frozenset()) -> Changed:
    """Begin a new key; answers its version. What is encrypted follows by `move_some`."""
    if "renew" not in consents:
        raise Confirm("Renew the key and encrypt every sensitive field anew? Others can go on working.", "renew")
    return Changed(key_sharing.renew(connection), SUBJECTS)


def move_some(connection: Connection) -> Changed:
    """Encrypt some fields with the newest key, and forget the older ones when none is left; answers how many."""
    moved = key_sharing.move_some(connection)
    if not moved:
        key_sharing.end_old(connection)
    return Changed(moved, OPENED if not moved else frozenset())


@read
def ask(connection: Connection) -> bool:
    """Whether this PC holds the key; where it does not, it asks for it."""
    return ring_on(connection).keys(connection) is not None
