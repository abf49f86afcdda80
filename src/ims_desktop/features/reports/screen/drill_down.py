"""From a figure to the movements behind it."""

from uuid import UUID

from ims_desktop.domain.business_calendar import Period
from ims_desktop.domain.listing import Filter, Match
from ims_desktop.features.reports.service import Part
from ims_desktop.ui.desk import Desk

COST_KINDS = ("SALE", "CUSTOMER_RETURN", "COUNT", "ADJUSTMENT", "REVALUATION")
WASTE_KINDS = ("WASTE", "ADJUSTMENT")


def cost_reasons(part: Part) -> tuple[UUID | None, ...]:
    """The reasons of what is cost of food sold; sales have none."""
    return (None, *(row["reason_id"] for row in part.tables["differences_by_reason"] if row["reason_id"] is not None))


def waste_reasons(part: Part) -> tuple[UUID | None, ...]:
    """The reasons of what is waste."""
    return tuple(row["reason_id"] for row in part.tables["reasons"])


def open_movements(
    desk: Desk,
    days: Period,
    *,
    kinds: tuple[str, ...] = (),
    reasons: tuple[UUID | None, ...] = (),
    item: UUID | None = None,
) -> None:
    """Open the list of movements narrowed to what a figure counts."""
    filters = [Filter("business_day", Match.BETWEEN, (days.first, days.last))]
    if kinds:
        filters.append(Filter("kind", Match.IN, kinds))
    if reasons:
        filters.append(Filter("reason", Match.IN, reasons))
    if item is not None:
        filters.append(Filter("item", Match.IN, (item,)))
    desk.navigation.open("movements", filters=tuple(filters))
