"""A week in a kitchen that keeps lots: what came, what was made of it, sent on and sold."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from ims_desktop.features.stock.service import Document, DocumentLine, Kind, LotPart, Posted, post
from tests.features.reports.history import sell
from tests.features.stock.conftest import Bench

NOW = datetime.now(UTC)
TODAY = NOW.date()


class Kitchen:
    """Posts what happens to lots by the names of things, the days counted from today."""

    def __init__(self, bench: Bench) -> None:
        self.bench, self.made = bench, bench.restaurant
        bench.root.execute("UPDATE items SET tracks_lots = 'EXPIRY', shelf_life_days = 10 WHERE name = 'Mozzarella'")
        bench.root.execute("UPDATE items SET tracks_lots = 'LOT' WHERE name = 'Prosciutto'")

    def line(
        self, item: str, quantity: str, lot: str | None = None, expires: int | None = None, **more: Any
    ) -> DocumentLine:
        """A line at an item's home."""
        lots = (LotPart(lot, None, None if expires is None else TODAY + timedelta(expires)),) if lot else ()
        place = self.made.home(item, more.pop("site", "Downtown"))
        return DocumentLine(self.made.items[item], place, Decimal(quantity), lots=lots, **more)

    def post(self, kind: Kind, *lines: DocumentLine, ago: float = 1, site: str = "Downtown", **more: Any) -> Posted:
        """Post a document of so many days ago."""
        at = NOW - timedelta(days=ago)
        document = Document(uuid4(), kind, self.made.sites[site], lines, at, **more)
        posted: Posted = self.bench.desk.run(post, document).result
        return posted

    def deliver(self, lot: str, quantity: str, expires: int, ago: float = 5) -> Posted:
        """Mozzarella comes as a lot."""
        supplier = self.made.suppliers["Gusto Foods"]
        line = self.line("Mozzarella", quantity, lot, expires, unit_cost=Decimal("7.9"))
        return self.post(Kind.DELIVERY, line, ago=ago, supplier_id=supplier, reference=f"DN-{lot}")

    def sell(self, menu: str, portions: int, number: str = "A-1", ago: int = 1) -> None:
        """An order of so many of a dish."""
        self.bench.desk.run(sell, self.made, [(TODAY - timedelta(ago), number, [(menu, portions)])])

    def lot(self, code: str) -> UUID:
        """The id of a lot."""
        found = self.bench.root.execute("SELECT id FROM lots WHERE code = %s", [code]).fetchone()
        assert found is not None
        key: UUID = found[0]
        return key
