"""The menu with prices and plate costs of one site, and one menu item with its history."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, ColumnElement, Connection, Select, case, func, literal, or_, select, text, true

from ims_desktop.database.cell_edits import Cell, CellEdits, Cells, CellTable, Place, number, words
from ims_desktop.database.listing import ListSource, one_or_gone
from ims_desktop.domain.errors import Problem
from ims_desktop.domain.listing import Filter, ListQuery, Match, Page, Sort, Summary
from ims_desktop.domain.work import read
from ims_desktop.features.menu.rules import HUNDRED, Margin
from ims_desktop.features.menu.tables import CATEGORIES, MENU_ITEMS, PRICES
from ims_desktop.features.recipes.service import cost_of_one, here


@dataclass(frozen=True, slots=True)
class MenuRow:
    """A menu item in the list, with today's price and plate cost at one site."""

    id: UUID
    code: str
    name: str
    size: str
    category: str
    is_available: bool
    has_recipe: bool
    price: Decimal | None
    tax: Decimal | None
    cost: Decimal | None
    margin: Decimal | None
    food_cost: Decimal | None
    target: Decimal | None
    state: str


@dataclass(frozen=True, slots=True)
class Price:
    """A price from a day on; without a site it holds wherever there is none of its own."""

    valid_from: date
    price: Decimal
    tax_percent: Decimal
    site: str | None


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
class MenuItem:
    """One menu item with everything that belongs to it."""

    id: UUID
    code: str
    name: str
    size: str
    category: str
    is_available: bool
    site: str | None
    currency: str | None
    recipe_id: UUID | None
    recipe: str | None
    portions: Decimal
    figures: Margin
    parts: tuple[Part, ...]
    prices: tuple[Price, ...]
    sold: tuple[Sold, ...]


LONGEST_NAME, HIGHEST_PRICE = 120, Decimal(10) ** 9
OVER = (Filter("over", Match.IN, (True,)),)
UNMAPPED = (Filter("has_recipe", Match.IN, (False,)),)
UNAVAILABLE = (Filter("is_available", Match.IN, (False,)),)


@dataclass(frozen=True)
class _Reckoning:
    """The expressions of one query: everything that depends on whose prices and costs are meant."""

    select: Select[Any]
    price: ColumnElement[Any]
    cost: ColumnElement[Any]
    net: ColumnElement[Any]
    ratio: ColumnElement[Any]
    over: ColumnElement[Any]


def _reckoning(site: UUID | None) -> _Reckoning:
    place = here(site)
    now = (
        select(PRICES.c.price, PRICES.c.tax_percent)
        .where(
            PRICES.c.menu_item_id == MENU_ITEMS.c.id,
            or_(PRICES.c.site_id == place.c.id, PRICES.c.site_id.is_(None)),
            PRICES.c.valid_from <= func.current_date(),
        )
        .order_by(PRICES.c.site_id.is_(None), PRICES.c.valid_from.desc())
        .limit(1)
        .lateral("now")
    )
    cost = cost_of_one("menu_items.recipe_id") * MENU_ITEMS.c.portions
    net = case((place.c.prices_include_tax, now.c.price / (1 + now.c.tax_percent / HUNDRED)), else_=now.c.price)
    ratio = cost / func.nullif(net, 0)
    joined = (
        MENU_ITEMS.join(CATEGORIES, CATEGORIES.c.id == MENU_ITEMS.c.category_id)
        .outerjoin(place, true())
        .outerjoin(now, true())
    )
    chosen = select(
        MENU_ITEMS.c.id,
        MENU_ITEMS.c.code,
        MENU_ITEMS.c.name,
        MENU_ITEMS.c.size,
        CATEGORIES.c.name.label("category"),
        MENU_ITEMS.c.is_available,
        MENU_ITEMS.c.recipe_id.is_not(None).label("has_recipe"),
        now.c.price,
        now.c.tax_percent,
        place.c.prices_include_tax,
        (place.c.food_cost_target / HUNDRED).label("target"),
        cost.label("cost"),
    ).select_from(joined)
    return _Reckoning(chosen, now.c.price, cost, net, ratio, ratio > place.c.food_cost_target / HUNDRED)


