"""What suppliers changed since a day, and what that does to the dishes of the menu."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import (
    Connection,
    FromClause,
    Numeric,
    Text,
    Uuid,
    and_,
    case,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.sql.selectable import LateralFromClause

from ims_desktop.database.listing import ListSource, one_or_gone
from ims_desktop.domain.listing import ListQuery, Page, Sort, Summary
from ims_desktop.domain.work import read
from ims_desktop.features.items.tables import ITEMS
from ims_desktop.features.menu.tables import CATEGORIES, MENU_ITEMS
from ims_desktop.features.menu.tables import PRICES as MENU_PRICES
from ims_desktop.features.recipes.service import here
from ims_desktop.features.recipes.service.costing import KNOWN_COST, NEXT_ITEM, NEXT_QUANTITY, NEXT_RECIPE, STEP
from ims_desktop.features.suppliers.service import price_on
from ims_desktop.features.suppliers.tables import SUPPLIER_ITEMS, SUPPLIER_PRICES, SUPPLIERS

SUBJECTS = frozenset({"suppliers", "items", "recipes", "menu", "stock"})
DAYS, HUNDRED = 30, Decimal(100)


@dataclass(frozen=True, slots=True)
class PriceChange:
    """A price that followed another one of the same pack."""

    id: str
    offer_id: UUID
    item_id: UUID
    item: str
    sku: str
    supplier: str
    pack: str
    currency: str
    valid_from: date
    before: Decimal
    price: Decimal
    change: Decimal


_BEFORE = (
    select(SUPPLIER_PRICES.c.price)
    .where(SUPPLIER_PRICES.c.supplier_item_id == SUPPLIER_ITEMS.c.id)
    .where(SUPPLIER_PRICES.c.valid_from < literal_column("now_listed.valid_from"))
    .order_by(SUPPLIER_PRICES.c.valid_from.desc())
    .limit(1)
    .lateral("was_listed")
)
_NOW = SUPPLIER_PRICES.alias("now_listed")
_KEY = func.concat(cast(_NOW.c.supplier_item_id, Text), "/", cast(_NOW.c.valid_from, Text))
_CHANGE = _NOW.c.price / _BEFORE.c.price - 1
CHANGES: ListSource[PriceChange] = ListSource(
    row=PriceChange,
    select=select(
        _KEY.label("id"),
        SUPPLIER_ITEMS.c.id.label("offer_id"),
        ITEMS.c.id.label("item_id"),
        ITEMS.c.name.label("item"),
        ITEMS.c.sku,
        SUPPLIERS.c.name.label("supplier"),
        SUPPLIER_ITEMS.c.pack,
        SUPPLIERS.c.currency,
        _NOW.c.valid_from,
        _BEFORE.c.price.label("before"),
        _NOW.c.price,
        _CHANGE.label("change"),
    )
    .select_from(
        _NOW.join(SUPPLIER_ITEMS, SUPPLIER_ITEMS.c.id == _NOW.c.supplier_item_id)
        .join(ITEMS, ITEMS.c.id == SUPPLIER_ITEMS.c.item_id)
        .join(SUPPLIERS, SUPPLIERS.c.id == SUPPLIER_ITEMS.c.supplier_id)
        .join(_BEFORE, true())
    )
    .where(_BEFORE.c.price > 0, _BEFORE.c.price != _NOW.c.price),
    key=_KEY,
    sorts={
        "valid_from": _NOW.c.valid_from,
        "item": ITEMS.c.sort_name,
        "supplier": SUPPLIERS.c.sort_name,
        "change": _CHANGE,
    },
    default=(Sort("valid_from", descending=True),),
    filters={"supplier": SUPPLIERS.c.id, "rises": _NOW.c.price > _BEFORE.c.price},
    finds=(ITEMS.c.sort_name, ITEMS.c.sort_sku, SUPPLIERS.c.sort_name),
)


@read
def price_changes(connection: Connection, query: ListQuery) -> Page[PriceChange]:
    """A page of changes, the newest first."""
    return CHANGES.page(connection, query)


@read
def price_changes_summary(connection: Connection, query: ListQuery) -> Summary:
    """How many changes the query selects."""
    return CHANGES.summary(connection, query)


@dataclass(frozen=True, slots=True)
class PlateChange:
    """A dish as it cost with the prices of a day, and as it costs with those of today."""

    id: UUID
    code: str
    name: str
    size: str
    before: Decimal | None
    after: Decimal | None
    change: Decimal | None
    food_cost_before: Decimal | None
    food_cost: Decimal | None
    target: Decimal | None
    state: str


# What one stock unit of an item costs by the lists of a day, at the supplier it is bought from by preference, otherwise
# at the cheapest; what nobody sells costs what it cost on average.
_PRICED = """coalesce((
    SELECT known.price / si.pack_quantity FROM supplier_items si
    JOIN suppliers z ON z.id = si.supplier_id AND z.status = 'ACTIVE' AND z.currency = here.currency
    CROSS JOIN LATERAL (SELECT {price} AS price) known
    WHERE si.item_id = s.item_id AND si.is_active AND known.price IS NOT NULL
    ORDER BY si.is_preferred DESC, known.price / si.pack_quantity LIMIT 1),
  (SELECT {average} FROM valued_stock c WHERE c.site_id = here.id AND c.item_id = s.item_id))"""
_COSTS = """
    WITH RECURSIVE steps AS (
      SELECT menu_items.recipe_id AS recipe_id, NULL::uuid AS item_id, menu_items.portions::numeric AS quantity,
        '{{}}'::uuid[] AS way
      UNION ALL
      SELECT {next_recipe}, {next_item}, {next_quantity}, s.way || s.recipe_id FROM steps s {step}),
    priced AS (SELECT s.quantity, {before} AS before, {after} AS after FROM steps s WHERE s.item_id IS NOT NULL)
    SELECT CASE WHEN count(*) = count(before) THEN sum(quantity * before) END AS before,
      CASE WHEN count(*) = count(after) THEN sum(quantity * after) END AS after FROM priced"""


def _costs(since: date) -> str:
    """SQL: what the dish of the outer row costs with the prices of a day, and of today."""
    day = f"DATE '{since.isoformat()}'"
    return _COSTS.format(
        next_recipe=NEXT_RECIPE,
        next_item=NEXT_ITEM,
        next_quantity=NEXT_QUANTITY,
        step=STEP,
        before=_PRICED.format(price=price_on("si.id", day), average=KNOWN_COST),
        after=_PRICED.format(price=price_on("si.id"), average=KNOWN_COST),
    )


def _menu_price(place: FromClause) -> LateralFromClause:
    """What a dish costs the guest today: a price of the site goes before one of all sites."""
    prices = MENU_PRICES.c
    here_or_everywhere = or_(prices.site_id == place.c.id, prices.site_id.is_(None))
    return (
        select(prices.price, prices.tax_percent)
        .where(prices.menu_item_id == MENU_ITEMS.c.id, here_or_everywhere, prices.valid_from <= func.current_date())
        .order_by(prices.site_id.is_(None), prices.valid_from.desc())
        .limit(1)
        .lateral("now")
    )


def _plates(query: ListQuery, since: date) -> ListSource[PlateChange]:
    place = here(query.site)
    costs = text(_costs(since)).columns(before=Numeric(), after=Numeric()).lateral("costs")
    before, after = costs.c.before, costs.c.after
    now = _menu_price(place)
    net = case((place.c.prices_include_tax, now.c.price / (1 + now.c.tax_percent / HUNDRED)), else_=now.c.price)
    target = (
        func.coalesce(MENU_ITEMS.c.food_cost_target, CATEGORIES.c.food_cost_target, place.c.food_cost_target) / HUNDRED
    )
    was, ratio = before / func.nullif(net, 0), after / func.nullif(net, 0)
    state = case(
        (or_(ratio.is_(None), was.is_(None), target.is_(None)), literal("unknown")),
        (and_(was <= target, ratio > target), literal("crossed")),
        (and_(was > target, ratio <= target), literal("back")),
        (ratio > target, literal("above")),
        else_=literal("within"),
    )
    change = after / func.nullif(before, 0) - 1
    categories = MENU_ITEMS.join(CATEGORIES, CATEGORIES.c.id == MENU_ITEMS.c.category_id)
    joined = categories.join(place, true()).outerjoin(now, true())
    return ListSource(
        row=PlateChange,
        select=select(
            MENU_ITEMS.c.id,
            MENU_ITEMS.c.code,
            MENU_ITEMS.c.name,
            MENU_ITEMS.c.size,
            before.label("before"),
            after.label("after"),
            change.label("change"),
            was.label("food_cost_before"),
            ratio.label("food_cost"),
            target.label("target"),
            state.label("state"),
        )
        .select_from(joined.join(costs, true()))
        .where(MENU_ITEMS.c.recipe_id.is_not(None)),
        key=MENU_ITEMS.c.id,
        sorts={
            "name": MENU_ITEMS.c.sort_name,
            "change": func.coalesce(change, -1_000),
            "food_cost": func.coalesce(ratio, -1),
            "after": func.coalesce(after, -1),
        },
        default=(Sort("change", descending=True),),
        filters={"state": state},
        finds=(MENU_ITEMS.c.sort_name, MENU_ITEMS.c.sort_code),
    )


def _asked(connection: Connection, query: ListQuery) -> tuple[ListSource[PlateChange], ListQuery]:
    """The list since the day that a filter names, otherwise since a month ago."""
    since = next((chip.values[0] for chip in query.filters if chip.key == "since" and chip.values[0]), None)
    if since is None:
        since = connection.execute(select(func.current_date() - DAYS)).scalar_one()
    rest = tuple(chip for chip in query.filters if chip.key != "since")
    return _plates(query, since), replace(query, filters=rest)


@read
def plate_changes(connection: Connection, query: ListQuery) -> Page[PlateChange]:
    """A page of dishes, those that rose most first."""
    source, query = _asked(connection, query)
    return source.page(connection, query)


@read
def plate_changes_summary(connection: Connection, query: ListQuery) -> Summary:
    """How many dishes the query selects."""
    source, query = _asked(connection, query)
    return source.summary(connection, query)


@dataclass(frozen=True, slots=True)
class ChangedPrice(PriceChange):
    """One change, and the dishes that use its item."""

    dishes: tuple[PlateChange, ...] = ()


@read
def price_change(connection: Connection, key: str) -> ChangedPrice:
    """One change with the dishes of its item, as they cost the day before it and as they cost now."""
    found = connection.execute(CHANGES.select.where(_KEY.in_([key]))).mappings().one_or_none()
    row = dict(one_or_gone(found, "price"))
    before = row["valid_from"] - timedelta(days=1)
    source = _plates(ListQuery(), before)
    using = source.select.where(MENU_ITEMS.c.id.in_(text(_USING).bindparams(item=row["item_id"]).columns(id=Uuid())))
    dishes = connection.execute(using.order_by(MENU_ITEMS.c.sort_name).limit(MOST_DISHES)).mappings()
    return ChangedPrice(**row, dishes=tuple(PlateChange(**dish) for dish in dishes))


# Menu items whose recipe takes an item today, itself or through others.
_USING = """
    WITH RECURSIVE using_it AS (
      SELECT v.recipe_id FROM recipe_lines l JOIN recipe_versions v ON v.id = l.version_id
      WHERE l.item_id = :item AND v.valid_from = (SELECT max(x.valid_from) FROM recipe_versions x
        WHERE x.recipe_id = v.recipe_id AND x.valid_from <= current_date)
      UNION
      SELECT v.recipe_id FROM using_it u
      JOIN recipe_lines l ON l.sub_recipe_id = u.recipe_id
      JOIN recipe_versions v ON v.id = l.version_id
      WHERE v.valid_from = (SELECT max(x.valid_from) FROM recipe_versions x
        WHERE x.recipe_id = v.recipe_id AND x.valid_from <= current_date))
    SELECT m.id FROM menu_items m WHERE m.recipe_id IN (SELECT recipe_id FROM using_it)"""
MOST_DISHES = 40
