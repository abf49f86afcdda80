"""What the cards of the sign-in are made of."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QWidget

from ims_desktop.ui.controls import Button, Picture, column, label, row
from ims_desktop.ui.sides import PaddedLine

CARD_WIDTH, CARD_HEIGHT = 408, 620  # the height of a full card; one that asks little is lower
MARGINS = (28, 26, 28, 22)


class PasswordLine(PaddedLine):
    """Dots with an eye, and a word when Caps Lock seems to be on."""

    caps = Signal(object)  # bool

    def __init__(self, name: str = "") -> None:
        super().__init__()
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setAccessibleName(name or self.tr("Password"))
        self.keep_room(behind=30)
        self.eye = Button("", "ghost", "eye", name=self.tr("Show the password"))
        self.eye.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.eye.clicked.connect(self.turn)
        self.setLayout(row(None, self.eye, margins=(0, 0, 2, 0)))

    def turn(self) -> None:
        """Show or hide what was typed."""
        hidden = self.echoMode() == QLineEdit.EchoMode.Password
        self.setEchoMode(QLineEdit.EchoMode.Normal if hidden else QLineEdit.EchoMode.Password)
        self.eye.set_icon("eye-slash" if hidden else "eye")
        self.eye.say("", self.tr("Hide the password") if hidden else self.tr("Show the password"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A capital without Shift tells that Caps Lock is on."""
        typed, shift = event.text(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if typed.isalpha():
            self.caps.emit(typed.isupper() != shift)
        super().keyPressEvent(event)


class Tile(QFrame):
    """A wide button of two lines with a picture."""

    clicked = Signal()

    def __init__(self, icon: str | QWidget, title: str, text: str) -> None:
        super().__init__()
        mark = Picture(icon, "text2", 18) if isinstance(icon, str) else icon
        self.setObjectName("tile")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(title)
        words = column(label(title, 13, 600), label(text, 11, role="muted"), spacing=1)
        there = Picture("caret-right", "muted", 14)
        self.setLayout(row(mark, words, None, there, spacing=12, margins=(14, 9, 14, 9)))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click."""
        if self.rect().contains(event.position().toPoint()):
            self.clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space click."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.clicked.emit()
        else:
            super().keyPressEvent(event)
