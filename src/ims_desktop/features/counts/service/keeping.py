"""A count as a desk remembers it, to go on counting while the server is away."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, func, select

from ims_desktop.domain.work import read
from ims_desktop.features.counts.rules import AreaProgress, CountLine, KnownLine
from ims_desktop.features.counts.service.entering import known_lines
from ims_desktop.features.counts.service.sheets import CountSheet, count_sheet, sheets_to_enter

MOST_SHEETS, MOST_LINES = 12, 20_000


@dataclass(frozen=True, slots=True)
class KnownCount:
    """A sheet with all of its lines, as they were at a moment."""

    at: datetime
    sheet: CountSheet
    lines: tuple[KnownLine, ...]

    def lines_of(self, location: UUID | None = None, item: UUID | None = None) -> tuple[CountLine, ...]:
        """The lines of an area, of an item, or all of them."""
        return tuple(
            known.line()
            for known in self.lines
            if location in (None, known.location_id) and item in (None, known.item_id)
        )


@dataclass(frozen=True, slots=True)
class KnownCounts:
    """The counts under way that the person may enter in, the newest first."""

    at: datetime
    counts: tuple[KnownCount, ...]

    def find(self, sheet: UUID) -> KnownCount | None:
        """One of them."""
        return next((one for one in self.counts if one.sheet.id == sheet), None)

    def newest(self, site: UUID | None) -> KnownCount | None:
        """The newest one at a site, or anywhere."""
        return next((one for one in self.counts if site in (None, one.sheet.site_id)), None)


@read
def known_counts(connection: Connection) -> KnownCounts:
    """What a desk should remember of counts: as many of them as one person may reasonably be at."""
    at = connection.execute(select(func.clock_timestamp())).scalar_one()
    found: list[KnownCount] = []
    left = MOST_LINES
    for sheet in sheets_to_enter(connection, MOST_SHEETS):
        lines = known_lines(connection, sheet)
        left -= len(lines)
        if left < 0 and found:
            break
        found.append(KnownCount(at, count_sheet(connection, sheet), lines))
    return KnownCounts(at, tuple(found))


def counted_so_far(sheet: CountSheet, lines: Iterable[CountLine]) -> CountSheet:
    """The sheet, how far it is with what its lines say now: all of them, as a desk knows them."""
    by_area: dict[UUID, list[CountLine]] = {}
    for line in lines:
        by_area.setdefault(line.location_id, []).append(line)
    return replace(sheet, areas=tuple(_counted(area, by_area.get(area.location_id, [])) for area in sheet.areas))


def _counted(area: AreaProgress, lines: list[CountLine]) -> AreaProgress:
    counted = [line.is_counted for line in lines]
    recounts = sum(line.recount_after is not None for line, done in zip(lines, counted, strict=True) if not done)
    return replace(area, lines=len(lines), counted=sum(counted), recounts=recounts)
