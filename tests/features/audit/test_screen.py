"""The page of the audit log, and the history in other panels."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sqlalchemy import Connection, text

from ims_desktop.app.navigation import ENTRIES
from ims_desktop.domain.listing import Filter, Match
from ims_desktop.features.audit import screen
from ims_desktop.features.items import screen as items_screen
from ims_desktop.features.items import service as items
from ims_desktop.features.stock import service as stock
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.navigation_bar import Entry
from tests.features.desks import sit_down
from tests.features.people.desks import save
from tests.features.sales.tills import ZONE, an_order, record
from tests.features.windows import Window, texts_of, window_of
from tests.restaurant import receive, seed
from tests.tenants import Tenant

KEPT_BACK = "Who posted it, and where, is shown to those who see costs."


@pytest.fixture
def at(tenant: Tenant, qtbot: QtBot, tmp_path: Path) -> Iterator[SimpleNamespace]:
    place = seed(tenant)
    database = sit_down(tenant)
    lemon = database.run(items.item, place.items["Lemon"])
    draft = items.ItemDraft(
        "Lemon, organic", "each", lemon.category_id, sku=lemon.sku, id=lemon.id, version=lemon.version
    )
    database.run(items.save_item, replace(draft, shelf_life_days=14))
    with window_of(database, tmp_path, site=place.site) as window:
        yield SimpleNamespace(place=place, database=database, window=window, bot=qtbot)


@pytest.fixture(scope="module")
def looking(shared_tenant: Tenant, qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Window]:
    """A desk where pages are built and nothing is written."""
    place = seed(shared_tenant)
    with window_of(sit_down(shared_tenant), tmp_path_factory.mktemp("desk"), site=place.site) as window:
        yield window


def test_the_log_tells_from_what_to_what(at: SimpleNamespace) -> None:
    page = screen.build(at.window.desk)
    at.bot.addWidget(page)
    at.window.show(page)
    page.show_filters((Filter("subject", Match.IN, ("items",)), Filter("action", Match.IN, ("UPDATE",))))
    at.window.settle()
    [row] = page.model.rows
    assert (row.record, row.subject_words, row.who) == ("Lemon, organic", "Item", "Olive Owner")
    page.table.choose(0)
    at.window.settle()
    assert page.panel is not None
    texts = texts_of(page.panel)
    assert texts[texts.index("Lemon → Lemon, organic") + 1] == "Name"
    assert texts[texts.index("— → 14") + 1] == "Shelf life days"


def test_any_panel_can_show_the_history_of_its_record(at: SimpleNamespace) -> None:
    page = items_screen.build(at.window.desk, (screen.history_section("items"),))
    at.bot.addWidget(page)
    at.window.show(page)
    page.open_record(at.place.items["Lemon"])
    at.window.settle()
    assert page.panel is not None
    texts = texts_of(page.panel)
    assert "Changed Name, Shelf life days" in texts
    assert any(" · Olive Owner · " in text for text in texts), "who, and from which PC"


@pytest.mark.parametrize("entry", [e for e in ENTRIES if e.key != "audit"], ids=lambda entry: entry.key)
def test_every_panel_of_the_navigation_shows_the_history(entry: Entry, looking: Window, qtbot: QtBot) -> None:
    """A page that is added later is covered by being there."""
    page = entry.build(looking.desk)
    qtbot.addWidget(page)
    lists = [page] if isinstance(page, ListPage) else page.findChildren(ListPage)
    for found in lists:
        detail = found.spec.detail
        assert detail is None or "History" in [section.title for section in detail.sections], found.spec.key


def test_the_panel_of_a_role_tells_what_it_gained(at: SimpleNamespace) -> None:
    role = save(at.database, "Prep", {"items.view": True})
    save(at.database, "Prep", {"items.view": True}, key=role, version=1, limits={"waste.record": 25})
    page = _page("roles", at)
    page.show_record(role)
    at.window.settle()
    texts = texts_of(page.panel)
    assert {"History", "Added", "Record waste (daily limit): — → 25"} <= set(texts)
    page.start_new()
    at.window.settle()
    assert "History" not in texts_of(page.panel), "a role that is not saved has none"


def test_the_panel_of_a_level_tells_how_its_par_was_changed(at: SimpleNamespace) -> None:
    key = {"item": at.place.items["Lemon"], "site": at.place.site}

    def raise_par(connection: Connection) -> None:
        connection.execute(
            text("UPDATE item_site_settings SET par = 77 WHERE (item_id, site_id) = (:item, :site)"), key
        )

    receive(at.database, at.place, {"Lemon": ("5", "0.40")})
    at.database.run(raise_par)
    page = _page("stock", at)
    page.open_record((key["item"], key["site"], None))
    at.window.settle()
    texts = texts_of(page.panel)
    assert any(text.startswith("Par: ") and text.endswith(" → 77") for text in texts), texts


def test_the_panel_of_a_movement_tells_who_corrected_its_cost_and_who_took_it_back(at: SimpleNamespace) -> None:
    wasted, undo = uuid4(), uuid4()
    line = stock.DocumentLine(
        at.place.items["Flour"], at.place.home("Flour"), Decimal(-10), reason_id=at.place.reasons["SPOILAGE"]
    )
    at.database.run(stock.post, stock.Document(wasted, stock.Kind.WASTE, at.place.site, (line,)))
    posted = receive(at.database, at.place, {"Flour": ("20", "1.50")})
    at.database.run(stock.reverse_document, undo, wasted, "Entered by mistake")
    with at.place.tenant.as_root() as root:
        [movement] = root.execute("SELECT id FROM stock_movements WHERE posting_id = %s", [wasted]).fetchone() or [0]
        [number] = root.execute("SELECT number FROM postings WHERE id = %s", [undo]).fetchone() or [0]
    for page in (_page("movements", at), _page("waste", at).log):
        page.open_record(movement)
        at.window.settle()
        texts = texts_of(page.panel)
        corrected = f"True-up by Delivery {posted.number}: Flour "
        assert any(text.startswith(corrected) for text in texts), texts
        assert f"Taken back by Waste {number}" in texts
        assert "Posted" in texts


def test_the_panel_of_an_order_tells_who_posted_it(at: SimpleNamespace) -> None:
    record(at.database, at.place, an_order(at.place, "7", datetime.now(ZONE), ("Espresso", "1", "3.00")))
    with at.place.tenant.as_root() as root:
        [order, number] = root.execute(
            "SELECT o.id, p.number FROM orders o JOIN postings p ON p.id = o.posting_id"
        ).fetchone() or [None, 0]
    page = _page("orders", at)
    page.open_record(order)
    at.window.settle()
    assert f"Posted as Sales {number}" in texts_of(page.panel)


def test_who_may_not_see_the_log_sees_no_history_and_who_sees_no_costs_is_told_why(
    at: SimpleNamespace, tmp_path: Path
) -> None:
    posted = receive(at.database, at.place, {"Flour": ("20", "1.50")})
    with at.place.tenant.as_root() as root:
        [movement] = root.execute("SELECT id FROM stock_movements WHERE posting_id = %s", [posted.id]).fetchone() or [0]
    save(at.database, "Auditor", dict.fromkeys(("stock.view", "items.view", "sites.view", "audit.view"), True))
    for place, role, told in (("MANAGER", None, False), ("EMPLOYEE", "Auditor", True)):
        database = sit_down(at.place.tenant, place, role=role)
        with window_of(database, tmp_path / place, site=at.place.site) as window:
            there = SimpleNamespace(window=window, bot=at.bot)
            page = _page("movements", there)
            page.open_record(movement)
            window.settle()
            texts = texts_of(page.panel)
            assert ("History" in texts, KEPT_BACK in texts) == (told, told)


def _page(key: str, at: SimpleNamespace) -> Any:
    """A page as the navigation makes it, shown."""
    page = next(entry for entry in ENTRIES if entry.key == key).build(at.window.desk)
    at.bot.addWidget(page)
    at.window.show(page)
    return page


def test_a_single_change_is_told_in_full(at: SimpleNamespace) -> None:
    lemon = at.database.run(items.item, at.place.items["Lemon"])
    draft = items.ItemDraft("Lemon", "each", lemon.category_id, sku=lemon.sku, id=lemon.id, version=lemon.version)
    at.database.run(items.save_item, replace(draft, shelf_life_days=14))
    history = screen.History(at.window.desk, "items", lemon.id)
    at.bot.addWidget(history)
    at.window.show(history, 320, 300)
    assert "Name: Lemon, organic → Lemon" in texts_of(history)
