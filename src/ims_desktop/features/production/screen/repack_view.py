"""Repacking: so much of one item becomes so many of others, and takes its value along."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.domain.quantity import read_quantity
from ims_desktop.domain.valuation import portion
from ims_desktop.domain.wording import Words, dotted, say
from ims_desktop.features.adjustments.rules import EntryItem, as_written
from ims_desktop.features.adjustments.screen.lot_cells import read_lots
from ims_desktop.features.items.rules import places as decimals_of
from ims_desktop.features.production.rules import Part, Production, content, shared
from ims_desktop.features.production.screen.entry_view import EntryView
from ims_desktop.features.production.screen.head import repack_fields
from ims_desktop.features.production.screen.lines import item_of, lots_in, made_spec, part_of, quantity_of
from ims_desktop.features.stock.service import Posted
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.entry import Line

NOTHING = Decimal(0)


class RepackView(EntryView):
    """An item, so much of it, and what it is repacked into."""

    def __init__(self, desk: Desk, site: UUID) -> None:
        super().__init__(desk, site, repack_fields(site), made_spec(desk, site, self.share_of))

    @property
    def item(self) -> EntryItem | None:
        """What is repacked."""
        found = self.head.value("item")
        return found if isinstance(found, EntryItem) else None

    def ask_anew(self) -> None:
        """It is taken from where it is kept."""
        item = self.item
        if item is not None:
            self.head.fill("location", item.home_id or next((place.id for place in item.places), None))
        self.reckon()

    def taken(self) -> Decimal | None:
        """How much is taken, in the base unit of the item."""
        item, typed = self.item, self.head.value("wanted")
        if item is None or not typed:
            return None
        try:
            entered = read_quantity(typed, item.units, cell_unit=item.unit, decimal_sign=self.desk.formats.decimal_sign)
        except UserError:
            return None
        return entered.quantity if entered.quantity > 0 else None

    # what it comes to ----------------------------------------------------------------------------------------

    def worth(self) -> Decimal | None:
        """What is taken, in money."""
        item, taken = self.item, self.taken()
        return None if item is None or item.cost is None or taken is None else -item.cost.worth(-taken)

    def contents(self, lines: tuple[Line, ...]) -> list[Decimal | None]:
        """What is in each line, in the base unit of the item that is repacked."""
        item = self.item
        found: list[Decimal | None] = []
        for line in lines:
            made, quantity = item_of(line), quantity_of(line)
            known = item is not None and made is not None and quantity is not None
            found.append(content(item.units, quantity, made.units) if known else None)  # type: ignore[union-attr,arg-type]
        return found

    def weights(self, lines: tuple[Line, ...]) -> tuple[Decimal, ...]:
        """The part of each line in what is taken."""
        return shared(self.contents(lines), [quantity_of(line) or NOTHING for line in lines])

    def share_of(self, line: Line) -> Decimal | None:
        """What a line gets of what is taken, in money."""
        lines, worth = self.lines(), self.worth()
        weights = dict(zip(map(id, lines), self.weights(lines), strict=True))
        mine = next((weights[id(one)] for one in lines if one is line or one == line), None)
        whole = sum(weights.values(), NOTHING)
        return None if worth is None or mine is None or not whole else portion(worth, mine, whole)

    def packed(self, lines: tuple[Line, ...]) -> Decimal | None:
        """How much of what was taken is in the packs; None where no way leads from them to it."""
        contents = self.contents(lines)
        known = [one for one in contents if one is not None]
        return sum(known, NOTHING) if contents and len(known) == len(contents) else None

    def say_sum(self) -> None:
        """What is taken, and what is lost on the way."""
        formats, item, taken = self.desk.formats, self.item, self.taken()
        self.yielded.say("")
        if item is None or taken is None:
            self.told.say("")
            return
        parts: list[Words] = [say("Takes {amount}", amount=self._amount(taken))]
        worth = self.worth()
        if worth is not None:
            parts.append(say("worth {money}, which goes along", money=formats.money(worth, currency=True)))
        self.told.say(dotted(*parts))
        lines = self.lines()
        packed = self.packed(lines)
        if not lines:
            return
        if packed is None:
            self.yielded.say(say("What is in the packs is not known: give the item a weight."))
            self.yielded.tone("muted")
            return
        lost = taken - packed
        share = formats.percent(-lost / taken, signed=True)
        words: Words = (
            say("Nothing is lost") if not lost
            else say("Lost {amount} ({share})", amount=self._amount(lost), share=share) if lost > 0
            else say("{amount} more than was taken", amount=self._amount(-lost))
        )  # fmt: skip
        self.yielded.say(words)
        self.yielded.tone("ok" if not lost else "bad")

    def _amount(self, quantity: Decimal) -> str:
        base = self.item.base if self.item is not None else ""
        return self.desk.formats.quantity(quantity, base, decimals_of(base, quantity))

    # recording -----------------------------------------------------------------------------------------------

    def production(self, values: dict[str, Any], at: datetime | None) -> tuple[Production | None, list[Problem]]:
        """The item with what it became."""
        item, taken, lines, place = self.item, self.taken(), self.lines(), values.get("location")
        problems = []
        if item is not None and values.get("wanted") and taken is None:
            problems.append(self._unread(item))
        lot = (
            read_lots(str(values.get("lot") or ""), item, -Decimal(1), self.desk.formats) if values.get("lot") else None
        )
        if lot is not None and lot.problem:
            problems.append(Problem(lot.problem, "lot"))
        if item is None or taken is None or problems:
            return None, problems
        sign = self.desk.formats.decimal_sign
        figure, unit = as_written(values["wanted"], item, sign) or (None, None)
        packed = self.packed(lines)
        lots = lots_in(lot, item, -taken, place)
        used = Part(item.id, place, taken, packed, lots, None, figure, unit)
        made = tuple(
            _weighed(part_of(line, sign, leaves=False), weight)
            for line, weight in zip(lines, self.weights(lines), strict=True)
        )
        return Production(uuid4(), self.site, (used,), made, None, at, reason_id=values.get("reason")), []

    def _unread(self, item: EntryItem) -> Problem:
        try:
            read_quantity(str(self.head.value("wanted")), item.units, cell_unit=item.unit,
                          decimal_sign=self.desk.formats.decimal_sign)  # fmt: skip
        except UserError as error:
            return Problem(error.text, "wanted")
        return Problem("Type more than 0.", "wanted")

    def place_of(self, problem: Problem) -> Problem:
        """What is taken stands in the head, what came out in the table."""
        if problem.row is None:
            return problem
        field = {"lots": "lot"}.get(problem.field or "", problem.field)
        if problem.row > 1:
            return Problem(problem.text, field, problem.row - 1)
        return Problem(problem.text, {"quantity": "wanted"}.get(field or "", field))

    def said_of(self, posted: Posted) -> Words:
        """So much of it."""
        item, sent = self.item, self._sent
        if item is None or sent is None:
            return super().said_of(posted)
        return say("Repacked {amount} {item}", amount=self._amount(sent.used[0].quantity), item=item.name)


def _weighed(part: Part, weight: Decimal) -> Part:
    """The part with what it is of the whole."""
    return Part(
        part.item_id, part.location_id, part.quantity, None, part.lots, weight, part.entered_quantity, part.entered_unit
    )
