"""The program from its first window to its last: sign-in, the desk of one person, and sign-in again."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSettings, QTimer, Signal

from ims_desktop.app import logs
from ims_desktop.app.desk_session import DeskSession
from ims_desktop.app.entrance import Entered, Entrance
from ims_desktop.app.first_window import first_window
from ims_desktop.app.gates import Gates
from ims_desktop.app.group_choice import GroupChoice
from ims_desktop.app.porter import Porter
from ims_desktop.app.remembered import Remembered
from ims_desktop.app.sample_visit import SampleVisit
from ims_desktop.app.seats import Seats
from ims_desktop.database.sign_in import Identity
from ims_desktop.database.transaction import Opening
from ims_desktop.ui.background import Background
from ims_desktop.ui.messages import Messages
from ims_desktop.ui.sign_in import Credentials, SignIn
from ims_desktop.ui.theme import Tone


class Program(QObject):
    """Leads people from the sign-in to their seats and back."""

    opened = Signal(object)  # DeskSession
    refused = Signal(object)  # str
    finished = Signal()
    _alarmed = Signal(object)  # str: the number of what went wrong

    def __init__(
        self, profile: str | None = None, settings: QSettings | None = None, view: SignIn | None = None
    ) -> None:
        super().__init__()
        self.settings = settings or QSettings()
        self.gates = Gates(profile)
        self.view = view or first_window(self.settings)
        self._background = Background(_plainly, Messages(self), self)
        self._porter = Porter(self.view, self.gates, self._background, self)
        self.entrance = Entrance(self._porter, Remembered(self.settings), self.settings, self)
        self._groups = GroupChoice(self._porter, self.settings, self)
        self._sample = SampleVisit(self._porter, self)
        self.seats = Seats(self.entrance, self._porter, self.settings, self._background, self)
        self._group: str | None = None
        self._may_end = False
        self._connect()

    @property
    def session(self) -> DeskSession | None:
        """The desk of the person at work."""
        return self.seats.current.desk if self.seats.current else None

    def start(self, *, sample: bool = False, wish: Callable[[], None] | None = None) -> None:
        """Show the sign-in; go on with what was wished there, into the sample data, or with who was here last."""
        self.view.show()
        self.entrance.ask_keyring()
        QTimer.singleShot(0, self, wish or (self.open_sample if sample else self.entrance.start))

    def open_sample(self) -> None:
        """Sign in to the sample data as their owner, building them first when they are missing."""
        self._sample.begin()

    def sign_in(self, credentials: Credentials, group: str | None = None) -> None:
        """Sign in and open a group: the only one, the one called `group`, or the one the person chooses."""
        self._group = group
        self.entrance.sign_in(credentials)

    def idle(self) -> bool:
        """Whether nothing is under way, at the sign-in and at the desk."""
        return self._background.idle() and (self.session is None or self.session.background.idle())

    def close(self) -> None:
        """End everything; the embedded server stops with its last user."""
        logs.alarm.hear = logs.nobody
        self.seats.close()
        self._background.close()
        self._sample.close()
        self.gates.close()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Closing the sign-in window ends the program, unless a desk behind it holds unsaved work."""
        if watched is self.view and event.type() == QEvent.Type.Close:
            if self.seats.unsaved and not self._may_end:
                event.ignore()
                # Afterwards: a window cannot be closed while it is being closed.
                QTimer.singleShot(0, self, lambda: self.seats.before_end(self._end))
                return True
            self.finished.emit()
        return super().eventFilter(watched, event)

    def _connect(self) -> None:
        self.entrance.entered.connect(self._choose_group)
        self.entrance.unlocked.connect(lambda entered, way: self.opened.emit(self.seats.sit_here(entered, way).desk))
        self.seats.awaited.connect(self.entrance.come_back)
        self._groups.opened.connect(self._begin)
        self._sample.ready.connect(self.sign_in)
        self._porter.refused.connect(self.refused)
        self.seats.vacated.connect(self._welcome)
        self.seats.closed.connect(self.finished)
        self.view.submitted.connect(self._submitted)
        self.view.code_wanted.connect(self._another_way)
        self.view.sample_wanted.connect(self.open_sample)
        self.view.installEventFilter(self)
        self._alarmed.connect(self._tell_unexpected)
        logs.alarm.hear = self._alarmed.emit

    def _tell_unexpected(self, number: str) -> None:
        text = logs.under(number)
        if self.session is None:
            self._porter.tell(text, Tone.BAD)
        else:
            self.session.messages.failed(text)

    def _submitted(self, credentials: Credentials) -> None:
        if self.seats.guard.is_shut:
            self.seats.guard.try_password(credentials)
        else:
            self.sign_in(credentials)

    def _another_way(self) -> None:
        if self.seats.guard.is_shut:
            self.seats.switch()
        else:
            self.entrance.ask_code()

    def _choose_group(self, entered: Entered) -> None:
        """Whose desk waits here goes to its group; everybody else opens the usual one, or chooses."""
        kept = self.seats.parking.find(entered.profile, entered.login)
        groups = {one.id for one in entered.session.tenants}
        if kept is not None and kept.desk.is_here and kept.desk.tenant.id not in groups:
            told = self.seats.refuse_for_good(kept)
            self.entrance.welcome(self.seats.parking.people())
            self._porter.tell(told)
            return
        if not groups:
            self.entrance.forget(entered)
        self._groups.begin(entered, kept.desk.member[0] if kept else self._group)

    def _begin(self, entered: Entered, identity: Identity, found: Opening) -> None:
        self.opened.emit(self.seats.sit(entered, identity, found).desk)

    def _welcome(self, told: str) -> None:
        self.entrance.welcome(self.seats.parking.people())
        if told:
            self._porter.tell(told)

    def _end(self) -> None:
        self._may_end = True
        self.view.close()


def _plainly(use_case: Callable[..., Any], *args: Any) -> Any:
    return use_case(*args)
