"""Lots on the pages of waste and adjustments: proposed, typed over, scanned, and prepared by the list of lots."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from ims_desktop.features.adjustments import service
from ims_desktop.features.adjustments.rules import EntryItem, HeldLot
from ims_desktop.features.adjustments.screen import build_waste
from ims_desktop.features.adjustments.screen.lines import PHOTOS, Cells, document_of
from ims_desktop.features.adjustments.screen.lot_cells import as_scanned, parts_of, proposed, read_lots, with_scan
from ims_desktop.features.adjustments.screen.purpose import ADJUSTMENTS, WASTE
from ims_desktop.features.items.rules import item_units
from ims_desktop.features.stock.service import Document, DocumentLine, Kind, LotPart
from ims_desktop.ui.choices import Choice
from ims_desktop.ui.entry import Measured
from ims_desktop.ui.formats import Formats
from tests.features.stock.conftest import Bench
from tests.features.windows import window_of

FORMATS = Formats("en_US", "USD", "America/New_York")
HERE, THERE = uuid4(), uuid4()
GTIN = "04006381333931"
JPEG = b"\xff\xd8\xff\xe0" + b"0" * 60


def item(tracks: str = "EXPIRY") -> EntryItem:
    lots = (
        HeldLot("soon", date(2026, 12, 3), HERE, Decimal(4)),
        HeldLot("late", date(2026, 12, 20), HERE, Decimal(5)),
        HeldLot("bar", None, THERE, Decimal(1)),
    )
    units = item_units("kg", (), None, None)
    return EntryItem(
        uuid4(), "Mozzarella", "M", units, None, Decimal(10), None, None, HERE, (), Decimal(0), (), tracks, lots
    )


def test_what_expires_first_is_proposed_for_what_leaves() -> None:
    assert proposed(item(), HERE, comes_in=False) == {"lot": Measured("soon")}
    assert proposed(item(), HERE, comes_in=True) == {"lot": None}
    assert proposed(item("NO"), HERE, comes_in=False) == {"lot": None}


def test_typed_lots_are_read() -> None:
    assert read_lots("Late, soon", item(), Decimal(-6), FORMATS).value == (LotPart("late"), LotPart("soon"))
    assert read_lots("gone", item(), Decimal(-6), FORMATS).problem
    assert read_lots("late", item("NO"), Decimal(-6), FORMATS).problem
    assert read_lots("late", None, None, FORMATS).problem
    assert read_lots("new", item(), Decimal(2), FORMATS).value == (LotPart("new"),)
    written = "new one 12/24/26"
    assert read_lots(written, item(), Decimal(2), FORMATS).value == (LotPart("new one", None, date(2026, 12, 24)),)


def test_each_lot_gives_what_there_is() -> None:
    typed = read_lots("soon, late", item(), Decimal(-6), FORMATS)
    assert parts_of(typed, item(), Decimal(-6), HERE) == (LotPart("soon", Decimal(4)), LotPart("late", Decimal(2)))
    assert parts_of(Measured("soon", (LotPart("soon"),)), item(), Decimal(-6), HERE) == (LotPart("soon", Decimal(4)),)
    assert parts_of(Measured("soon", (LotPart("soon"),)), item(), Decimal(-2), HERE) == (LotPart("soon"),)
    assert parts_of(None, item(), Decimal(-2), HERE) == ()


def test_a_scanned_case_names_goods_and_lot() -> None:
    scanned = f"01{GTIN}1726120310L123"
    assert as_scanned(scanned) == "4006381333931"
    assert as_scanned("mozz") == "mozz"
    known = with_scan(item(), scanned)
    assert proposed(known, HERE, comes_in=False) == {"lot": Measured("L123")}
    typed = proposed(known, HERE, comes_in=True)["lot"].typed
    found = read_lots(typed, known, Decimal(1), FORMATS)
    assert found.value == (LotPart("L123", None, date(2026, 12, 3)),), typed


def _receive(bench: Bench, lot: str, days: int) -> UUID:
    bench.root.execute("UPDATE items SET tracks_lots = 'EXPIRY' WHERE name = 'Mozzarella'")
    made = bench.restaurant
    line = DocumentLine(
        made.items["Mozzarella"], made.home("Mozzarella"), Decimal(5), Decimal(7),
        lots=(LotPart(lot, None, date.today() + timedelta(days)),),
    )  # fmt: skip
    bench.desk.run(service.post, Document(uuid4(), Kind.DELIVERY, made.site, (line,)))
    return made.items["Mozzarella"]


def test_an_entry_knows_the_lots_of_its_item(bench: Bench) -> None:
    _receive(bench, "late", 20)
    _receive(bench, "soon", 2)
    [found] = bench.desk.run(service.find_items, bench.restaurant.site, "Mozzarella")
    assert (found.tracks_lots, [lot.code for lot in found.lots]) == ("EXPIRY", ["soon", "late"])
    line = {"item": Choice(found, "Mozzarella"), "location": bench.restaurant.home("Mozzarella")}
    cells = Cells(FORMATS, WASTE)
    line |= {"quantity": cells.quantity("2", line), "reason": bench.restaurant.reasons["EXPIRED"]}
    line["lot"] = cells.lots("late", line)
    posted = bench.desk.run(service.post, document_of(WASTE, bench.restaurant.site, (line,))).result
    left = bench.root.execute("SELECT l.code, s.on_hand FROM stock_lots s JOIN lots l ON l.id = s.lot_id").fetchall()
    assert dict(left) == {"soon": 5, "late": 3}, posted
    assert ADJUSTMENTS.signed


def test_prepared_lots_stand_in_the_table(qtbot: Any, bench: Bench, tmp_path: Path) -> None:
    key, made = _receive(bench, "over", -1), bench.restaurant
    line = DocumentLine(key, made.home("Mozzarella"), Decimal(-5), lots=(LotPart("over"),))
    with window_of(bench.desk, tmp_path, site=made.site) as window:
        page: Any = build_waste(window.desk)
        qtbot.addWidget(page)
        window.show(page)
        page.show_record(Document(uuid4(), Kind.WASTE, made.site, (line,)))
        window.settle()
        [shown] = page.view.grid.begun()
        assert (shown["lot"].typed, shown["lot"].value) == ("over", (LotPart("over"),))
        assert shown["quantity"].value.quantity == -5


def test_what_came_back_is_taken_up_with_its_lots_and_photos(qtbot: Any, bench: Bench, tmp_path: Path) -> None:
    for lot, days in (("late", 20), ("soon", 2)):
        key = _receive(bench, lot, days)
    made = bench.restaurant
    bench.root.execute("UPDATE roles SET limits = limits || '{\"waste.record\": 10}' WHERE name = 'Counter'")
    counter = bench.sign_in(bench.tenant.person("EMPLOYEE", site=made.site))
    parts = (LotPart("late", Decimal(5)), LotPart("soon", Decimal(1)))
    line = DocumentLine(
        key, made.home("Mozzarella"), Decimal(-6), reason_id=made.reasons["SPOILAGE"], note="warm", lots=parts
    )
    document = Document(uuid4(), Kind.WASTE, made.site, (line,), datetime.now(UTC) - timedelta(hours=1))
    asked = service.Photographed(document, (service.Photo.of(uuid4(), 1, "6 kg Mozzarella", JPEG),))
    counter.run(service.ask_photographed, asked)
    bench.desk.run(service.send_back, service.SendingBack(document.key, 1, "Which lot?"))
    request = counter.run(service.request, document.key)
    assert request.document.lines == document.lines
    with window_of(counter, tmp_path, site=made.site) as window:
        page: Any = build_waste(window.desk)
        qtbot.addWidget(page)
        window.show(page)
        page.view.take_up_request(request)
        window.settle()
        [shown] = page.view.grid.lines()
        assert (shown["lot"].typed, shown["note"], shown[PHOTOS]) == ("late, soon", "warm", (JPEG,))
        assert document_of(WASTE, made.site, (shown,)).lines[0].lots == parts
