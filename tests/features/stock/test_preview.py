"""What a preview says is what then happens, and nothing stays of the preview itself."""

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ims_desktop.domain.errors import Denied, UserError
from ims_desktop.features.stock.service import (
    UNFINISHED,
    Document,
    Effects,
    Kind,
    LateInvoice,
    RightPrice,
    Undo,
    close_period,
    correct_prices,
    land,
    post,
    preview,
    preview_prices,
    preview_undo,
    reverse,
)
from tests.features.stock.conftest import Bench, moment
from tests.features.stock.histories import History
from tests.restaurant import receive

STOCK = """SELECT s.name, i.name, c.quantity, c.value FROM stock_costs c
    JOIN sites s ON s.id = c.site_id JOIN items i ON i.id = c.item_id"""
WEEKS = """
    WITH lines AS (
      SELECT m.site_id, m.business_day, m.kind, m.reason_id, m.value FROM stock_movements m
      UNION ALL
      SELECT c.site_id, c.business_day, m.kind, m.reason_id, c.value
      FROM cost_corrections c JOIN stock_movements m ON m.id = c.movement_id),
    sorted AS (
      SELECT l.*, CASE WHEN l.kind IN ('SALE', 'CUSTOMER_RETURN') THEN 'SOLD'
        WHEN l.kind IN ('WASTE', 'ADJUSTMENT', 'COUNT', 'REVALUATION') THEN coalesce(r.class, 'COST_OF_FOOD')
        END AS what
      FROM lines l LEFT JOIN reason_codes r ON r.id = l.reason_id)
    SELECT s.name, date_trunc('week', l.business_day)::date,
      -sum(l.value) FILTER (WHERE l.what <> 'NEITHER'), -sum(l.value) FILTER (WHERE l.what = 'COST_OF_FOOD')
    FROM sorted l JOIN sites s ON s.id = l.site_id GROUP BY 1, 2"""
TRACES = """
    SELECT (SELECT count(*) FROM postings), (SELECT count(*) FROM stock_movements), (SELECT count(*) FROM audit_log),
      (SELECT count(*) FROM cost_corrections), (SELECT count(*) FROM stock_costs), (SELECT count(*) FROM cost_layers),
      (SELECT coalesce(sum(on_hand), 0) FROM stock_levels), (SELECT count(*) FROM price_changes)"""
OTHERS = """
    SELECT count(*) FROM cost_corrections k JOIN stock_movements m ON m.id = k.movement_id
    WHERE k.posting_id = %s AND m.posting_id <> %s
      AND m.id NOT IN (SELECT movement_id FROM price_changes WHERE posting_id = %s)"""
ZERO = Decimal(0)
ASKED: dict[Any, Callable[..., Any]] = {
    post: preview,
    correct_prices: preview_prices,
    land: preview_prices,
    reverse: preview_undo,
}


class Foretold:
    """A desk that asks before every posting what it would change, and compares with what it then did change."""

    def __init__(self, bench: Bench) -> None:
        self._desk, self._root, self.asked = bench.desk, bench.root, 0

    def run(self, use_case: Callable[..., Any], *args: Any) -> Any:
        """Ask, do, compare."""
        asks: dict[Any, Callable[..., Any]] = {
            post: preview,
            correct_prices: preview_prices,
            land: preview_prices,
            reverse: preview_undo,
        }
        ask = asks.get(use_case)
        if ask is None:
            return self._desk.run(use_case, *args)
        traces, stock, weeks = self._all(TRACES), self._stock(), self._weeks()
        asked = Undo(*args) if use_case is reverse else args[0]
        told, refused = self._tried(ask, asked)
        if told is None:
            _done, again = self._tried(use_case, *args)
            assert str(again) == str(refused)
            raise refused
        assert self._all(TRACES) == traces
        assert (self._stock(), self._weeks()) == (stock, weeks)
        done = self._desk.run(use_case, *args)
        self._compare(told, stock, weeks, done.result.id)
        self.asked += told.others
        return done

    def _compare(self, told: Effects, stock: Any, weeks: Any, posting: Any) -> None:
        now = self._stock()
        changed = {key: (*stock.get(key, (ZERO, ZERO)), *now[key]) for key in now if now[key] != stock.get(key, (0, 0))}
        assert changed == {
            (one.site, one.item): (one.old_quantity, one.old_value, one.quantity, one.value) for one in told.stock
        }
        after = self._weeks()
        differences = {
            key: tuple(new - old for new, old in zip(after[key], weeks.get(key, (ZERO, ZERO)), strict=True))
            for key in after
        }
        assert {key: pair for key, pair in differences.items() if any(pair)} == {
            (one.site, one.day): (one.cost, one.variance) for one in told.weeks
        }
        others = self._root.execute(OTHERS, [posting] * 3).fetchone()
        assert told.others or others == (0,)

    def _tried(self, use_case: Any, *args: Any) -> tuple[Any, UserError]:
        try:
            return self._desk.run(use_case, *args), UserError("")
        except UserError as refused:
            return None, refused

    def _all(self, sql: str) -> Any:
        return self._root.execute(sql).fetchall()

    def _stock(self) -> dict[tuple[str, str], tuple[Decimal, Decimal]]:
        return {(site, item): (quantity, value) for site, item, quantity, value in self._all(STOCK)}

    def _weeks(self) -> dict[tuple[str, date], tuple[Decimal, Decimal]]:
        return {(site, day): (cost or ZERO, part or ZERO) for site, day, cost, part in self._all(WEEKS)}


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000))
def test_what_is_foretold_is_what_happens(shared_bench: Bench, seed: int) -> None:
    shared_bench.root.autocommit = True
    desk: Any = Foretold(shared_bench)
    history = History(desk, shared_bench.root, shared_bench.restaurant, random.Random(seed))
    try:
        history.begin()
        for _ in range(14):
            history.step()
    finally:
        history.end()


