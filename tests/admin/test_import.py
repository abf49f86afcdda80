"""An archive becomes the same group on another server, or nothing at all."""

import csv
import hashlib
import io
import json
import secrets
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ims_desktop.admin.verification import verify
from ims_desktop.database import tenant_life as life
from ims_desktop.database.archive import problems_of
from ims_desktop.database.embedded import EmbeddedServer
from ims_desktop.database.export import export_tenant
from ims_desktop.database.installation import install
from ims_desktop.database.key_recovery import RECOVERY, begin_keys
from ims_desktop.database.place import Place
from ims_desktop.database.scripts import MIGRATIONS
from ims_desktop.database.sealing import seal
from ims_desktop.database.secrets_box import Holder, Spot, TenantKeys, plain_code
from ims_desktop.database.sign_in import sign_in
from ims_desktop.database.tenancy import NewUser, create_user, reset_code
from ims_desktop.database.tenant_import import import_tenant
from ims_desktop.database.tenant_key import unwrapped
from ims_desktop.database.transaction import opening
from ims_desktop.domain.errors import UserError
from tests.admin.operating import Admin, admin_of
from tests.database.embedded.ground import new_folder
from tests.database.test_tenant_life import everything
from tests.restaurant import Restaurant, receive, seed
from tests.servers import UNSAFE_BUT_FAST
from tests.tenants import FAST, PASSWORD, MakeTenant, Server, Tenant, enrol, new_tenant

IBAN = "GB33BUKB20201555555555"
CATALOG = (MIGRATIONS.parent / "tests" / "database" / "catalog.sql").read_text("utf-8")


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Server]:
    """Another server, on which the group was never seen."""
    with new_folder() as folder:
        folder.chmod(0o755)
        with EmbeddedServer(folder / "server", options=UNSAFE_BUT_FAST) as running:
            address = running.address
            place = Place(address.host, address.port)
            operator = install(place, address.user, address.password) or ""
            yield Server(place, operator, address.user, address.password, enrol(place, operator))


