"""The page of the menu as people see it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from ims_desktop.domain.permissions import CODES
from ims_desktop.features.menu import screen
from ims_desktop.ui.controls import Button
from ims_desktop.ui.list_page import ListPage
from tests.features.reports.desks import Seat, seat
from tests.restaurant import ITEMS, Restaurant, receive, seed
from tests.tenants import Server, new_tenant


@pytest.fixture(scope="module")
def stocked(server: Server) -> Iterator[Restaurant]:
    """A restaurant with stock, where one espresso costs more than it should."""
    restaurant = seed(new_tenant(server))
    receive(restaurant.tenant.desk(), restaurant, {item[0]: ("10", item[7]) for item in ITEMS})
    with restaurant.tenant.as_root() as root:
        root.execute(
            "INSERT INTO menu_prices (menu_item_id, valid_from, price, tax_percent) VALUES (%s, '2025-02-01', 0.5, 0)",
            [restaurant.menu["Espresso"]],
        )
    yield restaurant
    restaurant.tenant.close()


def open_page(
    qtbot: QtBot, restaurant: Restaurant, folder: Path, rights: frozenset[str] = CODES
) -> tuple[Seat, ListPage]:
    """Sit down in front of the menu."""
    made = seat(restaurant.tenant.desks[0].run, folder, restaurant.sites, rights=rights)
    page = screen.build(made.desk)
    assert isinstance(page, ListPage)
    qtbot.addWidget(page)
    page.resize(1146, 716)
    page.show()
    qtbot.waitUntil(made.desk.background.idle)
    return made, page


def said(page: QWidget) -> str:
    """Everything that can be read in labels."""
    return " | ".join(one.text() for one in page.findChildren(QLabel) if one.isVisible())


def test_what_is_over_target_is_one_click_away(qtbot: QtBot, stocked: Restaurant, tmp_path: Path) -> None:
    made, page = open_page(qtbot, stocked, tmp_path)
    assert page.model.rowCount() == 6
    tab = next(one for one in page.findChildren(Button) if one.text().startswith("Over target"))
    assert tab.text() == "Over target  1"
    qtbot.mouseClick(tab, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    assert page.model.rows[0].code == "C1"
    page.open_record(page.model.rows[0].id)
    qtbot.waitUntil(lambda: "Plate cost" in said(page))
    assert "33.1%" in said(page)
    button = next(one for one in page.findChildren(Button) if one.text().strip() == "Open recipe")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert (made.opened[-1].page, made.opened[-1].record) == ("recipes", stocked.recipes["Espresso"])
    made.close()


def test_an_item_without_a_recipe_says_what_that_means(qtbot: QtBot, stocked: Restaurant, tmp_path: Path) -> None:
    made, page = open_page(qtbot, stocked, tmp_path)
    page.open_record(stocked.menu["Sparkling water"])
    qtbot.waitUntil(lambda: "take nothing out of stock" in said(page))
    made.close()


def test_without_the_right_to_costs_there_are_none(qtbot: QtBot, stocked: Restaurant, tmp_path: Path) -> None:
    made, page = open_page(qtbot, stocked, tmp_path, CODES - {"stock.cost"})
    assert {column.key for column in page.model.columns}.isdisjoint({"cost", "margin", "food_cost", "state"})
    assert not [one for one in page.findChildren(Button) if one.text().startswith("Over target")]
    page.open_record(stocked.menu["Espresso"])
    qtbot.waitUntil(lambda: "Made of" in said(page))
    assert "Plate cost" not in said(page)
    made.close()
