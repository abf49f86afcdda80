"""Counting while the server is away: typed, saved on this PC, shown at the line, sent when it is back, or put right."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ims_desktop.features.counts import service
from ims_desktop.features.counts.rules import Counted, LineState
from ims_desktop.features.counts.screen.keeping import KIND
from ims_desktop.features.counts.screen.sheet_page import SheetPage
from ims_desktop.ui.journal import State
from ims_desktop.ui.waiting import WaitingPage
from tests.app.journal.desks import JournalDesk, journal_desk, waste
from tests.features.counts.conftest import Bench, entry, line, read, start
from tests.features.offline import keeping_desk
from tests.features.windows import button_of, texts_of


@pytest.fixture
def at(shared_bench: Bench, qtbot: QtBot, tmp_path: Path) -> Iterator[SimpleNamespace]:
    """Downtown, at a desk that keeps a journal, with a count of everything on the screen of its person."""
    with keeping_desk(shared_bench, qtbot, tmp_path) as desk:
        desk.sheet = start(shared_bench)
        desk.page = opened(desk, desk.sheet)
        yield desk


def opened(at: SimpleNamespace, record: UUID | None = None) -> SheetPage:
    """The page of the sheet, in the dry store."""
    page = SheetPage(at.window.desk)
    at.bot.addWidget(page)
    if record is not None:
        page.show_record(record)
    at.window.show(page)
    if page.view is not None:
        page.view.areas.go(at.bench.restaurant.locations["Downtown", "Dry store"])
    at.window.settle()
    return page


def typed(at: SimpleNamespace, page: SheetPage, item: str, words: str) -> None:
    """Type a quantity into the line of an item."""
    assert page.view is not None
    assert page.view.tables is not None
    assert page.view.tables.go_to(at.bench.restaurant.items[item])
    page.view.tables.cell.setText(words)
    QTest.keyClick(page.view.tables.cell, Qt.Key.Key_Return)
    at.window.settle()


def shown(page: SheetPage, item: str) -> Any:
    """The line of an item as the page has it."""
    assert page.view is not None
    assert page.view.tables is not None
    return next(row for row in page.view.tables.model.rows if row.name == item)


def states(at: SimpleNamespace) -> list[State]:
    return [one.state for one in at.journal.entries(*State)]


def test_a_line_says_where_it_is_and_goes_on_when_the_server_is_back(at: SimpleNamespace) -> None:
    typed(at, at.page, "Flour", "10")
    assert shown(at.page, "Flour").state is LineState.COUNTED
    at.bot.waitUntil(lambda: states(at) == [State.SENT])
    at.line.cut()
    page = opened(at)  # as a page that was never open before: the PC remembers the sheet
    assert page.view is not None
    assert page.view.key == at.sheet
    assert any("The sheet is as of" in text for text in texts_of(page))
    typed(at, page, "Flour", "1 sack")
    typed(at, page, "Olive oil", "3")
    assert (shown(page, "Flour").counted, shown(page, "Flour").state) == (35, LineState.HERE)
    assert page.view.told.text().startswith("2 of"), "what waits here counts"
    assert "2 saved here" in page.view.saved.text()
    assert line(at.bench, at.sheet, "Flour").counted == 10
    typed(at, page, "Olive oil", "=4")
    at.line.mend()
    at.bot.waitUntil(lambda: set(states(at)) == {State.SENT, State.DISCARDED})
    at.window.settle()
    assert [line(at.bench, at.sheet, item).counted for item in ("Flour", "Olive oil")] == [35, 4]
    assert shown(page, "Flour").state is LineState.COUNTED
    assert page.view.tables is not None
    page.view.tables.go_to(at.bench.restaurant.items["Flour"])
    at.window.settle()
    assert texts_of(page).count("saved on server") == 2, "each entry of the line says where it is"
    assert "All saved on the server" in page.view.saved.text()


def test_every_count_under_way_is_entered_without_a_server_and_none_that_is_over(at: SimpleNamespace) -> None:
    second, over = start(at.bench), start(at.bench)
    at.bench.desk.run(service.discard, service.Ending(uuid4(), over, 1, "Started by mistake"))
    again = opened(at, second)
    at.bot.waitUntil(lambda: again.memory.count(second) is not None)
    codes = [at.bench.desk.run(service.count_sheet, key).code for key in (second, over, at.sheet)]
    at.line.cut()
    page = opened(at, at.sheet)
    assert page.view is not None
    page.view.others.fill()
    code, gone, own = codes
    offered = {action.text().partition(" ")[0]: action for action in page.view.others.menu().actions()}
    assert code in offered
    assert not offered.keys() & {gone, own}, "neither the one that is over nor the one that is shown"
    offered[code].trigger()
    assert (at.window.opened[-1].page, at.window.opened[-1].record) == ("count_sheet", second)
    page.show_record(second)
    at.window.settle()
    page.view.areas.go(at.bench.restaurant.locations["Downtown", "Dry store"])
    at.window.settle()
    typed(at, page, "Flour", "6")
    assert shown(page, "Flour").state is LineState.HERE
    page.show_record(over)
    at.window.settle()
    assert page.view.sheet is None, "what is over is not remembered"
    at.line.mend()
    at.bot.waitUntil(lambda: states(at) == [State.SENT])
    assert line(at.bench, second, "Flour").counted == 6
    assert line(at.bench, at.sheet, "Flour").counted is None


def test_what_only_waits_here_is_taken_back_and_was_never_there(at: SimpleNamespace) -> None:
    at.line.cut()
    typed(at, at.page, "Flour", "7")
    [waiting] = shown(at.page, "Flour").line.counting
    at.page.view.entering.take_back(shown(at.page, "Flour").line, waiting)
    at.window.settle()
    assert shown(at.page, "Flour").counted is None
    assert states(at) == [State.DISCARDED]
    at.line.mend()
    at.window.settle()
    assert line(at.bench, at.sheet, "Flour").entries == ()


def test_an_entry_for_a_count_that_was_handed_over_is_put_right(at: SimpleNamespace) -> None:
    typed(at, at.page, "Olive oil", "1")
    at.bot.waitUntil(lambda: states(at) == [State.SENT])
    at.line.cut()
    typed(at, at.page, "Flour", "8")
    version = read(at.bench, at.sheet).version
    at.bench.desk.run(service.hand_over, at.sheet, version)
    at.line.mend()
    at.bot.waitUntil(lambda: State.REFUSED in states(at))
    at.window.settle()
    assert shown(at.page, "Flour").state is LineState.REFUSED
    assert shown(at.page, "Flour").counted is None, "what the server did not take does not count"
    assert at.page.view.done_button.toolTip() or not at.page.view.done_button.isVisible()
    waiting = WaitingPage(at.window.desk)
    at.bot.addWidget(waiting)
    at.window.show(waiting)
    assert any("counting is done" in text for text in texts_of(waiting))
    button_of(waiting, "Edit").click()
    place = at.window.opened[-1]
    assert place.page == "count_sheet"
    at.bench.desk.run(service.reopen, at.sheet, read(at.bench, at.sheet).version)
    at.page.show_record(place.record)
    at.window.settle()
    assert at.page.view.tables.cell.text() == "8"
    typed(at, at.page, "Flour", "9")
    at.bot.waitUntil(lambda: State.REFUSED not in states(at))
    at.window.settle()
    assert line(at.bench, at.sheet, "Flour").counted == 9


def test_two_desks_come_back_with_the_same_line_and_both_count(
    shared_bench: Bench, qtbot: QtBot, tmp_path: Path
) -> None:
    sheet = start(shared_bench)
    here, there = (tmp_path / name for name in ("here", "there"))
    other = shared_bench.sign_in(shared_bench.tenant.person("EMPLOYEE"))
    with journal_desk(shared_bench.desk, here) as mine, journal_desk(other, there) as theirs:
        desks: tuple[JournalDesk, ...] = (mine, theirs)
        for desk, amount in ((mine, "4"), (theirs, "5")):
            desk.cut()
            counted = entry(shared_bench, "Flour", amount, at=desk.journal.now())
            kept: list[Any] = []
            value = Counted(counted.key, sheet, counted)
            desk.journal.keep(desk.journal, kept.append, KIND, value, (f"{amount} kg Flour",))
            desk.until(lambda kept=kept: bool(kept))  # type: ignore[misc]
        assert line(shared_bench, sheet, "Flour").counted is None
        for desk in desks:
            desk.mend()
        for desk in desks:
            desk.rest()
            desk.journal.send_again(uuid4())  # nothing is sent that is not there
    together = line(shared_bench, sheet, "Flour")
    assert together.counted == 9
    assert len({one.by_id for one in together.entries}) == 2


def test_a_limit_of_money_is_told_by_the_server_and_the_entry_waits_to_be_put_right(
    shared_bench: Bench, qtbot: QtBot, tmp_path: Path
) -> None:
    root = shared_bench.root
    shared_bench.receive("Flour", 100, 5)
    login = shared_bench.tenant.person("EMPLOYEE")
    root.execute("UPDATE roles SET limits = limits || '{\"waste.record\": 10}' WHERE name = 'Counter'")
    root.commit()
    try:
        with journal_desk(shared_bench.sign_in(login), tmp_path) as desk:
            desk.cut()
            document = waste(shared_bench.restaurant.site, shared_bench.line("Flour", -3, "SPOILAGE"))
            desk.keep(document)
            desk.mend()
            desk.rest(State.REFUSED)
            [refused] = desk.journal.entries(State.REFUSED)
            assert "worth more than your limit of 10.00" in " ".join(
                [refused.text, *(p.text for p in refused.problems)]
            )
            small = waste(shared_bench.restaurant.site, shared_bench.line("Flour", -1, "SPOILAGE"))
            desk.keep(small, replaces=refused.key)
            desk.until(lambda: desk.states() == [State.DISCARDED, State.SENT])
    finally:
        root.execute("UPDATE roles SET limits = limits - 'waste.record' WHERE name = 'Counter'")
        root.commit()
