"""Lots in lists, and their way in both directions."""

from datetime import timedelta
from decimal import Decimal

import pytest

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.listing import Filter, ListQuery, Match
from ims_desktop.features.lots import service
from ims_desktop.features.lots.rules import ExpiryDraft, state
from ims_desktop.features.stock.service import DocumentLine, Kind
from tests.features.lots.kitchen import TODAY, Kitchen


def trace(kitchen: Kitchen, code: str) -> list[tuple[str, str, str, int]]:
    query = ListQuery(filters=(Filter("lot", Match.IN, (kitchen.lot(code),)),))
    page = kitchen.bench.desk.run(service.trace, query)
    return [(row.way, row.kind, row.who, int(row.quantity)) for row in page.rows]


def test_what_expires_first_stands_first_and_is_counted(kitchen: Kitchen) -> None:
    kitchen.deliver("late", "5", 40)
    kitchen.deliver("soon", "4", 2)
    kitchen.deliver("over", "3", -2)
    desk, site = kitchen.bench.desk, kitchen.made.site
    page = desk.run(service.lots, ListQuery(site=site))
    assert [(row.code, row.state, row.on_hand) for row in page.rows] == [
        ("over", "expired", 3), ("soon", "soon", 4), ("late", "good", 5),
    ]  # fmt: skip
    counts = desk.run(service.lots_tab_counts, ListQuery(site=site))
    assert counts == {"there": 3, "three": 1, "seven": 1, "expired": 1, "all": 3}
    assert desk.run(service.lots_summary, ListQuery(site=site, search="soo")).count == 1
    expired = Filter("days_left", Match.BETWEEN, (None, -1))
    assert [row.code for row in desk.run(service.lots, ListQuery(site=site, filters=(expired,))).rows] == ["over"]


def test_the_way_of_a_lot_goes_through_production_sales_and_transfers(kitchen: Kitchen) -> None:
    kitchen.deliver("M-1", "20", 12)
    line = kitchen.line
    kitchen.post(Kind.PRODUCTION, line("Mozzarella", "-2"), line("Prosciutto", "1", "P-1"), ago=4)
    kitchen.sell("Margherita", 8)
    harbour = kitchen.made.sites["Harbour"]
    sent = kitchen.post(Kind.TRANSFER_OUT, line("Mozzarella", "-3"), ago=0.5, to_site_id=harbour)
    (issue,) = kitchen.bench.movements(sent.id)
    arrived = DocumentLine(
        kitchen.made.items["Mozzarella"], kitchen.made.home("Mozzarella", "Harbour"), Decimal(3), of_id=issue.id
    )
    kitchen.post(Kind.TRANSFER_IN, arrived, ago=0.4, site="Harbour")
    undone = kitchen.post(Kind.WASTE, line("Mozzarella", "-1", reason_id=kitchen.made.reasons["SPOILAGE"]), ago=0.3)
    kitchen.bench.undo(undone)
    assert trace(kitchen, "M-1") == [
        ("self", "DELIVERY", "Gusto Foods", 20),
        ("self", "PRODUCTION", "Prosciutto", -2),
        ("self", "SALE", "A-1", -1),
        ("self", "TRANSFER_OUT", "Harbour", -3),
        ("self", "TRANSFER_IN", "", 3),
        ("into", "PRODUCTION", "", 1),
    ]
    assert trace(kitchen, "P-1") == [("from", "DELIVERY", "Gusto Foods", 20), ("self", "PRODUCTION", "", 1)]


def test_an_order_says_as_what_a_lot_was_sold(kitchen: Kitchen) -> None:
    kitchen.deliver("M-1", "20", 12)
    kitchen.sell("Margherita", 8)
    query = ListQuery(filters=(Filter("lot", Match.IN, (kitchen.lot("M-1"),)),))
    rows = kitchen.bench.desk.run(service.trace, query).rows
    assert [(row.kind, row.dishes) for row in rows] == [("DELIVERY", ""), ("SALE", "Margherita")]
    assert kitchen.bench.desk.run(service.trace_summary, query).count == 2
    with pytest.raises(UserError, match="Choose a lot"):
        kitchen.bench.desk.run(service.trace, ListQuery())


def test_a_lot_in_full_and_those_of_an_item(kitchen: Kitchen) -> None:
    kitchen.deliver("M-1", "20", 12)
    kitchen.deliver("M-2", "5", 3)
    kitchen.post(Kind.WASTE, kitchen.line("Mozzarella", "-6", reason_id=kitchen.made.reasons["SPOILAGE"]))
    key = f"{kitchen.lot('M-1')}/{kitchen.made.site}"
    found = kitchen.bench.desk.run(service.lot, key)
    assert [(place.name, place.on_hand) for place in found.places] == [("Walk-in", 19)]
    assert [one.reference for one in found.came] == ["DN-M-1"]
    assert [(one.kind, one.quantity) for one in found.went] == [("WASTE", -1)]
    held = kitchen.bench.desk.run(service.item_lots, kitchen.made.items["Mozzarella"], kitchen.made.site)
    assert ([row.code for row in held.rows], held.loose, held.tracked) == (["M-1"], 0, True)


def test_a_day_that_was_read_wrong_is_corrected_once(kitchen: Kitchen) -> None:
    kitchen.deliver("M-1", "20", 12)
    lot, was = kitchen.lot("M-1"), TODAY + timedelta(12)
    draft = ExpiryDraft(lot, TODAY + timedelta(2), was)
    kitchen.bench.desk.run(service.correct_expiry, draft)
    assert kitchen.bench.root.execute("SELECT expires_on FROM lots").fetchall() == [(TODAY + timedelta(2),)]
    with pytest.raises(UserError, match="Somebody else corrected"):
        kitchen.bench.desk.run(service.correct_expiry, draft)
    with pytest.raises(UserError):
        kitchen.bench.desk.run(service.correct_expiry, ExpiryDraft(lot, None, was))


def test_states_follow_from_the_days_left() -> None:
    assert [state(days) for days in (None, -1, 0, 3, 4, 7, 8)] == [
        "open", "expired", "soon", "soon", "week", "week", "good",
    ]  # fmt: skip
