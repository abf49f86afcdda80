"""Frozen values as plain ones and back, for what is kept in a file: text loses nothing of a quantity or a moment."""

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID


class NotThisValue(ValueError):
    """What was kept is not a value of the kind asked for."""


def to_plain(value: Any) -> Any:
    """A value as dicts, lists, texts, whole numbers and None."""
    if is_dataclass(value) and not isinstance(value, type):
        return {known.name: to_plain(getattr(value, known.name)) for known in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [to_plain(one) for one in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    if value is None or isinstance(value, str | int):
        return value
    raise NotThisValue(f"{type(value).__name__} is not kept in files")


def from_plain(kind: Any, plain: Any) -> Any:
    """The value of this kind again; NotThisValue when it is something else, or says more than is known here."""
    try:
        return _read(kind, plain)
    except (TypeError, KeyError, ValueError, ArithmeticError) as error:
        raise NotThisValue(f"not a {getattr(kind, '__name__', kind)}: {error}") from error


def _read(kind: Any, plain: Any) -> Any:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        (kind,) = (one for one in get_args(kind) if one is not types.NoneType)
        return None if plain is None else _read(kind, plain)
    if origin is tuple:
        return _tuple(get_args(kind), plain)
    if is_dataclass(kind):
        return _dataclass(kind, plain)
    if kind in (datetime, date):
        return kind.fromisoformat(_checked(str, plain))
    if kind in (UUID, Decimal) or (isinstance(kind, type) and issubclass(kind, Enum)):
        return kind(_checked(str, plain))
    return _checked(kind, plain)


def _tuple(kinds: tuple[Any, ...], plain: Any) -> tuple[Any, ...]:
    listed = _checked(list, plain)
    if kinds[1:] == (Ellipsis,):
        return tuple(_read(kinds[0], one) for one in listed)
    return tuple(_read(kind, one) for kind, one in zip(kinds, listed, strict=True))


def _dataclass(kind: Any, plain: Any) -> Any:
    values: Mapping[str, Any] = _checked(dict, plain)
    hints = get_type_hints(kind)
    unknown = values.keys() - {known.name for known in fields(kind)}
    if unknown:
        raise NotThisValue(f"nobody here knows {', '.join(sorted(unknown))}")
    return kind(**{name: _read(hints[name], one) for name, one in values.items()})


def _checked(kind: Any, plain: Any) -> Any:
    if not isinstance(plain, kind) or (kind is int and isinstance(plain, bool)):
        raise NotThisValue(f"{plain!r:.40} where a {kind.__name__} is meant")
    return plain
