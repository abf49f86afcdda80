"""The reasons a new restaurant group starts with; each says whether it is waste, cost of food sold or neither."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """Why stock changed; `kinds` are the postings it may be chosen for."""

    code: str
    name: str
    kind_of_cost: str
    kinds: tuple[str, ...]


_WASTE, _FOOD, _NEITHER = "WASTE", "COST_OF_FOOD", "NEITHER"
_LOST = ("WASTE", "ADJUSTMENT")

REASONS: tuple[Reason, ...] = (
    Reason("SPOILAGE", "Spoilage", _WASTE, _LOST),
    Reason("OVERPRODUCTION", "Over-production", _WASTE, _LOST),
    Reason("TRIM", "Trim and prep", _WASTE, _LOST),
    Reason("DAMAGE", "Damage", _WASTE, _LOST),
    Reason("BREAKAGE", "Breakage", _WASTE, _LOST),
    Reason("WRONG_ORDER", "Wrong order", _WASTE, _LOST),
    Reason("EXPIRED", "Past its date", _WASTE, _LOST),
    Reason("THEFT", "Theft", _NEITHER, ("ADJUSTMENT",)),
    Reason("STAFF_MEAL", "Staff meal", _NEITHER, ("ADJUSTMENT",)),
    Reason("PROMOTION", "Gratis and promotion", _NEITHER, ("ADJUSTMENT",)),
    Reason("SAMPLING", "Tasting and sampling", _NEITHER, ("ADJUSTMENT",)),
    Reason("FOUND", "Found stock", _FOOD, ("ADJUSTMENT",)),
    Reason("CORRECTION", "Correction of an entry", _FOOD, ("ADJUSTMENT",)),
    Reason("OPENING", "Opening stock", _NEITHER, ("ADJUSTMENT",)),
    Reason("REPACKING", "Repacking", _NEITHER, ()),
    Reason("COUNT_DIFFERENCE", "Count difference", _FOOD, ("COUNT",)),
)
