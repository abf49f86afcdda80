"""The roles as a matrix, and saving several of them as one change."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.permissions import CATALOGUE
from ims_desktop.domain.wording import say
from ims_desktop.domain.work import Changed, call, read
from ims_desktop.features.people.rules import PermissionRow, Role, name_problems, ordered
from ims_desktop.features.people.tables import MEMBERS, PERMISSIONS, ROLES, USER_ROLES

SUBJECTS = frozenset({"people"})


@dataclass(frozen=True, slots=True)
class Matrix:
    """Every role and every permission."""

    roles: tuple[Role, ...]
    permissions: tuple[PermissionRow, ...]


def in_order(catalogue: Sequence[Sequence[Any]]) -> list[Sequence[Any]]:
    """Permissions (resource, action, …) in the order of the catalogue; those this program does not know come last."""
    place = {permission.code: number for number, permission in enumerate(CATALOGUE)}
    return sorted(catalogue, key=lambda p: (place.get(f"{p[0]}.{p[1]}", len(place)), f"{p[0]}.{p[1]}"))


def catalogue_column() -> Any:
    """All permissions as one value."""
    one = func.json_build_array(
        PERMISSIONS.c.resource, PERMISSIONS.c.action, PERMISSIONS.c.title, PERMISSIONS.c.is_limited
    )
    return select(func.json_agg(one, type_=JSONB)).scalar_subquery()


@read
def matrix(connection: Connection) -> Matrix:
    """Everything the page of roles shows, in one statement."""
    names = func.array_agg(aggregate_order_by(MEMBERS.c.display_name.distinct(), MEMBERS.c.display_name))
    people = (
        select(names)
        .select_from(USER_ROLES.join(MEMBERS, MEMBERS.c.id == USER_ROLES.c.member_id))
        .where(USER_ROLES.c.role_id == ROLES.c.id, MEMBERS.c.is_active)
        .scalar_subquery()
    )
    columns = [
        ROLES.c.id, ROLES.c.name, ROLES.c.parent_role_id, ROLES.c.permissions, ROLES.c.limits, ROLES.c.is_builtin,
        ROLES.c.version,
    ]  # fmt: skip
    rows = connection.execute(select(*columns, people.label("people"), catalogue_column().label("catalogue"))).all()
    catalogue = in_order(rows[0].catalogue) if rows else []
    return Matrix(ordered(_role(row) for row in rows), tuple(PermissionRow(*permission) for permission in catalogue))


def _role(row: Any) -> Role:
    people = tuple(row.people or ())
    limits = limits_of(row.limits)
    return Role(row.id, row.name, row.parent_role_id, row.permissions, limits, row.is_builtin, row.version, people)


def limits_of(stored: dict[str, Any]) -> dict[str, Decimal | None]:
    """The limits of a role as they come from JSON."""
    return {code: None if amount is None else Decimal(str(amount)) for code, amount in stored.items()}


def limits_as_json(limits: Mapping[str, Decimal | None]) -> str:
    """The limits of a role as JSON, with every amount written as it is: no float in between."""
    parts = (f"{json.dumps(code)}: {'null' if amount is None else f'{amount:f}'}" for code, amount in limits.items())
    return "{" + ", ".join(parts) + "}"


def save_roles(connection: Connection, roles: tuple[Role, ...]) -> Changed:
    """Save roles in this order, all or none; answers how many."""
    for role in roles:
        if problems := name_problems(role.name):
            raise UserError(say("The role {name} cannot be saved.", name=role.name.strip()[:40]), problems)
        values = role.id, role.version, role.name, role.parent_id
        connection.exec_driver_sql(
            "SELECT save_role(%s, %s, %s, %s, %s::jsonb, %s::jsonb)",
            (*values, json.dumps(dict(role.permissions)), limits_as_json(role.limits)),
        )
    return Changed(len(roles), SUBJECTS)


@call
def delete_role(connection: Connection, key: UUID, version: int) -> Changed:
    """Delete a role that nobody has."""
    connection.execute(select(func.delete_role(key, version))).scalar_one()
    return Changed(None, SUBJECTS)
