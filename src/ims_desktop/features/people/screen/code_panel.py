"""The one time a one-time code is seen: large, to be copied or read out, with what to do with it."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QBoxLayout

from ims_desktop.features.people import service
from ims_desktop.ui.controls import Button, card, column, label, line, row
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.notes import NoteBox
from ims_desktop.ui.side_area import SidePanel
from ims_desktop.ui.theme import Tone


class CodePanel(SidePanel):
    """Shows a code; closing forgets it for good."""

    wanted_width = 400

    def __init__(self, desk: Desk, made: service.OneTimeCode) -> None:
        super().__init__()
        self._desk, self._made = desk, made
        self.setAccessibleName(self.tr("One-time code"))
        close = Button("", "ghost", "x", name=self.tr("Close (Esc)"))
        close.clicked.connect(self.closed)
        head = row(label(self.tr("One-time code"), 16, 600), None, close, margins=(20, 12, 12, 4))
        self.setLayout(column(head, self._content(), None, line(), self._foot()))

    def _content(self) -> QBoxLayout:
        self.code = label(self._made.code, 20, 600, tabular=True)
        self.code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.code.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.copy = Button(self.tr("Copy"), "plain", "copy")
        self.copy.clicked.connect(self._copy)
        who = column(label(self._made.name, 13, 600), 2, label(self._made.login, 12, role="muted", elide=True))
        steps = (
            self.tr("1. Tell {name} this code, in person or by phone.").format(name=self._made.name),
            self.tr("2. They choose “Can’t sign in?” at the sign-in, within 24 hours."),
            self.tr("3. There they type their login, the code and a new password."),
        )
        told = [label(step, 13, role="sub", wrap=True) for step in steps]
        once = NoteBox(self.tr("It is shown only now and kept nowhere."), Tone.WARN)
        return column(
            who, 14, card(self.code, 10, row(None, self.copy, None)), 16, column(*told, spacing=8), 16, once,
            margins=(20, 8, 20, 16),
        )  # fmt: skip

    def _foot(self) -> QBoxLayout:
        done = Button(self.tr("Done"), "primary", "check")
        done.clicked.connect(self.closed)
        return row(None, done, margins=(20, 12, 20, 12))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._made.code)
        self._desk.messages.note(self.tr("The code is on the clipboard."))
