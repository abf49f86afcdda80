"""From a figure to the movements behind it."""

from uuid import UUID

from ims_desktop.domain.business_calendar import Period
from ims_desktop.domain.listing import Filter, Test
from ims_desktop.ui.desk import Desk

COST_KINDS = ("SALE", "COUNT", "ADJUSTMENT")
WASTE_KINDS = ("WASTE", "ADJUSTMENT")


def open_movements(
    desk: Desk,
    days: Period,
    *,
    kinds: tuple[str, ...] = (),
    reasons: tuple[UUID | None, ...] = (),
    item: UUID | None = None,
) -> None:
    """Open the list of movements narrowed to what a figure counts."""
    filters = [Filter("business_day", Test.BETWEEN, (days.first, days.last))]
    if reasons:
        filters.append(Filter("reason", Test.IN, reasons))
    elif kinds:
        filters.append(Filter("kind", Test.IN, kinds))
    if item is not None:
        filters.append(Filter("item", Test.IN, (item,)))
    desk.navigation.open("movements", filters=tuple(filters))
