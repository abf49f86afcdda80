"""A desk hears at once what somebody else made of its person's rights."""

from pathlib import Path

from pytestqt.qtbot import QtBot

from tests.app.robot import robot_at
from tests.features.desks import sit_down
from tests.features.people.desks import House, ask
from tests.restaurant import seed
from tests.tenants import PASSWORD, Tenant

WITHIN_MS = 8_000  # on a busy machine; on a quiet one it is a moment


def test_a_desk_is_told_that_its_rights_changed_and_sent_away_when_they_end(
    tenant: Tenant, qtbot: QtBot, tmp_path: Path
) -> None:
    seed(tenant)
    house = House(tenant, sit_down(tenant))
    login = tenant.person("MANAGER")
    with robot_at(tenant.server.gate, tmp_path) as robot:
        robot.sign_in(login, PASSWORD)
        desk = robot.session.desk
        key = house.value("SELECT id FROM members WHERE login = %s", login)
        assert desk.may("recipes.edit")
        ask(house.owner, "assign_role", key, house.role("Administrator"), None)
        robot.until(lambda: desk.may("audit.view"), WITHIN_MS)
        assert any("Your roles have changed" in message.text for message in robot.said)
        ask(house.owner, "withdraw_role", house.assignment(key))
        ask(house.owner, "deactivate_member", key)
        robot.until(lambda: robot.program.session is None, WITHIN_MS)
