"""What a list shows, as a value: the columns of a file or a page, and the words that say what was selected."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from ims_desktop.domain.wording import say
from ims_desktop.ui.columns import Column, export_text, sub_text, unit_text
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.language import said

About = tuple[tuple[str, str], ...]
"""What was selected, in words: ("Filters", "Category is Dairy"), ("Site", "Downtown") …"""


class Part(Enum):
    """Which part of a column a cell of the file holds."""

    VALUE = "value"
    SUB = "sub"  # the second line of a title
    UNIT = "unit"


@dataclass(frozen=True)
class OutColumn:
    """One column of a file: a title above values of one kind."""

    title: str
    column: Column
    part: Part = Part.VALUE

    def text(self, row: Any, formats: Formats) -> str:
        """The words of a cell, as CSV files hold them."""
        match self.part:
            case Part.SUB:
                return sub_text(self.column, row)
            case Part.UNIT:
                return unit_text(self.column, row)
        return export_text(self.column, row, formats)


@dataclass(frozen=True)
class Shown:
    """A list as it stands on the screen, to be written elsewhere."""

    title: str
    columns: tuple[Column, ...]
    formats: Formats
    about: About = ()
    subtitle: str = ""
    totals: tuple[str, ...] = ()  # one for each column, empty where there is none


def out_columns(columns: Iterable[Column]) -> tuple[OutColumn, ...]:
    """The columns of a file: second lines and units get columns of their own, and no two have the same title."""
    found: list[OutColumn] = []
    for column in columns:
        found.append(OutColumn(_free(column.title, "", found), column))
        if column.sub:
            title = column.sub_title or column.sub.replace("_", " ").capitalize()
            found.append(OutColumn(_free(title, column.title, found), column, Part.SUB))
        if column.unit:
            found.append(OutColumn(_free(said(say("Unit")), column.title, found), column, Part.UNIT))
    return tuple(found)


def _free(title: str, of: str, taken: Sequence[OutColumn]) -> str:
    used = {one.title for one in taken}
    if title in used and of:
        title = f"{of}, {title.lower()}"
    return next(name for name in (title, *(f"{title} {n}" for n in range(2, len(used) + 3))) if name not in used)


def as_of_on_paper(formats: Formats) -> str:
    """The moment of printing as people write it, with the zone whose clock it is."""
    return f"{formats.stamp(datetime.now(UTC))} ({formats.zone.key})"


def as_of(formats: Formats) -> str:
    """The moment of writing, on the clock of the site, for files."""
    return formats.local(datetime.now(UTC)).isoformat(sep=" ", timespec="minutes")
