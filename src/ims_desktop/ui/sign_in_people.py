"""The card with the people this PC remembers: one click, and perhaps a PIN."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame

from ims_desktop.domain.wording import say
from ims_desktop.ui.avatar import Avatar
from ims_desktop.ui.controls import Button, clear_layout, column, fill, label, scrolling
from ims_desktop.ui.notes import NoteBox
from ims_desktop.ui.sign_in_parts import CARD_HEIGHT, CARD_WIDTH, MARGINS, Tile
from ims_desktop.ui.theme import Tone


@dataclass(frozen=True)
class KnownPerson:
    """Somebody this PC remembers."""

    key: Any
    name: str
    detail: str = ""


class PeopleCard(QFrame):
    """Who is working now? Everybody else signs in with a password."""

    chosen = Signal(object)  # the key
    somebody_else = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setFixedSize(CARD_WIDTH, CARD_HEIGHT)
        self.setProperty("quiet", "true")  # its tiles are lit, not the card
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.tiles: list[Tile] = []
        self._people: tuple[KnownPerson, ...] = ()
        self._list, self._told = column(spacing=8), column()
        self.other = Button(say("Somebody else"), icon="user-plus")
        self.other.clicked.connect(self.somebody_else)
        layout = column()
        pieces = (
            label(say("Who is working?"), 22, 600), 2,
            label(say("This PC remembers these people."), 13, role="sub"), 18, self._told,
            scrolling(column(self._list, None)), 14, self.other,
        )  # fmt: skip
        fill(layout, pieces, 0, MARGINS)
        self.setLayout(layout)

    def offer(self, people: Sequence[KnownPerson]) -> None:
        """Show these people."""
        clear_layout(self._told)
        clear_layout(self._list)
        self._people, self.tiles = tuple(people), []
        for person in people:
            tile = Tile(Avatar(person.name, 34), person.name, person.detail)
            tile.clicked.connect(partial(self.chosen.emit, person.key))
            self.tiles.append(tile)
            self._list.addWidget(tile)
        self._fit(0)
        if self.tiles:
            self.tiles[0].setFocus()

    def _fit(self, more: int) -> None:
        self.setFixedHeight(min(CARD_HEIGHT, 220 + more + 64 * max(2, len(self.tiles))))

    def say(self, text: str, tone: Tone) -> None:
        """Tell above the people what happened."""
        clear_layout(self._told)
        note = NoteBox(text, tone)
        self._told.addLayout(column(note, 14))
        self._fit(80)
        note.show()  # at once: a layout would do it only when the event loop comes round

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits choose, arrows walk, Esc leads to the password."""
        key = event.key()
        place = next((number for number, tile in enumerate(self.tiles) if tile.hasFocus()), 0)
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(key), 0)
        if Qt.Key.Key_1 <= key <= Qt.Key.Key_9 and key - Qt.Key.Key_1 < len(self._people):
            self.chosen.emit(self._people[key - Qt.Key.Key_1].key)
        elif step and self.tiles:
            self.tiles[min(len(self.tiles) - 1, max(0, place + step))].setFocus()
        elif key == Qt.Key.Key_Escape:
            self.somebody_else.emit()
        else:
            super().keyPressEvent(event)
