"""The way in without a server: what opens it, what does not, how often one may try and for how long."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch
from uuid import UUID

import pytest

from ims_desktop.app.journal import way_in
from ims_desktop.app.journal.desk_journal import place_of
from ims_desktop.app.journal.sealing import JournalKey
from ims_desktop.app.journal.store import Store
from ims_desktop.app.journal.way_in import DESK, KnownDesk, NoWayIn, WaysIn
from ims_desktop.database import locked_box
from ims_desktop.database.journals import JournalOpening
from ims_desktop.database.place import Place
from ims_desktop.database.sign_in import Gate, TenantChoice
from ims_desktop.database.transaction import Opening, SiteSeen
from ims_desktop.domain.errors import UserError

GATE = Gate(Place("db.example.com"), "g_1", "the secret of the gate")
LOGIN, SECRET = "ada@example.com", "correct-horse-battery"
TENANT = TenantChoice(UUID(int=1), "Lanterna", "US", "USD", "Owner", datetime(2026, 5, 1, tzinfo=UTC))
SITE = SiteSeen(UUID(int=3), "Downtown", "New York", "USD", "America/New_York", "en_US", True)
OPENING = Opening(UUID(int=2), "Ada", "Owner", frozenset({"waste.record"}), (SITE,))
HALF = JournalOpening(UUID(int=4), bytes(range(32)), 7, timedelta(seconds=3))


@pytest.fixture
def at(tmp_path: Path) -> Iterator[SimpleNamespace]:
    """A PC at which Ada signed in a moment ago."""
    with patch.object(way_in, "LENGTH", 2**4):
        ways = WaysIn(tmp_path)
        known_since(tmp_path, datetime.now(UTC))
        ways.keep(GATE, LOGIN, SECRET, HALF, TENANT.id, OPENING.member_id)
        yield SimpleNamespace(ways=ways, folder=tmp_path)


def known_since(folder: Path, at: datetime) -> None:
    """The server let her in at a moment."""
    key = JournalKey.of(HALF.name, HALF.secret, GATE.password)
    store = Store(place_of(folder, TENANT.id, OPENING.member_id), key, 0, {})
    store.remember(DESK, KnownDesk.of(at, HALF.ahead, TENANT, OPENING))
    store.close()


def file_of(at: SimpleNamespace) -> Path:
    [path] = at.folder.glob("*.way")
    return Path(path)


def test_the_password_opens_what_the_desk_begins_with(at: SimpleNamespace) -> None:
    found = at.ways.open(GATE, LOGIN.upper(), SECRET)
    assert (found.half.name, found.half.secret, found.half.ahead) == (HALF.name, HALF.secret, HALF.ahead)
    assert (found.known.opening, found.known.tenant) == (OPENING, TENANT)
    assert found.half.mark == 0, "how far the journal was, only the server knows"


@pytest.mark.parametrize(
    ("gate", "login", "secret"),
    [
        (GATE, LOGIN, "wrong-horse-battery"),
        (replace(GATE, password="guessed"), LOGIN, SECRET),
        (replace(GATE, user="g_2"), LOGIN, SECRET),
        (GATE, "bob@example.com", SECRET),
    ],
)
def test_nothing_else_opens_it(at: SimpleNamespace, gate: Gate, login: str, secret: str) -> None:
    with pytest.raises(UserError):
        at.ways.open(gate, login, secret)


def test_the_file_of_one_login_does_not_open_under_another(at: SimpleNamespace) -> None:
    other = at.ways._path(GATE, "bob@example.com")
    other.write_bytes(file_of(at).read_bytes())
    with pytest.raises(UserError, match="not the password"):
        at.ways.open(GATE, "bob@example.com", SECRET)


def test_who_has_the_disk_alone_reads_neither_names_nor_keys(at: SimpleNamespace) -> None:
    content = file_of(at).read_bytes()
    told = (LOGIN, SECRET, GATE.password, TENANT.name, str(TENANT.id), str(HALF.name), HALF.secret.hex())
    assert not [word for word in told if word.encode() in content or word in file_of(at).name]
    beside = place_of(at.folder, TENANT.id, OPENING.member_id).with_suffix(f".{DESK}").read_bytes()
    assert b"Downtown" not in beside


def test_a_guess_is_dear() -> None:
    assert way_in.LENGTH >= 2**17, "half a second and 128 MiB"
    with patch.object(locked_box, "Scrypt") as scrypt:
        scrypt.return_value.derive.return_value = bytes(32)
        locked_box.lock(b"", b"", length=way_in.LENGTH)
    assert scrypt.call_args.kwargs["n"] == way_in.LENGTH


def test_five_wrong_ones_are_followed_by_a_pause_and_a_right_one_forgets_them(at: SimpleNamespace) -> None:
    for _ in range(4):
        with pytest.raises(UserError, match="not the password"):
            at.ways.open(GATE, LOGIN, "wrong")
    at.ways.open(GATE, LOGIN, SECRET)
    for _ in range(5):
        with pytest.raises(UserError, match="not the password"):
            at.ways.open(GATE, LOGIN, "wrong")
    with pytest.raises(UserError, match="Wait 15 minutes"):
        at.ways.open(GATE, LOGIN, SECRET)
    with patch.object(way_in, "PAUSE", timedelta()):
        at.ways.open(GATE, LOGIN, SECRET)


def test_a_try_counts_before_it_is_made(at: SimpleNamespace) -> None:
    with patch.object(locked_box, "unlock", side_effect=KeyboardInterrupt):
        for _ in range(5):
            with pytest.raises(KeyboardInterrupt):
                at.ways.open(GATE, LOGIN, SECRET)
    with pytest.raises(UserError, match="Wait 15 minutes"):
        at.ways.open(GATE, LOGIN, SECRET)


def test_twenty_wrong_ones_in_a_row_close_it_until_the_next_sign_in(at: SimpleNamespace) -> None:
    with patch.object(way_in, "PAUSE", timedelta()):
        for _ in range(20):
            with pytest.raises(UserError, match="not the password"):
                at.ways.open(GATE, LOGIN, "wrong")
        for _ in range(2):
            with pytest.raises(NoWayIn):
                at.ways.open(GATE, LOGIN, SECRET)
    assert not at.ways.has(GATE, LOGIN)


@pytest.mark.parametrize("days", [-8, 8])
def test_it_lasts_seven_days_and_a_clock_far_behind_opens_nothing(at: SimpleNamespace, days: int) -> None:
    known_since(at.folder, datetime.now(UTC) + timedelta(days))
    with pytest.raises(NoWayIn, match="7 days"):
        at.ways.open(GATE, LOGIN, SECRET)


@pytest.mark.parametrize("content", [b"", b"[]", b'{"wrong": 0, "at": "", "locked": "{}"}', b'{"wrong": "x"}'])
def test_a_damaged_file_is_no_way_in(at: SimpleNamespace, content: bytes) -> None:
    file_of(at).write_bytes(content)
    with pytest.raises(NoWayIn):
        at.ways.open(GATE, LOGIN, SECRET)


def test_who_signs_out_leaves_no_way_in(at: SimpleNamespace) -> None:
    at.ways.forget(GATE, LOGIN)
    with pytest.raises(NoWayIn):
        at.ways.open(GATE, LOGIN, SECRET)
