"""A PC becomes one of the server's: by a file that its code opens, once and within a week."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import psycopg
import pytest

from ims_desktop.database import keyring_store, profiles
from ims_desktop.database.enrolment import NeedsCode, gate_by_code, gate_of, set_up
from ims_desktop.database.profile_file import ProfileFile, read, write
from ims_desktop.database.proof import one_time_code
from ims_desktop.database.sign_in import Gate, SessionEnded, sign_in
from ims_desktop.database.tenancy import create_gate
from ims_desktop.domain.errors import Denied, UserError
from tests.app.robot import Keyring
from tests.tenants import PASSWORD, Tenant

CODE = "K7QM-2RTX-9DHP-4WZB"


@pytest.fixture
def keyring(tmp_path: Path) -> Iterator[Keyring]:
    """A computer of this test's own: a folder for profiles, and a keyring."""
    store = Keyring()
    with ExitStack() as stack:
        stack.enter_context(patch.object(profiles, "folder", lambda: tmp_path / "profiles"))
        for name in ("where", "recall", "keep", "forget"):
            stack.enter_context(patch.object(keyring_store, name, getattr(store, name)))
        yield store


@pytest.fixture
def file(tenant: Tenant, tmp_path: Path) -> Path:
    """A profile file as the administrator writes it."""
    with tenant.server.operator() as operator:
        user, password = create_gate(operator, "Kitchen PC", enrol_days=7)
    path = tmp_path / "kitchen.ims"
    path.write_text(write(ProfileFile("Head office", tenant.server.place, user, password), CODE), "utf-8")
    return path


def contents(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("profiles/*"))


def test_a_pc_is_set_up_and_remembers(tenant: Tenant, file: Path, keyring: Keyring, tmp_path: Path) -> None:
    profile, gate = set_up(file, CODE.lower().replace("-", " "))
    assert sign_in(gate, tenant.owner_login, PASSWORD).person == "Olive Owner"
    assert [known.name for known in profiles.profiles()] == ["Head office", profiles.DEMO]
    assert gate_of(profiles.profiles()[0]) == gate
    everything = "".join(path.read_text() for path in (tmp_path / "profiles").iterdir())
    assert gate.password not in everything
    assert keyring.kept[f"gate:{profile.gate_user}"] == gate.password


def test_the_file_is_worth_nothing_afterwards(tenant: Tenant, file: Path, keyring: Keyring, tmp_path: Path) -> None:
    _, gate = set_up(file, CODE)
    before = contents(tmp_path), dict(keyring.kept)
    held = read(file.read_text(), CODE)
    with pytest.raises(SessionEnded):
        sign_in(Gate(held.place, held.gate_user, held.gate_password), tenant.owner_login, PASSWORD)
    with pytest.raises(SessionEnded, match="used already"):
        set_up(file, CODE)
    assert contents(tmp_path) == before[0], "the profile that works must stay"
    assert sign_in(gate, tenant.owner_login, PASSWORD).person


def test_before_it_is_set_up_a_gate_signs_nobody_in(tenant: Tenant, file: Path) -> None:
    held = read(file.read_text(), CODE)
    with pytest.raises(Denied, match="not set up"):
        sign_in(Gate(held.place, held.gate_user, held.gate_password), tenant.owner_login, PASSWORD)


def test_the_server_refuses_an_old_file_whatever_the_desk_says(
    tenant: Tenant, file: Path, keyring: Keyring, tmp_path: Path
) -> None:
    with tenant.server.root() as root:
        root.execute("UPDATE public.gates SET enrol_until = now() - interval '1 second' WHERE enrol_until IS NOT NULL")
    with pytest.raises(Denied, match="too old or was used"):
        set_up(file, CODE)
    assert (contents(tmp_path), keyring.kept) == ([], {})
    held = read(file.read_text(), CODE)
    with held.place.connect(held.gate_user, held.gate_password) as connection, pytest.raises(psycopg.Error):
        connection.execute("SELECT auth.hello('anybody')")


