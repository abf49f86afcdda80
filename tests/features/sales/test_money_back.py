"""Money given back out of goodwill: no stock comes back, reports take it off, and it is never more than was charged."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.errors import Conflict, Denied, UserError
from ims_desktop.domain.listing import ListQuery
from ims_desktop.features.sales import service
from ims_desktop.features.sales.service import MoneyBack, MoneyLine, Refund, RefundLine, Void
from tests.features.sales.tills import an_order, record, used, without, wrong_in
from tests.restaurant import Restaurant, receive, seed
from tests.tenants import MakeTenant

D = Decimal
NOON = datetime(2025, 3, 4, 12, 30)
CENTS = st.decimals(min_value="0.01", max_value="40", places=2)
THOUSANDTHS = st.decimals(min_value="0.001", max_value="3", places=3)


@pytest.fixture
def restaurant(make_tenant: MakeTenant) -> Restaurant:
    """A restaurant that sold three Margheritas and two espressos."""
    made = seed(make_tenant())
    desk = made.tenant.desk()
    receive(desk, made, {"Flour": ("50", "1.20"), "Mozzarella": ("20", "8"), "Espresso beans": ("5", "18")},
            at=datetime(2025, 3, 1, 9, tzinfo=UTC))  # fmt: skip
    record(desk, made, an_order(made, "17", NOON, ("Margherita", "3", "11.50"), ("Espresso", "2", "3.00")))
    return made


@pytest.fixture
def desk(restaurant: Restaurant) -> TenantDatabase:
    """The desk of the owner."""
    return restaurant.tenant.desk()


def order_of(desk: TenantDatabase, number: str = "17") -> UUID:
    """The id of an order."""
    return next(row.id for row in desk.run(service.orders, ListQuery()).rows if row.number == number)


def back(order: UUID, *lines: tuple[int, str]) -> MoneyBack:
    """Amounts given back for lines."""
    return MoneyBack(uuid4(), order, tuple(MoneyLine(line, D(amount)) for line, amount in lines), "Waited an hour")


def test_money_goes_back_and_nothing_else(restaurant: Restaurant, desk: TenantDatabase) -> None:
    key, before = order_of(desk), used(restaurant)
    money = back(key, (1, "10.00"), (2, "1.00"))
    desk.run(service.refund_money, money)
    desk.run(service.refund_money, money)  # sent again it changes nothing
    order = desk.run(service.order, key)
    assert (order.status, order.refunded) == ("PARTLY_REFUNDED", D("11.00"))
    [part] = order.parts
    assert (part.number, part.kind) == ("17/R1", "REFUND")
    lines = desk.run(service.order, part.id).lines
    assert [(line.name, line.quantity) for line in lines] == [("Margherita", D(0)), ("Espresso single", D(0))]
    assert sum(line.net_amount + line.tax_amount for line in lines) == D("-11.00")
    assert used(restaurant) == before
    whole = desk.run(service.orders_summary, ListQuery()).totals
    assert whole["net_total"] + whole["tax_total"] == order.net_total + order.tax_total - D("11.00")
    assert wrong_in(restaurant) == []


def test_every_amount_that_cannot_be_is_named_at_once(desk: TenantDatabase) -> None:
    with pytest.raises(UserError) as refused:
        desk.run(service.refund_money, back(order_of(desk), (1, "1000"), (2, "-1"), (9, "1")))
    wrong = [(problem.row, problem.field) for problem in refused.value.problems]
    assert wrong == [(1, "amount"), (2, "amount"), (3, "line")]
    with pytest.raises(UserError, match="Nothing is given back yet"):
        desk.run(service.refund_money, back(order_of(desk)))
    with pytest.raises(UserError, match="Say why"):
        desk.run(service.refund_money, MoneyBack(uuid4(), order_of(desk), (MoneyLine(1, D(1)),)))


def test_money_needs_the_right_and_stays_within_its_limit(restaurant: Restaurant, desk: TenantDatabase) -> None:
    key, manager = order_of(desk), restaurant.tenant.desks[1]
    with restaurant.tenant.as_root() as root:
        root.execute("UPDATE roles SET limits = limits || '{\"sales.void\": 12}' WHERE name = 'Manager'")
    manager.run(service.refund_money, back(key, (1, "10.00")))
    with pytest.raises(Denied, match="more than your limit"):
        manager.run(service.refund_money, back(key, (1, "2.01")))
    manager.run(service.refund_money, back(key, (1, "2.00")))
    without(restaurant, "sales.void")
    with pytest.raises(Denied):
        manager.run(service.refund_money, back(key, (1, "0.01")))


def test_a_refunded_order_is_not_voided_and_a_voided_one_not_refunded(desk: TenantDatabase) -> None:
    key = order_of(desk)
    desk.run(service.refund_money, back(key, (2, "1.00")))
    with pytest.raises(UserError, match="was refunded"):
        desk.run(service.void_order, Void(uuid4(), key, "x"))


def test_a_voided_order_gives_nothing_back(desk: TenantDatabase) -> None:
    key = order_of(desk)
    desk.run(service.void_order, Void(uuid4(), key, "x"))
    with pytest.raises(Conflict):
        desk.run(service.refund_money, back(key, (2, "1.00")))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.one_of(CENTS, THOUSANDTHS.map(lambda share: -share)), min_size=1, max_size=6))
def test_whatever_is_given_back_in_turn_comes_to_what_was_charged(
    restaurant: Restaurant, desk: TenantDatabase, steps: list[Decimal]
) -> None:
    """Amounts above 0 are money alone, below 0 portions with their food; the rest of both ends at nothing."""
    number = f"H{uuid4().hex[:8]}"
    record(desk, restaurant, an_order(restaurant, number, NOON, ("Margherita", "3", "11.50")))
    key = order_of(desk, number)
    for step in steps:
        try:
            if step > 0:
                desk.run(service.refund_money, back(key, (1, str(step))))
            else:
                desk.run(service.refund_order, Refund(uuid4(), key, (RefundLine(1, -step),), "x"))
        except UserError:
            pass  # more than is left
        order = desk.run(service.order, key)
        assert 0 <= order.refunded <= order.net_total + order.tax_total
    left = desk.run(service.refundable, key).lines
    if left and left[0].left > 0:
        desk.run(service.refund_order, Refund(uuid4(), key, (RefundLine(1, left[0].left),), "x"))
    elif left and left[0].charged > 0:
        desk.run(service.refund_money, back(key, (1, str(left[0].charged))))
    order = desk.run(service.order, key)
    assert order.refunded == order.net_total + order.tax_total
    assert sum(part.net_total for part in order.parts) == -order.net_total
