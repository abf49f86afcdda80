"""From every figure to the list of what it counts, and back with Alt+Left."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ims_desktop.ui.cards import KpiCard
from ims_desktop.ui.chips import ChipLabel
from ims_desktop.ui.desk import Place
from tests.app.robot import Robot, robot_at, words_on
from tests.features.reports import history
from tests.restaurant import receive, seed
from tests.tenants import PASSWORD, MakeTenant

ENTER = Qt.Key.Key_Return


@pytest.fixture
def robot(make_tenant: MakeTenant, qtbot: QtBot, tmp_path: Path) -> Iterator[Robot]:
    """A restaurant that sold, wasted and received yesterday."""
    restaurant = seed(make_tenant())
    desk, day = restaurant.tenant.desk(), datetime.now(UTC).date() - timedelta(days=1)
    receive(desk, restaurant, dict.fromkeys(restaurant.items, ("100", "1.5")))
    desk.run(history.sell, restaurant, [(day, "1", [("Espresso", 20), ("Margherita", 12), ("Pizza prosciutto", 3)])])
    desk.run(history.post, restaurant, "WASTE", day, [("Prawns", -2, None, "BREAKAGE"), ("Basil", -9, None, "TRIM")])
    with robot_at(restaurant.tenant.server.gate, tmp_path) as made:
        made.sign_in(restaurant.tenant.owner_login, PASSWORD)
        made.settle()
        yield made


def walk(robot: Robot, start: Callable[[], Any], go: Callable[[], None]) -> Place:
    """Follow one way, and come back with Alt+Left; answers where it led."""
    page = start()
    here = robot.session.desk.navigation.place
    go()
    robot.settle()
    there = robot.session.desk.navigation.place
    assert there is not None
    assert there != here, "it leads nowhere"
    current = robot.session.shell.current
    assert current is not page or there.record is not None
    QTest.keyClick(robot.session.shell, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    robot.settle()
    assert robot.session.desk.navigation.place == here
    assert robot.session.shell.current is page
    assert not [message.text for message in robot.said if message.tone.value == "bad"]
    return there


def entered(page: Any, *way: str | int) -> Callable[[], None]:
    """Enter, pressed on a part of the page: names of attributes, and the number of one of several."""

    def press() -> None:
        part = page
        for step in way:
            part = getattr(part, step) if isinstance(step, str) and hasattr(part, step) else part[step]
        QTest.keyClick(part, ENTER)

    return press


def opened(robot: Robot, page: str) -> Callable[[], Any]:
    return lambda: robot.session.shell.current if _is_at(robot, page) else robot.open(page)


def _is_at(robot: Robot, page: str) -> bool:
    place = robot.session.desk.navigation.place
    return place is not None and place.page == page


def test_every_figure_of_the_overview_leads_somewhere_and_back(robot: Robot) -> None:
    page = robot.open("overview")
    start = opened(robot, "overview")
    ways = len(page.cards.cards) + len(page.concerns.rows) + len(page.latest.rows)
    assert ways > 6
    for part in ("cards.cards", "concerns.rows", "latest.rows"):
        owner, name = part.split(".")
        for number in range(len(getattr(getattr(page, owner), name))):
            walk(robot, start, entered(page, owner, name, number))
    assert walk(robot, start, entered(page, "sales")).page == "orders"


def test_every_figure_of_cost_and_waste_leads_to_its_movements_and_back(robot: Robot) -> None:
    page = robot.open("cost_and_waste")
    start = opened(robot, "cost_and_waste")
    for number, card in enumerate(page.cards.cards):
        assert isinstance(card, KpiCard)
        place = walk(robot, start, entered(page, "cards", "cards", number))
        assert place.page == "stock" or place.filters
    for chart in ("food", "waste"):
        assert walk(robot, start, entered(page, "charts", chart)).page == "movements"
    assert page.table.items()
    place = walk(robot, start, lambda: page.open_item(page.table.items()[0]))
    assert {one.key for one in place.filters} == {"business_day", "kind", "reason", "item"}


def test_every_figure_and_the_first_row_of_every_report_lead_to_their_lists_and_back(robot: Robot) -> None:
    page = robot.open("reports")
    start = opened(robot, "reports")
    for name in page.tabs.buttons:
        page.show_report_named(name)
        robot.settle()
        leading = [key for key, figure in page.grid.figures.items() if figure.place is not None]
        assert leading, name
        for key in leading[:2]:
            walk(robot, start, entered(page, "grid", "figures", key))
        for table in page.report.spec.tables:
            page.choose_table(table.key)
            if page.table.model.rowCount() and page.table.places[0] is not None:
                walk(robot, start, lambda: page.table.open_row(0))


def test_a_menu_item_leads_to_its_orders_and_its_report_and_back(robot: Robot) -> None:
    page = robot.open("menu")
    row = next(row for row in page.model.rows if row.name == "Margherita")
    page.open_record(row.id)
    robot.settle()
    record = page.panel.record
    [outlet] = record.outlets
    assert (outlet.orders, outlet.quantity) == (1, 12)
    related = next(part for part in page.spec.detail.describe(record, robot.session.desk.formats).related if part.total)
    place = related.lines[0].place
    assert place is not None

    def go() -> None:
        robot.session.desk.navigation.open(place.page, place.record, place.filters)

    assert walk(robot, opened(robot, "menu"), go).page == "orders"
    assert "Menu engineering" in words_on(page.panel)
    assert "Plowhorse" in [chip.accessibleName() for chip in page.panel.findChildren(ChipLabel)]
