"""The program is started while the server is away: who worked here lately goes on, and signs in when it is back."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ims_desktop.app import copies, server_watch
from ims_desktop.database.embedded import EmbeddedServer
from ims_desktop.domain.listing import ListQuery
from ims_desktop.features.stock import service as stock
from ims_desktop.ui.journal import State
from tests.app.robot import Keyring, Robot, robot_at, words_on
from tests.app.test_outage import own_server
from tests.features.windows import button_of
from tests.restaurant import receive, seed
from tests.tenants import PASSWORD, Server, enrol, new_tenant

__all__ = ["own_server"]
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def at(own_server: tuple[EmbeddedServer, Server], qtbot: QtBot, tmp_path: Path) -> Iterator[SimpleNamespace]:
    """A PC at which the owner was at work until the program was ended and the server stopped."""
    running, server = own_server
    restaurant = seed(new_tenant(server))
    receive(restaurant.tenant.desk(), restaurant, {"Mozzarella": ("10", "7.90")})
    restaurant.tenant.close()
    found = SimpleNamespace(
        running=running, server=server, restaurant=restaurant, folder=tmp_path, keyring=Keyring(), bot=qtbot,
        login=restaurant.tenant.owner_login,
    )  # fmt: skip
    kept = {".way", ".desk", ".counts", ".site", ".deliveries"}
    with patch.object(copies, "FIRST_MS", 0), robot_at(server.gate, tmp_path, found.keyring) as robot:
        robot.sign_in(found.login, PASSWORD)
        robot.until(lambda: kept < {one.suffix.partition("-")[0] for one in (tmp_path / "journal").iterdir()})
        robot.settle()
    with patch.object(server_watch, "LOOK_MS", 100):
        yield found


def wasted(robot: Robot) -> None:
    """Type a line of waste and record it."""
    page = robot.open("waste")
    page.view.start()
    robot.settle()
    robot.type_cells("mozz", "1.5", "spoil", "")
    QTest.keyClick(QApplication.focusWidget() or page.view.grid.table, Qt.Key.Key_Return, CTRL)
    robot.until(lambda: len(robot.session.journal.entries(State.WAITING)) == 1)
    robot.settle()


def come_back(at: SimpleNamespace, robot: Robot) -> None:
    """The server is there again, and the person takes the offer to sign in."""
    at.running.start()
    shell = robot.session.shell
    robot.until(lambda: any("Sign in: then what you saved" in words for words in words_on(shell)))
    button_of(shell, "Sign in").click()
    robot.settle()
    assert shell.isHidden()


def test_who_worked_here_goes_on_without_the_server_and_signs_in_when_it_is_back(at: SimpleNamespace) -> None:
    at.running.stop()
    with robot_at(at.server.gate, at.folder, at.keyring) as robot:
        robot.sign_in(at.login, "another-long-password")
        assert robot.program.session is None
        assert "not the password with which you signed in" in robot.refused[-1]
        robot.refused.clear()
        robot.sign_in(at.login, PASSWORD)
        shell = robot.session.shell
        assert any("You work without the server" in words for words in words_on(shell))
        wasted(robot)
        assert robot.session.journal.entries(State.SENT) == ()
        deliveries = robot.open("deliveries").view
        assert len(deliveries.memory.here().suppliers) == len(at.restaurant.suppliers), (
            "no page was opened there before"
        )
        come_back(at, robot)
        robot.sign_in(at.login, PASSWORD)
        robot.until(lambda: bool(robot.session.journal.entries(State.SENT)))
        robot.settle()
        assert robot.session.shell is shell, "the same desk, with what was typed"
        assert not any("without the server" in words for words in words_on(shell))
        rows = robot.session.database.run(stock.movements, ListQuery(search="Mozzarella")).rows
        assert [row.quantity for row in rows if row.kind == "WASTE"] == [Decimal("-1.5")]


def test_entries_of_somebody_who_may_no_longer_are_not_sent_and_said_to_be(at: SimpleNamespace) -> None:
    at.running.stop()
    with robot_at(at.server.gate, at.folder, at.keyring) as robot:
        robot.sign_in(at.login, PASSWORD)
        wasted(robot)
        at.running.start()
        with at.server.root() as root:
            root.execute("SET session_replication_role = replica")
            root.execute("UPDATE public.user_tenants SET is_active = false")
        come_back(at, robot)
        robot.sign_in(at.login, PASSWORD)
        robot.settle()
        assert robot.program.session is None
        assert any("1 entry that was saved on this PC was not sent" in words for words in robot.refused)
    at.running.stop()
    with robot_at(at.server.gate, at.folder, at.keyring) as robot:
        robot.sign_in(at.login, PASSWORD)
        assert robot.program.session is None, "there is no way in any more"
    at.running.start()


def test_another_pc_or_another_account_has_no_way_in(at: SimpleNamespace) -> None:
    other = enrol(at.server.place, at.server.operator_password)
    at.running.stop()
    for gate, keyring in ((other, Keyring()), (at.server.gate, Keyring({f"gate:{at.server.gate.user}": "guessed"}))):
        with robot_at(gate, at.folder, keyring) as robot:
            robot.sign_in(at.login, PASSWORD)
            assert robot.program.session is None
    at.running.start()
