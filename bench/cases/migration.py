"""Many tenants in one move: one fails in the middle of it and stays as it was, the next run completes, all go back."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from tests.database.revisions import EXPAND, EXPAND_BACK, add_revision, copy_of_migrations
from tests.tenants import FAST, PASSWORD, Server, enrol

from bench.case import Case, Step, Work, floor_sql
from bench.world import World
from ims_desktop.admin.verification import verify
from ims_desktop.database.installation import OPERATOR, install
from ims_desktop.database.migrations import Migrations
from ims_desktop.database.scripts import TenantNames, head
from ims_desktop.database.sign_in import Gate, open_tenant, sign_in, sign_out
from ims_desktop.database.tenancy import NewUser, create_tenant, create_user
from ims_desktop.database.transaction import TenantDatabase, opening


@dataclass(frozen=True)
class Crowd:
    """Many tenants in a database of their own, and the one in the middle of them."""

    server: Server
    tenants: tuple[UUID, ...]
    owner: str

    @property
    def schemas(self) -> tuple[str, ...]:
        """The schemas of all."""
        return tuple(TenantNames(tenant).schema for tenant in self.tenants)

    @property
    def unlucky(self) -> UUID:
        """The one that has something in the way of the revision for a while."""
        return self.tenants[len(self.tenants) // 2]

    @contextmanager
    def in_the_way(self) -> Iterator[None]:
        """Meanwhile the unlucky one has a table of the name that the revision gives to its own."""
        table = sql.Identifier(TenantNames(self.unlucky).schema, "shelves")
        with self.server.root() as root:
            root.execute(sql.SQL("CREATE TABLE {} (in_the_way text)").format(table))
            yield
            root.execute(sql.SQL("DROP TABLE {}").format(table))


def _crowd(world: World) -> Crowd:
    def made() -> Crowd:
        count = world.sizes.moved
        world.say(f"Making {count} tenants to be moved…")
        place = replace(world.server.place, database="moved")
        install(place, world.server.superuser, world.server.superuser_password)
        server = replace(world.server, place=place, gate=enrol(place, world.server.operator_password))
        login = f"mona-{secrets.token_hex(4)}@example.com"
        with server.operator() as operator:
            owner = create_user(operator, NewUser("Mona", "Moved", PASSWORD, email=login), FAST)
            tenants = [create_tenant(operator, f"Moved {secrets.token_hex(6)}", "US", owner) for _ in range(count)]
        return Crowd(server, tuple(tenants), login)

    return world.once("crowd", made)


def _floor(world: World) -> Step:
    crowd = _crowd(world)
    root = world.once("root of the crowd", crowd.server.root)
    forth, back = floor_sql("migrate"), floor_sql("migrate_back")

    def run(script: str) -> None:
        for schema in crowd.schemas:
            with root.transaction():
                root.execute(script.format(schema=schema).encode())

    def ready() -> Work:
        row = root.execute("SELECT to_regclass(%s)", [f"{crowd.schemas[0]}.shelves"]).fetchone()
        if row != (None,):
            run(back)

        def work() -> None:
            run(forth)
            run(back)

        return work

    return ready


def _run(world: World, gate: Gate) -> Step:
    crowd = _crowd(world)

    def program() -> Migrations:
        home = copy_of_migrations(world.folder / secrets.token_hex(4))
        add_revision(home, EXPAND, EXPAND_BACK)
        place = replace(gate.place, database=crowd.server.place.database)
        return Migrations(place, crowd.server.operator_password, home=home)

    migrations = world.once(("program ahead", gate.place), program)

    def work() -> None:
        with crowd.in_the_way():
            failed = _failures(migrations, "head")
            if failed != [crowd.unlucky] or _behind(migrations) != [crowd.unlucky]:
                raise RuntimeError(f"one tenant alone should have failed and stayed, and {len(failed)} did")
            _goes_on(crowd)
        for to in ("head", head("tenant")):
            failed = _failures(migrations, to)
            if failed:
                raise RuntimeError(f"{len(failed)} tenants do not come to {to}")

    return lambda: work


def _failures(migrations: Migrations, to: str) -> list[UUID | None]:
    return [outcome.version.tenant for outcome in migrations.upgrade(to=to) if outcome.failure]


def _behind(migrations: Migrations) -> list[UUID | None]:
    return [version.tenant for version in migrations.versions() if not version.is_current]


def _goes_on(crowd: Crowd) -> None:
    """The tenant that stayed behind is opened and read by the program of before."""
    gate = crowd.server.gate
    session = sign_in(gate, crowd.owner, PASSWORD)
    choice = next(tenant for tenant in session.tenants if tenant.id == crowd.unlucky)
    desk = TenantDatabase(open_tenant(gate, session, choice))
    try:
        desk.run(opening)
    finally:
        desk.close()
        sign_out(gate, session)


# ---- looking through all of them ----------------------------------------------------------------------------------


def _verify_floor(world: World) -> Step:
    crowd = _crowd(world)
    root = world.once("root of the crowd", crowd.server.root)

    def work() -> None:
        for schema in crowd.schemas:
            root.execute(floor_sql("verify").format(schema=schema).encode())

    return lambda: work


def _verify(world: World, gate: Gate) -> Step:
    crowd = _crowd(world)
    place = replace(gate.place, database=crowd.server.place.database)

    def connected() -> psycopg.Connection[Any]:
        return place.connect(OPERATOR, crowd.server.operator_password)

    operator = world.once(("operator of the crowd", gate.place), connected)

    def work() -> None:
        for tenant in crowd.tenants:
            found = list(verify(operator, TenantNames(tenant)))
            if found:
                raise RuntimeError(f"{len(found)} things do not agree in {tenant}: {found[0]}")

    return lambda: work


CASES = (
    # Up with one in the way, asking where all stand, up again and down; ours also locks, notes the revision, and lets
    # functions be made. The floor goes up and down once.
    Case("migrate-200", "Move 200 tenants, one fails", _floor, _run, target=6, trips=None, rounds=3),
    Case("verify-200", "Verify the books of all of them", _verify_floor, _verify, target=30, trips=None, rounds=1),
)
