"""What new packs of an item do to recipes, modifiers and suppliers' packs that are written in them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, and_, bindparam, func, literal, null, select, text, union_all, update

from ims_desktop.domain.errors import Confirm, Denied, Problem, UserError
from ims_desktop.domain.numbers import show
from ims_desktop.domain.units import ItemUnits, fold_unit
from ims_desktop.domain.wording import commas, say, say_count, sentences
from ims_desktop.features.items.rules import ItemDraft, item_units
from ims_desktop.features.items.tables import (
    MODIFIER_LINES,
    MODIFIERS,
    RECIPE_LINES,
    RECIPE_VERSIONS,
    RECIPES,
    SUPPLIER_ITEMS,
)

RESTATE = "restate"
NAMED = 3
MUCH = Decimal("0.05")


@dataclass(frozen=True, slots=True)
class Restated:
    """A line of a recipe or modifier (`line`), or a supplier's pack, and what is kept of it in the base unit."""

    owner: UUID
    of: str
    line: int | None
    is_recipe: bool
    was: Decimal
    becomes: Decimal


@dataclass(frozen=True, slots=True)
class Impact:
    """Everything that has to be restated, what speaks against it, and the packs that mean something else now."""

    packs: tuple[str, ...] = ()
    lines: tuple[Restated, ...] = ()
    offers: tuple[Restated, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def recipes(self) -> tuple[str, ...]:
        """The recipes and modifiers it reaches, by name."""
        return tuple(dict.fromkeys(line.of for line in self.lines))


def impact_of(connection: Connection, before: ItemUnits, draft: ItemDraft) -> Impact:
    """What the packs of a draft change for what was written in the packs before."""
    after = item_units(draft.base_unit, draft.packs, draft.grams_per_millilitre, draft.grams_per_each)
    if _same(before, after):
        return Impact()
    rows = connection.execute(_written_in(draft.id)).all()
    changed = tuple(_changed_packs(before, after))
    gone = [row for row in rows if row.is_line and before.find(row.unit) and not after.find(row.unit)]
    moved = [(row, *_two_ways(row, before, after)) for row in rows if before.find(row.unit) and after.find(row.unit)]
    told = [
        (row.is_line, Restated(row.owner, row.name, row.line, row.is_recipe, was, becomes))
        for row, was, becomes in moved
        if was != becomes
    ]
    return Impact(
        changed,
        tuple(one for is_line, one in told if is_line),
        tuple(one for is_line, one in told if not is_line),
        tuple(_still_used(gone)),
    )


def ask(connection: Connection, impact: Impact, consents: frozenset[str]) -> None:
    """Refuse what cannot be restated; ask whether the rest should be."""
    if impact.problems:
        raise UserError("These packs are still used.", impact.problems)
    if impact.packs and not all(connection.execute(select(func.can("recipes.edit"), func.can("suppliers.edit"))).one()):
        raise Denied("What a pack holds decides about recipes and suppliers' packs: it takes the right to change both.")
    if (impact.lines or impact.offers) and RESTATE not in consents:
        raise Confirm(sentences([*_sentences(connection, impact), say("Change them too?")]), RESTATE)


def restate(connection: Connection, item: UUID, impact: Impact) -> None:
    """Write the new amounts into what is written in the changed packs; all of it or nothing."""
    recipes = [line for line in impact.lines if line.is_recipe]
    modifiers = [line for line in impact.lines if not line.is_recipe]
    for table, owner, amount, lines in (
        (RECIPE_LINES, "version_id", "base_quantity", recipes),
        (MODIFIER_LINES, "modifier_id", "base_quantity", modifiers),
        (SUPPLIER_ITEMS, "id", "pack_quantity", impact.offers),
    ):
        if not lines:
            continue
        same = [table.c[owner] == bindparam("_owner"), table.c.item_id == item]
        if "line" in table.c:
            same.append(table.c.line == bindparam("_line"))
        values = [{"_owner": one.owner, "_line": one.line, "_amount": one.becomes} for one in lines]
        connection.execute(update(table).where(and_(*same)).values({amount: bindparam("_amount")}), values)


def _same(before: ItemUnits, after: ItemUnits) -> bool:
    return not list(_changed_packs(before, after)) and set(before.codes) == set(after.codes)


def _changed_packs(before: ItemUnits, after: ItemUnits) -> Iterator[str]:
    """Units of before that mean something else now, or nothing."""
    for code in before.codes:
        now = after.find(code)
        if now is None or after.path(now).factor != before.path(code).factor:
            yield code


def _two_ways(row: Row[Any], before: ItemUnits, after: ItemUnits) -> tuple[Decimal, Decimal]:
    was, now = before.find(row.unit) or "", after.find(row.unit) or ""
    return before.convert(row.quantity, was).quantity, after.convert(row.quantity, now).quantity


def _written_in(item: UUID | None) -> Any:
    """Lines of recipes and modifiers, and suppliers' packs that are called like a pack, in one statement."""
    recipes = (
        select(
            RECIPE_LINES.c.version_id.label("owner"), RECIPES.c.name, RECIPE_LINES.c.line, RECIPE_LINES.c.quantity,
            RECIPE_LINES.c.unit, literal(True).label("is_line"), literal(True).label("is_recipe"),
        )
        .join_from(RECIPE_LINES, RECIPE_VERSIONS, RECIPE_VERSIONS.c.id == RECIPE_LINES.c.version_id)
        .join(RECIPES, RECIPES.c.id == RECIPE_VERSIONS.c.recipe_id)
        .where(RECIPE_LINES.c.item_id == item)
    )  # fmt: skip
    modifiers = (
        select(
            MODIFIER_LINES.c.modifier_id, MODIFIERS.c.name, MODIFIER_LINES.c.line, MODIFIER_LINES.c.quantity,
            MODIFIER_LINES.c.unit, literal(True), literal(False),
        )
        .join_from(MODIFIER_LINES, MODIFIERS, MODIFIERS.c.id == MODIFIER_LINES.c.modifier_id)
        .where(MODIFIER_LINES.c.item_id == item)
    )  # fmt: skip
    packs = select(
        SUPPLIER_ITEMS.c.id, SUPPLIER_ITEMS.c.pack, null(), literal(1), SUPPLIER_ITEMS.c.pack, literal(False), literal(False)
    ).where(SUPPLIER_ITEMS.c.item_id == item)  # fmt: skip
    return union_all(recipes, modifiers, packs)


def _still_used(gone: Sequence[Row[Any]]) -> Iterator[Problem]:
    for unit in dict.fromkeys(fold_unit(row.unit) for row in gone):
        names = list(dict.fromkeys(row.name for row in gone if fold_unit(row.unit) == unit))
        where = commas(names[:NAMED])
        if len(names) > NAMED:
            where = say("{names} and {count} more", names=where, count=len(names) - NAMED)
        yield Problem(
            say("{unit} is still used by {where}. Write those in another unit first.", unit=unit, where=where), "packs"
        )


def _sentences(connection: Connection, impact: Impact) -> Iterator[str]:
    if impact.lines:
        count = len(impact.recipes)
        much = _by_much(connection, impact)
        names = ", ".join(impact.recipes[:NAMED]) + (" …" if count > NAMED else "")
        yield say_count(
            "{count} recipe is written in it ({names}).",
            "{count} recipes are written in it ({names}).",
            count,
            names=names,
        )
        if much:
            yield say("The cost of {count} of them changes by more than 5 %.", count=show(Decimal(much)))
    if impact.offers:
        yield say_count("{count} supplier's pack too.", "{count} suppliers' packs too.", len(impact.offers))


# Recipes of today that are reached, themselves or through others, taken apart and costed at the default site; `delta` is
# what the restated lines add.
_COSTS = text("""
    WITH RECURSIVE given AS (
      SELECT * FROM unnest(CAST(:versions AS uuid[]), CAST(:lines AS int[]), CAST(:was AS numeric[]), CAST(:becomes AS numeric[]))
        AS g (version_id, line, was, becomes)),
    today AS (SELECT DISTINCT ON (v.recipe_id) v.id, v.recipe_id, v.yield_quantity FROM recipe_versions v
      WHERE v.valid_from <= current_date ORDER BY v.recipe_id, v.valid_from DESC),
    reached AS (
      SELECT t.recipe_id FROM today t JOIN given g ON g.version_id = t.id
      UNION SELECT t.recipe_id FROM reached r JOIN recipe_lines l ON l.sub_recipe_id = r.recipe_id JOIN today t ON t.id = l.version_id),
    steps AS (
      SELECT r.recipe_id AS root, r.recipe_id, 1::numeric AS part, ARRAY[r.recipe_id] AS way FROM reached r
      UNION ALL
      SELECT s.root, l.sub_recipe_id, s.part * l.base_quantity * 100 / (t.yield_quantity * l.yield_percent), s.way || l.sub_recipe_id
      FROM steps s JOIN today t ON t.recipe_id = s.recipe_id JOIN recipe_lines l ON l.version_id = t.id
      WHERE l.sub_recipe_id IS NOT NULL AND l.sub_recipe_id <> ALL (s.way)),
    cost AS (
      SELECT s.root, sum(s.part * l.base_quantity * 100 / (t.yield_quantity * l.yield_percent) * c.average_cost) AS total,
        sum(s.part * (g.becomes - g.was) * 100 / (t.yield_quantity * l.yield_percent) * c.average_cost) AS delta
      FROM steps s JOIN today t ON t.recipe_id = s.recipe_id JOIN recipe_lines l ON l.version_id = t.id
      LEFT JOIN given g ON g.version_id = l.version_id AND g.line = l.line
      LEFT JOIN valued_stock c ON c.item_id = l.item_id AND c.site_id = (SELECT id FROM sites WHERE is_default)
      GROUP BY s.root)
    SELECT count(*) FROM cost WHERE total > 0 AND abs(delta) > :much * total""")


def _by_much(connection: Connection, impact: Impact) -> int:
    """How many recipes cost more than five percent more or less; none where costs are not to be seen."""
    lines = [line for line in impact.lines if line.is_recipe]
    values = {
        "versions": [line.owner for line in lines],
        "lines": [line.line for line in lines],
        "was": [line.was for line in lines],
        "becomes": [line.becomes for line in lines],
        "much": MUCH,
    }
    found: int = connection.execute(_COSTS, values).scalar_one()
    return found
