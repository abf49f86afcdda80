"""Commands about the life of a restaurant group, and about moving all of them."""

import csv
import hashlib
import io
import json
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest

from ims_desktop.database import export as exporting
from ims_desktop.database.archive import problems_of
from ims_desktop.database.export import export_tenant
from ims_desktop.database.migrations import GLOBAL
from ims_desktop.domain.errors import UserError
from tests.admin.operating import Admin, admin_of
from tests.database.revisions import EXPAND, EXPAND_BACK, add_revision, copy_of_migrations
from tests.restaurant import receive, seed
from tests.tenants import Server, Tenant


@pytest.fixture
def admin(server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Admin:
    monkeypatch.chdir(tmp_path)
    return admin_of(server, monkeypatch, capsys)


def name_of(tenant: Tenant) -> str:
    with tenant.server.root() as root:
        row = root.execute("SELECT name FROM public.tenants WHERE id = %s", [tenant.id]).fetchone()
        assert row is not None
        return str(row[0])


# ---- life ---------------------------------------------------------------------------------------------------------


def test_the_life_of_a_group_in_commands(admin: Admin, tenant: Tenant) -> None:
    name = name_of(tenant)
    new = f"{name} & Sons"
    assert "is suspended" in admin("tenant", "suspend", name)
    assert "SUSPENDED" in admin("tenant", "list")
    assert "is suspended already" in admin("tenant", "suspend", name, expect=1)
    assert "can be opened again" in admin("tenant", "resume", name)
    assert f"now called {new}" in admin("tenant", "rename", name, new)
    assert "is now PREMIUM" in admin("tenant", "tier", new, "premium")
    assert "GOLD is not one of" in admin("tenant", "tier", new, "gold", expect=1)
    assert "from 10.0.0.0/8, 203.0.113.7/32" in admin("tenant", "networks", new, "10.0.0.0/8", "203.0.113.7")
    assert "hello is not a network" in admin("tenant", "networks", new, "hello", expect=1)
    assert "at least one network" in admin("tenant", "networks", new, expect=2)
    assert "from everywhere" in admin("tenant", "networks", new, "--everywhere")
    assert "is open; it is deleted when" in admin("tenant", "delete", new, "--now", expect=1)
    assert "tenant resume takes it back" in admin("tenant", "delete", new)
    assert "its waiting time is over" in admin("tenant", "delete", new, "--now", expect=1)
    admin("tenant", "resume", new)
    admin("tenant", "delete", new, "--days", "0")
    assert "is deleted" in admin("tenant", "delete", new, "--now")
    assert "no restaurant group called" in admin("tenant", "resume", new, expect=1)


# ---- export -------------------------------------------------------------------------------------------------------


def read(file: Path) -> tuple[dict[str, Any], dict[str, bytes]]:
    with zipfile.ZipFile(file) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    return json.loads(content.pop("manifest.json")), content


def test_an_export_holds_every_table_and_says_what_must_be_in_it(admin: Admin, tenant: Tenant, tmp_path: Path) -> None:
    restaurant = seed(tenant)
    receive(tenant.desk(), restaurant, {"Flour": ("100.125", "1.12")})
    file = tmp_path / "group.zip"
    assert "tables" in admin("tenant", "export", str(tenant.id), str(file))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    manifest, content = read(file)
    assert manifest["tenant"] == str(tenant.id)
    assert manifest["name"] == name_of(tenant)
    with tenant.as_root() as root:
        tables = root.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind IN ('r', 'p')"
            " AND NOT relispartition AND relname <> 'alembic_version'",
            [tenant.names.schema],
        ).fetchall()
        counts = {table: root.execute(f'SELECT count(*) FROM "{table}"').fetchall()[0][0] for (table,) in tables}
    parts = {part["file"]: part for part in manifest["parts"]}
    assert set(content) == set(parts) == {"people.csv", *(f"tables/{table}.csv" for table in counts)}
    for table, count in counts.items():
        part, body = parts[f"tables/{table}.csv"], content[f"tables/{table}.csv"]
        rows = list(csv.reader(io.StringIO(body.decode(), newline="")))
        assert (part["rows"], len(rows) - 1) == (count, count), table
        assert rows[0] == list(part["columns"])
        assert part["sha256"] == hashlib.sha256(body).hexdigest()
    assert b"100.125" in content["tables/stock_movements.csv"]
    assert tenant.owner_login.encode() in content["people.csv"]
    assert b"$2b$" not in b"".join(content.values())
    assert problems_of(file) == []


