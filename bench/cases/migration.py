"""Moving many tenants by a small revision, of which one fails in the middle of it and stays as it was."""

import secrets
from dataclasses import dataclass, replace
from uuid import UUID

from psycopg import sql
from tests.database.revisions import EXPAND, EXPAND_BACK, add_revision, copy_of_migrations
from tests.tenants import FAST, PASSWORD, Server

from bench.case import Case, Step, Work, floor_sql
from bench.world import World
from ims_desktop.database.installation import install
from ims_desktop.database.migrations import Migrations
from ims_desktop.database.scripts import TenantNames, head
from ims_desktop.database.sign_in import Gate
from ims_desktop.database.tenancy import NewUser, create_tenant, create_user


@dataclass(frozen=True)
class Crowd:
    """Many tenants in a database of their own; the one in the middle has something in the way of the revision."""

    server: Server
    schemas: tuple[str, ...]
    unlucky: UUID


def _crowd(world: World) -> Crowd:
    def made() -> Crowd:
        count = world.sizes.moved
        world.say(f"Making {count} tenants to be moved…")
        place = replace(world.server.place, database="moved")
        install(place, world.server.superuser, world.server.superuser_password)
        server = replace(world.server, place=place)
        with server.operator() as operator:
            person = NewUser("Mona", "Moved", PASSWORD, email=f"mona-{secrets.token_hex(4)}@example.com")
            owner = create_user(operator, person, FAST)
            tenants = [create_tenant(operator, f"Moved {secrets.token_hex(6)}", "US", owner) for _ in range(count)]
        schemas = tuple(TenantNames(tenant).schema for tenant in tenants)
        unlucky = tenants[count // 2]
        with server.root() as root:
            table = sql.Identifier(TenantNames(unlucky).schema, "shelves")
            root.execute(sql.SQL("CREATE TABLE {} (in_the_way text)").format(table))
        return Crowd(server, tuple(one for one in schemas if one != TenantNames(unlucky).schema), unlucky)

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
        up = [outcome.version.tenant for outcome in migrations.upgrade() if outcome.failure]
        if up != [crowd.unlucky]:
            raise RuntimeError(f"one tenant alone should have failed, and {len(up)} did")
        if sum(not version.is_current for version in migrations.versions()) != 1:
            raise RuntimeError("the others should stand at the new revision")
        down = [outcome.failure for outcome in migrations.upgrade(to=head("tenant")) if outcome.failure]
        if down:
            raise RuntimeError(down[0])

    return lambda: work


CASES = (
    # Up, asking where all stand, and down again; ours also locks, notes the revision, and lets functions be made.
    Case("migrate-200", "Move 200 tenants up and down", _floor, _run, target=9, trips=None, rounds=3),
)
