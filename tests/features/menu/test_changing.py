"""The menu as a manager changes it: a modifier group, a category's place, and the prices of many dishes."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal as D
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import Connection, func, select

from ims_desktop.features.items.service import ALLERGENS
from ims_desktop.features.menu import service
from ims_desktop.features.menu.screen import build, categories, modifiers, price_list
from ims_desktop.features.recipes.service import LineDraft
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.entry_field import EntryEditor
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.paste_panel import PastePanel
from tests.features.windows import Window, act, button_of, form_of, texts_of, window_of
from tests.restaurant import Restaurant, receive, seed
from tests.tenants import MakeTenant


@pytest.fixture
def restaurant(make_tenant: MakeTenant) -> Restaurant:
    """A restaurant with some things in stock."""
    made = seed(make_tenant())
    prices = {"Flour": "1", "Mozzarella": "8", "Basil": "0.02", "Olive oil": "10", "Tomato tin": "3"}
    receive(made.tenant.desk(), made, {name: ("100", price) for name, price in prices.items()})
    return made


@pytest.fixture
def window(restaurant: Restaurant, qtbot: QtBot, tmp_path: Path) -> Iterator[Window]:
    """The owner at a desk downtown."""
    with window_of(restaurant.tenant.desks[0], tmp_path, site=restaurant.site) as window:
        yield window


def open_page(window: Window, qtbot: QtBot, page: QWidget) -> ListPage:
    assert isinstance(page, ListPage)
    qtbot.addWidget(page)
    window.show(page)
    return page


def test_a_group_is_typed_with_prices_and_effects(window: Window, qtbot: QtBot, restaurant: Restaurant) -> None:
    page = open_page(window, qtbot, modifiers.build(window.desk))
    page.start_new()
    window.settle()
    form = form_of(page)
    form.boxes["name"].editor.show_value("Cheese")
    editor = form.boxes["modifiers"].editor
    assert isinstance(editor, EntryEditor)
    editor.grid.table.go(0, 0)
    editor.grid.paste("Extra cheese\t1.50\tMozzarella\t50 g\nNo cheese\t-1\tMozzarella\t-125 g\nOn a plate\t0\n")
    window.settle()
    form.save()
    window.settle()
    [row] = page.model.rows
    group = restaurant.tenant.desks[0].run(service.group, row.id, restaurant.site)
    assert [(m.name, m.price, [line.written.base_quantity for line in m.lines]) for m in group.modifiers] == [
        ("Extra cheese", D("1.5"), [D("0.05")]),
        ("No cheese", D("-1"), [D("-0.125")]),
        ("On a plate", D("0"), []),
    ]
    page.open_record(row.id)
    window.settle()
    assert "Extra cheese  +1.50 · costs 0.40" in " ".join(texts_of(page))


def test_many_prices_are_shown_before_they_are_kept(window: Window, qtbot: QtBot, restaurant: Restaurant) -> None:
    page = open_page(window, qtbot, build(window.desk))
    names = {"Margherita", "Pizza prosciutto"}
    page.table.choose_rows([n for n, row in enumerate(page.model.rows) if row.name in names])
    act(page, "Change prices …")
    form = form_of(page)
    form.boxes["percent"].editor.show_value(D("0.03"))
    form.save()
    window.settle()
    panel = page.panel
    assert isinstance(panel, PastePanel)
    assert [(one.before, one.after) for one in panel.model.proposals] == [("11.50", "11.80"), ("14.50", "14.90")]


def test_a_category_moves_up_by_keyboard(window: Window, qtbot: QtBot) -> None:
    page = open_page(window, qtbot, categories.build(window.desk))
    first, second = [row.name for row in page.model.rows][:2]
    page.table.choose_rows([1])
    act(page, "Move up")
    window.settle()
    assert [row.name for row in page.model.rows][:2] == [second, first]


def test_a_category_is_dragged_to_another_place(window: Window, qtbot: QtBot) -> None:
    page = open_page(window, qtbot, categories.build(window.desk))
    before = [row.name for row in page.model.rows]
    drag(page, 0, after=len(before) - 1)
    window.settle()
    assert [row.name for row in page.model.rows] == [*before[1:], before[0]]
    drag(page, len(before) - 1, after=-1)
    window.settle()
    assert [row.name for row in page.model.rows] == before
    page.body.filters.show_words(before[0], ())
    assert page.dragging is not None
    assert not page.dragging.allowed, "a place among some of the rows says nothing"


def drag(page: ListPage, row: int, after: int) -> None:
    """Take a row with the mouse and let it go below another, or above all."""
    viewport, table = page.table.viewport(), page.table
    start = QPoint(60, table.rowViewportPosition(row) + table.rowHeight(row) // 2)
    y = 1 if after < 0 else table.rowViewportPosition(after) + table.rowHeight(after) - 2
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    for way in (QPoint(60, (start.y() + y) // 2), QPoint(60, y)):
        move = QMouseEvent(
            QEvent.Type.MouseMove,
            QPointF(way),
            QPointF(viewport.mapToGlobal(way)),
            Qt.MouseButton.NoButton,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(viewport, move)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(60, y))


def test_a_group_is_archived_and_asked_again(window: Window, qtbot: QtBot, restaurant: Restaurant) -> None:
    desk = restaurant.tenant.desks[0]
    made = desk.run(service.save_group, service.GroupDraft("Bread", 0, 1, (service.ModifierDraft("White", D(0)),)))
    page = open_page(window, qtbot, modifiers.build(window.desk))
    page.table.choose_rows([0])
    act(page, "Ask no more")
    window.settle()
    assert page.model.rowCount() == 0
    page.show_tab("archived")
    window.settle()
    page.open_record(made.result.id)
    window.settle()
    button_of(page, "Ask it again").click()
    window.settle()
    page.show_tab("used")
    window.settle()
    assert [row.name for row in page.model.rows] == ["Bread"]


def test_allergens_of_a_dish_come_up_with_those_of_its_answers(
    window: Window, qtbot: QtBot, restaurant: Restaurant
) -> None:
    desk, key = restaurant.tenant.desks[0], restaurant.menu["Margherita"]
    with restaurant.tenant.as_root() as root:
        for item, allergens in (("Flour", ["gluten"]), ("Mozzarella", ["milk"]), ("Prosciutto", ["sulphites"])):
            root.execute("UPDATE items SET allergens = %s WHERE name = %s", [allergens, item])
    line = LineDraft(restaurant.items["Prosciutto"], False, D("0.03"), "kg", D(100))
    less = LineDraft(restaurant.items["Prosciutto"], False, D("-0.03"), "kg", D(100))
    answers = (service.ModifierDraft("With ham", D(2), (line,)), service.ModifierDraft("No ham", D(0), (less,)))
    group = desk.run(service.save_group, service.GroupDraft("Ham", 0, 1, answers)).result.id
    item = desk.run(service.menu_item, key)
    draft = service.MenuDraft(
        item.code, item.name, item.category_id, recipe_id=item.recipe_id, groups=(group,), id=key, version=item.version
    )
    desk.run(service.save_menu_item, draft)
    page = open_page(window, qtbot, build(window.desk))
    page.open_record(key)
    window.settle()
    said = " | ".join(texts_of(page))
    names = [ALLERGENS[code] for code in ("gluten", "milk", "sulphites")]
    assert f"{names[0]}, {names[1]}, {names[2]} with With ham" in said
    assert "With ham: Prosciutto" in said


def test_a_planned_price_is_taken_back_by_a_button_and_planned_again(
    window: Window, qtbot: QtBot, restaurant: Restaurant
) -> None:
    desk, key = restaurant.tenant.desks[0], restaurant.menu["Margherita"]
    later = desk.run(today) + timedelta(days=9)
    desk.run(service.set_price, service.PriceDraft(key, restaurant.site, later, D("12.90"), D(10)))
    page = open_page(window, qtbot, build(window.desk))
    page.open_record(key)
    window.settle()
    button_of(page, "Take the planned price back").click()
    window.settle()
    assert not desk.run(service.menu_item, key, restaurant.site).planned
    assert window.said[-1].act is not None
    window.said[-1].act()
    window.settle()
    assert [price.price for price in desk.run(service.menu_item, key, restaurant.site).planned] == [D("12.90")]


def today(connection: Connection) -> date:
    found: date = connection.execute(select(func.current_date())).scalar_one()
    return found


def test_the_price_list_shows_what_holds(window: Window, qtbot: QtBot) -> None:
    page = open_page(window, qtbot, price_list.build(window.desk))
    assert {row.name: row.price for row in page.model.rows}["Margherita"] == D("11.50")


def test_a_dish_is_changed_priced_and_taken_off_in_its_panel(
    window: Window, qtbot: QtBot, restaurant: Restaurant
) -> None:
    page = open_page(window, qtbot, build(window.desk))
    desk: Desk = window.desk
    page.table.choose_rows([n for n, row in enumerate(page.model.rows) if row.name == "Margherita"])
    act(page, "Out for now …")
    form_of(page).save()
    window.settle()
    assert next(row.state for row in page.model.rows if row.name == "Margherita") == "paused"
    page.open_record(restaurant.menu["Margherita"])
    window.settle()
    assert "Downtown is out of it until further notice." in " ".join(texts_of(page))
    assert desk.may("menu.price")
