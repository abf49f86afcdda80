"""The forms of the menu: an item, a price from a day on, and what a site is out of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from ims_desktop.domain.listing import ListQuery
from ims_desktop.domain.wording import say, say_count
from ims_desktop.domain.work import read
from ims_desktop.features.menu import service
from ims_desktop.features.menu.rules import HUNDRED
from ims_desktop.features.recipes.service import recipes
from ims_desktop.features.sites.service import site_choices
from ims_desktop.ui.choices import Choice, Choices
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.fields import Field, FieldKind, Group
from ims_desktop.ui.form import FormSpec

EDIT, PRICE = "menu.edit", "menu.price"
EVERYWHERE = "everywhere"


@read
def category_choices(connection: Any) -> tuple[Choice, ...]:
    """The categories in their order."""
    return tuple(Choice(key, name) for key, name in service.categories(connection))


@read
def _recipes(connection: Any, typed: str) -> tuple[Choice, ...]:
    found = recipes(connection, ListQuery(search=typed, limit=20))
    return tuple(Choice(row.id, row.name, row.yields) for row in found.rows)


@read
def _groups(connection: Any) -> tuple[Choice, ...]:
    return tuple(Choice(key, name) for key, name in service.group_choices(connection))


@read
def _sites(connection: Any) -> tuple[Choice, ...]:
    return tuple(Choice(one.value, one.text, one.detail) for one in site_choices(connection))


class FormItem:
    """A menu item as the fields of the form see it."""

    def __init__(self, item: service.MenuItem) -> None:
        self.item = item
        self.code, self.name, self.size = item.code, item.name, item.size
        self.category_id = Choice(item.category_id, item.category)
        self.recipe_id = Choice(item.recipe_id, item.recipe or "") if item.recipe_id else None
        self.portions, self.target, self.is_available = item.portions, item.own_target, item.is_available
        self.groups = tuple(one.id for one in item.groups)


def item_form(desk: Desk, *, new: bool) -> FormSpec:
    """The form of a menu item."""

    @read
    def read_item(connection: Any, key: Any) -> FormItem:
        return FormItem(service.menu_item(connection, key, desk.site))

    return FormSpec(
        title="New menu item" if new else "Change the menu item",
        groups=(
            Field("name", "Name", required=True, max_length=service.LONGEST_NAME),
            Field("code", "Code", required=True, max_length=60, half=True, help="As the till writes it."),
            Field("size", "Size", max_length=40, half=True),
            Field("category_id", "Category", FieldKind.CHOICE, required=True, choices=Choices(load=category_choices)),
            Field("recipe_id", "Recipe", FieldKind.CHOICE, choices=Choices(search=_recipes), half=True),
            Field("portions", "Portions of it", FieldKind.QUANTITY, required=True, default=Decimal(1), half=True),
            Field("target", "Food-cost target", FieldKind.PERCENT, help="Empty: as its category or the site aims."),
            Field("is_available", "Available", FieldKind.CHECK, default=True),
            Group("Asked with it", (Field("groups", "", FieldKind.MANY, choices=Choices(load=_groups)),)),
        ),
        save=service.save_menu_item,
        build=_item_draft,
        read=read_item,
        said=lambda saved: say("Saved {name}", name=saved.name),
        permission=EDIT,
    )


def _item_draft(values: Mapping[str, Any], initial: FormItem | None) -> service.MenuDraft:
    was = initial.item if initial is not None else None
    return service.MenuDraft(
        code=values["code"],
        name=values["name"],
        category_id=values["category_id"],
        size=values["size"],
        recipe_id=values["recipe_id"],
        portions=values["portions"],
        target=values["target"],
        is_available=values["is_available"],
        groups=tuple(values["groups"]),
        id=was.id if was else None,
        version=was.version if was else 0,
    )


@dataclass(frozen=True)
class FormPrice:
    """What the form of a price begins with."""

    item: UUID
    site: Any
    valid_from: date
    price: Decimal | None
    tax: Decimal


def price_form(name: str) -> FormSpec:
    """The form of a price from a day on."""
    return FormSpec(
        title=say("Price of {name}", name=name),
        groups=(
            Field("price", "Price", FieldKind.MONEY, required=True, half=True),
            Field("tax", "Tax", FieldKind.PERCENT, required=True, decimals=3, half=True),
            Field("valid_from", "From", FieldKind.DATE, required=True, help="What was sold before keeps its price."),
            Field(
                "site", "At", FieldKind.CHOICE, choices=Choices(load=_sites), help="Empty: every site without its own."
            ),
        ),
        save=service.set_price,
        build=_price_draft,
        said=lambda _price: "The price is kept",
        permission=PRICE,
    )


def _price_draft(values: Mapping[str, Any], initial: FormPrice) -> service.PriceDraft:
    tax = values["tax"]
    return service.PriceDraft(
        initial.item, values["site"], values["valid_from"], values["price"], None if tax is None else tax * HUNDRED
    )


def pause_form(items: tuple[UUID, ...], site: UUID, place: str) -> FormSpec:
    """The form of what a site is out of."""
    return FormSpec(
        title=say("Not sold at {place}", place=place),
        groups=(Field("until", "Up to and including", FieldKind.DATE, help="Empty: until further notice."),),
        save=partial(_pause, items, site),
        said=lambda count: say_count("It is off the menu there", "{count} are off the menu there", count),
        save_title="Take off",
        permission=EDIT,
    )


def _pause(items: tuple[UUID, ...], site: UUID, connection: Any, values: Mapping[str, Any]) -> Any:
    return service.pause(connection, items, site, values["until"])
