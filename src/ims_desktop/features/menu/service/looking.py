"""One menu item at a site: what it is made of, its prices, what it asks and what was sold."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from ims_desktop.database.listing import one_or_gone
from ims_desktop.domain.work import read
from ims_desktop.features.menu.rules import Margin
from ims_desktop.features.menu.service.menu import state
from ims_desktop.features.recipes.service import cost_of_one, declared_allergens


@dataclass(frozen=True, slots=True)
class Price:
    """A price from a day on; without a site it holds wherever there is none of its own."""

    valid_from: date
    price: Decimal
    tax_percent: Decimal
    site: str | None
    site_id: UUID | None
    is_planned: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A line of the recipe with what it costs in one portion of the menu item."""

    name: str
    is_recipe: bool
    key: UUID
    quantity: Decimal
    unit: str
    cost: Decimal | None


@dataclass(frozen=True, slots=True)
class Sold:
    """What was sold in the last days of which there is data, and for how much without tax."""

    days: int
    until: date | None
    quantity: Decimal
    revenue: Decimal


@dataclass(frozen=True, slots=True)
class Outlet:
    """Where it was sold in the last thirty days of which there is data: on how many orders, how many, for how much."""

    site: str
    currency: str
    channel: str
    first: date
    last: date
    orders: int
    quantity: Decimal
    revenue: Decimal


@dataclass(frozen=True, slots=True)
class Allergen:
    """An allergen and the item it comes from: in the dish, in a sub-recipe, or with an answer that somebody gives."""

    code: str
    item: str
    through: str
    modifier: str


@dataclass(frozen=True, slots=True)
class Pause:
    """That the site does not sell it: up to a day, or until further notice."""

    until: date | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that is asked with it: how many answers at least, and at most."""

    id: UUID
    name: str
    at_least: int
    at_most: int | None


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One menu item with everything that belongs to it."""

    id: UUID
    code: str
    name: str
    size: str
    category: str
    is_available: bool
    version: int
    category_id: UUID
    is_active: bool
    own_target: Decimal | None
    pause: Pause | None
    groups: tuple[Asked, ...]
    site: str | None
    currency: str | None
    recipe_id: UUID | None
    recipe: str | None
    portions: Decimal
    figures: Margin
    parts: tuple[Part, ...]
    prices: tuple[Price, ...]
    sold: tuple[Sold, ...]
    outlets: tuple[Outlet, ...]
    allergens: tuple[Allergen, ...] | None  # None: not to be seen, which is not the same as none

    @property
    def planned(self) -> tuple[Price, ...]:
        """The prices that have not begun."""
        return tuple(price for price in self.prices if price.is_planned)


def state_of(item: MenuItem) -> str:
    """What most needs saying about a menu item: a key of the states on the page."""
    return state(item.figures, item.is_available, item.recipe_id is not None, item.pause is not None)


