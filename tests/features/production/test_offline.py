"""Preps and repacking while the server is away: typed, saved on this PC, sent once when it is back, or put right."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from ims_desktop.domain.errors import UnknownOutcome
from ims_desktop.domain.listing import ListQuery
from ims_desktop.features.production import screen, service
from ims_desktop.features.production.screen.page import REPACK
from ims_desktop.ui.choices import Choice
from ims_desktop.ui.journal import State
from ims_desktop.ui.lookup import Lookup
from ims_desktop.ui.waiting import WaitingPage
from tests.features.offline import keeping_desk
from tests.features.production.conftest import PACK, SAUCE, Kitchen
from tests.features.windows import button_of, texts_of

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def at(kitchen: Kitchen, qtbot: QtBot, tmp_path: Path) -> Iterator[SimpleNamespace]:
    """The kitchen of Downtown, at a desk that keeps a journal."""
    with keeping_desk(kitchen, qtbot, tmp_path) as desk:
        yield desk


def opened(at: SimpleNamespace) -> Any:
    page = screen.build(at.window.desk)
    at.bot.addWidget(page)
    at.window.show(page, 1366, 768)
    at.window.settle()
    return page


def remembering(at: SimpleNamespace) -> Any:
    """A page that is opened for the first time after the server went."""
    opened(at)
    at.line.cut()
    page = opened(at)
    at.bot.waitUntil(lambda: any("Items and stock are as of" in text for text in texts_of(page)))
    return page


def typed(at: SimpleNamespace, *cells: str) -> None:
    """Type what is said once, from the first field on, and leave each field with Tab."""
    for words in cells:
        editor = QApplication.focusWidget()
        assert isinstance(editor, QLineEdit), f"no field is open for {words}"
        QTest.keyClicks(editor, words)
        at.window.settle()
        if isinstance(editor, Lookup):
            at.bot.waitUntil(editor.suggestions.isVisible)
        QTest.keyClick(editor, Qt.Key.Key_Tab)
        at.window.settle()


def record(at: SimpleNamespace) -> None:
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return, CTRL)
    at.window.settle()


def states(at: SimpleNamespace) -> list[State]:
    return [entry.state for entry in at.journal.entries(*State)]


def said(at: SimpleNamespace) -> str:
    return str(at.window.said[-1].text)


def made(at: SimpleNamespace) -> int:
    """How many productions the server has."""
    return int(at.bench.desk.run(service.productions_summary, ListQuery()).count)


def say(at: SimpleNamespace, page: Any, **values: Any) -> None:
    for key, value in values.items():
        box = page.view.head.boxes[key]
        box.editor.show_value(value)
        box.editor.edited.emit()
        at.window.settle()


def test_a_prep_is_typed_without_a_server_and_sent_once_when_it_is_back(at: SimpleNamespace) -> None:
    page = remembering(at)
    page.view.start()
    at.window.settle()
    typed(at, "week sau", "2 batch")
    assert {line["item"].text: line["quantity"].value for line in page.view.grid.lines()} == {
        "Tomato tin": 10, "Olive oil": Decimal("0.6"), "Basil": 225
    }  # fmt: skip
    record(at)
    assert said(at) == f"Saved here: Made 8.000 kg {SAUCE}. It is sent when the server answers."
    assert not page.view.dirty, "the next one begins empty"
    assert any("1 entry is saved here" in text for text in texts_of(page))
    [kept] = at.journal.entries(State.WAITING)
    assert kept.lines[1:] == ("225 g Basil", "0.600 l Olive oil", "10 each Tomato tin")
    assert (made(at), at.bench.cost(SAUCE).quantity) == (0, 0)
    at.line.mend()
    at.bot.waitUntil(lambda: states(at) == [State.SENT])
    at.window.settle()
    assert (made(at), at.bench.cost(SAUCE).quantity) == (1, 8)
    [row] = at.bench.desk.run(service.productions, ListQuery()).rows
    assert (row.id, row.effective_at) == (kept.key, kept.value.effective_at), "at the moment at which it was made"


def test_a_lost_answer_makes_nothing_twice(at: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    page, run, lost = opened(at), at.window.desk.background._run, list[int]()

    def broken(use_case: Any, *args: Any, **named: Any) -> Any:
        result = run(use_case, *args, **named)
        if use_case is service.produce and not lost:
            lost.append(1)
            raise UnknownOutcome("The connection broke before the server answered.")
        return result

    monkeypatch.setattr(at.window.desk.background, "_run", broken)
    page.view.start()
    at.window.settle()
    typed(at, "week sau", "1")
    record(at)
    at.bot.waitUntil(lambda: bool(lost))
    at.journal.send_now()
    at.bot.waitUntil(lambda: states(at) == [State.SENT], timeout=20_000)
    at.window.settle()
    assert (made(at), at.bench.cost(SAUCE).quantity) == (1, 4)


def test_what_was_refused_while_nobody_looked_is_taken_up_and_replaced(at: SimpleNamespace) -> None:
    page = remembering(at)
    say(at, page, recipe=Choice(at.bench.recipe, "Sauce for the week"), wanted="40 batch", made="150 kg", lot="MON")
    page.view.record()
    at.window.settle()
    at.bench.root.execute("UPDATE sites SET allows_negative = false")
    at.line.mend()
    at.bot.waitUntil(lambda: bool(at.journal.entries(State.REFUSED)))
    at.window.settle()
    assert any("was not taken by the server" in text for text in texts_of(page))
    say(at, page, recipe=Choice(at.bench.recipe, "Sauce for the week"), wanted="1 batch")
    waiting = WaitingPage(at.window.desk)
    at.bot.addWidget(waiting)
    at.window.show(waiting)
    assert any(f"Made 150.000 kg {SAUCE}" in text for text in texts_of(waiting))
    button_of(waiting, "Edit").click()
    place = at.window.opened[-1]
    assert place.page == "production"
    page.show_record(place.record)
    at.window.settle()
    assert any("Another production is begun here" in text for text in texts_of(page)), "two are never mixed"
    assert len(page.view.grid.lines()) == 3
    button_of(page.view, "Take it away").click()
    at.window.settle()
    head, grid = page.view.head, page.view.grid
    assert [head.value(key) for key in ("recipe", "wanted", "made", "lot")] == [
        at.bench.recipe, "160 kg", "150 kg", "MON"
    ]  # fmt: skip
    tins = next(n for n, line in enumerate(grid.begun()) if line["item"].text == "Tomato tin")
    assert grid.begun()[tins]["quantity"].value == 200
    assert "Tomato tin" in str(grid.model.problem(tins, 1)), "what is wrong stands at its line"
    assert any("takes the place" in text for text in texts_of(page))
    assert head.when.is_earlier, "it keeps the time at which it was made"
    page.show_record(place.record)
    at.window.settle()
    assert len(grid.begun()) == 3, "it stands here already"
    say(at, page, wanted="1 batch", made="")
    assert len(grid.lines()) == 3, "nothing is wrong with so little"
    page.view.record()
    at.bot.waitUntil(lambda: states(at) == [State.DISCARDED, State.SENT])
    at.window.settle()
    assert (made(at), at.bench.cost(SAUCE).quantity) == (1, 4)


def test_a_repacking_that_waits_is_edited_on_its_own_tab(at: SimpleNamespace) -> None:
    page = remembering(at)
    page.go_to(REPACK)
    at.window.settle()
    made_of, memory = at.bench.restaurant, page.view.memory
    [flour] = memory.of_site.find_items("DRY-0107")
    [pack] = memory.of_site.find_items("PRP-2")
    say(at, page, item=Choice(flour, flour.name), wanted="10 kg", reason=made_of.reasons["SPOILAGE"])
    line = {"item": Choice(pack, pack.name), "location": made_of.locations["Downtown", "Dry store"]}
    parse = page.view.grid.model.spec.columns[1].parse
    page.view.grid.fill([{**line, "quantity": parse("39", line)}])
    page.view.record()
    at.window.settle()
    assert said(at) == "Saved here: Repacked 10.000 kg Flour. It is sent when the server answers."
    [kept] = at.journal.entries(State.WAITING)
    page.start_new()
    page.show_record(kept.key)
    at.window.settle()
    assert page.tabs.current == REPACK
    assert (page.view.taken(), [line["quantity"].value for line in page.view.grid.lines()]) == (10, [39])
    assert page.view.head.value("reason") == made_of.reasons["SPOILAGE"]
    page.view.record()
    at.window.settle()
    assert states(at) == [State.DISCARDED, State.WAITING]
    at.line.mend()
    at.bot.waitUntil(lambda: states(at) == [State.DISCARDED, State.SENT])
    at.window.settle()
    assert (made(at), at.bench.cost(PACK).quantity) == (1, 39)
