"""The ledger of an item: each movement with its corrections, and what there was after it, now or as at a moment."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.numbers import EXACT
from ims_desktop.domain.valuation import round6
from ims_desktop.domain.wording import say
from ims_desktop.domain.work import read
from ims_desktop.features.stock.rules import Event
from ims_desktop.features.stock.service.history_steps import posting_key


@dataclass(frozen=True, slots=True)
class LedgerQuestion:
    """The SKU or name of an item, at one site or (without) at all of them, as at a moment or now."""

    item: str
    site: UUID | None = None
    as_at: datetime | None = None


_LINES = text("""
    SELECT s.name AS site, s.currency, m.id AS movement, m.effective_at AS at, m.kind, p.number,
      p.id AS posting, p.reference, p.note AS said, p.to_rate AS rate,
      m.quantity,
      m.value,
      (SELECT count(*) FROM valued_movements y WHERE y.posting_id = m.posting_id AND y.id <= m.id) AS place,
      m.reverses_id, m.of_id, m.note, i.base_unit AS unit,
      m.site_id = ANY ((SELECT scope('stock.cost'))::uuid[]) AS seen,
      (SELECT jsonb_agg(jsonb_build_object('at', k.effective_at, 'cause', k.cause, 'value', k.value::text)
         ORDER BY k.applies_at, k.id)
       FROM cost_corrections k WHERE k.movement_id = m.id
         AND (CAST(:moment AS timestamptz) IS NULL OR k.effective_at <= :moment)) AS corrections
    FROM valued_movements m JOIN items i ON i.id = m.item_id JOIN sites s ON s.id = m.site_id
    JOIN valued_postings p ON p.id = m.posting_id
    WHERE (i.sku = :item OR i.name = :item) AND (CAST(:site AS uuid) IS NULL OR m.site_id = :site)
      AND (CAST(:moment AS timestamptz) IS NULL OR m.effective_at <= :moment)
    ORDER BY s.sort_name, m.effective_at, coalesce(m.reverses_id, m.id), m.id""")


@read
def ledger(connection: Connection, question: LedgerQuestion) -> tuple[dict[str, Any], ...]:
    """One record a movement, in the order in which costs follow from them, and what undoes one right behind it; figures
    are decimal strings.

    `running_value` counts each correction from the moment it counts; `total` is what the movement is worth by now.
    """
    sent = {"item": question.item, "site": question.site, "moment": question.as_at}
    found = connection.execute(_LINES, sent).mappings().all()
    if not found and connection.execute(
        text("SELECT count(*) FROM items WHERE sku = :item OR name = :item"), {"item": question.item}
    ).scalar() == 0:  # fmt: skip
        raise UserError(say("There is no item {item}.", item=question.item))
    by_site: dict[str, list[Any]] = {}
    for row in found:
        by_site.setdefault(row["site"], []).append(row)
    return tuple(record for rows in by_site.values() for record in _records(rows))


def _records(rows: list[Any]) -> list[dict[str, Any]]:
    """With what there was after each: the values, and the corrections that count by then."""
    times = [row["at"] for row in rows]
    counted = [Decimal(0)] * len(rows)
    for place, row in enumerate(rows):
        for one in row["corrections"] or ():
            counted[_counts_at(rows, times, place, one)] += Decimal(one["value"])
    quantity, value, made = Decimal(0), Decimal(0), []
    for row, corrected in zip(rows, counted, strict=True):
        quantity += row["quantity"]
        value += (row["value"] or 0) + corrected
        made.append(_record(row, quantity, value if row["seen"] else None))
    return made


def _counts_at(rows: list[Any], times: list[datetime], place: int, correction: Mapping[str, str]) -> int:
    """After which movement a correction counts: a true-up not before something came in at its moment."""
    at = datetime.fromisoformat(correction["at"])
    since = min(max(place, bisect_left(times, at)), len(rows) - 1)
    if correction["cause"] != "TRUE_UP":
        return since
    same = range(max(since, place + 1), bisect_right(times, at))
    return next((one for one in same if rows[one]["quantity"] > 0 and rows[one]["reverses_id"] is None), since)


def _record(row: Any, quantity: Decimal, value: Decimal | None) -> dict[str, Any]:
    own = row["reference"].split(" ")
    imported = row["posting"] == posting_key(own)
    corrections = [{key: one[key] for key in ("at", "cause", "value")} for one in row["corrections"] or ()]
    total = (
        None if row["value"] is None else row["value"] + sum((Decimal(one["value"]) for one in corrections), Decimal(0))
    )
    return {
        "site": row["site"],
        "currency": row["currency"],
        "at": row["at"].isoformat(),
        "kind": _kind(row, imported=imported),
        "id": own[min(row["place"], len(own)) - 1] if imported else None,
        "movement": row["movement"],
        "document": row["number"],
        "reverses": row["reverses_id"],
        "of": row["of_id"],
        "quantity": _plain(row["quantity"]),
        "unit": row["unit"],
        "value": _plain(row["value"]),
        "rate": None if row["rate"] is None else f"{row['rate'].normalize():f}",
        "corrections": corrections,
        "total": _plain(total),
        "running_quantity": _plain(quantity),
        "running_value": _plain(value),
        "unit_cost": _plain(round6(EXACT.divide(value, quantity)) if value is not None and quantity else None),
        "note": row["note"],
    }


def _kind(row: Any, *, imported: bool) -> str:
    """The word that an import takes for it."""
    if row["reverses_id"] is not None:
        return Event.CANCELLATION.value
    if row["kind"] == "PRODUCTION":
        return (Event.PRODUCTION_OUTPUT if row["quantity"] > 0 else Event.PRODUCTION_INPUT).value
    if imported and row["said"] in {event.value for event in Event}:
        said: str = row["said"]
        return said
    if row["kind"] == "SALE":
        return (Event.CUSTOMER_RETURN if row["quantity"] > 0 else Event.ISSUE).value
    kind: str = row["kind"]
    return Event.RECEIPT.value if kind == "DELIVERY" else kind.lower()


def _plain(number: Decimal | None) -> str | None:
    """In digits, and nothing is never below zero."""
    return None if number is None else f"{number if number else abs(number):f}"
