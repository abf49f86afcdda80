"""Closed days: nothing in them changes, for nobody; who closes and opens them again, and what is said before."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy import text

from ims_desktop.domain.errors import Confirm, Conflict, Denied, UserError
from ims_desktop.features.sales.service import Void, void_order
from ims_desktop.features.stock.service import (
    UNFINISHED,
    Kind,
    close_period,
    missing_before,
    periods,
    reopen_period,
    reverse,
)
from tests.features.stock.conftest import Bench
from tests.features.stock.facts import totals

MARCH = date(2026, 3, 31)
SURE = frozenset({UNFINISHED})


def at(day: int, month: int = 3) -> datetime:
    return datetime(2026, month, day, 18, tzinfo=UTC)


@pytest.fixture
def closed(bench: Bench) -> Bench:
    """Flour was received and wasted in March, which is closed."""
    bench.receive("Flour", 10, 2, at=at(9))
    bench.waste("Flour", 4, at=at(10))
    bench.desk.run(close_period, bench.restaurant.site, MARCH, SURE)
    return bench


def test_what_is_missing_is_said_before(bench: Bench) -> None:
    bench.waste("Flour", 4, at=at(10))
    bench.receive("Butter", 1, 3, at=at(11))
    gaps = {gap.what: gap.count for gap in bench.desk.run(missing_before, bench.restaurant.site, MARCH)}
    assert gaps == {"without_invoice": 1, "negative_stock": 1, "not_counted": 2}
    with pytest.raises(Confirm) as asked:
        bench.desk.run(close_period, bench.restaurant.site, MARCH)
    assert asked.value.consent == UNFINISHED
    assert bench.desk.run(periods) == ()


def test_nothing_is_posted_into_closed_days_and_the_first_open_one_is_named(closed: Bench) -> None:
    with pytest.raises(UserError, match=r"closed up to 31 Mar 2026: date it 1 Apr 2026 or later"):
        closed.waste("Flour", 1, at=at(31))
    closed.waste("Flour", 1, at=at(2, 4))
    assert closed.cost("Flour").quantity == 5


def test_what_was_posted_there_is_undone_on_the_first_open_day(closed: Bench) -> None:
    wasted = closed.root.execute("SELECT m.id FROM stock_movements m WHERE m.kind = 'WASTE'").fetchone()
    undone = closed.desk.run(reverse, uuid4(), wasted, "Entered by mistake").result
    days = closed.root.execute("SELECT business_day FROM stock_movements WHERE posting_id = %s", [undone.id]).fetchall()
    assert days == [(date(2026, 4, 1),)]
    assert closed.cost("Flour")[:2] == (Decimal(10), Decimal(20))
    assert totals(closed.root) == []


def test_an_order_of_closed_days_is_not_voided(closed: Bench) -> None:
    header, dish = f'{{"site_id": "{closed.restaurant.site}"}}', next(iter(closed.restaurant.menu.values()))
    sold = text(
        "SELECT post_sales(:key, CAST(:header AS jsonb), '{A-1}', ARRAY[CAST(:at AS timestamptz)], NULL, NULL, '{1}',"
        " ARRAY[CAST(:dish AS uuid)], '{2}', '{3}', NULL)"
    )
    asked = {"key": uuid4(), "header": header, "at": at(2, 4), "dish": dish}
    closed.desk.run(lambda connection: connection.execute(sold, asked).scalar_one())
    closed.desk.run(close_period, closed.restaurant.site, date(2026, 4, 30), SURE)
    [order] = closed.root.execute("SELECT id FROM orders").fetchone() or [None]
    with pytest.raises(UserError, match="lies in a closed period: refund it"):
        closed.desk.run(void_order, Void(uuid4(), order, "Guest left"))
    assert closed.root.execute("SELECT state FROM orders").fetchone() == ("CLOSED",)


def test_the_last_period_alone_is_opened_again_with_a_reason(closed: Bench) -> None:
    site = closed.restaurant.site
    closed.desk.run(close_period, site, date(2026, 4, 30), SURE)
    with pytest.raises(Conflict):
        closed.desk.run(reopen_period, site, MARCH, "Late invoice")
    with pytest.raises(UserError):
        closed.desk.run(reopen_period, site, date(2026, 4, 30), " ")
    closed.desk.run(reopen_period, site, date(2026, 4, 30), "Late invoice")
    closed.post(Kind.WASTE, closed.line("Flour", -1, "SPOILAGE"), at=at(2, 4))
    newest = closed.desk.run(periods, site)[0]
    assert (newest.ends_on, newest.reason, newest.reopened_by) == (date(2026, 4, 30), "Late invoice", newest.closed_by)
    rows = closed.root.execute("SELECT action FROM audit_log WHERE subject = 'periods' ORDER BY id").fetchall()
    assert rows == [("INSERT",), ("INSERT",), ("UPDATE",)]


def test_who_may_not_close_does_not_and_days_to_come_stay_open(closed: Bench) -> None:
    manager = closed.sign_in(closed.tenant.person("MANAGER"))
    for use_case, last in ((close_period, SURE), (reopen_period, "Mine")):
        with pytest.raises(Denied):
            manager.run(use_case, closed.restaurant.site, MARCH, last)
    with pytest.raises(Conflict):
        closed.desk.run(close_period, closed.restaurant.site, MARCH, SURE)
    with pytest.raises(UserError, match="over"):
        closed.desk.run(close_period, closed.restaurant.site, date(2999, 1, 1), SURE)
