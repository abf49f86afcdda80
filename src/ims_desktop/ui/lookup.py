"""A line that finds one of many choices while somebody types."""

from collections.abc import Sequence, Set
from typing import Any

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QStandardItemModel
from PySide6.QtWidgets import QLineEdit, QListView

from ims_desktop.domain.errors import UserError
from ims_desktop.ui.choices import Choice, Choices
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.popovers import DETAIL, VALUE, OptionPainter, option
from ims_desktop.ui.theme import font

Tick = Qt.CheckState
DEBOUNCE_MS = 150
MOST, SHOWN, HEIGHT, WIDTH = 50, 8, 30, 320


class Suggestions(QListView):
    """The list under a line: it never takes the focus, so that typing goes on.

    A list of our own, because QCompleter and Python both believe that the popup is theirs to delete.
    """

    def __init__(self, line: QLineEdit) -> None:
        super().__init__(line)
        self._line = line
        self.setWindowFlags(Qt.WindowType.ToolTip | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setObjectName("suggestions")
        self.setAccessibleName(self.tr("Suggestions"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setItemDelegate(OptionPainter(self))
        self._items = QStandardItemModel(self)
        self.setModel(self._items)

    def offer(self, choices: Sequence[Choice], ticked: Set[str] | None = None) -> None:
        """Show choices under the line, standing on the first; none hides the list. `ticked`: names with a tick."""
        self._items.clear()
        for choice in choices[:MOST]:
            item = option(choice)
            if ticked is not None:
                item.setData(Tick.Checked if choice.text in ticked else Tick.Unchecked, Qt.ItemDataRole.CheckStateRole)
            self._items.appendRow(item)
        if not choices:
            self.hide()
            return
        self.setCurrentIndex(self._items.index(0, 0))
        self.resize(max(self._line.width(), WIDTH), HEIGHT * min(len(choices), SHOWN) + 10)
        beyond = self._line.width() - self.width() if self.isRightToLeft() else 0
        self.move(self._line.mapToGlobal(QPoint(beyond, self._line.height() + 2)))
        self.show()

    def walk(self, step: int) -> None:
        """Stand on the next or the previous choice."""
        count = self._items.rowCount()
        self.setCurrentIndex(self._items.index((self.currentIndex().row() + step) % max(1, count), 0))


class Lookup(QLineEdit):
    """Loaded choices are filtered here; searched ones are asked for, and only the newest answer counts."""

    chosen = Signal(object)  # Choice

    def __init__(self, desk: Desk, choices: Choices, *, hint: str = "", name: str = "") -> None:
        super().__init__()
        self._desk, self._choices = desk, choices
        self._options: Sequence[Choice] = choices.options
        self._wanted: Any = None
        self._choice: Choice | None = None
        self.setFont(font())
        self.setPlaceholderText(hint)
        self.setAccessibleName(name or hint)
        self.suggestions = Suggestions(self)
        self.suggestions.clicked.connect(self._activated)
        self._pause = QTimer(self, singleShot=True, interval=DEBOUNCE_MS)
        self._pause.timeout.connect(self._find)
        self.textEdited.connect(self._typed)
        self.load()

    def load(self) -> None:
        """Ask for the choices that are loaded; once more where nobody answered."""
        if self._choices.load is not None:
            self._desk.start(self, self._loaded, self._choices.load)

    @property
    def choice(self) -> Choice | None:
        """The chosen Choice."""
        return self._choice

    def value(self) -> Any:
        """The chosen value; None when the line is empty; UserError when its text names nothing."""
        if not self.text().strip():
            return None
        if self._choice is None:
            if self._wanted is not None:
                return self._wanted
            raise UserError(self.tr("“{text}” is not in the list. Choose one of it.").format(text=self.text().strip()))
        return self._choice.value

    def state(self) -> Any:
        """The chosen or wanted value, otherwise the text as typed."""
        if self._choice is not None:
            return self._choice.value
        return self.text().strip() if self._wanted is None else self._wanted

    def choose(self, value: Any) -> None:
        """Choose a Choice, or a value among what is or will be loaded."""
        if isinstance(value, Choice) or value is None:
            self._take(value)
            return
        found = next((choice for choice in self._options if choice.value == value), None)
        self._take(found)
        if found is None:
            self._wanted = value
            self.setText("…" if self._choices.load is not None else str(value))

    def _take(self, choice: Choice | None) -> None:
        self._choice, self._wanted = choice, None
        self.setText(choice.text if choice else "")

    def _loaded(self, choices: Sequence[Choice]) -> None:
        self._options = choices
        if self._wanted is not None:
            self.choose(self._wanted)

    def _typed(self, _text: str) -> None:
        self._choice, self._wanted = None, None
        if self._choices.search is not None:
            self._pause.start()
        else:
            self._find()

    def _find(self) -> None:
        words = self.text().strip()
        if self._choices.search is not None:
            if words:
                self._desk.start(self, self._offer, self._choices.search, words, replace="search")
            return
        parts = words.casefold().split()
        self._offer([c for c in self._options if all(part in f"{c.text} {c.detail}".casefold() for part in parts)])

    def _offer(self, choices: Sequence[Choice]) -> None:
        self.suggestions.offer(choices if self.hasFocus() else ())

    def _activated(self, index: QModelIndex) -> None:
        found = Choice(index.data(VALUE), str(index.data()), str(index.data(DETAIL) or ""))
        self.suggestions.hide()
        self._take(found)
        self.chosen.emit(found)

    def accept_first(self) -> bool:
        """Take the choice the list stands on; whether there is a choice now."""
        if self.suggestions.isVisible() and self.suggestions.currentIndex().isValid():
            self._activated(self.suggestions.currentIndex())
        return self._choice is not None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down shows or walks the choices, Enter takes the one stood on, Esc hides the list."""
        key, open_ = Qt.Key(event.key()), self.suggestions.isVisible()
        if open_ and key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.suggestions.walk(1 if key == Qt.Key.Key_Down else -1)
        elif open_ and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accept_first()
        elif open_ and key == Qt.Key.Key_Escape:
            self.suggestions.hide()
        elif key == Qt.Key.Key_Down and self._choices.search is None:
            self._offer(self._options)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click into an empty line shows all choices."""
        super().mousePressEvent(event)
        if self._choices.search is None and not self.text():
            self._offer(self._options)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Leaving with Tab takes the choice stood on."""
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.accept_first()
        self.suggestions.hide()
        super().focusOutEvent(event)
