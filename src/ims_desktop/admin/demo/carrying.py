"""Two transfers between the first two sites: one that arrived short, and one that is still under way."""

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from sqlalchemy import Connection, text

from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.work import read
from ims_desktop.features.transfers import service
from ims_desktop.features.transfers.rules import Arrival, Receipt, Rest, Sending, SentLine

LINES = 3
DRIVE = timedelta(minutes=5)
SHARE = Decimal(10)  # of what is there, one part is sent
_MOST = text("""
    SELECT l.item_id, l.location_id, floor(l.on_hand / :share) AS quantity FROM stock_levels l
    JOIN items i ON i.id = l.item_id AND i.is_active
    WHERE l.site_id = :site AND l.on_hand >= :share ORDER BY i.sort_name OFFSET :skipped LIMIT :most""")


def carry(desk: TenantDatabase, site: UUID, to_site: UUID, reason: UUID, last: datetime) -> None:
    """Send twice on the last day; of what came first a part of one line was broken."""
    first = _send(desk, site, to_site, 0, "Van, morning", last)
    transfer = desk.run(service.transfer, first)
    arrivals = tuple(
        Arrival(
            line.id,
            line.under_way - 1 if place == 0 else line.under_way,
            line.home_id,
            Rest.MISSING if place == 0 else Rest.STAYS,
            reason if place == 0 else None,
        )
        for place, line in enumerate(transfer.lines)
    )
    desk.run(service.receive, Receipt(uuid4(), first, arrivals, "One was broken on the way", last + DRIVE))
    _send(desk, site, to_site, LINES, "Van, evening", last + 2 * DRIVE)


@read
def _lines(connection: Connection, site: UUID, skipped: int) -> tuple[SentLine, ...]:
    sent = {"site": site, "share": SHARE, "skipped": skipped, "most": LINES}
    return tuple(SentLine(*row) for row in connection.execute(_MOST, sent))


def _send(desk: TenantDatabase, site: UUID, to_site: UUID, skipped: int, reference: str, at: datetime) -> UUID:
    sending = Sending(uuid4(), site, to_site, desk.run(_lines, site, skipped), reference, effective_at=at)
    posted: UUID = desk.run(service.send, sending).result.id
    return posted
