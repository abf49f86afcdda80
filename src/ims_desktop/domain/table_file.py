"""Reading a table out of any text file: encoding, delimiter and header are found, with reasons, and can be overridden.

Nothing is thrown away silently: a row that cannot be cut into cells is kept, numbered as a spreadsheet numbers it, and
named with what is wrong, and the rows after it are read as if nothing had happened.
"""

import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.text_file import Found, decode
from ims_desktop.domain.wording import Words, say

Value = TypeVar("Value")

DELIMITERS: Mapping[str, str] = {",": "Comma", ";": "Semicolon", "\t": "Tab", "|": "Bar"}
SAMPLE_ROWS = 200
HEADER_WITHIN = 30

_DATE_OR_NUMBER = re.compile(r"[-+−$€£(]?\s*[0-9][0-9.,/:\-\s%)]*")
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?', re.IGNORECASE)

Cells = Sequence[str]


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it was read: every row has as many cells as the header; `numbers` are the rows' places in the file."""

    name: str
    header: tuple[str, ...]
    rows: Sequence[Cells]
    numbers: Sequence[int]
    encoding: Found[str]
    delimiter: Found[str]
    header_row: Found[int]
    damaged: Mapping[int, str] = field(default_factory=dict)
    """Row number → what is wrong with that row."""

    def column(self, place: int) -> list[str]:
        """The cells of one column, without spaces around them."""
        return [row[place].strip() for row in self.rows]


@dataclass(frozen=True, slots=True)
class HowToRead:
    """What the person decided about a file; None leaves it to be found. `header_row` 0 says that there is no header."""

    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None


FIND_OUT = HowToRead()


def fold_header(text: str) -> str:
    """The form in which column names and codes are compared: no case, accents, spaces or punctuation."""
    if not text.isascii():
        text = "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))
    return "".join(filter(str.isalnum, text.casefold()))


def read_table(content: bytes, name: str, how: HowToRead = FIND_OUT, familiar: Collection[str] = frozenset()) -> Table:
    """Read a table; `familiar` are folded column names that the import knows, by which a header is recognised."""
    text, encoding = decode(content, name, how.encoding)
    lines = text.split("\n")
    first = 0
    delimiter = _given_delimiter(how, lines)
    if delimiter is None:
        delimiter = _found_delimiter([line for line in lines[:SAMPLE_ROWS] if line.strip()])
    elif _SEPARATOR_LINE.fullmatch(lines[0]):
        first = 1
    records = list(_records(lines[first:], delimiter.value))
    return table_of(name, records, how, familiar, encoding, delimiter, first)


def table_of(
    name: str,
    records: Sequence[tuple[Cells, str]],
    how: HowToRead,
    familiar: Collection[str],
    encoding: Found[str],
    delimiter: Found[str],
    first: int = 0,
) -> Table:
    """The table in these records, each with what is wrong with it; `first` lines of the file stand before them."""
    if not any(any(record) for record, _ in records):
        raise UserError(say("{name} is empty.", name=name))
    header_row = _header_row([cells for cells, _ in records[:HEADER_WITHIN]], how, familiar, first)
    width = _usual_width([cells for cells, _ in records[: SAMPLE_ROWS + header_row.value]])
    start = header_row.value - first if header_row.value else 0
    header = _named(records[start - 1][0] if start else (), width)
    rows, numbers, damaged = _rows(records[start:], start + first + 1, len(header))
    return Table(name, header, rows, numbers, encoding, delimiter, header_row, damaged)


def _rows(
    records: Sequence[tuple[Cells, str]], first: int, width: int
) -> tuple[Sequence[Cells], Sequence[int], Mapping[int, str]]:
    """The rows that are not blank, all of one width, with their numbers, and what is wrong with which."""
    rows, numbers, damaged = list[Cells](), list[int](), dict[int, str]()
    for number, (cells, fault) in enumerate(records, first):
        if len(cells) != width:
            if not any(map(str.strip, cells)):
                continue
            cells, misfit = _fitted(cells, width)
            fault = fault or misfit
        rows.append(cells)
        numbers.append(number)
        if fault:
            damaged[number] = fault
    return rows, numbers, damaged


def _fitted(cells: Cells, width: int) -> tuple[Cells, Words]:
    """The row in the header's width, and what is wrong with it: empty cells too many are nothing."""
    surplus = cells[width:]
    fault: Words = say("It has {count} cells where the header has {width}.", count=len(cells), width=width)
    if len(cells) > width and not any(surplus):
        fault = ""
    return [*cells[:width], *[""] * (width - len(cells))], fault


