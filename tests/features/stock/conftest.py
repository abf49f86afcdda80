"""A seeded restaurant with a signed-in owner, and a root connection beside it."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.valuation import Cost
from ims_desktop.features.stock.service import Document, DocumentLine, Kind, Posted, post, reverse
from tests.features.stock.facts import Moved, cost_of, movements_of, true_ups
from tests.restaurant import Restaurant, fill, receive, seed
from tests.tenants import Tenant, enrol

Amount = Decimal | str | int


class Bench:
    """Posts documents by the names of things."""

    def __init__(self, tenant: Tenant, root: psycopg.Connection[Any]) -> None:
        self.tenant, self.root = tenant, root
        self.restaurant: Restaurant = seed(tenant)
        self.gate = enrol(
            tenant.server.place, tenant.server.operator_password
        )  # a gate takes so many sign-ins a minute
        self.desk: TenantDatabase = tenant.desk(gate=self.gate)

    def sign_in(self, login: str | None = None) -> TenantDatabase:
        """Another desk: the owner's, or that of a person."""
        return self.tenant.desk(login, self.gate)

    def line(self, item: str, quantity: Amount, reason: str | None = None, place: str | None = None) -> DocumentLine:
        """A line at the item's home, or at a place of Downtown."""
        made = self.restaurant
        location = made.locations["Downtown", place] if place else made.home(item)
        return DocumentLine(
            made.items[item], location, Decimal(quantity), reason_id=made.reasons[reason] if reason else None
        )

    def document(
        self, kind: Kind, *lines: DocumentLine, at: datetime | None = None, site: str = "Downtown"
    ) -> Document:
        """A document under a key of its own."""
        return Document(uuid4(), kind, self.restaurant.sites[site], lines, at)

    def post(self, kind: Kind, *lines: DocumentLine, at: datetime | None = None) -> Posted:
        """Post a document as the owner."""
        posted: Posted = self.desk.run(post, self.document(kind, *lines, at=at)).result
        return posted

    def receive(self, item: str, quantity: Amount, cost: Amount, at: datetime | None = None) -> Posted:
        """Post a delivery of one item."""
        return receive(self.desk, self.restaurant, {item: (quantity, cost)}, at=at)

    def waste(self, item: str, quantity: Amount, at: datetime | None = None) -> Posted:
        """Post waste of one item."""
        return self.post(Kind.WASTE, self.line(item, -Decimal(quantity), "SPOILAGE"), at=at)

    def undo(self, posted: Posted, reason: str = "Entered by mistake") -> Posted:
        """Undo every movement of a document."""
        ids = tuple(moved.id for moved in self.movements(posted.id))
        undone: Posted = self.desk.run(reverse, uuid4(), ids, reason).result
        return undone

    def cost(self, item: str) -> Cost:
        """What is kept about an item at Downtown."""
        return cost_of(self.root, self.restaurant.site, self.restaurant.items[item])

    def movements(self, posting: UUID) -> list[Moved]:
        """The movements of a document."""
        return movements_of(self.root, posting)

    def true_up(self, posting: UUID, item: str) -> Decimal:
        """What a document corrected of an item."""
        return true_ups(self.root, posting).get(self.restaurant.items[item], Decimal(0))

    def new_items(self, count: int = 2) -> list[UUID]:
        """Items nobody has moved yet."""
        made = [uuid4() for _ in range(count)]
        category = self.restaurant.categories["Dairy"]
        rows: Sequence[Any] = [(item, item.hex, f"Item {item.hex}", category, "kg") for item in made]
        fill(self.root, "items", "id, sku, name, category_id, base_unit", rows)
        return made


@pytest.fixture
def bench(tenant: Tenant) -> Iterator[Bench]:
    """A restaurant of this test's own."""
    with tenant.as_root() as root:
        yield Bench(tenant, root)


@pytest.fixture(scope="module")
def shared_bench(shared_tenant: Tenant) -> Iterator[Bench]:
    """A restaurant for tests that bring items of their own."""
    with shared_tenant.as_root() as root:
        yield Bench(shared_tenant, root)


def moment(hour: int, minute: int = 0) -> datetime:
    """A time on a day that has passed."""
    return datetime(2026, 3, 9, hour, minute, tzinfo=UTC)


def figures(*values: Amount) -> tuple[Decimal, ...]:
    """Expected figures."""
    return tuple(Decimal(value) for value in values)
