"""Rules that let in who belongs in, and nobody else; weak ones on a live server are named; a server can be hardened."""

import threading
from collections.abc import Iterator, Set
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ims_desktop.admin.verification import verify
from ims_desktop.database import tenant_life as life
from ims_desktop.database.embedded import EmbeddedServer
from ims_desktop.database.hardening import harden, open_doors
from ims_desktop.database.installation import OPERATOR, install
from ims_desktop.database.migrations import Migrations
from ims_desktop.database.network import Tenant as Group
from ims_desktop.database.network import rules_for, tenants_of, weaknesses
from ims_desktop.database.notices import Notices, telling
from ims_desktop.database.place import Place
from ims_desktop.database.reaching import unreachable
from ims_desktop.database.sign_in import Gate
from ims_desktop.database.tenancy import create_gate
from ims_desktop.database.transaction import opening
from ims_desktop.domain.errors import UserError
from tests.admin.operating import admin_of
from tests.database.debian import HOST, TlsServer, tls_server
from tests.database.embedded.ground import new_folder
from tests.restaurant import receive, seed
from tests.servers import UNSAFE_BUT_FAST
from tests.tenants import Server, Tenant, enrol, new_tenant

# ---- rules --------------------------------------------------------------------------------------------------------

ANNA = Group("Anna", "t_anna", ("10.0.0.0/8", "2001:db8::/32"))
BEN = Group("Ben\\", "t_ben", ())


def lines(groups: list[Group], major: int, **named: Any) -> list[str]:
    return [" ".join(str(rule).split()) for rule in rules_for("ims", groups, major, **named)]


def test_from_sixteen_on_one_line_is_for_all_leases() -> None:
    assert lines([ANNA, BEN], 18, operators=["192.0.2.0/24"]) == [
        "host all all 127.0.0.1/32 scram-sha-256 # this computer",
        "host all all ::1/128 scram-sha-256 # this computer",
        "hostssl ims ims_operator 192.0.2.0/24 scram-sha-256 # the operator",
        "hostssl ims ims_backup 192.0.2.0/24 scram-sha-256 # backups",
        "host all ims_operator all reject # the operator from nowhere else",
        "hostssl ims +ims_gate all scram-sha-256 # the PCs, to sign people in",
        "hostssl ims +t_anna 10.0.0.0/8 scram-sha-256 # Anna",
        "hostssl ims +t_anna 2001:db8::/32 scram-sha-256 # Anna",
        "host ims +t_anna all reject # Anna",
        "hostssl ims /^m_[0-9a-f]{32}_[1-5]$ all scram-sha-256 # people at work",
        "host all all all reject # ims_reader and everybody else: nobody signs in as them",
    ]


def test_before_sixteen_every_group_has_a_line_and_no_name_swallows_the_next() -> None:
    found = lines([ANNA, BEN], 15)
    assert "hostssl ims +t_ben all scram-sha-256 # Ben?" in found
    assert not [line for line in found if line.endswith("\\") or "/^m_" in line]


@contextmanager
def rules_on(server: TlsServer, text: str) -> Iterator[None]:
    """Let the server live by these rules for a while."""
    before = server.live_by(text)
    try:
        yield
    finally:
        server.live_by(before)


@pytest.fixture(scope="module")
def tls() -> Iterator[TlsServer]:
    with tls_server() as server:
        yield server


