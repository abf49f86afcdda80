"""What stock is worth: worked cases, and what holds whatever happens."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ims_desktop.domain.valuation import Books, Entry, Method, Move, Stock, round6

START = datetime(2026, 1, 1)
Given = tuple[str, str | None]


def walked(*given: Given, method: Method = Method.AVERAGE, cost: str = "0") -> Stock:
    """Movements as (quantity, worth)."""
    moves = (Move(n, Decimal(q), None if w is None else Decimal(w)) for n, (q, w) in enumerate(given, 1))
    return Stock(method, cost=Decimal(cost)).walk(moves)


def worths(stock: Stock) -> list[str]:
    return [f"{worth.normalize():f}" for _key, worth in sorted(stock.worths.items())]


def test_an_average_blends_and_issues_leave_it_alone() -> None:
    stock = walked(("8", "80"), ("4", "64"), ("-10", None), ("2", "12"))
    assert worths(stock) == ["80", "64", "-120", "12"]
    assert (stock.value, stock.cost) == (36, 9)


def test_a_receipt_trues_up_what_was_issued_before_it() -> None:
    stock = walked(("-3", None), ("20", "35"), cost="1.5")
    assert worths(stock) == ["-5.25", "35"]  # issued at 4.50, and 0.75 more when it came in
    assert (stock.quantity, stock.value) == (17, Decimal("29.75"))


@pytest.mark.parametrize("receipt", [("20", "66"), ("5", "50"), ("2", "20")])
def test_a_receipt_into_negative_stock_sets_the_cost(receipt: tuple[str, str]) -> None:
    stock = walked(("-10", None), receipt)
    assert stock.cost == Decimal(receipt[1]) / Decimal(receipt[0])


def test_first_in_first_out() -> None:
    stock = walked(("6", "150"), ("-3", None), ("-2", None), ("6", "144"), ("-4", None), method=Method.FIFO)
    assert worths(stock) == ["150", "-75", "-50", "144", "-97"]
    assert (stock.quantity, stock.value) == (3, 72)


@pytest.mark.parametrize("method", Method)
def test_nothing_is_left_of_thirteen_for_fifteen(method: Method) -> None:
    assert walked(("13", "15"), *[("-1", None)] * 13, method=method).value == 0


@pytest.mark.parametrize("method", list(Method))
def test_what_only_passes_changes_nothing_else(method: Method) -> None:
    stock = Stock(method).walk(
        [
            Move(1, Decimal(10), Decimal(20)),
            Move(2, Decimal(-4)),
            Move(3, Decimal(6), Decimal(30)),
            Move(4, Decimal(-20)),
        ]
    )
    before = stock.quantity, stock.value, stock.cost, list(stock.layers), list(stock.shorts)
    stock.walk([Move(5, Decimal(3), of=2, passes=True), Move(6, Decimal(-3), of=5, passes=True)])
    assert (stock.worths[5], stock.worths[6]) == (6, -6)
    assert (stock.quantity, stock.value, stock.cost, list(stock.layers), list(stock.shorts)) == before


def test_a_return_comes_back_at_the_cost_of_its_issue() -> None:
    stock = walked(("10", "100"), ("-4", None), ("10", "200"))
    stock.walk([Move(4, Decimal(3), of=2), Move(5, Decimal(1), of=2)])
    assert worths(stock)[3:] == ["30", "10"]


def test_a_method_changes_from_a_day_on() -> None:
    stock = walked(("10", "100"), ("10", "300"))
    stock.walk([Move(3, Decimal(10), Decimal(100), method=Method.FIFO), Move(4, Decimal(-20)), Move(5, Decimal(-5))])
    assert worths(stock)[3:] == ["-400", "-50"]


def test_a_revaluation_reaches_every_layer() -> None:
    stock = walked(("1", "10"), ("1", "30"), ("0", "20"), ("-1", None), method=Method.FIFO)
    assert worths(stock) == ["10", "30", "20", "-15"]
    assert walked(("0", "20")).value == 0


def test_a_transfer_carries_its_worth_also_when_that_is_corrected() -> None:
    at = [START + timedelta(days=day) for day in range(5)]
    books = Books().settle(
        [
            Entry(1, "kitchen", at[0], Decimal(-5)),
            Entry(2, "bar", at[1], Decimal(5), of=1),
            Entry(3, "bar", at[2], Decimal(-2)),
            Entry(4, "kitchen", at[3], Decimal(5), Decimal(10)),
        ]
    )
    assert [books.worths[n] for n in (1, 2, 3)] == [-10, 10, -4]
    assert (books.stocks["kitchen"].value, books.stocks["bar"].value) == (0, 6)


@given(
    st.decimals("0.01", "9999", places=6), st.decimals("0.00000001", "99999", places=10),
    st.lists(st.integers(1, 9), min_size=1, max_size=9),
)  # fmt: skip
def test_what_crosses_currencies_is_converted_once_and_nothing_is_lost_by_splitting_it(
    worth: Decimal, rate: Decimal, parts: list[int]
) -> None:
    sent = Entry(2, "home", START, -Decimal(sum(parts)), rate=rate)
    came = [Entry(3 + n, "abroad", START, Decimal(part), of=2) for n, part in enumerate(parts)]
    books = Books().settle([Entry(1, "home", START, Decimal(sum(parts)), worth), sent, *came])
    assert books.worths[2] == -worth
    assert sum(books.worths[one.id] for one in came) == round6(worth * rate)
    assert books.stocks["abroad"].value == round6(worth * rate)


def test_what_comes_home_again_is_worth_what_it_left_with() -> None:
    sent = Entry(2, "home", START, Decimal(-3), rate=Decimal("1.1"))
    back, came = Entry(3, "home", START, Decimal(1), of=2), Entry(4, "abroad", START, Decimal(2), of=2)
    late = Entry(5, "home", START - timedelta(days=1), Decimal(3), Decimal(30))
    books = Books().settle([Entry(1, "home", START, Decimal(3), Decimal(12)), sent, back, came])
    assert (books.worths[3], books.worths[4]) == (4, Decimal("8.8"))
    books = Books().settle([Entry(1, "home", START, Decimal(3), Decimal(12)), sent, back, came, late])
    assert (books.worths[3], books.worths[4]) == (7, Decimal("15.4"))  # (12 + 30) / 6 each


def test_what_is_produced_is_worth_what_it_used() -> None:
    at = [START + timedelta(days=day) for day in range(5)]
    used = (2, 4)
    books = Books().settle(
        [
            Entry(1, "flour", at[0], Decimal(3), Decimal(10)),
            Entry(2, "flour", at[1], Decimal(-1)),
            Entry(3, "water", at[0], Decimal(1), Decimal(1)),
            Entry(4, "water", at[1], Decimal(-1)),
            Entry(5, "dough", at[1], Decimal(1), Decimal(2), made_of=used, weight=Decimal(1)),
            Entry(6, "crumbs", at[1], Decimal(1), made_of=used, weight=Decimal(2)),
        ]
    )
    assert books.worths[5] + books.worths[6] == -books.worths[2] - books.worths[4] + 2
    assert books.worths[5] == Decimal("3.444444")


def test_what_covers_its_own_input_keeps_what_was_known() -> None:
    at = [START + timedelta(days=day) for day in range(5)]
    books = Books().settle(
        [
            Entry(1, "egg", at[0], Decimal(1), Decimal(2)),
            Entry(2, "egg", at[1], Decimal(-3)),
            Entry(3, "cake", at[1], Decimal(1), made_of=(2,)),
            Entry(4, "cake", at[2], Decimal(-1)),
            Entry(5, "egg", at[2], Decimal(1), Decimal(1), made_of=(4,)),
        ]
    )
    assert books.worths[3] == 6  # three at 2, although one of them came in later at the worth of the cake and 1
    assert books.stocks["egg"].quantity == -1


def test_a_cancelled_movement_has_never_been() -> None:
    entries = [
        Entry(1, "a", START, Decimal(1), Decimal(10)),
        Entry(2, "a", START, Decimal(1), Decimal(90)),
        Entry(3, "a", START, Decimal(-1)),
        Entry(4, "a", START, Decimal(-1), cancels=2),
    ]
    books = Books().settle(entries)
    assert [books.worths[n] for n in (1, 2, 3, 4)] == [10, 0, -10, 0]
    assert books.stocks["a"].quantity == 0


quantities = st.integers(1, 10_000_000).map(lambda n: Decimal(n).scaleb(-3))
moves = st.lists(
    st.one_of(
        st.tuples(quantities, st.one_of(st.none(), st.integers(0, 10**9).map(lambda n: Decimal(n).scaleb(-4)))),
        st.tuples(quantities.map(lambda q: -q), st.none()),
        st.tuples(st.just(Decimal(0)), st.integers(-(10**6), 10**6).map(lambda n: Decimal(n).scaleb(-2))),
    ),
    max_size=25,
)


@given(moves, st.sampled_from(Method))
def test_whatever_happens_value_is_the_sum_of_worths_and_zero_is_zero(
    given: list[tuple[Decimal, Decimal | None]], method: Method
) -> None:
    stock = Stock(method)
    for number, (quantity, worth) in enumerate(given, 1):
        stock.apply(Move(number, quantity, worth))
        assert stock.quantity == sum(q for q, _w in given[:number])
        assert stock.value == sum(stock.worths.values())
        assert stock.value == 0 if stock.quantity == 0 else (stock.value >= 0 or stock.quantity < 0)
        assert stock.cost >= 0
        if method is Method.FIFO and stock.quantity > 0:
            assert (sum(p.quantity for p in stock.layers), sum(p.value for p in stock.layers)) == (
                stock.quantity,
                stock.value,
            )
        if stock.quantity < 0:
            assert sum(p.quantity for p in stock.shorts) == -stock.quantity
            assert sum(p.value for p in stock.shorts) == -stock.value
