"""The head of a page: title, what it shows, its buttons, and tabs with counts."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QWidget

from ims_desktop.ui.controls import Button, column, label, line, row
from ims_desktop.ui.theme import font


class PageHeader(QWidget):
    """Title and subtitle on the left, buttons on the right."""

    def __init__(self, title: str, *buttons: QWidget) -> None:
        super().__init__()
        self.title = label(title, 22, 600)
        self.subtitle = label("", 13, role="sub", tabular=True, elide=True)
        words = column(self.title, self.subtitle, spacing=2)
        layout = row(words, *buttons, spacing=8)
        layout.setStretch(0, 1)
        self.setLayout(layout)

    def say(self, subtitle: str) -> None:
        """Show another subtitle."""
        self.subtitle.say(subtitle)


class TabBar(QWidget):
    """Preset views by name, with a count behind each name where one is known."""

    chosen = Signal(object)  # the key

    def __init__(self, tabs: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._titles = dict(tabs)
        self._counts: Mapping[str, int] = {}
        self.buttons = {key: Button(title, "tab", name=title) for key, title in tabs}
        for key, made in self.buttons.items():
            made.clicked.connect(lambda _=False, key=key: self._pick(key))
        self.setLayout(column(row(*self.buttons.values(), None, spacing=20), line()))
        self.current = tabs[0][0]
        self.choose(self.current)

    def choose(self, key: str) -> None:
        """Light a tab without telling anybody."""
        self.current = key
        for name, made in self.buttons.items():
            made.light(name == key)
            made.setFont(font(13, QFont.Weight.DemiBold if name == key else QFont.Weight.Medium))

    def show_counts(self, counts: Mapping[str, int]) -> None:
        """Show how many rows each view has."""
        self._counts = counts
        for key, made in self.buttons.items():
            title = self._titles[key]
            made.say(f"{title}  {counts[key]:,}" if key in counts else title)

    def _pick(self, key: str) -> None:
        if key != self.current:
            self.choose(key)
            self.chosen.emit(key)
