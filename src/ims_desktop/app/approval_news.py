"""Entries that wait for somebody's approval are told to those who may give it, and what came back to who entered it."""

from collections.abc import Set

from PySide6.QtCore import QObject

from ims_desktop.domain.wording import say
from ims_desktop.features.adjustments.screen import REVIEW
from ims_desktop.features.adjustments.service import Notable, notable
from ims_desktop.ui.desk import Desk, Place
from ims_desktop.ui.news import NewsBook
from ims_desktop.ui.theme import Tone

PAGES = {"WASTE": "waste", "ADJUSTMENT": "adjustments", "PRODUCTION": "production"}
RIGHTS = ("waste.record", "adjustments.record", "production.record")


class ApprovalNews(QObject):
    """Asks what waits; each entry is told once in each state."""

    def __init__(self, desk: Desk, book: NewsBook, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._book = desk, book
        desk.background.changed.connect(self._concerned)

    def look(self) -> None:
        """Ask, where the person records anything of the kind."""
        if any(self._desk.may(right) for right in RIGHTS):
            self._desk.start(self, self._found, notable, failed=lambda _error: None, replace="approvals")

    def _concerned(self, subjects: Set[str]) -> None:
        if "approvals" in subjects:
            self.look()

    def _found(self, found: tuple[Notable, ...]) -> None:
        for one in found:
            place = Place(PAGES[one.kind], f"{REVIEW}{one.id}")
            if one.mine:
                words = say("Entry #{number} came back: {reason}", number=one.number, reason=one.reason)
            else:
                words = say("Entry #{number} of {by} waits for approval", number=one.number, by=one.by)
            self._book.tell(words, Tone.WARN, place, f"approval {one.id} {one.state}")
