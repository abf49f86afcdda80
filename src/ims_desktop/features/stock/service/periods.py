"""Periods: days of a site that are closed, so that nothing in them changes any more."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Connection, text

from ims_desktop.domain.errors import Confirm
from ims_desktop.domain.wording import Sentence, Words, say, sentences
from ims_desktop.domain.work import Changed, call, read

PERIODS = frozenset({"periods"})
UNFINISHED = "period_unfinished"
"""The consent of whoever closes a period although something is not done yet."""


@dataclass(frozen=True, slots=True)
class ClosedPeriod:
    """Days of a site up to one, who closed them, and who opened them again and why."""

    site_id: UUID
    site: str
    ends_on: date
    closed_by: str
    closed_at: datetime
    reopened_by: str | None
    reopened_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that is not done yet of the days to be closed, and how often."""

    what: str
    count: int

    def sentence(self) -> Words:
        """As the person reads it."""
        return _GAPS[self.what](self.count)


_GAPS: Mapping[str, Callable[[int], Sentence]] = {
    "open_counts": lambda count: say("Counts that are not posted: {count}.", count=count),
    "open_orders": lambda count: say("Orders that are not posted: {count}.", count=count),
    "unmapped_sales": lambda count: say("Sold lines whose menu item nobody named: {count}.", count=count),
    "without_invoice": lambda count: say("Deliveries without a number of their paper: {count}.", count=count),
    "negative_stock": lambda count: say("Items with less than nothing: {count}.", count=count),
    "on_the_way": lambda count: say("Lines of transfers that did not arrive: {count}.", count=count),
    "not_counted": lambda count: say("Items in stock that were not counted: {count}.", count=count),
}

_PERIODS = text("""
    SELECT p.site_id, s.name AS site, p.ends_on, c.display_name AS closed_by, p.closed_at,
      r.display_name AS reopened_by, p.reopened_at, p.reason
    FROM periods p JOIN sites s ON s.id = p.site_id JOIN members c ON c.id = p.closed_by
    LEFT JOIN members r ON r.id = p.reopened_by
    WHERE CAST(:site AS uuid) IS NULL OR p.site_id = :site
    ORDER BY s.sort_name, p.closed_at DESC""")
_MISSING = text("SELECT g.what, g.count FROM jsonb_to_recordset(period_gaps(:site, :day)) AS g (what text, count int)")
_CLOSE = text("SELECT close_period(:site, :day)")
_REOPEN = text("SELECT reopen_period(:site, :day, :reason)")


@read
def periods(connection: Connection, site: UUID | None = None) -> tuple[ClosedPeriod, ...]:
    """Everything that was ever closed, at one site or (without) at all that are seen; the newest first."""
    return tuple(ClosedPeriod(**row) for row in connection.execute(_PERIODS, {"site": site}).mappings())


@read
def missing_before(connection: Connection, site: UUID, day: date) -> tuple[Gap, ...]:
    """What is not done yet of the days up to this one."""
    return tuple(Gap(**row) for row in connection.execute(_MISSING, {"site": site, "day": day}).mappings())


@call
def close_period(connection: Connection, site: UUID, day: date, consents: frozenset[str] = frozenset()) -> Changed:
    """Close the days up to this one; asks first where something is missing."""
    if UNFINISHED not in consents:
        gaps = missing_before(connection, site, day)
        if gaps:
            said = sentences(gap.sentence() for gap in gaps)
            raise Confirm(say("{gaps} Close these days all the same?", gaps=said), UNFINISHED)
    connection.execute(_CLOSE, {"site": site, "day": day})
    return Changed(None, PERIODS)


@call
def reopen_period(connection: Connection, site: UUID, day: date, reason: str) -> Changed:
    """Open the days again that were closed last."""
    connection.execute(_REOPEN, {"site": site, "day": day, "reason": reason})
    return Changed(None, PERIODS)
