"""What a person may do and which role says so; and the matrix of roles with changes that are not saved yet."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum
from uuid import UUID

from ims_desktop.domain.errors import Problem
from ims_desktop.domain.wording import Words, say

LONGEST_NAME = 100
OWNER = "Owner"


@dataclass(frozen=True, slots=True)
class Role:
    """A role with what it says itself; None of it about everything else. A limit of None says: without limit."""

    id: UUID
    name: str
    parent_id: UUID | None
    permissions: Mapping[str, bool]
    limits: Mapping[str, Decimal | None]
    is_builtin: bool = False
    version: int = 0
    people: tuple[str, ...] = ()

    @property
    def is_owner(self) -> bool:
        """Whether this is the role that keeps everything."""
        return self.is_builtin and self.name == OWNER


@dataclass(frozen=True, slots=True)
class Assignment:
    """A role that a person has, at one site or (None) at all."""

    role_id: UUID
    role: str
    site: str | None
    site_id: UUID | None = None
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Right:
    """Something a person may do: where, and by which roles. `inherited`: none of the person's roles says it itself."""

    resource: str
    action: str
    title: Words
    sites: tuple[str, ...]
    roles: tuple[str, ...]
    inherited: bool

    @property
    def everywhere(self) -> bool:
        """Whether it counts at all sites."""
        return not self.sites


@dataclass(frozen=True, slots=True)
class PermissionRow:
    """A permission as the matrix shows it."""

    resource: str
    action: str
    title: Words
    is_limited: bool = False

    @property
    def code(self) -> str:
        """How roles name it."""
        return f"{self.resource}.{self.action}"


class State(Enum):
    """What a cell of the matrix says."""

    OWN = "given"
    INHERITED = "inherited"
    DENIED = "denied"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Cell:
    """What a role says about a permission, up to which amount (None: any), and whether the amount is its own."""

    state: State
    limit: Decimal | None = None
    own_limit: bool = False
    source: str = ""  # the role that decides, where it is another one

    @property
    def granted(self) -> bool:
        """Whether the permission is held."""
        return self.state in (State.OWN, State.INHERITED)


Roles = Mapping[UUID, Role]


def chain(role: Role, roles: Roles) -> Iterator[Role]:
    """A role and those it inherits from, the nearest first; a circle ends."""
    here: Role | None = role
    passed: set[UUID] = set()
    while here is not None and here.id not in passed:
        yield here
        passed.add(here.id)
        here = roles.get(here.parent_id) if here.parent_id else None


def decided_by(role: Role, code: str, roles: Roles) -> tuple[Role, bool] | None:
    """The nearest role from here upwards that says anything about a permission, and what it says."""
    for each in chain(role, roles):
        if code in each.permissions:
            return each, bool(each.permissions[code])
    return None


def limit_by(role: Role, code: str, roles: Roles) -> tuple[Role, Decimal | None] | None:
    """The nearest role from here upwards that names a limit, and the amount (None: without limit)."""
    return next(((each, each.limits[code]) for each in chain(role, roles) if code in each.limits), None)


def cell_of(role: Role, permission: PermissionRow, roles: Roles) -> Cell:
    """What the matrix shows for a role and a permission. The owner keeps everything, whatever the roles below say."""
    decision = decided_by(role, permission.code, roles)
    if role.is_owner and (decision is None or not decision[1]):
        return Cell(State.OWN)
    if decision is None:
        return Cell(State.NONE)
    by, granted = decision
    own = by.id == role.id
    source = "" if own else by.name
    if not granted:
        return Cell(State.DENIED if own else State.NONE, source=source)
    limit = limit_by(role, permission.code, roles) if permission.is_limited and not role.is_owner else None
    amount, own_limit = (None, False) if limit is None else (limit[1], limit[0].id == role.id)
    return Cell(State.OWN if own else State.INHERITED, amount, own_limit, source)


# ---- the rights of a person ---------------------------------------------------------------------------------------


def rights_of(
    assignments: Iterable[Assignment], roles: Roles, catalogue: Iterable[tuple[str, str, str]]
) -> tuple[Right, ...]:
    """Everything the assignments permit, in the order of the catalogue (resource, action, title)."""
    held = list(assignments)
    found = (_right(held, roles, *permission) for permission in catalogue)
    return tuple(right for right in found if right is not None)


def _right(held: list[Assignment], roles: Roles, resource: str, action: str, title: str) -> Right | None:
    granting = list(_granting(held, f"{resource}.{action}", roles))
    if not granting:
        return None
    sites = sorted({each.site for each, _ in granting if each.site})
    everywhere = any(each.site is None for each, _ in granting)
    names = tuple(dict.fromkeys(role.name for _, role in granting))
    own = any(role.id == each.role_id for each, role in granting)
    return Right(resource, action, title, () if everywhere else tuple(sites), names, not own)


def _granting(held: list[Assignment], code: str, roles: Roles) -> Iterator[tuple[Assignment, Role]]:
    for each in held:
        answer = decided_by(roles[each.role_id], code, roles) if each.role_id in roles else None
        if answer is not None and answer[1]:
            yield each, answer[0]


# ---- changes that are not saved yet -------------------------------------------------------------------------------


