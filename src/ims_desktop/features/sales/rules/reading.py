"""How a sales file is read: everything that was found out about it, why, and what the person has to answer."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.file_values import DateOrder, OrderOfDates, decimal_sign_of, order_of_dates, read_when
from ims_desktop.domain.table_file import HowToRead, Table, fold_header, read_table, table_of
from ims_desktop.domain.text_file import Found
from ims_desktop.domain.wording import Words, either, say, sentences
from ims_desktop.domain.workbook_file import Plain, is_workbook, read_cells
from ims_desktop.features.sales.rules.fields import FAMILIAR, Column, Field, map_columns
from ims_desktop.features.sales.rules.joining import Joined, SalesFile, join, unpacked
from ims_desktop.features.sales.rules.nesting import read_nested

NUMBERS = (Field.PRICE, Field.GROSS, Field.DISCOUNT, Field.TOTAL, Field.TAX, Field.QUANTITY)


@dataclass(frozen=True, slots=True)
class Choices:
    """What the person decided; everything left at None is found out. A till's answers are kept as its mapping."""

    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None
    decimal_sign: str | None = None
    date_order: DateOrder | None = None
    columns: Mapping[int, Field | None] = field(default_factory=dict)
    repeats_are_sales: bool = False
    """Two equal lines of an order are two sales, because this till writes one line for each piece."""
    each_line_is_one: bool = False
    """The file has no quantity: each line is one piece."""
    numbers_restart_daily: bool = False
    """The till begins again with order number 1 every day."""


class About(Enum):
    """What a question is about."""

    DATE_ORDER = "date order"
    DECIMAL_SIGN = "decimal sign"
    MISSING_COLUMN = "missing column"


@dataclass(frozen=True, slots=True)
class Question:
    """Something only the person can decide before lines can be imported."""

    about: About
    text: Words
    hint: Words = ""
    lines: int = 0
    suggested: DateOrder | None = None
    missing: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """A sales file that was understood as far as it can be without asking."""

    names: tuple[str, ...]
    table: Table
    columns: tuple[Column, ...]
    decimal_sign: Found[str]
    date_order: Found[DateOrder | None]
    questions: tuple[Question, ...]
    choices: Choices
    joined: Joined

    def place(self, wanted: Field) -> int | None:
        """The column that means `wanted`, or None."""
        return next((column.place for column in self.columns if column.field is wanted), None)

    def cells(self, wanted: Field) -> list[str] | None:
        """The trimmed cells of the column that means `wanted`, or None; numbers of a workbook stay known as such."""
        place = self.place(wanted)
        if place is None:
            return None
        return [cell if isinstance(cell, Plain) else cell.strip() for cell in (row[place] for row in self.table.rows)]

    def asks(self, about: About) -> bool:
        """Whether this is still to be answered."""
        return any(question.about is about for question in self.questions)


def read_sales(
    files: Sequence[SalesFile], choices: Choices | None = None, menu: Collection[str] = frozenset()
) -> Reading:
    """Read one file, a zip archive or several files that belong together.

    `menu` holds codes and names of the menu, so that the column of products is recognised by what is in it.
    """
    choices = choices or Choices()
    how = HowToRead(choices.encoding, choices.delimiter, choices.header_row)
    texts = [text for file in files for text in unpacked(file)]
    if not texts:
        raise UserError("No file was chosen.")
    joined = join([_table(text, how) for text in texts])
    columns = map_columns(joined.table, choices.columns, frozenset(map(fold_header, menu)))
    decimal_sign, sign_question = _decimal_sign(joined.table, columns, choices)
    date_order, order_question = _date_order(joined.table, columns, choices)
    questions = (*_missing(columns, choices), *order_question, *sign_question)
    names = tuple(text.name for text in texts)
    return Reading(names, joined.table, columns, decimal_sign, date_order, questions, choices, joined)


def date_place(columns: Sequence[Column]) -> int | None:
    """The column from which the day is read: a date beside a time, otherwise the date and time in one."""
    places = {column.field: column.place for column in columns}
    first, second = (Field.DATE, Field.TIMESTAMP) if Field.TIME in places else (Field.TIMESTAMP, Field.DATE)
    return places.get(first, places.get(second))


