import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, event

from ims_desktop.domain.business_calendar import Period
from ims_desktop.domain.errors import UserError
from ims_desktop.features.reports.service import (
    REPORTS,
    Choice,
    Part,
    Question,
    Report,
    Span,
    as_csv,
    as_json,
    as_table,
    newest_day,
    read_choice,
    read_report,
    standing_of,
    written,
)
from ims_desktop.features.sales.service import (
    EnteredLine,
    OrderDraft,
    ToCancel,
    cancel_order,
    find_menu_items,
    save_order,
)
from tests import restaurant
from tests.features.reports import history
from tests.features.reports.conftest import FIRST, LAST, Books
from tests.tenants import MakeTenant

PLAIN = {
    "net": "SELECT sum(net_total) FROM orders WHERE state = 'CLOSED' AND business_day BETWEEN %s AND %s",
    "orders": "SELECT count(*) FROM orders WHERE state = 'CLOSED' AND business_day BETWEEN %s AND %s",
    "units": "SELECT sum(i.quantity) FROM order_items i JOIN orders o ON o.id = i.order_id"
    " WHERE o.state = 'CLOSED' AND o.business_day BETWEEN %s AND %s",
    "stock": "SELECT sum(value) FROM ({every}) v WHERE %s::date IS NOT NULL AND business_day <= %s",
    "received": "SELECT sum(value) FROM ({every}) v WHERE kind = 'DELIVERY' AND business_day BETWEEN %s AND %s",
    "sold": "SELECT -sum(value) FROM ({every}) v WHERE kind = 'SALE' AND business_day BETWEEN %s AND %s",
    "waste": "SELECT -sum(value) FROM ({every}) v WHERE class = 'WASTE' AND business_day BETWEEN %s AND %s",
    "differences": "SELECT -sum(value) FROM ({every}) v"
    " WHERE class = 'COST_OF_FOOD' AND business_day BETWEEN %s AND %s",
    "neither": "SELECT -sum(value) FROM ({every}) v WHERE class = 'NEITHER' AND business_day BETWEEN %s AND %s",
}
EVERY = """
SELECT m.kind, r.class, m.business_day, m.value FROM stock_movements m LEFT JOIN reason_codes r ON r.id = m.reason_id
UNION ALL
SELECT m.kind, r.class, c.business_day, c.value FROM cost_corrections c
JOIN stock_movements m ON m.id = c.movement_id LEFT JOIN reason_codes r ON r.id = m.reason_id
"""
INDEXES = {"sales": "orders_by_day", "waste": "orders_by_day", "menu-engineering": "order_items_by_day"}
LAST_WEEK = Period(LAST - timedelta(days=6), LAST)  # for all there is, an index pays or not as the server last counted
PERIODS = st.tuples(
    st.dates(FIRST - timedelta(days=9), LAST + timedelta(days=9)), st.integers(0, 50)
).map(lambda found: Period(found[0], found[0] + timedelta(days=found[1])))  # fmt: skip


def plain(books: Books, what: str, period: Period) -> Decimal:
    """The same figure straight from the rows."""
    with books.made.tenant.as_root() as root:
        found = root.execute(PLAIN[what].format(every=EVERY), [period.first, period.last]).fetchone()
        return Decimal((found or [None])[0] or 0)


def asked(books: Books, name: str, period: Period, **more: Any) -> Report:
    report: Report = books.desk.run(read_report, name, Question.about(period, **more))
    return report


