"""The table of a list: fixed row heights, remembered columns, copying with headers, Enter opens."""

import json
from typing import Any

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QSettings, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QMenu, QTableView, QWidget

from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.header import Header
from ims_desktop.ui.painter import ONE_LINE, TWO_LINES, CellPainter
from ims_desktop.ui.table_model import TableModel

LEAST_STRETCHY = 140


class TableView(QTableView):
    """Shows a TableModel; `opened` carries the row value that was double-clicked or entered."""

    opened = Signal(object)
    clicked_link = Signal(object, object)  # column, row
    picked = Signal()

    def __init__(
        self, model: TableModel, key: str, settings: QSettings, name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._table, self._settings, self._place = model, settings, f"lists/{key}/columns"
        self.header = Header(model.columns, self)
        self.setHorizontalHeader(self.header)
        self._dress(any(column.kind is Kind.TITLE for column in model.columns))
        self.setModel(model)
        self.setItemDelegate(CellPainter(self))
        self.setAccessibleName(name)
        self._lay_out()
        self.header.sectionResized.connect(self._section_resized)
        self.header.sectionMoved.connect(lambda *_: self._remember())
        self.doubleClicked.connect(lambda index: self.opened.emit(model.row_at(index)))
        self.clicked.connect(self._clicked)
        self.selectionModel().selectionChanged.connect(lambda *_: self.picked.emit())

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

    # columns -------------------------------------------------------------------------------------------------

    def shown_columns(self) -> tuple[Column, ...]:
        """The columns as they stand: in their order, without hidden ones."""
        order = (self.header.logicalIndex(place) for place in range(self.header.count()))
        return tuple(self._table.columns[section] for section in order if not self.isColumnHidden(section))

    def column_menu(self) -> QMenu:
        """The column chooser."""
        menu = QMenu(self)
        for section, column in enumerate(self._table.columns):
            entry = QAction(column.title or column.key, menu, checkable=True, checked=not self.isColumnHidden(section))
            entry.toggled.connect(lambda on, section=section: self.show_column(section, on))
            menu.addAction(entry)
        menu.addSeparator()
        menu.addAction(self.tr("Back to the usual columns"), self.reset_columns)
        return menu

    def show_column(self, section: int, on: bool) -> None:
        """Show or hide a column; the last one stays."""
        if on or len(self.shown_columns()) > 1:
            self.setColumnHidden(section, not on)
            self._fit()
            self._remember()

    def reset_columns(self) -> None:
        """Forget widths, order and hidden columns."""
        self.header.blockSignals(True)
        for place, section in enumerate(range(self.header.count())):
            self.header.moveSection(self.header.visualIndex(section), place)
        self.header.blockSignals(False)
        self._settings.remove(self._place)
        self._lay_out()
        self.viewport().update()

    def _lay_out(self) -> None:
        kept = self._kept()
        self._widths = {
            column.key: int(kept.get("widths", {}).get(column.key, column.width)) for column in self._table.columns
        }
        hidden = kept.get("hidden")
        for section, column in enumerate(self._table.columns):
            self.setColumnHidden(section, column.key in hidden if hidden is not None else column.hidden)
        places = {column.key: section for section, column in enumerate(self._table.columns)}
        for place, key in enumerate(key for key in kept.get("order", ()) if key in places):
            self.header.moveSection(self.header.visualIndex(places[key]), place)
        self._fit()

    def _kept(self) -> dict[str, Any]:
        try:
            kept = json.loads(str(self._settings.value(self._place, "{}")))
        except json.JSONDecodeError:
            return {}
        return kept if isinstance(kept, dict) else {}

    def _remember(self) -> None:
        columns = self._table.columns
        order = [columns[self.header.logicalIndex(place)].key for place in range(self.header.count())]
        hidden = [column.key for section, column in enumerate(columns) if self.isColumnHidden(section)]
        self._settings.setValue(self._place, json.dumps({"order": order, "hidden": hidden, "widths": self._widths}))

    def _section_resized(self, section: int, _old: int, new: int) -> None:
        if not self._fitting and new:
            self._widths[self._table.columns[section].key] = new
            self._remember()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the stretching column what is left."""
        super().resizeEvent(event)
        self._fit()

    _fitting = False

    def _fit(self) -> None:
        """One column takes spare room and gives some when it is tight; beyond that a narrow window scrolls."""
        self._fitting = True
        columns = self._table.columns
        shown = [section for section in range(len(columns)) if not self.isColumnHidden(section)]
        spare = self.viewport().width() - sum(self._widths[columns[section].key] for section in shown)
        stretchy = next((section for section in shown if columns[section].stretch), shown[0] if shown else None)
        for section in shown:
            width = self._widths[columns[section].key]
            least = min(width, max(LEAST_STRETCHY, width * 2 // 3))
            self.setColumnWidth(section, max(least, width + spare) if section == stretchy else width)
        self._fitting = False

    # keys ----------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, Ctrl+C copies, Home and End go to the ends of the list, Esc is for what stands around."""
        if event.key() == Qt.Key.Key_Escape:
            event.ignore()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit(self._table.row_at(self.currentIndex()))
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End) and self._table.rowCount():
            self.choose(0 if event.key() == Qt.Key.Key_Home else self._table.rowCount() - 1)
        else:
            super().keyPressEvent(event)

    def copy(self) -> None:
        """Copy the selected rows with their headers, ready for a spreadsheet."""
        columns = self.shown_columns()
        sections = [self._table.columns.index(column) for column in columns]
        rows = sorted({index.row() for index in self.selectionModel().selectedRows()})
        lines = ["\t".join(column.title for column in columns)]
        for place in rows:
            cells = (str(self._table.index(place, section).data()) for section in sections)
            lines.append("\t".join(cell.replace("\t", " ").replace("\n", " ") for cell in cells))
        QGuiApplication.clipboard().setText("\n".join(lines))

    def choose(self, place: int) -> None:
        """Select a row by its place and scroll to it."""
        index = self._table.index(place, self._first_section())
        flag = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(index, flag.ClearAndSelect | flag.Rows)
        self.scrollTo(index)

    def choose_rows(self, places: list[int]) -> None:
        """Select rows by their places without scrolling."""
        selection, last = QItemSelection(), self._table.columnCount() - 1
        for place in places:
            selection.select(self._table.index(place, 0), self._table.index(place, last))
        flag = QItemSelectionModel.SelectionFlag
        if places:
            first = self._table.index(places[0], self._first_section())
            self.selectionModel().setCurrentIndex(first, flag.NoUpdate)
        self.selectionModel().select(selection, flag.ClearAndSelect)

    def chosen_rows(self) -> tuple[Any, ...]:
        """The selected row values from top to bottom."""
        places = sorted({index.row() for index in self.selectionModel().selectedRows()})
        return tuple(self._table.rows[place] for place in places)

    def _first_section(self) -> int:
        places = (self.header.logicalIndex(place) for place in range(self.header.count()))
        return next((section for section in places if not self.isColumnHidden(section)), 0)

    def _clicked(self, index: QModelIndex) -> None:
        column = self._table.columns[index.column()]
        if column.kind is Kind.LINK and column.opens:
            self.clicked_link.emit(column, self._table.row_at(index))
