"""The window: pages are built when they are wanted, shown to those who may, and left with care."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QWidget

from ims_desktop.domain.listing import Filter
from ims_desktop.domain.listing import Match as How
from ims_desktop.ui.charts import LineChart, Series, StackedBars
from ims_desktop.ui.controls import column
from ims_desktop.ui.desk import Desk, Site
from ims_desktop.ui.journal import Journal
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.messages import Messages
from ims_desktop.ui.navigation_bar import SET_UP, GroupHead
from ims_desktop.ui.palette_box import Command, score
from ims_desktop.ui.shell import Entry, Shell
from ims_desktop.ui.toasts import Toast
from tests.ui.kitchen import Kitchen

Settle = Callable[..., None]
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


class Record(QWidget):
    """A page written by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[Any] = []
        self.kept: list[Callable[[], None]] = []
        self.busy = False

    def show_record(self, key: Any) -> None:
        self.shown.append(key)

    def leave(self, go_on: Callable[[], None]) -> None:
        if self.busy:
            self.kept.append(go_on)
        else:
            go_on()


@pytest.fixture
def built() -> list[str]:
    return []


@pytest.fixture
def shell(desk: Desk, kitchen: Kitchen, qtbot, built: list[str], settle: Settle) -> Shell:
    site = Site(uuid4(), "Via Roma", "Trattoria Bruno")
    desk.sites = (site, Site(uuid4(), "Harbour Street"))

    def page(key: str, make: Callable[[Desk], QWidget]) -> Callable[[Desk], QWidget]:
        return lambda desk: (built.append(key), make(desk))[1]

    entries = (
        Entry("items", "Items", "", "package", page("items", lambda desk: ListPage(desk, kitchen.spec()))),
        Entry("orders", "Purchase orders", "Purchasing", "shopping-cart", page("orders", lambda desk: Record())),
        Entry("people", "People & roles", SET_UP, "users", page("people", lambda desk: Record()), "people.see"),
    )
    made = Shell(desk, entries, (Command("lock", "Lock the program", lambda: None),))
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    desk.navigation.open("items")
    settle()
    yield made
    for one in made._pages.values():
        if isinstance(one, Record):
            one.busy = False


def test_pages_are_built_when_opened_first(shell: Shell, desk: Desk, built: list[str]):
    assert built == ["items"]
    shell.navigation_bar.buttons["orders"].click()
    desk.navigation.open("items")
    desk.navigation.open("orders")
    assert built == ["items", "orders"]
    assert shell.current is shell.page("orders")


def test_pages_without_permission_are_absent_and_refused(shell: Shell, desk: Desk, said: list[Any], built: list[str]):
    assert "people" not in shell.navigation_bar.buttons
    desk.navigation.open("people")
    assert built == ["items"]
    assert said[0].text == "Your roles do not open this page."


def test_alt_left_goes_back_to_the_place_before(shell: Shell, desk: Desk):
    desk.navigation.open("orders", 7)
    page = shell.current
    assert isinstance(page, Record)
    desk.navigation.open("orders", 8)
    assert page.shown == [7, 8]
    QTest.keyClick(shell, Qt.Key.Key_Left, ALT)
    QTest.keyClick(shell, Qt.Key.Key_Left, ALT)
    assert page.shown == [7, 8, 7]
    assert desk.navigation.place.page == "items"


def test_who_signs_out_is_told_what_the_server_does_not_have_yet(shell: Shell, desk: Desk, monkeypatch):
    asked: list[Any] = []
    gone: list[bool] = []
    monkeypatch.setattr(desk.messages, "ask", lambda question, yes, **more: asked.append((str(question), yes)))
    shell.signed_out.connect(lambda: gone.append(True))
    shell.navigation_bar.signed_out.emit()
    assert (len(gone), asked) == (1, [])
    waiting = Journal()
    monkeypatch.setattr(waiting, "entries", lambda *states: (object(), object()), raising=False)
    desk.journal = waiting
    shell.navigation_bar.signed_out.emit()
    [(question, yes)] = asked
    assert question.startswith("2 entries are on this PC alone.")
    assert len(gone) == 1
    yes()
    assert len(gone) == 2
    desk.journal = None


