"""The price list over all suppliers: lines, prices, contracts, and what deliveries tell about them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.editing import CellChange, CellPlace, CellsRefused
from ims_desktop.domain.errors import Conflict, Denied, UserError
from ims_desktop.domain.listing import Filter, ListQuery, Match, Sort
from ims_desktop.features.suppliers import service
from ims_desktop.features.suppliers.rules import OfferDraft, PriceDraft
from tests.restaurant import Restaurant, receive, seed
from tests.statements import statements
from tests.tenants import Server, new_tenant

D = Decimal
TODAY = date.today()


@pytest.fixture(scope="module")
def known(server: Server) -> Iterator[Restaurant]:
    restaurant = seed(new_tenant(server))
    restaurant.tenant.desk()
    yield restaurant
    restaurant.tenant.close()


@pytest.fixture
def desk(known: Restaurant) -> TenantDatabase:
    return known.tenant.desks[0]


def test_a_line_is_added_in_any_unit_of_its_item(known: Restaurant, desk: TenantDatabase) -> None:
    drago, tin = known.suppliers["Drago Dry Goods"], known.items["Tomato tin"]
    draft = OfferDraft(drago, tin, "Pallet", D(40), "cases", price=D("760"), is_preferred=True)
    saved = desk.run(service.save_offer, draft).result
    assert saved.path == "40 case × 6 each"
    line = desk.run(service.offer, saved.id)
    assert (line.pack_quantity, line.in_force, line.is_preferred) == (240, 760, True)
    before = desk.run(service.offer, known.supplier_items["Tomato tin"])
    assert not before.is_preferred, "an item is bought from one line by preference"
    assert [(rival.pack, round(rival.unit_price, 4)) for rival in before.rivals] == [("Pallet", D("3.1667"))]
    with pytest.raises(UserError) as refused:
        desk.run(service.save_offer, replace(draft, unit="kg", price=D(-1)))
    assert {problem.field for problem in refused.value.problems} == {"unit", "price", "pack"}
    changed = OfferDraft(drago, tin, "Big pallet", D(480), id=saved.id, version=line.version)
    desk.run(service.save_offer, changed)
    with pytest.raises(Conflict):
        desk.run(service.save_offer, changed)
    desk.run(service.set_offers_active, (saved.id,), False)
    assert desk.run(service.offer_counts, ListQuery())["archived"] == 1


def test_a_contract_fixes_a_price_and_a_list_outside_of_it_is_marked(known: Restaurant, desk: TenantDatabase) -> None:
    oil = known.supplier_items["Olive oil"]
    contract = PriceDraft(oil, D(90), TODAY - timedelta(days=5), TODAY + timedelta(days=5), is_contract=True)
    desk.run(service.save_price, contract)
    line = desk.run(service.offer, oil)
    assert (line.listed, line.in_force, line.unit_price) == (D("98.6"), 90, 9)
    marked = ListQuery(filters=(Filter("state", Match.IN, ("outside",)),))
    assert [row.id for row in desk.run(service.offers, marked).rows] == [oil]
    pack = next(p for p in desk.run(service.supplier, known.suppliers["Drago Dry Goods"]).packs if p.id == oil)
    assert (pack.price, pack.is_outside, pack.contract_until) == (90, True, contract.valid_until)
    over = replace(contract, valid_from=TODAY, valid_until=TODAY + timedelta(days=90))
    with pytest.raises(UserError, match="cannot be saved") as refused:
        desk.run(service.save_price, over)
    assert "Another contract holds" in refused.value.problems[0].text
    desk.run(service.save_price, replace(contract, price=D("98.6")))
    assert desk.run(service.offer_counts, ListQuery())["contract"] == 1
    desk.run(service.remove_price, contract)
    assert desk.run(service.offer, oil).contracts == ()
    with pytest.raises(UserError) as refused:
        desk.run(service.save_price, PriceDraft(oil, None, None, None, is_contract=True))
    assert {problem.field for problem in refused.value.problems} == {"price", "valid_from", "valid_until"}


def test_prices_are_changed_in_cells_from_today_on(known: Restaurant, desk: TenantDatabase) -> None:
    water, beans = known.supplier_items["Sparkling water"], known.supplier_items["Espresso beans"]

    def change(key: object, old: object, new: object) -> CellChange:
        return CellChange(CellPlace(key, "price"), old, new)

    desk.run(service.save_offer_cells, (change(water, D("9.5"), D("9.9")), change(beans, D(184), D(190))))
    assert [one.price for one in desk.run(service.offer, water).prices] == [D("9.5"), D("9.9")]
    with pytest.raises(CellsRefused) as refused:
        desk.run(service.save_offer_cells, (change(water, D("9.5"), D(9)), change(beans, D(190), D(-1))))
    assert (len(refused.value.conflicts), [p.row for p in refused.value.problems]) == (1, [2])


@pytest.mark.parametrize("sort", ["item", "supplier", "price", "unit_price", "valid_from"])
def test_pages_follow_each_other_whatever_the_order(desk: TenantDatabase, sort: str) -> None:
    query, seen = ListQuery(sort=(Sort(sort, True),), limit=5), []
    for _ in range(4):
        with statements() as sent:
            page = desk.run(service.offers, query)
        assert len(sent) == 1
        seen += [row.id for row in page.rows]
        if page.after is None:
            break
        query = query.following(page.after)
    assert len(seen) == len(set(seen)) == desk.run(service.offers_summary, ListQuery()).count


def test_deliveries_tell_whether_the_listed_prices_hold(known: Restaurant, desk: TenantDatabase) -> None:
    gusto = known.suppliers["Gusto Foods"]
    assert desk.run(service.supplier, gusto).delivered.price_accuracy is None
    receive(desk, known, {"Mozzarella": (10, "7.90"), "Butter": (5, "7.90"), "Lemon": (20, "0.38")})
    with statements() as sent:
        told = desk.run(service.supplier, gusto).delivered
    assert len(sent) == 1
    assert (told.deliveries, told.priced, told.exact) == (1, 3, 2)


def test_who_may_not_see_costs_sees_no_price_and_who_may_not_edit_changes_none(known: Restaurant) -> None:
    counter = known.tenant.desk(known.tenant.person("EMPLOYEE"))
    assert counter.run(service.offers, ListQuery()).rows == ()
    price = PriceDraft(known.supplier_items["Lemon"], D(1), TODAY)
    for use_case, draft in ((service.save_price, price), (service.remove_price, price)):
        with pytest.raises(Denied):
            counter.run(use_case, draft)
    with pytest.raises(Denied):
        counter.run(service.set_offers_active, (known.supplier_items["Lemon"],), False)
