"""What forms and entry lines choose from: items with their units, categories, units, sites and locations."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, Text, and_, case, cast, func, or_, select
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from ims_desktop.database.listing import one_or_gone
from ims_desktop.domain.numbers import EXACT
from ims_desktop.domain.units import ItemUnits
from ims_desktop.domain.work import read
from ims_desktop.features.items.rules import Pack, item_units
from ims_desktop.features.items.tables import BARCODES, CATEGORIES, GLOBAL_UNITS, ITEMS, UNITS
from ims_desktop.features.sites.service import Option, site_choices
from ims_desktop.features.sites.tables import SITES
from ims_desktop.features.storage.tables import LOCATIONS

__all__ = [
    "ItemChoice",
    "category_choices",
    "global_unit_choices",
    "item_choices",
    "location_choices",
    "pack_list",
    "packs_from",
    "plain",
    "site_choices",
    "units_of",
]

MOST = 20


@dataclass(frozen=True, slots=True)
class ItemChoice:
    """An item to choose, with the units in which it may be entered; `unit` is the pack whose barcode was scanned."""

    id: UUID
    name: str
    sku: str
    units: ItemUnits
    unit: str | None = None

    @property
    def base_unit(self) -> str:
        """The unit in which its stock is kept."""
        return self.units.base


def pack_list() -> Any:
    """The packs of the item of a row as JSON, in the order of their names; quantities as text, which loses nothing."""
    line = func.json_build_array(UNITS.c.name, cast(UNITS.c.quantity, Text), UNITS.c.of_unit, type_=JSONB)
    listed = func.json_agg(aggregate_order_by(line, UNITS.c.name), type_=JSONB)
    packs = select(listed).where(UNITS.c.item_id == ITEMS.c.id).scalar_subquery()
    return packs.label("packs")


def packs_from(listed: Iterable[Sequence[str]] | None) -> tuple[Pack, ...]:
    """Packs as `pack_list` wrote them."""
    return tuple(Pack(name, plain(Decimal(quantity)), unit) for name, quantity, unit in listed or ())


@read
def item_choices(connection: Connection, text: str) -> tuple[ItemChoice, ...]:
    """Active items whose name or SKU holds every word, those that begin with the text first; or whose barcode it is."""
    words = [func.public.sort_key(word) for word in text.split()]
    scanned = select(BARCODES.c.unit).where(BARCODES.c.item_id == ITEMS.c.id, BARCODES.c.gtin == text.strip())
    fitting = and_(*(or_(ITEMS.c.sort_name.contains(w), ITEMS.c.sort_sku.contains(w)) for w in words))
    begins = ITEMS.c.sort_name.startswith(func.public.sort_key(text.strip()))
    unit = scanned.scalar_subquery()
    statement = (
        _choosing()
        .add_columns(unit.label("unit"))
        .where(ITEMS.c.is_active, or_(fitting, unit.is_not(None)))
        .order_by(case((begins, 0), else_=1), ITEMS.c.sort_name)
        .limit(MOST)
    )
    return tuple(ItemChoice(row.id, row.name, row.sku, _units(row), row.unit) for row in connection.execute(statement))


@read
def units_of(connection: Connection, item_id: UUID) -> ItemUnits:
    """The units of one item, for reading what people type."""
    return _units(one_or_gone(connection.execute(_choosing().where(ITEMS.c.id == item_id)).one_or_none(), "item"))


@read
def category_choices(connection: Connection) -> list[Option]:
    """All categories in use, by name."""
    used = select(CATEGORIES.c.id, CATEGORIES.c.name).where(CATEGORIES.c.is_active)
    rows = connection.execute(used.order_by(CATEGORIES.c.sort_name))
    return [Option(row.id, row.name) for row in rows]


@read
def global_unit_choices(connection: Connection) -> list[Option]:
    """The units that mean the same for every item."""
    units = GLOBAL_UNITS.c
    size = case((units.dimension == "WEIGHT", 0), (units.dimension == "VOLUME", 1), else_=2)
    rows = connection.execute(
        select(units.code, units.name).order_by(size, units.numerator / units.denominator, units.code)
    )
    return [Option(row.code, row.code, row.name) for row in rows]


@read
def location_choices(connection: Connection) -> list[Option]:
    """Open storage locations of all sites, in walk order."""
    here = LOCATIONS.c
    rows = connection.execute(
        select(here.id, here.name, SITES.c.name.label("site"))
        .join_from(LOCATIONS, SITES, SITES.c.id == here.site_id)
        .where(here.is_active)
        .order_by(SITES.c.sort_name, here.walk_order, here.sort_name)
    )
    return [Option(row.id, row.name, row.site) for row in rows]


def _choosing() -> Select[Any]:
    return select(
        ITEMS.c.id,
        ITEMS.c.name,
        ITEMS.c.sku,
        ITEMS.c.base_unit,
        ITEMS.c.grams_per_millilitre,
        ITEMS.c.grams_per_each,
        pack_list(),
    )


def _units(row: Row[Any]) -> ItemUnits:
    return item_units(row.base_unit, packs_from(row.packs), row.grams_per_millilitre, row.grams_per_each)


def plain(number: Decimal) -> Decimal:
    """Without the zeros a NUMERIC column pads: 6 and not 6.0000000000."""
    return Decimal(format(EXACT.normalize(number), "f"))
