"""Pastes a block of cells: finds out what each would become, then shows it before anything is staged."""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QObject, Signal

from ims_desktop.domain.cell_block import Block, read_block
from ims_desktop.ui.columns import Column
from ims_desktop.ui.grid import Grid
from ims_desktop.ui.grid_cells import Proposal
from ims_desktop.ui.language import counted
from ims_desktop.ui.list_reader import ListReader
from ims_desktop.ui.sliced_work import SlicedWork

MOST_ROWS = 20_000
BESIDE = " | "  # between cells that have no place in the list


class Pasting(QObject):
    """`planned` carries the proposals of a block; a single value is staged at once, since Ctrl+Z takes it back."""

    planned = Signal(object)  # list[Proposal]

    def __init__(self, grid: Grid, reader: ListReader) -> None:
        super().__init__(grid)
        self._grid, self._reader = grid, reader
        self._work: SlicedWork | None = None

    def paste(self, text: str) -> None:
        """Paste at the selected cells: a single value into all of them, a block from the first one on."""
        block = read_block(text)
        chosen = self._grid.table.selected_cells()
        if not text or not chosen.count:
            return
        if len(block) > MOST_ROWS:
            words = self.tr("This block has {count} rows; at most {most} can be pasted at once.")
            self._grid.desk.messages.note(words.format(count=counted(len(block)), most=counted(MOST_ROWS)))
        elif len(block) == 1 and len(block[0]) == 1:
            self._grid.stage_all(self._everywhere(block[0][0]))
        else:
            self._load(block, chosen.rows[0], chosen.columns[0])

    def _everywhere(self, typed: str) -> Iterator[Proposal]:
        rows = self._grid.model.rows
        for place, section in self._grid.table.selected_cells():
            yield self._step(rows[place], self._grid.model.columns[section], typed)

    def _load(self, block: Block, first_row: int, first_section: int) -> None:
        """Rows that are not loaded yet are read first, all at once."""
        titled = self._titled(block)
        columns = titled or self._from(first_section)
        block = block[1:] if titled else self._repeated(block)
        missing = first_row + len(block) - self._grid.model.rowCount()

        def plan() -> None:
            self._plan(block, first_row, columns)

        if missing > 0 and not self._grid.model.complete:
            self._reader.read_more(missing, plan)
        else:
            plan()

    def _titled(self, block: Block) -> Sequence[Column] | None:
        """The columns, where the first row of the block names them: what was copied with titles finds its place."""
        by_title = {column.title.casefold(): column for column in self._grid.model.columns}
        named = [by_title.get(cell.strip().casefold()) for cell in block[0]]
        found = [column for column in named if column is not None]
        return found if len(block) > 1 and len(found) == len(named) else None

    def _from(self, section: int) -> Sequence[Column]:
        shown = self._grid.table.shown_sections()
        return [self._grid.model.columns[each] for each in shown[shown.index(section) :]]

    def _repeated(self, block: Block) -> Block:
        """A block that fits the selected rows several times fills all of them."""
        rows = len(self._grid.table.selected_cells().rows)
        return block * (rows // len(block)) if rows > len(block) and rows % len(block) == 0 else block

    def _plan(self, block: Block, first_row: int, columns: Sequence[Column]) -> None:
        if self._work is not None:
            self._work.stop()
        self._work = SlicedWork(self, self._steps(block, first_row, columns), self._done)

    def _done(self, proposals: list[Proposal]) -> None:
        self._work = None
        self.planned.emit(proposals)

    def _steps(self, block: Block, first_row: int, columns: Sequence[Column]) -> Iterator[Proposal]:
        rows = self._grid.model.rows
        for place, cells in enumerate(block, first_row):
            if place >= len(rows):
                row = self.tr("row {number}").format(number=place + 1)
                yield _nowhere(BESIDE.join(cells), row, self.tr("The list ends above."))
                continue
            for column, typed in zip(columns, cells, strict=False):
                yield self._step(rows[place], column, typed)
            if rest := cells[len(columns) :]:
                name = self._grid.cells.name(rows[place])
                yield _nowhere(BESIDE.join(rest), name, self.tr("The block is wider than the list."))

    def _step(self, row: object, column: Column, typed: str) -> Proposal:
        """What stands there already is no change, also where nothing can be changed."""
        cells = self._grid.cells
        shown = cells.shown(column, row)
        if typed.strip() == shown and cells.why_not(column, row) is not None:
            return Proposal(cells.name(row), column, shown, shown)
        return cells.propose(column, row, typed)


def _nowhere(typed: str, name: str, why: str) -> Proposal:
    return Proposal(name, None, "", typed, refused=why)
