"""How lots are told apart by how long they are still good."""

from dataclasses import dataclass
from datetime import date

from ims_desktop.domain.errors import Problem

SOON, BEFORE_LONG = 3, 7
"""So many days before it expires, a lot is used first; so many, it is thought of."""


@dataclass(frozen=True, slots=True)
class ExpiryDraft:
    """When a lot expires after all; `seen` is what was read before."""

    lot_id: object
    expires_on: date | None
    seen: date | None


def problems_of(draft: ExpiryDraft) -> list[Problem]:
    """What is wrong with a corrected day."""
    return [] if draft.expires_on is not None else [Problem("Say when it expires.", "expires_on")]


def state(days_left: int | None) -> str:
    """The most urgent thing to say about a lot that is on hand."""
    if days_left is None:
        return "open"
    if days_left < 0:
        return "expired"
    return "soon" if days_left <= SOON else "week" if days_left <= BEFORE_LONG else "good"
