"""What a delivery brings may be of a lot: it is typed, or scanned from the case."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from pytestqt.qtbot import QtBot

from ims_desktop.features.deliveries.screen.page import DeliveriesPage
from tests.features.offline import keeping_desk
from tests.features.stock.conftest import Bench, bench
from tests.features.windows import button_of

__all__ = ["bench"]


@pytest.fixture
def at(bench: Bench, qtbot: QtBot, tmp_path: Path) -> Iterator[SimpleNamespace]:
    """The page of deliveries at Downtown."""
    with keeping_desk(bench, qtbot, tmp_path) as desk:
        desk.page = DeliveriesPage(desk.window.desk)
        qtbot.addWidget(desk.page)
        desk.window.show(desk.page)
        yield desk


def test_what_came_is_of_the_lot_on_its_case(at: SimpleNamespace) -> None:
    """Typed with its last day or scanned; what is not kept by lots says so, and another day leaves the lot alone."""
    made, root = at.bench.restaurant, at.bench.root
    root.execute("UPDATE items SET tracks_lots = 'EXPIRY' WHERE name = 'Mozzarella'")
    root.execute(
        "INSERT INTO item_barcodes (item_id, gtin, unit) SELECT id, '4012345678901', 'kg' FROM items"
        " WHERE name = 'Mozzarella'"
    )
    root.commit()
    grid, when = at.page.view.grid, at.page.view.head.when
    cells = {one.key: (place, one) for place, one in enumerate(grid.model.spec.columns)}

    def fill(row: int, item: str, quantity: str, lot: str = "") -> None:
        place, lookup = cells["item"]
        grid.model.put(row, place, at.bench.desk.run(lookup.choices.search, item)[0])
        for key, typed in (("quantity", quantity), ("price", "3"), ("lot", lot)):
            if typed:
                grid.model.put(row, cells[key][0], cells[key][1].parse(typed, grid.model.line(row)))

    at.page.view.head.boxes["supplier_id"].editor.show_value(made.suppliers["Gusto Foods"])
    fill(0, "Mozzarella", "2", "L77 2031-05-31")
    fill(1, "(01)04012345678901(10)AB12(17)310601", "1")
    fill(2, "Flour", "1", "L1")
    assert grid.model.line(1)["lot"].typed == "AB12 2031-06-01"
    lot = cells["lot"][1].parse
    assert lot("AB-12", grid.model.line(0)).value == lot("AB-12 ", grid.model.line(0)).value == ("AB-12", None)
    assert "is not a date" in lot("L77 2031-02-31", grid.model.line(0)).problem, "a day that there is not is no name"
    assert [str(grid.model.problem(row, cells["lot"][0])) for row in range(3)] == ["", "", "It is not kept by lots"]
    when.set(datetime.now(UTC) - timedelta(minutes=1))
    at.window.settle()
    assert grid.model.line(0)["lot"].typed == "L77 2031-05-31"
    grid.model.delete(2)
    grid.record()
    at.window.settle()
    if at.page.panel is not None:
        button_of(at.page.panel, "Record all the same").click()
        at.window.settle()
    there = root.execute(
        "SELECT t.code, t.expires_on FROM lots t WHERE t.item_id = %s ORDER BY t.code", [made.items["Mozzarella"]]
    ).fetchall()
    assert there == [("AB12", date(2031, 6, 1)), ("L77", date(2031, 5, 31))]
