"""The price list of a site on a day."""

from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from ims_desktop.domain.listing import Sort
from ims_desktop.domain.work import read
from ims_desktop.features.menu import service
from ims_desktop.features.menu.screen.words import COST, describe
from ims_desktop.ui.choices import Between
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.detail import DetailButton, DetailSpec, Section
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.list_spec import Action, ActionPage, Empty, FilterField, ListSpec


def _open_menu(page: ActionPage, _rows: tuple[Any, ...] = ()) -> None:
    page.desk.navigation.open("menu")


def _open_dish(page: ActionPage, item: service.MenuItem) -> None:
    page.desk.navigation.open("menu", item.id)


MENU = Action("Open the menu", _open_menu, icon="fork-knife")


def spec(desk: Desk) -> ListSpec:
    """The page for one desk; a row opens its dish at the chosen site."""

    @read
    def menu_item(connection: Any, key: Any) -> service.MenuItem:
        return service.menu_item(connection, key, desk.site)

    return ListSpec(
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
        actions=(MENU,),
        detail=DetailSpec(
            menu_item,
            partial(describe, costs=desk.may(COST)),
            subjects=frozenset({"menu"}),
            buttons=(DetailButton("Open in the menu", _open_dish, "fork-knife", primary=True),),
        ),
        search_hint="Find by name or code",
        filters=(FilterField(service.DAY, "On the day", Between(), Kind.DATE),),
        sort=(Sort("name"),),
        empty=Empty("No prices", "Menu items with their prices make a price list.", MENU),
        site_bound=True,
    )


def build(desk: Desk, sections: tuple[Section, ...] = ()) -> QWidget:
    """The page; `sections` are what other capabilities add under the detail."""
    return ListPage(desk, spec(desk).with_sections(sections))
