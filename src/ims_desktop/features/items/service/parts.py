"""The packs, barcodes and levels of items: writes only what differs, so that the audit log tells what was changed."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Table, and_, bindparam, delete, insert, select, tuple_, update

from ims_desktop.features.items.rules import ItemDraft, SiteLevel
from ims_desktop.features.items.tables import BARCODES, SETTINGS, UNITS

Rows = dict[tuple[Any, ...], dict[str, Any]]
LEVEL_COLUMNS = ("par", "reorder_point", "home_location_id", "shelf_position", "is_key")


def write_parts(connection: Connection, drafts: Mapping[UUID, ItemDraft], *, levels: bool = True) -> None:
    """Make the parts of these items as their drafts say; without `levels` what the sites want stays as it is."""
    _write(connection, UNITS, ("item_id", "name"), _packs(drafts), drafts, made={"id": uuid4})
    _write(connection, BARCODES, ("item_id", "gtin"), _barcodes(drafts), drafts)
    if levels:
        _write(connection, SETTINGS, ("item_id", "site_id"), _levels(drafts), drafts, blank=_blank_level)


def _packs(drafts: Mapping[UUID, ItemDraft]) -> Rows:
    return {
        (key, pack.name): {"quantity": pack.quantity, "of_unit": pack.of_unit}
        for key, draft in drafts.items()
        for pack in draft.packs
    }


def _barcodes(drafts: Mapping[UUID, ItemDraft]) -> Rows:
    return {(key, code.gtin): {"unit": code.unit} for key, draft in drafts.items() for code in draft.barcodes}


def _levels(drafts: Mapping[UUID, ItemDraft]) -> Rows:
    return {
        (key, level.site_id): {column: getattr(level, column) for column in LEVEL_COLUMNS}
        for key, draft in drafts.items()
        for level in draft.levels
        if not level.is_blank
    }


def _blank_level(key: tuple[Any, ...]) -> dict[str, Any]:
    """A site's levels are emptied, never deleted: other desks may have just looked at them."""
    return {column: getattr(SiteLevel(key[1]), column) for column in LEVEL_COLUMNS}


def _write(
    connection: Connection,
    table: Table,
    key: Sequence[str],
    wanted: Rows,
    owners: Mapping[UUID, Any],
    *,
    made: Mapping[str, Callable[[], Any]] | None = None,
    blank: Callable[[tuple[Any, ...]], dict[str, Any]] | None = None,
) -> None:
    """Insert, change and remove rows of one table until they are the wanted ones."""
    there = _read(connection, table, key, wanted, owners)
    gone = [place for place in there if place not in wanted]
    if blank is not None:
        wanted = {**wanted, **{place: blank(place) for place in gone}}
    elif gone:
        # Removed first: a barcode may move from one item of an import to another.
        connection.execute(delete(table).where(tuple_(*(table.c[name] for name in key)).in_(gone)))
    new = [place for place in wanted if place not in there]
    changed = [place for place in wanted if place in there and wanted[place] != there[place]]
    if new:
        extra = [{name: make() for name, make in (made or {}).items()} for _ in new]
        rows = [{**dict(zip(key, p, strict=True)), **wanted[p], **e} for p, e in zip(new, extra, strict=True)]
        connection.execute(insert(table), rows)
    if changed:
        same = and_(*(table.c[name] == bindparam(f"_{name}") for name in key))
        keys = [{f"_{name}": part for name, part in zip(key, place, strict=True)} for place in changed]
        connection.execute(update(table).where(same), [{**k, **wanted[p]} for k, p in zip(keys, changed, strict=True)])


def _read(connection: Connection, table: Table, key: Sequence[str], wanted: Rows, owners: Mapping[UUID, Any]) -> Rows:
    columns = sorted({name for row in wanted.values() for name in row} or _value_columns(table, key))
    statement = select(*(table.c[name] for name in (*key, *columns))).where(table.c.item_id.in_(list(owners)))
    size = len(key)
    return {tuple(row[:size]): dict(zip(columns, row[size:], strict=True)) for row in connection.execute(statement)}


def _value_columns(table: Table, key: Sequence[str]) -> set[str]:
    return {column.name for column in table.columns} - {*key, "id", "version"}