def _named(cells: Cells, width: int) -> tuple[str, ...]:
    """The header with a name for every column, also for those that have none."""
    names = [cell.strip() for cell in cells]
    while len(names) > width and not names[-1]:
        names.pop()
    names += [""] * (width - len(names))
    return tuple(name or say("Column {place}", place=place) for place, name in enumerate(names, 1))


def _given_delimiter(how: HowToRead, lines: Sequence[str]) -> Found[str] | None:
    if how.delimiter is not None:
        return Found(how.delimiter, "chosen")
    if line := _SEPARATOR_LINE.fullmatch(lines[0]):
        return Found(line[1], "the file says so in its first line")
    return None


def _found_delimiter(lines: Sequence[str]) -> Found[str]:
    """The delimiter that cuts most lines into the same number of cells, and into the more of them."""
    best, best_score, columns = ",", (0.0, 1), 1
    for delimiter in DELIMITERS:
        widths = Counter(len(cells) for cells, _ in _records(lines, delimiter) if cells)
        width, rows = max(widths.items(), key=lambda found: (found[0] > 1, found[1]), default=(1, 0))
        score = (round(rows / max(1, len(lines)), 1), width)
        if width > 1 and score > best_score:
            best, best_score, columns = delimiter, score, width
    if columns == 1:
        return Found(best, "there is only one column", sure=False)
    return Found(best, say("it gives {columns} columns", columns=columns), sure=best_score[0] >= 0.8)


def _usual_width(records: Sequence[Cells]) -> int:
    widths = Counter(len(record) for record in records if any(record))
    return max(widths, key=lambda width: (widths[width], width), default=1)


def _header_row(records: Sequence[Cells], how: HowToRead, familiar: Collection[str], skipped: int) -> Found[int]:
    """The number of the row that names the columns; 0 where no row does."""
    if how.header_row is not None:
        return Found(how.header_row, "chosen")
    known = [sum(fold_header(cell) in familiar for cell in record) for record in records]
    if known and max(known) >= 2:
        place = known.index(max(known))
        return Found(place + skipped + 1, say("{known} of its names are known", known=known[place]))
    width = _usual_width(records)
    for place, record in enumerate(records):
        filled = [cell for cell in record if cell.strip()]
        if len(filled) >= max(1, width - 1) and len(record) >= width:
            if any(_DATE_OR_NUMBER.fullmatch(cell.strip()) for cell in filled):
                break
            return Found(
                place + skipped + 1, "it is the first row with words in every column", sure=len(filled) == width
            )
    return Found(0, "no row holds only names", sure=False)


def _records(lines: Sequence[str], delimiter: str) -> Iterator[tuple[Cells, str]]:
    """Each record and what is wrong with it; blank lines are records too, because spreadsheets number them."""
    if not any('"' in line for line in lines):
        faults = ("", "It holds NUL characters.")
        for line in lines if lines and lines[-1] else lines[:-1]:
            yield (line.split(delimiter) if line.strip() else ()), faults["\x00" in line]
        return
    yield from _quoted_records(lines if lines[-1] else lines[:-1], delimiter)


def _quoted_records(lines: Sequence[str], delimiter: str) -> Iterator[tuple[Cells, str]]:
    """As csv reads them, but a quotation mark that nobody closes spoils its own line only, not all that follow."""
    width = _usual_width([line.split(delimiter) for line in lines[:SAMPLE_ROWS]])
    start = 0
    while start < len(lines):
        reader = csv.reader((line + "\n" for line in islice(lines, start, None)), delimiter=delimiter, strict=True)
        done = 0
        try:
            for cells in reader:
                if reader.line_num - done > 1 and _swallowed(cells, width, delimiter):
                    break
                nul = any("\x00" in cell for cell in cells)
                yield cells, say("It holds NUL characters.") if nul else ""
                done = reader.line_num
        except csv.Error:
            pass
        start += done
        if start < len(lines):
            yield (
                lines[start].split(delimiter),
                say("A quotation mark in it is opened and never closed, or closed too early."),
            )
            start += 1


def _swallowed(cells: Cells, width: int, delimiter: str) -> bool:
    """Whether a cell that runs over several lines holds what looks like whole rows."""
    lines = (line for cell in cells if "\n" in cell for line in cell.split("\n"))
    return any(line.count(delimiter) >= max(2, width - 1) for line in lines)
