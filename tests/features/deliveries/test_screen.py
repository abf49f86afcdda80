"""The page of deliveries as a person uses it: by keyboard, beside the paper, with and without a server."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from ims_desktop.domain.listing import ListQuery
from ims_desktop.features.deliveries import service
from ims_desktop.features.deliveries.screen.page import DeliveriesPage
from ims_desktop.ui.journal import State
from tests.features.offline import keeping_desk
from tests.features.stock.conftest import Bench, shared_bench
from tests.features.windows import texts_of

__all__ = ["shared_bench"]
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def at(shared_bench: Bench, qtbot: QtBot, tmp_path: Path) -> Iterator[SimpleNamespace]:
    """The page of deliveries at Downtown, at a desk that keeps a journal."""
    with keeping_desk(shared_bench, qtbot, tmp_path) as desk:
        desk.page = DeliveriesPage(desk.window.desk)
        qtbot.addWidget(desk.page)
        desk.window.show(desk.page)
        yield desk


def filled(at: SimpleNamespace, **values: Any) -> None:
    """Fill in what the paper says once."""
    made = at.bench.restaurant
    for key, value in {"supplier_id": made.suppliers["Gusto Foods"], **values}.items():
        box = at.page.view.head.boxes[key]
        box.editor.show_value(value)
        box.editor.edited.emit()
    at.window.settle()


def typed(at: SimpleNamespace, *cells: str) -> None:
    """Type a line, a cell after the other; an empty cell is left as it is."""
    grid = at.page.view.grid
    grid.table.go(grid.model.rowCount() - 1, grid.model.cells[0])
    at.window.settle()
    for words in cells:
        editor = QApplication.focusWidget()
        assert isinstance(editor, QLineEdit), f"no cell is open for {words}"
        if words:
            editor.selectAll()
            QTest.keyClicks(editor, words)
        at.window.settle()
        QTest.keyClick(editor, Qt.Key.Key_Tab)
        at.window.settle()


def record(at: SimpleNamespace) -> None:
    at.page.view.grid.record()
    at.window.settle()


def said(at: SimpleNamespace) -> str:
    return str(at.window.said[-1].text)


def first_item(at: SimpleNamespace) -> service.Deliverable:
    asking = at.page.view.asking
    found: tuple[service.Deliverable, ...] = at.bench.desk.run(
        service.deliverables, asking.site, at.bench.restaurant.suppliers["Gusto Foods"], asking.day, ""
    )
    return found[0]


def sell(at: SimpleNamespace, item: service.Deliverable, is_active: bool) -> None:
    """Archive an item whatever is left of it, or take it up again."""
    at.bench.root.execute("SET session_replication_role = replica")
    at.bench.root.execute("UPDATE items SET is_active = %s WHERE id = %s", [is_active, item.id])
    at.bench.root.execute("RESET session_replication_role")
    at.bench.root.commit()


def test_a_supplier_is_typed_letter_by_letter(at: SimpleNamespace) -> None:
    head = at.page.view.head
    field = head.boxes["supplier_id"].editor.lookup
    field.setFocus()
    for letter in "gusto":  # a name that is half typed is nobody yet, and nothing to fail at
        QTest.keyClicks(field, letter)
        assert head.supplier is None
    at.window.settle()
    QTest.keyClick(field, Qt.Key.Key_Tab)
    at.window.settle()
    assert head.supplier == at.bench.restaurant.suppliers["Gusto Foods"]


def test_a_delivery_is_typed_beside_its_paper_and_taken_back(at: SimpleNamespace) -> None:
    item = first_item(at)
    before = at.bench.cost(item.name).quantity
    filled(at, reference="LS-1")
    typed(at, item.name, "2")
    [line] = at.page.view.grid.lines()
    assert line["price"].value == item.listed, "the price of the list is proposed"
    net = item.listed * 2
    assert any(f"Lines {net:,.2f}" in text for text in texts_of(at.page.view))
    filled(at, reference="LS-1", total=net + 5)
    record(at)
    assert any("5.00 more than these lines" in text for text in texts_of(at.page.view))
    assert at.bench.cost(item.name).quantity == before, "nothing is received before somebody agreed"
    filled(at, reference="LS-1", total=net)
    assert "As on the paper" in texts_of(at.page.view)
    record(at)
    at.bot.waitUntil(lambda: bool(at.window.said))
    assert said(at).startswith("Received delivery #")
    assert at.bench.cost(item.name).quantity == before + 20, "two packs of ten"
    assert at.page.view.grid.lines() == ()
    assert at.page.view.head.supplier == at.bench.restaurant.suppliers["Gusto Foods"], "the next one is from them, too"
    [row] = at.bench.desk.run(service.deliveries, ListQuery("LS-1")).rows
    at.page.show_record(row.id)
    at.window.settle()
    assert item.name in texts_of(at.page)
    at.window.said[-1].act()
    at.window.settle()
    assert at.bench.cost(item.name).quantity == before


def test_another_price_is_marked_and_another_supplier_has_other_prices(at: SimpleNamespace) -> None:
    item = first_item(at)
    assert item.listed is not None
    filled(at)
    typed(at, item.name, "1", str(item.listed * 2))
    remark = at.page.view.grid.model.remark(0)
    assert remark is not None
    assert "+100.0% against the list" in str(remark.text)
    other = next(key for name, key in at.bench.restaurant.suppliers.items() if name != "Gusto Foods")
    filled(at, supplier_id=other)
    assert not at.page.view.grid.lines()[0]["item"].value.is_listed, "they do not sell it"
    assert at.page.view.grid.lines()[0]["price"].value == item.listed * 2, "what was typed stays"
    at.page.view.grid.clear()


def test_a_delivery_is_saved_here_and_what_is_refused_is_put_right(at: SimpleNamespace) -> None:
    item = first_item(at)
    assert item.listed is not None
    before = at.bench.cost(item.name).quantity
    filled(at, reference="LS-2", freight=Decimal(3))
    typed(at, item.name, "1")
    at.line.cut()
    record(at)
    assert said(at).startswith("Saved here: ")
    sell(at, item, False)
    at.line.mend()
    at.bot.waitUntil(lambda: bool(at.journal.entries(State.REFUSED)))
    sell(at, item, True)
    [refused] = at.journal.entries(State.REFUSED)
    at.page.show_record(refused.key)
    at.window.settle()
    [line] = at.page.view.grid.begun()
    assert line["item"].text == item.name
    assert any("takes the place" in text for text in texts_of(at.page))
    assert at.page.view.head.amount("freight") == 3
    at.page.view.grid.model.put(0, 0, line["item"])  # chosen again, now that it may be
    record(at)
    at.bot.waitUntil(lambda: not at.journal.entries(State.REFUSED, State.WAITING))
    at.window.settle()
    assert at.bench.cost(item.name).quantity == before + 10
    [row] = at.bench.desk.run(service.deliveries, ListQuery("LS-2")).rows
    assert row.value == item.listed + 3, "with its freight"


def test_a_page_that_is_opened_without_a_server_knows_suppliers_items_and_prices(at: SimpleNamespace) -> None:
    item, made = first_item(at), at.bench.restaurant
    assert item.listed is not None
    at.bot.waitUntil(lambda: at.page.view.memory.known is not None)
    at.window.settle()
    before = at.bench.cost(item.name).quantity
    at.line.cut()
    at.page = DeliveriesPage(at.window.desk)
    at.bot.addWidget(at.page)
    at.window.show(at.page)
    at.window.settle()
    assert any("Items and stock are as of" in text for text in texts_of(at.page))
    filled(at, reference="LS-3")
    assert at.page.view.head.supplier == made.suppliers["Gusto Foods"]
    typed(at, item.name[:5].upper(), "2", "", "", "")
    [line] = at.page.view.grid.lines()
    assert (line["item"].text, line["price"].value, line["location"]) == (item.name, item.listed, item.home_id)
    record(at)
    assert said(at).startswith("Saved here: ")
    at.line.mend()
    at.bot.waitUntil(lambda: not at.journal.entries(State.WAITING))
    at.window.settle()
    assert at.bench.cost(item.name).quantity == before + 20
    [row] = at.bench.desk.run(service.deliveries, ListQuery("LS-3")).rows
    assert row.value == item.listed * 2


def test_another_day_has_other_prices(at: SimpleNamespace) -> None:
    item, today = first_item(at), at.window.desk.formats.today()
    assert item.listed is not None
    sold = at.bench.restaurant.supplier_items[item.name]
    now = (sold, today, item.listed + 1)
    at.bench.root.execute("INSERT INTO supplier_prices (supplier_item_id, valid_from, price) VALUES (%s, %s, %s)", now)
    at.bench.root.commit()
    try:
        filled(at)
        typed(at, item.name, "1")
        grid, when = at.page.view.grid, at.page.view.head.when
        assert grid.lines()[0]["price"].value == item.listed + 1
        when.set(datetime.now(UTC))
        day = when.day.editor
        for words, price in (("what", item.listed + 1), (f"{today - timedelta(days=9):%Y-%m-%d}", item.listed)):
            day.line.setText(words)
            day.edited.emit()
            at.window.settle()
            assert grid.lines()[0]["price"].value == price
        assert not when.day._foot.text(), "nobody is told what is wrong while they type"
        other = next(
            key for key, place in at.bench.restaurant.locations.items() if place != grid.lines()[0]["location"]
        )
        columns = [one.key for one in grid.model.spec.columns]
        price = grid.model.spec.columns[columns.index("price")].parse
        grid.model.put(0, columns.index("location"), at.bench.restaurant.locations[other])
        for typed_price in ("9.87", "9,8,7"):
            grid.model.put(0, columns.index("price"), price(typed_price, grid.model.line(0)))
            for back in (0, 9):
                day.line.setText(f"{today - timedelta(days=back):%Y-%m-%d}")
                day.edited.emit()
                at.window.settle()
                line = grid.model.line(0)
                assert (line["price"].typed, line["location"]) == (typed_price, at.bench.restaurant.locations[other])
    finally:
        at.bench.root.execute("DELETE FROM supplier_prices WHERE (supplier_item_id, valid_from) = (%s, %s)", now[:2])
        at.bench.root.commit()
    grid.clear()


def test_a_paper_is_received_whole_and_one_save_tells_everything(at: SimpleNamespace) -> None:
    item = first_item(at)
    before = at.bench.cost(item.name).quantity
    filled(at)
    typed(at, item.name, "1")
    typed(at, item.name, "1 bucket")
    record(at)
    assert any("Line 2, Quantity: " in text for text in texts_of(at.page.view))
    assert at.page.view.grid.table.currentIndex().row() == 1
    at.page.view.grid.delete_line()
    at.page.view.head.boxes["freight"].editor.line.setText("some")
    sell(at, item, False)
    try:
        record(at)
    finally:
        sell(at, item, True)
    assert "is not a number" in at.page.view.head.boxes["freight"]._foot.text()
    assert at.page.view.grid.model.problem(0, 0), "the ledger was asked as well"
    assert at.bench.cost(item.name).quantity == before
    at.page.view.grid.clear()


def plain(found: tuple[service.Deliverable, ...]) -> list[tuple[Any, ...]]:
    """What is the same where it says the same."""
    return [
        (one.id, one.name, one.sku, one.supplier_code, one.base, one.unit, one.pack, one.per, one.listed, one.is_listed,
         one.home_id)
        for one in found
    ]  # fmt: skip


def test_what_a_desk_remembers_is_found_as_the_server_finds_it(at: SimpleNamespace) -> None:
    made, asking = at.bench.restaurant, at.page.view.asking
    known = at.bench.desk.run(service.known_deliveries, asking.site)
    for supplier in (made.suppliers["Gusto Foods"], None):
        for words in ("", "mo", "FLOUR", "oil ol", "no such thing"):
            there = at.bench.desk.run(service.deliverables, asking.site, supplier, asking.day, words)
            here = known.find(supplier, words)
            assert plain(here) == plain(there), (supplier, words)
    keys = [one.id for one in at.bench.desk.run(service.deliverables, asking.site, None, asking.day, "flour")]
    again = at.bench.desk.run(service.deliverables_of, asking.site, None, asking.day, keys)
    assert plain(known.items(None, keys)) == plain(again)


def test_what_is_dated_back_is_shown_before_it_is_received(at: SimpleNamespace) -> None:
    item = first_item(at)
    at.bench.receive(item.name, 10, 1)
    at.bench.waste(item.name, 1)
    filled(at)
    typed(at, item.name, "1", "77")
    at.page.view.head.when.choice.chosen.emit(True)
    at.page.view.head.when.choice.choose(True)
    at.page.view.head.when.day.editor.show_value(at.window.desk.formats.today().replace(day=1))
    record(at)
    assert at.page.panel is not None
    at.page.panel.closed.emit()
    at.window.settle()
    assert len(at.page.view.grid.lines()) == 1
    at.page.view.grid.clear()
