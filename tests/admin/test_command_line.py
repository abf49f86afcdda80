"""`ims-admin` on a shared server, as an operator types it."""

import json
import secrets
from pathlib import Path

import pytest

from ims_desktop.database import profile_file
from ims_desktop.database.installation import OPERATOR
from ims_desktop.database.sign_in import reset_password, sign_in
from ims_desktop.domain.errors import UserError
from tests.admin.operating import Admin, admin_of
from tests.restaurant import receive, seed
from tests.tenants import PASSWORD, Server, Tenant


@pytest.fixture
def admin(server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Admin:
    monkeypatch.chdir(tmp_path)
    return admin_of(server, monkeypatch, capsys)


def test_init_is_for_the_administrator_and_changes_nothing_when_repeated(admin: Admin, server: Server) -> None:
    assert "administrator" in admin("init", expect=1)
    root = {"DB_USER": server.superuser, "DB_PASSWORD": server.superuser_password}
    said = admin("init", **root)
    assert "ready" in said
    assert "password" not in said
    with server.operator() as operator:
        assert operator.execute("SELECT 1").fetchone() == (1,)


def test_a_group_and_its_people_are_made_by_commands(admin: Admin) -> None:
    mark = secrets.token_hex(4)
    owner, helper, group = f"olga-{mark}", f"hugo-{mark}", f"Harbour Kitchens {mark}"
    new = {"IMS_NEW_PASSWORD": PASSWORD}
    admin("user", "create", "--first-name", "Olga", "--username", owner, **new)
    admin("user", "create", "--first-name", "Hugo", "--username", helper, **new)
    assert "already signs in" in admin("user", "create", "--username", owner, expect=1, **new)
    assert "at least 10 characters" in admin("user", "create", "--username", "x", expect=1, IMS_NEW_PASSWORD="short")
    wrong = ("--first-name", "x" * 101, "--last-name", "Ro\u200bssi", "--username", "y" * 300, "--phone", "call me")
    said = admin("user", "create", *wrong, expect=1, **new)
    assert [said.count(word) for word in ("at most 100", "nobody can see", "at most 254", "not a phone")] == [1] * 4
    assert "is ready" in admin("tenant", "create", group, "--country", "it", "--owner", owner)
    assert "exists already" in admin("tenant", "create", group, "--country", "it", "--owner", owner, expect=1)
    assert "two-letter" in admin("tenant", "create", "Elsewhere", "--country", "Atlantis", "--owner", owner, expect=1)
    assert "Counter" in admin("user", "grant", helper, "--tenant", group, "--role", "employee")
    assert "is not one of" in admin("user", "grant", helper, "--tenant", group, "--role", "king", expect=1)
    assert group in admin("tenant", "list")
    assert "items: 0" in admin("tenant", "show", group)
    assert f"{group} (EMPLOYEE)" in admin("user", "list")
    assert "nothing to do" in admin("migrate", "--dry-run")
    assert "at 0001" in admin("migrate")


def test_items_are_imported_once_and_all_problems_are_named(admin: Admin, tenant: Tenant, tmp_path: Path) -> None:
    seed(tenant)
    file = tmp_path / "items.csv"
    file.write_text("SKU,Name,Category,Base unit\nX-1,Saffron,Spices,g\nX-2,Vanilla,Spices,each\n", "utf-8")
    person = ("--as", tenant.owner_login)
    assert "2 added" in admin("import", "items", str(file), *person)
    assert "2 as they were" in admin("import", "items", str(file), *person)
    file.write_text("SKU,Name,Category,Base unit,Cost method,Colour\nX-5,Salt,Spices,kg,FIFO,white\n", "utf-8")
    assert "not used: Colour." in admin("import", "items", str(file), *person)
    file.write_text("SKU,Name,Category,Base unit\nX-3,,Spices,g\nX-4,Pepper,Spices,furlong\n", "utf-8")
    said = admin("import", "items", str(file), *person, expect=1)
    assert "row 2" in said
    assert "row 3" in said
    assert "Nothing was imported" in said
    assert "There is no file" in admin("import", "items", "nowhere.csv", *person, expect=1)


def test_reports_are_for_those_who_may_see_them(admin: Admin, tenant: Tenant) -> None:
    restaurant = seed(tenant)
    receive(tenant.desk(), restaurant, {"Flour": ("100", "1.12")})
    period = ("--from", "2026-01-01", "--to", "2026-12-31")
    assert "112.00" in admin("report", "stock-value", *period, "--as", tenant.owner_login)
    refused = admin("report", "stock-value", *period, "--as", tenant.person("EMPLOYEE"), expect=1)
    assert "do not allow" in refused


def test_books_are_verified_and_a_fault_ends_with_code_3(admin: Admin, tenant: Tenant) -> None:
    restaurant = seed(tenant)
    receive(tenant.desk(), restaurant, {"Flour": ("100", "1.12")})
    only = ("--tenant", str(tenant.id))
    assert "Everything agrees" in admin("verify", *only)
    with tenant.as_root() as root:
        root.execute("UPDATE stock_costs SET value = value + 1")
    assert "value: DRY-0107 at Downtown" in admin("verify", *only, expect=3)


def test_what_cannot_be_reached_or_read_is_a_sentence(admin: Admin, server: Server) -> None:
    assert "refused" in admin("tenant", "list", expect=4, DB_PASSWORD="wrong")
    assert "setting is wrong" in admin("tenant", "list", expect=1, DB_PORT="abc")
    assert "refused" in admin("migrate", expect=4, DB_PASSWORD="wrong")
    assert "Set DB_PASSWORD" in admin("tenant", "list", expect=4, DB_PASSWORD="")
    assert "no restaurant group" in admin("tenant", "show", "Nowhere", expect=1)
    assert "DATABASE_URL must look like" in admin("tenant", "list", expect=1, DATABASE_URL="mysql://me@x/y")
    place = server.place
    url = f"postgresql://{OPERATOR}:{server.operator_password}@{place.host}:{place.port}/{place.database}"
    assert admin("user", "list", DATABASE_URL=url)


def test_a_gate_lets_a_pc_sign_in_and_do_nothing_else(admin: Admin, server: Server) -> None:
    said = admin("gate", "create", "OFFICE-02")
    words = said.split()
    with server.place.connect(words[1], words[-1]) as connection:
        assert connection.execute("SELECT salt FROM auth.hello('nobody')").fetchone() is not None
        with pytest.raises(Exception, match="permission denied"):
            connection.execute("SELECT * FROM public.users")


def test_the_doctor_says_how_things_are(admin: Admin) -> None:
    said = admin("doctor")
    assert "PostgreSQL" in said
    assert "Key store" in said


def test_people_are_listed_kept_out_and_let_in_again(admin: Admin, tenant: Tenant) -> None:
    place = seed(tenant)
    group, cook = ("--tenant", str(tenant.id)), tenant.person("EMPLOYEE", site=place.site)
    assert f"{cook}  Employee Person  Counter at Downtown" in admin("user", "list", *group)
    desk = tenant.desk(cook)
    assert "is out of" in admin("user", "deactivate", cook, *group)
    with pytest.raises(Exception, match="not permitted to log in"):
        desk.identity.place.connect(desk.identity.role, desk.identity.password)
    assert "(deactivated)" in admin("user", "list", *group)
    assert "may sign in again" in admin("user", "reactivate", cook, *group)
    for where in (group, ()):
        assert "Somebody must remain the owner" in admin("user", "deactivate", tenant.owner_login, *where, expect=1)
    assert "out of every" in admin("user", "deactivate", cook)
    with pytest.raises(UserError, match="not right"):
        tenant.desk(cook)
    admin("user", "reactivate", cook)
    tenant.desk(cook)
    mark = f"nobody-{secrets.token_hex(4)}"
    admin("user", "create", "--username", mark, IMS_NEW_PASSWORD=PASSWORD)
    assert "never been in" in admin("user", "deactivate", mark, *group, expect=1)


def test_a_pc_gets_a_file_and_a_code_and_is_taken_away_again(admin: Admin, server: Server, tmp_path: Path) -> None:
    device, file = f"Bar PC {secrets.token_hex(4)}", tmp_path / "bar.ims"
    said = admin("gate", "create", device, "--file", str(file), "--profile", "Our server")
    held = profile_file.read(file.read_text("utf-8"), said.split()[-1])
    assert (held.name, held.place.host) == ("Our server", server.place.host)
    assert held.gate_password not in file.read_text("utf-8")
    assert "is there already" in admin("gate", "create", device, "--file", str(file), expect=1)
    for odd in ("K\u202eitchen", "x" * 101):
        assert "The name of a PC" in admin("gate", "create", odd, "--file", str(tmp_path / "odd.ims"), expect=1)
    assert "no folder" in admin("gate", "create", device, "--file", str(tmp_path / "no" / "x.ims"), expect=1)
    pem = tmp_path / "x.pem"
    pem.write_text("hello", "utf-8")
    other = str(tmp_path / "other.ims")
    assert "no certificate" in admin("gate", "create", device, "--file", other, "--certificate", str(pem), expect=1)
    assert f"{held.gate_user}  {device}  waits to be set up  never used" in admin("gate", "list")
    assert "no longer" in admin("gate", "remove", held.gate_user)
    assert "no gate called" in admin("gate", "remove", held.gate_user, expect=1)
    assert "taken away" in admin("gate", "list")


def test_a_person_who_lost_the_password_gets_a_code(admin: Admin, tenant: Tenant) -> None:
    said = admin("user", "reset", tenant.owner_login)
    gate = tenant.server.gate
    with pytest.raises(UserError, match="not right"):
        sign_in(gate, tenant.owner_login, PASSWORD)
    reset_password(gate, tenant.owner_login, said.split()[-1], "violet-anchor-teaspoon")
    assert sign_in(gate, tenant.owner_login, "violet-anchor-teaspoon").person == "Olive Owner"
    assert "Nobody signs in" in admin("user", "reset", "nobody-at-all", expect=1)


def test_a_person_is_found_however_the_phone_number_is_written(admin: Admin, tenant: Tenant) -> None:
    digits = f"{secrets.randbelow(10**7):07}"
    admin("user", "create", "--first-name", "Pia", "--phone", f"+39 333 {digits}", IMS_NEW_PASSWORD=PASSWORD)
    group = ("--tenant", str(tenant.id), "--role", "employee")
    assert "is now Counter" in admin("user", "grant", f"0039 (333) {digits[:3]}-{digits[3:]}", *group)
    assert "24 hours" in admin("user", "reset", f"+39333{digits}")


def test_a_history_comes_in_and_the_ledger_goes_out(
    server: Server, tenant: Tenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seed(tenant)
    admin = admin_of(server, monkeypatch, capsys)
    person = ("--as", tenant.owner_login)
    file = tmp_path / "history.csv"
    file.write_text(
        "at,kind,item,site,quantity,unit_cost,id\n"
        "2026-03-02T10:00:00Z,issue,Flour,Downtown,4,,I1\n"
        "2026-03-02T09:00:00Z,receipt,Flour,Downtown,10,1.50,R1\n",
        "utf-8",
    )
    assert "2 rows, 0 of them" in admin("import", "movements", str(file), *person)
    assert "2 rows, 2 of them" in admin("import", "movements", str(file), *person)
    lines = json.loads(admin("report", "ledger", "--item", "Flour", "--site", "Downtown", "--format", "json", *person))
    assert [(line["id"], line["total"], line["running_value"]) for line in lines] == [
        ("R1", "15.000000", "15.000000"),
        ("I1", "-6.000000", "9.000000"),
    ]
    assert [one["cause"] for one in lines[1]["corrections"]] == ["RECOST"]
    early = admin("report", "ledger", "--item", "Flour", "--as-at", "2026-03-02T09:30", "--format", "csv", *person)
    assert "R1" in early
    assert "I1" not in early
    file.write_text("at,kind,id,colour\nnever,receipt,R2,red\n", "utf-8")
    assert "colour is no column" in admin("import", "movements", str(file), *person, expect=1)
