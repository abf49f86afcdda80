"""Something to choose from a list, as the database names it."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose: its value, its words, and a second line."""

    value: Any
    text: str
    detail: str = ""
