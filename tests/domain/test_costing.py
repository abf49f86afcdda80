"""The moving average: worked cases, and what must hold after any movements."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ims_desktop.domain.costing import Cost, issue, receive
from ims_desktop.domain.errors import UserError

D = Decimal


def test_average_moves_with_receipts_and_not_with_issues() -> None:
    cost = receive(receive(Cost(), D(8), D(10)).cost, D(4), D(16)).cost
    assert (cost.average, cost.value) == (D(12), D(144))
    cost = issue(cost, D(10)).cost
    assert cost == (D(2), D(24), D(12))
    cost = receive(cost, D(2), D(6)).cost
    assert cost == (D(4), D(36), D(9))


def test_a_supplier_return_leaves_at_the_average() -> None:
    cost = receive(receive(Cost(), D(8), D(10)).cost, D(4), D(16)).cost
    assert issue(cost, D(1)).worth == D(12)


def test_short_stock_is_trued_up_by_the_receipt_that_covers_it() -> None:
    short = issue(Cost(average=D("1.5")), D(3))
    assert (short.worth, short.cost) == (D("4.5"), Cost(D(-3), D("-4.5"), D("1.5")))
    received = receive(short.cost, D(20), D("1.75"))
    assert (received.worth, received.true_up) == (D(35), D("-0.75"))
    assert received.cost == (D(17), D("29.75"), D("1.75"))


@pytest.mark.parametrize(("price", "average"), [("3.30", "3.30"), ("10", "10")])
def test_an_average_never_blends_with_negative_stock(price: str, average: str) -> None:
    short = issue(Cost(), D(2)).cost
    received = receive(short, D(20), D(price))
    assert received.cost.average == D(average)
    assert received.true_up == -2 * D(price)
    assert received.cost.value == 18 * D(price)


def test_a_receipt_that_does_not_cover_everything_trues_up_its_part() -> None:
    short = issue(Cost(average=D(2)), D(10)).cost
    received = receive(short, D(4), D(3))
    assert received == (Cost(D(-6), D(-12), D(3)), D(12), D(-4))
    rest = receive(received.cost, D(6), D(1))
    assert rest == (Cost(D(0), D(0), D(1)), D(6), D(6))


def test_the_residue_of_rounding_leaves_with_the_last_issue() -> None:
    cost = receive(Cost(), D(13), D(15) / 13).cost
    worths = []
    for _ in range(13):
        cost, worth = issue(cost, D(1))
        worths.append(worth)
    assert cost.value == 0
    assert sum(worths) == D(15)
    uneven = receive(receive(Cost(), D(2), D("1.00")).cost, D(1), D("1.01")).cost
    assert issue(uneven, D(3)) == (Cost(D(0), D(0), uneven.average), D("3.01"))


def test_an_issue_that_crosses_zero_takes_all_there_is_and_the_rest_at_the_average() -> None:
    cost = receive(Cost(), D(2), D("1.25")).cost
    crossed = issue(cost, D(5))
    assert crossed == (Cost(D(-3), D("-3.75"), D("1.25")), D("6.25"))


def test_found_stock_enters_at_the_current_average() -> None:
    cost = receive(Cost(), D(4), D("2.5")).cost
    found = receive(cost, D(2))
    assert (found.worth, found.cost.average) == (D(5), D("2.5"))
    empty = issue(found.cost, D(6)).cost
    assert receive(empty, D(1)).worth == D("2.5")


@pytest.mark.parametrize("quantity", ["0", "-1", "0.0000001"])
def test_senseless_quantities_are_refused(quantity: str) -> None:
    for move in (receive, issue):
        with pytest.raises(UserError, match="above 0"):
            move(Cost(), D(quantity))


def test_a_negative_price_is_refused() -> None:
    with pytest.raises(UserError, match="negative"):
        receive(Cost(), D(1), D("-0.01"))


quantities = st.decimals(min_value="0.000001", max_value="5000", places=6)
small = st.integers(1, 6).map(Decimal)
prices = st.none() | st.decimals(min_value=0, max_value="500", places=4)
movements = st.lists(st.tuples(st.booleans(), quantities | small, prices), max_size=40)


@given(movements)
def test_the_value_is_always_the_sum_of_what_was_written(moves: list[tuple[bool, Decimal, Decimal | None]]) -> None:
    cost, quantity, value = Cost(), D(0), D(0)
    for incoming, moved, price in moves:
        if incoming:
            received = receive(cost, moved, price)
            cost, quantity, value = received.cost, quantity + moved, value + received.worth + received.true_up
        else:
            issued = issue(cost, moved)
            cost, quantity, value = issued.cost, quantity - moved, value - issued.worth
        assert (cost.quantity, cost.value) == (quantity, value)
        assert cost.quantity != 0 or cost.value == 0
        assert cost.average >= 0
        assert cost.quantity >= 0 or cost.value <= 0
        assert all(number.as_tuple().exponent == -6 for number in cost[:2])


@given(movements, small)
def test_emptying_the_shelf_leaves_no_value(moves: list[tuple[bool, Decimal, Decimal | None]], last: Decimal) -> None:
    cost = Cost()
    for incoming, moved, price in moves:
        cost = receive(cost, moved, price).cost if incoming else issue(cost, moved).cost
    if cost.quantity > 0:
        cost = issue(cost, cost.quantity).cost
    elif cost.quantity < 0:
        cost = receive(cost, -cost.quantity, last).cost
    assert cost[:2] == (0, 0)


@given(st.lists(st.tuples(quantities, st.decimals(0, 500, places=4)), min_size=1, max_size=10))
def test_receipts_alone_give_the_weighted_mean(receipts: list[tuple[Decimal, Decimal]]) -> None:
    cost = Cost()
    for quantity, price in receipts:
        cost = receive(cost, quantity, price).cost
    exact = sum(Fraction(quantity) * Fraction(price) for quantity, price in receipts)
    total = sum(Fraction(quantity) for quantity, _ in receipts)
    assert abs(Fraction(cost.value) - exact) <= Fraction(len(receipts), 2 * 10**6)
    assert abs(Fraction(cost.average) - Fraction(cost.value) / total) <= Fraction(1, 2 * 10**12)


@given(quantities, st.decimals(min_value="0.01", max_value=500, places=4), st.data())
def test_issuing_in_parts_or_at_once_takes_the_same_value(
    quantity: Decimal, price: Decimal, data: st.DataObject
) -> None:
    full = receive(Cost(), quantity, price).cost
    part = data.draw(st.decimals(min_value="0.000001", max_value=quantity, places=6))
    first = issue(full, part)
    rest = issue(first.cost, quantity - part).worth if part < quantity else D(0)
    assert first.worth + rest == issue(full, quantity).worth
