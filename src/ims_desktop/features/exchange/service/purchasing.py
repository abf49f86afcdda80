"""Suppliers in files."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from ims_desktop.database.table_import import TableImport
from ims_desktop.domain.errors import Problem
from ims_desktop.domain.import_kinds import CLOCK, NUMBER, WHOLE, ImportKind, Unclear, Writing, choice
from ims_desktop.domain.importing import Change, ImportField, ImportSpec
from ims_desktop.domain.table_file import fold_header
from ims_desktop.domain.wording import Words, commas, say, understood, word
from ims_desktop.features.suppliers.rules import STATES, SupplierDraft, problems_of_supplier
from ims_desktop.features.suppliers.service import WEEKDAYS
from ims_desktop.features.suppliers.tables import SUPPLIERS

WHOLE_DAYS: tuple[Words, ...] = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
EVERY_DAY: Words = "Every day"


def _days_by_name() -> Mapping[str, int]:
    named = {fold_header(one): day for names in (WEEKDAYS, WHOLE_DAYS) for day, name in enumerate(names, 1)
             for one in understood(name)}  # fmt: skip
    return {**named, **{str(day): day for day in range(1, 8)}}


def _order_days(text: str, _writing: Writing) -> tuple[int, ...]:
    if fold_header(text) in map(fold_header, understood(EVERY_DAY)):
        return tuple(range(1, 8))
    known, days = _days_by_name(), set[int]()
    for name in filter(None, re.split(r"[\s,;/+|]+", text)):
        day = known.get(fold_header(name.rstrip(".")))
        if day is None:
            words = say("“{text}” is no day of the week. Write them like {days}.", text=name[:60], days="Mon, Thu")
            raise Unclear(words)
        days.add(day)
    return tuple(sorted(days))


def _order_days_words(days: Any) -> str:
    return commas(word(WEEKDAYS[day - 1]) for day in days or ())


DAYS = ImportKind(_order_days, _order_days_words, lambda one, other: sorted(one or ()) == sorted(other or ()), blank=())

_SUPPLIERS = TableImport(
    SUPPLIERS,
    "suppliers.edit",
    {
        key: key
        for key in (
            "code",
            "name",
            "status",
            "status_reason",
            "rating",
            "payment_days",
            "order_days",
            "order_cutoff",
            "minimum_order",
            "currency",
            "note",
        )
    },
    ("code",),
)


def _supplier_problems(_connection: Connection, changes: Sequence[Change]) -> list[Problem]:
    """The same rules as in the form."""
    return [
        Problem(one.text, one.field, change.row.number)
        for change in changes
        if change.differences
        for one in problems_of_supplier(_draft(change))
    ]


def _draft(change: Change) -> SupplierDraft:
    said = {key: value for key, value in change.whole.items() if value is not None}
    return SupplierDraft(**{"code": "", "name": "", "currency": "", **said})


SUPPLIERS_IMPORT = ImportSpec(
    "suppliers",
    "Suppliers",
    ("supplier", "suppliers"),
    ("code",),
    (
        ImportField("code", "Code", required=True, aliases=("supplier code", "vendor code", "vendor number"),
                    example="METRO", longest=40),
        ImportField("name", "Name", required=True, aliases=("supplier", "vendor"), example="Metro", longest=120),
        ImportField("status", "Status", choice(STATES), keep=True, example="Active"),
        ImportField("status_reason", "Why", aliases=("reason",), help="Why nothing is ordered from them.", longest=200),
        ImportField("rating", "Own rating", NUMBER, keep=True, aliases=("rating",), help="From 0 to 5.", example="4.5"),
        ImportField("payment_days", "Payment days", WHOLE, aliases=("terms",), example="30"),
        ImportField("order_days", "Order days", DAYS, keep=True, aliases=("days",), example="Mon, Thu"),
        ImportField("order_cutoff", "Order by", CLOCK, aliases=("order until", "cut-off", "cutoff"), example="14:00"),
        ImportField("minimum_order", "Minimum order", NUMBER, aliases=("minimum",), example="150.00"),
        ImportField("currency", "Currency", required=True, help="Its three letters.", example="USD", longest=3),
        ImportField("note", "Note", aliases=("notes", "remark"), longest=2000),
    ),
    "suppliers.edit",
    frozenset({"suppliers"}),
    _SUPPLIERS.known,
    _SUPPLIERS.write,
    _supplier_problems,
)  # fmt: skip
