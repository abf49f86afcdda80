"""What entries may choose from and what was recorded, on a real server."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from ims_desktop.domain import listing
from ims_desktop.domain.listing import Filter, ListQuery
from ims_desktop.features.adjustments import service
from ims_desktop.features.adjustments.rules import worth
from ims_desktop.features.stock.service import Kind
from tests.features.adjustments.conftest import Bench
from tests.features.stock.statements import counted


def found(bench: Bench, typed: str) -> list[str]:
    items, statements = counted(bench.desk, service.find_items, bench.restaurant.site, typed)
    assert statements == 1
    return [item.name for item in items]


def test_items_are_found_by_name_sku_and_barcode(bench: Bench) -> None:
    assert found(bench, "moz") == ["Mozzarella"]
    assert found(bench, "oil  olive") == ["Olive oil"]
    assert found(bench, "DRY-01") == ["Flour", "Tomato tin"]
    assert found(bench, "8000500310427") == ["Tomato tin"]
    assert found(bench, "nothing like it") == []
    bench.root.execute("UPDATE items SET is_active = false WHERE name = 'Mozzarella'")
    assert found(bench, "moz") == []


def test_a_found_item_knows_its_stock_its_home_and_its_packs(bench: Bench) -> None:
    bench.receive("Tomato tin", 20, "3.50")
    (item,) = bench.desk.run(service.find_items, bench.restaurant.site, "18000500310424")
    assert (item.unit, item.base, item.on_hand, item.par) == ("case", "each", 20, 18)
    assert item.home_id == bench.restaurant.home("Tomato tin")
    assert item.units.convert(2, "case").quantity == 12
    assert worth(item, Decimal(-2)) == -7
    assert [(place.name, place.on_hand) for place in item.places] == [("Dry store", 20)]


def test_costs_stay_hidden_from_those_who_may_not_see_them(bench: Bench) -> None:
    bench.receive("Flour", 20, 1)
    bench.waste("Flour", 2)
    counter = bench.sign_in(bench.tenant.person("EMPLOYEE", site=bench.restaurant.site))
    (item,) = counter.run(service.find_items, bench.restaurant.site, "flour")
    assert (item.on_hand, item.cost) == (18, None)
    today = counter.run(service.recorded_today, Kind.WASTE, bench.restaurant.site)
    assert (len(today.rows), today.value) == (1, None)
    assert counter.run(service.waste_by_reason, ListQuery()).rows[0].value is None


def test_reasons_and_places_to_choose(bench: Bench) -> None:
    waste = bench.desk.run(service.reasons_for, Kind.WASTE)
    adjustment = bench.desk.run(service.reasons_for, Kind.ADJUSTMENT)
    assert "Theft" not in {reason.text for reason in waste}
    assert {"Theft", "Found stock"} < {reason.text for reason in adjustment}
    assert next(reason.detail for reason in waste if reason.text == "Spoilage") == "Waste"
    places = bench.desk.run(service.locations_of, bench.restaurant.site)
    assert [place.text for place in places] == ["Walk-in", "Dry store", "Bar"]


def test_the_panel_of_an_entry(bench: Bench) -> None:
    now = datetime.now(UTC)
    bench.receive("Flour", 100, 1, at=now - timedelta(days=60))
    bench.waste("Flour", 3, at=now - timedelta(days=15))
    bench.waste("Flour", 2, at=now - timedelta(hours=1))
    bench.undo(bench.waste("Flour", 50))
    facts, statements = counted(bench.desk, service.entry_facts, bench.restaurant.site, bench.restaurant.items["Flour"])
    assert statements == 1
    assert facts.weeks == (0, 0, 0, 0, 0, 3, 0, 2)
    assert [(last.quantity, last.reason, last.by) for last in facts.last] == [
        (2, "Spoilage", "Olive Owner"),
        (3, "Spoilage", "Olive Owner"),
    ]
    assert facts.item.worst_week == 3
    assert facts.category == "Dry goods"


def test_what_was_recorded_today(bench: Bench) -> None:
    bench.receive("Flour", 100, 1, at=datetime.now(UTC) - timedelta(days=9))
    bench.waste("Flour", 9, at=datetime.now(UTC) - timedelta(days=3))
    first, second = bench.waste("Flour", 2), bench.waste("Flour", 3)
    bench.undo(first)
    today, statements = counted(bench.desk, service.recorded_today, Kind.WASTE, bench.restaurant.site)
    assert statements == 1
    assert [(row.quantity, row.undone_by is not None) for row in today.rows] == [(-3, False), (-2, True)]
    assert today.value == -3
    assert [row.number for row in today.counting] == [second.number]
    assert bench.desk.run(service.recorded_today, Kind.ADJUSTMENT, bench.restaurant.site).rows == ()


def test_a_whole_document_is_undone_by_its_id(bench: Bench) -> None:
    bench.receive("Flour", 100, 1)
    bench.receive("Lemon", 100, 1)
    posted = bench.post(Kind.WASTE, bench.line("Flour", -2, "TRIM"), bench.line("Lemon", -2, "TRIM"))
    key = uuid4()
    undone = bench.desk.run(service.reverse_document, key, posted.id, "Typed twice").result
    assert (undone.lines, undone.value) == (2, 4)
    assert bench.desk.run(service.reverse_document, key, posted.id, "Typed twice").result == undone
    assert bench.cost("Flour").quantity == 100


def test_waste_by_reason(bench: Bench) -> None:
    now = datetime.now(UTC)
    bench.receive("Flour", 100, 1, at=now - timedelta(days=40))
    bench.receive("Lemon", 100, 2, at=now - timedelta(days=40))
    bench.post(
        Kind.WASTE, bench.line("Flour", -4, "SPOILAGE"), bench.line("Lemon", -1, "TRIM"), at=now - timedelta(days=1)
    )
    bench.post(Kind.WASTE, bench.line("Lemon", -1, "SPOILAGE"))
    bench.undo(bench.post(Kind.WASTE, bench.line("Flour", -50, "DAMAGE")))
    bench.waste("Flour", 30, at=now - timedelta(days=35))
    span = (now.date() - timedelta(days=7), now.date() + timedelta(days=1))
    query = ListQuery(filters=(Filter("day", listing.Match.BETWEEN, span),), site=bench.restaurant.site)
    page, statements = counted(bench.desk, service.waste_by_reason, query)
    assert statements == 1
    assert [(row.reason, row.entries, row.items, row.value) for row in page.rows] == [
        ("Spoilage", 2, 2, -6),
        ("Trim and prep", 1, 1, -2),
    ]
    assert [row.share for row in page.rows] == [Decimal("0.75"), Decimal("0.25")]
    assert bench.desk.run(service.waste_by_reason_summary, query).totals == {"value": -8, "entries": 3}
    assert bench.desk.run(service.waste_by_reason, replace(query, filters=())).rows[0].value == -36
    assert bench.desk.run(service.waste_by_reason, replace(query, site=_harbour(bench))).rows == ()


def test_the_log_holds_waste_alone_with_its_total(bench: Bench) -> None:
    bench.receive("Flour", 100, 2)
    bench.waste("Flour", 5)
    bench.post(Kind.ADJUSTMENT, bench.line("Flour", 5, "FOUND"))
    here = ListQuery(site=bench.restaurant.site)
    assert [row.kind for row in bench.desk.run(service.waste_log, here).rows] == ["WASTE"]
    summary = bench.desk.run(service.waste_log_summary, here)
    assert (summary.count, summary.totals["value"]) == (1, -10)
    assert [row.kind for row in bench.desk.run(service.adjustment_log, here).rows] == ["ADJUSTMENT"]
    assert bench.desk.run(service.adjustment_log_summary, here).totals["value"] == 10
    (found,) = bench.desk.run(service.adjustments_by_reason, here).rows
    assert (found.reason, found.cost_class, found.value, found.share) == ("Found stock", "Cost of food", 10, 1)
    assert bench.desk.run(service.adjustments_by_reason_summary, here).count == 1


def _harbour(bench: Bench) -> UUID:
    return bench.restaurant.sites["Harbour"]
