"""A page that reads files: chosen or dropped, checked off the GUI thread, with what is wrong said above the rest."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ims_desktop.ui.busy_line import BusyLine
from ims_desktop.ui.controls import clear_layout
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.notes import NoteBox


class FilePage(QWidget):
    """Only the answer to the last question is shown: a file may be read anew before it was read."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAcceptDrops(True)
        self.desk = desk
        self.trouble = QVBoxLayout()
        self.busy = BusyLine(self)

    # what a page tells ---------------------------------------------------------------------------------------

    def take_dropped(self, paths: Sequence[str]) -> None:
        """Read what was dropped, at least one file."""
        raise NotImplementedError

    def show_failure(self, error: Exception) -> None:
        """Say why it could not be read or imported."""
        raise NotImplementedError

    # what it builds on ---------------------------------------------------------------------------------------

    def work(self, done: Callable[[Any], None], use_case: Callable[..., Any], *args: Any) -> None:
        """Run a use case off the GUI thread; what was told of the last one is taken away."""

        def shown(found: Any) -> None:
            self.busy.end()
            clear_layout(self.trouble)
            done(found)

        clear_layout(self.trouble)
        self.busy.begin()
        self.desk.start(self, shown, use_case, *args, failed=self._failed, replace="reading")

    def tell(self, note: NoteBox) -> None:
        """Say one more thing above the rest."""
        self.trouble.addWidget(note)

    def _failed(self, error: Exception) -> None:
        self.busy.end()
        clear_layout(self.trouble)
        self.show_failure(error)

    # dropping ------------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may be dropped."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Read what was dropped."""
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.take_dropped(paths)
