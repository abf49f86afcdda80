"""Every page can be seen whole, named by a screen reader and walked with keys alone."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from ims_desktop.app.navigation import ENTRIES
from ims_desktop.ui.detail_panel import DetailPanel
from ims_desktop.ui.form_panel import FormPanel
from ims_desktop.ui.inputs import SearchBox
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.side_area import SideArea
from tests.app.longest import in_longest_words, painted
from tests.app.robot import Robot, robot_at
from tests.restaurant import receive, seed
from tests.tenants import PASSWORD, MakeTenant

SMALLEST = (1366, 768)
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
CONTROLS = (QAbstractButton, QLineEdit, QComboBox, QPlainTextEdit, QAbstractItemView)
STEPS = 40


@pytest.fixture
def longest_words(qapp: QApplication) -> Iterator[None]:
    with in_longest_words():
        yield


@pytest.fixture
def robot(make_tenant: MakeTenant, qtbot: QtBot, tmp_path: Path) -> Iterator[Robot]:
    restaurant = seed(make_tenant())
    receive(restaurant.tenant.desk(), restaurant, {"Mozzarella": ("10", "7.90"), "Flour": ("100", "1.12")})
    with robot_at(restaurant.tenant.server.gate, tmp_path) as made:
        made.sign_in(restaurant.tenant.owner_login, PASSWORD)
        made.session.shell.resize(*SMALLEST)
        made.settle()
        yield made


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    said: list[str] = []

    def hear(kind: QtMsgType, _where: object, text: str) -> None:
        if kind in (QtMsgType.QtWarningMsg, QtMsgType.QtCriticalMsg) and "plugin does not support" not in text:
            said.append(text)

    before = qInstallMessageHandler(hear)
    yield said
    qInstallMessageHandler(before)


def seen(page: QWidget) -> list[QWidget]:
    return [widget for widget in (page, *page.findChildren(QWidget)) if widget.isVisible()]


def name_of(widget: QWidget) -> str:
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name) if interface is not None else ""


def unnamed(page: QWidget) -> list[str]:
    reached = [w for w in seen(page) if isinstance(w, CONTROLS) or w.focusPolicy() & Qt.FocusPolicy.TabFocus]
    return [f"{type(widget).__name__} {widget.objectName()}" for widget in reached if not name_of(widget)]


def clipped(page: QWidget) -> list[str]:
    return [words for widget in seen(page) if (words := _cut(widget))]


def _cut(widget: QWidget) -> str:
    """The words of a label, a button or a search that has not the room for them."""
    if isinstance(widget, SearchBox):
        margins, hint = widget.textMargins(), widget.placeholderText()
        line = widget.contentsRect().width() - margins.left() - margins.right()
        return hint if widget.fontMetrics().horizontalAdvance(hint) > line else ""
    if isinstance(widget, QLabel) and widget.text():
        room = widget.contentsRect()
        if widget.wordWrap():
            return widget.text() if widget.heightForWidth(widget.width()) > widget.height() + 1 else ""
        return widget.text() if widget.fontMetrics().horizontalAdvance(widget.text()) > room.width() + 1 else ""
    if isinstance(widget, QPushButton) and widget.text():
        return widget.text() if widget.minimumSizeHint().width() > widget.width() + 1 else ""
    return ""


def faults_of(robot: Robot, key: str) -> list[str]:
    shell, page = robot.session.shell, robot.session.shell.current
    assert page is not None
    scale = float(os.environ.get("QT_SCALE_FACTOR", "1"))
    shell.grab()  # everything has its place once it was drawn
    robot.settle()
    with painted() as cut:
        drawn = shell.grab().size()
    found = [f"{key}: nobody can tell what this is: {what}" for what in unnamed(page)]
    found += [f"{key}: cut: {words}" for words in dict.fromkeys([*clipped(page), *cut])]
    if (drawn.width(), drawn.height()) != (SMALLEST[0] * scale, SMALLEST[1] * scale):
        found.append(f"{key}: the picture is {drawn.width()} x {drawn.height()}")
    if (shell.width(), shell.height()) != SMALLEST:
        found.append(f"{key}: the window became {shell.width()} x {shell.height()}")
    return found


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None, f"nothing has the focus for {key}"
    QTest.keyClick(focus, key, modifier)


def panels_of(robot: Robot, page: Any) -> Iterator[str]:
    """Open what a list opens: the panel of its first row, and its form."""
    if page.spec.detail is not None and page.model.rowCount():
        page.table.choose(0)
        page.table.setFocus()
        press(Qt.Key.Key_Return)
        robot.settle()
        yield "panel"
    if page.spec.primary is not None:
        page.table.setFocus()
        press(Qt.Key.Key_N, CTRL)
        robot.settle()
        if isinstance(page.panel, FormPanel):
            yield "form"


def test_every_page_is_whole_and_named(longest_words: None, robot: Robot, complaints: list[str]) -> None:
    faults: list[str] = []
    for entry in ENTRIES:
        page = robot.open(entry.key)
        faults += faults_of(robot, entry.key)
        if isinstance(page, ListPage):
            for part in panels_of(robot, page):
                faults += faults_of(robot, f"{entry.key}, {part}")
                if isinstance(page.panel, FormPanel):
                    page.panel.save()
                    robot.settle()
                    faults += faults_of(robot, f"{entry.key}, {part} with problems")
                page.close_panel()
                robot.settle()
                if page.panel is not None:
                    faults.append(f"{entry.key}: the {part} did not close")
    assert not faults, "\n".join(faults)
    assert not complaints, "\n".join(complaints)


def test_every_page_is_walked_with_keys(robot: Robot) -> None:
    faults: list[str] = []
    for entry in ENTRIES:
        page = robot.open(entry.key)
        visited = set()
        for _ in range(STEPS):
            focus = QApplication.focusWidget()
            if focus is None or not focus.isVisible():
                faults.append(f"{entry.key}: Tab leads to nowhere")
                break
            visited.add(focus)
            QTest.keyClick(focus, Qt.Key.Key_Tab)
            QApplication.processEvents()
        if not any(page.isAncestorOf(widget) for widget in visited):
            faults.append(f"{entry.key}: Tab never reaches the page")
        if len(visited) < 5:
            faults.append(f"{entry.key}: Tab is caught in {[name_of(widget) for widget in visited]}")
    assert not faults, "\n".join(faults)


def test_the_usual_keys_work_on_every_list(robot: Robot) -> None:
    robot.open("overview")
    for entry in ENTRIES:
        page = robot.open(entry.key)
        if not isinstance(page, ListPage):
            continue
        page.table.setFocus()
        if page.spec.search_hint:
            press(Qt.Key.Key_F, CTRL)
            assert page.body.filters.search.hasFocus(), f"Ctrl+F on {entry.key}"
            page.table.setFocus()
        if page.spec.detail is not None and page.model.rowCount():
            page.table.choose(0)
            press(Qt.Key.Key_Return)
            robot.settle()
            assert isinstance(page.panel, DetailPanel), f"Enter on {entry.key}"
            press(Qt.Key.Key_Escape)
            assert page.panel is None, f"Esc on {entry.key}"
            assert page.table.hasFocus(), f"where Esc leads on {entry.key}"
        here = robot.session.desk.navigation.place
        press(Qt.Key.Key_Left, ALT)
        robot.settle()
        assert robot.session.desk.navigation.place != here, f"Alt+Left on {entry.key}"


def test_a_click_beside_a_panel_closes_it(robot: Robot) -> None:
    page = robot.open("items")
    page.table.choose(0)
    press(Qt.Key.Key_Return)
    robot.settle()
    assert isinstance(page, SideArea)
    under = page.childAt(60, 300)
    assert under is not None
    QTest.mouseClick(under, Qt.MouseButton.LeftButton)
    assert page.panel is None
