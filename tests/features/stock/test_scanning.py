"""A barcode scanner on the lists of stock: the list is narrowed to what was scanned; merged items stay together."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ims_desktop.app.navigation import ENTRIES
from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.listing import Filter, ListQuery, Match
from ims_desktop.features.items.service import ItemDraft, save_item
from ims_desktop.features.items.service.merging import MergeDraft, merge_items
from ims_desktop.features.stock import service
from ims_desktop.ui.list_page import ListPage
from tests.features.desks import sit_down
from tests.features.windows import Window, window_of
from tests.restaurant import Restaurant, seed
from tests.tenants import Tenant

TOMATO = "8000500310427"


@pytest.fixture
def place(tenant: Tenant) -> Restaurant:
    return seed(tenant)


@pytest.fixture
def desk(place: Restaurant) -> TenantDatabase:
    return sit_down(place.tenant)


@pytest.fixture
def window(desk: TenantDatabase, place: Restaurant, tmp_path: Path, qtbot: QtBot) -> Iterator[Window]:
    with window_of(desk, tmp_path, site=place.site) as made:
        yield made


def test_every_list_that_shows_items_listens_to_a_scanner(window: Window, qtbot: QtBot) -> None:
    heard = set()
    for key in ("items", "stock", "movements", "item_card", "supplier_items", "price_changes"):
        page = next(entry for entry in ENTRIES if entry.key == key).build(window.desk)
        qtbot.addWidget(page)
        window.show(page)
        assert isinstance(page, ListPage)
        assert page.scanning is not None
        page.scanning.scanner.pause = 30  # a busy machine is slower than any scanner
        page.setFocus()
        for digit in TOMATO:
            QTest.keyClicks(QApplication.focusWidget() or page.table, digit)
        QTest.keyClick(QApplication.focusWidget() or page.table, Qt.Key.Key_Return)
        window.settle()
        if key == "items":
            assert page.panel is not None
            assert page.panel.record.name == "Tomato tin"  # type: ignore[attr-defined]
        else:
            assert [words for words in page.body.filters.described() if "Tomato tin" in words]
            assert all(getattr(row, "item", "Tomato tin") == "Tomato tin" for row in page.model.rows)
        assert page.body.filters.words == ""
        heard.add(key)
        page.close()
    assert len(heard) == 6


def test_what_was_merged_is_asked_for_with_what_it_goes_on_as(desk: TenantDatabase, place: Restaurant) -> None:
    draft = ItemDraft("Wheat flour", "kg", place.categories["Dry goods"], sku="DRY-9000")
    twin = desk.run(save_item, draft, consents=frozenset({"looks like"})).result.id
    place.items["Wheat flour"] = UUID(str(twin))
    place_there = place.locations["Downtown", "Walk-in"]
    for item in ("Flour", "Wheat flour"):
        line = service.DocumentLine(place.items[item], place_there, Decimal(3), Decimal("1.2"))
        desk.run(service.post, service.Document(uuid4(), service.Kind.DELIVERY, place.site, (line,)))
    desk.run(merge_items, MergeDraft(place.items["Wheat flour"], place.items["Flour"]))

    def moved(key: str, item: str) -> set[str]:
        query = ListQuery(filters=(Filter(key, Match.IN, (place.items[item],)),))
        found = desk.run(service.movements, query).rows
        assert desk.run(service.movements_summary, query).count == len(found)
        return {row.item for row in found}

    assert moved("item", "Flour") == {"Flour"}
    assert moved(service.LINEAGE, "Flour") == {"Flour", "Wheat flour"}
    assert moved(service.LINEAGE, "Wheat flour") == {"Wheat flour"}
