"""A whole year of a pizza restaurant, where its files are at hand: to the cent, and fast enough to be looked at."""

import csv
import os
import time as clock
from collections import Counter
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import pytest

from ims_desktop.features.sales.rules import Known, MenuItem, SalesFile, Site, check, read_sales

FOLDER = Path(
    os.environ.get("IMS_PIZZA_YEAR", Path(__file__).resolve().parents[3].parent / "shared" / "data" / "pizza")
)
NAMESPACE = UUID("6ba7b812-9dad-11d1-80b4-00c04fd430c8")

pytestmark = pytest.mark.skipif(
    not (FOLDER / "order_details.csv").exists(),
    reason="the published files of the pizza year are not here; IMS_PIZZA_YEAR may name their folder",
)


def rows_of(name: str, encoding: str = "utf-8") -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


def test_the_year_is_read_to_the_cent_in_less_than_three_seconds() -> None:
    types = {row["pizza_type_id"]: row for row in rows_of("pizza_types.csv", "cp1252")}
    kinds = {row["pizza_id"]: row for row in rows_of("pizzas.csv")}
    menu = tuple(
        MenuItem(uuid5(NAMESPACE, code), code, types[row["pizza_type_id"]]["name"], Decimal(row["price"]))
        for code, row in kinds.items()
    )
    site = Site(uuid5(NAMESPACE, "site"), "Downtown", ZoneInfo("America/New_York"), time(4), date(2015, 1, 1))
    known = Known(menu, (site,), datetime(2016, 1, 2, tzinfo=UTC), site)
    files = [SalesFile(path.name, path.read_bytes()) for path in sorted(FOLDER.glob("*.csv"))]

    started = clock.process_time()
    reading = read_sales(files, menu=[item.code for item in menu])
    found = check(reading, known)
    taken = clock.process_time() - started

    totals = found.totals
    assert (totals.lines, totals.accepted, totals.orders, found.business_days) == (48_620, 48_620, 21_350, 358)
    assert (totals.quantity, totals.revenue_accepted) == (49_574, Decimal("817860.05"))
    assert found.problems == ()
    codes = {item.id: item.code for item in menu}
    revenue, pieces = Counter[str](), Counter[str]()
    for order in found.orders:
        for line in order.lines:
            kind = kinds[codes[line.menu_item]]["pizza_type_id"]
            revenue[types[kind]["category"]] += line.revenue  # type: ignore[assignment]
            pieces[kind] += int(line.quantity)
    assert revenue == {
        "Classic": Decimal("220053.10"),
        "Supreme": Decimal("208197.00"),
        "Chicken": Decimal("195919.50"),
        "Veggie": Decimal("193690.45"),
    }
    assert pieces.most_common(1) == [("classic_dlx", 2453)]
    assert taken < 3
