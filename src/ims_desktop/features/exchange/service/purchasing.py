"""Suppliers and their price lists in files."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from ims_desktop.database.table_import import Named, Reference, TableImport
from ims_desktop.domain.errors import Problem
from ims_desktop.domain.import_kinds import CLOCK, DAY, FLAG, NAME, NUMBER, WHOLE, choice
from ims_desktop.domain.importing import Change, ImportField, ImportRow, ImportSpec, Known, Record
from ims_desktop.features.items.tables import ITEMS
from ims_desktop.features.suppliers.tables import SUPPLIER_ITEMS, SUPPLIER_PRICES, SUPPLIERS

SUPPLIER = Reference(SUPPLIERS, SUPPLIERS.c.name, (SUPPLIERS.c.sort_name,), "supplier")
ITEM = Reference(ITEMS, ITEMS.c.sku, (ITEMS.c.sort_sku, ITEMS.c.sort_name), "item")
STATES = {"ACTIVE": "Active", "ON_HOLD": "On hold", "ENDED": "Ended"}
LARGEST = 10**9

_SUPPLIERS = TableImport(
    SUPPLIERS,
    "suppliers.edit",
    {
        key: key
        for key in ("code", "name", "status", "payment_days", "order_cutoff", "minimum_order", "currency", "note")
    },
    ("code",),
)
_OFFERS = TableImport(
    SUPPLIER_ITEMS,
    "suppliers.edit",
    {
        "supplier": "supplier_id", "item": "item_id", "supplier_code": "supplier_code", "pack": "pack",
        "pack_quantity": "pack_quantity", "is_preferred": "is_preferred",
    },
    ("supplier", "item", "pack"),
    {"supplier": SUPPLIER, "item": ITEM},
)  # fmt: skip
_PRICES = TableImport(
    SUPPLIER_PRICES,
    "suppliers.edit",
    {"offer": "supplier_item_id", "valid_from": "valid_from", "price": "price"},
    ("offer", "valid_from"),
    identity=("supplier_item_id", "valid_from"),
)


def _known_prices(connection: Connection, rows: Sequence[ImportRow]) -> Known:
    """The offer of each row and, under `price`, what it costs from the day of the row on."""
    offers = _OFFERS.known(connection, rows)
    asked = [
        ImportRow(row.number, {"offer": Named(offers.records[row.number].id[0], ""), **_price_of(row.given)})
        for row in offers.rows
        if row.number in offers.records and row.given.get("valid_from") is not None
    ]
    prices = _PRICES.known(connection, asked).records
    records = {
        number: Record(record.id, {**record.values, **_price_of(prices[number].values if number in prices else {})})
        for number, record in offers.records.items()
    }
    return Known(records, offers.rows, offers.problems)


def _price_of(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: values.get(key) for key in ("valid_from", "price")}


def _write_prices(connection: Connection, changes: Sequence[Change]) -> None:
    _OFFERS.write(connection, [_offer_only(change) for change in changes if change.differences])
    priced = [change for change in changes if {"price", "valid_from"} & change.values.keys()]
    rows = [change.row for change in priced]
    offers = _OFFERS.known(connection, [_words(row) for row in rows]).records
    wanted = [
        ImportRow(row.number, {"offer": Named(offers[row.number].id[0], ""), **_price_of(row.given)}) for row in rows
    ]
    known = _PRICES.known(connection, wanted)
    written = [
        Change(row, known.records.get(row.number), ()).with_values(
            {"price": row.given["price"]} if row.number in known.records else row.given
        )
        for row in known.rows
    ]
    _PRICES.write(connection, written)


def _offer_only(change: Change) -> Change:
    kept = tuple(one for one in change.differences if one.key in _OFFERS.columns)
    return replace(change, differences=kept)


def _words(row: ImportRow) -> ImportRow:
    """The row with words again, to be looked up after what it names was written."""
    return ImportRow(row.number, {key: str(v) if isinstance(v, Named) else v for key, v in row.given.items()})


def _offer_problems(_connection: Connection, changes: Sequence[Change]) -> list[Problem]:
    problems = []
    for change in changes:
        values, number = change.values, change.row.number
        for key, least in (("pack_quantity", 0), ("price", -1)):
            value = values.get(key)
            if value is not None and not (least < value < LARGEST and (least or value > 0)):
                problems.append(Problem("This must be more than 0, and not absurdly large.", key, number))
        if ("price" in change.row.given and change.row.given["price"] is not None) and not change.row.given.get(
            "valid_from"
        ):
            problems.append(Problem("A price needs the day from which it holds.", "valid_from", number))
        if change.row.given.get("valid_from") and change.row.given.get("price") is None:
            problems.append(Problem("The price is missing.", "price", number))
    return problems


def _supplier_problems(_connection: Connection, changes: Sequence[Change]) -> list[Problem]:
    problems = []
    for change in changes:
        values, number = change.values, change.row.number
        currency = values.get("currency")
        if currency is not None and not (len(currency) == 3 and currency.isascii() and currency.isupper()):
            problems.append(Problem("A currency has three capital letters, such as EUR.", "currency", number))
        for key, most in (("payment_days", 3650), ("minimum_order", LARGEST)):
            value = values.get(key)
            if value is not None and not 0 <= value <= most:
                problems.append(Problem("This must be 0 or more, and not absurdly large.", key, number))
    return problems


SUPPLIERS_IMPORT = ImportSpec(
    "suppliers",
    "Suppliers",
    ("supplier", "suppliers"),
    ("code",),
    (
        ImportField("code", "Code", required=True, aliases=("supplier code", "vendor code", "vendor number"),
                    example="METRO", longest=40),
        ImportField("name", "Name", required=True, aliases=("supplier", "vendor"), example="Metro", longest=120),
        ImportField("status", "Status", choice(STATES), keep=True, example="Active"),
        ImportField("payment_days", "Payment days", WHOLE, aliases=("terms",), example="30"),
        ImportField("order_cutoff", "Order by", CLOCK, aliases=("cut-off", "cutoff"), example="14:00"),
        ImportField("minimum_order", "Minimum order", NUMBER, aliases=("minimum",), example="150.00"),
        ImportField("currency", "Currency", required=True, help="Its three letters.", example="USD", longest=3),
        ImportField("note", "Note", aliases=("notes", "remark"), longest=2000),
    ),
    "suppliers.edit",
    frozenset({"suppliers"}),
    _SUPPLIERS.known,
    _SUPPLIERS.write,
    _supplier_problems,
)  # fmt: skip
PRICES_IMPORT = ImportSpec(
    "supplier_prices",
    "Price list of suppliers",
    ("price", "prices"),
    ("supplier", "item", "pack"),
    (
        ImportField("supplier", "Supplier", NAME, required=True, aliases=("vendor",), example="Metro"),
        ImportField("item", "Item", NAME, required=True, aliases=("sku", "item code"), help="Its SKU or name.",
                    example="DRY-0142"),
        ImportField("pack", "Pack", required=True, aliases=("pack size", "size"), help="As the supplier writes it.",
                    example="Case 6 x 2.5 kg", longest=120),
        ImportField("pack_quantity", "Pack quantity", NUMBER, required=True, aliases=("quantity", "content"),
                    help="How much is in it, in the unit in which the item is kept.", example="15"),
        ImportField("supplier_code", "Supplier code", aliases=("product code", "article number", "supplier sku"),
                    example="48213", longest=60),
        ImportField("price", "Price", NUMBER, keep=True, aliases=("pack price", "unit price", "cost"),
                    example="24.90"),
        ImportField("valid_from", "Valid from", DAY, keep=True, aliases=("from", "date", "effective date"),
                    example="2026-12-01"),
        ImportField("is_preferred", "Preferred", FLAG, keep=True, example="yes"),
    ),
    "suppliers.edit",
    frozenset({"suppliers"}),
    _known_prices,
    _write_prices,
    _offer_problems,
)  # fmt: skip
