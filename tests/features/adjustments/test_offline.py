"""Waste and adjustments while the server is away: typed, saved on this PC, sent when it is back, or put right."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from ims_desktop.app.journal import file
from ims_desktop.features.adjustments import screen, service
from ims_desktop.features.adjustments.screen.lines import PHOTOS
from ims_desktop.features.stock.service import Document, DocumentLine, Kind, LotPart
from ims_desktop.ui.choices import Choice
from ims_desktop.ui.entry import Measured
from ims_desktop.ui.journal import State
from ims_desktop.ui.language import speaker
from ims_desktop.ui.waiting import PAGE, WaitingPage
from tests.features.adjustments.conftest import Bench
from tests.features.offline import keeping_desk
from tests.features.windows import button_of, texts_of

JPEG = b"\xff\xd8\xff\xe0" + b"0" * 60
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def at(bench: Bench, qtbot: QtBot, tmp_path: Path) -> Iterator[SimpleNamespace]:
    """Downtown with flour and mozzarella, at a desk that keeps a journal."""
    for item, quantity, cost in (("Flour", 100, 1), ("Mozzarella", 10, "7.90")):
        bench.receive(item, quantity, cost)
    with keeping_desk(bench, qtbot, tmp_path) as desk:
        yield desk


def opened(at: SimpleNamespace, build: Any = screen.build_waste) -> Any:
    page = build(at.window.desk)
    at.bot.addWidget(page)
    at.window.show(page)
    at.window.settle()
    page.view.start()
    at.window.settle()
    return page


def typed(at: SimpleNamespace, page: Any, *cells: str) -> None:
    """Type a line and record it."""
    for words in cells:
        editor = QApplication.focusWidget()
        assert isinstance(editor, QLineEdit), f"no cell is open for {words}"
        QTest.keyClicks(editor, words)
        at.window.settle()
        QTest.keyClick(editor, Qt.Key.Key_Tab)
        at.window.settle()
    QTest.keyClick(QApplication.focusWidget() or page.view.grid.table, Qt.Key.Key_Return, CTRL)
    at.window.settle()


def archive(at: SimpleNamespace) -> None:
    """Flour is archived while somebody else is away, past what would keep that from happening here."""
    at.bench.root.execute("SET session_replication_role = replica")
    at.bench.root.execute("UPDATE items SET is_active = false WHERE name = 'Flour'")
    at.bench.root.execute("RESET session_replication_role")
    at.bench.root.commit()


def said(at: SimpleNamespace) -> str:
    return str(at.window.said[-1].text)


def test_with_a_server_nobody_sees_the_journal(at: SimpleNamespace) -> None:
    page = opened(at)
    typed(at, page, "mozz", "1.5", "spoil", "")
    at.bot.waitUntil(lambda: bool(at.window.said))
    assert said(at) == "Recorded 1.500 kg Mozzarella, 11.85 USD"
    assert not page.view.strip.isVisible()
    assert [entry.state for entry in at.journal.entries(*State)] == [State.SENT]
    at.window.said[-1].act()
    at.window.settle()
    assert at.bench.cost("Mozzarella").quantity == 10


def test_lines_are_typed_and_saved_without_a_server_and_sent_when_it_is_back(at: SimpleNamespace) -> None:
    opened(at)
    at.line.cut()
    page = opened(at)  # as a page that was never open before
    at.bot.waitUntil(lambda: any("Items and stock are as of" in text for text in texts_of(page)))
    typed(at, page, "mozz", "1.5", "spoil", "")
    assert said(at) == "Saved here: 1.500 kg Mozzarella. It is sent when the server answers."
    assert page.view.grid.lines() == ()
    assert any("1 entry is saved here" in text for text in texts_of(page))
    assert at.bench.cost("Mozzarella").quantity == 10
    at.line.mend()
    at.bot.waitUntil(lambda: [entry.state for entry in at.journal.entries(*State)] == [State.SENT])
    at.window.settle()
    assert at.bench.cost("Mozzarella").quantity == Decimal("8.5")
    assert said(at) == "1 entry that was saved here is on the server now"
    assert not page.view.strip.isVisible()
    assert [row.item for row in page.view.list.model.rows] == ["Mozzarella"]


def test_a_refusal_is_shown_at_the_lines_and_the_next_try_takes_its_place(at: SimpleNamespace) -> None:
    page = opened(at)
    archive(at)
    page.view.grid.model.put(0, 0, _choice(page, "Flour"))
    columns = [column.key for column in page.view.grid.model.spec.columns]
    spec = page.view.grid.model.spec.columns[1]
    page.view.grid.model.put(0, 1, spec.parse("2", page.view.grid.model.line(0)))
    page.view.grid.model.put(0, columns.index("reason"), at.bench.restaurant.reasons["SPOILAGE"])
    page.view.grid.record()
    at.bot.waitUntil(lambda: bool(at.journal.entries(State.REFUSED)))
    at.window.settle()
    assert len(page.view.grid.begun()) == 1, "the lines are still there"
    assert not page.view.strip.isVisible(), "what stands on the page is not told twice"
    page.view.grid.model.put(0, 0, _choice(page, "Mozzarella"))
    page.view.grid.record()
    at.bot.waitUntil(lambda: [entry.state for entry in at.journal.entries(*State)] == [State.DISCARDED, State.SENT])
    at.window.settle()
    assert at.bench.cost("Mozzarella").quantity == 8


def _choice(page: Any, words: str) -> Any:
    [found] = page.view.memory.find_items(words)
    return Choice(found, found.name)


def test_what_was_refused_while_nobody_looked_is_edited_from_the_list(at: SimpleNamespace) -> None:
    page = opened(at, screen.build_adjustments)
    at.line.cut()
    typed(at, page, "flour", "-2", "dam", "")
    archive(at)
    at.line.mend()
    at.bot.waitUntil(lambda: bool(at.journal.entries(State.REFUSED)))
    at.window.settle()
    assert any("was not taken by the server" in text for text in texts_of(page))
    waiting = WaitingPage(at.window.desk)
    at.bot.addWidget(waiting)
    at.window.show(waiting)
    texts = texts_of(waiting)
    assert any("Flour" in text for text in texts)
    button_of(waiting, "Edit").click()
    place = at.window.opened[-1]
    assert place.page == "adjustments"
    page.show_record(place.record)
    at.window.settle()
    [line] = page.view.grid.begun()
    assert line["item"].text == "Flour"
    assert line["quantity"].value.quantity == -2
    assert any("takes the place" in text for text in texts_of(page))
    assert page.view.when.is_earlier, "it keeps the time at which it happened"


def test_an_entry_that_waits_is_edited_with_its_lots_and_photos(at: SimpleNamespace) -> None:
    at.bench.root.execute("UPDATE items SET tracks_lots = 'LOT' WHERE name = 'Flour'")
    made = at.bench.restaurant
    came = DocumentLine(
        made.items["Flour"], made.home("Flour"), Decimal(9), unit_cost=Decimal(1), lots=(LotPart("L1"),)
    )
    at.bench.desk.run(service.post, Document(uuid4(), Kind.DELIVERY, made.site, (came,)))
    page = opened(at)
    at.line.cut()
    page.view.grid.fill(({"item": _choice(page, "Flour")},))
    for key, words in (("quantity", "2"), ("lot", "L1")):
        place = [one.key for one in page.view.grid.model.spec.columns].index(key)
        page.view.grid.model.put(0, place, Measured(words))
    for key, value in (("reason", made.reasons["SPOILAGE"]), ("location", made.home("Flour"))):
        page.view.grid.model.put(0, [one.key for one in page.view.grid.model.spec.columns].index(key), value)
    page.view.grid.model.put_aside(0, PHOTOS, (JPEG,))
    page.view.grid.record()
    at.window.settle()
    [kept] = at.journal.entries(State.WAITING)
    assert kept.value.document.lines[0].lots == (LotPart("L1"),)
    page.show_record(kept.key)
    at.window.settle()
    [line] = page.view.grid.lines()
    assert (line["lot"].typed, line[PHOTOS]) == ("L1", (JPEG,))
    page.view.grid.model.put(0, 0, line["item"])  # who chooses the same item again keeps the lot
    assert page.view.grid.lines()[0]["lot"].typed == "L1"
    page.view.grid.record()
    at.window.settle()
    assert [entry.state for entry in at.journal.entries(*State)] == [State.DISCARDED, State.WAITING]
    at.line.mend()
    at.bot.waitUntil(lambda: bool(at.journal.entries(State.SENT)))
    at.window.settle()
    [sent] = at.journal.entries(State.SENT)
    [photo] = at.bench.desk.run(service.photos_of, sent.key)
    left = at.bench.root.execute("SELECT l.code, s.on_hand FROM stock_lots s JOIN lots l ON l.id = s.lot_id").fetchall()
    assert (photo.image, dict(left)) == (JPEG, {"L1": 7})


def test_the_list_discards_after_a_question_and_sends_again(at: SimpleNamespace) -> None:
    page = opened(at)
    at.line.cut()
    typed(at, page, "mozz", "1", "spoil", "")
    waiting = WaitingPage(at.window.desk)
    at.bot.addWidget(waiting)
    at.window.show(waiting)
    assert any("Offline since" in text for text in texts_of(waiting))
    asked: list[Any] = []
    at.window.desk.messages.ask = lambda question, yes, **more: asked.append((question, yes))
    button_of(waiting, "Discard").click()
    [(question, yes)] = asked
    assert "1.000 kg Mozzarella" in question
    yes()
    at.bot.waitUntil(lambda: [entry.state for entry in at.journal.entries(*State)] == [State.DISCARDED])
    at.line.mend()
    at.window.settle()
    assert at.bench.cost("Mozzarella").quantity == 10


def test_what_is_saved_here_is_called_by_its_name_in_the_language_of_the_person(at: SimpleNamespace) -> None:
    page = opened(at)
    at.line.cut()
    typed(at, page, "mozz", "1", "spoil", "")
    speaker.speak("de")
    try:
        waiting = WaitingPage(at.window.desk)
        at.bot.addWidget(waiting)
        at.window.show(waiting)
        texts = texts_of(waiting)
    finally:
        speaker.speak("en")
        at.line.mend()
    assert "Abfall" in texts
    assert "Waste" not in texts


def test_a_full_disk_leaves_the_lines_and_says_so(at: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:

    def full(_file: Any, _content: bytes) -> None:
        raise OSError(28, "No space left on device")

    page = opened(at)
    monkeypatch.setattr(file, "_write_all", full)
    typed(at, page, "mozz", "1", "spoil", "")
    at.bot.waitUntil(lambda: any("No space left" in text for text in texts_of(page)))
    assert len(page.view.grid.lines()) == 1
    assert page.view.grid.isEnabled()
    assert PAGE == "saved_here"
