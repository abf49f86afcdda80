"""The first window, shown before anything that knows the database is imported, and what is asked of it until then."""

import json
import platform
from collections.abc import Sequence

from PySide6.QtCore import QObject, QSettings, SignalInstance

from ims_desktop.app.spoken import keep, of_pc
from ims_desktop.ui.language import speaker
from ims_desktop.ui.sign_in import Profile, SignIn

SERVERS, LAST_SERVER, LAST_LOGIN = "sign-in/servers", "sign-in/profile", "sign-in/login"


def first_window(settings: QSettings) -> SignIn:
    """The sign-in as this PC showed it last: its servers, and the login of who came in."""
    speaker.speak(of_pc(settings))
    view = SignIn(_servers(settings), computer=platform.node())
    view.language_chosen.connect(lambda code: _speak(settings, code))
    view.credentials.profile.choose(settings.value(LAST_SERVER))
    view.show_credentials(str(settings.value(LAST_LOGIN) or "") or None)
    return view


def _speak(settings: QSettings, code: str) -> None:
    keep(settings, code)
    speaker.speak(code)


def keep_servers(settings: QSettings, offered: Sequence[Profile]) -> None:
    """Remember what the first window of the next start offers; the truth is read a moment later."""
    settings.setValue(SERVERS, json.dumps([[one.key, one.name, one.detail] for one in offered]))


def _servers(settings: QSettings) -> list[Profile]:
    try:
        return [Profile(key, name, detail) for key, name, detail in json.loads(str(settings.value(SERVERS) or "[]"))]
    except (ValueError, TypeError):
        return []


class Wishes(QObject):
    """What a person asked for before the program was there to do it; the last wish counts."""

    def __init__(self, view: SignIn) -> None:
        super().__init__(view)
        self._wish: tuple[SignalInstance, tuple[object, ...]] | None = None
        self._heard = [
            (signal, signal.connect(lambda *said, signal=signal: self._note(signal, said)))
            for signal in (view.submitted, view.sample_wanted, view.set_up_wanted, view.code_wanted)
        ]

    def __bool__(self) -> bool:
        return self._wish is not None

    def pass_on(self) -> None:
        """Say it again, to the program that hears it now."""
        if self._wish is not None:
            signal, said = self._wish
            signal.emit(*said)

    def end(self) -> None:
        """Hear no more wishes: the program does."""
        for signal, connection in self._heard:
            signal.disconnect(connection)
        self._heard.clear()

    def _note(self, signal: SignalInstance, said: tuple[object, ...]) -> None:
        self._wish = (signal, said)
