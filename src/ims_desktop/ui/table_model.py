"""The one table model: rows are frozen values, columns are descriptions, pages come as the view asks for them."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from ims_desktop.domain.listing import Page
from ims_desktop.ui.columns import Column, alignment, raw, text, unit_text
from ims_desktop.ui.formats import Formats

Role = Qt.ItemDataRole
Index = QModelIndex | QPersistentModelIndex
RAW = int(Role.UserRole)
ROW = RAW + 1
NOWHERE = QModelIndex()


class TableModel(QAbstractTableModel):
    """Read-only rows; `more` is asked for the page behind a cursor."""

    def __init__(self, columns: Sequence[Column], formats: Formats, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns, self.formats = tuple(columns), formats
        self.more: Callable[[tuple[Any, ...]], None] = lambda after: None
        self._rows: list[Any] = []
        self._after: tuple[Any, ...] | None = None
        self._asked = False

    def begin(self, page: Page[Any]) -> None:
        """Show the first page instead of what was there."""
        self.beginResetModel()
        self._rows, self._after, self._asked = list(page.rows), page.after, False
        self.endResetModel()

    def extend(self, page: Page[Any]) -> None:
        """Add the next page below."""
        self._after, self._asked = page.after, False
        if page.rows:
            first = len(self._rows)
            self.beginInsertRows(NOWHERE, first, first + len(page.rows) - 1)
            self._rows.extend(page.rows)
            self.endInsertRows()

    def forget_asking(self) -> None:
        """The page asked for did not come; it may be asked for again."""
        self._asked = False

    @property
    def rows(self) -> tuple[Any, ...]:
        """The rows loaded so far."""
        return tuple(self._rows)

    @property
    def complete(self) -> bool:
        """Whether the last page is loaded."""
        return self._after is None

    def row_at(self, index: Index) -> Any:
        """The row value behind an index; None when it is nowhere."""
        return self._rows[index.row()] if index.isValid() else None

    def canFetchMore(self, parent: Index = NOWHERE) -> bool:
        """Whether there is a page that nobody asked for yet."""
        return not parent.isValid() and self._after is not None and not self._asked

    def fetchMore(self, parent: Index = NOWHERE) -> None:
        """Ask for the next page; it arrives later through `extend`."""
        if self.canFetchMore(parent) and self._after is not None:
            self._asked = True
            self.more(self._after)

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Rows loaded so far."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """All described columns."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """Words for display and screen readers; the value itself under RAW, the row under ROW."""
        if not index.isValid():
            return None
        column, row = self.columns[index.column()], self._rows[index.row()]
        match role:
            case Role.DisplayRole:
                return text(column, row, self.formats)
            case Role.TextAlignmentRole:
                return int(alignment(column))
            case Role.AccessibleTextRole:
                return f"{column.title}: {text(column, row, self.formats)} {unit_text(column, row)}".rstrip()
        return {RAW: raw(column, row), ROW: row}.get(role)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        """The titles."""
        if orientation == Qt.Orientation.Horizontal and 0 <= section < len(self.columns):
            if role == Role.DisplayRole:
                return self.columns[section].title
            if role == Role.TextAlignmentRole:
                return int(alignment(self.columns[section]))
        return None
