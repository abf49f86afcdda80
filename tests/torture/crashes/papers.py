"""What a desk has to do: papers with a number of their own, whatever key they are sent under."""

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from ims_desktop.features.deliveries.rules import DeliveredLine, Delivery
from ims_desktop.features.deliveries.service import receive
from ims_desktop.features.sales.service import EnteredLine, OrderDraft, Sellable, Void, record_order, void_order
from ims_desktop.features.stock.service import Document, DocumentLine, Kind, post
from ims_desktop.features.transfers import service as transfers
from ims_desktop.features.transfers.rules import Arrival, Receipt
from tests.restaurant import MENU, Restaurant

SHARED = ("Flour", "Olive oil", "Tomato tin", "Mozzarella")  # every desk moves the same few, so that they meet
DISHES = ("P1", "P1L", "P2")
EARLIER = 0.15  # so often something happened a while ago
HERE, THERE = "Downtown", "Harbour"


class Doing(NamedTuple):
    """What is sent, and by which use case."""

    value: type
    use_case: Callable[..., Any]


DOINGS: Mapping[str, Doing] = {
    "document": Doing(Document, post),
    "delivery": Doing(Delivery, receive),
    "receipt": Doing(Receipt, transfers.receive),
    "order": Doing(OrderDraft, record_order),
    "void": Doing(Void, void_order),
}


@dataclass(frozen=True)
class Paper:
    """One thing to be recorded; its number stands in the posting, so that one recorded twice is seen."""

    number: str
    kind: str
    value: Any

    @property
    def key(self) -> UUID:
        """The key it is sent under."""
        key: Any = self.value.posting_key if isinstance(self.value, OrderDraft) else self.value.key
        return UUID(str(key))

    def under_another_key(self) -> "Paper":
        """The same paper as a program would send it that does not keep its keys."""
        fresh = {"id": uuid4(), "posting_key": uuid4()} if isinstance(self.value, OrderDraft) else {"key": uuid4()}
        return replace(self, value=replace(self.value, **fresh))


@dataclass(frozen=True)
class House:
    """What desks know of the restaurant."""

    sites: Mapping[str, UUID]
    places: Mapping[tuple[str, str], UUID]
    items: Mapping[str, UUID]
    homes: Mapping[tuple[str, str], UUID]
    spoilage: UUID
    supplier: UUID
    dishes: tuple[Sellable, ...]

    @classmethod
    def of(cls, made: Restaurant) -> "House":
        """What they know of this one."""
        dishes = tuple(
            Sellable(made.menu[name], code, name, Decimal(price), Decimal(tax))
            for code, name, _size, _category, _recipe, _portions, price, tax in MENU
            if code in DISHES
        )
        homes = {(site, item): made.home(item, site) for site in made.sites for item in SHARED}
        items = {item: made.items[item] for item in SHARED}
        supplier = made.suppliers["Gusto Foods"]
        return cls(made.sites, made.locations, items, homes, made.reasons["SPOILAGE"], supplier, dishes)


