"""Entries on their way from this PC to a real server: kept first, sent once, and never dropped or guessed about."""

import json
import random
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest
from PySide6.QtWidgets import QApplication

from ims_desktop.app.journal import desk_journal
from ims_desktop.app.journal.desk_journal import place_of
from ims_desktop.database.journals import open_journal
from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.errors import Conflict, UnknownOutcome, UserError
from ims_desktop.features.adjustments import service
from ims_desktop.features.adjustments.rules import KnownHere
from ims_desktop.features.stock.service import Document
from ims_desktop.ui.journal import State
from tests.app.journal.cut import cutting
from tests.app.journal.desks import DELIVERY, WASTE, JournalDesk, journal_desk, waste
from tests.features.stock.conftest import Bench, shared_bench
from tests.features.stock.emptied import bench
from tests.tenants import enrol

__all__ = ["bench", "shared_bench"]


@pytest.fixture
def at(bench: Bench, qapp: QApplication, tmp_path: Path) -> SimpleNamespace:
    """Downtown with flour, and a folder for journals."""
    bench.root.execute("UPDATE items SET is_active = true WHERE name = 'Flour'")
    bench.root.commit()
    bench.receive("Flour", 100, 1)
    return SimpleNamespace(bench=bench, folder=tmp_path, site=bench.restaurant.site)


def flour(at: SimpleNamespace, quantity: str = "1", moment: datetime | None = None) -> Document:
    """Flour that is wasted."""
    return waste(at.site, at.bench.line("Flour", -Decimal(quantity), "SPOILAGE"), moment)


def posted(at: SimpleNamespace, *documents: Document) -> list[int]:
    """How often each document is in the ledger."""
    found = at.bench.root.execute("SELECT id FROM postings").fetchall()
    return [sum(key == document.key for (key,) in found) for document in documents]


def test_an_entry_is_kept_sent_and_told(at: SimpleNamespace) -> None:
    with journal_desk(at.bench.desk, at.folder) as desk:
        document = flour(at)
        entry = desk.keep(document)
        assert (entry.value, entry.lines) == (document, ("1 kg Flour",))
        desk.rest()
        assert posted(at, document) == [1]
        [(settled, result)] = desk.settled
        assert (settled.state, result.id) == (State.SENT, document.key)
        assert desk.said == []


def test_entries_of_a_time_without_a_server_go_in_order_with_their_own_times(at: SimpleNamespace) -> None:
    with journal_desk(at.bench.desk, at.folder) as desk:
        desk.cut()
        documents = [flour(at, str(n), desk.journal.now() + timedelta(microseconds=n)) for n in (1, 2, 3)]
        for document in documents:
            desk.keep(document)
        assert desk.states() == [State.WAITING] * 3
        assert desk.journal.away_since is not None
        desk.mend()
        desk.rest()
        assert posted(at, *documents) == [1, 1, 1]
        rows = at.bench.root.execute("SELECT id, effective_at FROM postings WHERE kind = 'WASTE' ORDER BY number")
        assert rows.fetchall() == [(document.key, document.effective_at) for document in documents]
        desk.until(lambda: bool(desk.said))
        assert [said.text for said in desk.said] == ["3 entries that were saved here are on the server now"]


def test_an_answer_that_is_lost_posts_nothing_twice(at: SimpleNamespace) -> None:
    with journal_desk(at.bench.desk, at.folder) as desk:
        desk.trouble = [UnknownOutcome("The connection broke."), UnknownOutcome("Again.")]
        document = flour(at)
        desk.keep(document)
        desk.rest()
        assert len(desk.sent) == 3
        assert posted(at, document) == [1]
        assert at.bench.cost("Flour").quantity == 99


def test_a_crash_in_the_statement_holds_the_entry_and_tells(at: SimpleNamespace) -> None:
    with journal_desk(at.bench.desk, at.folder) as desk:
        desk.trouble = [RuntimeError("a bug")]
        entry = desk.keep(flour(at))
        desk.rest(State.HELD)
        assert len(desk.crashes) == 1
        desk.journal.send_again(entry.key)
        desk.rest()


def test_somebody_changing_the_same_is_waited_for(at: SimpleNamespace) -> None:
    with journal_desk(at.bench.desk, at.folder) as desk:
        desk.trouble = [Conflict("Somebody else is changing the same records."), Conflict("Again.")]
        desk.keep(flour(at))
        desk.rest()


def test_the_next_start_sends_what_waits(at: SimpleNamespace) -> None:
    document = flour(at)
    with journal_desk(at.bench.desk, at.folder) as desk:
        desk.cut()
        desk.keep(document)
    with journal_desk(at.bench.desk, at.folder) as desk:
        desk.rest()
        assert posted(at, document) == [1]


