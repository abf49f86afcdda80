"""Chooses the period of a report: a span by its name, or any days from and to."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ims_desktop.domain.business_calendar import Period
from ims_desktop.features.reports.rules import Span
from ims_desktop.ui.choices import Choice
from ims_desktop.ui.columns import Kind
from ims_desktop.ui.controls import Button, row
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.inputs import Segmented
from ims_desktop.ui.value_popovers import RangePopover


class PeriodBar(QWidget):
    """`chosen` carries a Span or a Period."""

    chosen = Signal(object)

    def __init__(self, desk: Desk, span: Span) -> None:
        super().__init__()
        self._desk = desk
        self._shown: Period | None = None
        self.spans = Segmented(
            (
                Choice(Span.FOUR_WEEKS, self.tr("4 weeks")),
                Choice(Span.TWELVE_WEEKS, self.tr("12 weeks")),
                Choice(Span.SIX_MONTHS, self.tr("6 months")),
                Choice(Span.YEAR, self.tr("Year")),
            ),
            span,
            name=self.tr("Period"),
        )
        self.custom = Button(self.tr("Custom"), icon="calendar-blank")
        self.spans.chosen.connect(self._choose)
        self.custom.clicked.connect(self.ask)
        self.setLayout(row(self.spans, self.custom))

    def show_period(self, period: Period) -> None:
        """Remember which days are shown: the dates to begin with when somebody wants others."""
        self._shown = period

    def ask(self) -> None:
        """Ask for days from and to."""
        shown = (self._shown.first, self._shown.last) if self._shown else ()
        self.popover = RangePopover(self, Kind.DATE, shown, self._desk.formats)
        self.popover.picked.connect(self.choose_days)
        self.popover.show_under(self.custom)

    def choose_days(self, values: tuple[object, ...]) -> None:
        """Take the days somebody typed; one end alone is not enough, and the order does not matter."""
        typed = [value for value in values if value is not None]
        if len(typed) == 2:
            first, last = sorted(typed)  # type: ignore[type-var]
            self.spans.choose(None)
            self.custom.light(True)
            self.chosen.emit(Period(first, last))  # type: ignore[arg-type]
        elif typed:
            self._desk.messages.note(self.tr("Type both days, from and to."))

    def _choose(self, span: Span) -> None:
        self.custom.light(False)
        self.chosen.emit(span)
