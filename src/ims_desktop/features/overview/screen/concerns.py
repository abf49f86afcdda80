"""What needs attention, as lines that lead to where it is put right."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFrame

from ims_desktop.domain.business_calendar import Period
from ims_desktop.domain.listing import Filter, Match
from ims_desktop.features.overview.screen.link_row import Link, LinkRow
from ims_desktop.features.overview.service import Attention, Figures
from ims_desktop.features.reports.screen import words
from ims_desktop.features.reports.screen.drill_down import open_movements
from ims_desktop.ui.controls import Picture, clear_layout, column, frame, label, row
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.theme import Tone

Concern = tuple[Link, Callable[[], None]]
NAMED = 3
LEAST = Decimal("0.000001")  # what is on hand at all


class Concerns(QObject):
    """Turns what was found into lines; the gravest first."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk

    def of(self, figures: Figures, found: Attention) -> Iterator[Concern]:
        """The concerns there are."""
        yield from self._stock(found)
        yield from self._lots(found)
        yield from self._cost(figures)
        yield from self._counts(found)
        if found.dearer:
            yield self._prices(found)

    def _stock(self, found: Attention) -> Iterator[Concern]:
        if found.negative:
            one, many = self.tr("1 item below zero"), self.tr("{count} items below zero")
            text = self._count(found.negative, one, many)
            note = self.tr("More was used than was received or counted")
            yield Link("warning-circle", text, note, tone=Tone.BAD), self._state("negative")
        if found.out:
            one, many = self.tr("1 item out of stock"), self.tr("{count} items out of stock")
            text = self._count(found.out, one, many)
            yield Link("package", text, self.tr("Nothing is left on hand"), tone=Tone.BAD), self._state("out")
        if found.low:
            one, many = self.tr("1 item below par"), self.tr("{count} items below par")
            text = self._count(found.low, one, many)
            yield Link("trend-down", text, self.tr("Order before they run out"), tone=Tone.WARN), self._state("low")

    def _lots(self, found: Attention) -> Iterator[Concern]:
        there = Filter("on_hand", Match.BETWEEN, (LEAST, None))
        for count, one, many, note, tone, days in (
            (
                found.expired, self.tr("1 lot has expired"), self.tr("{count} lots have expired"),
                self.tr("They are still on the shelf: waste them"), Tone.BAD, (None, -1),
            ),
            (
                found.expiring, self.tr("1 lot expires within 3 days"), self.tr("{count} lots expire within 3 days"),
                self.tr("Use them first"), Tone.WARN, (0, 3),
            ),
        ):  # fmt: skip
            if count:
                filters = (there, Filter("days_left", Match.BETWEEN, days))
                opens = partial(self._desk.navigation.open, "lots", filters=filters)
                yield Link("hourglass-medium", self._count(count, one, many), note, tone=tone), opens

    def _cost(self, figures: Figures) -> Iterator[Concern]:
        part, formats = figures.cost, self._desk.formats
        if part is None:
            return
        opens = partial(self._desk.navigation.open, "cost_and_waste")
        ratio, target = part.figures["cost_ratio"], part.figures["target"]
        if ratio is not None and target is not None and ratio > target:
            said = self.tr("{ratio} in the week from {day}, target {target}")
            day = words.short_day(figures.looking.week.first, formats)
            note = said.format(ratio=formats.percent(ratio), day=day, target=formats.percent(target))
            yield Link("chart-line-up", self.tr("Food cost above target"), note, tone=Tone.WARN), opens
        rise = words.relative(part.figures["waste"], part.before["waste"], formats, more_is=Tone.BAD)
        if rise.tone is Tone.BAD:
            note = self.tr("{change} against the same weekdays").format(change=rise.words)
            yield Link("trash", self.tr("More waste than the week before"), note, tone=Tone.WARN), opens

    def _counts(self, found: Attention) -> Iterator[Concern]:
        opens = self._desk.navigation.open
        if found.long_uncounted:
            text = self._count(
                found.long_uncounted,
                self.tr("1 item not counted for 30 days"),
                self.tr("{count} items not counted for 30 days"),
            )
            filters = (Filter("last_counted_at", Match.BETWEEN, (None, found.counted_before)),)
            note = self.tr("Their stock is what the system believes")
            yield Link("clipboard-text", text, note, tone=Tone.WARN), partial(opens, "stock", filters=filters)
        if found.never_counted:
            text = self._count(
                found.never_counted, self.tr("1 item never counted"), self.tr("{count} items never counted")
            )
            filters = (Filter("last_counted_at", Match.IN, (None,)),)
            note = self.tr("Count them once to begin with true figures")
            yield Link("clipboard-text", text, note, tone=Tone.NEUTRAL), partial(opens, "stock", filters=filters)

    def _prices(self, found: Attention) -> Concern:
        named = [f"{one.item} {self._desk.formats.percent(one.rise, 0, signed=True)}" for one in found.dearer[:NAMED]]
        text = self._count(
            len(found.dearer), self.tr("1 price up by 5% or more"), self.tr("{count} prices up by 5% or more")
        )
        opens = partial(open_movements, self._desk, Period(*found.delivered), kinds=("DELIVERY",))
        return Link("trend-up", text, ", ".join(named), tone=Tone.INFO), opens

    def _count(self, count: int, one: str, many: str) -> str:
        return one if count == 1 else many.format(count=self._desk.formats.number(count))

    def _state(self, state: str) -> Callable[[], None]:
        return partial(self._desk.navigation.open, "stock", filters=(Filter("state", Match.IN, (state,)),))


class ConcernsCard(QFrame):
    """The card of what needs attention; says so when nothing does."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("card")
        self._words = Concerns(desk)
        self.rows: tuple[LinkRow, ...] = ()
        self._lines = column()
        head = column(
            label(self.tr("Needs attention"), 14, 600),
            label(self.tr("Select a line to put it right."), 12, role="muted"),
            spacing=1, margins=(20, 14, 20, 10),
        )  # fmt: skip
        self.setLayout(column(head, self._lines, None, margins=(0, 0, 0, 6)))

    def show_concerns(self, figures: Figures, found: Attention) -> None:
        """Show other concerns."""
        clear_layout(self._lines)
        self.rows = tuple(LinkRow(link, opens) for link, opens in self._words.of(figures, found))
        for line in self.rows:
            self._lines.addWidget(line)
        if not self.rows:
            well = row(
                Picture("check-circle", "ok", 18), label(self.tr("Nothing needs attention."), 13), None, spacing=12
            )
            well.setContentsMargins(20, 8, 20, 12)
            self._lines.addWidget(frame("bare", well))
