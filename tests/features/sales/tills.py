"""Sales as a till would send them, for tests of this feature."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from ims_desktop.admin.verification import Finding, verify
from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.features.sales import service
from ims_desktop.features.sales.rules import SalesLine, SalesOrder
from tests.restaurant import Restaurant

ZONE = ZoneInfo("America/New_York")
Sold = tuple[str, str, str]  # menu item, quantity, price


def an_order(
    restaurant: Restaurant, number: str, at: datetime, *sold: Sold, site: str = "Downtown", paid: str | None = None
) -> SalesOrder:
    """An order at local time; `paid` for each line where it is not quantity x price."""
    lines = tuple(
        SalesLine(
            row,
            restaurant.menu[name],
            Decimal(quantity),
            Decimal(price),
            Decimal(paid or 0) or Decimal(quantity) * Decimal(price),
        )
        for row, (name, quantity, price) in enumerate(sold, 2)
    )
    return SalesOrder(number, restaurant.sites[site], at.date(), at, "Counter", 2, lines)


def sales_of(restaurant: Restaurant, *orders: SalesOrder, key: UUID | None = None) -> service.SalesImport:
    """These orders as an import."""
    zones = dict.fromkeys(restaurant.sites.values(), ZONE)
    return service.SalesImport(key or uuid4(), "till.csv", orders, zones, datetime.now(UTC))


def record(
    desk: TenantDatabase, restaurant: Restaurant, *orders: SalesOrder, key: UUID | None = None
) -> service.Recorded:
    """Record orders as a program does."""
    return service.record_orders(desk.run, sales_of(restaurant, *orders, key=key))


def used(restaurant: Restaurant, where: str = "true", params: Sequence[Any] = ()) -> Mapping[str, Decimal]:
    """What sales took of each item, as positive quantities."""
    with restaurant.tenant.as_root() as root:
        rows = root.execute(
            "SELECT i.name, -sum(m.quantity) FROM stock_movements m JOIN items i ON i.id = m.item_id"
            f" WHERE m.kind = 'SALE' AND {where} GROUP BY i.name",
            params,
        ).fetchall()
    return dict(rows)


Answer = tuple[str, str, tuple[str, str]]  # modifier, price, (item, quantity in its base unit)


def offer(
    restaurant: Restaurant, dish: str, group: str, *answers: Answer, at_least: int = 0, at_most: int | None = None
) -> Mapping[str, UUID]:
    """A question asked with a dish; the keys of its answers by name."""
    key, keys = uuid4(), {name: uuid4() for name, *_ in answers}
    with restaurant.tenant.as_root() as root:
        values = [key, group, at_least, at_most]
        root.execute("INSERT INTO modifier_groups (id, name, at_least, at_most) VALUES (%s, %s, %s, %s)", values)
        root.execute(
            "INSERT INTO menu_item_modifiers (menu_item_id, group_id) VALUES (%s, %s)", [restaurant.menu[dish], key]
        )
        for name, price, (item, quantity) in answers:
            modifier = [keys[name], key, name, price]
            root.execute("INSERT INTO modifiers (id, group_id, name, price) VALUES (%s, %s, %s, %s)", modifier)
            root.execute(
                "INSERT INTO modifier_lines (modifier_id, line, item_id, quantity, unit, base_quantity)"
                " VALUES (%s, 1, %s, %s, 'x', %s)",
                [keys[name], restaurant.items[item], quantity, quantity],
            )
    return keys


def new_version(
    restaurant: Restaurant, recipe: str, since: date, amount: str, unit: str, *lines: tuple[str, str, str]
) -> None:
    """A recipe changes on a day; lines are (item or sub-recipe, quantity, yield %)."""
    version = uuid4()
    with restaurant.tenant.as_root() as root:
        root.execute(
            "INSERT INTO recipe_versions (id, recipe_id, valid_from, yield_quantity, yield_unit)"
            " VALUES (%s, %s, %s, %s, %s)",
            [version, restaurant.recipes[recipe], since, amount, unit],
        )
        for place, (name, quantity, share) in enumerate(lines, 1):
            root.execute(
                "INSERT INTO recipe_lines (version_id, line, item_id, sub_recipe_id, quantity, unit, base_quantity,"
                " yield_percent) VALUES (%s, %s, %s, %s, %s, 'x', %s, %s)",
                [version, place, restaurant.items.get(name), restaurant.recipes.get(name), quantity, quantity, share],
            )


def without(restaurant: Restaurant, permission: str) -> None:
    """Managers lose a permission."""
    with restaurant.tenant.as_root() as root:
        root.execute(
            "UPDATE roles SET permissions = permissions || jsonb_build_object(%s::text, false) WHERE name = 'Manager'",
            [permission],
        )


def wrong_in(restaurant: Restaurant) -> list[Finding]:
    """What the checks of the books find."""
    with restaurant.tenant.server.operator() as operator:
        return list(verify(operator, restaurant.tenant.names))
