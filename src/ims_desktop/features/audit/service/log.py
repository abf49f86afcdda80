"""Who changed what and when: the log as a list, and one entry in full."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Text,
    Uuid,
    case,
    cast,
    column,
    func,
    literal,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB

from ims_desktop.database.listing import ListSource, one_or_gone
from ims_desktop.domain.listing import ListQuery, Page, Sort, Summary
from ims_desktop.domain.option import Option
from ims_desktop.domain.wording import Words
from ims_desktop.domain.work import read
from ims_desktop.features.audit.rules import SUBJECTS, UNKNOWN, Change, changes, posting_words, read_json
from ims_desktop.features.audit.tables import AUDIT, MEMBERS, NAMED, OFFERS, SITES

OPERATOR: Words = "The operator"
SERVER: Words = "The server"
KEY = "^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$"
# Whose name says what a part belongs to: the key in the logged row, and the table that key points to.
OWNERS = {"item_id": "items", "recipe_id": "recipes", "menu_item_id": "menu_items", "supplier_id": "suppliers"}


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One change in the list."""

    id: int
    at: datetime
    who: str
    subject: str
    action: str
    record: str
    record_id: str
    site: str | None

    @property
    def subject_words(self) -> str:
        """What kind of thing was changed."""
        return SUBJECTS.get(self.subject, self.subject.replace("_", " ").capitalize())

    @property
    def part_words(self) -> str:
        """The same with the own name of a part, without the name of what it belongs to."""
        own = self.record.rpartition(" · ")[2] if " · " in self.record else ""
        return " ".join(filter(None, (self.subject_words, own)))


@dataclass(frozen=True, slots=True)
class AuditEntry(AuditRow):
    """One change in full."""

    role_name: str
    part_of: str | None  # the record that this one is a part of, or the posting that it takes back
    ip_address: str | None
    device: str | None  # the PC, as the operator named it
    changes: tuple[Change, ...]


LOGGED = func.coalesce(AUDIT.c.new, AUDIT.c.old)


def _text(key: str) -> ColumnElement[Any]:
    found: ColumnElement[Any] = type_coerce(LOGGED, JSONB)[key].astext
    return found


OWN_NAME = func.coalesce(
    *(_text(key) for key in ("name", "display_name", "gtin", "pack", "number", "valid_from", "code", "words"))
)


def _owner() -> ColumnElement[Any]:
    """The name of the item, recipe, menu item, supplier or person that the logged row is a part of."""
    names: list[Any] = [
        select(NAMED[table].c.name).where(NAMED[table].c.id == cast(_text(key), Uuid)).scalar_subquery()
        for key, table in OWNERS.items()
    ]
    whose = MEMBERS.alias("whose")
    person = select(whose.c.display_name).where(whose.c.id == cast(_text("member_id"), Uuid)).scalar_subquery()
    role = select(NAMED["roles"].c.name).where(NAMED["roles"].c.id == cast(_text("role_id"), Uuid)).scalar_subquery()
    return func.coalesce(*names, func.concat_ws(" · ", person, role))


def _entries(*more: ColumnElement[Any]) -> Select[Any]:
    return select(
        *(AUDIT.c[name] for name in ("id", "at", "subject", "action", "record_id")),
        func.coalesce(MEMBERS.c.display_name, case((_text("ended_why") == "STOLEN", SERVER), else_=OPERATOR)).label(
            "who"
        ),
        SITES.c.name.label("site"),
        OWN_NAME.label("own_name"),
        _text("kind").label("kind"),
        case((AUDIT.c.subject.notin_(("postings", "posting", "orders")), _owner())).label("owner"),
        *more,
    ).select_from(
        AUDIT.outerjoin(MEMBERS, MEMBERS.c.id == AUDIT.c.member_id).outerjoin(SITES, SITES.c.id == AUDIT.c.site_id)
    )


def _record(row: Row[Any]) -> str:
    if row.subject == "posting":
        return posting_words(row.kind, row.own_name)
    nameless = UNKNOWN if re.fullmatch(KEY, row.record_id) else row.record_id
    return " · ".join(filter(None, (row.owner, row.own_name))) or nameless


