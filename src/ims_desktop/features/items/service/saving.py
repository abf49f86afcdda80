"""Saving, archiving and restoring items."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Row, Text, cast, func, insert, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB

from ims_desktop.domain.errors import Confirm, Conflict, Denied, Problem, UserError
from ims_desktop.domain.numbers import show
from ims_desktop.domain.wording import say
from ims_desktop.domain.work import Changed
from ims_desktop.features.items.rules import ItemDraft, examined
from ims_desktop.features.items.service.choosing import units_of
from ims_desktop.features.items.service.impact import Impact, ask, impact_of, restate
from ims_desktop.features.items.service.naming import categories_of, next_sku
from ims_desktop.features.items.service.parts import write_parts
from ims_desktop.features.items.service.pointing import look_alikes
from ims_desktop.features.items.tables import BARCODES, COSTS, ITEMS
from ims_desktop.features.sites.tables import SITES
from ims_desktop.features.storage.tables import LOCATIONS

SUBJECTS = frozenset({"items"})
HUNDRED = Decimal(100)
REACHED = frozenset({"recipes", "suppliers", "menu"})
NAMED_AT_MOST = 5
TWIN = "looks like"


@dataclass(frozen=True, slots=True)
class SavedItem:
    """What a person is told about an item that was saved."""

    id: UUID
    name: str
    sku: str
    version: int


def save_item(connection: Connection, draft: ItemDraft, consents: frozenset[str] = frozenset()) -> Changed:
    """Make or change an item with its packs, barcodes and levels: all of it or nothing."""
    draft, problems = examined(draft)
    known = connection.execute(_known(draft)).one()
    if not known.may_edit:
        raise Denied("Your roles do not allow you to change items.")
    problems += _problems(draft, known)
    if problems:
        raise UserError("This item cannot be saved yet.", problems)
    if draft.id is None and TWIN not in consents:
        _ask_about_twins(connection, draft)
    if draft.category_id is None:
        made = categories_of(connection, [draft.new_category])
        draft = replace(draft, category_id=made[draft.new_category])
    if not draft.sku:
        draft = replace(draft, sku=next_sku(connection, draft.category_id))
    impact = impact_of(connection, units_of(connection, draft.id), draft) if draft.id else Impact()
    ask(connection, impact, consents)
    key, version = _write(connection, draft)
    write_parts(connection, {key: draft})
    restate(connection, key, impact)
    return Changed(
        SavedItem(key, draft.name, draft.sku, version), SUBJECTS | (REACHED if impact.packs else frozenset())
    )


def _ask_about_twins(connection: Connection, draft: ItemDraft) -> None:
    """Whether it should be a new item although one like it is there."""
    twins = look_alikes(connection, draft.name)
    if twins:
        names = ", ".join(twin.name for twin in twins[:NAMED_AT_MOST])
        raise Confirm(say("This looks like {names}. Make another item of it?", names=names), TWIN)


def archive(connection: Connection, keys: Sequence[UUID]) -> Changed:
    """Take items out of lists and choices; their history stays. Refused while there is stock of them."""
    held = (
        select(ITEMS.c.name, SITES.c.name.label("site"), COSTS.c.quantity, ITEMS.c.base_unit)
        .join_from(COSTS, ITEMS, ITEMS.c.id == COSTS.c.item_id)
        .join(SITES, SITES.c.id == COSTS.c.site_id)
        .where(COSTS.c.item_id.in_(keys), COSTS.c.quantity != 0)
        .order_by(ITEMS.c.sort_name, SITES.c.sort_name)
    )
    found = connection.execute(held).all()
    if found:
        lines = [
            say(
                "{item}: {amount} at {site}.",
                item=row.name,
                amount=f"{show(row.quantity)} {row.base_unit}",
                site=row.site,
            )
            for row in found[:NAMED_AT_MOST]
        ]
        lines += [say("And {count} more.", count=len(found) - NAMED_AT_MOST)] if len(found) > NAMED_AT_MOST else []
        sentence = "What is in stock cannot be archived. Count or adjust it to 0 first."
        raise UserError(sentence, [Problem(line) for line in lines])
    return _set_active(connection, keys, active=False)


def restore(connection: Connection, keys: Sequence[UUID]) -> Changed:
    """Bring archived items back."""
    return _set_active(connection, keys, active=True)


def values_of(draft: ItemDraft) -> dict[str, Any]:
    """The columns of the item itself."""
    return {
        "name": draft.name,
        "sku": draft.sku,
        "category_id": draft.category_id,
        "base_unit": draft.base_unit,
        "allergens": list(draft.allergens),
        "shelf_life_days": draft.shelf_life_days,
        "tracks_lots": draft.tracks_lots,
        "yield_percent": draft.yield_ratio * HUNDRED,
        "grams_per_millilitre": draft.grams_per_millilitre,
        "grams_per_each": draft.grams_per_each,
        "note": draft.note,
        "cost_method": str(draft.cost_method),
    }


def _set_active(connection: Connection, keys: Sequence[UUID], *, active: bool) -> Changed:
    changed = connection.execute(
        update(ITEMS)
        .where(ITEMS.c.id.in_(keys), ITEMS.c.is_active != active)
        .values(is_active=active, updated_at=func.now())
    )
    if not changed.rowcount and not connection.execute(select(func.can("items.edit"))).scalar_one():
        raise Denied("Your roles do not allow you to change items.")
    return Changed(changed.rowcount, SUBJECTS)


def _known(draft: ItemDraft) -> Any:
    """What the database knows that speaks against the draft, in one statement."""
    others = BARCODES.join(ITEMS, ITEMS.c.id == BARCODES.c.item_id)
    taken = (
        select(func.json_object_agg(BARCODES.c.gtin, ITEMS.c.name, type_=JSONB))
        .select_from(others)
        .where(
            BARCODES.c.gtin.in_([code.gtin for code in draft.barcodes]), BARCODES.c.item_id.is_distinct_from(draft.id)
        )
    )
    homes = select(func.json_object_agg(cast(LOCATIONS.c.id, Text), LOCATIONS.c.site_id, type_=JSONB)).where(
        LOCATIONS.c.id.in_([level.home_location_id for level in draft.levels if level.home_location_id])
    )
    same_sku = select(ITEMS.c.name).where(
        ITEMS.c.sort_sku == func.public.sort_key(draft.sku), ITEMS.c.id.is_distinct_from(draft.id)
    )
    base = select(ITEMS.c.base_unit).where(ITEMS.c.id == draft.id)
    moved = select(literal(1)).select_from(COSTS).where(COSTS.c.item_id == draft.id)
    return select(
        func.can("items.edit").label("may_edit"),
        taken.scalar_subquery().label("taken"),
        homes.scalar_subquery().label("homes"),
        same_sku.limit(1).scalar_subquery().label("same_sku"),
        base.scalar_subquery().label("base_unit"),
        moved.exists().label("moved"),
    )


def _problems(draft: ItemDraft, known: Row[Any]) -> Iterator[Problem]:
    if known.same_sku:
        yield Problem(say("{same_sku} already has the SKU {sku}.", same_sku=known.same_sku, sku=draft.sku), "sku")
    if known.moved and known.base_unit and known.base_unit != draft.base_unit:
        yield Problem(
            say(
                "It is kept in {base_unit} and has movements, so this cannot change. Archive it and "
                "make a new item kept in {unit}.",
                base_unit=known.base_unit,
                unit=draft.base_unit,
            ),
            "base_unit",
        )
    for row, code in enumerate(draft.barcodes, 1):
        if owner := (known.taken or {}).get(code.gtin):
            yield Problem(say("{gtin} belongs to {owner} already.", gtin=code.gtin, owner=owner), "barcodes.gtin", row)
    for row, level in enumerate(draft.levels, 1):
        home = level.home_location_id
        if home and (known.homes or {}).get(str(home)) != str(level.site_id):
            yield Problem("This storage location is not at the site of its row.", "levels.home_location_id", row)


def _write(connection: Connection, draft: ItemDraft) -> tuple[UUID, int]:
    if draft.id is None:
        key = uuid4()
        connection.execute(insert(ITEMS).values(id=key, **values_of(draft)))
        return key, 1
    version = connection.execute(
        update(ITEMS)
        .where(ITEMS.c.id == draft.id, ITEMS.c.version == draft.version)
        .values(**values_of(draft), updated_at=func.now())
        .returning(ITEMS.c.version)
    ).scalar_one_or_none()
    if version is None:
        raise Conflict("Somebody else changed this item meanwhile. Reload it and look at your changes again.")
    return draft.id, version
