"""The sample data as plain values: what a restaurant group is made of before its first day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from zlib import crc32

from ims_desktop.domain.units import Equation, ItemUnits

ONE = Decimal(1)


@dataclass(frozen=True)
class Site:
    """A site with its storage locations in walk order."""

    name: str
    kind: str
    country: str
    city: str
    address: str
    currency: str
    time_zone: str
    locale: str
    cut_over_hour: int
    prices_include_tax: bool
    locations: tuple[str, ...]
    is_default: bool


@dataclass(frozen=True)
class Item:
    """What is stocked; `homes` are the storage locations it belongs to, `par` what is wanted of it in each site.

    `lots` says whether it is kept by lots.
    """

    sku: str
    name: str
    category: str
    base_unit: str
    homes: tuple[str, ...]
    shelf_days: int | None
    allergens: tuple[str, ...]
    yield_percent: Decimal
    packs: tuple[Equation, ...]
    lots: str = "NO"
    par: Decimal = Decimal(0)

    @cached_property
    def units(self) -> ItemUnits:
        """The units in which it is bought, counted and cooked."""
        return ItemUnits(self.base_unit, self.packs)

    def home_in(self, site: Site) -> str | None:
        """Its home location in a site; None where it is not kept there."""
        return next((home for home in self.homes if home in site.locations), None)


@dataclass(frozen=True)
class Supplier:
    """Who delivers, on which weekdays (1 is Monday)."""

    code: str
    name: str
    contact: str
    email: str
    phone: str
    order_days: tuple[int, ...]
    payment_days: int
    minimum_order: Decimal

    @property
    def account(self) -> str:
        """An account number that nobody has."""
        return f"{crc32(self.code.encode()):010d}"


@dataclass(frozen=True)
class Offer:
    """How one supplier sells an item: the pack, and its price from a day on."""

    supplier: str
    sku: str
    code: str
    pack: str
    pack_quantity: Decimal
    preferred: bool
    prices: tuple[tuple[date, Decimal], ...]

    def price_on(self, day: date) -> Decimal:
        """The price of one pack on a day; before the first one the first."""
        return next((price for start, price in reversed(self.prices) if start <= day), self.prices[0][1])

    def unit_cost_on(self, day: date) -> Decimal:
        """The price of one base unit on a day."""
        return self.price_on(day) / self.pack_quantity


@dataclass(frozen=True)
class Ingredient:
    """A line of a recipe: an item (`sku`) or another recipe (`recipe`), as written and in the base unit."""

    sku: str | None
    recipe: str | None
    quantity: Decimal
    unit: str
    base_quantity: Decimal
    yield_percent: Decimal = Decimal(100)


@dataclass(frozen=True)
class Recipe:
    """How something is made; `is_dish` tells what is sold from what other recipes use."""

    name: str
    is_dish: bool
    yield_quantity: Decimal
    yield_unit: str
    ingredients: tuple[Ingredient, ...]


@dataclass(frozen=True)
class Stocked:
    """A recipe that is made in advance and kept as an item; `batches`: how much was wanted, and came out."""

    item: Item
    recipe: str
    batches: tuple[tuple[Decimal, Decimal], ...]


@dataclass(frozen=True)
class Dish:
    """What is sold."""

    code: str
    name: str
    size: str
    category: str
    recipe: str
    price: Decimal
    tax_percent: Decimal


@dataclass(frozen=True)
class Design:
    """One restaurant group, complete, from `opening` on."""

    tenant: str
    opening: date
    sites: tuple[Site, ...]
    items: tuple[Item, ...]
    suppliers: tuple[Supplier, ...]
    offers: tuple[Offer, ...]
    recipes: tuple[Recipe, ...]
    menu: tuple[Dish, ...]
    stocked: tuple[Stocked, ...] = ()

    @property
    def kept(self) -> tuple[Item, ...]:
        """Everything that lies on a shelf: what is bought, and what is made in advance."""
        return (*self.items, *(one.item for one in self.stocked))

    @property
    def categories(self) -> tuple[str, ...]:
        """The categories of the items, in their order."""
        return tuple(dict.fromkeys(item.category for item in self.kept))

    @cached_property
    def item(self) -> Mapping[str, Item]:
        """The items by SKU."""
        return {item.sku: item for item in self.items}

    @cached_property
    def usage(self) -> Mapping[str, Mapping[str, Decimal]]:
        """What one of each dish takes out of stock, by dish code and SKU, with the yield of every step."""
        recipes = {recipe.name: recipe for recipe in self.recipes}
        return {dish.code: _exploded(recipes[dish.recipe], recipes) for dish in self.menu}

    def preferred_offers(self) -> tuple[Offer, ...]:
        """One offer for each item: whom it is bought from."""
        return tuple(offer for offer in self.offers if offer.preferred)


@dataclass(frozen=True)
class SoldLine:
    """One line of an order: dish, number, and the price of one as on the till."""

    code: str
    quantity: int
    price: Decimal


@dataclass(frozen=True)
class SoldOrder:
    """An order as a till wrote it; `moment` is local time at the site."""

    site: str
    number: str
    moment: datetime
    channel: str
    covers: int | None
    lines: tuple[SoldLine, ...]


def _exploded(recipe: Recipe, recipes: Mapping[str, Recipe]) -> Mapping[str, Decimal]:
    """Recipe quantity ÷ yield, sub-recipes taken apart (rule 13 of the domain)."""
    wanted: dict[str, Fraction] = {}

    def add(each: Recipe, times: Fraction) -> None:
        for line in each.ingredients:
            amount = times * Fraction(line.base_quantity) * 100 / Fraction(line.yield_percent)
            amount /= Fraction(each.yield_quantity)
            if line.recipe is not None:
                add(recipes[line.recipe], amount)
            elif line.sku is not None:
                wanted[line.sku] = wanted.get(line.sku, Fraction(0)) + amount

    add(recipe, Fraction(1))
    return {sku: Decimal(amount.numerator) / Decimal(amount.denominator) for sku, amount in wanted.items()}
