"""The menu with prices and plate costs of one site, and one menu item with its history."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, ColumnElement, Connection, Select, case, exists, func, literal, or_, select, text, true

from ims_desktop.database.cell_edits import Cell, CellEdits, Cells, CellTable, Place, number, words
from ims_desktop.database.listing import ListSource
from ims_desktop.domain.editing import CellChange
from ims_desktop.domain.errors import Denied, Problem
from ims_desktop.domain.listing import Filter, ListQuery, Match, Page, Sort, Summary
from ims_desktop.domain.work import Changed, read
from ims_desktop.features.menu.rules import ENDINGS, HUNDRED, Margin
from ims_desktop.features.menu.tables import CATEGORIES, MENU_ITEMS, PAUSES, PRICES
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
    is_active: bool
    has_recipe: bool
    price: Decimal | None
    tax: Decimal | None
    cost: Decimal | None
    margin: Decimal | None
    food_cost: Decimal | None
    target: Decimal | None
    state: str
    price_for_target: Decimal | None = None


LONGEST_NAME, HIGHEST_PRICE = 120, Decimal(10) ** 9
OVER = (Filter("over", Match.IN, (True,)),)
UNMAPPED = (Filter("has_recipe", Match.IN, (False,)),)
UNAVAILABLE = (Filter("unavailable", Match.IN, (True,)),)
PLANNED = (Filter("planned", Match.IN, (True,)),)
ARCHIVED = Filter("archived", Match.IN, (True,))


@dataclass(frozen=True)
class _Reckoning:
    """The expressions of one query: everything that depends on whose prices and costs are meant."""

    select: Select[Any]
    price: ColumnElement[Any]
    cost: ColumnElement[Any]
    net: ColumnElement[Any]
    ratio: ColumnElement[Any]
    over: ColumnElement[Any]
    paused: ColumnElement[bool]
    planned: ColumnElement[bool]


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
    target = (
        func.coalesce(MENU_ITEMS.c.food_cost_target, CATEGORIES.c.food_cost_target, place.c.food_cost_target) / HUNDRED
    )
    paused = exists().where(
        PAUSES.c.menu_item_id == MENU_ITEMS.c.id,
        PAUSES.c.site_id == place.c.id,
        or_(PAUSES.c.until.is_(None), PAUSES.c.until >= func.current_date()),
    )
    planned = exists().where(
        PRICES.c.menu_item_id == MENU_ITEMS.c.id,
        or_(PRICES.c.site_id == place.c.id, PRICES.c.site_id.is_(None)),
        PRICES.c.valid_from > func.current_date(),
    )
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
        MENU_ITEMS.c.is_active,
        paused.label("is_paused"),
        MENU_ITEMS.c.recipe_id.is_not(None).label("has_recipe"),
        now.c.price,
        now.c.tax_percent,
        place.c.prices_include_tax,
        target.label("target"),
        cost.label("cost"),
    ).select_from(joined)
    return _Reckoning(chosen, now.c.price, cost, net, ratio, ratio > target, paused, planned)


def _asks_for_archived(query: ListQuery) -> bool:
    return any(asked.key == ARCHIVED.key and True in asked.values for asked in query.filters)


def _source(query: ListQuery) -> ListSource[MenuRow]:
    what = _reckoning(query.site)
    known = case((what.ratio.is_not(None), literal(1)))
    return ListSource(
        row=MenuRow,
        shape=_row,
        select=what.select.where(MENU_ITEMS.c.is_active != _asks_for_archived(query)),
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
            "unavailable": or_(~MENU_ITEMS.c.is_available, what.paused),
            "planned": what.planned,
            "archived": ~MENU_ITEMS.c.is_active,
            "over": func.coalesce(what.over, False),
            "recipe": MENU_ITEMS.c.recipe_id,
            "dish": MENU_ITEMS.c.id,
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
PRICE_CELLS = replace(MENU_CELLS, permission="menu.price")


def save_cells(connection: Connection, changes: Sequence[CellChange]) -> Changed:
    """Write changed cells: names and availability by menu.edit, prices by menu.price."""
    rights = {"menu.price" if change.place.column == "price" else "menu.edit" for change in changes}
    if not all(connection.execute(select(*(func.can(right) for right in sorted(rights)))).one()):
        raise Denied("Your roles do not allow you to change this.")
    return (PRICE_CELLS if "menu.price" in rights else MENU_CELLS).save(connection, changes)


def _row(found: Any) -> MenuRow:
    figures = Margin(found.price, found.tax_percent, bool(found.prices_include_tax), found.cost, found.target)
    return MenuRow(
        found.id,
        found.code,
        found.name,
        found.size,
        found.category,
        found.is_available,
        found.is_active,
        found.has_recipe,
        figures.price,
        None if found.tax_percent is None else found.tax_percent / HUNDRED,
        figures.cost,
        figures.margin,
        figures.food_cost,
        figures.target,
        state(figures, found.is_available, found.has_recipe, found.is_paused),
        figures.suggested(ENDINGS["0.01"]),
    )


def state(figures: Margin, is_available: bool, has_recipe: bool, is_paused: bool = False) -> str:
    """What most needs saying about a menu item: a key of the states on the page."""
    if not is_available:
        return "off"
    if is_paused:
        return "paused"
    if not has_recipe:
        return "unmapped"
    if figures.price is None:
        return "unpriced"
    if figures.cost is None:
        return "uncosted"
    return "over" if figures.over_target else "ok"


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
    tabs = {
        "over": what.over,
        "unmapped": MENU_ITEMS.c.recipe_id.is_(None),
        "off": or_(~MENU_ITEMS.c.is_available, what.paused),
        "planned": what.planned,
    }
    active = MENU_ITEMS.c.is_active
    columns = [func.count().filter(test.cast(Boolean), active).label(tab) for tab, test in tabs.items()]
    columns += [func.count().filter(active).label("all"), func.count().filter(~active).label("archived")]
    row = connection.execute(what.select.with_only_columns(*columns)).mappings().one()
    return dict(row)


@read
def categories(connection: Connection) -> tuple[tuple[UUID, str], ...]:
    """The menu categories in their order."""
    chosen = (
        select(CATEGORIES.c.id, CATEGORIES.c.name)
        .where(CATEGORIES.c.is_active)
        .order_by(CATEGORIES.c.sort_order, CATEGORIES.c.sort_name)
    )
    return tuple((key, name) for key, name in connection.execute(chosen))


@read
def dishes(connection: Connection) -> tuple[tuple[UUID, str, str], ...]:
    """Every menu item with its name and code, archived ones too: they were sold as well."""
    name = func.btrim(func.concat_ws(" ", MENU_ITEMS.c.name, MENU_ITEMS.c.size))
    chosen = select(MENU_ITEMS.c.id, name, MENU_ITEMS.c.code).order_by(MENU_ITEMS.c.sort_name, MENU_ITEMS.c.sort_code)
    return tuple((key, words, code) for key, words, code in connection.execute(chosen))
