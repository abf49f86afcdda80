"""The cell of a line that says of which lots it is: what expires first is proposed, and can be typed over."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.gs1 import read_goods
from ims_desktop.domain.wording import say
from ims_desktop.features.adjustments.rules import EntryItem, HeldLot
from ims_desktop.features.stock.screen.coming_lots import coming_lot
from ims_desktop.features.stock.service import LotPart
from ims_desktop.ui.entry import Measured
from ims_desktop.ui.formats import Formats

NOT_KEPT = "It is not kept by lots"


def as_scanned(typed: str) -> str:
    """What to look for: the number of the goods, where a code of goods with lot and expiry was scanned."""
    goods = read_goods(typed)
    return goods.barcode if goods is not None else typed


def with_scan(item: EntryItem, typed: str) -> EntryItem:
    """The item with what the scanned code says of it besides."""
    return replace(item, scanned=read_goods(typed))


def proposed(item: EntryItem, place: UUID | None, *, comes_in: bool) -> Mapping[str, Any]:
    """What stands there as soon as the item is chosen: the scanned lot, or of what leaves the first to expire."""
    if item.tracks_lots == "NO":
        return {"lot": None}
    if item.scanned is not None and item.scanned.lot:
        day = item.scanned.expires_on.isoformat() if comes_in and item.scanned.expires_on else ""
        return {"lot": Measured(f"{item.scanned.lot} {day}".strip())}
    first = next((lot for lot in item.lots if lot.location_id == place), None)
    return {"lot": Measured(first.code) if first is not None and not comes_in else None}


def read_lots(typed: str, item: EntryItem | None, quantity: Decimal | None, formats: Formats) -> Measured:
    """Names with commas for what leaves; a name and perhaps a day for what comes in."""
    if item is None:
        return Measured(typed, problem="Choose the item first")
    if item.tracks_lots == "NO":
        return Measured(typed, problem=NOT_KEPT)
    if quantity is not None and quantity > 0:
        try:
            return Measured(typed, (coming_lot(typed, formats),))
        except UserError as error:
            return Measured(typed, problem=error.text)
    held = {lot.code.casefold(): lot for lot in item.lots}
    named = [name.strip() for name in typed.split(",") if name.strip()]
    unknown = [name for name in named if name.casefold() not in held]
    if unknown:
        return Measured(typed, problem=say("Nothing of lot {lot} is here", lot=unknown[0]))
    days = [held[name.casefold()].expires_on for name in named]
    path = ", ".join(formats.date(day) for day in days if day is not None)
    return Measured(typed, tuple(LotPart(held[name.casefold()].code) for name in named), path)


def parts_of(typed: Any, item: EntryItem, quantity: Decimal, place: UUID | None) -> tuple[LotPart, ...]:
    """Which lots a line is of; of what leaves as much of each as there is, one after the other."""
    parts: tuple[LotPart, ...] = (
        typed.value if isinstance(typed, Measured) and not typed.problem and typed.value else ()
    )
    if quantity > 0 or (len(parts) <= 1 and not _falls_short(parts, item, quantity, place)):
        return parts
    left, made = -quantity, list[LotPart]()
    for part in parts:
        there = _there(part, item, place)
        taken = min(there.on_hand, left) if there is not None else left
        if taken > 0:
            made.append(LotPart(part.code, taken))
            left -= taken
    return tuple(made)


def _falls_short(parts: tuple[LotPart, ...], item: EntryItem, quantity: Decimal, place: UUID | None) -> bool:
    there = _there(parts[0], item, place) if parts else None
    return there is not None and there.on_hand < -quantity


def _there(part: LotPart, item: EntryItem, place: UUID | None) -> HeldLot | None:
    return next((lot for lot in item.lots if lot.code == part.code and lot.location_id == place), None)
