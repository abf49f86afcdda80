"""Charts painted in the colours of the theme; every chart carries its figures as text for those who do not see it.

Time goes from left to right in every language, as on paper.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, floor, log10

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from ims_desktop.domain.wording import Words
from ims_desktop.ui.sides import FROM_LEFT, Sheet
from ims_desktop.ui.theme import color, font, theme, tokens

Align = Qt.AlignmentFlag
Write = Callable[[Decimal], str]
Weight = QFont.Weight
ROUND = Qt.PenCapStyle.RoundCap
GAP = 8  # between two labels


@dataclass(frozen=True)
class Series:
    """Values in the order of the chart's labels; None where nothing is known."""

    name: Words
    values: tuple[Decimal | None, ...]


def steps_between(low: float, high: float, most: int = 6) -> tuple[float, ...]:
    """Round numbers from below `low` to above `high`, at most `most` intervals."""
    span = (high - low) or abs(high) or 1.0
    rough = span / most
    power = 10.0 ** floor(log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough * 0.999)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return tuple(step * place for place in range(first, max(last, first + 1) + 1))


class Chart(QWidget):
    """What all charts share: their table as text, and painting again with the theme."""

    def __init__(self, name: str, labels: Sequence[str], series: Sequence[Series], write: Write) -> None:
        super().__init__()
        self.labels, self.series, self.write = tuple(labels), tuple(series), write
        self._hovered: int | None = None
        self.setLayoutDirection(FROM_LEFT)
        self.setMouseTracking(True)
        self.setAccessibleName(name)
        self.setAccessibleDescription("; ".join(", ".join(line) for line in self.table()))
        theme.changed.connect(self.update)

    def table(self) -> tuple[tuple[str, ...], ...]:
        """The figures, a line for each label: label, then the value of every series."""
        return tuple(
            (label, *(f"{one.name} {self._words(one, place)}".strip() for one in self.series))
            for place, label in enumerate(self.labels)
        )

    def _words(self, series: Series, place: int) -> str:
        value = series.values[place] if place < len(series.values) else None
        return "—" if value is None else self.write(value)

    def place_at(self, x: float) -> int | None:
        """The label nearest to a point."""
        return None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell the figures under the pointer."""
        place = self.place_at(event.position().x())
        if place != self._hovered:
            self._hovered = place
            self.setToolTip("" if place is None else "\n".join(self.table()[place]))
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Forget the pointer."""
        self._hovered = None
        self.update()


