"""A desk hears at once what somebody else made of its person's rights, shows it, and loses nothing typed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from ims_desktop.app.rights_told import what_changed
from ims_desktop.database.transaction import Opening
from tests.app.robot import Robot, robot_at
from tests.features.desks import sit_down
from tests.features.people.desks import House, ask
from tests.restaurant import seed
from tests.tenants import PASSWORD, Tenant


@pytest.fixture
def house(tenant: Tenant) -> House:
    seed(tenant)
    return House(tenant, sit_down(tenant))


@pytest.fixture
def robot(tenant: Tenant, house: House, qtbot: QtBot, tmp_path: Path) -> Iterator[Robot]:
    with robot_at(tenant.server.gate, tmp_path) as made:
        yield made


def _assignment(house: House, member: UUID, role: str) -> Any:
    return house.value("SELECT id FROM user_roles WHERE member_id = %s AND role_id = %s", member, house.role(role))


def test_what_is_given_and_taken_is_seen_at_once_and_nothing_typed_is_lost(
    robot: Robot, tenant: Tenant, house: House
) -> None:
    login = tenant.person("MANAGER")
    robot.sign_in(login, PASSWORD)
    desk, shell = robot.session.desk, robot.session.shell
    key = house.value("SELECT id FROM members WHERE login = %s", login)
    recipes, page = robot.open("recipes"), robot.open("waste")
    robot.type_cells("flour", "1.5")
    assert "audit" not in shell.navigation_bar.buttons
    ask(house.owner, "assign_role", key, house.role("Administrator"), None)
    robot.until(lambda: "audit" in shell.navigation_bar.buttons)
    robot.settle()
    assert any("Your roles have changed. New:" in message.text for message in robot.said)
    assert shell.current is page
    assert page.view.grid.model.begun(0), "what was typed is gone"
    assert robot.open("recipes") is not recipes, "a page without typed work is made anew"
    robot.open("audit")
    assert "Switch person" in [action.text() for action in shell.navigation_bar.person_menu.actions()]
    ask(house.owner, "withdraw_role", _assignment(house, key, "Administrator"))
    robot.until(lambda: "audit" not in shell.navigation_bar.buttons)
    robot.settle()
    assert not desk.may("audit.view")
    assert desk.navigation.place is not None
    assert desk.navigation.place.page == "overview", "the page one may not see any more is left"
    assert any("No longer:" in message.text for message in robot.said)
    assert robot.open("waste") is page
    page.view.grid.clear()
    robot.open("recipes")
    assert robot.open("waste") is not page, "once nothing is typed there it is made anew"


def test_who_may_do_nothing_here_any_more_is_told_and_sent_away(robot: Robot, tenant: Tenant, house: House) -> None:
    login = tenant.person("MANAGER")
    robot.sign_in(login, PASSWORD)
    page = robot.open("items")
    page.start_new()
    robot.settle()
    page.panel.findChildren(QLineEdit)[0].setText("something")
    ask(house.owner, "deactivate_member", house.value("SELECT id FROM members WHERE login = %s", login))
    robot.until(lambda: robot.program.session is None)
    assert "Your access was deactivated" in robot.refused[-1]
    assert len(robot.program.seats.parking) == 0, "nothing of the group is kept for somebody it has let go"


def test_a_change_is_told_in_a_sentence() -> None:
    def holding(*codes: str) -> Opening:
        return Opening(None, "", "", frozenset(codes), ())  # type: ignore[arg-type]

    given = what_changed(holding("items.view"), holding("items.view", "audit.view", "people.view"))
    assert given == "Your roles have changed. New: See people and roles, See who changed what."
    many = what_changed(holding("items.view", "items.edit", "stock.view", "stock.cost", "sales.view"), holding())
    assert many.startswith("Your roles have changed. No longer: See items, Create")
    assert many.endswith("See stock and movements and 2 more.")
    assert what_changed(holding("items.view"), holding("items.view")) == ""