# What was sold is owned by a feature above; only these sums are read, and only by those who may see sales.
_MENU_ITEM = text(f"""
    WITH here AS (
      SELECT s.* FROM sites s WHERE CASE WHEN CAST(:site AS uuid) IS NULL THEN s.is_active ELSE s.id = :site END
      ORDER BY s.is_default DESC, s.sort_name LIMIT 1
    ), last AS (
      SELECT max(d.business_day) AS day FROM sites s
      CROSS JOIN LATERAL (SELECT x.business_day FROM orders x WHERE x.site_id = s.id AND x.state <> 'OPEN'
                          ORDER BY x.business_day DESC LIMIT 1) d
      WHERE CAST(:site AS uuid) IS NULL OR s.id = :site
    )
    SELECT m.id, m.code, m.name, m.size, c.name AS category, m.is_available, h.name AS site, h.currency, m.recipe_id,
      r.name AS recipe, m.portions, p.price, p.tax_percent, coalesce(h.prices_include_tax, false) AS includes_tax,
      coalesce(m.food_cost_target, c.food_cost_target, h.food_cost_target) / 100 AS target,
      m.version, m.category_id, m.is_active, m.food_cost_target / 100 AS own_target,
      (SELECT json_build_array(u.until) FROM menu_pauses u WHERE u.menu_item_id = m.id AND u.site_id = h.id
       AND (u.until IS NULL OR u.until >= current_date)) AS pause,
      (SELECT coalesce(json_agg(json_build_array(g.id, g.name, g.at_least, g.at_most)
                ORDER BY j.sort_order, g.sort_name), '[]')
       FROM menu_item_modifiers j JOIN modifier_groups g ON g.id = j.group_id
       WHERE j.menu_item_id = m.id AND g.is_active) AS groups,
      m.portions * {cost_of_one("m.recipe_id", "h.id")} AS cost,
      (SELECT coalesce(json_agg(json_build_array(coalesce(i.name, s.name), l.item_id IS NULL,
                coalesce(l.item_id, l.sub_recipe_id),
                (l.quantity * m.portions / v.yield_quantity)::text, l.unit,
                (m.portions * l.base_quantity * 100 / (v.yield_quantity * l.yield_percent) * CASE WHEN l.item_id IS NULL
                  THEN {cost_of_one("l.sub_recipe_id", "h.id")}
                  ELSE (SELECT k.average_cost FROM valued_stock k WHERE k.site_id = h.id AND k.item_id = l.item_id
                        AND (k.average_cost > 0 OR k.quantity > 0)) END)::text) ORDER BY l.line), '[]')
       FROM (SELECT x.* FROM recipe_versions x WHERE x.recipe_id = m.recipe_id AND x.valid_from <= current_date
             ORDER BY x.valid_from DESC LIMIT 1) v
       JOIN recipe_lines l ON l.version_id = v.id
       LEFT JOIN items i ON i.id = l.item_id
       LEFT JOIN recipes s ON s.id = l.sub_recipe_id) AS parts,
      (SELECT coalesce(json_agg(json_build_array(x.valid_from, x.price::text, x.tax_percent::text, w.name,
                x.site_id, x.valid_from > current_date) ORDER BY x.valid_from, w.sort_name NULLS FIRST), '[]')
       FROM menu_prices x LEFT JOIN sites w ON w.id = x.site_id
       WHERE x.menu_item_id = m.id AND (x.site_id IS NULL OR x.site_id = h.id)) AS prices,
      (SELECT json_agg(json_build_array(d.days, (SELECT day FROM last), q.quantity::text, q.revenue::text)
                ORDER BY d.days)
       FROM (VALUES (30), (90)) AS d (days)
       CROSS JOIN LATERAL (
         SELECT coalesce(sum(x.quantity), 0) AS quantity, coalesce(sum(x.net_amount), 0) AS revenue
         FROM order_items x JOIN orders o ON o.id = x.order_id
         WHERE x.menu_item_id = m.id AND o.state = 'CLOSED' AND x.business_day > (SELECT day FROM last) - d.days
           AND (CAST(:site AS uuid) IS NULL OR x.site_id = :site)) q) AS sold,
      (SELECT coalesce(json_agg(json_build_array(w.name, w.currency, g.channel, (SELECT day FROM last) - 29,
                (SELECT day FROM last), g.orders, g.quantity::text, g.revenue::text)
                ORDER BY g.quantity DESC, w.sort_name, g.channel), '[]')
       FROM (SELECT x.site_id, o.channel, count(DISTINCT o.id) AS orders, sum(x.quantity) AS quantity,
               sum(x.net_amount) AS revenue
             FROM order_items x JOIN orders o ON o.id = x.order_id
             WHERE x.menu_item_id = m.id AND o.state = 'CLOSED' AND x.business_day > (SELECT day FROM last) - 30
               AND (CAST(:site AS uuid) IS NULL OR x.site_id = :site)
             GROUP BY x.site_id, o.channel) g JOIN sites w ON w.id = g.site_id) AS outlets,
      CASE WHEN (SELECT can('items.view')) AND (SELECT can('recipes.view')) THEN
        (SELECT coalesce(json_agg(json_build_array(y.allergen, y.item, y.through, y.modifier)
                  ORDER BY y.modifier, y.through, y.item, y.allergen), '[]')
         FROM (
           SELECT a.allergen, a.item, a.through, '' AS modifier FROM {declared_allergens("m.recipe_id")} a
           UNION ALL
           SELECT a.allergen, a.item, a.through, o.name
           FROM menu_item_modifiers j
           JOIN modifier_groups g ON g.id = j.group_id AND g.is_active
           JOIN modifiers o ON o.group_id = g.id AND o.is_active
           JOIN modifier_lines l ON l.modifier_id = o.id AND l.quantity > 0
           CROSS JOIN LATERAL (
             SELECT e.allergen, i.name AS item, '' AS through
             FROM items i CROSS JOIN unnest(i.allergens) AS e (allergen) WHERE i.id = l.item_id
             UNION ALL
             SELECT e.allergen, e.item, coalesce(nullif(e.through, ''), s.name)
             FROM recipes s CROSS JOIN LATERAL {declared_allergens("s.id")} e WHERE s.id = l.sub_recipe_id) a
           WHERE j.menu_item_id = m.id) y) END AS allergens
    FROM menu_items m
    JOIN menu_categories c ON c.id = m.category_id
    LEFT JOIN here h ON true
    LEFT JOIN recipes r ON r.id = m.recipe_id
    LEFT JOIN LATERAL (SELECT x.price, x.tax_percent FROM menu_prices x
      WHERE x.menu_item_id = m.id AND (x.site_id = h.id OR x.site_id IS NULL) AND x.valid_from <= current_date
      ORDER BY x.site_id IS NULL, x.valid_from DESC LIMIT 1) p ON true
    WHERE m.id = :key
""")


