"""The foot of a list that can be edited: count, sum and average of the selected cells, or how to begin."""

from decimal import Decimal
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame

from ims_desktop.ui.columns import NUMERIC, Kind, decimals
from ims_desktop.ui.controls import fill, label
from ims_desktop.ui.controls import row as side_by_side
from ims_desktop.ui.grid import Grid
from ims_desktop.ui.language import counted

SETTLE_MS, MOST = 60, 20_000
PER_UNIT = frozenset({Kind.PERCENT, Kind.COST})  # adding these up says nothing


class SelectionSum(QFrame):
    """Follows the selection a moment later, so that dragging over cells stays smooth."""

    def __init__(self, grid: Grid) -> None:
        super().__init__()
        self._grid = grid
        self.words = label("", 12, 500, "muted", tabular=True, elide=True)
        layout = side_by_side()
        fill(layout, (self.words,), 0, (16, 4, 16, 4))
        self.setLayout(layout)
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self.tell)
        grid.table.picked.connect(self._settle.start)
        grid.changed.connect(self._settle.start)
        self.tell()

    def tell(self) -> None:
        """Say what the selected cells come to."""
        chosen = self._grid.table.selected_cells()
        if chosen.count < 2:
            self.words.say(
                self.tr("Type to change a cell, F2 to look into it · Ctrl+V pastes · Ctrl+D fills down · Ctrl+Z undoes")
            )
            return
        if chosen.count > MOST:
            self.words.say(self.tr("{count} cells").format(count=counted(chosen.count)))
            return
        said = [self.tr("{count} cells").format(count=counted(chosen.count))]
        self.words.say(" · ".join(said + self._figures([*chosen])))

    def _figures(self, cells: list[tuple[int, int]]) -> list[str]:
        grid, rows = self._grid, self._grid.model.rows
        found, places, kinds = list[Decimal](), 0, set[Kind]()
        for place, section in cells:
            column, row = grid.model.columns[section], rows[place]
            if column.kind not in NUMERIC:
                continue
            value: Any = grid.cells.value(column, row) if column in grid.cells.editable else getattr(row, column.key)
            if value is not None:
                found.append(Decimal(value))
                kinds.add(column.kind)
                places = max(places, decimals(column, row, grid.desk.formats))
        if not found:
            return []
        total = sum(found, Decimal(0))
        write = grid.desk.formats.percent if kinds == {Kind.PERCENT} else grid.desk.formats.number
        average = self.tr("average {value}").format(value=write(total / len(found), places))
        numbers = self.tr("{count} numbers").format(count=counted(len(found)))
        if kinds & PER_UNIT:
            return [numbers, average]
        return [numbers, self.tr("sum {value}").format(value=write(total, places)), average]
