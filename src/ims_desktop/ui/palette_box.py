"""The box behind Ctrl+K: finds pages, actions and records by a few letters; recents when nothing is typed."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QSettings, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QStandardItemModel
from PySide6.QtWidgets import QFrame, QGraphicsDropShadowEffect, QListView, QWidget

from ims_desktop.domain.wording import Words
from ims_desktop.ui.choices import Choice
from ims_desktop.ui.controls import column, key_cap, label, named, row
from ims_desktop.ui.inputs import SearchBox
from ims_desktop.ui.popovers import OptionPainter, option

MOST, RECENTS = 12, 8
WIDTH = 560


@dataclass(frozen=True)
class Command:
    """One thing to find: `key` remembers it among the recents, `hint` says what kind of thing it is.

    `keys` does the same without the box. A record has its link for a key, so that it is found again another day.
    `place` is where its page stands: records come in the order of their pages, whichever answers first.
    """

    key: str
    title: Words
    run: Callable[[], None]
    hint: Words = ""
    keys: str = ""
    place: int = 0

    @property
    def detail(self) -> str:
        """What stands behind the title."""
        return "   ".join(filter(None, (self.hint, self.keys)))


def score(words: str, title: str) -> int:
    """How well a title fits: whole start, start of a word, inside, letters in order; 0 does not fit."""
    wanted, text = words.casefold(), title.casefold()
    if text.startswith(wanted):
        return 1000 - len(text)
    if any(word.startswith(wanted) for word in text.split()):
        return 800 - len(text)
    if wanted in text:
        return 600 - len(text)
    rest = iter(text)
    return 200 - len(text) if all(letter in rest for letter in wanted if letter != " ") else 0


class PaletteBox(QFrame):
    """Floats over a window; Esc or a click elsewhere closes it and gives the focus back."""

    def __init__(self, window: QWidget, settings: QSettings) -> None:
        super().__init__(window)
        self.setObjectName("popover")
        self._window = window
        self.setAccessibleName(self.tr("Find anything"))
        self._settings = settings
        self._commands: dict[str, Command] = {}
        self._found: list[Command] = []
        self.more: Callable[[str], None] = lambda words: None  # asks for records; they come through `add`
        self.open_link: Callable[[str], Callable[[], None] | None] = lambda link: None  # how to go where a link leads
        self.search = SearchBox(self.tr("Search pages, records, or type a command"))
        self.list = named(QListView(), "options")
        self._model = QStandardItemModel(self)
        self.list.setModel(self._model)
        self.list.setItemDelegate(OptionPainter(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setAccessibleName(self.tr("Found"))
        self.title = label("", 11, 600, "muted")
        choose, go = label(self.tr("choose"), 11, role="muted"), label(self.tr("open"), 11, role="muted")
        keys = row(key_cap("↑ ↓"), choose, key_cap("Enter"), go, None)
        self.setLayout(column(self.search, 8, self.title, 4, self.list, 6, keys, margins=(12, 12, 12, 10)))
        shadow = QGraphicsDropShadowEffect(self)
        shadow.setBlurRadius(40)
        shadow.setOffset(0, 10)
        self.setGraphicsEffect(shadow)
        self._pause = QTimer(self, singleShot=True, interval=150)
        self._pause.timeout.connect(lambda: self.more(self.words))
        self.search.textChanged.connect(self._typed)
        self.search.installEventFilter(self)
        self.list.clicked.connect(lambda index: self._run(index.row()))
        self._back: QWidget | None = None
        self.hide()

    def open(self, commands: Sequence[Command]) -> None:
        """Show the box with what can be found."""
        window = self._window
        self._commands = {command.key: command for command in commands}
        self._back = window.focusWidget()
        self.search.clear()
        self._show("")
        self.setFixedSize(min(WIDTH, window.width() - 40), min(480, window.height() - 120))
        self.move((window.width() - self.width()) // 2, 72)
        self.show()
        self.raise_()
        self.search.setFocus()

    @property
    def words(self) -> str:
        """What is typed."""
        return self.search.text().strip()

    def add(self, commands: Sequence[Command]) -> None:
        """Offer records that `more` asked for, behind what is offered already; who walked stays where they are."""
        here, shown = self.list.currentIndex().row(), {command.key for command in self._found}
        stood_on = self._found[here] if here > 0 else None
        self._commands |= {command.key: command for command in commands}
        found = [*self._found, *(command for command in commands if command.key not in shown)]
        self._list(sorted(found, key=lambda command: command.place))
        self.list.setCurrentIndex(self._model.index(self._found.index(stood_on) if stood_on else 0, 0))

    def _typed(self, _words: str) -> None:
        self._show(self.words)
        if self.words:
            self._pause.start()

    def _show(self, words: str) -> None:
        go = self.open_link(words)
        if go is not None:
            found = [Command(words, self.tr("Open the link"), go, words)]
        elif words:
            ranked = [(score(words, command.title), command) for command in self._commands.values()]
            found = [command for _, command in sorted((one for one in ranked if one[0]), key=lambda one: -one[0])]
        else:
            recent = self._recent()
            found = recent or list(self._commands.values())
            self.title.say(self.tr("Recent") if recent else self.tr("Pages and actions"))
        self._list(found[:MOST])

    def _list(self, found: list[Command]) -> None:
        self._found = found
        if not found:
            self.title.say(self.tr("Nothing found. Try the name of a page, an item or a supplier."))
        elif self.words:
            self.title.say(self.tr("Found"))
        self._model.clear()
        for command in found:
            self._model.appendRow(option(Choice(command.key, command.title, command.detail)))
        self.list.setCurrentIndex(self._model.index(0, 0))

    def _run(self, place: int) -> None:
        if 0 <= place < len(self._found):
            command = self._found[place]
            self._remember(command)
            self.close_box()
            command.run()

    def _recent(self) -> list[Command]:
        """What was opened last, as far as it can be opened now."""
        found = []
        for key, title, hint in self._recents():
            go = self.open_link(key)
            if key in self._commands:
                found.append(self._commands[key])
            elif go is not None:
                found.append(Command(key, title, go, hint))
        return found

    def _remember(self, command: Command) -> None:
        others = [one for one in self._recents() if one[0] != command.key]
        kept = [(command.key, command.title, command.hint), *others][:RECENTS]
        self._settings.setValue("palette/recents", json.dumps(kept))

    def _recents(self) -> list[tuple[str, str, str]]:
        try:
            kept = json.loads(str(self._settings.value("palette/recents") or "[]"))
            return [(str(key), str(title), str(hint)) for key, title, hint in kept]
        except (ValueError, TypeError):
            return []

    def close_box(self) -> None:
        """Hide, and give the focus back."""
        self.hide()
        if self._back is not None:
            self._back.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows walk, Enter opens, Esc and leaving close."""
        if event.type() == QEvent.Type.FocusOut and self.isVisible():
            self.hide()
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
            if step:
                place = (self.list.currentIndex().row() + step) % max(1, self._model.rowCount())
                self.list.setCurrentIndex(self._model.index(place, 0))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run(self.list.currentIndex().row())
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.close_box()
                return True
        return super().eventFilter(watched, event)
