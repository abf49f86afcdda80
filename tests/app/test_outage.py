"""The server goes away while somebody types, and comes back."""

import tempfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from ims_desktop.database.embedded import EmbeddedServer
from ims_desktop.database.installation import install
from ims_desktop.database.place import Place
from ims_desktop.domain.listing import ListQuery
from ims_desktop.features.stock import service as stock
from ims_desktop.ui.journal import State
from tests.app.robot import robot_at
from tests.restaurant import receive, seed
from tests.tenants import PASSWORD, Server, enrol, new_tenant


@pytest.fixture
def own_server() -> Iterator[tuple[EmbeddedServer, Server]]:
    """A server that only this test stops and starts."""
    with tempfile.TemporaryDirectory(prefix="ims-test-") as home:
        Path(home).chmod(0o755)
        running = EmbeddedServer(Path(home) / "server", options={"fsync": "off"})
        address = running.start()
        place = Place(address.host, address.port)
        operator = install(place, address.user, address.password) or ""
        yield running, Server(place, operator, address.user, address.password, enrol(place, operator))
        running.stop()


def test_nothing_typed_is_lost_and_the_desk_comes_back(
    own_server: tuple[EmbeddedServer, Server], qtbot: QtBot, tmp_path: Path
) -> None:
    running, server = own_server
    restaurant = seed(new_tenant(server))
    receive(restaurant.tenant.desk(), restaurant, {"Mozzarella": ("10", "7.90")})
    restaurant.tenant.close()
    with robot_at(server.gate, tmp_path) as robot:
        robot.sign_in(restaurant.tenant.owner_login, PASSWORD)
        page = robot.open("waste")
        robot.type_cells("mozz", "1.5", "spoil", "")
        shell = robot.session.shell
        running.stop()
        robot.until(lambda: shell.is_away)
        target = QApplication.focusWidget() or page.view.grid.table
        QTest.keyClick(target, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        journal = robot.session.journal
        robot.until(lambda: bool(journal.entries(State.WAITING)) and page.view.grid.lines() == ())
        assert any("1 entry waits" in button.text() for button in shell.top_bar.findChildren(QPushButton))
        robot.settle()
        running.start()
        robot.until(lambda: not shell.is_away, 30_000)
        robot.until(lambda: bool(journal.entries(State.SENT)))
        robot.settle()
        assert "1 entry that was saved here is on the server now" in [said.text for said in robot.said]
        rows = robot.session.database.run(stock.movements, ListQuery(search="Mozzarella")).rows
        assert [row.quantity for row in rows if row.kind == "WASTE"] == [Decimal("-1.5")]
