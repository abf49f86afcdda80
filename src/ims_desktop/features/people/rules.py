"""What a person may do, and which role says so."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Role:
    """A role with what it says itself; None of it about everything else."""

    id: UUID
    name: str
    parent_id: UUID | None
    permissions: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Assignment:
    """A role that a person has, at one site or (None) at all."""

    role_id: UUID
    role: str
    site: str | None


@dataclass(frozen=True, slots=True)
class Right:
    """Something a person may do: where, and by which roles. `inherited`: none of the person's roles says it itself."""

    resource: str
    action: str
    title: str
    sites: tuple[str, ...]
    roles: tuple[str, ...]
    inherited: bool

    @property
    def everywhere(self) -> bool:
        """Whether it counts at all sites."""
        return not self.sites


def decided_by(role: Role, code: str, roles: Mapping[UUID, Role]) -> tuple[Role, bool] | None:
    """The nearest role from here upwards that says anything about a permission, and what it says."""
    here: Role | None = role
    for _ in range(len(roles)):
        if here is None:
            return None
        if code in here.permissions:
            return here, bool(here.permissions[code])
        here = roles.get(here.parent_id) if here.parent_id else None
    return None


def rights_of(
    assignments: Iterable[Assignment], roles: Mapping[UUID, Role], catalogue: Iterable[tuple[str, str, str]]
) -> tuple[Right, ...]:
    """Everything the assignments permit, in the order of the catalogue (resource, action, title)."""
    held = list(assignments)
    found = (_right(held, roles, *permission) for permission in catalogue)
    return tuple(right for right in found if right is not None)


def _right(
    assignments: list[Assignment], roles: Mapping[UUID, Role], resource: str, action: str, title: str
) -> Right | None:
    granting = list(_granting(assignments, f"{resource}.{action}", roles))
    if not granting:
        return None
    sites = sorted({each.site for each, _ in granting if each.site})
    everywhere = any(each.site is None for each, _ in granting)
    names = tuple(dict.fromkeys(role.name for _, role in granting))
    own = any(role.id == each.role_id for each, role in granting)
    return Right(resource, action, title, () if everywhere else tuple(sites), names, not own)


def _granting(
    assignments: list[Assignment], code: str, roles: Mapping[UUID, Role]
) -> Iterator[tuple[Assignment, Role]]:
    for each in assignments:
        answer = decided_by(roles[each.role_id], code, roles) if each.role_id in roles else None
        if answer is not None and answer[1]:
            yield each, answer[0]
