"""A count that is under way: the manager began it, the counter has done the first places, and half is still blank."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.features.counts.rules import CountDraft, CountLine
from ims_desktop.features.counts.service import Entry, count_sheet, enter, finish_area, lines_of, start_count

NAME = "Full count before the week"
TOLERANCE_PERCENT, TOLERANCE_VALUE = Decimal(10), Decimal(25)
OFF_EVERY, OFF_BY = 5, Decimal("0.85")  # every fifth line is counted short
PACE = timedelta(seconds=40)


def begin_count(manager: TenantDatabase, counter: TenantDatabase, site: UUID) -> None:
    """Begin the count and enter the first half of its lines, as two people who walk through the place."""
    draft = CountDraft(
        uuid4(), site, NAME, tolerance_percent=TOLERANCE_PERCENT, tolerance_value=TOLERANCE_VALUE,
        note="Whoever has time counts; the bar is done after closing.",
    )  # fmt: skip
    manager.run(start_count, draft)
    lines: tuple[CountLine, ...] = manager.run(lines_of, draft.key)
    half = lines[: len(lines) // 2]
    begun = datetime.now(UTC) - PACE * len(half)
    entered = [_entry(line, number, begun + PACE * number) for number, line in enumerate(half)]
    shared = len(entered) * 2 // 3
    counter.run(enter, draft.key, tuple(entered[:shared]))
    manager.run(enter, draft.key, tuple(entered[shared:]))
    for area in manager.run(count_sheet, draft.key).areas:
        if area.lines and area.counted == area.lines:
            counter.run(finish_area, draft.key, area.location_id, True)


def _entry(line: CountLine, number: int, at: datetime) -> Entry:
    held = max(line.system or Decimal(0), Decimal(0))
    found = held * OFF_BY if number % OFF_EVERY == OFF_EVERY - 1 else held
    counted = found.quantize(Decimal(1) if line.units.base == "each" else Decimal("0.05"))
    return Entry(
        uuid4(), line.location_id, line.item_id, counted, f"{counted.normalize():f}", line.units.base, counted_at=at
    )
