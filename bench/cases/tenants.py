"""Making tenants, and seeing at which version a hundred of them stand."""

import secrets
from uuid import UUID

from psycopg import sql
from tests.tenants import FAST, PASSWORD

from bench.case import Case, Step, Work, again, floor_sql
from bench.world import World
from ims_desktop.database.migrations import Migrations
from ims_desktop.database.scripts import MIGRATIONS
from ims_desktop.database.sign_in import Gate
from ims_desktop.database.tenancy import NewUser, create_tenant, create_user


def _owner(world: World) -> UUID:
    def made() -> UUID:
        with world.server.operator() as operator:
            return create_user(operator, NewUser("Otto", "Owner", PASSWORD, email="otto@example.com"), FAST)

    return world.once("owner of many", made)


def _create_floor(world: World) -> Step:
    tables = (MIGRATIONS / "tenant" / "tables.sql").read_text("utf-8")
    script = floor_sql("create_tenant").replace("{tables}", tables)
    root = world.once("root without a tenant", world.server.root)

    def ready() -> Work:
        schema = f"bare_{secrets.token_hex(8)}"
        filled = script.replace("tenant_schema", schema)
        world.at_the_end(lambda: root.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE".encode()))

        def work() -> None:
            with root.transaction():
                root.execute(filled.encode())

        return work

    return ready


def _create(world: World, gate: Gate) -> Step:
    owner = _owner(world)
    operator = world.operator(gate)

    def ready() -> Work:
        name = f"Group {secrets.token_hex(6)}"
        return lambda: create_tenant(operator, name, "US", owner)

    return ready


def _many(world: World) -> list[str]:
    """The schemas of all tenants, when there are as many as wanted."""

    def found() -> list[str]:
        root, operator = world.once("root without a tenant", world.server.root), world.operator(world.gate)
        for schema in root.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'bare~_%' ESCAPE '~'"
        ).fetchall():
            root.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(*schema)))
        there = "SELECT schema_name FROM public.tenants"
        missing = world.sizes.tenants - len(root.execute(there).fetchall())
        world.say(f"Making {max(missing, 0)} tenants…")
        for _ in range(missing):
            create_tenant(operator, f"Group {secrets.token_hex(6)}", "US", _owner(world))
        return [schema for (schema,) in root.execute(there).fetchall()]

    return world.once("many tenants", found)


def _versions_floor(world: World) -> Step:
    schemas = _many(world)
    # The comment above the line is for readers; the line itself is repeated.
    line = floor_sql("versions").strip().splitlines()[-1]
    statement = " UNION ALL ".join(line.format(schema=schema) for schema in ["public", *schemas]).encode()
    root = world.once("root without a tenant", world.server.root)
    return again(lambda: root.execute(statement).fetchall())


def _versions(world: World, gate: Gate) -> Step:
    _many(world)
    migrations = world.once(("migrations", gate.place), lambda: Migrations(gate.place, world.server.operator_password))
    return again(migrations.versions)


CASES = (
    Case("create-tenant", "Create a tenant", _create_floor, _create, target=4, trips=None, rounds=5),
    # Three trips ask; the others begin, take the owner's role and end.
    Case("versions-100", "Versions of all tenants", _versions_floor, _versions, target=5, trips=6, far=True),
)
