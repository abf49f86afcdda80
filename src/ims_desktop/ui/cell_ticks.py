"""The editor of a cell that holds several choices: their names with commas, and ticks for them under the line."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit

from ims_desktop.ui.choices import Choice
from ims_desktop.ui.lookup import Suggestions

BETWEEN = ", "


class TickLine(QLineEdit):
    """The line is the truth: a tick writes a name into it or takes it out, and what is typed narrows the ticks.

    Down goes into the ticks, Space turns the one stood on; Enter and Tab keep the cell as they do everywhere.
    """

    def __init__(self, choices: Sequence[Choice]) -> None:
        super().__init__()
        self._choices = tuple(choices)
        self._walking = False
        self.ticks = Suggestions(self)
        self.ticks.setAccessibleName(self.tr("Choices"))
        self.ticks.clicked.connect(self._clicked)
        self.textEdited.connect(self._typed)

    def names(self) -> list[str]:
        """The names that stand in the line, as they were written."""
        return [name for name in map(str.strip, self.text().split(",")) if name]

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Begin with all choices."""
        super().focusInEvent(event)
        self._offer("")

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The ticks go with the line."""
        self.ticks.hide()
        super().focusOutEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk through the ticks and turn them."""
        key, shown = Qt.Key(event.key()), self.ticks.isVisible()
        if shown and key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            if self._walking:
                self.ticks.walk(1 if key == Qt.Key.Key_Down else -1)
            self._walking = True
        elif shown and self._walking and key == Qt.Key.Key_Space:
            self._turn(str(self.ticks.currentIndex().data()))
        elif key == Qt.Key.Key_Down:
            self._offer("")
        else:
            super().keyPressEvent(event)

    def _typed(self, words: str) -> None:
        self._walking = False
        self._offer(words.rpartition(",")[2].strip())

    def _clicked(self, index: QModelIndex) -> None:
        self._turn(str(index.data()))

    def _turn(self, name: str) -> None:
        """Tick or untick one; a half-typed last word gives way to it."""
        known = {choice.text.casefold(): choice.text for choice in self._choices}
        kept = [known[one.casefold()] for one in self.names() if one.casefold() in known]
        ticked = [one for one in kept if one != name] if name in kept else [*kept, name]
        self.setText(BETWEEN.join(choice.text for choice in self._choices if choice.text in ticked))
        self.setModified(True)
        place = self.ticks.currentIndex().row() if self._walking else 0
        self._offer("")
        self.ticks.walk(place)

    def _offer(self, part: str) -> None:
        written = {name.casefold() for name in self.names()}
        half = part.casefold()
        fitting = [choice for choice in self._choices if half in written or half in choice.text.casefold()]
        self.ticks.offer(fitting if self.hasFocus() else (), {c.text for c in fitting if c.text.casefold() in written})
