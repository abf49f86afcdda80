"""Items in a file: which columns it may have, and what each cell says."""

import re
from decimal import Decimal
from typing import Any

from ims_desktop.domain.errors import Problem
from ims_desktop.domain.import_kinds import NUMBER, WHOLE, WORDS, ImportKind, Unclear, Writing, number_words
from ims_desktop.domain.importing import ImportField
from ims_desktop.domain.table_file import fold_header
from ims_desktop.domain.valuation import Method
from ims_desktop.domain.wording import commas, say, understood, word
from ims_desktop.features.items.rules.barcodes import barcode_fault
from ims_desktop.features.items.rules.drafts import ALLERGENS, LOT_KEEPING, METHODS, Barcode
from ims_desktop.features.items.rules.packs import Pack

_PACK = re.compile(r"(?:1\s+)?(?P<name>[^=]+?)\s*=\s*(?P<quantity>[0-9.,'’]+)\s*(?P<unit>[^=0-9][^=]*)")
_HUNDRED = Decimal(100)
OTHER_METHODS = {
    fold_header(words): method
    for method, others in (
        (
            Method.AVERAGE,
            ("average", "weighted average", "moving weighted average", "average cost", "avg", "avco", "wac"),
        ),
        (Method.FIFO, ("first in, first out", "first in first out", "first-in-first-out", "layers")),
    )
    for words in others
}
"""What other systems call the methods."""


def _percent(text: str, writing: Writing) -> Decimal:
    return Decimal(NUMBER.read(text, writing)) / _HUNDRED


def _pieces(text: str, signs: str) -> list[str]:
    return list(filter(None, map(str.strip, re.split(f"[{signs}\n]", text))))


def _packs(text: str, writing: Writing) -> tuple[Pack, ...]:
    packs = []
    for piece in _pieces(text, ";"):
        said = _PACK.fullmatch(piece)
        if said is None:
            raise Unclear(
                say("“{text}” does not say what a pack is. Write it like: case = 6 tin; tin = 2.5 kg.", text=piece[:60])
            )
        packs.append(Pack(said["name"], NUMBER.read(said["quantity"], writing), said["unit"].strip()))
    return tuple(packs)


def _packs_words(packs: Any) -> str:
    return "; ".join(f"{pack.name} = {number_words(pack.quantity)} {pack.of_unit}" for pack in packs or ())


def _barcodes(text: str, _writing: Writing) -> tuple[Barcode, ...]:
    codes = []
    for piece in _pieces(str(text), ";"):
        gtin, _, unit = piece.partition(" ")
        if fault := barcode_fault(gtin):
            raise Unclear(fault)
        codes.append(Barcode(gtin, unit.strip(" ()")))
    return tuple(codes)


def _barcodes_words(codes: Any) -> str:
    return "; ".join(f"{code.gtin} {code.unit}".strip() for code in codes or ())


def _allergens(text: str, _writing: Writing) -> tuple[str, ...]:
    codes = {fold_header(one): code for code, title in ALLERGENS.items() for one in (code, *understood(title))}
    named = _pieces(text, ";,")
    if unknown := [words for words in named if fold_header(words) not in codes]:
        raise Unclear(
            say(
                "{unknown}: not an allergen. The allergens are: {allergens}.",
                unknown=", ".join(unknown)[:120],
                allergens=commas(map(word, ALLERGENS.values())),
            )
        )
    return tuple(sorted({codes[fold_header(words)] for words in named}))


def _allergens_words(codes: Any) -> str:
    return ", ".join(ALLERGENS.get(code, code) for code in codes or ())


def _method(text: str, _writing: Writing) -> str:
    words = fold_header(text)
    known = {fold_header(one): method for method, title in METHODS.items() for one in (method, *understood(title))}
    found = known.get(words) or OTHER_METHODS.get(words)
    if found is None:
        raise Unclear(say("“{words}” is no cost method: write moving average, or FIFO.", words=text[:60]))
    return found