@pytest.mark.parametrize("why", ["item archived", "right lost", "period closed"])
def test_what_the_server_refuses_stays_until_its_person_decides(at: SimpleNamespace, why: str) -> None:
    login = at.bench.tenant.person("MANAGER")
    person = at.bench.sign_in(login)
    document = flour(at, moment=datetime.now(UTC) - timedelta(days=40))
    if why == "item archived":
        document = replace(document, effective_at=None)
    with journal_desk(person, at.folder) as desk:
        desk.cut()
        entry = desk.keep(document)
        _spoil(at, why, login)
        desk.mend()
        desk.rest(State.REFUSED)
        [refused] = desk.journal.entries(State.REFUSED)
        assert refused.text
        assert refused.may_discard
        assert posted(at, document) == [0]
    with journal_desk(person, at.folder) as desk:
        assert desk.states() == [State.REFUSED], "it is still there after a start"
        better = replace(flour(at), lines=(at.bench.line("Tomato tin", -1, "SPOILAGE"),))
        if why == "right lost":
            desk.journal.discard(entry.key)
            desk.rest(State.DISCARDED)
        else:
            at.bench.receive("Tomato tin", 10, 1)
            desk.keep(better, replaces=entry.key)
            desk.until(lambda: desk.states() == [State.DISCARDED, State.SENT])
            assert posted(at, document, better) == [0, 1]
    with journal_desk(person, at.folder) as desk:
        desk.until(desk.background.idle)
        assert desk.sent == [], "nothing goes again"


def _spoil(at: SimpleNamespace, why: str, login: str) -> None:
    root = at.bench.root
    if why == "item archived":
        root.execute("SET session_replication_role = replica")  # what is in stock is not archived here
        root.execute("UPDATE items SET is_active = false WHERE name = 'Flour'")
        root.execute("RESET session_replication_role")
    elif why == "right lost":
        root.execute("DELETE FROM user_roles WHERE member_id = (SELECT id FROM members WHERE login = %s)", [login])
    else:
        root.execute(
            "INSERT INTO periods (site_id, ends_on, closed_by, closed_at)"
            " SELECT %s, now()::date - 20, id, now() FROM members LIMIT 1",
            [at.site],
        )
    root.commit()


def test_what_was_recorded_meanwhile_is_not_replaced(at: SimpleNamespace) -> None:
    with journal_desk(at.bench.desk, at.folder) as desk:
        document = flour(at)
        desk.keep(document)
        desk.rest()
        with pytest.raises(UserError, match="recorded by now"):
            desk.keep(flour(at, "2"), replaces=document.key)
        desk.journal.discard(document.key)
        assert "recorded by now" in desk.said[-1].text
        assert desk.states() == [State.SENT]


def test_what_may_have_reached_the_server_is_not_discarded(at: SimpleNamespace) -> None:
    with journal_desk(at.bench.desk, at.folder) as desk:
        desk.cut()
        free = desk.keep(flour(at))
        assert free.may_discard, "nobody has sent it yet"
        desk.journal.discard(free.key)
        desk.rest(State.DISCARDED)
        desk.is_cut = False
        desk.trouble = [UnknownOutcome("The connection broke.")]
        doubtful = desk.keep(flour(at, "2"))
        desk.until(lambda: bool(desk.sent))
        desk.is_cut = True
        desk.until(lambda: desk.journal._going is None)
        desk.journal.discard(doubtful.key)
        desk.until(desk.background.idle)
        assert State.WAITING in desk.states()
        desk.mend()
        desk.until(lambda: desk.states() == [State.DISCARDED, State.SENT])


def test_two_windows_of_one_person(at: SimpleNamespace) -> None:
    with journal_desk(at.bench.desk, at.folder) as first, journal_desk(at.bench.desk, at.folder) as second:
        assert first.journal.is_open
        assert not second.journal.is_open
        assert "Another window" in second.journal.why_not
        first.journal.close()
        second.until(lambda: second.journal.is_open)


def test_another_person_at_this_pc_and_this_person_at_another_pc_open_nothing(at: SimpleNamespace) -> None:
    document = flour(at)
    with journal_desk(at.bench.desk, at.folder) as desk:
        desk.cut()
        desk.keep(document)
        place = desk.place
    content = place.read_bytes()
    other_pc = at.bench.tenant.desk(gate=enrol(at.bench.tenant.server.place, at.bench.tenant.server.operator_password))
    colleague = at.bench.sign_in(at.bench.tenant.person("MANAGER"))
    for database in (other_pc, colleague):
        place.write_bytes(content)
        with journal_desk(database, at.folder) as desk:
            desk.until(desk.background.idle)
            assert desk.states() == []
            assert "not written by you at this PC" in desk.said[0].text
    assert posted(at, document) == [0]
    place.write_bytes(content)
    with journal_desk(at.bench.desk, at.folder) as desk:
        desk.rest()
        assert posted(at, document) == [1]
    secrets = {bytes(one.run(open_journal).secret) for one in (at.bench.desk, other_pc, colleague)}
    assert len(secrets) == 3


