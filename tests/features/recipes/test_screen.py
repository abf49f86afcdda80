"""The page of recipes as people see it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from ims_desktop.domain.permissions import CODES
from ims_desktop.features.recipes import screen
from ims_desktop.ui.controls import Button
from ims_desktop.ui.list_page import ListPage
from tests.features.reports.desks import Seat, seat
from tests.restaurant import ITEMS, Restaurant, receive, seed
from tests.tenants import Server, new_tenant


@pytest.fixture(scope="module")
def stocked(server: Server) -> Iterator[Restaurant]:
    """A restaurant with stock at one of two sites."""
    restaurant = seed(new_tenant(server))
    receive(restaurant.tenant.desk(), restaurant, {item[0]: ("10", item[7]) for item in ITEMS})
    yield restaurant
    restaurant.tenant.close()


def open_page(
    qtbot: QtBot, restaurant: Restaurant, folder: Path, rights: frozenset[str] = CODES
) -> tuple[Seat, ListPage]:
    """Sit down in front of the recipes."""
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


def test_a_recipe_unfolds_in_the_panel(qtbot: QtBot, stocked: Restaurant, tmp_path: Path) -> None:
    made, page = open_page(qtbot, stocked, tmp_path)
    assert page.model.index(0, 0).data() == "Espresso"
    page.open_record(stocked.recipes["Margherita"])
    qtbot.waitUntil(lambda: "Ingredients of a batch" in said(page))
    buttons = [one.text() for one in page.panel.findChildren(Button)]
    assert any("↳ Tomato tin" in text for text in buttons)
    assert "Milk" in said(page)
    sauce = next(one for one in page.panel.findChildren(Button) if one.text() == "Tomato sauce")
    qtbot.mouseClick(sauce, Qt.MouseButton.LeftButton)
    assert (made.opened[-1].page, made.opened[-1].record) == ("recipes", stocked.recipes["Tomato sauce"])
    made.close()


def test_costs_follow_the_chosen_site(qtbot: QtBot, stocked: Restaurant, tmp_path: Path) -> None:
    made, page = open_page(qtbot, stocked, tmp_path)
    assert page.model.rows[0].cost is not None
    made.desk.choose_site(stocked.sites["Harbour"])
    qtbot.waitUntil(lambda: page.model.rows[0].cost is None)
    page.open_record(stocked.recipes["Espresso"])
    qtbot.waitUntil(lambda: "Without a cost at Harbour: Espresso beans" in said(page))
    made.close()


def test_without_the_right_to_costs_there_are_none(qtbot: QtBot, stocked: Restaurant, tmp_path: Path) -> None:
    made, page = open_page(qtbot, stocked, tmp_path, CODES - {"stock.cost"})
    assert "cost" not in {column.key for column in page.model.columns}
    page.open_record(stocked.recipes["Espresso"])
    qtbot.waitUntil(lambda: "Allergens" in said(page))
    assert "Cost of one" not in said(page)
    made.close()


def test_tabs_choose_the_kind(qtbot: QtBot, stocked: Restaurant, tmp_path: Path) -> None:
    made, page = open_page(qtbot, stocked, tmp_path)
    tab = next(one for one in page.findChildren(Button) if one.text() == "Sub-recipes  1")
    qtbot.mouseClick(tab, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    assert page.model.rows[0].name == "Tomato sauce"
    made.close()
