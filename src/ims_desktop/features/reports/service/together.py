"""Several selects as one statement: one round trip, and one moment that all of them see."""

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Date, DateTime, Numeric, Select, Text, Uuid, cast, func, select
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.types import TypeEngine

from ims_desktop.features.reports.service.values import Row


def together(connection: Connection, **selects: Select[Any]) -> dict[str, list[Row]]:
    """The rows of every select by its name; numbers stay exact, days and keys are what they were."""
    columns = []
    for name, chosen in selects.items():
        rows = chosen.subquery(f"of_{name}")
        found = select(cast(func.json_agg(rows.table_valued()), Text)).select_from(rows)
        columns.append(found.scalar_subquery().label(name))
    statement = select(*columns)
    _write_out(statement)  # it was made for this question, and nobody else has it
    answer = connection.execute(statement).one()
    return {name: _rows(text, chosen) for (name, chosen), text in zip(selects.items(), answer, strict=True)}


def _write_out(statement: Select[Any]) -> None:
    """Days and kinds become part of the statement: a plan for days not yet known takes twice as long.

    What stands in several places, such as what all parts of a report are made of, is gone through once.
    """
    waiting, met = list[Any]([statement]), dict[int, Any]()
    while waiting:
        part = waiting.pop()
        if id(part) in met:
            continue
        met[id(part)] = part
        if isinstance(part, BindParameter):
            part.literal_execute = True
        waiting += part.get_children()


def _rows(text: str | None, chosen: Select[Any]) -> list[Row]:
    """The rows as they were; keys and days, of which few are met often, are read once each."""
    found: list[dict[str, Any]] = json.loads(text, parse_float=Decimal) if text else []
    for key, column in chosen.selected_columns.items():
        if reader := _reader(column.type):
            for row in found:
                if (value := row[key]) is not None:
                    row[key] = reader(value)
    return list(found)


def _reader(kind: TypeEngine[Any]) -> Callable[[Any], Any] | None:
    """What makes a value of what JSON has made of it; None where that is the value."""
    readers: Mapping[type[TypeEngine[Any]], Callable[[Any], Any]] = {
        Numeric: Decimal, Date: cache(date.fromisoformat), DateTime: datetime.fromisoformat, Uuid: cache(UUID),
    }  # fmt: skip
    return next((read for known, read in readers.items() if isinstance(kind, known)), None)
