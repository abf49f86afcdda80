"""What a desk finds in its file when it starts: of somebody else, changed, put back, of another version, or long."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest

from ims_desktop.app.journal import desk_journal
from ims_desktop.app.journal.desk_journal import place_of
from ims_desktop.database.journals import open_journal
from ims_desktop.features.adjustments import service
from ims_desktop.features.adjustments.rules import KnownHere
from ims_desktop.ui.journal import State
from tests.app.journal.desks import JournalDesk, flour, journal_desk, posted
from tests.tenants import enrol


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
