"""Several selects as one statement: one round trip, and one moment that all of them see."""

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Date, DateTime, Numeric, Select, Text, Uuid, cast, func, select
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.sql.visitors import cloned_traverse
from sqlalchemy.types import TypeEngine

from ims_desktop.features.reports.service.values import Row


def together(connection: Connection, **selects: Select[Any]) -> dict[str, list[Row]]:
    """The rows of every select by its name; numbers stay exact, days and keys are what they were."""
    columns = []
    for name, chosen in selects.items():
        rows = chosen.subquery(f"of_{name}")
        found = select(cast(func.json_agg(rows.table_valued()), Text)).select_from(rows)
        columns.append(found.scalar_subquery().label(name))
    answer = connection.execute(cloned_traverse(select(*columns), {}, {"bindparam": _write_out})).one()
    return {name: _rows(text, chosen) for (name, chosen), text in zip(selects.items(), answer, strict=True)}


def _write_out(value: BindParameter[Any]) -> None:
    """Days and kinds become part of the statement: a plan for days not yet known takes twice as long."""
    value.literal_execute = True


def _rows(text: str | None, chosen: Select[Any]) -> list[Row]:
    readers = {column.key: _reader(column.type) for column in chosen.selected_columns}
    found: list[dict[str, Any]] = json.loads(text, parse_float=Decimal) if text else []
    return [{key: None if value is None else readers[key](value) for key, value in row.items()} for row in found]


def _reader(kind: TypeEngine[Any]) -> Callable[[Any], Any]:
    readers: Mapping[type[TypeEngine[Any]], Callable[[Any], Any]] = {
        Numeric: Decimal, Date: date.fromisoformat, DateTime: datetime.fromisoformat, Uuid: UUID,
    }  # fmt: skip
    return next((read for known, read in readers.items() if isinstance(kind, known)), lambda value: value)
