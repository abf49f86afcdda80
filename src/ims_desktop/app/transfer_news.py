"""What is sent to a site is told to those who receive there: when they come, and as soon as it leaves."""

from collections.abc import Set

from PySide6.QtCore import QObject

from ims_desktop.domain.wording import say
from ims_desktop.features.transfers.service import Arriving, arriving
from ims_desktop.ui.desk import Desk, Place
from ims_desktop.ui.news import NewsBook
from ims_desktop.ui.theme import Tone

RIGHTS = ("transfers.receive", "stock.view")


class TransferNews(QObject):
    """Asks what is under way to sites where the person receives; each transfer is told once."""

    def __init__(self, desk: Desk, book: NewsBook, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._book = desk, book
        desk.background.changed.connect(self._concerned)

    def look(self) -> None:
        """Ask, where the person receives anything."""
        if all(self._desk.may(right) for right in RIGHTS):
            self._desk.start(self, self._found, arriving, failed=lambda _error: None, replace="arriving")

    def _concerned(self, subjects: Set[str]) -> None:
        if "transfers" in subjects:
            self.look()

    def _found(self, found: tuple[Arriving, ...]) -> None:
        for one in found:
            words = say(
                "Transfer #{number} from {site} is on its way to {to_site}",
                number=one.number,
                site=one.site,
                to_site=one.to_site,
            )
            self._book.tell(words, Tone.INFO, Place("transfers", one.id), f"transfer {one.id}")
