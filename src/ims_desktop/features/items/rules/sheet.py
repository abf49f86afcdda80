"""Items in a file: which columns it may have, and what each cell says."""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.domain.file_values import decimal_sign_of, read_signed
from ims_desktop.domain.numbers import NotANumber
from ims_desktop.domain.table_file import Table, fold_header
from ims_desktop.features.items.rules.barcodes import barcode_fault
from ims_desktop.features.items.rules.drafts import ALLERGENS, Barcode
from ims_desktop.features.items.rules.packs import Pack

_PACK = re.compile(r"(?:1\s+)?(?P<name>[^=]+?)\s*=\s*(?P<quantity>[0-9.,'’]+)\s*(?P<unit>[^=0-9][^=]*)")
_HUNDRED = Decimal(100)


class Unclear(ValueError):
    """A cell that cannot be read, with the sentence that says why."""


Reader = Callable[[str, str], Any]


def _words(text: str, _sign: str) -> str:
    return text


def _number(text: str, sign: str) -> Decimal:
    try:
        return read_signed(text.removesuffix("%").strip(), sign)
    except NotANumber:
        raise Unclear(f"“{text}” is not a number.") from None


def _optional_number(text: str, sign: str) -> Decimal | None:
    return _number(text, sign) if text else None


def _percent(text: str, sign: str) -> Decimal:
    return _number(text, sign) / _HUNDRED if text else Decimal(1)


def _days(text: str, sign: str) -> int | None:
    number = _optional_number(text, sign)
    if number is not None and number != int(number):
        raise Unclear(f"“{text}” is not a whole number of days.")
    return None if number is None else int(number)


def _packs(text: str, sign: str) -> tuple[Pack, ...]:
    packs = []
    for piece in filter(None, map(str.strip, re.split(r"[;\n]", text))):
        said = _PACK.fullmatch(piece)
        if said is None:
            raise Unclear(f"“{piece}” does not say what a pack is. Write it like: case = 6 tin; tin = 2.5 kg.")
        packs.append(Pack(said["name"], _number(said["quantity"], sign), said["unit"]))
    return tuple(packs)


def _barcodes(text: str, _sign: str) -> tuple[Barcode, ...]:
    codes = []
    for piece in filter(None, map(str.strip, re.split(r"[;\n]", text))):
        gtin, _, unit = piece.partition(" ")
        if fault := barcode_fault(gtin):
            raise Unclear(fault)
        codes.append(Barcode(gtin, unit.strip(" ()")))
    return tuple(codes)


def _allergens(text: str, _sign: str) -> tuple[str, ...]:
    codes = {fold_header(words): code for code, title in ALLERGENS.items() for words in (code, title)}
    named = list(filter(None, map(str.strip, re.split(r"[;,\n]", text))))
    if unknown := [words for words in named if fold_header(words) not in codes]:
        raise Unclear(f"{', '.join(unknown)}: not an allergen. The allergens are: {', '.join(ALLERGENS.values())}.")
    return tuple(sorted({codes[fold_header(words)] for words in named}))


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column of the file: the field of a draft it fills, its title, other titles it goes by, an example."""

    key: str
    title: str
    read: Reader
    example: str
    also: tuple[str, ...] = ()


SHEET: tuple[SheetColumn, ...] = (
    SheetColumn("sku", "SKU", _words, "DRY-0142", ("code", "item code", "article number")),
    SheetColumn("name", "Name", _words, "Tomatoes, San Marzano", ("item", "item name", "description")),
    SheetColumn("new_category", "Category", _words, "Dry store", ("group",)),
    SheetColumn("base_unit", "Base unit", _words, "kg", ("unit", "stock unit")),
    SheetColumn("packs", "Packs", _packs, "case = 6 tin; tin = 2.5 kg", ("pack",)),
    SheetColumn("barcodes", "Barcodes", _barcodes, "4006381333931 case", ("barcode", "gtin", "ean", "upc")),
    SheetColumn("grams_per_millilitre", "Weight of 1 l in kg", _optional_number, "", ("density",)),
    SheetColumn("grams_per_each", "Weight of one in g", _optional_number, "", ("weight of one",)),
    SheetColumn("allergens", "Allergens", _allergens, "Sulphites", ("allergen",)),
    SheetColumn("shelf_life_days", "Shelf life in days", _days, "720", ("shelf life",)),
    SheetColumn("yield_ratio", "Yield %", _percent, "100", ("yield",)),
    SheetColumn("note", "Note", _words, "", ("notes", "remark")),
)
TITLES = {column.key: column.title for column in SHEET}
FAMILIAR = {fold_header(words): column for column in SHEET for words in (column.title, *column.also)}
"""Folded titles: what `read_table` recognises a header by."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row of the file: its number there, and the fields of a draft it fills. Absent columns change nothing."""

    number: int
    given: Mapping[str, Any]

    @property
    def sku(self) -> str:
        """The SKU by which the item is known."""
        return str(self.given["sku"])


def template() -> str:
    """A file to begin with: the titles and one example."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow([column.title for column in SHEET])
    writer.writerow([column.example for column in SHEET])
    return written.getvalue()


def read_sheet(table: Table) -> list[SheetRow]:
    """Every row of the file; raises UserError with everything unreadable, by row and column."""
    columns = _columns(table)
    sign = decimal_sign_of(
        cell
        for place, column in columns
        if column.read not in (_words, _barcodes)
        for cell in table.column(place)
        if cell
    ).value
    rows, problems = list[SheetRow](), [Problem(text, None, number) for number, text in table.damaged.items()]
    for number, cells in zip(table.numbers, table.rows, strict=True):
        given: dict[str, Any] = {}
        for place, column in columns:
            try:
                given[column.key] = column.read(" ".join(cells[place].split(" ")).strip(), sign)
            except Unclear as unclear:
                problems.append(Problem(str(unclear), column.title, number))
        rows.append(SheetRow(number, given))
    problems += _sku_problems(rows)
    if problems:
        raise UserError(f"Nothing was imported: {_things(len(problems))} to put right.", problems)
    return rows


def _columns(table: Table) -> list[tuple[int, SheetColumn]]:
    found = [
        (place, FAMILIAR[fold_header(title)])
        for place, title in enumerate(table.header)
        if fold_header(title) in FAMILIAR
    ]
    times = Counter(column.key for _, column in found)
    problems = [Problem(f"Two columns mean {TITLES[key]}.", TITLES[key]) for key, count in times.items() if count > 1]
    if "sku" not in times:
        problems.append(Problem("A column SKU is missing: items are recognised by it.", "SKU"))
    if problems:
        raise UserError(f"{table.name} cannot be read as a list of items.", problems)
    return found


def _sku_problems(rows: list[SheetRow]) -> list[Problem]:
    first: dict[str, int] = {}
    problems = []
    for row in rows:
        sku = str(row.given.get("sku", "")).casefold()
        if not sku:
            problems.append(Problem("The SKU is missing.", "SKU", row.number))
        elif sku in first:
            problems.append(Problem(f"Row {first[sku]} has the same SKU.", "SKU", row.number))
        first.setdefault(sku, row.number)
    return problems


def _things(count: int) -> str:
    return "one thing" if count == 1 else f"{count:,} things"
