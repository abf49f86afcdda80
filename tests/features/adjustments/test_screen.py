"""Waste and adjustments as people enter them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from ims_desktop.domain import listing
from ims_desktop.domain.errors import Offline, UnknownOutcome
from ims_desktop.domain.listing import Filter
from ims_desktop.features.adjustments import screen, service
from ims_desktop.features.stock.service import Kind, document_of
from tests.features.adjustments.conftest import Bench
from tests.features.stock.conftest import Bench as Typed
from tests.features.windows import button_of, texts_of, window_of

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def at(bench: Bench, qtbot: QtBot, tmp_path: Path) -> Iterator[SimpleNamespace]:
    """Downtown with flour, tomatoes and mozzarella in stock."""
    for item, quantity, cost in (("Flour", 100, 1), ("Tomato tin", 128, "3.325"), ("Mozzarella", 10, "7.90")):
        bench.receive(item, quantity, cost)
    with window_of(bench.desk, tmp_path, site=bench.restaurant.site) as window:
        yield SimpleNamespace(bench=bench, window=window, bot=qtbot, made=bench.restaurant)


def opened(at: SimpleNamespace, build: Any = screen.build_waste) -> Any:
    page = build(at.window.desk)
    at.bot.addWidget(page)
    at.window.show(page)
    page.view.start()
    at.window.settle()
    return page


def keys(at: SimpleNamespace, page: Any, *cells: str) -> None:
    """Type into one cell after another, with Tab between them, beginning where the person stands."""
    for typed in cells:
        editor = QApplication.focusWidget()
        assert isinstance(editor, QLineEdit), f"no cell is open for {typed}"
        QTest.keyClicks(editor, typed)
        at.window.settle()
        QTest.keyClick(editor, Qt.Key.Key_Tab)
        at.window.settle()


def enter(at: SimpleNamespace, page: Any, place: int, item: str, quantity: str, reason: str = "", **more: Any) -> None:
    """Fill a line in by its values."""
    grid = page.view.grid
    columns = [column.key for column in grid.model.spec.columns]
    search, parse = grid.model.spec.columns[0].choices.search, {c.key: c.parse for c in grid.model.spec.columns}
    found = at.bench.desk.run(search, item)[0]
    grid.model.put(place, 0, found)
    chosen = {"reason": at.made.reasons[reason]} if reason else {}
    for key, value in {"quantity": quantity, **chosen, **more}.items():
        kept = parse[key](value, grid.model.line(place)) if parse[key] else value
        grid.model.put(place, columns.index(key), kept)
    at.window.settle()


def breaking(at: SimpleNamespace, times: int, error: Exception, *, after: bool) -> Callable[[], int]:
    """Let the line break this often when something is posted: before it is sent, or after."""
    background, left = at.window.desk.background, [times]
    run = background._run

    def broken(use_case: Any, *args: Any, **named: Any) -> Any:
        if use_case is service.post and left[0]:
            left[0] -= 1
            if after:
                run(use_case, *args, **named)
            raise error
        return run(use_case, *args, **named)

    background._run = broken
    return lambda: left[0]


def test_a_line_is_typed_recorded_and_taken_back(at: SimpleNamespace) -> None:
    page = opened(at)
    keys(at, page, "mozz", "1.5", "spoil", "")
    grid = page.view.grid
    (line,) = grid.lines()
    assert line["location"] == at.made.home("Mozzarella")
    assert page.record_button.text().strip() == "Record 1 line"
    QTest.keyClick(QApplication.focusWidget() or grid.table, Qt.Key.Key_Return, CTRL)
    at.window.settle()
    assert at.window.said[-1].text == "Recorded 1.500 kg Mozzarella, 11.85 USD"
    assert grid.lines() == ()
    assert at.bench.cost("Mozzarella").quantity == Decimal("8.5")
    assert [(row.item, row.undo) for row in page.view.list.model.rows] == [("Mozzarella", "Undo")]
    assert any("11.85 USD today" in text for text in texts_of(page))
    at.window.said[-1].act()
    at.window.settle()
    assert at.bench.cost("Mozzarella").quantity == 10
    assert [row.undo for row in page.view.list.model.rows] == ["Undone"]
    assert any("0.00 USD today" in text for text in texts_of(page))


def test_all_ready_lines_are_one_document(at: SimpleNamespace) -> None:
    page = opened(at)
    enter(at, page, 0, "flour", "3", "TRIM")
    enter(at, page, 1, "tomato", "2 case + 4", "DAMAGE", note="Wet shelf")
    enter(at, page, 2, "mozz", "1")
    assert page.record_button.text().strip() == "Record 2 lines"
    page.record_button.click()
    at.window.settle()
    assert at.window.said[-1].text == "Recorded 2 lines of waste, 56.20 USD"
    rows = page.view.list.model.rows
    assert len({row.movement.posting_id for row in rows}) == 1
    assert {(row.item, row.quantity, row.note) for row in rows} == {("Flour", 3, ""), ("Tomato tin", 16, "Wet shelf")}
    assert page.view.grid.unfinished() == 1, "the line without a reason stays"
    assert any("1 line is not finished and was not recorded" in text for text in texts_of(page.view))
    button_of(page.view, "Go there").click()
    assert (page.view.grid.table.currentIndex().row(), page.view.grid.table.currentIndex().column()) == (0, 3)


def test_what_keeps_a_line_from_being_recorded_is_said(at: SimpleNamespace) -> None:
    page = opened(at)
    QTest.keyClick(QApplication.focusWidget() or page.view.grid.table, Qt.Key.Key_Return, CTRL)
    at.window.settle()
    assert any(text.startswith("There is nothing to record yet") for text in texts_of(page.view))
    enter(at, page, 0, "flour", "3")
    enter(at, page, 1, "mozz", "1 crate")
    page.view.grid.record()
    at.window.settle()
    shown = "\n".join(texts_of(page.view))
    assert "Nothing was recorded" in shown
    assert "Line 1, Reason: Choose one" in shown
    assert "Line 2, Quantity: " in shown
    assert page.view.grid.table.currentIndex().row() == 0
    assert not at.window.said
    assert at.bench.cost("Flour").quantity == 100


def test_the_pack_that_was_typed_is_kept(at: SimpleNamespace) -> None:
    page = opened(at)
    enter(at, page, 0, "tomato", "2 case", "DAMAGE")
    page.view.grid.record()
    at.window.settle()
    document = at.bench.desk.run(document_of, page.view.list.model.rows[0].id)
    assert (document.line.quantity, document.line.entered) == (-12, "2 case")


def test_the_panel_says_what_the_line_will_do(at: SimpleNamespace) -> None:
    page = opened(at)
    assert any("No line chosen" in text for text in texts_of(page.panel))
    enter(at, page, 0, "tomato", "2 case + 4", "DAMAGE")
    page.view.grid.table.go(0, 1)
    at.window.settle()
    texts = texts_of(page.panel)
    assert {"128 each", "112 each", "53.20 USD", "2 case × 6 each + 4 each = 16 each", "21 case + 2"} <= set(texts)
    enter(at, page, 0, "tomato", "200", "DAMAGE")
    assert any("Only 128 each on hand here" in text for text in texts_of(page.panel))
    assert page.view.grid.model.remark(0).text == "Only 128 each on hand here"
    page.resize(1300, 760)
    at.window.settle()
    assert page.panel is None, "in a narrow window it would lie over the table"


def test_what_cannot_be_read_is_marked_and_not_recorded(at: SimpleNamespace) -> None:
    page = opened(at)
    enter(at, page, 0, "flour", "3 crate", "TRIM")
    assert page.view.grid.lines() == ()
    assert "crate" in page.view.grid.model.problem(0, 1)
    assert not page.record_button.isEnabled()


def test_nothing_is_lost_while_the_server_is_away(at: SimpleNamespace) -> None:
    page = opened(at)
    enter(at, page, 0, "flour", "3", "TRIM")
    breaking(at, 1, Offline("The server cannot be reached."), after=False)
    page.view.grid.record()
    at.window.settle()
    assert len(page.view.grid.lines()) == 1
    assert any("Your lines stay here" in text for text in texts_of(page))
    assert page.view.grid.isEnabled()
    button_of(page, "Try again").click()
    at.window.settle()
    assert at.bench.cost("Flour").quantity == 97
    assert page.view.grid.lines() == ()


@pytest.mark.parametrize("after", [True, False])
def test_nothing_is_doubled_when_the_answer_is_lost(at: SimpleNamespace, after: bool) -> None:
    page = opened(at)
    enter(at, page, 0, "flour", "3", "TRIM")
    breaking(at, 2, UnknownOutcome("The connection broke while saving."), after=after)
    page.view.grid.record()
    at.window.settle()
    assert not page.view.grid.isEnabled(), "a line on its way cannot be changed"
    assert any("nothing is recorded twice" in text for text in texts_of(page))
    button_of(page, "Try now").click()
    at.window.settle()
    button_of(page, "Try now").click()
    at.window.settle()
    assert at.bench.cost("Flour").quantity == 97
    assert page.view.grid.lines() == ()
    assert page.view.grid.isEnabled()
    assert len(page.view.list.model.rows) == 1


def test_what_the_server_refuses_stands_beside_its_line(at: SimpleNamespace) -> None:
    at.bench.root.execute("UPDATE sites SET allows_negative = false")
    page = opened(at)
    enter(at, page, 0, "flour", "3", "TRIM")
    enter(at, page, 1, "mozz", "20", "TRIM")
    page.view.grid.record()
    at.window.settle()
    assert "only 10 kg" in page.view.grid.model.problem(1, 1)
    assert any("not enough stock" in text for text in texts_of(page))
    assert at.bench.cost("Flour").quantity == 100


def test_a_line_of_today_is_undone_where_it_stands(at: SimpleNamespace) -> None:
    at.bench.waste("Flour", 3)
    page = opened(at)
    table = page.view.list.table
    section = [column.key for column in page.view.list.model.columns].index("undo")
    table.clicked.emit(page.view.list.model.index(0, section))
    at.window.settle()
    assert at.window.said[-1].text == "Undone: 3.000 kg Flour"
    assert page.view.list.model.rows[0].undo == "Undone"
    assert not table.grab().isNull()


def test_adjustments_find_and_lose(at: SimpleNamespace) -> None:
    page = opened(at, screen.build_adjustments)
    enter(at, page, 0, "flour", "-2", "STAFF_MEAL")
    enter(at, page, 1, "mozz", "1 box", "FOUND", unit_cost="9")
    enter(at, page, 2, "flour", "-1", "THEFT", unit_cost="9")
    model = page.view.grid.model
    assert [model.ready(place) for place in range(3)] == [True, True, False]
    page.view.grid.record()
    at.window.settle()
    assert at.window.said[-1].text == "Recorded 2 adjustments, 25.00 USD"
    assert at.bench.cost("Mozzarella")[:2] == (Decimal(13), Decimal(106))
    assert {(row.item, row.quantity, row.reason) for row in page.view.list.model.rows} == {
        ("Flour", -2, "Staff meal"),
        ("Mozzarella", 3, "Found stock"),
    }


def test_the_log_and_the_reasons(at: SimpleNamespace) -> None:
    at.bench.post(Kind.WASTE, at.bench.line("Flour", -5, "TRIM"), at.bench.line("Mozzarella", -1, "DAMAGE"))
    page = opened(at)
    button_of(page, "By reason").click()
    at.window.settle()
    assert [row.reason for row in page.reasons.model.rows] == ["Damage", "Trim and prep"]
    page.reasons.table.opened.emit(page.reasons.model.rows[0])
    at.window.settle()
    assert page.tabs.current == "log"
    assert [row.item for row in page.log.model.rows] == ["Mozzarella"]
    page.show_filters((Filter("item", listing.Match.IN, (at.made.items["Flour"],)),))
    at.window.settle()
    assert [row.item for row in page.log.model.rows] == ["Flour"]


def test_the_worth_of_the_day_is_that_of_the_site_after_another_tab_too(at: SimpleNamespace) -> None:
    page, harbour = opened(at), at.made.sites["Harbour"]
    said = page.header.subtitle.whole()
    at.window.desk.choose_site(harbour)
    at.window.settle()
    button_of(page, "Log").click()
    at.window.desk.choose_site(at.made.site)
    at.window.settle()
    button_of(page, "Enter").click()
    at.window.settle()
    assert "today" in said
    assert page.header.subtitle.whole() == said


def test_each_site_keeps_what_was_typed_for_it(at: SimpleNamespace) -> None:
    page = opened(at)
    enter(at, page, 0, "flour", "3", "TRIM")
    at.window.desk.choose_site(at.made.sites["Harbour"])
    at.window.settle()
    assert page.view.grid.lines() == ()
    at.window.desk.choose_site(None)
    at.window.settle()
    assert any("Choose a site" in text for text in texts_of(page))
    at.window.desk.choose_site(at.made.site)
    at.window.settle()
    assert len(page.view.grid.lines()) == 1


def test_a_counter_records_without_seeing_costs(at: SimpleNamespace, tmp_path: Path) -> None:
    bench: Typed = at.bench
    counter = bench.sign_in(bench.tenant.person("EMPLOYEE", site=bench.restaurant.site))
    with window_of(counter, tmp_path / "counter", site=bench.restaurant.site) as window:
        theirs = SimpleNamespace(**{**vars(at), "window": window, "bench": SimpleNamespace(desk=counter)})
        page = opened(theirs)
        assert "cost" not in {column.key for column in page.view.grid.model.spec.columns}
        enter(theirs, page, 0, "flour", "3", "TRIM")
        page.view.grid.record()
        window.settle()
        assert window.said[-1].text == "Recorded 3.000 kg Flour"
        assert not any("USD" in text for text in texts_of(page))
        assert replace(page.view.list.model.rows[0], may_undo=False).undo == ""
