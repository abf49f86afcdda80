"""The page of the audit log, and the history in other panels."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from pytestqt.qtbot import QtBot

from ims_desktop.domain.listing import Filter, Match
from ims_desktop.features.audit import screen
from ims_desktop.features.items import screen as items_screen
from ims_desktop.features.items import service as items
from tests.features.desks import sit_down
from tests.features.windows import texts_of, window_of
from tests.restaurant import seed
from tests.tenants import Tenant


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


def test_the_log_tells_from_what_to_what(at: SimpleNamespace) -> None:
    page = screen.build(at.window.desk)
    at.bot.addWidget(page)
    at.window.show(page)
    page.show_filters((Filter("subject", Match.IN, ("items",)), Filter("action", Match.IN, ("UPDATE",))))
    at.window.settle()
    [row] = page.model.rows
    assert (row.record, row.subject_words, row.who) == ("Lemon, organic", "Item", "Olive Owner")
    page.table.choose(0)
    at.window.settle(0.3)
    texts = texts_of(page.panel)
    assert texts[texts.index("Lemon → Lemon, organic") + 1] == "Name"
    assert texts[texts.index("— → 14") + 1] == "Shelf life days"


def test_any_panel_can_show_the_history_of_its_record(at: SimpleNamespace) -> None:
    page = items_screen.build(at.window.desk, (screen.history_section("items"),))
    at.bot.addWidget(page)
    at.window.show(page)
    page.open_record(at.place.items["Lemon"])
    at.window.settle(0.3)
    texts = texts_of(page.panel)
    assert "Changed Name, Shelf life days" in texts
    assert any(" · Olive Owner · " in text for text in texts), "who, and from which PC"


def test_a_single_change_is_told_in_full(at: SimpleNamespace) -> None:
    lemon = at.database.run(items.item, at.place.items["Lemon"])
    draft = items.ItemDraft("Lemon", "each", lemon.category_id, sku=lemon.sku, id=lemon.id, version=lemon.version)
    at.database.run(items.save_item, replace(draft, shelf_life_days=14))
    history = screen.History(at.window.desk, "items", lemon.id)
    at.bot.addWidget(history)
    at.window.show(history, 320, 300)
    assert "Name: Lemon, organic → Lemon" in texts_of(history)