@pytest.fixture
def admin(
    elsewhere: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Admin:
    monkeypatch.chdir(tmp_path)
    return admin_of(elsewhere, monkeypatch, capsys)


def traded(tenant: Tenant) -> tuple[Restaurant, str]:
    """Goods, history, seals and a supplier whose account is encrypted; and the recovery code of that."""
    restaurant = seed(tenant)
    receive(tenant.desk(), restaurant, {"Flour": ("100.125", "1.12"), "Butter": ("7.5", "9.80")})
    supplier = restaurant.suppliers["Gusto Foods"]
    with tenant.server.operator() as operator:
        code = begin_keys(operator, tenant.names)
        with operator.transaction():
            operator.execute("SET LOCAL ROLE ims_owner")
            operator.execute(f'SET LOCAL search_path = "{tenant.names.schema}"'.encode())
            sealed = keys_of(operator, tenant, code).seal(IBAN, Spot("supplier_banks", "account", supplier))
            operator.execute("INSERT INTO supplier_banks (supplier_id, account) VALUES (%s, %s)", [supplier, sealed])
        sealed_once = seal(operator, tenant.names)
        assert sealed_once is not None
        assert sealed_once.number == 1
    return restaurant, code


def keys_of(operator: Any, tenant: Tenant, code: str) -> TenantKeys:
    """What the recovery code opens of the keys on the search path."""
    rows = operator.execute("SELECT version, wrapped FROM tenant_keys WHERE holder = %s", [RECOVERY]).fetchall()
    return TenantKeys(tenant.id, unwrapped(Holder(plain_code(code), tenant.id), tenant.id, dict(rows)))


def exported(tenant: Tenant, file: Path) -> Path:
    with tenant.server.operator() as operator:
        export_tenant(operator, tenant.id, file)
    return file


def content_of(file: Path) -> tuple[dict[str, Any], dict[str, bytes]]:
    with zipfile.ZipFile(file) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    return json.loads(content.pop("manifest.json")), content


def catalog(tenant: Tenant) -> list[Any]:
    with tenant.server.root() as root:
        return root.execute(CATALOG, {"schema": tenant.names.schema}).fetchall()


def gone(server: Server, tenant: Tenant) -> None:
    """Forget the group, so that the next test can bring it again."""
    with server.operator() as operator:
        life.leave(operator, tenant.id, 0)
        life.delete(operator, tenant.id)


# ---- what comes ---------------------------------------------------------------------------------------------------


def test_the_same_group_goes_on_elsewhere(
    admin: Admin, elsewhere: Server, make_tenant: MakeTenant, tmp_path: Path
) -> None:
    tenant = make_tenant()
    (_restaurant, code), counter = traded(tenant), tenant.person("EMPLOYEE")
    file = exported(tenant, tmp_path / "before.zip")
    said = admin("tenant", "import", str(file))
    assert "New here; ims-admin user reset LOGIN gives each a first code: " in said
    assert counter in said
    assert "Every rule holds" in said
    there = Tenant(elsewhere, tenant.id, tenant.owner_login)
    before, after = content_of(file), content_of(exported(there, tmp_path / "after.zip"))
    assert after[1] == before[1], "every table is what it was, to the byte"
    assert after[0]["parts"] == before[0]["parts"]
    assert {key: after[0][key] for key in ("tenant", "name", "country", "tier", "networks", "created_at")} == {
        key: before[0][key] for key in ("tenant", "name", "country", "tier", "networks", "created_at")
    }
    assert catalog(there) == catalog(tenant)

    with elsewhere.operator() as operator:
        operator.execute(f'SET ROLE ims_owner; SET search_path = "{tenant.names.schema}", public'.encode())
        row = operator.execute("SELECT supplier_id, account FROM supplier_banks").fetchone()
        user = operator.execute("SELECT id FROM public.users WHERE email = %s", [tenant.owner_login]).fetchone()
        assert row is not None
        assert user is not None
        assert keys_of(operator, tenant, code).open(row[1], Spot("supplier_banks", "account", row[0])) == IBAN
        operator.execute("RESET ROLE")
        assert reset_code(operator, user[0])
    with pytest.raises(UserError):
        sign_in(elsewhere.gate, tenant.owner_login, PASSWORD)
    gone(elsewhere, tenant)


def test_who_is_known_there_signs_in_as_before_and_trade_goes_on(
    elsewhere: Server, make_tenant: MakeTenant, tmp_path: Path
) -> None:
    tenant = make_tenant()
    restaurant, _code = traded(tenant)
    name = f"Moved {secrets.token_hex(4)}"
    with elsewhere.operator() as operator:
        create_user(operator, NewUser("Olive", "Owner", PASSWORD, email=tenant.owner_login.upper()), FAST)
        made = import_tenant(operator, exported(tenant, tmp_path / "group.zip"), name)
    assert (made.name, made.known, made.new) == (name, (tenant.owner_login,), ())
    there = Tenant(elsewhere, tenant.id, tenant.owner_login)
    desk = there.desk()
    assert desk.run(opening).name == "Olive Owner"
    receive(desk, restaurant, {"Flour": ("1", "2")})  # everything kept its id
    with elsewhere.operator() as operator:
        after = seal(operator, tenant.names)
        assert after is not None
        assert after.number == 2
        assert list(verify(operator, tenant.names)) == []
    desk.close()
    gone(elsewhere, tenant)


def test_a_break_of_the_seals_comes_along_and_is_named(
    admin: Admin, elsewhere: Server, make_tenant: MakeTenant, tmp_path: Path
) -> None:
    tenant = make_tenant()
    traded(tenant)
    with tenant.as_root() as root, root.transaction():
        root.execute("SET LOCAL session_replication_role = replica")
        root.execute("UPDATE postings SET note = 'never said'")
    said = admin("tenant", "import", str(exported(tenant, tmp_path / "group.zip")), expect=3)
    assert "document seal: DELIVERY 1: expected unchanged, found changed" in said
    assert "did not when the archive was written" in said
    gone(elsewhere, tenant)


# ---- what does not come -------------------------------------------------------------------------------------------

Spoil = Callable[[dict[str, Any], dict[str, bytes]], None]


def rewritten(file: Path, name: str, spoil: Spoil, *, honest: bool = True) -> Path:
    """The archive with something else in it; `honest`: with the checksums and counts of what is in it now."""
    manifest, content = content_of(file)
    spoil(manifest, content)
    for part in manifest.get("parts", []) if honest else []:
        body = content.get(part["file"], b"")
        part["sha256"] = hashlib.sha256(body).hexdigest()
        part["rows"] = max(len(list(csv.reader(io.StringIO(body.decode("utf-8", "replace"), newline="")))) - 1, 0)
    made = file.with_name(name)
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, body in content.items():
            archive.writestr(entry, body)
        archive.writestr("manifest.json", json.dumps(manifest))
    return made


def line(table: str, *changes: tuple[bytes, bytes]) -> Spoil:
    def spoil(_manifest: dict[str, Any], content: dict[str, bytes]) -> None:
        for old, new in changes:
            assert old in content[table]
            content[table] = content[table].replace(old, new)

    return spoil


def rows(file: str, change: Callable[[list[bytes]], list[bytes]]) -> Spoil:
    """Other rows below the header."""

    def spoil(_manifest: dict[str, Any], content: dict[str, bytes]) -> None:
        header, *below = content[file].splitlines(keepends=True)
        content[file] = b"".join([header, *change(below)])

    return spoil


def says(**words: Any) -> Spoil:
    return lambda manifest, _content: manifest.update(words)


def none(_rows: list[bytes]) -> list[bytes]:
    return []


def again(found: list[bytes]) -> list[bytes]:
    return [*found, found[0]]


def with_another_id(found: list[bytes]) -> list[bytes]:
    return [*found, bytes([found[0][0] ^ 1]) + found[0][1:]]


def a_part_less(manifest: dict[str, Any], _content: dict[str, bytes]) -> None:
    manifest["parts"].pop()


def a_table_less(manifest: dict[str, Any], content: dict[str, bytes]) -> None:
    del content[manifest["parts"].pop()["file"]]


def a_column_that_is_a_statement(manifest: dict[str, Any], _content: dict[str, bytes]) -> None:
    manifest["parts"][3]["columns"] = {"id; DROP TABLE users": "uuid", **manifest["parts"][3]["columns"]}


MOVEMENTS, ITEMS = "tables/stock_movements.csv", "tables/items.csv"
ODD = f"{ITEMS} holds what cannot be"
HONEST: dict[str, tuple[Spoil, str]] = {
    "another revision": (says(revision="0000"), "was made at revision 0000"),
    "an unknown country": (says(country="XX"), "The country XX is not known"),
    "a name that nobody can see": (says(name="Zero\u200bwidth"), "nobody can see"),
    "a name without end": (says(name="x" * 10_000), "at most 100 characters"),
    "a tier that is none": (says(tier="GOLD"), "The manifest holds what cannot be"),
    "networks that are none": (says(networks=["everywhere"]), "The manifest holds what cannot be"),
    "a file that nobody names": (a_part_less, "does not belong into it"),
    "a table less": (a_table_less, "does not fit this version"),
    "a column that is a statement": (a_column_that_is_a_statement, "does not fit this version"),
    "a word for a number": (
        line(MOVEMENTS, (b"100.125", b"plenty")),
        "cannot be: invalid input syntax for type numeric",
    ),
    "a number that is none": (line(MOVEMENTS, (b"100.125000", b"NaN")), "violates check constraint"),
    "a row twice": (rows(ITEMS, again), "duplicate key value violates unique constraint"),
    "a zero character": (line(ITEMS, (b"DRY-0107", b"DRY-0107\x00")), ODD),
    "no UTF-8": (line(ITEMS, (b"Flour", b"\xff\xfe")), ODD),
    "a header that lies": (line(ITEMS, (b"id,sku", b"sku,id")), ODD),
    "items without their categories": (rows("tables/categories.csv", none), "violates foreign key constraint"),
    "nobody who is owner": (rows("tables/user_roles.csv", none), "Nobody in this archive is an owner"),
    "nobody who signs in": (line("people.csv", (b"@example.com", b"")), "people.csv holds what cannot be"),
    "members who are nobody": (rows("people.csv", none), "do not name the same people"),
    "somebody twice": (rows("people.csv", with_another_id), "people.csv holds what cannot be"),
}


@pytest.fixture(scope="module")
def archive(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = new_tenant(server)
    traded(made)
    made.close()
    return exported(made, tmp_path_factory.mktemp("archive") / "group.zip")


@pytest.mark.parametrize("kind", HONEST)
def test_what_cannot_be_is_refused_in_a_sentence_and_leaves_nothing(
    elsewhere: Server, archive: Path, tmp_path: Path, kind: str
) -> None:
    spoil, sentence = HONEST[kind]
    file = rewritten(archive, f"{secrets.token_hex(4)}.zip", spoil)
    before = left(elsewhere)
    with elsewhere.operator() as operator, pytest.raises(UserError) as refused:
        import_tenant(operator, file)
    assert sentence in refused.value.text, refused.value.text
    assert "\n" not in refused.value.text
    assert left(elsewhere) == before


def left(server: Server) -> dict[str, Any]:
    with server.root() as root:
        return everything(server) | {"users": root.execute("SELECT id FROM public.users ORDER BY 1").fetchall()}


def blown_up(file: Path) -> None:
    manifest, content = content_of(file)
    content["tables/items.csv"] += b"\n" * 5_000_000
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for entry, body in content.items():
            made.writestr(entry, body)
        made.writestr("manifest.json", json.dumps(manifest))


def longer(file: Path, name: str, body: bytes) -> None:
    with zipfile.ZipFile(file, "a") as made:
        made.writestr(name, body)


DAMAGED: dict[str, tuple[Callable[[Path], object], str]] = {
    "cut off": (lambda f: f.write_bytes(f.read_bytes()[:-100]), "not a whole archive"),
    "no archive": (lambda f: f.write_bytes(b"sku,name\n1,Flour\n"), "not a whole archive"),
    "empty": (lambda f: f.write_bytes(b""), "not a whole archive"),
    "not there": (lambda f: f.unlink(), "is not there"),
    "a bit turned": (lambda f: f.write_bytes(f.read_bytes()[:2000] + b"\0\1\2" + f.read_bytes()[2003:]), "damaged"),
    "more than it says": (lambda f: longer(f, "../../etc/passwd", b"x"), "does not belong into it"),
    "blown up": (blown_up, "tables/items.csv is blown up"),
}


@pytest.mark.parametrize("kind", DAMAGED)
def test_a_damaged_archive_is_refused_in_a_sentence(
    elsewhere: Server, archive: Path, tmp_path: Path, kind: str
) -> None:
    damage, sentence = DAMAGED[kind]
    file = tmp_path / "group.zip"
    file.write_bytes(archive.read_bytes())
    damage(file)
    before = left(elsewhere)
    with elsewhere.operator() as operator, pytest.raises(UserError) as refused:
        import_tenant(operator, file)
    assert sentence in refused.value.text
    assert left(elsewhere) == before


@pytest.mark.parametrize("manifest", [b"", b"[]", b"{" * 100_000, b'{"format": 2}', b"\xff", b" " * 5_000_000])
def test_a_manifest_of_the_wrong_shape_is_no_manifest(archive: Path, tmp_path: Path, manifest: bytes) -> None:
    file = tmp_path / "group.zip"
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("manifest.json", manifest)
    assert problems_of(file) == ["group.zip is not a whole archive of a restaurant group."]


def test_a_group_is_on_a_server_once(elsewhere: Server, make_tenant: MakeTenant, tmp_path: Path) -> None:
    tenant = make_tenant()
    file = exported(tenant, tmp_path / "group.zip")
    before = left(tenant.server)
    with (
        tenant.server.operator() as operator,
        pytest.raises(UserError, match="is on this server already, called Group"),
    ):
        import_tenant(operator, file, "Another name")
    assert left(tenant.server) == before
    place = replace(elsewhere.place, database=f"second_{secrets.token_hex(4)}")
    install(place, elsewhere.superuser, elsewhere.superuser_password)
    with elsewhere.operator() as here, place.connect("ims_operator", elsewhere.operator_password) as there:
        import_tenant(here, file)
        with pytest.raises(UserError, match="is in another database of this server already"):
            import_tenant(there, file)
    gone(elsewhere, tenant)


def test_who_would_be_two_people_is_asked_about(elsewhere: Server, make_tenant: MakeTenant, tmp_path: Path) -> None:
    tenant = make_tenant()
    file = exported(tenant, tmp_path / "group.zip")
    mark = secrets.token_hex(4)

    def two_names(_manifest: dict[str, Any], content: dict[str, bytes]) -> None:
        rows = list(csv.reader(io.StringIO(content["people.csv"].decode())))
        rows[1][rows[0].index("username")] = f"olive{mark}"
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(rows)
        content["people.csv"] = out.getvalue().encode()

    with elsewhere.operator() as operator:
        create_user(operator, NewUser("One", "Person", PASSWORD, email=tenant.owner_login), FAST)
        create_user(operator, NewUser("Another", "Person", PASSWORD, username=f"olive{mark}"), FAST)
        before = left(elsewhere)
        with pytest.raises(UserError, match="not clear who is who") as refused:
            import_tenant(operator, rewritten(file, "two.zip", two_names))
    assert tenant.owner_login in refused.value.problems[0].text
    assert left(elsewhere) == before
