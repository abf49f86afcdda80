"""The price list of a site on a day."""

from PySide6.QtWidgets import QWidget

from ims_desktop.domain.listing import Sort
from ims_desktop.features.menu import service
from ims_desktop.ui.choices import Between
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.list_spec import Empty, FilterField, ListSpec

SPEC = ListSpec(
    key="price_list",
    title="Price list",
    noun=("price", "prices"),
    columns=(
        Column("name", "Menu item", Kind.TITLE, 260, sub="code", sortable=True, stretch=True),
        Column("size", "Size", width=80),
        Column("category", "Category", width=130, sortable=True),
        Column("price", "Price", Kind.MONEY, 96),
        Column("tax", "Tax", Kind.PERCENT, 84, decimals=3),
        Column("valid_from", "Since", Kind.DATE, 120),
        Column("next_price", "Next price", Kind.MONEY, 106),
        Column("next_from", "From", Kind.DATE, 120),
    ),
    read=service.price_list,
    summary=service.price_list_summary,
    subjects=frozenset({"menu"}),
    search_hint="Find by name or code",
    filters=(FilterField(service.DAY, "On the day", Between(), Kind.DATE),),
    sort=(Sort("name"),),
    empty=Empty("No prices", "Menu items with their prices make a price list."),
    site_bound=True,
)


def build(desk: Desk) -> QWidget:
    """The page."""
    return ListPage(desk, SPEC)
