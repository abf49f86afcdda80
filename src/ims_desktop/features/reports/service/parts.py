"""Putting found rows into parts: one for each currency, never added up across currencies."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from ims_desktop.features.reports.service.values import Row

NOTHING = Decimal(0)


def currencies(sites: Iterable[Row], *found: Sequence[Row]) -> dict[str, tuple[str, ...]]:
    """The sites by currency; currencies in which nothing was found fall away unless nothing was found at all."""
    known: defaultdict[str, list[str]] = defaultdict(list)
    for site in sites:
        known[site["currency"]].append(site["name"])
    used = {row["currency"] for rows in found for row in rows}
    return {currency: tuple(names) for currency, names in known.items() if not used or currency in used}


def by_currency(rows: Iterable[Row]) -> Mapping[str, Sequence[Row]]:
    """Rows by their currency; no rows for a currency that has none."""
    known: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        known[row["currency"]].append(row)
    return known


def total(rows: Iterable[Row], key: str, **where: Any) -> Decimal:
    """The sum of a column over the rows that hold these values; what is unknown adds nothing."""
    for name, value in where.items():
        rows = [row for row in rows if row[name] == value]
    return sum([row[key] or NOTHING for row in rows], NOTHING)


def grouped(rows: Iterable[Row], *keys: str) -> dict[tuple[Any, ...], list[Row]]:
    """Rows by the values of some columns, in the order in which they are met."""
    known: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        known.setdefault(tuple([row[key] for key in keys]), []).append(row)
    return known
