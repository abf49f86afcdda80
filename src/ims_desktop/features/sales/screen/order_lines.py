"""The table in which the lines of an order are typed."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.wording import say
from ims_desktop.domain.work import read
from ims_desktop.features.sales import service
from ims_desktop.features.sales.rules.worth import Worth, worth_of
from ims_desktop.features.sales.service import EnteredLine, Offered, Sellable
from ims_desktop.ui.choices import Choice, Choices
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.entry import EntryColumn, EntryKind, EntrySpec, Line, Measured, Remark, Shown
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.theme import Tone

STAFF_MEAL = "STAFF_MEAL"
LISTED = "listed"  # what the list asked when the price was filled in: another price was set by hand
LARGEST = Decimal(1_000_000_000)  # of portions, and of money; more is a slip of the finger


@dataclass(frozen=True)
class Basis:
    """What a line is worked out by: the site, its custom with tax, the day, and what the order is for."""

    site: UUID
    day: date
    kind: str
    prices_include_tax: bool


def entry_spec(desk: Desk, basis: Callable[[], Basis]) -> EntrySpec:
    """The table; `basis` tells what counts at the moment somebody types."""
    cells = _Cells(desk, basis)
    columns = (
        EntryColumn(
            "item", "Menu item", EntryKind.LOOKUP, 220, "Type a name or code", required=True, stretch=True,
            choices=Choices(search=_search(desk, basis)),
        ),
        EntryColumn("quantity", "Quantity", EntryKind.MEASURE, 96, "1", required=True, parse=cells.quantity),
        EntryColumn(
            "modifiers", "Modifiers", EntryKind.TICKS, 168, "As on the menu", parse=cells.modifiers,
            offers=cells.offered,
        ),
        EntryColumn("price", "Price", EntryKind.MEASURE, 104, "List price", required=True, parse=cells.price),
        EntryColumn("discount", "Discount", EntryKind.MEASURE, 104, "0 or 10%", parse=cells.discount),
        EntryColumn("worth", "Total", EntryKind.SHOWN, 124, show=cells.shown, right=True),
        EntryColumn("note", "Note", EntryKind.TEXT, 170, "Optional"),
    )  # fmt: skip
    return EntrySpec(columns, chosen=cells.follows, remark=cells.remark, name="Lines of the order", together=True)


def entered(line: Line) -> EnteredLine | None:
    """A line as it goes into the books, once it is complete."""
    item, quantity, price = _item(line), _value(line, "quantity"), _value(line, "price")
    if item is None or quantity is None or price is None:
        return None
    return EnteredLine(item, quantity, price, _off(line), str(line.get("note") or ""), _chosen(line))


def typed(line: EnteredLine, desk: Desk) -> Line:
    """A line of the books as it stands in the table."""
    written = desk.formats.typed_number
    return {
        "item": Choice(line.item, line.item.name, line.item.code),
        "quantity": Measured(written(line.quantity), line.quantity),
        "modifiers": Measured(_names(line.modifiers), line.modifiers) if line.modifiers else None,
        "price": _price(line.unit_price, desk.formats),
        LISTED: line.item.price_with(line.modifiers),
        "discount": Measured(written(line.discount), line.discount) if line.discount else None,
        "note": line.note,
    }


def repriced(line: Line, on: Mapping[UUID, Sellable], desk: Desk, kind: str) -> Line:
    """The line at the prices of another day, unless somebody had set its price by hand."""
    item, price = _item(line), _value(line, "price")
    if item is None or item.id not in on:
        return line
    now = on[item.id]
    listed = now.price_with(_chosen(line))
    by_hand = price is not None and price != line.get(LISTED) and not (kind != STAFF_MEAL and price == 0)
    wanted = Decimal(0) if kind == STAFF_MEAL else price if by_hand else listed
    shown = Measured("") if wanted is None else _price(wanted, desk.formats)
    filled = wanted if kind == STAFF_MEAL else listed
    return {**line, "item": Choice(now, now.name, now.code), "price": shown, LISTED: filled}


def worth(line: Line, included: bool) -> Worth | None:
    """What a line comes to, once that can be said."""
    made = entered(line)
    if made is None:
        return None
    tax = made.item.tax_percent
    return worth_of(made.quantity, made.unit_price, made.discount, tax, included=included)


def _price(price: Decimal, formats: Formats) -> Measured:
    """A price with the decimals of its currency, or with more where it has more."""
    written = formats.money(price)
    return Measured(written if formats.parse_number(written) == price else formats.typed_number(price), price)


def _item(line: Line) -> Sellable | None:
    chosen = line.get("item")
    return chosen.value if isinstance(chosen, Choice) else None


def _value(line: Line, key: str) -> Any:
    cell = line.get(key)
    return cell.value if isinstance(cell, Measured) and not cell.problem else None


def _chosen(line: Line) -> tuple[Offered, ...]:
    return _value(line, "modifiers") or ()


def _names(modifiers: Sequence[Offered]) -> str:
    return ", ".join(one.name for one in modifiers)


def _listed(line: Line) -> Decimal | None:
    item = _item(line)
    return None if item is None else item.price_with(_chosen(line))


def _off(line: Line) -> Decimal:
    return _value(line, "discount") or Decimal(0)


def _search(desk: Desk, basis: Callable[[], Basis]) -> Any:
    @read
    def search(connection: Any, words: str) -> tuple[Choice, ...]:
        asked = basis()
        found = service.find_menu_items(connection, asked.site, asked.day, words)
        return tuple(Choice(one, one.name, _detail(desk, one)) for one in found)

    return search


def _detail(desk: Desk, one: Sellable) -> str:
    return one.code if one.price is None else f"{one.code} · {desk.formats.money(one.price)}"


def _unanswered(item: Sellable, chosen: Sequence[Offered]) -> Offered | None:
    """A modifier of the first question that wants more answers than were given."""
    answers = Counter(one.group for one in chosen)
    return next((one for one in item.modifiers if answers[one.group] < one.at_least), None)


class _Cells:
    """Reads and shows the cells of a line in the writing of the place."""

    def __init__(self, desk: Desk, basis: Callable[[], Basis]) -> None:
        self._formats, self._basis = desk.formats, basis
        self._free = desk.may(service.FREE_PRICES)

    def quantity(self, words: str, _line: Line) -> Measured:
        """How many portions."""
        number = self._number(words)
        if number.value is not None and number.value <= 0:
            return Measured(words, problem="Above 0")
        if number.value is not None and number.value != round(number.value, 3):
            return Measured(words, problem="At most three decimals")
        return number

    def offered(self, line: Line) -> tuple[Choice, ...]:
        """What may be chosen with the dish of the line."""
        item = _item(line)
        return tuple(Choice(one.id, one.name, self._about(one)) for one in (item.modifiers if item else ()))

    def _about(self, one: Offered) -> str:
        return f"{one.group} · {self._formats.money(one.price)}" if one.price else one.group

    def modifiers(self, words: str, line: Line) -> Measured:
        """Names with commas; the begin of one is enough where no other begins like it."""
        item, found = _item(line), []
        if item is None:
            return Measured(words, problem="Choose the menu item first")
        for word in filter(None, map(str.strip, words.split(","))):
            meant = [one for one in item.modifiers if one.name.casefold() == word.casefold()]
            meant = meant or [one for one in item.modifiers if one.name.casefold().startswith(word.casefold())]
            meant = meant or [one for one in item.modifiers if word.casefold() in one.name.casefold()]
            if len(meant) != 1:
                none, several = (
                    say("“{word}” is not offered with it", word=word),
                    say("“{word}” may mean several", word=word),
                )
                return Measured(words, problem=several if meant else none)
            found.append(meant[0])
        answers = Counter(one.group for one in found)
        for one in found:
            if one.at_most is not None and answers[one.group] > one.at_most:
                return Measured(words, problem=say("{group}: at most {most}", group=one.group, most=one.at_most))
        return Measured(_names(found), tuple(found))

    def price(self, words: str, line: Line) -> Measured:
        """What one is charged; other than the list only with the right to do so."""
        number, item = self._number(words), _item(line)
        if number.value is None or item is None:
            return number
        if self._basis().kind == STAFF_MEAL and number.value != 0:
            return Measured(words, problem="A staff meal is not charged")
        if number.value < 0:
            return Measured(words, problem="Not below 0")
        if not self._free and self._basis().kind != STAFF_MEAL and number.value != _listed(line):
            return Measured(words, problem="Your roles do not let you change prices")
        return number

    def discount(self, words: str, line: Line) -> Measured:
        """What is taken off the line: an amount, or a part of it such as 10%."""
        if not self._free:
            return Measured(words, problem="Your roles do not let you give discounts")
        share = words.strip().removesuffix("%")
        number = self._number(share)
        if number.value is None:
            return Measured(words, problem=number.problem)
        quantity, price = _value(line, "quantity"), _value(line, "price")
        whole = (quantity or Decimal(0)) * (price or Decimal(0))
        off = number.value if share == words.strip() else round(whole * number.value / 100, 2)
        if off < 0 or off > whole:
            return Measured(words, problem="Not more than the line is worth")
        path = "" if share == words.strip() else f"{words.strip()} = {self._formats.money(off)}"
        return Measured(words, off, path)

    def shown(self, line: Line) -> Shown:
        """What the line comes to, with tax."""
        found = worth(line, self._basis().prices_include_tax)
        return Shown("") if found is None else Shown(self._formats.money(found.whole), self._formats.currency)

    def follows(self, key: str, line: Line) -> Mapping[str, Any]:
        """An item brings its price and one portion; modifiers change the price, unless it was set by hand."""
        item, price = _item(line), _value(line, "price")
        if item is None or (key == "modifiers" and price != line.get(LISTED)):
            return {}
        follows: dict[str, Any] = {}
        if key == "item":
            follows["modifiers"] = None
            if _value(line, "quantity") is None:
                follows["quantity"] = Measured("1", Decimal(1))
        listed = item.price_with(_chosen({**line, **follows}))
        follows[LISTED] = asked = Decimal(0) if self._basis().kind == STAFF_MEAL else listed
        if asked is not None:
            follows["price"] = _price(asked, self._formats)
        return follows

    def remark(self, line: Line) -> Remark | None:
        """A dish that is not on the list, or charged otherwise."""
        item, price = _item(line), _value(line, "price")
        if item is None or self._basis().kind == STAFF_MEAL:
            return None
        listed = _listed(line)
        if listed is None:
            return Remark("No price on that day", Tone.WARN)
        if missing := _unanswered(item, _chosen(line)):
            asked = {"group": missing.group, "least": missing.at_least}
            return Remark(say("{group}: choose at least {least}", **asked), Tone.WARN)
        if price is not None and price != listed:
            return Remark(say("List price {price}", price=self._formats.money(listed)), Tone.INFO)
        return None

    def _number(self, words: str) -> Measured:
        try:
            number = self._formats.parse_number(words)
        except UserError as wrong:
            return Measured(words, problem=wrong.text)
        if number is not None and abs(number) >= LARGEST:
            return Measured(words, problem="This is absurdly large.")
        return Measured(words, number)