def _lot_keeping(text: str, _writing: Writing) -> str:
    words = fold_header(text)
    for kept, title in LOT_KEEPING.items():
        if words in {fold_header(one) for one in (kept, *understood(title))}:
            return kept
    raise Unclear(say("“{words}” is not how lots are kept: write NO, LOT or EXPIRY.", words=text[:60]))


def _same_set(one: Any, other: Any) -> bool:
    """The order in which packs and barcodes stand says nothing."""
    return sorted(one or (), key=str) == sorted(other or (), key=str)


def _same_name(one: Any, other: Any) -> bool:
    return " ".join(str(one or "").casefold().split()) == " ".join(str(other or "").casefold().split())


PACKS = ImportKind(_packs, _packs_words, _same_set, numeric=True, blank=())
BARCODES = ImportKind(_barcodes, _barcodes_words, _same_set, blank=())
ALLERGEN_LIST = ImportKind(_allergens, _allergens_words, _same_set, blank=())
METHOD = ImportKind(_method, lambda method: METHODS.get(method, str(method)), blank=Method.AVERAGE)
LOTS = ImportKind(_lot_keeping, lambda kept: LOT_KEEPING.get(kept, str(kept)), blank="NO")
PERCENT = ImportKind(_percent, lambda ratio: number_words(ratio * _HUNDRED), numeric=True, blank=Decimal(1))
NAME_OF = ImportKind(WORDS.read, str, _same_name, blank="")

ITEM_FIELDS: tuple[ImportField, ...] = (
    ImportField("sku", "SKU", required=True, aliases=("code", "item code", "article number"), example="DRY-0142",
                longest=40),
    ImportField("name", "Name", required=True, aliases=("item", "item name", "description"),
                example="Tomatoes, San Marzano", longest=120),
    ImportField("new_category", "Category", NAME_OF, required=True, aliases=("group",), example="Dry store",
                help="One that is not there yet is made.", longest=80),
    ImportField("base_unit", "Base unit", required=True, aliases=("unit", "stock unit"), example="kg",
                help="The unit in which stock is kept."),
    ImportField("packs", "Packs", PACKS, aliases=("pack",), example="case = 6 tin; tin = 2.5 kg", longest=2000),
    ImportField("barcodes", "Barcodes", BARCODES, aliases=("barcode", "gtin", "ean", "upc"),
                example="4006381333931 case", help="With the pack each is printed on.", longest=2000),
    ImportField("grams_per_millilitre", "Weight of 1 l in kg", NUMBER, aliases=("density",)),
    ImportField("grams_per_each", "Weight of one in g", NUMBER, aliases=("weight of one",)),
    ImportField("allergens", "Allergens", ALLERGEN_LIST, aliases=("allergen",), example="Sulphites", longest=1000),
    ImportField("shelf_life_days", "Shelf life in days", WHOLE, aliases=("shelf life", "shelf life (days)"),
                example="720"),
    ImportField("tracks_lots", "Lots", LOTS, keep=True, aliases=("kept by lots", "lot tracking"), example="EXPIRY",
                help="NO, LOT, or EXPIRY: by lots that expire."),
    ImportField("yield_ratio", "Yield %", PERCENT, aliases=("yield",), example="100"),
    ImportField("cost_method", "Cost method", METHOD, keep=True, aliases=("costing", "costing method", "valuation"),
                example="moving average", help="moving average or FIFO; once it moved, only from a day on."),
    ImportField("note", "Note", aliases=("notes", "remark"), longest=2000),
)  # fmt: skip
FIELD_OF = {"category_id": "new_category"}
"""Fields of a draft whose problems are shown at another column."""


def at_row(problem: Problem, number: int) -> Problem:
    """A problem of a draft, at its column and row of the file."""
    field = (problem.field or "").partition(".")[0]
    return Problem(problem.text, FIELD_OF.get(field, field) or None, number)