def _common(row: Row[Any]) -> dict[str, Any]:
    same = {name: row._mapping[name] for name in ("id", "at", "who", "subject", "action", "record_id", "site")}
    return {**same, "record": _record(row)}


LIST: ListSource[AuditRow] = ListSource(
    AuditRow,
    _entries(),
    AUDIT.c.id,
    sorts={"at": AUDIT.c.at},
    default=(Sort("at", descending=True),),
    filters={
        "at": AUDIT.c.at,
        "who": AUDIT.c.member_id,
        "subject": AUDIT.c.subject,
        "action": AUDIT.c.action,
        "site": AUDIT.c.site_id,
    },
    finds=(func.public.sort_key(OWN_NAME), AUDIT.c.record_id),
    shape=lambda row: AuditRow(**_common(row)),
)


@read
def audit_entries(connection: Connection, query: ListQuery) -> Page[AuditRow]:
    """A page of the log, the newest first."""
    return LIST.page(connection, query)


@read
def audit_summary(connection: Connection, query: ListQuery) -> Summary:
    """How many entries; counting stops where nobody would scroll to."""
    return LIST.summary(connection, query)


@read
def audit_entry(connection: Connection, key: int) -> AuditEntry:
    """One entry with everything that changed, in one statement."""
    row = connection.execute(full_entries().where(AUDIT.c.id == key)).one_or_none()
    return entry_of(one_or_gone(row, "entry"))


@read
def person_choices(connection: Connection) -> list[Option]:
    """Everybody who is or was here."""
    people = select(MEMBERS.c.id, MEMBERS.c.display_name).order_by(MEMBERS.c.sort_name)
    return [Option(row.id, row.display_name) for row in connection.execute(people)]


@read
def site_choices(connection: Connection) -> list[Option]:
    """All sites by name."""
    rows = connection.execute(select(SITES.c.id, SITES.c.name).order_by(SITES.c.name))
    return [Option(row.id, row.name) for row in rows]


def full_entries() -> Select[Any]:
    """Rows as text, because JSON numbers would become binary fractions; and the names behind their keys."""
    old, new = cast(AUDIT.c.old, Text).label("was"), cast(AUDIT.c.new, Text).label("is_now")
    address = func.host(AUDIT.c.ip_address).label("ip_address")
    return _entries(AUDIT.c.role_name, AUDIT.c.part_of, address, AUDIT.c.device, old, new, _names().label("names"))


def _names() -> ColumnElement[Any]:
    """The names of everything that the two rows point to by key."""
    pairs = [
        func.jsonb_each_text(func.coalesce(side, cast(literal("{}"), JSONB))).table_valued(
            column("key"), column("value")
        )
        for side in (AUDIT.c.old, AUDIT.c.new)
    ]
    pointed = union_all(
        *(
            select(cast(pair.c.value, Uuid).label("id")).where(
                pair.c.key.endswith("_id"), pair.c.value.regexp_match(KEY)
            )
            for pair in pairs
        )
    ).subquery("pointed")
    known = union_all(
        *(select(table.c.id, table.c.name) for table in NAMED.values()),
        select(MEMBERS.c.id, MEMBERS.c.display_name),
        select(OFFERS.c.id, OFFERS.c.pack),
    ).subquery("known")
    agg = func.json_object_agg(cast(known.c.id, Text), known.c.name, type_=JSONB)
    return select(agg).join_from(known, pointed, pointed.c.id == known.c.id).scalar_subquery()


def entry_of(row: Row[Any]) -> AuditEntry:
    """One row of `full_entries` with what changed, in words."""
    names: Mapping[str, str] = row.names or {}
    differing = changes(read_json(row.was), read_json(row.is_now), names)
    return AuditEntry(
        **_common(row),
        role_name=row.role_name,
        part_of=row.part_of,
        ip_address=row.ip_address,
        device=row.device,
        changes=differing,
    )