def test_a_wrong_code_says_so_and_changes_nothing(file: Path, keyring: Keyring, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="does not open the profile file") as refused:
        set_up(file, one_time_code())
    assert [problem.field for problem in refused.value.problems] == ["code"]
    assert (contents(tmp_path), keyring.kept) == ([], {})
    assert set_up(file, CODE)[1].password


@pytest.mark.parametrize("text", ["", "x", "[]", "{}", '{"kind": "other"}', "\ufeff{", "[" * 100_000, "null", "7"])
def test_what_is_no_profile_file_is_one_sentence(text: str) -> None:
    with pytest.raises(UserError, match="not a profile file"):
        read(text, CODE)


def test_every_change_of_a_file_is_noticed(file: Path) -> None:
    whole = file.read_text()
    assert read(whole, CODE).name == "Head office"
    found = json.loads(whole)
    for broken in (
        whole.replace(found["until"], (datetime.now(UTC) + timedelta(days=900)).isoformat(timespec="seconds")),
        whole[: len(whole) // 2],
        whole.replace('"box', '"b0x'),
        json.dumps({**found, "sealed": found["sealed"][:-40]}),
        json.dumps({**found, "until": "whenever"}),
        json.dumps({**found, "until": "2030-01-01T00:00:00"}),
    ):
        with pytest.raises(UserError, match="damaged"):
            read(broken, CODE)


def test_how_old_a_file_is_cannot_be_changed_without_the_code(tenant: Tenant) -> None:
    from ims_desktop.database import profile_file

    held = ProfileFile("Head office", tenant.server.place, "g", "secret")
    old = json.loads(write(held, CODE, datetime.now(UTC) - timedelta(days=8)))
    with pytest.raises(UserError, match="older than 7 days"):
        read(json.dumps(old), CODE)
    until = (datetime.now(UTC) + timedelta(days=1)).isoformat(timespec="seconds")
    forged = {**old, "until": until, "check": profile_file._check(until, old["sealed"])}
    with pytest.raises(UserError, match="does not open"):
        read(json.dumps(forged), CODE)


def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path: Path, keyring: Keyring) -> None:
    (tmp_path / "picture.ims").write_bytes(b"\xff\xfe\x00\x01" * 50)
    (tmp_path / "big.ims").write_bytes(b" " * 300_000)
    for name in ("missing.ims", "picture.ims", "big.ims", "."):
        with pytest.raises(UserError):
            set_up(tmp_path / name, CODE)


def test_without_a_keyring_the_pc_asks_for_its_code_at_each_start(
    tenant: Tenant, file: Path, keyring: Keyring, tmp_path: Path
) -> None:
    keyring.works = False
    _, gate = set_up(file, CODE)
    assert sign_in(gate, tenant.owner_login, PASSWORD).person
    kept = profiles.profiles()[0]
    assert gate.password not in (tmp_path / "profiles/head-office.json").read_text()
    with pytest.raises(NeedsCode):
        gate_of(kept)
    with pytest.raises(UserError, match="not the code"):
        gate_by_code(kept, one_time_code())
    assert gate_by_code(kept, CODE) == gate
    with pytest.raises(UserError, match="damaged"):
        gate_by_code(replace(kept, sealed="{}"), CODE)


def test_a_keyring_that_fails_later_says_what_to_do(file: Path, keyring: Keyring) -> None:
    profile, _ = set_up(file, CODE)
    keyring.works = False
    with pytest.raises(UserError, match="unlock it"):
        gate_of(profile)
    keyring.works = True
    keyring.kept.clear()
    with pytest.raises(UserError, match="lost its key"):
        gate_of(profile)


def test_the_certificate_travels_with_the_file(tenant: Tenant, keyring: Keyring, tmp_path: Path) -> None:
    with tenant.server.operator() as operator:
        user, password = create_gate(operator, "Bar PC", enrol_days=7)
    path, pem = tmp_path / "bar.ims", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    path.write_text(write(ProfileFile("Bar / Küche", tenant.server.place, user, password, pem), CODE), "utf-8")
    profile, _ = set_up(path, CODE)
    assert profile.place is not None
    assert Path(profile.place.ssl_root).read_text() == pem
    assert profiles.profiles()[0].place == profile.place
