"""Rights are asked once a statement, in everything that pages and reports read; new pages are covered by themselves."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from ims_desktop.app.navigation import ENTRIES
from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.business_calendar import Period
from ims_desktop.domain.listing import Filter, Match, Sort
from ims_desktop.features.reports.rules import Question
from ims_desktop.features.reports.service import REPORTS, read_report
from ims_desktop.features.views.service import views
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.navigation_bar import Entry
from tests.features.reports import history
from tests.features.windows import Window, window_of
from tests.restaurant import Restaurant, seed
from tests.security.plans import Sent, asked_per_row, plan_of, recorded
from tests.tenants import Server, new_tenant

UNTIL = date.today() - timedelta(days=1)
SINCE = UNTIL - timedelta(days=6)
READS_NOTHING = {"import", "sales_import", "saved_here"}  # before a file is chosen


@dataclass
class Group:
    """A restaurant group with a week of history, and a manager of one of its sites."""

    made: Restaurant
    manager: TenantDatabase


@pytest.fixture(scope="module")
def group(server: Server) -> Iterator[Group]:
    tenant = new_tenant(server)
    made = seed(tenant)
    history.live(tenant.desk(), made, SINCE, UNTIL)
    login = tenant.person("ADMIN", site=made.site)
    with tenant.as_root() as root:
        planted(root)
    tenant.analyze()
    yield Group(made, tenant.desk(login))
    tenant.close()


def planted(root: psycopg.Connection[Any]) -> None:
    """What a week of trade does not bring: somebody who orders, and views that colleagues share."""
    root.execute("INSERT INTO customers (code, name) VALUES ('HOTEL', 'Marina Hotel')")
    root.execute(
        "UPDATE orders SET customer_id = (SELECT id FROM customers) WHERE id IN (SELECT id FROM orders LIMIT 9)"
    )
    root.execute(
        "INSERT INTO saved_views (list, name, owner_id, is_shared, needs, definition)"
        " SELECT 'items', 'Shared', id, true, 'items.view', '{}' FROM members"
    )


def per_row(desk: TenantDatabase, sent: Sent) -> list[str]:
    """Every place where a right is asked once a row."""
    return [
        f"{place} in {statement[:200]}"
        for statement, parameters in sent.items()
        for place in asked_per_row(plan_of(desk, statement, parameters))
    ]


def about(entry: Entry, made: Restaurant) -> tuple[Filter, ...]:
    """What a page that nobody opens without a subject is about."""
    if entry.key != "item_card":
        return ()
    return (Filter("item", Match.IN, (made.items["Mozzarella"],)), Filter("site", Match.IN, (made.site,)))


def look_around(window: Window, page: QWidget) -> None:
    """Open every tab, sort by every column, search, and look at the first row."""
    lists = [page] if isinstance(page, ListPage) else page.findChildren(ListPage)
    for found in lists:
        for tab in found.spec.tabs:
            found.body.show_tab(tab.key)
            window.settle()
        for column in found.spec.columns:
            if column.sortable:
                found.table.header.sorted.emit((Sort(column.key),))
        window.settle()
        if found.model.rowCount():
            found.table.selectRow(0)
            window.settle()
        found.body.filters.search.setText("mar")
        window.settle()
    typed = QApplication.focusWidget()
    if not lists and isinstance(typed, QLineEdit | QComboBox):  # an entry table: it looks for what is typed
        QTest.keyClicks(typed, "moz")
        window.settle()


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.key)
def test_a_page_asks_for_rights_once_a_statement(entry: Entry, group: Group, qtbot: QtBot, tmp_path: Path) -> None:
    with window_of(group.manager, tmp_path, site=group.made.site) as window, recorded() as sent:
        page = entry.build(window.desk)
        qtbot.addWidget(page)
        window.show(page)
        subject = about(entry, group.made)
        if subject:
            page.show_filters(subject)  # type: ignore[attr-defined]
        look_around(window, page)
    assert sent or entry.key in READS_NOTHING
    assert per_row(group.manager, sent) == []


def test_the_panel_of_a_role_and_shared_views_ask_once(group: Group, qtbot: QtBot, tmp_path: Path) -> None:
    """What no list shows."""
    with window_of(group.manager, tmp_path, site=group.made.site) as window, recorded() as sent:
        roles = next(entry for entry in ENTRIES if entry.key == "roles").build(window.desk)
        qtbot.addWidget(roles)
        window.show(roles)
        roles.show_record(roles.model.roles[0].id)  # type: ignore[attr-defined]
        window.settle()
        shown = group.manager.run(views, "items")
    assert {view.owner for view in shown} > {"Olive Owner"}, "of everybody"
    assert any("audit_log" in statement for statement in sent), "the history of the role"
    assert any("saved_views" in statement for statement in sent)
    assert per_row(group.manager, sent) == []


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("narrowed", [True, False])
def test_a_report_asks_for_rights_once_a_statement(name: str, narrowed: bool, group: Group) -> None:
    with recorded() as sent:
        site = group.made.site if narrowed else None
        group.manager.run(read_report, name, Question.about(Period(SINCE, UNTIL), site))
    assert sent
    assert per_row(group.manager, sent) == []


@pytest.mark.parametrize(
    "careless",
    [
        "SELECT id FROM stock_movements WHERE site_id = ANY (scope('stock.view'))",
        "SELECT id, can('stock.cost') AS shows FROM items",
        "SELECT i.id FROM items i WHERE EXISTS (SELECT FROM sites s WHERE s.id = ANY (scope(i.note)))",
        "SELECT id, (SELECT can(i.name)) FROM items i",
    ],
)
def test_a_right_asked_once_a_row_is_noticed(careless: str, group: Group) -> None:
    assert list(asked_per_row(plan_of(group.manager, careless, {})))


def test_a_right_asked_once_is_not_taken_for_more(group: Group) -> None:
    careful = "SELECT id, (SELECT can('stock.cost')) FROM items WHERE can('items.view')"
    assert not list(asked_per_row(plan_of(group.manager, careful, {})))
    assert not list(asked_per_row(plan_of(group.manager, "SELECT can('stock.cost')", {})))