def test_unsaved_work_is_asked_about_before_leaving_and_closing(shell: Shell, desk: Desk):
    desk.navigation.open("orders")
    page = shell.current
    assert isinstance(page, Record)
    page.busy = True
    desk.navigation.open("items")
    assert shell.current is page
    shell.close()
    QApplication.processEvents()
    assert shell.isVisible()
    page.kept[0]()
    assert isinstance(shell.current, ListPage)
    page.kept[1]()
    assert not shell.isVisible()


def test_another_page_may_open_a_list_filtered(shell: Shell, desk: Desk, kitchen: Kitchen, settle: Settle):
    wanted = (Filter("state", How.IN, ("low",)),)
    desk.navigation.open("items", filters=wanted)
    settle()
    assert kitchen.queries[-1].filters == wanted


def test_the_site_is_chosen_in_the_navigation(shell: Shell, desk: Desk):
    from ims_desktop.ui.navigation_bar import SiteButton

    button = shell.findChild(SiteButton)
    assert [action.text() for action in button.menu().actions()] == ["All sites", "Via Roma", "Harbour Street"]
    button.menu().actions()[1].trigger()
    assert desk.site == desk.sites[0].key
    assert button.accessibleName() == "Site: Via Roma"


def test_ctrl_k_finds_pages_and_actions_and_remembers(shell: Shell, desk: Desk, app: QApplication):
    QTest.keyClick(shell, Qt.Key.Key_K, CTRL)
    box = shell.palette_box
    assert box.isVisible()
    assert box.search.hasFocus()
    QTest.keyClicks(box.search, "purch")
    QTest.keyClick(box.search, Qt.Key.Key_Return)
    assert not box.isVisible()
    assert desk.navigation.place.page == "orders"
    QTest.keyClick(shell, Qt.Key.Key_K, CTRL)
    assert box.title.text() == "Recent"
    assert box.list.model().index(0, 0).data() == "Purchase orders"
    box.add([Command("item 1", "Purée", lambda: None)])
    assert box.list.model().rowCount() == 2
    QTest.keyClick(box.search, Qt.Key.Key_Escape)
    assert not box.isVisible()


def test_the_best_fit_comes_first():
    assert score("item", "Items") > score("item", "Lost items") > score("tem", "Items") > score("ims", "Items") > 0
    assert score("xyz", "Items") == 0


def test_toasts_offer_undo_and_bad_news_stays(shell: Shell, messages: Messages, settle: Settle):
    undone: list[str] = []
    messages.done("Archived 3 items", undo=lambda: undone.append("archive"))
    messages.failed("The file could not be written.")
    messages.failed("The file could not be written.")
    assert shell.toasts.texts == ("Archived 3 items", "The file could not be written.")
    QTest.keyClick(shell, Qt.Key.Key_Z, CTRL)
    assert undone == ["archive"]
    assert shell.toasts.texts == ("The file could not be written.",)


def test_the_key_of_a_toast_works_from_a_field_that_has_nothing_to_take_back(
    shell: Shell, messages: Messages, settle: Settle
):
    undone: list[str] = []
    field = QLineEdit(shell)
    field.show()
    field.setFocus()
    messages.done("Recorded 1 kg Mozzarella", undo=lambda: undone.append("waste"))
    QTest.keyClicks(field, "fl")
    QTest.keyClick(field, Qt.Key.Key_Z, CTRL)
    assert (field.text(), undone) == ("", [])
    QTest.keyClick(field, Qt.Key.Key_Z, CTRL)
    assert undone == ["waste"]


