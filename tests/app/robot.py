"""A robot at the whole program: it types and clicks as a person does, and reads what the window says."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from PySide6.QtCore import QCoreApplication, QDeadlineTimer, QEvent, QEventLoop, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QWidget

from ims_desktop.app import desk_session as desk_session_module
from ims_desktop.app import entrance as entrance_module
from ims_desktop.app import gates as gates_module
from ims_desktop.app.desk_session import DeskSession
from ims_desktop.app.idle import IdleWatch
from ims_desktop.app.journal import way_in
from ims_desktop.app.person_menu import PersonMenu
from ims_desktop.app.program import Program
from ims_desktop.app.seat import Seat
from ims_desktop.database import keyring_store
from ims_desktop.database.profiles import Profile
from ims_desktop.database.sign_in import Gate
from ims_desktop.ui import theme
from ims_desktop.ui.messages import Message
from tests.calm import come_to_rest

SERVER = "Head office"
PATIENCE_MS = 60_000
CHEAP = 2**4  # of a lock that a password opens: nobody guesses in a test


class Robot:
    """One program on one computer; its profile leads to the server of the test."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.said: list[Message] = []
        self.refused: list[str] = []
        program.refused.connect(self.refused.append)

    @property
    def session(self) -> DeskSession:
        """The session of the person who signed in."""
        assert self.program.session is not None, f"nobody is signed in: {self.refused}"
        return self.program.session

    @property
    def seat(self) -> Seat:
        """Where the person sits."""
        assert self.program.seats.current is not None
        return self.program.seats.current

    @property
    def menu(self) -> PersonMenu:
        """What the person may do with the sign-in."""
        return self.seat.menu

    @property
    def watch(self) -> IdleWatch:
        """What locks the desk when nobody is there."""
        return self.seat.idle

    def sign_in(self, login: str, password: str) -> None:
        """Type login and password, press Enter, and wait for the first page."""
        card = self.program.view.credentials
        card.login.clear()
        QTest.keyClicks(card.login, login)
        QTest.keyClicks(card.password, password)
        QTest.keyClick(card.password, Qt.Key.Key_Return)
        self.until(lambda: self.program.session is not None or bool(self.refused))
        if self.program.session is not None:
            self.session.messages.posted.connect(self.said.append)
        self.settle()

    def open(self, page: str, **more: Any) -> Any:
        """Go to a page and wait until it is there."""
        self.session.desk.navigation.open(page, **more)
        self.settle()
        return self.session.shell.current

    def type_cells(self, *cells: str) -> None:
        """Type into one cell of an entry grid after another, beginning where the person stands."""
        for typed in cells:
            editor = QApplication.focusWidget()
            assert isinstance(editor, QLineEdit | QComboBox), f"no cell is open for {typed}"
            QTest.keyClicks(editor, typed)
            QTest.keyClick(editor, Qt.Key.Key_Tab)  # at once: people do not wait for suggestions
            QApplication.processEvents()
        self.settle()

    def settle(self) -> None:
        """Wait until nothing is under way nor about to begin."""
        come_to_rest(self.program.idle)

    def until(self, happened: Callable[[], bool], limit_ms: int = PATIENCE_MS) -> None:
        """Wait until something is so."""
        limit = QDeadlineTimer(limit_ms)
        while not happened():
            assert not limit.hasExpired(), f"it did not happen within {limit_ms} ms"
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)


def words_on(widget: QWidget) -> list[str]:
    """Every text a person can read on it."""
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget)]


class Keyring:
    """The key store of a computer in a test; with `works` off there is none."""

    def __init__(self, kept: dict[str, str] | None = None) -> None:
        self.kept, self.works = kept or {}, True

    def _check(self) -> None:
        if not self.works:
            raise keyring_store.NoKeyring("This system has no key store.")

    def where(self) -> str:
        self._check()
        return "the test"

    def recall(self, name: str) -> str | None:
        self._check()
        return self.kept.get(name)

    def keep(self, name: str, secret: str) -> None:
        self._check()
        self.kept[name] = secret

    def forget(self, name: str) -> None:
        self._check()
        self.kept.pop(name, None)


@contextmanager
def robot_at(gate: Gate, folder: Path, keyring: Keyring | None = None) -> Iterator[Robot]:
    """A program that knows one server. Another one with the same folder and keyring is the next start."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    if not application.styleSheet():
        theme.apply(application, dark=False)
    known = (Profile(SERVER, gate.place, gate.user),)
    settings = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)
    store = keyring or Keyring()
    store.kept.setdefault(f"gate:{gate.user}", gate.password)
    with ExitStack() as stack:
        stack.enter_context(patch.object(gates_module, "profiles", lambda: known))
        for module in (desk_session_module, entrance_module):
            stack.enter_context(patch.object(module, "default_data", lambda name: folder / name))
        stack.enter_context(patch.object(way_in, "LENGTH", CHEAP))
        for name in ("where", "recall", "keep", "forget"):
            stack.enter_context(patch.object(keyring_store, name, getattr(store, name)))
        program = Program(SERVER, settings)
        program.start()
        try:
            yield Robot(program)
        finally:
            windows = [program.view, *([program.session.shell] if program.session else [])]
            program.close()
            for window in windows:
                window.hide()
                window.deleteLater()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
