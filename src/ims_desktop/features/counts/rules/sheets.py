"""A count as a whole: what it takes in, how far it is, and what somebody has to say to start one."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from ims_desktop.domain.errors import Problem
from ims_desktop.domain.wording import Words, say

LONGEST_NAME, LONGEST_NOTE = 120, 1000
MOST_DAYS = 3650


class Scope(StrEnum):
    """What of a site is counted."""

    ALL = "ALL"
    LOCATIONS = "LOCATIONS"
    CATEGORIES = "CATEGORIES"
    KEY_ITEMS = "KEY_ITEMS"
    CYCLE = "CYCLE"


class State(StrEnum):
    """How far a count is: being entered, being reviewed, posted, or given up."""

    OPEN = "OPEN"
    REVIEW = "REVIEW"
    POSTED = "POSTED"
    DISCARDED = "DISCARDED"


class Blanks(StrEnum):
    """What becomes of lines that nobody counted."""

    LEAVE = "LEAVE"
    ZERO = "ZERO"


SCOPES: Mapping[str, Words] = {
    Scope.ALL: "Everything at the site",
    Scope.LOCATIONS: "Some storage locations",
    Scope.CATEGORIES: "Some categories",
    Scope.KEY_ITEMS: "Key items",
    Scope.CYCLE: "What was not counted for some time",
}
STATES: Mapping[str, Words] = {
    State.OPEN: "Counting",
    State.REVIEW: "Review",
    State.POSTED: "Posted",
    State.DISCARDED: "Discarded",
}


@dataclass(frozen=True, slots=True)
class CountDraft:
    """A count that is to be started; `chosen` are storage locations or categories, `days` goes with a cycle count."""

    key: UUID
    site_id: UUID | None
    name: str
    scope: Scope = Scope.ALL
    chosen: tuple[UUID, ...] = ()
    days: int | None = None
    is_blind: bool = False
    tolerance_percent: Decimal | None = None
    tolerance_value: Decimal | None = None
    note: str = ""


def problems_of(draft: CountDraft) -> list[Problem]:
    """Everything that is missing or wrong before a count can be started."""
    problems = []
    if draft.site_id is None:
        problems.append(Problem("Choose the site that is counted.", "site_id"))
    if not draft.name.strip():
        problems.append(Problem("Give the count a name.", "name"))
    if len(draft.name) > LONGEST_NAME:
        problems.append(Problem(say("A name has at most {most} letters.", most=LONGEST_NAME), "name"))
    if draft.scope in (Scope.LOCATIONS, Scope.CATEGORIES) and not draft.chosen:
        field = "locations" if draft.scope is Scope.LOCATIONS else "categories"
        problems.append(Problem("Choose what is to be counted.", field))
    if draft.scope is Scope.CYCLE and (draft.days is None or not 1 <= draft.days <= MOST_DAYS):
        problems.append(Problem("Say after how many days something is counted again.", "days"))
    for field in ("tolerance_percent", "tolerance_value"):
        if (allowed := getattr(draft, field)) is not None and allowed < 0:
            problems.append(Problem("A tolerance is not below zero.", field))
    if len(draft.note) > LONGEST_NOTE:
        problems.append(Problem(say("A note has at most {most:,} letters.", most=LONGEST_NOTE), "note"))
    return problems
