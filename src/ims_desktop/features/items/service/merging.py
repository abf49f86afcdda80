"""Making one item of two: what it would do, and doing it by one checked function of the database."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, cast, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB

from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.domain.numbers import half_up
from ims_desktop.domain.wording import say
from ims_desktop.domain.work import Changed, read
from ims_desktop.features.items.rules import Pack
from ims_desktop.features.items.rules.merging import MovedPack, between, moved_packs
from ims_desktop.features.items.service.reading import Item, item
from ims_desktop.features.items.tables import RECIPE_LINES, RECIPE_VERSIONS, SUPPLIER_ITEMS

SUBJECTS = frozenset({"items", "stock", "recipes", "suppliers", "menu"})
KEEP, TAKE, ADD = "winner", "loser", "sum"


@dataclass(frozen=True, slots=True)
class MergeDraft:
    """Which item goes into which; `settings` says by site whose par and reorder point count where both have them."""

    loser: UUID
    winner: UUID
    settings: Mapping[UUID, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Repacked:
    """What one site has of the loser, and how much of the winner that is."""

    site: str
    quantity: Decimal
    becomes: Decimal
    value: Decimal | None
    currency: str


@dataclass(frozen=True, slots=True)
class TwoWishes:
    """A site that wants so much of both; quantities in the winner's base unit."""

    site_id: UUID
    site: str
    winner: Decimal
    loser: Decimal


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What merging would do; `problems` speak against it."""

    loser: Item
    winner: Item
    packs: tuple[MovedPack, ...] = ()
    stock: tuple[Repacked, ...] = ()
    wishes: tuple[TwoWishes, ...] = ()
    allergens: tuple[str, ...] = ()
    recipes: int = 0
    suppliers: int = 0
    problems: tuple[str, ...] = ()

    @property
    def renamed(self) -> tuple[MovedPack, ...]:
        """Packs that mean something else in the winner and so get another name."""
        return tuple(pack for pack in self.packs if pack.is_renamed)


@dataclass(frozen=True, slots=True)
class Merged:
    """What was merged into what, and under which numbers its stock was repacked."""

    loser: str
    winner: str
    winner_id: UUID
    documents: tuple[int, ...]


@read
def merge_preview(connection: Connection, loser: UUID, winner: UUID) -> MergePreview:
    """Everything a person should know before two items become one."""
    one, other = item(connection, loser), item(connection, winner)
    problems = list(_problems(one, other))
    try:
        factor = between(one.units, other.units)
    except UserError as error:
        return MergePreview(one, other, problems=(error.text, *problems))
    recipes, suppliers = connection.execute(_counts(loser)).one()
    sites = {at.site_id: at.site for item_ in (one, other) for at in item_.stock}
    wanted = {level.site_id: level.par for level in other.levels if level.par is not None}
    return MergePreview(
        one,
        other,
        _packs(one, other),
        tuple(
            Repacked(at.site, at.quantity, half_up(Fraction(at.quantity) * factor), at.value, at.currency)
            for at in one.stock
            if at.quantity
        ),
        tuple(
            TwoWishes(
                level.site_id,
                sites.get(level.site_id, ""),
                wanted[level.site_id],
                half_up(Fraction(level.par) * factor),
            )
            for level in one.levels
            if level.par is not None and level.site_id in wanted
        ),
        tuple(sorted(set(one.allergens) - set(other.allergens))),
        recipes,
        suppliers,
        tuple(problems),
    )


def merge_items(connection: Connection, draft: MergeDraft) -> Changed:
    """Make one item of two; the database checks rights and stock, and moves everything or nothing."""
    one, other = item(connection, draft.loser), item(connection, draft.winner)
    wrong = {choice for choice in draft.settings.values() if choice not in (KEEP, TAKE, ADD)}
    if wrong:
        raise UserError(
            "Say whose par counts.",
            [Problem(say("{choice} is no such choice.", choice=choice), "settings") for choice in wrong],
        )
    plan = {
        "packs": [_written(pack) for pack in _packs(one, other)],
        "settings": {str(site): choice for site, choice in draft.settings.items()},
    }
    merge = func.merge_items(draft.loser, draft.winner, cast(literal(json.dumps(plan)), JSONB), type_=JSONB)
    done = connection.execute(select(merge)).scalar_one()
    return Changed(Merged(one.name, other.name, other.id, tuple(done["documents"])), SUBJECTS)


def _packs(one: Item, other: Item) -> tuple[MovedPack, ...]:
    return moved_packs(_plain(one), one.units, other.units, _plain(other), one.sku)


def _plain(of: Item) -> Sequence[Pack]:
    return [Pack(pack.name, pack.quantity, pack.of_unit) for pack in of.packs]


def _written(pack: MovedPack) -> dict[str, str | None]:
    quantity = None if pack.quantity is None else format(pack.quantity, "f")
    return {"was": pack.was, "name": pack.name, "quantity": quantity, "of_unit": pack.of_unit}


def _problems(one: Item, other: Item) -> Iterator[str]:
    if one.id == other.id:
        yield say("Choose two different items to merge.")
    if not other.is_active:
        yield say("{name} is archived. Restore it first.", name=other.name)
    yield from (
        say("{name} is below zero at {site}. Receive or count it first.", name=one.name, site=at.site)
        for at in one.stock
        if at.quantity < 0
    )


def _counts(key: UUID) -> Any:
    """How many recipes and packs of suppliers name an item."""
    recipes = select(func.count(RECIPE_VERSIONS.c.recipe_id.distinct())).join_from(
        RECIPE_LINES, RECIPE_VERSIONS, RECIPE_VERSIONS.c.id == RECIPE_LINES.c.version_id
    )
    suppliers = select(func.count()).select_from(SUPPLIER_ITEMS).where(SUPPLIER_ITEMS.c.item_id == key)
    return select(recipes.where(RECIPE_LINES.c.item_id == key).scalar_subquery(), suppliers.scalar_subquery())


__all__ = ["ADD", "KEEP", "TAKE", "MergeDraft", "MergePreview", "Merged", "merge_items", "merge_preview"]
