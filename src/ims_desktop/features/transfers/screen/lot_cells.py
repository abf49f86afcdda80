"""Lots in the forms of a transfer: what expires first is proposed, what arrived is told by lot."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.quantity import Limits, read_quantity
from ims_desktop.domain.wording import say
from ims_desktop.features.stock.screen.coming_lots import coming_lot
from ims_desktop.features.transfers.rules import LotArrived, LotTaken
from ims_desktop.features.transfers.service import Sendable
from ims_desktop.ui.entry import Measured
from ims_desktop.ui.formats import Formats

SIGN = "#"


def proposed(one: Sendable, place: UUID | None) -> Mapping[str, Any]:
    """What stands there as soon as item and place are known: the lot that expires first."""
    first = next((lot for lot in one.lots if lot.location_id == place), None)
    return {"lot": Measured(first.code, (LotTaken(first.code),)) if first is not None else None}


def lots_of(typed: Any) -> tuple[LotTaken, ...]:
    """The lots of a cell."""
    return typed.value if isinstance(typed, Measured) and not typed.problem and typed.value else ()


def read_lots(typed: str, one: Sendable | None, place: UUID | None, formats: Formats) -> Measured:
    """Names with commas, each with how much of it before a sign where that matters: L77, or 3 #L77, 2 #L88."""
    if one is None:
        return Measured(typed, problem="Choose the item first.")
    if not one.tracks_lots:
        return Measured(typed, problem="It is not kept by lots")
    held = {lot.code.casefold(): lot for lot in one.lots if place is None or lot.location_id == place}
    named, days = list[LotTaken](), list[str]()
    for part in filter(None, (part.strip() for part in typed.split(","))):
        amount, sign, name = (text.strip() for text in part.partition(SIGN))
        lot = held.get((name if sign else amount).casefold())
        if lot is None:
            return Measured(typed, problem=say("Nothing of lot {lot} is here", lot=name or amount))
        try:
            named.append(LotTaken(lot.code, _amount(amount, one, formats) if sign and amount else None))
        except UserError as error:
            return Measured(typed, problem=error.text)
        days += [formats.date(lot.expires_on)] if lot.expires_on is not None else []
    return Measured(typed, tuple(named), ", ".join(days))


def _amount(typed: str, one: Sendable, formats: Formats) -> Any:
    units, unit = one.item.units, one.item.unit
    sign = formats.decimal_sign
    return read_quantity(typed, units, cell_unit=unit, decimal_sign=sign, limits=Limits(), field="lot").quantity


def arrived(typed: str | None, code: str | None, formats: Formats) -> LotArrived | None:
    """What the cell of a receipt says of a lot that was sent: as it left, or another name and perhaps its day."""
    name = (typed or "").strip()
    if name in ("", code):
        return LotArrived(code) if code is not None else None
    said = coming_lot(name, formats)
    return LotArrived(code, said.code, said.expires_on)
