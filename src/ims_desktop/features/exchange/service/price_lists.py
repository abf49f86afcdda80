"""Price lists of suppliers in files: tables, and electronic catalogues."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Date, Text, Uuid, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from ims_desktop.database.table_import import Named, Reference, TableImport
from ims_desktop.domain.errors import Problem
from ims_desktop.domain.import_kinds import DAY, FLAG, NAME, NUMBER
from ims_desktop.domain.importing import Change, ImportField, ImportRow, ImportSpec, Known, Record
from ims_desktop.domain.wording import say
from ims_desktop.features.items.service import units_of
from ims_desktop.features.items.tables import ITEMS
from ims_desktop.features.suppliers.service.pricing import listed
from ims_desktop.features.suppliers.tables import SUPPLIER_ITEMS, SUPPLIER_PRICES, SUPPLIERS

SUPPLIER = Reference(
    SUPPLIERS, SUPPLIERS.c.name, (SUPPLIERS.c.sort_name, func.public.sort_key(SUPPLIERS.c.code)), "supplier"
)
ITEM = Reference(ITEMS, ITEMS.c.sku, (ITEMS.c.sort_sku, ITEMS.c.sort_name), "item")
LARGEST = 10**9
JUMP = Decimal(4)  # a price that is so many times another, or so many parts of it, is asked about
USUAL = (6, 10, 12, 24, 100, 1000)  # how many pieces are in a pack, and grams in a kilogram

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
ONLY_TOLD = ("barcode", "item_name", "pack_unit", "currency")  # what helps to find and to check, and is not kept
_PRICES = TableImport(
    SUPPLIER_PRICES,
    "suppliers.edit",
    {"offer": "supplier_item_id", "valid_from": "valid_from", "price": "price"},
    ("offer", "valid_from"),
    identity=("supplier_item_id", "valid_from"),
)


def _known_prices(connection: Connection, rows: Sequence[ImportRow]) -> Known:
    """The offer of each row and, under `price`, what it costs from the day of the row on.

    Before a first price for that day it is the one that would hold on it, so that a change is seen as one.
    """
    offers = _OFFERS.known(connection, rows)
    resolved, problems = _in_stock_units(connection, offers.rows)
    offers = Known(offers.records, resolved, (*offers.problems, *problems))
    asked = [
        ImportRow(row.number, {"offer": Named(offers.records[row.number].id[0], ""), **_price_of(row.given)})
        for row in offers.rows
        if row.number in offers.records and row.given.get("valid_from") is not None
    ]
    prices = _PRICES.known(connection, asked).records
    held = _held_on(connection, asked)
    given = {row.number: row.given for row in offers.rows}
    records = {
        number: Record(
            record.id,
            {
                **{key: given[number].get(key) for key in ONLY_TOLD},
                **record.values,
                "price": held.get(number),
                "valid_from": _dated(given[number], number in prices, held.get(number)),
            },
        )
        for number, record in offers.records.items()
    }
    return Known(records, offers.rows, offers.problems)


def _dated(given: Mapping[str, Any], is_there: bool, held: Decimal | None) -> date | None:
    """From when it costs that: a price that holds already needs no day of its own."""
    day: date | None = given.get("valid_from")
    return day if is_there or (held is not None and held == given.get("price")) else None


_HELD = text(f"""
    SELECT asked.number, {listed("asked.offer", "asked.day")} AS price
    FROM unnest(:numbers, :offers, :days) AS asked (number, offer, day)
