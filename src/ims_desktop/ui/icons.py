"""Phosphor icons in the colours of the theme, made once and kept."""

from functools import cache
from typing import cast

import qtawesome
from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QIcon, QPainter, QPixmap

from ims_desktop.ui.theme import tokens

SCALE = 1.2  # the glyphs leave a margin that 16 pixels cannot spare


def icon(name: str, shade: str = "text2") -> QIcon:
    """The icon `ph.<name>` in the shade of a token such as "text2"."""
    return _icon(name, getattr(tokens(), shade), tokens().muted)


def pixmap(name: str, shade: str = "text2", size: int = 16, ratio: float = 2.0) -> QPixmap:
    """The icon as a picture, sharp on screens of `ratio`."""
    return _pixmap(name, getattr(tokens(), shade), size, ratio)


def draw(painter: QPainter, x: float, y: float, name: str, shade: str = "text2", *, size: int = 16) -> None:
    """Paint an icon with its top left corner at a point."""
    device = painter.device()
    painter.drawPixmap(QPointF(x, y), pixmap(name, shade, size, device.devicePixelRatio() if device else 2.0))


@cache
def _icon(name: str, colour: str, disabled: str) -> QIcon:
    return cast(QIcon, qtawesome.icon(f"ph.{name}", color=colour, color_disabled=disabled, scale_factor=SCALE))


@cache
def _pixmap(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    return _icon(name, colour, colour).pixmap(QSize(size, size), ratio)