def test_two_people_at_one_pc_have_files_of_their_own(tmp_path: Path) -> None:
    tenant = UUID(int=3)
    names = {place_of(tmp_path, tenant, UUID(int=n)).name for n in range(5)}
    assert len(names) == 5


def test_after_a_change_from_outside_nothing_is_sent_by_itself(at: SimpleNamespace) -> None:
    documents = [flour(at), flour(at, "2")]
    with journal_desk(at.bench.desk, at.folder) as desk:
        desk.cut()
        for document in documents:
            desk.keep(document)
        place = desk.place
    content = bytearray(place.read_bytes())
    content[-30] ^= 1
    place.write_bytes(content)
    with journal_desk(at.bench.desk, at.folder) as desk:
        desk.until(desk.background.idle)
        assert desk.states() == [State.HELD]
        assert "Record 2 of the journal of this PC was changed" in desk.said[0].text
        assert posted(at, *documents) == [0, 0]
        desk.journal.send_again(documents[0].key)
        desk.rest()
        assert posted(at, *documents) == [1, 0]


def test_a_journal_that_is_put_back_sends_nothing_that_was_discarded(at: SimpleNamespace) -> None:
    with journal_desk(at.bench.desk, at.folder) as desk:
        desk.cut()
        entry = desk.keep(flour(at))
        older = desk.place.read_bytes()
        desk.journal.discard(entry.key)
        desk.rest(State.DISCARDED)
        desk.mend()
        desk.until(lambda: at.bench.root.execute("SELECT max(mark) FROM journals").fetchone()[0] == 2)
        place = desk.place
    place.write_bytes(older)
    with journal_desk(at.bench.desk, at.folder) as desk:
        desk.until(desk.background.idle)
        assert desk.states() == [State.HELD]
        assert "earlier state" in desk.said[0].text
        assert desk.sent == []


@pytest.mark.parametrize("is_put_back", [False, True])
def test_a_journal_that_was_opened_without_the_server_is_compared_before_anything_is_sent(
    at: SimpleNamespace, is_put_back: bool
) -> None:
    with journal_desk(at.bench.desk, at.folder) as desk:
        desk.cut()
        entry = desk.keep(flour(at))
        older = desk.place.read_bytes()
        desk.journal.discard(entry.key)
        desk.rest(State.DISCARDED)
        desk.mend()
        desk.until(lambda: at.bench.root.execute("SELECT max(mark) FROM journals").fetchone()[0] == 2)
        place, half = desk.place, desk.journal.half
    assert half is not None
    if is_put_back:
        place.write_bytes(older)
    with patch.multiple(desk_journal, AGAIN_MS=20, LATER_MS=40, LOCK_MS=20):
        desk = JournalDesk(at.bench.desk, at.folder)
        desk.is_cut = True
        desk.journal.open_here(replace(half, mark=0))
        desk.until(lambda: desk.journal.is_open)
        kept = desk.keep(flour(at, "2"))
        desk.is_cut = False  # the server is back, and nobody has signed in
        desk.journal.send_now()
        desk.until(desk.background.idle)
        assert (desk.sent, desk.journal.is_confirmed) == ([], False)
        desk.journal.go_on()
        desk.until(lambda: desk.journal.is_confirmed and desk.background.idle())
        desk.until(lambda: bool(desk.journal.entries(State.SENT)))
        assert [one.key for one in desk.journal.entries(State.HELD)] == ([entry.key] if is_put_back else [])
        assert posted(at, kept.value, entry.value) == [1, 0], "what was entered since is beyond doubt"
        desk.close()


def test_an_entry_of_another_version_is_held_until_that_version_is_there(at: SimpleNamespace) -> None:
    with journal_desk(at.bench.desk, at.folder) as desk:
        desk.cut()
        entry = desk.keep(flour(at))
    with journal_desk(at.bench.desk, at.folder, sendings=()) as desk:
        desk.until(desk.background.idle)
        [held] = desk.journal.entries(State.HELD)
        assert (held.value, held.lines, desk.journal.page(held)) == (None, entry.lines, "")
        assert "another version" in held.text
    with journal_desk(at.bench.desk, at.folder) as desk:
        desk.rest()
        assert posted(at, entry.value) == [1]


