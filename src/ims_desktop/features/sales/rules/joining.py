"""Several files that belong together (orders, their lines, prices), joined into one table by the columns they share.

The lines are the table with the most rows. Another table is joined to it where both have a column of the same name
whose cells are unique in the other table, so that each line finds one row at most and no line is ever doubled.
"""

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.table_file import Cells, Table, fold_header
from ims_desktop.domain.wording import say

LARGEST = 200_000_000
MOST_FILES = 20
_WORKBOOKS = (".xlsx", ".xlsm", ".ods")
_TEXT_FILES = (".csv", ".txt", ".tsv", ".tab")


@dataclass(frozen=True, slots=True)
class SalesFile:
    """A file as it was chosen: its name and what is in it."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Joined:
    """The lines with everything that was found about them, and how it was found."""

    table: Table
    steps: tuple[tuple[str, str], ...] = ()  # each other file and the column that ties it to the lines
    left_out: tuple[str, ...] = ()
    unmatched: Mapping[int, tuple[str, str]] | None = None
    """Row number of a line without a partner → the shared column and its value."""


def unpacked(file: SalesFile) -> tuple[SalesFile, ...]:
    """The text files in a zip archive; any other file as it is."""
    if not file.content.startswith(b"PK\x03\x04") or file.name.lower().endswith(_WORKBOOKS):
        return (file,)
    try:
        with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
            if {"[Content_Types].xml", "mimetype"} & set(archive.namelist()):
                return (file,)  # a workbook by another name
            inside = [each for each in archive.infolist() if each.filename.lower().endswith(_TEXT_FILES)]
            if not inside:
                raise UserError(say("{name} holds no CSV or text file.", name=file.name))
            if len(inside) > MOST_FILES or sum(each.file_size for each in inside) > LARGEST:
                raise UserError(
                    say(
                        "{name} holds too much: at most {most} files and {largest:,} bytes.",
                        name=file.name,
                        most=MOST_FILES,
                        largest=LARGEST,
                    )
                )
            return tuple(SalesFile(each.filename.split("/")[-1], archive.read(each)) for each in inside)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError) as wrong:
        raise UserError(
            say("{name} cannot be unpacked; it is damaged or locked by a password.", name=file.name)
        ) from wrong


def join(tables: Sequence[Table]) -> Joined:
    """Join all tables that share a key with the lines; say which were left out, because nothing ties them."""
    lines, *others = sorted(tables, key=lambda table: -len(table.rows))
    joined = Joined(lines, unmatched={})
    while step := next(_ties(joined.table, others), None):
        other, place, key = step
        others.remove(other)
        joined = _with(joined, other, place, key)
    return replace(joined, left_out=tuple(other.name for other in others))


def _ties(lines: Table, others: Sequence[Table]) -> Iterator[tuple[Table, int, int]]:
    """Tables that can be joined, with the places of the shared column in the lines and in the table."""
    names = {fold_header(name): place for place, name in reversed(list(enumerate(lines.header)))}
    for other in others:
        for key, name in enumerate(other.header):
            place = names.get(fold_header(name))
            if place is not None and _is_key(other, key) and _refers(lines, place, other, key):
                yield other, place, key
                break


def _is_key(table: Table, place: int) -> bool:
    cells = table.column(place)
    return len(set(cells)) == len(cells) and all(cells)


def _refers(lines: Table, place: int, other: Table, key: int) -> bool:
    """Whether the lines really use that key: a shared name alone (two columns called `name`) ties nothing."""
    return not set(lines.column(place)).isdisjoint(other.column(key))


def _with(joined: Joined, other: Table, place: int, key: int) -> Joined:
    lines = joined.table
    extra = [each for each in range(len(other.header)) if each != key]
    partners: dict[str, list[str]] = {row[key].strip(): [row[each] for each in extra] for row in other.rows}
    nothing = [""] * len(extra)
    unmatched = dict(joined.unmatched or {})
    rows: list[Cells] = []
    for number, row in zip(lines.numbers, lines.rows, strict=True):
        partner = partners.get(row[place].strip())
        if partner is None:
            unmatched.setdefault(number, (lines.header[place], row[place]))
        rows.append([*row, *(partner or nothing)])
    header = (*lines.header, *(other.header[each] for each in extra))
    step = (other.name, lines.header[place])
    return Joined(replace(lines, header=header, rows=rows), (*joined.steps, step), unmatched=unmatched)
