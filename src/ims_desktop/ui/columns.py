"""A column is a value: screen, alignment, sorting, filtering, totals and export all read this one description."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from PySide6.QtCore import Qt

from ims_desktop.domain.wording import Words
from ims_desktop.ui.cell_edit import CellEdit
from ims_desktop.ui.chips import Chip
from ims_desktop.ui.choices import FilterBy
from ims_desktop.ui.formats import UNKNOWN, Formats
from ims_desktop.ui.language import said, shown
from ims_desktop.ui.theme import Tone


class Kind(Enum):
    """How a value is written and aligned."""

    TEXT = "text"
    TITLE = "title"  # two lines: the value, and the `sub` attribute under it
    NUMBER = "number"
    QUANTITY = "quantity"  # with the `unit` attribute muted in its own slot
    MONEY = "money"
    COST = "cost"  # a price or cost of one unit, four decimals
    PERCENT = "percent"  # the value is a ratio: Decimal("0.298") reads 29.8%
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"
    CHIP = "chip"  # a Chip, or a value looked up in `chips`
    LINK = "link"  # opens `opens` with the row's `link` attribute
    FLAG = "flag"  # a tick when true

    __hash__ = (
        object.__hash__
    )  # a kind is looked up several times for each cell, and Enum's own hash is written in Python


NUMERIC = frozenset({Kind.NUMBER, Kind.QUANTITY, Kind.MONEY, Kind.COST, Kind.PERCENT})
DATED = frozenset({Kind.DATE, Kind.DATETIME})
DECIMALS = {Kind.NUMBER: 0, Kind.QUANTITY: 3, Kind.COST: 4, Kind.PERCENT: 1}


@dataclass(frozen=True)
class Column:
    """`key`, `sub`, `unit`, `places` and `link` name attributes of the row value."""

    key: str
    title: Words
    kind: Kind = Kind.TEXT
    width: int = 110
    sub: str | None = None
    sub_title: Words = ""  # what the second line is called where it gets a column of its own
    unit: str | None = None
    decimals: int | None = None
    places: str | None = None  # attribute with the decimals of this very row, such as those of its unit
    signed: bool = False  # a plus before what is positive
    nothing: bool = True  # whether 0 is written; otherwise its cell is empty
    chips: Mapping[Any, Chip] = field(default_factory=dict)
    tone: Callable[[Any], Tone] | None = None  # row -> colour of the text
    sortable: bool = False
    filter: FilterBy | None = None  # a chip over the list; without one its kind says how it can be filtered by
    derived: bool = False  # worked out at the desk: the server cannot filter by it
    total: bool = False
    hidden: bool = False  # offered in the column chooser, not shown at first
    stretch: bool = False
    firm: bool = False  # as wide as it says also where room is short
    permission: str | None = None  # who may not see it has no such column at all
    opens: str | None = None
    link: str | None = None
    edit: CellEdit | None = None  # how its cells are changed; the list then needs a `save`


def raw(column: Column, row: Any) -> Any:
    """The value itself, as sorting and colouring see it."""
    return getattr(row, column.key)


def decimals(column: Column, row: Any, formats: Formats) -> int:
    """How many decimals this cell shows."""
    if column.places is not None:
        return int(getattr(row, column.places))
    if column.decimals is not None:
        return column.decimals
    return formats.money_decimals if column.kind is Kind.MONEY else DECIMALS.get(column.kind, 0)


def chip(column: Column, row: Any) -> Chip | None:
    """The chip of a CHIP cell; nothing when the value is unknown."""
    value = raw(column, row)
    if value is None:
        return None
    if isinstance(value, Chip):
        return Chip(said(value.text), value.tone)
    return column.chips.get(value) or Chip(str(value))


def text(column: Column, row: Any, formats: Formats) -> str:
    """The words of a cell: what is painted, read aloud and copied."""
    value = raw(column, row)
    if value is None or (not value and not column.nothing):
        return UNKNOWN if value is None else ""
    if column.kind in NUMERIC:
        write = formats.percent if column.kind is Kind.PERCENT else formats.number
        return write(value, decimals(column, row, formats), column.signed)
    match column.kind:
        case Kind.CHIP:
            return (chip(column, row) or Chip(UNKNOWN)).text
        case Kind.FLAG:
            return "✓" if value else ""
        case Kind.DATE | Kind.TIME | Kind.DATETIME:
            return _moment(column.kind, value, formats)
    return shown(value) if isinstance(value, str) else str(value)


def _moment(kind: Kind, value: Any, formats: Formats) -> str:
    writers = {Kind.DATE: formats.date, Kind.TIME: formats.time, Kind.DATETIME: formats.moment}
    return writers[kind](value)


def unit_text(column: Column, row: Any) -> str:
    """The unit that stands muted behind a quantity."""
    return str(getattr(row, column.unit) or "") if column.unit else ""


def sub_text(column: Column, row: Any) -> str:
    """The second line of a TITLE cell."""
    return shown(getattr(row, column.sub) or "") if column.sub else ""


def export_text(column: Column, row: Any, formats: Formats) -> str:
    """The cell for a CSV file: plain numbers and ISO dates, nothing for unknown."""
    value = raw(column, row)
    if value is None:
        return ""
    if column.kind in (Kind.CHIP, Kind.FLAG):
        words = {"✓": "yes", "": "no"} if column.kind is Kind.FLAG else {}
        shown = text(column, row, formats)
        return words.get(shown, shown)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return formats.local(value).isoformat(sep=" ", timespec="minutes")
    return str(value)  # dates and times are ISO already


def total_text(column: Column, value: Decimal | None, formats: Formats) -> str:
    """A total under its column, written as its cells are."""
    if value is None:
        return UNKNOWN
    places = column.decimals
    if places is None:
        places = formats.money_decimals if column.kind is Kind.MONEY else DECIMALS.get(column.kind, 0)
    return formats.percent(value, places) if column.kind is Kind.PERCENT else formats.number(value, places)


def alignment(column: Column) -> Qt.AlignmentFlag:
    """Numbers to the right, everything else to where reading begins."""
    if column.kind in NUMERIC:
        return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
    return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def cell_tone(column: Column, row: Any) -> Tone:
    """The colour of the words: what the column says, otherwise red for what is negative."""
    if column.tone is not None:
        return column.tone(row)
    value = raw(column, row)
    if column.kind in NUMERIC and value is not None and value < 0:
        return Tone.BAD
    return Tone.PLAIN
