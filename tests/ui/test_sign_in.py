"""Signing in: the view only asks and shows, and loses nothing that was typed."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit

from ims_desktop.ui.sign_in import Credentials, Group, Profile, SignIn
from ims_desktop.ui.sign_in_cards import GroupTile, Tile


@pytest.fixture
def view(app: QApplication, qtbot) -> SignIn:
    made = SignIn((Profile("head", "Head office", "db.example"),), version="1.0", computer="PC")
    made.credentials.tell_key_store("the keyring")
    qtbot.addWidget(made)
    made.show()
    made.show_credentials()
    yield made
    made.credentials._retry.stop()


def test_enter_signs_in_with_what_was_typed(view: SignIn, qtbot):
    card = view.credentials
    assert card.login.hasFocus()
    QTest.keyClicks(card.login, "manager.downtown")
    QTest.keyClicks(card.password, "correct horse")
    card.remember.click()
    with qtbot.waitSignal(view.submitted) as submitted:
        QTest.keyClick(card.password, Qt.Key.Key_Return)
    assert submitted.args == [Credentials("head", "manager.downtown", "correct horse", True)]
    assert not card.button.isEnabled()


def test_a_refusal_keeps_what_was_typed(view: SignIn):
    card = view.credentials
    card.login.setText("manager")
    card.password.setText("wrong")
    card.submit()
    view.refuse("Login or password is wrong.")
    assert card.login.text() == "manager"
    assert card.password.text() == "wrong"
    assert card.password.hasFocus()
    assert card.button.isEnabled()


def test_a_refusal_can_be_read_at_once(view: SignIn):
    view.refuse("Login or password is wrong.")
    seen = [label.text() for label in view.findChildren(QLabel) if label.isVisibleTo(view)]
    assert "Login or password is wrong." in seen, "not only when the event loop comes round"


def test_nothing_is_sent_without_login_and_password(view: SignIn, qtbot):
    with qtbot.assertNotEmitted(view.submitted):
        view.credentials.submit()


def test_the_eye_shows_and_hides_and_caps_lock_is_told(view: SignIn):
    password = view.credentials.password
    password.eye.click()
    assert password.echoMode() == QLineEdit.EchoMode.Normal
    password.eye.click()
    assert password.echoMode() == QLineEdit.EchoMode.Password
    QTest.keyClick(password, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier)
    assert view.credentials._caps.text() == ""
    password.caps.emit(True)
    assert view.credentials._caps.text() == "Caps Lock is on"


def test_an_unreachable_server_is_tried_again_by_itself(view: SignIn, qtbot):
    card = view.credentials
    card.login.setText("manager")
    card.password.setText("right")
    view.show_unreachable("It did not answer within 10 seconds.", 2)
    assert card.button.text() == "Try again now"
    card._count_down()
    assert card._left.text() == "Trying again by itself in 1 s"
    with qtbot.waitSignal(view.submitted):
        card._count_down()


def test_the_group_is_chosen_with_keys_or_the_mouse(view: SignIn, qtbot):
    view.show_groups((Group("p", "Plato’s Pizza", "Manager"), Group("t", "Trattoria Bruno")))
    card = view.groups
    QTest.keyClick(card, Qt.Key.Key_2)
    assert card.open_button.text() == "Open Trattoria Bruno"
    QTest.keyClick(card, Qt.Key.Key_Up)
    QTest.mouseClick(card.findChildren(GroupTile)[1], Qt.MouseButton.LeftButton)
    card.always.click()
    with qtbot.waitSignal(view.group_chosen) as chosen:
        QTest.keyClick(card, Qt.Key.Key_Return)
    assert chosen.args == ["t", True]
    QTest.keyClick(card, Qt.Key.Key_Escape)
    assert view.credentials.isVisible()


def test_sample_data_is_one_click_away(view: SignIn, qtbot):
    sample = view.findChildren(Tile)[0]
    for act in (
        lambda: QTest.mouseClick(sample, Qt.MouseButton.LeftButton),
        lambda: QTest.keyClick(sample, Qt.Key.Key_Return),
    ):
        with qtbot.waitSignal(view.sample_wanted):
            act()