def test_an_export_overwrites_nothing_and_leaves_no_half(
    admin: Admin, tenant: Tenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "kept.zip"
    file.write_text("mine", "utf-8")
    assert "is there already" in admin("tenant", "export", str(tenant.id), str(file), expect=1)
    assert file.read_text("utf-8") == "mine"
    assert "cannot be written" in admin("tenant", "export", str(tenant.id), str(tmp_path / "no" / "x.zip"), expect=1)

    def broken(*_: Any) -> Any:
        raise UserError("The line broke.")

    monkeypatch.setattr(exporting, "_copy", broken)
    assert "The line broke" in admin("tenant", "export", str(tenant.id), str(tmp_path / "half.zip"), expect=1)
    assert not (tmp_path / "half.zip").exists()


def test_an_export_reads_one_moment(tenant: Tenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seed(tenant)
    copied = exporting._copy

    def late(*args: Any) -> Any:
        """Somebody adds a row to everything while the export is being written."""
        with tenant.as_root() as root:
            root.execute("INSERT INTO categories (name) VALUES (gen_random_uuid()::text)")
        return copied(*args)

    with tenant.as_root() as root:
        [(before,)] = root.execute("SELECT count(*) FROM categories").fetchall()
    monkeypatch.setattr(exporting, "_copy", late)
    with tenant.server.operator() as operator:
        parts = {part.file: part for part in export_tenant(operator, tenant.id, tmp_path / "moment.zip")}
    assert parts["tables/categories.csv"].rows == before


def test_a_damaged_archive_is_known(admin: Admin, tenant: Tenant, tmp_path: Path) -> None:
    file = tmp_path / "group.zip"
    with tenant.server.operator() as operator:
        export_tenant(operator, tenant.id, file)
    manifest, content = read(file)
    content["tables/units.csv"] += b"one more\n"
    del content["tables/items.csv"]
    damaged = tmp_path / "damaged.zip"
    with zipfile.ZipFile(damaged, "w") as archive:
        for name, body in content.items():
            archive.writestr(name, body)
        archive.writestr("manifest.json", json.dumps(manifest))
    said = admin("tenant", "check", str(damaged), expect=1)
    assert "tables/items.csv is missing or damaged" in said
    assert "tables/units.csv is not what was exported" in said
    assert "is whole" in admin("tenant", "check", str(file))
    (tmp_path / "cut.zip").write_bytes(file.read_bytes()[:-100])
    assert "not a whole archive" in problems_of(tmp_path / "cut.zip")[0]


# ---- moving -------------------------------------------------------------------------------------------------------


def test_moving_says_what_it_would_do_and_what_became_of_it(
    admin: Admin, tenant: Tenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, name = copy_of_migrations(tmp_path), name_of(tenant)
    add_revision(home, EXPAND, EXPAND_BACK)
    monkeypatch.setattr(
        "ims_desktop.database.migrations.Migrations.__init__.__kwdefaults__", {"home": home, "workers": 2}
    )
    assert f"{name}: from 0001: 0002 Shelves\n" in admin("migrate", "--list", "--only", name)
    assert f"{name}: from 0001: 0002 Shelves: would work (" in admin("migrate", "--dry-run", "--only", str(tenant.id))
    assert f"{name}: at 0002" in admin("migrate", "--only", name)
    assert f"{name}: nothing to do" in admin("migrate", "--list", "--only", name)
    assert f"{name}: nothing to do" in admin("migrate", "--dry-run", "--only", name)
    assert "add --down" in admin("migrate", "--only", name, "--to", "0001", expect=1)
    assert f"{name}: at 0001" in admin("migrate", "--only", name, "--to", "0001", "--down")
    with tenant.as_root() as root:
        root.execute("CREATE TABLE shelves (in_the_way text)")
    said = admin("migrate", "--dry-run", "--only", name, expect=1)
    assert f'{name}: from 0001: 0002 Shelves: would fail: 0002: relation "shelves" already exists' in said
    assert f"{name} would stay as they are. Everything was taken back" in said
    said = admin("migrate", "--only", name, "--only", GLOBAL, expect=1)
    assert f'{name}: 0002: relation "shelves" already exists' in said
    assert f"1 done; {name} stayed as they were" in said
    assert "No restaurant group is called Nowhere" in admin("migrate", "--only", "Nowhere", expect=1)
    assert "no revision 7" in admin("migrate", "--to", "7", expect=1)
