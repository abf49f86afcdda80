"""The list of periods: what was closed at each site, and the days that are open there and could be closed next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Boolean, Connection, Date, DateTime, Text, Uuid, func, select, text

from ims_desktop.database.listing import ListSource, one_or_gone
from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.domain.listing import ListQuery, Page, Sort, Summary
from ims_desktop.domain.work import Changed, call, read
from ims_desktop.features.sites.service import Option
from ims_desktop.features.stock.service.periods import Gap, close_period, reopen_period

OPEN, CLOSED, REOPENED = "OPEN", "CLOSED", "REOPENED"


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """Days of a site: open and over, closed, or closed once and opened again."""

    id: str
    site_id: UUID
    site: str
    state: str
    starts_on: date | None  # None: since the beginning
    ends_on: date | None  # None: no day is over yet
    closed_by: str
    closed_at: datetime | None
    reopened_by: str
    reopened_at: datetime | None
    reason: str
    is_last: bool


@dataclass(frozen=True, slots=True)
class PeriodDetail:
    """A period, and of open days what is not done yet."""

    row: PeriodRow
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class Closing:
    """The days of a site that somebody closes."""

    site_id: UUID | None
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Reopening:
    """The days of a site that somebody opens again, and why."""

    site_id: UUID
    ends_on: date
    reason: str


# Only at sites where the person closes periods: nobody else is asked what is missing there.
_PERIODS = text("""
    WITH own AS (
      SELECT s.id, s.name, s.sort_name,
        ((now() AT TIME ZONE s.time_zone) - make_interval(hours => s.day_cutover_hour))::date - 1 AS over,
        (SELECT max(p.ends_on) FROM periods p WHERE p.site_id = s.id AND p.reopened_at IS NULL) AS last
      FROM sites s WHERE s.id = ANY ((SELECT scope('periods.close'))::uuid[]))
    SELECT s.id::text AS id, s.id AS site_id, s.name AS site, s.sort_name AS sort_site, 'OPEN' AS state,
      coalesce(s.last + 1, (SELECT min(m.business_day) FROM stock_movements m WHERE m.site_id = s.id)) AS starts_on,
      CASE WHEN s.over > s.last OR s.last IS NULL THEN s.over END AS ends_on, '' AS closed_by,
      NULL::timestamptz AS closed_at, '' AS reopened_by, NULL::timestamptz AS reopened_at, '' AS reason,
      false AS is_last
    FROM own s
    UNION ALL
    SELECT concat_ws('/', p.site_id, p.ends_on, extract(epoch FROM p.closed_at)), p.site_id, s.name, s.sort_name,
      CASE WHEN p.reopened_at IS NULL THEN 'CLOSED' ELSE 'REOPENED' END,
      (SELECT max(q.ends_on) + 1 FROM periods q
        WHERE q.site_id = p.site_id AND q.ends_on < p.ends_on AND q.reopened_at IS NULL),
      p.ends_on, c.display_name, p.closed_at, coalesce(r.display_name, ''), p.reopened_at, p.reason,
      p.reopened_at IS NULL AND p.ends_on = s.last
    FROM periods p JOIN own s ON s.id = p.site_id JOIN members c ON c.id = p.closed_by
    LEFT JOIN members r ON r.id = p.reopened_by""")
_ROWS = _PERIODS.columns(
    id=Text(),
    site_id=Uuid(),
    site=Text(),
    sort_site=Text(),
    state=Text(),
    starts_on=Date(),
    ends_on=Date(),
    closed_by=Text(),
    closed_at=DateTime(timezone=True),
    reopened_by=Text(),
    reopened_at=DateTime(timezone=True),
    reason=Text(),
    is_last=Boolean(),
).subquery("periods_of_sites")
_ENDS = func.coalesce(_ROWS.c.ends_on, _ROWS.c.starts_on, func.current_date())
SOURCE: ListSource[PeriodRow] = ListSource(
    row=PeriodRow,
    select=select(*(column for column in _ROWS.c if column.key != "sort_site")),
    key=_ROWS.c.id,
    sorts={"ends_on": _ENDS, "site": _ROWS.c.sort_site},
    default=(Sort("ends_on", descending=True),),
    filters={"state": _ROWS.c.state},
    finds=(_ROWS.c.sort_site,),
    site=_ROWS.c.site_id,
)
_GAPS = text("SELECT g.what, g.count FROM jsonb_to_recordset(period_gaps(:site, :day)) AS g (what text, count int)")
_COUNTS = select(_ROWS.c.state, func.count()).group_by(_ROWS.c.state)


@read
def period_rows(connection: Connection, query: ListQuery) -> Page[PeriodRow]:
    """A page of periods, the newest days first."""
    return SOURCE.page(connection, query)


@read
def period_rows_summary(connection: Connection, query: ListQuery) -> Summary:
    """How many periods the query selects."""
    return SOURCE.summary(connection, query)


@read
def period_tab_counts(connection: Connection, query: ListQuery) -> Mapping[str, int]:
    """How many sites have open days, and how many periods were closed and opened again."""
    counted = _COUNTS if query.site is None else _COUNTS.where(_ROWS.c.site_id == query.site)
    counts: dict[str, int] = {state.lower(): count for state, count in connection.execute(counted)}
    return {"all": sum(counts.values()), **{state.lower(): counts.get(state.lower(), 0) for state in (OPEN, CLOSED)}}


@read
def period_detail(connection: Connection, key: str) -> PeriodDetail:
    """A period; of open days also what is missing before they are closed."""
    row = one_or_gone(connection.execute(SOURCE.select.where(_ROWS.c.id == key)).mappings().one_or_none(), "period")
    found = PeriodRow(**row)
    if found.state != OPEN or found.ends_on is None:
        return PeriodDetail(found)
    gaps = connection.execute(_GAPS, {"site": found.site_id, "day": found.ends_on}).mappings()
    return PeriodDetail(found, tuple(Gap(**gap) for gap in gaps))


@read
def closing_sites(connection: Connection) -> tuple[Option, ...]:
    """The sites whose days the person may close, with the day up to which they are closed."""
    rows = connection.execute(select(_ROWS).where(_ROWS.c.state == OPEN).order_by(_ROWS.c.sort_site)).mappings()
    return tuple(Option(row["site_id"], row["site"]) for row in rows)


@call
def close_days(connection: Connection, closing: Closing, consents: frozenset[str] = frozenset()) -> Changed:
    """Close what a form says; asks first where something is missing."""
    problems = [
        Problem(said, field)
        for value, said, field in (
            (closing.site_id, "Choose a site.", "site_id"),
            (closing.ends_on, "Choose the last day to be closed.", "ends_on"),
        )
        if value is None
    ]
    if closing.site_id is None or closing.ends_on is None:
        raise UserError("These days cannot be closed yet.", problems)
    changed: Changed = close_period(connection, closing.site_id, closing.ends_on, consents)
    return Changed(closing.ends_on, changed.subjects)


@call
def reopen_days(connection: Connection, reopening: Reopening) -> Changed:
    """Open again what a form says."""
    changed: Changed = reopen_period(connection, reopening.site_id, reopening.ends_on, reopening.reason)
    return Changed(reopening.ends_on, changed.subjects)
