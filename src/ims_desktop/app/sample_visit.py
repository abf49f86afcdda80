"""A visit to the sample data: built when they are missing, then opened as their owner."""

from PySide6.QtCore import QObject, Signal

from ims_desktop.app.porter import Porter
from ims_desktop.app.sample_builder import SampleBuilder
from ims_desktop.database.profiles import DEMO
from ims_desktop.domain.errors import UserError
from ims_desktop.domain.sample_accounts import DEMO_PASSWORD, OWNER
from ims_desktop.ui.sign_in import Credentials
from ims_desktop.ui.theme import Tone


class SampleVisit(QObject):
    """Says in the sign-in window how far it is, and who may come in then."""

    ready = Signal(object, object)  # Credentials, the name of the group

    def __init__(self, porter: Porter, parent: QObject) -> None:
        super().__init__(parent)
        self._porter, self._builder = porter, SampleBuilder(self)

    def begin(self) -> None:
        """Build what is missing; it takes a minute the first time, and a moment later on."""
        self._say(self.tr("Preparing the sample data …"))
        self._builder.prepare(self._built, self._failed, self._say)

    def close(self) -> None:
        """Wait for a build under way."""
        self._builder.close()

    def _built(self) -> None:
        self.ready.emit(Credentials(DEMO, OWNER.login, DEMO_PASSWORD, remember=False), OWNER.tenants[0])

    def _failed(self, text: str) -> None:
        self._porter.refuse(UserError(text))

    def _say(self, text: str) -> None:
        self._porter.view.credentials.say(text, Tone.INFO)
        self._porter.view.credentials.wait(True)
