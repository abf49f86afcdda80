"""Saves changed cells of a list from a description: each column says where it is kept and what it may hold.

All cells of a save are one transaction: the rows are locked and read in one statement a table, everything that is wrong
and everything that somebody else changed meanwhile is told at once, and what is left is written in one statement for
each set of columns, whatever the number of rows.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    FromClause,
    Table,
    any_,
    cast,
    column,
    func,
    literal,
    select,
    update,
)
from sqlalchemy import Uuid as UuidType
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import insert as insert_or

from ims_desktop.domain.editing import CellChange, CellsRefused, Theirs, same_value
from ims_desktop.domain.errors import Conflict, Denied, Problem
from ims_desktop.domain.work import Changed

Place = tuple[Any, UUID | None]
Cells = Mapping[str, Any]
Check = Callable[[Any], str | None]
GONE = "This row no longer exists, or your roles do not let you change it."
UNKNOWN = "This column cannot be changed here."
BUSY = "Somebody else is changing the same records. Try again in a moment."


@dataclass(frozen=True)
class Cell:
    """One column of a list: the name it is kept under, and what its values must be.

    `check(value)` answers what is wrong with a value; `kept` and `shown` translate between the list and the table.
    """

    name: str
    check: Check = lambda _value: None
    kept: Callable[[Any], Any] = lambda value: value
    shown: Callable[[Any], Any] = lambda value: value


class CellSource(Protocol):
    """Where some columns of a list are kept."""

    @property
    def cells(self) -> Mapping[str, Cell]:
        """The columns by their key in the list."""

    def read(self, connection: Connection, places: Sequence[Place], names: Sequence[str]) -> Mapping[Place, Cells]:
        """What the rows hold now, kept from others until the transaction ends; a row that is missing is gone."""

    def problems(self, held: Cells, wanted: Cells) -> Iterator[Problem]:
        """What is wrong with a row as it would be; `held` is what it holds now."""

    def write(self, connection: Connection, rows: Mapping[Place, Cells]) -> None:
        """Write the values by name."""


@dataclass(frozen=True)
class CellTable:
    """Columns kept in a table by the key of the row, and by the site where `site` names its column.

    With `makes` a row that is not there is made. `together` sees a whole row as it would be, with the names in `beside`
    read along. `touched` is written with every change.
    """

    table: Table
    cells: Mapping[str, Cell]
    key: str = "id"
    site: str | None = None
    makes: bool = False
    beside: Sequence[str] = ()
    together: Callable[[Cells], Iterator[Problem]] | None = None
    touched: Mapping[str, ColumnElement[Any]] = field(default_factory=dict)

    def read(self, connection: Connection, places: Sequence[Place], names: Sequence[str]) -> Mapping[Place, Cells]:
        """The rows, locked, in one statement."""
        names = list(dict.fromkeys([*names, *self.beside]))
        columns = self.table.c
        asked = select(*self._keys, *(columns[name] for name in names)).with_for_update()
        asked = asked.where(_among(columns[self.key], {row for row, _site in places}))
        if self.site is not None:
            asked = asked.where(_among(columns[self.site], {site for _row, site in places}))
        wide = len(self._keys)
        found = {
            (row[0], row[1] if self.site else None): dict(zip(names, row[wide:], strict=True))
            for row in connection.execute(asked.order_by(*self._keys))
        }
        if self.makes:
            nothing = dict.fromkeys(names)
            found |= {place: nothing for place in places if place not in found and place[1] is not None}
        return found

    def problems(self, held: Cells, wanted: Cells) -> Iterator[Problem]:
        """What `together` finds wrong with the row as it would be."""
        if self.together is not None:
            yield from self.together({**held, **wanted})

    def write(self, connection: Connection, rows: Mapping[Place, Cells]) -> None:
        """One statement for each set of columns."""
        sets: dict[tuple[str, ...], list[tuple[Place, Cells]]] = defaultdict(list)
        for place, values in rows.items():
            sets[tuple(sorted(values))].append((place, values))
        for names, these in sets.items():
            given = self._given(names, these)
            there = [given.c[name] == self.table.c[name] for name in self._key_names]
            values = {**{name: given.c[name] for name in names}, **self.touched}
            done = connection.execute(update(self.table).where(*there).values(values)).rowcount
            if self.makes and done < len(these):
                done += self._make(connection, given, names)
            if done < len(these):
                raise Conflict(BUSY)

    def _make(self, connection: Connection, given: FromClause, names: Sequence[str]) -> int:
        written = [*self._key_names, *names]
        fresh = insert_or(self.table).from_select(written, select(*(given.c[name] for name in written)))
        return connection.execute(fresh.on_conflict_do_nothing()).rowcount

    @property
    def _key_names(self) -> tuple[str, ...]:
        return (self.key, self.site) if self.site else (self.key,)

    @property
    def _keys(self) -> tuple[Column[Any], ...]:
        return tuple(self.table.c[name] for name in self._key_names)

    def _given(self, names: Sequence[str], rows: Sequence[tuple[Place, Cells]]) -> FromClause:
        """The values as rows of the statement: one parameter, however many there are."""
        written = [*self._key_names, *names]
        wide = len(self._key_names)
        lines = [
            dict(zip(written, (*place[:wide], *[cells[name] for name in names]), strict=True)) for place, cells in rows
        ]
        typed = [column(name, self.table.c[name].type) for name in written]
        listed = func.jsonb_to_recordset(cast(literal(json.dumps(lines, default=_plain, check_circular=False)), JSONB))
        return listed.table_valued(*typed, name="given").render_derived(with_types=True)


def _among(key: Column[Any], values: set[Any]) -> ColumnElement[bool]:
    """Whether a key is one of some values, sent as one parameter: thousands would be bound one by one."""
    return key == any_(literal(list(values), ARRAY(key.type)))


def _plain(value: Any) -> str:
    """What JSON does not know, without loss: numbers as text, since JSON would make them binary fractions."""
    return value.isoformat() if isinstance(value, (date, time)) else str(value)


@dataclass(frozen=True)
class CellEdits:
    """Everything that can be changed in the cells of one list; `permission` is what it takes."""

    permission: str
    subjects: frozenset[str]
    sources: Sequence[CellSource]

    def save(self, connection: Connection, changes: Sequence[CellChange]) -> Changed:
        """Write all changes or none; answers how many cells were written."""
        self._require(connection, {change.place.site for change in changes if change.place.site is not None})
        problems, conflicts, writes = list[Problem](), list[Theirs](), list[tuple[CellSource, Mapping[Place, Cells]]]()
        numbered = list(enumerate(changes, 1))
        known = {key for source in self.sources for key in source.cells}
        problems += [Problem(UNKNOWN, c.place.column, n) for n, c in numbered if c.place.column not in known]
        for source in self.sources:
            mine = [(number, change) for number, change in numbered if change.place.column in source.cells]
            if mine:
                pending = _Pending(source, mine)
                pending.compare(connection)
                problems += pending.problems
                conflicts += pending.conflicts
                writes.append((source, pending.wanted))
        if problems or conflicts:
            raise CellsRefused(sorted(problems, key=lambda problem: problem.row or 0), conflicts)
        for source, rows in writes:
            source.write(connection, rows)
        return Changed(len(changes), self.subjects)

    def _require(self, connection: Connection, sites: set[UUID]) -> None:
        scope = func.scope(self.permission, type_=ARRAY(UuidType))
        rights = [func.can(self.permission), *(literal(site) == any_(scope) for site in sites)]
        if not all(connection.execute(select(*rights)).one()):
            raise Denied("Your roles do not allow you to change this.")


class _Pending:
    """The changes of one source, compared with what is there."""

    def __init__(self, source: CellSource, changes: Sequence[tuple[int, CellChange]]) -> None:
        self._source = source
        self._rows: dict[Place, list[tuple[int, CellChange]]] = defaultdict(list)
        for number, change in changes:
            self._rows[change.place.row, change.place.site].append((number, change))
        self._columns = dict.fromkeys(change.place.column for _number, change in changes)
        self.problems: list[Problem] = []
        self.conflicts: list[Theirs] = []
        self.wanted: dict[Place, Cells] = {}

    def compare(self, connection: Connection) -> None:
        """Read what is there, then look at every cell and at every row as it would be."""
        names = list(dict.fromkeys(self._source.cells[key].name for key in self._columns))
        there = self._source.read(connection, list(self._rows), names)
        for place, mine in self._rows.items():
            if (held := there.get(place)) is None:
                self.problems += [Problem(GONE, change.place.column, number) for number, change in mine]
            elif wanted := self._compare_cells(mine, held):
                self.wanted[place] = wanted
                self._compare_row(mine, held, wanted)

    def _compare_cells(self, mine: Sequence[tuple[int, CellChange]], held: Cells) -> Cells:
        """What a row shall hold by name, without the cells that are wrong."""
        wanted: dict[str, Any] = {}
        for number, change in mine:
            cell = self._source.cells[change.place.column]
            theirs = cell.shown(held[cell.name])
            if not same_value(theirs, change.old) and not same_value(theirs, change.new):
                self.conflicts.append(Theirs(change.place, theirs))
            if wrong := cell.check(change.new):
                self.problems.append(Problem(wrong, change.place.column, number))
            else:
                wanted[cell.name] = cell.kept(change.new)
        return wanted

    def _compare_row(self, mine: Sequence[tuple[int, CellChange]], held: Cells, wanted: Cells) -> None:
        for problem in self._source.problems(held, wanted):
            by_name = {cell.name: key for key, cell in self._source.cells.items()}
            column_key = by_name.get(problem.field or "", problem.field or "")
            # The cell that is wrong may be one that stays as it is: then the one that was changed is marked.
            marked = {change.place.column: (number, column_key) for number, change in mine}
            first, change = mine[0]
            number, key = marked.get(column_key, (first, change.place.column))
            self.problems.append(Problem(problem.text, key, number))


# Checks that many columns share --------------------------------------------------------------------------------


def words(most: int, *, needed: bool = True) -> Check:
    """Text of at most so many letters."""

    def check(value: Any) -> str | None:
        if not str(value or "").strip():
            return "This cannot be empty." if needed else None
        if len(value) > most:
            return f"This has {len(value)} letters; there is room for {most}."
        return None if value.isprintable() else "This has a character that cannot be written."

    return check


def number(low: Decimal | int = 0, high: Decimal | int = 10**9, *, places: int = 6, needed: bool = False) -> Check:
    """A number between two others with at most so many decimals."""

    def check(value: Any) -> str | None:
        if value is None:
            return "This cannot be empty." if needed else None
        if not isinstance(value, (int, Decimal)) or not Decimal(value).is_finite() or not low <= value <= high:
            return f"This must be between {low:,} and {high:,}."
        if Decimal(value) != round(Decimal(value), places):
            return "This must be a whole number." if places == 0 else f"This has more than {places} decimals."
        return None

    return check


def among(values: Sequence[Any] | frozenset[Any]) -> Check:
    """One of some values, or several of them."""

    def check(value: Any) -> str | None:
        wrong = [each for each in (value if isinstance(value, (tuple, list)) else (value,)) if each not in values]
        return f"{wrong[0]} is not one of the choices." if wrong else None

    return check


__all__ = ["Cell", "CellEdits", "CellSource", "CellTable", "among", "number", "words"]
