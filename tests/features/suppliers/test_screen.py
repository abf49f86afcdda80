"""The page of suppliers as people see it."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from ims_desktop.features.suppliers import screen
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.small_charts import TrendChart
from tests.features.reports.desks import seat
from tests.restaurant import Restaurant, fill, seed
from tests.tenants import Server, new_tenant


@pytest.fixture(scope="module")
def known(server: Server) -> Iterator[Restaurant]:
    """A supplier whose prices of flour and lemons moved."""
    restaurant = seed(new_tenant(server))
    restaurant.tenant.desk()
    sack = uuid4()
    with restaurant.tenant.as_root() as root:
        columns = "id, supplier_id, item_id, supplier_code, pack, pack_quantity"
        gusto = restaurant.suppliers["Gusto Foods"]
        fill(root, "supplier_items", columns, [(sack, gusto, restaurant.items["Flour"], "G-F", "Sack 25 kg", 25)])
        moved = [(sack, "2025-01-01", 20), (sack, "2025-06-01", 25)]
        moved.append((restaurant.supplier_items["Lemon"], "2025-05-01", 4))
        fill(root, "supplier_prices", "supplier_item_id, valid_from, price", moved)
    yield restaurant
    restaurant.tenant.close()


def said(page: QWidget) -> str:
    """Everything that can be read in labels."""
    return " | ".join(one.text() for one in page.findChildren(QLabel) if one.isVisible())


def test_the_panel_has_terms_prices_and_their_course(qtbot: QtBot, known: Restaurant, tmp_path: Path) -> None:
    made = seat(known.tenant.desks[0].run, tmp_path, known.sites)
    page = screen.build(made.desk)
    assert isinstance(page, ListPage)
    qtbot.addWidget(page)
    page.resize(1146, 716)
    page.show()
    qtbot.waitUntil(lambda: page.model.rowCount() == 2, timeout=10_000)
    assert page.model.index(0, 1).data() == "Mon, Thu"
    page.open_record(known.suppliers["Gusto Foods"])
    qtbot.waitUntil(lambda: "Price list" in said(page), timeout=10_000)
    assert "Price of Flour" in said(page)
    assert "+25.0% since 1 Jan 2025" in said(page)
    assert "G-F Sack 25 kg · 1.0000 / kg · cheapest" in said(page)
    history = page.panel.findChild(screen.PriceHistory)
    assert history.pack.count() == 2
    lemon = known.supplier_items["Lemon"]
    history.pack.choose(lemon)
    history.show_pack(lemon)
    chart = history.findChildren(TrendChart)[-1]
    assert "Pack of 10" in chart.accessibleName()
    made.close()