def document(bench: Bench, kind: Kind, item: str, quantity: int, at: datetime, reason: str | None = None) -> Document:
    return bench.document(kind, bench.line(item, quantity, reason), at=at)


def test_a_late_delivery_tells_weeks_plates_and_closed_days(bench: Bench) -> None:
    others = {item: (1, 2) for item in bench.restaurant.items if item != "Mozzarella"}
    receive(bench.desk, bench.restaurant, others, at=moment(7))
    bench.receive("Mozzarella", 10, 8, at=moment(8))
    bench.waste("Mozzarella", 4, at=moment(12))
    quiet = bench.desk.run(preview, document(bench, Kind.WASTE, "Mozzarella", -1, datetime.now(UTC), "SPOILAGE"))
    assert not quiet.others
    assert [(one.item, one.old_quantity, one.quantity) for one in quiet.stock] == [("Mozzarella", 6, 5)]
    line = bench.line("Mozzarella", 10)
    early = Document(
        uuid4(), Kind.DELIVERY, bench.restaurant.site,
        (type(line)(line.item_id, line.location_id, Decimal(10), Decimal(10)),), moment(9),
    )  # fmt: skip
    told = bench.desk.run(preview, early)
    assert told.others
    assert [(one.day, one.cost, one.variance) for one in told.weeks] == [(date(2026, 3, 9), Decimal(4), 0)]
    assert [(one.old_value, one.value) for one in told.stock] == [(48, 144)]
    margherita = next(plate for plate in told.plates if plate.dish == "Margherita")
    assert margherita.cost > margherita.old_cost
    bench.desk.run(close_period, bench.restaurant.site, date(2026, 3, 31), frozenset({UNFINISHED}))
    with pytest.raises(UserError, match="closed up to"):
        bench.desk.run(preview, early)
    found = bench.root.execute("SELECT id FROM stock_movements WHERE quantity = 10 AND value = 80").fetchone()
    assert found
    late = LateInvoice(uuid4(), bench.restaurant.site, (RightPrice(found[0], Decimal(100)),))
    closed = bench.desk.run(preview_prices, late).closed
    assert [(one.day, one.value) for one in closed] == [(date(2026, 4, 1), Decimal(12))]


def test_what_runs_short_later_is_told_with_its_moment(bench: Bench) -> None:
    bench.receive("Flour", 10, 1, at=moment(8))
    bench.waste("Flour", 7, at=moment(10))
    bench.receive("Flour", 10, 1, at=moment(12))
    told = bench.desk.run(preview, document(bench, Kind.WASTE, "Flour", -5, moment(9), "SPOILAGE"))
    assert told.others
    assert [(one.item, one.at, one.quantity) for one in told.short] == [("Flour", moment(10), -2)]
    wasted = bench.root.execute("SELECT id FROM stock_movements WHERE quantity = -7").fetchone() or ()
    undone = bench.desk.run(preview_undo, Undo(uuid4(), tuple(wasted), "Mistake"))
    assert [(one.item, one.old_quantity, one.quantity) for one in undone.stock] == [("Flour", 13, 20)]


def test_costs_are_told_to_those_who_may_see_them_and_refusals_stay(bench: Bench) -> None:
    bench.receive("Flour", 10, 1, at=moment(8))
    bench.waste("Flour", 7, at=moment(10))
    early = document(bench, Kind.WASTE, "Flour", -5, moment(9), "SPOILAGE")
    counter = bench.sign_in(bench.tenant.person("EMPLOYEE", site=bench.restaurant.site))
    told = counter.run(preview, early)
    assert [(one.item, one.quantity, one.value, one.old_value) for one in told.stock] == [("Flour", -2, None, None)]
    assert (told.weeks, told.plates) == ((), ())
    assert told.short
    with pytest.raises(Denied):
        counter.run(preview, document(bench, Kind.ADJUSTMENT, "Flour", 1, moment(9), "CORRECTION"))
    with pytest.raises(UserError):
        bench.desk.run(preview, document(bench, Kind.WASTE, "Flour", -5, datetime.now(UTC) + timedelta(days=2)))