def _table(file: SalesFile, how: HowToRead) -> Table:
    """The table in a text file, a workbook, or a report that nests its lines."""
    if is_workbook(file.content):
        kind = Found("workbook", "a workbook says it itself")
        records: list[tuple[Sequence[str], str]] = [(cells, "") for cells in read_cells(file.content, file.name)]
        return table_of(file.name, records, how, FAMILIAR, kind, kind)
    if nested := read_nested(file.content, file.name):
        kind = Found("tree", "its lines are nested in one another")
        return table_of(file.name, [(cells, "") for cells in nested], replace(how, header_row=1), FAMILIAR, kind, kind)
    return read_table(file.content, file.name, how, FAMILIAR)


def _decimal_sign(table: Table, columns: Sequence[Column], choices: Choices) -> tuple[Found[str], Sequence[Question]]:
    """The decimal sign; asked where every number that could tell could be read both ways."""
    if choices.decimal_sign is not None:
        return Found(choices.decimal_sign, "chosen"), ()
    places = [column.place for column in columns if column.field in NUMBERS]
    texts = [cell for row in table.rows for cell in (row[place] for place in places) if not isinstance(cell, Plain)]
    found = decimal_sign_of(texts)
    unsure = [] if found.sure else [text for text in texts if not decimal_sign_of((text,)).sure]
    if not unsure:
        return found, ()
    example = unsure[0].strip()
    question = Question(
        About.DECIMAL_SIGN,
        say("Is {example} a number with decimals, or are its last three digits thousands?", example=example),
        "No number of the file says it.",
        len(unsure),
    )
    return found, (question,)


def _missing(columns: Sequence[Column], choices: Choices) -> Sequence[Question]:
    there = {column.field for column in columns}
    wanted: list[tuple[Field, ...]] = [(Field.DATE, Field.TIMESTAMP), (Field.CODE, Field.NAME)]
    if not choices.each_line_is_one:
        wanted.append((Field.QUANTITY,))
    return [
        Question(
            About.MISSING_COLUMN,
            say("Which column is {fields}?", fields=either([say("“{name}”", name=each.value) for each in fields])),
            "No column name and no column content speaks for it. Choose the column above the preview.",
            missing=fields,
        )
        for fields in wanted
        if not there.intersection(fields)
    ]


def _date_order(
    table: Table, columns: Sequence[Column], choices: Choices
) -> tuple[Found[DateOrder | None], Sequence[Question]]:
    """The order of day and month; never guessed where a single line could be read both ways."""
    if choices.date_order is not None:
        return Found(choices.date_order, "chosen"), ()
    place = date_place(columns)
    if place is None:
        return Found(None, "there is no date", sure=False), ()
    said = order_of_dates(table.column(place))
    if said.ambiguous:
        return Found(None, say("{ambiguous:,} lines fit both", ambiguous=said.ambiguous), sure=False), (
            _which_order(said, table, place),
        )
    if said.day_first is not None and said.month_first is None:
        return Found(DateOrder.DAY_FIRST, "no line fits another order"), ()
    if said.month_first is not None and said.day_first is None:
        return Found(DateOrder.MONTH_FIRST, "no line fits another order"), ()
    return Found(None, "every date says it itself"), ()


def _speaks_for(order: DateOrder, line: int, day: str) -> Words:
    if order is DateOrder.DAY_FIRST:
        return say("Line {line:,}, {day}, speaks for day first.", line=line, day=day)
    return say("Line {line:,}, {day}, speaks for month first.", line=line, day=day)


def _which_order(said: OrderOfDates, table: Table, place: int) -> Question:
    when = read_when(said.example)
    first, second = (f"{day:%-d %B %Y}" for day in when.dates if day) if when else ("", "")
    hints = [
        _speaks_for(order, table.numbers[at], table.rows[at][place].strip())
        for at, order in ((said.day_first, DateOrder.DAY_FIRST), (said.month_first, DateOrder.MONTH_FIRST))
        if at is not None
    ]
    suggested = None
    if (said.day_first is None) != (said.month_first is None):
        suggested = DateOrder.MONTH_FIRST if said.day_first is None else DateOrder.DAY_FIRST
    return Question(
        About.DATE_ORDER,
        say("What is {example}: {first} or {second}?", example=said.example, first=first, second=second),
        sentences(hints) or "No line speaks for one of them.",
        said.ambiguous,
        suggested,
    )
