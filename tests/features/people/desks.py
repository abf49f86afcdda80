"""What tests of people need: members by name, roles made at a desk, and functions called as a hostile client would."""

import json
import threading
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection

from ims_desktop.database.transaction import TenantDatabase
from tests.features.desks import sit_down
from tests.tenants import Tenant

Asked = tuple[Any, ...]
SALT = b"$2b$12$abcdefghijklmnopqrstuu"


def ask(desk: TenantDatabase, function: str, *values: Any) -> Any:
    """Call a function of the tenant as this person, with nothing of the program in between."""

    def call(connection: Connection) -> Any:
        slots = ", ".join(["%s"] * len(values))
        return connection.exec_driver_sql(f"SELECT {function}({slots})", values).scalar_one()

    return desk.run(call)


def save(
    desk: TenantDatabase,
    name: str,
    permissions: Any = None,
    *,
    parent: UUID | None = None,
    limits: Any = None,
    key: UUID | None = None,
    version: int = 0,
) -> UUID:
    """Save a role; gives its key."""
    key = key or uuid4()
    ask(desk, "save_role", key, version, name, parent, json.dumps(permissions or {}), json.dumps(limits or {}))
    return key


@dataclass
class House:
    """A tenant with its owner at a desk, and ways to look things up past all rights."""

    tenant: Tenant
    owner: TenantDatabase
    seats: dict[str, TenantDatabase] = field(default_factory=dict)

    def value(self, statement: str, *values: Any) -> Any:
        """One value, read by the superuser."""
        with self.tenant.as_root() as root:
            row = root.execute(statement.encode(), values).fetchone()
        return row[0] if row else None

    def role(self, name: str) -> UUID:
        """The key of a role."""
        found: UUID = self.value("SELECT id FROM roles WHERE name = %s", name)
        return found

    def version(self, role: UUID) -> int:
        """The version of a role."""
        return int(self.value("SELECT version FROM roles WHERE id = %s", role))

    def assignment(self, member: UUID) -> UUID:
        """The first assignment of a member."""
        found: UUID = self.value("SELECT id FROM user_roles WHERE member_id = %s", member)
        return found

    def sit(self, label: str, **role: Any) -> tuple[TenantDatabase, UUID]:
        """A new person at a desk, and the key of the member."""
        desk = sit_down(self.tenant, label, **role)
        return desk, me(desk)

    def rights(self, member: UUID) -> set[tuple[str, UUID | None]]:
        """What grants_of says about every permission."""
        with self.tenant.as_root() as root:
            return set(
                root.execute(
                    "SELECT p.resource || '.' || p.action, g.site_id FROM permissions p,"
                    " LATERAL grants_of(%s, p.resource || '.' || p.action) g",
                    [member],
                ).fetchall()
            )

    def powers(self, member: UUID) -> dict[tuple[str, UUID | None], Decimal]:
        """What member_powers says."""
        with self.tenant.as_root() as root:
            return {
                (code, site): amount for code, site, amount in root.execute("SELECT * FROM member_powers(%s)", [member])
            }


def me(desk: TenantDatabase) -> UUID:
    """The member at a desk."""
    found: UUID = ask(desk, "me")
    return found


def site_of(house: House, name: str = "Downtown") -> UUID:
    """The key of a site."""
    found: UUID = house.value("SELECT id FROM sites WHERE name = %s", name)
    return found


def invite(desk: TenantDatabase, login: str, role: UUID, site: UUID | None = None, name: str = "Nina") -> UUID:
    """Invite somebody; gives the key of the member."""
    made: UUID = ask(desk, "invite_member", login, name, "New", role, site, SALT.decode(), b"k" * 32)
    return made


def together(*works: Any) -> list[Exception | None]:
    """Do several things at the same moment; gives what each ran into."""
    start = threading.Barrier(len(works))
    found: list[Exception | None] = [None] * len(works)

    def do(place: int, work: Any) -> None:
        start.wait()
        try:
            work()
        except Exception as error:  # what it was, the test looks at
            found[place] = error

    threads = [threading.Thread(target=do, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found
