"""Small windows under a button: pick values from a list, known or found while somebody types."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    QSortFilterProxyModel,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPen, QShowEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ims_desktop.ui import icons
from ims_desktop.ui.choices import Choice
from ims_desktop.ui.controls import Piece, column, named
from ims_desktop.ui.inputs import SearchBox
from ims_desktop.ui.language import shown
from ims_desktop.ui.sides import Sheet
from ims_desktop.ui.theme import color, font

Index = QModelIndex | QPersistentModelIndex
Find = Callable[[str, Callable[[Sequence[Choice]], None]], None]
FIND_MS = 150
VALUE = Qt.ItemDataRole.UserRole
DETAIL = Qt.ItemDataRole.UserRole + 1


class Popover(QFrame):
    """A frame that floats under a widget and goes away with a click elsewhere."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setObjectName("popover")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)

    def show_under(self, anchor: QWidget) -> None:
        """Open under a widget, kept inside the window."""
        self.adjustSize()
        window = anchor.window()
        left, right = (window.mapToGlobal(QPoint(x, 0)).x() for x in (0, window.width()))
        below = anchor.mapToGlobal(QPoint(0, anchor.height() + 4))
        if self.isRightToLeft():
            self.move(max(below.x() + anchor.width() - self.width(), left + 8), below.y())
        else:
            self.move(min(below.x(), right - self.width() - 8), below.y())
        self.show()


class OptionPainter(QStyledItemDelegate):
    """Paints an option: a tick box when it can be ticked, its words, a muted detail at the end."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All options are equally high."""
        return QSize(160, 30)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one option."""
        box: Any = option
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lit = bool(box.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver))
        if lit:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color("selected" if box.state & QStyle.StateFlag.State_Selected else "hover"))
            painter.drawRoundedRect(QRectF(box.rect).adjusted(0, 1, 0, -1), 4, 4)
        area = box.rect.adjusted(8, 0, -8, 0)
        ticked, sheet = index.data(Qt.ItemDataRole.CheckStateRole), Sheet(painter, box.rect)
        if ticked is not None:
            place = sheet.lies(QRectF(area.left(), area.center().y() - 7, 16, 16))
            self._box(painter, place, Qt.CheckState(ticked) == Qt.CheckState.Checked)
            area.setLeft(area.left() + 24)
        self._words(painter, sheet, area, str(index.data()), str(index.data(DETAIL) or ""))
        painter.restore()

    def _box(self, painter: QPainter, area: QRectF, on: bool) -> None:
        painter.setPen(QPen(color("primary" if on else "inputborder"), 1))
        painter.setBrush(color("primary" if on else "surface"))
        painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        if on:
            icons.draw(painter, area.left() + 2, area.top() + 2, "check-bold", "onprimary", size=12)

    def _words(self, painter: QPainter, sheet: Sheet, area: QRect, words: str, detail: str) -> None:
        align = Qt.AlignmentFlag
        room = area.width()
        if detail:
            painter.setFont(font(12))
            painter.setPen(color("muted"))
            width = min(QFontMetrics(painter.font()).horizontalAdvance(detail), area.width() // 2)
            shown = QFontMetrics(painter.font()).elidedText(detail, Qt.TextElideMode.ElideRight, width + 1)
            sheet.write(area, shown, align.AlignRight | align.AlignVCenter)
            room -= width + 12
        painter.setFont(font())
        painter.setPen(color("text"))
        shown = QFontMetrics(painter.font()).elidedText(words, Qt.TextElideMode.ElideRight, room)
        sheet.write(area, shown, align.AlignLeft | align.AlignVCenter)


def option(choice: Choice) -> QStandardItem:
    """A Choice as an item of a list."""
    item = QStandardItem(shown(choice.text))
    item.setData(choice.value, VALUE)
    item.setData(shown(choice.detail), DETAIL)
    item.setEditable(False)
    return item


class ChoicePopover(Popover):
    """Ticks among choices, with a search from eight on; `picked` follows every tick."""

    picked = Signal(object)  # tuple of values
    fewest_searched = 9

    def __init__(
        self, parent: QWidget, choices: Sequence[Choice], values: tuple[Any, ...], name: str, many: bool = True
    ) -> None:
        super().__init__(parent)
        self._many = many
        self._model = QStandardItemModel(self)
        self._offer(choices, values)
        self._proxy = QSortFilterProxyModel(self)
        self._proxy.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._proxy.setSourceModel(self._model)
        self.list = named(QListView(), "options")
        self.list.setModel(self._proxy)
        self.list.setItemDelegate(OptionPainter(self.list))
        self.list.setMouseTracking(True)
        self.list.setAccessibleName(name)
        self.list.setUniformItemSizes(True)
        self.list.clicked.connect(self._toggle)
        self.list.setFixedSize(240, 30 * max(1, min(len(choices), 9)) + 2)
        self.search = SearchBox(self.tr("Find"), name=self.tr("Find among the choices"))
        self.search.textChanged.connect(self._proxy.setFilterFixedString)
        searched = len(choices) >= self.fewest_searched
        pieces: tuple[Piece, ...] = (self.search, 6, self.list) if searched else (self.list,)
        self.setLayout(column(*pieces, margins=(8, 8, 8, 8)))
        (self.search if searched else self.list).setFocus()

    def _offer(self, choices: Sequence[Choice], values: tuple[Any, ...]) -> None:
        self._model.clear()
        for choice in choices:
            item = option(choice)
            item.setCheckable(True)
            item.setCheckState(Qt.CheckState.Checked if choice.value in values else Qt.CheckState.Unchecked)
            self._model.appendRow(item)

    def values(self) -> tuple[Any, ...]:
        """The ticked values."""
        items = (self._model.item(place) for place in range(self._model.rowCount()))
        return tuple(item.data(VALUE) for item in items if item.checkState() == Qt.CheckState.Checked)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space and Enter tick the current choice."""
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._toggle(self.list.currentIndex() if self.list.currentIndex().isValid() else self._proxy.index(0, 0))
        elif event.key() == Qt.Key.Key_Down and self.search.hasFocus():
            self.list.setFocus()
            self.list.setCurrentIndex(self._proxy.index(0, 0))
        else:
            super().keyPressEvent(event)

    def _toggle(self, index: QModelIndex) -> None:
        item = self._model.itemFromIndex(self._proxy.mapToSource(index))
        if item is not None:
            on = item.checkState() == Qt.CheckState.Checked
            if not self._many:
                for place in range(self._model.rowCount()):
                    self._model.item(place).setCheckState(Qt.CheckState.Unchecked)
            item.setCheckState(Qt.CheckState.Unchecked if on else Qt.CheckState.Checked)
            self.picked.emit(self.values())


