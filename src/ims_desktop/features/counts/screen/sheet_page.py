"""The page of the sheet one counts on: waits for a count to be opened, and remembers the last one."""

from uuid import UUID

from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from ims_desktop.features.counts.rules import Counted, CountedBlock
from ims_desktop.features.counts.screen.keeping import CountMemory
from ims_desktop.features.counts.screen.sheet_view import SheetView
from ims_desktop.ui.controls import named
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.empty_state import EmptyState
from ims_desktop.ui.side_area import SideArea


def build_sheet(desk: Desk) -> QWidget:
    """The page of one count, opened by its key."""
    return SheetPage(desk)


class SheetPage(SideArea):
    """Waits for a count to be opened, and shows it then."""

    def __init__(self, desk: Desk) -> None:
        self.stack = named(QStackedWidget(), "page")
        super().__init__(self.stack)
        self.setAccessibleName(self.tr("Count sheet"))
        self.desk = desk
        self.tells_offline = desk.journal is not None
        self.memory = CountMemory(desk, self)
        self.memory.filled.connect(self._remembered)
        self.view: SheetView | None = None
        nothing = EmptyState()
        nothing.say("clipboard-text", self.tr("No count is open"), self.tr("Choose one among the counts."))
        self.stack.addWidget(nothing)

    def show_record(self, key: UUID) -> None:
        """Open a count, or that of an entry which this PC keeps."""
        entry = self.desk.journal.find(key) if self.desk.journal is not None else None
        if entry is not None and isinstance(entry.value, Counted | CountedBlock):
            self.show_record(entry.value.sheet_id)
            if self.view is not None:
                self.view.take_up(entry)
            return
        if self.view is not None and self.view.key == key:
            self.view.read()
            return
        if self.view is not None:
            self.close_panel()
            self.stack.removeWidget(self.view)
            self.view.deleteLater()
        self.view = SheetView(self.desk, key, self, self.memory)
        self.stack.addWidget(self.view)
        self.stack.setCurrentWidget(self.view)
        self.view.read()

    def showEvent(self, event: QShowEvent) -> None:
        """Read what happened meanwhile; who opens the page without saying which count gets the one under way."""
        super().showEvent(event)
        if self.view is not None:
            self.view.read()
        else:
            self.desk.start(self, self._offer, self.memory.under_way, self.desk.site, replace="count under way")

    def _remembered(self) -> None:
        """The page was opened while nobody answered: now this PC does."""
        if self.view is not None and self.view.sheet is None:
            self.view.read()
        elif self.view is None and self.isVisible():
            self.desk.start(self, self._offer, self.memory.under_way, self.desk.site, replace="count under way")

    def _offer(self, found: UUID | None) -> None:
        if self.view is None and found is not None:
            self.show_record(found)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The panel comes and goes with the room for it."""
        super().resizeEvent(event)
        if self.view is not None:
            self.view.show_side()
