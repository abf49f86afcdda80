"""What is marked in the preview of a file, and how: by colour, by a corner, by an edge and in words."""

from collections.abc import Mapping
from dataclasses import dataclass

from ims_desktop.domain.wording import Words
from ims_desktop.features.sales.rules import Kind, Preview, Weight
from ims_desktop.ui.language import said
from ims_desktop.ui.theme import Tone

TONES: Mapping[Weight, Tone] = {
    Weight.HELD: Tone.BAD,
    Weight.KEPT: Tone.NEUTRAL,
    Weight.ANSWER: Tone.WARN,
    Weight.NOTE: Tone.INFO,
}
WORDS: Mapping[Weight, Words] = {
    Weight.HELD: "Held back",
    Weight.KEPT: "Kept, not mapped",
    Weight.ANSWER: "Needs an answer",
    Weight.NOTE: "Note",
}
_RANK = (Weight.NOTE, Weight.KEPT, Weight.ANSWER, Weight.HELD)


@dataclass(frozen=True, slots=True)
class Mark:
    """The heaviest problem of one cell."""

    kind: Kind
    note: Words

    @property
    def tone(self) -> Tone:
        """The colour of its weight."""
        return TONES[self.kind.weight]

    @property
    def words(self) -> str:
        """What is wrong, for the tool tip and for screen readers."""
        about = said(self.kind.title)
        about = f"{about} ({said(self.note)})" if self.note else about
        return f"{said(WORDS[self.kind.weight])}: {about}"


class Marks:
    """The marks of a preview: by row of the file and column name, and the row's own by the column ""."""

    def __init__(self, preview: Preview) -> None:
        self._cells: dict[tuple[int, str], Mark] = {}
        self._rows: dict[int, Weight] = {}
        for group in preview.problems:
            for place in group.places:
                self._add(group.kind, place.row, place.column, place.note)

    def cell(self, row: int, column: str) -> Mark | None:
        """What is marked in a cell."""
        return self._cells.get((row, column))

    def weight(self, row: int) -> Weight | None:
        """The heaviest weight in a row of the file."""
        return self._rows.get(row)

    @property
    def rows(self) -> frozenset[int]:
        """Every row with a mark."""
        return frozenset(self._rows)

    def _add(self, kind: Kind, row: int, column: str, note: str) -> None:
        before = self._cells.get((row, column))
        if before is None or _RANK.index(kind.weight) > _RANK.index(before.kind.weight):
            self._cells[row, column] = Mark(kind, note)
        heaviest = self._rows.get(row)
        if heaviest is None or _RANK.index(kind.weight) > _RANK.index(heaviest):
            self._rows[row] = kind.weight
