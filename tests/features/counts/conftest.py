"""A restaurant whose stock is counted."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID, uuid4

from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.features.counts import service
from ims_desktop.features.counts.rules import Blanks, CountDraft, CountLine
from ims_desktop.features.counts.service import CountSheet, Entry, Posting
from ims_desktop.features.stock.service import Posted
from tests.features.stock.conftest import Bench, shared_bench
from tests.features.stock.emptied import bench

__all__ = ["Bench", "bench", "shared_bench"]


def start(bench: Bench, desk: TenantDatabase | None = None, **said: object) -> UUID:
    """Start a count of Downtown, of everything unless it is said otherwise."""
    draft = CountDraft(uuid4(), bench.restaurant.site, **{"name": "Friday", **said})  # type: ignore[arg-type]
    key: UUID = (desk or bench.desk).run(service.start_count, draft).result
    return key


def entry(
    bench: Bench,
    item: str,
    quantity: str | None,
    *,
    place: str | None = None,
    at: datetime | None = None,
    takes_back: int | None = None,
    lot: str | None = None,
    expires_on: date | None = None,
) -> Entry:
    """Something counted at the item's home, or at another place."""
    made = bench.restaurant
    location = made.locations["Downtown", place] if place else made.home(item)
    amount = None if quantity is None else Decimal(quantity)
    return Entry(
        uuid4(),
        location,
        made.items[item],
        amount,
        quantity or "",
        counted_at=at,
        takes_back=takes_back,
        lot=lot,
        expires_on=expires_on,
    )


def enter(bench: Bench, sheet: UUID, *entries: Entry, desk: TenantDatabase | None = None) -> int:
    """Append entries."""
    added: int = (desk or bench.desk).run(service.enter, sheet, entries).result
    return added


def line(bench: Bench, sheet: UUID, item: str, place: str | None = None) -> CountLine:
    """A line as a desk reads it."""
    made = bench.restaurant
    location = made.locations["Downtown", place] if place else made.home(item)
    lines = bench.desk.run(service.lines_of, sheet, location, made.items[item])
    assert len(lines) == 1
    found: CountLine = lines[0]
    return found


def read(bench: Bench, sheet: UUID, desk: TenantDatabase | None = None) -> CountSheet:
    """The sheet as it is now."""
    found: CountSheet = (desk or bench.desk).run(service.count_sheet, sheet)
    return found


def review_and_post(bench: Bench, sheet: UUID, blanks: str | None = "LEAVE") -> Posted:
    """Hand a count over and post it as it was seen."""
    bench.desk.run(service.hand_over, sheet, read(bench, sheet).version)
    return post(bench, sheet, blanks)


def post(bench: Bench, sheet: UUID, blanks: str | None = "LEAVE", desk: TenantDatabase | None = None) -> Posted:
    """Post a count that was handed over."""
    owner = desk or bench.desk
    seen = owner.run(service.review, sheet).seen
    version = read(bench, sheet).version
    decided = Blanks(blanks) if blanks else None
    posted: Posted = owner.run(service.post, Posting(uuid4(), sheet, version, seen, decided)).result
    return posted
