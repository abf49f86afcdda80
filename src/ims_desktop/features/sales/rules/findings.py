"""Where problems are gathered while a file is checked: every one, with row, column and value."""

from collections.abc import Iterator, Sequence

from ims_desktop.domain.wording import Words, commas, dotted, say, sentences
from ims_desktop.features.sales.rules.fields import Field
from ims_desktop.features.sales.rules.preview import Kind, Place, ProblemGroup, Weight
from ims_desktop.features.sales.rules.reading import Reading

_HEAVIER = {None: 0, Weight.NOTE: 0, Weight.KEPT: 1, Weight.ANSWER: 2, Weight.HELD: 3}


class Findings:
    """The problems found so far, and what becomes of each line because of them."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.size = len(reading.table.rows)
        self.fate: list[Weight | None] = [None] * self.size
        self.left_out: set[int] = set()
        self._skip: set[int] = set()
        self._places: dict[Kind, list[Place]] = {}

    def add(self, kind: Kind, line: int, field: Field | None, value: str, note: str = "") -> None:
        """One problem of one line (counted from 0)."""
        place = None if field is None else self.reading.place(field)
        column = "" if place is None else self.reading.table.header[place]
        self._places.setdefault(kind, []).append(Place(self.reading.table.numbers[line], column, value, note))
        if _HEAVIER[kind.weight] > _HEAVIER[self.fate[line]]:
            self.fate[line] = kind.weight

    def skip(self, line: int, *, leave_out: bool = False) -> None:
        """Look no further at this line: its cells mean nothing, or it is no sale."""
        self._skip.add(line)
        if leave_out:
            self.left_out.add(line)

    def lines(self) -> Sequence[int]:
        """The lines whose cells are worth checking."""
        return range(self.size) if not self._skip else [line for line in range(self.size) if line not in self._skip]

    def wait_for_column(self, text: str) -> None:
        """A needed column is missing: every line waits for it."""
        self._places.setdefault(Kind.MISSING_COLUMN, []).append(Place(0, "", "", text))
        self.fate = [fate if fate is Weight.HELD else Weight.ANSWER for fate in self.fate]

    def groups(self) -> Iterator[ProblemGroup]:
        """All problems by kind, in the order of the kinds, each in the order of the rows."""
        for kind in Kind:
            if kind in self._places:
                places = sorted(self._places[kind])
                yield ProblemGroup(kind, _detail(places), tuple(places))


def _detail(places: Sequence[Place]) -> Words:
    """The first few different values with the note of the first place; where there are no values, all notes."""
    values = list(dict.fromkeys(f"“{place.value}”" for place in places if place.value))
    named: Words = commas(values[:3])
    if len(values) > 3:
        named = say("{values} and {count:,} more", values=named, count=len(values) - 3)
    return dotted(named, places[0].note if values else sentences(dict.fromkeys(place.note for place in places)))
