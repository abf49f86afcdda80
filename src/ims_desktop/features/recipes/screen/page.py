"""The page of recipes: what is made of what, what one portion costs, and changing it."""

from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from ims_desktop.domain.listing import Filter, Match, Sort
from ims_desktop.domain.wording import say, say_count
from ims_desktop.domain.work import read
from ims_desktop.features.recipes import service
from ims_desktop.features.recipes.screen import photo
from ims_desktop.features.recipes.screen.card import open_batch
from ims_desktop.features.recipes.screen.editor import RIGHT, form
from ims_desktop.features.recipes.screen.words import COST, KINDS, describe
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.detail import DetailButton, DetailSpec, Section
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.list_spec import Action, ActionPage, Empty, ListSpec, Needs, Tab
from ims_desktop.ui.records import records_of

SUBJECTS = frozenset({"recipes", "menu", "items", "stock"})
FIND = records_of(service.recipes, "name", "yields")
COLUMNS = (
    Column("name", "Recipe", Kind.TITLE, 300, sub="yields", sortable=True, stretch=True),
    Column("kind", "Kind", Kind.CHIP, 120, chips=KINDS),
    Column("ingredients", "Ingredients", Kind.NUMBER, 110, sortable=True),
    Column("used_by", "Menu items", Kind.NUMBER, 110, sortable=True),
    Column("cost", "Cost of one", Kind.COST, 170, unit="yield_unit", sortable=True, permission=COST),
    Column("valid_from", "Made so since", Kind.DATE, 130),
)


def new_recipe(page: ActionPage, _rows: tuple[Any, ...] = ()) -> None:
    """Begin a recipe."""
    page.open_form(form(page.desk))


def change_recipe(page: ActionPage, recipe: service.Recipe) -> None:
    """Open the form of a recipe."""
    page.open_form(form(page.desk, recipe.id), key=recipe.id)


def copy_recipe(page: ActionPage, rows: tuple[Any, ...]) -> None:
    """Copy a recipe and open the copy."""

    def done(saved: service.SavedRecipe) -> None:
        page.desk.messages.done(say("Copied as {name}", name=saved.name))
        page.open_form(form(page.desk, saved.id), key=saved.id)

    page.start(done, service.copy_recipe, rows[0].id)


def archive_recipes(page: ActionPage, rows: tuple[Any, ...]) -> None:
    """Take recipes out of lists and choices; Undo brings them back."""
    keys = tuple(row.id for row in rows)

    def done(count: int) -> None:
        words = say_count("Archived one recipe", "Archived {count} recipes", count)
        page.desk.messages.done(words, undo=lambda: _restore(page, keys))

    page.start(done, service.archive, keys)


def restore_recipes(page: ActionPage, rows: tuple[Any, ...]) -> None:
    """Bring archived recipes back."""
    _restore(page, tuple(row.id for row in rows))


def _restore(page: ActionPage, keys: tuple[Any, ...]) -> None:
    def done(count: int) -> None:
        page.desk.messages.done(say_count("Brought back one recipe", "Brought back {count} recipes", count))

    page.start(done, service.restore, keys)


def planned(recipe: service.Recipe) -> service.RecipeVersion | None:
    """The next version that has not begun yet."""
    coming = [version for version in recipe.versions if version.is_planned]
    return min(coming, key=lambda version: version.valid_from) if coming else None


def _has_planned(recipe: service.Recipe) -> bool:
    return planned(recipe) is not None


def take_back(page: ActionPage, recipe: service.Recipe) -> None:
    """Take back the next version that has not begun yet."""
    version = planned(recipe)
    if version is not None:
        words = say("The version from {day} on is gone", day=page.desk.formats.date(version.valid_from))
        done = partial(_done, page, words)
        page.start(done, service.remove_version, recipe.id, version.valid_from)


def _done(page: ActionPage, words: str, _result: Any) -> None:
    page.desk.messages.done(words)


def _already(active: bool) -> Any:
    words = "It is in use already." if active else "It is archived already."
    return lambda rows: words if any(row.is_active is active for row in rows) else None


NEW = Action("New recipe", new_recipe, icon="plus", permission=RIGHT)
ACTIONS = (
    Action("Copy", copy_recipe, icon="copy", permission=RIGHT, needs=Needs.ONE),
    Action(
        "Archive", archive_recipes, icon="archive", permission=RIGHT, needs=Needs.SOME, why_not=_already(active=False)
    ),
    Action(
        "Bring back",
        restore_recipes,
        icon="arrow-counter-clockwise",
        permission=RIGHT,
        needs=Needs.SOME,
        why_not=_already(active=True),
    ),
)
BUTTONS = (
    DetailButton("Change", change_recipe, "pencil-simple", RIGHT, primary=True),
    DetailButton("Batch", open_batch, "scales", show=lambda recipe: recipe.yield_quantity is not None),
    DetailButton("Take the planned version back …", take_back, "arrow-counter-clockwise", RIGHT, show=_has_planned),
    DetailButton("Photo …", photo.choose_photo, "image", RIGHT, menu=True),
    DetailButton("Remove the photo", photo.remove_photo, "trash", RIGHT, menu=True, show=lambda r: r.has_image),
)


def _kind(key: str) -> tuple[Filter, ...]:
    return (Filter("kind", Match.IN, (key,)),)


def spec(desk: Desk) -> ListSpec:
    """The page for one desk; costs are those of the site that is chosen when a recipe is opened."""

    @read
    def recipe(connection: Any, key: Any) -> service.Recipe:
        return service.recipe(connection, key, desk.site)

    return ListSpec(
        key="recipes",
        title="Recipes",
        noun=("recipe", "recipes"),
        columns=COLUMNS,
        read=service.recipes,
        summary=service.recipes_summary,
        counts=service.recipe_counts,
        subjects=SUBJECTS,
        search_hint="Find by name",
        tabs=(
            Tab("all", "All recipes"),
            Tab("dishes", "Dishes", _kind("DISH")),
            Tab("sub", "Sub-recipes", _kind("SUB_RECIPE")),
            Tab("preps", "Preps", _kind("PREP")),
            Tab("archived", "Archived", (service.ARCHIVED,)),
        ),
        sort=(Sort("name"),),
        primary=NEW,
        actions=ACTIONS,
        detail=DetailSpec(
            recipe,
            partial(describe, costs=desk.may(COST)),
            subjects=SUBJECTS,
            buttons=BUTTONS,
            sections=(photo.SECTION,),
        ),
        empty=Empty("No recipes yet", "A recipe says what a dish is made of, so that sales take it out of stock.", NEW),
        site_bound=True,
    )


def build(desk: Desk, sections: tuple[Section, ...] = ()) -> QWidget:
    """The page of recipes; `sections` are what other capabilities show under a recipe."""
    return ListPage(desk, spec(desk).with_sections(sections))
