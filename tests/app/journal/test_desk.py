"""Entries on their way from this PC to a real server: kept first, sent once, and never dropped or guessed about."""

import json
import random
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.errors import Conflict, UnknownOutcome, UserError
from ims_desktop.ui.journal import State
from tests.app.journal.cut import cutting
from tests.app.journal.desks import DELIVERY, WASTE, flour, journal_desk, posted


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
