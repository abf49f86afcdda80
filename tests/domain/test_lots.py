"""Lots: what expires first leaves first, and nothing of a lot is lost or made up on the way."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ims_desktop.domain.lots import Lot, LotBook, days_left, expiry, first_expired

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
ZERO = Decimal(0)


def lot(code: str, days: int | None, hours: int = 0) -> Lot:
    return Lot(code, None if days is None else date(2026, 3, 9) + timedelta(days), NOON + timedelta(hours=hours))


def test_what_expires_first_leaves_first() -> None:
    held = {lot("never", None): Decimal(5), lot("late", 9): Decimal(3), lot("soon", 2): Decimal(2)}
    taken = first_expired(held, Decimal(4), NOON)
    assert [(each.code, part) for each, part in taken] == [("soon", Decimal(2)), ("late", Decimal(2))]
    assert sum(part for _lot, part in first_expired(held, Decimal(99), NOON)) == 10


def test_what_came_later_waits_for_what_was_there() -> None:
    held = {lot("tomorrow's", 1, 24): Decimal(5), lot("today's", 9): Decimal(3)}
    assert first_expired(held, Decimal(2), NOON)[0][0].code == "today's"


def test_days_are_counted_from_the_shelf_life() -> None:
    assert expiry(date(2026, 2, 27), 3) == date(2026, 3, 2)
    assert expiry(date(2026, 2, 27), None) is None
    assert [days_left(date(2026, 3, 9) + timedelta(n), date(2026, 3, 9)) for n in (0, -1, 3)] == [0, -1, 3]
    assert days_left(None, date(2026, 3, 9)) is None


def test_what_was_sold_before_it_was_received_was_of_the_lot_that_came() -> None:
    book = LotBook()
    book.issue(1, Decimal(3), NOON)
    book.receive(2, Decimal(20), NOON + timedelta(hours=1), lot("A", 5))
    assert (book.held, book.parts(1)) == ({"A": Decimal(17)}, {"A": Decimal(-3)})


def test_a_receipt_that_never_was_leaves_what_was_sold_without_a_lot() -> None:
    book = LotBook()
    book.receive(1, Decimal(10), NOON, lot("A", 5))
    book.issue(2, Decimal(6), NOON)
    book.reverse(1, 3)
    assert (book.on_hand, book.held["A"], book.parts(2)) == (Decimal(-6), ZERO, {})
    book.receive(4, Decimal(10), NOON, lot("A", 5))
    assert (book.held["A"], book.parts(2)) == (Decimal(4), {"A": Decimal(-6)})


STEPS = st.lists(
    st.tuples(
        st.sampled_from(("in", "loose", "out", "out", "undo")), st.integers(1, 9), st.integers(0, 3), st.integers(0, 9)
    ),
    max_size=25,
)


@given(STEPS)
def test_lots_are_conserved_whatever_happens(steps: list[tuple[str, int, int, int]]) -> None:
    book, done = LotBook(), list[int]()
    for number, (what, amount, which, hour) in enumerate(steps, 1):
        at = NOON + timedelta(hours=hour)
        if what == "undo" and done:
            book.reverse(done.pop(which % len(done)), number)
        elif what in ("in", "loose"):
            book.receive(number, Decimal(amount), at, lot(f"L{which}", which, hour) if what == "in" else None)
            done.append(number)
        elif what == "out":
            book.issue(number, Decimal(amount), at)
            done.append(number)
        assert all(left >= 0 for left in book.held.values())
        assert sum(book.held.values(), ZERO) <= max(book.on_hand, ZERO)
    for code, left in book.held.items():
        assert left == sum((book.parts(key).get(code, ZERO) for key in book._moves), ZERO)
    for key, moved in book._moves.items():
        parts = book.parts(key)
        assert all(part * moved.quantity > 0 for part in parts.values())
        assert abs(sum(parts.values(), ZERO)) <= abs(moved.quantity)
