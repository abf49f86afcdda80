"""The way from one count to another that is under way: also while the server is away, among those this PC remembers."""

from functools import partial
from uuid import UUID

from PySide6.QtWidgets import QMenu

from ims_desktop.domain.wording import say
from ims_desktop.features.counts.screen.keeping import CountMemory
from ims_desktop.features.counts.service import KnownCount
from ims_desktop.ui.controls import Button
from ims_desktop.ui.desk import Desk


class OtherCounts(Button):
    """A menu of the other counts; hidden while there is none."""

    def __init__(self, desk: Desk, memory: CountMemory, sheet: UUID) -> None:
        super().__init__(say("Other counts"), icon="clipboard-text")
        self._desk, self._memory, self._sheet = desk, memory, sheet
        self.setMenu(QMenu(self))
        self.menu().aboutToShow.connect(self.fill)
        memory.filled.connect(self.look)
        self.look()

    def look(self) -> None:
        """Be there when there is another count."""
        self.setVisible(any(one.sheet.id != self._sheet for one in self._counts()))

    def fill(self) -> None:
        """Offer them, the newest first."""
        self.menu().clear()
        for one in self._counts():
            if one.sheet.id != self._sheet:
                words = f"{one.sheet.code}    {one.sheet.name} · {one.sheet.site}"
                self.menu().addAction(words, partial(self._desk.navigation.open, "count_sheet", one.sheet.id))

    def _counts(self) -> tuple[KnownCount, ...]:
        return self._memory.known.counts if self._memory.known is not None else ()
