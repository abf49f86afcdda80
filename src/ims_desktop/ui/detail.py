"""The description of a side panel: what a record's detail shows, as frozen values."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from PySide6.QtWidgets import QWidget

from ims_desktop.domain.wording import Words
from ims_desktop.ui.chips import Chip
from ims_desktop.ui.desk import Desk, Place
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.theme import Tone


@dataclass(frozen=True)
class Fact:
    """A labelled figure; `note` stands muted under it."""

    label: Words
    value: str
    note: Words = ""
    tone: Tone = Tone.PLAIN
    wide: bool = False  # takes the whole width, for text


@dataclass(frozen=True)
class Trend:
    """A small chart: values in time order, perhaps with a target line; `labels` name the points for its table."""

    title: Words
    values: tuple[Decimal, ...]
    labels: tuple[str, ...] = ()
    target: Decimal | None = None
    target_label: Words = ""
    steps: bool = False
    bars: bool = False
    note: Words = ""


@dataclass(frozen=True)
class Line:
    """One line of a related list: two texts on the left, a figure on the right, perhaps a place to go."""

    title: str
    note: str = ""
    value: str = ""
    tone: Tone = Tone.PLAIN
    place: Place | None = None


@dataclass(frozen=True)
class Related:
    """A short list of what belongs to the record; `total` and `place` give "See all 64"."""

    title: Words
    lines: tuple[Line, ...]
    total: int | None = None
    place: Place | None = None
    empty: Words = ""


@dataclass(frozen=True)
class Note:
    """A sentence that explains or warns."""

    text: Words
    tone: Tone = Tone.INFO


@dataclass(frozen=True)
class Detail:
    """The whole content of the panel for one record."""

    title: str
    code: str = ""
    chips: tuple[Chip, ...] = ()
    line: str = ""
    notes: tuple[Note, ...] = ()
    facts: tuple[Fact, ...] = ()
    trends: tuple[Trend, ...] = ()
    related: tuple[Related, ...] = ()


@dataclass(frozen=True)
class Section:
    """A part that another capability adds under the detail: build(desk, record, parent); None adds nothing."""

    title: Words
    build: Callable[[Desk, Any, QWidget], QWidget | None]
    permission: str | None = None


@dataclass(frozen=True)
class DetailButton:
    """A button at the foot of the panel: run(page, record)."""

    title: Words
    run: Callable[[Any, Any], None]
    icon: str | None = None
    permission: str | None = None
    primary: bool = False
    danger: bool = False
    why_not: Callable[[Any], Words | None] | None = None  # record -> the reason it is disabled
    show: Callable[[Any], bool] = lambda record: True
    menu: bool = False  # in the menu at the top instead of a button


@dataclass(frozen=True)
class DetailSpec:
    """`read(connection, key) -> record` is a use case; `describe(record, formats)` turns the record into words."""

    read: Callable[..., Any]
    describe: Callable[[Any, Formats], Detail]
    subjects: frozenset[str] = frozenset()
    buttons: tuple[DetailButton, ...] = ()
    sections: tuple[Section, ...] = ()
