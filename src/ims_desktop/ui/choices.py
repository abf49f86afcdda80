"""What a person may choose from: shared by filters, forms and entry grids."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ims_desktop.domain.wording import Words


@dataclass(frozen=True)
class Choice:
    """One thing to choose: the value that is kept, its words, and a muted second line."""

    value: Any
    text: Words
    detail: Words = ""


@dataclass(frozen=True)
class Choices:
    """Fixed `options`; or `load(connection)` or `search(connection, text)`, use cases that give Choices.

    A filter with both searches, and loads only to name what another page has chosen.
    """

    options: tuple[Choice, ...] = ()
    load: Callable[..., Any] | None = None
    search: Callable[..., Any] | None = None
    many: bool = True  # a filter may pick several

    @classmethod
    def of(cls, *texts: str) -> "Choices":
        """Choices whose words are their values."""
        return cls(tuple(Choice(text, text) for text in texts))


@dataclass(frozen=True)
class Between:
    """A range from low to high, both ends included; what is typed follows the kind of its column."""


@dataclass(frozen=True)
class Contains:
    """A text that occurs somewhere, whatever its case and accents."""


@dataclass(frozen=True)
class AsAt:
    """A moment that has passed: the list shows what was so then, as the books say now; without one, what is so."""


FilterBy = Choices | Between | Contains | AsAt
YES_NO = Choices((Choice(True, "Yes"), Choice(False, "No")))
