"""What sites want of items, in files: par, reorder point, and where an item is kept."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import Connection

from ims_desktop.database.table_import import TableImport
from ims_desktop.domain.errors import Problem
from ims_desktop.domain.import_kinds import NAME, NUMBER
from ims_desktop.domain.importing import Change, ImportField, ImportSpec
from ims_desktop.features.exchange.service.places import LOCATION, SITE
from ims_desktop.features.exchange.service.price_lists import ITEM
from ims_desktop.features.items.tables import SETTINGS

LARGEST = Decimal(10) ** 9
_LEVELS = TableImport(
    SETTINGS,
    "items.edit",
    {
        "item": "item_id", "site": "site_id", "par": "par", "reorder_point": "reorder_point",
        "home": "home_location_id", "shelf_position": "shelf_position",
    },
    ("item", "site"),
    {"item": ITEM, "site": SITE, "home": LOCATION},
    identity=("item_id", "site_id"),
)  # fmt: skip


def _problems(_connection: Connection, changes: Sequence[Change]) -> list[Problem]:
    problems = []
    for change in changes:
        number, whole = change.row.number, change.whole
        for key in ("par", "reorder_point"):
            value = change.values.get(key)
            if value is not None and not 0 <= value < LARGEST:
                problems.append(Problem("This must be 0 or more, and not absurdly large.", key, number))
        par, reorder = whole.get("par"), whole.get("reorder_point")
        if change.differences and par is not None and reorder is not None and reorder > par:
            problems.append(Problem("The reorder point lies above the par.", "reorder_point", number))
    return problems


LEVELS_IMPORT = ImportSpec(
    "item_levels",
    "Par levels of sites",
    ("level", "levels"),
    ("item", "site"),
    (
        ImportField("item", "SKU", NAME, required=True, aliases=("item", "code", "item code"), help="Its SKU or name.",
                    example="DRY-0142"),
        ImportField("site", "Site", NAME, required=True, aliases=("restaurant",), example="Downtown"),
        ImportField("par", "Par", NUMBER, aliases=("par level",), help="In the unit in which the item is kept.",
                    example="20"),
        ImportField("reorder_point", "Reorder point", NUMBER, aliases=("reorder", "minimum"), example="8"),
        ImportField("home", "Storage location", NAME, aliases=("location", "home", "storage"), example="Walk-in"),
        ImportField("shelf_position", "Shelf", aliases=("shelf position", "position"), example="B2", longest=60),
    ),
    "items.edit",
    frozenset({"items", "stock"}),
    _LEVELS.known,
    _LEVELS.write,
    _problems,
)  # fmt: skip
