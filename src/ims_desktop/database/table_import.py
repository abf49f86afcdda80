"""Imports whose rows are rows of one table: the fields that are columns, and the fields that name rows of others."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Row,
    Table,
    Text,
    and_,
    bindparam,
    func,
    insert,
    literal,
    null,
    select,
    tuple_,
)
from sqlalchemy import update as change_rows
from sqlalchemy.dialects.postgresql import ARRAY

from ims_desktop.domain.errors import Denied, Problem
from ims_desktop.domain.importing import Change, ImportRow, Known, Record
from ims_desktop.domain.wording import say

Asked = tuple[Any, str]
"""Within what, and which words."""

AT_ONCE = 5_000  # as many keys as fit into the parameters of one statement


@dataclass(frozen=True, slots=True)
class Named:
    """A row of another table, by its key; two are the same when their keys are."""

    id: Any
    name: str = field(compare=False)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Reference:
    """A field whose words name a row of another table: by any of the folded columns `finds`, shown as `shown`.

    Names that are unique in a place only are looked for `within` it: the field that says where, and its column there.
    """

    table: Table
    shown: ColumnElement[Any]
    finds: tuple[ColumnElement[Any], ...]
    noun: str
    within: tuple[str, ColumnElement[Any]] | None = None


@dataclass(frozen=True)
class TableImport:
    """`columns`: field → column; `finds`: key field → the folded column it is found by, where that is another one."""

    table: Table
    permission: str
    columns: Mapping[str, str]
    key: tuple[str, ...]
    references: Mapping[str, Reference] = field(default_factory=dict)
    finds: Mapping[str, str] = field(default_factory=dict)
    identity: tuple[str, ...] = ("id",)
    may_lack: frozenset[str] = frozenset()  # parts of the key that may be empty

    def known(self, connection: Connection, rows: Sequence[ImportRow]) -> Known:
        """The records of these rows, and what their words refer to."""
        resolved, problems = self.resolved(connection, rows)
        keys = self._keys(connection, resolved)
        there = self._records(connection, set(keys.values()))
        records = {number: there[key] for number, key in keys.items() if key in there}
        return Known(records, resolved, problems)

    def resolved(self, connection: Connection, rows: Sequence[ImportRow]) -> tuple[list[ImportRow], list[Problem]]:
        """The rows with references instead of words, and the words that name nothing."""
        problems = list[Problem]()
        given = [dict(row.given) for row in rows]
        # What is looked for within another reference comes after it.
        for key, reference in sorted(self.references.items(), key=lambda pair: pair[1].within is not None):
            found = named(connection, reference, {_asked(one, key, reference) for one in given if one.get(key)})
            for row, one in zip(rows, given, strict=True):
                if one.get(key):
                    asked = _asked(one, key, reference)
                    one[key] = found.get(asked)
                    if asked not in found:
                        problems.append(
                            Problem(
                                say("There is no {noun} “{asked}”.", noun=reference.noun, asked=asked[1]),
                                key,
                                row.number,
                            )
                        )
        return [ImportRow(row.number, one) for row, one in zip(rows, given, strict=True)], problems

    def write(self, connection: Connection, changes: Sequence[Change]) -> None:
        """Insert what is new and change what differs."""
        new = [self._written(change) for change in changes if change.is_new]
        by_columns: dict[frozenset[str], list[dict[str, Any]]] = {}
        for change in changes:
            if not change.is_new and change.differences:
                written = self._written(change)
                place = {f"_{name}": value for name, value in zip(self.identity, change.record.id, strict=True)}  # type: ignore[union-attr]
                by_columns.setdefault(frozenset(written), []).append({**place, **written})
        if new:
            made = [{"id": uuid4(), **one} if self.identity == ("id",) else one for one in new]
            for alike in _by_columns(made):
                connection.execute(insert(self.table), alike)
        same = and_(*(self.table.c[name] == bindparam(f"_{name}") for name in self.identity))
        for alike in by_columns.values():
            done = connection.execute(change_rows(self.table).where(same), alike)
            if 0 <= done.rowcount < len(alike):
                raise Denied("Your roles do not allow you to change all of these.")

    def _written(self, change: Change) -> dict[str, Any]:
        return {
            self.columns[key]: value.id if isinstance(value, Named) else value
            for key, value in change.values.items()
            if key in self.columns and not (change.is_new and value is None)
        }

    def _keys(self, connection: Connection, rows: Sequence[ImportRow]) -> dict[int, tuple[Any, ...]]:
        """What each row is found by; rows that lack a part of it are new."""
        words = {row.given.get(key) for row in rows for key in self.key if key in self.finds}
        folded = folded_words(connection, [word for word in words if word])
        keys = {}
        for row in rows:
            parts = tuple(self._part(row.given.get(key), folded if key in self.finds else None) for key in self.key)
            keys[row.number] = parts
        return keys

    def _part(self, value: Any, folded: Mapping[str, str] | None) -> Any:
        if isinstance(value, Named):
            return value.id
        return folded.get(value, value) if folded is not None and value is not None else value

    def _records(self, connection: Connection, keys: set[tuple[Any, ...]]) -> dict[tuple[Any, ...], Record]:
        places = [self.table.c[self.finds.get(key, self.columns[key])] for key in self.key]
        found = list[Row[Any]]()
        for given in {tuple(part is not None for part in key) for key in keys}:
            if all(there or key in self.may_lack for key, there in zip(self.key, given, strict=True)):
                alike = [key for key in keys if tuple(part is not None for part in key) == given]
                found += self._alike(connection, places, given, alike)
        names = self._names(connection, found)
        return {tuple(row._mapping[place] for place in places): self._record(row, names) for row in found}

    def _alike(
        self, connection: Connection, places: Sequence[Column[Any]], given: Sequence[bool], keys: Sequence[Any]
    ) -> list[Row[Any]]:
        """The rows of keys that lack the same parts: such as prices of every site."""
        asked = [place for place, there in zip(places, given, strict=True) if there]
        lacking = [place.is_(None) for place, there in zip(places, given, strict=True) if not there]
        parts = [tuple(part for part in key if part is not None) for key in keys]
        rows = list[Row[Any]]()
        for some in _batched(parts, AT_ONCE // len(places)):
            rows += connection.execute(select(self.table).where(tuple_(*asked).in_(some), *lacking)).all()
        return rows

    def _names(self, connection: Connection, rows: Iterable[Any]) -> Mapping[str, Mapping[Any, Named]]:
        """What the references of these records are called."""
        names = {}
        for key, reference in self.references.items():
            ids = {row._mapping[self.table.c[self.columns[key]]] for row in rows} - {None}
            statement = select(reference.table.c.id, reference.shown).where(
                reference.table.c.id == func.any(literal(list(ids), ARRAY(reference.table.c.id.type)))
            )
            names[key] = {row[0]: Named(row[0], row[1]) for row in connection.execute(statement)} if ids else {}
        return names

    def _record(self, row: Any, names: Mapping[str, Mapping[Any, Named]]) -> Record:
        values = {}
        for key, column in self.columns.items():
            value = row._mapping[self.table.c[column]]
            values[key] = names[key].get(value) if key in names else value
        return Record(tuple(row._mapping[self.table.c[name]] for name in self.identity), values)


def folded_words(connection: Connection, words: Sequence[str]) -> dict[str, str]:
    """Words in the form in which the database compares them."""
    if not words:
        return {}
    asked = select(func.unnest(literal(list(words), ARRAY(Text))).label("word")).subquery("asked")
    return {row[0]: row[1] for row in connection.execute(select(asked.c.word, func.public.sort_key(asked.c.word)))}


def named(connection: Connection, reference: Reference, asked: Iterable[Asked]) -> dict[Asked, Named]:
    """The rows of another table that words name, each within its place; words that name nothing are left out."""
    wanted = set(asked)
    folded = folded_words(connection, sorted({word for _, word in wanted}))
    place = reference.within[1] if reference.within else null()
    found: dict[Asked, Named] = {}
    for column in reference.finds:
        forms = sorted({folded[word] for within, word in wanted if (within, word) not in found})
        for some in _batched(forms, AT_ONCE):
            statement = select(place, column, reference.table.c.id, reference.shown).where(column.in_(some))
            there = {(row[0], row[1]): Named(row[2], row[3]) for row in connection.execute(statement)}
            for one in wanted:
                name = there.get((one[0], folded[one[1]]))
                if name is not None:
                    found.setdefault(one, name)
    return found


def _asked(given: Mapping[str, Any], key: str, reference: Reference) -> Asked:
    where = given.get(reference.within[0]) if reference.within else None
    return (where.id if isinstance(where, Named) else None), str(given[key])


def require(connection: Connection, permission: str) -> None:
    """Refuse whoever may not; row level security would refuse too, but say less."""
    if not connection.execute(select(func.can(permission))).scalar_one():
        raise Denied("Your roles do not allow this import.")


def _by_columns(rows: Iterable[dict[str, Any]]) -> Iterable[list[dict[str, Any]]]:
    """Rows that fill the same columns, together."""
    by_columns: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows:
        by_columns.setdefault(tuple(sorted(row)), []).append(row)
    return by_columns.values()


def _batched(values: Sequence[Any], size: int) -> Iterable[Sequence[Any]]:
    return (values[start : start + size] for start in range(0, len(values), size))
