"""The small charts of cards and side panels: a course without axes, and a trend with its target."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from ims_desktop.ui.charts import ROUND, Align, Chart, Series
from ims_desktop.ui.detail import Trend
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.sides import FROM_LEFT
from ims_desktop.ui.theme import color, font, theme, tokens

NEARLY_FLAT = 0.5  # a line whose range is smaller than this share of its height speaks only at its own scale
HEAD, FOOT, MOST_WRITTEN = 16, 15, 10  # bars carry their values above and the ends of their time below
GUTTER = 52  # the room left of such a line, where its lowest and highest value stand


class Sparkline(QWidget):
    """A line without axes; its course is told in words."""

    def __init__(self, values: Sequence[Decimal], *, token: str | None = None, name: str = "") -> None:
        super().__init__()
        self._values, self._token = tuple(float(value) for value in values), token
        self.setFixedSize(92, 34)
        self.setLayoutDirection(FROM_LEFT)
        self.setAccessibleName(name)
        self.setAccessibleDescription(", ".join(str(value) for value in values))
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line and its last point."""
        if len(self._values) < 2:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        low, span = min(self._values), (max(self._values) - min(self._values)) or 1
        step = (self.width() - 10) / (len(self._values) - 1)
        height = self.height() - 8
        points = [
            QPointF(4 + n * step, 4 + height * (1 - (value - low) / span)) for n, value in enumerate(self._values)
        ]
        ink = color(self._token) if self._token else QColor(tokens().series[0])
        painter.setPen(QPen(ink, 1.75, Qt.PenStyle.SolidLine, ROUND, Qt.PenJoinStyle.RoundJoin))
        painter.drawPolyline(QPolygonF(points))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawEllipse(points[-1], 2.75, 2.75)


class TrendChart(Chart):
    """The small chart of a side panel: a filled line, steps or bars, perhaps with a dashed target."""

    def __init__(self, trend: Trend, formats: Formats) -> None:
        labels = trend.labels or tuple(str(place + 1) for place in range(len(trend.values)))
        places = max(
            (-int(value.normalize().as_tuple().exponent) for value in trend.values if value.is_finite()), default=0
        )
        super().__init__(
            trend.title,
            labels,
            (Series("", trend.values),),
            lambda value: formats.number(value, min(max(places, 0), 3)),
        )
        self._trend, self._formats = trend, formats
        self.setFixedHeight(92 if trend.bars else 74)

    def place_at(self, x: float) -> int | None:
        """The point nearest to a place."""
        count = len(self._trend.values)
        return min(count - 1, max(0, int(x / (self.width() or 1) * count))) if count else None

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the trend."""
        values = [float(value) for value in self._trend.values]
        if not values:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        low, high = self.scale()
        top, height = (HEAD, self.height() - HEAD - FOOT) if self._trend.bars else (4, self.height() - 10)
        ys = [top + height * (1 - (value - low) / (high - low)) for value in values]
        ground = top + height * (1 + min(low, 0.0) / (high - low))
        (self._bars if self._trend.bars else self._line)(painter, ys, min(ground, float(top + height)))
        if self.near:
            self._ends(painter, min(values), max(values), min(ys), max(ys))
        if self._trend.target is not None:
            self._target(painter, 4 + height * (1 - (float(self._trend.target) - low) / (high - low)))

    @property
    def near(self) -> bool:
        """Whether a line changes so little that it only speaks at its own scale, as prices do."""
        values = [float(value) for value in self._trend.values]
        if self._trend.bars or self._trend.target is not None or not values:
            return False
        return min(values) > 0 and 0 < max(values) - min(values) < NEARLY_FLAT * max(values)

    def scale(self) -> tuple[float, float]:
        """From nothing to a little above the highest value; lines that hardly change at their own range."""
        values = [float(value) for value in self._trend.values]
        if self.near:
            room = (max(values) - min(values)) * 0.15
            return min(values) - room, max(values) + room
        high = max([*values, float(self._trend.target or 0)]) * 1.08
        low = min([0.0, *values])
        return low, high if high > low else low + 1.0

    def _ends(self, painter: QPainter, lowest: float, highest: float, top: float, bottom: float) -> None:
        """The lowest and the highest value, so that nobody takes the foot of the chart for nothing."""
        painter.setFont(font(10, tabular=True))
        painter.setPen(color("muted"))
        for value, y in ((highest, top), (lowest, bottom)):
            words = self.write(Decimal(repr(value)))
            painter.drawText(QRectF(0, y - 7, GUTTER - 8, 14), Align.AlignRight | Align.AlignVCenter, words)

    def _target(self, painter: QPainter, y: float) -> None:
        painter.setPen(QPen(color("muted"), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(2, y), QPointF(self.width() - 4, y))
        painter.setFont(font(10))
        words = f"{self._trend.target_label} {self._formats.typed_number(self._trend.target or Decimal(0))}".strip()
        below = y + 2 if y + 16 < self.height() else y - 15
        painter.drawText(QRectF(3, below, self.width(), 13), Align.AlignLeft, words)

    def _line(self, painter: QPainter, ys: list[float], ground: float) -> None:
        first = GUTTER if self.near else 3
        step = (self.width() - 5 - first) / max(1, len(ys) - 1)
        points = [QPointF(first + place * step, y) for place, y in enumerate(ys)]
        path = QPainterPath(points[0])
        for before, after in pairwise(points):
            if self._trend.steps:
                path.lineTo(after.x(), before.y())
            path.lineTo(after)
        area = QPainterPath(path)
        area.lineTo(points[-1].x(), ground)
        area.lineTo(points[0].x(), ground)
        ink = QColor(tokens().series[0])
        wash = QColor(ink)
        wash.setAlpha(28)
        painter.fillPath(area, wash)
        painter.setPen(QPen(ink, 1.75))
        painter.drawPath(path)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawEllipse(points[-1], 3, 3)

    def _bars(self, painter: QPainter, ys: list[float], ground: float) -> None:
        slot = self.width() / len(ys)
        for place, y in enumerate(ys):
            ink = QColor(tokens().series[0])
            ink.setAlpha(255 if place == len(ys) - 1 else 120)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink)
            area = QRectF(place * slot + 3, min(y, ground - 2), slot - 6, max(2.0, ground - y))
            painter.drawRoundedRect(area, 2, 2)
            if self._trend.values[place] and len(ys) <= MOST_WRITTEN:
                last = place == len(ys) - 1
                painter.setFont(font(11, QFont.Weight.DemiBold if last else QFont.Weight.Normal, True))
                painter.setPen(color("text" if last else "text2"))
                words = self._short(self._trend.values[place])
                painter.drawText(QRectF(place * slot - 4, area.top() - 16, slot + 8, 14), Align.AlignCenter, words)
        self._first_and_last(painter)

    def _first_and_last(self, painter: QPainter) -> None:
        painter.setFont(font(10))
        painter.setPen(color("muted"))
        foot = QRectF(3, self.height() - FOOT, self.width() - 6, FOOT)
        painter.drawText(foot, Align.AlignLeft | Align.AlignBottom, self.labels[0])
        painter.drawText(foot, Align.AlignRight | Align.AlignBottom, self.labels[-1])

    def _short(self, value: Decimal) -> str:
        """At most three figures, so that neighbours do not touch."""
        places = max(0, 2 - max(0, value.adjusted()))
        return self._formats.typed_number(round(value, places))
