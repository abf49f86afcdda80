"""Lots in transfers: chosen where they leave, told where they arrive, followed across sites, and given back by lot."""

import os
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from pytestqt.qtbot import QtBot

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.listing import Filter, ListQuery, Match
from ims_desktop.features.lots.service import trace
from ims_desktop.features.stock.service import Document, DocumentLine, Kind, LotPart, post
from ims_desktop.features.transfers import screen, service
from ims_desktop.features.transfers.rules import Arrival, LotArrived, LotTaken, Receipt, Rest, Sending, SentLine
from ims_desktop.features.transfers.screen.lot_cells import arrived
from ims_desktop.features.transfers.screen.page import NEW
from ims_desktop.features.transfers.service import TakingBack
from ims_desktop.ui.formats import Formats
from tests.features.stock.conftest import Bench
from tests.features.windows import button_of, form_of, texts_of, window_of

ITEM = "Mozzarella"


@pytest.fixture
def kept(bench: Bench) -> Bench:
    """Four of a lot that expires soon, and six of one that expires late."""
    bench.root.execute("UPDATE items SET tracks_lots = 'EXPIRY' WHERE name = %s", [ITEM])
    made = bench.restaurant
    for code, quantity, days in (("L88", 6, 40), ("L77", 4, 9)):
        lot = LotPart(code, None, date.today() + timedelta(days))
        line = DocumentLine(made.items[ITEM], made.home(ITEM), Decimal(quantity), Decimal(7), lots=(lot,))
        bench.desk.run(post, Document(uuid4(), Kind.DELIVERY, made.site, (line,)))
    return bench


def send(bench: Bench, quantity: int, *lots: LotTaken) -> UUID:
    made = bench.restaurant
    line = SentLine(made.items[ITEM], made.home(ITEM), Decimal(quantity), lots=lots)
    sending = Sending(uuid4(), made.site, made.sites["Harbour"], (line,))
    posted: UUID = bench.desk.run(service.send, sending).result.id
    return posted


def said(bench: Bench, transfer: UUID, *arrivals: tuple[str | None, int, Rest, LotArrived | None]) -> UUID:
    """A receipt: of which lot, how much, the rest, and what it is said to be."""
    [line] = bench.desk.run(service.transfer, transfer).lines
    place, why = bench.restaurant.locations["Harbour", "Dry store"], bench.restaurant.reasons["DAMAGE"]
    rows = tuple(
        Arrival(line.id, Decimal(came), place, rest, why if rest is Rest.MISSING else None, lot or LotArrived(code))
        for code, came, rest, lot in arrivals
    )
    receipt = Receipt(uuid4(), transfer, rows)
    bench.desk.run(service.receive, receipt)
    return receipt.key


def held(bench: Bench) -> set[tuple[str, str, int]]:
    rows = bench.root.execute(
        "SELECT s.name, t.code, z.on_hand::int FROM stock_lots z JOIN lots t ON t.id = z.lot_id"
        " JOIN sites s ON s.id = z.site_id WHERE z.on_hand > 0"
    )
    return set(rows.fetchall())


def under_way(bench: Bench, transfer: UUID) -> list[tuple[str, int]]:
    [line] = bench.desk.run(service.transfer, transfer).lines
    return [(lot.code, int(lot.under_way)) for lot in line.lots]


def way(bench: Bench, code: str) -> list[tuple[str, str, str, int]]:
    key = bench.root.execute("SELECT id FROM lots WHERE code = %s", [code]).fetchone()
    assert key is not None
    rows = bench.desk.run(trace, ListQuery(filters=(Filter("lot", Match.IN, (key[0],)),))).rows
    return [(row.way, row.kind, row.site, int(row.quantity)) for row in rows]


def test_chosen_lots_travel_and_each_has_its_own_fate(kept: Bench) -> None:
    transfer = send(kept, 7, LotTaken("L88", Decimal(4)))  # the rest is of what expires first
    assert held(kept) == {("Downtown", "L77", 1), ("Downtown", "L88", 2)}
    assert under_way(kept, transfer) == [("L77", 3), ("L88", 4)]
    first = said(kept, transfer, ("L77", 2, Rest.MISSING, None), ("L88", 1, Rest.STAYS, None))
    assert under_way(kept, transfer) == [("L77", 0), ("L88", 3)]
    assert held(kept) == {("Downtown", "L77", 1), ("Downtown", "L88", 2), ("Harbour", "L77", 2), ("Harbour", "L88", 1)}
    assert ("self", "ADJUSTMENT", "Downtown", -1) in way(kept, "L77")
    kept.desk.run(service.undo_receipt, TakingBack(uuid4(), first, "Counted again"))
    assert under_way(kept, transfer) == [("L77", 3), ("L88", 4)]
    said(kept, transfer, ("L77", 0, Rest.BACK, None), ("L88", 4, Rest.STAYS, None))
    assert held(kept) == {("Downtown", "L77", 4), ("Downtown", "L88", 2), ("Harbour", "L88", 4)}


