"""Real tenants on a real server for tests: people who sign in as a desk does."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import psycopg

from ims_desktop.database.installation import OPERATOR
from ims_desktop.database.place import Place
from ims_desktop.database.scripts import TenantNames
from ims_desktop.database.sign_in import Gate, open_tenant, sign_in
from ims_desktop.database.tenancy import NewUser, create_gate, create_tenant, create_user, grant_user
from ims_desktop.database.transaction import TenantDatabase

PASSWORD = "correct-horse-battery"
FAST = 4  # bcrypt rounds for tests


@dataclass
class Server:
    """An installed server: its place, the operator, the superuser and one enrolled PC."""

    place: Place
    operator_password: str
    superuser: str
    superuser_password: str
    gate: Gate

    def operator(self) -> psycopg.Connection[Any]:
        """A connection as the operator."""
        return self.place.connect(OPERATOR, self.operator_password)

    def root(self) -> psycopg.Connection[Any]:
        """A connection as the superuser, for planting what nobody else could."""
        return self.place.connect(self.superuser, self.superuser_password)


@dataclass
class Tenant:
    """A tenant with an owner; more people by `person`."""

    server: Server
    id: UUID
    owner_login: str
    desks: list[TenantDatabase] = field(default_factory=list)

    @property
    def names(self) -> TenantNames:
        """Its schema and roles."""
        return TenantNames(self.id)

    def person(self, label: str, *, role: str | None = None, site: UUID | None = None) -> str:
        """A new member with a first role; gives the login."""
        login = f"{label.lower()}-{secrets.token_hex(4)}@example.com"
        with self.server.operator() as operator:
            user = create_user(operator, NewUser(label.title(), "Person", PASSWORD, email=login), FAST)
            grant_user(operator, user, self.id, label, role=role, site=site)
        return login

    def desk(self, login: str | None = None, gate: Gate | None = None) -> TenantDatabase:
        """Sign a person in (the owner without a login) and open the tenant."""
        gate = gate or self.server.gate
        session = sign_in(gate, login or self.owner_login, PASSWORD)
        choice = next(tenant for tenant in session.tenants if tenant.id == self.id)
        desk = TenantDatabase(open_tenant(gate, session, choice))
        self.desks.append(desk)
        return desk

    @contextmanager
    def as_root(self) -> Iterator[psycopg.Connection[Any]]:
        """The superuser with the tenant's schema on the path."""
        with self.server.root() as connection:
            connection.execute(f'SET search_path = "{self.names.schema}", pg_catalog')
            yield connection

    def analyze(self) -> None:
        """Let the server count the rows of this tenant alone: thousands of other tables may stand beside them."""
        with self.as_root() as root:
            tables = "SELECT string_agg(tablename, ', ') FROM pg_tables WHERE schemaname = current_schema()"
            root.execute(f"ANALYZE {root.execute(tables).fetchall()[0][0]}")

    def close(self) -> None:
        """Close every desk."""
        for desk in self.desks:
            desk.close()


def enrol(place: Place, operator_password: str) -> Gate:
    """A gate for a PC."""
    with place.connect(OPERATOR, operator_password) as operator:
        user, password = create_gate(operator, "test PC")
    return Gate(place, user, password)


def new_tenant(server: Server, country: str = "US") -> Tenant:
    """A fresh tenant and its owner, at a PC of its own: a gate lets 30 people in a minute, which tests soon reach."""
    login = f"owner-{secrets.token_hex(4)}@example.com"
    with server.operator() as operator:
        owner = create_user(operator, NewUser("Olive", "Owner", PASSWORD, email=login), FAST)
        place = replace(server, gate=enrol(server.place, server.operator_password))
        return Tenant(place, create_tenant(operator, f"Group {secrets.token_hex(4)}", country, owner), login)


MakeTenant = Callable[..., Tenant]
