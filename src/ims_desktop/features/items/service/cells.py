"""What of items is changed in the cells of their list, and what a site wants of them."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import func

from ims_desktop.database.cell_edits import Cell, CellEdits, CellTable, among, number, words
from ims_desktop.domain.errors import Problem
from ims_desktop.features.items.rules import ALLERGENS
from ims_desktop.features.items.service.saving import SUBJECTS
from ims_desktop.features.items.tables import ITEMS, SETTINGS

LONGEST_NAME, LONGEST_LIFE, MOST = 120, 36_500, 10**9 - 1


def _category(value: Any) -> str | None:
    return None if value is not None else "Choose a category."


def _levels(level: Mapping[str, Any]) -> Iterator[Problem]:
    par, reorder = level["par"], level["reorder_point"]
    if par is not None and reorder is not None and reorder > par:
        yield Problem("The reorder point lies above the par.", "reorder_point")


ITEM_CELLS = CellEdits(
    "items.edit",
    SUBJECTS,
    (
        CellTable(
            ITEMS,
            {
                "name": Cell("name", words(LONGEST_NAME), kept=lambda name: " ".join(name.split())),
                "category": Cell("category_id", _category),
                "shelf_life_days": Cell(
                    "shelf_life_days",
                    number(0, LONGEST_LIFE, places=0),
                    lambda days: None if days is None else int(days),
                ),
                "allergens_text": Cell("allergens", among(frozenset(ALLERGENS)), kept=sorted, shown=tuple),
            },
            touched={"updated_at": func.now()},
        ),
        CellTable(
            SETTINGS,
            {"par": Cell("par", number(0, MOST)), "reorder_point": Cell("reorder_point", number(0, MOST))},
            key="item_id",
            site="site_id",
            makes=True,
            beside=("par", "reorder_point"),
            together=_levels,
        ),
    ),
)
save_cells = ITEM_CELLS.save
