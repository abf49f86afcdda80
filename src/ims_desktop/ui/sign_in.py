"""The sign-in view: it only shows and asks; the program answers its signals."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QGraphicsDropShadowEffect, QStackedWidget, QWidget

from ims_desktop.ui.choices import Choice
from ims_desktop.ui.controls import Button, Picture, column, frame, label, row
from ims_desktop.ui.sign_in_cards import Credentials, CredentialsCard, Group, GroupCard, Profile

__all__ = ["Credentials", "Group", "Profile", "SignIn"]


class SignIn(QWidget):
    """The whole first window: brand above, a card in the middle, version and safety below."""

    submitted = Signal(object)  # Credentials
    group_chosen = Signal(object, object)  # key, open next time without asking
    sample_wanted = Signal()
    set_up_wanted = Signal()
    help_wanted = Signal()

    def __init__(self, profiles: Sequence[Profile], *, version: str, computer: str, key_store: str = "") -> None:
        super().__init__()
        self.setObjectName("root")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle("IMS Desktop")
        self.credentials, self.groups = CredentialsCard(key_store), GroupCard()
        self.credentials.profile.offer([Choice(one.key, one.name, one.detail) for one in profiles])
        if profiles:
            self.credentials.profile.choose(profiles[0].key)
        self._stack = QStackedWidget()
        for card in (self.credentials, self.groups):
            shadow = QGraphicsDropShadowEffect(card)
            shadow.setBlurRadius(36)
            shadow.setOffset(0, 10)
            shadow.setColor(QColor(10, 18, 35, 40))
            self._stack.addWidget(frame("clear", column(None, row(None, card, None), None)))
        self._lay_out(version, computer)
        self._connect()
        self.resize(1366, 768)

    def _lay_out(self, version: str, computer: str) -> None:
        help_button = Button(self.tr("Help"), icon="question")
        help_button.clicked.connect(self.help_wanted)
        where = label(self.tr("Back office"), 13, role="muted")
        head = row(Picture("stack", "primary", 28), label("IMS Desktop", 18, 700), where, None, help_button, spacing=10)
        left = self.tr("Version {version} · This PC: {computer}").format(version=version, computer=computer)
        safe = self.tr("The program never opens the database with more rights than yours")
        right = row(Picture("shield-check", "ok"), label(safe, 12, role="muted"), spacing=6)
        foot = row(label(left, 12, role="muted"), None, right)
        whole = column(head, self._stack, foot, margins=(32, 24, 32, 20))
        whole.setStretch(1, 1)
        self.setLayout(whole)

    def _connect(self) -> None:
        card = self.credentials
        card.submitted.connect(self.submitted)
        card.sample_wanted.connect(self.sample_wanted)
        card.set_up_wanted.connect(self.set_up_wanted)
        card.help_wanted.connect(self.help_wanted)
        self.groups.chosen.connect(self.group_chosen)
        self.groups.back.connect(self.show_credentials)

    def show_credentials(self, login: str | None = None) -> None:
        """Show the first step, perhaps with a remembered login."""
        self._stack.setCurrentIndex(0)
        self.credentials.wait(False)
        if login is not None:
            self.credentials.login.setText(login)
        (self.credentials.password if self.credentials.login.text() else self.credentials.login).setFocus()

    def show_groups(self, groups: Sequence[Group]) -> None:
        """Let the person choose among the groups of the login."""
        self.credentials.wait(False)
        self._stack.setCurrentIndex(1)
        self.groups.offer(groups)

    def refuse(self, text: str) -> None:
        """Say why signing in did not work."""
        self.show_credentials()
        self.credentials.say(text)
        self.credentials.password.selectAll()

    def show_unreachable(self, why: str, seconds: int = 15) -> None:
        """Say that the server does not answer; it is tried again by itself."""
        self._stack.setCurrentIndex(0)
        self.credentials.show_unreachable(self.credentials.profile.currentText(), why, seconds)
