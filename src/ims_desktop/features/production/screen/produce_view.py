"""Making a prep: its lines are filled in from the recipe of the day, and say how far they are off."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.domain.quantity import Entered, read_quantity
from ims_desktop.domain.wording import Words, dotted, say
from ims_desktop.features.items.rules import places as decimals_of
from ims_desktop.features.production import service
from ims_desktop.features.production.rules import BATCH, Lot, Part, Prep, Production, off_by, worth_of_difference
from ims_desktop.features.production.screen.entry_view import EntryView
from ims_desktop.features.production.screen.head import produce_fields
from ims_desktop.features.production.screen.lines import (
    EXPECTED,
    Cells,
    again,
    cost_of,
    item_of,
    line_for,
    part_of,
    quantity_of,
    used_spec,
)
from ims_desktop.features.production.screen.memory import Memory
from ims_desktop.ui.choices import Choice
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.entry import Line

NOTHING = Decimal(0)


class ProduceView(EntryView):
    """A prep, so much of it, and what it takes."""

    def __init__(self, desk: Desk, site: UUID) -> None:
        memory = Memory(desk, site)
        super().__init__(desk, site, memory, produce_fields(memory), used_spec(desk, memory))
        self.prep: Prep | None = None
        self.items: Mapping[UUID, service.EntryItem] = {}
        self._reading = False  # the recipe of what was chosen is on its way
        self._cells = Cells(desk, leaves=True)
        self.head.boxes["wanted"].editor.edited.connect(self._scale)

    # what it is about ----------------------------------------------------------------------------------------

    def ask_anew(self) -> None:
        """Another prep, or another day, may have another recipe."""
        recipe = self.head.value("recipe")
        if recipe is None:  # somebody types: the lines stay until another one is chosen
            return
        at = self.head.when.moment(self.desk.formats.zone)
        self._reading = True
        read = self.memory.prep_with_items
        self.desk.start(self, self._found, read, self.site, recipe, at, replace="prep", failed=self._unfound)

    def _found(self, found: tuple[Prep, Mapping[UUID, service.EntryItem]]) -> None:
        before, self._reading = self.prep, False
        self.prep, self.items = found
        if before is None or before.recipe_id != self.prep.recipe_id:
            self.head.fill("location", self.prep.home_id)
        if before is None or (before.recipe_id, before.version_id) != (self.prep.recipe_id, self.prep.version_id):
            self.grid.clear()
        self._scale()
        self.reckon()

    def _unfound(self, error: Exception) -> None:
        self.prep, self._reading = None, False
        self.tell_plan(error.text if isinstance(error, UserError) else str(error))

    def next_one(self) -> None:
        """Nothing is chosen."""
        self.prep, self.items = None, {}
        super().next_one()

    def amount(self, key: str, unit: str | None = None) -> Entered | None:
        """What was typed as a quantity of the prep; None as long as it cannot be read."""
        typed = self.head.value(key)
        if self.prep is None or self.prep.version_id is None or not typed:
            return None
        try:
            entered = read_quantity(
                typed, self.prep.units, cell_unit=unit, decimal_sign=self.desk.formats.decimal_sign, field=key
            )
        except UserError:
            return None
        return entered if entered.quantity > 0 else None

    def _scale(self) -> None:
        """Fill the lines in as the recipe says; what was typed over stays, and what was taken away does not return."""
        prep, wanted = self.prep, self.amount("wanted", BATCH)
        if prep is None:
            return
        takes = {one.item_id: one.quantity for one in prep.for_quantity(wanted.quantity)} if wanted is not None else {}
        if not self.grid.begun():
            lines: list[Any] = [
                line_for(self.items[key], quantity, self._cells, quantity)
                for key, quantity in takes.items()
                if key in self.items
            ]
        else:
            lines = [self._rescaled(line, takes) for line in self.grid.begun()] if takes else []
        if lines and tuple(lines) != self.grid.begun():  # what is marked as wrong stays so until it is changed
            self.grid.fill(lines)

    def _rescaled(self, line: Any, takes: Mapping[UUID, Decimal]) -> Any:
        item = item_of(line)
        if item is None or line.get(EXPECTED) is None or item.id not in takes:
            return line
        now = {**line, EXPECTED: takes[item.id]}
        if quantity_of(line) == line[EXPECTED]:
            now["quantity"] = self._cells.quantity(self._cells.written(takes[item.id], item.base), now)
        return now

    # what it comes to ----------------------------------------------------------------------------------------

    def say_sum(self) -> None:
        """What is used, what came out, and by how much that is off."""
        self._tell_plan()
        formats = self.desk.formats
        wanted, made = self.amount("wanted", BATCH), self.amount("made")
        costs = [cost_of(line) for line in self.measured()]
        labour = self.head.value("labour") or NOTHING
        if not costs or None in costs:
            self.told.say("")
        else:
            used = sum((cost for cost in costs if cost is not None), NOTHING)
            self._tell_cost(used, labour, made or wanted)
        self.yielded.say("")
        if wanted is None or made is None or made.quantity == wanted.quantity:
            return
        off = off_by(made.quantity, wanted.quantity) or NOTHING
        words: Words = say("Yield {share}", share=formats.percent(off, signed=True))
        if costs and None not in costs:
            value = sum((cost for cost in costs if cost is not None), labour)
            lost = worth_of_difference(value, made.quantity, wanted.quantity) or NOTHING
            money = f"{formats.number(lost, formats.money_decimals, True)} {formats.currency}"
            words = say("Yield {share}, {money}", share=formats.percent(off, signed=True), money=money)
        self.yielded.say(words)
        self.yielded.tone("bad" if off < 0 else "ok")

    def _tell_cost(self, used: Decimal, labour: Decimal, out: Entered | None) -> None:
        formats = self.desk.formats
        parts: list[Words] = [say("Used {money}", money=formats.money(used))]
        if labour:
            parts.append(say("labour {money}", money=formats.money(labour)))
        parts.append(say("together {money}", money=formats.money(used + labour, currency=True)))
        if out is not None:
            each = formats.cost((used + labour) / out.quantity)
            parts.append(say("{money} for 1 {unit}", money=each, unit=out.unit))
        self.told.say(dotted(*parts))

    def _tell_plan(self) -> None:
        prep, formats = self.prep, self.desk.formats
        if prep is None:
            return
        if prep.version_id is None or prep.valid_from is None:
            self.tell_plan(say("Nobody has said yet how {prep} was made on {day}.", prep=prep.name,
                               day=formats.date(prep.day)))  # fmt: skip
            return
        batch = formats.quantity(prep.batch, prep.base, decimals_of(prep.base, prep.batch))
        parts: list[Words] = [
            say("A batch gives {batch}", batch=batch),
            say("recipe of {day}", day=formats.date(prep.valid_from)),
        ]
        wanted = self.amount("wanted", BATCH)
        if wanted is not None:
            parts.append(wanted.path)
        if prep.tracks_lots != "NO" and not self.head.value("lot"):
            parts.append(say("lot {lot}", lot=prep.day.isoformat()))
        if prep.expires_on is not None:
            parts.append(say("expires {day}", day=formats.date(prep.expires_on)))
        self.tell_plan(dotted(*parts))

    # recording -----------------------------------------------------------------------------------------------

    def read_head(self, values: dict[str, Any]) -> list[Problem]:
        """The quantities are read in the units of the prep."""
        if self._reading:
            return [Problem("Its recipe is still being read: try again in a moment.", "recipe")]
        problems = [
            self._unread(key, unit)
            for key, unit in (("wanted", BATCH), ("made", None))
            if values.get(key) and self.amount(key, unit) is None
        ]
        prep = self.prep
        if prep is not None and prep.tracks_lots == "NO" and str(values.get("lot") or "").strip():
            problems.append(Problem(say("{item} is not kept by lots.", item=prep.item), "lot"))
        return problems

    def production(self, values: dict[str, Any], lines: tuple[Line, ...], at: datetime | None) -> Production | None:
        """The prep with what it took."""
        prep, wanted, made = self.prep, self.amount("wanted", BATCH), self.amount("made")
        if prep is None or wanted is None or self._reading:
            return None
        lot = str(values.get("lot") or "").strip()
        out = Part(
            prep.item_id,
            values.get("location"),
            (made or wanted).quantity,
            wanted.quantity,
            (Lot(lot, None, prep.expires_on),) if lot else (),
        )
        used = tuple(part_of(line, self.desk.formats.decimal_sign, leaves=True) for line in lines)
        return Production(uuid4(), self.site, used, (out,), prep.version_id, at, values.get("labour") or NOTHING)

    def _unread(self, key: str, unit: str | None) -> Problem:
        prep = self.prep
        if prep is None or prep.version_id is None:
            return Problem("Choose a prep with a recipe first.", key)
        try:
            read_quantity(str(self.head.value(key)), prep.units, cell_unit=unit,
                          decimal_sign=self.desk.formats.decimal_sign)  # fmt: skip
        except UserError as error:
            return Problem(error.text, key)
        return Problem("Type more than 0.", key)

    def place_of(self, problem: Problem) -> Problem:
        """The lines stand in the table, what was made behind them in the head."""
        known = {"quantity": "made", "location": "location", "lots": "lot", "value": "labour", "recipe": "recipe"}
        if problem.row is None or problem.row <= len(self.grid.lines()):
            field = {"lots": "lot"}.get(problem.field or "", problem.field)
            return Problem(problem.text, field, problem.row)
        return Problem(problem.text, known.get(problem.field or "", "made"))

    def done_words(self, production: Production) -> Words:
        """So much of it was made."""
        quantity = production.made[0].quantity
        item, base = (self.prep.item, self.prep.base) if self.prep is not None else ("", "")
        amount = self.desk.formats.quantity(quantity, base, decimals_of(base, quantity))
        return say("Made {amount} {item}", amount=amount, item=item)

    def show_again(self, production: Production, done: Callable[[Sequence[Line]], None]) -> None:
        """The recipe is looked up by its version: another one may hold now, whose lines are then expected."""

        def found(known: tuple[Prep, Mapping[UUID, service.EntryItem]]) -> None:
            self.prep, self.items = known
            self._fill_head(production)
            done([again(part, self.items.get(part.item_id), self._cells) for part in production.used])
            self.reckon()

        used = tuple(part.item_id for part in production.used)
        asked = (self.site, production.version_id, production.effective_at, used)
        self.desk.start(self, found, self.memory.prep_again, *asked, failed=self._unfound)

    def _fill_head(self, production: Production) -> None:
        prep, out = self.prep, production.made[0]
        if prep is None:
            return
        wanted = out.expected or out.quantity
        shown = {
            "recipe": Choice(prep.recipe_id, prep.name),
            "wanted": self._cells.written(wanted, prep.base),
            "made": self._cells.written(out.quantity, prep.base) if out.quantity != wanted else None,
            "location": out.location_id,
            "lot": ", ".join(lot.code or "" for lot in out.lots) or None,
            "labour": production.labour or None,
        }
        for key, value in shown.items():
            self.head.fill(key, value)
