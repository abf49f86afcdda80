"""A group on its first day: whatever page has nothing to show says so, and leads to the next step."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ims_desktop.app.navigation import ENTRIES
from ims_desktop.ui.empty_state import EmptyState
from ims_desktop.ui.list_page import ListPage
from tests.features.desks import sit_down
from tests.features.windows import Window, window_of
from tests.tenants import Tenant

NEVER_EMPTY = {"sites", "storage", "people", "roles", "sessions", "audit", "categories"}


def waiting(page: QWidget) -> EmptyState | None:
    """What stands in place of rows or figures."""
    return next((state for state in page.findChildren(EmptyState) if state.isVisible()), None)


def offered(state: EmptyState | None) -> str:
    return state.button.text() if state is not None and state.button.isVisible() else ""


def opened(window: Window, key: str, qtbot: QtBot) -> QWidget:
    page = next(entry for entry in ENTRIES if entry.key == key).build(window.desk)
    qtbot.addWidget(page)
    window.show(page)
    return page


def test_every_empty_list_leads_on(tenant: Tenant, tmp_path: Path, qtbot: QtBot) -> None:
    with window_of(sit_down(tenant), tmp_path) as window:
        lists = {entry.key: opened(window, entry.key, qtbot) for entry in ENTRIES if entry.key not in NEVER_EMPTY}
        empty = {key: page for key, page in lists.items() if isinstance(page, ListPage) and not page.model.rowCount()}
        assert len(empty) >= 14
        assert {key for key, page in empty.items() if not offered(waiting(page))} == set()
        assert offered(waiting(lists["cost_and_waste"])) == "Sites"
        assert offered(waiting(lists["overview"])) == "Import sales"


def test_the_next_step_is_one_that_the_person_may_take(tenant: Tenant, tmp_path: Path, qtbot: QtBot) -> None:
    with window_of(sit_down(tenant, "EMPLOYEE"), tmp_path) as window:
        assert offered(waiting(opened(window, "overview", qtbot))) == "Record waste"


@pytest.mark.parametrize(("key", "start"), [("waste", 1), ("adjustments", 2)])
def test_an_empty_log_leads_to_the_entry(tenant: Tenant, tmp_path: Path, qtbot: QtBot, key: str, start: int) -> None:
    with window_of(sit_down(tenant), tmp_path) as window:
        page = opened(window, key, qtbot)
        tabs = page.tabs  # type: ignore[attr-defined]
        list(tabs.buttons.values())[start].click()
        window.settle()
        state = waiting(page)
        assert offered(state) == "Record the first"
        assert state is not None
        state.button.click()
        assert tabs.current == "enter"


def test_an_empty_view_leads_to_one_with_rows(tenant: Tenant, tmp_path: Path, qtbot: QtBot) -> None:
    with window_of(sit_down(tenant), tmp_path) as window:
        page = opened(window, "people", qtbot)
        assert isinstance(page, ListPage)
        page.show_tab("left")
        window.settle()
        assert offered(waiting(page)) == "Show Active"
        page.body.empty.button.click()
        window.settle()
        assert page.model.rowCount() == 1


def test_views_are_counted_where_nobody_says_how(tenant: Tenant, tmp_path: Path, qtbot: QtBot) -> None:
    with window_of(sit_down(tenant), tmp_path) as window:
        for key in ("price_changes", "plate_costs", "exchange_rates"):
            page = opened(window, key, qtbot)
            assert isinstance(page, ListPage)
            assert set(page.body.tabs.counts) == {tab.key for tab in page.spec.tabs}
