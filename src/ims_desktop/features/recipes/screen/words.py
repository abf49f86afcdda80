"""A recipe in the words of its panel: what it takes, what that costs and why, its allergens and its versions."""

from ims_desktop.domain.wording import Words, commas, dotted, say
from ims_desktop.features.items.service import ALLERGENS
from ims_desktop.features.recipes import service
from ims_desktop.features.recipes.rules import HUNDRED
from ims_desktop.ui.chips import Chip
from ims_desktop.ui.desk import Place
from ims_desktop.ui.detail import Detail, Fact, Line, Note, Related
from ims_desktop.ui.formats import UNKNOWN, Formats
from ims_desktop.ui.language import said
from ims_desktop.ui.theme import Tone

KINDS = {
    "DISH": Chip("Dish", Tone.PLAIN),
    "SUB_RECIPE": Chip("Sub-recipe", Tone.INFO),
    "PREP": Chip("Prep", Tone.NEUTRAL),
}
COST = "stock.cost"
MOST_USERS, MOST_CHANGES = 8, 3


def describe(recipe: service.Recipe, formats: Formats, costs: bool) -> Detail:
    """A recipe taken apart, in words; costs only for those who may see them."""
    batch = _amount(recipe, formats)
    line = say("yields {amount}", amount=batch)
    if recipe.yield_quantity is None:
        line = say("not made in any way yet")
    elif recipe.output_item:
        line = say("yields {amount} into {item}", amount=batch, item=recipe.output_item)
    return Detail(
        title=recipe.name,
        code=say("Costs at {site}", site=recipe.site) if costs and recipe.site else "",
        chips=(KINDS[recipe.kind],),
        line=line,
        notes=_notes(recipe, costs),
        facts=tuple(_facts(recipe, formats, costs)),
        related=(
            _ingredients(recipe, formats, costs),
            *_allergens(recipe),
            _users(recipe),
            _versions(recipe, formats, costs),
            *_changes(recipe, formats),
        ),
    )


def _amount(recipe: service.Recipe, formats: Formats) -> str:
    if recipe.yield_quantity is None:
        return UNKNOWN
    return f"{formats.typed_number(recipe.yield_quantity)} {recipe.yield_unit}"


def _notes(recipe: service.Recipe, costs: bool) -> tuple[Note, ...]:
    unknown = sorted({part.name for part in recipe.ingredients if part.cost is None and not part.is_recipe})
    if not costs or not unknown:
        return ()
    names = commas(unknown[:4])
    if len(unknown) > 4:
        names = say("{names} and {count} more", names=names, count=len(unknown) - 4)
    return (
        Note(
            say("Without a cost at {site}: {names}. They were never received there.", site=recipe.site, names=names),
            Tone.WARN,
        ),
    )


def _facts(recipe: service.Recipe, formats: Formats, costs: bool) -> list[Fact]:
    facts = []
    if costs:
        facts.append(Fact("Cost of one", formats.cost(recipe.cost_of_one), f"{recipe.currency} / {recipe.yield_unit}"))
        facts.append(Fact("Whole batch", formats.money(recipe.cost), _amount(recipe, formats)))
    own, all_of_them = set(recipe.own_allergens), recipe.allergens
    names = ", ".join(
        said(ALLERGENS.get(code, code)) + ("" if code in own else said(say(" (sub-recipe)"))) for code in all_of_them
    )
    facts.append(Fact("Allergens", names or say("None noted"), wide=True))
    if recipe.method:
        facts.append(Fact("Method", recipe.method, wide=True))
    return facts


def _ingredients(recipe: service.Recipe, formats: Formats, costs: bool) -> Related:
    lines = tuple(_ingredient(recipe, part, formats, costs) for part in recipe.ingredients)
    return Related("Ingredients of a batch", lines, empty="No version of this recipe is valid today.")


