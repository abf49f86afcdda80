"""Small windows under a button: type a text, or a range with days that people ask for, or ask what is empty."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from ims_desktop.domain.business_calendar import instant_of
from ims_desktop.domain.errors import UserError
from ims_desktop.domain.listing import Match
from ims_desktop.domain.moving_days import MovingDays
from ims_desktop.domain.wording import say
from ims_desktop.ui.columns import DATED, Kind
from ims_desktop.ui.controls import Button, Label, Piece, column, label, row
from ims_desktop.ui.filter_words import moving_words
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.popovers import Popover

IN_A_LINE = 4  # ranges of days beside each other


class ValuePopover(Popover):
    """Typed lines with Apply and Clear; `picked` carries values, or nothing at all.

    With `empties` it also offers what is empty and what is not: `asked` carries that test.
    """

    picked = Signal(object)
    asked = Signal(object)  # Match.EMPTY or Match.FILLED

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._wrong = Label("", 12, role="bad", wrap=True)
        self._wrong.hide()

    def _lay_out(self, *typed: Piece, empties: bool, clear: str = "") -> None:
        use, nothing = Button(self.tr("Apply"), "primary"), Button(clear or self.tr("Clear"))
        use.clicked.connect(self.apply)
        nothing.clicked.connect(lambda: self._answer(()))
        foot = row(*(self._empties() if empties else ()), None, nothing, use)
        self.setLayout(column(*typed, 6, self._wrong, 6, foot, margins=(12, 12, 12, 12)))

    def read(self) -> tuple[Any, ...]:
        """What is typed as values; raises UserError for what cannot be read."""
        raise NotImplementedError

    def apply(self) -> None:
        """Answer what is typed; say what cannot be read and keep it."""
        try:
            values = self.read()
        except UserError as error:
            self._wrong.say(error.text)
            self._wrong.show()
            self.adjustSize()
            return
        self._answer(values)

    def _answer(self, values: tuple[Any, ...]) -> None:
        self.picked.emit(values)
        self.close()

    def _ask(self, test: Match) -> None:
        self.asked.emit(test)
        self.close()

    def _empties(self) -> Iterator[Piece]:
        for title, test in ((self.tr("Empty"), Match.EMPTY), (self.tr("Not empty"), Match.FILLED)):
            made = Button(title, "small")
            made.clicked.connect(lambda _checked=False, test=test: self._ask(test))
            yield made

    def _line(self, name: str, words: str) -> QLineEdit:
        line = QLineEdit(words)
        line.setAccessibleName(name)
        line.setMinimumWidth(116)
        line.returnPressed.connect(self.apply)
        return line


class TextPopover(ValuePopover):
    """A text that occurs somewhere."""

    def __init__(self, parent: QWidget, values: tuple[Any, ...]) -> None:
        super().__init__(parent)
        self.line = self._line(self.tr("Contains"), str(values[0]) if values else "")
        self._lay_out(label(self.tr("Contains"), 12, role="muted"), 4, self.line, empties=True)
        self.setMinimumWidth(280)
        self.line.setFocus()

    def read(self) -> tuple[Any, ...]:
        """The words; none at all take the filter away."""
        words = " ".join(self.line.text().split())
        return (words,) if words else ()


class MomentPopover(ValuePopover):
    """A day and a time that have passed, on the clock of the site; the values are (None, the moment)."""

    def __init__(self, parent: QWidget, value: datetime | None, formats: Formats) -> None:
        super().__init__(parent)
        self._formats = formats
        there = formats.local(value or datetime.now(UTC))
        self.day = self._line(self.tr("Day"), formats.typed_date(there.date()))
        self.time = self._line(self.tr("Time"), f"{there:%H:%M}")
        day = column(label(self.tr("Day"), 12, role="muted"), 4, self.day)
        self._lay_out(row(day, column(label(self.tr("Time"), 12, role="muted"), 4, self.time)),
                      empties=False, clear=self.tr("Now"))  # fmt: skip
        self.day.setFocus()
        self.day.selectAll()

    def read(self) -> tuple[Any, ...]:
        """The moment that is typed."""
        local = datetime.combine(self._formats.parse_date(self.day.text()), self._formats.parse_time(self.time.text()))
        moment = instant_of(local, self._formats.zone)
        if moment > datetime.now(UTC):
            raise UserError(say("This moment has not come yet: choose one that has passed."))
        return (None, moment)


class RangePopover(ValuePopover):
    """From and to, typed in the writing of the column's kind; the values are (low, high), each may be None.

    Days by their name are answered by `moving` where they may move on with the calendar, otherwise as the two days
    they mean now.
    """

    moving = Signal(str)  # one of MovingDays

    def __init__(
        self,
        parent: QWidget,
        kind: Kind,
        values: tuple[Any, ...],
        formats: Formats,
        *,
        empties: bool = False,
        keeps_moving: bool = False,
    ) -> None:
        super().__init__(parent)
        self._kind, self._formats, self._keeps_moving = kind, formats, keeps_moving
        low, high = values or (None, None)
        self.low, self.high = self._end(self.tr("From"), low), self._end(self.tr("To"), high)
        typed = row(
            column(label(self.tr("From"), 12, role="muted"), 4, self.low),
            column(label(self.tr("To"), 12, role="muted"), 4, self.high),
        )
        typed.setStretch(0, 1)
        typed.setStretch(1, 1)
        above: tuple[Piece, ...] = (self._presets(), 10) if kind in DATED else ()
        self._lay_out(*above, typed, empties=empties)
        self.low.setFocus()

    def read(self) -> tuple[Any, ...]:
        """Both ends, or nothing when neither is typed."""
        low, high = self._read(self.low.text(), False), self._read(self.high.text(), True)
        return (low, high) if low is not None or high is not None else ()

    def _end(self, name: str, value: Any) -> QLineEdit:
        line = self._line(name, "" if value is None else self._typed(value))
        if self._kind in DATED:
            line.setPlaceholderText("2026-01-31")
        return line

    def _presets(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(6)
        for place, days in enumerate(MovingDays):
            preset = Button(moving_words(days), "small")
            preset.clicked.connect(self._preset(days))
            grid.addWidget(preset, *divmod(place, IN_A_LINE))
        return grid

    def _preset(self, days: MovingDays) -> Callable[[], None]:
        def use() -> None:
            self.moving.emit(days.value)
            meant = days.on(self._formats.today())
            self.low.setText(self._formats.typed_date(meant.first))
            self.high.setText(self._formats.typed_date(meant.last))
            if not self._keeps_moving:
                self.apply()
            self.close()

        return use

    def _typed(self, value: Any) -> str:
        if isinstance(value, datetime):
            return self._formats.typed_date(self._formats.local(value).date())
        if isinstance(value, date):
            return self._formats.typed_date(value)
        return self._formats.typed_number(value * 100 if self._kind is Kind.PERCENT else value)

    def _read(self, typed: str, is_high: bool) -> Any:
        """A day for dates, the first or last moment of the day for moments, a Decimal for numbers."""
        if not typed.strip():
            return None
        if self._kind not in DATED:
            value = self._formats.parse_number(typed)
            return value / Decimal(100) if self._kind is Kind.PERCENT else value
        day = self._formats.parse_date(typed)
        if self._kind is Kind.DATE:
            return day
        return datetime.combine(day, time.max if is_high else time.min, self._formats.zone)
