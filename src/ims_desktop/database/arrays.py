"""How lists of a thousand lines go to the server: at one stroke instead of element by element."""

from collections.abc import Callable
from decimal import Decimal
from operator import attrgetter
from types import NoneType
from typing import Any
from uuid import UUID

from psycopg.abc import Buffer
from psycopg.types.array import ListDumper


def _number(number: Decimal) -> str:
    return "NaN" if number.is_nan() else str(number)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


_WRITTEN: dict[type, Callable[[Any], str]] = {UUID: attrgetter("hex"), Decimal: _number, int: str, str: _quoted}


class LineDumper(ListDumper):
    """Writes a list whose elements are all of one plain kind, or nothing; the driver's own way for every other list."""

    def dump(self, obj: list[Any]) -> Buffer | None:
        """The list as the server reads an array."""
        kinds = set(map(type, obj)) - {NoneType}
        written = _WRITTEN.get(next(iter(kinds))) if len(kinds) == 1 else None
        if written is None:
            return super().dump(obj)
        text = ",".join(["NULL" if element is None else written(element) for element in obj])
        return super().dump(obj) if "\0" in text else f"{{{text}}}".encode()  # which refuses it with its own words