def _source(query: ListQuery) -> ListSource[MenuRow]:
    what = _reckoning(query.site)
    known = case((what.ratio.is_not(None), literal(1)))
    return ListSource(
        row=MenuRow,
        shape=_row,
        select=what.select,
        key=MENU_ITEMS.c.id,
        sorts={
            "name": MENU_ITEMS.c.sort_name,
            "code": MENU_ITEMS.c.sort_code,
            "category": CATEGORIES.c.sort_name,
            "price": func.coalesce(what.price, -1),
            "cost": func.coalesce(what.cost, -1),
            "margin": func.coalesce(what.net - what.cost, -1_000_000),
            "food_cost": func.coalesce(what.ratio, -1),
        },
        default=(Sort("name"),),
        filters={
            "category": CATEGORIES.c.id,
            "is_available": MENU_ITEMS.c.is_available,
            "has_recipe": MENU_ITEMS.c.recipe_id.is_not(None),
            "over": func.coalesce(what.over, False),
            "recipe": MENU_ITEMS.c.recipe_id,
            "margin": what.net - what.cost,
            "food_cost": what.ratio,
        },
        finds=(MENU_ITEMS.c.sort_name, MENU_ITEMS.c.sort_code),
        totals={"cost": what.cost * known, "net": what.net * known},
    )


@dataclass(frozen=True)
class _PriceCells:
    """The price of a site from today on: what was asked before stays in the history."""

    cells: Mapping[str, Cell]

    def read(self, connection: Connection, places: Sequence[Place], _names: Sequence[str]) -> Mapping[Place, Cells]:
        """Today's prices; the menu items are locked, so that nobody else sets a price meanwhile."""
        keys = [key for key, _site in places]
        asked = select(MENU_ITEMS.c.id).where(MENU_ITEMS.c.id.in_(keys)).order_by(MENU_ITEMS.c.id).with_for_update()
        there = set(connection.execute(asked).scalars())
        found: dict[Place, Cells] = {}
        for site in {site for _key, site in places if site is not None}:
            what = _reckoning(site)
            now = what.select.with_only_columns(MENU_ITEMS.c.id, what.price, maintain_column_froms=True)
            for key, price in connection.execute(now.where(MENU_ITEMS.c.id.in_(there))):
                found[key, site] = {"price": price}
        return found

    def problems(self, _held: Cells, _wanted: Cells) -> Iterator[Problem]:
        """A price stands for itself."""
        yield from ()

    def write(self, connection: Connection, rows: Mapping[Place, Cells]) -> None:
        """A price from today on, with the tax that holds now."""
        lines = [{"item": str(key), "site": str(site), "price": str(c["price"])} for (key, site), c in rows.items()]
        connection.execute(_SET_PRICES, {"lines": json.dumps(lines)})


_SET_PRICES = text("""
    INSERT INTO menu_prices (menu_item_id, site_id, valid_from, price, tax_percent)
    SELECT g.item, g.site, current_date, g.price, coalesce((
      SELECT p.tax_percent FROM menu_prices p
      WHERE p.menu_item_id = g.item AND (p.site_id = g.site OR p.site_id IS NULL) AND p.valid_from <= current_date
      ORDER BY p.site_id IS NULL, p.valid_from DESC LIMIT 1), 0)
    FROM jsonb_to_recordset(CAST(:lines AS jsonb)) AS g (item uuid, site uuid, price numeric(14, 2))
    ON CONFLICT (menu_item_id, site_id, valid_from) DO UPDATE SET price = excluded.price
""")
MENU_CELLS = CellEdits(
    "menu.edit",
    frozenset({"menu"}),
    (
        CellTable(
            MENU_ITEMS,
            {
                "name": Cell("name", words(LONGEST_NAME), kept=lambda name: " ".join(name.split())),
                "is_available": Cell(
                    "is_available", lambda value: None if isinstance(value, bool) else "Say yes or no."
                ),
            },
        ),
        _PriceCells({"price": Cell("price", number(0, HIGHEST_PRICE, places=2, needed=True))}),
    ),
)
save_cells = MENU_CELLS.save


def _row(found: Any) -> MenuRow:
    figures = Margin(found.price, found.tax_percent, bool(found.prices_include_tax), found.cost, found.target)
    return MenuRow(
        found.id,
        found.code,
        found.name,
        found.size,
        found.category,
        found.is_available,
        found.has_recipe,
        figures.price,
        None if found.tax_percent is None else found.tax_percent / HUNDRED,
        figures.cost,
        figures.margin,
        figures.food_cost,
        figures.target,
        _state(figures, found.is_available, found.has_recipe),
    )


def _state(figures: Margin, is_available: bool, has_recipe: bool) -> str:
    if not is_available:
        return "off"
    if not has_recipe:
        return "unmapped"
    if figures.price is None:
        return "unpriced"
    if figures.cost is None:
        return "uncosted"
    return "over" if figures.over_target else "ok"


