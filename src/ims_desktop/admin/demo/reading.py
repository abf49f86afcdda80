"""The design tables of the sample data, read from the CSV files beside this module."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from importlib.resources import files

from ims_desktop.admin.demo.design import Ingredient, Item, Offer, Recipe, Site, Supplier
from ims_desktop.admin.demo.prices import drifting
from ims_desktop.domain.numbers import half_up
from ims_desktop.domain.units import Equation, ItemUnits

Row = Mapping[str, str]

_EQUATION = re.compile(r"1 (?P<unit>.+) = (?P<quantity>[0-9.]+) (?P<other>.+)")
_INGREDIENT = re.compile(r"(?P<quantity>[0-9.]+) (?P<unit>\S+) (?P<name>.+)")


def rows_of(folder: str, table: str) -> Sequence[Row]:
    """The rows of one design table."""
    text = (files(__package__) / folder / f"{table}.csv").read_text("utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def read_sites(folder: str) -> tuple[Site, ...]:
    """The sites of a group."""
    return tuple(
        Site(
            row["name"],
            row["kind"],
            row["country"],
            row["city"],
            row["address"],
            row["currency"],
            row["time_zone"],
            row["locale"],
            int(row["cut_over"]),
            row["prices_include_tax"] == "yes",
            tuple(row["locations"].split("|")),
            row["is_default"] == "yes",
        )
        for row in rows_of(folder, "sites")
    )


def read_items(folder: str) -> tuple[Item, ...]:
    """The items of a group, without pars: those come from what is used."""
    return tuple(
        Item(
            row["sku"],
            row["name"],
            row["category"],
            row["base_unit"],
            tuple(row["homes"].split("|")),
            int(row["shelf_days"]) if row["shelf_days"] else None,
            tuple(row["allergens"].split()),
            Decimal(row["yield_percent"]),
            tuple(_equation(text) for text in row["packs"].split("; ") if text),
            row["lots"],
        )
        for row in rows_of(folder, "items")
    )


def read_suppliers(folder: str) -> tuple[Supplier, ...]:
    """The suppliers of a group."""
    return tuple(
        Supplier(
            row["code"],
            row["name"],
            row["contact"],
            row["email"],
            row["phone"],
            tuple(int(day) for day in row["order_days"].split()),
            int(row["payment_days"]),
            Decimal(row["minimum_order"]),
        )
        for row in rows_of(folder, "suppliers")
    )


def read_offers(folder: str, items: Sequence[Item], first: date, months: int) -> tuple[Offer, ...]:
    """What the suppliers sell, with prices that drift from the one in the table over so many months."""
    by_sku = {item.sku: item for item in items}
    return tuple(
        Offer(
            row["supplier"],
            row["sku"],
            row["code"],
            row["pack"],
            by_sku[row["sku"]].units.convert(1, row["pack"]).quantity,
            row["preferred"] == "yes",
            drifting(Decimal(row["price"]), f"{folder}/{row['code']}", by_sku[row["sku"]].category, first, months),
        )
        for row in rows_of(folder, "offers")
    )


def read_preps(folder: str, items: Sequence[Item]) -> tuple[Recipe, ...]:
    """The recipes that other recipes use, such as dough and sauce."""
    by_name = {item.name: item for item in items}
    return tuple(
        Recipe(
            row["name"],
            False,
            Decimal(row["yield_quantity"]),
            row["yield_unit"],
            tuple(read_ingredients(row["ingredients"], by_name, {})),
        )
        for row in rows_of(folder, "preps")
    )


def read_ingredients(
    text: str, items: Mapping[str, Item], preps: Mapping[str, Recipe], times: Decimal = Decimal(1)
) -> Iterator[Ingredient]:
    """`1.2 oz Mushrooms; 0.6 oz Red onions`, each quantity times a factor and rounded to 0.05 of its unit."""
    for part in text.split("; "):
        match = _INGREDIENT.fullmatch(part)
        if match is None:
            raise ValueError(f"no ingredient: {part}")
        quantity, unit, name = Decimal(match["quantity"]), match["unit"], match["name"]
        if times != 1:
            quantity = max(half_up(quantity * times * 20, 0), Decimal(1)) / 20
        if name in preps:
            base = _in_unit(quantity, unit, preps[name].yield_unit)
            yield Ingredient(None, name, quantity, unit, base)
        else:
            item = items[name]
            base = item.units.convert(quantity, unit).quantity
            yield Ingredient(item.sku, None, quantity, unit, base, item.yield_percent)


def _in_unit(quantity: Decimal, unit: str, wanted: str) -> Decimal:
    return ItemUnits(wanted).convert(quantity, unit).quantity


def _equation(text: str) -> Equation:
    match = _EQUATION.fullmatch(text)
    if match is None:
        raise ValueError(f"no equation of units: {text}")
    return Equation(match["unit"], Fraction(match["quantity"]), match["other"])
