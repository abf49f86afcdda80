"""Entering, changing, recording, refunding and mapping, as people do it at the window."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from ims_desktop.domain.listing import ListQuery
from ims_desktop.features.sales import service
from ims_desktop.features.sales.rules import Choices, SalesFile
from ims_desktop.features.sales.screen import build_orders, build_unmapped
from ims_desktop.features.sales.screen.confirmation import confirmation
from ims_desktop.features.sales.screen.order_entry import OrderEntry
from ims_desktop.features.sales.service import EnteredLine, FileToImport, OrderDraft
from ims_desktop.ui.cell_ticks import TickLine
from ims_desktop.ui.list_page import ListPage
from tests.features.sales.tills import an_order, offer, record, used
from tests.features.windows import Window, button_of, form_of, texts_of, window_of
from tests.restaurant import Restaurant, receive, seed
from tests.tenants import Tenant

D = Decimal
NOON = datetime(2025, 3, 4, 12, 30)


@pytest.fixture
def restaurant(tenant: Tenant) -> Restaurant:
    """A restaurant with something in stock, and somebody who caters."""
    made = seed(tenant)
    goods = {"Flour": ("50", "1.20"), "Mozzarella": ("20", "8"), "Espresso beans": ("5", "18")}
    receive(tenant.desk(), made, goods, at=datetime(2025, 3, 1, 9, tzinfo=UTC))
    with tenant.as_root() as root:
        root.execute("INSERT INTO customers (code, name) VALUES ('K1', 'Kant Library'), ('K2', 'Lotus Club')")
    return made


@pytest.fixture
def window(restaurant: Restaurant, qtbot: QtBot, tmp_path: Path) -> Iterator[Window]:
    """The desk of the owner at Downtown."""
    with window_of(restaurant.tenant.desks[0], tmp_path, site=restaurant.site) as made:
        yield made


def key(widget: QWidget, code: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key."""
    QTest.keyClick(widget, code, modifier)


def type_line(window: Window, page: OrderEntry, line: int, *cells: str) -> None:
    """Type a line by keyboard alone: what is searched is taken by Enter, Tab goes on."""
    page.grid.table.go(line, page.grid.model.cells[0])
    for words in cells:
        editor = page.grid.table.indexWidget(page.grid.table.currentIndex())
        assert isinstance(editor, QLineEdit)
        if words:
            editor.selectAll()
            QTest.keyClicks(editor, words)
        window.settle()
        key(editor, Qt.Key.Key_Tab)
        window.settle()


def entry(window: Window, qtbot: QtBot) -> OrderEntry:
    """The page, ready to type."""
    page = OrderEntry(window.desk)
    qtbot.addWidget(page)
    window.show(page, 1366, 768)
    return page


