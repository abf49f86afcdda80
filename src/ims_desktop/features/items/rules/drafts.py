"""An item on its way into the database, and everything that may be wrong with it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.domain.units import GLOBAL_UNITS, fold_unit
from ims_desktop.domain.valuation import Method
from ims_desktop.domain.wording import Words, say
from ims_desktop.features.items.rules.barcodes import barcode_fault
from ims_desktop.features.items.rules.packs import GLOBAL_CODES, Pack, canonical, misfits, pack_problems

CODES = frozenset(unit.code for unit in GLOBAL_UNITS)
WHOLE = Decimal(1)
METHODS: Mapping[str, Words] = {Method.AVERAGE: "Moving average", Method.FIFO: "FIFO (first in, first out)"}
"""How what leaves stock is costed."""
LOT_KEEPING: Mapping[str, Words] = {"NO": "No lots", "LOT": "By lot", "EXPIRY": "By lot, with expiry"}
"""Whether what came at once is known by a name of its own, and when it expires."""
ALLERGENS: Mapping[str, Words] = {
    "celery": "Celery",
    "crustaceans": "Crustaceans",
    "eggs": "Eggs",
    "fish": "Fish",
    "gluten": "Gluten",
    "lupin": "Lupin",
    "milk": "Milk",
    "molluscs": "Molluscs",
    "mustard": "Mustard",
    "nuts": "Tree nuts",
    "peanuts": "Peanuts",
    "sesame": "Sesame",
    "soy": "Soy",
    "sulphites": "Sulphites",
}
"""The fourteen that European law asks to be declared; the nine of the United States are among them."""


@dataclass(frozen=True, slots=True)
class Barcode:
    """A GTIN and the pack it is printed on."""

    gtin: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class SiteLevel:
    """How much of an item a site wants, and where it is kept there."""

    site_id: UUID
    par: Decimal | None = None
    reorder_point: Decimal | None = None
    home_location_id: UUID | None = None
    shelf_position: str = ""
    is_key: bool = False  # counted more often than the others

    @property
    def is_blank(self) -> bool:
        """Whether it says nothing."""
        return self == SiteLevel(self.site_id)


@dataclass(frozen=True, slots=True)
class ItemDraft:
    """An item as somebody wants it; without an id it is new, without a SKU the next free one is taken."""

    name: str
    base_unit: str
    category_id: UUID | None = None
    new_category: str = ""
    sku: str = ""
    packs: tuple[Pack, ...] = ()
    barcodes: tuple[Barcode, ...] = ()
    levels: tuple[SiteLevel, ...] = ()
    grams_per_millilitre: Decimal | None = None
    grams_per_each: Decimal | None = None
    allergens: tuple[str, ...] = ()
    shelf_life_days: int | None = None
    tracks_lots: str = "NO"
    yield_ratio: Decimal = WHOLE
    note: str = ""
    cost_method: str = Method.AVERAGE
    id: UUID | None = None
    version: int = 0


def checked(draft: ItemDraft) -> ItemDraft:
    """The draft with its words trimmed and its units in their own writing; raises UserError with all problems."""
    tidy, problems = examined(draft)
    if problems:
        raise UserError("This item cannot be saved yet.", problems)
    return tidy


def examined(draft: ItemDraft) -> tuple[ItemDraft, list[Problem]]:
    """The draft as `checked` gives it, as far as that can be done, and everything that is wrong with it by itself."""
    tidy = _tidy(draft)
    problems = [*_word_problems(tidy), *_number_problems(tidy), *_unit_problems(tidy), *_level_problems(tidy)]
    return (tidy if problems else _with_codes(tidy)), problems


def _tidy(draft: ItemDraft) -> ItemDraft:
    words: dict[str, Any] = {
        field: " ".join(getattr(draft, field).split()) for field in ("name", "sku", "new_category", "base_unit")
    }
    return replace(
        draft,
        **words,
        note=draft.note.strip(),
        packs=tuple(
            Pack(" ".join(p.name.split()), p.quantity or Decimal(0), " ".join(p.of_unit.split())) for p in draft.packs
        ),
        barcodes=tuple(Barcode("".join(code.gtin.split()), code.unit.strip()) for code in draft.barcodes),
        allergens=tuple(sorted(draft.allergens)),
    )


def _with_codes(draft: ItemDraft) -> ItemDraft:
    packs = canonical(draft.packs)
    own = {fold_unit(pack.name): pack.name for pack in packs}

    def code(written: str) -> str:
        folded = fold_unit(written)
        return own.get(folded) or GLOBAL_CODES.get(folded, written) if written else draft.base_unit

    return replace(draft, packs=packs, barcodes=tuple(Barcode(b.gtin, code(b.unit)) for b in draft.barcodes))


def _word_problems(draft: ItemDraft) -> Iterator[Problem]:
    if not draft.name:
        yield Problem("An item needs a name.", "name")
    for field, words, most in (
        ("name", draft.name, 120),
        ("sku", draft.sku, 40),
        ("new_category", draft.new_category, 80),
    ):
        if len(words) > most:
            yield Problem(
                say("This has {count} letters; there is room for {most}.", count=len(words), most=most), field
            )
    if draft.category_id is None and not draft.new_category:
        yield Problem("Choose a category, or name a new one.", "category_id")
    if draft.base_unit not in CODES:
        unknown = say("{unit} is not a unit.", unit=draft.base_unit)
        yield Problem(unknown if draft.base_unit else "Choose the unit in which it is kept.", "base_unit")
    if draft.cost_method not in METHODS:
        yield Problem(say("{method} is no cost method.", method=draft.cost_method), "cost_method")
    for allergen in draft.allergens:
        if allergen not in ALLERGENS:
            yield Problem(say("{allergen} is not one of the allergens.", allergen=allergen), "allergens")


def _number_problems(draft: ItemDraft) -> Iterator[Problem]:
    if not 0 < draft.yield_ratio <= 1:
        yield Problem("The yield is more than 0% and at most 100%.", "yield_ratio")
    if draft.shelf_life_days is not None and not 0 <= draft.shelf_life_days <= 36_500:
        yield Problem("The shelf life is a number of days, 0 or more.", "shelf_life_days")
    if draft.tracks_lots not in LOT_KEEPING:
        yield Problem("Choose whether it is kept by lots.", "tracks_lots")
    for field, words in (
        ("grams_per_millilitre", say("The weight of a litre must be more than 0, and not absurdly large.")),
        ("grams_per_each", say("The weight of one must be more than 0, and not absurdly large.")),
    ):
        value = getattr(draft, field)
        if value is not None and not 0 < value < 1_000_000:
            yield Problem(words, field)


def _unit_problems(draft: ItemDraft) -> Iterator[Problem]:
    single = list(pack_problems(draft.packs))
    yield from single
    if draft.base_unit in CODES and not single:
        yield from misfits(draft.base_unit, canonical(draft.packs), draft.grams_per_millilitre, draft.grams_per_each)
    own = {fold_unit(pack.name) for pack in draft.packs}
    for row, code in enumerate(draft.barcodes, 1):
        if fault := barcode_fault(code.gtin):
            yield Problem(fault, "barcodes.gtin", row)
        elif code.gtin in [other.gtin for other in draft.barcodes[: row - 1]]:
            yield Problem(say("{gtin} is there twice.", gtin=code.gtin), "barcodes.gtin", row)
        if code.unit and fold_unit(code.unit) not in own | set(GLOBAL_CODES):
            yield Problem(
                say("{unit} is neither a unit nor a pack of this item.", unit=code.unit), "barcodes.unit", row
            )


def _level_problems(draft: ItemDraft) -> Iterator[Problem]:
    for row, level in enumerate(draft.levels, 1):
        if level.site_id in [other.site_id for other in draft.levels[: row - 1]]:
            yield Problem("This site is there twice.", "levels.site_id", row)
        for key, value in (("par", level.par), ("reorder_point", level.reorder_point)):
            if value is not None and not 0 <= value < 1_000_000_000:
                yield Problem("This must be 0 or more, and not absurdly large.", f"levels.{key}", row)
        if level.par is not None and level.reorder_point is not None and level.reorder_point > level.par:
            yield Problem("The reorder point lies above the par.", "levels.reorder_point", row)
