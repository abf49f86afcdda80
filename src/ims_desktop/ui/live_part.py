"""A part of a panel that has a reading of its own."""

from collections.abc import Set
from typing import ClassVar

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ims_desktop.ui.desk import Desk


class LivePart(QWidget):
    """Whoever makes it calls `read` once it is ready; it is called again whenever one of `subjects` changed."""

    subjects: ClassVar[frozenset[str]]

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self.desk = desk
        self.content = QVBoxLayout(self)
        self.content.setContentsMargins(0, 0, 0, 0)
        desk.background.changed.connect(self._concerned)

    def read(self) -> None:
        """Ask for what it shows, off the GUI thread."""
        raise NotImplementedError

    def _concerned(self, subjects: Set[str]) -> None:
        if subjects & self.subjects:
            self.read()
