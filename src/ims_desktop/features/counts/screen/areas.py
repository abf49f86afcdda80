"""The areas of a count in walk order: how far each is, and who is there."""

from collections.abc import Sequence
from uuid import UUID

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from ims_desktop.features.counts.rules import AreaProgress
from ims_desktop.features.counts.screen.words import initials
from ims_desktop.ui.controls import clear_layout, column, label, row, scrolling
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.sides import Sheet
from ims_desktop.ui.theme import color, font, theme

HEIGHT, WIDTH = 76, 212
LEFT, RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
MIDDLE = Qt.AlignmentFlag.AlignVCenter


class AreaCard(QWidget):
    """One area; a click or Enter goes there."""

    chosen = Signal()

    def __init__(self, number: int, area: AreaProgress, formats: Formats) -> None:
        super().__init__()
        self.number, self.area, self._formats = number, area, formats
        self._on = False
        self.setFixedHeight(HEIGHT)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        theme.changed.connect(self.update)
        self.show_area(area)

    def show_area(self, area: AreaProgress) -> None:
        """Show how far it is now."""
        self.area = area
        done = self.tr("done") if area.finished_by else ""
        words = self.tr("{name}, {counted} of {lines} counted")
        told = words.format(name=area.name, counted=area.counted, lines=area.lines)
        self.setAccessibleName(", ".join(filter(None, (told, done))))
        self.setToolTip(", ".join(area.people))
        self.update()

    def light(self, on: bool) -> None:
        """Light the area in which one counts."""
        self._on = on
        self.update()

    def sizeHint(self) -> QSize:
        """As high as its three lines."""
        return QSize(WIDTH, HEIGHT)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click goes there."""
        super().mouseReleaseEvent(event)
        self.chosen.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes there."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ground, number, name, the bar and who is there."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        strong = self._on or self.hasFocus()
        painter.setPen(QPen(color("primary" if strong else "border"), 2 if self.hasFocus() else 1))
        painter.setBrush(color("selected" if self._on else "surface"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)
        sheet = Sheet(painter, self.rect())
        self._badge(painter, sheet)
        self._words(painter, sheet)
        self._bar(painter, sheet)

    @property
    def _done(self) -> bool:
        return self.area.finished_by is not None or (self.area.lines > 0 and self.area.counted == self.area.lines)

    def _badge(self, painter: QPainter, sheet: Sheet) -> None:
        ring = QRectF(12, 13, 22, 22)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color("okbg" if self._done else "primary" if self._on else "neutralbg"))
        painter.drawEllipse(sheet.lies(ring))
        if self._done:
            sheet.icon(ring.left() + 4, ring.top() + 4, "check-bold", "ok", size=14)
            return
        painter.setPen(color("onprimary" if self._on else "text2"))
        painter.setFont(font(12, QFont.Weight.DemiBold, True))
        sheet.write(ring, str(self.number), Qt.AlignmentFlag.AlignCenter)

    def _words(self, painter: QPainter, sheet: Sheet) -> None:
        area, width = self.area, self.width()
        people = "  ".join(initials(name) for name in area.people[:2])
        painter.setFont(font(13, QFont.Weight.DemiBold, True))
        painter.setPen(color("text"))
        percent = self._formats.percent(area.share, 0) if area.lines else ""
        sheet.write(QRectF(width - 58, 12, 46, 24), percent, RIGHT | MIDDLE)
        painter.setFont(font(13, QFont.Weight.DemiBold))
        painter.setPen(color("text"))
        room = width - 44 - 58
        name = QFontMetrics(painter.font()).elidedText(area.name, Qt.TextElideMode.ElideRight, room)
        sheet.write(QRectF(44, 12, room + 4, 24), name, LEFT | MIDDLE)
        painter.setFont(font(11, tabular=True))
        painter.setPen(color("text2"))
        told = self.tr("{counted} of {lines}").format(counted=area.counted, lines=area.lines)
        sheet.write(
            QRectF(44, 52, width - 60, 16), told if area.counted or area.people else self._nobody(), LEFT | MIDDLE
        )
        end = width - 12
        if area.recounts:
            painter.setPen(color("warn"))
            again = self.tr("{count} again").format(count=area.recounts)
            sheet.write(QRectF(end - 100, 52, 100, 16), again, RIGHT | MIDDLE)
            end -= painter.fontMetrics().horizontalAdvance(again) + 10
        painter.setFont(font(11, QFont.Weight.DemiBold))
        painter.setPen(color("primary"))
        sheet.write(QRectF(end - 96, 52, 96, 16), people, RIGHT | MIDDLE)

    def _nobody(self) -> str:
        return self.tr("nobody yet") if self.area.lines else self.tr("nothing expected")

    def _bar(self, painter: QPainter, sheet: Sheet) -> None:
        groove = QRectF(44, 41, self.width() - 56, 6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color("neutralbg"))
        painter.drawRoundedRect(sheet.lies(groove), 3, 3)
        share = float(self.area.share) if self.area.lines else 0.0
        if share > 0:
            painter.setBrush(color("ok" if self._done else "primary"))
            painter.drawRoundedRect(sheet.lies(QRectF(44, 41, max(6.0, groove.width() * share), 6)), 3, 3)


class AreaList(QWidget):
    """All areas, one of them chosen."""

    chosen = Signal(object)  # UUID of the storage location

    def __init__(self, formats: Formats) -> None:
        super().__init__()
        self._formats = formats
        self.cards: dict[UUID, AreaCard] = {}
        self.current: UUID | None = None
        self._cards = column(spacing=8)
        holder = column(self._cards, None, margins=(0, 0, 6, 0))
        self.setFixedWidth(WIDTH)
        head = row(
            label(self.tr("Areas"), 13, 600), None, label(self.tr("walk order"), 12, role="muted"), margins=(2, 0, 8, 8)
        )
        self.setLayout(column(head, scrolling(holder)))

    def show_areas(self, areas: Sequence[AreaProgress]) -> None:
        """Show how far they are; the chosen one stays chosen."""
        if list(self.cards) != [area.location_id for area in areas]:
            clear_layout(self._cards)
            self.cards = {}
            for number, area in enumerate(areas, 1):
                made = AreaCard(number, area, self._formats)
                made.chosen.connect(lambda key=area.location_id: self._pick(key))
                self.cards[area.location_id] = made
                self._cards.addWidget(made)
        for area in areas:
            self.cards[area.location_id].show_area(area)
        if self.current not in self.cards and areas:
            begun = next((area for area in areas if area.counted < area.lines), areas[0])
            self._pick(begun.location_id)

    def go(self, key: UUID) -> None:
        """Go to an area; to the one where one is already, to read it again."""
        if key in self.cards:
            self._pick(key)

    def walk(self, step: int) -> None:
        """Go to the next area or the one before."""
        keys = list(self.cards)
        if self.current in keys and 0 <= (place := keys.index(self.current) + step) < len(keys):
            self._pick(keys[place])

    def _pick(self, key: UUID) -> None:
        self.current = key
        for known, made in self.cards.items():
            made.light(known == key)
        self.chosen.emit(key)
