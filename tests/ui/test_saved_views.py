"""Views of a list as a person keeps them: saved, shown, changed, shared, removed, and come back from older programs."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.list_view import Arrangement, Density, ListView, SavedView, ViewDraft
from ims_desktop.domain.listing import Filter, Sort
from ims_desktop.domain.listing import Match as How
from ims_desktop.domain.work import Changed, read
from ims_desktop.ui.desk import Desk, ViewUseCases
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.messages import Message
from tests.ui.kitchen import Kitchen

Settle = Callable[..., None]
LOW = ListView("le", (Filter("state", How.IN, ("low",)),), (Sort("value", True), Sort("name")))


class Shelf:
    """Keeps views in memory."""

    def __init__(self) -> None:
        self.kept: dict[UUID, SavedView] = {}
        self.drafts: list[ViewDraft] = []

    def use_cases(self) -> ViewUseCases:
        """What a desk is given."""

        @read
        def views(connection: Any, key: str) -> tuple[SavedView, ...]:
            return tuple(self.kept.values())

        return ViewUseCases(views, self.save, self.remove, {"items": "items.view"}, "views.share")

    def save(self, connection: Any, draft: ViewDraft) -> Changed:
        """Keep or change one."""
        self.drafts.append(draft)
        if draft.name == "taken":
            raise UserError("You already have a view of this name.")
        key = draft.key or uuid4()
        self.kept[key] = SavedView(key, draft.name, draft.view, draft.is_shared, True, "Maria", draft.version + 1)
        return Changed(key, frozenset({"views"}))

    def remove(self, connection: Any, key: UUID) -> Changed:
        """Forget one."""
        del self.kept[key]
        return Changed(key, frozenset({"views"}))

    def add(self, name: str, view: ListView, **more: Any) -> UUID:
        """One that is there already."""
        key = uuid4()
        self.kept[key] = replace(SavedView(key, name, view), **more)
        return key


@pytest.fixture
def shelf(desk: Desk) -> Shelf:
    made = Shelf()
    desk.views = made.use_cases()
    desk.rights = desk.rights | {"views.share"}
    return made


@pytest.fixture
def open_page(desk: Desk, kitchen: Kitchen, shelf: Shelf, qtbot, settle: Settle) -> Callable[..., ListPage]:
    def made(**more: Any) -> ListPage:
        page = ListPage(desk, kitchen.spec(**more))
        qtbot.addWidget(page)
        page.resize(1366, 768)
        page.show()
        settle()
        return page

    return made


def offered(page: ListPage) -> dict[str, Any]:
    menu = QMenu(page)
    page.body.views_button.fill(menu)
    return {action.text(): action for action in menu.actions()}


def save_as(page: ListPage, name: str, settle: Settle) -> None:
    page.body.views_button.ask_to_save()
    popover = page.body.views_button.popover
    assert popover is not None
    QTest.keyClicks(popover.line, name)
    QTest.keyClick(popover.line, Qt.Key.Key_Return)
    settle()


def test_what_is_shown_is_saved_under_a_name_and_stands_as_a_tab_with_its_count(
    open_page, shelf: Shelf, kitchen: Kitchen, settle: Settle
):
    page = open_page()
    page.show_filters((Filter("state", How.IN, ("low",)),))
    page.table.header.sort_by(3)
    page.table.header.sort_by(0, add=True)
    page.table.show_column(1, False)
    settle()
    save_as(page, "Low and dear", settle)
    [draft] = shelf.drafts
    assert (draft.list, draft.name, draft.needs) == ("items", "Low and dear", "items.view")
    assert draft.view.filters == (Filter("state", How.IN, ("low",)),)
    assert draft.view.sort == (Sort("value"), Sort("name"))
    assert draft.view.arrangement.hidden == {"area"}
    [key] = shelf.kept
    assert page.body.tabs.current == str(key)
    assert page.body.tabs.buttons[str(key)].text() == "Low and dear  150"
    assert kitchen.queries[-1].filters == (Filter("state", How.IN, ("low",)),)


def test_a_view_brings_everything_back_and_a_preset_leaves_it(
    open_page, shelf: Shelf, kitchen: Kitchen, settle: Settle
):
    key = shelf.add(
        "Low",
        replace(LOW, arrangement=Arrangement(("value", "name"), frozenset({"area"}), {"name": 333}, Density.COMPACT)),
    )
    page = open_page()
    page.body.tabs.buttons[str(key)].click()
    settle()
    asked = kitchen.queries[-1]
    assert (asked.search, asked.filters, asked.sort) == ("le", LOW.filters, LOW.sort)
    shown = [column.key for column in page.table.shown_columns()]
    assert shown == [
        "value",
        "counted",
        "state",
        "name",
        "on_hand",
    ]  # those it did not know stay behind their neighbours
    assert page.table.verticalHeader().defaultSectionSize() == 28
    page.body.tabs.buttons["all"].click()
    settle()
    assert (kitchen.queries[-1].search, kitchen.queries[-1].filters) == ("", ())
    assert kitchen.queries[-1].sort == (Sort("name"),)


def test_a_changed_view_says_so_until_it_is_updated_or_shown_again(open_page, shelf: Shelf, settle: Settle):
    key = shelf.add("Low", LOW)
    page = open_page()
    page.body.show_tab(str(key))
    settle()
    tab = page.body.tabs.buttons[str(key)]
    assert "•" not in tab.text()
    page.table.header.sort_by(0)
    settle()
    assert tab.text().endswith("•")
    assert "changed" in tab.accessibleName()
    offered(page)["Show it as it was saved"].trigger()
    settle()
    assert not page.body.views.modified
    page.table.column_layout.stand(Density.COMFORTABLE)
    assert page.body.views.modified
    offered(page)["Update"].trigger()
    settle()
    assert not page.body.views.modified
    assert shelf.kept[key].view.arrangement.density is Density.COMFORTABLE


def test_it_is_renamed_shared_and_removed_with_a_way_back(open_page, shelf: Shelf, said: list[Message], settle: Settle):
    key = shelf.add("Low", LOW)
    page = open_page()
    page.body.show_tab(str(key))
    settle()
    page.body.views_button.ask_to_rename()
    popover = page.body.views_button.popover
    assert popover.line.text() == "Low"
    QTest.keyClicks(popover.line, "Lower")
    QTest.keyClick(popover.line, Qt.Key.Key_Return)
    settle()
    assert shelf.kept[key].name == "Lower"
    offered(page)["Share it with everybody who opens this list"].trigger()
    settle()
    assert shelf.kept[key].is_shared
    offered(page)["Delete"].trigger()
    settle()
    assert shelf.kept == {}
    assert page.body.tabs.current == "all"
    said[-1].act()
    settle()
    assert [view.name for view in shelf.kept.values()] == ["Lower"]


def test_a_name_that_is_refused_stays_where_it_was_typed(open_page, shelf: Shelf, settle: Settle):
    page = open_page()
    save_as(page, "taken", settle)
    popover = page.body.views_button.popover
    assert popover.isVisible()
    assert popover.line.text() == "taken"
    assert shelf.kept == {}


def test_the_list_opens_with_the_chosen_view(open_page, shelf: Shelf, kitchen: Kitchen, settle: Settle):
    key = shelf.add("Low", LOW)
    page = open_page()
    page.body.show_tab(str(key))
    offered(page)["Open the list with it"].trigger()
    again = open_page()
    settle()
    assert again.body.tabs.current == str(key)
    assert kitchen.queries[-1].filters == LOW.filters


def test_what_a_list_no_longer_has_is_left_out(open_page, shelf: Shelf, kitchen: Kitchen, settle: Settle):
    strange = ListView(
        "",
        (Filter("gone", How.IN, (1,)), *LOW.filters),
        (Sort("gone"), Sort("area")),
        Arrangement(("gone", "state", "name"), frozenset({"gone"}), {"gone": 90}),
    )
    key = shelf.add("Old", strange)
    page = open_page()
    page.body.show_tab(str(key))
    settle()
    assert kitchen.queries[-1].filters == LOW.filters
    assert kitchen.queries[-1].sort == (Sort("name"),)
    shown = [column.key for column in page.table.shown_columns()]
    assert set(shown) == {"name", "area", "on_hand", "value", "counted", "state"}
    assert shown.index("state") < shown.index("name")
    assert not page.body.views.modified


def test_who_may_not_share_sees_a_shared_view_and_cannot_change_it(open_page, desk: Desk, shelf: Shelf, settle: Settle):
    desk.rights = desk.rights - {"views.share"}
    key = shelf.add("Theirs", LOW, is_shared=True, is_mine=False, owner="Lucia")
    page = open_page()
    page.body.show_tab(str(key))
    settle()
    page.table.header.sort_by(0)
    settle()
    menu = offered(page)
    assert "Theirs (by Lucia)" in menu
    assert [menu[words].isEnabled() for words in ("Update", "Rename …", "Delete")] == [False] * 3
    assert menu["Save this view as …"].isEnabled()


def test_a_list_without_presets_gets_tabs_with_its_first_view(open_page, shelf: Shelf, settle: Settle):
    page = open_page(tabs=(), counts=None)
    assert not page.body.tabs.isVisible()
    save_as(page, "Mine", settle)
    assert page.body.tabs.isVisible()
    assert next(iter(page.body.tabs.buttons)) == "all"


def test_views_without_room_are_behind_more_and_the_chosen_one_is_seen(open_page, shelf: Shelf, settle: Settle):
    keys = [shelf.add(f"A view with quite a long name {number}", LOW) for number in range(12)]
    page = open_page()
    tabs = page.body.tabs
    hidden = [key for key in keys if not tabs.buttons[str(key)].isVisible()]
    assert page.width() == 1366
    assert hidden
    assert tabs.more.isVisible()
    assert len(tabs.more.menu().actions()) == len(hidden)
    tabs.more.menu().actions()[-1].trigger()
    settle()
    assert tabs.buttons[str(keys[-1])].isVisible()
    assert page.body.views.current.key == keys[-1]


def test_the_chooser_finds_ticks_moves_and_forgets(open_page, settle: Settle):
    page = open_page()
    page.body.choose_columns()
    chooser = page.body.chooser
    columns = chooser.list
    QTest.keyClicks(chooser.search, "area")
    assert columns.found.rowCount() == 1
    QTest.keyClick(chooser, Qt.Key.Key_Down)
    QTest.keyClick(columns, Qt.Key.Key_Space)
    assert "area" not in [column.key for column in page.table.shown_columns()]
    chooser.search.clear()
    columns.setCurrentIndex(columns.found.index(0, 0))
    QTest.keyClick(columns, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert columns.keys()[:2] == ["area", "name"]
    assert page.table.shown_columns()[0].key == "name"
    chooser.density._pick(Density.COMPACT)
    assert page.table.verticalHeader().defaultSectionSize() == 28
    chooser.reset()
    assert [column.key for column in page.table.shown_columns()] == [
        "name",
        "area",
        "on_hand",
        "value",
        "counted",
        "state",
    ]
    assert page.table.verticalHeader().defaultSectionSize() == 42
