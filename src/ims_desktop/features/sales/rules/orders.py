"""Lines become orders."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from uuid import UUID

from ims_desktop.domain.numbers import half_up
from ims_desktop.features.sales.rules.amounts import Amounts
from ims_desktop.features.sales.rules.fields import Field
from ims_desktop.features.sales.rules.findings import Findings
from ims_desktop.features.sales.rules.moments import Moments
from ims_desktop.features.sales.rules.preview import Kind, Known, MenuItem, SalesLine, SalesOrder

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


def gather(
    findings: Findings, known: Known, items: Sequence[MenuItem | None], amounts: Amounts, moments: Moments
) -> tuple[SalesOrder, ...]:
    """The orders of all lines that nothing holds back, in the order of the file.

    Without an order column the lines of a business day are one order, because only the day's totals are known.
    """
    gathered: dict[Key, _Gathering] = {}
    for line, reference in _referenced(findings, moments):
        site, day = moments.sites[line], moments.days[line]
        if site is None or day is None:
            continue
        if (site.id, reference) in known.imported:
            findings.add(Kind.ALREADY_IMPORTED, line, Field.ORDER, reference)
        elif findings.fate[line] is None:
            order = gathered.setdefault((site.id, reference), _Gathering(day, moments.times[line]))
            if order.day == day:
                order.take(line, moments.times[line])
            else:
                findings.add(Kind.TWO_DAYS, line, Field.ORDER, reference, f"first used on {order.day}")
    channels, covers = _FirstIn(findings, Field.CHANNEL), _FirstIn(findings, Field.COVERS)
    return tuple(
        SalesOrder(
            key[1],
            key[0],
            each.day,
            each.moment,
            channels.of(each.lines),
            _whole(covers.of(each.lines)),
            tuple(_line(findings.reading.table.numbers[line], line, items, amounts) for line in each.lines),
        )
        for key, each in gathered.items()
        if each.lines
    )


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


def _line(row: int, line: int, items: Sequence[MenuItem | None], amounts: Amounts) -> SalesLine:
    """An accepted line; that it has item, quantity and revenue was checked before, or it would be held back."""
    item, quantity, revenue = items[line], amounts.quantity[line], amounts.revenue[line]
    if item is None or quantity is None or revenue is None:
        raise AssertionError(f"row {row} was accepted without an item, a quantity or an amount")
    price = amounts.price[line]
    if price is None:
        price = half_up(Fraction(revenue) / Fraction(quantity))
    return SalesLine(row, item.id, quantity, price, revenue)


class _FirstIn:
    """The first cell of a column that is not blank among the lines of an order."""

    def __init__(self, findings: Findings, field: Field) -> None:
        self._cells = findings.reading.cells(field)

    def of(self, lines: Sequence[int]) -> str:
        cells = self._cells
        return "" if cells is None else next((cells[line] for line in lines if cells[line]), "")


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None
