"""An attack as a value: who sends what, what must come of it, and that the same works for somebody who may do it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import psycopg

if TYPE_CHECKING:
    from tests.security.ground import Ground


@dataclass(frozen=True)
class Answer:
    """What the server answered: rows, or the state and words of a refusal."""

    state: str = ""
    words: str = ""
    rows: tuple[tuple[Any, ...], ...] | None = None
    count: int = -1

    @classmethod
    def of(cls, error: psycopg.Error) -> "Answer":
        """The answer an error is; a line that was cut has no state, so it gets one of its own."""
        parts = (error.diag.message_primary, error.diag.message_detail, error.diag.message_hint, error.diag.context)
        words = "\n".join(part for part in parts if part) or str(error)
        return cls(error.sqlstate or ("08006" if isinstance(error, psycopg.OperationalError) else "?????"), words)

    @classmethod
    def told(cls, *values: Any) -> "Answer":
        """An answer of one row."""
        return cls(rows=(values,))


Doing = Callable[["Ground", str], Answer]


@dataclass(frozen=True)
class Try:
    """A statement or a small program, and who sends it. `<name>` in a statement stands for a fact of the ground."""

    who: str
    what: str | Doing
    alone: bool = False  # outside a transaction


@dataclass(frozen=True)
class Expected:
    """What an answer must be, in words and as a test."""

    words: str
    holds: Callable[[Answer], bool] = field(repr=False)


def refused(*states: str, saying: str = "") -> Expected:
    """The server refuses for exactly one of these reasons."""
    return Expected(f"refused with {states} {saying}", lambda a: a.state in states and saying in a.words)


def answers(*values: Any) -> Expected:
    """One row with these values."""
    return Expected(f"answers {values}", lambda a: not a.state and a.rows == (values,))


NOTHING = Expected(
    "shows and changes nothing",
    lambda a: not a.state and (a.count == 0 if a.rows is None else a.rows in ((), ((0,),), ((None,),))),
)
CUT = Expected("the line is cut", lambda a: a.state.startswith(("08", "57P")))
WORKS = Expected(
    "works",
    lambda a: (
        not a.state and (a.count != 0 if a.rows is None else bool(a.rows) and a.rows[0][0] not in (None, False, 0))
    ),
)


@dataclass(frozen=True)
class Attack:
    """Something hostile. `control` is a person for whom the very same works, or the nearest thing that does work.

    `open_because`: it gets through, and this is why; then `stopped` says what comes of it.
    """

    name: str
    who: str
    what: str | Doing
    stopped: Expected
    control: str | Try | None = None
    works: Expected = WORKS
    alone: bool = False
    open_because: str = ""

    @property
    def hostile(self) -> Try:
        """What the hostile person sends."""
        return Try(self.who, self.what, self.alone)

    @property
    def honest(self) -> Try | None:
        """What shows that the attack could have worked."""
        return Try(self.control, self.what, self.alone) if isinstance(self.control, str) else self.control


def gets_through(
    name: str, who: str, what: str | Doing, because: str, *, comes_of_it: Expected = WORKS, alone: bool = False
) -> Attack:
    """An attack that is not stopped, with the reason."""
    return Attack(name, who, what, comes_of_it, alone=alone, open_because=because)
