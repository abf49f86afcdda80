"""Who the people of the group are, which roles they have where, and what these let them do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, Uuid, column, func, select
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from ims_desktop.database.listing import ListSource, one_or_gone
from ims_desktop.domain.listing import ListQuery, Page, Sort, Summary
from ims_desktop.domain.option import Option
from ims_desktop.domain.work import read
from ims_desktop.features.people.rules import Assignment, Right, Role, rights_of
from ims_desktop.features.people.service.roles import catalogue_column, in_order
from ims_desktop.features.people.tables import MEMBERS, ROLES, SITES, USER_ROLES

ALL_SITES = "all sites"
EVERYWHERE = "everywhere"  # what a form says where the database says null: it must be chosen, not left out


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person in the list."""

    id: UUID
    name: str
    login: str | None
    is_active: bool
    created_at: datetime
    assignments: tuple[Assignment, ...]

    @property
    def roles(self) -> str:
        """The roles, each once."""
        return ", ".join(dict.fromkeys(each.role for each in self.assignments))

    @property
    def scope(self) -> str:
        """Where the roles count."""
        sites = [each.site for each in self.assignments]
        if None in sites:
            return ALL_SITES.capitalize()
        return ", ".join(dict.fromkeys(site for site in sites if site))

    @property
    def state(self) -> str:
        """Whether the person may sign in, and can do anything then."""
        if not self.is_active:
            return "left"
        return "active" if self.assignments else "no role"


@dataclass(frozen=True, slots=True)
class Person:
    """A person in full, with everything the roles permit."""

    id: UUID
    name: str
    login: str | None
    is_active: bool
    created_at: datetime
    assignments: tuple[Assignment, ...]
    rights: tuple[Right, ...]
    is_self: bool = False


LOGINS = func.logins().table_valued(column("member_id", Uuid), column("login"), name="known")


def _assigned() -> Any:
    one = func.json_build_array(USER_ROLES.c.role_id, ROLES.c.name, SITES.c.name, USER_ROLES.c.site_id, USER_ROLES.c.id)
    ordered = aggregate_order_by(one, ROLES.c.name, SITES.c.sort_name)
    return (
        select(func.json_agg(ordered, type_=JSONB))
        .select_from(
            USER_ROLES.join(ROLES, ROLES.c.id == USER_ROLES.c.role_id).outerjoin(
                SITES, SITES.c.id == USER_ROLES.c.site_id
            )
        )
        .where(USER_ROLES.c.member_id == MEMBERS.c.id)
        .scalar_subquery()
    )


def _role_words() -> Any:
    return (
        select(func.string_agg(func.public.sort_key(ROLES.c.name), " "))
        .select_from(USER_ROLES.join(ROLES, ROLES.c.id == USER_ROLES.c.role_id))
        .where(USER_ROLES.c.member_id == MEMBERS.c.id)
        .scalar_subquery()
    )


def _people() -> Select[Any]:
    return select(
        MEMBERS.c.id,
        MEMBERS.c.display_name,
        MEMBERS.c.is_active,
        MEMBERS.c.created_at,
        LOGINS.c.login,
        _assigned().label("assigned"),
    ).select_from(MEMBERS.outerjoin(LOGINS, LOGINS.c.member_id == MEMBERS.c.id))


def _assignments(row: Row[Any]) -> tuple[Assignment, ...]:
    return tuple(
        Assignment(UUID(role_id), role, site, UUID(site_id) if site_id else None, UUID(key))
        for role_id, role, site, site_id, key in row.assigned or ()
    )


def _row(row: Row[Any]) -> PersonRow:
    return PersonRow(row.id, row.display_name, row.login, row.is_active, row.created_at, _assignments(row))


LIST: ListSource[PersonRow] = ListSource(
    PersonRow,
    _people(),
    MEMBERS.c.id,
    sorts={
        "name": MEMBERS.c.sort_name,
        "login": func.coalesce(LOGINS.c.login, ""),
        "roles": func.coalesce(_role_words(), ""),
        "created_at": MEMBERS.c.created_at,
    },
    default=(Sort("name"),),
    filters={"is_active": MEMBERS.c.is_active, "name": MEMBERS.c.display_name, "roles": _role_words()},
    finds=(MEMBERS.c.sort_name, func.public.sort_key(func.coalesce(LOGINS.c.login, "")), _role_words()),
    shape=_row,
)


@read
def people(connection: Connection, query: ListQuery) -> Page[PersonRow]:
    """A page of people; logins and roles only for those who may see them."""
    return LIST.page(connection, query)


@read
def people_summary(connection: Connection, query: ListQuery) -> Summary:
    """How many people."""
    return LIST.summary(connection, query)


@read
def people_tab_counts(connection: Connection, query: ListQuery) -> Mapping[str, int]:
    """How many people are there, and how many have left."""
    active = MEMBERS.c.is_active
    counts = select(func.count().filter(active).label("active"), func.count().filter(~active).label("left"))
    return dict(connection.execute(counts).one()._mapping)


@read
def person(connection: Connection, key: UUID) -> Person:
    """Everything about one person, in one statement: the few roles and permissions there are come along."""
    role = func.json_build_array(ROLES.c.id, ROLES.c.name, ROLES.c.parent_role_id, ROLES.c.permissions)
    roles = select(func.json_agg(role, type_=JSONB)).scalar_subquery()
    itself = func.me()
    statement = _people().add_columns(
        roles.label("roles"), catalogue_column().label("catalogue"), (MEMBERS.c.id == itself).label("is_self")
    )
    statement = statement.where(MEMBERS.c.id == key)
    row = one_or_gone(connection.execute(statement).one_or_none(), "person")
    known = {
        UUID(id_): Role(UUID(id_), name, UUID(parent) if parent else None, permissions, {})
        for id_, name, parent, permissions in row.roles or ()
    }
    held = _assignments(row)
    rights = rights_of(held, known, [tuple(permission[:3]) for permission in in_order(row.catalogue or ())])
    return Person(row.id, row.display_name, row.login, row.is_active, row.created_at, held, rights, row.is_self)


@read
def role_choices(connection: Connection) -> Sequence[Option]:
    """Roles by name."""
    rows = connection.execute(select(ROLES.c.id, ROLES.c.name).order_by(ROLES.c.sort_name)).all()
    return [Option(row.id, row.name) for row in rows]


@read
def site_choices(connection: Connection) -> Sequence[Option]:
    """All sites together, and each by name."""
    rows = connection.execute(select(SITES.c.id, SITES.c.name).order_by(SITES.c.sort_name)).all()
    return [Option(EVERYWHERE, ALL_SITES.capitalize()), *(Option(row.id, row.name) for row in rows)]


@read
def member_choices(connection: Connection) -> Sequence[Option]:
    """People by name."""
    rows = connection.execute(select(MEMBERS.c.id, MEMBERS.c.display_name).order_by(MEMBERS.c.sort_name)).all()
    return [Option(row.id, row.display_name) for row in rows]
