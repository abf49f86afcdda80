"""All tenants move together, each on its own: what fails stays as it was, and the rest is not kept waiting."""

import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ims_desktop.admin.verification import verify
from ims_desktop.database.installation import install
from ims_desktop.database.migrations import GLOBAL, Migrations, Outcome
from ims_desktop.database.scripts import head
from ims_desktop.database.transaction import opening
from ims_desktop.domain.errors import UserError
from tests.database.revisions import EXPAND, EXPAND_BACK, add_revision, copy_of_migrations
from tests.tenants import Server, Tenant, enrol, new_tenant

CATALOG = (Path(__file__).parent / "catalog.sql").read_text("utf-8")
COUNT = 20
MIDDLE = COUNT // 2
FIRST = head("tenant")


@pytest.fixture(scope="module")
def many(server: Server) -> Iterator[list[Tenant]]:
    """Tenants in a database of their own, so that nobody else's are moved."""
    place = replace(server.place, database=f"many_{secrets.token_hex(4)}")
    install(place, server.superuser, server.superuser_password)
    own = replace(server, place=place, gate=enrol(place, server.operator_password))
    made = [new_tenant(own) for _ in range(COUNT)]
    yield made
    for tenant in made:
        tenant.close()


@pytest.fixture
def ahead(many: list[Tenant], tmp_path: Path) -> Iterator[Migrations]:
    """A program that is one revision ahead of all tenants; they are where they were before and after."""
    home = copy_of_migrations(tmp_path)
    add_revision(home, EXPAND, EXPAND_BACK)
    server = many[0].server
    made = Migrations(server.place, server.operator_password, home=home)
    assert where(made) == {FIRST}
    yield made
    list(made.upgrade(to=FIRST))
    assert where(made) == {FIRST}
    made.close()


def where(migrations: Migrations) -> set[str]:
    return {version.revision for version in migrations.versions() if version.tenant is not None}


def catalog(tenant: Tenant) -> list[Any]:
    with tenant.server.root() as root:
        found = root.execute(CATALOG, {"schema": tenant.names.schema}).fetchall()
        return [*found, root.execute(f'SELECT version_num FROM "{tenant.names.schema}".alembic_version').fetchall()]


def failures(outcomes: list[Outcome]) -> list[Outcome]:
    return [outcome for outcome in outcomes if outcome.failure]


def test_one_that_fails_in_the_middle_of_its_revision_stays_as_it_was(ahead: Migrations, many: list[Tenant]) -> None:
    unlucky = many[MIDDLE]
    with unlucky.as_root() as root:
        root.execute("CREATE TABLE shelves (in_the_way text)")
    before = catalog(unlucky)
    outcomes = list(ahead.upgrade())
    [failed] = failures(outcomes)
    assert failed.version.tenant == unlucky.id
    assert failed.failure == '0002: relation "shelves" already exists'
    assert [outcome.version.name for outcome in outcomes].count(GLOBAL) == 1
    assert len(outcomes) == COUNT + 1
    assert catalog(unlucky) == before
    assert {one.name for one in ahead.versions() if not one.is_current} == {failed.version.name}
    for tenant in (unlucky, many[0], many[-1]):
        assert tenant.desk().run(opening).name == "Olive Owner"

    with unlucky.as_root() as root:
        root.execute("DROP TABLE shelves")
    again = list(ahead.upgrade())
    assert not failures(again)
    assert where(ahead) == {"0002"}
    with many[0].server.operator() as operator:
        for tenant in (unlucky, many[0], many[-1]):
            assert list(verify(operator, tenant.names)) == []


def test_the_way_down_leaves_nothing_behind(ahead: Migrations, many: list[Tenant]) -> None:
    before = catalog(many[0])
    assert not failures(list(ahead.upgrade()))
    assert catalog(many[0]) != before
    back = list(ahead.upgrade(to=FIRST))
    assert {outcome.revision for outcome in back} == {FIRST}
    assert all(outcome.version.tenant is not None for outcome in back)
    assert catalog(many[0]) == before


def test_one_that_waits_does_not_keep_the_others_waiting(ahead: Migrations, many: list[Tenant]) -> None:
    busy = many[0]
    with busy.as_root() as root:
        with root.transaction():
            root.execute("LOCK TABLE items IN SHARE MODE")
            coming = ahead.upgrade()
            others = [next(coming) for _ in range(COUNT)]
            assert busy.id not in {outcome.version.tenant for outcome in others}
            assert not failures(others)
        [last] = list(coming)
    assert (last.version.tenant, last.failure) == (busy.id, "")


def test_a_run_that_is_broken_off_goes_on_where_it_was(ahead: Migrations) -> None:
    coming = ahead.upgrade()
    for _ in range(4):
        next(coming)
    coming.close()  # type: ignore[attr-defined]
    assert where(ahead) == {FIRST, "0002"}
    assert not failures(list(ahead.upgrade()))
    assert where(ahead) == {"0002"}


