"""The page of recipes: what is made of what, and what one portion costs."""

from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from ims_desktop.domain.listing import Filter, Match, Sort
from ims_desktop.domain.work import read
from ims_desktop.features.items.service import ALLERGENS
from ims_desktop.features.recipes import service
from ims_desktop.ui.columns import Chip, Column, Kind
from ims_desktop.ui.desk import Desk, Place
from ims_desktop.ui.detail import Detail, DetailSpec, Fact, Line, Note, Related, Section
from ims_desktop.ui.formats import UNKNOWN, Formats
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.list_spec import Empty, ListSpec, Tab
from ims_desktop.ui.records import records_of
from ims_desktop.ui.theme import Tone

KINDS = {
    "DISH": Chip("Dish", Tone.PLAIN),
    "SUB_RECIPE": Chip("Sub-recipe", Tone.INFO),
    "PREP": Chip("Prep", Tone.NEUTRAL),
}
SUBJECTS = frozenset({"recipes", "menu", "items", "stock"})
COST = "stock.cost"
MOST_USERS = 8
FIND = records_of(service.recipes, "name", "yields")

COLUMNS = (
    Column("name", "Recipe", Kind.TITLE, 300, sub="yields", sortable=True, stretch=True),
    Column("kind", "Kind", Kind.CHIP, 120, chips=KINDS),
    Column("ingredients", "Ingredients", Kind.NUMBER, 110, sortable=True),
    Column("used_by", "Menu items", Kind.NUMBER, 110, sortable=True),
    Column("cost", "Cost of one", Kind.COST, 170, unit="yield_unit", sortable=True, permission=COST),
    Column("valid_from", "Made so since", Kind.DATE, 130),
)


def describe(recipe: service.Recipe, formats: Formats, costs: bool) -> Detail:
    """A recipe taken apart, in words; costs only for those who may see them."""
    batch = _amount(recipe, formats)
    line = f"yields {batch}" if recipe.yield_quantity is not None else "not made in any way yet"
    if recipe.output_item:
        line += f" into {recipe.output_item}"
    return Detail(
        title=recipe.name,
        code=f"Costs at {recipe.site}" if costs and recipe.site else "",
        chips=(KINDS[recipe.kind],),
        line=line,
        notes=_notes(recipe, costs),
        facts=tuple(_facts(recipe, formats, costs)),
        related=(_ingredients(recipe, formats, costs), _users(recipe), _versions(recipe, formats)),
    )


def _amount(recipe: service.Recipe, formats: Formats) -> str:
    if recipe.yield_quantity is None:
        return UNKNOWN
    return f"{formats.typed_number(recipe.yield_quantity)} {recipe.yield_unit}"


def _notes(recipe: service.Recipe, costs: bool) -> tuple[Note, ...]:
    unknown = sorted({part.name for part in recipe.ingredients if part.cost is None and not part.is_recipe})
    if not costs or not unknown:
        return ()
    names = ", ".join(unknown[:4]) + (f" and {len(unknown) - 4} more" if len(unknown) > 4 else "")
    return (Note(f"Without a cost at {recipe.site}: {names}. They were never received there.", Tone.WARN),)


def _facts(recipe: service.Recipe, formats: Formats, costs: bool) -> list[Fact]:
    facts = []
    if costs:
        facts.append(Fact("Cost of one", formats.cost(recipe.cost_of_one), f"{recipe.currency} / {recipe.yield_unit}"))
        facts.append(Fact("Whole batch", formats.money(recipe.cost), _amount(recipe, formats)))
    allergens = ", ".join(ALLERGENS.get(code, code) for code in recipe.allergens)
    facts.append(Fact("Allergens", allergens or "None noted", wide=True))
    if recipe.method:
        facts.append(Fact("Method", recipe.method, wide=True))
    return facts


def _ingredients(recipe: service.Recipe, formats: Formats, costs: bool) -> Related:
    lines = tuple(_ingredient(recipe, part, formats, costs) for part in recipe.ingredients)
    return Related("Ingredients of a batch", lines, empty="No version of this recipe is valid today.")


def _ingredient(recipe: service.Recipe, part: service.Ingredient, formats: Formats, costs: bool) -> Line:
    lead = "    " * part.depth
    if part.depth:
        words = [formats.quantity(part.used, part.base_unit)]
    else:
        words = [f"{formats.typed_number(part.quantity)} {part.unit}"]
    if part.yield_percent != 100:
        words.append(f"yields {formats.typed_number(part.yield_percent)}%")
    value = ""
    if costs:
        share = recipe.share(part)
        value = formats.money(part.cost)
        words.append(f"{formats.percent(share, 0)} of the cost" if share is not None else "cost not known")
    place = Place("recipes" if part.is_recipe else "items", part.key)
    tone = Tone.NEUTRAL if part.depth else Tone.PLAIN
    return Line(f"{lead}↳ {part.name}" if part.depth else part.name, lead + " · ".join(words), value, tone, place)


def _users(recipe: service.Recipe) -> Related:
    lines = [Line(user.name, "recipe", place=Place("recipes", user.key)) for user in recipe.recipes[:MOST_USERS]]
    lines += [Line(user.name, user.code, place=Place("menu", user.key)) for user in recipe.menu_items[:MOST_USERS]]
    total = len(recipe.menu_items) + len(recipe.recipes)
    more = f"Used by {total}, the first {len(lines)}" if total > len(lines) else "Used by"
    return Related(more, tuple(lines), empty="No menu item and no recipe uses it.")


def _versions(recipe: service.Recipe, formats: Formats) -> Related:
    lines = tuple(
        Line(
            f"since {formats.date(version.valid_from)}",
            f"{formats.typed_number(version.yield_quantity)} {version.yield_unit}",
            "today" if version.is_current else "",
            Tone.OK if version.is_current else Tone.PLAIN,
        )
        for version in recipe.versions
    )
    return Related("Versions", lines, empty="No version yet.")


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
        ),
        sort=(Sort("name"),),
        detail=DetailSpec(recipe, partial(describe, costs=desk.may(COST)), subjects=SUBJECTS),
        empty=Empty("No recipes yet", "A recipe says what a dish is made of, so that sales take it out of stock."),
        site_bound=True,
    )


def build(desk: Desk, sections: tuple[Section, ...] = ()) -> QWidget:
    """The page of recipes; `sections` are what other capabilities show under a recipe."""
    return ListPage(desk, spec(desk).with_sections(sections))
