"""Seals and keys as an operator types the commands."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest

from ims_desktop.admin.verification import Head, read_heads
from ims_desktop.domain.errors import UserError
from ims_desktop.features.keys import service as keys
from tests.admin.operating import Admin, admin_of, name_of
from tests.admin.sealing import MONTHS
from tests.restaurant import seed
from tests.tenants import Server, Tenant


def test_heads_are_kept_as_lines_of_json(tmp_path: Path) -> None:
    heads = [Head(uuid4(), "Trattoria “Anna”", n, "ab" * 32, str(datetime(2026, 11, n))) for n in (1, 2)]
    file = tmp_path / "heads.jsonl"
    file.write_text("\n".join(head.to_json() for head in heads) + "\n\n", "utf-8")
    assert read_heads(file) == heads
    file.write_text(heads[0].to_json() + '\n{"tenant": 7}\nnothing\n', "utf-8")
    with pytest.raises(UserError, match="2, 3"):
        read_heads(file)
    with pytest.raises(UserError, match="cannot be read"):
        read_heads(tmp_path / "nowhere")


@pytest.fixture
def admin(server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Admin:
    return admin_of(server, monkeypatch, capsys)


def test_seals_leave_the_server_and_tell_what_was_done_there(admin: Admin, tenant: Tenant, tmp_path: Path) -> None:
    seed(tenant)
    only, file = ("--tenant", str(tenant.id)), tmp_path / "heads.jsonl"
    assert "nothing is sealed yet" in admin("verify", *only)
    assert "1 seals were added" in admin("seal", *only, "--to", str(file))
    [head] = read_heads(file)
    assert (head.tenant, head.number) == (tenant.id, 1)
    assert head.hash in admin("seal", *only)
    assert "(seal 1 of" in admin("verify", *only, "--heads", str(file))
    with tenant.as_root() as root, root.transaction():
        root.execute("SET LOCAL session_replication_role = replica")
        root.execute("DELETE FROM seals")
    assert "Everything agrees" in admin("verify", *only)
    assert "exported seal: seal 1 of" in admin("verify", *only, "--heads", str(file), expect=3)
    assert "cannot be read" in admin("verify", "--heads", str(tmp_path / "none"), expect=1)
    (tmp_path / "picture").write_bytes(bytes(range(256)))
    assert "it is no text" in admin("verify", "--heads", str(tmp_path / "picture"), expect=1)
    assert "cannot be written" in admin("seal", *only, "--to", str(tmp_path / "no" / "where"), expect=1)
    file.write_text(replace(head, tenant=uuid4(), name="Gone & Sons").to_json(), "utf-8")
    assert "Gone & Sons" in admin("verify", "--heads", str(file), expect=3)


def test_migrate_and_seal_keep_the_months_coming(admin: Admin, tenant: Tenant) -> None:
    with tenant.as_root() as root:
        for words in (("migrate", "--only", name_of(tenant)), ("seal", "--tenant", str(tenant.id))):
            [*_, (last, _kept)] = root.execute(MONTHS).fetchall()
            root.execute(f"DROP TABLE {last}")
            admin(*words)
            assert len(root.execute(MONTHS).fetchall()) == 4


def test_a_key_is_made_printed_and_recovered(admin: Admin, tenant: Tenant) -> None:
    name, desk = name_of(tenant), tenant.desk()
    code = admin("tenant", "key", name).splitlines()[-1]
    assert "has a key already" in admin("tenant", "key", name, expect=1)
    assert "Set IMS_RECOVERY_CODE" in admin("tenant", "key", name, "--recovery-code", expect=1)
    assert "No PC asks" in admin("tenant", "key", name, "--recovery-code", IMS_RECOVERY_CODE=code)
    assert not desk.run(keys.ask)
    assert "not the recovery code" in admin(
        "tenant", "key", name, "--recovery-code", expect=1, IMS_RECOVERY_CODE="AAAA"
    )
    assert "can now open" in admin("tenant", "key", name, "--recovery-code", IMS_RECOVERY_CODE=code)
    assert desk.run(keys.ask)
    newer = admin("tenant", "key", name, "--new-code", IMS_RECOVERY_CODE=code).splitlines()[-1]
    assert newer != code
