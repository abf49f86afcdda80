"""Recipes with their lines in files: each row is a line, and the rows of one recipe are its version of today."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, delete, func, insert, select, text
from sqlalchemy.dialects.postgresql import insert as insert_or

from ims_desktop.database.table_import import Named, Reference, folded_words, named
from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.domain.import_kinds import NAME, NUMBER, choice
from ims_desktop.domain.importing import Change, ImportField, ImportRow, ImportSpec, Known, Record
from ims_desktop.domain.units import ItemUnits
from ims_desktop.domain.wording import Words, say
from ims_desktop.features.exchange.service.price_lists import ITEM
from ims_desktop.features.items.service import units_of
from ims_desktop.features.recipes.tables import LINES, RECIPES, VERSIONS

KINDS: Mapping[str, Words] = {"DISH": "Dish", "SUB_RECIPE": "Sub-recipe", "PREP": "Prep"}
RECIPE = Reference(RECIPES, RECIPES.c.name, (RECIPES.c.sort_name,), "recipe")
HEAD = ("kind", "makes", "makes_unit")
LARGEST = Decimal(10) ** 9

_LINES = text("""
    SELECT r.id AS recipe_id, r.kind, v.yield_quantity AS makes, v.yield_unit AS makes_unit, v.method, l.line,
      coalesce(l.item_id, l.sub_recipe_id) AS used, l.quantity, l.unit, l.yield_percent, l.base_quantity,
      l.item_id IS NOT NULL AS is_item
    FROM recipes r
    JOIN LATERAL (SELECT x.* FROM recipe_versions x WHERE x.recipe_id = r.id AND x.valid_from <= current_date
      ORDER BY x.valid_from DESC LIMIT 1) v ON true
    LEFT JOIN recipe_lines l ON l.version_id = v.id
    WHERE r.id = ANY (:keys) ORDER BY r.id, l.line
""")
_USES = text("""
    SELECT r.id, l.sub_recipe_id FROM recipes r
    JOIN LATERAL (SELECT x.id FROM recipe_versions x WHERE x.recipe_id = r.id AND x.valid_from <= current_date
      ORDER BY x.valid_from DESC LIMIT 1) v ON true
    JOIN recipe_lines l ON l.version_id = v.id AND l.sub_recipe_id IS NOT NULL