class SearchPopover(ChoicePopover):
    """Ticks among what the server finds while somebody types; what is ticked stays on top.

    `find(words, answer)` asks for choices; `known` names the ones ticked already.
    """

    fewest_searched = 0

    def __init__(
        self, parent: QWidget, known: Sequence[Choice], values: tuple[Any, ...], name: str, many: bool, find: Find
    ) -> None:
        super().__init__(parent, [choice for choice in known if choice.value in values], values, name, many)
        self._find = find
        self._proxy.setFilterFixedString("")
        self.search.textChanged.disconnect()
        self._pause = QTimer(self, singleShot=True, interval=FIND_MS)
        self._pause.timeout.connect(self._ask)
        self.search.textChanged.connect(lambda _words: self._pause.start())
        self.list.setFixedSize(280, 30 * 8 + 2)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin with what the server would offer first."""
        super().showEvent(event)
        self._ask()

    def _ask(self) -> None:
        self._find(self.search.text().strip(), self._found)

    def _found(self, choices: Sequence[Choice]) -> None:
        values = self.values()
        ticked = [choice for choice in self._ticked() if choice.value in values]
        self._offer([*ticked, *(choice for choice in choices if choice.value not in values)], values)

    def _ticked(self) -> list[Choice]:
        items = (self._model.item(place) for place in range(self._model.rowCount()))
        return [Choice(item.data(VALUE), item.text(), item.data(DETAIL) or "") for item in items]
