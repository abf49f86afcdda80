"""What a document would change besides its own lines, told before it is saved: posted and taken back in one call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, text

from ims_desktop.domain.work import call
from ims_desktop.features.stock.service.documents import (
    Document,
    LandedCost,
    LateInvoice,
    Undo,
    posting_arguments,
    price_arguments,
)

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class StockEffect:
    """What there would be of an item at a site instead of what there is; values None to those who may not see costs."""

    site: str
    currency: str
    item: str
    unit: str
    old_quantity: Decimal
    quantity: Decimal
    old_value: Decimal | None
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class WeekEffect:
    """By how much a week's cost of food changes, and the part of it that nothing explains."""

    site: str
    currency: str
    day: date  # its Monday
    cost: Decimal
    variance: Decimal


@dataclass(frozen=True, slots=True)
class ClosedEffect:
    """What closed days of a site hand on to its first open day."""

    site: str
    currency: str
    day: date
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class ShortEffect:
    """An item of which there would have been less than nothing, and when for the first time."""

    item: str
    unit: str
    at: datetime
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class PlateEffect:
    """What a dish would cost instead of what it costs."""

    dish: str
    old_cost: Decimal
    cost: Decimal


@dataclass(frozen=True, slots=True)
class Effects:
    """Everything that changes; `others` says whether anything does besides the lines of the document."""

    others: bool
    stock: tuple[StockEffect, ...] = ()
    weeks: tuple[WeekEffect, ...] = ()
    closed: tuple[ClosedEffect, ...] = ()
    short: tuple[ShortEffect, ...] = ()
    plates: tuple[PlateEffect, ...] = ()


_DOCUMENT = text(
    "SELECT preview_document(:header, CAST(:items AS uuid[]), CAST(:locations AS uuid[]),"
    " CAST(:quantities AS numeric[]), CAST(:unit_costs AS numeric[]), CAST(:reasons AS uuid[]), CAST(:notes AS text[]),"
    " CAST(:entered_quantities AS numeric[]), CAST(:entered_units AS text[]),"
    " CAST(:of AS bigint[]), CAST(:weights AS numeric[]), CAST(:values AS numeric[]))"
)
_PRICES = text(
    "SELECT preview_prices(:header, CAST(:movements AS bigint[]), CAST(:values AS numeric[]),"
    " CAST(:weights AS numeric[]), :spread)"
)
_REVERSAL = text("SELECT preview_reversal(CAST(:movements AS bigint[]), :reason)")


@call
def preview(connection: Connection, document: Document) -> Effects:
    """What posting this document would change."""
    return _effects(connection.execute(_DOCUMENT, posting_arguments(document)).scalar_one())


@call
def preview_prices(connection: Connection, change: LateInvoice | LandedCost) -> Effects:
    """What a late invoice or the cost of getting goods here would change."""
    return _effects(connection.execute(_PRICES, price_arguments(change)).scalar_one())


@call
def preview_undo(connection: Connection, asked: Undo) -> Effects:
    """What undoing these movements would change."""
    sent = {"movements": list(asked.movement_ids), "reason": asked.reason}
    return _effects(connection.execute(_REVERSAL, sent).scalar_one())


def _effects(told: Mapping[str, Any]) -> Effects:
    return Effects(
        told["others"],
        tuple(
            StockEffect(
                row["site"], row["currency"], row["item"], row["unit"],
                Decimal(row["old_quantity"]), Decimal(row["quantity"]),
                _figure(row["old_value"]), _figure(row["value"]),
            )
            for row in _rows(told, "stock")
        ),
        tuple(
            WeekEffect(
                row["site"], row["currency"], date.fromisoformat(row["day"]), Decimal(row["cost"]),
                Decimal(row["variance"]),
            )
            for row in _rows(told, "weeks")
        ),
        tuple(
            ClosedEffect(row["site"], row["currency"], date.fromisoformat(row["day"]), _figure(row["value"]))
            for row in _rows(told, "closed")
        ),
        tuple(
            ShortEffect(row["item"], row["unit"], datetime.fromisoformat(row["at"]), Decimal(row["quantity"]))
            for row in _rows(told, "short")
        ),
        tuple(
            PlateEffect(f"{row['dish']} {row['size']}".strip(), Decimal(row["old_cost"]), Decimal(row["cost"]))
            for row in _rows(told, "plates")
        ),
    )  # fmt: skip


def _rows(told: Mapping[str, Any], key: str) -> Sequence[Mapping[str, Any]]:
    return told[key] or ()


def _figure(written: str | None) -> Decimal | None:
    return None if written is None else Decimal(written)
