"""Items out of a file: new ones are made, known ones (by SKU) changed, equal ones left alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Text, bindparam, func, insert, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.domain.importing import Change, ImportRow, ImportSpec, Known, Record
from ims_desktop.domain.wording import say
from ims_desktop.features.items.rules import ITEM_FIELDS, METHODS, Barcode, ItemDraft, at_row, checked
from ims_desktop.features.items.service.choosing import pack_list, packs_from
from ims_desktop.features.items.service.naming import categories_of
from ims_desktop.features.items.service.parts import write_parts
from ims_desktop.features.items.service.saving import HUNDRED, SUBJECTS, values_of
from ims_desktop.features.items.tables import BARCODES, CATEGORIES, COSTS, ITEMS

RIGHT = "items.edit"
KEYS = tuple(one.key for one in ITEM_FIELDS)


class _Fields(Mapping[str, Any]):
    """What an item has in the fields of a file: most files have a few of them, and nothing else is read."""

    __slots__ = ("_item",)

    def __init__(self, item: ItemDraft) -> None:
        self._item = item

    def __getitem__(self, key: str) -> Any:
        if key not in KEYS:
            raise KeyError(key)
        return getattr(self._item, key)

    def __iter__(self) -> Iterator[str]:
        return iter(KEYS)

    def __len__(self) -> int:
        return len(KEYS)


def _known(connection: Connection, rows: Sequence[ImportRow]) -> Known:
    """The items that have these SKUs."""
    skus = {row.given.get("sku") for row in rows} - {None, ""}
    asked = select(func.unnest(literal(list(skus), ARRAY(Text))).label("sku")).subquery("asked")
    codes = select(func.json_agg(func.json_build_array(BARCODES.c.gtin, BARCODES.c.unit)))
    listed = codes.where(BARCODES.c.item_id == ITEMS.c.id).scalar_subquery()
    statement = (
        select(
            asked.c.sku.label("written"), ITEMS, CATEGORIES.c.name.label("category"), pack_list(), listed.label("codes")
        )
        .join_from(asked, ITEMS, ITEMS.c.sort_sku == func.public.sort_key(asked.c.sku))
        .join(CATEGORIES, CATEGORIES.c.id == ITEMS.c.category_id)
    )
    found = {row.written: _as_draft(row) for row in connection.execute(statement).all()} if skus else {}
    records = {
        row.number: Record(draft, _Fields(draft))
        for row in rows
        if (draft := found.get(row.given.get("sku", ""))) is not None
    }
    return Known(records, rows)


def _as_draft(row: Any) -> ItemDraft:
    return ItemDraft(
        row.name,
        row.base_unit,
        category_id=row.category_id,
        new_category=row.category,
        sku=row.sku,
        packs=packs_from(row.packs),
        barcodes=tuple(Barcode(gtin, unit) for gtin, unit in row.codes or ()),
        grams_per_millilitre=row.grams_per_millilitre,
        grams_per_each=row.grams_per_each,
        allergens=tuple(row.allergens),
        shelf_life_days=row.shelf_life_days,
        tracks_lots=row.tracks_lots,
        yield_ratio=row.yield_percent / HUNDRED,
        note=row.note,
        cost_method=row.cost_method,
        id=row.id,
        version=row.version,
    )


def _draft(change: Change) -> ItemDraft:
    """The item as it will be; a category by another name is looked up anew."""
    before = change.record.id if change.record else ItemDraft("", "")
    given = {key: value for key, value in change.values.items() if value is not None}
    return replace(before, **given)


def _problems(connection: Connection, changes: Sequence[Change]) -> list[Problem]:
    """What speaks against the items themselves, and what the database knows against them."""
    drafts, problems = list[tuple[int, ItemDraft]](), list[Problem]()
    befores: dict[UUID | None, ItemDraft] = {}
    for change in changes:
        if not change.differences:
            continue
        try:
            drafts.append((change.row.number, checked(_draft(change))))
            if change.record:
                befores[change.record.id.id] = change.record.id
        except UserError as error:
            problems += [at_row(problem, change.row.number) for problem in error.problems]
    return problems + _known_problems(connection, drafts, befores)


def _known_problems(
    connection: Connection, drafts: Sequence[tuple[int, ItemDraft]], befores: Mapping[UUID | None, ItemDraft]
) -> list[Problem]:
    """What speaks against the file in the database: barcodes of other items, and base units that must stay."""
    owners: dict[str, tuple[UUID | None, str]] = {}
    gtins = [code.gtin for _, draft in drafts for code in draft.barcodes]
    taken = select(BARCODES.c.gtin, ITEMS.c.id, ITEMS.c.name).join_from(
        BARCODES, ITEMS, ITEMS.c.id == BARCODES.c.item_id
    )
    asked = literal(gtins, ARRAY(Text))
    for gtin, owner_id, name in connection.execute(taken.where(BARCODES.c.gtin == func.any(asked))) if gtins else ():
        owners[gtin] = owner_id, name
    other = [draft.id for _, draft in drafts if draft.id and _kept(befores[draft.id]) != _kept(draft)]
    moved = set(connection.execute(select(COSTS.c.item_id).where(COSTS.c.item_id.in_(other))).scalars())
    problems = []
    for number, draft in drafts:
        for code in draft.barcodes:
            mine = draft.id or UUID(int=number)
            owner = owners.setdefault(code.gtin, (mine, draft.name))
            if owner[0] != mine:
                problems.append(
                    Problem(say("{gtin} belongs to {owner}.", gtin=code.gtin, owner=owner[1]), "barcodes", number)
                )
        if draft.id in moved:
            problems += _fixed(befores[draft.id], draft, number)
    return problems


def _kept(draft: ItemDraft) -> tuple[str, str]:
    """What stays once something moved."""
    return draft.base_unit, draft.cost_method


def _fixed(before: ItemDraft, draft: ItemDraft, number: int) -> list[Problem]:
    """What a file may not change of an item that has moved."""
    problems = []
    if before.base_unit != draft.base_unit:
        unit = say("It is kept in {unit} and has movements; this cannot change.", unit=before.base_unit)
        problems.append(Problem(unit, "base_unit", number))
    if before.cost_method != draft.cost_method:
        method = say(
            "It has movements, costed by {method}: change the cost method of the item from a day on.",
            method=METHODS[before.cost_method],
        )
        problems.append(Problem(method, "cost_method", number))
    return problems


def _write(connection: Connection, changes: Sequence[Change]) -> None:
    drafts = [checked(_draft(change)) for change in changes if change.differences]
    categories = categories_of(connection, [draft.new_category for draft in drafts])
    placed = {draft.id or uuid4(): replace(draft, category_id=categories[draft.new_category]) for draft in drafts}
    _write_items(connection, placed)
    if placed:
        write_parts(connection, placed, levels=False)


def _write_items(connection: Connection, placed: Mapping[UUID, ItemDraft]) -> None:
    new = [{"id": key, **values_of(draft)} for key, draft in placed.items() if draft.id is None]
    changed = [{"_id": key, **values_of(draft)} for key, draft in placed.items() if draft.id is not None]
    if new:
        connection.execute(insert(ITEMS), new)
    if changed:
        connection.execute(update(ITEMS).where(ITEMS.c.id == bindparam("_id")).values(updated_at=func.now()), changed)


ITEMS_IMPORT = ImportSpec(
    "items",
    "Items",
    ("item", "items"),
    ("sku",),
    ITEM_FIELDS,
    RIGHT,
    SUBJECTS,
    _known,
    _write,
    _problems,
)
