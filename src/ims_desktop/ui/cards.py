"""Cards of a dashboard: a figure with its course and its change, and a chart under its title."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QWidget

from ims_desktop.domain.wording import Words
from ims_desktop.ui.controls import Picture, card, clear_layout, column, fill, label, row
from ims_desktop.ui.language import in_words, said
from ims_desktop.ui.small_charts import Sparkline
from ims_desktop.ui.theme import Tone

ARROWS = {1: "arrow-up-right", -1: "arrow-down-right", 0: "minus"}


@dataclass(frozen=True)
class Kpi:
    """A figure; `delta` is its change in words against the period before, `direction` where it went (1, 0, −1),
    `tone` whether that is good."""

    title: Words
    value: str
    unit: Words = ""
    delta: Words = ""
    direction: int = 0
    tone: Tone = Tone.NEUTRAL
    note: Words = ""
    course: tuple[Decimal, ...] = ()


class KpiCard(QFrame):
    """Shows a Kpi; a click or Enter asks for what is behind the figure."""

    opened = Signal()

    def __init__(self, kpi: Kpi, opens: Callable[[], None] | None = None) -> None:
        super().__init__()
        self.setObjectName("card")
        self._opens = opens
        self._layout = column(margins=(20, 16, 20, 14))
        self.setLayout(self._layout)
        if opens is not None:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.show_kpi(kpi)

    def show_kpi(self, kpi: Kpi) -> None:
        """Show another figure."""
        kpi = in_words(kpi)
        clear_layout(self._layout)
        self.setAccessibleName(" ".join(filter(None, (kpi.title, kpi.value, kpi.unit, kpi.delta, kpi.note))))
        unit = label(kpi.unit, 13, role="sub")
        unit.setContentsMargins(0, 0, 0, 4)
        figure = row(label(kpi.value, 26, 600, tabular=True), unit, None, spacing=5)
        figure.setAlignment(unit, Qt.AlignmentFlag.AlignBottom)
        if len(kpi.course) > 1:
            token = "bad" if kpi.tone is Tone.BAD else None
            figure.addWidget(Sparkline(kpi.course, token=token, name=kpi.title))
        foot = row(spacing=5)
        token = kpi.tone.value if kpi.tone not in (Tone.PLAIN, Tone.NEUTRAL) else "text2"
        if kpi.delta:
            delta = label(kpi.delta, 12, 600, kpi.tone.value, tabular=True)
            foot = row(Picture(ARROWS[kpi.direction], token, 14), delta, spacing=5)
        note = label(kpi.note, 12, role="muted", elide=True)
        foot.addWidget(note, 1)
        fill(self._layout, (label(kpi.title, 13, 500, "sub"), 4, figure, 6, foot), 0, (20, 16, 20, 14))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click opens."""
        super().mouseReleaseEvent(event)
        self._open()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._open()
        else:
            super().keyPressEvent(event)

    def _open(self) -> None:
        self.opened.emit()
        if self._opens is not None:
            self._opens()


def chart_card(title: Words, subtitle: Words, chart: QWidget, beside: Sequence[QWidget] = ()) -> QFrame:
    """A chart under its title, with its legend or a chip on the right."""
    words = column(label(said(title), 14, 600), label(said(subtitle), 12, role="muted"), spacing=1)
    return card(row(words, None, *beside), 8, chart, margins=(20, 14, 16, 10))
