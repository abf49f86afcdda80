"""Writes rows into a file, part by part: CSV and Excel. A file that is not finished is never left behind."""

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from ims_desktop.domain.csv_file import ENCODING, CsvWriter
from ims_desktop.domain.wording import say
from ims_desktop.ui.columns import NUMERIC, Column, Kind, decimals, raw
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.language import counted, said
from ims_desktop.ui.shown import OutColumn, Part, Shown, as_of, out_columns

SHEET_ROWS = 1_048_576
CELL_LETTERS = 32_767
WIDEST, PIXELS_PER_LETTER = 60, 7
FIRST_DAY = date(1900, 3, 1)  # before it, calendars of spreadsheets count a day that never was
PATTERNS = {Kind.DATE: "yyyy-mm-dd", Kind.TIME: "hh:mm", Kind.DATETIME: "yyyy-mm-dd hh:mm"}


class Sink(Protocol):
    """A file under way."""

    def write(self, rows: Iterable[Any]) -> None:
        """Add rows."""

    def finish(self) -> None:
        """Close the file: now it is whole."""

    def drop(self) -> None:
        """Give up; may be called at any time, also twice."""


def _is_figure(out: OutColumn) -> bool:
    return out.part is Part.VALUE and out.column.kind in NUMERIC


class CsvSink:
    """A CSV file under way."""

    def __init__(self, path: Path, shown: Shown) -> None:
        self._columns, self._formats = out_columns(shown.columns), shown.formats
        self._file = path.open("w", encoding=ENCODING, newline="")
        self._writer = CsvWriter(self._file)
        self._writer.row(out.title for out in self._columns)

    def write(self, rows: Iterable[Any]) -> None:
        """Add rows."""
        for row in rows:
            self._writer.row(
                raw(out.column, row) if _is_figure(out) else out.text(row, self._formats) for out in self._columns
            )

    def finish(self) -> None:
        """Close the file."""
        self._file.close()

    def drop(self) -> None:
        """Give up."""
        self._file.close()


class XlsxSink:
    """A workbook with real numbers and dates; rows go to the disk at once, so its size costs no memory.

    What was selected stands on a sheet of its own, so that the first one holds nothing but the table. A table longer
    than a sheet may be goes on on the next one.
    """

    def __init__(self, path: Path, shown: Shown) -> None:
        self._shown, self._columns = shown, out_columns(shown.columns)
        # Cells are written by kind, never guessed: text stays text, whatever it begins with.
        self._book = Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False})
        self._is_open = True
        self._formats: dict[str, Format] = {}
        self._bold = self._book.add_format({"bold": True, "bg_color": "#F0F2F5", "bottom": 1, "valign": "vcenter"})
        self._row = self._count = self._sheets = 0
        self._sheet = self._begun_sheet()

    def write(self, rows: Iterable[Any]) -> None:
        """Add rows."""
        for row in rows:
            if self._row >= SHEET_ROWS:
                self._end_sheet()
                self._sheet = self._begun_sheet()
            for place, out in enumerate(self._columns):
                self._cell(place, out, row)
            self._row += 1
            self._count += 1

    def finish(self) -> None:
        """Write what was selected, and close the file."""
        self._end_sheet()
        self._about()
        self.drop()

    def drop(self) -> None:
        """Close; what is not finished is deleted by whoever gave the path."""
        if self._is_open:
            self._is_open = False
            self._book.close()

    def _begun_sheet(self) -> Worksheet:
        self._sheets += 1
        name = "".join(" " if sign in "[]:*?/\\" else sign for sign in self._shown.title)[:25].strip("' ") or "List"
        sheet = self._book.add_worksheet(name if self._sheets == 1 else f"{name} {self._sheets}")
        sheet.freeze_panes(1, 0)
        for place, out in enumerate(self._columns):
            sheet.set_column(place, place, _width(out))
            sheet.write_string(0, place, out.title, self._bold)
        self._row = 1
        return sheet

    def _end_sheet(self) -> None:
        if self._columns:
            self._sheet.autofilter(0, 0, max(self._row - 1, 1), len(self._columns) - 1)

    def _cell(self, place: int, out: OutColumn, row: Any) -> None:
        column, formats = out.column, self._shown.formats
        value = raw(column, row) if out.part is Part.VALUE else None
        if value is not None and column.kind in NUMERIC:
            self._sheet.write_number(self._row, place, float(value), self._format(_pattern(column, row, formats)))
        elif column.kind in PATTERNS and (moment := _moment(value, formats)) is not None:
            self._sheet.write_datetime(self._row, place, moment, self._format(PATTERNS[column.kind]))
        elif words := out.text(row, formats):
            self._sheet.write_string(self._row, place, _fitting(words))

    def _format(self, pattern: str) -> Format:
        found = self._formats.get(pattern)
        if found is None:
            found = self._formats[pattern] = self._book.add_format({"num_format": pattern})
        return found

    def _about(self) -> None:
        sheet = self._book.add_worksheet(said(say("About")))
        sheet.set_column(0, 0, 18)
        sheet.set_column(1, 1, 80)
        rows = [
            (said(say("Title")), self._shown.title),
            *self._shown.about,
            (said(say("As of")), as_of(self._shown.formats)),
            (said(say("Rows")), counted(self._count)),
        ]
        for number, (name, words) in enumerate(rows):
            sheet.write_string(number, 0, name, self._bold)
            sheet.write_string(number, 1, _fitting(words))


def _width(out: OutColumn) -> float:
    pixels = out.column.width if out.part is Part.VALUE else 80
    return min(WIDEST, max(len(out.title) + 3, pixels / PIXELS_PER_LETTER))


def _pattern(column: Column, row: Any, formats: Formats) -> str:
    places = decimals(column, row, formats)
    if column.kind is Kind.PERCENT:
        return "0" + ("." + "0" * places if places else "") + "%"
    return "#,##0" + ("." + "0" * places if places else "")


def _moment(value: Any, formats: Formats) -> Any:
    """A day or time that a spreadsheet knows; None for what it does not."""
    if isinstance(value, datetime):
        there = formats.local(value).replace(tzinfo=None)
        return there if there.date() >= FIRST_DAY else None
    if isinstance(value, date):
        return value if value >= FIRST_DAY else None
    return value


def _fitting(words: str) -> str:
    return words if len(words) <= CELL_LETTERS else words[: CELL_LETTERS - 1] + "…"
