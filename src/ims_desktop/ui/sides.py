"""Which side reading begins on: what is painted by hand lies where it does in a right-to-left language.

Everything is measured from the left, as for English; a `Sheet` turns it round when the painter writes from the right.
Figures, codes and names in Latin letters are read from the left in every language.
"""

import re
import unicodedata
from functools import lru_cache
from typing import TypeVar

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QPainter
from PySide6.QtWidgets import QLineEdit, QStyle

from ims_desktop.ui import icons
from ims_desktop.ui.theme import color

Area = TypeVar("Area", QRect, QRectF)
FROM_RIGHT = Qt.LayoutDirection.RightToLeft
FROM_LEFT = Qt.LayoutDirection.LeftToRight
FROM_HERE = "\N{RIGHT-TO-LEFT MARK}"  # a text is read from the right, however it begins
ISLAND, ENDS = "\N{LEFT-TO-RIGHT ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"
SIGNED = re.compile(r"(?<![\w.,])[+\N{MINUS SIGN}±-]\d[\d.,]*%?|\d[\d.,]*\+")


def reads_from_right() -> bool:
    """Whether the program speaks a language that is read from the right."""
    return QGuiApplication.layoutDirection() == FROM_RIGHT


def island(words: str) -> str:
    """Words as they are shown: what has no letter of a right-to-left script keeps its order among such letters."""
    return _kept_in_order(words) if words and reads_from_right() else words


@lru_cache(8192)
def _kept_in_order(words: str) -> str:
    if any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in words):
        return FROM_HERE + SIGNED.sub(lambda found: f"{ISLAND}{found[0]}{ENDS}", words)
    return f"{FROM_HERE}{ISLAND}{words}{ENDS}"


def beginning(align: Qt.AlignmentFlag) -> Qt.AlignmentFlag:
    """An alignment that counts where reading begins in the program, whatever is typed there."""
    return QStyle.visualAlignment(QGuiApplication.layoutDirection(), align)


def margins(left: int, top: int, right: int, bottom: int) -> tuple[int, int, int, int]:
    """Margins, given for a language read from the left; layouts do not turn theirs."""
    return (right, top, left, bottom) if reads_from_right() else (left, top, right, bottom)


def turned(area: Area, whole: Area) -> Area:
    """An area on the other side of a whole."""
    moved = type(area)(area)
    moved.moveLeft(whole.left() + whole.right() - area.right())
    return moved


class PaddedLine(QLineEdit):
    """A line with room for something before and behind what is typed, on whichever side that is."""

    _room = (0, 0)

    def keep_room(self, before: int = 0, behind: int = 0) -> None:
        """Leave pixels free where reading begins and where it ends."""
        self._room = before, behind
        left, right = (behind, before) if self.isRightToLeft() else (before, behind)
        self.setTextMargins(left, 0, right, 0)

    def changeEvent(self, event: QEvent) -> None:
        """Change sides with the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self.keep_room(*self._room)


class Sheet:
    """A piece of a surface that is painted on, measured from the left and turned for languages read from the right."""

    def __init__(self, painter: QPainter, whole: QRect) -> None:
        self._painter, self._whole = painter, whole
        self.is_turned = painter.layoutDirection() == FROM_RIGHT

    def lies(self, area: Area) -> Area:
        """Where an area is seen."""
        if not self.is_turned:
            return area
        return turned(area, type(area)(self._whole))

    def point(self, x: float, y: float) -> QPointF:
        """Where a point is seen."""
        return QPointF(2 * self._whole.left() + self._whole.width() - x if self.is_turned else x, y)

    def fill(self, area: QRect, token: str) -> None:
        """Fill an area with a colour of the theme."""
        self._painter.fillRect(self.lies(area), color(token))

    def write(self, area: Area, words: str, align: Qt.AlignmentFlag) -> None:
        """Write words; the painter itself turns what is aligned to the left."""
        self._painter.drawText(self.lies(area), align, island(words))

    def icon(self, x: float, y: float, name: str, shade: str = "text2", *, size: int = 16) -> None:
        """Paint an icon whose top left corner would be at a point."""
        place = self.lies(QRectF(x, y, size, size)).topLeft()
        icons.draw(self._painter, place.x(), place.y(), name, shade, size=size)
