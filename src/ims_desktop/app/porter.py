"""The porter asks at the gates, off the GUI thread, and says at the sign-in why somebody was not let in."""

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal

from ims_desktop.app import logs, steps
from ims_desktop.app.gates import Gates
from ims_desktop.database.enrolment import NeedsCode, gate_by_code
from ims_desktop.database.profiles import Profile
from ims_desktop.database.sign_in import Gate
from ims_desktop.domain.errors import Offline, UserError
from ims_desktop.ui.background import Background
from ims_desktop.ui.sign_in import SignIn
from ims_desktop.ui.theme import Tone

RETRY_SECONDS = 15
Done = Callable[[Any], None]
Failed = Callable[[Exception], None]


class Porter(QObject):
    """What every way in has in common: waiting, the code of a PC that keeps no secrets, and refusals in their place."""

    refused = Signal(object)  # str

    def __init__(self, view: SignIn, gates: Gates, background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self.view, self.gates, self._background = view, gates, background

    def ask(self, done: Done, work: Callable[..., Any], *args: Any, failed: Failed | None = None) -> None:
        """Do something at a gate; where the code of this PC is missing, ask for it first and do it again."""

        def refused(error: Exception) -> None:
            if isinstance(error, NeedsCode):
                self._ask_code(error.profile, lambda: self.ask(done, work, *args, failed=failed))
            else:
                (failed or self.refuse)(error)

        self._background.start(self, done, work, *args, failed=refused)

    def refuse(self, error: Exception) -> None:
        """Say why it did not work, where the person is."""
        if isinstance(error, Offline):
            self.view.show_unreachable(str(error), RETRY_SECONDS)
            self.refused.emit(str(error))
            return
        problems = error.problems if isinstance(error, UserError) else ()
        text = error.text if isinstance(error, UserError) else logs.under(logs.report(error))
        if self.view.asks:
            self.view.refuse_step(text, problems)
        else:
            self.view.refuse(text)
        self.refused.emit(text)

    def tell(self, text: str, tone: Tone = Tone.WARN) -> None:
        """Say above the fields what happened to who was here before."""
        self.view.tell(text, tone)
        self.refused.emit(text)

    def _ask_code(self, profile: Profile, again: Callable[[], None]) -> None:
        def opened(gate: Gate) -> None:
            self.gates.add(profile, gate)
            self.view.show_credentials()
            self.view.credentials.wait(True)
            again()

        def answered(values: Mapping[str, str]) -> None:
            self._background.start(self, opened, gate_by_code, profile, values["code"], failed=self.refuse)

        self.view.ask(steps.code_of_pc(profile.name), answered)
