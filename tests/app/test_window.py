"""The main job in the whole program: sign in, record waste, find it everywhere, take it back."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ims_desktop.domain.business_calendar import Period
from ims_desktop.domain.listing import ListQuery
from ims_desktop.features.audit.service import audit_entries
from ims_desktop.features.reports.rules import Question
from ims_desktop.features.reports.service import read_report
from ims_desktop.features.stock import service as stock
from tests.app.robot import Robot, robot_at, words_on
from tests.restaurant import Restaurant, receive, seed
from tests.tenants import PASSWORD, MakeTenant, Tenant


@pytest.fixture
def restaurant(make_tenant: MakeTenant) -> Restaurant:
    made = seed(make_tenant())
    receive(made.tenant.desk(), made, {"Mozzarella": ("10", "7.90"), "Flour": ("100", "1.12")})
    return made


@pytest.fixture
def robot(restaurant: Restaurant, qtbot: QtBot, tmp_path: Path) -> Iterator[Robot]:
    with robot_at(restaurant.tenant.server.gate, tmp_path) as made:
        made.sign_in(restaurant.tenant.owner_login, PASSWORD)
        yield made


def movements_of(robot: Robot, item: str) -> list[Any]:
    page = robot.session.database.run(stock.movements, ListQuery(search=item))
    return [row for row in page.rows if row.kind == "WASTE"]


def waste_reported(robot: Robot) -> Decimal:
    today = datetime.now(UTC).date()
    period = Period(today.replace(day=1), today)
    report = robot.session.database.run(read_report, "waste", Question.about(period))
    return sum((part.money("waste") for part in report.parts), Decimal(0))


def test_waste_is_recorded_found_everywhere_and_taken_back(robot: Robot, restaurant: Restaurant) -> None:
    page = robot.open("waste")
    robot.type_cells("mozz", "1.5", "spoil", "")
    QTest.keyClick(
        QApplication.focusWidget() or page.view.grid.table, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier
    )
    robot.until(lambda: bool(robot.said))
    assert robot.said[-1].text == "Recorded 1.500 kg Mozzarella, 11.85 USD"
    assert [row.quantity for row in movements_of(robot, "Mozzarella")] == [Decimal("-1.5")]
    shown = robot.open("movements")
    assert Decimal("-1.5") in [row.quantity for row in shown.body.model.rows]
    levels = robot.open("stock")
    assert next(row.on_hand for row in levels.body.model.rows if row.item == "Mozzarella") == Decimal("8.5")
    log = robot.session.database.run(audit_entries, ListQuery()).rows
    assert any(entry.action == "POST" for entry in log)
    assert waste_reported(robot) == Decimal("11.85")
    robot.said[-1].act()  # the toast's Undo
    robot.until(lambda: len(movements_of(robot, "Mozzarella")) == 2)
    assert sorted(row.quantity for row in movements_of(robot, "Mozzarella")) == [Decimal("-1.5"), Decimal("1.5")]
    assert waste_reported(robot) == 0


def test_every_page_opens_and_says_nothing_bad(robot: Robot) -> None:
    for key in list(robot.session.shell._entries):
        robot.open(key)
        assert robot.session.shell.current is not None
    assert [message.text for message in robot.said] == []


def test_a_wrong_password_is_answered_and_nothing_typed_is_lost(
    restaurant: Restaurant, qtbot: QtBot, tmp_path: Path
) -> None:
    with robot_at(restaurant.tenant.server.gate, tmp_path) as robot:
        robot.sign_in(restaurant.tenant.owner_login, "not-the-password")
        assert robot.refused == ["The login or the password is not right."]
        assert robot.program.view.credentials.login.text() == restaurant.tenant.owner_login
        assert any("not right" in text for text in words_on(robot.program.view))


def test_a_counter_sees_what_counters_see(restaurant: Restaurant, qtbot: QtBot, tmp_path: Path) -> None:
    login = restaurant.tenant.person("EMPLOYEE", site=restaurant.site)
    with robot_at(restaurant.tenant.server.gate, tmp_path) as robot:
        robot.sign_in(login, PASSWORD)
        shown = set(robot.session.shell.navigation_bar.buttons)
        assert {"waste", "items", "stock"} <= shown
        assert not {"audit", "people", "cost_and_waste", "orders", "suppliers", "adjustments"} & shown
        assert [site.name for site in robot.session.desk.sites] == ["Downtown"]


def test_what_another_desk_changed_is_seen_within_two_seconds(robot: Robot, restaurant: Restaurant) -> None:
    page = robot.open("stock")
    other = restaurant.tenant.desk()
    other_notices = robot.session._notices.__class__(other.identity, lambda _s: None, lambda _c: None)
    receive(other, restaurant, {"Mozzarella": ("5", "8.00")})
    with other._engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        other_notices.tell(connection, {"stock", "postings"})

    def seen() -> bool:
        return any(row.item == "Mozzarella" and row.on_hand == 15 for row in page.body.model.rows)

    robot.until(seen, 10_000)  # by the notice: without one it would take two minutes


def statements_of(tenant: Tenant) -> list[Any]:
    """When each connection of the tenant's people last sent something."""
    with tenant.server.root() as root:
        return root.execute(
            "SELECT pid, query_start FROM pg_stat_activity WHERE usename LIKE 'm\\_%' ORDER BY pid"
        ).fetchall()


def test_an_idle_desk_sends_nothing(robot: Robot, restaurant: Restaurant) -> None:
    robot.open("stock")
    before = statements_of(restaurant.tenant)
    assert robot.session._heal.interval() > 60_000
    quiet = robot.session.database.run
    sent: list[Any] = []
    robot.session.background._run = lambda *args, **named: (sent.append(args), quiet(*args, **named))[1]
    QTest.qWait(4000)
    assert sent == []
    assert statements_of(restaurant.tenant) == before


def test_a_locked_desk_wants_the_password_of_its_person(robot: Robot, restaurant: Restaurant) -> None:
    page = robot.open("waste")
    robot.type_cells("mozz", "1.5")
    shell, view = robot.session.shell, robot.program.view
    shell.locked.emit()
    assert shell.isHidden()
    assert view.credentials.password.text() == ""
    QTest.keyClicks(view.credentials.password, "not-the-password")
    QTest.keyClick(view.credentials.password, Qt.Key.Key_Return)
    robot.until(lambda: bool(robot.refused))
    assert shell.isHidden()
    view.credentials.password.clear()
    QTest.keyClicks(view.credentials.password, PASSWORD)
    QTest.keyClick(view.credentials.password, Qt.Key.Key_Return)
    robot.until(shell.isVisible)
    assert page.view.grid.model.begun(0), "what was typed is gone"


def test_signing_out_leads_back_to_the_sign_in(robot: Robot) -> None:
    robot.session.shell.signed_out.emit()
    robot.until(lambda: robot.program.session is None)
    assert robot.program.view.isVisible()
    assert robot.program.view.credentials.password.text() == ""


def test_closing_the_window_ends_the_program(robot: Robot) -> None:
    ended: list[None] = []
    robot.program.finished.connect(lambda: ended.append(None))
    robot.session.shell.close()
    robot.until(lambda: bool(ended))
    robot.until(robot.session.shell.isHidden)
