"""Follows docs/adding-a-capability.md to the letter, in a copy of the project, and uses what comes out of it."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ims_desktop.admin.verification import verify
from ims_desktop.app.desk_session import DeskSession
from ims_desktop.database.embedded import EmbeddedServer
from ims_desktop.database.installation import install
from ims_desktop.database.migrations import Migrations, Version
from ims_desktop.database.place import Place
from ims_desktop.database.sign_in import Gate, open_tenant, sign_in
from ims_desktop.database.transaction import TenantDatabase, opening
from ims_desktop.ui.form_panel import FormPanel
from ims_desktop.ui.list_page import ListPage
from tests.tenants import PASSWORD, Server, Tenant, enrol, new_tenant

ROOT = Path(__file__).parents[1]
RECIPE = ROOT / "docs" / "adding-a-capability.md"
CATALOG = (ROOT / "tests" / "database" / "catalog.sql").read_text("utf-8")
COPIED = ("src", "migrations", "tests", "pyproject.toml")
PAGE, TITLE = "notices", "Fire drill at three"
BEFORE, AFTER = "0001", "0002"


# ---- the recipe ---------------------------------------------------------------------------------------------------


class DoesNotFit(Exception):
    """A step of the recipe that cannot be carried out."""


@dataclass(frozen=True)
class Step:
    """One block: a file as a whole, or what is put after, or in the place of, one line of a file."""

    verb: str
    path: str
    anchor: str
    text: str

    def apply(self, folder: Path) -> None:
        """Change the copy."""
        path = folder / self.path
        if self.verb == "new":
            if path.exists():
                raise DoesNotFit(f"{self.path} is there already.")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self.text, "utf-8")
            return
        lines = path.read_text("utf-8").splitlines(keepends=True)
        places = [place for place, line in enumerate(lines) if line.strip() == self.anchor]
        if len(places) != 1:
            raise DoesNotFit(f"{self.path} has the line {self.anchor} {len(places)} times.")
        lines[places[0]] = self.text if self.verb == "becomes" else lines[places[0]] + self.text
        path.write_text("".join(lines), "utf-8")


SAID = {
    "new": re.compile(r"^New file `(?P<path>[^`]+)`:$"),
    "after": re.compile(r"^In `(?P<path>[^`]+)`, after the line `(?P<anchor>[^`]+)`, add:$"),
    "becomes": re.compile(r"^In `(?P<path>[^`]+)`, the line `(?P<anchor>[^`]+)` becomes:$"),
}


def steps(text: str) -> list[Step]:
    """The steps of a recipe; every block but those for a shell is one."""
    found = []
    for block in re.finditer(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        if block[1] == "sh":
            continue
        said = text[: block.start()].rstrip("\n").rpartition("\n")[2]
        known = [(verb, match) for verb, pattern in SAID.items() if (match := pattern.match(said))]
        if not known:
            raise DoesNotFit(f"Nothing says what to do with the block after: {said}")
        verb, match = known[0]
        found.append(Step(verb, match["path"], match.groupdict().get("anchor", ""), block[2]))
    return found


def copy_of_the_project(folder: Path) -> Path:
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, folder / name)
    return folder


@pytest.fixture(scope="module")
def recipe() -> list[Step]:
    return steps(RECIPE.read_text("utf-8"))


@pytest.fixture(scope="module")
def changed(recipe: list[Step], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with the capability."""
    folder = copy_of_the_project(tmp_path_factory.mktemp("changed"))
    for step in recipe:
        step.apply(folder)
    return folder


