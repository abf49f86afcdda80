"""What can be done with the menu: new items, prices, what a site is out of, and prices of many at once."""

from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.domain.wording import say, say_count
from ims_desktop.domain.work import read
from ims_desktop.features.menu import service
from ims_desktop.features.menu.rules import ENDINGS, HUNDRED, raised
from ims_desktop.features.menu.screen.forms import EDIT, PRICE, FormPrice, item_form, pause_form, price_form
from ims_desktop.ui.archiving import Archiving
from ims_desktop.ui.choices import Choice, Choices
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.detail import DetailButton
from ims_desktop.ui.fields import Field, FieldKind
from ims_desktop.ui.form import FormSpec
from ims_desktop.ui.list_spec import Action, ActionPage, Needs

NOTHING = Decimal(0)


def new_item(page: ActionPage, _rows: tuple[Any, ...] = ()) -> None:
    """Begin a menu item."""
    page.open_form(item_form(page.desk, new=True))


def change_item(page: ActionPage, item: service.MenuItem) -> None:
    """Open the form of a menu item."""
    page.open_form(item_form(page.desk, new=False), key=item.id)


def change_price(page: ActionPage, item: service.MenuItem) -> None:
    """Open the form of its price, from today on at the chosen site."""
    figures = item.figures
    site = next((Choice(one.key, one.name) for one in page.desk.sites if one.key == page.desk.site), None)
    tax = (figures.tax_percent or NOTHING) / HUNDRED
    initial = FormPrice(item.id, site, page.desk.formats.today(), figures.price, tax)
    page.open_form(price_form(item.name), initial)


def drop_planned(page: ActionPage, item: service.MenuItem) -> None:
    """Take back the prices that have not begun; Undo plans them again."""

    def done(gone: tuple[service.PriceDraft, ...]) -> None:
        words = say_count("One planned price is gone", "{count} planned prices are gone", len(gone))
        page.desk.messages.done(words, undo=partial(_plan_again, page, gone))

    page.start(done, service.remove_planned, item.id, page.desk.site)


def _plan_again(page: ActionPage, gone: tuple[service.PriceDraft, ...]) -> None:
    def done(count: int) -> None:
        page.desk.messages.done(say_count("The price is planned again", "{count} prices are planned again", count))

    page.start(done, service.plan_again, gone)


def _planned(item: service.MenuItem) -> bool:
    return bool(item.planned)


def _here(desk: Desk) -> Any:
    """The site that is meant: the chosen one, or the only one."""
    return desk.site or (desk.sites[0].key if len(desk.sites) == 1 else None)


def pause_items(page: ActionPage, rows: tuple[Any, ...]) -> None:
    """Ask up to when the site is out of them."""
    site = _here(page.desk)
    if site is None:
        page.desk.messages.failed("Choose a site first: what is out is out at one site.")
        return
    page.open_form(pause_form(tuple(row.id for row in rows), site, page.desk.site_name))


def resume_items(page: ActionPage, rows: tuple[Any, ...]) -> None:
    """The site sells them again."""
    site = _here(page.desk)
    if site is None:
        page.desk.messages.failed("Choose a site first: what is out is out at one site.")
        return

    def done(count: int) -> None:
        page.desk.messages.done(say_count("One is back on the menu", "{count} are back on the menu", count))

    page.start(done, service.resume, tuple(row.id for row in rows), site)


def change_prices(page: Any, rows: tuple[Any, ...]) -> None:
    """Ask how prices change; what each becomes is shown before anything is kept."""
    if page.desk.site is None:
        page.desk.messages.failed("Choose a site first: these prices hold at one site.")
        return
    page.open_form(prices_form(page, rows))


def prices_form(page: Any, rows: tuple[Any, ...]) -> FormSpec:
    """The form of a change of many prices; saving it shows them, cell by cell."""
    endings = Choices(
        tuple(
            Choice(key, say("every {key}", key=key) if key[0] != "." else say("ending in {key}", key=key))
            for key in ENDINGS
        )
    )
    return FormSpec(
        title=say_count("Change {count:,} price", "Change {count:,} prices", len(rows)),
        subtitle="From today on, at the chosen site. You see every price before anything is kept.",
        groups=(
            Field("percent", "By percent", FieldKind.PERCENT, placeholder="3", half=True),
            Field("amount", "By an amount", FieldKind.MONEY, placeholder="0.50", half=True),
            Field("ending", "Rounded to", FieldKind.CHOICE, required=True, choices=endings, default="0.10"),
            Field("to_target", "At least to the food-cost target", FieldKind.CHECK, default=False),
        ),
        save=_reckoned,
        build=lambda values, _initial: _new_prices(page, rows, values),
        said=lambda count: say_count("{count} price is proposed", "{count} prices are proposed", count),
        save_title="Show the prices",
        permission=PRICE,
    )


@read
def _reckoned(_connection: Any, count: int) -> int:
    return count


def _new_prices(page: Any, rows: tuple[Any, ...], values: Mapping[str, Any]) -> int:
    percent, amount = (values["percent"] or NOTHING) * HUNDRED, values["amount"] or NOTHING
    if not percent and not amount and not values["to_target"]:
        raise UserError("Say by how much.", [Problem("Fill in a percentage or an amount.", "percent")])
    ending, cells = ENDINGS[values["ending"]], page.editing.grid.cells
    column = next(one for one in page.model.columns if one.key == "price")
    proposals = []
    for row in rows:
        if row.price is None:
            continue
        price = raised(row.price, percent, amount, ending)
        if values["to_target"] and row.price_for_target is not None:
            price = max(price, ending.up(row.price_for_target))
        proposals.append(cells.propose_value(column, row, price))
    page.editing.preview(proposals)
    return len(proposals)


def open_page(key: str, page: ActionPage, _rows: tuple[Any, ...]) -> None:
    """Go to another page of the menu."""
    page.desk.navigation.open(key)


NEW = Action("New menu item", new_item, icon="plus", permission=EDIT)
ARCHIVING = Archiving(
    service.set_active,
    EDIT,
    lambda rows: say_count("Archived one menu item", "Archived {count} menu items", len(rows)),
    lambda rows: say_count("Brought back one menu item", "Brought back {count} menu items", len(rows)),
)
ACTIONS = (
    Action("Categories", partial(open_page, "menu_categories"), icon="list-numbers"),
    Action("Modifiers", partial(open_page, "modifiers"), icon="sliders-horizontal"),
    Action("Price list", partial(open_page, "price_list"), icon="tag"),
    Action("Change prices …", change_prices, icon="percent", permission=PRICE, needs=Needs.SOME),
    Action("Out for now …", pause_items, icon="pause", permission=EDIT, needs=Needs.SOME),
    Action("Back on the menu", resume_items, icon="play", permission=EDIT, needs=Needs.SOME),
    *ARCHIVING.actions,
)
BUTTONS = (
    DetailButton("Change", change_item, "pencil-simple", EDIT, primary=True),
    DetailButton("Price …", change_price, "tag", PRICE),
    DetailButton("Take the planned price back", drop_planned, "arrow-counter-clockwise", PRICE, show=_planned),
)
