"""The page of menu categories: their names, their order, and the food cost they aim at."""

from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from ims_desktop.domain.listing import Filter, Match, Sort, Summary
from ims_desktop.domain.wording import Words, say, say_count
from ims_desktop.features.menu import service
from ims_desktop.features.menu.screen.forms import EDIT
from ims_desktop.ui.archiving import Archiving
from ims_desktop.ui.chips import Chip
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.desk import Desk, Place
from ims_desktop.ui.detail import Detail, DetailButton, DetailSpec, Fact, Related, Section
from ims_desktop.ui.fields import Field, FieldKind
from ims_desktop.ui.form import FormSpec
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.list_spec import Action, ActionPage, Empty, ListSpec, Needs, RowOrder, Tab
from ims_desktop.ui.theme import Tone

FORM = FormSpec(
    title="New category",
    groups=(
        Field("name", "Name", required=True, max_length=service.LONGEST_NAME),
        Field("target", "Food-cost target", FieldKind.PERCENT, help="Empty: as the site aims."),
    ),
    save=service.save_category,
    build=lambda values, initial: service.CategoryDraft(
        values["name"], values["target"], initial.id if initial else None, initial.version if initial else 0
    ),
    read=service.category,
    said=lambda saved: say("Saved {name}", name=saved.name),
    permission=EDIT,
)


def _change(page: ActionPage, rows: tuple[Any, ...]) -> None:
    page.open_form(FormSpec(**{**FORM.__dict__, "title": say("Change the category")}), key=rows[0].id)


def _change_one(page: ActionPage, row: service.CategoryRow) -> None:
    _change(page, (row,))


def _subtitle(summary: Summary, _formats: Formats) -> str:
    return say_count(
        "{count} category in the order of the menu: drag it, or move it with Alt+↑ and Alt+↓",
        "{count} categories in the order of the menu: drag them, or move them with Alt+↑ and Alt+↓",
        summary.count,
    )


def describe(row: service.CategoryRow, formats: Formats) -> Detail:
    """A category in words, with the way to what is in it."""
    target = formats.percent(row.target, 0) if row.target is not None else say("as the site aims")
    dishes = Place("menu", filters=(Filter("category", Match.IN, (row.id,)),))
    empty: Words = "" if row.dishes else "Nothing on the menu is in it."
    return Detail(
        title=row.name,
        chips=() if row.is_active else (Chip("Archived", Tone.NEUTRAL),),
        facts=(Fact("Menu items", formats.number(row.dishes)), Fact("Food-cost target", target)),
        related=(Related("Menu items", (), row.dishes, dishes if row.dishes else None, empty),),
    )


def _drag(page: ActionPage, row: service.CategoryRow, by: int) -> None:
    page.start(lambda _: None, service.move_category, row.id, by)


def _move(step: int, page: ActionPage, rows: tuple[Any, ...]) -> None:
    _drag(page, rows[0], step)


ARCHIVING = Archiving(
    service.set_category_active,
    EDIT,
    lambda rows: say_count("One category is archived", "{count} categories are archived", len(rows)),
    lambda rows: say_count("One category is back", "{count} categories are back", len(rows)),
)
NEW = Action("New category", lambda page, _rows: page.open_form(FORM), icon="plus", permission=EDIT)
SPEC = ListSpec(
    key="menu_categories",
    title="Menu categories",
    noun=("category", "categories"),
    columns=(
        Column("name", "Category", Kind.TITLE, 320, sortable=True, stretch=True),
        Column("dishes", "Menu items", Kind.NUMBER, 120),
        Column("target", "Food-cost target", Kind.PERCENT, 150),
        Column("place", "Place", Kind.NUMBER, 90, sortable=True, hidden=True),
    ),
    read=service.category_list,
    summary=service.category_summary,
    subjects=frozenset({"menu"}),
    subtitle=_subtitle,
    search_hint="Find by name",
    detail=DetailSpec(
        service.category,
        describe,
        subjects=frozenset({"menu"}),
        buttons=(DetailButton("Change", _change_one, "pencil-simple", EDIT, primary=True),),
    ),
    tabs=(
        Tab("used", "In use", (Filter("is_active", Match.IN, (True,)),)),
        Tab("archived", "Archived", (Filter("is_active", Match.IN, (False,)),)),
    ),
    counts=service.category_counts,
    sort=(Sort("place"), Sort("name")),
    order=RowOrder("place", _drag, EDIT, tab="used"),
    primary=NEW,
    actions=(
        Action("Change …", _change, icon="pencil-simple", permission=EDIT, needs=Needs.ONE),
        Action("Move up", partial(_move, -1), icon="arrow-up", permission=EDIT, needs=Needs.ONE, shortcut="Alt+Up"),
        Action(
            "Move down", partial(_move, 1), icon="arrow-down", permission=EDIT, needs=Needs.ONE, shortcut="Alt+Down"
        ),
        *ARCHIVING.actions,
    ),
    empty=Empty("No categories", "A menu is read by categories; margins are compared within them.", NEW),
)


def build(desk: Desk, sections: tuple[Section, ...] = ()) -> QWidget:
    """The page; `sections` are what other capabilities add under the detail."""
    return ListPage(desk, SPEC.with_sections(sections))
