"""Lets a person go from a point or a bar of a chart to what is behind it."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent

from ims_desktop.ui.charts import AxisChart, StackedBars

Chosen = Callable[[int, int | None], None]


class ChartClicks(QObject):
    """Tells `chosen` the place of the label and, in stacked bars, which series was clicked; Enter chooses the last."""

    def __init__(self, chart: AxisChart, chosen: Chosen) -> None:
        super().__init__(chart)
        self._chart, self._chosen = chart, chosen
        chart.setCursor(Qt.CursorShape.PointingHandCursor)
        chart.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        chart.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A click chooses what lies under it, Enter the newest place."""
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonRelease:
            place = self._chart.place_at(event.position().x())
            if place is not None and event.button() == Qt.MouseButton.LeftButton:
                self._chosen(place, self._series_at(place, event.position().y()))
        entered = isinstance(event, QKeyEvent) and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if entered and event.type() == QEvent.Type.KeyPress and self._chart.labels:
            self._chosen(len(self._chart.labels) - 1, None)
            return True
        return super().eventFilter(watched, event)

    def _series_at(self, place: int, y: float) -> int | None:
        if not isinstance(self._chart, StackedBars):
            return None
        base = 0.0
        for number, series in enumerate(self._chart.series):
            top = base + float(series.values[place] or 0)
            if self._chart.up(top) <= y <= self._chart.up(base):
                return number
            base = top
        return None
