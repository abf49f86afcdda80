"""What can be imported, as values: the columns a file may have, how its rows are found again, and who writes them.

One description serves the preview, the import itself, its templates and the command line.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ims_desktop.domain.errors import Problem
from ims_desktop.domain.import_kinds import WORDS, ImportKind
from ims_desktop.domain.table_file import fold_header
from ims_desktop.domain.wording import Words, both, say, understood, word


@dataclass(frozen=True, slots=True)
class ImportField:
    """A column a file may have: its name, other names it goes by, and what stands in it.

    A new record needs what is `required`; for a known one an empty cell of such a column leaves the value as it is, as
    `keep` does for others. Everywhere else an empty cell empties the value.
    """

    key: str
    title: Words
    kind: ImportKind = WORDS
    aliases: tuple[str, ...] = ()
    required: bool = False
    keep: bool = False
    help: Words = ""
    example: str = ""
    longest: int = 200
    in_percent: bool = False  # a change of it is told in percent as well


@dataclass(frozen=True, slots=True)
class ImportRow:
    """A row of a file: its number there, and what it says about which field. Absent columns say nothing."""

    number: int
    given: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Record:
    """What is there already: by what it is known to the database, and the value of each field."""

    id: Any
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Known:
    """What the database says to rows: records by row number, references for words, and what speaks against it."""

    records: Mapping[int, Record]
    rows: Sequence[ImportRow]
    problems: Sequence[Problem] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that the import changes."""

    key: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Change:
    """What a row does: a record of None is a new one, without differences nothing happens."""

    row: ImportRow
    record: Record | None
    differences: tuple[Difference, ...]

    @property
    def is_new(self) -> bool:
        """Whether a record is added."""
        return self.record is None

    @property
    def values(self) -> Mapping[str, Any]:
        """What is to be written."""
        return {one.key: one.new for one in self.differences}

    def with_values(self, values: Mapping[str, Any]) -> "Change":
        """The same change, writing these values too."""
        others = tuple(one for one in self.differences if one.key not in values)
        return replace(self, differences=(*others, *(Difference(key, None, new) for key, new in values.items())))

    @property
    def whole(self) -> Mapping[str, Any]:
        """The record as it will be."""
        return {**(self.record.values if self.record else {}), **self.values}


def nothing_against(_connection: Any, _changes: Sequence[Change]) -> Sequence[Problem]:
    """The usual answer: what can be read can be written."""
    return ()


def as_they_are(_connection: Any, rows: Sequence[ImportRow]) -> Sequence[ImportRow]:
    """The usual answer: rows say themselves what they are about."""
    return rows


@dataclass(frozen=True, slots=True)
class ImportSpec:
    """A kind of record that can be imported. `key` names the fields by which a row finds its record again.

    `completed(connection, rows)` adds what a file leaves to be found out. `known(connection, rows) -> Known` reads,
    `problems(connection, changes)` objects with fields and row numbers, `doubts` asks about what is possible but
    unlikely, and `write(connection, changes)` writes in the transaction it is called in.
    """

    entity: str
    title: Words
    noun: tuple[Words, Words]
    key: tuple[str, ...]
    fields: tuple[ImportField, ...]
    permission: str
    subjects: frozenset[str]
    known: Callable[[Any, Sequence[ImportRow]], Known]
    write: Callable[[Any, Sequence[Change]], None]
    problems: Callable[[Any, Sequence[Change]], Sequence[Problem]] = nothing_against
    blanks: Mapping[str, Any] = field(default_factory=dict)  # what an empty cell says, where not what its kind says
    completed: Callable[[Any, Sequence[ImportRow]], Sequence[ImportRow]] = as_they_are
    doubts: Callable[[Any, Sequence[Change]], Sequence[Problem]] = nothing_against
    in_portions: bool = True  # rows can be written some at a time; not where several make one record
    dated_by: tuple[str, ...] = ()  # fields that say from when a change holds: they are no part of what is undone

    def field_of(self, key: str) -> ImportField:
        """A field by its key."""
        return next(one for one in self.fields if one.key == key)

    @property
    def names(self) -> Mapping[str, ImportField]:
        """Folded column names and the field they mean; a title, in any language, goes before any other name."""
        found: dict[str, ImportField] = {}
        for one in self.fields:
            found.setdefault(fold_header(one.title), one)
        for one in self.fields:
            for title in understood(one.title):
                found.setdefault(fold_header(title), one)
        for one in self.fields:
            for alias in one.aliases:
                found.setdefault(fold_header(alias), one)
        return found


