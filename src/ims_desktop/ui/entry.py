"""The description of a table for fast keyboard entry, such as waste or adjustments."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ims_desktop.domain.wording import Words
from ims_desktop.ui.choices import Choice, Choices
from ims_desktop.ui.theme import Tone

Line = Mapping[str, Any]


class EntryKind(Enum):
    """How a cell is filled in."""

    LOOKUP = "lookup"  # typed text is searched by `choices.search`; the cell keeps the Choice
    MEASURE = "measure"  # typed text goes through `parse`; the cell keeps a Measured
    TICKS = "ticks"  # names with commas among `offers`, read by `parse`; the cell keeps a Measured
    CHOICE = "choice"  # one of `choices`; the cell keeps its value
    TEXT = "text"  # str
    SHOWN = "shown"  # worked out by `show`, never typed


@dataclass(frozen=True)
class Measured:
    """What typed text such as "2 case + 4" means: the value and how it was reached, or the problem."""

    typed: str
    value: Any = None
    path: str = ""
    problem: Words = ""


@dataclass(frozen=True)
class Shown:
    """What a worked-out cell shows, with a muted unit behind it."""

    text: str
    unit: str = ""
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True)
class EntryColumn:
    """`parse(typed, line) -> Measured`, `offers(line)` and `show(line) -> Shown` see the line as filled in so far;
    so does `required`, where that depends."""

    key: str
    title: Words
    kind: EntryKind = EntryKind.TEXT
    width: int = 120
    placeholder: Words = ""
    required: bool | Callable[[Line], bool] = False
    choices: Choices | None = None
    parse: Callable[[str, Line], Measured] | None = None
    offers: Callable[[Line], Sequence[Choice]] | None = None
    show: Callable[[Line], Shown] | None = None
    right: bool = False
    stretch: bool = False


@dataclass(frozen=True)
class Remark:
    """A word about a line, shown under its first cell."""

    text: Words
    tone: Tone = Tone.WARN


@dataclass(frozen=True)
class EntrySpec:
    """`chosen(key, line)` gives values that follow from a choice (an item's home location);
    `remark(line)` warns without stopping. Lines that go `together` are recorded when all that were begun are ready,
    such as those of one paper; otherwise those that are ready go, and the rest stays."""

    columns: tuple[EntryColumn, ...]
    chosen: Callable[[str, Line], Mapping[str, Any]] | None = None
    remark: Callable[[Line], Remark | None] | None = None
    enter_records: bool = False  # Enter on a finished line asks to record it at once
    together: bool = False
    name: Words = "Entry"