""").bindparams(bindparam("offers", type_=ARRAY(Uuid)), bindparam("days", type_=ARRAY(Date)))


def _held_on(connection: Connection, asked: Sequence[ImportRow]) -> dict[int, Decimal]:
    """What each offer costs on the day of its row."""
    lists = {
        "numbers": [row.number for row in asked],
        "offers": [row.given["offer"].id for row in asked],
        "days": [row.given["valid_from"] for row in asked],
    }
    found = connection.execute(_HELD, lists).all() if asked else ()
    return {row.number: row.price for row in found if row.price is not None}


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


def _offer_problems(connection: Connection, changes: Sequence[Change]) -> list[Problem]:
    problems = _currency_problems(connection, changes)
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
        if change.is_new and not change.row.given.get("pack"):
            problems.append(Problem("Say in which pack it is sold.", "pack", number))
        if change.row.given.get("valid_from") and change.row.given.get("price") is None:
            problems.append(Problem("The price is missing.", "price", number))
    return problems


# What a list leaves to be found out -----------------------------------------------------------------------------

_FOUND = text("""
    SELECT asked.number, coalesce(sold.sku, coded.sku) AS sku, sold.pack, sold.quantity
    FROM unnest(:numbers, :suppliers, :codes, :barcodes, :names) AS asked (number, supplier, code, barcode, name)
    LEFT JOIN LATERAL (
      SELECT i.sku, si.pack, si.pack_quantity AS quantity FROM supplier_items si
      JOIN suppliers s ON s.id = si.supplier_id
        AND public.sort_key(asked.supplier) IN (s.sort_name, public.sort_key(s.code))
      JOIN items i ON i.id = si.item_id
      WHERE si.supplier_code = asked.code AND asked.code <> ''
      ORDER BY si.is_active DESC, si.is_preferred DESC, si.id LIMIT 1
    ) sold ON true
    LEFT JOIN LATERAL (
      SELECT i.sku FROM items i
      WHERE i.id = (SELECT b.item_id FROM item_barcodes b
                    WHERE b.gtin IN (asked.barcode, ltrim(asked.barcode, '0')) LIMIT 1)
         OR i.sort_name = public.sort_key(asked.name)
      ORDER BY i.sort_name = public.sort_key(asked.name) LIMIT 1
    ) coded ON true
""").bindparams(
    bindparam("numbers"), *(bindparam(name, type_=ARRAY(Text)) for name in ("suppliers", "codes", "barcodes", "names"))
)


def _completed(connection: Connection, rows: Sequence[ImportRow]) -> Sequence[ImportRow]:
    """The item and the pack by the supplier's own code, by barcode or by name; today, where no day is named."""
    today = connection.execute(text("SELECT current_date")).scalar_one()
    lacking = [row for row in rows if not row.given.get("item") or not row.given.get("pack")]
    found = {one.number: one for one in _asked(connection, lacking)}
    return [_filled(row, found.get(row.number), today) for row in rows]


def _asked(connection: Connection, rows: Sequence[ImportRow]) -> Sequence[Any]:
    if not rows:
        return ()
    keys = {"suppliers": "supplier", "codes": "supplier_code", "barcodes": "barcode", "names": "item_name"}
    words = {name: [str(row.given.get(key) or "") for row in rows] for name, key in keys.items()}
    return connection.execute(_FOUND, {"numbers": [row.number for row in rows], **words}).all()


def _filled(row: ImportRow, found: Any, today: date) -> ImportRow:
    given = dict(row.given)
    if not given.get("item"):
        given["item"] = (found and found.sku) or given.get("item_name") or given.get("supplier_code")
    known_pack = found is not None and found.pack is not None
    if known_pack and not row.given.get("item"):
        given["pack"] = found.pack  # the same line by its code, however they write the pack today
    if given.get("price") is not None and "valid_from" not in given:
        given["valid_from"] = today
    return ImportRow(row.number, given)


def _in_stock_units(connection: Connection, rows: Sequence[ImportRow]) -> tuple[list[ImportRow], list[Problem]]:
    """Quantities that are said in a unit, in the one in which the item is kept."""
    problems, made, units = list[Problem](), list[ImportRow](), dict[Any, Any]()
    for row in rows:
        said, amount, item = (row.given.get(key) for key in ("pack_unit", "pack_quantity", "item"))
        if said and amount and isinstance(item, Named):
            if item.id not in units:
                units[item.id] = units_of(connection, item.id)
            own = units[item.id]
            code = own.find(str(said))
            if code is None:
                words = say(
                    "This item has no unit “{unit}”. It has: {known}.", unit=said, known=", ".join(own.codes[:6])
                )
                problems.append(Problem(words, "pack_unit", row.number))
            else:
                row = ImportRow(row.number, {**row.given, "pack_quantity": own.convert(amount, code).quantity})
        made.append(row)
    return made, problems


# What is unlikely -----------------------------------------------------------------------------------------------