def test_what_can_be_taken_back_waits_in_the_bar_while_another_page_is_looked_at(
    shell: Shell, messages: Messages, settle: Settle
):
    shell.resize(1366, 768)
    undone: list[str] = []
    messages.done("Saved Mozzarella")
    messages.done("Archived 3 items", undo=lambda: undone.append("first"))
    long = "Recorded 12 lines of waste in the walk-in cooler of the main kitchen, 1,234.56 EUR"
    messages.done(long, undo=lambda: undone.append("second"))
    messages.note("Somebody else counts here")
    shell.desk.navigation.open("orders")
    settle()
    assert shell.toasts.texts == (long,)
    (toast,) = (one for one in shell.findChildren(Toast) if one.isVisible())
    area = QRect(toast.mapTo(shell, QPoint()), toast.size())
    assert QRect(shell.top_bar.mapTo(shell, QPoint()), shell.top_bar.size()).contains(area)
    around = [one for one in shell.top_bar.findChildren(QWidget) if one is not shell.top_bar.lane and one.isVisible()]
    hidden = [one for one in around if QRect(one.mapTo(shell, QPoint()), one.size()).intersects(area)]
    assert not hidden
    QTest.keyClick(shell, Qt.Key.Key_Z, CTRL)
    assert undone == ["second"]


def test_bad_news_stays_where_it_is_on_the_next_page(shell: Shell, messages: Messages, settle: Settle):
    messages.failed("The file could not be written.")
    shell.desk.navigation.open("orders")
    settle()
    assert shell.toasts.texts == ("The file could not be written.",)


def test_offline_is_told_until_it_is_over(shell: Shell, messages: Messages):
    messages.online(False)
    assert shell.offline.isVisible()
    assert shell.top_bar._state.text() == "Offline"
    messages.online(True)
    assert not shell.offline.isVisible()


def test_badges_are_told_to_screen_readers(shell: Shell):
    shell.navigation_bar.set_badge("orders", "3")
    assert shell.navigation_bar.buttons["orders"].accessibleName() == "Purchase orders, 3"


def test_the_window_is_no_wider_than_the_smallest_screen(shell: Shell, settle: Settle):
    shell.resize(1366, 768)
    settle()
    assert (shell.width(), shell.height()) == (1366, 768)
    shell.current.start_new()
    settle()
    assert shell.width() == 1366


def test_every_control_has_a_name(shell: Shell, settle: Settle):
    shell.current.open_record(1)
    settle()
    shell.current.start_new()
    settle()
    kinds = (QAbstractButton, QLineEdit, QComboBox)
    inner = {"qt_spinbox_lineedit", "qt_toolbar_ext_button"}
    nameless = [
        f"{type(one).__name__} {one.objectName()}"
        for kind in kinds
        for one in shell.findChildren(kind)
        if not one.accessibleName() and one.objectName() not in inner and not one.objectName().startswith("qt_")
    ]
    assert nameless == []


def test_charts_carry_their_table(app: QApplication, qtbot):
    from decimal import Decimal

    labels = ("7 Sep", "14 Sep")
    line = LineChart("Food cost", labels, (Decimal("28.4"), None), write=lambda value: f"{value}%", target=Decimal(28))
    bars = StackedBars(
        "Waste", labels, [Series("Spoilage", (Decimal(5), Decimal(7))), Series("Trim", (Decimal(1), None))], str
    )
    holder = QWidget()
    holder.setLayout(column(line, bars))
    qtbot.addWidget(holder)
    holder.resize(500, 500)
    assert not holder.grab().isNull()
    assert line.accessibleDescription() == "Target 28%; 7 Sep, 28.4%; 14 Sep, —"
    assert bars.table() == (("7 Sep", "Spoilage 5", "Trim 1"), ("14 Sep", "Spoilage 7", "Trim —"))


def test_a_group_is_folded_away_until_one_of_its_pages_is_opened(shell: Shell) -> None:
    bar = shell.navigation_bar
    orders = bar.buttons["orders"]
    head = next(button for button in bar.findChildren(GroupHead) if button.text() == "Purchasing")
    assert (orders.isVisibleTo(bar), head.accessibleName()) == (True, "Purchasing, open")
    head.click()
    assert (orders.isVisibleTo(bar), head.accessibleName()) == (False, "Purchasing, folded")
    shell.desk.navigation.open("orders")
    assert orders.isVisibleTo(bar)
