"""The pages of people, roles and sessions as an administrator uses them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from ims_desktop.database.sign_in import reset_password, sign_in
from ims_desktop.features.people.rules import State
from ims_desktop.features.people.screen import build_people, build_roles, build_sessions
from ims_desktop.features.people.screen.code_panel import CodePanel
from ims_desktop.features.people.screen.role_page import RolePage
from ims_desktop.features.people.screen.role_panel import RolePanel
from tests.features.desks import sit_down
from tests.features.people.desks import House, save
from tests.features.windows import Window, act, button_of, form_of, texts_of, window_of
from tests.restaurant import seed
from tests.tenants import Tenant


@pytest.fixture
def house(tenant: Tenant) -> House:
    seed(tenant)
    return House(tenant, sit_down(tenant))


@pytest.fixture
def window(house: House, tmp_path: Path, qtbot: QtBot) -> Iterator[Window]:
    with window_of(house.owner, tmp_path) as made:
        yield made


def opened(window: Window, page: Any, qtbot: QtBot) -> Any:
    qtbot.addWidget(page)
    window.show(page)
    return page


def agree(words: str) -> None:
    """Press the button of a question that stands open."""
    [box] = [box for box in QApplication.topLevelWidgets() if isinstance(box, QMessageBox) and box.isVisible()]
    [button] = [button for button in box.buttons() if button.text() == words]
    button.click()


# ---- people -------------------------------------------------------------------------------------------------------


def test_people_and_what_they_may_do(house: House, window: Window, qtbot: QtBot) -> None:
    login = house.tenant.person("MANAGER", site=house.value("SELECT id FROM sites WHERE name = 'Downtown'"))
    page = opened(window, build_people(window.desk), qtbot)
    assert [row.name for row in page.model.rows] == ["Manager Person", "Olive Owner"]
    page.table.choose(0)
    window.settle()
    texts = texts_of(page.panel)
    assert login in texts
    assert texts[texts.index("Record waste") + 1] == "Downtown · from Counter"
    assert texts[texts.index("Import sales") + 1] == "Downtown · from Manager"
    assert {"own", "inherited"} <= set(texts)
    page.body.filters.search.setText("olive")
    page.body.filters.search.textEdited.emit("olive")
    window.settle()
    assert [row.roles for row in page.model.rows] == ["Owner"]


def test_somebody_is_invited_and_gets_in_with_the_code(house: House, window: Window, qtbot: QtBot) -> None:
    page = opened(window, build_people(window.desk), qtbot)
    page.start_new()
    form = form_of(page)
    for key, typed in (("first_name", "Nina"), ("last_name", "New"), ("login", "nina.screen@example.com")):
        box = form.boxes[key].editor.focusProxy()
        assert box is not None
        QTest.keyClicks(box, typed)
    window.settle()
    form.boxes["role_id"].editor.show_value(house.role("Counter"))
    form.save()
    window.settle()
    assert "One thing must be put right before this can be saved." in texts_of(form), (
        "the site is chosen, never assumed"
    )
    form.boxes["site_id"].editor.show_value("everywhere")
    form.save()
    window.settle()
    panel = page.panel
    assert isinstance(panel, CodePanel), texts_of(page)
    code = panel.code.text()
    panel.copy.click()
    assert QGuiApplication.clipboard().text() == code
    button_of(panel, "Done").click()
    window.settle()
    assert code not in " ".join(texts_of(page))
    assert "Nina New" in [row.name for row in page.model.rows]
    gate = house.tenant.server.gate
    reset_password(gate, "nina.screen@example.com", code, "seven purple otters swim")
    assert sign_in(gate, "nina.screen@example.com", "seven purple otters swim").person == "Nina New"


def test_roles_are_given_withdrawn_and_given_back(house: House, window: Window, qtbot: QtBot) -> None:
    _, key = house.sit("EMPLOYEE")
    page = opened(window, build_people(window.desk), qtbot)
    page.open_record(key)
    window.settle()
    button_of(page.panel, "Give a role").click()
    form = form_of(page)
    window.settle()
    form.boxes["role_id"].editor.show_value(house.role("Manager"))
    form.boxes["site_id"].editor.show_value("everywhere")
    form.save()
    window.settle()
    assert ("recipes.edit", None) in house.rights(key)
    button_of(page.panel, "Withdraw Manager").click()
    window.settle()
    assert ("recipes.edit", None) not in house.rights(key)
    assert window.said[-1].text == "Employee Person no longer has the role Manager"
    assert window.said[-1].act is not None
    window.said[-1].act()
    window.settle()
    assert ("recipes.edit", None) in house.rights(key)


def test_a_person_is_deactivated_and_let_in_again(house: House, window: Window, qtbot: QtBot) -> None:
    _, key = house.sit("EMPLOYEE")
    page = opened(window, build_people(window.desk), qtbot)
    page.open_record(key)
    window.settle()
    button_of(page.panel, "Deactivate").click()
    window.settle()
    assert house.value("SELECT is_active FROM members WHERE id = %s", key) is False
    button_of(page.panel, "Reactivate").click()
    window.settle()
    assert house.value("SELECT is_active FROM members WHERE id = %s", key) is True


def test_a_forgotten_password_is_replaced_by_a_code(house: House, window: Window, qtbot: QtBot) -> None:
    _, key = house.sit("EMPLOYEE")
    page = opened(window, build_people(window.desk), qtbot)
    page.open_record(key)
    window.settle()
    [entry] = [entry for entry in page.panel._menu.menu().actions() if entry.text() == "New one-time code"]
    entry.trigger()
    agree("Make a code")
    window.settle()
    assert isinstance(page.panel, CodePanel)


def test_nobody_finds_buttons_about_themselves(house: House, window: Window, qtbot: QtBot) -> None:
    page = opened(window, build_people(window.desk), qtbot)
    page.table.choose(0)
    window.settle()
    deactivate = button_of(page.panel, "Deactivate")
    assert not deactivate.isEnabled()
    assert "Nobody changes their own rights" in deactivate.toolTip()
    assert not [text for text in texts_of(page.panel) if "Withdraw" in text]


def test_who_may_only_look_finds_no_button(house: House, tmp_path: Path, qtbot: QtBot) -> None:
    manager, _ = house.sit("MANAGER")
    with window_of(manager, tmp_path) as window:
        page = opened(window, build_people(window.desk), qtbot)
        page.table.choose(1)
        window.settle()
        assert not {"Invite", "Deactivate", "Give a role"} & set(texts_of(page))
        roles = opened(window, build_roles(window.desk), qtbot)
        assert "New role" not in texts_of(roles)
        before = roles.model.now
        roles.view.turn(cell(roles, "Counter", "reports.view"))
        roles.start_new()
        roles.open_role(house.role("Counter"))
        assert roles.model.now is before
        assert any("look at roles" in text for text in texts_of(roles.panel))


# ---- roles --------------------------------------------------------------------------------------------------------


def cell(page: RolePage, role: str, code: str) -> QModelIndex:
    line = next(n for n, line in enumerate(page.model.lines) if getattr(line, "code", "") == code)
    return page.model.index(line, 1 + [each.name for each in page.model.roles].index(role))


def state(page: RolePage, role: str, code: str) -> State:
    found = page.model.cell(cell(page, role, code))
    assert found is not None
    return found[2].state


def words_of(page: RolePage) -> list[str]:
    return [line if isinstance(line, str) else line.title for line in page.model.lines]


def click(page: RolePage, index: QModelIndex) -> None:
    page.view.scrollTo(index)
    where = page.view.visualRect(index).center()
    QTest.mouseClick(page.view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(where))


def test_the_matrix_shows_what_is_own_inherited_and_denied(house: House, window: Window, qtbot: QtBot) -> None:
    counter = house.role("Counter")
    save(house.owner, "Kitchen", {"waste.record": False}, parent=counter)
    page = opened(window, build_roles(window.desk), qtbot)
    assert [role.name for role in page.model.roles] == ["Counter", "Kitchen", "Manager", "Administrator", "Owner"]
    shown = {role: state(page, role, "waste.record") for role in ("Counter", "Kitchen", "Manager")}
    assert shown == {"Counter": State.OWN, "Kitchen": State.DENIED, "Manager": State.INHERITED}
    assert state(page, "Counter", "audit.view") is State.NONE
    told = page.model.data(cell(page, "Manager", "waste.record"), Qt.ItemDataRole.AccessibleTextRole)
    assert told == "Manager, Record waste: inherited from Counter"
    QTest.keyClicks(page.search, "waste")
    assert words_of(page)[:2] == ["Waste, counts and deliveries", "Record waste"]
    page.search.clear()
    page.search.textEdited.emit("")
    page.only_differences.click()
    assert "See items" not in words_of(page)
    assert "See costs and values" in words_of(page)


def test_cells_are_turned_by_mouse_and_keys_and_saved_together(house: House, window: Window, qtbot: QtBot) -> None:
    _, cook = house.sit("EMPLOYEE")
    page = opened(window, build_roles(window.desk), qtbot)
    click(page, cell(page, "Counter", "reports.view"))
    assert state(page, "Counter", "reports.view") is State.OWN
    page.view.setCurrentIndex(cell(page, "Counter", "menu.view"))
    page.view.setFocus()
    QTest.keyClick(page.view, Qt.Key.Key_Space)
    assert state(page, "Counter", "menu.view") is State.NONE
    click(page, cell(page, "Manager", "waste.record"))
    assert state(page, "Manager", "waste.record") is State.DENIED
    click(page, cell(page, "Owner", "waste.record"))
    assert page.model.count() == 3, "the owner's stand"
    assert "3 changes not saved" in texts_of(page.bar)
    assert "1 person gains a right. 1 person loses a right." in page.bar.concerned.whole()
    assert house.value("SELECT count(*) FROM roles WHERE version > 1") == 0
    QTest.keyClick(page.view, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    window.settle()
    assert window.said[-1].text == "Saved 2 roles"
    assert not page.bar.isVisibleTo(page)
    rights = house.rights(cook)
    assert ("reports.view", None) in rights
    assert ("menu.view", None) not in rights


def test_a_new_role_gets_a_name_a_parent_and_limits(house: House, window: Window, qtbot: QtBot) -> None:
    page = opened(window, build_roles(window.desk), qtbot)
    button_of(page, "New role").click()
    panel = page.panel
    assert isinstance(panel, RolePanel)
    QTest.keyClicks(panel.name, "Prep cook")
    panel.parent_box.choose(house.role("Counter"))
    panel.parent_box.chosen.emit(house.role("Counter"))
    limit = panel.limits["waste.record"]
    QTest.keyClicks(limit, "12.5")
    page.save()
    window.settle()
    made = house.role("Prep cook")
    assert house.value("SELECT limits FROM roles WHERE id = %s", made) == {"waste.record": 12.5}
    assert house.value("SELECT parent_role_id FROM roles WHERE id = %s", made) == house.role("Counter")
    assert isinstance(page.panel, RolePanel)
    page.panel.limits["waste.record"].setText("much")
    page.panel.take_limits()
    assert page.panel.limits["waste.record"].property("wrong") == "true"
    page.panel.limits["waste.record"].setText("any")
    page.save()
    window.settle()
    assert house.value("SELECT limits FROM roles WHERE id = %s", made) == {"waste.record": None}
    button_of(page.panel, "Delete role").click()
    window.settle()
    assert house.role("Prep cook") is None


def test_what_the_server_refuses_is_told_and_nothing_is_lost(house: House, window: Window, qtbot: QtBot) -> None:
    page = opened(window, build_roles(window.desk), qtbot)
    page.start_new()
    page.panel.name.setText("Оwner")
    page.panel.name.textEdited.emit("Оwner")
    page.save()
    window.settle()
    assert any("looks like it" in text for text in texts_of(page))
    assert page.model.count() == 1
    page.panel.name.setText("a\0b")
    page.panel.name.textEdited.emit("a\0b")
    page.save()
    window.settle()
    assert any("invisible" in text for text in texts_of(page))
    page.bar.discard.click()
    assert len(page.model.roles) == 4


def test_two_administrators_edit_one_role(house: House, window: Window, qtbot: QtBot) -> None:
    page = opened(window, build_roles(window.desk), qtbot)
    click(page, cell(page, "Counter", "reports.view"))
    counter = house.role("Counter")
    theirs = house.value("SELECT permissions FROM roles WHERE id = %s", counter) | {"audit.view": True}
    save(house.owner, "Counter", theirs, key=counter, version=1)
    page.save()
    window.settle()
    assert any("Somebody else changed the role Counter meanwhile" in text for text in texts_of(page))
    assert house.value("SELECT permissions -> 'reports.view' FROM roles WHERE id = %s", counter) is None
    button_of(page, "Reload, keep my changes").click()
    window.settle()
    assert state(page, "Counter", "audit.view") is State.OWN, "theirs is seen"
    assert page.model.count() == 1, "mine is kept"
    page.save()
    window.settle()
    saved = house.value("SELECT permissions FROM roles WHERE id = %s", counter)
    assert saved["audit.view"] is saved["reports.view"] is True


def test_leaving_asks_about_what_is_not_saved(house: House, window: Window, qtbot: QtBot) -> None:
    page = opened(window, build_roles(window.desk), qtbot)
    gone: list[bool] = []
    click(page, cell(page, "Counter", "reports.view"))
    page.leave(lambda: gone.append(True))
    window.settle()
    assert not gone
    button_of(page, "Keep editing").click()
    page.leave(lambda: gone.append(True))
    window.settle()
    page.bar.discard.hide()  # the other button of this name
    button_of(page, "Discard").click()
    assert gone == [True]
    assert page.model.count() == 0


# ---- sessions -----------------------------------------------------------------------------------------------------


def test_sessions_are_seen_and_one_is_ended(house: House, window: Window, qtbot: QtBot) -> None:
    desk, _ = house.sit("EMPLOYEE")
    page = opened(window, build_sessions(window.desk), qtbot)
    states = {row.name: row.state for row in page.model.rows}
    assert states == {"Olive Owner": "this", "Employee Person": "connected"}
    place = [row.name for row in page.model.rows].index("Employee Person")
    page.table.choose(place)
    act(page, "End session")
    agree("End session")
    window.settle()
    assert [row.name for row in page.model.rows] == ["Olive Owner"]
    with pytest.raises(Exception, match="not permitted"):
        desk.identity.place.connect(desk.identity.role, desk.identity.password)
    page.table.choose(0)
    bar = page.body.picked
    assert [made.isEnabled() for _, made in bar._buttons] == [False]


def test_the_way_to_the_sessions(house: House, window: Window, qtbot: QtBot) -> None:
    page = opened(window, build_people(window.desk), qtbot)
    button_of(page, "Sessions").click()
    assert [place.page for place in window.opened] == ["sessions"]
    _, key = house.sit("EMPLOYEE")
    page.open_record(key)
    window.settle()
    button_of(page.panel, "See all").click()
    assert window.opened[-1].filters[0].values == (key,)
