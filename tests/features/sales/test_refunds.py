"""Refunds: money by an order of its own, food back at the cost it left with or to waste, never more than was sold."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.errors import Conflict, Denied, UserError
from ims_desktop.domain.listing import ListQuery
from ims_desktop.features.sales import service
from ims_desktop.features.sales.service import Refund, RefundLine
from tests.features.sales.tills import an_order, record, without, wrong_in
from tests.restaurant import Restaurant, receive, seed
from tests.tenants import MakeTenant

D = Decimal
NOON = datetime(2025, 3, 4, 12, 30)
GOODS = {"Flour": ("50", "1.20"), "Mozzarella": ("20", "8"), "Espresso beans": ("5", "18"), "Tomato tin": ("60", "3")}


@pytest.fixture
def restaurant(make_tenant: MakeTenant) -> Restaurant:
    """A restaurant that sold three Margheritas and two espressos out of its stock."""
    made = seed(make_tenant())
    desk = made.tenant.desk()
    receive(desk, made, GOODS, at=datetime(2025, 3, 1, 9, tzinfo=UTC))
    record(desk, made, an_order(made, "17", NOON, ("Margherita", "3", "11.50"), ("Espresso", "2", "3.00")))
    return made


def order_of(restaurant: Restaurant, number: str = "17") -> UUID:
    """The id of an order."""
    with restaurant.tenant.as_root() as root:
        row = root.execute("SELECT id FROM orders WHERE number = %s", [number]).fetchone()
    assert row is not None
    key: UUID = row[0]
    return key


def a_refund(restaurant: Restaurant, *lines: RefundLine, reason: str = "Cold") -> Refund:
    """A refund under a key of its own."""
    return Refund(uuid4(), order_of(restaurant), lines, reason)


def stock_of(restaurant: Restaurant) -> dict[str, tuple[Decimal, Decimal]]:
    """Quantity and value of every item that ever moved."""
    with restaurant.tenant.as_root() as root:
        rows = root.execute(
            "SELECT i.name, c.quantity, c.value FROM stock_costs c JOIN items i ON i.id = c.item_id ORDER BY i.name"
        ).fetchall()
    return {name: (quantity, value) for name, quantity, value in rows}


def moved(restaurant: Restaurant, kind: str) -> Sequence[tuple[object, ...]]:
    """The movements of a kind, by item."""
    with restaurant.tenant.as_root() as root:
        return root.execute(
            "SELECT i.name, m.quantity, m.value, r.code FROM stock_movements m JOIN items i ON i.id = m.item_id"
            " LEFT JOIN reason_codes r ON r.id = m.reason_id WHERE m.kind = %s ORDER BY m.id",
            [kind],
        ).fetchall()


def test_what_comes_back_comes_back_at_the_cost_it_left_with(restaurant: Restaurant) -> None:
    desk = restaurant.tenant.desk()
    receive(desk, restaurant, {"Espresso beans": ("5", "30")})  # dearer since
    before = stock_of(restaurant)
    desk.run(service.refund_order, a_refund(restaurant, RefundLine(2, D(1))))
    after = stock_of(restaurant)
    quantity, value = (a - b for a, b in zip(after["Espresso beans"], before["Espresso beans"], strict=True))
    assert (quantity, value) == (D("0.009"), D("0.162"))
    assert {name for name in after if after[name] != before[name]} == {"Espresso beans"}
    order = desk.run(service.order, order_of(restaurant))
    assert (order.status, order.refunded) == ("PARTLY_REFUNDED", D("3.27"))
    assert [(part.number, part.kind, part.net_total) for part in order.parts] == [("17/R1", "REFUND", D("-3.00"))]
    assert wrong_in(restaurant) == []


def test_wasted_food_leaves_again_with_its_reason_at_that_very_cost(restaurant: Restaurant) -> None:
    desk = restaurant.tenant.desk()
    before = stock_of(restaurant)
    spoiled = restaurant.reasons["SPOILAGE"]
    desk.run(service.refund_order, a_refund(restaurant, RefundLine(1, D(1), spoiled), RefundLine(2, D(1))))
    after = stock_of(restaurant)
    assert {name for name in after if after[name] != before[name]} == {"Espresso beans"}
    wasted = {name: (quantity, value, code) for name, quantity, value, code in moved(restaurant, "WASTE")}
    assert wasted["Flour"] == (D("-0.16"), D("-0.192"), "SPOILAGE")
    assert "Espresso beans" not in wasted
    assert wrong_in(restaurant) == []


def test_everything_refunded_in_pieces_leaves_nothing_over(restaurant: Restaurant) -> None:
    desk = restaurant.tenant.desk()
    fresh = {name: (D(quantity), D(quantity) * D(cost)) for name, (quantity, cost) in GOODS.items()}
    for line, quantity in ((1, "0.7"), (2, "2"), (1, "1.3"), (1, "1")):
        desk.run(service.refund_order, a_refund(restaurant, RefundLine(line, D(quantity))))
    assert {name: stock for name, stock in stock_of(restaurant).items() if name in fresh} == fresh
    assert stock_of(restaurant)["Basil"] == (D(0), D(0))
    order = desk.run(service.order, order_of(restaurant))
    assert (order.status, order.refunded) == ("REFUNDED", order.net_total + order.tax_total)
    assert sum(part.net_total for part in order.parts) == -order.net_total
    assert desk.run(service.orders_summary, ListQuery()).totals["net_total"] == 0
    with pytest.raises(UserError) as twice:
        desk.run(service.refund_order, a_refund(restaurant, RefundLine(1, D(1))))
    assert [problem.text for problem in twice.value.problems] == ["All of this line was refunded before."]
    assert wrong_in(restaurant) == []


def test_never_more_than_was_sold_and_every_problem_at_once(restaurant: Restaurant) -> None:
    desk = restaurant.tenant.desk()
    theft = restaurant.reasons["THEFT"]  # no reason for waste
    wrong = (RefundLine(1, D("3.001")), RefundLine(2, D(-1)), RefundLine(9, D(1)), RefundLine(1, D(1), theft))
    with pytest.raises(UserError) as refused:
        desk.run(service.refund_order, a_refund(restaurant, *wrong))
    found = {(problem.row, problem.field) for problem in refused.value.problems}
    assert {(1, "quantity"), (1, "line"), (2, "quantity"), (3, "line"), (4, "reason")} <= found
    with pytest.raises(UserError, match="Say why"):
        desk.run(service.refund_order, a_refund(restaurant, RefundLine(1, D(1)), reason=" "))
    assert len(moved(restaurant, "SALE")) == 6


def test_the_same_refund_sent_again_gives_back_once(restaurant: Restaurant) -> None:
    desk, refund = restaurant.tenant.desk(), a_refund(restaurant, RefundLine(2, D(1)))
    desk.run(service.refund_order, refund)
    after = stock_of(restaurant)
    desk.run(service.refund_order, refund)
    assert stock_of(restaurant) == after


def test_two_who_refund_the_rest_at_once_refund_it_once(restaurant: Restaurant) -> None:
    desks = [restaurant.tenant.desk(restaurant.tenant.person("MANAGER")) for _ in range(2)]

    def give_back(desk: object) -> bool:
        try:
            desk.run(service.refund_order, a_refund(restaurant, RefundLine(1, D(3))))  # type: ignore[attr-defined]
        except UserError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(give_back, desks)) == [False, True]
    assert wrong_in(restaurant) == []


def test_a_refunded_order_is_not_voided_nor_a_voided_one_refunded(restaurant: Restaurant) -> None:
    desk = restaurant.tenant.desk()
    desk.run(service.refund_order, a_refund(restaurant, RefundLine(2, D(1))))
    with pytest.raises(UserError, match="refund the rest"):
        desk.run(service.void_order, service.Void(uuid4(), order_of(restaurant), "Mistake"))
    with pytest.raises(UserError, match="not voided"):
        desk.run(service.void_order, service.Void(uuid4(), order_of(restaurant, "17/R1"), "Mistake"))
    record(desk, restaurant, an_order(restaurant, "18", NOON + timedelta(hours=1), ("Espresso", "1", "3")))
    desk.run(service.void_order, service.Void(uuid4(), order_of(restaurant, "18"), "Mistake"))
    with pytest.raises(Conflict, match="cannot be refunded"):
        desk.run(service.refund_order, Refund(uuid4(), order_of(restaurant, "18"), (RefundLine(1, D(1)),), "x"))


def test_rights_and_limits_bound_refunds_as_they_bound_voids(restaurant: Restaurant) -> None:
    manager = restaurant.tenant.desk(restaurant.tenant.person("MANAGER"))
    with restaurant.tenant.as_root() as root:
        root.execute("""UPDATE roles SET limits = '{"sales.void": 13}' WHERE name = 'Manager'""")
    manager.run(service.refund_order, a_refund(restaurant, RefundLine(1, D(1))))  # 12.52 with tax
    with pytest.raises(Denied, match="limit"):
        manager.run(service.refund_order, a_refund(restaurant, RefundLine(2, D(1))))
    without(restaurant, "sales.void")
    with pytest.raises(Denied):
        manager.run(service.refund_order, a_refund(restaurant, RefundLine(2, D(1))))


def test_who_may_not_record_waste_wastes_nothing_by_a_refund(restaurant: Restaurant) -> None:
    manager = restaurant.tenant.desk(restaurant.tenant.person("MANAGER"))
    without(restaurant, "waste.record")
    with pytest.raises(Denied, match="waste"):
        manager.run(service.refund_order, a_refund(restaurant, RefundLine(1, D(1), restaurant.reasons["SPOILAGE"])))
    manager.run(service.refund_order, a_refund(restaurant, RefundLine(1, D(1))))


@pytest.fixture
def desk(restaurant: Restaurant) -> TenantDatabase:
    """One desk for all examples."""
    return restaurant.tenant.desk()


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from([1, 2]), st.integers(1, 3000), st.booleans()), min_size=1, max_size=5))
def test_whatever_is_refunded_the_books_hold(
    restaurant: Restaurant, desk: TenantDatabase, pieces: list[tuple[int, int, bool]]
) -> None:
    number = uuid4().hex[:8]
    record(desk, restaurant, an_order(restaurant, number, NOON, ("Margherita", "3", "11.50"), ("Espresso", "2", "3")))
    key, left = order_of(restaurant, number), {1: D(3), 2: D(2)}
    for line, thousandths, wasted in pieces:
        quantity = D(thousandths) / 1000
        reason = restaurant.reasons["SPOILAGE"] if wasted else None
        refund = Refund(uuid4(), key, (RefundLine(line, quantity, reason),), "Cold")
        if quantity > left[line]:
            with pytest.raises(UserError):
                desk.run(service.refund_order, refund)
        else:
            desk.run(service.refund_order, refund)
            left[line] -= quantity
    assert {line.line: line.left for line in desk.run(service.refundable, key).lines} == {
        line: quantity for line, quantity in left.items() if quantity
    }
    assert wrong_in(restaurant) == []
