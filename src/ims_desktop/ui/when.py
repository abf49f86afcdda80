"""When what is entered happened: now, as nearly always, or on an earlier day."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from ims_desktop.domain.business_calendar import instant_of
from ims_desktop.domain.errors import Problem
from ims_desktop.ui.choices import Choice
from ims_desktop.ui.controls import label, row
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.fields import Field, FieldKind
from ims_desktop.ui.form_panel import FieldBox
from ims_desktop.ui.inputs import Segmented

DAY = Field("day", "", FieldKind.DATE, required=True)
TIME = Field("time", "", FieldKind.TIME, required=True)
APART = timedelta(minutes=2)  # by which clocks may differ: what the server allows
AHEAD = "The time of an entry cannot lie in the future."


class When(QWidget):
    """Now or earlier; day and time come up with the latter.

    `changed` is told with every moment that can be read: a day that is still being typed is none yet.
    """

    changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        choices = (Choice(False, self.tr("Now")), Choice(True, self.tr("Earlier")))
        self.choice = Segmented(choices, False, name=self.tr("When it happened"))
        self.choice.chosen.connect(self._show)
        self.day, self.time = FieldBox(desk, DAY), FieldBox(desk, TIME)
        for box, name, width in ((self.day, self.tr("Day"), 132), (self.time, self.tr("Time"), 84)):
            box.editor.setAccessibleName(name)
            box.setFixedWidth(width)
            box.editor.edited.connect(self._edited)
        self.title = label(self.tr("When"), 12, 500, "sub")
        self.title.setMinimumHeight(self.choice.sizeHint().height())
        beside = row(self.title, self.choice, self.day, self.time, None, spacing=12)
        for part in (self.title, self.choice, self.day, self.time):  # what is wrong with the day stands under it alone
            beside.setAlignment(part, Qt.AlignmentFlag.AlignTop)
        self.setLayout(beside)
        for box in (self.day, self.time):
            box.hide()

    @property
    def is_earlier(self) -> bool:
        """Whether it happened before now."""
        return bool(self.choice.value())

    def read(self, zone: ZoneInfo) -> tuple[datetime | None, list[Problem]]:
        """The moment (None: now), and what is wrong with what was typed."""
        if not self.is_earlier:
            return None, []
        at, problems = self._typed(zone)
        if at is not None and at > self._now() + APART:
            problems = [Problem(AHEAD, self._ahead(at, zone))]
        self.show_problems(problems)
        return None if problems else at, problems

    def _ahead(self, at: datetime, zone: ZoneInfo) -> str:
        """The field that is to be put right: the day, unless it is today."""
        return "day" if at.astimezone(zone).date() > self._now().astimezone(zone).date() else "time"

    def _now(self) -> datetime:
        """What the server's clock says, where this PC knows it."""
        journal = self._desk.journal
        return journal.now() if journal is not None else datetime.now(UTC)

    def moment(self, zone: ZoneInfo) -> datetime | None:
        """The moment as far as it can be read (None: now); nobody is told what is wrong while they type."""
        return self._typed(zone)[0] if self.is_earlier else None

    def _typed(self, zone: ZoneInfo) -> tuple[datetime | None, list[Problem]]:
        values: dict[str, Any] = {}
        if problems := [*self.day.problems(values), *self.time.problems(values)]:
            return None, problems
        return instant_of(datetime.combine(values["day"], values["time"]), zone), []

    def show_problems(self, problems: list[Problem]) -> None:
        """What is wrong with the moment, at its field."""
        for key, box in (("day", self.day), ("time", self.time)):
            box.show_problems([one for one in problems if one.field in (key, *(["effective_at"] * (key == "day")))])

    def set_now(self) -> None:
        """The next thing happens now again."""
        self.choice.choose(False)
        self._show(False)

    def set(self, moment: datetime) -> None:
        """It happened at a moment that is known."""
        self.choice.choose(True)
        self._write(moment)
        self._reveal(True)

    def _show(self, earlier: object) -> None:
        if earlier and not self.day.isVisibleTo(self):
            self._write(datetime.now().astimezone())
        self._reveal(bool(earlier))

    def _write(self, moment: datetime) -> None:
        there = self._desk.formats.local(moment)
        self.day.editor.show_value(there.date())
        self.time.editor.show_value(there.time().replace(second=0, microsecond=0))

    def _reveal(self, earlier: bool) -> None:
        for box in (self.day, self.time):
            box.setVisible(earlier)
        self.changed.emit()

    def _edited(self) -> None:
        if not self._typed(self._desk.formats.zone)[1]:
            self.changed.emit()