def only(report: Report) -> Part:
    (part,) = report.parts
    return part


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(period=PERIODS)
def test_every_figure_ties_to_the_ledger(books: Books, period: Period) -> None:
    cost = only(asked(books, "cost-and-waste", period))
    before = Question.about(period).before
    for key in ("sold", "differences", "waste", "neither", "stock"):
        assert cost.figures[key] == plain(books, key, period), key
        assert cost.before[key] == plain(books, key, before), key
    assert cost.figures["net_sales"] == plain(books, "net", period)
    assert cost.figures["cost"] == plain(books, "sold", period) + plain(books, "differences", period)
    assert cost.figures["with_waste"] == cost.figures["cost"] + cost.figures["waste"]
    for key in ("net_sales", "cost", "waste"):
        assert sum(week[key] for week in cost.tables["weeks"]) == cost.figures[key]
    for table in ("reasons", "items", "reason_weeks"):
        assert sum(row["value"] for row in cost.tables[table]) == cost.figures["waste"]
    assert cost.tables["weeks"][-1]["stock"] == cost.figures["stock"]


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(period=PERIODS)
def test_sales_usage_and_stock_value_tie_to_the_rows(books: Books, period: Period) -> None:
    sales = only(asked(books, "sales", period))
    assert sales.figures["net_sales"] == plain(books, "net", period)
    assert sales.figures["orders"] == plain(books, "orders", period)
    assert sales.figures["units"] == plain(books, "units", period)
    for table in ("categories", "items", "days", "weeks"):
        assert sum(row["net_sales"] for row in sales.tables[table]) == sales.figures["net_sales"]

    usage = only(asked(books, "usage", period)).figures
    assert usage["opening"] == plain(books, "stock", Period(date.min, period.first - timedelta(days=1)))
    assert usage["closing"] == plain(books, "stock", period)
    assert usage["received"] == plain(books, "received", period)
    assert usage["used"] == usage["opening"] + usage["received"] + usage["other"] - usage["closing"]
    assert usage["used"] == sum(plain(books, what, period) for what in ("sold", "waste", "differences"))

    stock = only(asked(books, "stock-value", period))
    assert stock.figures["value"] == plain(books, "stock", period)
    assert sum(row["value"] for row in stock.tables["categories"]) == stock.figures["value"]
    waste = only(asked(books, "waste", period))
    assert waste.figures["waste"] == plain(books, "waste", period)


def test_stock_as_at_a_day_is_what_the_levels_said_then(books: Books) -> None:
    with books.made.tenant.as_root() as root:
        then = dict(root.execute(
            "SELECT i.name, sum(m.quantity) FROM stock_movements m JOIN items i ON i.id = m.item_id"
            " WHERE m.business_day <= '2025-02-28' GROUP BY 1 HAVING sum(m.quantity) <> 0"
        ).fetchall())  # fmt: skip
    report = asked(books, "stock-value", Period(date(2025, 2, 28), date(2025, 2, 28)))
    assert {row["item"]: row["quantity"] for row in only(report).tables["items"]} == then


def test_a_voided_order_and_an_undone_document_count_nowhere(books: Books) -> None:
    sales = only(asked(books, "sales", Period(FIRST, LAST)))
    with books.made.tenant.as_root() as root:
        every = root.execute("SELECT sum(net_total) FROM orders").fetchone()
        voided = root.execute("SELECT sum(net_total) FROM orders WHERE state = 'VOIDED'").fetchone()
    assert every is not None
    assert voided is not None
    assert voided[0] > 0
    assert sales.figures["net_sales"] == every[0] - voided[0]
    day = Period(date(2025, 2, 20), date(2025, 2, 20))
    wasted = {row["item"]: row["quantity"] for row in only(asked(books, "waste", day)).tables["items"]}
    with books.made.tenant.as_root() as root:
        rows = root.execute(
            "SELECT sum(-m.quantity) FROM stock_movements m JOIN items i ON i.id = m.item_id"
            " WHERE i.name = 'Prawns' AND m.kind = 'WASTE' AND m.business_day = '2025-02-20'"
            " AND m.id NOT IN (SELECT reverses_id FROM stock_movements WHERE reverses_id IS NOT NULL)"
            " AND m.reverses_id IS NULL"
        ).fetchone()
    assert rows is not None
    assert wasted.get("Prawns", 0) == (rows[0] or 0)


