"""An older desk on a newer group and a newer desk on an older group: works, or one clear sentence."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ims_desktop.database import compatibility
from ims_desktop.database.migrations import Migrations
from ims_desktop.database.scripts import head
from ims_desktop.database.transaction import opening
from ims_desktop.domain.errors import UserError
from tests.database.revisions import EXPAND, EXPAND_BACK, NEEDS, add_revision, copy_of_migrations
from tests.tenants import Tenant

Raise = Callable[[str, str], None]


@pytest.fixture
def raise_to(tenant: Tenant, tmp_path: Path) -> Iterator[Raise]:
    """Moves the tenant by a revision more, and back at the end."""
    home = copy_of_migrations(tmp_path)

    def move(revision: str) -> str:
        migrations = Migrations(tenant.server.place, tenant.server.operator_password, home=home)
        [outcome] = migrations.upgrade((str(tenant.id),), revision)
        migrations.close()
        return outcome.failure

    def raised(up: str, down: str) -> None:
        assert move(add_revision(home, up, down)) == ""

    yield raised
    assert move(head("tenant")) == ""


def test_the_program_says_itself_what_it_was_made_for() -> None:
    assert head("tenant") == compatibility.MADE_FOR
    assert compatibility.OLDEST <= compatibility.MADE_FOR


def test_what_only_adds_lets_an_older_desk_go_on(tenant: Tenant, raise_to: Raise) -> None:
    desk = tenant.desk()
    raise_to(EXPAND, EXPAND_BACK)
    assert desk.run(opening).name == "Olive Owner"
    assert tenant.desk().run(opening).name == "Olive Owner"


def test_what_takes_away_asks_for_a_newer_desk(tenant: Tenant, raise_to: Raise) -> None:
    raise_to(NEEDS.format(revision="0002"), NEEDS.format(revision="0001"))
    with pytest.raises(UserError, match=r"^Update this program.*0002 is needed"):
        tenant.desk().run(opening)


def test_a_newer_desk_waits_for_the_upgrade(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compatibility, "MADE_FOR", "0003")
    desk = tenant.desk()
    assert desk.run(opening).name == "Olive Owner"  # a newer desk that still does with what was there
    monkeypatch.setattr(compatibility, "OLDEST", "0003")
    with pytest.raises(UserError, match=r"being upgraded.*it stands at 0001, and this program needs 0003"):
        desk.run(opening)


def test_the_desk_reads_what_a_newer_opening_says_more(tenant: Tenant, raise_to: Raise) -> None:
    with tenant.as_root() as root:
        row = root.execute("SELECT pg_get_functiondef('opening'::regproc)").fetchone()
        assert row is not None
    newer = row[0].replace("'locale', s.locale,", "'locale', s.locale, 'mood', 'fine',")
    assert newer != row[0]
    raise_to(f"SET LOCAL ROLE ims_rights;\n{newer};", f"SET LOCAL ROLE ims_rights;\n{row[0]};")
    with tenant.as_root() as root:
        root.execute(
            "INSERT INTO sites (name, country, currency, time_zone, locale) VALUES ('A', 'US', 'USD', 'UTC', 'en_US')"
        )
    assert [site.name for site in tenant.desk().run(opening).sites] == ["A"]


WITHOUT_ALEMBIC = """
import importlib, pkgutil, sys
import ims_desktop.app, ims_desktop.features
for room in (ims_desktop.app, ims_desktop.features):
    for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
        importlib.import_module(module.name)
print(*sorted(name for name in sys.modules if name.partition(".")[0] in ("alembic", "mako")))
"""


def test_a_desk_never_loads_what_moves_revisions() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT_ALEMBIC], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ""
