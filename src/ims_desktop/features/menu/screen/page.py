"""The page of the menu: prices, plate costs and what is left of them."""

from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from ims_desktop.domain.listing import Sort, Summary
from ims_desktop.domain.wording import Words, say, say_count
from ims_desktop.domain.work import read
from ims_desktop.features.menu import service
from ims_desktop.features.menu.screen.actions import ACTIONS, BUTTONS, NEW
from ims_desktop.features.menu.screen.forms import EDIT, PRICE
from ims_desktop.features.menu.screen.words import COST, STATES, describe
from ims_desktop.ui.cell_edit import CellEdit
from ims_desktop.ui.choices import Choice, Choices
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.detail import DetailButton, DetailSpec, Section
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.list_spec import ActionPage, Empty, ListSpec, Tab
from ims_desktop.ui.theme import Tone

SUBJECTS = frozenset({"menu", "recipes", "items", "stock", "orders"})


@read
def category_choices(connection: Any) -> tuple[Choice, ...]:
    """The menu categories to filter by."""
    return tuple(Choice(key, name) for key, name in service.categories(connection))


def _over(row: service.MenuRow) -> Tone:
    """A price at which the plate costs more of it than it should; nobody is told who may not see costs."""
    return Tone.WARN if row.state == "over" else Tone.PLAIN


NAMED = CellEdit(EDIT, required=True, most=service.LONGEST_NAME)
PRICED = CellEdit(PRICE, required=True, high=service.HIGHEST_PRICE, by_site=True)
COLUMNS = (
    Column("name", "Menu item", Kind.TITLE, 230, sub="code", sortable=True, stretch=True, edit=NAMED),
    Column("size", "Size", width=84),
    Column("category", "Category", width=104, sortable=True, filter=Choices(load=category_choices)),
    Column("price", "Price", Kind.MONEY, 82, sortable=True, tone=_over, edit=PRICED),
    Column("tax", "Tax", Kind.PERCENT, 84, decimals=3, hidden=True, derived=True),
    Column("cost", "Plate cost", Kind.MONEY, 98, sortable=True, permission=COST),
    Column("margin", "Margin", Kind.MONEY, 86, sortable=True, permission=COST),
    Column("food_cost", "Food cost", Kind.PERCENT, 96, sortable=True, tone=_over, total=True, permission=COST),
    Column("target", "Target", Kind.PERCENT, 72, decimals=0, permission=COST),
    Column("state", "Status", Kind.CHIP, 150, chips=STATES, permission=COST, derived=True),
    Column("is_available", "Available", Kind.FLAG, 92, edit=CellEdit(EDIT)),
)


def _open_recipe(page: ActionPage, item: service.MenuItem) -> None:
    page.desk.navigation.open("recipes", item.recipe_id)


def _subtitle(summary: Summary, formats: Formats) -> Words:
    share = summary.totals.get("food_cost")
    items = say_count("{count} menu item", "{count:,} menu items", summary.count)
    if share is None:
        return items
    return say("{items} · food cost {share} for one of each", items=items, share=formats.percent(share))


def spec(desk: Desk) -> ListSpec:
    """The page for one desk; prices and costs are those of the chosen site."""
    costs = desk.may(COST)

    @read
    def menu_item(connection: Any, key: Any) -> service.MenuItem:
        return service.menu_item(connection, key, desk.site)

    tabs = [Tab("all", "All"), Tab("over", "Over target", service.OVER, (Sort("food_cost", descending=True),))]
    tabs += [Tab("unmapped", "Without a recipe", service.UNMAPPED), Tab("off", "Not available", service.UNAVAILABLE)]
    tabs += [Tab("planned", "Price change planned", service.PLANNED), Tab("archived", "Archived", (service.ARCHIVED,))]
    return ListSpec(
        key="menu",
        title="Menu",
        noun=("menu item", "menu items"),
        columns=COLUMNS,
        read=service.menu,
        summary=service.menu_summary,
        counts=service.menu_counts,
        save=service.save_cells,
        subjects=SUBJECTS,
        subtitle=_subtitle if costs else None,
        search_hint="Find by name or code",
        tabs=tuple(tab for tab in tabs if costs or tab.key != "over"),
        sort=(Sort("name"),),
        primary=NEW,
        actions=ACTIONS,
        detail=DetailSpec(
            menu_item,
            partial(describe, costs=costs),
            subjects=SUBJECTS,
            buttons=(
                *BUTTONS,
                DetailButton(
                    "Open recipe", _open_recipe, "cooking-pot", "recipes.view", show=lambda item: item.recipe_id
                ),
            ),
        ),
        empty=Empty("The menu is empty", "Menu items with their prices make sales and plate costs known.", NEW),
        site_bound=True,
    )


def build(desk: Desk, sections: tuple[Section, ...] = ()) -> QWidget:
    """The page of the menu; `sections` are what other capabilities show under a menu item."""
    return ListPage(desk, spec(desk).with_sections(sections))