def _ingredient(recipe: service.Recipe, part: service.Ingredient, formats: Formats, costs: bool) -> Line:
    lead = "    " * part.depth
    words: Words = cost_path(recipe, part, formats) if costs else _amount_of(part, formats)
    value = ""
    if costs:
        share = recipe.share(part)
        value = formats.money(part.cost)
        words = dotted(words, formats.percent(share, 0) if share is not None else say("cost not known"))
    place = Place("recipes" if part.is_recipe else "items", part.key)
    tone = Tone.NEUTRAL if part.depth else Tone.PLAIN
    return Line(
        f"{lead}↳ {part.name}" if part.depth else part.name,
        say("{lead}{words}", lead=lead, words=words),
        value,
        tone,
        place,
    )


def _amount_of(part: service.Ingredient, formats: Formats) -> str:
    """What a batch takes of it, as written in the recipe itself."""
    if part.depth:
        return formats.quantity(part.used, part.base_unit)
    words = f"{formats.typed_number(part.quantity)} {part.unit}"
    if part.yield_percent != HUNDRED:
        words += f" ÷ {formats.typed_number(part.yield_percent)}%"
    used = f"{formats.typed_number(round(part.used, 6))} {part.base_unit}"
    return words if words == used else f"{words} = {used}"


def cost_path(recipe: service.Recipe, part: service.Ingredient, formats: Formats) -> str:
    """How the cost of a line came to be: `160 g = 0.16 kg × 0.85 EUR/kg`."""
    words = _amount_of(part, formats)
    if part.cost is None or not part.used:
        return words
    return f"{words} × {formats.cost(part.cost / part.used)} {recipe.currency}/{part.base_unit}"


def _allergens(recipe: service.Recipe) -> tuple[Related, ...]:
    """Where every allergen comes from."""
    places: dict[str, list[str]] = {}
    for source in recipe.allergen_sources:
        words = say("{item} in {recipe}", item=source.item, recipe=source.through) if source.through else source.item
        places.setdefault(source.allergen, []).append(words)
    lines = tuple(Line(said(ALLERGENS.get(code, code)), commas(places[code])) for code in sorted(places))
    return (Related("Allergens come from", lines),) if lines else ()


def _users(recipe: service.Recipe) -> Related:
    lines = [Line(user.name, say("recipe"), place=Place("recipes", user.key)) for user in recipe.recipes[:MOST_USERS]]
    lines += [Line(user.name, user.code, place=Place("menu", user.key)) for user in recipe.menu_items[:MOST_USERS]]
    total = len(recipe.menu_items) + len(recipe.recipes)
    more = say("Used by {total}, the first {shown}", total=total, shown=len(lines))
    return Related(more if total > len(lines) else "Used by", tuple(lines), empty="No menu item and no recipe uses it.")


def _versions(recipe: service.Recipe, formats: Formats, costs: bool) -> Related:
    today = formats.today()
    lines = []
    for version, changed in recipe.changes:
        day = formats.date(version.valid_from)
        begins = say("from {day}", day=day) if version.valid_from > today else say("since {day}", day=day)
        note: Words = f"{formats.typed_number(version.yield_quantity)} {version.yield_unit}"
        if costs and changed is not None and changed.cost:
            note = say("{amount} · {change} for one", amount=note, change=formats.number(changed.cost, 4, True))
        value: Words = formats.cost(version.cost_of_one) if costs else ""
        if version.is_current:
            value = say("{cost} today", cost=value) if value else say("today")
        tone = Tone.OK if version.is_current else Tone.PLAIN
        lines.append(Line(begins, note, value, tone))
    return Related("Versions", tuple(lines), empty="No version yet.")


def _changes(recipe: service.Recipe, formats: Formats) -> tuple[Related, ...]:
    """Line by line what the last versions changed of those before them."""
    told = []
    for version, changed in recipe.changes[:MOST_CHANGES]:
        if changed:
            lines = [Line(words, "changed") for words in changed.changed]
            lines += [Line(words, "new") for words in changed.added] + [Line(name, "gone") for name in changed.removed]
            told.append(
                Related(say("What changed on {valid_from}", valid_from=formats.date(version.valid_from)), tuple(lines))
            )
    return tuple(told)
