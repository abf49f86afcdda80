"""Every figure and every row of every report leads to the list of what it counts."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from ims_desktop.domain.business_calendar import Period
from ims_desktop.domain.listing import ListQuery, Summary
from ims_desktop.features.menu.service import menu
from ims_desktop.features.reports.screen.behind import place_of_figure, place_of_row
from ims_desktop.features.reports.service import REPORTS, Question, Report, read_report
from ims_desktop.features.sales.service import orders, orders_summary
from ims_desktop.features.stock.service import levels, movements, movements_summary
from ims_desktop.features.transfers.service import transfers
from ims_desktop.ui.desk import Place
from tests.features.reports.conftest import FIRST, LAST, Books

LISTS: dict[str, Callable[..., Any]] = {
    "orders": orders, "movements": movements, "stock": levels, "menu": menu, "transfers": transfers,
}  # fmt: skip
WHOLE_PAGES = {"sites", "unmapped_sales"}  # nothing there is narrowed


def read(books: Books, name: str) -> Report:
    report: Report = books.desk.run(read_report, name, Question.about(Period(FIRST, LAST)))
    return report


def places(report: Report) -> Iterator[tuple[str, Place | None]]:
    """Every place the report leads to, with the name of where it starts."""
    [part] = report.parts
    for figure in report.spec.figures:
        yield figure.key, place_of_figure(report, part, figure.key)
    for table in report.spec.tables:
        for row in part.tables[table.key]:
            yield table.key, place_of_row(report, part, table.key, row)


@pytest.mark.parametrize("name", REPORTS)
def test_every_figure_and_row_leads_to_a_list_that_holds_it(books: Books, name: str) -> None:
    report = read(books, name)
    counts = {"Star", "Plowhorse", "Puzzle", "Dog", "unknown", "classes"}  # of none of them there is nothing to show
    for start, place in places(report):
        if place is None:
            assert start in counts, start
        elif place.page in WHOLE_PAGES:
            assert place == Place(place.page)
        elif place.record is None:
            books.desk.run(LISTS[place.page], ListQuery(filters=place.filters, limit=1))


def total_of(books: Books, use_case: Callable[..., Summary], place: Place | None, key: str) -> Decimal:
    assert place is not None
    summary = books.desk.run(use_case, ListQuery(filters=place.filters))
    found: Decimal = summary.totals[key]
    return found


def test_what_a_list_adds_up_to_is_the_figure_it_came_from(books: Books) -> None:
    sales, cost = read(books, "sales"), read(books, "cost-and-waste")
    [sold], [spent] = sales.parts, cost.parts
    assert total_of(books, orders_summary, place_of_figure(sales, sold, "net_sales"), "net_total") == sold.figures[
        "net_sales"
    ]  # fmt: skip
    for row in sold.tables["days"]:
        assert total_of(books, orders_summary, place_of_row(sales, sold, "days", row), "net_total") == row["net_sales"]
    week = spent.tables["weeks"][2]
    for figure in ("sold", "neither"):
        place = place_of_figure(cost, spent, figure)
        assert place is not None
        assert books.desk.run(movements_summary, ListQuery(filters=place.filters)).count > 0
    assert place_of_row(cost, spent, "weeks", week) is not None


def test_a_dish_leads_to_the_orders_it_was_on(books: Books) -> None:
    sales = read(books, "sales")
    [part] = sales.parts
    row = next(one for one in part.tables["items"] if one["name"] == "Espresso")
    place = place_of_row(sales, part, "items", row)
    assert place is not None
    found = books.desk.run(orders, ListQuery(filters=place.filters, limit=500)).rows
    with books.made.tenant.as_root() as root:
        holding = root.execute(
            "SELECT count(DISTINCT order_id) FROM order_items WHERE menu_item_id = %s", [row["menu_item_id"]]
        ).fetchone()
    assert holding == (len(found),)
