"""The selected cells of a table as rows and columns."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QItemSelection


@dataclass(frozen=True)
class SelectedCells:
    """`rows` from top to bottom, `columns` (section numbers) from left to right, `cells` by row and place on screen."""

    rows: tuple[int, ...]
    columns: tuple[int, ...]
    ranges: tuple[tuple[range, tuple[int, ...]], ...]

    @classmethod
    def of(cls, selection: QItemSelection, shown: Sequence[int]) -> "SelectedCells":
        """What of a selection is shown."""
        ranges = []
        for number in range(selection.count()):
            part = selection.at(number)
            columns = tuple(section for section in shown if part.left() <= section <= part.right())
            ranges.append((range(part.top(), part.bottom() + 1), columns))
        rows = sorted({row for places, _columns in ranges for row in places})
        taken = {section for _places, columns in ranges for section in columns}
        return cls(tuple(rows), tuple(section for section in shown if section in taken), tuple(ranges))

    @property
    def count(self) -> int:
        """How many cells there are."""
        return sum(len(rows) * len(columns) for rows, columns in self.ranges)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        """Every cell as (row, section), once."""
        seen: set[tuple[int, int]] = set()
        for rows, columns in self.ranges:
            for row in rows:
                for section in columns:
                    if len(self.ranges) == 1 or (row, section) not in seen:
                        seen.add((row, section))
                        yield row, section
