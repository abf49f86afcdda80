"""A form field is a value: its editor, its reading and its problems follow from this description."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ims_desktop.domain.wording import Words
from ims_desktop.ui.choices import Choices
from ims_desktop.ui.entry import EntrySpec


class FieldKind(Enum):
    """What is typed, and what comes out."""

    TEXT = "text"  # str
    MULTILINE = "multiline"  # str
    SECRET = "secret"  # str, shown as dots  # noqa: S105 - a kind of field
    NUMBER = "number"  # Decimal
    QUANTITY = "quantity"  # Decimal, with `unit` behind it
    MONEY = "money"  # Decimal, with the currency behind it
    COST = "cost"  # Decimal, four decimals
    PERCENT = "percent"  # typed 29.8, comes out as Decimal("0.298")
    DATE = "date"  # date
    TIME = "time"  # time
    CHOICE = "choice"  # the value of a Choice
    MANY = "many"  # tuple of values: several ticks
    CHECK = "check"  # bool
    ENTRY = "entry"  # tuple of lines: a table for fast keyboard entry, described by `entry`
    ROWS = "rows"  # tuple of dicts, one a row: a small table to edit
    SHOWN = "shown"  # only shown, never edited


@dataclass(frozen=True)
class Field:
    """`key` names the attribute of the initial value, the entry in the values, and the `field` of a Problem."""

    key: str
    label: Words
    kind: FieldKind = FieldKind.TEXT
    required: bool = False
    help: Words = ""
    placeholder: Words = ""
    unit: str = ""
    decimals: int | None = None
    choices: Choices | None = None
    columns: "tuple[Field, ...]" = ()  # of ROWS
    entry: Callable[[Any], EntrySpec] | None = None  # desk -> the table of ENTRY
    foot: Callable[[Any], Words] | None = None  # of ENTRY: lines so far -> what stands under them
    default: Any = None
    half: bool = False  # two half fields stand side by side
    max_length: int | None = None
    enabled: Callable[[Mapping[str, Any]], bool] | None = None  # values so far -> whether it can be filled in
    width: int = 0  # of a column in ROWS, 0: it stretches
    fixed: bool = False  # of ROWS: there are as many as there are, none is added or taken away


@dataclass(frozen=True)
class Group:
    """Fields under a heading."""

    title: Words
    fields: tuple[Field, ...]
    help: Words = ""
