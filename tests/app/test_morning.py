"""A manager's morning with nothing but the keyboard, in the whole program on a real server.

After every step the screen is read, and so is the database. The pictures of docs/tour.md are made on the way with
`IMS_TOUR=docs/pictures python3 dev.py test tests/app/test_morning.py`.
"""

import csv
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from ims_desktop.database.tenancy import NewUser, create_user, grant_user
from ims_desktop.database.tenant_life import rename
from tests.app.keyboard import Keyboard, cells, draw, reads, stood_on, window_shown
from tests.app.robot import Robot, robot_at
from tests.features.sales.tills import an_order, record
from tests.restaurant import Restaurant, fill, receive, seed
from tests.tenants import FAST, PASSWORD, MakeTenant, Tenant

MORE = (
    "Anchovies", "Arugula", "Aubergine", "Capers", "Chickpeas", "Garlic", "Gorgonzola", "Ham", "Honey", "Mascarpone",
    "Mushrooms", "Olives",
)  # fmt: skip
DELIVERED = {
    "Mozzarella": ("10", "7.90"), "Flour": ("100", "1.12"), "Tomato tin": ("24", "3.325"), "Olive oil": ("10", "9.86"),
    "Basil": ("900", "0.03"), "Prosciutto": ("7.5", "32.50"), "Espresso beans": ("6", "18.40"),
}  # fmt: skip
# As it stands in a spreadsheet: what is typed, and what that is in the stock unit.
PARS = {
    "Anchovies": ("1.5", "1.5"), "Arugula": ("3", "3"), "Aubergine": ("4", "4"), "Basil": ("25 bunch", "750"),
    "Butter": ("48 block", "12"), "Capers": ("1", "1"), "Chickpeas": ("5", "5"), "Cream 35%": ("2 carton + 6", "30"),
    "Espresso beans": ("8", "8"), "Flour": ("6 sack", "150"), "Garlic": ("2.5", "2.5"), "Gorgonzola": ("3", "3"),
    "Ham": ("6", "6"), "Honey": ("1", "1"), "Lemon": ("8 net", "80"), "Mascarpone": ("4", "4"),
    "Mozzarella": ("4 box", "12"), "Mushrooms": ("5", "5"), "Olive oil": ("6 can", "30"), "Olives": ("3", "3"),
}  # fmt: skip


@pytest.fixture
def restaurant(make_tenant: MakeTenant) -> Restaurant:
    """A pizzeria: yesterday's ham came dearer than listed, and an order of yesterday was never picked up."""
    made = seed(make_tenant())
    made.items.update({name: uuid4() for name in MORE})
    new = [
        (made.items[name], f"NEW-{place:04}", name, made.categories["Produce"], "kg")
        for place, name in enumerate(MORE, 1)
    ]
    with made.tenant.as_root() as root:
        fill(root, "items", "id, sku, name, category_id, base_unit", new)
        fill(root, "item_site_settings", "item_id, site_id, par", [(made.items[name], made.site, "2") for name in MORE])
        root.execute("INSERT INTO customers (code, name) VALUES ('K1', 'Kant Library'), ('K2', 'Lotus Club')")
        root.execute("UPDATE menu_categories SET food_cost_target = 28 WHERE name = 'Pizza'")
    with made.tenant.server.operator() as operator:
        rename(operator, made.tenant.id, f"Bella Napoli {made.tenant.id.hex[:4]}")
    desk, yesterday = made.tenant.desk(), datetime.now(UTC).replace(tzinfo=None) - timedelta(days=1)
    receive(desk, made, DELIVERED, at=datetime.now(UTC) - timedelta(days=2))
    record(desk, made, an_order(made, "1041", yesterday, ("Margherita", "2", "11.50"), ("Espresso", "2", "3.00")))
    return made


def hired(tenant: Tenant) -> str:
    """A manager, by the login."""
    login = f"marco_{tenant.id.hex[:4]}"
    with tenant.server.operator() as operator:
        marco = create_user(operator, NewUser("Marco", "Ortega", PASSWORD, username=login), FAST)
        grant_user(operator, marco, tenant.id, "MANAGER")
    return login


class Morning:
    """The window, the keyboard, and what the database holds."""

    def __init__(self, robot: Robot, restaurant: Restaurant) -> None:
        self.robot, self.restaurant, self.keys = robot, restaurant, Keyboard(robot)
        self._pictures = os.environ.get("IMS_TOUR")

    def picture(self, name: str) -> None:
        """Keep a picture for the tour when somebody asked for it."""
        if self._pictures:
            window_shown().resize(1366, 768)
            self.robot.settle()
            draw(Path(self._pictures) / f"morning_{name}.png")

    def told(self, words: str) -> None:
        """Wait until a toast begins with these words."""
        self.keys.wait(lambda: any(text.startswith(words) for text in self.robot.session.shell.toasts.texts))

    def kept(self, sql: str) -> list[Any]:
        """What the database holds, read past the program; rows of one column as their values."""
        with self.restaurant.tenant.as_root() as root:
            rows = root.execute(sql).fetchall()
        return [row[0] if len(row) == 1 else row for row in rows]

    def par(self, item: str) -> Decimal:
        """The par of an item at the site, as it is kept."""
        [par] = self.kept(f"SELECT par FROM item_site_settings WHERE item_id = '{self.restaurant.items[item]}'"
                          f" AND site_id = '{self.restaurant.site}'")  # fmt: skip
        return Decimal(par)

    def on_hand(self, item: str) -> Decimal:
        """What is kept of an item at the site."""
        [quantity] = self.kept(f"SELECT quantity FROM stock_costs WHERE item_id = '{self.restaurant.items[item]}'"
                               f" AND site_id = '{self.restaurant.site}'")  # fmt: skip
        return Decimal(quantity)


