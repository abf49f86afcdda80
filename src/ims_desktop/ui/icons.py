"""Phosphor icons in the colours of the theme, made once and kept.

Font and names of the glyphs come with qtawesome. The package itself is not imported: it brings a layer over all
bindings of Qt along, which alone takes longer than a window needs to appear.
"""

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QIcon, QIconEngine, QPainter, QPixmap

from ims_desktop.ui.theme import tokens

SCALE = 1.05  # of the height: the glyphs leave a margin that 16 pixels cannot spare
# What points to where reading goes on, and what it becomes where that is the other side.
POINTING = {
    "caret-right": "caret-left",
    "caret-left": "caret-right",
    "arrow-right": "arrow-left",
    "arrow-left": "arrow-right",
    "arrow-elbow-down-left": "arrow-elbow-down-right",
    "sign-in": "sign-out",
}


def icon(name: str, shade: str = "text2") -> QIcon:
    """The Phosphor icon of a name such as "plus", in the shade of a token such as "text2"."""
    return _icon(_pointing(name), getattr(tokens(), shade), tokens().muted)


def pixmap(name: str, shade: str = "text2", size: int = 16, ratio: float = 2.0) -> QPixmap:
    """The icon as a picture, sharp on screens of `ratio`."""
    return _pixmap(_pointing(name), getattr(tokens(), shade), size, ratio)


def draw(painter: QPainter, x: float, y: float, name: str, shade: str = "text2", *, size: int = 16) -> None:
    """Paint an icon with its top left corner at a point."""
    device = painter.device()
    painter.drawPixmap(QPointF(x, y), pixmap(name, shade, size, device.devicePixelRatio() if device else 2.0))


def _pointing(name: str) -> str:
    from_right = QGuiApplication.layoutDirection() == Qt.LayoutDirection.RightToLeft
    return POINTING.get(name, name) if from_right else name


class _Glyph(QIconEngine):
    """A letter of the icon font, at any size."""

    def __init__(self, letter: str, colour: str, disabled: str) -> None:
        super().__init__()
        self._letter, self._colour, self._disabled = letter, colour, disabled

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Write the letter into the middle."""
        font = QFont(_family())
        font.setPixelSize(round(rect.height() * SCALE))
        painter.save()
        painter.setFont(font)
        painter.setPen(QColor(self._disabled if mode is QIcon.Mode.Disabled else self._colour))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self._letter)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """The letter as a picture."""
        picture = QPixmap(size)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return picture


@cache
def _icon(name: str, colour: str, disabled: str) -> QIcon:
    return QIcon(_Glyph(_letters()[name], colour, disabled))


@cache
def _pixmap(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    return _icon(name, colour, colour).pixmap(QSize(size, size), ratio)


@cache
def _family() -> str:
    return QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(_resource("*.ttf"))))[0]


@cache
def _letters() -> dict[str, str]:
    codes: dict[str, str] = json.loads(_resource("*charmap*.json").read_text("utf-8"))
    return {name: chr(int(code, 16)) for name, code in codes.items()}


def _resource(pattern: str) -> Path:
    package = find_spec("qtawesome")
    folder = Path(str(package and package.origin)).parent / "fonts"
    return next(folder.glob(f"phosphor{pattern}"))
