"""What points to an item: recipes, suppliers' packs, and items that were merged into it; parts of its one statement."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Numeric,
    Text,
    case,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from ims_desktop.domain.work import read
from ims_desktop.features.items.rules.likeness import beginnings, is_alike
from ims_desktop.features.items.rules.offers import Offer, ranked
from ims_desktop.features.items.tables import ITEMS, RECIPE_LINES, RECIPE_VERSIONS, RECIPES
from ims_desktop.features.sites.tables import SITES

MOST_CANDIDATES = 300


@dataclass(frozen=True, slots=True)
class UsedIn:
    """A recipe in whose newest version the item is, or another item, by name."""

    id: UUID
    name: str


# What applies today: a contract that runs, otherwise the newest dated price; hidden from who may not see costs.
_OFFERS = """(SELECT jsonb_agg(jsonb_build_array(s.id, s.name, si.pack, si.pack_quantity::text, s.currency,
      coalesce(c.price, p.price)::text, si.is_preferred, c.price IS NOT NULL))
    FROM supplier_items si JOIN suppliers s ON s.id = si.supplier_id
    LEFT JOIN LATERAL (SELECT x.price FROM supplier_prices x WHERE x.supplier_item_id = si.id
      AND x.valid_from <= current_date ORDER BY x.valid_from DESC LIMIT 1) p ON true
    LEFT JOIN LATERAL (SELECT x.price FROM supplier_contracts x WHERE x.supplier_item_id = si.id
      AND current_date BETWEEN x.valid_from AND x.valid_until ORDER BY x.valid_from DESC LIMIT 1) c ON true
    WHERE si.item_id = items.id AND si.is_active AND s.status = 'ACTIVE')"""
# Of every pair the newest, whichever way round it was told.
_RATES = """(SELECT jsonb_agg(jsonb_build_array(r.base, r.quote, r.rate::text)) FROM (
    SELECT DISTINCT ON (least(x.base, x.quote), greatest(x.base, x.quote)) x.base, x.quote, x.rate FROM exchange_rates x
    WHERE x.valid_from <= current_date
    ORDER BY least(x.base, x.quote), greatest(x.base, x.quote), x.valid_from DESC) r)"""


def offers() -> ColumnElement[Any]:
    """How suppliers sell the item of the row, as JSON."""
    return literal_column(_OFFERS, JSONB())


# The newest price anybody asked for a base unit; of one day the preferred supplier's.
_LAST_PRICE = """(SELECT {value} FROM supplier_items si JOIN suppliers s ON s.id = si.supplier_id
    JOIN supplier_prices p ON p.supplier_item_id = si.id
    WHERE si.item_id = items.id AND si.is_active AND p.valid_from <= current_date
    ORDER BY p.valid_from DESC, si.is_preferred DESC, p.price / si.pack_quantity LIMIT 1)"""
_SUPPLIERS = (
    "(SELECT count(DISTINCT si.supplier_id) FROM supplier_items si WHERE si.item_id = items.id AND si.is_active)"
)


def offer_columns() -> tuple[ColumnElement[Any], ...]:
    """How many suppliers sell the item of the row, and what one of them asked last for a base unit."""
    price = literal_column(_LAST_PRICE.format(value="p.price / si.pack_quantity"), Numeric())
    unit = literal_column(_LAST_PRICE.format(value="s.currency || ' / ' || items.base_unit"), Text())
    return (
        literal_column(_SUPPLIERS, Integer()).label("suppliers"),
        price.label("last_price"),
        unit.label("price_unit"),
    )


def rates() -> ColumnElement[Any]:
    """The exchange rates of today, as JSON."""
    return literal_column(_RATES, JSONB())


def currency_of(site: ColumnElement[Any] | None) -> Any:
    """The currency in which prices are compared: of the site looked from, otherwise of the default one."""
    chosen = SITES.c.is_active if site is None else SITES.c.id == site
    ordered = select(SITES.c.currency).where(chosen).order_by(SITES.c.is_default.desc(), SITES.c.sort_name)
    return ordered.limit(1).scalar_subquery()


def offers_from(
    listed: Iterable[list[Any]] | None, currency: str, known: Iterable[list[str]] | None
) -> tuple[Offer, ...]:
    """The offers as `offers` and `rates` wrote them, the cheapest first."""
    told = (
        Offer(UUID(key), name, pack, Decimal(quantity), money, price and Decimal(price), preferred, contract)
        for key, name, pack, quantity, money, price, preferred, contract in listed or ()
    )
    return ranked(told, currency, {(base, quote): Decimal(rate) for base, quote, rate in known or ()})


def merged_from() -> Any:
    """The items that were merged into the one of the row, as JSON."""
    gone = ITEMS.alias("gone")
    shape = func.json_build_object("id", gone.c.id, "name", gone.c.name + " (" + gone.c.sku + ")")
    listed = func.json_agg(aggregate_order_by(shape, gone.c.sort_name), type_=JSONB)
    return select(listed).where(gone.c.merged_into_id == ITEMS.c.id).correlate(ITEMS).scalar_subquery()


def merged_into() -> Any:
    """The item into which the one of the row was merged, as JSON."""
    winner = ITEMS.alias("winner")
    shape = func.json_build_object("id", winner.c.id, "name", winner.c.name, type_=JSONB)
    return select(shape).where(winner.c.id == ITEMS.c.merged_into_id).correlate(ITEMS).scalar_subquery()


def used_in() -> Any:
    """Active recipes whose newest version names the item."""
    newest = (
        select(RECIPE_VERSIONS.c.id)
        .where(RECIPE_VERSIONS.c.recipe_id == RECIPES.c.id)
        .order_by(RECIPE_VERSIONS.c.valid_from.desc())
        .limit(1)
        .lateral("newest")
    )
    named = select(RECIPE_LINES.c.item_id).where(
        RECIPE_LINES.c.version_id == newest.c.id, RECIPE_LINES.c.item_id == ITEMS.c.id
    )
    candidates = (
        select(RECIPE_VERSIONS.c.recipe_id)
        .join_from(RECIPE_LINES, RECIPE_VERSIONS, RECIPE_VERSIONS.c.id == RECIPE_LINES.c.version_id)
        .where(RECIPE_LINES.c.item_id == ITEMS.c.id)
        .correlate(ITEMS)
    )
    shape = func.json_build_object(literal("id", Text), RECIPES.c.id, literal("name", Text), RECIPES.c.name)
    listed = func.json_agg(aggregate_order_by(shape, RECIPES.c.sort_name), type_=JSONB)
    return (
        select(listed)
        .select_from(RECIPES.join(newest, true()))
        .where(RECIPES.c.is_active, RECIPES.c.id.in_(candidates), named.correlate(ITEMS, newest).exists())
        .correlate(ITEMS)
        .scalar_subquery()
    )


def named(listed: Any) -> tuple[UsedIn, ...]:
    """Records as the functions above wrote them."""
    return tuple(UsedIn(UUID(one["id"]), one["name"]) for one in listed or ())


@read
def look_alikes(connection: Connection, name: str, but: UUID | None = None) -> tuple[UsedIn, ...]:
    """Active items whose name looks like this one; the nearest in length are compared."""
    parts = beginnings(name)
    if not parts:
        return ()
    near = func.abs(func.length(ITEMS.c.name) - len(name))
    whole = case((ITEMS.c.sort_name == func.public.sort_key(name), 0), else_=1)
    statement = (
        select(ITEMS.c.id, ITEMS.c.name, ITEMS.c.sku)
        .where(
            ITEMS.c.is_active, ITEMS.c.id.is_distinct_from(but), or_(*(ITEMS.c.sort_name.contains(p) for p in parts))
        )
        .order_by(whole, near, ITEMS.c.sort_name)
        .limit(MOST_CANDIDATES)
    )
    found = connection.execute(statement)
    return tuple(UsedIn(row.id, f"{row.name} ({row.sku})") for row in found if is_alike(name, row.name))
