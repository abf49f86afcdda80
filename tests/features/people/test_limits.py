"""Limits of money: what somebody may do in one business day, however it is split, dated back or taken back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.errors import Denied
from ims_desktop.features.stock import service as stock
from tests.features.desks import sit_down
from tests.features.people.desks import House, ask, save, together
from tests.features.sales.tills import ZONE, an_order, record
from tests.restaurant import Restaurant, receive, seed
from tests.tenants import Tenant

WASTE, ADJUSTMENT = stock.Kind.WASTE, stock.Kind.ADJUSTMENT
YESTERDAY = "UPDATE stock_movements SET posted_at = posted_at - interval '1 day'"


@dataclass
class Kitchen:
    """A site with flour at 1.00 a kilo, its owner, and a cook with limits."""

    house: House
    place: Restaurant
    cook: TenantDatabase

    def root(self, statement: str) -> None:
        """Change something behind the triggers."""
        with self.house.tenant.as_root() as root, root.transaction():
            root.execute("SET LOCAL session_replication_role = replica")
            root.execute(statement.encode())

    def undo(self, desk: TenantDatabase, posting: UUID) -> Any:
        """Take a posting back."""
        lines = self.house.value("SELECT array_agg(id) FROM stock_movements WHERE posting_id = %s", posting)
        return ask(desk, "reverse_movements", uuid4(), lines, "Mistake")


@pytest.fixture
def kitchen(tenant: Tenant) -> Kitchen:
    place = seed(tenant)
    house = House(tenant, sit_down(tenant))
    receive(house.owner, place, {"Flour": ("1000", "1.00"), "Butter": ("1000", "1.00")})
    limits = {"waste.record": 10, "adjustments.record": 5}
    save(house.owner, "Prep", {"adjustments.record": True}, parent=house.role("Counter"), limits=limits)
    return Kitchen(house, place, house.sit("EMPLOYEE", role="Prep", site=place.site)[0])


def post(
    desk: TenantDatabase,
    place: Restaurant,
    kind: stock.Kind,
    *quantities: str,
    item: str = "Flour",
    at: datetime | None = None,
) -> UUID:
    """Post lines of an item; gives the posting."""
    reason = place.reasons[{WASTE: "SPOILAGE", ADJUSTMENT: "CORRECTION"}[kind]]
    lines = tuple(
        stock.DocumentLine(place.items[item], place.home(item), Decimal(quantity), reason_id=reason)
        for quantity in quantities
    )
    key = uuid4()
    desk.run(stock.post, stock.Document(key, kind, place.site, lines, effective_at=at))
    return key


def test_waste_and_adjustments_stop_at_the_limit_and_name_who_may(kitchen: Kitchen) -> None:
    house, place, cook = kitchen.house, kitchen.place, kitchen.cook
    post(cook, place, WASTE, "-10")
    for kind, quantities in ((WASTE, ["-0.5"]), (ADJUSTMENT, ["3", "-3"])):
        with pytest.raises(Denied) as refused:
            post(cook, place, kind, *quantities)
        assert str(refused.value).endswith("Ask Olive Owner.")
        assert "worth more than your limit of" in str(refused.value)
    assert house.value("SELECT count(*) FROM postings WHERE kind <> 'DELIVERY'") == 1, "nothing half done"
    post(cook, place, ADJUSTMENT, "2", "-3")
    post(house.owner, place, WASTE, "-50")


def test_many_small_documents_are_one_day_and_the_next_day_begins_anew(kitchen: Kitchen) -> None:
    for _ in range(4):
        post(kitchen.cook, kitchen.place, WASTE, "-2", "-0.5")
    with pytest.raises(Denied, match=r"limit of 10\.00 USD a day, of which a part was used today in 4 documents\."):
        post(kitchen.cook, kitchen.place, WASTE, "-0.01")
    kitchen.root(YESTERDAY)
    post(kitchen.cook, kitchen.place, WASTE, "-10")


def test_dating_back_opens_no_other_day(kitchen: Kitchen) -> None:
    post(kitchen.cook, kitchen.place, WASTE, "-6")
    with pytest.raises(Denied, match="a day, of which"):
        post(kitchen.cook, kitchen.place, WASTE, "-6", at=datetime.now(ZONE) - timedelta(days=3))


def test_who_sees_costs_is_told_what_was_used(kitchen: Kitchen) -> None:
    house, place = kitchen.house, kitchen.place
    save(house.owner, "Chef", {"stock.cost": True}, parent=house.role("Counter"), limits={"waste.record": 10})
    chef, _ = house.sit("EMPLOYEE", role="Chef", site=place.site)
    post(chef, place, WASTE, "-7.25")
    with pytest.raises(Denied, match=r"of which 7\.25 was used today\. Ask Employee Person or Olive Owner\."):
        post(chef, place, WASTE, "-3")
    with pytest.raises(Denied) as refused:
        post(kitchen.cook, place, WASTE, "-11")
    assert "used today" not in str(refused.value), "nothing was"


def test_a_colleague_who_has_used_theirs_up_is_not_named(kitchen: Kitchen) -> None:
    other, _ = kitchen.house.sit("EMPLOYEE", role="Prep", site=kitchen.place.site)
    for desk in (kitchen.cook, other):
        post(desk, kitchen.place, WASTE, "-9")
    with pytest.raises(Denied, match="Ask Olive Owner"):
        post(kitchen.cook, kitchen.place, WASTE, "-2")
    save(kitchen.house.owner, "Sous", {}, parent=kitchen.house.role("Counter"), limits={"waste.record": 2})
    kitchen.house.sit("MANAGER", role="Sous", site=kitchen.place.site)
    with pytest.raises(Denied, match="Ask Manager Person or Olive Owner"):
        post(kitchen.cook, kitchen.place, WASTE, "-2")


def test_what_was_taken_back_counts_no_more(kitchen: Kitchen) -> None:
    for _ in range(3):
        kitchen.undo(kitchen.cook, post(kitchen.cook, kitchen.place, WASTE, "-10"))
    post(kitchen.cook, kitchen.place, WASTE, "-10")


def test_undoing_is_bound_by_the_limit_of_what_is_undone(kitchen: Kitchen) -> None:
    mine = [post(kitchen.cook, kitchen.place, ADJUSTMENT, "4") for _ in range(1)]
    kitchen.root(YESTERDAY)
    mine.append(post(kitchen.cook, kitchen.place, ADJUSTMENT, "4"))
    with pytest.raises(Denied, match="a day, of which a part was used today in 1 document"):
        kitchen.undo(kitchen.cook, mine[0])  # 4 of yesterday beside the 4 of today
    kitchen.undo(kitchen.cook, mine[1])
    kitchen.undo(kitchen.cook, mine[0])
    with pytest.raises(Denied):
        post(kitchen.cook, kitchen.place, ADJUSTMENT, "4")


def test_what_others_posted_is_undone_within_ones_own_limit(kitchen: Kitchen) -> None:
    house, place = kitchen.house, kitchen.place
    rights = {"documents.reverse": True}
    save(house.owner, "Checker", rights, parent=house.role("Counter"), limits={"waste.record": 10})
    checker, _ = house.sit("EMPLOYEE", role="Checker", site=place.site)
    small, large = (post(house.owner, place, WASTE, quantity) for quantity in ("-6", "-11"))
    with pytest.raises(Denied, match=r"worth more than your limit of 10\.00 USD a day\. Ask Olive Owner"):
        kitchen.undo(checker, large)
    kitchen.undo(checker, small)
    with pytest.raises(Denied, match="a day, of which"):
        post(checker, place, WASTE, "-5")


def test_two_desks_cannot_use_the_same_rest_of_a_limit(kitchen: Kitchen) -> None:
    post(kitchen.cook, kitchen.place, WASTE, "-4")
    failures = together(
        lambda: post(kitchen.cook, kitchen.place, WASTE, "-6"),
        lambda: post(kitchen.cook, kitchen.place, WASTE, "-6", item="Butter"),
    )
    assert sorted(type(failure).__name__ for failure in failures) == ["Denied", "NoneType"]


def test_voids_of_a_day_are_added_up(kitchen: Kitchen) -> None:
    house, place = kitchen.house, kitchen.place
    sold = [(str(n), ("Espresso", "1", "3.00")) for n in range(2)] + [("pizza", ("Margherita", "1", "11.50"))]
    at = datetime.now(ZONE)
    record(house.owner, place, *(an_order(place, number, at, line) for number, line in sold))
    save(house.owner, "Till", {"sales.void": True, "sales.view": True}, limits={"sales.void": 5})
    till, _ = house.sit("EMPLOYEE", role="Till", site=place.site)
    first, second, pizza = (house.value("SELECT id FROM orders WHERE number = %s", number) for number, _line in sold)
    with pytest.raises(Denied, match=r"more than your limit of 5\.00 USD a day\. Ask Olive Owner"):
        ask(till, "void_order", uuid4(), pizza, "Guest left")
    ask(till, "void_order", uuid4(), first, "Guest left")
    with pytest.raises(Denied, match=r"5\.00 USD a day, of which 3\.27 was used today\. Ask Olive Owner"):
        ask(till, "void_order", uuid4(), second, "Guest left")
    assert house.value("SELECT state FROM orders WHERE id = %s", second) == "CLOSED"
    ask(house.owner, "void_order", uuid4(), pizza, "Guest left")
