"""Random histories of everything that can happen to stock, posted by the service and kept as the model wants them."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import psycopg

from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.errors import Conflict, UserError
from ims_desktop.domain.valuation import Books, Entry, Method, portion, round6
from ims_desktop.features.stock.service import (
    Document,
    DocumentLine,
    Kind,
    LandedCost,
    LateInvoice,
    MethodSwitch,
    RightPrice,
    Spread,
    correct_prices,
    land,
    post,
    reverse,
    switch_method,
)
from tests.restaurant import Restaurant, fill

START = datetime(2026, 3, 2, 15, tzinfo=UTC)
NEW_YORK, CUTOVER = ZoneInfo("America/New_York"), timedelta(hours=4)
ZERO = Decimal(0)

_FOUND = """
    SELECT m.id, m.value + coalesce((SELECT sum(k.value) FROM cost_corrections k WHERE k.movement_id = m.id), 0)
    FROM stock_movements m WHERE m.item_id = ANY(%s)"""
_COSTS = """
    SELECT c.site_id, c.item_id, c.quantity, c.value, c.average_cost,
      coalesce((SELECT array_agg(ARRAY[l.movement_id, l.quantity, l.value] ORDER BY l.place) FROM cost_layers l
                WHERE l.site_id = c.site_id AND l.item_id = c.item_id), '{}')
    FROM stock_costs c WHERE c.item_id = ANY(%s)"""


@dataclass(frozen=True)
class Kept:
    """A movement as the model has it; its method follows from the switches of its item."""

    entry: Entry
    item: UUID
    site: str
    kind: Kind
    posting: UUID


@dataclass
class History:
    """One history in one tenant: does something, notes it, and compares everything after each step."""

    desk: TenantDatabase
    root: psycopg.Connection[Any]
    made: Restaurant
    chance: random.Random
    items: list[UUID] = field(default_factory=list)
    first: dict[UUID, Method] = field(default_factory=dict)
    kept: dict[int, Kept] = field(default_factory=dict)
    undone: set[int] = field(default_factory=set)
    switches: dict[UUID, list[tuple[date, Method]]] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)
    sites: Sequence[str] = ("Downtown", "Harbour")
    clock: int = 0

    def begin(self, items: int = 3) -> None:
        """Items of its own."""
        category = self.made.categories["Dairy"]
        for _ in range(items):
            item, method = uuid4(), self.chance.choice(list(Method))
            self.items.append(item)
            self.first[item] = method
            fill(
                self.root,
                "items",
                "id, sku, name, category_id, base_unit, cost_method",
                [(item, item.hex, f"Item {item.hex}", category, "kg", method.value)],
            )

    def step(self) -> str:
        """Something happens, or (refused by the rules) nothing."""
        name = self.chance.choices(list(STEPS), weights=[weight for _, weight in STEPS.values()])[0]
        before = self._moment
        try:
            done = STEPS[name][0](self)
        except (UserError, Conflict) as refused:
            self.refusal(name, refused)
            return f"{name} refused"
        if done:
            self.done[name] += 1
            self.done["back-dated"] += self.clock < before
        return name if done else ""

    def refusal(self, name: str, refused: UserError) -> None:
        """Only what the rules refuse is refused."""
        said = " ".join([refused.text, *(problem.text for problem in refused.problems)])
        if not any(
            word in said for word in ("came back or arrived", "later day already", "still out", "less than nothing")
        ):
            raise AssertionError(f"{name}: {said}")

    # what is compared -----------------------------------------------------------------------------------------------

    def differences(self) -> list[str]:
        """Every figure in which the ledger and the model differ."""
        books = Books().settle([self._entry(kept) for kept in self.kept.values()])
        self.done["unsettled"] += not books.settled
        self.done["circle"] += books.circles > 0
        worths = dict(self.root.execute(_FOUND, [self.items]).fetchall())
        wrong = [f"movements {sorted(worths.keys() ^ self.kept.keys())}"] if worths.keys() != self.kept.keys() else []
        cancelled = {kept.entry.cancels: number for number, kept in self.kept.items() if kept.entry.cancels}
        for number, kept in self.kept.items():
            if number in cancelled:
                if worths[number] + worths[cancelled[number]]:
                    wrong.append(f"cancelled {number}: {worths[number]} and {worths[cancelled[number]]}")
            elif not kept.entry.cancels and worths.get(number) != books.worths[number]:
                wrong.append(f"{kept.kind} {number}: {worths.get(number)}, expected {books.worths[number]}")
        for site, item, quantity, value, cost, layers in self.root.execute(_COSTS, [self.items]).fetchall():
            stock = books.stocks.get(f"{site}/{item}")
            if stock is None:
                if quantity or value:
                    wrong.append(f"{site}/{item}: {quantity} worth {value}")
                continue
            if (quantity, value, cost) != (stock.quantity, stock.value, stock.cost):
                expected = f"{stock.quantity}, {stock.value}, {stock.cost}"
                wrong.append(f"{site}/{item}: {quantity}, {value}, {cost}, expected {expected}")
            parts = [[p.id, p.quantity, p.value] for p in stock.layers]
            parts += [[p.id, -p.quantity, -p.value] for p in stock.shorts]
            if layers != parts:
                wrong.append(f"{site}/{item}: layers {layers}, expected {parts}")
        return wrong

    def _entry(self, kept: Kept) -> Entry:
        day = (kept.entry.at.astimezone(NEW_YORK) - CUTOVER).date()
        method = self.first[kept.item]
        for since, switched in self.switches.get(kept.item, []):
            method = switched if since <= day else method
        return kept.entry._replace(method=method)

    # what happens ---------------------------------------------------------------------------------------------------

    @property
    def _moment(self) -> int:
        return max(self.clock, max((_hour(kept.entry.at) for kept in self.kept.values()), default=0))

    def at(self, earliest: int = 0) -> datetime:
        """Mostly later than everything, sometimes earlier."""
        now = self._moment
        hour = (
            self.chance.randint(earliest, max(now, earliest))
            if self.chance.random() < 0.35
            else now + self.chance.randint(0, 2)
        )
        self.clock = max(hour, earliest)
        return START + timedelta(hours=self.clock)

    def amount(self) -> Decimal:
        """A quantity: often whole, sometimes awkward."""
        if self.chance.random() < 0.6:
            return Decimal(self.chance.randint(1, 12))
        return Decimal(self.chance.randint(1, 20_000_000)).scaleb(-6)

    def cost(self) -> Decimal:
        """What one costs."""
        return self.chance.choice(
            (Decimal(self.chance.randint(0, 900)).scaleb(-2), Decimal("0.333333333333"), Decimal(7))
        )

    def line(self, site: str, item: UUID, quantity: Decimal, **more: Any) -> DocumentLine:
        """A line at the site's bar."""
        return DocumentLine(item, self.made.locations[site, "Bar"], quantity, **more)

    def send(
        self, kind: Kind, site: str, at: datetime, *lines: DocumentLine, to: str | None = None
    ) -> list[tuple[int, Decimal]]:
        """Post a document; gives the numbers and quantities of its movements."""
        document = Document(
            uuid4(), kind, self.made.sites[site], lines, at, to_site_id=self.made.sites[to] if to else None
        )
        self.desk.run(post, document)
        self.posting = document.key
        return self.root.execute(
            "SELECT id, quantity FROM stock_movements WHERE posting_id = %s ORDER BY id", [document.key]
        ).fetchall()

    def note(
        self, number: int, site: str, item: UUID, at: datetime, quantity: Decimal, kind: Kind, **more: Any
    ) -> None:
        """Keep a movement for the model."""
        entry = Entry(number, f"{self.made.sites[site]}/{item}", at, quantity, **more)
        self.kept[number] = Kept(entry, item, site, kind, self.posting)

    def pick(self) -> tuple[str, UUID]:
        """A place and an item."""
        return self.chance.choice(self.sites), self.chance.choice(self.items)

    def live(self, test: Callable[[Kept], bool]) -> Kept | None:
        """A movement that counts and passes."""
        found = [kept for number, kept in sorted(self.kept.items()) if number not in self.undone and test(kept)]
        return self.chance.choice(found) if found else None

    def still_out(self, number: int) -> Decimal:
        """What did not come back of an issue yet."""
        back = (
            kept.entry.quantity
            for other, kept in self.kept.items()
            if kept.entry.of == number and other not in self.undone
        )
        return -self.kept[number].entry.quantity - sum(back, ZERO)

    def receive(self) -> bool:
        """A delivery."""
        (site, item), at, quantity, cost = self.pick(), self.at(), self.amount(), self.cost()
        if self.chance.random() < 0.3:
            worth = round6(quantity * cost)
            line = self.line(site, item, quantity, value=worth)
        else:
            worth = round6(quantity * cost)
            line = self.line(site, item, quantity, unit_cost=cost)
        [(number, _)] = self.send(Kind.DELIVERY, site, at, line)
        self.note(number, site, item, at, quantity, Kind.DELIVERY, worth=worth)
        return True

    def waste(self) -> bool:
        """Something is thrown away, of two items at once sometimes."""
        site, at = self.chance.choice(self.sites), self.at()
        chosen = [(item, self.amount()) for item in self.chance.sample(self.items, self.chance.choice((1, 1, 2)))]
        lines = [self.line(site, item, -q, reason_id=self.made.reasons["SPOILAGE"]) for item, q in chosen]
        for (item, _q), (number, moved) in zip(chosen, self.send(Kind.WASTE, site, at, *lines), strict=True):
            self.note(number, site, item, at, moved, Kind.WASTE)
        return True

    def find(self) -> bool:
        """Something is found that nobody knew of."""
        (site, item), at, quantity = self.pick(), self.at(), self.amount()
        line = self.line(site, item, quantity, reason_id=self.made.reasons["CORRECTION"])
        [(number, _)] = self.send(Kind.ADJUSTMENT, site, at, line)
        self.note(number, site, item, at, quantity, Kind.ADJUSTMENT)
        return True

    def count(self) -> bool:
        """A count: what it finds depends on what there was then."""
        (site, item), at = self.pick(), self.at()
        for number, moved in self.send(Kind.COUNT, site, at, self.line(site, item, self.amount())):
            self.note(number, site, item, at, moved, Kind.COUNT)
        return True

    def give_back(self) -> bool:
        """A supplier gets something back."""
        (site, item), at, quantity = self.pick(), self.at(), self.amount()
        [(number, _)] = self.send(Kind.SUPPLIER_RETURN, site, at, self.line(site, item, -quantity))
        self.note(number, site, item, at, -quantity, Kind.SUPPLIER_RETURN)
        return True

    def bring_back(self) -> bool:
        """A customer brings something back."""
        issue = self.live(lambda kept: kept.kind is Kind.WASTE and self.still_out(kept.entry.id) > 0)
        if issue is None:
            return False
        left = self.still_out(issue.entry.id)
        quantity = left if self.chance.random() < 0.5 else round6(left / 3) or left
        at = self.at(_hour(issue.entry.at))
        line = self.line(issue.site, issue.item, quantity, of_id=issue.entry.id)
        [(number, _)] = self.send(Kind.CUSTOMER_RETURN, issue.site, at, line)
        self.note(number, issue.site, issue.item, at, quantity, Kind.CUSTOMER_RETURN, of=issue.entry.id)
        return True

    def send_off(self) -> bool:
        """A transfer leaves, and mostly arrives."""
        (site, item), at, quantity = self.pick(), self.at(), self.amount()
        to = self.chance.choice([other for other in self.sites if other != site])
        [(number, _)] = self.send(Kind.TRANSFER_OUT, site, at, self.line(site, item, -quantity), to=to)
        self.note(number, site, item, at, -quantity, Kind.TRANSFER_OUT)
        self.transfers[number] = to
        if self.chance.random() < 0.7:
            self.take_in(number)
        return True

    transfers: dict[int, str] = field(default_factory=dict)
    posting: UUID = field(default_factory=uuid4)

    def arrive(self) -> bool:
        """The rest of a transfer arrives."""
        sent = self.live(lambda kept: kept.kind is Kind.TRANSFER_OUT and self.still_out(kept.entry.id) > 0)
        return sent is not None and self.take_in(sent.entry.id)

    def take_in(self, number: int) -> bool:
        """Some of a transfer arrives."""
        sent, left, to = self.kept[number], self.still_out(number), self.transfers[number]
        quantity = left if self.chance.random() < 0.6 else round6(left / 3) or left
        at = self.at(_hour(sent.entry.at))
        [(came, _)] = self.send(Kind.TRANSFER_IN, to, at, self.line(to, sent.item, quantity, of_id=number))
        self.note(came, to, sent.item, at, quantity, Kind.TRANSFER_IN, of=number)
        return True

    def produce(self) -> bool:
        """Some items become others."""
        site, at = self.chance.choice(self.sites), self.at()
        chosen = self.chance.sample(self.items, 3)
        inputs, outputs = (chosen[:1], chosen[1:]) if self.chance.random() < 0.5 else (chosen[:2], chosen[2:])
        lines = [self.line(site, item, -self.amount()) for item in inputs]
        for item in outputs:
            labour = self.cost() if self.chance.random() < 0.3 else None
            lines.append(self.line(site, item, self.amount(), value=labour, weight=Decimal(self.chance.randint(1, 5))))
        moved = [number for number, _ in self.send(Kind.PRODUCTION, site, at, *lines)]
        used = tuple(moved[: len(inputs)])
        for number, line in zip(moved, lines, strict=True):
            made = {"made_of": used, "weight": line.weight, "worth": line.value} if line.quantity > 0 else {}
            self.note(number, site, line.item_id, at, line.quantity, Kind.PRODUCTION, **made)
        return True

    def revalue(self) -> bool:
        """What is on hand is worth more or less."""
        (site, item), at, change = self.pick(), self.at(), Decimal(self.chance.randint(-3000, 3000)).scaleb(-2)
        line = self.line(site, item, ZERO, value=change)
        [(number, _)] = self.send(Kind.REVALUATION, site, at, line)
        self.note(number, site, item, at, ZERO, Kind.REVALUATION, worth=change)
        return True

    def invoice(self) -> bool:
        """An invoice says another price."""
        received = self.live(lambda kept: kept.kind is Kind.DELIVERY)
        if received is None:
            return False
        right = round6((received.entry.worth or ZERO) * Decimal(self.chance.randint(5, 20)) / 10) + Decimal("0.01")
        price = RightPrice(received.entry.id, right)
        self.desk.run(correct_prices, LateInvoice(uuid4(), self.made.sites[received.site], (price,)))
        self._worth(received, right)
        return True

    def freight(self) -> bool:
        """Costs of getting it here, over two receipts of a site by quantity."""
        one = self.live(lambda kept: kept.kind is Kind.DELIVERY)
        if one is None:
            return False
        same = (Kind.DELIVERY, one.site)
        other = self.live(lambda kept: (kept.kind, kept.site) == same and kept.entry.id != one.entry.id)
        if other is None:
            return False
        amount = Decimal(self.chance.randint(1, 5000)).scaleb(-2)
        cost = LandedCost(uuid4(), self.made.sites[one.site], amount, (one.entry.id, other.entry.id), Spread.QUANTITY)
        self.desk.run(land, cost)
        share = portion(amount, one.entry.quantity, one.entry.quantity + other.entry.quantity)
        self._worth(one, (one.entry.worth or ZERO) + share)
        self._worth(other, (other.entry.worth or ZERO) + amount - share)
        return True

    def _worth(self, kept: Kept, worth: Decimal) -> None:
        self.kept[kept.entry.id] = replace(kept, entry=kept.entry._replace(worth=worth))

    def switch(self) -> bool:
        """The method changes from a day on."""
        item = self.chance.choice(self.items)
        day = (START + timedelta(hours=self.chance.randint(0, self._moment + 24))).date()
        method = self.chance.choice(list(Method))
        if any(since >= day for since, _ in self.switches.get(item, [])):
            return False
        self.desk.run(switch_method, MethodSwitch(uuid4(), item, method, day, "The auditors asked"))
        self.switches.setdefault(item, []).append((day, method))
        return True

    def cancel(self) -> bool:
        """A document was a mistake."""
        chosen = self.live(lambda kept: kept.entry.cancels is None)
        if chosen is None:
            return False
        together = [
            n for n, kept in sorted(self.kept.items()) if kept.posting == chosen.posting and n not in self.undone
        ]
        if chosen.kind is not Kind.PRODUCTION and self.chance.random() < 0.5:
            together = [chosen.entry.id]
        self.posting = uuid4()
        self.desk.run(reverse, self.posting, tuple(together), "Entered by mistake")
        rows = self.root.execute(
            "SELECT id, reverses_id FROM stock_movements WHERE posting_id = %s", [self.posting]
        ).fetchall()
        for number, original in rows:
            kept = self.kept[original]
            entry = kept.entry
            self.note(number, kept.site, kept.item, entry.at, -entry.quantity, kept.kind, cancels=original)
            self.undone |= {number, original}
        return True


def _hour(at: datetime) -> int:
    return int((at - START) / timedelta(hours=1))


STEPS: dict[str, tuple[Callable[[History], bool], int]] = {
    "receipt": (History.receive, 7),
    "issue": (History.waste, 7),
    "found": (History.find, 2),
    "count": (History.count, 2),
    "supplier return": (History.give_back, 2),
    "customer return": (History.bring_back, 3),
    "transfer": (History.send_off, 4),
    "arrival": (History.arrive, 5),
    "production": (History.produce, 3),
    "revaluation": (History.revalue, 2),
    "late invoice": (History.invoice, 2),
    "landed cost": (History.freight, 5),
    "method switch": (History.switch, 2),
    "cancellation": (History.cancel, 4),
}
"""What can happen, and how often against the others."""