@pytest.fixture
def morning(restaurant: Restaurant, qtbot: QtBot, tmp_path: Path) -> Iterator[Morning]:
    with robot_at(restaurant.tenant.server.gate, tmp_path) as robot:
        robot.settle()
        yield Morning(robot, restaurant)


def signs_in(morning: Morning) -> None:
    """The keyboard stands on the login when the program begins."""
    assert morning.keys.stands_on == "Login"
    morning.keys.type(hired(morning.restaurant.tenant))
    morning.keys.press("Tab")
    morning.keys.type(PASSWORD)
    morning.keys.press("Return")
    morning.keys.wait(lambda: morning.robot.program.session is not None)
    assert "Marco" in reads()
    assert "Needs attention" in reads()
    assert morning.kept("SELECT count(*) FROM pg_stat_activity WHERE usename LIKE 'm\\_%'") != [0]
    morning.picture("overview")


def finds_an_item(morning: Morning) -> None:
    """Ctrl+K from anywhere."""
    morning.keys.press("Ctrl+K")
    morning.keys.type("mozz")
    morning.keys.wait(lambda: True)
    morning.picture("find")
    morning.keys.press("Escape")
    morning.keys.find("mozz", "Mozzarella", "Items")
    assert "9.750" in reads()
    assert morning.on_hand("Mozzarella") == Decimal("9.75")
    morning.picture("item")
    morning.keys.press("Escape")
    assert morning.keys.stands_on == "Items"


def changes_twenty_pars(morning: Morning) -> None:
    """A block from a spreadsheet: read, looked at, taken over, saved."""
    names = [name for (name,) in cells("Items", "Item")]
    assert names[:20] == list(PARS)
    before = {name: morning.par(name) for name in PARS}
    QGuiApplication.clipboard().setText("\n".join(typed for typed, _par in PARS.values()))
    morning.keys.press("Ctrl+Home", "Home", "Right", "Right", "Right")
    assert stood_on("Items") == (0, 3)
    morning.keys.press("Ctrl+V")
    assert "20 change, 0 stay as they are, 0 are refused" in reads()
    morning.picture("paste")
    morning.keys.press("Return")
    assert "20 changes in 20 items" in reads()
    assert {name: morning.par(name) for name in PARS} == before, "nothing is saved yet"
    morning.picture("staged")
    morning.keys.press("Ctrl+S")
    morning.told("Saved 20 changes in 20 items")
    assert {name: morning.par(name) for name in PARS} == {name: Decimal(par) for name, (_, par) in PARS.items()}
    shown = {row[0]: Decimal(row[1].replace(",", "")) for row in cells("Items", "Item", "Par") if row[0] in PARS}
    assert shown == {name: Decimal(par) for name, (_, par) in PARS.items()}


def enters_a_price(morning: Morning) -> None:
    """The supplier asks more for the ham from today on."""
    morning.keys.find("prosc", "Prosciutto", "Supplier items")
    morning.keys.walk_to("New price")
    morning.keys.press("Space")
    assert morning.keys.stands_on == "Price of a pack"
    morning.keys.write("325")
    morning.picture("price")
    morning.keys.press("Ctrl+S")
    morning.told("325.00 from")
    assert morning.keys.stands_on == "New price", "the panel was read again, and the keyboard stays where it was"
    offer = morning.restaurant.supplier_items["Prosciutto"]
    prices = f"SELECT price FROM supplier_prices WHERE supplier_item_id = '{offer}' ORDER BY valid_from"
    assert morning.kept(prices) == [Decimal(270), Decimal(325)]
    [listed] = [price for item, price in cells("Supplier items", "Item", "Listed price") if item == "Prosciutto"]
    assert listed.startswith("325")


def sees_what_crossed(morning: Morning) -> None:
    """From the price to the dishes, and to the menu."""
    morning.keys.find("price ch", "Price changes", "Purchasing")
    assert cells("Price changes", "Item", "Before", "Now", "Change") == [("Prosciutto", "270.00", "325.00", "+20.4%")]
    morning.keys.press("Down", "Return")
    assert "Dishes over target\n1\nof 1 that use it" in reads()
    assert "Pizza prosciutto" in reads()
    morning.picture("crossed")
    morning.keys.press("Escape")
    morning.keys.find("menu", "Menu", "Kitchen")
    morning.keys.find("over", "Over target", "Menu")
    assert cells("Menu", "Menu item", "Food cost") == [("Pizza prosciutto", "28.2%")]
    morning.picture("over_target")


