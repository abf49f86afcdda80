"""Lines become orders."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from ims_desktop.domain.numbers import half_up
from ims_desktop.domain.wording import say
from ims_desktop.features.sales.rules.amounts import Amounts
from ims_desktop.features.sales.rules.fields import Field
from ims_desktop.features.sales.rules.findings import Findings
from ims_desktop.features.sales.rules.modifiers import Chosen
from ims_desktop.features.sales.rules.moments import Moments
from ims_desktop.features.sales.rules.preview import Kind, Known, SalesLine, SalesOrder, UnmappedLine, Weight
from ims_desktop.features.sales.rules.products import Product

Key = tuple[UUID, str]


@dataclass(slots=True)
class _Gathering:
    """An order while its lines are found."""

    day: date
    moment: datetime | None
    lines: list[int] = field(default_factory=list)

    def take(self, line: int, moment: datetime | None) -> None:
        """Add a line; the order's time is that of its earliest line."""
        if moment is not None and self.moment is not None:
            self.moment = min(moment, self.moment)
        self.lines.append(line)


@dataclass(frozen=True, slots=True)
class Lines:
    """What is known of each line by now."""

    products: Sequence[Product]
    amounts: Amounts
    moments: Moments
    modifiers: Sequence[Chosen]


def gather(findings: Findings, known: Known, lines: Lines) -> tuple[tuple[SalesOrder, ...], tuple[UnmappedLine, ...]]:
    """The orders of all lines that nothing holds back, and the lines that wait for a menu item, as the file has them.

    Without an order column the lines of a business day are one order, because only the day's totals are known.
    """
    gathered: dict[Key, _Gathering] = {}
    unmapped: list[tuple[int, str]] = []
    moments, products = lines.moments, lines.products
    for line, reference in _referenced(findings, moments):
        site, day = moments.sites[line], moments.days[line]
        if site is None or day is None:
            continue
        kept = (site.id, reference, products[line].key) in known.kept
        if kept or (site.id, reference) in known.imported:
            findings.add(Kind.ALREADY_IMPORTED, line, Field.ORDER, reference)
        elif findings.fate[line] is None:
            order = gathered.setdefault((site.id, reference), _Gathering(day, moments.times[line]))
            if order.day == day:
                order.take(line, moments.times[line])
            else:
                findings.add(Kind.TWO_DAYS, line, Field.ORDER, reference, say("first used on {day}", day=order.day))
        elif findings.fate[line] is Weight.KEPT:
            unmapped.append((line, reference))
    channels, covers = _FirstIn(findings, Field.CHANNEL), _FirstIn(findings, Field.COVERS)
    orders = tuple(
        SalesOrder(
            key[1],
            key[0],
            each.day,
            each.moment,
            channels.of(each.lines),
            _whole(covers.of(each.lines)),
            tuple(_line(findings.reading.table.numbers[line], line, lines) for line in each.lines),
        )
        for key, each in gathered.items()
        if each.lines
    )
    return orders, tuple(_unmapped(findings, lines, line, reference, channels) for line, reference in unmapped)


def _referenced(findings: Findings, moments: Moments) -> Iterator[tuple[int, str]]:
    """Each line with the reference of its order; a line that has none is a problem."""
    cells = findings.reading.cells(Field.ORDER)
    daily = findings.reading.choices.numbers_restart_daily
    for line in findings.lines():
        day = moments.days[line]
        if cells is not None and not cells[line]:
            findings.add(Kind.BLANK, line, Field.ORDER, "")
        elif day is not None:
            parts = [day.isoformat()] if daily or cells is None else []
            yield line, "/".join([*parts, *([cells[line]] if cells else [])])


def _line(row: int, line: int, lines: Lines) -> SalesLine:
    """An accepted line; that it has an item was checked before, or it would wait."""
    item = lines.products[line].item
    if item is None:
        raise AssertionError(f"row {row} was accepted without an item")
    return SalesLine(row, item.id, *_figures(row, line, lines.amounts), *lines.modifiers[line])


def _unmapped(findings: Findings, lines: Lines, line: int, reference: str, channels: "_FirstIn") -> UnmappedLine:
    """A line that waits for its menu item."""
    row, product = findings.reading.table.numbers[line], lines.products[line]
    site, day = lines.moments.sites[line], lines.moments.days[line]
    if site is None or day is None:
        raise AssertionError(f"row {row} was kept without a site or a day")
    figures = _figures(row, line, lines.amounts)
    moment, channel = lines.moments.times[line], channels.of([line])
    return UnmappedLine(
        row, site.id, reference, day, moment, channel, product.key, product.words, *figures, *lines.modifiers[line]
    )


def _figures(row: int, line: int, amounts: Amounts) -> tuple[Decimal, Decimal, Decimal]:
    """Quantity, price and revenue; that they are there was checked before, or the line would be held back."""
    quantity, price, revenue = amounts.quantity[line], amounts.price[line], amounts.revenue[line]
    if quantity is None or revenue is None:
        raise AssertionError(f"row {row} was accepted without a quantity or an amount")
    return quantity, half_up(Fraction(revenue) / Fraction(quantity)) if price is None else price, revenue


class _FirstIn:
    """The first cell of a column that is not blank among the lines of an order."""

    def __init__(self, findings: Findings, field: Field) -> None:
        self._cells = findings.reading.cells(field)

    def of(self, lines: Sequence[int]) -> str:
        cells = self._cells
        return "" if cells is None else next((cells[line] for line in lines if cells[line]), "")


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None
