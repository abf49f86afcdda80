"""The sample data, built once as a newcomer builds them, and what the reports say of them."""

import csv
import io
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection, text

from ims_desktop.admin.demo.catering import MOST, PLANNED
from ims_desktop.admin.demo.pizzaplace import sales_file
from ims_desktop.database.local import LocalServer
from ims_desktop.database.sign_in import open_tenant, sign_in
from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.listing import Filter, ListQuery, Match
from ims_desktop.domain.sample_accounts import DEMO_PASSWORD, LANTERNA, OWNER
from ims_desktop.domain.work import read
from ims_desktop.features.customers import service as customers
from ims_desktop.features.production import service as production
from ims_desktop.features.sales import service as sales
from ims_desktop.features.stock import service as stock

pytestmark = pytest.mark.xdist_group("demo")

CATEGORIES = {
    "Classic": Decimal("220053.10"),
    "Supreme": Decimal("208197.00"),
    "Chicken": Decimal("195919.50"),
    "Veggie": Decimal("193690.45"),
}


@dataclass
class Demo:
    """A built demo in a folder of its own, reached as an operator reaches it."""

    home: Path

    def admin(self, *words: str, expect: int = 0) -> str:
        """Run `ims-admin --demo …`; gives what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "ims_desktop.admin.command_line", *words],
            env={**os.environ, "IMS_DESKTOP_HOME": str(self.home)},
            capture_output=True,
            text=True,
            timeout=390,
            check=False,
        )
        assert done.returncode == expect, done.stdout + done.stderr
        return done.stdout + done.stderr

    def report(self, name: str, first: date, last: date, *more: str) -> Any:
        """A report as JSON, exact."""
        period = ("--from", first.isoformat(), "--to", last.isoformat())
        said = self.admin("--demo", "report", name, *period, "--format", "json", *more)
        return json.loads(said, parse_float=Decimal)


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with tempfile.TemporaryDirectory(prefix="ims-demo-") as home:
        Path(home).chmod(0o755)
        made = Demo(Path(home))
        made.admin("demo", "build")
        yield made


def sold_between(first: date, last: date) -> tuple[Decimal, int, int]:
    """Revenue, orders and pizzas of the source rows themselves."""
    rows = [
        row
        for row in csv.DictReader(io.StringIO(sales_file().decode()))
        if first.isoformat() <= row["date"] <= last.isoformat()
    ]
    revenue = sum((Decimal(row["price"]) * int(row["quantity"]) for row in rows), Decimal(0))
    return revenue, len({row["order"] for row in rows}), sum(int(row["quantity"]) for row in rows)


def test_the_year_comes_out_to_the_cent(demo: Demo) -> None:
    year = demo.report("sales", date(2015, 1, 1), date(2015, 12, 31))
    assert (year["net_sales"], year["orders"], year["units"]) == (Decimal("817860.05"), 21350, 49574)
    assert year["categories"] == CATEGORIES


def test_any_week_agrees_with_the_source(demo: Demo) -> None:
    for day in random.sample(range(358), 3):
        first = date(2015, 1, 1) + timedelta(days=day)
        last = first + timedelta(days=6)
        week = demo.report("sales", first, last)
        assert (week["net_sales"], week["orders"], week["units"]) == sold_between(first, last)


def test_every_customer_has_orders_and_most_orders_are_nobodys(demo: Demo) -> None:
    with LocalServer(demo.home / "demo") as access:
        session = sign_in(access.gate, OWNER.login, DEMO_PASSWORD)
        besides = 0
        for choice in session.tenants:
            desk = TenantDatabase(open_tenant(access.gate, session, choice))
            besides += desk.run(wanted_besides)
            known = desk.run(customers.customers, ListQuery()).rows
            theirs = [desk.run(sales.orders_of, customer.id) for customer in known]
            assert known
            assert all(one.count for one in theirs)
            assert sum(one.count for one in theirs) == MOST + PLANNED
            assert desk.run(sales.orders_summary, ListQuery()).count > 10 * MOST
            desk.close()
        assert besides, "nobody sees in an order what is asked with a dish"


def test_a_prep_was_made_and_is_kept(demo: Demo) -> None:
    with LocalServer(demo.home / "demo") as access:
        session = sign_in(access.gate, OWNER.login, DEMO_PASSWORD)
        choice = next(one for one in session.tenants if one.name == LANTERNA)
        desk = TenantDatabase(open_tenant(access.gate, session, choice))
        rows = desk.run(production.productions, ListQuery()).rows
        levels = desk.run(stock.levels, ListQuery("Pesto pronto")).rows
        desk.close()
    assert [row.off for row in rows] == [Decimal("-0.05"), 0]
    assert sum(level.on_hand for level in levels) == sum(row.made for row in rows)


@read
def wanted_besides(connection: Connection) -> int:
    """Lines of what is planned that want something besides the dish."""
    return int(connection.scalar(text("SELECT count(*) FROM planned_lines WHERE modifiers <> '{}'")) or 0)


def test_food_cost_is_believable_in_every_quarter(demo: Demo) -> None:
    for month in (1, 4, 7, 10):
        last = date(2015 + (month + 2) // 12, (month + 2) % 12 + 1, 1) - timedelta(days=1)
        quarter = demo.report("cost-and-waste", date(2015, month, 1), last)
        assert Decimal("0.28") < quarter["cost_ratio"] < Decimal("0.32")


def test_the_books_agree_and_building_again_changes_nothing(demo: Demo) -> None:
    assert "Everything agrees." in demo.admin("--demo", "verify")
    again = demo.admin("demo", "build")
    assert "Building" not in again
    assert "owner" in again


def test_importing_the_year_again_changes_nothing(demo: Demo, tmp_path: Path) -> None:
    file = tmp_path / "pizzaplace.csv"
    file.write_bytes(sales_file())
    said = demo.admin("--demo", "import", "sales", str(file), "--site", "Downtown")
    assert "nothing changed" in said
    assert demo.report("sales", date(2015, 1, 1), date(2015, 12, 31))["orders"] == 21350


def test_a_voided_order_leaves_the_figures_and_the_books_still_agree(demo: Demo) -> None:
    day, other = date(2015, 12, 5), ("--tenant", LANTERNA)  # not the group whose year is checked to the cent
    before = demo.report("sales", day, day, *other)
    with LocalServer(demo.home / "demo") as access:
        session = sign_in(access.gate, OWNER.login, DEMO_PASSWORD)
        choice = next(one for one in session.tenants if one.name == LANTERNA)
        desk = TenantDatabase(open_tenant(access.gate, session, choice))
        chosen = Filter("business_day", Match.BETWEEN, (day, day))
        row = desk.run(sales.orders, ListQuery(filters=(chosen,))).rows[0]
        desk.run(sales.void_order, sales.Void(uuid4(), row.id, "Tried out"))
        desk.close()
    after = demo.report("sales", day, day, *other)
    assert after["net_sales"] == before["net_sales"] - row.net_total
    assert after["orders"] == before["orders"] - 1
    assert "Everything agrees." in demo.admin("--demo", "verify")


def test_wrong_words_are_answered_with_a_sentence_and_a_code(demo: Demo) -> None:
    period = ("--from", "2015-01-01", "--to", "2015-01-31")
    assert "There is no report profits" in demo.admin("--demo", "report", "profits", *period, expect=1)
    assert "no site Nowhere" in demo.admin("--demo", "report", "sales", *period, "--site", "Nowhere", expect=1)
    assert "2015-02-30" in demo.admin(
        "--demo", "report", "sales", "--from", "2015-02-30", "--to", "2015-03-01", expect=1
    )
    assert demo.admin("--demo", "reprot", expect=2)
