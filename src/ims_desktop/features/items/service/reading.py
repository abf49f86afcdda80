"""One item with everything its panel shows and its form begins with, in one statement."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Text,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from ims_desktop.database.listing import one_or_gone
from ims_desktop.domain.units import ItemUnits
from ims_desktop.domain.work import read
from ims_desktop.features.items.rules import Barcode, Pack, item_units, pack_line, places
from ims_desktop.features.items.rules.offers import Offer
from ims_desktop.features.items.service.choosing import pack_list, packs_from, plain
from ims_desktop.features.items.service.listing import cost_visible
from ims_desktop.features.items.service.pointing import (
    UsedIn,
    currency_of,
    merged_from,
    merged_into,
    named,
    offers,
    offers_from,
    rates,
    used_in,
)
from ims_desktop.features.items.tables import (
    BARCODES,
    CATEGORIES,
    COSTS,
    ITEMS,
    LEVELS,
    PHOTOS,
    SETTINGS,
)
from ims_desktop.features.sites.tables import SITES
from ims_desktop.features.storage.tables import LOCATIONS

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class ItemPack:
    """A pack as the form shows it, and the path to the base unit as the panel shows it."""

    name: str
    quantity: Decimal
    of_unit: str
    path: str


@dataclass(frozen=True, slots=True)
class ItemLevel:
    """What one site wants of an item."""

    site_id: UUID
    par: Decimal | None
    reorder_point: Decimal | None
    home_location_id: UUID | None
    home: str
    shelf_position: str
    is_key: bool = False


@dataclass(frozen=True, slots=True)
class StockAt:
    """What one site has of an item and wants of it; costs are None to those who may not see them."""

    site_id: UUID
    site: str
    currency: str
    quantity: Decimal
    value: Decimal | None
    average_cost: Decimal | None
    par: Decimal | None
    last_counted_at: datetime | None
    locations: tuple[tuple[str, Decimal], ...]

    @property
    def state(self) -> str:
        """The most urgent thing to say, as in the list."""
        if self.quantity < 0:
            return "negative"
        if self.quantity == 0:
            return "out"
        return "low" if self.par is not None and self.quantity < self.par else "ok"


@dataclass(frozen=True)
class Item:
    """An item in full; `site` is the site it is looked at from, None: from all."""

    id: UUID
    version: int
    name: str
    sku: str
    category_id: UUID
    category: str
    base_unit: str
    units: ItemUnits
    packs: tuple[ItemPack, ...]
    barcodes: tuple[Barcode, ...]
    levels: tuple[ItemLevel, ...]
    grams_per_millilitre: Decimal | None
    grams_per_each: Decimal | None
    allergens: tuple[str, ...]
    shelf_life_days: int | None
    tracks_lots: str
    yield_ratio: Decimal
    note: str
    is_active: bool
    stock: tuple[StockAt, ...]
    used_in: tuple[UsedIn, ...]
    offers: tuple[Offer, ...] = ()
    currency: str = ""
    merged: tuple[UsedIn, ...] = ()
    merged_into: UsedIn | None = None
    cost_method: str = ""
    has_photo: bool = False
    site: UUID | None = None

    @property
    def here(self) -> tuple[StockAt, ...]:
        """The stock at the site it is looked at from, or at all."""
        return tuple(at for at in self.stock if self.site in (None, at.site_id))

    @property
    def on_hand(self) -> Decimal:
        """What there is."""
        return sum((at.quantity for at in self.here), Decimal(0))

    @property
    def value(self) -> Decimal | None:
        """What it is worth; None when unknown or in several currencies."""
        values = [at.value for at in self.here]
        if len({at.currency for at in self.here}) > 1 or None in values:
            return None
        return sum((value for value in values if value is not None), Decimal(0))

    @property
    def average_cost(self) -> Decimal | None:
        """What one base unit costs on the average."""
        if self.value is not None and self.on_hand > 0:
            return self.value / self.on_hand
        return self.here[0].average_cost if len(self.here) == 1 else None

    @property
    def par(self) -> Decimal | None:
        """What is wanted."""
        wanted = [at.par for at in self.here if at.par is not None]
        return sum(wanted, Decimal(0)) if wanted else None

    @property
    def state(self) -> str:
        """The most urgent thing to say, as in the list."""
        if not self.is_active:
            return "archived"
        states = {at.state for at in self.here}
        if "negative" in states:
            return "negative"
        if self.on_hand == 0:
            return "out"
        return "low" if any(at.par is not None and at.quantity < at.par for at in self.here) else "ok"

    def decimals(self, quantity: Decimal) -> int:
        """How many decimals a quantity of it shows."""
        return places(self.base_unit, quantity)


@read
def item(connection: Connection, key: UUID, site: UUID | None = None) -> Item:
    """Everything about one item."""
    asked = {"item": key} if site is None else {"item": key, "site": site}
    found = connection.execute(_everything(of_a_site=site is not None), asked)
    return _item(one_or_gone(found.one_or_none(), "item"), site)


@cache
def _everything(*, of_a_site: bool) -> Select[Any]:
    """The one statement; writing it takes longer than what it asks, so it is written once."""
    statement = select(
        *(ITEMS.c[name] for name in ("id", "version", "name", "sku", "category_id", "base_unit", "allergens")),
        *(ITEMS.c[name] for name in ("grams_per_millilitre", "grams_per_each", "shelf_life_days", "tracks_lots")),
        *(ITEMS.c[name] for name in ("note", "is_active")),
        ITEMS.c.yield_percent,
        ITEMS.c.cost_method,
        CATEGORIES.c.name.label("category"),
        pack_list(),
        _barcodes().label("barcodes"),
        _sites().label("sites"),
        used_in().label("used_in"),
        offers().label("offers"),
        rates().label("rates"),
        currency_of(bindparam("site", type_=ITEMS.c.id.type) if of_a_site else None).label("currency"),
        merged_from().label("merged"),
        merged_into().label("merged_into"),
        select(PHOTOS.c.item_id).where(PHOTOS.c.item_id == ITEMS.c.id).exists().label("has_photo"),
    ).join_from(ITEMS, CATEGORIES, CATEGORIES.c.id == ITEMS.c.category_id)
    return statement.where(ITEMS.c.id == bindparam("item", type_=ITEMS.c.id.type))


def _item(row: Row[Any], site: UUID | None) -> Item:
    packs = packs_from(row.packs)
    units = item_units(row.base_unit, packs, row.grams_per_millilitre, row.grams_per_each)
    same = {
        name: row._mapping[name] for name in ("id", "version", "name", "sku", "category_id", "category", "base_unit")
    }
    return Item(
        **same,
        units=units,
        packs=tuple(_pack(pack, units) for pack in packs),
        barcodes=tuple(Barcode(code["gtin"], code["unit"]) for code in row.barcodes or ()),
        levels=tuple(_level(at) for at in row.sites or () if _is_wanted(at)),
        grams_per_millilitre=_trimmed(row.grams_per_millilitre),
        grams_per_each=_trimmed(row.grams_per_each),
        allergens=tuple(row.allergens),
        shelf_life_days=row.shelf_life_days,
        tracks_lots=row.tracks_lots,
        yield_ratio=row.yield_percent / HUNDRED,
        note=row.note,
        is_active=row.is_active,
        stock=tuple(_stock_at(at) for at in row.sites or () if at["is_kept"] or at["par"] is not None),
        used_in=named(row.used_in),
        offers=offers_from(row.offers, row.currency or "", row.rates),
        currency=row.currency or "",
        merged=named(row.merged),
        merged_into=next(iter(named([row.merged_into] if row.merged_into else [])), None),
        cost_method=row.cost_method,
        has_photo=row.has_photo,
        site=site,
    )


def _pack(pack: Pack, units: ItemUnits) -> ItemPack:
    return ItemPack(pack.name, pack.quantity, pack.of_unit, pack_line(pack, units))


def _level(level: Mapping[str, Any]) -> ItemLevel:
    home = level["home_location_id"]
    return ItemLevel(
        UUID(level["site_id"]),
        _number(level["par"]),
        _number(level["reorder_point"]),
        UUID(home) if home else None,
        level["home"] or "",
        level["shelf_position"],
        level["is_key"],
    )


def _is_wanted(at: Mapping[str, Any]) -> bool:
    """Whether the site says anything about the item."""
    return any(at[name] for name in ("par", "reorder_point", "home_location_id", "shelf_position", "is_key"))


def _stock_at(at: Mapping[str, Any]) -> StockAt:
    counted = at["last_counted_at"]
    return StockAt(
        UUID(at["site_id"]),
        at["site"],
        at["currency"],
        Decimal(at["quantity"]),
        _number(at["value"]),
        _number(at["average_cost"]),
        _number(at["par"]),
        datetime.fromisoformat(counted) if counted else None,
        tuple((place["name"], Decimal(place["on_hand"])) for place in at["locations"] or ()),
    )


def _number(text: str | None) -> Decimal | None:
    return None if text is None else _trimmed(Decimal(text))


def _trimmed(number: Decimal | None) -> Decimal | None:
    """Without the zeros a NUMERIC column pads."""
    return None if number is None else plain(number)


def _object(**columns: ColumnElement[Any]) -> ColumnElement[Any]:
    """A JSON object a row. Numbers must come as text: JSON would make them binary fractions."""
    return func.json_build_object(*(part for name, value in columns.items() for part in (literal(name, Text), value)))


def _all(shape: ColumnElement[Any], *order: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.json_agg(aggregate_order_by(shape, *order), type_=JSONB)


def _barcodes() -> Any:
    codes = BARCODES.c
    return (
        select(_all(_object(gtin=codes.gtin, unit=codes.unit), codes.gtin))
        .where(codes.item_id == ITEMS.c.id)
        .scalar_subquery()
    )


def _sites() -> Any:
    """Every site that has, had or wants the item, with what it wants and what is in each of its storage locations."""
    held, said = COSTS.c, SETTINGS.c
    here, home = LOCATIONS.c, LOCATIONS.alias("home")
    place = _object(name=here.name, on_hand=cast(LEVELS.c.on_hand, Text))
    locations = (
        select(_all(place, here.walk_order, here.sort_name))
        .join_from(LEVELS, LOCATIONS, here.id == LEVELS.c.location_id)
        .where(LEVELS.c.site_id == SITES.c.id, LEVELS.c.item_id == ITEMS.c.id, LEVELS.c.on_hand != 0)
        .correlate(SITES, ITEMS)
        .scalar_subquery()
    )
    shape = _object(
        site_id=SITES.c.id,
        site=SITES.c.name,
        currency=SITES.c.currency,
        is_kept=held.site_id.is_not(None),
        quantity=cast(func.coalesce(held.quantity, 0), Text),
        value=case((cost_visible(SITES.c.id), cast(func.coalesce(held.value, 0), Text))),
        average_cost=cast(held.average_cost, Text),
        last_counted_at=held.last_counted_at,
        par=cast(said.par, Text),
        reorder_point=cast(said.reorder_point, Text),
        home_location_id=said.home_location_id,
        home=home.c.name,
        shelf_position=said.shelf_position,
        is_key=said.is_key,
        locations=locations,
    )
    has = and_(held.site_id == SITES.c.id, held.item_id == ITEMS.c.id)
    wants = and_(said.site_id == SITES.c.id, said.item_id == ITEMS.c.id)
    return (
        select(_all(shape, SITES.c.sort_name))
        .select_from(
            SITES.outerjoin(COSTS, has).outerjoin(SETTINGS, wants).outerjoin(home, home.c.id == said.home_location_id)
        )
        .where(or_(held.site_id.is_not(None), said.item_id.is_not(None)))
        .correlate(ITEMS)
        .scalar_subquery()
    )