class Author:
    """Makes up the papers of one desk; knows its transfers that have not arrived and its orders that stand."""

    def __init__(self, house: House, name: str, chance: random.Random, done: Iterable[Paper]) -> None:
        self._house, self._name, self._chance = house, name, chance
        self._count = 0
        self._sent: dict[UUID, Paper] = {}
        self._orders: dict[UUID, Paper] = {}
        for paper in done:
            self.heard(paper)

    def heard(self, paper: Paper) -> None:
        """The server has this one."""
        self._count = max(self._count, int(paper.number.rpartition("-")[2]))
        value = paper.value
        if isinstance(value, Document) and value.kind is Kind.TRANSFER_OUT:
            self._sent[value.key] = paper
        elif isinstance(value, OrderDraft):
            self._orders[value.id] = paper
        elif isinstance(value, Receipt):
            self._sent.pop(value.transfer_id, None)
        elif isinstance(value, Void):
            self._orders.pop(value.order_id, None)

    def next(self, run: Callable[..., Any]) -> Paper:
        """The next one; `run` reads what it must know."""
        kinds = (
            self._delivery, self._from_paper, self._waste, self._count_sheet, self._transfer, self._move, self._order
        )  # fmt: skip
        weights = (2, 3, 4, 2, 2, 2, 3)
        if self._sent and self._chance.random() < 0.3:
            return self._receipt(run)
        if len(self._orders) > 2 and self._chance.random() < 0.15:
            return self._void()
        return self._chance.choices(kinds, weights)[0]()

    def waste(self) -> Paper:
        """Waste that happens now."""
        return self._document(Kind.WASTE, HERE, lambda item: self._line(item, -self._amount(), HERE))

    # what there is -------------------------------------------------------------------------------------------

    def _delivery(self) -> Paper:
        cost = Decimal(self._chance.randint(50, 900)) / 100
        return self._document(
            Kind.DELIVERY, HERE, lambda item: replace(self._line(item, self._amount(), HERE), unit_cost=cost),
            self._earlier(), supplier_id=self._house.supplier,
        )  # fmt: skip

    def _from_paper(self) -> Paper:
        """A delivery as its page sends it: with freight, which is a posting of its own, in the same transaction."""
        number = self._number()
        items = self._chance.sample(SHARED, self._chance.randint(1, len(SHARED)))
        lines = tuple(
            DeliveredLine(self._house.items[item], self._house.homes[HERE, item], self._amount(), self._amount() * 3)
            for item in items
        )
        made = Delivery(
            uuid4(), self._house.sites[HERE], self._house.supplier, lines, f"LS {number}", self._earlier(),
            freight=self._chance.choice((Decimal(0), Decimal(12))), note=number,
        )  # fmt: skip
        return Paper(number, "delivery", made)

    def _waste(self) -> Paper:
        return self._document(
            Kind.WASTE, HERE, lambda item: self._line(item, -self._amount(), HERE), self._earlier()
        )  # fmt: skip

    def _count_sheet(self) -> Paper:
        counted = Decimal(self._chance.randint(90_000, 110_000))
        return self._document(
            Kind.COUNT, HERE, lambda item: DocumentLine(self._house.items[item], self._house.homes[HERE, item], counted)
        )

    def _transfer(self) -> Paper:
        def line(item: str) -> DocumentLine:
            return DocumentLine(self._house.items[item], self._house.homes[HERE, item], -self._amount())

        return self._document(Kind.TRANSFER_OUT, HERE, line, to_site_id=self._house.sites[THERE])

    def _move(self) -> Paper:
        item, amount = self._chance.choice(SHARED), self._amount()
        lines = tuple(
            DocumentLine(self._house.items[item], self._house.places[HERE, place], quantity)
            for place, quantity in (("Walk-in", -amount), ("Bar", amount))
        )
        number = self._number()
        return Paper(number, "document", Document(uuid4(), Kind.MOVE, self._house.sites[HERE], lines, note=number))

    def _order(self) -> Paper:
        dish, number = self._chance.choice(self._house.dishes), self._number()
        line = EnteredLine(dish, Decimal(self._chance.randint(1, 5)), dish.price or Decimal(0))
        draft = OrderDraft(
            uuid4(), 0, self._house.sites[HERE], "INTERNAL", datetime.now(UTC), (line,), note=number,
            posting_key=uuid4(),
        )  # fmt: skip
        return Paper(number, "order", draft)

    def _receipt(self, run: Callable[..., Any]) -> Paper:
        key = next(iter(self._sent))
        lines = run(transfers.transfer, key).lines
        arrivals = tuple(Arrival(line.id, line.under_way, line.home_id) for line in lines)
        number = self._number()
        return Paper(number, "receipt", Receipt(uuid4(), key, arrivals, number))

    def _void(self) -> Paper:
        number = self._number()
        return Paper(number, "void", Void(uuid4(), self._chance.choice(list(self._orders)), number))

    # parts of them -------------------------------------------------------------------------------------------

    def _document(
        self, kind: Kind, site: str, line: Callable[[str], DocumentLine], at: datetime | None = None, **more: Any
    ) -> Paper:
        items = self._chance.sample(SHARED, self._chance.randint(1, len(SHARED)))
        number = self._number()
        made = Document(
            uuid4(), kind, self._house.sites[site], tuple(map(line, items)), at, note=number, **more
        )  # fmt: skip
        return Paper(number, "document", made)

    def _line(self, item: str, quantity: Decimal, site: str) -> DocumentLine:
        reason = self._house.spoilage if quantity < 0 else None
        return DocumentLine(self._house.items[item], self._house.homes[site, item], quantity, reason_id=reason)

    def _amount(self) -> Decimal:
        return Decimal(self._chance.randint(1, 40)) / 4

    def _earlier(self) -> datetime | None:
        if self._chance.random() >= EARLIER:
            return None
        return datetime.now(UTC) - timedelta(seconds=self._chance.randint(1, 120))

    def _number(self) -> str:
        self._count += 1
        return f"{self._name}-{self._count}"
