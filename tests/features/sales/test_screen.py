"""The pages of sales as people use them, in front of a real tenant."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from ims_desktop.domain.errors import Offline, UserError
from ims_desktop.domain.file_values import DateOrder
from ims_desktop.domain.listing import ListQuery
from ims_desktop.domain.permissions import CODES
from ims_desktop.features.sales import service
from ims_desktop.features.sales.rules import Field, Kind
from ims_desktop.features.sales.screen import build_orders
from ims_desktop.features.sales.screen.import_held import HeldCard
from ims_desktop.features.sales.screen.import_page import ImportPage, check_and_mark
from ims_desktop.features.sales.screen.import_problems import GroupRow
from ims_desktop.features.sales.screen.import_table import LEFT_OUT, MARK
from ims_desktop.ui import theme
from ims_desktop.ui.controls import Button
from ims_desktop.ui.list_page import ListPage
from tests.features.reports.desks import Seat, seat
from tests.features.sales.tills import an_order, record
from tests.restaurant import Restaurant, seed
from tests.tenants import Tenant

NOON = datetime(2025, 3, 4, 12, 30)
CLEAR = """order_id,date,time,code,quantity,unit_price,total_price
1,2025-03-14,12:30:00,P1,2,11.50,23.00
2,2025-03-14,23:10:00,C1,1,3.00,3.00
"""
UNCLEAR = """order_id,date,time,code,quantity,unit_price,total_price,remark
1,3/4/2025,12:30:00,P1,2,11.50,23.00,
2,3/4/2025,23:10:00,C1,1,3.00,3.00,
2,3/4/2025,23:10:00,TRUFFLE,1,9.00,9.00,
3,3/14/2025,11:00:00,C1,one,3.00,3.00,late
"""


@pytest.fixture
def restaurant(tenant: Tenant) -> Restaurant:
    """A restaurant whose owner sits at the desk."""
    made = seed(tenant)
    tenant.desk()
    return made


@pytest.fixture
def sit(qtbot: QtBot, restaurant: Restaurant, tmp_path: Path) -> Iterator[Callable[..., Seat]]:
    """Sits somebody down; the threads end with the test."""
    seats: list[Seat] = []

    def down(run: Callable[..., Any] = restaurant.tenant.desks[0].run, rights: frozenset[str] = CODES) -> Seat:
        seats.append(seat(run, tmp_path, restaurant.sites, rights=rights))
        return seats[-1]

    yield down
    for made in seats:
        made.close()


@pytest.fixture
def show(qtbot: QtBot, qapp: QApplication) -> Callable[[QWidget, Seat], Any]:
    """Shows a page at a usual size and waits until it is idle."""

    def shown(page: QWidget, made: Seat) -> Any:
        theme.apply(qapp, dark=False)
        qtbot.addWidget(page)
        page.resize(1146, 716)
        page.show()
        qtbot.waitUntil(made.desk.background.idle)
        return page

    return shown


def words_of(widget: QWidget) -> str:
    """Everything a page says in labels that can be seen."""
    return " | ".join(one.text() for one in widget.findChildren(QLabel) if one.isVisible() and one.text())


def till_file(folder: Path, content: str, name: str = "till.csv") -> str:
    """A file as the till wrote it."""
    path = folder / name
    path.write_text(content)
    return str(path)


def click(qtbot: QtBot, page: QWidget, text: str) -> None:
    """Press the button with this text."""
    made = next(one for one in page.findChildren(Button) if one.isVisible() and one.text().strip() == text)
    qtbot.mouseClick(made, Qt.MouseButton.LeftButton)


Sit = Callable[..., Seat]
Show = Callable[[QWidget, Seat], Any]


def test_orders_are_looked_at_and_one_is_voided_with_a_reason(
    qtbot: QtBot, restaurant: Restaurant, sit: Sit, show: Show
) -> None:
    record(restaurant.tenant.desks[0], restaurant, an_order(restaurant, "77", NOON, ("Margherita", "2", "11.50")))
    made = sit()
    page: ListPage = show(build_orders(made.desk), made)
    assert page.model.rowCount() == 1
    page.open_record(page.model.rows[0].id)
    qtbot.waitUntil(lambda: "Took out of stock" in words_of(page))
    assert "Order 77" in words_of(page)
    click(qtbot, page, "Void order")
    editor = page.panel.findChild(QWidget, "reason") or next(
        one for one in page.panel.findChildren(QWidget) if hasattr(one, "setPlainText")
    )
    editor.setPlainText("Guest left")  # type: ignore[attr-defined]
    save = [one for one in page.panel.findChildren(Button) if one.text().strip() == "Void order"][-1]
    qtbot.mouseClick(save, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(made.said))
    assert "voided" in made.said[-1].text
    found = restaurant.tenant.desks[0].run(service.orders, ListQuery()).rows[0]
    assert found.state == "VOIDED"


def test_who_may_not_see_costs_gets_quantities_instead(
    qtbot: QtBot, restaurant: Restaurant, sit: Sit, show: Show
) -> None:
    record(restaurant.tenant.desks[0], restaurant, an_order(restaurant, "77", NOON, ("Espresso", "2", "3.00")))
    made = sit(rights=CODES - {"stock.cost", "sales.void"})
    page: ListPage = show(build_orders(made.desk), made)
    page.open_record(page.model.rows[0].id)
    qtbot.waitUntil(lambda: "0.018 kg" in words_of(page))
    assert "Food cost" not in words_of(page)
    assert not [one for one in page.findChildren(Button) if one.text().strip() == "Void order"]


def test_without_orders_the_page_says_what_to_do(sit: Sit, show: Show) -> None:
    made = sit()
    page: ListPage = show(build_orders(made.desk), made)
    assert "No orders yet" in words_of(page)
    assert "Import the sales" in words_of(page)


def test_a_clear_file_is_imported_and_leads_to_the_orders(
    qtbot: QtBot, restaurant: Restaurant, sit: Sit, show: Show, tmp_path: Path
) -> None:
    made = sit()
    page: ImportPage = show(ImportPage(made.desk), made)
    page.take([till_file(tmp_path, CLEAR)])
    qtbot.waitUntil(lambda: page.checked is not None)
    assert page.dirty
    assert page.problems.why_not() is None
    assert page.problems.go.text().strip() == "Import 2 lines"
    qtbot.mouseClick(page.problems.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "The sales are in" in words_of(page))
    assert not page.dirty
    assert restaurant.tenant.desks[0].run(service.orders_summary, ListQuery()).count == 2
    click(qtbot, page, "Look at the orders")
    assert made.opened[-1].page == "orders"


def test_an_unclear_file_waits_for_answers_and_for_the_tick(
    qtbot: QtBot, restaurant: Restaurant, sit: Sit, show: Show, tmp_path: Path
) -> None:
    made = sit()
    page: ImportPage = show(ImportPage(made.desk), made)
    page.take([till_file(tmp_path, UNCLEAR)])
    qtbot.waitUntil(lambda: page.checked is not None)
    assert "Date order" in (page.problems.why_not() or "")
    assert not page.problems.go.isEnabled()
    assert "What is 3/4/2025" in words_of(page)
    click(qtbot, page, "4 March, month first")
    qtbot.waitUntil(
        lambda: page.checked is not None and page.checked.file.choices.date_order is DateOrder.MONTH_FIRST,
    )
    assert "tick the box" in (page.problems.why_not() or "")
    assert {one.group.kind for one in page.problems.rows} >= {Kind.UNKNOWN_PRODUCT, Kind.BAD_NUMBER}
    page.problems.accept.click()
    qtbot.mouseClick(page.problems.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "The sales are in" in words_of(page))
    assert "1 line was held back" in words_of(page)
    [waiting] = restaurant.tenant.desks[0].run(service.till_products, ListQuery()).rows
    assert (waiting.words, waiting.lines) == ("TRUFFLE", 1)
    assert restaurant.tenant.desks[0].run(service.orders_summary, ListQuery()).count == 2


def test_problems_lead_to_their_lines_and_marks_say_what_is_wrong(
    qtbot: QtBot, sit: Sit, show: Show, tmp_path: Path
) -> None:
    made = sit()
    page: ImportPage = show(ImportPage(made.desk), made)
    page.take([till_file(tmp_path, UNCLEAR)])
    qtbot.waitUntil(lambda: page.checked is not None)
    unknown = next(one for one in page.problems.rows if one.group.kind is Kind.UNKNOWN_PRODUCT)
    qtbot.mouseClick(unknown, Qt.MouseButton.LeftButton)
    index = page.table.currentIndex()
    assert (index.row(), index.data()) == (2, "TRUFFLE")
    assert index.data(MARK).kind is Kind.UNKNOWN_PRODUCT
    assert "Kept, not mapped: Menu item not known" in index.data(Qt.ItemDataRole.ToolTipRole)
    assert "Kept" in index.data(Qt.ItemDataRole.AccessibleTextRole)
    qtbot.keyClick(unknown, Qt.Key.Key_Return)
    assert page.table.currentIndex().row() == 2  # its only line again
    qtbot.mouseClick(page.only, Qt.MouseButton.LeftButton)
    assert page.table.lines.rowCount() == 4  # three wait for the date order, one has a bad quantity
    assert page.table.lines.index(3, 8).data(LEFT_OUT)


def test_a_column_gets_another_meaning(qtbot: QtBot, sit: Sit, show: Show, tmp_path: Path) -> None:
    made = sit()
    page: ImportPage = show(ImportPage(made.desk), made)
    page.take([till_file(tmp_path, CLEAR.replace("quantity", "how_much").replace("total_price", "till"))])
    qtbot.waitUntil(lambda: page.checked is not None)
    assert "Which column is “Quantity”" in words_of(page)
    combo = page.table.mapping.combos[4]
    combo.choose(Field.QUANTITY)
    combo.activated.emit(combo.currentIndex())
    qtbot.waitUntil(lambda: page.problems.why_not() is None)
    assert page.table.mapping.combos[4].value() is Field.QUANTITY
    page.map_column(5, Field.QUANTITY)
    qtbot.waitUntil(lambda: page.table.mapping.combos[4].value() is None)


def test_each_line_may_be_one_piece(qtbot: QtBot, sit: Sit, show: Show, tmp_path: Path) -> None:
    made = sit()
    page: ImportPage = show(ImportPage(made.desk), made)
    page.take([till_file(tmp_path, "order_id,date,time,code,unit_price\n1,2025-03-14,12:30:00,P1,11.50\n")])
    qtbot.waitUntil(lambda: page.checked is not None)
    click(qtbot, page, "Each line is one piece")
    qtbot.waitUntil(lambda: page.problems.why_not() is None)


def test_the_restaurant_is_chosen_for_the_whole_file(
    qtbot: QtBot, restaurant: Restaurant, sit: Sit, show: Show, tmp_path: Path
) -> None:
    made = sit()
    made.desk.choose_site(None)
    page: ImportPage = show(ImportPage(made.desk), made)
    page.take([till_file(tmp_path, CLEAR)])
    qtbot.waitUntil(lambda: page.checked is not None)
    assert page.problems.why_not() is not None
    page.reading.site.choose(restaurant.sites["Harbour"])
    page.reading.site.activated.emit(page.reading.site.currentIndex())
    qtbot.waitUntil(lambda: page.problems.why_not() is None)
    assert page.checked is not None
    assert {order.site for order in page.checked.preview.orders} == {restaurant.sites["Harbour"]}


def test_files_may_be_dropped(qtbot: QtBot, sit: Sit, show: Show, tmp_path: Path) -> None:
    made = sit()
    page: ImportPage = show(ImportPage(made.desk), made)
    dropped = QMimeData()
    dropped.setUrls([QUrl.fromLocalFile(till_file(tmp_path, CLEAR))])
    no, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    entered = QDragEnterEvent(QPointF(50, 50).toPoint(), Qt.DropAction.CopyAction, dropped, left, no)
    page.dragEnterEvent(entered)
    assert entered.isAccepted()
    page.dropEvent(QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, dropped, left, no))
    qtbot.waitUntil(lambda: page.checked is not None)


def test_what_is_no_sales_file_is_told_and_nothing_is_lost(qtbot: QtBot, sit: Sit, show: Show, tmp_path: Path) -> None:
    made = sit()
    page: ImportPage = show(ImportPage(made.desk), made)
    page.take([str(tmp_path / "nowhere.csv")])
    qtbot.waitUntil(lambda: "nowhere.csv cannot be read" in words_of(page))
    page.take([till_file(tmp_path, UNCLEAR)])
    qtbot.waitUntil(lambda: page.checked is not None)
    before = page.checked
    page.take([till_file(tmp_path, "", "empty.csv")])
    qtbot.waitUntil(lambda: "empty.csv is empty" in words_of(page))
    assert page.checked is before


def test_a_server_that_goes_away_loses_nothing(
    qtbot: QtBot, restaurant: Restaurant, sit: Sit, show: Show, tmp_path: Path
) -> None:
    away: dict[Any, bool] = {}

    def run(use_case: Any, *args: Any, **named: Any) -> Any:
        if away.get(use_case):
            raise Offline("The server cannot be reached.")
        return restaurant.tenant.desks[0].run(use_case, *args, **named)

    made = sit(run)
    page: ImportPage = show(ImportPage(made.desk), made)
    away[check_and_mark] = True
    page.take([till_file(tmp_path, CLEAR)])
    qtbot.waitUntil(lambda: "cannot be reached" in words_of(page))
    away[check_and_mark] = False
    click(qtbot, page, "Try again")
    qtbot.waitUntil(lambda: page.checked is not None)
    away[service.post_chunk] = True
    qtbot.mouseClick(page.problems.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "The import has stopped" in words_of(page))
    away[service.post_chunk] = False
    click(qtbot, page, "Go on")
    qtbot.waitUntil(lambda: "The sales are in" in words_of(page))
    assert restaurant.tenant.desks[0].run(service.orders_summary, ListQuery()).count == 2


def test_an_import_stops_between_two_chunks_and_goes_on(
    qtbot: QtBot, restaurant: Restaurant, sit: Sit, show: Show, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = service.SalesImport.chunks
    monkeypatch.setattr(service.SalesImport, "chunks", lambda sales: small(sales, 1))
    made = sit()
    page: ImportPage = show(ImportPage(made.desk), made)
    lines = "".join(f"{n},2025-03-14,12:{n:02}:00,C1,1,3.00,3.00\n" for n in range(1, 21))
    page.take([till_file(tmp_path, CLEAR.splitlines(keepends=True)[0] + lines)])
    qtbot.waitUntil(lambda: page.checked is not None)
    qtbot.mouseClick(page.problems.go, Qt.MouseButton.LeftButton)
    click(qtbot, page, "Stop")
    qtbot.waitUntil(lambda: "The import has stopped" in words_of(page))
    assert page.run is not None
    assert 0 < page.run.done < 20
    click(qtbot, page, "Go on")
    qtbot.waitUntil(lambda: "The sales are in" in words_of(page))
    assert page.run.recorded.orders == 20


def test_the_lines_held_back_are_saved_as_a_file(qtbot: QtBot, sit: Sit, show: Show, tmp_path: Path) -> None:
    made = sit()
    page: ImportPage = show(ImportPage(made.desk), made)
    page.take([till_file(tmp_path, UNCLEAR)])
    qtbot.waitUntil(lambda: page.checked is not None)
    assert page.checked is not None
    card = HeldCard(made.desk, page.checked)
    qtbot.addWidget(card)
    card.save_to(str(tmp_path / "held.csv"))
    saved = (tmp_path / "held.csv").read_text("utf-8-sig").splitlines()
    assert saved[0].endswith("Line in the file,What is wrong")
    assert [row.split(",")[3] for row in saved[1:]] == ["C1"]
    card.save_to(str(tmp_path / "nowhere" / "held.csv"))
    assert "could not be written" in made.said[-1].text


def test_everything_has_a_name_for_screen_readers(qtbot: QtBot, sit: Sit, show: Show, tmp_path: Path) -> None:
    made = sit()
    page: ImportPage = show(ImportPage(made.desk), made)
    page.take([till_file(tmp_path, UNCLEAR)])
    qtbot.waitUntil(lambda: page.checked is not None)
    controls = [*page.findChildren(Button), *page.table.mapping.combos, *page.findChildren(GroupRow)]
    controls += [page.reading.encoding, page.reading.order, page.problems.accept, page.table]
    assert not [one for one in controls if not one.accessibleName()]


def test_cancelling_begins_anew(qtbot: QtBot, sit: Sit, show: Show, tmp_path: Path) -> None:
    made = sit()
    page: ImportPage = show(ImportPage(made.desk), made)
    page.take([till_file(tmp_path, CLEAR)])
    qtbot.waitUntil(lambda: page.checked is not None)
    click(qtbot, page, "Cancel")
    assert page.drop.isVisible()
    assert page.checked is None


def test_an_unreadable_file_is_named(tmp_path: Path, restaurant: Restaurant) -> None:
    with pytest.raises(UserError) as refused:
        restaurant.tenant.desks[0].run(service.open_files, (tmp_path / "one.csv", tmp_path / "two.csv"))
    assert [problem.text.split()[0] for problem in refused.value.problems] == ["one.csv", "two.csv"]
