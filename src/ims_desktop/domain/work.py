"""What a use case is and what it may report back: plain values.

A use case is a function `f(connection, *args)`. How it runs is said by its decorator: `read` and `call` are one
autocommit statement (one round trip); an undecorated use case is one transaction.
"""

from collections.abc import Callable, Set
from dataclasses import dataclass, field
from enum import Enum
from inspect import signature
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


class _Everything(frozenset[str]):
    """Consent to whatever is asked."""

    def __contains__(self, _consent: object) -> bool:
        return True


def rehearsal(use_case: Callable[..., Any], build: Callable[..., Any] | None = None) -> Callable[..., None]:
    """The same change, of which nothing stays: it fails with what speaks against it, and whoever is asked agrees.

    It is given what can be read already, so what it stumbles over for want of the rest is no fault of the program.
    `build` makes its value of the arguments, where they are not the value themselves.
    """
    agrees = {"consents": _Everything()} if "consents" in signature(use_case).parameters else {}

    def rehearsed(connection: Any, *args: Any) -> None:
        use_case(connection, *((build(*args),) if build is not None else args), **agrees)

    rehearsed.lane, rehearsed.is_rehearsal = Lane.READ, True  # type: ignore[attr-defined]
    return rehearsed


def is_rehearsal(use_case: Callable[..., Any]) -> bool:
    """Whether nothing of what the use case does may stay."""
    return getattr(use_case, "is_rehearsal", False)


def lane_of(use_case: Callable[..., Any]) -> Lane:
    """The lane a use case runs in; changes unless marked as a read."""
    return getattr(use_case, "lane", Lane.CHANGE)


def is_autocommit(use_case: Callable[..., Any]) -> bool:
    """Whether the use case runs as single autocommit statements instead of one transaction."""
    return getattr(use_case, "autocommit", False)