def _jumps(_connection: Connection, changes: Sequence[Change]) -> list[Problem]:
    """Prices of a stock unit that are many times, or a small part of, what they were."""
    found = []
    for change in changes:
        before = change.record.values if change.record else {}
        old, new = before.get("price"), change.values.get("price")
        held, holds = before.get("pack_quantity"), change.whole.get("pack_quantity")
        if not old or not new or not held or not holds:
            continue
        times = (new / holds) / (old / held)
        if times >= JUMP or times <= 1 / JUMP:
            found.append(Problem(_jump(times), "price", change.row.number))
    return found


def _jump(times: Decimal) -> str:
    """The jump in words, with the mistake that it looks like."""
    up = times if times >= 1 else 1 / times
    near = next((number for number in USUAL if abs(up / number - 1) <= Decimal("0.15")), None)
    words = say("{times} times what it was.", times=f"{up:.1f}") if times >= 1 else say(
        "{times} times less than it was.", times=f"{up:.1f}"
    )  # fmt: skip
    return f"{words} {say('Is it the price of another unit (× {number})?', number=near)}" if near else str(words)


def _currency_problems(connection: Connection, changes: Sequence[Change]) -> list[Problem]:
    """Prices in another currency than the supplier is paid in."""
    said = {
        change.row.number: change.row.given.get("currency") for change in changes if change.row.given.get("currency")
    }
    if not said:
        return []
    suppliers = {change.row.number: change.row.given.get("supplier") for change in changes}
    keys = [one.id for one in suppliers.values() if isinstance(one, Named)]
    asked = select(SUPPLIERS.c.id, SUPPLIERS.c.currency).where(SUPPLIERS.c.id.in_(keys))
    kept: dict[Any, str] = {row.id: row.currency for row in connection.execute(asked)}
    return [
        Problem(
            say("This supplier is paid in {kept}, not in {said}.", kept=kept[supplier.id], said=written),
            "currency",
            number,
        )
        for number, written in said.items()
        if isinstance(supplier := suppliers[number], Named) and supplier.id in kept
        if str(written).upper() != kept[supplier.id]
    ]


PRICES_IMPORT = ImportSpec(
    "supplier_prices",
    "Price list of suppliers",
    ("price", "prices"),
    ("supplier", "item", "pack"),
    (
        ImportField("supplier", "Supplier", NAME, required=True, aliases=("vendor",), example="Metro"),
        ImportField("item", "Item", NAME, aliases=("sku", "item code"),
                    help="Its SKU or name; without it the supplier code, barcode or item name.",
                    example="DRY-0142"),
        ImportField("pack", "Pack", aliases=("pack size", "size"), help="As the supplier writes it.",
                    example="Case 6 x 2.5 kg", longest=120),
        ImportField("pack_quantity", "Pack quantity", NUMBER, required=True, aliases=("quantity", "content", "holds"),
                    help="How much is in it, in the unit in which the item is kept.", example="15"),
        ImportField("pack_unit", "Pack unit", aliases=("unit", "uom"), help="Where the quantity is not in that unit.",
                    example="kg"),
        ImportField("barcode", "Barcode", aliases=("gtin", "ean"), example="4006381333931"),
        ImportField("item_name", "Item name", aliases=("description", "product"), example="Peeled tomatoes"),
        ImportField("supplier_code", "Supplier code", example="48213", longest=60,
                    aliases=("code", "product code", "article number", "supplier sku")),
        ImportField("price", "Price", NUMBER, keep=True, aliases=("listed price", "pack price", "unit price", "cost"),
                    example="24.90", in_percent=True),
        ImportField("currency", "Currency", keep=True, help="Its three letters.", example="USD", longest=3),
        ImportField("valid_from", "Valid from", DAY, keep=True, aliases=("from", "since", "date", "effective date"),
                    example="2026-12-01"),
        ImportField("is_preferred", "Preferred", FLAG, keep=True, example="yes"),
    ),
    "suppliers.edit",
    frozenset({"suppliers"}),
    _known_prices,
    _write_prices,
    _offer_problems,
    completed=_completed,
    doubts=_jumps,
    dated_by=("valid_from",),
)  # fmt: skip
