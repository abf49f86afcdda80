"""Entering a delivery at one site: what the paper says, its lines, and whether both come to the same."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from ims_desktop.domain.errors import Problem
from ims_desktop.domain.wording import Words, dotted, say, say_count, sentences
from ims_desktop.features.deliveries import service
from ims_desktop.features.deliveries.rules import Delivery, apart, as_read, problems_of
from ims_desktop.features.deliveries.screen.head import Head
from ims_desktop.features.deliveries.screen.lines import (
    Asking,
    entry_spec,
    item_of,
    lines_again,
    lines_of,
    net,
    words_of,
)
from ims_desktop.features.deliveries.screen.memory import Memory
from ims_desktop.features.stock.screen import EntrySheet, SheetParts
from ims_desktop.features.stock.service import Posted
from ims_desktop.ui.choices import Choice
from ims_desktop.ui.controls import frame, label, row
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.entry import Line, Measured
from ims_desktop.ui.entry_grid import EntryGrid
from ims_desktop.ui.journal import Entry
from ims_desktop.ui.keeping import Errand
from ims_desktop.ui.notes import NoteBox
from ims_desktop.ui.theme import Tone

KIND = "deliveries.received"  # what its entries are called in the journal of a PC, for ever
MISTAKE = "Entered by mistake"


class EntryView(EntrySheet):
    """The table of a delivery below what its paper says once."""

    memory: Memory

    def __init__(self, desk: Desk, site: UUID) -> None:
        memory = Memory(desk, site)
        asking = Asking(site, lambda: desk.formats, memory, day=desk.formats.today())
        head, grid = Head(desk, memory), EntryGrid(desk, entry_spec(asking))
        super().__init__(desk, site, SheetParts(KIND, service.foretell, service.rehearse, memory, grid, head.when))
        self.asking, self.head = asking, head
        self.told = label("", 13, 500, tabular=True)
        self.paper = label("", 12, 500, role="muted", tabular=True)
        self._values: dict[str, Any] = {}  # what the paper says once, as it was read last
        self._agreed: Decimal | None = None  # how far apart the paper and the lines may be
        sums = frame("card", row(self.told, None, self.paper, spacing=12, margins=(14, 10, 14, 10)))
        self.lay_out(self.grid, sums, between=(self.head,)).addStretch(1)
        self.grid.lines_changed.connect(self._reckon)
        self.head.changed.connect(self._reckon)
        self.head.supplier_chosen.connect(self._ask_anew)
        self._reckon()

    # what the lines depend on and come to --------------------------------------------------------------------

    def _ask_anew(self) -> None:
        """Another supplier or day has other prices: lines that have the proposed one get the new one."""
        formats = self.desk.formats
        at = self.head.when.moment(formats.zone)
        self.asking.supplier = self.head.supplier
        self.asking.day = formats.local(at).date() if at is not None else formats.today()
        wanted = tuple({item.id for line in self.grid.begun() if (item := item_of(line)) is not None})
        if wanted:
            self.desk.start(
                self, self._price_anew, self.memory.deliverables_of, self.site, self.asking.supplier, self.asking.day,
                wanted, replace="deliverables", failed=_unheard,
            )  # fmt: skip

    def _price_anew(self, items: tuple[service.Deliverable, ...]) -> None:
        known: dict[tuple[UUID, str], service.Deliverable] = {}
        for item in items:
            known.setdefault((item.id, item.pack), item)
            known.setdefault((item.id, ""), item)
        columns = [one.key for one in self.grid.model.spec.columns]
        for place in range(self.grid.model.rowCount()):
            line = self.grid.model.line(place)
            before = item_of(line)
            after = known.get((before.id, before.pack)) or known.get((before.id, "")) if before is not None else None
            if before is None or after is None or after == before:
                continue
            price = line.get("price")
            proposed = not isinstance(price, Measured) or (not price.problem and price.value == before.listed)
            self.grid.model.put(place, columns.index("item"), Choice(after, after.name))
            for key in ("location", "lot") if proposed else ("location", "lot", "price"):  # what was typed stays
                self.grid.model.put(place, columns.index(key), line.get(key))
            if proposed and after.listed is not None:
                cell = self.grid.model.spec.columns[columns.index("price")]
                written = format(after.listed.normalize(), "f").replace(".", self.desk.formats.decimal_sign)
                if cell.parse is not None:
                    parsed = cell.parse(written, self.grid.model.line(place))
                    self.grid.model.put(place, columns.index("price"), parsed)

    def _reckon(self) -> None:
        """What is typed so far, beside what the paper says."""
        formats, decimals = self.desk.formats, self.desk.formats.money_decimals
        lines = self.grid.lines()
        worth = sum((net(line, decimals) or Decimal(0) for line in lines), Decimal(0))
        discount, freight = self.head.amount("discount"), self.head.amount("freight")
        together = worth - discount + freight
        parts: list[Words] = [say("Lines {money}", money=formats.money(worth))]
        if discount:
            parts.append(say("less discount {money}", money=formats.money(discount)))
        if freight:
            parts.append(say("freight {money}", money=formats.money(freight)))
        parts.append(say("together {money}", money=formats.money(together, currency=True)))
        self.told.say(dotted(*parts))
        if not self.head.has_total:
            self.paper.say("")
            return
        off = self.head.amount("total") - together
        words = (
            say("As on the paper")
            if not off
            else say("{money} against the paper", money=f"{formats.number(-off, decimals, True)} {formats.currency}")
        )
        self.paper.say(words)
        self.paper.tone("bad" if off else "ok")

    # what a page tells ---------------------------------------------------------------------------------------

    @property
    def recording(self) -> Words:
        """How many lines the button receives."""
        count = len(self.grid.lines())
        return say_count("Receive 1 line", "Receive {count} lines", count) if count else super().recording

    def moment(self) -> tuple[datetime | None, list[Problem]]:
        """The head is read as a whole: what it says, when it came, and what is wrong with either."""
        self._values, at, wrong = self.head.read(self.desk.formats.zone)
        return at, wrong

    def drafted(self, lines: tuple[Line, ...], at: datetime | None) -> Delivery:
        """The delivery of the lines."""
        values = self._values
        return Delivery(
            uuid4(),
            self.site,
            values.get("supplier_id"),
            lines_of(lines, self.desk.formats.money_decimals),
            values.get("reference") or "",
            at,
            values.get("discount") or Decimal(0),
            values.get("freight") or Decimal(0),
        )

    def problems_of(self, value: Delivery) -> list[Problem]:
        """What cannot be on a paper."""
        return problems_of(value)

    def agreed(self, value: Delivery) -> bool:
        """Once paper and lines come to the same, or somebody said that they need not."""
        off = apart(value, self._values.get("total"))
        if not off or self._agreed == off:
            return True
        self._ask_about(off)
        return False

    def errand(self, value: Delivery) -> Errand:
        """Received as it is."""
        return Errand(KIND, value, service.receive)

    def words_of(self, lines: tuple[Line, ...]) -> tuple[str, ...]:
        """12 kg Flour."""
        return words_of(lines, self.desk.formats)

    def recorded(self, value: Delivery, _lines: tuple[Line, ...], result: Posted) -> None:
        """Tell what came, with a way back."""
        words: Words = say("Received delivery #{number}, {lines} lines", number=result.number, lines=len(value.lines))
        if result.value is not None:
            money = self.desk.formats.money(result.value + value.freight, currency=True)
            words = say("Received delivery #{number}, {value}", number=result.number, value=money)
        self.desk.messages.done(words, undo=lambda: self._undo(result))

    def next_one(self) -> None:
        """The next delivery is of the same supplier and of now."""
        self._agreed = None
        self.head.clear()
        self._reckon()

    def load_choices(self) -> None:
        """Places and suppliers."""
        super().load_choices()
        self.head.load_choices()

    def show_problems(self, problems: Sequence[Problem], sentence: Words = "") -> None:
        """Every problem at its line or at its field of the head, and what has no place in words."""
        shown = as_read(lines_of(self.grid.lines(), self.desk.formats.money_decimals), problems)
        self.grid.show_problems(shown)
        self.head.show_problems(list(shown))
        loose = [one.text for one in shown if one.row is None and one.field not in self.head.places]
        self.tell(NoteBox(sentences([sentence, *loose]), Tone.BAD))

    def stand(self) -> None:
        """At the supplier, as long as there is none."""
        box = self.head.boxes.get("supplier_id")
        if box is not None and self.head.supplier is None:
            box.editor.setFocus()
        else:
            super().stand()

    def _ask_about(self, off: Decimal) -> None:
        def agree() -> None:
            self._agreed = off
            self.grid.record()

        money = self.desk.formats.number(abs(off), self.desk.formats.money_decimals)
        words: Words = (
            say(
                "The paper says {money} more than these lines come to. Is a line missing, or a price another?",
                money=money,
            )
            if off > 0
            else say("The paper says {money} less than these lines. Is a discount missing?", money=money)
        )
        self.tell(NoteBox(words, Tone.WARN, (self.tr("Record it all the same"), agree)))

    def _undo(self, posted: Posted) -> None:
        done = say("Undone: delivery #{number}", number=posted.number)
        self.desk.start(
            self, lambda _undone: self.desk.messages.done(done), service.take_back, uuid4(), posted.id, MISTAKE
        )

    # putting right -------------------------------------------------------------------------------------------

    def take_up(self, entry: Entry) -> None:
        """Put a delivery that was not taken back on the page; recorded again, it replaces it."""
        delivery = entry.value
        if not isinstance(delivery, Delivery) or self.busy:
            return

        def found(items: Any) -> None:
            self.put_right(entry, lines_again(delivery.lines, items, self.asking), entry.text)
            shown = as_read(delivery.lines, entry.problems)
            self.grid.show_problems(shown)
            self.head.show_problems(list(shown))

        self.head.fill(delivery)
        self._ask_anew()
        wanted = tuple(line.item_id for line in delivery.lines)
        asked = (self.site, delivery.supplier_id, self.asking.day, wanted)
        self.desk.start(self, found, self.memory.deliverables_of, *asked)


def _unheard(_error: Exception) -> None:
    """Prices that were proposed stay as they are."""