def state_of(item: MenuItem) -> str:
    """What most needs saying about a menu item: a key of the states on the page."""
    return _state(item.figures, item.is_available, item.recipe_id is not None)


@read
def menu(connection: Connection, query: ListQuery) -> Page[MenuRow]:
    """A page of menu items with price, plate cost and food cost, in one statement."""
    return _source(query).page(connection, query)


@read
def menu_summary(connection: Connection, query: ListQuery) -> Summary:
    """How many menu items, and the food cost of one of each: all plate costs over all net prices."""
    summary = _source(query).summary(connection, query)
    cost, net = summary.totals.get("cost"), summary.totals.get("net")
    return Summary(summary.count, {"food_cost": cost / net} if cost is not None and net else {})


@read
def menu_counts(connection: Connection, query: ListQuery) -> Mapping[str, int]:
    """How many menu items each tab holds."""
    what = _reckoning(query.site)
    tabs = {"over": what.over, "unmapped": MENU_ITEMS.c.recipe_id.is_(None), "off": ~MENU_ITEMS.c.is_available}
    columns = [func.count().filter(test.cast(Boolean)).label(tab) for tab, test in tabs.items()]
    row = connection.execute(what.select.with_only_columns(func.count().label("all"), *columns)).mappings().one()
    return dict(row)


@read
def categories(connection: Connection) -> tuple[tuple[UUID, str], ...]:
    """The menu categories in their order."""
    chosen = select(CATEGORIES.c.id, CATEGORIES.c.name).order_by(CATEGORIES.c.sort_order, CATEGORIES.c.sort_name)
    return tuple((key, name) for key, name in connection.execute(chosen))


# What was sold is owned by a feature above; only these sums are read, and only by those who may see sales.
_MENU_ITEM = text(f"""
    WITH here AS (
      SELECT s.* FROM sites s WHERE CASE WHEN CAST(:site AS uuid) IS NULL THEN s.is_active ELSE s.id = :site END
      ORDER BY s.is_default DESC, s.sort_name LIMIT 1
    ), last AS (
      SELECT max(d.business_day) AS day FROM sites s
      CROSS JOIN LATERAL (SELECT x.business_day FROM orders x WHERE x.site_id = s.id
                          ORDER BY x.business_day DESC LIMIT 1) d
      WHERE CAST(:site AS uuid) IS NULL OR s.id = :site
    )
    SELECT m.id, m.code, m.name, m.size, c.name AS category, m.is_available, h.name AS site, h.currency, m.recipe_id,
      r.name AS recipe, m.portions, p.price, p.tax_percent, coalesce(h.prices_include_tax, false) AS includes_tax,
      h.food_cost_target / 100 AS target, m.portions * {cost_of_one("m.recipe_id", "h.id")} AS cost,
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
      (SELECT coalesce(json_agg(json_build_array(x.valid_from, x.price::text, x.tax_percent::text, w.name)
                ORDER BY x.valid_from, w.sort_name NULLS FIRST), '[]')
       FROM menu_prices x LEFT JOIN sites w ON w.id = x.site_id
       WHERE x.menu_item_id = m.id AND (x.site_id IS NULL OR x.site_id = h.id)) AS prices,
      (SELECT json_agg(json_build_array(d.days, (SELECT day FROM last), q.quantity::text, q.revenue::text)
                ORDER BY d.days)
       FROM (VALUES (30), (90)) AS d (days)
       CROSS JOIN LATERAL (
         SELECT coalesce(sum(x.quantity), 0) AS quantity, coalesce(sum(x.net_amount), 0) AS revenue
         FROM order_items x JOIN orders o ON o.id = x.order_id
         WHERE x.menu_item_id = m.id AND o.state = 'CLOSED' AND x.business_day > (SELECT day FROM last) - d.days
           AND (CAST(:site AS uuid) IS NULL OR x.site_id = :site)) q) AS sold
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
    row["parts"] = tuple(map(_part, row["parts"]))
    row["prices"] = tuple(
        Price(date.fromisoformat(since), Decimal(price), Decimal(tax), place)
        for since, price, tax, place in row["prices"]
    )
    row["sold"] = tuple(
        Sold(days, until and date.fromisoformat(until), Decimal(quantity), Decimal(revenue))
        for days, until, quantity, revenue in row["sold"]
    )
    return MenuItem(figures=figures, **row)


def _part(values: list[Any]) -> Part:
    name, is_recipe, key, quantity, unit, cost = values
    return Part(name, is_recipe, UUID(key), Decimal(quantity), unit, None if cost is None else Decimal(cost))
