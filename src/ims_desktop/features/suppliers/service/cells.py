"""What of suppliers is changed in the cells of their list: terms, minimum, order days and cut-off."""

from collections.abc import Iterator
from decimal import Decimal

from ims_desktop.database.cell_edits import Cell, CellEdits, Cells, CellTable, among, number, words
from ims_desktop.domain.errors import Problem
from ims_desktop.features.suppliers.rules import LONGEST_TERM, LONGEST_TEXT, STATES
from ims_desktop.features.suppliers.service.contact import SUBJECTS
from ims_desktop.features.suppliers.tables import SUPPLIERS

LONGEST_NAME, MOST = LONGEST_TEXT["name"], Decimal(10) ** 12 - 1


def _terms(supplier: Cells) -> Iterator[Problem]:
    if supplier["status"] != "ACTIVE" and not str(supplier["status_reason"] or "").strip():
        yield Problem("Say why nothing is ordered from them.", "status_reason")


SUPPLIER_CELLS = CellEdits(
    "suppliers.edit",
    SUBJECTS,
    (
        CellTable(
            SUPPLIERS,
            {
                "name": Cell("name", words(LONGEST_NAME), kept=lambda name: " ".join(name.split())),
                "order_days_text": Cell("order_days", among(frozenset(range(1, 8))), kept=sorted, shown=tuple),
                "order_cutoff": Cell("order_cutoff"),
                "minimum_order": Cell("minimum_order", number(0, MOST, places=2)),
                "payment_days": Cell(
                    "payment_days", number(0, LONGEST_TERM, places=0), lambda days: None if days is None else int(days)
                ),
                "status": Cell("status", among(frozenset(STATES))),
                "status_reason": Cell("status_reason", words(LONGEST_TEXT["status_reason"], needed=False)),
            },
            beside=("status", "status_reason"),
            together=_terms,
        ),
    ),
)
save_cells = SUPPLIER_CELLS.save
