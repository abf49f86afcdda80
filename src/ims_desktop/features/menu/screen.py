"""The page of the menu: prices, plate costs and what is left of them."""

from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from ims_desktop.domain.listing import Sort, Summary
from ims_desktop.domain.work import read
from ims_desktop.features.menu import service
from ims_desktop.features.menu.rules import Margin
from ims_desktop.ui.cell_edit import CellEdit
from ims_desktop.ui.chips import Chip
from ims_desktop.ui.choices import Choice, Choices
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.desk import Desk, Place
from ims_desktop.ui.detail import Detail, DetailButton, DetailSpec, Fact, Line, Note, Related, Section, Trend
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.list_spec import ActionPage, Empty, ListSpec, Tab
from ims_desktop.ui.theme import Tone

STATES = {
    "ok": Chip("Within target", Tone.OK),
    "over": Chip("Over target", Tone.WARN),
    "unmapped": Chip("No recipe", Tone.INFO),
    "uncosted": Chip("Cost not known", Tone.NEUTRAL),
    "unpriced": Chip("No price", Tone.INFO),
    "off": Chip("Not available", Tone.NEUTRAL),
}
# Who may not see costs is only told what concerns selling.
SELLING = {"off", "unmapped", "unpriced"}
SUBJECTS = frozenset({"menu", "recipes", "items", "stock", "orders"})
COST, EDIT = "stock.cost", "menu.edit"


@read
def category_choices(connection: Any) -> tuple[Choice, ...]:
    """The menu categories to filter by."""
    return tuple(Choice(key, name) for key, name in service.categories(connection))


def _over(row: service.MenuRow) -> Tone:
    return Tone.WARN if row.state == "over" else Tone.PLAIN


NAMED = CellEdit(EDIT, required=True, most=service.LONGEST_NAME)
PRICED = CellEdit(EDIT, required=True, high=service.HIGHEST_PRICE, by_site=True)
COLUMNS = (
    Column("name", "Menu item", Kind.TITLE, 230, sub="code", sortable=True, stretch=True, edit=NAMED),
    Column("size", "Size", width=66),
    Column("category", "Category", width=104, sortable=True, filter=Choices(load=category_choices)),
    Column("price", "Price", Kind.MONEY, 82, sortable=True, edit=PRICED),
    Column("tax", "Tax", Kind.PERCENT, 84, decimals=3, hidden=True, derived=True),
    Column("cost", "Plate cost", Kind.MONEY, 98, sortable=True, permission=COST),
    Column("margin", "Margin", Kind.MONEY, 86, sortable=True, permission=COST),
    Column("food_cost", "Food cost", Kind.PERCENT, 96, sortable=True, tone=_over, total=True, permission=COST),
    Column("state", "Status", Kind.CHIP, 132, chips=STATES, permission=COST, derived=True),
    Column("is_available", "Available", Kind.FLAG, 92, edit=CellEdit(EDIT)),
)


def describe(item: service.MenuItem, formats: Formats, costs: bool) -> Detail:
    """A menu item in words; costs only for those who may see them."""
    state = service.state_of(item)
    return Detail(
        title=" ".join(filter(None, (item.name, item.size))),
        code=item.code,
        chips=(STATES[state],) if costs or state in SELLING else (),
        line=" · ".join(filter(None, (item.category, item.site))),
        notes=_notes(item, costs),
        facts=tuple(_facts(item, formats, costs)),
        trends=_prices(item, formats),
        related=(_made_of(item, formats, costs), _price_list(item, formats)),
    )


def _notes(item: service.MenuItem, costs: bool) -> tuple[Note, ...]:
    if item.recipe_id is None:
        return (Note("It has no recipe: its sales take nothing out of stock and cost nothing.", Tone.INFO),)
    unknown = [part.name for part in item.parts if part.cost is None]
    if costs and unknown:
        return (Note(f"Without a cost at {item.site}: {', '.join(unknown[:4])}.", Tone.WARN),)
    return ()


