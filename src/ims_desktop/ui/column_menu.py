"""What can be done with one column: order by it, first or after others, filter by it, move and hide it."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu

from ims_desktop.domain.listing import Sort
from ims_desktop.ui.table_view import TableView


class ColumnMenu(QMenu):
    """A menu about a column of a table; it goes when it is closed. `filter_by` opens the filter of the column."""

    def __init__(self, table: TableView, section: int, filter_by: Callable[[], None] | None = None) -> None:
        super().__init__(table)
        self._table, self._section = table, section
        self._column = table.header.column_at(section)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.addSection(self._column.title)
        if self._column.sortable:
            self._offer_orders()
        if filter_by is not None:
            self.addAction(self.tr("Filter by this …"), filter_by)
            self.addSeparator()
        order, place = list(table.column_layout.order()), table.header.visualIndex(section)
        left = 1 if table.isRightToLeft() else -1
        for words, step in ((self.tr("Move left"), left), (self.tr("Move right"), -left)):
            self.addAction(words, partial(self._move, step)).setEnabled(0 <= place + step < len(order))
        hide = self.addAction(self.tr("Hide"), partial(table.show_column, section, False))
        hide.setEnabled(len(table.shown_columns()) > 1)

    def open(self) -> None:
        """Open under the title of the column."""
        header = self._table.header
        left = max(0, header.sectionViewportPosition(self._section))
        if header.isRightToLeft():
            left += header.sectionSize(self._section) - self.sizeHint().width()
        self.popup(header.mapToGlobal(QPoint(left, header.height())))

    def _offer_orders(self) -> None:
        header, key = self._table.header, self._column.key
        others = tuple(sort for sort in header.sort if sort.key != key)
        self.addAction(self.tr("Sort ascending"), partial(header.order_by, (Sort(key),)))
        self.addAction(self.tr("Sort descending"), partial(header.order_by, (Sort(key, True),)))
        if others:
            self.addAction(self.tr("Then by this, ascending"), partial(header.order_by, (*others, Sort(key))))
            self.addAction(self.tr("Then by this, descending"), partial(header.order_by, (*others, Sort(key, True))))
            if len(others) < len(header.sort):
                self.addAction(self.tr("No longer by this"), partial(header.order_by, others))
        self.addSeparator()

    def _move(self, step: int) -> None:
        layout = self._table.column_layout
        keys = [self._table.header.column_at(section).key for section in layout.order()]
        place = keys.index(self._column.key)
        keys.insert(place + step, keys.pop(place))
        layout.put(keys)
