"""Suppliers in files."""

from collections.abc import Sequence

from sqlalchemy import Connection

from ims_desktop.database.table_import import TableImport
from ims_desktop.domain.errors import Problem
from ims_desktop.domain.import_kinds import CLOCK, NUMBER, WHOLE, choice
from ims_desktop.domain.importing import Change, ImportField, ImportSpec
from ims_desktop.features.suppliers.rules import STATES
from ims_desktop.features.suppliers.tables import SUPPLIERS

LARGEST = 10**9

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
            "payment_days",
            "order_cutoff",
            "minimum_order",
            "currency",
            "note",
        )
    },
    ("code",),
)


def _supplier_problems(_connection: Connection, changes: Sequence[Change]) -> list[Problem]:
    problems = []
    for change in changes:
        values, number = change.values, change.row.number
        currency = values.get("currency")
        if currency is not None and not (len(currency) == 3 and currency.isascii() and currency.isupper()):
            problems.append(Problem("A currency has three capital letters, such as EUR.", "currency", number))
        whole = change.whole
        if change.differences and whole.get("status", "ACTIVE") != "ACTIVE" and not whole.get("status_reason"):
            problems.append(Problem("Say why nothing is ordered from them.", "status_reason", number))
        for key, most in (("payment_days", 3650), ("minimum_order", LARGEST)):
            value = values.get(key)
            if value is not None and not 0 <= value <= most:
                problems.append(Problem("This must be 0 or more, and not absurdly large.", key, number))
    return problems


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
        ImportField("payment_days", "Payment days", WHOLE, aliases=("terms",), example="30"),
        ImportField("order_cutoff", "Order by", CLOCK, aliases=("cut-off", "cutoff"), example="14:00"),
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
