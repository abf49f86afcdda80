"""Edits that wait to be saved: by the key of their cell, step by step taken back and done again. No Qt in here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ims_desktop.domain.editing import CellChange, CellPlace, rows_of, same_value


@dataclass(frozen=True, slots=True)
class Staged:
    """A cell as somebody wants it; `row` is the row as it was seen, `words` what the cell shows meanwhile.

    `wrong` says why what was typed cannot be read: it is kept as it was typed, and nothing is saved before it is right.
    """

    row: Any
    old: Any
    new: Any
    words: str
    path: str = ""
    wrong: str = ""


Cells = Mapping[CellPlace, Staged | None]
Step = dict[CellPlace, tuple[Staged | None, Staged | None]]


class Staging:
    """The edits of one list, with what was said against them."""

    def __init__(self) -> None:
        self.cells: dict[CellPlace, Staged] = {}
        self.refused: dict[CellPlace, str] = {}
        self.theirs: dict[CellPlace, Any] = {}
        self._done: list[Step] = []
        self._undone: list[Step] = []

    def stage(self, wanted: Cells) -> bool:
        """Take edits in as one step; None, or the old value again, takes an edit away. Whether anything changed."""
        step: Step = {}
        for place, cell in wanted.items():
            before = self.cells.get(place)
            after = _kept(before, cell)
            if before != after:
                step[place] = (before, after)
        if step:
            self._done.append(step)
            self._undone.clear()
            self._put({place: after for place, (_before, after) in step.items()})
        return bool(step)

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to do again."""
        return bool(self._undone)

    def undo(self) -> tuple[CellPlace, ...]:
        """Take the newest step back; the cells it touched."""
        if not self._done:
            return ()
        step = self._done.pop()
        self._undone.append(step)
        self._put({place: before for place, (before, _after) in step.items()})
        return tuple(step)

    def redo(self) -> tuple[CellPlace, ...]:
        """Do the step again that was taken back last."""
        if not self._undone:
            return ()
        step = self._undone.pop()
        self._done.append(step)
        self._put({place: after for place, (_before, after) in step.items()})
        return tuple(step)

    def changes(self, places: Iterable[CellPlace] | None = None) -> tuple[CellChange, ...]:
        """What would be saved: all of it, or only these cells."""
        wanted = self.cells if places is None else {place: self.cells[place] for place in places if place in self.cells}
        return tuple(CellChange(place, cell.old, cell.new) for place, cell in wanted.items() if not cell.wrong)

    def problem(self, place: CellPlace) -> str:
        """What speaks against a cell: as it was typed, or as the server said."""
        cell = self.cells.get(place)
        return (cell.wrong if cell is not None else "") or self.refused.get(place, "")

    @property
    def marked(self) -> tuple[CellPlace, ...]:
        """The cells that need a second look, in the order in which they were changed."""
        return tuple(place for place in self.cells if self.problem(place) or place in self.theirs)

    @property
    def rows(self) -> int:
        """In how many rows something is changed."""
        return rows_of(CellChange(place, cell.old, cell.new) for place, cell in self.cells.items())

    def meet(self, place: CellPlace, now: Any) -> None:
        """Compare a cell with what the server says now: somebody else may have been faster."""
        cell = self.cells.get(place)
        if cell is None:
            return
        if same_value(now, cell.old):
            self.theirs.pop(place, None)
        elif same_value(now, cell.new) and not cell.wrong:
            self.drop((place,))
        else:
            self.theirs[place] = now

    def refuse(self, problems: Mapping[CellPlace, str], theirs: Mapping[CellPlace, Any]) -> None:
        """Keep what the server said against cells."""
        self.refused.update({place: text for place, text in problems.items() if place in self.cells})
        self.theirs.update({place: value for place, value in theirs.items() if place in self.cells})

    def settle(self, changes: Iterable[CellChange]) -> None:
        """These are saved; what was changed again while they were on their way stays an edit."""
        for change in changes:
            cell = self.cells.get(change.place)
            if cell is None or (not cell.wrong and same_value(cell.new, change.new)):
                self.drop((change.place,))
            else:
                self.cells[change.place] = replace(cell, old=change.new)

    def keep_mine(self, place: CellPlace) -> None:
        """Write over what somebody else wrote."""
        if place in self.theirs and place in self.cells:
            self.cells[place] = replace(self.cells[place], old=self.theirs.pop(place))

    def drop(self, places: Iterable[CellPlace]) -> None:
        """These are saved, or given up: they are no edits any more, and no step leads back to them."""
        for place in tuple(places):
            for book in (self.cells, self.refused, self.theirs):
                book.pop(place, None)
        self._done.clear()
        self._undone.clear()

    def _put(self, cells: Cells) -> None:
        for place, cell in cells.items():
            self.refused.pop(place, None)
            if cell is None:
                self.cells.pop(place, None)
                self.theirs.pop(place, None)
            else:
                self.cells[place] = cell


def _kept(before: Staged | None, cell: Staged | None) -> Staged | None:
    """The edit with the value that was there before anybody typed; nothing when it leads back to that."""
    if cell is None:
        return None
    if before is not None:
        cell = replace(cell, old=before.old)
    return None if not cell.wrong and same_value(cell.old, cell.new) else cell
