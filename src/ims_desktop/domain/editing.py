"""Cells that somebody changed in a list: values shared by the grid and the services that save them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.domain.wording import Words, both, say, say_count


@dataclass(frozen=True, slots=True)
class CellPlace:
    """A cell by the key of its row and of its column; `site` where the value belongs to one site of many."""

    row: Any
    column: str
    site: UUID | None = None


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell, the value it had when it was read and the one it should have.

    The old value is what tells whether somebody else was faster. It is narrower than the version of the row: two people
    who change different cells of a row do not disturb each other.
    """

    place: CellPlace
    old: Any
    new: Any

    def back(self) -> "CellChange":
        """The change that takes this one back."""
        return CellChange(self.place, self.new, self.old)


@dataclass(frozen=True, slots=True)
class Theirs:
    """What somebody else wrote into a cell meanwhile."""

    place: CellPlace
    value: Any


class CellsRefused(UserError):
    """Nothing was saved: each wrong cell (`row` of a Problem counts the changes from 1), and each conflict."""

    def __init__(self, problems: Sequence[Problem], conflicts: Sequence[Theirs] = ()) -> None:
        super().__init__(_sentence(len(problems), len(conflicts)), problems)
        self.conflicts = tuple(conflicts)


def _sentence(wrong: int, conflicts: int) -> Words:
    impossible = say_count("one cell is not possible", "{count:,} cells are not possible", wrong)
    changed = say_count(
        "somebody else changed one cell meanwhile", "somebody else changed {count:,} cells meanwhile", conflicts
    )
    parts = [part for count, part in ((wrong, impossible), (conflicts, changed)) if count]
    return say("Nothing was saved: {what}.", what=both(parts))


def same_value(one: Any, other: Any) -> bool:
    """Whether two values of a cell mean the same; the order of several ticks says nothing."""
    if isinstance(one, (tuple, list)) and isinstance(other, (tuple, list)):
        return sorted(one) == sorted(other)
    return bool(one == other)


def rows_of(changes: Iterable[CellChange]) -> int:
    """In how many rows these changes lie."""
    return len({change.place.row for change in changes})