def _taxed(figures: Margin, formats: Formats) -> str:
    if figures.tax_percent is None:
        return "tax not known"
    if not figures.tax_percent:
        return "without tax"
    tax = formats.typed_number(figures.tax_percent)
    return f"{tax}% tax {'in it' if figures.includes_tax else 'on top'}"


def _facts(item: service.MenuItem, formats: Formats, costs: bool) -> list[Fact]:
    figures = item.figures
    facts = [Fact("Price", formats.money(figures.price), _taxed(figures, formats))]
    if costs:
        tone = Tone.WARN if figures.over_target else Tone.PLAIN
        target = f"target {formats.percent(figures.target, 0)}" if figures.target is not None else ""
        facts += [
            Fact("Plate cost", formats.money(figures.cost), item.currency or ""),
            Fact("Margin", formats.money(figures.margin), "net price less plate cost"),
            Fact("Food cost", formats.percent(figures.food_cost), target, tone),
        ]
    for sold in item.sold:
        if sold.until is not None:
            title = f"{sold.days} days to {formats.date(sold.until)}"
            facts.append(Fact(title, formats.typed_number(sold.quantity), f"sold, {formats.money(sold.revenue)} net"))
    return facts


def _prices(item: service.MenuItem, formats: Formats) -> tuple[Trend, ...]:
    own = [price for price in item.prices if price.site is not None] or item.prices
    past = [price for price in own if price.valid_from <= formats.today()]
    if len(past) < 2:
        return ()
    labels = tuple(formats.date(price.valid_from) for price in past)
    return (Trend("Price over time", tuple(price.price for price in past), labels, steps=True),)


def _made_of(item: service.MenuItem, formats: Formats, costs: bool) -> Related:
    lines = tuple(
        Line(
            part.name,
            f"{formats.typed_number(round(part.quantity, 3))} {part.unit}"
            + (" · sub-recipe" if part.is_recipe else ""),
            formats.money(part.cost) if costs else "",
            place=Place("recipes" if part.is_recipe else "items", part.key),
        )
        for part in item.parts
    )
    whole = Place("recipes", item.recipe_id) if item.recipe_id else None
    return Related("Made of", lines, place=whole, empty="No recipe is valid today.")


def _price_list(item: service.MenuItem, formats: Formats) -> Related:
    lines = tuple(
        Line(f"since {formats.date(price.valid_from)}", price.site or "every site", formats.money(price.price))
        for price in reversed(item.prices)
    )
    return Related("Prices", lines, empty="It has no price yet.")


def _open_recipe(page: ActionPage, item: service.MenuItem) -> None:
    page.desk.navigation.open("recipes", item.recipe_id)


def _subtitle(summary: Summary, formats: Formats) -> str:
    share = summary.totals.get("food_cost")
    words = f"{summary.count:,} menu items"
    return f"{words} · food cost {formats.percent(share)} for one of each" if share is not None else words


def spec(desk: Desk) -> ListSpec:
    """The page for one desk; prices and costs are those of the chosen site."""
    costs = desk.may(COST)

    @read
    def menu_item(connection: Any, key: Any) -> service.MenuItem:
        return service.menu_item(connection, key, desk.site)

    tabs = [Tab("all", "All"), Tab("over", "Over target", service.OVER, (Sort("food_cost", descending=True),))]
    tabs += [Tab("unmapped", "Without a recipe", service.UNMAPPED), Tab("off", "Not available", service.UNAVAILABLE)]
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
        detail=DetailSpec(
            menu_item,
            partial(describe, costs=costs),
            subjects=SUBJECTS,
            buttons=(
                DetailButton(
                    "Open recipe", _open_recipe, "cooking-pot", "recipes.view", show=lambda item: item.recipe_id
                ),
            ),
        ),
        empty=Empty("The menu is empty", "Menu items with their prices make sales and plate costs known."),
        site_bound=True,
    )


def build(desk: Desk, sections: tuple[Section, ...] = ()) -> QWidget:
    """The page of the menu; `sections` are what other capabilities show under a menu item."""
    return ListPage(desk, spec(desk).with_sections(sections))