""")


def _known(connection: Connection, rows: Sequence[ImportRow]) -> Known:
    """The lines that are there; a recipe the file itself begins may be used by others of it."""
    words = {str(row.given[key]) for row in rows for key in ("recipe", "ingredient") if row.given.get(key)}
    asked = {(None, word) for word in words}
    recipes, items = named(connection, RECIPE, asked), named(connection, ITEM, asked)
    folded = folded_words(connection, sorted(words))
    begun = {folded[str(row.given["recipe"])] for row in rows if row.given.get("recipe")}
    there = _lines(connection, {one.id for one in recipes.values()})
    records, made, problems = dict[int, Record](), list[ImportRow](), list[Problem]()
    for row in rows:
        given = dict(row.given)
        recipe = recipes.get((None, str(given.get("recipe"))))
        used = items.get((None, str(given.get("ingredient")))) or recipes.get((None, str(given.get("ingredient"))))
        if used is None and given.get("ingredient") and folded[str(given["ingredient"])] not in begun:
            problems.append(Problem(say("There is no item or recipe “{word}”.", word=given["ingredient"]), "ingredient",
                                    row.number))  # fmt: skip
        given["recipe"], given["ingredient"] = recipe or given.get("recipe"), used or given.get("ingredient")
        made.append(ImportRow(row.number, given))
        line = there.get((recipe.id, used.id)) if recipe and used else None
        if line is not None:
            records[row.number] = Record((line.recipe_id, line.used), {
                "recipe": recipe, "ingredient": used, "kind": line.kind, "makes": line.makes,
                "makes_unit": line.makes_unit, "quantity": line.quantity, "unit": line.unit,
                "yield_percent": line.yield_percent,
            })  # fmt: skip
    return Known(records, made, problems)


def _lines(connection: Connection, keys: set[UUID]) -> dict[tuple[UUID, UUID], Any]:
    rows = connection.execute(_LINES, {"keys": list(keys)}).all() if keys else ()
    return {(row.recipe_id, row.used): row for row in rows if row.used is not None}


def _problems(connection: Connection, changes: Sequence[Change]) -> list[Problem]:
    found = _circles(connection, changes)
    for change in changes:
        for key, most in (("quantity", LARGEST), ("makes", LARGEST), ("yield_percent", Decimal(100))):
            value = change.values.get(key)
            if value is not None and not 0 < value <= most:
                found.append(Problem("This must be more than 0, and not absurdly large.", key, change.row.number))
        if not change.row.given.get("ingredient"):
            found.append(Problem("The ingredient is missing.", "ingredient", change.row.number))
    return found


def _circles(connection: Connection, changes: Sequence[Change]) -> list[Problem]:
    """Rows by which a recipe would be made of itself: with what is written, and with the rest of the file."""
    uses: dict[Any, set[Any]] = {}
    for recipe, used in connection.execute(_USES).all():
        uses.setdefault(recipe, set()).add(used)
    rows = [(change, _key(change, "recipe"), _key(change, "ingredient")) for change in changes]
    for _change, recipe, used in rows:
        uses.setdefault(recipe, set()).add(used)
    circles = [change.row for change, recipe, used in rows if recipe in _made_of(used, uses)]
    return [
        Problem(say("{recipe} would be made of itself.", recipe=str(row.given["recipe"])), "ingredient", row.number)
        for row in circles
    ]


def _made_of(recipe: Any, uses: Mapping[Any, set[Any]]) -> set[Any]:
    """A recipe and all that goes into it, however deep."""
    met, waiting = {recipe}, [recipe]
    while waiting:
        more = uses.get(waiting.pop(), set()) - met
        met |= more
        waiting.extend(more)
    return met


def _key(change: Change, field: str) -> Any:
    """What a row names: its id, or the folded name of a recipe that the file begins."""
    named_one = change.row.given.get(field)
    return named_one.id if isinstance(named_one, Named) else str(named_one or "").casefold()


def _write(connection: Connection, changes: Sequence[Change]) -> None:
    """A version of today for each recipe the file changes: its lines of before, with those of the file."""
    by_recipe: dict[Any, list[Change]] = {}
    for change in changes:
        by_recipe.setdefault(_key(change, "recipe"), []).append(change)
    begun = {key: _begun(connection, mine) for key, mine in by_recipe.items() if not isinstance(key, UUID)}
    before = _whole(connection, [key for key in by_recipe if isinstance(key, UUID)])
    for key, mine in by_recipe.items():
        recipe = key if isinstance(key, UUID) else begun[key]
        _version(connection, recipe, mine, before.get(recipe, ()), begun)


def _begun(connection: Connection, changes: Sequence[Change]) -> UUID:
    """A recipe that is new."""
    kind = next((one.values["kind"] for one in changes if one.values.get("kind")), "DISH")
    name = str(changes[0].row.given["recipe"])
    made = insert(RECIPES).values(id=uuid4(), name=name, kind=kind).returning(RECIPES.c.id)
    key: UUID = connection.execute(made).scalar_one()
    return key


def _whole(connection: Connection, keys: Sequence[UUID]) -> dict[UUID, list[Any]]:
    rows: dict[UUID, list[Any]] = {}
    for row in connection.execute(_LINES, {"keys": list(keys)}).all() if keys else ():
        rows.setdefault(row.recipe_id, []).append(row)
    return rows


def _version(
    connection: Connection, recipe: UUID, changes: Sequence[Change], before: Sequence[Any], begun: Mapping[Any, UUID]
) -> None:
    said = {key: next((one.whole[key] for one in changes if one.whole.get(key) is not None), None) for key in HEAD}
    head = {
        "yield_quantity": said["makes"] or (before[0].makes if before else 1),
        "yield_unit": said["makes_unit"] or (before[0].makes_unit if before else "portion"),
        "method": before[0].method if before else "",
    }
    row = insert_or(VERSIONS).values(id=uuid4(), recipe_id=recipe, valid_from=func.current_date(), **head)
    dated = row.on_conflict_do_update(index_elements=["recipe_id", "valid_from"], set_=head)
    version = connection.execute(dated.returning(VERSIONS.c.id)).scalar_one()
    lines: dict[UUID, dict[str, Any]] = {
        old.used: {
            "item_id": old.used if old.is_item else None, "sub_recipe_id": None if old.is_item else old.used,
            "quantity": old.quantity, "unit": old.unit, "base_quantity": old.base_quantity,
            "yield_percent": old.yield_percent,
        }
        for old in before if old.used is not None
    }  # fmt: skip
    for change in changes:
        used, line = _line(connection, change, begun)
        lines[used] = line
    connection.execute(delete(LINES).where(LINES.c.version_id == version))
    rows = [{"version_id": version, "line": place, **line} for place, line in enumerate(lines.values(), 1)]
    connection.execute(insert(LINES), rows)


def _line(connection: Connection, change: Change, begun: Mapping[Any, UUID]) -> tuple[UUID, dict[str, Any]]:
    """One line with its quantity in the unit in which the item is kept, or of which the recipe makes some."""
    whole, used = change.whole, change.row.given["ingredient"]
    key = used.id if isinstance(used, Named) else begun[str(used).casefold()]
    makes = select(VERSIONS.c.yield_unit).where(VERSIONS.c.recipe_id == key).order_by(VERSIONS.c.valid_from.desc())
    unit_of_recipe = connection.execute(makes.limit(1)).scalar_one_or_none()
    is_item = unit_of_recipe is None and isinstance(used, Named)
    units = units_of(connection, key) if is_item else ItemUnits(unit_of_recipe or "portion")
    unit = units.find(str(whole.get("unit") or "")) if whole.get("unit") else units.base
    if unit is None:
        words = say("{name} has no unit “{unit}”.", name=str(used), unit=whole["unit"])
        raise UserError(words, [Problem(words, "Unit", change.row.number)])
    quantity = whole["quantity"]
    return key, {
        "item_id": key if is_item else None,
        "sub_recipe_id": None if is_item else key,
        "quantity": quantity,
        "unit": unit,
        "base_quantity": units.convert(quantity, unit).quantity,
        "yield_percent": whole.get("yield_percent") or 100,
    }


RECIPES_IMPORT = ImportSpec(
    "recipes",
    "Recipes",
    ("line", "lines"),
    ("recipe", "ingredient"),
    (
        ImportField("recipe", "Recipe", NAME, required=True, aliases=("dish",), example="Tomato sauce", longest=120),
        ImportField("ingredient", "Ingredient", NAME, required=True, aliases=("item", "sku"),
                    help="An item by its SKU or name, or another recipe.", example="DRY-0142"),
        ImportField("quantity", "Quantity", NUMBER, required=True, aliases=("amount",), example="250"),
        ImportField("unit", "Unit", keep=True, aliases=("uom",), help="Without one the unit in which it is kept.",
                    example="g", longest=40),
        ImportField("yield_percent", "Yield %", NUMBER, keep=True, help="What is left after trimming.", example="90"),
        ImportField("kind", "Kind", choice(KINDS), keep=True, help="Of a new recipe.", example="Sub-recipe"),
        ImportField("makes", "Makes", NUMBER, keep=True, aliases=("yield",), example="2"),
        ImportField("makes_unit", "Makes unit", keep=True, aliases=("yield unit",), example="kg", longest=40),
    ),
    "recipes.edit",
    frozenset({"recipes", "menu"}),
    _known,
    _write,
    _problems,
    in_portions=False,
)  # fmt: skip
