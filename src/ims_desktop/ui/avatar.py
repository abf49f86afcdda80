"""A person as initials in a circle."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ims_desktop.ui.theme import color, font, theme


class Avatar(QWidget):
    """The initials of a person in a circle."""

    def __init__(self, name: str, size: int = 28, *, strong: bool = False) -> None:
        super().__init__()
        self._ground, self._ink = ("primary", "onprimary") if strong else ("selected", "primary")
        self._words = "".join(word[0] for word in name.split()[:2]).upper()
        self.setFixedSize(size, size)
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint circle and letters."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(self._ground))
        painter.drawEllipse(self.rect())
        painter.setPen(color(self._ink))
        painter.setFont(font(11 if self.width() < 34 else 14, QFont.Weight.DemiBold))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._words)