def test_only_those_named_are_moved(ahead: Migrations, many: list[Tenant]) -> None:
    name = next(version.name for version in ahead.versions() if version.tenant == many[3].id)
    assert [outcome.version.tenant for outcome in ahead.upgrade((name.upper(),))] == [many[3].id]
    moved = [version.tenant for version in ahead.versions() if version.tenant and version.is_current]
    assert moved == [many[3].id]
    with pytest.raises(UserError, match="No restaurant group is called Nowhere, Neverland"):
        list(ahead.upgrade(("Nowhere", name, "Neverland")))
    with pytest.raises(UserError, match="no revision 0007"):
        list(ahead.upgrade(to="0007"))


def test_two_operators_do_not_move_one_tenant_at_once(ahead: Migrations, many: list[Tenant]) -> None:
    version = next(one for one in ahead.versions() if one.tenant == many[1].id)
    with many[1].server.operator() as other, other.transaction():
        other.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [version.schema])
        assert ahead.move(version).failure == "somebody else is moving it at this moment"
    assert ahead.move(version).failure == ""


def test_an_older_program_leaves_a_newer_tenant_alone(ahead: Migrations, many: list[Tenant]) -> None:
    assert not failures(list(ahead.upgrade()))
    server = many[0].server
    older = Migrations(server.place, server.operator_password)
    outcomes = [outcome for outcome in older.upgrade() if outcome.version.tenant is not None]
    older.close()
    assert all("use a newer ims-admin" in outcome.failure for outcome in outcomes)
    assert where(ahead) == {"0002"}


def test_a_tenant_without_its_version_hides_nobody(ahead: Migrations, many: list[Tenant]) -> None:
    with many[2].as_root() as root:
        root.execute("ALTER TABLE alembic_version RENAME TO mislaid")
        found = {version.tenant: version.revision for version in ahead.versions()}
        root.execute("ALTER TABLE mislaid RENAME TO alembic_version")
    assert found[many[2].id] == ""
    assert found[many[3].id] == FIRST


# ---- rehearsing ---------------------------------------------------------------------------------------------------


def test_a_rehearsal_names_what_would_fail_and_changes_nothing(ahead: Migrations, many: list[Tenant]) -> None:
    unlucky = many[MIDDLE]
    with unlucky.as_root() as root:
        root.execute("CREATE TABLE shelves (in_the_way text)")
    before = [catalog(tenant) for tenant in many]
    outcomes = list(ahead.rehearse())
    [failed] = failures(outcomes)
    assert (failed.version.tenant, failed.revision) == (unlucky.id, FIRST)
    assert failed.failure == '0002: relation "shelves" already exists'
    assert {outcome.revision for outcome in outcomes if outcome.version.tenant not in (None, unlucky.id)} == {"0002"}
    assert all(outcome.seconds > 0 for outcome in outcomes if outcome.version.tenant is not None)
    assert [catalog(tenant) for tenant in many] == before
    assert where(ahead) == {FIRST}
    with unlucky.as_root() as root:
        root.execute("DROP TABLE shelves")
    assert not failures(list(ahead.rehearse()))
    assert where(ahead) == {FIRST}


def test_a_tenant_is_rehearsed_on_top_of_the_new_global_tables(many: list[Tenant], tmp_path: Path) -> None:
    home = copy_of_migrations(tmp_path)
    up, down = "CREATE TABLE public.shelf_kinds (code text PRIMARY KEY);", "DROP TABLE public.shelf_kinds;"
    add_revision(home, up, down, history="shared", title="Kinds")
    add_revision(home, "ALTER TABLE tenant_schema.items ADD COLUMN shelf text REFERENCES public.shelf_kinds;\n", "")
    server = many[0].server
    ahead = Migrations(server.place, server.operator_password, home=home)
    outcomes = list(ahead.rehearse())
    assert not failures(outcomes)
    assert {outcome.revision for outcome in outcomes} == {"0002"}
    assert {version.revision for version in ahead.versions()} == {FIRST}
    ahead.close()


def test_a_rehearsal_finds_what_fails_at_the_end_of_a_transaction(many: list[Tenant], tmp_path: Path) -> None:
    home = copy_of_migrations(tmp_path)
    late = (
        "CREATE TABLE tenant_schema.boards (id int PRIMARY KEY, above int REFERENCES tenant_schema.boards"
        " DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO tenant_schema.boards VALUES (1, 2);\n"
    )
    add_revision(home, late, "DROP TABLE tenant_schema.boards;\n")
    server = many[0].server
    ahead = Migrations(server.place, server.operator_password, home=home)
    [outcome] = ahead.rehearse((str(many[0].id),))
    assert "violates foreign key constraint" in outcome.failure
    ahead.close()
