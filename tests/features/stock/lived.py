"""A random history of stock as it was lived so far: kept as the model wants it, and compared with the ledger."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import psycopg

from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.numbers import EXACT
from ims_desktop.domain.valuation import Books, Entry, Method
from ims_desktop.features.stock.service import (
    Document,
    DocumentLine,
    Kind,
    post,
    reopen_period,
)
from tests.restaurant import Restaurant, fill

START = datetime(2026, 3, 2, 15, tzinfo=UTC)
NEW_YORK, CUTOVER = ZoneInfo("America/New_York"), timedelta(hours=4)
ZERO = Decimal(0)
RATES = (
    (date(2026, 3, 3), "EUR", "USD", Decimal("1.0837")),
    (date(2026, 3, 4), "USD", "EUR", Decimal("0.8129")),
    (date(2026, 3, 6), "EUR", "USD", Decimal("171.3333333333")),
)
"""What the currencies of the sites are worth in each other, told one way or the other; before them nobody knew."""

_FOUND = """
    SELECT m.id, m.value + coalesce((SELECT sum(k.value) FROM cost_corrections k WHERE k.movement_id = m.id), 0)
    FROM stock_movements m WHERE m.item_id = ANY(%s)"""
_COSTS = """
    SELECT c.site_id, c.item_id, c.quantity, c.value, c.average_cost,
      coalesce((SELECT array_agg(ARRAY[l.movement_id, l.quantity, l.value] ORDER BY l.place) FROM cost_layers l
                WHERE l.site_id = c.site_id AND l.item_id = c.item_id), '{}')
    FROM stock_costs c WHERE c.item_id = ANY(%s)"""


_UNTIL = """
    SELECT coalesce((SELECT sum(m.value) FROM stock_movements m
                     WHERE m.site_id = %(site)s AND m.item_id = %(item)s AND m.effective_at < %(until)s), 0)
      + coalesce((SELECT sum(k.value) FROM cost_corrections k
                  WHERE k.site_id = %(site)s AND k.item_id = %(item)s AND k.effective_at < %(until)s), 0)"""
_LOWEST = """
    SELECT b.item_id, b.id, b.on_hand FROM (
      SELECT m.item_id, m.id, sum(m.quantity) OVER (PARTITION BY m.item_id ORDER BY m.effective_at, m.id) AS on_hand
      FROM stock_movements m WHERE m.item_id = ANY(%s) AND m.site_id = %s AND m.reverses_id IS NULL
        AND NOT EXISTS (SELECT FROM stock_movements r WHERE r.reverses_id = m.id)) b WHERE b.on_hand < 0"""


@dataclass(frozen=True)
class Kept:
    """A movement as the model has it; its method follows from the switches of its item."""

    entry: Entry
    item: UUID
    site: str
    kind: Kind
    posting: UUID


@dataclass
class Lived:
    """A history so far: what the model knows of it, and in what the ledger differs."""

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
    closed: dict[str, date] = field(default_factory=dict)  # the last closed day of a site
    shut: dict[tuple[str, UUID], Decimal] = field(default_factory=dict)  # what stock was worth at the end of it
    transfers: dict[int, str] = field(default_factory=dict)
    posting: UUID = field(default_factory=uuid4)
    closed_undone: set[int] = field(default_factory=set)
    receipts: list[UUID] = field(default_factory=list)  # in which something was missing, and not taken back
    strict: bool = False  # Harbour permits nothing below zero

    def begin(self, items: int = 3) -> None:
        """Items of its own; one time in three Harbour permits nothing below zero."""
        self.sites = tuple(self.made.sites)
        self.strict = self.chance.random() < 1 / 3
        self.root.execute(
            "UPDATE sites SET allows_negative = %s WHERE id = %s", [not self.strict, self.made.sites["Harbour"]]
        )
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

    def end(self) -> None:
        """Leave no closed days to those that come after."""
        for site, day in self.closed.items():
            self.desk.run(reopen_period, self.made.sites[site], day, "Another history")
        self.closed.clear()

    def open_from(self, site: str) -> datetime:
        """When the first open day of a site begins."""
        day = self.closed.get(site, date(2000, 1, 1))
        return datetime.combine(day + timedelta(days=1), time(), NEW_YORK) + CUTOVER

    # what is compared -----------------------------------------------------------------------------------------------

    def differences(self) -> list[str]:
        """Every figure in which the ledger and the model differ."""
        books = Books().settle([self._entry(kept) for kept in self.kept.values()])
        self.done["unsettled"] += not books.settled
        self.done["circle"] += books.circles > 0
        worths = dict(self.root.execute(_FOUND, [self.items]).fetchall())
        wrong = [f"movements {sorted(worths.keys() ^ self.kept.keys())}"] if worths.keys() != self.kept.keys() else []
        wrong += self._closed_changes()
        if self.strict:
            low = self.root.execute(_LOWEST, [self.items, self.made.sites["Harbour"]]).fetchall()
            wrong += [f"below zero: {row}" for row in low]
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

    def _closed_changes(self) -> list[str]:
        """What closed days are worth another thing than when they were closed."""
        return [
            f"closed {site}, {item}: {now}, was {was}"
            for (site, item), was in self.shut.items()
            if site in self.closed and (now := self._worth_until(site, item)) != was
        ]

    def _worth_until(self, site: str, item: UUID) -> Decimal:
        sent = {"site": self.made.sites[site], "item": item, "until": self.open_from(site)}
        row = self.root.execute(_UNTIL, sent).fetchone()
        assert row is not None
        worth: Decimal = row[0]
        return worth

    def _entry(self, kept: Kept) -> Entry:
        day = _day_of(kept.entry.at)
        method = self.first[kept.item]
        for since, switched in self.switches.get(kept.item, []):
            method = switched if since <= day else method
        return kept.entry._replace(method=method)

    # what happens ---------------------------------------------------------------------------------------------------

    def rate(self, site: str, at: datetime) -> Decimal:
        """What one of the currency of a site was worth in the other one."""
        _, base, _, rate = [told for told in RATES if told[0] <= _day_of(at)][-1]
        if base == ("EUR" if site == "Lyon" else "USD"):
            return rate
        return EXACT.divide(Decimal(1), rate).quantize(Decimal(1).scaleb(-20), context=EXACT)

    @property
    def rateless(self) -> bool:
        """Whether something was sent abroad on a day of which nobody told a rate."""
        return "Lyon" in self.sites and _day_of(START + timedelta(hours=self.clock)) < RATES[0][0]

    @property
    def _moment(self) -> int:
        return max(self.clock, max((hour_of(kept.entry.at) for kept in self.kept.values()), default=0))

    def at(self, earliest: int = 0) -> datetime:
        """Mostly later than everything, sometimes earlier."""
        now = self._moment
        hour = (
            self.chance.randint(earliest, max(now, earliest))
            if self.chance.random() < 0.35
            else now + self.chance.randint(0, 5)
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


def hour_of(at: datetime) -> int:
    """Hours since the beginning."""
    return int((at - START) / timedelta(hours=1))


def _day_of(at: datetime) -> date:
    """The business day of a moment at every site."""
    return (at.astimezone(NEW_YORK) - CUTOVER).date()
