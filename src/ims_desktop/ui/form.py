"""The description of a form, and the panel that shows it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ims_desktop.domain.wording import Words
from ims_desktop.ui.fields import Field, Group


def as_dict(values: Mapping[str, Any], initial: Any) -> Any:
    """Hand the values over as they are."""
    return dict(values)


@dataclass(frozen=True)
class FormSpec:
    """`save(connection, build(values, initial))` is a use case, usually answering Changed.

    `initial` is the value the form began with (None for a new record), so that `build` can carry its id and version.
    `read(connection, key)` reads that value; it is read again after a Conflict. `undo(connection, result)` is a use
    case as well: the toast offers it. `lines_a_row` is how many lines of what is saved one row of its table makes: what
    the server says of a line is told at its row.
    """

    title: Words
    groups: tuple[Group | Field, ...]
    save: Callable[..., Any]
    build: Callable[[Mapping[str, Any], Any], Any] = as_dict
    read: Callable[..., Any] | None = None
    save_title: Words = "Save"
    said: Callable[[Any], Words] | None = None  # result -> the sentence of the toast
    subtitle: Words = ""
    width: int = 400
    permission: str | None = None
    undo: Callable[..., Any] | None = None
    lines_a_row: int = 1
