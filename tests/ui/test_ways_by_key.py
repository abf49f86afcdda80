"""Where Tab, Down and a closed panel lead: the keyboard is never lost, and goes through a page as the eye does."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ims_desktop.ui.controls import Button
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.detail_panel import DetailPanel
from ims_desktop.ui.list_page import ListPage
from tests.ui.kitchen import Kitchen

Settle = Callable[..., None]


@pytest.fixture
def page(desk: Desk, kitchen: Kitchen, qtbot, settle: Settle) -> ListPage:
    made = ListPage(desk, kitchen.spec())
    made.form = kitchen.form()  # type: ignore[attr-defined]
    qtbot.addWidget(made)
    made.resize(1366, 768)
    made.show()
    made.activateWindow()
    settle()
    made.table.setFocus()
    return made


@pytest.fixture
def panel(page: ListPage, settle: Settle) -> DetailPanel:
    page.table.choose(0)
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    settle()
    assert isinstance(page.panel, DetailPanel)
    return page.panel


def button_of(panel: DetailPanel, name: str) -> Button:
    [found] = [one for one in panel.findChildren(Button) if one.isVisible() and one.accessibleName() == name]
    return found


def walked(app: QApplication, steps: int) -> list[str]:
    names = []
    for _ in range(steps):
        focus = app.focusWidget()
        assert focus is not None
        QTest.keyClick(focus, Qt.Key.Key_Tab)
        names.append(app.focusWidget().accessibleName())
    return names


def test_tab_goes_from_the_list_through_the_panel_down_to_its_buttons(
    app: QApplication, page: ListPage, panel: DetailPanel
) -> None:
    buttons = [one.accessibleName() for one in panel.findChildren(Button) if one.isVisible() and one.isEnabled()]
    assert walked(app, len(buttons)) == buttons


def test_views_come_before_filters_also_when_they_were_offered_anew(
    app: QApplication, page: ListPage, settle: Settle
) -> None:
    page.body.tabs.offer([("all", "All items"), ("low", "Below par"), ("mine", "Mine")])
    settle()
    page.body.tabs.buttons["all"].setFocus()
    names = walked(app, 3)
    assert [name.split("  ")[0] for name in names[:2]] == ["Below par", "Mine"]
    assert page.body.filters.search.hasFocus()


def test_a_panel_that_is_read_again_keeps_the_keyboard_where_it_was(
    app: QApplication, page: ListPage, panel: DetailPanel, desk: Desk, settle: Settle
) -> None:
    button = button_of(panel, "Edit")
    button.setFocus()
    desk.background.changed.emit(page.spec.subjects)
    settle()
    stands = app.focusWidget()
    assert isinstance(stands, Button)
    assert stands is not button
    assert stands.accessibleName() == "Edit"


def test_a_form_may_close_although_the_button_that_opened_it_is_gone(
    page: ListPage, panel: DetailPanel, desk: Desk, settle: Settle
) -> None:
    button = button_of(panel, "Edit")
    button.setFocus()
    button.click()
    settle()
    form = page.panel
    assert form is not panel
    desk.background.changed.emit(page.spec.subjects)  # somebody else changed the record: the panel is made anew
    settle()
    page.close_panel()
    settle()
    assert page.panel is panel
    assert page.focusWidget() is page.table


def test_a_form_gives_the_keyboard_back_to_the_button_that_opened_it(
    page: ListPage, panel: DetailPanel, settle: Settle
) -> None:
    button = button_of(panel, "Edit")
    button.setFocus()
    button.click()
    settle()
    assert page.panel is not panel
    page.close_panel()
    settle()
    assert page.focusWidget() is button


def test_down_leads_from_the_search_into_what_was_found(page: ListPage, settle: Settle) -> None:
    page.go_to_search()
    QTest.keyClicks(page.body.filters.search, "lem")
    settle()
    QTest.keyClick(page.body.filters.search, Qt.Key.Key_Down)
    assert page.table.hasFocus()
    assert page.table.currentIndex().row() == 0


def test_the_box_offers_the_views_of_the_page(page: ListPage, settle: Settle) -> None:
    view = next(command for command in page.commands() if command.title == "Below par")
    view.run()
    settle()
    assert page.body.tabs.current == view.key.removeprefix("view ")