def test_a_site_alone_shows_its_own_target_and_rows(books: Books) -> None:
    period = Period(FIRST, LAST)
    both, downtown, harbour = (
        only(asked(books, "cost-and-waste", period, site=site)).figures
        for site in (None, books.made.sites["Downtown"], books.made.sites["Harbour"])
    )
    assert both["cost"] == downtown["cost"] + harbour["cost"]
    assert downtown["target"] == Decimal("0.28")
    assert both["target"] is None  # the two sites have different targets
    assert harbour["cost"] > 0


def test_a_correction_counts_on_the_day_it_is_dated(books: Books) -> None:
    harbour = books.made.sites["Harbour"]
    before, after = (
        only(asked(books, "cost-and-waste", Period(first, last), site=harbour)).figures
        for first, last in ((date(2025, 2, 25), date(2025, 3, 6)), (date(2025, 3, 7), date(2025, 3, 7)))
    )
    assert (before["sold"], before["waste"]) == (0, 0)  # nothing was known about the cost of what was not there
    assert after["sold"] == Decimal("0.36") * Decimal("19.1234") + Decimal(8)  # 40 x 9 g, 8 x 125 g
    assert after["waste"] == 54


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_is_one_statement_and_no_policy_runs_per_row(books: Books, name: str) -> None:
    seen: list[tuple[str, Any]] = []
    listen: Callable[..., None] = lambda _c, _cursor, statement, values, *_: seen.append((statement, values))  # noqa: E731
    event.listen(books.desk._engine, "before_cursor_execute", listen)
    try:
        asked(books, name, LAST_WEEK)
    finally:
        event.remove(books.desk._engine, "before_cursor_execute", listen)
    assert len(seen) == 1

    def explain(connection: Connection) -> list[str]:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        return [row[0] for row in connection.exec_driver_sql(f"EXPLAIN (VERBOSE) {seen[0][0]}", seen[0][1])]

    plan = books.desk.run(explain)
    per_row = [
        line for line in plan if ("scope(" in line or "can(" in line or "me()" in line) and "Output:" not in line
    ]
    assert not per_row
    index = INDEXES.get(name, "stock_movements_by_day")
    assert any(index in line for line in plan)


def test_choosing_a_span_costs_one_statement_more(books: Books) -> None:
    seen: list[str] = []
    listen: Callable[..., None] = lambda _c, _cursor, statement, *_: seen.append(statement)  # noqa: E731
    event.listen(books.desk._engine, "before_cursor_execute", listen)
    try:
        report = books.desk.run(read_choice, Choice("cost-and-waste", Span.FOUR_WEEKS, date(2026, 11, 20)))
    finally:
        event.remove(books.desk._engine, "before_cursor_execute", listen)
    assert len(seen) == 2
    assert report.period == Period(date(2025, 2, 17), LAST)
    assert books.desk.run(newest_day) == LAST
    assert books.desk.run(newest_day, books.made.sites["Harbour"]) == date(2025, 3, 7)


def test_what_is_planned_for_a_later_day_has_not_been_sold(make_tenant: MakeTenant) -> None:
    tenant = make_tenant()
    made, desk = restaurant.seed(tenant), tenant.desk()
    day = date(2025, 5, 5)
    desk.run(history.sell, made, [(day, "1", [("Espresso", 2)])])
    for days in (3, 9):
        at = datetime.now(UTC) + timedelta(days=days)
        espresso = desk.run(find_menu_items, made.site, at.date(), "Espresso")[0]
        planned = OrderDraft(uuid4(), 0, made.site, "INTERNAL", at, (EnteredLine(espresso, Decimal(4), Decimal(2)),))
        kept = desk.run(save_order, planned).result
    desk.run(cancel_order, ToCancel(kept.id, kept.version, "Called off"))
    assert desk.run(newest_day) == day


