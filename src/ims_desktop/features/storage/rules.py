"""The tree and the walk order of a site's storage locations, without a database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from ims_desktop.domain.errors import Problem
from ims_desktop.domain.wording import say

STEP = 10
LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class LocationDraft:
    """A storage location as somebody wants it."""

    name: str
    site_id: UUID | None
    parent_id: UUID | None = None
    id: UUID | None = None
    version: int = 0


def moved(order: Sequence[UUID], key: UUID, step: int) -> list[UUID]:
    """The order with one place moved up (-1) or down (1); at the ends nothing happens."""
    places = list(order)
    here = places.index(key)
    there = min(max(here + step, 0), len(places) - 1)
    places.insert(there, places.pop(here))
    return places


def renumbered(order: Sequence[UUID], before: Mapping[UUID, int]) -> dict[UUID, int]:
    """The numbers 10, 20, 30 … that differ from those before."""
    wanted = {key: (place + 1) * STEP for place, key in enumerate(order)}
    return {key: number for key, number in wanted.items() if before[key] != number}


def path(key: UUID, names: Mapping[UUID, str], parents: Mapping[UUID, UUID | None]) -> tuple[str, ...]:
    """The names from the outermost location to this one."""
    found: list[str] = []
    here: UUID | None = key
    while here is not None and len(found) <= len(names):
        found.insert(0, names[here])
        here = parents[here]
    return tuple(found)


def parent_problem(
    draft: LocationDraft, parents: Mapping[UUID, UUID | None], names: Mapping[UUID, str]
) -> Problem | None:
    """What is wrong with lying inside another location: it must be at the same site, and not inside this one."""
    if draft.parent_id is None:
        return None
    if draft.parent_id not in parents:
        return Problem("A location can only lie inside another one of the same site.", "parent_id")
    if draft.id is not None:
        passed, here = [draft.id], draft.parent_id
        while here is not None and here not in passed:
            passed.append(here)
            here = parents[here]  # type: ignore[assignment]
        if here == draft.id:
            way = " inside ".join(names[each] for each in (draft.id, *passed[1:], draft.id))
            return Problem(say("It would lie inside itself: {way}.", way=way), "parent_id")
    return None
