"""Quantities and money of the lines: read once a text, compared with each other and with the menu."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ims_desktop.domain.file_values import decimal_sign_of, read_money, read_signed
from ims_desktop.domain.numbers import NotANumber, show
from ims_desktop.domain.wording import say
from ims_desktop.domain.workbook_file import Plain
from ims_desktop.features.sales.rules.fields import Field
from ims_desktop.features.sales.rules.findings import Findings
from ims_desktop.features.sales.rules.preview import Kind, MenuItem, Weight
from ims_desktop.features.sales.rules.reading import About

Column = Sequence[Decimal | None]

ABSURD_QUANTITY = Decimal(10_000)
ABSURD_AMOUNT = Decimal(1_000_000)
CENT = Decimal("0.01")
"""A total may differ from quantity × price by less than this: tills round weighed and shared lines."""

_OTHERS_HAVE = {
    ".": say("the other numbers of this file have a decimal point"),
    ",": say("the other numbers of this file have a decimal comma"),
}


@dataclass(frozen=True, slots=True)
class Amounts:
    """Quantity, unit price and revenue of each line, None where the file does not say or it cannot be read."""

    quantity: Column
    price: Column
    revenue: Column


def read_amounts(findings: Findings, items: Sequence[MenuItem | None]) -> Amounts:
    """Read all numbers and add what is wrong with them."""
    reading = findings.reading
    if reading.choices.each_line_is_one and reading.place(Field.QUANTITY) is None:
        quantity: Column = [Decimal(1)] * findings.size
    else:
        quantity = _column(findings, Field.QUANTITY, read_signed, needed=True)
    price, gross, discount, total = (
        _column(findings, field, read_money) for field in (Field.PRICE, Field.GROSS, Field.DISCOUNT, Field.TOTAL)
    )
    _column(findings, Field.TAX, read_money)
    _check_size(findings, quantity, total, price)
    before = gross if any(value is not None for value in gross) else _before_discount(total, discount)
    _check_totals(findings, quantity, price, before)
    whole = map(_whole, quantity, price, gross, items)
    revenue = [_paid(*line) for line in zip(total, whole, discount, strict=True)]
    _compare_with_menu(findings, quantity, price, before, items)
    for line in findings.lines():
        if quantity[line] is not None and revenue[line] is None and findings.fate[line] is not Weight.HELD:
            findings.add(Kind.BLANK, line, Field.PRICE, "", say("neither the file nor the menu says a price"))
    return Amounts(quantity, price, revenue)


def _column(findings: Findings, field: Field, read: Callable[[str, str], Decimal], *, needed: bool = False) -> Column:
    """The numbers of a column; blank cells are None, and a problem only where the number is needed."""
    cells = findings.reading.cells(field)
    if cells is None:
        return [None] * findings.size
    if findings.reading.asks(About.DECIMAL_SIGN):
        _wait_for_sign(findings, field, cells)
    sign = findings.reading.decimal_sign.value
    numbers: dict[str, Decimal | None] = {}
    wrong: dict[str, tuple[Kind, str]] = {"": (Kind.BLANK, "")} if needed else {}
    for cell in set(cells):
        try:
            numbers[cell] = read(cell, "." if isinstance(cell, Plain) else sign) if cell else None
        except NotANumber as fault:
            numbers[cell] = None
            wrong[cell] = _fault(fault, sign)
    if wrong:
        for line in findings.lines():
            if cells[line] in wrong:
                kind, note = wrong[cells[line]]
                findings.add(kind, line, field, cells[line], note)
    return [numbers[cell] for cell in cells]


def _wait_for_sign(findings: Findings, field: Field, cells: Sequence[str]) -> None:
    """The lines whose number could be a thousand times another one, as long as nobody has said which."""
    unsure = {cell for cell in set(cells) if not isinstance(cell, Plain) and not decimal_sign_of((cell,)).sure}
    for line in findings.lines() if unsure else ():
        if cells[line] in unsure:
            findings.add(Kind.DECIMAL_SIGN, line, field, cells[line])


def _fault(fault: NotANumber, sign: str) -> tuple[Kind, str]:
    if fault.other_sign:
        return Kind.OTHER_DECIMAL_SIGN, _OTHERS_HAVE[sign]
    return Kind.BAD_NUMBER, ""


def _check_size(findings: Findings, quantity: Column, total: Column, price: Column) -> None:
    for field, column, most in (
        (Field.QUANTITY, quantity, ABSURD_QUANTITY),
        (Field.TOTAL, total, ABSURD_AMOUNT),
        (Field.PRICE, price, ABSURD_AMOUNT),
    ):
        cells = findings.reading.cells(field)
        for line in findings.lines() if cells else ():
            number = column[line]
            if number is None or 0 < number <= most:
                continue
            if number > most:
                findings.add(
                    Kind.ABSURD, line, field, cells[line] if cells else "", say("at most {most}", most=show(most))
                )
            elif number < 0 or field is Field.QUANTITY:
                findings.add(Kind.NEGATIVE, line, field, cells[line] if cells else "")


def _before_discount(total: Column, discount: Column) -> Column:
    """The line before discount; tills write a discount with or without a minus."""
    return [None if paid is None else paid + abs(off or Decimal(0)) for paid, off in zip(total, discount, strict=True)]


def _check_totals(findings: Findings, quantity: Column, price: Column, before: Column) -> None:
    field = next(
        each for each in (Field.GROSS, Field.TOTAL, None) if each is None or findings.reading.place(each) is not None
    )
    cells = findings.reading.cells(field) if field else None
    if cells is None:
        return
    for line in findings.lines():
        pieces, each, written = quantity[line], price[line], before[line]
        if pieces is None or each is None or written is None:
            continue
        if abs(pieces * each - written) >= CENT:
            note = say("{pieces} × {each} is {whole}", pieces=show(pieces), each=show(each), whole=show(pieces * each))
            findings.add(Kind.WRONG_TOTAL, line, field, cells[line], note)


def _whole(
    quantity: Decimal | None, price: Decimal | None, gross: Decimal | None, item: MenuItem | None
) -> Decimal | None:
    """The line before discount: as the file says, or quantity × its price, or quantity × the menu's price."""
    each = price if price is not None else item.price if item else None
    if gross is not None or quantity is None or each is None:
        return gross
    return quantity * each


def _paid(total: Decimal | None, whole: Decimal | None, discount: Decimal | None) -> Decimal | None:
    """What was paid for a line: its total, otherwise the whole less the discount."""
    if total is not None or whole is None:
        return total
    return whole - abs(discount or Decimal(0))


def _compare_with_menu(
    findings: Findings, quantity: Column, price: Column, before: Column, items: Iterable[MenuItem | None]
) -> None:
    """Notes, not problems: the menu of today need not be the menu of the day of sale."""
    fields = [field for field in (Field.PRICE, Field.GROSS, Field.TOTAL) if findings.reading.place(field) is not None]
    cells = findings.reading.cells(fields[0]) if fields else None
    worth = list(items)
    for line in findings.lines():
        item, pieces = worth[line], quantity[line]
        if item is None or item.price is None or not pieces:
            continue
        paid, whole = price[line], before[line]
        if paid is None and whole is None:
            findings.add(Kind.MENU_PRICE, line, fields[0] if fields else None, item.code)
        elif paid != item.price if paid is not None else abs((whole or 0) - pieces * item.price) >= CENT:
            findings.add(
                Kind.PRICE_DIFFERS,
                line,
                fields[0],
                cells[line] if cells else "",
                say("menu: {price}", price=show(item.price)),
            )
