"""Suppliers, their price lists, and who is cheapest."""

from collections.abc import Iterator
from decimal import Decimal
from uuid import uuid4

import pytest

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.listing import Filter, ListQuery, Sort
from ims_desktop.domain.listing import Match as By
from ims_desktop.features.suppliers import service
from tests.restaurant import Restaurant, fill, seed
from tests.statements import statements
from tests.tenants import Server, new_tenant

D = Decimal


@pytest.fixture(scope="module")
def known(server: Server) -> Iterator[Restaurant]:
    """Two suppliers; one of them also sells flour by the sack, and its price rose."""
    restaurant = seed(new_tenant(server))
    restaurant.tenant.desk()
    sack, flour, gusto = uuid4(), restaurant.items["Flour"], restaurant.suppliers["Gusto Foods"]
    with restaurant.tenant.as_root() as root:
        columns = "id, supplier_id, item_id, supplier_code, pack, pack_quantity"
        fill(root, "supplier_items", columns, [(sack, gusto, flour, "G-F", "Sack 25 kg", 25)])
        prices = [(sack, "2025-01-01", 20), (sack, "2025-06-01", 25), (sack, "2125-01-01", 1)]
        fill(root, "supplier_prices", "supplier_item_id, valid_from, price", prices)
        root.execute("UPDATE suppliers SET status = 'ON_HOLD' WHERE code = 'NONE'")
    yield restaurant
    restaurant.tenant.close()


def test_the_list(known: Restaurant) -> None:
    desk = known.tenant.desks[0]
    with statements() as sent:
        page = desk.run(service.suppliers, ListQuery())
    assert len(sent) == 1
    assert [(row.code, row.items, row.order_days) for row in page.rows] == [("DRY", 5, (1, 4)), ("GUS", 8, (1, 4))]
    assert desk.run(service.suppliers_summary, ListQuery()).count == 2
    assert desk.run(service.supplier_counts, ListQuery()) == {"all": 2, "active": 2, "hold": 0, "ended": 0}


@pytest.mark.parametrize("sort", ["name", "code", "items", "minimum_order", "payment_days", "rating"])
def test_pages_follow_each_other_whatever_the_order(known: Restaurant, sort: str) -> None:
    desk, query = known.tenant.desks[0], ListQuery(sort=(Sort(sort, True),), limit=1)
    first = desk.run(service.suppliers, query)
    second = desk.run(service.suppliers, query.following(first.after))
    assert {row.code for row in (*first.rows, *second.rows)} == {"DRY", "GUS"}
    assert second.after is None


def test_finding_by_name_code_and_status(known: Restaurant) -> None:
    desk = known.tenant.desks[0]
    for query in (ListQuery(search="gusto"), ListQuery(search="GUS")):
        assert [row.code for row in desk.run(service.suppliers, query).rows] == ["GUS"]
    ended = ListQuery(filters=(Filter("status", By.IN, ("ENDED",)),))
    assert desk.run(service.suppliers, ended).rows == ()


def test_one_supplier_with_the_price_list_is_one_statement(known: Restaurant) -> None:
    desk = known.tenant.desks[0]
    with statements() as sent:
        found = desk.run(service.supplier, known.suppliers["Gusto Foods"])
    assert len(sent) == 1
    flour = next(pack for pack in found.packs if pack.item == "Flour")
    assert (flour.price, flour.unit_price) == (25, 1)  # not the price that begins later
    assert [dated.price for dated in flour.prices] == [20, 25, 1]
    assert (flour.others, flour.best_elsewhere, flour.is_cheapest) == (1, D("1.12"), True)
    assert found.items == 8


def test_who_is_dearer_is_told_how_much_would_be_saved(known: Restaurant) -> None:
    found = known.tenant.desks[0].run(service.supplier, known.suppliers["Drago Dry Goods"])
    flour = next(pack for pack in found.packs if pack.item == "Flour")
    assert not flour.is_cheapest
    assert round(flour.saving or 0, 6) == round(D("0.12") / D("1.12"), 6)
    beans = next(pack for pack in found.packs if pack.item == "Espresso beans")
    assert (beans.others, beans.is_cheapest, beans.saving) == (0, False, None)


def test_an_unknown_supplier_and_who_may_not_see_them(known: Restaurant) -> None:
    with pytest.raises(UserError, match="no longer exists"):
        known.tenant.desks[0].run(service.supplier, uuid4())
    desk = known.tenant.desk(known.tenant.person("EMPLOYEE"))
    assert desk.run(service.suppliers, ListQuery()).rows == ()
