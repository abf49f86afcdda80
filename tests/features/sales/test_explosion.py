"""What random menus of random recipes take out of stock, against a reckoning by hand with exact fractions."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from uuid import UUID, uuid4

import pytest

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.listing import ListQuery
from ims_desktop.features.sales import service
from tests.features.sales.tills import an_order, record, used
from tests.restaurant import Restaurant, fill, seed
from tests.tenants import Tenant

FIRST = date(2025, 3, 1)
Line = tuple[str, Decimal, Decimal]  # item or sub-recipe, quantity, yield %
Version = tuple[date, Decimal, list[Line]]  # since, yield, lines


class Book:
    """Recipes in layers: each only uses items and recipes of the layers below, so that there is no circle."""

    def __init__(self, dice: random.Random, restaurant: Restaurant) -> None:
        self.dice, self.restaurant = dice, restaurant
        self.versions: dict[str, list[Version]] = {}
        self.ids: dict[str, UUID] = {}
        below = list(restaurant.items)
        for layer in range(4):
            made = [f"Layer {layer} recipe {number}" for number in range(3)]
            for name in made:
                self.ids[name] = uuid4()
                starts = sorted(dice.sample(range(-3, 8), dice.randint(1, 3)))
                self.versions[name] = [self._version(start, below) for start in starts]
            below += made
        self.portions = {code: self._figure("0.25", "3") for code in self.ids}

    def _figure(self, low: str, high: str) -> Decimal:
        return Decimal(self.dice.randint(int(Decimal(low) * 1000), int(Decimal(high) * 1000))) / 1000

    def _version(self, start: int, below: list[str]) -> Version:
        names = self.dice.sample(below, self.dice.randint(1, 4))
        lines = [(name, self._figure("0.001", "4"), self._figure("40", "100")) for name in names]
        return FIRST + timedelta(days=start), self._figure("0.5", "20"), lines

    def portion(self, recipe: str, day: date, amount: Fraction, into: dict[str, Fraction]) -> None:
        """Add what an amount of a recipe takes on a day."""
        valid = [version for version in self.versions[recipe] if version[0] <= day]
        if not valid:
            return
        _since, gives, lines = valid[-1]
        for name, quantity, share in lines:
            needed = amount * Fraction(quantity) / Fraction(gives) / (Fraction(share) / 100)
            if name in self.versions:
                self.portion(name, day, needed, into)
            else:
                into[name] = into.get(name, Fraction(0)) + needed

    def write(self) -> None:
        """Put recipes, versions and one menu item for each recipe into the database."""
        with self.restaurant.tenant.as_root() as root:
            fill(root, "recipes", "id, name, kind", [(key, name, "SUB_RECIPE") for name, key in self.ids.items()])
            versions, lines = [], []
            for name, all_of_it in self.versions.items():
                for since, gives, parts in all_of_it:
                    version = uuid4()
                    versions.append((version, self.ids[name], since.isoformat(), gives))
                    lines += [
                        (version, n, self.restaurant.items.get(part), self.ids.get(part), amount, "x", amount, share)
                        for n, (part, amount, share) in enumerate(parts, 1)
                    ]
            fill(root, "recipe_versions", "id, recipe_id, valid_from, yield_quantity", versions)
            columns = "version_id, line, item_id, sub_recipe_id, quantity, unit, base_quantity, yield_percent"
            fill(root, "recipe_lines", columns, lines)
            self.restaurant.menu.update({name: uuid4() for name in self.ids})
            menu = [
                (
                    self.restaurant.menu[name],
                    name,
                    name,
                    self.restaurant.menu_categories["Pizza"],
                    key,
                    self.portions[name],
                )
                for name, key in self.ids.items()
            ]
            fill(root, "menu_items", "id, code, name, category_id, recipe_id, portions", menu)


@pytest.mark.parametrize("seed_of", range(4))
def test_random_recipes_take_what_a_reckoning_by_hand_says(tenant: Tenant, seed_of: int) -> None:
    dice = random.Random(seed_of)
    restaurant = seed(tenant)
    book = Book(dice, restaurant)
    book.write()
    orders, expected = [], dict[str, Fraction]()
    for number in range(60):
        at = datetime(2025, 3, 1, 5) + timedelta(minutes=dice.randint(0, 10 * 24 * 60))
        day = (at - timedelta(hours=4)).date()
        sold = [(name, str(dice.randint(1, 5)), "1") for name in dice.sample(list(book.ids), dice.randint(1, 3))]
        orders.append(an_order(restaurant, str(number), at, *sold))
        here: dict[str, Fraction] = {}
        for name, quantity, _price in sold:
            book.portion(name, day, int(quantity) * Fraction(book.portions[name]), here)
        for item, amount in here.items():
            rounded = Fraction(round(Decimal(amount.numerator) / Decimal(amount.denominator), 6))
            expected[item] = expected.get(item, Fraction(0)) + rounded
    record(tenant.desk(), restaurant, *orders)
    found = used(restaurant)
    assert set(found) == {item for item, amount in expected.items() if amount}
    for item, amount in found.items():
        assert abs(Fraction(amount) - expected[item]) <= Fraction(60, 10**6), item


def test_two_desks_with_the_same_file_at_once_record_every_order_once(tenant: Tenant) -> None:
    restaurant = seed(tenant)
    desks = [tenant.desk(), tenant.desk(tenant.person("MANAGER"))]
    at = datetime(2025, 3, 4, 12)
    orders = [an_order(restaurant, str(n), at + timedelta(minutes=n), ("Espresso", "1", "3")) for n in range(400)]

    def send(desk: object) -> service.Recorded | UserError:
        try:
            return record(desk, restaurant, *orders)  # type: ignore[arg-type]
        except UserError as refused:
            return refused

    with ThreadPoolExecutor(2) as together:
        answers = list(together.map(send, desks))
    recorded = [answer for answer in answers if isinstance(answer, service.Recorded)]
    assert sum(answer.orders for answer in recorded) == 400
    assert tenant.desks[0].run(service.orders_summary, ListQuery()).count == 400
    assert used(restaurant) == {"Espresso beans": Decimal("3.6")}
