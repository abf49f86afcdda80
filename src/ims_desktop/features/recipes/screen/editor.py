"""The form of a recipe: its lines are typed as into a spreadsheet, each with its path of units and its cost."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.wording import Words, say, say_count
from ims_desktop.domain.work import read
from ims_desktop.features.items import service as items
from ims_desktop.features.recipes import service
from ims_desktop.features.recipes.rules import (
    HUNDRED,
    LONGEST_METHOD,
    LONGEST_NAME,
    LONGEST_UNIT,
    RecipeDraft,
    Usable,
    Written,
    cost_of_line,
    plain,
    read_written,
)
from ims_desktop.features.recipes.screen.words import COST, KINDS
from ims_desktop.ui.choices import Choice, Choices
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.entry import EntryColumn, EntryKind, EntrySpec, Line, Measured, Shown
from ims_desktop.ui.fields import Field, FieldKind, Group
from ims_desktop.ui.form import FormSpec
from ims_desktop.ui.formats import Formats

RIGHT = "recipes.edit"
WIDTH = 860
NEW, CORRECT = "new", "correct"


def form(desk: Desk, recipe: UUID | None = None) -> FormSpec:
    """The form of a new recipe, or of the one with this key."""
    groups: tuple[Group | Field, ...] = (_naming(), _yields(desk, recipe), _lines(desk, recipe), _method())

    @read
    def read_recipe(connection: Any, key: Any) -> "FormRecipe":
        return FormRecipe(service.editable_recipe(connection, key, desk.site))

    return FormSpec(
        title="New recipe" if recipe is None else "Change the recipe",
        groups=groups,
        save=service.save_recipe,
        build=_draft,
        read=read_recipe,
        said=lambda saved: say("Saved {name}", name=saved.name),
        width=WIDTH,
        permission=RIGHT,
    )


class FormRecipe:
    """A recipe as the fields of the form see it."""

    def __init__(self, recipe: service.EditableRecipe) -> None:
        self.recipe = recipe
        self.name, self.kind, self.method = recipe.name, recipe.kind, recipe.method
        self.output_item_id = Choice(recipe.output_item_id, recipe.output_item) if recipe.output_item_id else None
        self.yield_quantity, self.yield_unit = recipe.yield_quantity, recipe.yield_unit
        self.valid_from = max(recipe.today, recipe.valid_from)
        self.how = CORRECT if recipe.valid_from >= recipe.today else NEW
        self.lines = tuple(
            {
                "item": Choice(line.usable, line.usable.name, _code(line.usable)),
                "quantity": Measured(f"{plain(line.written.quantity)} {line.written.unit}"),
                "yield_percent": Measured(plain(line.yield_percent)),
            }
            for line in recipe.lines
        )


def _naming() -> Group:
    kinds = Choices(tuple(Choice(key, chip.text) for key, chip in KINDS.items()))
    return Group(
        "Recipe",
        (
            Field("name", "Name", required=True, max_length=LONGEST_NAME),
            Field("kind", "Kind", FieldKind.CHOICE, required=True, choices=kinds, default="DISH", half=True),
            Field(
                "output_item_id",
                "Becomes the item",
                FieldKind.CHOICE,
                choices=Choices(search=_items),
                half=True,
                help="A prep is stocked as this item.",
                enabled=lambda values: values.get("kind") == "PREP",
            ),
        ),
    )


def _yields(desk: Desk, recipe: UUID | None) -> Group:
    fields = [
        Field("yield_quantity", "A batch gives", FieldKind.QUANTITY, required=True, default=Decimal(1), half=True),
        Field("yield_unit", "Unit", required=True, max_length=LONGEST_UNIT, default="portion", half=True),
        Field("valid_from", "From", FieldKind.DATE, default=desk.formats.today(), half=True),
    ]
    if recipe is not None:
        how = Choices((Choice(NEW, "A new version from a day on"), Choice(CORRECT, "Correct the version of today")))
        fields[2:] = [
            Field("how", "Save as", FieldKind.CHOICE, required=True, choices=how, default=NEW, half=True),
            Field(
                "valid_from",
                "From",
                FieldKind.DATE,
                half=True,
                help="What was sold before keeps the version of its day.",
                enabled=lambda values: values.get("how") == NEW,
            ),
        ]
    return Group("Yield", tuple(fields))


def _lines(desk: Desk, recipe: UUID | None) -> Group:
    foot = partial(_batch_cost, LineCells(desk.formats)) if desk.may(COST) else None
    lines = Field("lines", "", FieldKind.ENTRY, entry=partial(entry_spec, recipe=recipe), foot=foot)
    return Group(
        "Ingredients of a batch",
        (lines,),
        "Quantities are edible: what peeling and trimming lose is told by the yield. Lines can be pasted from a sheet.",
    )


def _method() -> Group:
    return Group("Method", (Field("method", "How it is made", FieldKind.MULTILINE, max_length=LONGEST_METHOD),))


@read
def _items(connection: Any, typed: str) -> tuple[Choice, ...]:
    return tuple(Choice(item.id, item.name, item.sku) for item in items.item_choices(connection, typed))


def entry_spec(desk: Desk, recipe: UUID | None = None, *, negative: bool = False) -> EntrySpec:
    """The table of ingredients; `negative` lets quantities be left out, as modifiers do."""
    cells = LineCells(desk.formats, negative=negative)
    columns = [
        EntryColumn(
            "item",
            "Item or sub-recipe",
            EntryKind.LOOKUP,
            220,
            "Type a name or SKU",
            required=True,
            stretch=True,
            choices=Choices(search=_search(desk, recipe)),
        ),
        EntryColumn("quantity", "Quantity", EntryKind.MEASURE, 120, "160 g", required=True, parse=cells.quantity),
        EntryColumn("base", "In its unit", EntryKind.SHOWN, 150, show=cells.base, right=True),
        EntryColumn("yield_percent", "Yield %", EntryKind.MEASURE, 84, "100", parse=cells.share),
    ]
    if desk.may(COST):
        columns.append(EntryColumn("cost", "Cost", EntryKind.SHOWN, 150, show=cells.cost, right=True))
    return EntrySpec(tuple(columns), chosen=_follows, name="Ingredients")


def _search(desk: Desk, recipe: UUID | None) -> Callable[..., Any]:
    @read
    def search(connection: Any, typed: str) -> tuple[Choice, ...]:
        found = service.usable_choices(connection, typed, desk.site, recipe)
        return tuple(Choice(each, each.name, _code(each)) for each in found)

    return search


def _code(usable: Usable) -> str:
    """What stands muted under a name: the SKU, or what kind of recipe it is."""
    return KINDS[usable.code].text if usable.is_recipe else usable.code


def usable_of(line: Line) -> Usable | None:
    """What a line takes, once it was chosen."""
    chosen = line.get("item")
    return chosen.value if isinstance(chosen, Choice) else None


def written_of(line: Line) -> Written | None:
    """The quantity of a line, once it can be read."""
    typed = line.get("quantity")
    return typed.value if isinstance(typed, Measured) and not typed.problem else None


def share_of(line: Line) -> Decimal:
    """The yield of a line; nothing typed: nothing is lost."""
    typed = line.get("yield_percent")
    return typed.value if isinstance(typed, Measured) and typed.value is not None else HUNDRED


def _follows(key: str, line: Line) -> Mapping[str, Any]:
    """An item brings the yield it usually has, where none was typed or pasted."""
    usable = usable_of(line)
    if key != "item" or usable is None or line.get("yield_percent") is not None:
        return {}
    return {"yield_percent": Measured(plain(usable.yield_percent))}


class LineCells:
    """Reads and shows the cells of a line in the writing of the place."""

    def __init__(self, formats: Formats, *, negative: bool = False) -> None:
        self.formats, self._negative = formats, negative

    def quantity(self, typed: str, line: Line) -> Measured:
        """What was typed, as written and in the base unit, with the path between them."""
        usable = usable_of(line)
        if usable is None:
            return Measured(typed, problem="Choose the item first")
        try:
            found = read_written(typed, usable.units, self.formats.decimal_sign, negative=self._negative)
        except UserError as error:
            return Measured(typed, problem=error.text)
        return Measured(typed, found, found.path)

    def share(self, typed: str, _line: Line) -> Measured:
        """A yield in percent."""
        try:
            found = self.formats.parse_number(typed.removesuffix("%").strip())
        except UserError as error:
            return Measured(typed, problem=error.text)
        return Measured(typed, found) if 0 < found <= HUNDRED else Measured(typed, problem="Over 0, at most 100")

    def base(self, line: Line) -> Shown:
        """The quantity in the unit of the item, as it is bought where something is lost."""
        usable, quantity = usable_of(line), written_of(line)
        if usable is None or quantity is None:
            return Shown("", usable.base if usable else "")
        return Shown(self.formats.typed_number(quantity.base_quantity), usable.base)

    def cost(self, line: Line) -> Shown:
        """What the line costs in a batch."""
        cost = self.cost_of(line)
        if cost is None:
            return Shown("")
        return Shown(self.formats.money(cost), self.formats.currency)

    def cost_of(self, line: Line) -> Decimal | None:
        """The figure of that cell."""
        usable, quantity = usable_of(line), written_of(line)
        return None if usable is None or quantity is None else cost_of_line(quantity, usable, share_of(line))


def _batch_cost(cells: LineCells, lines: Sequence[Line]) -> Words:
    """What all lines cost together, as far as it is known."""
    costs = [cells.cost_of(line) for line in lines]
    known = [cost for cost in costs if cost is not None]
    total = cells.formats.money(sum(known, Decimal(0)), currency=True)
    missing = len(costs) - len(known)
    if not missing:
        return say("A batch costs {cost}", cost=total)
    if not known:
        return ""
    return say_count(
        "A batch costs {cost} and what {count} more costs",
        "A batch costs {cost} and what {count} more cost",
        missing,
        cost=total,
    )


def line_drafts(lines: Sequence[Line]) -> tuple[service.LineDraft, ...]:
    """The lines of the table, as drafts."""
    made = []
    for line in lines:
        usable, quantity = usable_of(line), written_of(line)
        if usable is None or quantity is None:
            raise UserError("Some lines are not finished yet.")
        made.append(service.LineDraft(usable.id, usable.is_recipe, quantity.quantity, quantity.unit, share_of(line)))
    return tuple(made)


def _draft(values: Mapping[str, Any], initial: FormRecipe | None) -> RecipeDraft:
    was = initial.recipe if initial is not None else None
    corrects = was.valid_from if was is not None and values.get("how") == CORRECT else None
    return RecipeDraft(
        name=values["name"],
        kind=values["kind"],
        yield_quantity=values["yield_quantity"],
        yield_unit=values["yield_unit"],
        valid_from=values.get("valid_from"),
        lines=line_drafts(values["lines"]),
        output_item_id=values.get("output_item_id"),
        method=values["method"] or "",
        corrects=corrects,
        id=was.id if was else None,
        version=was.version if was else 0,
    )
