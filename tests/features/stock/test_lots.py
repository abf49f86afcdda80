"""Lots in the ledger: what comes in is of one, what expires first leaves first, and they go wherever stock goes."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from ims_desktop.admin.verification.lots import LOT_CHECKS
from ims_desktop.domain.errors import UserError
from ims_desktop.features.stock.rules import read_history
from ims_desktop.features.stock.service import Document, DocumentLine, Kind, LotPart, Posted, import_history, post
from tests.features.stock.conftest import Bench, moment

SOON, LATER = date(2026, 3, 12), date(2026, 3, 20)


@pytest.fixture
def kept(bench: Bench) -> Bench:
    """Mozzarella by lots that expire after ten days, prosciutto by lots alone."""
    bench.root.execute("UPDATE items SET tracks_lots = 'EXPIRY', shelf_life_days = 10 WHERE name = 'Mozzarella'")
    bench.root.execute("UPDATE items SET tracks_lots = 'LOT' WHERE name = 'Prosciutto'")
    return bench


def take(bench: Bench, kind: Kind, item: str, quantity: str, *lots: LotPart, **more: Any) -> Posted:
    made = bench.restaurant
    reason = {Kind.WASTE: "SPOILAGE", Kind.ADJUSTMENT: "CORRECTION"}.get(kind)
    cost = Decimal(7) if kind is Kind.DELIVERY else None
    place = made.locations["Downtown", more.pop("place", "Walk-in")]
    line = DocumentLine(
        made.items[item], place, Decimal(quantity), cost, made.reasons[reason] if reason else None, lots=lots
    )
    hour = more.pop("hour", 10)
    posted: Posted = bench.desk.run(post, Document(uuid4(), kind, made.site, (line,), moment(hour), **more)).result
    return posted


def held(bench: Bench, place: str = "Walk-in", site: str = "Downtown") -> dict[str, Decimal]:
    found = bench.root.execute(
        "SELECT l.code, s.on_hand FROM stock_lots s JOIN lots l ON l.id = s.lot_id"
        " WHERE s.location_id = %s AND s.on_hand > 0",
        [bench.restaurant.locations[site, place]],
    ).fetchall()
    for check in LOT_CHECKS:
        assert bench.root.execute(check.sql).fetchall() == []
    return dict(found)


def parts(bench: Bench, posting: UUID) -> dict[str, Decimal]:
    return dict(
        bench.root.execute(
            "SELECT l.code, sum(x.quantity) FROM movement_lots x JOIN lots l ON l.id = x.lot_id"
            " JOIN stock_movements m ON m.id = x.movement_id WHERE m.posting_id = %s GROUP BY l.code",
            [posting],
        ).fetchall()
    )


def filled(bench: Bench) -> None:
    take(bench, Kind.DELIVERY, "Mozzarella", "5", LotPart("late", None, LATER), hour=8)
    take(bench, Kind.DELIVERY, "Mozzarella", "4", LotPart("soon", None, SOON), hour=9)


def test_what_expires_first_leaves_first_and_a_cancellation_brings_it_back(kept: Bench) -> None:
    filled(kept)
    wasted = take(kept, Kind.WASTE, "Mozzarella", "-6")
    assert parts(kept, wasted.id) == {"soon": Decimal(-4), "late": Decimal(-2)}
    kept.undo(wasted)
    assert held(kept) == {"soon": Decimal(4), "late": Decimal(5)}


def test_a_named_lot_leaves_and_nothing_of_what_is_not_there(kept: Bench) -> None:
    filled(kept)
    wasted = take(kept, Kind.WASTE, "Mozzarella", "-3", LotPart("late"))
    assert parts(kept, wasted.id) == {"late": Decimal(-3)}
    with pytest.raises(UserError) as refused:
        take(kept, Kind.WASTE, "Mozzarella", "-3", LotPart("late"))
    assert [(one.field, one.row, str(one.text)) for one in refused.value.problems] == [
        ("lot", 1, "Only 2 of lot late is in Walk-in.")
    ]


@pytest.mark.parametrize(
    ("item", "quantity", "lot", "said"),
    [
        ("Butter", "1", LotPart("A"), "Butter is not kept by lots."),
        ("Mozzarella", "1", LotPart(" "), "The name of a lot has 1 to 40 letters."),
        ("Mozzarella", "1", LotPart("x" * 41), "The name of a lot has at most 40 letters."),
        ("Mozzarella", "1", LotPart("A", Decimal(2)), "The lots of a line are more than the line."),
        ("Mozzarella", "1", LotPart("soon", None, LATER), "Lot soon of Mozzarella expires on 2026-03-12."),
        ("Mozzarella", "-1", LotPart("nowhere"), "There is nothing of lot nowhere in Walk-in."),
        ("Mozzarella", "-1", LotPart(None), "Only 0 in Walk-in is of no lot."),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(kept: Bench, item: str, quantity: str, lot: LotPart, said: str) -> None:
    filled(kept)
    with pytest.raises(UserError) as refused:
        take(kept, Kind.ADJUSTMENT, item, quantity, lot)
    assert [str(one.text) for one in refused.value.problems] == [said]


def test_a_lot_without_a_shelf_life_says_when_it_expires(kept: Bench) -> None:
    kept.root.execute("UPDATE items SET shelf_life_days = NULL WHERE name = 'Mozzarella'")
    with pytest.raises(UserError) as refused:
        take(kept, Kind.DELIVERY, "Mozzarella", "1", LotPart("A"))
    assert str(refused.value.problems[0].text) == "Say when lot A expires."


def test_a_delivery_that_names_no_lot_is_one_of_its_day(kept: Bench) -> None:
    take(kept, Kind.DELIVERY, "Mozzarella", "5")
    take(kept, Kind.DELIVERY, "Prosciutto", "2")
    rows = kept.root.execute("SELECT code, expires_on FROM lots ORDER BY expires_on").fetchall()
    assert rows == [("2026-03-09", date(2026, 3, 19)), ("2026-03-09", None)]


def test_a_move_takes_lots_to_another_place_and_a_transfer_to_another_site(kept: Bench) -> None:
    filled(kept)
    made = kept.restaurant
    item, here, bar = made.items["Mozzarella"], made.locations["Downtown", "Walk-in"], made.locations["Downtown", "Bar"]
    lines = (DocumentLine(item, here, Decimal(-5)), DocumentLine(item, bar, Decimal(5)))
    kept.desk.run(post, Document(uuid4(), Kind.MOVE, made.site, lines, moment(11)))
    assert held(kept, "Bar") == {"soon": Decimal(4), "late": Decimal(1)}
    sent = take(kept, Kind.TRANSFER_OUT, "Mozzarella", "-3", hour=12, to_site_id=made.sites["Harbour"])
    (issue,) = kept.movements(sent.id)
    there = made.locations["Harbour", "Walk-in"]
    for quantity, hour in (("1", 13), ("2", 14)):
        line = DocumentLine(item, there, Decimal(quantity), of_id=issue.id)
        kept.desk.run(post, Document(uuid4(), Kind.TRANSFER_IN, made.sites["Harbour"], (line,), moment(hour)))
    assert held(kept, site="Harbour") == {"late": Decimal(3)}
    assert held(kept) == {"late": Decimal(1)}


def test_production_makes_a_lot_of_its_day_out_of_those_that_expire_first(kept: Bench) -> None:
    filled(kept)
    made = kept.restaurant
    here = made.locations["Downtown", "Walk-in"]
    lines = (
        DocumentLine(made.items["Mozzarella"], here, Decimal(-2)),
        DocumentLine(made.items["Prosciutto"], here, Decimal(1), lots=(LotPart("P-1"),)),
    )
    produced: Posted = kept.desk.run(post, Document(uuid4(), Kind.PRODUCTION, made.site, lines, moment(11))).result
    assert parts(kept, produced.id) == {"soon": Decimal(-2), "P-1": Decimal(1)}


def test_a_count_finds_a_named_lot_and_loses_what_expires_first(kept: Bench) -> None:
    filled(kept)
    take(kept, Kind.COUNT, "Mozzarella", "10", LotPart("found", None, SOON), hour=11)
    assert held(kept) == {"soon": Decimal(4), "late": Decimal(5), "found": Decimal(1)}
    take(kept, Kind.COUNT, "Mozzarella", "8", hour=12)
    assert held(kept) == {"soon": Decimal(2), "late": Decimal(5), "found": Decimal(1)}


def test_stock_of_no_lot_is_named_later(kept: Bench) -> None:
    take(kept, Kind.ADJUSTMENT, "Mozzarella", "6")
    assert held(kept) == {}
    made = kept.restaurant
    item, here = made.items["Mozzarella"], made.locations["Downtown", "Walk-in"]
    lines = (
        DocumentLine(item, here, Decimal(-4), lots=(LotPart(None),)),
        DocumentLine(item, here, Decimal(4), lots=(LotPart("A", None, SOON),)),
    )
    kept.desk.run(post, Document(uuid4(), Kind.MOVE, made.site, lines, moment(11)))
    assert held(kept) == {"A": Decimal(4)}


def test_an_item_with_lots_in_stock_goes_on_being_kept_by_them(kept: Bench) -> None:
    filled(kept)
    with pytest.raises(Exception, match="is kept by lots as long as some"):
        kept.root.execute("UPDATE items SET tracks_lots = 'NO' WHERE name = 'Mozzarella'")


def test_a_history_names_lots(kept: Bench) -> None:
    same = {"item": "Mozzarella", "site": "Downtown"}
    came = {**same, "kind": "receipt", "quantity": "5", "value": "35"}
    rows = [
        {**came, "at": "2026-03-09T08:00:00Z", "id": "1", "lot": "A", "expires": "2026-03-20"},
        {**came, "at": "2026-03-09T09:00:00Z", "id": "2", "lot": "B", "expires": "2026-03-15"},
        {**same, "at": "2026-03-09T10:00:00Z", "id": "3", "kind": "waste", "quantity": "2", "lot": "A"},
        {**same, "at": "2026-03-09T11:00:00Z", "id": "4", "kind": "issue", "quantity": "1"},
    ]
    found, problems = read_history(list(enumerate(rows, 2)))
    assert not problems
    kept.desk.run(import_history, found, ())
    assert held(kept) == {"A": Decimal(3), "B": Decimal(4)}


def test_a_history_says_what_is_wrong_with_its_lots() -> None:
    row = {"at": "2026-03-09T08:00:00Z", "item": "Mozzarella", "site": "Downtown", "quantity": "5", "unit_cost": "1"}
    rows = [
        {**row, "id": "1", "kind": "receipt", "expires": "2026-03-20"},
        {**row, "id": "2", "kind": "receipt", "lot": "A", "expires": "20.3.2026"},
        {**row, "id": "3", "kind": "transfer_in", "lot": "A", "refers_to": "9"},
    ]
    _found, problems = read_history(list(enumerate(rows, 2)))
    assert [(one.row, one.field) for one in problems] == [(2, "lot"), (3, "expires"), (4, "lot")]


def test_days_follow_from_the_business_day(kept: Bench) -> None:
    take(kept, Kind.DELIVERY, "Mozzarella", "5", hour=3)  # still the day before in New York
    (found,) = kept.root.execute("SELECT expires_on FROM lots").fetchall()
    assert found == (date(2026, 3, 8) + timedelta(10),)