def test_a_recall_follows_what_arrived_as_another_lot(kept: Bench) -> None:
    transfer = send(kept, 3, LotTaken("L77"))
    other = LotArrived("L77", "L99", date.today() + timedelta(30))
    first = said(kept, transfer, (None, 2, Rest.STAYS, other))
    assert under_way(kept, transfer) == [("L77", 1)]
    assert held(kept) >= {("Harbour", "L99", 2), ("Downtown", "L77", 1)}
    assert ("into", "TRANSFER_IN", "Harbour", 2) in way(kept, "L77")
    assert way(kept, "L99") == [("from", "DELIVERY", "Downtown", 4), ("self", "TRANSFER_IN", "Harbour", 2)]
    kept.desk.run(service.undo_receipt, TakingBack(uuid4(), first, "Read again"))
    assert under_way(kept, transfer) == [("L77", 3)]
    assert [row for row in way(kept, "L77") if row[0] == "into"] == []
    said(kept, transfer, ("L77", 3, Rest.STAYS, None))
    assert ("self", "TRANSFER_IN", "Harbour", 3) in way(kept, "L77")


def test_what_cannot_be_is_said_line_by_line(kept: Bench) -> None:
    transfer = send(kept, 3, LotTaken("L77"))
    with pytest.raises(UserError) as refused:
        said(
            kept, transfer, ("L00", 1, Rest.STAYS, None), ("L77", 1, Rest.STAYS, LotArrived("L77", "L" * 41)),
            (None, 1, Rest.STAYS, LotArrived(None, "L88", date(2026, 1, 1))),
        )  # fmt: skip
    told = {(problem.row, problem.field) for problem in refused.value.problems}
    assert {(1, "of_id"), (2, "lot"), (3, "lot")} <= told
    with pytest.raises(UserError, match="different lots"):
        said(kept, transfer, ("L77", 1, Rest.STAYS, None), ("L77", 1, Rest.STAYS, None))
    with pytest.raises(UserError) as refused:
        send(kept, 3, LotTaken("L77", Decimal(2)))
    assert "Only 1" in refused.value.problems[0].text


def test_cells_of_a_receipt_are_read() -> None:
    formats = Formats("en_US", "USD", "America/New_York")
    assert arrived("L77", "L77", formats) == LotArrived("L77")
    assert arrived("", None, formats) is None
    assert arrived("L99 12/24/26", "L77", formats) == LotArrived("L77", "L99", date(2026, 12, 24))
    assert arrived("L-99 b", None, formats) == LotArrived(None, "L-99 b")


def shot(page: Any, name: str) -> None:
    if folder := os.environ.get("TRANSFER_PICTURES"):
        page.grab().save(f"{folder}/{name}.png")


def test_the_window_proposes_lots_and_tells_them_where_they_arrive(qtbot: QtBot, kept: Bench, tmp_path: Path) -> None:
    made = kept.restaurant
    with window_of(kept.desk, tmp_path, site=made.site) as window:
        page: Any = screen.build(window.desk)
        qtbot.addWidget(page)
        window.show(page)
        NEW.run(page, ())
        window.settle()
        form = form_of(page)
        form.boxes["to_site_id"].editor.show_value(made.sites["Harbour"])
        grid = form.boxes["lines"].editor.grid
        columns = {column.key: (place, column) for place, column in enumerate(grid.model.spec.columns)}
        grid.model.put(0, 0, kept.desk.run(columns["item"][1].choices.search, "mozz")[0])
        assert grid.model.line(0)["lot"].typed == "L77"
        for key, typed in (("quantity", "5"), ("lot", "2 #l88, L77")):
            place, column = columns[key]
            grid.model.put(0, place, column.parse(typed, grid.model.line(0)))
        assert columns["lot"][1].parse("L00", grid.model.line(0)).problem
        window.settle()
        shot(page, "send_lots")
        button_of(form, "Send").click()
        window.settle()
        page.table.choose(0)
        window.settle()
        assert {"L77", "L88"} <= set(texts_of(page.panel))
        shot(page, "lots")
        button_of(page.panel, "Receive …").click()
        window.settle()
        form = form_of(page)
        shot(page, "receive_lots")
        rows = form.boxes["lines"].editor
        assert [(row["lot"], row["quantity"]) for row in rows.value()] == [("L77", 3), ("L88", 2)]
        button_of(form, "Receive").click()
        window.settle()
    assert {row for row in held(kept) if row[0] == "Harbour"} == {("Harbour", "L77", 3), ("Harbour", "L88", 2)}
