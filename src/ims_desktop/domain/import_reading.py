"""Reading the rows of an import out of any file: what was found out, why, and everything that cannot be read."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256
from typing import Any

from ims_desktop.domain.catalogue_file import is_xml, read_catalogue
from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.domain.file_values import DateOrder, decimal_sign_of, order_of_dates
from ims_desktop.domain.import_kinds import Unclear, Writing
from ims_desktop.domain.importing import ImportField, ImportRow, ImportSpec
from ims_desktop.domain.table_file import HowToRead, Table, fold_header, read_table, table_of
from ims_desktop.domain.text_file import Found
from ims_desktop.domain.wording import Words, say, word
from ims_desktop.domain.workbook_file import Plain, is_workbook, read_cells

MOST_COLUMNS, MOST_ROWS, MOST_BYTES = 500, 200_000, 100_000_000
MOST_PROBLEMS = 2_000
ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class ImportChoices:
    """What the person decided; everything left at None is found out. `columns`: place → key of a field, or None."""

    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None
    decimal_sign: str | None = None
    date_order: DateOrder | None = None
    columns: Mapping[int, str | None] = field(default_factory=dict)


FIND_OUT = ImportChoices()


@dataclass(frozen=True, slots=True)
class MappedColumn:
    """One column of the file and the field it means (None: it is left out), with the reason."""

    place: int
    header: str
    field: str | None
    reason: Words


@dataclass(frozen=True, slots=True)
class ImportReading:
    """A file as it is understood."""

    table: Table
    columns: tuple[MappedColumn, ...]
    decimal_sign: Found[str]
    date_order: Found[DateOrder | None]
    rows: tuple[ImportRow, ...]
    problems: tuple[Problem, ...]
    choices: ImportChoices

    @property
    def unused(self) -> tuple[str, ...]:
        """The columns of the file that nothing is read from."""
        return tuple(column.header for column in self.columns if column.field is None and column.header.strip())

    @property
    def fingerprint(self) -> str:
        """By what a file with the same columns is recognised."""
        return fingerprint(self.table.header)


def fingerprint(header: Sequence[str]) -> str:
    """The same for all files with these columns in this order."""
    return sha256("\n".join(map(fold_header, header)).encode()).hexdigest()


def read_file(content: bytes, name: str, choices: ImportChoices, familiar: Iterable[str]) -> Table:
    """The table in a text file or a workbook."""
    if len(content) > MOST_BYTES:
        raise UserError(
            say("{name} is too large: an import reads files up to {most} MB.", name=name, most=MOST_BYTES // 1000000)
        )
    how = HowToRead(choices.encoding, choices.delimiter, choices.header_row)
    if is_workbook(content):
        records = [(cells, "") for cells in read_cells(content, name)]
        kind = Found("workbook", "a workbook says it itself")
        table = table_of(name, records, how, frozenset(familiar), kind, kind)
    elif is_xml(content):
        records = [(cells, "") for cells in read_catalogue(content, name)]
        kind = Found("catalogue", "a catalogue says it itself")
        table = table_of(name, records, HowToRead(header_row=1), frozenset(familiar), kind, kind)
    else:
        table = read_table(content, name, how, frozenset(familiar))
    if len(table.header) > MOST_COLUMNS:
        raise UserError(
            say(
                "{name} has {count:,} columns; an import reads at most {most}.",
                name=name,
                count=len(table.header),
                most=MOST_COLUMNS,
            )
        )
    if len(table.rows) > MOST_ROWS:
        raise UserError(
            say(
                "{name} has {count:,} rows; an import reads at most {most:,}. Split it.",
                name=name,
                count=len(table.rows),
                most=MOST_ROWS,
            )
        )
    return table


def read_import(spec: ImportSpec, table: Table, choices: ImportChoices) -> ImportReading:
    """Every row of a table as values of fields."""
    columns = _mapped(spec, table.header, choices)
    used = [(column.place, spec.field_of(column.field)) for column in columns if column.field]
    sign = _decimal_sign(table, used, choices)
    order, asked = _date_order(table, used, choices)
    problems = [Problem(text, None, number) for number, text in table.damaged.items()]
    problems += _missing(spec, used) + asked
    rows: tuple[ImportRow, ...] = ()
    if not asked:
        rows, unclear = _rows(table, used, Writing(sign.value, order.value))
        problems += unclear
    if not table.rows:
        problems.append(Problem("There is no row under the column names."))
    return ImportReading(table, columns, sign, order, rows, tuple(problems), choices)


def _mapped(spec: ImportSpec, header: Sequence[str], choices: ImportChoices) -> tuple[MappedColumn, ...]:
    names, keys = spec.names, {one.key for one in spec.fields}
    meaning: dict[int, tuple[str | None, str]] = {
        place: (key, "chosen") for place, key in choices.columns.items() if key is None or key in keys
    }
    taken = {key for key, _ in meaning.values() if key}
    # A column that bears a field's own title goes before one that bears another of its names.
    for by_title in (True, False):
        for place, name in enumerate(header):
            found = names.get(fold_header(name))
            if found is None or place in meaning or found.key in taken:
                continue
            if not by_title or fold_header(found.title) == fold_header(name):
                meaning[place] = found.key, "by its name"
                taken.add(found.key)
    return tuple(
        MappedColumn(place, name, *meaning.get(place, (None, "not needed"))) for place, name in enumerate(header)
    )


def _missing(spec: ImportSpec, used: Sequence[tuple[int, ImportField]]) -> list[Problem]:
    there = Counter(one.key for _, one in used)
    problems = [
        Problem(
            say(
                "A column {title} is missing: {noun} are recognised by it.",
                title=word(spec.field_of(key).title),
                noun=word(spec.noun[1]),
            )
        )
        for key in spec.key
        if key not in there and spec.field_of(key).required
    ]
    twice = [spec.field_of(key).title for key, times in there.items() if times > 1]
    return problems + [Problem(say("Two columns mean {title}.", title=word(title))) for title in twice]


def _decimal_sign(table: Table, used: Sequence[tuple[int, ImportField]], choices: ImportChoices) -> Found[str]:
    if choices.decimal_sign is not None:
        return Found(choices.decimal_sign, "chosen")
    places = [place for place, one in used if one.kind.numeric]
    texts = (row[place] for row in table.rows for place in places)
    return decimal_sign_of(text for text in texts if text and not isinstance(text, Plain))


def _date_order(
    table: Table, used: Sequence[tuple[int, ImportField]], choices: ImportChoices
) -> tuple[Found[DateOrder | None], list[Problem]]:
    if choices.date_order is not None:
        return Found(choices.date_order, "chosen"), []
    places = [(place, one) for place, one in used if one.kind.dated]
    if not places:
        return Found(None, "there is no date"), []
    said = order_of_dates(row[place].strip() for place, _ in places for row in table.rows)
    if said.ambiguous and (said.day_first is None) == (said.month_first is None):
        words = say("What is {day}? Choose the order of day and month above.", day=said.example)
        return Found(None, say("{ambiguous:,} cells fit both", ambiguous=said.ambiguous), sure=False), [
            Problem(words, places[0][1].title)
        ]
    if said.day_first is not None:
        return Found(DateOrder.DAY_FIRST, "no cell fits another order", sure=not said.ambiguous), []
    if said.month_first is not None:
        return Found(DateOrder.MONTH_FIRST, "no cell fits another order", sure=not said.ambiguous), []
    return Found(None, "every date says it itself"), []


def _rows(
    table: Table, used: Sequence[tuple[int, ImportField]], writing: Writing
) -> tuple[tuple[ImportRow, ...], list[Problem]]:
    rows, problems = list[ImportRow](), list[Problem]()
    for number, cells in zip(table.numbers, table.rows, strict=True):
        given: dict[str, Any] = {}
        for place, one in used:
            try:
                given[one.key] = _value(cells[place], one, writing)
            except Unclear as unclear:
                if len(problems) < MOST_PROBLEMS:
                    problems.append(Problem(unclear.words, one.title, number))
        rows.append(ImportRow(number, given))
    return tuple(rows), problems


def _value(cell: str, one: ImportField, writing: Writing) -> Any:
    """The value of a cell; None where it is empty."""
    text = cell if isinstance(cell, Plain) else cell.strip()
    if not text:
        return None
    if len(text) > one.longest and not one.kind.numeric:
        raise Unclear(say("This has {count:,} letters; there is room for {most}.", count=len(text), most=one.longest))
    if text.startswith("#") and text.rstrip("!?").upper() in _SPREADSHEET_ERRORS:
        raise Unclear(
            say("“{text}” is an error of the spreadsheet: its formula finds nothing. Put it right there.", text=text)
        )
    return one.kind.read(text, writing)


_SPREADSHEET_ERRORS = frozenset(
    {"#REF", "#DIV/0", "#N/A", "#NAME", "#NULL", "#NUM", "#VALUE", "#SPILL", "#CALC", "#GETTING_DATA"}
)


def csv_template(spec: ImportSpec) -> str:
    """A text file to begin with: the titles and one example."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow([one.title for one in spec.fields])
    writer.writerow([one.example for one in spec.fields])
    return written.getvalue()