def test_the_printed_rules_let_in_who_belongs_in_and_nobody_else(
    tls: TlsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = tls.running.address
    monkeypatch.setenv("PGHOSTADDR", "127.0.0.1")
    here = Place("127.0.0.1", address.port)
    far = Place(HOST, address.port, ssl_root=str(tls.authority.file))
    password = install(here, address.user, address.password) or ""
    server = Server(here, password, address.user, address.password, enrol(here, password))
    with server.operator() as operator:
        gate = Gate(far, *create_gate(operator, "far PC"))
        one, other = new_tenant(server), new_tenant(server)
        away, at_home = one.desk().identity, other.desk().identity
        life.set_networks(operator, one.id, ["10.0.0.0/8"])
        life.cut_desks(operator, other.id)
        rules = [str(rule) for rule in rules_for("ims", tenants_of(operator), 15)]
    # What comes from this computer counts as coming from afar here; only the superuser keeps the way in.
    ours = "\n".join(["host all postgres 127.0.0.1/32 scram-sha-256", *rules[2:]])
    with rules_on(tls, ours):
        far.connect(gate.user, gate.password).close()
        desk = other.desk(gate=gate)
        assert desk.run(opening).name == "Olive Owner"
        for place, user, secret in (
            (replace(far, ssl_mode="disable", channel_binding="prefer"), gate.user, gate.password),
            (far, OPERATOR, password),
            (far, away.role, away.password),
            (replace(far, database="postgres"), gate.user, gate.password),
        ):
            with pytest.raises(psycopg.OperationalError) as refused:
                place.connect(user, secret)
            assert "lets nobody in from here" in unreachable(place, refused.value).text, user
    assert at_home.role != away.role
    one.close()
    other.close()


# ---- what is weak -------------------------------------------------------------------------------------------------

WEAK = {
    "host all all 127.0.0.1/32 trust": ["lets anybody in without a password"],
    "local all all trust": ["lets anybody in without a password"],
    "host ims +ims_gate 0.0.0.0/0 md5": ["uses md5", "without TLS"],
    "host ims +ims_gate 10.0.0.0/8 password": ["passwords sent as they are", "without TLS"],
    "host ims +ims_gate 0.0.0.0/0 scram-sha-256": ["from 0.0.0.0 without TLS"],
    "hostnossl ims +ims_gate 192.0.2.1/32 scram-sha-256": ["from 192.0.2.1 without TLS"],
    "host all all all scram-sha-256": ["from all without TLS", "lets a superuser in from all"],
    "host all postgres ::/0 scram-sha-256": ["from :: without TLS", "lets a superuser in from ::"],
    "host all all samenet ident": ["believes what", "without TLS", "lets a superuser in from samenet"],
    "host ims +ims_gate nonsense/99 scram-sha-256": ["cannot be read"],
}
SOUND = (
    "host all all 127.0.0.1/32 scram-sha-256",
    "host all all 127.0.0.0/8 scram-sha-256",
    "host all all ::1/128 scram-sha-256",
    "host all all 0.0.0.0/0 reject",
)


def rules_file(server: Server) -> Path:
    with server.root() as root:
        row = root.execute("SHOW hba_file").fetchone()
    assert row is not None
    return Path(row[0])


def checked(server: Server, *rules: str) -> list[str]:
    file = rules_file(server)
    before = file.read_text("utf-8")
    try:
        file.write_text("\n".join(rules), "utf-8")  # read by the view at once, and by nobody else: no reload
        with server.root() as root:
            return weaknesses(root)
    finally:
        file.write_text(before, "utf-8")


@pytest.mark.parametrize("rule", WEAK)
def test_a_weak_rule_is_named_with_its_line(server: Server, rule: str) -> None:
    found = checked(server, SOUND[0], rule)
    assert len(found) == len(WEAK[rule]), found
    for said, expected in zip(found, WEAK[rule], strict=True):
        assert said.startswith("Line 2 ")
        assert expected in said


def test_sound_rules_are_left_in_peace_and_behind_the_last_reject_nobody_looks(server: Server) -> None:
    assert checked(server, *SOUND) == []
    assert checked(server, SOUND[0], "host all all all reject", "host all all all trust") == []


def test_with_tls_a_line_is_sound_unless_it_lets_a_superuser_in(tls: TlsServer) -> None:
    address = tls.running.address
    here = Place("127.0.0.1", address.port, "postgres")
    server = Server(here, "", address.user, address.password, Gate(here, "", ""))
    assert checked(server, SOUND[0], "hostssl ims +ims_gate all scram-sha-256") == []
    [said] = checked(server, SOUND[0], "hostssl all all all scram-sha-256")
    assert "lets a superuser in from all" in said


def test_settings_that_weaken_are_named(server: Server) -> None:
    with server.root() as root, root.transaction(force_rollback=True):
        root.execute("SET LOCAL password_encryption = 'md5'")
        assert any("SCRAM" in said for said in weaknesses(root))


def test_the_command_prints_the_rules_and_says_what_it_may_not_read(
    server: Server, tenant: Tenant, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    admin = admin_of(server, monkeypatch, capsys)
    admin("tenant", "networks", str(tenant.id), "10.0.0.0/8")
    said = admin("network", "--operator-from", "192.0.2.0/24")
    assert f"+{tenant.names.group}" in said
    assert "ims_operator                         192.0.2.0/24" in said
    assert "may not read the server's rules" in said
    assert "not a network" in admin("network", "--operator-from", "home", expect=1)
    root = {"DB_USER": server.superuser, "DB_PASSWORD": server.superuser_password}
    assert "Nothing is weak" in admin("network", **root)
    file = rules_file(server)
    before = file.read_text("utf-8")
    try:
        file.write_text(f"{before}\nhost all all 0.0.0.0/0 trust\n", "utf-8")
        assert "without a password" in admin("network", expect=3, **root)
    finally:
        file.write_text(before, "utf-8")


# ---- hardening ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hard() -> Iterator[Server]:
    """A server of its own, hardened before the first tenant comes."""
    with new_folder() as folder:
        folder.chmod(0o755)
        with EmbeddedServer(folder / "server", options=UNSAFE_BUT_FAST) as running:
            address = running.address
            place = Place(address.host, address.port)
            operator = install(place, address.user, address.password) or ""
            server = Server(place, operator, address.user, address.password, enrol(place, operator))
            with server.root() as root:
                assert len(open_doors(root)) == 8
                harden(root)
                harden(root)
                assert open_doors(root) == []
            yield server


CLOSED = (
    "SELECT count(pg_advisory_lock(n)) FROM generate_series(1, 10) n",
    "SELECT pg_try_advisory_xact_lock(1)",
    "SELECT lo_create(0)",
    "SELECT pg_logical_emit_message(false, 'x', 'y')",
    "SELECT count(*) FROM pg_stat_activity",
    "SELECT count(*) FROM pg_stat_get_activity(NULL)",
    "SELECT count(*) FROM pg_roles",
    "SELECT count(*) FROM pg_locks",
    "SELECT pg_database_size(current_database())",
    "SELECT pg_relation_size('items')",
    "SELECT pg_terminate_backend(pg_backend_pid())",
)


def test_what_was_open_to_every_role_is_closed(hard: Server, tenant: Tenant) -> None:
    soft, firm = tenant.desk().identity, new_tenant(hard).desk().identity
    for statement in CLOSED:
        with (
            firm.place.connect(firm.role, firm.password) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(statement.encode())
        if "terminate" not in statement:
            with soft.place.connect(soft.role, soft.password) as connection:
                connection.execute(statement.encode())
    for database in ("postgres", "template1"):
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            replace(firm.place, database=database).connect(firm.role, firm.password)


def test_the_whole_product_works_on_a_hardened_server(hard: Server, tmp_path: Path) -> None:
    tenant = new_tenant(hard)
    restaurant = seed(tenant)
    desk, other = tenant.desk(), tenant.desk(tenant.person("MANAGER"))
    receive(desk, restaurant, {"Flour": ("100.125", "1.12")})
    arrived, listening = threading.Event(), threading.Event()

    def hear(_subjects: Set[str]) -> None:
        arrived.set()

    ear = Notices(other.identity, hear, lambda answers: listening.set() if answers else None)
    ear.start()
    assert listening.wait(20)
    desk.run(telling(Notices(desk.identity, lambda _: None, lambda _: None)), {"items"})
    assert arrived.wait(20)
    ear.close()
    with hard.operator() as operator:
        assert not list(verify(operator, tenant.names))
        life.suspend(operator, tenant.id)
        with pytest.raises(UserError):
            desk.run(opening)
        life.resume(operator, tenant.id)
        assert tenant.desk().run(opening).name == "Olive Owner"
        migrations = Migrations(hard.place, hard.operator_password)
        assert not [one for one in migrations.upgrade() if one.failure]
        migrations.close()
        life.leave(operator, tenant.id, 0)
        life.delete(operator, tenant.id)


def test_doctor_says_whether_it_was_done_and_only_a_superuser_does_it(
    server: Server, hard: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "Hardening: done" in admin_of(hard, monkeypatch, capsys)("doctor")
    admin = admin_of(server, monkeypatch, capsys)
    assert "Hardening: not done, ims-admin harden closes ending of connections" in admin("doctor")
    assert "Only a superuser" in admin("harden", expect=1)
    root = {"DB_USER": hard.superuser, "DB_PASSWORD": hard.superuser_password}
    assert "closed already" in admin_of(hard, monkeypatch, capsys)("harden", **root)
