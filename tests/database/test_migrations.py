"""Revisions go up and down, and what they build is what a new tenant is made of."""

import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ims_desktop.database.installation import install
from ims_desktop.database.migrations import GLOBAL, Migrations, Version
from ims_desktop.database.revision import frozen
from ims_desktop.database.scripts import MIGRATIONS, head
from tests.tenants import Server, Tenant

CATALOG = (Path(__file__).parent / "catalog.sql").read_text("utf-8")


@pytest.fixture
def migrations(tenant: Tenant) -> Iterator[Migrations]:
    made = Migrations(tenant.server.place, tenant.server.operator_password)
    yield made
    made.close()


def version_of(migrations: Migrations, tenant: Tenant) -> Version:
    return next(version for version in migrations.versions() if version.tenant == tenant.id)


def catalog(tenant: Tenant) -> list[Any]:
    with tenant.server.root() as root:
        return root.execute(CATALOG, {"schema": tenant.names.schema}).fetchall()


def test_a_new_tenant_stands_at_head(migrations: Migrations, tenant: Tenant) -> None:
    assert all(version.is_current for version in migrations.versions())
    assert version_of(migrations, tenant).revision == head("tenant")


def test_down_to_nothing_and_up_again_gives_what_a_new_tenant_has(migrations: Migrations, tenant: Tenant) -> None:
    before = catalog(tenant)
    down = migrations.move(version_of(migrations, tenant), "base")
    assert down.failure == ""
    assert version_of(migrations, tenant).revision == ""
    outcomes = [outcome for outcome in migrations.upgrade() if outcome.version.tenant == tenant.id]
    assert [outcome.failure for outcome in outcomes] == [""]
    assert catalog(tenant) == before


@pytest.mark.parametrize("history", ["shared", "tenant"])
def test_the_newest_revision_has_kept_what_is_alive(history: str) -> None:
    kept = (MIGRATIONS / history / "versions" / "0001_first.up.sql").read_text("utf-8")
    assert kept == frozen(history), f"freeze {history} again: the living objects have moved on"


def test_a_tenant_that_fails_stays_behind_alone(
    migrations: Migrations, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ims_desktop.database.migrations.LOCK_TIMEOUT", "200ms")
    before = catalog(tenant)
    with tenant.as_root() as root, root.transaction():
        root.execute("LOCK TABLE sites")
        outcome = migrations.move(version_of(migrations, tenant), "base")
    assert "lock timeout" in outcome.failure
    assert version_of(migrations, tenant).is_current
    assert catalog(tenant) == before


def test_the_global_tables_go_down_to_nothing_and_up_again(server: Server) -> None:
    place = replace(server.place, database=f"global_{secrets.token_hex(4)}")
    install(place, server.superuser, server.superuser_password)
    migrations = Migrations(place, server.operator_password)

    def kept() -> list[list[Any]]:
        with place.connect(server.superuser, server.superuser_password) as root:
            return [root.execute(CATALOG, {"schema": schema}).fetchall() for schema in ("public", "auth")]

    before = kept()
    [down] = migrations.upgrade((GLOBAL,), "base")
    assert down.failure == ""
    left = {row[1].partition(".")[0] for row in kept()[0]}
    assert left <= {"alembic_version", "alembic_version_pkc", "alembic_version_pkey", ""}
    [up] = migrations.upgrade((GLOBAL,))
    assert (up.failure, up.revision) == ("", head("shared"))
    migrations.close()
    assert kept() == before


def test_global_tables_that_hold_groups_do_not_go_down(migrations: Migrations) -> None:
    [outcome] = migrations.upgrade((GLOBAL,), "base")
    assert "there are still tenants" in outcome.failure
    assert outcome.revision == head("shared")