@read
def menu_item(connection: Connection, key: UUID | str, site: UUID | None = None) -> MenuItem:
    """One menu item at a site: what it is made of, its prices and what was sold, in one statement."""
    found = connection.execute(_MENU_ITEM, {"key": UUID(str(key)), "site": site}).mappings().one_or_none()
    row = dict(one_or_gone(found, "menu item"))
    figures = Margin(*(row.pop(name) for name in ("price", "tax_percent", "includes_tax", "cost", "target")))
    pause = row.pop("pause")
    row["pause"] = None if pause is None else Pause(pause[0] and date.fromisoformat(pause[0]))
    row["groups"] = tuple(Asked(UUID(key), *rest) for key, *rest in row["groups"])
    row["parts"] = tuple(map(_part, row["parts"]))
    row["prices"] = tuple(
        Price(date.fromisoformat(since), Decimal(price), Decimal(tax), place, site and UUID(site), planned)
        for since, price, tax, place, site, planned in row["prices"]
    )
    row["sold"] = tuple(
        Sold(days, until and date.fromisoformat(until), Decimal(quantity), Decimal(revenue))
        for days, until, quantity, revenue in row["sold"]
    )
    row["outlets"] = tuple(map(_outlet, row["outlets"]))
    told = row["allergens"]
    row["allergens"] = None if told is None else tuple(Allergen(*one) for one in told)
    return MenuItem(figures=figures, **row)


def _outlet(values: list[Any]) -> Outlet:
    site, currency, channel, first, last, orders, quantity, revenue = values
    days = date.fromisoformat(first), date.fromisoformat(last)
    return Outlet(site, currency, channel, *days, orders, Decimal(quantity), Decimal(revenue))


def _part(values: list[Any]) -> Part:
    name, is_recipe, key, quantity, unit, cost = values
    return Part(name, is_recipe, UUID(key), Decimal(quantity), unit, None if cost is None else Decimal(cost))
