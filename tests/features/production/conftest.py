"""A kitchen that makes a sauce in advance and repacks its flour."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from ims_desktop.features.production import service
from ims_desktop.features.production.rules import Part, Prep, Production
from ims_desktop.features.stock.service import Posted
from tests.features.stock.conftest import Bench
from tests.features.stock.emptied import emptied
from tests.restaurant import fill
from tests.tenants import Tenant

SAUCE, PACK, RECIPE = "Sauce, ready", "Flour, 250 g", "Sauce for the week"
STOCK = {
    "Tomato tin": ("60", "3.325"),
    "Olive oil": ("20", "9.86"),
    "Basil": ("2000", "0.03"),
    "Flour": ("100", "1.12"),
}
CHANGED = {
    "items": ("tracks_lots", "shelf_life_days"),
    "sites": ("allows_negative",),
    "roles": ("permissions", "limits"),
}


class Kitchen(Bench):
    """A bench with a prep of tins, oil and basil (4 kg a batch), and packs of flour."""

    def __init__(self, tenant: Tenant, root: psycopg.Connection[Any]) -> None:
        super().__init__(tenant, root)
        made = self.restaurant
        made.items.update({SAUCE: uuid4(), PACK: uuid4()})
        rows: list[Any] = [
            (made.items[SAUCE], "PRP-1", SAUCE, made.categories["Produce"], "kg", "EXPIRY", 3, None),
            (made.items[PACK], "PRP-2", PACK, made.categories["Dry goods"], "each", "NO", None, 250),
        ]
        columns = "id, sku, name, category_id, base_unit, tracks_lots, shelf_life_days, grams_per_each"
        fill(root, "items", columns, rows)
        self.recipe, self.version = uuid4(), uuid4()
        fill(root, "recipes", "id, name, kind, output_item_id", [(self.recipe, RECIPE, "PREP", made.items[SAUCE])])
        fill(
            root,
            "recipe_versions",
            "id, recipe_id, valid_from, yield_quantity, yield_unit",
            [(self.version, self.recipe, "2025-01-01", 4000, "g")],
        )
        root.execute(
            "INSERT INTO recipe_lines (version_id, line, item_id, sub_recipe_id, quantity, unit, base_quantity,"
            " yield_percent) VALUES (%s, 1, NULL, %s, 2, 'kg', 2, 100), (%s, 2, %s, NULL, 200, 'ml', 0.2, 100),"
            " (%s, 3, %s, NULL, 60, 'g', 60, 80)",
            [self.version, made.recipes["Tomato sauce"], self.version, made.items["Olive oil"], self.version,
             made.items["Basil"]],
        )  # fmt: skip
        self.stock_up()

    def stock_up(self) -> None:
        """What there is in the morning."""
        for item, (quantity, cost) in STOCK.items():
            self.receive(item, quantity, cost, at=moment(6))

    def prep(self, at: datetime | None = None) -> Prep:
        """The sauce as it is made."""
        found: Prep = self.desk.run(service.prep, self.restaurant.site, self.recipe, at)
        return found

    def sauce(self, quantity: str, made: str | None = None, **said: Any) -> Production:
        """So much sauce was wanted, and so much came out of it."""
        at = said.setdefault("effective_at", moment(10))
        homes = {self.restaurant.items[name]: self.restaurant.home(name) for name in STOCK}
        prep, wanted = self.prep(at), Decimal(quantity)
        used = tuple(
            Part(one.item_id, homes[one.item_id], one.quantity, one.quantity) for one in prep.for_quantity(wanted)
        )
        out = Part(prep.item_id, self.restaurant.locations["Downtown", "Walk-in"], Decimal(made or quantity), wanted)
        return Production(uuid4(), self.restaurant.site, used, (out,), prep.version_id, **said)

    def repacked(self, kilos: str, packs: str, **said: Any) -> Production:
        """So much flour became so many packs."""
        made = self.restaurant
        place = made.locations["Downtown", "Dry store"]
        used = Part(made.items["Flour"], place, Decimal(kilos), Decimal(packs) / 4)
        said.setdefault("effective_at", moment(10))
        return Production(uuid4(), made.site, (used,), (Part(made.items[PACK], place, Decimal(packs)),), **said)

    def produce(self, production: Production) -> Posted:
        """Record it as the owner."""
        posted: Posted = self.desk.run(service.produce, production).result
        return posted


def moment(hour: int, minute: int = 0) -> datetime:
    """A time on a day that has passed."""
    return datetime(2026, 3, 9, hour + 5, minute, tzinfo=UTC)


@pytest.fixture(scope="module")
def shared_kitchen(shared_tenant: Tenant) -> Iterator[Kitchen]:
    """The kitchen of a file, for tests that do not mind what others made in it."""
    with shared_tenant.as_root() as root:
        yield Kitchen(shared_tenant, root)


@pytest.fixture
def kitchen(shared_kitchen: Kitchen) -> Iterator[Kitchen]:
    """The same, with its first stock alone; whatever a test changes about items, sites and roles is put back."""
    root = emptied(shared_kitchen).root
    shared_kitchen.stock_up()
    before = {
        table: root.execute(f"SELECT {', '.join(f'{column}::text' for column in columns)}, id FROM {table}").fetchall()
        for table, columns in CHANGED.items()
    }
    yield shared_kitchen
    emptied(shared_kitchen)
    for table, columns in CHANGED.items():
        put_back = ", ".join(f"{column} = %s" for column in columns)
        for row in before[table]:
            root.execute(f"UPDATE {table} SET {put_back} WHERE id = %s", row)
    root.commit()
