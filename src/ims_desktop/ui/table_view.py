"""The table of a list: fixed row heights, remembered columns, copying with headers, Enter opens."""

from typing import Any

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QSettings,
    Qt,
    Signal,
)
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from ims_desktop.domain.cell_block import write_block
from ims_desktop.ui.cell_editors import CellEditors
from ims_desktop.ui.column_layout import ColumnLayout
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.frozen_column import FrozenColumn
from ims_desktop.ui.grid_keys import GridKeys
from ims_desktop.ui.header import Header
from ims_desktop.ui.painter import ONE_LINE, TWO_LINES, CellPainter
from ims_desktop.ui.selected_cells import SelectedCells
from ims_desktop.ui.table_model import TableModel

Index = QModelIndex | QPersistentModelIndex
Hint = QAbstractItemView.ScrollHint


class TableView(QTableView):
    """Shows a TableModel; `opened` carries the row value that was double-clicked or entered."""

    opened = Signal(object)
    clicked_link = Signal(object, object)  # column, row
    picked = Signal()
    keys: GridKeys | None = None  # what a list that can be edited does with a key, before the list itself

    def __init__(
        self, model: TableModel, key: str, settings: QSettings, name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._table = model
        self.header = Header(model.columns, self)
        self.setHorizontalHeader(self.header)
        self._dress(any(column.kind is Kind.TITLE for column in model.columns))
        self.setModel(model)
        self.setItemDelegate(CellPainter(self))
        self.setAccessibleName(name)
        self.column_layout = ColumnLayout(self, model.columns, model.formats, settings, key)
        self.frozen = FrozenColumn(self, self.header, self.column_layout)
        self.doubleClicked.connect(self._double_clicked)
        self.clicked.connect(self._clicked)
        self.selectionModel().selectionChanged.connect(lambda *_: self.picked.emit())
        model.modelReset.connect(self.picked)  # other rows: nothing is selected any more, which nobody tells

    def _dress(self, two_lines: bool) -> None:
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(ONE_LINE)
        self.verticalHeader().setDefaultSectionSize(TWO_LINES if two_lines else ONE_LINE)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)

    def edit_cells(self, editors: CellEditors, keys: GridKeys) -> None:
        """Select cell by cell, and let them be edited."""
        self.keys = keys
        self.setItemDelegate(editors)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(trigger.AnyKeyPressed | trigger.EditKeyPressed)

    def focusNextPrevChild(self, following: bool) -> bool:
        """Tab goes from cell to cell while somebody fills in; otherwise it leaves, as anywhere."""
        return not (self.keys is not None and self.keys.is_filling_in) and super().focusNextPrevChild(following)

    @property
    def is_editing(self) -> bool:
        """Whether somebody is typing into a cell."""
        return self.state() == QAbstractItemView.State.EditingState

    def event(self, event: QEvent) -> bool:
        """Keys that the grid wants do not become shortcuts of the window."""
        if self.keys is not None and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            wanted = self.keys.wants(event)
            event.setAccepted(wanted)
            if wanted:
                return True
        return super().event(event)

    # columns -------------------------------------------------------------------------------------------------

    def shown_columns(self) -> tuple[Column, ...]:
        """The columns as they stand: in their order, without hidden ones."""
        return self.column_layout.shown()

    def show_column(self, section: int, on: bool) -> None:
        """Show or hide a column; the last one stays."""
        self.column_layout.show_column(section, on)

    def reset_columns(self) -> None:
        """Forget widths, order, hidden columns and density."""
        self.column_layout.reset()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the stretching column what is left."""
        super().resizeEvent(event)
        self.column_layout.fit()
        self.frozen.place()

    def scrollTo(self, index: Index, hint: Hint = Hint.EnsureVisible) -> None:
        """Bring a cell into sight: not sideways for the column that stays, and not under it for the others."""
        if not self.isVisible():  # nothing stays anywhere yet
            super().scrollTo(index, hint)
            return
        bar = self.horizontalScrollBar()
        before, covered = bar.value(), self.frozen.covers(index)
        super().scrollTo(index, hint)
        if covered:
            bar.setValue(before)
        elif self.frozen.isVisible() and index.isValid():
            place = self.columnViewportPosition(index.column())
            end = self.viewport().width() - place - self.columnWidth(index.column()) if self.isRightToLeft() else place
            bar.setValue(bar.value() - max(0, self.frozen.width() - end))

    def edit(self, index: Index, *how: Any) -> Any:
        """Edit a cell where it is: an editor under the column that stays would not be seen."""
        begins = not how or bool(how[0] & self.editTriggers())  # Qt asks at every click
        if begins and self.frozen.covers(index):
            self.horizontalScrollBar().setValue(0)
        return super().edit(index, *how)

    # keys ----------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, Ctrl+C copies, Home and End go to the ends of the list, Esc is for what stands around."""
        if self.keys is not None and self.keys.press(event):
            return
        if event.key() == Qt.Key.Key_Escape:
            event.ignore()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit(self._table.row_at(self.currentIndex()))
        elif self.keys is None and event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End) and self._table.rowCount():
            self.choose(0 if event.key() == Qt.Key.Key_Home else self._table.rowCount() - 1)
        else:
            super().keyPressEvent(event)

    def key_words(self) -> list[tuple[str, str]]:
        """The keys of the table, and what they do."""
        found = [
            ("Enter", self.tr("Open the record")),
            ("↑ ↓", self.tr("Walk through the rows; with Shift, select them")),
            ("Ctrl+C", self.tr("Copy what is selected, for a spreadsheet")),
        ]
        if self.keys is None:
            found.insert(2, ("Home  End", self.tr("Go to the first or the last row")))
        else:
            found += [
                ("Home  End", self.tr("Go to the first or the last cell of the row")),
                ("Ctrl+Home  Ctrl+End", self.tr("Go to the first or the last cell of the list")),
                ("F2", self.tr("Edit the cell; typing does so too, Esc takes it back")),
                ("Enter  Tab", self.tr("Keep what is typed and go down, or to the right")),
                ("Ctrl+V", self.tr("Paste a block from a spreadsheet, with a preview")),
                ("Ctrl+D  Ctrl+R", self.tr("Fill down, fill to the right")),
                ("Ctrl+Shift+C", self.tr("Copy what is selected with the titles")),
                ("Shift+Space", self.tr("Select the whole row")),
                ("Space", self.tr("Tick or untick")),
                ("Delete", self.tr("Empty the selected cells")),
                ("Ctrl+Z  Ctrl+Y", self.tr("Undo, redo")),
            ]
        return found

    def copy(self, titles: bool = True) -> None:
        """Copy what is selected, ready for a spreadsheet: whole rows, or the block of the selected cells."""
        chosen = self.selected_cells()
        lines = [[self._table.columns[section].title for section in chosen.columns]] if titles else []
        for place in chosen.rows:
            lines.append([str(self._table.index(place, section).data()) for section in chosen.columns])
        QGuiApplication.clipboard().setText(write_block(lines))

    def choose(self, place: int) -> None:
        """Select a row by its place and scroll to it."""
        index = self._table.index(place, self.column_layout.first())
        flag = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(index, flag.ClearAndSelect | flag.Rows)
        self.scrollTo(index)

    def stand_on_rows(self) -> None:
        """Take the keyboard, and stand on the first row unless one is stood on."""
        self.setFocus()
        if not self.currentIndex().isValid() and self._table.rowCount():
            self.choose(0)

    def choose_rows(self, places: list[int]) -> None:
        """Select rows by their places without scrolling."""
        selection, last = QItemSelection(), self._table.columnCount() - 1
        for place in places:
            selection.select(self._table.index(place, 0), self._table.index(place, last))
        flag = QItemSelectionModel.SelectionFlag
        if places:
            first = self._table.index(places[0], self.column_layout.first())
            self.selectionModel().setCurrentIndex(first, flag.NoUpdate)
        self.selectionModel().select(selection, flag.ClearAndSelect)

    def chosen_rows(self) -> tuple[Any, ...]:
        """The rows in which something is selected, from top to bottom."""
        rows = self._table.rows
        return tuple(rows[place] for place in self.selected_cells().rows)

    def selected_cells(self) -> SelectedCells:
        """The selected cells of shown columns."""
        return SelectedCells.of(self.selectionModel().selection(), self.shown_sections())

    def shown_sections(self) -> tuple[int, ...]:
        """The shown columns by their number, as they stand."""
        order = (self.header.logicalIndex(place) for place in range(self.header.count()))
        return tuple(section for section in order if not self.isColumnHidden(section))

    def stand_on(self, place: int, section: int) -> None:
        """Select one cell, and scroll to it."""
        index = self._table.index(place, section)
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.scrollTo(index)

    def _double_clicked(self, index: QModelIndex) -> None:
        """The title opens the record; any other cell that can be edited is edited."""
        if self.keys is None or not self.keys.edit(index):
            self.opened.emit(self._table.row_at(index))

    def _clicked(self, index: QModelIndex) -> None:
        column = self._table.columns[index.column()]
        if column.kind is Kind.LINK and column.opens:
            self.clicked_link.emit(column, self._table.row_at(index))