def corrects_a_recipe(morning: Morning) -> None:
    """Ten grams less from today on; what was sold before keeps its version."""
    morning.keys.find("pizza", "Pizza prosciutto", "Recipes")
    morning.keys.walk_to("Change")
    morning.keys.press("Space")
    morning.keys.walk_to("Item or sub-recipe")
    morning.keys.press("Tab", times=10)
    assert morning.keys.stands_on == "Quantity"
    morning.keys.write("50 g")
    morning.picture("recipe")
    morning.keys.press("Ctrl+S")
    morning.told("Saved Pizza prosciutto")
    lines = (
        "SELECT v.valid_from > '2025-01-01', l.base_quantity"
        " FROM recipe_lines l JOIN recipe_versions v ON v.id = l.version_id"
        f" WHERE l.item_id = '{morning.restaurant.items['Prosciutto']}' ORDER BY 1"
    )
    assert morning.kept(lines) == [(False, Decimal("0.06")), (True, Decimal("0.05"))]
    assert "50 g" in reads()
    morning.keys.find("menu", "Menu", "Kitchen")
    assert "Over target  0" in reads()


def enters_a_catering(morning: Morning) -> None:
    """For a customer, with a discount, line by line."""
    flour = morning.on_hand("Flour")
    morning.keys.find("order e", "Order entry", "Sales")
    assert morning.keys.stands_on == "For"
    morning.keys.press("Tab")
    morning.keys.choose("kant")
    morning.keys.walk_to("Covers")
    morning.keys.type("24")
    morning.keys.walk_to("Menu item")
    morning.keys.choose("marg")
    morning.keys.write("12")
    morning.keys.walk_to("Discount")
    morning.keys.type("10%")
    morning.keys.press("Return")
    morning.keys.choose("espr")
    morning.keys.write("12")
    morning.keys.press("Return")
    assert "174.42 USD" in reads()
    morning.picture("catering")
    morning.keys.press("Ctrl+Return")
    morning.told("Order C")
    orders = (
        "SELECT o.kind, o.state, c.name, o.covers, o.net_total FROM orders o JOIN customers c ON c.id = o.customer_id"
    )
    assert morning.kept(orders) == [("CATERING", "CLOSED", "Kant Library", 24, Decimal("160.20"))]
    assert flour - morning.on_hand("Flour") == 12 * Decimal("0.16")


def voids_an_order(morning: Morning) -> None:
    """With a reason; what it used comes back."""
    beans = morning.on_hand("Espresso beans")
    morning.keys.find("1041", "1041", "Orders")
    morning.keys.walk_to("Void order")
    morning.keys.press("Space")
    morning.keys.type("Never picked up")
    morning.keys.press("Ctrl+S")
    morning.told("The order is voided")
    assert ("1041", "Voided") in cells("Orders", "Order", "Status")
    assert "Never picked up" in reads()
    assert morning.kept("SELECT number, void_reason FROM orders WHERE state = 'VOIDED'") == [
        ("1041", "Never picked up")
    ]
    assert morning.on_hand("Espresso beans") - beans == 2 * Decimal("0.009")
    morning.picture("void")


def exports_the_list(morning: Morning, folder: Path) -> None:
    """What is in the file is what is on the screen."""
    morning.keys.press("Escape")
    assert morning.keys.stands_on == "Orders"
    morning.keys.press("Ctrl+E", "Down", "Return")
    path = folder / "orders.csv"
    morning.keys.write(str(path))
    morning.keys.press("Return")
    morning.told("Exported 2 rows to orders.csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    titles = ("Order", "Customer", "Lines", "Net", "Tax", "Status")
    assert [tuple(row[title] or "—" for title in titles) for row in rows] == cells("Orders", *titles)
    assert len(rows) == len(morning.kept("SELECT id FROM orders"))


def takes_the_last_step_back(morning: Morning) -> None:
    """A slip of the finger is saved, told, and taken back by the key the toast names."""
    morning.keys.find("items", "Items", "Stock")
    morning.keys.press("Ctrl+Home", "Home", "Right", "Right", "Right")
    morning.keys.type("150")
    morning.keys.press("Return", "Ctrl+S")
    morning.told("Saved 1 change in 1 item")
    assert morning.par("Anchovies") == 150
    morning.picture("undo")
    morning.keys.press("Ctrl+Z")
    morning.told("Took back 1 change")
    assert morning.par("Anchovies") == Decimal("1.5")
    assert cells("Items", "Item", "Par")[0] == ("Anchovies", "1.500")


def test_a_managers_morning_by_keyboard(morning: Morning, tmp_path: Path) -> None:
    signs_in(morning)
    finds_an_item(morning)
    changes_twenty_pars(morning)
    enters_a_price(morning)
    sees_what_crossed(morning)
    corrects_a_recipe(morning)
    enters_a_catering(morning)
    voids_an_order(morning)
    exports_the_list(morning, tmp_path)
    takes_the_last_step_back(morning)
