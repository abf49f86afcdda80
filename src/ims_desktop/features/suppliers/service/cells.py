"""What of suppliers is changed in the cells of their list: terms, minimum, order days and cut-off."""

from decimal import Decimal

from ims_desktop.database.cell_edits import Cell, CellEdits, CellTable, among, number, words
from ims_desktop.features.suppliers.service.contact import SUBJECTS
from ims_desktop.features.suppliers.tables import SUPPLIERS

LONGEST_NAME, LONGEST_TERM, MOST = 120, 365, Decimal(10) ** 12 - 1
STATES = frozenset({"ACTIVE", "ON_HOLD", "ENDED"})

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
                "status": Cell("status", among(STATES)),
            },
        ),
    ),
)
save_cells = SUPPLIER_CELLS.save
