"""The languages to choose from, each under the name its speakers give it."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from ims_desktop.ui.language import languages, speaker


class LanguageMenu(QMenu):
    """Marks the language that is spoken."""

    chosen = Signal(str)  # its code

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self._group = QActionGroup(self)
        self.ways: dict[str, QAction] = {}
        for code, name in languages().items():
            way = self.ways[code] = QAction(name, self, checkable=True)
            way.triggered.connect(partial(self._choose, code))
            self._group.addAction(way)
            self.addAction(way)
        self.aboutToShow.connect(self.mark)
        self.mark()

    def mark(self) -> None:
        """Show which one is spoken now."""
        for code, way in self.ways.items():
            way.setChecked(code == speaker.code)

    def _choose(self, code: str, _checked: bool = False) -> None:
        self.chosen.emit(code)
