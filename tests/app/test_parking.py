"""Several people at one PC: each finds their desk as they left it, and nobody sees anything of the others'."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from ims_desktop.app import parking
from ims_desktop.domain.errors import Offline
from ims_desktop.ui.messages import Messages
from tests.app.robot import Keyring, Robot, robot_at, words_on
from tests.restaurant import Restaurant, receive, seed
from tests.tenants import PASSWORD, MakeTenant, Tenant

PIN = "4711"


@pytest.fixture
def restaurant(make_tenant: MakeTenant) -> Restaurant:
    made = seed(make_tenant())
    receive(made.tenant.desk(), made, {"Mozzarella": ("10", "7.90")})
    return made


@pytest.fixture
def tenant(restaurant: Restaurant) -> Tenant:
    return restaurant.tenant


@pytest.fixture
def robot(tenant: Tenant, qtbot: QtBot, tmp_path: Path) -> Iterator[Robot]:
    with robot_at(tenant.server.gate, tmp_path, Keyring()) as made:
        made.until(made.program.view.credentials.remember.isEnabled)
        yield made


def type_waste(robot: Robot, login: str) -> Any:
    """Sign somebody in who types a line of waste and does not record it; gives the page."""
    robot.sign_in(login, PASSWORD)
    page = robot.open("waste")
    robot.type_cells("mozz", "1.5")
    assert robot.seat.has_unsaved
    return page


def give_way(robot: Robot) -> None:
    """Lock the desk, and let somebody else take over."""
    robot.session.shell.locked.emit()
    robot.program.view.credentials._lost.click()
    robot.until(lambda: robot.program.session is None)
    robot.settle()


def come_in(robot: Robot, login: str, password: str = PASSWORD) -> None:
    """Sign in as somebody whom no tile is needed for."""
    robot.refused.clear()
    robot.program.view.people.other.click()
    robot.sign_in(login, password)


def lines_of(tenant: Tenant, role: str) -> int:
    with tenant.server.root() as root:
        row = root.execute("SELECT count(*) FROM pg_stat_activity WHERE usename = %s", [role]).fetchone()
        assert row is not None
        return int(row[0])


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Callable[[], None]]]:
    """The questions asked, and what a yes would do."""
    questions: list[tuple[str, Callable[[], None]]] = []

    def ask(_messages: Messages, question: str, yes: Callable[[], None], *_args: object, **_more: object) -> None:
        questions.append((question, yes))

    monkeypatch.setattr(Messages, "ask", ask)
    return questions


def edit_a_cell(robot: Robot, _folder: Path) -> Callable[[], None]:
    """Change a cell of the items; gives what throws it away."""
    page = robot.open("items")
    column = next(one for one in page.spec.columns if one.key == "name")
    page.editing.grid.type_into(column, page.model.row_at(page.model.index(0, 0)), "Something else")
    return cast("Callable[[], None]", page.editing.grid.discard)


def read_a_list(robot: Robot, _folder: Path) -> Callable[[], None]:
    """Paste a table and look at what it would change."""
    page = robot.open("import")
    QGuiApplication.clipboard().setText("sku\tname\nNEW-1\tSomething new")
    page.take_clipboard()
    return cast("Callable[[], None]", page.start_over)


def read_sales(robot: Robot, folder: Path) -> Callable[[], None]:
    """Read a file of sales."""
    page, file = robot.open("sales_import"), folder / "till.csv"
    file.write_text("date,item,quantity,price\n2026-01-02,Margherita,1,9.50\n", "utf-8")
    page.take([str(file)])
    return cast("Callable[[], None]", page.start_over)


@pytest.mark.parametrize("begin", [edit_a_cell, read_a_list, read_sales])
def test_what_is_begun_and_not_saved_is_known_on_every_page(
    robot: Robot, tenant: Tenant, tmp_path: Path, begin: Callable[[Robot, Path], Callable[[], None]]
) -> None:
    robot.sign_in(tenant.owner_login, PASSWORD)
    assert not robot.seat.has_unsaved
    throw_away = begin(robot, tmp_path)
    robot.settle()
    robot.until(lambda: robot.seat.has_unsaved)
    throw_away()
    assert not robot.seat.has_unsaved


def test_who_comes_back_by_the_password_finds_everything_as_it_was(
    robot: Robot, tenant: Tenant, asked: list[Any]
) -> None:
    manager = tenant.person("MANAGER")
    page = type_waste(robot, tenant.owner_login)
    first, role = robot.session, robot.session.database.identity.role
    give_way(robot)
    assert asked == [], "nothing is lost, so nothing is asked"
    tiles = [tile.accessibleName() for tile in robot.program.view.people.tiles]
    assert tiles == ["Olive Owner"]
    assert any("Desk kept since" in text for text in words_on(robot.program.view))
    come_in(robot, manager)
    assert robot.session is not first
    assert robot.session.desk.person.name == "Manager Person"
    assert first.shell.isHidden()
    robot.until(lambda: lines_of(tenant, role) == 0)
    robot.menu.actions["switch"].trigger()
    robot.until(lambda: robot.program.session is None)
    come_in(robot, tenant.owner_login)
    assert robot.session is first
    assert first.shell.isVisible()
    assert robot.session.shell.current is page
    assert page.view.grid.model.begun(0), "what was typed is gone"
    robot.until(first.shell.isActiveWindow)
    page.view.grid.table.go(0, page.view.grid.model.first_open(0))
    robot.type_cells("spoil", "")
    page.record_button.click()
    robot.until(lambda: page.view.grid.lines() == ())
    robot.until(lambda: any("Recorded 1.500 kg Mozzarella" in message.text for message in robot.said))


def test_who_comes_back_by_the_pin_finds_everything_as_it_was(robot: Robot, tenant: Tenant) -> None:
    page = type_waste(robot, tenant.owner_login)
    robot.menu.choose_pin()
    dialog = robot.menu.dialog
    assert dialog is not None
    for key, text in {"password": PASSWORD, "pin": PIN, "again": PIN}.items():
        dialog.card.lines[key].editor.setText(text)
    dialog.card.submit()
    robot.until(lambda: robot.menu.dialog is None)
    first = robot.session
    robot.menu.actions["switch"].trigger()
    robot.until(lambda: robot.program.session is None)
    QTest.mouseClick(robot.program.view.people.tiles[0], Qt.MouseButton.LeftButton)
    editor = robot.program.view.step.lines["pin"].editor
    QTest.keyClicks(editor, PIN)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    robot.until(lambda: robot.program.session is not None)
    assert robot.session is first
    assert page.view.grid.model.begun(0)


def test_a_parked_desk_sends_nothing_and_leaves_no_window(robot: Robot, tenant: Tenant) -> None:
    robot.sign_in(tenant.owner_login, PASSWORD)
    session = robot.session
    dialog = QDialog(session.shell)
    dialog.open()
    give_way(robot)
    assert dialog.isHidden()
    with pytest.raises(Offline):
        session._run(lambda connection: None)
    come_in(robot, tenant.owner_login)
    assert robot.session is session
    assert dialog.isVisible()
    dialog.reject()


def test_ending_the_program_names_whose_work_would_be_lost(robot: Robot, tenant: Tenant, asked: list[Any]) -> None:
    type_waste(robot, tenant.owner_login)
    give_way(robot)
    ended: list[None] = []
    robot.program.finished.connect(lambda: ended.append(None))
    robot.program.view.close()
    robot.until(lambda: bool(asked))
    assert robot.program.view.isVisible()
    assert "Olive Owner" in asked[0][0]
    assert ended == []
    come_in(robot, tenant.person("MANAGER"))
    robot.session.shell.close()
    robot.until(lambda: len(asked) == 2)
    assert robot.session.shell.isVisible()
    asked[1][1]()
    robot.until(lambda: bool(ended))


def test_the_desk_of_somebody_deactivated_is_let_go_with_a_sentence(robot: Robot, tenant: Tenant) -> None:
    manager = tenant.person("MANAGER")
    type_waste(robot, manager)
    give_way(robot)
    with tenant.as_root() as root:
        root.execute("UPDATE public.user_tenants SET is_active = false WHERE role = 'MANAGER'")
    robot.program.seats.parking.look_after()
    robot.until(lambda: len(robot.program.seats.parking) == 0)
    assert "The access of Manager Person was deactivated" in robot.refused[-1]
    assert "What was typed there is gone" in robot.refused[-1]


def test_the_last_place_asks_before_anything_is_lost(
    robot: Robot, tenant: Tenant, asked: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parking, "PLACES", 1)
    type_waste(robot, tenant.owner_login)
    give_way(robot)
    manager = tenant.person("MANAGER")
    come_in(robot, manager)
    robot.menu.actions["switch"].trigger()
    assert "what Olive Owner typed" in asked[0][0]
    assert robot.session.desk.person.name == "Manager Person"
    asked[0][1]()
    robot.until(lambda: robot.program.session is None)
    assert [seat.name for seat in robot.program.seats.parking._seats] == ["Manager Person"]


def test_who_is_cut_off_finds_what_was_typed_and_is_told_by_whom(robot: Robot, tenant: Tenant) -> None:
    manager = tenant.person("MANAGER")
    page = type_waste(robot, manager)
    first = robot.session
    owner = tenant.desk()
    with owner._engine.begin() as connection:
        key = connection.exec_driver_sql("SELECT id FROM member_sessions() WHERE name LIKE 'Manager%%'").scalar_one()
        connection.exec_driver_sql("SELECT end_session(%s)", (key,))
    robot.until(lambda: robot.program.session is None)
    assert "Olive Owner ended your session" in robot.refused[0]
    assert "What you typed is kept here" in robot.refused[0]
    assert any("Olive Owner ended your session" in text for text in words_on(robot.program.view))
    come_in(robot, manager)
    assert robot.session is first
    assert page.view.grid.model.begun(0)
