"""One save tells everything: what cannot be read is told at once, and then what the service says to all the rest."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject

from ims_desktop.domain.errors import Impossible, Offline, Problem, UserError
from ims_desktop.domain.work import Lane, lane_of, rehearsal
from ims_desktop.ui.desk import Desk

Rows = Mapping[str, Sequence[int]]
"""By table the rows on the page (from 1) of which something was handed over, in their order."""


def ask_for_objections(
    desk: Desk, owner: QObject, told: Sequence[Problem], tell: Callable[[Sequence[Problem]], None],
    use_case: Callable[..., Any], *args: Any, build: Callable[..., Any] | None = None, rows: Rows | None = None,
    at_its_row: Callable[[Problem], Problem] | None = None,
) -> None:  # fmt: skip
    """Rehearse a change with what can be read of it; `tell` gets what is told already and what else speaks against it.

    What the service says about a place that is told already is left out: there it had nothing to judge.
    """
    if lane_of(use_case) is Lane.HERE:
        return

    def objected(error: Exception) -> None:
        if isinstance(error, Impossible | Offline) or not isinstance(error, UserError):
            return
        found = error.problems or (Problem(error.text),)
        problems = [on_the_page(one, rows or {}) for one in (map(at_its_row, found) if at_its_row else found)]
        new = [one for one in problems if not any(_meet(one, other) for other in told)]
        if new:
            tell((*told, *new))

    desk.start(owner, lambda _nothing: None, rehearsal(use_case, build), *args, failed=objected, replace="objections")


def on_the_page(problem: Problem, rows: Rows) -> Problem:
    """A problem whose row counts what was handed over, at the row of the page it came from."""
    places = rows.get((problem.field or "").partition(".")[0], rows.get("", ()))
    known = problem.row is not None and 0 < problem.row <= len(places)
    return replace(problem, row=places[problem.row - 1]) if known and problem.row is not None else problem


def _meet(one: Problem, other: Problem) -> bool:
    """Whether two problems are about one place: a field, a row of it, or one of its cells."""
    if one.field is None or other.field is None:
        return one.text == other.text
    if one.row is not None and other.row is not None and one.row != other.row:
        return False
    mine, others = one.field.split("."), other.field.split(".")
    cells_alone = one.row is not None and 1 in (len(mine), len(others)) and mine[-1] == others[-1]
    return cells_alone or all(a == b for a, b in zip(mine, others, strict=False))
