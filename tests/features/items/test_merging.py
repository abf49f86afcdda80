"""Two items become one, on a real database: stock at its value, everything that points to one points to the other."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from ims_desktop.admin.verification import verify
from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.errors import Denied, UserError
from ims_desktop.features.items import service
from ims_desktop.features.items.service.merging import MergeDraft, merge_items, merge_preview
from ims_desktop.features.stock import service as stock
from tests.features.desks import sit_down
from tests.restaurant import Restaurant, receive, seed
from tests.tenants import Tenant

KNOWN = {  # every column that points to an item, and what merging does with it
    ("count_lines", "item_id"),  # a count under way is ended first; what was counted before stays
    ("item_barcodes", "item_id"),
    ("item_methods", "item_id"),  # how its own past was valued stays with that past
    ("item_photos", "item_id"),
    ("item_site_settings", "item_id"),
    ("item_units", "item_id"),
    ("items", "merged_into_id"),
    ("lots", "item_id"),  # of what moved before; what is there leaves by its lots and comes in of none
    ("modifier_lines", "item_id"),
    ("recipe_lines", "item_id"),
    ("recipes", "output_item_id"),
    ("stock_costs", "item_id"),  # these three are the ledger: what was stays, what is there is repacked
    ("stock_levels", "item_id"),
    ("stock_movements", "item_id"),
    ("supplier_items", "item_id"),
    ("under_way", "item_id"),  # arrives as what it left as, and is moved by merging once more
}


@pytest.fixture
def place(tenant: Tenant) -> Restaurant:
    return seed(tenant)


@pytest.fixture
def desk(place: Restaurant) -> TenantDatabase:
    return sit_down(place.tenant)


def root(place: Restaurant, sql: str, *values: Any) -> list[Any]:
    with place.tenant.as_root() as line:
        cursor = line.execute(sql, values)
        return cursor.fetchall() if cursor.description else []


def flour_in_grams(place: Restaurant, desk: TenantDatabase, **more: Any) -> UUID:
    """The same flour entered once more, by another hand: kept in grams, with a sack of its own."""
    usual: dict[str, Any] = {
        "packs": (service.Pack("sack", Decimal(20), "kg"), service.Pack("bag", Decimal(1), "kg")),
        "barcodes": (service.Barcode("96385074", "sack"),),
        "levels": (service.SiteLevel(place.site, Decimal(5000), Decimal(1000)),),
        "allergens": ("gluten",),
    }
    made = desk.run(
        service.save_item,
        service.ItemDraft("Wheat flour", "g", place.categories["Dry goods"], sku="DRY-9000", **usual | more),
        consents=frozenset({"looks like"}),
    ).result.id
    place.items["Wheat flour"] = made
    return UUID(str(made))


def put(
    desk: TenantDatabase, place: Restaurant, item: str, where: str, quantity: str, cost: str, site: str = "Downtown"
) -> None:
    line = stock.DocumentLine(place.items[item], place.locations[site, where], Decimal(quantity), Decimal(cost))
    desk.run(stock.post, stock.Document(uuid4(), stock.Kind.DELIVERY, place.sites[site], (line,)))


def test_stock_goes_over_place_by_place_at_its_value_and_the_books_agree(
    place: Restaurant, desk: TenantDatabase
) -> None:
    loser = flour_in_grams(place, desk)
    receive(desk, place, {"Flour": ("10", "1.12")})
    put(desk, place, "Wheat flour", "Bar", "1000", "0.0013")
    put(desk, place, "Wheat flour", "Walk-in", "333.333", "0.00171717")
    put(desk, place, "Wheat flour", "Bar", "7", "0.002", "Harbour")
    before = root(place, "SELECT site_id, sum(value) FROM stock_costs GROUP BY 1 ORDER BY 1")
    done = desk.run(merge_items, MergeDraft(loser, place.items["Flour"])).result
    assert len(done.documents) == 2
    assert root(place, "SELECT site_id, sum(value) FROM stock_costs GROUP BY 1 ORDER BY 1") == before
    assert root(place, "SELECT DISTINCT quantity, value FROM stock_costs WHERE item_id = %s", loser) == [(0, 0)]
    there = dict(
        root(
            place,
            "SELECT l.name || ' ' || s.name, v.on_hand FROM stock_levels v JOIN storage_locations l ON l.id = v.location_id"
            " JOIN sites s ON s.id = v.site_id WHERE item_id = %s AND on_hand <> 0",
            place.items["Flour"],
        )
    )
    assert there == {
        "Bar Downtown": 1,
        "Walk-in Downtown": Decimal("0.333333"),
        "Dry store Downtown": 10,
        "Bar Harbour": Decimal("0.007"),
    }
    [[worth]] = root(place, "SELECT sum(value) FROM postings WHERE reference = 'MERGE'")
    assert worth == 0, "what goes out is worth what comes in"
    with place.tenant.server.operator() as operator:
        assert list(verify(operator, place.tenant.names)) == []


def test_everything_that_pointed_to_one_points_to_the_other(place: Restaurant, desk: TenantDatabase) -> None:
    loser, winner = flour_in_grams(place, desk), place.items["Flour"]
    [[version]] = root(
        place,
        "SELECT v.id FROM recipe_versions v JOIN recipes r ON r.id = v.recipe_id WHERE r.name = 'Tomato sauce'",
    )
    insert = "INSERT INTO recipe_lines (version_id, line, item_id, quantity, unit, base_quantity) VALUES (%s, %s, %s, %s, %s, %s)"
    root(place, insert, version, 8, loser, 2, "sack", 40000)
    root(place, insert, version, 9, loser, 50, "g", 50)
    root(
        place,
        "INSERT INTO supplier_items (supplier_id, item_id, pack, pack_quantity, is_preferred)"
        " SELECT supplier_id, %s, pack, 20000, true FROM supplier_items WHERE item_id = %s",
        loser,
        winner,
    )
    desk.run(merge_items, MergeDraft(loser, winner, {place.site: "sum"}))
    merged = desk.run(service.item, winner)
    assert {(pack.name, pack.path) for pack in merged.packs} == {
        ("sack", "1 sack × 25 kg = 25 kg"),
        ("bag", "1 bag × 1 kg = 1 kg"),
        ("sack DRY-9000", "1 sack DRY-9000 × 20 kg = 20 kg"),
    }
    assert merged.barcodes == (service.Barcode("96385074", "sack DRY-9000"),)
    assert merged.allergens == ("gluten",)
    lines = root(
        place, "SELECT unit, quantity, base_quantity FROM recipe_lines WHERE item_id = %s AND line >= 8", winner
    )
    assert lines == [("sack DRY-9000", 2, 40), ("g", 50, Decimal("0.05"))]
    sold = root(
        place, "SELECT pack, pack_quantity, is_preferred FROM supplier_items WHERE item_id = %s ORDER BY pack", winner
    )
    assert sold == [("Pack of 10", 10, True), ("Pack of 10 (DRY-9000)", 20, False)]
    assert root(
        place,
        "SELECT par, reorder_point FROM item_site_settings WHERE item_id = %s AND site_id = %s",
        winner,
        place.site,
    ) == [(105, 1)]
    assert root(place, "SELECT is_active, merged_into_id FROM items WHERE id = %s", loser) == [(False, winner)]
    assert [one.name for one in merged.merged] == ["Wheat flour (DRY-9000)"]
    assert desk.run(service.item, loser).merged_into == service.UsedIn(winner, "Flour")


def test_merging_knows_every_table_that_points_to_an_item(place: Restaurant) -> None:
    pointing = root(
        place,
        "SELECT c.conrelid::regclass::text, a.attname FROM pg_constraint c"
        " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)"
        " WHERE c.confrelid = 'items'::regclass AND c.contype = 'f'",
    )
    assert {(table, column) for table, column in pointing} == KNOWN


def test_what_would_happen_is_told_beforehand(place: Restaurant, desk: TenantDatabase) -> None:
    loser = flour_in_grams(place, desk, allergens=("gluten", "lupin"))
    put(desk, place, "Wheat flour", "Bar", "500", "0.002")
    preview = desk.run(merge_preview, loser, place.items["Flour"])
    assert [(at.site, at.quantity, at.becomes, at.value) for at in preview.stock] == [
        ("Downtown", 500, Decimal("0.5"), 1)
    ]
    assert [(pack.was, pack.name) for pack in preview.renamed] == [("sack", "sack DRY-9000")]
    assert [(wish.site, wish.winner, wish.loser) for wish in preview.wishes] == [("Downtown", 100, 5)]
    assert preview.allergens == ("gluten", "lupin")
    assert preview.problems == ()
    other = desk.run(merge_preview, loser, place.items["Lemon"])
    assert other.problems == ("One is kept in g and the other in each, which cannot be converted.",)


def test_what_cannot_be_one_stays_two(place: Restaurant, desk: TenantDatabase) -> None:
    loser = flour_in_grams(place, desk)
    for winner, why in (
        (place.items["Lemon"], "cannot be converted"),
        (loser, "two different items"),
        (uuid4(), "no longer exists"),
    ):
        with pytest.raises(UserError) as refused:
            desk.run(merge_items, MergeDraft(loser, winner))
        assert why in " ".join([refused.value.text, *(problem.text for problem in refused.value.problems)])
    waste = stock.DocumentLine(
        loser, place.locations["Downtown", "Bar"], Decimal(-5), reason_id=place.reasons["SPOILAGE"]
    )
    desk.run(stock.post, stock.Document(uuid4(), stock.Kind.WASTE, place.site, (waste,)))
    with pytest.raises(UserError) as refused:
        desk.run(merge_items, MergeDraft(loser, place.items["Flour"]))
    assert [problem.text for problem in refused.value.problems] == [
        "Wheat flour is below zero at Downtown. Receive or count it first."
    ]
    assert root(place, "SELECT is_active FROM items WHERE id = %s", loser) == [(True,)]


def test_a_prep_cannot_come_to_need_itself(place: Restaurant, desk: TenantDatabase) -> None:
    dough = desk.run(service.save_item, service.ItemDraft("Pizza dough", "kg", place.categories["Dry goods"])).result.id
    root(
        place,
        "INSERT INTO recipes (id, name, kind, output_item_id) VALUES (%s, 'Dough', 'PREP', %s)",
        recipe := uuid4(),
        dough,
    )
    root(
        place,
        "INSERT INTO recipe_versions (id, recipe_id, valid_from, yield_unit) VALUES (%s, %s, '2025-01-01', 'kg')",
        version := uuid4(),
        recipe,
    )
    root(
        place,
        "INSERT INTO recipe_lines (version_id, line, item_id, quantity, unit, base_quantity) VALUES (%s, 1, %s, 1, 'kg', 1)",
        version,
        place.items["Flour"],
    )
    with pytest.raises(UserError, match="made of what it makes"):
        desk.run(merge_items, MergeDraft(place.items["Flour"], dough))


def test_what_was_merged_does_not_come_back_and_what_it_moved_is_not_undone(
    place: Restaurant, desk: TenantDatabase
) -> None:
    loser = flour_in_grams(place, desk)
    put(desk, place, "Wheat flour", "Bar", "1000", "0.001")
    desk.run(merge_items, MergeDraft(loser, place.items["Flour"]))
    with pytest.raises(UserError, match="was merged into Flour"):
        desk.run(service.restore, [loser])
    for key, _item in root(place, "SELECT id, item_id FROM stock_movements"):
        with pytest.raises(UserError, match="items that were merged"):
            desk.run(stock.reverse, uuid4(), (key,), "mistake")


def test_who_may_edit_items_may_not_merge_them(place: Restaurant, desk: TenantDatabase) -> None:
    loser = flour_in_grams(place, desk)
    manager = sit_down(place.tenant, "MANAGER")
    with pytest.raises(Denied):
        manager.run(merge_items, MergeDraft(loser, place.items["Flour"]))
    put(desk, place, "Wheat flour", "Bar", "1000", "0.001", "Harbour")
    administrator = sit_down(place.tenant, "ADMIN", site=place.site)
    with pytest.raises(Denied, match="at sites where your roles"):
        administrator.run(merge_items, MergeDraft(loser, place.items["Flour"]))


def test_what_becomes_known_later_of_the_loser_reaches_the_winner(place: Restaurant, desk: TenantDatabase) -> None:
    """A late invoice for what was repacked makes what came out of it dearer, and what was used of that since."""
    loser = flour_in_grams(place, desk)
    put(desk, place, "Wheat flour", "Bar", "1000", "0.001")
    desk.run(merge_items, MergeDraft(loser, place.items["Flour"]))
    used = stock.DocumentLine(
        place.items["Flour"], place.locations["Downtown", "Bar"], Decimal("-0.25"), reason_id=place.reasons["SPOILAGE"]
    )
    desk.run(stock.post, stock.Document(uuid4(), stock.Kind.WASTE, place.site, (used,)))
    [[received]] = root(place, "SELECT id FROM stock_movements WHERE item_id = %s AND kind = 'DELIVERY'", loser)
    invoice = stock.LateInvoice(uuid4(), place.site, (stock.RightPrice(received, Decimal(3)),), note="Invoice 7")
    desk.run(stock.correct_prices, invoice)
    assert root(place, "SELECT quantity, value FROM stock_costs WHERE item_id = %s", place.items["Flour"]) == [
        (Decimal("0.75"), Decimal("2.25"))
    ]
    [[wasted]] = root(
        place,
        "SELECT m.value + (SELECT sum(c.value) FROM cost_corrections c WHERE c.movement_id = m.id)"
        " FROM stock_movements m WHERE m.item_id = %s AND m.kind = 'WASTE'",
        place.items["Flour"],
    )
    assert wasted == Decimal("-0.75")
    with place.tenant.server.operator() as operator:
        assert list(verify(operator, place.tenant.names)) == []


def test_a_place_with_less_than_nothing_is_evened_out_before(place: Restaurant, desk: TenantDatabase) -> None:
    loser = flour_in_grams(place, desk)
    put(desk, place, "Wheat flour", "Bar", "1000", "0.001")
    put(desk, place, "Wheat flour", "Walk-in", "500", "0.002")
    taken = stock.DocumentLine(
        loser, place.locations["Downtown", "Dry store"], Decimal(-700), reason_id=place.reasons["SPOILAGE"]
    )
    desk.run(stock.post, stock.Document(uuid4(), stock.Kind.WASTE, place.site, (taken,)))
    [[worth]] = root(place, "SELECT value FROM stock_costs WHERE item_id = %s", loser)
    desk.run(merge_items, MergeDraft(loser, place.items["Flour"]))
    found = root(place, "SELECT quantity, value FROM stock_costs WHERE item_id = %s", place.items["Flour"])
    assert found == [(Decimal("0.8"), worth)]
    assert root(place, "SELECT count(*) FROM stock_levels WHERE item_id = %s AND on_hand <> 0", loser) == [(0,)]
    assert root(place, "SELECT min(on_hand) >= 0 FROM stock_levels WHERE item_id = %s", place.items["Flour"]) == [
        (True,)
    ]
    with place.tenant.server.operator() as operator:
        assert list(verify(operator, place.tenant.names)) == []