def turned(role: Role, code: str, roles: Roles) -> Role:
    """The role with a cell turned on: given, denied, left to the roles above, and round again. Denying says something
    only where there is something above to deny."""
    own = role.permissions.get(code)
    rest = {key: said for key, said in role.permissions.items() if key != code}
    above = decided_by(replace(role, permissions=rest), code, roles)
    from_above = above is not None and above[1]
    order = [None, False] if from_above else [None, True]
    if own not in order:
        return replace(role, permissions=rest)
    said = order[(order.index(own) + 1) % len(order)]
    return replace(role, permissions=rest if said is None else {**rest, code: said})


def said(role: Role, code: str, answer: bool | None) -> Role:
    """The role saying yes, no or (None) nothing itself about a permission."""
    rest = {key: given for key, given in role.permissions.items() if key != code}
    return replace(role, permissions=rest if answer is None else {**rest, code: answer})


def limited(role: Role, code: str, amount: Decimal | None, *, inherit: bool = False) -> Role:
    """The role with a limit of its own (None: none at all), or with what it inherits."""
    rest = {key: limit for key, limit in role.limits.items() if key != code}
    return replace(role, limits=rest if inherit else {**rest, code: amount})


def differences(before: Role | None, after: Role) -> int:
    """How many things a person changed about a role."""
    if before is None:
        return 1
    keys = {*before.permissions, *after.permissions}
    changed = sum(before.permissions.get(key) != after.permissions.get(key) for key in keys)
    nothing = object()
    limits = {*before.limits, *after.limits}
    changed += sum(before.limits.get(key, nothing) != after.limits.get(key, nothing) for key in limits)
    return changed + (before.name != after.name) + (before.parent_id != after.parent_id)


def effect(before: Roles, after: Roles, permissions: Sequence[PermissionRow]) -> tuple[int, int]:
    """How many people gain a right by the changes, and how many lose one."""
    gain: set[str] = set()
    lose: set[str] = set()
    for key, role in after.items():
        old = before.get(key)
        if old is None or not role.people:
            continue
        for permission in permissions:
            held = cell_of(old, permission, before).granted
            holds = cell_of(role, permission, after).granted
            if held != holds:
                (gain if holds else lose).update(role.people)
    return len(gain), len(lose)


def ordered(roles: Iterable[Role]) -> tuple[Role, ...]:
    """Roles from the simplest to the most powerful: each after the one it inherits from, by name among equals."""
    known = {role.id: role for role in roles}

    def way(role: Role) -> tuple[bool, int, str]:
        return role.is_owner, len(list(chain(role, known))), role.name.casefold()

    return tuple(sorted(known.values(), key=way))


def name_problems(name: str, field: str = "name") -> list[Problem]:
    """What is wrong with a name before it is sent; the server looks again."""
    if not name.strip():
        return [Problem("Enter a name.", field)]
    if len(name.strip()) > LONGEST_NAME:
        return [Problem(say("A name has at most {most} letters.", most=LONGEST_NAME), field)]
    if not name.strip().isprintable():
        return [Problem("A name has no invisible characters.", field)]
    return []


# ---- the matrix ---------------------------------------------------------------------------------------------------

HEADINGS: Mapping[str, Words] = {
    "sites": "Sites and storage",
    "storage": "Sites and storage",
    "items": "Items and stock",
    "stock": "Items and stock",
    "waste": "Waste, counts and deliveries",
    "adjustments": "Waste, counts and deliveries",
    "production": "Waste, counts and deliveries",
    "counts": "Waste, counts and deliveries",
    "deliveries": "Waste, counts and deliveries",
    "transfers": "Waste, counts and deliveries",
    "documents": "Waste, counts and deliveries",
    "recipes": "Recipes and menu",
    "menu": "Recipes and menu",
    "people": "People",
    "views": "People",
    "audit": "People",
    "suppliers": "Suppliers",
    "customers": "Customers",
    "sales": "Sales",
    "reports": "Reports",
    "periods": "Periods",
}


def heading_of(permission: PermissionRow) -> Words:
    """The heading a permission stands under."""
    return HEADINGS.get(permission.resource, "Further rights")


def differ(permission: PermissionRow, roles: Roles) -> bool:
    """Whether some roles hold a permission and others do not, the owner aside."""
    held = {cell_of(role, permission, roles).granted for role in roles.values() if not role.is_owner}
    return len(held) > 1


def below(role: Role, roles: Roles) -> frozenset[UUID]:
    """A role and every role that inherits from it: what it cannot inherit from itself."""
    return frozenset(each.id for each in roles.values() if any(above.id == role.id for above in chain(each, roles)))


def carried_over(before: Role, mine: Role, theirs: Role) -> Role:
    """What I changed about a role, put on top of what somebody else made of it meanwhile."""
    permissions, limits = dict(theirs.permissions), dict(theirs.limits)
    for code in {*before.permissions, *mine.permissions}:
        if before.permissions.get(code) != mine.permissions.get(code):
            permissions.pop(code, None)
            permissions |= {code: mine.permissions[code]} if code in mine.permissions else {}
    for code in {*before.limits, *mine.limits}:
        if (code in before.limits, before.limits.get(code)) != (code in mine.limits, mine.limits.get(code)):
            limits.pop(code, None)
            limits |= {code: mine.limits[code]} if code in mine.limits else {}
    name = mine.name if mine.name != before.name else theirs.name
    parent = mine.parent_id if mine.parent_id != before.parent_id else theirs.parent_id
    return replace(theirs, name=name, parent_id=parent, permissions=permissions, limits=limits)
