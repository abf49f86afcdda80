"""The page of menu categories: their names, their order, and the food cost they aim at."""

from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from ims_desktop.domain.listing import Filter, Match, Sort
from ims_desktop.domain.wording import say
from ims_desktop.features.menu import service
from ims_desktop.features.menu.screen.forms import EDIT
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.fields import Field, FieldKind
from ims_desktop.ui.form import FormSpec
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.list_spec import Action, ActionPage, Empty, ListSpec, Needs, Tab

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
    page.open_form(FormSpec(**{**FORM.__dict__, "title": "Change the category"}), key=rows[0].id)


def _move(step: int, page: ActionPage, rows: tuple[Any, ...]) -> None:
    page.desk.start(page, lambda _: None, service.move_category, rows[0].id, step)  # type: ignore[arg-type]


def _set_active(active: bool, page: ActionPage, rows: tuple[Any, ...]) -> None:
    done = "Brought back" if active else "Archived"
    keys = tuple(row.id for row in rows)
    page.desk.start(
        page,  # type: ignore[arg-type]
        lambda count: page.desk.messages.done(say("{done} {count} of the categories", done=done, count=count)),
        service.set_category_active,
        keys,
        active,
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
        Column("place", "Place", Kind.NUMBER, 90, sortable=True),
    ),
    read=service.category_list,
    summary=service.category_summary,
    subjects=frozenset({"menu"}),
    search_hint="Find by name",
    tabs=(
        Tab("used", "In use", (Filter("is_active", Match.IN, (True,)),)),
        Tab("archived", "Archived", (Filter("is_active", Match.IN, (False,)),)),
    ),
    sort=(Sort("place"),),
    primary=NEW,
    actions=(
        Action("Change …", _change, icon="pencil-simple", permission=EDIT, needs=Needs.ONE),
        Action("Move up", partial(_move, -1), icon="arrow-up", permission=EDIT, needs=Needs.ONE, shortcut="Alt+Up"),
        Action(
            "Move down", partial(_move, 1), icon="arrow-down", permission=EDIT, needs=Needs.ONE, shortcut="Alt+Down"
        ),
        Action("Archive", partial(_set_active, False), icon="archive", permission=EDIT, needs=Needs.SOME),
        Action(
            "Bring back", partial(_set_active, True), icon="arrow-counter-clockwise", permission=EDIT, needs=Needs.SOME
        ),
    ),
    empty=Empty("No categories", "A menu is read by categories; margins are compared within them.", NEW),
)


def build(desk: Desk) -> QWidget:
    """The page."""
    return ListPage(desk, SPEC)
