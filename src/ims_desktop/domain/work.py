"""What a use case is and what it may report back: plain values.

A use case is a function `f(connection, *args)`. How it runs is said by its decorator: `read` and `call` are one
autocommit statement (one round trip); an undecorated use case is one transaction.
"""

from collections.abc import Callable, Set
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeVar

UseCase = TypeVar("UseCase", bound=Callable[..., Any])


class Lane(Enum):
    """Reads overtake each other (the newest answer wins); changes keep their order; HERE never waits for the server."""

    READ = "read"
    CHANGE = "change"
    HERE = "here"


@dataclass(frozen=True)
class Changed:
    """What a change gave back, and which subjects (such as "items") other pages and desks should read again."""

    result: Any
    subjects: Set[str] = field(default_factory=frozenset)


def read(use_case: UseCase) -> UseCase:
    """Mark a use case that only reads: autocommit, in the read lane."""
    use_case.lane, use_case.autocommit = Lane.READ, True  # type: ignore[attr-defined]
    return use_case


def call(use_case: UseCase) -> UseCase:
    """Mark a change made by one statement: autocommit, in order with the other changes."""
    use_case.lane, use_case.autocommit = Lane.CHANGE, True  # type: ignore[attr-defined]
    return use_case


def here(use_case: UseCase) -> UseCase:
    """Mark what is done on this PC alone, `f(*args)`: it gets no connection, and waits for nothing that needs one."""
    use_case.lane = Lane.HERE  # type: ignore[attr-defined]
    return use_case


def or_from_memory(use_case: UseCase, answer: Callable[..., Any]) -> UseCase:
    """While the server does not answer, `answer(*args)` does, from what this PC remembers; it may raise Offline."""
    use_case.from_memory = answer  # type: ignore[attr-defined]
    return use_case


def memory_of(use_case: Callable[..., Any]) -> Callable[..., Any] | None:
    """What answers for a use case while the server does not."""
    return getattr(use_case, "from_memory", None)


def lane_of(use_case: Callable[..., Any]) -> Lane:
    """The lane a use case runs in; changes unless marked as a read."""
    return getattr(use_case, "lane", Lane.CHANGE)


def is_autocommit(use_case: Callable[..., Any]) -> bool:
    """Whether the use case runs as single autocommit statements instead of one transaction."""
    return getattr(use_case, "autocommit", False)