class AxisChart(Chart):
    """A chart with round numbers on the left, labels below and horizontal lines only."""

    def __init__(self, name: str, labels: Sequence[str], series: Sequence[Series], write: Write) -> None:
        super().__init__(name, labels, series, write)
        self.setMinimumHeight(140)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._ticks: tuple[float, ...] = (0.0, 1.0)

    def sizeHint(self) -> QSize:
        """A comfortable size."""
        return QSize(420, 240)

    def range(self) -> tuple[float, float]:
        """The lowest and the highest value to show."""
        raise NotImplementedError

    def plot(self) -> QRectF:
        """Where values are painted."""
        widest = max(
            (QFontMetrics(font(11, tabular=True)).horizontalAdvance(self._tick(tick)) for tick in self._ticks),
            default=0,
        )
        return QRectF(self.rect()).adjusted(widest + 12, 10, -8, -26)

    def across(self, place: int) -> float:
        """The middle of a label's slot."""
        plot = self.plot()
        return plot.left() + plot.width() * (place + 0.5) / max(1, len(self.labels))

    def up(self, value: float) -> float:
        """The height of a value."""
        plot, low, high = self.plot(), self._ticks[0], self._ticks[-1]
        return plot.bottom() - plot.height() * (value - low) / ((high - low) or 1)

    def place_at(self, x: float) -> int | None:
        """The slot under a point."""
        plot = self.plot()
        place = floor((x - plot.left()) / (plot.width() or 1) * len(self.labels))
        return place if 0 <= place < len(self.labels) else None

    def paintEvent(self, event: QPaintEvent) -> None:
        """Grid, labels, then the values."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        low, high = self.range()
        self._ticks = steps_between(low, high, min(6, max(2, self.height() // 44)))
        self._grid(painter)
        self.values(painter)

    def values(self, painter: QPainter) -> None:
        """Paint the values."""
        raise NotImplementedError

    def _tick(self, tick: float) -> str:
        return self.write(Decimal(repr(round(tick, 9))))

    def _grid(self, painter: QPainter) -> None:
        plot = self.plot()
        painter.setFont(font(11, tabular=True))
        for number, tick in enumerate(self._ticks):
            y = round(self.up(tick)) + 0.5
            painter.setPen(QPen(color("hairline" if number == 0 else "grid"), 1))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(color("muted"))
            painter.drawText(
                QRectF(0, y - 8, plot.left() - 10, 16), Align.AlignRight | Align.AlignVCenter, self._tick(tick)
            )
        for left, width, label in self.shown_labels():
            painter.drawText(QRectF(left, plot.bottom() + 7, width, 16), Align.AlignCenter, label)

    def shown_labels(self) -> list[tuple[float, float, str]]:
        """Left edge, width and words of the labels there is room for, the last one first and always."""
        plot, metrics = self.plot(), QFontMetrics(font(11, tabular=True))
        slot = plot.width() / max(1, len(self.labels))
        widest = max((metrics.horizontalAdvance(label) for label in self.labels), default=0) + 4
        beyond = max(0.0, self.across(len(self.labels) - 1) + widest / 2 - self.width())  # the last one moves left
        every = max(1, ceil((widest + GAP + beyond) / (slot or 1)))
        places = range(len(self.labels) - 1, -1, -every)
        return [(min(self.across(n) - widest / 2, self.width() - widest), widest, self.labels[n]) for n in places]


class LineChart(AxisChart):
    """One line, its target dashed and labelled, its last value labelled."""

    def __init__(
        self, name: str, labels: Sequence[str], values: Sequence[Decimal | None], write: Write,
        target: Decimal | None = None, target_label: str = "",
    ) -> None:  # fmt: skip
        self._target, self._target_label = target, target_label
        super().__init__(name, labels, (Series("", tuple(values)),), write)
        if target is not None:
            said = self.tr("Target {value}").format(value=write(target))
            self._target_label = target_label or said
            self.setAccessibleDescription(f"{self._target_label}; {self.accessibleDescription()}")

    def range(self) -> tuple[float, float]:
        """From the lowest to the highest, the target included."""
        known = [float(value) for value in (*self.series[0].values, self._target) if value is not None]
        return (min(known), max(known)) if known else (0.0, 1.0)

    def values(self, painter: QPainter) -> None:
        """Paint target, line, points and the last value."""
        self._paint_target(painter)
        known = [(place, value) for place, value in enumerate(self.series[0].values) if value is not None]
        if not known:
            return
        points = [QPointF(self.across(place), self.up(float(value))) for place, value in known]
        ink = QColor(tokens().series[0])
        painter.setPen(QPen(ink, 2, Qt.PenStyle.SolidLine, ROUND, Qt.PenJoinStyle.RoundJoin))
        painter.drawPolyline(QPolygonF(points))
        painter.setPen(QPen(color("surface"), 1.5))
        painter.setBrush(ink)
        for (place, _), point in zip(known, points, strict=True):
            last, hovered = point is points[-1], place == self._hovered
            if last or hovered or len(points) <= 40:
                painter.drawEllipse(point, 5 if last or hovered else 3, 5 if last or hovered else 3)
        painter.setFont(font(12, Weight.DemiBold, True))
        painter.setPen(color("text"))
        words = self.write(known[-1][1])
        width = QFontMetrics(painter.font()).horizontalAdvance(words) + 4
        left = min(points[-1].x() - width / 2, self.width() - width - 2)
        above = points[-1].y() - 26 if points[-1].y() > 34 else points[-1].y() + 10
        painter.drawText(QRectF(left, above, width, 16), Align.AlignCenter, words)

    def _paint_target(self, painter: QPainter) -> None:
        if self._target is None:
            return
        plot, y = self.plot(), self.up(float(self._target))
        painter.setPen(QPen(color("muted"), 1.25, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
        painter.setFont(font(11))
        below = y + 3 if y + 20 < plot.bottom() else y - 18
        painter.drawText(QRectF(plot.left() + 8, below, plot.width(), 15), Align.AlignLeft, self._target_label)


class StackedBars(AxisChart):
    """Up to five series on top of each other; plain bars when there is one."""

    def range(self) -> tuple[float, float]:
        """From nothing to the highest stack; below nothing when a value is negative."""
        sums = [sum(float(one.values[place] or 0) for one in self.series) for place in range(len(self.labels))]
        return min([0.0, *sums]), max([*sums, 0.0]) or 1.0

    def values(self, painter: QPainter) -> None:
        """Paint the stacks; the pointer's stack stays strong."""
        width = self.plot().width() / max(1, len(self.labels)) * 0.58
        for place in range(len(self.labels)):
            base = 0.0
            painter.setOpacity(0.55 if self._hovered not in (None, place) else 1)
            for number, one in enumerate(self.series):
                value = float(one.values[place] or 0)
                top, bottom = self.up(base + value), self.up(base)
                area = QRectF(self.across(place) - width / 2, min(top, bottom), width, abs(bottom - top))
                painter.fillRect(
                    area.adjusted(0, 0, 0, -1 if area.height() > 3 else 0), QColor(tokens().series[number % 5])
                )
                base += value
        painter.setOpacity(1)


class Legend(QWidget):
    """The names of the series with their colours."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self._names = tuple(names)
        self._metrics = QFontMetrics(font(12))
        self.setFixedSize(sum(self._metrics.horizontalAdvance(name) + 32 for name in names), 18)
        self.setAccessibleName(", ".join(names))
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a square and a name for each series."""
        painter, x = QPainter(self), 0
        sheet = Sheet(painter, self.rect())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(12))
        for number, name in enumerate(self._names):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens().series[number % 5]))
            painter.drawRoundedRect(sheet.lies(QRectF(x, 4, 10, 10)), 2, 2)
            painter.setPen(color("text2"))
            sheet.write(QRectF(x + 16, 0, 400, 18), name, Align.AlignVCenter)
            x += self._metrics.horizontalAdvance(name) + 32