def test_a_long_journal_is_written_anew_and_loses_nothing(at: SimpleNamespace) -> None:
    with journal_desk(at.bench.desk, at.folder) as desk:
        desk.cut()
        documents = [flour(at, str(n)) for n in (1, 2)]
        entries = [desk.keep(document) for document in documents]
        store = desk.journal._store
        for _ in range(300):
            desk.journal._write(lambda _: None, b'{"is":"again","key":"%s"}' % str(entries[0].key).encode())
            desk.journal._write(lambda _: None, b'{"is":"again","key":"%s"}' % str(entries[1].key).encode())
        desk.until(desk.background.idle)
        long = desk.place.stat().st_size
        number = store.number
    with journal_desk(at.bench.desk, at.folder) as desk:
        desk.rest()
        assert desk.place.stat().st_size < long / 10
        assert desk.journal._store.number > number
        assert posted(at, *documents) == [1, 1]


def test_what_a_desk_remembers_is_there_at_the_next_start_and_nobody_elses(at: SimpleNamespace) -> None:
    known: KnownHere = at.bench.desk.run(service.known_here, at.site)
    got: list[Any] = []
    with journal_desk(at.bench.desk, at.folder) as desk:
        desk.journal.remember("site", known)
        desk.until(desk.background.idle)
    with journal_desk(at.bench.desk, at.folder) as desk:
        desk.journal.recall(desk.journal, got.append, "site", KnownHere)
        desk.until(lambda: bool(got))
    assert got == [known]
    assert b"Flour" not in b"".join(file.read_bytes() for file in at.folder.iterdir())
    with journal_desk(at.bench.desk, at.folder, secret="another PC") as desk:
        desk.journal.recall(desk.journal, got.append, "site", KnownHere)
        desk.until(lambda: len(got) == 2)
    assert got[1] is None


def test_whatever_byte_the_line_breaks_at_every_entry_is_there_once(at: SimpleNamespace) -> None:
    chance = random.Random(8)
    identity = at.bench.desk.identity
    documents = [flour(at, str(n)) for n in range(1, 13)]
    with cutting(identity.place) as proxy:
        through = TenantDatabase(replace(identity, place=replace(identity.place, port=proxy.port, idle_timeout=1)))
        try:
            with journal_desk(through, at.folder) as desk:
                for document in documents:
                    proxy.cut_after(chance.randrange(1, 3000))
                    desk.keep(document)
                    desk.rest()
                proxy.cut_after(None)
                desk.rest()
        finally:
            through.close()
        assert proxy.cuts > 3
    assert posted(at, *documents) == [1] * len(documents)


@pytest.mark.parametrize(
    ("when", "kind", "write"),
    [("before", WASTE, 0), ("after", WASTE, 0), ("before", DELIVERY, 0), ("after", DELIVERY, 0), ("", DELIVERY, 1),
     ("", DELIVERY, 2), ("", WASTE, 3)],
)  # fmt: skip
def test_a_desk_that_is_killed_loses_nothing_and_posts_nothing_twice(
    at: SimpleNamespace, when: str, kind: str, write: int
) -> None:
    """Killed between writing and sending, after sending and before the answer was heard, or while it wrote down an
    entry (1), that it is sent (2), or what the server said (3)."""
    identity = at.bench.desk.identity
    document = flour(at)
    line = document.lines[0]
    told = {
        "when": when, "kind": kind, "write": write,
        "host": identity.place.host, "port": identity.place.port, "database": identity.place.database,
        "role": identity.role, "password": identity.password, "schema": identity.schema, "secret": identity.gate_secret,
        "tenant": str(identity.tenant.id), "folder": str(at.folder), "key": str(document.key), "site": str(at.site),
        "item": str(line.item_id), "location": str(line.location_id), "reason": str(line.reason_id),
    }  # fmt: skip
    child = subprocess.run(
        [sys.executable, "-m", "tests.app.journal.killed"],
        input=json.dumps(told), text=True, timeout=120, check=False, capture_output=True, cwd=Path(__file__).parents[3],
    )  # fmt: skip
    assert child.returncode == -9, child.stderr
    reached = when == "after" or write == 3
    assert posted(at, document) == [int(reached)]
    with journal_desk(at.bench.desk, at.folder) as desk:
        desk.rest()
        assert desk.states() == [State.SENT]
    assert posted(at, document) == [1]
    freight = at.bench.root.execute("SELECT count(*) FROM postings WHERE kind = 'LANDED'").fetchone()
    assert freight == (int(kind == DELIVERY),)