def test_a_staff_meal_is_typed_and_recorded_by_keyboard(restaurant: Restaurant, window: Window, qtbot: QtBot) -> None:
    page = entry(window, qtbot)
    page.head.boxes["kind"].editor.show_value("STAFF_MEAL")
    page.head.priced_anew.emit()
    type_line(window, page, 0, "espresso", "3")
    key(page, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    window.settle()
    [order] = restaurant.tenant.desks[0].run(service.orders, ListQuery()).rows
    assert (order.kind, order.net_total, order.lines) == ("STAFF_MEAL", D(0), 1)
    assert [message.text for message in window.said] == [f"Order {order.number} is recorded"]
    assert window.said[0].action == "Undo"
    assert not page.dirty
    first = page.head.boxes["kind"].editor
    assert first.hasFocus() or first.isAncestorOf(QApplication.focusWidget())


def test_an_order_is_kept_open_changed_and_recorded(restaurant: Restaurant, window: Window, qtbot: QtBot) -> None:
    page = entry(window, qtbot)
    page.head.boxes["customer_id"].editor.show_value(customer(restaurant))
    type_line(window, page, 0, "marg", "10", "", "", "10%", "half without basil")
    type_line(window, page, 1, "water", "4")
    assert page._whole.text() == f"{page.desk.formats.money(D('134.47'))} USD"  # 103.50 and 20.00, with tax
    assert page.dirty
    key(page, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    window.settle()
    assert page.order is not None
    assert [(line.quantity, line.discount, line.note) for line in page.order.lines] == [
        (D(10), D("11.50"), "half without basil"), (D(4), D(0), ""),
    ]  # fmt: skip
    assert used(restaurant) == {}
    page.post()
    window.settle()
    assert used(restaurant)["Flour"] == D("1.6")
    assert page.order is None


def test_modifiers_are_chosen_by_keyboard_with_their_prices(
    restaurant: Restaurant, window: Window, qtbot: QtBot
) -> None:
    more, less = ("Extra cheese", "1.50", ("Mozzarella", "0.05")), ("No basil", "0", ("Basil", "-2"))
    offer(restaurant, "Margherita", "Extras", more, less)
    page = entry(window, qtbot)
    page.head.boxes["kind"].editor.show_value("INTERNAL")
    type_line(window, page, 0, "marg", "2", "extra ch, no")
    [line] = page.grid.begun()
    assert (line["modifiers"].typed, line["price"].value) == ("Extra cheese, No basil", D("13.00"))
    type_line(window, page, 1, "marg", "1")
    page.grid.table.go(1, 2)
    editor = page.grid.table.indexWidget(page.grid.table.currentIndex())
    assert isinstance(editor, TickLine)
    for code in (Qt.Key.Key_Down, Qt.Key.Key_Space, Qt.Key.Key_Return):  # ticked instead of typed
        key(editor, code)
    window.settle()
    assert page.grid.begun()[1]["price"].value == D("13.00")
    type_line(window, page, 2, "marg", "1", "anchovies")
    assert page.grid.model.problem(2, 2) == "“anchovies” is not offered with it"
    page.grid.remove(page.grid.begun()[2:])
    page.keep()
    window.settle()
    assert page.order is not None
    assert [[one.name for one in line.modifiers] for line in page.order.lines] == [
        ["Extra cheese", "No basil"], ["Extra cheese"],
    ]  # fmt: skip
    assert page.grid.begun()[0]["modifiers"].typed == "Extra cheese, No basil"
    page.post()
    window.settle()
    assert used(restaurant)["Mozzarella"] == D("0.375") + D("0.15")
    assert used(restaurant)["Basil"] == D(8)  # 4 g a portion, and 2 less for two of them
    [row] = restaurant.tenant.desks[0].run(service.orders, ListQuery()).rows
    order = restaurant.tenant.desks[0].run(service.order, row.id)
    paper = confirmation(order, page.desk.formats)
    assert "Extra cheese, No basil" in paper.tables[0].rows[0][0]


def customer(restaurant: Restaurant) -> object:
    """The id of the library."""
    with restaurant.tenant.as_root() as root:
        row = root.execute("SELECT id FROM customers WHERE code = 'K1'").fetchone()
    assert row is not None
    return row[0]


def test_everything_wrong_is_shown_at_its_place(restaurant: Restaurant, window: Window, qtbot: QtBot) -> None:
    page = entry(window, qtbot)
    type_line(window, page, 0, "marg", "-2", "", "x")
    page.head.boxes["covers"].editor.show_value(D(-3))
    page.keep()
    window.settle()
    assert page.grid.model.problem(0, 1) == "Above 0"
    assert page.grid.model.problem(0, 3)
    type_line(window, page, 0, "", "1" + 30 * "0", "", "5000000000")
    assert [page.grid.model.problem(0, column) for column in (1, 3)] == ["This is absurdly large."] * 2
    type_line(window, page, 0, "", "2", "", "11.50")
    page.keep()
    window.settle()
    said = " ".join(texts_of(page))
    assert "Choose the customer." in said
    assert "Covers cannot be below zero." in said
    assert page.order is None


def test_another_day_brings_its_prices_but_not_over_those_set_by_hand(
    restaurant: Restaurant, window: Window, qtbot: QtBot
) -> None:
    with restaurant.tenant.as_root() as root:
        root.execute(
            "INSERT INTO menu_prices (menu_item_id, valid_from, price) SELECT id, current_date + 3, 20 FROM menu_items"
        )
    page = entry(window, qtbot)
    type_line(window, page, 0, "margherita", "1")
    type_line(window, page, 1, "espresso", "1", "", "2.50")
    page.head.boxes["day"].editor.show_value((datetime.now(UTC) + timedelta(days=7)).date())
    page.head.priced_anew.emit()
    window.settle()
    assert [line["price"].value for line in page.grid.begun()] == [D("20.00"), D("2.50")]
    assert not page.post_button.isEnabled()


def planned(restaurant: Restaurant, days: int = 0) -> OrderDraft:
    """An order kept open."""
    desk = restaurant.tenant.desks[0]
    at = datetime.now(UTC) + timedelta(days=days, hours=-1)
    item = next(one for one in desk.run(service.find_menu_items, restaurant.site, at.date(), "margherita"))
    lines = (EnteredLine(item, D(6), D("11.50")),)
    draft = OrderDraft(uuid4(), 0, restaurant.site, "INTERNAL", at, lines, "Internal", covers=6)
    desk.run(service.save_order, draft)
    return draft


def test_an_open_order_is_recorded_from_the_list(restaurant: Restaurant, window: Window, qtbot: QtBot) -> None:
    draft = planned(restaurant)
    page = build_orders(window.desk)
    assert isinstance(page, ListPage)
    qtbot.addWidget(page)
    window.show(page)
    page.open_record(draft.id)
    window.settle()
    assert "It is open: nothing has left the stock for it yet." in texts_of(page)
    button_of(page, "Change …").click()
    assert [(place.page, place.record) for place in window.opened] == [("order_entry", draft.id)]
    button_of(page, "Record now").click()
    window.settle()
    assert used(restaurant)["Flour"] == D("0.96")


def test_an_open_order_is_cancelled_with_a_reason(restaurant: Restaurant, window: Window, qtbot: QtBot) -> None:
    draft = planned(restaurant, days=9)
    page = build_orders(window.desk)
    assert isinstance(page, ListPage)
    qtbot.addWidget(page)
    window.show(page)
    page.open_record(draft.id)
    window.settle()
    button_of(page, "Cancel …").click()
    form = form_of(page)
    form.boxes["reason"].editor.show_value("They moved away")
    form.save()
    window.settle()
    assert restaurant.tenant.desks[0].run(service.order, draft.id).void_reason == "They moved away"


def test_a_part_is_refunded_in_the_form(restaurant: Restaurant, window: Window, qtbot: QtBot) -> None:
    desk = restaurant.tenant.desks[0]
    record(desk, restaurant, an_order(restaurant, "17", NOON, ("Margherita", "3", "11.50"), ("Espresso", "2", "3")))
    page = build_orders(window.desk)
    assert isinstance(page, ListPage)
    qtbot.addWidget(page)
    window.show(page)
    [row] = desk.run(service.orders, ListQuery()).rows
    page.open_record(row.id)
    window.settle()
    button_of(page, "Refund …").click()
    window.settle()
    form = form_of(page)
    rows = form.boxes["lines"].editor
    editors = rows._rows[0][0]  # type: ignore[attr-defined]
    editors["quantity"].show_value(D(1))
    editors["fate"].show_value(restaurant.reasons["SPOILAGE"])
    form.boxes["reason"].editor.show_value("Burnt")
    form.save()
    window.settle()
    order = desk.run(service.order, row.id)
    assert (order.status, [part.number for part in order.parts]) == ("PARTLY_REFUNDED", ["17/R1"])
    with restaurant.tenant.as_root() as root:
        assert root.execute("SELECT count(*) FROM stock_movements WHERE kind = 'WASTE'").fetchone() != (0,)


def test_what_waits_is_mapped_after_its_effect_was_read(restaurant: Restaurant, window: Window, qtbot: QtBot) -> None:
    desk = restaurant.tenant.desks[0]
    text = b"Order,Date,Time,Item,Qty,Price,Total\n1,2025-03-04,12:30,Ristretto,2,3.20,6.40\n"
    file = FileToImport((SalesFile("till.csv", text),), Choices(), restaurant.site)
    service.record_orders(desk.run, desk.run(service.check_file, file).prepared())
    page = build_unmapped(window.desk)
    assert isinstance(page, ListPage)
    qtbot.addWidget(page)
    window.show(page)
    [row] = desk.run(service.till_products, ListQuery()).rows
    page.open_record(row.id)
    window.settle()
    asked: list[str] = []
    window.desk.messages.ask = lambda question, yes, *_rest, **_named: (asked.append(question), yes())  # type: ignore[method-assign]
    button_of(page, "Map …").click()
    window.settle()
    form = form_of(page)
    form.boxes["menu_item_id"].editor.show_value(restaurant.menu["Espresso"])
    window.settle()
    form.save()
    window.settle()
    assert asked
    assert "0.018 kg Espresso beans" in asked[0]
    assert used(restaurant) == {"Espresso beans": D("0.018")}


def test_the_printed_order_tells_the_guest_and_not_the_costs(restaurant: Restaurant, window: Window) -> None:
    draft = planned(restaurant, days=9)
    order = restaurant.tenant.desks[0].run(service.order, draft.id)
    paper = confirmation(order, window.desk.formats)
    assert paper.title == f"Order confirmation {order.number}"
    [table] = paper.tables
    assert table.rows == (("Margherita", "6", "11.50", "69.00"),)
    assert dict(paper.figures)["Total"] == "75.12 USD"
    assert "cost" not in repr(paper).lower()
