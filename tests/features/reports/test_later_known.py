"""What becomes known later counts everywhere: every report, list and card agrees with the ledger to the cent."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.business_calendar import Period
from ims_desktop.domain.listing import Filter, ListQuery, Match
from ims_desktop.features.adjustments.service import waste_by_reason
from ims_desktop.features.reports.screen.behind import place_of_figure, place_of_row
from ims_desktop.features.reports.service import Part, Question, Report, read_report
from ims_desktop.features.stock.service import (
    Document,
    DocumentLine,
    Kind,
    LandedCost,
    LateInvoice,
    LedgerQuestion,
    RightPrice,
    card,
    correct_prices,
    land,
    ledger,
    levels_at,
    movements,
    movements_summary,
    post,
)
from tests import restaurant
from tests.features.reports import history
from tests.restaurant import Restaurant
from tests.tenants import Server, new_tenant

FIRST, LAST = date(2025, 2, 3), date(2025, 2, 16)
EVERY = Period(FIRST, LAST)
DAYS = tuple(FIRST + timedelta(days=n) for n in range(14))
WEEKS = (Period(FIRST, DAYS[6]), Period(DAYS[7], LAST))


@dataclass
class Late:
    """Two weeks of trade, and then what came late."""

    made: Restaurant
    desk: TenantDatabase
    root: psycopg.Connection[Any]

    def one(self, statement: str, *values: Any) -> Decimal:
        (found,) = self.root.execute(statement, values).fetchone() or (None,)
        return Decimal(found or 0)

    def read(self, name: str, period: Period = EVERY) -> tuple[Report, Part]:
        report: Report = self.desk.run(read_report, name, Question.about(period))
        (part,) = report.parts
        return report, part

    def moved(self, kind: str, item: str, sign: str = ">") -> int:
        return int(
            self.one(
                "SELECT m.id FROM stock_movements m JOIN items i ON i.id = m.item_id WHERE m.kind = %s"
                f" AND i.name = %s AND m.quantity {sign} 0 AND m.site_id = %s ORDER BY m.effective_at LIMIT 1",
                kind, item, self.made.site,
            )
        )  # fmt: skip

    def send(self, kind: Kind, day: date, *lines: tuple[Any, ...]) -> None:
        """Lines of item, quantity and what else is said of it."""
        sent = (
            DocumentLine(self.made.items[name], self.made.home(name), Decimal(quantity), **more)
            for name, quantity, more in lines
        )
        self.desk.run(post, Document(uuid4(), kind, self.made.site, tuple(sent), history.noon(day)))


@pytest.fixture(scope="module")
def late(server: Server) -> Iterator[Late]:
    """Nobody changes these."""
    tenant = new_tenant(server)
    made, desk = restaurant.seed(tenant), tenant.desk()
    history.live(desk, made, FIRST, LAST)
    with tenant.as_root() as root:
        found = Late(made, desk, root)
        _come_late(found)
        yield found
    tenant.close()


def _come_late(late: Late) -> None:
    """A delivery entered late, a late invoice, freight, what went back either way, another value, something made."""
    late.send(Kind.DELIVERY, DAYS[1], ("Mozzarella", 25, {"unit_cost": Decimal("11.37")}),
              ("Flour", 40, {"unit_cost": Decimal("1.973")}), ("Prosciutto", 7, {"unit_cost": Decimal(19)}),
              ("Butter", 5, {"unit_cost": Decimal(6)}))  # fmt: skip
    received = late.moved("DELIVERY", "Prosciutto")
    worth = late.one("SELECT value FROM stock_movements WHERE id = %s", received)
    invoice = LateInvoice(uuid4(), late.made.site, (RightPrice(received, worth * 2),), history.noon(LAST), note="Late")
    late.desk.run(correct_prices, invoice)
    freight = (late.moved("DELIVERY", "Butter"), late.moved("DELIVERY", "Mozzarella"))
    late.desk.run(land, LandedCost(uuid4(), late.made.site, Decimal("33.33"), freight, note="Freight"))
    sold = late.moved("SALE", "Mozzarella", "<")
    late.send(Kind.CUSTOMER_RETURN, DAYS[8], ("Mozzarella", "0.05", {"of_id": sold}))
    late.send(Kind.SUPPLIER_RETURN, DAYS[9], ("Butter", -2, {}))
    late.send(Kind.REVALUATION, DAYS[10], ("Flour", 0, {"value": Decimal("-3.21")}))
    late.send(Kind.PRODUCTION, DAYS[10], ("Flour", -1, {}), ("Lemon", 1, {"value": Decimal(4)}))


def test_something_was_corrected(late: Late) -> None:
    causes = {cause for (cause,) in late.root.execute("SELECT DISTINCT cause FROM cost_corrections").fetchall()}
    assert causes >= {"RECOST", "PRICE", "LANDED"}
    assert late.one("SELECT count(*) FROM cost_corrections c JOIN stock_movements m ON m.id = c.movement_id"
                    " WHERE m.kind = 'WASTE'") > 0  # fmt: skip


@pytest.mark.parametrize("period", [EVERY, *WEEKS, *(Period(day, day) for day in DAYS[::4])])
def test_cost_of_food_is_opening_and_purchases_less_closing(late: Late, period: Period) -> None:
    """Usage, cost, waste and stock value say the same, in figures and in all their tables."""
    (_, usage), (_, cost), (_, waste) = (late.read(name, period) for name in ("usage", "cost-and-waste", "waste"))
    before = Period(period.first - timedelta(days=1), period.first - timedelta(days=1))
    opening, closing = (late.read("stock-value", then)[1].money("value") for then in (before, period))
    used = opening + usage.money("received") + usage.money("other") + usage.money("transferred") - closing
    assert (usage.money("opening"), usage.money("closing")) == (opening, closing)
    assert used == usage.money("used") == cost.money("with_waste")
    assert waste.money("waste") == cost.money("waste") == usage.money("waste")
    assert cost.money("stock") == closing
    assert usage.money("differences") == cost.money("differences")
    for table in ("weeks",):
        assert sum(row["cost"] for row in cost.tables[table]) == cost.money("cost")
    for part in (cost, waste):
        for table in ("reasons", "items"):
            assert sum(row["value"] for row in part.tables[table]) == part.money("waste")


def test_stock_is_what_its_lines_add_up_to(late: Late) -> None:
    _, stock = late.read("stock-value", Period(date.today(), date.today()))
    kept = late.one("SELECT sum(value) FROM stock_costs")
    assert stock.money("value") == kept == late.one(
        "SELECT (SELECT sum(value) FROM stock_movements) + (SELECT sum(value) FROM cost_corrections)"
    )  # fmt: skip
    for day in DAYS[3::5]:
        at = history.noon(day) + timedelta(hours=10)
        then = late.desk.run(levels_at, at, late.made.site)
        assert sum(row.value for row in then) == late.one(
            "SELECT (SELECT sum(value) FROM stock_movements WHERE effective_at <= %s)"
            " + (SELECT coalesce(sum(value), 0) FROM cost_corrections WHERE effective_at <= %s)", at, at
        )  # fmt: skip


@pytest.mark.parametrize("figure", ["sold", "differences", "cost", "waste", "with_waste", "neither"])
@pytest.mark.parametrize("period", [EVERY, *WEEKS])
def test_the_list_behind_a_figure_adds_up_to_it(late: Late, figure: str, period: Period) -> None:
    report, part = late.read("cost-and-waste", period)
    place = place_of_figure(report, part, figure)
    assert place is not None
    query = ListQuery(filters=place.filters, limit=5000)
    assert late.desk.run(movements_summary, query).totals["value"] == -part.money(figure)
    assert sum(row.value for row in late.desk.run(movements, query).rows) == -part.money(figure)


@pytest.mark.parametrize("figure", ["received", "transferred", "other", "used"])
def test_the_list_behind_usage_adds_up_to_it(late: Late, figure: str) -> None:
    report, part = late.read("usage", WEEKS[1])
    place = place_of_figure(report, part, figure)
    assert place is not None
    found = late.desk.run(movements_summary, ListQuery(filters=place.filters)).totals["value"]
    assert found == part.money(figure) * (-1 if figure == "used" else 1)


def test_the_list_behind_a_week_adds_up_to_it(late: Late) -> None:
    report, part = late.read("cost-and-waste")
    for row in part.tables["weeks"]:
        place = place_of_row(report, part, "weeks", row)
        assert place is not None
        found = late.desk.run(movements_summary, ListQuery(filters=place.filters)).totals["value"]
        assert found == -row["cost"]


def test_waste_by_reason_is_that_of_the_report(late: Late) -> None:
    _, waste = late.read("waste", WEEKS[0])
    days = Filter("day", Match.BETWEEN, (WEEKS[0].first, WEEKS[0].last))
    rows = late.desk.run(waste_by_reason, ListQuery(filters=(days,))).rows
    logged = {row.reason: -row.value for row in rows}
    assert {name: logged[name] for name in logged} == {
        row["reason"]: late.one(
            "SELECT -(SELECT sum(m.value) FROM stock_movements m WHERE m.kind = 'WASTE' AND m.reason_id = %s"
            " AND m.business_day BETWEEN %s AND %s) - coalesce((SELECT sum(c.value) FROM cost_corrections c"
            " JOIN stock_movements m ON m.id = c.movement_id WHERE m.kind = 'WASTE' AND m.reason_id = %s"
            " AND c.business_day BETWEEN %s AND %s), 0)",
            row["reason_id"], *days.values, row["reason_id"], *days.values,
        )
        for row in waste.tables["reasons"] if row["reason"] in logged
    }  # fmt: skip


@pytest.mark.parametrize("item", ["Mozzarella", "Flour", "Prosciutto", "Butter", "Lemon", "Tomato tin"])
def test_the_card_runs_to_what_is_kept(late: Late, item: str) -> None:
    key = late.made.items[item]
    query = ListQuery(filters=(Filter("item", Match.IN, (key,)),), site=late.made.site, limit=5000)
    rows = late.desk.run(card, query).rows
    kept = late.root.execute(
        "SELECT quantity, value FROM stock_costs WHERE item_id = %s AND site_id = %s", [key, late.made.site]
    ).fetchone()
    assert (rows[0].balance, rows[0].balance_value) == kept
    balance = Decimal(0)
    for row in reversed(rows):
        balance += row.value + (row.correction or 0)
        assert row.balance_value == balance
    records = late.desk.run(ledger, LedgerQuestion(item, late.made.site))
    assert [Decimal(one["running_value"]) for one in reversed(records)] == [row.balance_value for row in rows]
