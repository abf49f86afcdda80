"""A person at work at this PC: how they came in, their desk, and what is theirs around it."""

from datetime import datetime

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtWidgets import QApplication, QWidget

from ims_desktop.app.desk_session import DeskSession
from ims_desktop.app.entrance import Entered
from ims_desktop.app.idle import IdleWatch
from ims_desktop.app.person_menu import PersonMenu
from ims_desktop.app.remembered import Known, Remembered
from ims_desktop.app.spoken import of_pc
from ims_desktop.database.sign_in import Identity
from ims_desktop.database.transaction import Opening
from ims_desktop.ui.background import Background
from ims_desktop.ui.language import speaker


class Seat(QObject):
    """Shows the desk, hides it with every window of it, and keeps it for its person while somebody else works here."""

    lock_wanted = Signal()
    switch_wanted = Signal()

    def __init__(
        self, entered: Entered, desk: DeskSession, remembered: Remembered, background: Background, settings: QSettings
    ) -> None:
        super().__init__()
        self.entered, self.desk = entered, desk
        self._settings = settings
        self.since: datetime | None = None  # when it was put aside
        self._windows: list[QWidget] = []
        self.menu = PersonMenu(desk, entered, remembered, background)
        self.menu.switch_wanted.connect(self.switch_wanted)
        desk.locked.connect(self.lock_wanted)
        desk.shell.show()
        self.idle = IdleWatch(desk.shell, settings)
        self.idle.idle.connect(self.lock_wanted)
        self.menu.waiting_changed.connect(self.idle.restart)

    @property
    def name(self) -> str:
        """Whose it is."""
        return self.desk.desk.person.name

    @property
    def known(self) -> Known:
        """Its person as the sign-in offers people."""
        return Known(self.entered.profile, self.entered.login, self.name)

    @property
    def is_hidden(self) -> bool:
        """Whether somebody has to come back first."""
        return self.desk.shell.isHidden()

    @property
    def has_unsaved(self) -> bool:
        """Whether something typed here is not saved."""
        return self.desk.shell.has_unsaved

    def show(self) -> None:
        """Show the window as it was, with the dialogs that were open over it."""
        self.since = None
        self.desk.speak()
        for window in (self.desk.shell, *self._windows):
            window.show()
        self._windows.clear()
        self.desk.shell.activateWindow()
        self.idle.restart()

    def hide(self) -> None:
        """Leave nothing of it to be seen; what asks for a password is not kept."""
        self.idle.stop()
        if self.menu.dialog is not None:
            self.menu.dialog.reject()
        shell = self.desk.shell
        self._windows = [one for one in QApplication.topLevelWidgets() if one.isVisible() and _belongs(one, shell)]
        for window in (*reversed(self._windows), shell):
            window.hide()
        speaker.speak(of_pc(self._settings))

    def put_aside(self) -> None:
        """Keep the desk for its person: hidden, and without any line to the server."""
        if not self.is_hidden:
            self.hide()
        self.since = datetime.now().astimezone()
        self.desk.pause()

    def take_up(self, entered: Entered, identity: Identity, found: Opening) -> None:
        """Its person is back."""
        self.entered = entered
        self.menu.renew(entered)
        self.desk.go_on(entered.session, identity, found)
        self.show()

    def close(self) -> None:
        """Let the desk go; the session on the server is not touched."""
        self.idle.stop()
        for window in (*self._windows, self.desk.shell):
            window.hide()
        self.desk.close()
        self.desk.shell.deleteLater()
        speaker.speak(of_pc(self._settings))


def _belongs(window: QWidget, shell: QWidget) -> bool:
    above: QWidget | None = window.parentWidget()
    while above is not None and above is not shell:
        above = above.parentWidget()
    return above is shell
