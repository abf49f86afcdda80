"""What is put on paper, as values: a title, what was selected, figures, and tables whose rows are words already."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ims_desktop.domain.wording import Words
from ims_desktop.ui.columns import NUMERIC, Column, Kind, raw, sub_text, text, unit_text
from ims_desktop.ui.detail import Detail
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.shown import About, Shown


@dataclass(frozen=True)
class PrintColumn:
    """A column on paper; `stretch` takes what room is left."""

    title: Words
    right: bool = False
    stretch: bool = False


@dataclass(frozen=True)
class PrintTable:
    """A table on paper. What stands behind a line break in a cell is written smaller, as the second line of a title."""

    columns: tuple[PrintColumn, ...]
    rows: tuple[tuple[str, ...], ...]
    totals: tuple[str, ...] = ()
    title: Words = ""


@dataclass(frozen=True)
class Printout:
    """A whole document."""

    title: Words
    subtitle: Words = ""
    about: About = ()
    figures: tuple[tuple[str, str], ...] = ()
    tables: tuple[PrintTable, ...] = ()


def print_columns(columns: Iterable[Column]) -> tuple[PrintColumn, ...]:
    """The columns of the screen, on paper."""
    return tuple(PrintColumn(one.title, one.kind in NUMERIC, one.stretch) for one in columns)


def print_row(columns: Iterable[Column], row: Any, formats: Formats) -> tuple[str, ...]:
    """A row in the words of the screen, but for moments: paper is read on other days, too."""
    return tuple(_cell(column, row, formats) for column in columns)


def _cell(column: Column, row: Any, formats: Formats) -> str:
    said = formats.stamp(raw(column, row)) if column.kind is Kind.DATETIME else text(column, row, formats)
    words = " ".join(filter(None, (said, unit_text(column, row))))
    below = sub_text(column, row)
    return f"{words}\n{below}" if below else words


def printout_of(shown: Shown, rows: tuple[tuple[str, ...], ...]) -> Printout:
    """A list on paper."""
    table = PrintTable(print_columns(shown.columns), rows, shown.totals)
    return Printout(shown.title, shown.subtitle, shown.about, tables=(table,))


def printout_of_detail(detail: Detail, about: About) -> Printout:
    """A record on paper: what the panel shows, its charts as tables."""
    subtitle = " · ".join(filter(None, (detail.code, *(chip.text for chip in detail.chips), detail.line)))
    figures = tuple((fact.label, "\n".join(filter(None, (fact.value, fact.note)))) for fact in detail.facts)
    notes = tuple(("Note", note.text) for note in detail.notes)
    trends = tuple(
        PrintTable(
            (PrintColumn("", stretch=True), PrintColumn(trend.title, right=True)),
            tuple((label, f"{value:f}") for label, value in zip(trend.labels, trend.values, strict=False)),
            title=trend.title,
        )
        for trend in detail.trends
        if trend.labels
    )
    related = tuple(
        PrintTable(
            (PrintColumn("", stretch=True), PrintColumn("", right=True)),
            tuple((f"{line.title}\n{line.note}" if line.note else line.title, line.value) for line in one.lines),
            title=one.title,
        )
        for one in detail.related
        if one.lines
    )
    return Printout(detail.title, subtitle, (*about, *notes), figures, (*related, *trends))
