"""The small window behind "Columns": which ones are shown, in which order, and how close the rows stand."""

from PySide6.QtCore import QModelIndex, QSortFilterProxyModel, Qt
from PySide6.QtGui import QKeyEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from ims_desktop.domain.list_view import Density
from ims_desktop.ui.choices import Choice
from ims_desktop.ui.column_layout import ColumnLayout
from ims_desktop.ui.columns import Column
from ims_desktop.ui.controls import Button, column, label, named, row
from ims_desktop.ui.inputs import SearchBox, Segmented
from ims_desktop.ui.popovers import VALUE, OptionPainter, Popover

WIDTH, ROW, MOST = 280, 30, 10


class ColumnList(QListView):
    """The columns, to be ticked and moved: by dragging, or with Alt and the arrow keys."""

    def __init__(self, layout: ColumnLayout, columns: tuple[Column, ...]) -> None:
        super().__init__()
        self._layout, self._columns = layout, columns
        self.items = QStandardItemModel(self)
        self.found = QSortFilterProxyModel(self)
        self.found.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.found.setSourceModel(self.items)
        self.setModel(self.found)
        self.setItemDelegate(OptionPainter(self))
        self.setAccessibleName(self.tr("Columns"))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setFixedSize(WIDTH, ROW * min(len(columns), MOST) + 2)
        self.offer()
        self.items.itemChanged.connect(self._ticked)
        self.items.rowsRemoved.connect(lambda *_: self._dropped())

    def offer(self) -> None:
        """List the columns as they stand."""
        shown = self._layout.shown()
        self.items.blockSignals(True)
        self.items.clear()
        for section in self._layout.order():
            each = self._columns[section]
            item = QStandardItem(each.title or each.key)
            item.setData(each.key, VALUE)
            item.setCheckable(True)
            item.setCheckState(Qt.CheckState.Checked if each in shown else Qt.CheckState.Unchecked)
            item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsDropEnabled & ~Qt.ItemFlag.ItemIsEditable)
            self.items.appendRow(item)
        self.items.blockSignals(False)
        self.found.invalidate()

    def keys(self) -> list[str]:
        """The keys of the columns in their order."""
        return [self.items.item(place).data(VALUE) for place in range(self.items.rowCount())]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space and Enter tick, Alt with an arrow moves."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if step and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.move_by(step)
        elif event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.toggle(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def toggle(self, index: QModelIndex) -> None:
        """Show or hide a column."""
        item = self.items.itemFromIndex(self.found.mapToSource(index))
        if item is not None:
            on = item.checkState() == Qt.CheckState.Checked
            item.setCheckState(Qt.CheckState.Unchecked if on else Qt.CheckState.Checked)

    def move_by(self, step: int) -> None:
        """Move the current column one place; not while only some are listed."""
        place, keys = self.currentIndex().row(), self.keys()
        if self.found.rowCount() == len(keys) and place >= 0 and 0 <= place + step < len(keys):
            keys.insert(place + step, keys.pop(place))
            self._layout.put(keys)
            self.offer()
            self.setCurrentIndex(self.found.index(place + step, 0))

    def _ticked(self, item: QStandardItem) -> None:
        section = next(n for n, each in enumerate(self._columns) if each.key == item.data(VALUE))
        self._layout.show_column(section, item.checkState() == Qt.CheckState.Checked)
        if item.checkState() != Qt.CheckState.Checked and self._columns[section] in self._layout.shown():
            item.setCheckState(Qt.CheckState.Checked)  # the last one stays

    def _dropped(self) -> None:
        """Qt moves a row by putting a copy where it falls, then taking the old one away."""
        if self.items.rowCount() == len(self._columns):
            self._layout.put(self.keys())


class ColumnChooser(Popover):
    """Finds, ticks and orders columns, sets the density, and goes back to the usual."""

    def __init__(self, parent: QWidget, layout: ColumnLayout, columns: tuple[Column, ...]) -> None:
        super().__init__(parent)
        self._layout = layout
        self.list = ColumnList(layout, columns)
        named(self.list, "options")
        self.search = SearchBox(self.tr("Find a column"))
        self.search.textChanged.connect(self.list.found.setFilterFixedString)
        self.list.clicked.connect(self.list.toggle)
        self.density = Segmented(
            (
                Choice(Density.COMPACT, self.tr("Compact")),
                Choice(Density.NORMAL, self.tr("Normal")),
                Choice(Density.COMFORTABLE, self.tr("Airy")),
            ),
            layout.density,
            name=self.tr("How close the rows stand"),
        )
        self.density.chosen.connect(layout.stand)
        self.usual = Button(self.tr("Back to the usual columns"), "link")
        self.usual.clicked.connect(self.reset)
        hint = label(self.tr("Drag, or Alt with an arrow key, to move"), 11, role="muted")
        rows = row(label(self.tr("Rows"), 12, role="muted"), None, self.density)
        self.setLayout(
            column(self.search, 6, self.list, 4, hint, 8, rows, 8, row(self.usual, None), margins=(8, 8, 8, 8))
        )
        self.search.setFocus()

    def reset(self) -> None:
        """Back to how the list describes itself."""
        self._layout.reset()
        self.list.offer()
        self.density.choose(self._layout.density)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down goes from the search into the list."""
        if event.key() == Qt.Key.Key_Down and self.search.hasFocus():
            self.list.setFocus()
            self.list.setCurrentIndex(self.list.found.index(0, 0))
        else:
            super().keyPressEvent(event)
