"""A locked desk: nobody but its person opens it, by password or by the PIN of this PC."""

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal

from ims_desktop.app import steps
from ims_desktop.app.entrance import Entered
from ims_desktop.app.journal.way_in import NoWayIn, WaysIn
from ims_desktop.app.porter import Porter
from ims_desktop.app.remembered import Known, Remembered, check_pin
from ims_desktop.database.sign_in import sign_in, sign_out
from ims_desktop.domain.errors import Offline
from ims_desktop.domain.wording import say
from ims_desktop.ui.sign_in import Credentials


class Lock(QObject):
    """Shows the sign-in to one person alone while it `is_shut`."""

    opened = Signal()

    def __init__(self, porter: Porter, remembered: Remembered, ways: WaysIn, parent: QObject) -> None:
        super().__init__(parent)
        self._porter, self._remembered, self._ways = porter, remembered, ways
        self._entered: Entered | None = None

    @property
    def is_shut(self) -> bool:
        """Whether a desk waits behind it."""
        return self._entered is not None

    def shut(self, entered: Entered, name: str) -> None:
        """Wait for the person of a desk."""
        self._entered = entered
        view, card = self._porter.view, self._porter.view.credentials
        card.password.clear()
        card.say("")
        card.profile.choose(entered.profile)
        lead = say("{name} is at work here. What was typed is kept.", name=name)
        card.greet(say("Locked"), lead, locked=name)
        view.show_credentials(entered.login)
        known = self._remembered.find(entered.profile, entered.login)
        if known is not None and known.pinned:
            view.ask(steps.pin_of(known.name), lambda values: self._try_pin(known, values))
        view.show()
        view.activateWindow()

    def release(self) -> None:
        """Wait for nobody any more: the desk behind it is open, parked or gone."""
        self._entered = None

    def try_password(self, credentials: Credentials) -> None:
        """Open for the right password; the session that it takes to ask is ended at once."""
        entered = self._entered
        if entered is None:
            return
        self._porter.view.credentials.wait(True)

        def ask() -> None:
            try:
                sign_out(entered.gate, sign_in(entered.gate, entered.login, credentials.password))
            except Offline as error:
                self._ask_here(entered, credentials.password, error)

        self._open_after(ask)

    def _ask_here(self, entered: Entered, password: str, error: Offline) -> None:
        """Nobody answers: this PC knows the password of who signed in here lately."""
        try:
            self._ways.open(entered.gate, entered.login, password)
        except NoWayIn:
            raise error from None

    def _try_pin(self, known: Known, values: Mapping[str, str]) -> None:
        self._open_after(check_pin, known, values["pin"])

    def _open_after(self, work: Callable[..., Any], *args: Any) -> None:
        waiting = self._entered

        def good(_result: Any) -> None:
            if waiting is not None and self._entered is waiting:  # else the desk was parked meanwhile
                self.release()
                self._porter.view.credentials.password.clear()
                self._porter.view.credentials.wait(False)
                self.opened.emit()

        self._porter.ask(good, work, *args)