def test_json_carries_exact_numbers_and_categories_by_name(books: Books) -> None:
    report = asked(books, "sales", Period(FIRST, LAST))
    found = json.loads(as_json(report), parse_float=str)
    net = plain(books, "net", Period(FIRST, LAST))
    assert found["net_sales"] == f"{net:.2f}"
    assert found["orders"] == plain(books, "orders", Period(FIRST, LAST))
    assert found["units"] == plain(books, "units", Period(FIRST, LAST))
    assert set(found["categories"]) == {"Pizza", "Drinks"}
    assert sum(Decimal(value) for value in found["categories"].values()) == net
    assert found["currency"] == "USD"
    assert any("Net sales =" in sentence for sentence in found["formula"])


def test_different_currencies_are_never_added_up(make_tenant: MakeTenant) -> None:
    tenant = make_tenant()
    made, desk = restaurant.seed(tenant), tenant.desk()
    with tenant.as_root() as root:
        root.execute("UPDATE sites SET currency = 'JPY' WHERE name = 'Harbour'")
    day = date(2025, 5, 5)
    desk.run(history.sell, made, [(day, "1", [("Espresso", 2)])])
    desk.run(history.sell, made, [(day, "2", [("Espresso", 3)])], site="Harbour")
    report = desk.run(read_report, "sales", Question.about(Period(day, day)))
    assert {part.currency: part.money("net_sales") for part in report.parts} == {"USD": Decimal(6), "JPY": Decimal(9)}
    found = json.loads(as_json(report), parse_float=str)
    assert "net_sales" not in found
    assert [(part["currency"], part["net_sales"]) for part in found["currencies"]] == [("USD", "6.00"), ("JPY", 9)]
    assert "9 " not in as_table(report).split("JPY")[0].split("Net sales")[1].splitlines()[0]


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_prints_its_formula_its_currency_and_its_dates(books: Books, name: str) -> None:
    report = asked(books, name, Period(FIRST, LAST))
    table, rows = as_table(report), list(csv.reader(io.StringIO(as_csv(report))))
    for sentence in report.spec.formula:
        assert sentence in table
        assert ["Formula", sentence] in rows
    assert "(USD)" in table
    assert ["Currency", "USD"] in rows
    assert LAST.isoformat() in table
    assert ["To", LAST.isoformat()] in rows
    keys = {column.key for column in report.spec.figures}
    assert keys <= set(only(report).figures)
    for spec_table in report.spec.tables:
        assert only(report).tables[spec_table.key] or spec_table.key == "transfers", spec_table.key
        for row in only(report).tables[spec_table.key]:
            assert {column.key for column in spec_table.columns} <= set(row)


def test_an_empty_tenant_gives_an_honest_empty_report(make_tenant: MakeTenant) -> None:
    tenant = make_tenant()
    restaurant.seed(tenant)
    desk = tenant.desk()
    assert desk.run(newest_day) is None
    for name in REPORTS:
        report = desk.run(read_choice, Choice(name, Span.TWELVE_WEEKS, date(2026, 11, 20)))
        assert report.period.last == date(2026, 11, 20)
        assert all(
            only(report).figures[key] is None for key in ("cost_ratio", "waste_ratio") if key in only(report).figures
        )
        assert "USD" in as_table(report)


def test_a_manager_of_one_site_sees_that_site_alone(books: Books) -> None:
    harbour = books.made.sites["Harbour"]
    desk = books.made.tenant.desk(books.made.tenant.person("MANAGER", site=harbour))
    mine = desk.run(read_report, "sales", Question.about(Period(FIRST, LAST)))
    assert only(mine).sites == ("Harbour",)
    assert only(mine).money("net_sales") == Decimal(40 * 3 + 8 * Decimal("11.5"))
    downtown = Question.about(Period(FIRST, LAST), books.made.sites["Downtown"])
    assert desk.run(read_report, "cost-and-waste", downtown).parts == ()


