"""The one table model: rows are frozen values, columns are descriptions, pages come as the view asks for them."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from ims_desktop.domain.listing import Page
from ims_desktop.ui.columns import Column, alignment, raw, text, unit_text
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.grid_cells import GridCells
from ims_desktop.ui.staging import Staged

Role = Qt.ItemDataRole
Index = QModelIndex | QPersistentModelIndex
RAW = int(Role.UserRole)
ROW = RAW + 1
STAGED = RAW + 2  # the Staged of a cell
WRONG = RAW + 3  # what speaks against it
THEIRS = RAW + 4  # what somebody else wrote meanwhile, in words
NOWHERE = QModelIndex()
Flag = Qt.ItemFlag
READ_ONLY = Flag.ItemIsEnabled | Flag.ItemIsSelectable | Flag.ItemNeverHasChildren


class Seen(NamedTuple):
    """All that is painted of a cell; `theirs` is what somebody else wrote meanwhile, in words."""

    row: Any
    words: str
    staged: Staged | None = None
    wrong: str = ""
    theirs: str | None = None


class TableModel(QAbstractTableModel):
    """Rows as they were read with what is staged over them; `more` is asked for the page behind a cursor."""

    def __init__(self, columns: Sequence[Column], formats: Formats, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns, self.formats = tuple(columns), formats
        self.more: Callable[[tuple[Any, ...]], None] = lambda after: None
        self._rows: list[Any] = []
        self._after: tuple[Any, ...] | None = None
        self._asked = False
        self._cells: GridCells | None = None

    @property
    def cells(self) -> GridCells | None:
        """What can be edited; None in a list that is only read."""
        return self._cells

    def make_editable(self, cells: GridCells) -> None:
        """Let cells be edited, and show what is staged."""
        self._cells = cells
        cells.changed.connect(self._repaint)

    def _repaint(self) -> None:
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(self.columns) - 1))

    def begin(self, page: Page[Any]) -> None:
        """Show the first page instead of what was there."""
        self.beginResetModel()
        self._rows, self._after, self._asked = list(page.rows), page.after, False
        self._meet(page)
        self.endResetModel()

    def extend(self, page: Page[Any]) -> None:
        """Add the next page below."""
        self._after, self._asked = page.after, False
        if page.rows:
            first = len(self._rows)
            self.beginInsertRows(NOWHERE, first, first + len(page.rows) - 1)
            self._rows.extend(page.rows)
            self.endInsertRows()
            self._meet(page)

    def _meet(self, page: Page[Any]) -> None:
        if self._cells is not None:
            self._cells.meet(page.rows)

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

    @property
    def after(self) -> tuple[Any, ...] | None:
        """The cursor of the page that is not loaded yet."""
        return self._after

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

    def seen(self, index: Index) -> Seen:
        """What is painted of a cell, in one question: each role is a way through Qt, for hundreds of cells a step."""
        column, row = self.columns[index.column()], self._rows[index.row()]
        cells = self._cells
        staged = None if cells is None else cells.staged(column, row)
        if cells is None or staged is None:
            return Seen(row, self.words(column, row))
        waits = cells.place(column, row) in cells.staging.cells  # what is saved already looks like all others
        wrong = cells.wrong(column, row)
        return Seen(row, staged.words, staged if waits else None, wrong, cells.theirs(column, row))

    def words(self, column: Column, row: Any) -> str:
        """What a cell says while nothing is staged in it."""
        return text(column, row, self.formats)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """Words for display and screen readers; the value itself under RAW, the row under ROW."""
        if not index.isValid():
            return None
        column, row = self.columns[index.column()], self._rows[index.row()]
        staged = self._cells.staged(column, row) if self._cells is not None else None
        match role:
            case Role.DisplayRole:
                return self.words(column, row) if staged is None else staged.words
            case Role.TextAlignmentRole:
                return int(alignment(column))
            case Role.AccessibleTextRole | Role.ToolTipRole:
                return self._explained(column, row, staged, role)
        if role in (STAGED, WRONG, THEIRS):
            return self._edited(column, row, role)
        return {RAW: raw(column, row), ROW: row}.get(role)

    def _explained(self, column: Column, row: Any, staged: Staged | None, role: int) -> str | None:
        why = self._cells.explain(column, row) if staged is not None and self._cells is not None else ""
        if role == Role.ToolTipRole:
            return why or None
        words = self.words(column, row) if staged is None else staged.words
        said = f"{column.title}: {words} {unit_text(column, row)}".rstrip()
        return f"{said}. {why}" if why else said

    def _edited(self, column: Column, row: Any, role: int) -> Any:
        staged = self._cells.staged(column, row) if self._cells is not None else None
        if self._cells is None or staged is None:
            return None
        if role == STAGED:
            return staged if self._cells.place(column, row) in self._cells.staging.cells else None
        return self._cells.wrong(column, row) if role == WRONG else self._cells.theirs(column, row)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Cells that can be edited say so."""
        if self._cells is None and index.isValid():
            return READ_ONLY
        flags = super().flags(index)
        if self._cells is not None and index.isValid():
            editable = self._cells.why_not(self.columns[index.column()], self._rows[index.row()]) is None
            return flags | Qt.ItemFlag.ItemIsEditable if editable else flags
        return flags

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        """The titles."""
        if orientation == Qt.Orientation.Horizontal and 0 <= section < len(self.columns):
            if role == Role.DisplayRole:
                return self.columns[section].title
            if role == Role.TextAlignmentRole:
                return int(alignment(self.columns[section]))
        return None
