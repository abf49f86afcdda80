"""Counts as a list, and one of them with its areas and how far they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import Boolean, Connection, case, func, literal_column, select, text
from sqlalchemy import table as foreign
from sqlalchemy.sql import column

from ims_desktop.database.listing import ListSource, one_or_gone
from ims_desktop.domain.errors import UserError
from ims_desktop.domain.listing import ListQuery, Page, Sort, Summary
from ims_desktop.domain.wording import Words, word
from ims_desktop.domain.work import Changed, call, read
from ims_desktop.features.counts.rules import SCOPES, AreaProgress, CountDraft, Scope, State, problems_of
from ims_desktop.features.counts.service.progress import line_is_counted
from ims_desktop.features.counts.tables import LINES, SHEETS
from ims_desktop.features.items.service.choosing import category_choices
from ims_desktop.features.sites.service import Option, site_choices
from ims_desktop.features.sites.tables import SITES

__all__ = [
    "SUBJECTS",
    "CountRow",
    "CountSheet",
    "category_choices",
    "count_sheet",
    "counts",
    "counts_summary",
    "counts_tab_counts",
    "location_choices",
    "sheets_to_enter",
    "site_choices",
    "start_count",
    "under_way",
]

SUBJECTS = frozenset({"counts"})


@dataclass(frozen=True, slots=True)
class CountRow:
    """A count in the list."""

    id: UUID
    number: int
    name: str
    scope: str
    site: str
    state: str
    is_blind: bool
    lines: int
    counted: int
    started_at: datetime
    started_by: str
    posting_id: UUID | None

    @property
    def code(self) -> str:
        """How the count is called on paper."""
        return f"CNT-{self.number}"

    @property
    def what(self) -> Words:
        """What it takes in."""
        return word(SCOPES[self.scope])

    @property
    def share(self) -> Decimal:
        """How much of it is counted."""
        return Decimal(self.counted) / self.lines if self.lines else Decimal(0)


@dataclass(frozen=True, slots=True)
class CountSheet:
    """A count with its areas in walk order."""

    id: UUID
    number: int
    version: int
    site_id: UUID
    site: str
    currency: str
    name: str
    scope: str
    state: str
    is_blind: bool
    tolerance_percent: Decimal | None
    tolerance_value: Decimal | None
    note: str
    started_at: datetime
    started_by: str
    counted_at: datetime | None
    counted_by: str | None
    approved_at: datetime | None
    approved_by: str | None
    ended_at: datetime | None
    ended_by: str | None
    blanks: str | None
    reason: str
    posting_id: UUID | None
    last_at: datetime | None
    areas: tuple[AreaProgress, ...]

    @property
    def code(self) -> str:
        """How the count is called on paper."""
        return f"CNT-{self.number}"

    @property
    def lines(self) -> int:
        """How many lines are to be counted."""
        return sum(area.lines for area in self.areas)

    @property
    def counted(self) -> int:
        """How many are."""
        return sum(area.counted for area in self.areas)

    @property
    def people(self) -> tuple[str, ...]:
        """Who counted, in the order of the areas."""
        return tuple(dict.fromkeys(name for area in self.areas for name in area.people))

    @property
    def is_entered(self) -> bool:
        """Whether entries are taken."""
        return self.state in (State.OPEN, State.REVIEW)


MEMBERS = foreign("members", column("id"), column("display_name"), column("sort_name"))
_LINES = select(func.count()).select_from(LINES).where(LINES.c.sheet_id == SHEETS.c.id).scalar_subquery()
_COUNTED = (
    select(func.count())
    .select_from(LINES)
    .where(LINES.c.sheet_id == SHEETS.c.id, literal_column(line_is_counted("count_sheets", "count_lines"), Boolean()))
    .correlate(SHEETS)
    .scalar_subquery()
)
_PLACE = case(  # what is under way comes first
    {State.OPEN.value: 1, State.REVIEW.value: 2, State.POSTED.value: 3}, value=SHEETS.c.state, else_=4
)
LIST: ListSource[CountRow] = ListSource(
    CountRow,
    select(
        *(
            SHEETS.c[name]
            for name in ("id", "number", "name", "scope", "state", "is_blind", "started_at", "posting_id")
        ),
        SITES.c.name.label("site"),
        _LINES.label("lines"),
        _COUNTED.label("counted"),
        func.coalesce(MEMBERS.c.display_name, "").label("started_by"),
    ).select_from(
        SHEETS.join(SITES, SITES.c.id == SHEETS.c.site_id).outerjoin(MEMBERS, MEMBERS.c.id == SHEETS.c.started_by)
    ),
    SHEETS.c.id,
    sorts={
        "started_at": SHEETS.c.started_at,
        "name": SHEETS.c.sort_name,
        "site": SITES.c.sort_name,
        "state": _PLACE,
    },
    default=(Sort("started_at", descending=True),),
    filters={"state": SHEETS.c.state, "site": SHEETS.c.site_id, "scope": SHEETS.c.scope},
    finds=(SHEETS.c.sort_name,),
    site=SHEETS.c.site_id,
)

_SHEET = text(f"""
    SELECT s.id, s.number, s.version, s.site_id, w.name AS site, w.currency, s.name, s.scope, s.state, s.is_blind,
      s.tolerance_percent, s.tolerance_value, s.note, s.started_at, b.display_name AS started_by,
      s.counted_at, c.display_name AS counted_by, s.approved_at, p.display_name AS approved_by,
      s.ended_at, d.display_name AS ended_by, s.blanks, s.reason, s.posting_id,
      (SELECT max(e.entered_at) FROM count_entries e WHERE e.sheet_id = s.id) AS last_at,
      (SELECT json_agg(json_build_array(a.location_id, l.name, n.lines, n.counted, n.recounts, h.people, h.last_at,
          f.display_name) ORDER BY a.place)
        FROM count_areas a JOIN storage_locations l ON l.id = a.location_id
        LEFT JOIN members f ON f.id = a.finished_by
        CROSS JOIN LATERAL (
          SELECT count(*) AS lines, count(*) FILTER (WHERE g.is_counted) AS counted,
            count(*) FILTER (WHERE g.again AND NOT g.is_counted) AS recounts
          FROM (SELECT i.recount_after IS NOT NULL AS again, {line_is_counted("s", "i")} AS is_counted
            FROM count_lines i WHERE i.sheet_id = a.sheet_id AND i.location_id = a.location_id) g) n
        CROSS JOIN LATERAL (
          SELECT max(u.last_at) AS last_at, json_agg(u.name ORDER BY u.last_at DESC) AS people
          FROM (SELECT m.display_name AS name, max(e.entered_at) AS last_at FROM count_entries e
            JOIN members m ON m.id = e.entered_by
            WHERE e.sheet_id = a.sheet_id AND e.location_id = a.location_id GROUP BY m.display_name) u) h
        WHERE a.sheet_id = s.id) AS areas
    FROM count_sheets s JOIN sites w ON w.id = s.site_id LEFT JOIN members b ON b.id = s.started_by
    LEFT JOIN members c ON c.id = s.counted_by LEFT JOIN members p ON p.id = s.approved_by
    LEFT JOIN members d ON d.id = s.ended_by
    WHERE s.id = :sheet""")
_TO_ENTER = text("""
    SELECT id FROM count_sheets
    WHERE state IN ('OPEN', 'REVIEW') AND site_id = ANY ((SELECT scope('counts.enter'))::uuid[])
    ORDER BY started_at DESC, id LIMIT :most""")
_START = text("SELECT start_count(:key, :header, CAST(:chosen AS uuid[]))")
_LOCATIONS = text("""
    SELECT l.id, l.name, s.name FROM storage_locations l JOIN sites s ON s.id = l.site_id
    WHERE l.is_active AND (CAST(:site AS uuid) IS NULL OR l.site_id = :site)
    ORDER BY s.sort_name, l.walk_order, l.sort_name""")


@read
def counts(connection: Connection, query: ListQuery) -> Page[CountRow]:
    """A page of counts, the newest first."""
    return LIST.page(connection, query)


@read
def counts_summary(connection: Connection, query: ListQuery) -> Summary:
    """How many there are."""
    return LIST.summary(connection, query)


@read
def counts_tab_counts(connection: Connection, query: ListQuery) -> Mapping[str, int]:
    """How many are under way and how many are over."""
    going = SHEETS.c.state.in_((State.OPEN.value, State.REVIEW.value))
    statement = select(func.count().filter(going).label("going"), func.count().filter(~going).label("over"))
    if query.site is not None:
        statement = statement.where(SHEETS.c.site_id == query.site)
    return dict(connection.execute(statement).one()._mapping)


@read
def count_sheet(connection: Connection, key: UUID) -> CountSheet:
    """One count, with how far its areas are."""
    row = one_or_gone(connection.execute(_SHEET, {"sheet": key}).mappings().one_or_none(), "count")
    return CountSheet(**{**row, "areas": tuple(_area(each) for each in row["areas"] or ())})


def _area(said: Any) -> AreaProgress:
    key, name, lines, counted, recounts, people, last_at, finished_by = said
    last = datetime.fromisoformat(last_at) if last_at else None
    return AreaProgress(UUID(key), name, lines, counted, recounts, tuple(people or ()), last, finished_by)


@read
def under_way(connection: Connection, site: UUID | None) -> UUID | None:
    """The newest count that is not over, at a site or anywhere."""
    statement = select(SHEETS.c.id).where(SHEETS.c.state.in_((State.OPEN.value, State.REVIEW.value)))
    if site is not None:
        statement = statement.where(SHEETS.c.site_id == site)
    return connection.execute(statement.order_by(SHEETS.c.started_at.desc(), SHEETS.c.id).limit(1)).scalar_one_or_none()


@read
def sheets_to_enter(connection: Connection, most: int) -> tuple[UUID, ...]:
    """The counts under way at the sites where the person counts, the newest first."""
    return tuple(connection.execute(_TO_ENTER, {"most": most}).scalars())


@read
def location_choices(connection: Connection, site: UUID | None = None) -> tuple[Option, ...]:
    """The open storage locations of a site, or of all, in walk order."""
    return tuple(Option(key, name, where) for key, name, where in connection.execute(_LOCATIONS, {"site": site}))


@call
def start_count(connection: Connection, draft: CountDraft) -> Changed:
    """Start a count; answers its key. Sent again it answers the same."""
    if problems := problems_of(draft):
        raise UserError("This count cannot be started yet.", problems)
    header = {
        "site_id": str(draft.site_id),
        "name": draft.name.strip(),
        "scope": draft.scope.value,
        "is_blind": draft.is_blind,
        "note": draft.note.strip(),
        "days": draft.days if draft.scope is Scope.CYCLE else None,
        "tolerance_percent": _written(draft.tolerance_percent),
        "tolerance_value": _written(draft.tolerance_value),
    }
    connection.execute(_START, {"key": draft.key, "header": Jsonb(header), "chosen": list(draft.chosen) or None})
    return Changed(draft.key, SUBJECTS)


def _written(number: Decimal | None) -> str | None:
    return None if number is None else str(number)