def test_unknown_names_are_answered_with_those_there_are(books: Books) -> None:
    with pytest.raises(UserError, match="cost-and-waste"):
        books.desk.run(read_report, "profits", Question.about(Period(FIRST, LAST)))
    with pytest.raises(UserError, match="json"):
        written(asked(books, "waste", Period(FIRST, LAST)), "xml")


def test_a_name_that_begins_like_a_formula_is_defused_in_csv(make_tenant: MakeTenant) -> None:
    tenant = make_tenant()
    made, desk = restaurant.seed(tenant), tenant.desk()
    with tenant.as_root() as root:
        root.execute("UPDATE menu_items SET name = '=1+1' WHERE name = 'Espresso'")
    day = date(2025, 5, 5)
    desk.run(history.sell, made, [(day, str(uuid4()), [("Espresso", 2)])])
    assert "'=1+1" in as_csv(desk.run(read_report, "sales", Question.about(Period(day, day))))


def test_no_figure_hides_behind_a_table_of_the_same_name() -> None:
    for spec in REPORTS.values():
        keys = [*(column.key for column in spec.figures), *(table.key for table in spec.tables)]
        assert len(keys) == len(set(keys)), spec.name
        assert not {"report", "from", "to", "formula", "sites", "currency", "before"} & set(keys)
        for table in spec.tables:
            assert set(table.sums) <= {column.key for column in table.columns}


def test_menu_engineering_ties_to_the_rows_and_classes_every_dish_within_its_category(books: Books) -> None:
    period = Period(FIRST, LAST)
    part = only(asked(books, "menu-engineering", period))
    assert part.figures["units"] == plain(books, "units", period)
    assert part.figures["net_sales"] == plain(books, "net", period)
    dishes = part.tables["dishes"]
    for category in {row["category"] for row in dishes}:
        of = [row for row in dishes if row["category"] == category]
        known = [row for row in of if row["contribution"] is not None]
        units = sum(row["units"] for row in of)
        average = sum(row["contribution"] for row in known) / sum(row["units"] for row in known)
        for row in known:
            sells = row["units"] / units > Decimal("0.7") / len(of)
            leaves = row["contribution"] / row["units"] > average
            named = {(True, True): "Star", (True, False): "Plowhorse", (False, True): "Puzzle", (False, False): "Dog"}
            assert row["class"] == named[sells, leaves], row["name"]
    unmapped = [row for row in dishes if row["name"] == "Sparkling water"]
    assert all(row["class"] is None and row["contribution"] is None for row in unmapped)


def test_the_standing_of_one_dish_is_that_of_the_report(books: Books) -> None:
    choice = Choice("menu-engineering", Period(FIRST, LAST), LAST)
    for row in only(asked(books, "menu-engineering", Period(FIRST, LAST))).tables["dishes"]:
        found = books.desk.run(standing_of, row["menu_item_id"], choice)
        assert (found.kind and found.kind.value, found.units, found.mix, found.of_one, found.average) == (
            row["class"], row["units"], row["mix"], row["of_one"], row["average"],
        )  # fmt: skip
        assert (found.category, found.period) == (row["category"], Period(FIRST, LAST))
    assert books.desk.run(standing_of, uuid4(), choice) is None


def test_sales_say_how_much_of_what_was_sold_is_mapped(books: Books) -> None:
    sales = only(asked(books, "sales", Period(LAST, LAST)))
    assert [(row["words"], row["lines"], row["amount"]) for row in sales.tables["unmapped_products"]] == [
        ("Ristretto", 1, Decimal("3.20"))
    ]
    net = sales.figures["net_sales"]
    assert sales.figures["unmapped"] == Decimal("3.20")
    assert sales.figures["coverage"] == round(net / (net + Decimal("3.20")), 6)
    before = only(asked(books, "sales", Period(FIRST, FIRST)))
    assert (before.figures["coverage"], before.tables["unmapped_products"]) == (1, ())
