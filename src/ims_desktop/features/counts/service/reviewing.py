"""Reviewing a count: what differs, counting again, approving, posting it and undoing that."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from ims_desktop.domain.work import Changed, call, read
from ims_desktop.features.counts.rules import Blanks, Finding
from ims_desktop.features.counts.service.sheets import SUBJECTS
from ims_desktop.features.stock.service import SUBJECTS as STOCK
from ims_desktop.features.stock.service import Posted


@dataclass(frozen=True, slots=True)
class Review:
    """What a count found, in walk order; `seen` is the last entry in it."""

    findings: tuple[Finding, ...]
    seen: int


@dataclass(frozen=True, slots=True)
class Posting:
    """A count that is to be posted as it was seen, under the desk's own key."""

    key: UUID
    sheet: UUID
    version: int
    seen: int
    blanks: Blanks | None


@dataclass(frozen=True, slots=True)
class Ending:
    """A count that is discarded, or whose posting is undone, and why."""

    key: UUID
    sheet: UUID
    version: int
    reason: str


# In the order of a Finding, because there are thousands.
_REVIEW = text("""
    SELECT r.location_id, r.item_id, w.name, i.name, i.sku, i.base_unit, r.entries, r.counted, r.counted_at, r.expected,
      r.difference, r.unit_cost, r.is_over, r.is_recounted, r.has_moved, r.lot, r.expires_on,
      (SELECT coalesce(max(e.id), 0) FROM count_entries e WHERE e.sheet_id = :sheet) AS seen
    FROM count_review(:sheet) r JOIN storage_locations w ON w.id = r.location_id JOIN items i ON i.id = r.item_id
    CROSS JOIN LATERAL (SELECT l.place, l.is_found FROM count_lines l
      WHERE l.sheet_id = :sheet AND l.location_id = r.location_id AND l.item_id = r.item_id LIMIT 1) l
    CROSS JOIN LATERAL (SELECT a.place FROM count_areas a
      WHERE a.sheet_id = :sheet AND a.location_id = r.location_id LIMIT 1) a
    ORDER BY a.place, l.is_found, l.place, i.sort_name,
      r.lot IS NULL, r.expires_on NULLS LAST, r.lot""")
# Taken apart by the server, because the numbers of JSON would arrive as floats.
_ANSWER = (
    "SELECT (r ->> 'id')::uuid AS id, (r ->> 'number')::bigint AS number,"
    " (r ->> 'value')::numeric AS value, (r ->> 'lines')::int AS lines FROM"
)
_POST = text(f"{_ANSWER} post_count(:key, :sheet, :version, :seen, :blanks) r")
_UNDO = text(f"{_ANSWER} undo_count(:key, :sheet, :version, :reason) r")
_RECOUNT = text("SELECT request_recount(:sheet, CAST(:locations AS uuid[]), CAST(:items AS uuid[]))")


@read
def review(connection: Connection, sheet: UUID) -> Review:
    """What a count found so far, for whoever may post it."""
    rows = connection.execute(_REVIEW, {"sheet": sheet}).all()
    return Review(tuple(Finding(*row[:-1]) for row in rows), rows[0].seen if rows else 0)


@call
def hand_over(connection: Connection, sheet: UUID, version: int) -> Changed:
    """Say that counting is done."""
    connection.execute(text("SELECT hand_over_count(:sheet, :version)"), {"sheet": sheet, "version": version})
    return Changed(None, SUBJECTS)


@call
def reopen(connection: Connection, sheet: UUID, version: int) -> Changed:
    """Give a count back to those who count."""
    connection.execute(text("SELECT reopen_count(:sheet, :version)"), {"sheet": sheet, "version": version})
    return Changed(None, SUBJECTS)


@call
def recount(connection: Connection, sheet: UUID, lines: tuple[tuple[UUID, UUID], ...]) -> Changed:
    """Ask for lines (storage location, item) to be counted again; answers how many."""
    sent = {"sheet": sheet, "locations": [place for place, _ in lines], "items": [item for _, item in lines]}
    return Changed(connection.execute(_RECOUNT, sent).scalar_one(), SUBJECTS)


@call
def approve(connection: Connection, sheet: UUID, version: int, seen: int) -> Changed:
    """Approve the differences as they were seen."""
    sent = {"sheet": sheet, "version": version, "seen": seen}
    connection.execute(text("SELECT approve_count(:sheet, :version, :seen)"), sent)
    return Changed(None, SUBJECTS)


@call
def post(connection: Connection, posting: Posting) -> Changed:
    """Post what was seen; sent again with the same key it answers the same and posts nothing."""
    sent = {
        "key": posting.key,
        "sheet": posting.sheet,
        "version": posting.version,
        "seen": posting.seen,
        "blanks": posting.blanks.value if posting.blanks else None,
    }
    return Changed(_posted(connection.execute(_POST, sent).mappings().one()), SUBJECTS | STOCK)


@call
def undo(connection: Connection, ending: Ending) -> Changed:
    """Undo the posting of a count, which goes back to its review; None: there was nothing to reverse."""
    sent = {"key": ending.key, "sheet": ending.sheet, "version": ending.version, "reason": ending.reason}
    row = connection.execute(_UNDO, sent).mappings().one()
    return Changed(_posted(row) if row["id"] else None, SUBJECTS | STOCK)


@call
def discard(connection: Connection, ending: Ending) -> Changed:
    """End a count without posting it."""
    sent = {"sheet": ending.sheet, "version": ending.version, "reason": ending.reason}
    connection.execute(text("SELECT discard_count(:sheet, :version, :reason)"), sent)
    return Changed(None, SUBJECTS)


def _posted(row: Any) -> Posted:
    return Posted(row["id"], row["number"], row["value"], row["lines"])
