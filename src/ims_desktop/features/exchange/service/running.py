"""Checking a file against what is there, importing it in one transaction, and remembering how it was read."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection
from xlsxwriter import Workbook

from ims_desktop.database.table_import import Named, require
from ims_desktop.domain.errors import Confirm, Problem, UserError
from ims_desktop.domain.import_reading import FIND_OUT, MOST_BYTES, ImportChoices, ImportReading, read_file, read_import
from ims_desktop.domain.importing import Change, ImportField, ImportRow, ImportSpec, Plan, plan_of
from ims_desktop.domain.wording import Sentence, Words, say, say_count, tongue, understood, word
from ims_desktop.domain.work import Changed, read
from ims_desktop.features.exchange.service.mappings import recall, remember

MOST_TOLD, PORTION = 200, 500
DOUBTS = "doubts"
COLUMNS: Words = "Columns"
HEADINGS: tuple[Words, ...] = ("Column", "Needed", "What stands in it", "Also known as")


@dataclass(frozen=True, slots=True)
class RecordFile:
    """A file with the answers about it."""

    name: str
    content: bytes
    choices: ImportChoices = FIND_OUT


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file as it is understood, and what importing it would do."""

    spec: ImportSpec
    file: RecordFile
    reading: ImportReading
    plan: Plan
    remembered: bool = False

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that speaks against it."""
        told = {(problem.row, problem.field) for problem in self.reading.problems}
        more = (problem for problem in self.plan.problems if (problem.row, problem.field) not in told)
        return tuple(sorted((*self.reading.problems, *more), key=lambda problem: problem.row or 0))


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did; `back` are the rows that undo it, where nothing new was made, and `wrote` what it made.

    Both name rows by their number in the file: what was changed again meanwhile is not what was written any more.
    """

    spec: ImportSpec
    added: int
    changed: int
    unchanged: int
    back: tuple[ImportRow, ...] = ()
    wrote: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)


@dataclass
class Progress:
    """How far an import is: written by the worker, read by the page, which may stop it."""

    done: int = 0
    total: int = 0
    is_stopped: bool = False

    def stop(self) -> None:
        """Stop before the next portion; nothing of the file stays."""
        self.is_stopped = True


