"""The menu as a manager changes it: a modifier group, a category's place, and the prices of many dishes."""

from collections.abc import Iterator
from decimal import Decimal as D
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ims_desktop.features.menu import service
from ims_desktop.features.menu.screen import build, categories, modifiers, price_list
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.entry_field import EntryEditor
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.paste_panel import PastePanel
from tests.conftest import MakeTenant
from tests.features.windows import Window, act, form_of, texts_of, window_of
from tests.restaurant import Restaurant, receive, seed


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