@dataclass(frozen=True, slots=True)
class Plan:
    """What importing rows would do, and everything that speaks against it."""

    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]
    doubts: tuple[Problem, ...] = ()  # what somebody has to agree to

    @property
    def added(self) -> int:
        """How many records are new."""
        return sum(change.is_new for change in self.changes)

    @property
    def changed(self) -> int:
        """How many records change."""
        return sum(not change.is_new and bool(change.differences) for change in self.changes)

    @property
    def unchanged(self) -> int:
        """How many rows say what is there already."""
        return sum(not change.is_new and not change.differences for change in self.changes)


def plan_of(connection: Any, spec: ImportSpec, rows: Sequence[ImportRow]) -> Plan:
    """Compare rows with what is there.

    A row that lacks something is judged by all the rest of it as well; about what it lacks it is told that alone.
    """
    rows = spec.completed(connection, rows)
    problems = _repeated(spec, rows)
    known = spec.known(connection, rows)
    changes = tuple(_change(spec, row, known.records.get(row.number)) for row in known.rows)
    lacking = {change.row.number: _lacking(spec, change) for change in changes if change.is_new}
    problems += [problem for told in lacking.values() for problem in told]
    problems += [_titled(spec, problem) for problem in known.problems]
    told = {(problem.row, problem.field) for problem in problems}
    judged = [_titled(spec, problem) for problem in spec.problems(connection, changes)]
    problems += [problem for problem in judged if (problem.row, problem.field) not in told]
    whole = [change for change in changes if not lacking.get(change.row.number)]
    doubts = [_titled(spec, problem) for problem in spec.doubts(connection, whole)]
    return Plan(changes, _in_order(problems), _in_order(doubts))


def _in_order(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda problem: problem.row or 0))


def _change(spec: ImportSpec, row: ImportRow, record: Record | None) -> Change:
    differences = []
    for one in spec.fields:
        if one.key not in row.given:
            continue
        new = row.given[one.key]
        if new is None and (record is None or not (one.required or one.keep or one.key in spec.key)):
            new = spec.blanks.get(one.key, one.kind.blank)
        elif new is None:
            continue
        old = record.values.get(one.key) if record else None
        if record is None or not one.kind.same(old, new):
            differences.append(Difference(one.key, old, new))
    if record is not None:
        differences = [one for one in differences if one.key not in spec.key]
    return Change(row, record, tuple(differences))


def _lacking(spec: ImportSpec, change: Change) -> list[Problem]:
    lacking = [one for one in spec.fields if one.required and change.values.get(one.key) in (None, "")]
    return [
        Problem(
            say("The {field} is missing: a new {noun} needs it.", field=word(one.title), noun=word(spec.noun[0])),
            one.title,
            change.row.number,
        )
        for one in lacking
        if one.key not in spec.key
    ]


def _repeated(spec: ImportSpec, rows: Sequence[ImportRow]) -> list[Problem]:
    first: dict[tuple[str, ...], int] = {}
    problems = []
    titles = [spec.field_of(key).title for key in spec.key]
    for row in rows:
        said = tuple(str(row.given.get(key) or "").casefold() for key in spec.key)
        if not said[0]:
            problems.append(Problem(say("The {field} is missing.", field=word(titles[0])), titles[0], row.number))
        elif said in first:
            same = both([word(title) for title in titles])
            problems.append(
                Problem(say("Row {first} has the same {same}.", first=first[said], same=same), titles[0], row.number)
            )
        first.setdefault(said, row.number)
    return problems


def _titled(spec: ImportSpec, problem: Problem) -> Problem:
    """The problem at the title of its column."""
    title = next((one.title for one in spec.fields if one.key == problem.field), problem.field)
    return Problem(problem.text, title, problem.row)
