"""Items out of a file: new ones are made, known ones (by SKU) changed, equal ones left alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Text, bindparam, func, insert, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from ims_desktop.domain.errors import Denied, Problem, UserError
from ims_desktop.domain.table_file import Table
from ims_desktop.domain.work import Changed
from ims_desktop.features.items.rules import SHEET, Barcode, ItemDraft, SheetRow, checked, read_sheet, template
from ims_desktop.features.items.service.choosing import pack_list, packs_from
from ims_desktop.features.items.service.naming import categories_of
from ims_desktop.features.items.service.parts import write_parts
from ims_desktop.features.items.service.saving import HUNDRED, SUBJECTS, values_of
from ims_desktop.features.items.tables import BARCODES, CATEGORIES, COSTS, ITEMS

TITLES = {column.key: column.title for column in SHEET}
ALSO_TITLED = {"category_id": "Category", "barcodes": "Barcodes", "packs": "Packs"}


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did."""

    added: int
    changed: int
    unchanged: int


def item_template() -> str:
    """The text of a file to begin with."""
    return template()


def import_items(connection: Connection, table: Table) -> Changed:
    """Take all items of a file over in one go, or none and say everything that is wrong, by row and column."""
    if not connection.execute(select(func.can("items.edit"))).scalar_one():
        raise Denied("Your roles do not allow you to change items.")
    rows = read_sheet(table)
    known = _known(connection, [row.sku for row in rows])
    drafts, problems = list[tuple[SheetRow, ItemDraft]](), list[Problem]()
    for row in rows:
        try:
            drafts.append((row, checked(_merged(row, known.get(row.sku)))))
        except UserError as error:
            problems += [_at(problem, row.number) for problem in error.problems]
    problems += _known_problems(connection, drafts, known)
    if problems:
        count = "one thing" if len(problems) == 1 else f"{len(problems):,} things"
        raise UserError(f"Nothing was imported: {count} to put right.", sorted(problems, key=lambda p: p.row or 0))
    return Changed(_take_over(connection, [draft for _, draft in drafts], known), SUBJECTS)


def _merged(row: SheetRow, known: ItemDraft | None) -> ItemDraft:
    """The item as it is, with what the file says about it. A blank name, category or unit says nothing."""
    given = {key: value for key, value in row.given.items() if value != "" or key == "note"}
    return replace(known or ItemDraft("", ""), **given)


def _at(problem: Problem, number: int) -> Problem:
    field = (problem.field or "").partition(".")[0]
    return Problem(problem.text, TITLES.get(field) or ALSO_TITLED.get(field) or field or None, number)


def _known(connection: Connection, skus: Sequence[str]) -> dict[str, ItemDraft]:
    """The items that have these SKUs, by the SKU as the file writes it."""
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
    return {row.written: _as_draft(row) for row in connection.execute(statement)}


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
        yield_ratio=row.yield_percent / HUNDRED,
        note=row.note,
        id=row.id,
        version=row.version,
    )


def _known_problems(
    connection: Connection, drafts: Sequence[tuple[SheetRow, ItemDraft]], known: Mapping[str, ItemDraft]
) -> list[Problem]:
    """What speaks against the file in the database: barcodes of other items, and base units that must stay."""
    owners: dict[str, tuple[UUID | None, str]] = {}
    gtins = [code.gtin for _, draft in drafts for code in draft.barcodes]
    taken = select(BARCODES.c.gtin, ITEMS.c.id, ITEMS.c.name).join_from(
        BARCODES, ITEMS, ITEMS.c.id == BARCODES.c.item_id
    )
    for gtin, owner_id, name in connection.execute(taken.where(BARCODES.c.gtin.in_(gtins))):
        owners[gtin] = owner_id, name
    other_unit = {d.id for r, d in drafts if d.id and known[r.sku].base_unit != d.base_unit}
    moved = set(connection.execute(select(COSTS.c.item_id).where(COSTS.c.item_id.in_(list(other_unit)))).scalars())
    problems = []
    for row, draft in drafts:
        for code in draft.barcodes:
            owner = owners.setdefault(code.gtin, (draft.id or UUID(int=row.number), draft.name))
            if owner[0] != (draft.id or UUID(int=row.number)):
                problems.append(Problem(f"{code.gtin} belongs to {owner[1]}.", "Barcodes", row.number))
        if draft.id in moved:
            unit = known[row.sku].base_unit
            problems.append(
                Problem(f"It is kept in {unit} and has movements; this cannot change.", "Base unit", row.number)
            )
    return problems


def _take_over(connection: Connection, drafts: Sequence[ItemDraft], known: Mapping[str, ItemDraft]) -> ImportResult:
    before = {draft.id: _comparable(draft) for draft in known.values()}
    new = [draft for draft in drafts if draft.id is None]
    changed = [draft for draft in drafts if draft.id and _comparable(draft) != before[draft.id]]
    categories = categories_of(connection, [d.new_category for d in (*new, *changed)]) if new or changed else {}
    placed = {
        draft.id or uuid4(): replace(draft, category_id=categories[draft.new_category]) for draft in (*new, *changed)
    }
    _write(connection, placed)
    if placed:
        write_parts(connection, placed, levels=False)
    return ImportResult(len(new), len(changed), len(drafts) - len(new) - len(changed))


def _comparable(draft: ItemDraft) -> Any:
    """What must be equal for an item to be left alone; the order of its packs and barcodes says nothing."""
    same = {name: value for name, value in values_of(draft).items() if name not in ("category_id", "sku")}
    return (
        same,
        " ".join(draft.new_category.casefold().split()),
        sorted(draft.packs, key=lambda pack: pack.name),
        sorted(draft.barcodes, key=lambda code: code.gtin),
    )


def _write(connection: Connection, placed: Mapping[UUID, ItemDraft]) -> None:
    new = [{"id": key, **values_of(draft)} for key, draft in placed.items() if draft.id is None]
    changed = [{"_id": key, **values_of(draft)} for key, draft in placed.items() if draft.id is not None]
    if new:
        connection.execute(insert(ITEMS), new)
    if changed:
        connection.execute(update(ITEMS).where(ITEMS.c.id == bindparam("_id")).values(updated_at=func.now()), changed)