def python(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run Python on the copy."""
    paths = os.pathsep.join([str(folder / "src"), str(folder)])
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONPATH": paths, "PYTHONIOENCODING": "utf-8", "QT_QPA_PLATFORM": "offscreen"} | variables,
    )


# ---- what it gives ------------------------------------------------------------------------------------------------


def test_the_style_is_that_of_the_house(changed: Path, recipe: list[Step]) -> None:
    files = sorted({step.path for step in recipe if step.path.endswith(".py")})
    for arguments in (("check", "--no-cache", *files), ("format", "--no-cache", "--check", *files)):
        done = python(changed, "-m", "ruff", *arguments)
        assert done.returncode == 0, done.stdout


def test_the_types_are_strict(changed: Path) -> None:
    done = python(changed, "-m", "mypy", "--strict", "--cache-dir", os.devnull, "-p", f"ims_desktop.features.{PAGE}")
    assert done.returncode == 0, done.stdout


LINT_IMPORTS = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"


def test_the_import_contracts_hold(changed: Path) -> None:
    done = python(changed, "-c", LINT_IMPORTS)
    assert done.returncode == 0, done.stdout


def test_its_own_tests_pass(changed: Path) -> None:
    kept = "tests/database/test_migrations.py::test_the_newest_revision_has_kept_what_is_alive"
    named = (f"tests/features/{PAGE}", "tests/domain/test_permissions.py", kept)
    done = python(changed, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *named)
    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="module")
def own_server() -> Iterator[Server]:
    """A server for these tests alone: tenants of another revision would disturb others."""
    with tempfile.TemporaryDirectory(prefix="ims-test-") as home:
        Path(home).chmod(0o755)
        with EmbeddedServer(Path(home) / "server", options={"fsync": "off"}) as running:
            address = running.address
            place = Place(address.host, address.port)
            operator = install(place, address.user, address.password)
            yield Server(place, operator, address.user, address.password, enrol(place, operator))


def test_a_tenant_from_before_moves_up_works_and_moves_down(changed: Path, own_server: Server) -> None:
    done = walked(changed, own_server)
    assert done.returncode == 0, done.stdout


def walked(folder: Path, server: Server) -> subprocess.CompletedProcess[str]:
    """Make a tenant by the project as it is, and let the copy go on from there."""
    there = new_tenant(server)
    handed = asdict(server) | {"tenant": str(there.id), "login": there.owner_login}
    return python(folder, "-m", "tests.test_adding_a_capability", HANDED=json.dumps(handed))


# ---- and that it would be noticed ---------------------------------------------------------------------------------


def test_a_capability_without_its_place_in_the_order_is_refused(changed: Path, recipe: list[Step]) -> None:
    order = changed / "pyproject.toml"
    kept = order.read_text("utf-8")
    [step] = [step for step in recipe if step.path == "pyproject.toml"]
    try:
        order.write_text(kept.replace(step.text.strip(), step.anchor), "utf-8")
        done = python(changed, "-c", LINT_IMPORTS)
    finally:
        order.write_text(kept, "utf-8")
    assert done.returncode == 1
    assert PAGE in done.stdout


LACKING = ["GRANT SELECT, INSERT ON", "INSERT INTO tenant_schema.permissions"]


@pytest.mark.parametrize("line", LACKING)
def test_a_revision_that_lacks_something_is_refused(changed: Path, own_server: Server, line: str) -> None:
    [script] = (changed / "migrations" / "tenant" / "versions").glob(f"{AFTER}_*.up.sql")
    kept = script.read_text("utf-8")
    lines = kept.splitlines(keepends=True)
    try:
        script.write_text("".join(one for one in lines if not one.startswith(line)), "utf-8")
        assert script.read_text("utf-8") != kept
        done = walked(changed, own_server)
    finally:
        script.write_text(kept, "utf-8")
    assert done.returncode == 1, done.stdout
    assert "something else than the living scripts" in done.stdout


def test_a_step_that_no_longer_fits_is_named(tmp_path: Path) -> None:
    (tmp_path / "there.py").write_text("one\ntwo\n  two\n", "utf-8")
    with pytest.raises(DoesNotFit, match="three 0 times"):
        Step("after", "there.py", "three", "more\n").apply(tmp_path)
    with pytest.raises(DoesNotFit, match="two 2 times"):
        Step("becomes", "there.py", "two", "more\n").apply(tmp_path)
    with pytest.raises(DoesNotFit, match="there already"):
        Step("new", "there.py", "", "more\n").apply(tmp_path)
    with pytest.raises(DoesNotFit, match="Do as you like:"):
        steps("Do as you like:\n\n```python\nx = 1\n```\n")


# ---- the walk, run by the copy of this file in the copy of the project --------------------------------------------


def walk() -> None:
    """Up, into the page, and down again, with the program that has the capability."""
    handed = json.loads(os.environ["HANDED"])
    server, there = _handed(handed)
    before = _catalog(there)
    fresh = new_tenant(server)
    migrations = Migrations(server.place, server.operator_password)
    assert (_version(migrations, there).revision, _version(migrations, fresh).revision) == (BEFORE, AFTER)
    assert migrations.move(_version(migrations, there)).failure == ""
    assert _catalog(there) == _catalog(fresh), "the revision builds something else than the living scripts"
    for tenant in (there, fresh):
        _put_up(tenant)
        with server.operator() as operator:
            assert not list(verify(operator, tenant.names))
    assert migrations.move(_version(migrations, there), BEFORE).failure == ""
    assert _catalog(there) == before, "the way down leaves something behind"
    migrations.close()


def _handed(handed: dict[str, Any]) -> tuple[Server, Tenant]:
    place = Place(**handed["place"])
    gate = Gate(place, handed["gate"]["user"], handed["gate"]["password"])
    passwords = (handed["operator_password"], handed["superuser"], handed["superuser_password"])
    server = Server(place, *passwords, gate)
    return server, Tenant(server, UUID(handed["tenant"]), handed["login"])


def _version(migrations: Migrations, tenant: Tenant) -> Version:
    return next(version for version in migrations.versions() if version.tenant == tenant.id)


def _catalog(tenant: Tenant) -> list[tuple[str, ...]]:
    """Everything the server knows of the schema, with a neutral name for the tenant, and the permissions by name."""
    with tenant.as_root() as root:
        found = root.execute(CATALOG, {"schema": tenant.names.schema}).fetchall()
        found += root.execute("SELECT 'permission', resource, action FROM permissions ORDER BY 1, 2, 3").fetchall()
        found += root.execute("SELECT 'role', name, permissions::text FROM roles ORDER BY 2").fetchall()
    return sorted(tuple(str(part).replace(tenant.id.hex, "tenant") for part in row) for row in found)


@contextmanager
def _session(tenant: Tenant) -> Iterator[DeskSession]:
    """The owner at the desk, with the window."""
    gate = tenant.server.gate
    session = sign_in(gate, tenant.owner_login, PASSWORD)
    identity = open_tenant(gate, session, next(choice for choice in session.tenants if choice.id == tenant.id))
    database = TenantDatabase(identity)
    found = database.run(opening)
    database.close()
    with tempfile.TemporaryDirectory() as folder:
        settings = QSettings(str(Path(folder) / "window.ini"), QSettings.Format.IniFormat)
        made = DeskSession(gate, session, identity, found, settings)
        try:
            yield made
        finally:
            made.shell.hide()
            made.close()


def _put_up(tenant: Tenant) -> None:
    """Open the page from the navigation, type a notice, save it, see it."""
    application = QApplication.instance() or QApplication([])
    with _session(tenant) as session:
        crashes: list[Exception] = []
        session.background.crashed.connect(crashes.append)
        session.shell.resize(1366, 768)
        session.shell.show()
        session.desk.navigation.open(PAGE)
        page = session.shell.current
        assert isinstance(page, ListPage)
        assert page.spec.key == PAGE
        page.start_new()
        assert isinstance(page.panel, FormPanel)
        QTest.keyClicks(page.panel.boxes["title"].editor.focusProxy() or page.panel.boxes["title"].editor, TITLE)
        page.panel.save()
        _until(application, lambda: page.model.rowCount() == 1)
        assert page.model.index(0, 0).data() == TITLE
        assert not crashes
    with tenant.as_root() as root:
        written = root.execute("SELECT new ->> 'title' FROM audit_log WHERE subject = %s", [PAGE]).fetchall()
    assert written == [(TITLE,)]


def _until(application: Any, happened: Callable[[], bool]) -> None:
    begun = time.monotonic()
    while not happened():
        application.processEvents()
        time.sleep(0.002)
        assert time.monotonic() - begun < 60, "it never appeared"


if __name__ == "__main__":
    walk()
