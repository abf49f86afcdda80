"""What can be brought in from files, and the use cases that do it."""

from collections.abc import Mapping

from ims_desktop.domain.importing import ImportSpec
from ims_desktop.features.exchange.service.cooking import RECIPES_IMPORT
from ims_desktop.features.exchange.service.dishes import MENU_IMPORT, MENU_PRICES_IMPORT
from ims_desktop.features.exchange.service.levels import LEVELS_IMPORT
from ims_desktop.features.exchange.service.people import CONTACTS_IMPORT, CUSTOMERS_IMPORT
from ims_desktop.features.exchange.service.places import CATEGORIES_IMPORT, LOCATIONS_IMPORT, SITES_IMPORT
from ims_desktop.features.exchange.service.price_lists import PRICES_IMPORT
from ims_desktop.features.exchange.service.purchasing import SUPPLIERS_IMPORT
from ims_desktop.features.exchange.service.rates import RATES_IMPORT
from ims_desktop.features.exchange.service.running import (
    DOUBTS,
    CheckedFile,
    ImportResult,
    Progress,
    RecordFile,
    check,
    open_file,
    question_of,
    run_import,
    take_back,
    xlsx_template,
)
from ims_desktop.features.items.service import ITEMS_IMPORT

__all__ = [
    "DOUBTS",
    "IMPORTS",
    "CheckedFile",
    "ImportResult",
    "Progress",
    "RecordFile",
    "check",
    "open_file",
    "question_of",
    "run_import",
    "take_back",
    "xlsx_template",
]

IMPORTS: Mapping[str, ImportSpec] = {
    spec.entity: spec
    for spec in (
        ITEMS_IMPORT,
        LEVELS_IMPORT,
        CATEGORIES_IMPORT,
        SUPPLIERS_IMPORT,
        PRICES_IMPORT,
        CONTACTS_IMPORT,
        RECIPES_IMPORT,
        MENU_IMPORT,
        MENU_PRICES_IMPORT,
        CUSTOMERS_IMPORT,
        LOCATIONS_IMPORT,
        SITES_IMPORT,
        RATES_IMPORT,
    )
}
"""Everything that can be imported, by what it is called on the command line."""
