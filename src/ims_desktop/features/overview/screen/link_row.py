"""A line that leads somewhere: an icon, words, a muted second line, and something on the right."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QEnterEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from ims_desktop.domain.wording import Words
from ims_desktop.ui.controls import Picture, column, label, row
from ims_desktop.ui.theme import Tone, color

HEIGHT, ICON = 48, 18


@dataclass(frozen=True)
class Link:
    """What a line says; `tone` colours its icon."""

    icon: str
    text: Words
    note: Words = ""
    right: Words = ""
    right_note: Words = ""
    tone: Tone = Tone.NEUTRAL


class LinkRow(QWidget):
    """A click, Enter or Space opens what the line is about."""

    def __init__(self, link: Link, opens: Callable[[], None]) -> None:
        super().__init__()
        self.link, self._opens, self._lit = link, opens, False
        self.setFixedHeight(HEIGHT)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(", ".join(filter(None, (link.text, link.note, link.right, link.right_note))))
        token = "text2" if link.tone in (Tone.PLAIN, Tone.NEUTRAL) else link.tone.value
        note = (label(link.note, 12, role="muted", elide=True),) if link.note else ()
        words = column(None, label(link.text, 13, 500, elide=True), *note, None, spacing=1)
        ends = column(None, *self._ends(link), None, spacing=1)
        layout = row(Picture(link.icon, token, ICON), 4, words, ends, spacing=8, margins=(20, 0, 20, 0))
        layout.setStretch(2, 1)
        self.setLayout(layout)

    def _ends(self, link: Link) -> list[QWidget]:
        pieces: list[QWidget] = []
        for text, px, role in ((link.right, 13, None), (link.right_note, 12, "muted")):
            if text:
                piece = label(text, px, role=role, tabular=True)
                piece.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                pieces.append(piece)
        return pieces

    def enterEvent(self, event: QEnterEvent) -> None:
        """Light the line under the pointer."""
        self._light(True)

    def leaveEvent(self, event: QEvent) -> None:
        """Let it go dark again."""
        self._light(False)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click opens."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self._opens()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space open."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._opens()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A line above, a ground when lit, a frame when the keyboard is here."""
        painter = QPainter(self)
        if self._lit:
            painter.fillRect(self.rect().adjusted(1, 1, -1, 0), color("hover"))
        painter.fillRect(0, 0, self.width(), 1, color("grid"))
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(color("primary"), 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(4.5, 3.5, -4.5, -2.5), 5, 5)

    def _light(self, on: bool) -> None:
        self._lit = on
        self.update()
