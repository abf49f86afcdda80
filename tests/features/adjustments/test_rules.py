"""What an entry means before it is recorded."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.valuation import Cost, Move, Stock
from ims_desktop.features.adjustments.rules import EntryItem, PlaceHeld, as_written, read_amount, warning, weekly, worth
from ims_desktop.features.items.rules import Pack, item_units

SHELF, STORE = uuid4(), uuid4()


def tin(**changes: Any) -> EntryItem:
    """Tomato tins: 128 on hand, 18 of them on the shelf."""
    known: dict[str, Any] = {
        "id": uuid4(),
        "name": "Tomato tin",
        "sku": "DRY-0120",
        "units": item_units("each", (Pack("case", Decimal(6), "each"),), None, None),
        "unit": None,
        "on_hand": Decimal(128),
        "cost": Cost(Decimal(128), Decimal("425.60"), Decimal("3.325")),
        "par": Decimal(108),
        "home_id": STORE,
        "places": (PlaceHeld(STORE, "Dry store", Decimal(110)), PlaceHeld(SHELF, "Prep shelf", Decimal(18))),
        "worst_week": Decimal(5),
    }
    return EntryItem(**{**known, **changes})


def test_a_quantity_is_read_over_the_units_of_the_item() -> None:
    entered = read_amount("2 case + 4", tin(), ".", signed=False)
    assert (entered.quantity, entered.path) == (Decimal(16), "2 case × 6 each + 4 each = 16 each")
    assert read_amount("2", tin(unit="case"), ".", signed=False).quantity == 12
    assert read_amount("−3", tin(), ".", signed=True).quantity == -3


@pytest.mark.parametrize(
    ("typed", "signed"), [("0", False), ("2 - 2", True), ("-3", False), ("3 box", True), ("", True)]
)
def test_what_cannot_be_read_is_a_problem_of_the_quantity(typed: str, signed: bool) -> None:
    with pytest.raises(UserError) as refused:
        read_amount(typed, tin(), ".", signed=signed)
    assert {problem.field for problem in refused.value.problems} == {"quantity"}


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("3 cases", (3, "case")),
        ("−2.5 case", (Decimal("-2.5"), "case")),
        ("2 case + 4", None),
        ("16", None),
        ("16 each", None),
    ],
)
def test_what_was_written_is_kept_where_one_pair_tells_it(typed: str, written: tuple[Decimal, str] | None) -> None:
    assert as_written(typed, tin(), ".") == written


def test_an_entry_is_worth_what_the_ledger_will_say() -> None:
    assert worth(tin(), Decimal(-16)) == Decimal("-53.2")
    assert worth(tin(), Decimal(2)) == Decimal("6.65")
    assert worth(tin(), Decimal(2), Decimal(5)) == 10
    assert worth(tin(cost=None), Decimal(-16)) is None


@given(st.decimals("0.001", "500", places=3))
def test_the_preview_of_waste_is_the_issue_of_the_costing_rules(quantity: Decimal) -> None:
    stock = Stock(quantity=Decimal(128), value=Decimal("425.60"), cost=Decimal("3.325"))
    stock.apply(Move(1, -quantity))
    assert worth(tin(), -quantity) == stock.value - Decimal("425.60")


def test_what_looks_odd() -> None:
    item = tin()
    assert warning(item, Decimal(-129), STORE) == "Only 128 each on hand here"
    assert warning(item, Decimal(-20), SHELF) == "Only 18 each in Prep shelf"
    assert warning(item, Decimal(-11), STORE) == "Far more than usual: at most 5 each a week"
    assert warning(item, Decimal(-10), STORE) is None
    assert warning(item, Decimal(500), STORE) is None
    assert warning(tin(on_hand=Decimal(-2)), Decimal(-1), None) == "Nothing on hand here"
    assert warning(tin(worst_week=Decimal(0)), Decimal(-100), STORE) is None


def test_days_become_weeks() -> None:
    weeks = weekly([(0, Decimal(1)), (6, Decimal(2)), (7, Decimal(4)), (55, Decimal(8)), (56, Decimal(99))])
    assert [int(week) for week in weeks] == [8, 0, 0, 0, 0, 0, 4, 3]
