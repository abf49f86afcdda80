"""A recipe as its form begins with it: one version with every line as it may be written again."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Connection, select, text

from ims_desktop.database.listing import one_or_gone
from ims_desktop.domain.work import read
from ims_desktop.features.items.tables import ITEMS
from ims_desktop.features.recipes.rules import Usable, Written, written
from ims_desktop.features.recipes.service.choosing import usables
from ims_desktop.features.recipes.tables import LINES, RECIPES, VERSIONS


@dataclass(frozen=True, slots=True)
class EditableLine:
    """A line with what it takes."""

    usable: Usable
    written: Written
    yield_percent: Decimal


@dataclass(frozen=True, slots=True)
class EditableRecipe:
    """A recipe with the version that holds today, or the first one that will."""

    id: UUID
    version: int
    name: str
    kind: str
    output_item_id: UUID | None
    output_item: str
    valid_from: date
    today: date
    yield_quantity: Decimal
    yield_unit: str
    method: str
    lines: tuple[EditableLine, ...]


@read
def editable_recipe(connection: Connection, key: UUID, site: UUID | None = None) -> EditableRecipe:
    """What the form begins with, in three statements."""
    today = text("current_date")
    found = connection.execute(
        select(
            RECIPES.c.id,
            RECIPES.c.version,
            RECIPES.c.name,
            RECIPES.c.kind,
            RECIPES.c.output_item_id,
            select(ITEMS.c.name).where(ITEMS.c.id == RECIPES.c.output_item_id).scalar_subquery().label("output_item"),
            VERSIONS.c.valid_from,
            text("current_date AS today"),
            VERSIONS.c.yield_quantity,
            VERSIONS.c.yield_unit,
            VERSIONS.c.method,
            VERSIONS.c.id.label("version_id"),
        )
        .join_from(RECIPES, VERSIONS, VERSIONS.c.recipe_id == RECIPES.c.id)
        .where(RECIPES.c.id == UUID(str(key)))
        .order_by((VERSIONS.c.valid_from <= today).desc(), text("abs(valid_from - current_date)"))
        .limit(1)
    ).one_or_none()
    row = one_or_gone(found, "recipe")
    rows = connection.execute(select(LINES).where(LINES.c.version_id == row.version_id).order_by(LINES.c.line)).all()
    taken = usables(
        connection,
        [line.item_id for line in rows if line.item_id],
        [line.sub_recipe_id for line in rows if line.sub_recipe_id],
        site,
    )
    lines = tuple(
        EditableLine(usable, written(_short(line.quantity), line.unit, usable.units), _short(line.yield_percent))
        for line in rows
        if (usable := taken.get(line.item_id or line.sub_recipe_id)) is not None
    )
    return EditableRecipe(
        row.id, row.version, row.name, row.kind, row.output_item_id, row.output_item or "", row.valid_from, row.today,
        _short(row.yield_quantity), row.yield_unit, row.method, lines,
    )  # fmt: skip


def _short(number: Decimal) -> Decimal:
    """Without the zeros a column pads."""
    return Decimal(format(number.normalize(), "f"))