def open_file(_connection: Any, path: Path) -> RecordFile:
    """Read a file from the disk, off the GUI thread."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UserError(
                say(
                    "{name} is too large: an import reads files up to {most} MB.",
                    name=path.name,
                    most=MOST_BYTES // 1000000,
                )
            )
        return RecordFile(path.name, path.read_bytes())
    except OSError as error:
        raise UserError(say("{name} cannot be read: {why}.", name=path.name, why=error.strerror or error)) from error


open_file = read(open_file)


@read
def check(connection: Connection, spec: ImportSpec, file: RecordFile) -> CheckedFile:
    """What the file says, what it would change, and everything that is wrong with it."""
    table = read_file(file.content, file.name, file.choices, spec.names)
    remembered = recall(connection, spec, table.header) if not file.choices.columns else None
    if remembered is not None:
        file = replace(file, choices=remembered.beside(file.choices))
    reading = read_import(spec, table, file.choices)
    plan = Plan((), ()) if _cannot_be_planned(reading) else plan_of(connection, spec, reading.rows)
    return CheckedFile(spec, file, reading, plan, remembered is not None)


def _cannot_be_planned(reading: ImportReading) -> bool:
    """Columns that are missing would make every row a problem: they are told first."""
    return any(problem.row is None for problem in reading.problems)


def run_import(
    connection: Connection,
    spec: ImportSpec,
    file: RecordFile,
    progress: Progress | None = None,
    consents: frozenset[str] = frozenset(),
) -> Changed:
    """Take all rows over in one go, or none and say everything that is wrong, by row and column."""
    require(connection, spec.permission)
    checked = check(connection, spec, file)
    if checked.problems:
        count = len(checked.problems)
        words = say_count(
            "Nothing was imported: one thing to put right.",
            "Nothing was imported: {count:,} things to put right.",
            count,
        )
        raise UserError(words, checked.problems)
    if checked.plan.doubts and DOUBTS not in consents:
        raise Confirm(question_of(checked.plan.doubts), DOUBTS)
    result = _written(connection, spec, checked.plan, progress or Progress())
    remember(connection, spec, checked.reading)
    return Changed(result, spec.subjects)


def question_of(doubts: Sequence[Problem]) -> Words:
    """What somebody has to agree to, in one question."""
    first = doubts[0]
    told = say("Row {row}, {field}: {text}", row=first.row, field=first.field, text=first.text)
    if len(doubts) == 1:
        return say("{first} Import it as it is?", first=told)
    others = len(doubts) - 1
    return say_count(
        "{first} And {count} more is as unlikely. Import them as they are?",
        "{first} And {count} more are as unlikely. Import them as they are?",
        others,
        first=told,
    )


def take_back(connection: Connection, result: ImportResult) -> Changed:
    """Undo an import that only changed records: they get the values they had, unless somebody changed them since."""
    require(connection, result.spec.permission)
    plan = plan_of(connection, result.spec, result.back)
    problems = plan.problems or _changed_since(result, plan)
    if problems or plan.added:
        raise UserError("This import cannot be taken back any more: what it changed was changed again.", problems)
    return Changed(_written(connection, result.spec, plan, Progress()), result.spec.subjects)


def _changed_since(result: ImportResult, plan: Plan) -> list[Problem]:
    """The values that are no longer what the import wrote."""
    fields = {one.key: one for one in result.spec.fields if one.key not in result.spec.dated_by}
    return [
        Problem("Somebody changed this since.", fields[key].title, change.row.number)
        for change in plan.changes
        if change.record is not None
        for key, value in result.wrote.get(change.row.number, {}).items()
        if key in fields and not fields[key].kind.same(change.record.values.get(key), value)
    ]


def _written(connection: Connection, spec: ImportSpec, plan: Plan, progress: Progress) -> ImportResult:
    acting = [change for change in plan.changes if change.differences]
    progress.total = len(acting)
    size = PORTION if spec.in_portions else max(len(acting), 1)
    for start in range(0, len(acting), size):
        if progress.is_stopped:
            raise UserError("The import was stopped. Nothing of the file was taken over.")
        spec.write(connection, acting[start : start + size])
        progress.done = min(start + size, len(acting))
    back = () if plan.added else tuple(_before(spec, change) for change in acting)
    wrote = {change.row.number: change.values for change in acting} if back else {}
    return ImportResult(spec, plan.added, plan.changed, plan.unchanged, back, wrote)


def _before(spec: ImportSpec, change: Change) -> ImportRow:
    """The row that gives a changed record its values back."""
    before: Mapping[str, Any] = change.record.values if change.record else {}
    said = {one: change.row.given.get(one) for one in (*spec.key, *spec.dated_by)}
    given = {**{one.key: before.get(one.key) for one in change.differences}, **said}
    return ImportRow(change.row.number, {k: str(v) if isinstance(v, Named) else v for k, v in given.items()})


def xlsx_template(spec: ImportSpec) -> bytes:
    """A workbook to begin with: titles and an example; what may stand in each column is told on a second sheet.

    The titles are those that every desk and the command line know; the second sheet speaks the person's language.
    """
    written = io.BytesIO()
    book = Workbook(written, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold = book.add_format({"bold": True, "bg_color": "#F0F2F5", "bottom": 1})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet, told = book.add_worksheet(spec.title[:31]), book.add_worksheet(tongue.said(COLUMNS)[:31])
    sheet.freeze_panes(1, 0)
    told.set_column(0, 3, 28, wrapped)
    _line(told, 0, HEADINGS, bold)
    for place, one in enumerate(spec.fields):
        sheet.set_column(place, place, max(12, len(one.title) + 3, min(len(one.example), 40)))
        sheet.write_string(0, place, one.title, bold)
        sheet.write_string(1, place, one.example)
        also = dict.fromkeys((*understood(one.title)[1:], *one.aliases))
        _line(told, place + 1, (_verbatim(one.title), _needed(spec, one), one.help, _verbatim(", ".join(also))))
    book.close()
    return written.getvalue()


def _needed(spec: ImportSpec, one: ImportField) -> Words:
    if one.key in spec.key:
        return say("always")
    return say("for a new {noun}", noun=word(spec.noun[0])) if one.required else ""


def _verbatim(text: str) -> Sentence:
    """What means the same to every desk, in whichever language."""
    return say("{text}", text=text)


def _line(sheet: Any, row: int, words: Sequence[Words], how: Any = None) -> None:
    for place, each in enumerate(words):
        sheet.write_string(row, place, tongue.said(each), how)
