"""Repacking: so much of one item becomes so many of others, and takes its value along."""

from collections.abc import Callable, Sequence
from dataclasses import replace
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
from ims_desktop.features.production.screen.lines import Cells, again, item_of, lots_in, made_spec, part_of, quantity_of
from ims_desktop.features.production.screen.memory import Memory
from ims_desktop.ui.choices import Choice
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.entry import Line, Measured

NOTHING = Decimal(0)


class RepackView(EntryView):
    """An item, so much of it, and what it is repacked into."""

    def __init__(self, desk: Desk, site: UUID) -> None:
        memory = Memory(desk, site)
        super().__init__(desk, site, memory, repack_fields(memory), made_spec(desk, memory, self.share_of))
        self._cells = Cells(desk, leaves=False)

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
        lines, worth = self.measured(), self.worth()
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
        lines = self.measured()
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

    def read_head(self, values: dict[str, Any]) -> list[Problem]:
        """The quantity and the lots are read as those of the item."""
        item, problems = self.item, list[Problem]()
        if item is not None and values.get("wanted") and self.taken() is None:
            problems.append(self._unread(item))
        lots = self._lots(values)
        if lots is not None and lots.problem:
            problems.append(Problem(lots.problem, "lot"))
        return problems

    def production(self, values: dict[str, Any], lines: tuple[Line, ...], at: datetime | None) -> Production | None:
        """The item with what it became."""
        item, taken, place = self.item, self.taken(), values.get("location")
        if item is None or taken is None:
            return None
        sign = self.desk.formats.decimal_sign
        figure, unit = as_written(values["wanted"], item, sign) or (None, None)
        lots = lots_in(self._lots(values), item, -taken, place)
        used = Part(item.id, place, taken, self.packed(lines), lots, None, figure, unit)
        made = tuple(
            replace(part_of(line, sign, leaves=False), expected=None, weight=weight)
            for line, weight in zip(lines, self.weights(lines), strict=True)
        )
        return Production(uuid4(), self.site, (used,), made, None, at, reason_id=values.get("reason"))

    def _lots(self, values: dict[str, Any]) -> Measured | None:
        typed = str(values.get("lot") or "")
        return read_lots(typed, self.item, -Decimal(1), self.desk.formats) if typed else None

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

    def done_words(self, production: Production) -> Words:
        """So much of it was repacked."""
        name = self.item.name if self.item is not None else ""
        return say("Repacked {amount} {item}", amount=self._amount(production.used[0].quantity), item=name)

    def show_again(self, production: Production, done: Callable[[Sequence[Line]], None]) -> None:
        """The item and what it became, as they are now."""

        def found(known: tuple[EntryItem, ...]) -> None:
            items = {item.id: item for item in known}
            self._fill_head(production, items.get(production.used[0].item_id))
            done([again(part, items.get(part.item_id), self._cells) for part in production.made])
            self.reckon()

        wanted = tuple(part.item_id for part in (*production.used, *production.made))
        self.desk.start(self, found, self.memory.entry_items, self.site, wanted)

    def _fill_head(self, production: Production, item: EntryItem | None) -> None:
        taken = production.used[0]
        figure, unit = taken.entered_quantity, taken.entered_unit
        if figure is None or unit is None:
            figure, unit = taken.quantity, item.base if item is not None else ""
        shown = {
            "item": Choice(item, item.name) if item is not None else None,
            "wanted": self._cells.written(figure, unit),
            "location": taken.location_id,
            "lot": ", ".join(lot.code or "" for lot in taken.lots) or None,
            "reason": production.reason_id,
        }
        for key, value in shown.items():
            self.head.fill(key, value)
