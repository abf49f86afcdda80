"""Errors whose text is written for the person at the screen."""

from collections.abc import Sequence
from dataclasses import dataclass

from ims_desktop.domain.wording import Words


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: what, and where (a field or column key; a row number counted from 1)."""

    text: Words
    field: str | None = None
    row: int | None = None


class UserError(Exception):
    """Something the person can understand and put right; carries every problem found, not only the first."""

    def __init__(self, text: Words, problems: Sequence[Problem] = ()) -> None:
        super().__init__(text)
        self.text = text
        self.problems = tuple(problems)


class Denied(UserError):
    """The person's roles do not allow this."""


class Impossible(UserError):
    """The database has no room for a value, and does not say which; rules should have said it before."""


class Conflict(UserError):
    """Somebody else changed the record meanwhile: reload."""


class Offline(UserError):
    """The server cannot be reached; nothing was sent."""


class UnknownOutcome(UserError):
    """The line broke after sending; whether it was saved must be asked by key."""


class Confirm(Exception):
    """A question the person must answer; the same call with `consent` in its consents goes ahead."""

    def __init__(self, question: Words, consent: str) -> None:
        super().__init__(question)
        self.question = question
        self.consent = consent
