"""What lists and panels are told about stock."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from ims_desktop.domain import listing
from ims_desktop.domain.errors import UserError
from ims_desktop.domain.listing import Filter, ListQuery, Sort
from ims_desktop.features.stock import service
from ims_desktop.features.stock.screen.movement_panel import describe
from ims_desktop.features.stock.service import Kind
from ims_desktop.ui.formats import Formats
from tests.features.stock.conftest import Bench, figures, moment
from tests.features.stock.statements import counted


def told(bench: Bench, use_case: Any, query: ListQuery | None = None) -> Any:
    """The answer of a read that must be one statement."""
    answer, statements = counted(bench.desk, use_case, query or ListQuery())
    assert statements == 1
    return answer


@pytest.fixture
def traded(bench: Bench) -> Bench:
    """A morning: deliveries, waste that is undone, waste below nothing, and the delivery that covers it."""
    bench.receive("Flour", 50, "1.00", at=moment(8))
    bench.receive("Mozzarella", 6, "8.00", at=moment(8, 30))
    wrong = bench.waste("Flour", 12, at=moment(9))
    bench.undo(wrong)
    bench.waste("Mozzarella", 8, at=moment(10))
    bench.receive("Mozzarella", 3, "9.00", at=moment(11))
    bench.waste("Lemon", 2, at=moment(12))
    return bench


def test_levels_say_what_there_is_and_what_it_is_worth(traded: Bench) -> None:
    page = told(traded, service.levels, ListQuery(site=traded.restaurant.site))
    rows = {row.item: row for row in page.rows}
    assert list(rows) == sorted(rows)
    assert len(rows) == 11  # nobody wants prawns and none ever came
    flour, mozzarella, lemon = rows["Flour"], rows["Mozzarella"], rows["Lemon"]
    assert (flour.on_hand, flour.value, flour.state, flour.decimals) == (50, 50, "low", 3)
    assert (mozzarella.on_hand, mozzarella.value, mozzarella.average_cost) == (1, 9, 9)
    assert (lemon.on_hand, lemon.available, lemon.state, lemon.decimals) == (-2, -2, "negative", 0)
    assert rows["Basil"].state == "out"
    assert flour.location == "Dry store"


def test_levels_can_be_narrowed(traded: Bench) -> None:
    site, made = traded.restaurant.site, traded.restaurant

    def items(*chips: Filter, search: str = "", sort: tuple[Sort, ...] = ()) -> list[str]:
        return [row.item for row in told(traded, service.levels, ListQuery(search, chips, sort, site)).rows]

    assert items(Filter("state", listing.Match.IN, ("negative",))) == ["Lemon"]
    assert items(Filter("category", listing.Match.IN, (made.categories["Drinks"],))) == ["Sparkling water"]
    assert items(Filter("location", listing.Match.IN, (made.locations["Downtown", "Bar"],))) == [
        "Espresso beans",
        "Sparkling water",
    ]
    assert items(search="moz") == ["Mozzarella"]
    assert items(search="dai-0001") == ["Mozzarella"]
    assert items(search="4006381333931") == ["Sparkling water"]
    assert items(sort=(Sort("value", descending=True),))[:2] == ["Flour", "Mozzarella"]


def test_levels_of_all_sites_name_the_site_and_follow_page_by_page(traded: Bench) -> None:
    seen, query = [], ListQuery(limit=5)
    while True:
        page = told(traded, service.levels, query)
        seen += [(row.item, row.site) for row in page.rows]
        if page.after is None:
            break
        query = query.following(page.after)
    assert len(seen) == len(set(seen)) == 22
    assert seen == sorted(seen)


def test_the_totals_and_the_tabs(traded: Bench) -> None:
    here = ListQuery(site=traded.restaurant.site)
    summary = told(traded, service.levels_summary, here)
    expected = sum((row.value for row in told(traded, service.levels, here).rows), Decimal(0))
    assert (summary.count, summary.totals["value"]) == (11, expected)
    assert told(traded, service.levels_summary).totals["value"] == expected
    assert told(traded, service.levels_tab_counts, here) == {"all": 11, "low": 2, "negative": 1, "out": 8, "short": 0}
    traded.root.execute("UPDATE sites SET currency = 'EUR' WHERE name = 'Harbour'")
    assert "value" not in told(traded, service.levels_summary).totals


def test_who_may_not_see_costs_sees_none(traded: Bench) -> None:
    counter = traded.sign_in(traded.tenant.person("EMPLOYEE", site=traded.restaurant.site))
    levels = counter.run(service.levels, ListQuery()).rows
    assert {row.site for row in levels} == {"Downtown"}
    assert all(row.value is None and row.average_cost is None for row in levels)
    assert "value" not in counter.run(service.levels_summary, ListQuery()).totals
    moved = counter.run(service.movements, ListQuery()).rows
    assert moved
    assert all(row.value is None for row in moved)
    card = ListQuery(filters=(Filter("item", listing.Match.IN, (moved[0].item_id,)),), site=traded.restaurant.site)
    assert counter.run(service.card, card).rows[0].balance_value is None
    assert counter.run(service.card_summary, card).totals["closing_value"] is None
    assert counter.run(service.document_of, moved[0].id).value is None
    at = counter.run(service.levels_at, moment(13), traded.restaurant.site)
    assert {level.value for level in at} == {None}


def test_stock_as_at_a_moment(traded: Bench) -> None:
    def at(hour: int, minute: int = 0) -> dict[str, tuple[Decimal, Decimal]]:
        found, statements = counted(traded.desk, service.levels_at, moment(hour, minute), traded.restaurant.site)
        assert statements == 1
        return {level.item: (level.quantity, level.value) for level in found}

    assert at(7)["Flour"] == figures(0, 0)
    assert at(8)["Flour"] == figures(50, 50)
    assert at(8)["Mozzarella"] == figures(0, 0)
    assert at(9, 30)["Mozzarella"] == figures(6, 48)
    assert at(10, 30)["Mozzarella"] == figures(-2, -16)
    assert at(11)["Mozzarella"] == figures(1, 9)


def test_movements_come_newest_first_and_name_what_undid_them(traded: Bench) -> None:
    rows = told(traded, service.movements).rows
    assert [row.effective_at for row in rows] == sorted((row.effective_at for row in rows), reverse=True)
    undone = next(row for row in rows if row.undone_by is not None)
    undo = next(row for row in rows if row.id == undone.undone_by)
    assert (undone.state, undo.state, undo.reverses_id) == ("undone", "undo", undone.id)
    assert (undone.what, undo.what) == ("WASTE", "UNDO")
    assert undo.note == "Entered by mistake"
    assert undone.value is not None
    assert undo.value == -undone.value == 12
    mozzarella = next(row for row in rows if row.item == "Mozzarella" and row.kind == "WASTE")
    assert mozzarella.value == -66  # 64 when it left; the two that were missing cost 1.00 more each
    assert (mozzarella.reason, mozzarella.by, mozzarella.location) == ("Spoilage", "Olive Owner", "Walk-in")


def test_movements_can_be_narrowed_and_followed(traded: Bench) -> None:
    made = traded.restaurant

    def narrowed(key: str, *values: Any, test: listing.Match = listing.Match.IN) -> list[str]:
        return [
            row.item for row in told(traded, service.movements, ListQuery(filters=(Filter(key, test, values),))).rows
        ]

    assert set(narrowed("item", made.items["Flour"])) == {"Flour"}
    assert len(narrowed("kind", "DELIVERY")) == 3
    assert len(narrowed("reason", made.reasons["SPOILAGE"])) == 4
    assert narrowed("effective_at", moment(11), None, test=listing.Match.BETWEEN) == ["Lemon", "Mozzarella"]
    assert len(narrowed("location", made.locations["Downtown", "Walk-in"])) == 4
    assert narrowed("by", uuid4()) == []
    assert [row.item for row in told(traded, service.movements, ListQuery("lem")).rows] == ["Lemon"]
    undone = told(traded, service.movements, ListQuery("MISTAKE flour")).rows
    assert [row.state for row in undone] == ["undo"]
    assert told(traded, service.movements, ListQuery(f"#{undone[0].number}")).rows == undone
    assert told(traded, service.movements, ListQuery("100%")).rows == ()
    assert told(traded, service.movements, ListQuery(site=made.sites["Harbour"])).rows == ()
    whole = [row.id for row in told(traded, service.movements).rows]
    first = told(traded, service.movements, ListQuery(limit=3))
    second = told(traded, service.movements, ListQuery(limit=3, after=first.after))
    assert [row.id for row in (*first.rows, *second.rows)] == whole[:6]
    assert told(traded, service.movements_summary).count == len(whole)


def test_the_card_runs_from_the_present_back(traded: Bench) -> None:
    query = ListQuery(
        filters=(Filter("item", listing.Match.IN, (traded.restaurant.items["Mozzarella"],)),),
        site=traded.restaurant.site,
    )
    rows = told(traded, service.card, query).rows
    assert [(row.quantity, row.balance, row.value, row.correction, row.balance_value) for row in rows] == [
        (3, 1, 27, -2, 9),
        (-8, -2, -64, None, -16),
        (6, 6, 48, None, 48),
    ]
    first = told(traded, service.card, replace(query, limit=1))
    rest = told(traded, service.card, replace(query, limit=5, after=first.after))
    assert (*first.rows, *rest.rows) == rows
    span = Filter("effective_at", listing.Match.BETWEEN, (moment(9), moment(10, 30)))
    part = replace(query, filters=(*query.filters, span))
    assert [row.balance for row in told(traded, service.card, part).rows] == [-2]
    summary = told(traded, service.card_summary, part)
    assert summary.count == 1
    assert summary.totals == {
        "opening": 6, "closing": -2, "incoming": 0, "outgoing": -8, "opening_value": 48, "closing_value": -16,
    }  # fmt: skip


def test_a_card_needs_one_item_and_one_site(traded: Bench) -> None:
    item = Filter("item", listing.Match.IN, (traded.restaurant.items["Flour"],))
    for query in (ListQuery(), ListQuery(filters=(item,)), ListQuery(site=traded.restaurant.site)):
        with pytest.raises(UserError, match="choose an item, and a site"):
            traded.desk.run(service.card, query)


def test_the_document_of_a_movement(traded: Bench) -> None:
    posted = traded.post(
        Kind.WASTE,
        replace(traded.line("Flour", -2, "TRIM"), note="Wet sack", entered_quantity=Decimal(2000), entered_unit="g"),
        traded.line("Lemon", -1, "DAMAGE"),
    )
    first, second = traded.movements(posted.id)
    document, statements = counted(traded.desk, service.document_of, second.id)
    assert statements == 1
    assert (document.number, document.kind, document.value, document.mine) == (
        posted.number,
        "WASTE",
        posted.value,
        True,
    )
    assert [line.item for line in document.lines] == ["Flour", "Lemon"]
    assert document.line.item == "Lemon"
    assert (document.lines[0].entered, document.lines[0].note, document.lines[0].id) == ("2000 g", "Wet sack", first.id)
    assert document.why_kept is None
    undone = traded.undo(posted)
    assert "already undone" in str(traded.desk.run(service.document_of, first.id).why_kept)
    undo = traded.desk.run(service.document_of, traded.movements(undone.id)[0].id)
    assert undo.reverses == posted.number
    assert "itself an undo" in str(undo.why_kept)


def test_who_sees_stock_but_no_items_is_told_the_document_without_names(traded: Bench) -> None:
    rights = '{"stock.view": true}'
    traded.root.execute("INSERT INTO roles (name, permissions) VALUES ('Watcher', %s)", [rights])
    traded.root.commit()
    posted = traded.waste("Flour", 2)
    watcher = traded.sign_in(traded.tenant.person("EMPLOYEE", role="Watcher"))
    document = watcher.run(service.document_of, traded.movements(posted.id)[0].id)
    assert (document.number, document.site, document.line.quantity) == (posted.number, "", Decimal(-2))
    assert (document.line.item, document.line.unit, document.line.location) == (
        "An item your roles do not show",
        "",
        "",
    )
    said = describe(document, Formats("en_US", "USD", "UTC"))
    assert [fact.value for fact in said.facts if fact.label == document.line.item] == ["−2.000"]


def test_a_true_up_is_told_beside_its_movement(traded: Bench) -> None:
    wasted = next(
        row for row in told(traded, service.movements).rows if row.item == "Mozzarella" and row.kind == "WASTE"
    )
    document = traded.desk.run(service.document_of, wasted.id)
    assert [(one.cause, one.value) for one in document.corrections] == [("TRUE_UP", -2)]
    assert document.line.correction == -2
    assert document.line.value == -64


def test_a_movement_nobody_has(traded: Bench) -> None:
    with pytest.raises(UserError, match="no longer exists"):
        traded.desk.run(service.document_of, 10**12)


def test_what_an_item_panel_shows(bench: Bench) -> None:
    now = bench.root.execute("SELECT date_trunc('day', now()) + interval '12 hours' - interval '1 day'").fetchone()
    assert now is not None
    noon = now[0]
    bench.receive("Flour", 50, 1, at=noon - timedelta(days=40))
    bench.waste("Flour", 20, at=noon - timedelta(days=10))
    bench.waste("Flour", 5, at=noon)
    found, statements = counted(bench.desk, service.item_stock, bench.restaurant.items["Flour"], bench.restaurant.site)
    assert statements == 1
    assert found.on_hand == 25
    assert len(found.history) == len(found.days) == 30
    assert (found.history[0], found.history[-5], found.history[-1]) == (50, 30, 25)
    assert found.places == (("Dry store", Decimal(25)),)
    assert [moved.quantity for moved in found.movements] == [-5, -20, 50]
    assert (found.movement_count, found.par) == (3, 100)


def test_choices_for_filters(bench: Bench) -> None:
    assert bench.desk.run(service.reason_choices)[0].text == "Spoilage"
    assert [person.text for person in bench.desk.run(service.person_choices)] == ["Olive Owner"]
    assert len(bench.desk.run(service.place_choices)) == 6
