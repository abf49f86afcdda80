"""Coming in, going away and coming back, as people do it in the window."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from ims_desktop.admin.tenants import user_id
from ims_desktop.app import idle, renewal
from ims_desktop.database import enrolment, profiles
from ims_desktop.database.profile_file import ProfileFile, write
from ims_desktop.database.sign_in import sign_in
from ims_desktop.database.tenancy import create_gate, reset_code
from ims_desktop.database.transaction import opening
from tests.app.robot import SERVER, Keyring, Robot, robot_at, words_on
from tests.tenants import PASSWORD, Tenant

NEW = "violet-anchor-teaspoon"
PIN = "4711"


@pytest.fixture
def keyring() -> Keyring:
    return Keyring()


@pytest.fixture
def robot(tenant: Tenant, qtbot: QtBot, tmp_path: Path, keyring: Keyring) -> Iterator[Robot]:
    with robot_at(tenant.server.gate, tmp_path, keyring) as made:
        made.until(made.program.view.credentials.remember.isEnabled)
        yield made


def answer(robot: Robot, **typed: str) -> None:
    """Type into the fields of the step that is shown, and press Enter in the last."""
    lines = robot.program.view.step.lines
    editor: QLineEdit | None = None
    for key, text in typed.items():
        editor = lines[key].editor
        editor.clear()
        QTest.keyClicks(editor, text)
    assert editor is not None
    QTest.keyClick(editor, Qt.Key.Key_Return)


def remember(robot: Robot, login: str) -> None:
    robot.program.view.credentials.remember.setChecked(True)
    robot.sign_in(login, PASSWORD)
    robot.until(lambda: bool(robot.program.entrance.remembered.people()))


def choose_pin(robot: Robot, pin: str = PIN) -> None:
    menu = robot.menu
    assert menu is not None
    menu.actions["pin"].trigger()
    assert menu.dialog is not None
    card = menu.dialog.card
    for key, text in {"password": PASSWORD, "pin": pin, "again": pin}.items():
        card.lines[key].editor.setText(text)
    card.submit()
    robot.until(lambda: menu.dialog is None or bool(card._trouble.count()) or card.button.isEnabled())


def pick(robot: Robot, name: str) -> None:
    """Click the tile of a remembered person."""
    people = robot.program.view.people
    assert people.isVisible()
    QTest.mouseClick(next(tile for tile in people.tiles if tile.accessibleName() == name), Qt.MouseButton.LeftButton)


# ---- passwords ----------------------------------------------------------------------------------------------------


def test_who_comes_first_chooses_a_password_before_anything_opens(tenant: Tenant, robot: Robot) -> None:
    with tenant.server.root() as root:
        root.execute("UPDATE public.users SET must_change_password = true WHERE email = %s", [tenant.owner_login])
    card, view = robot.program.view.credentials, robot.program.view
    QTest.keyClicks(card.login, tenant.owner_login)
    QTest.keyClicks(card.password, PASSWORD)
    QTest.keyClick(card.password, Qt.Key.Key_Return)
    robot.until(lambda: view.asks)
    assert "Choose your password" in words_on(view)
    answer(robot, new="password2026", again="password2026")
    robot.until(lambda: bool(robot.refused))
    robot.until(lambda: any("Others try this first" in text for text in words_on(view)))
    assert view.step.values()["new"] == "password2026", "what was typed is gone"
    answer(robot, new=NEW, again=f"{NEW}x")
    robot.until(lambda: "This is not the same as above." in words_on(view))
    assert robot.program.session is None
    answer(robot, new=NEW, again=NEW)
    robot.until(lambda: robot.program.session is not None)
    assert sign_in(tenant.server.gate, tenant.owner_login, NEW).must_change is False


def test_a_lost_password_is_replaced_by_a_code(tenant: Tenant, robot: Robot) -> None:
    with tenant.server.operator() as operator:
        code = reset_code(operator, user_id(operator, tenant.owner_login))
    view = robot.program.view
    view.credentials.login.setText(tenant.owner_login)
    view.credentials._lost.click()
    assert view.step.values()["login"] == tenant.owner_login
    answer(robot, code="AAAA-AAAA-AAAA-AAAA", new=NEW, again=NEW)
    robot.until(lambda: bool(robot.refused))
    robot.until(lambda: any("code is not right" in text for text in words_on(view)))
    answer(robot, code=code.lower(), new=NEW, again=NEW)
    robot.until(lambda: robot.program.session is not None)


def test_a_password_is_changed_from_the_menu_at_the_person(tenant: Tenant, robot: Robot) -> None:
    robot.sign_in(tenant.owner_login, PASSWORD)
    menu = robot.menu
    assert menu is not None
    menu.actions["password"].trigger()
    dialog = menu.dialog
    assert dialog is not None
    for key, text in {"old": "not-the-password", "new": NEW, "again": NEW}.items():
        dialog.card.lines[key].editor.setText(text)
    dialog.card.submit()
    robot.until(lambda: "The old password is not right." in words_on(dialog))
    dialog.card.lines["old"].editor.setText(PASSWORD)
    dialog.card.submit()
    robot.until(lambda: menu.dialog is None)
    assert any("password is changed" in message.text for message in robot.said)
    assert sign_in(tenant.server.gate, tenant.owner_login, NEW).person


# ---- remembered, PIN, switching -----------------------------------------------------------------------------------


def test_a_remembered_person_is_in_at_the_next_start_and_gone_after_signing_out(
    tenant: Tenant, qtbot: QtBot, tmp_path: Path, keyring: Keyring
) -> None:
    gate = tenant.server.gate
    with robot_at(gate, tmp_path, keyring) as robot:
        robot.until(robot.program.view.credentials.remember.isEnabled)
        remember(robot, tenant.owner_login)
    with robot_at(gate, tmp_path, keyring) as robot:
        robot.until(lambda: robot.program.session is not None)
        assert robot.session.desk.person.name == "Olive Owner"
        robot.session.shell.signed_out.emit()
        robot.until(lambda: robot.program.session is None)
        robot.until(lambda: not [name for name in keyring.kept if name.startswith("session:")])
    with robot_at(gate, tmp_path, keyring) as robot:
        robot.until(robot.program.view.credentials.remember.isEnabled)
        robot.settle()
        assert robot.program.session is None
        assert robot.program.view.credentials.isVisible()


def test_a_session_ended_elsewhere_is_not_remembered_and_says_so(
    tenant: Tenant, qtbot: QtBot, tmp_path: Path, keyring: Keyring
) -> None:
    with robot_at(tenant.server.gate, tmp_path, keyring) as robot:
        robot.until(robot.program.view.credentials.remember.isEnabled)
        remember(robot, tenant.owner_login)
    with tenant.server.root() as root:
        root.execute("UPDATE public.sessions SET revoked_at = now()")
    with robot_at(tenant.server.gate, tmp_path, keyring) as robot:
        robot.until(lambda: bool(robot.refused))
        assert "no longer remembers" in robot.refused[0]
        assert robot.program.entrance.remembered.people() == ()


def test_two_people_share_a_pc_by_pin(tenant: Tenant, robot: Robot, keyring: Keyring) -> None:
    manager = tenant.person("MANAGER")
    robot.sign_in(tenant.owner_login, PASSWORD)
    choose_pin(robot)
    assert robot.menu is not None
    first = robot.session
    robot.menu.actions["switch"].trigger()
    robot.until(lambda: robot.program.session is None)
    robot.program.view.people.other.click()
    robot.sign_in(manager, PASSWORD)
    assert robot.session is not first
    choose_pin(robot, "20487")
    robot.menu.actions["switch"].trigger()
    robot.until(lambda: robot.program.session is None)
    assert [tile.accessibleName() for tile in robot.program.view.people.tiles] == ["Manager Person", "Olive Owner"]
    pick(robot, "Olive Owner")
    answer(robot, pin="0815")
    robot.until(lambda: bool(robot.refused))
    assert "4 tries left" in robot.refused[0]
    answer(robot, pin=PIN)
    robot.until(lambda: robot.program.session is not None)
    assert robot.session.desk.person.name == "Olive Owner"
    assert tenant.owner_login in str(list(keyring.kept))
    assert not any(robot.session._session.token.hex() in secret for secret in keyring.kept.values())


def test_the_fifth_wrong_pin_wants_the_password(tenant: Tenant, robot: Robot, keyring: Keyring) -> None:
    robot.sign_in(tenant.owner_login, PASSWORD)
    choose_pin(robot)
    robot.session.shell.locked.emit()
    for number in range(5):
        answer(robot, pin="0815")
        robot.until(lambda number=number: len(robot.refused) == number + 1)  # type: ignore[misc]
    assert "forgotten you" in robot.refused[-1]
    assert robot.session.shell.isHidden()
    robot.program.view.step.other.emit()
    QTest.keyClicks(robot.program.view.credentials.password, PASSWORD)
    QTest.keyClick(robot.program.view.credentials.password, Qt.Key.Key_Return)
    robot.until(robot.session.shell.isVisible)


def test_a_pin_with_a_pattern_or_without_the_password_is_refused(
    tenant: Tenant, robot: Robot, keyring: Keyring
) -> None:
    robot.sign_in(tenant.owner_login, PASSWORD)
    menu = robot.menu
    assert menu is not None
    menu.choose_pin()
    dialog = menu.dialog
    assert dialog is not None
    for typed, said in (
        ({"password": PASSWORD, "pin": "1234", "again": "1234"}, "without a pattern"),
        ({"password": "not-the-password", "pin": PIN, "again": PIN}, "not right"),
    ):
        for key, text in typed.items():
            dialog.card.lines[key].editor.setText(text)
        dialog.card.submit()
        robot.until(lambda said=said: any(said in text for text in words_on(dialog)))  # type: ignore[misc]
    assert not [name for name in keyring.kept if name.startswith("session:")]
    dialog.reject()


# ---- locking ------------------------------------------------------------------------------------------------------


def test_a_locked_desk_opens_by_pin_and_by_nobody_else(tenant: Tenant, robot: Robot) -> None:
    robot.sign_in(tenant.owner_login, PASSWORD)
    choose_pin(robot)
    shell = robot.session.shell
    shell.activateWindow()
    robot.until(shell.isActiveWindow)
    QTest.keyClick(shell, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    robot.until(shell.isHidden, 3000)
    answer(robot, pin=PIN)
    robot.until(shell.isVisible)
    shell.locked.emit()
    robot.program.view.step.other.emit()
    card = robot.program.view.credentials
    assert card.login.isReadOnly()
    assert not card.profile.isEnabled()
    assert "Unlock" in card.button.text()


def test_a_desk_nobody_touches_locks_itself(tenant: Tenant, robot: Robot, monkeypatch: pytest.MonkeyPatch) -> None:
    robot.sign_in(tenant.owner_login, PASSWORD)
    watch, shell = robot.watch, robot.session.shell
    assert watch is not None
    assert watch._timer.interval() == 10 * 60_000
    assert robot.menu is not None
    robot.menu._wait(1)
    assert watch._timer.interval() == 60_000
    watch._timer.setInterval(400)
    window = shell.windowHandle()
    for _ in range(8):  # a hand on the mouse keeps it open
        QTest.qWait(100)
        moved = QMouseEvent(
            QEvent.Type.MouseMove, QPointF(5, 5), QPointF(5, 5), Qt.MouseButton.NoButton, Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
        )  # fmt: skip
        QApplication.sendEvent(window, moved)
        assert shell.isVisible()
    robot.until(shell.isHidden, 3000)
    robot.until(lambda: any("at work here" in text for text in words_on(robot.program.view)))
    assert idle.minutes(robot.program.settings) == 1


def test_never_means_never(tenant: Tenant, robot: Robot) -> None:
    robot.sign_in(tenant.owner_login, PASSWORD)
    assert robot.menu is not None
    assert robot.watch is not None
    robot.menu._wait(0)
    assert not robot.watch._timer.isActive()


# ---- identity -----------------------------------------------------------------------------------------------------


def test_an_ended_session_is_told_and_signed_out_within_two_seconds(tenant: Tenant, robot: Robot) -> None:
    robot.sign_in(tenant.owner_login, PASSWORD)
    with tenant.server.root() as root:
        root.execute("SET ROLE ims_rights")
        root.execute(
            "SELECT auth.end_session(l.session_id) FROM public.leases l WHERE l.role_name = %s",
            [robot.session.database.identity.role],
        )
    robot.until(lambda: robot.program.session is None, 2000)
    assert "An administrator ended your session" in robot.refused[0]
    robot.until(lambda: any("ended your session" in text for text in words_on(robot.program.view)))


def test_a_cut_line_alone_signs_nobody_out(tenant: Tenant, robot: Robot) -> None:
    robot.sign_in(tenant.owner_login, PASSWORD)
    before = robot.session.database.identity
    with tenant.server.root() as root:
        root.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", [before.role])
    robot.until(lambda: robot.session.database.identity is not before)
    robot.until(robot.session.shell.offline.isHidden)
    robot.settle()
    assert robot.session.database.run(opening).name == "Olive Owner"


def test_an_identity_is_renewed_silently_before_it_ends(
    tenant: Tenant, robot: Robot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renewal, "RETRY_MS", 100)
    monkeypatch.setattr(renewal, "BEFORE_MS", 8 * 3600 * 1000 - 1500)
    robot.sign_in(tenant.owner_login, PASSWORD)
    seen, offline = set(), []
    robot.session._connected.connect(offline.append)

    def renewed_twice() -> bool:
        seen.add(robot.session.database.identity.password)
        assert robot.session.database.run(opening).name == "Olive Owner"
        return len(seen) > 2

    robot.until(renewed_twice)
    assert False not in offline, "the desk was cut off by its own renewal"
    assert robot.session.database.identity.until > datetime.now(UTC) + timedelta(hours=7)


# ---- a new PC -----------------------------------------------------------------------------------------------------


def test_a_new_pc_is_set_up_with_a_file_and_its_code(
    tenant: Tenant, robot: Robot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(profiles, "folder", lambda: tmp_path / "profiles")
    with tenant.server.operator() as operator:
        user, password = create_gate(operator, "Bar PC", enrol_days=7)
    file, code = tmp_path / "bar.ims", "K7QM-2RTX-9DHP-4WZB"
    file.write_text(write(ProfileFile("Bar", tenant.server.place, user, password), code), "utf-8")
    view = robot.program.view
    view.set_up_wanted.emit()
    answer(robot, file=str(file), code="AAAA-AAAA-AAAA-AAAA")
    robot.until(lambda: bool(robot.refused))
    robot.until(lambda: any("does not open" in text for text in words_on(view)))
    answer(robot, code=code)
    robot.until(view.credentials.isVisible)
    assert view.credentials.profile.value() == "Bar"
    robot.refused.clear()
    robot.sign_in(tenant.owner_login, PASSWORD)
    assert robot.session.database.identity.tenant.id == tenant.id


def test_a_computer_without_a_keyring_asks_for_its_code_and_goes_on(
    tenant: Tenant, qtbot: QtBot, tmp_path: Path, keyring: Keyring
) -> None:
    keyring.works, gate, code = False, tenant.server.gate, "K7QM-2RTX-9DHP-4WZB"
    with robot_at(gate, tmp_path, keyring) as robot:
        sealed = enrolment.locked_box.lock(gate.password.encode(), enrolment.code_letters(code), gate.user)
        known = profiles.Profile(SERVER, gate.place, gate.user, sealed)
        robot.program.gates.add(known)
        view = robot.program.view
        robot.until(lambda: not view.credentials.remember.isEnabled())
        QTest.keyClicks(view.credentials.login, tenant.owner_login)
        QTest.keyClicks(view.credentials.password, PASSWORD)
        QTest.keyClick(view.credentials.password, Qt.Key.Key_Return)
        robot.until(lambda: view.asks)
        answer(robot, code="AAAA-AAAA-AAAA-AAAA")
        robot.until(lambda: bool(robot.refused))
        answer(robot, code=code)
        robot.until(lambda: robot.program.session is not None)
        assert keyring.kept == {f"gate:{gate.user}": gate.password}, "nothing was kept but what the test put there"
