"""How stock is put into words, the same on every page."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ims_desktop.domain.posting_kinds import KINDS
from ims_desktop.domain.wording import Words, meant, say, word
from ims_desktop.features.items.rules import places
from ims_desktop.features.stock import service
from ims_desktop.ui.chips import Chip
from ims_desktop.ui.choices import AsAt, Choice, Choices
from ims_desktop.ui.columns import Kind
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.list_spec import FilterField
from ims_desktop.ui.theme import Tone

WITHOUT_LINES = frozenset({"PRICE", "LANDED", "METHOD"})
CAUSES: Mapping[str, Words] = {
    "TRUE_UP": "True-up of what was short",
    "RECOST": "Re-costed",
    "PRICE": "Late invoice",
    "LANDED": "Landed cost",
    "METHOD": "Change of the cost method",
}
"""Why the cost of a movement changed later."""
KIND_CHOICES = Choices(tuple(Choice(key, title) for key, title in KINDS.items() if key not in WITHOUT_LINES))
STATES = {
    "ok": Chip("In stock", Tone.OK),
    "low": Chip("Below par", Tone.WARN),
    "negative": Chip("Negative", Tone.BAD),
    "short": Chip("Short for orders", Tone.WARN),
    "out": Chip("Out of stock", Tone.BAD),
}
AS_AT = FilterField(service.AT, "As at", AsAt(), Kind.DATETIME, about=True)
"""Stock as the books say now it was at a moment."""
UNDOING = {
    "undone": Chip("Undone", Tone.NEUTRAL),
    "undo": Chip(meant("Undo", "a document"), Tone.INFO),
    "corrected": Chip("Corrected", Tone.INFO),
}


def amount(quantity: Decimal, unit: str, formats: Formats, *, signed: bool = False) -> str:
    """A quantity with its unit and as many decimals as it needs."""
    return f"{formats.number(quantity, places(unit, quantity), signed)} {unit}".rstrip()


def what(kind: str, is_undo: bool) -> Words:
    """The kind of a movement, for a line of its own."""
    return say("{kind}, undone", kind=word(KINDS[kind])) if is_undo else word(KINDS[kind])


def moved_tone(row: Any) -> Tone:
    """What comes in is green; what was undone is calm, because it no longer counts."""
    if row.undone_by is not None:
        return Tone.NEUTRAL
    return Tone.OK if row.quantity > 0 else Tone.PLAIN


def value_tone(row: Any) -> Tone:
    """Values going out are nothing bad in themselves."""
    return Tone.NEUTRAL if row.undone_by is not None else Tone.PLAIN
