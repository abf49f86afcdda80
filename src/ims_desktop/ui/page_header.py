"""The head of a page: title, what it shows, its buttons, and tabs with counts."""

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from ims_desktop.domain.wording import Words
from ims_desktop.ui.controls import Button, clear_layout, column, label, line, row, walk_in_order
from ims_desktop.ui.language import counted, said
from ims_desktop.ui.theme import font

SPACING = 20


class PageHeader(QWidget):
    """Title and subtitle on the left, buttons on the right; a `broad` subtitle has the line under them for itself."""

    def __init__(self, title: Words, *buttons: QWidget, broad: bool = False) -> None:
        super().__init__()
        self.title = label(said(title), 22, 600)
        self.subtitle = label("", 13, role="sub", tabular=True, elide=True)
        if broad:
            self.setLayout(column(row(self.title, None, *buttons, spacing=8), self.subtitle, spacing=2))
            return
        words = column(self.title, self.subtitle, spacing=2)
        layout = row(words, *buttons, spacing=8)
        layout.setStretch(0, 1)
        self.setLayout(layout)

    def say(self, subtitle: str) -> None:
        """Show another subtitle."""
        self.subtitle.say(subtitle)


class TabBar(QWidget):
    """Views by name, with a count behind each name where one is known; those without room are behind "More"."""

    chosen = Signal(object)  # the key

    def __init__(self, tabs: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._titles: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        self._marked: str | None = None
        self.buttons: dict[str, Button] = {}
        self._line = row(spacing=SPACING)
        self.more = Button(self.tr("More"), "tab", "caret-down")
        self.more.setMenu(QMenu(self.more))
        self.setLayout(column(self._line, line()))
        self.current = tabs[0][0]
        self.offer(tabs)

    def offer(self, tabs: Sequence[tuple[str, str]]) -> None:
        """Show these views; the chosen one stays chosen while it is among them, otherwise the first is."""
        self._line.removeWidget(self.more)
        clear_layout(self._line)
        self._titles = dict(tabs)
        self._counts = {key: count for key, count in self._counts.items() if key in self._titles}
        self.buttons = {key: Button(title, "tab", name=title) for key, title in tabs}
        for key, made in self.buttons.items():
            made.clicked.connect(partial(self._pick, key))
            self._line.addWidget(made)
        self._line.addWidget(self.more)
        self._line.addStretch(1)
        walk_in_order(self.more, *self.buttons.values(), self.more)
        self.choose(self.current if self.current in self.buttons else tabs[0][0])

    def choose(self, key: str) -> None:
        """Light a tab without telling anybody."""
        self.current = key
        for name, made in self.buttons.items():
            made.light(name == key)
            made.setFont(font(13, QFont.Weight.DemiBold if name == key else QFont.Weight.Medium))
        self._write()

    @property
    def counts(self) -> Mapping[str, int]:
        """How many rows the views have, where it is known."""
        return self._counts

    def show_counts(self, counts: Mapping[str, int]) -> None:
        """Show how many rows each of these views has."""
        self._counts |= {key: count for key, count in counts.items() if key in self._titles}
        self._write()

    def mark(self, key: str | None) -> None:
        """Mark a view as changed since it was saved."""
        if key != self._marked:
            self._marked = key
            self._write()

    def minimumSizeHint(self) -> QSize:
        """It takes the width there is."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many as fit."""
        super().resizeEvent(event)
        self._fit()

    def _write(self) -> None:
        for key, made in self.buttons.items():
            words = f"{self._titles[key]}  {counted(self._counts[key])}" if key in self._counts else self._titles[key]
            changed = key == self._marked
            made.say(
                f"{words} •" if changed else words, self.tr("{view}, changed").format(view=words) if changed else ""
            )
        self._fit()

    def _fit(self) -> None:
        """The chosen view is always seen."""
        widths = {key: made.sizeHint().width() + SPACING for key, made in self.buttons.items()}
        room = self.width() - (0 if sum(widths.values()) <= self.width() + SPACING else self.more.sizeHint().width())
        room -= widths.get(self.current, 0)
        hidden: list[str] = []
        for key, made in self.buttons.items():
            if key != self.current:
                room -= widths[key]
                if room < -SPACING or hidden:
                    hidden.append(key)
            made.setVisible(key not in hidden) if made.parent() else None
        menu = self.more.menu()
        menu.clear()
        for key in hidden:
            menu.addAction(self.buttons[key].text(), partial(self._pick, key))
        if self.more.parent():
            self.more.setVisible(bool(hidden))

    def _pick(self, key: str, _checked: bool = False) -> None:
        if key != self.current:
            self.choose(key)
            self.chosen.emit(key)
