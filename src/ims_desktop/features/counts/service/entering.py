"""Entering a count: the lines of an area, entries appended to them, and items by what was scanned or pasted."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from ims_desktop.domain.work import Changed, call, read
from ims_desktop.features.counts.rules import (
    Countable,
    Counted,
    CountedBlock,
    CountEntry,
    CountLine,
    Entry,
    KnownLine,
    LotThere,
)
from ims_desktop.features.counts.service.sheets import SUBJECTS
from ims_desktop.features.items.rules import item_units
from ims_desktop.features.items.service.choosing import packs_from

MOST_FOUND = 20


# Numbers inside JSON travel as text: JSON would make them floats.
_UNITS = """(SELECT json_agg(json_build_array(u.name, u.quantity::text, u.of_unit) ORDER BY u.name)
        FROM item_units u WHERE u.item_id = i.id) AS packs"""
_LOTS = """i.tracks_lots <> 'NO' AS by_lots,
      i.tracks_lots = 'EXPIRY' AND i.shelf_life_days IS NULL AS asks_day"""
_LINES = text(f"""
    SELECT l.item_id, l.location_id, i.name, i.sku, l.shelf, i.base_unit, i.grams_per_millilitre, i.grams_per_each,
      l.is_found, l.recount_after, {_UNITS}, {_LOTS},
      CASE WHEN NOT s.is_blind THEN coalesce(v.on_hand, 0) END AS system,
      (SELECT json_agg(json_build_array(e.id, e.quantity::text, e.typed, e.note, e.counted_at, e.takes_back,
          e.entered_by, m.display_name, e.device, e.key, e.lot, e.expires_on) ORDER BY e.id)
        FROM count_entries e LEFT JOIN members m ON m.id = e.entered_by
        WHERE e.sheet_id = l.sheet_id AND e.location_id = l.location_id AND e.item_id = l.item_id) AS entries,
      (SELECT json_agg(json_build_array(b.gtin, b.unit)) FROM item_barcodes b WHERE b.item_id = i.id) AS barcodes,
      CASE WHEN i.tracks_lots <> 'NO' AND NOT s.is_blind THEN (
        SELECT json_agg(json_build_array(t.code, t.expires_on, z.on_hand::text)
          ORDER BY t.expires_on NULLS LAST, t.arrived_at, t.code)
        FROM stock_lots z JOIN lots t ON t.id = z.lot_id
        WHERE z.site_id = l.site_id AND z.location_id = l.location_id AND z.item_id = l.item_id AND z.on_hand > 0
      ) END AS lots
    FROM count_lines l JOIN count_sheets s ON s.id = l.sheet_id JOIN items i ON i.id = l.item_id
    JOIN count_areas a ON a.sheet_id = l.sheet_id AND a.location_id = l.location_id
    LEFT JOIN stock_levels v ON v.location_id = l.location_id AND v.item_id = l.item_id
    WHERE l.sheet_id = :sheet AND (CAST(:location AS uuid) IS NULL OR l.location_id = :location)
      AND (CAST(:item AS uuid) IS NULL OR l.item_id = :item)
    ORDER BY a.place, l.is_found, l.place, i.sort_name""")
_ADD = text("""
    SELECT add_count_entries(:sheet, CAST(:keys AS uuid[]), CAST(:locations AS uuid[]), CAST(:items AS uuid[]),
      CAST(:quantities AS numeric[]), CAST(:typed AS text[]), CAST(:units AS text[]), CAST(:notes AS text[]),
      CAST(:times AS timestamptz[]), CAST(:takes_back AS bigint[]),
      CAST(:lots AS text[]), CAST(:expiries AS date[]))""")
_BEFORE = text("SELECT e.key, e.entered_at FROM count_entries e WHERE e.key = ANY(CAST(:keys AS uuid[]))")
_ITEM = f"SELECT i.id, i.name, i.sku, i.base_unit, i.grams_per_millilitre, i.grams_per_each, {_UNITS}, {_LOTS}"
_FIND = text(f"""{_ITEM}, b.unit FROM items i
    LEFT JOIN item_barcodes b ON b.item_id = i.id AND ltrim(b.gtin, '0') = nullif(ltrim(:text, '0'), '')
    WHERE i.is_active AND (b.gtin IS NOT NULL OR NOT EXISTS (
      SELECT FROM unnest(string_to_array(:text, ' ')) w WHERE strpos(i.sort_name, public.sort_key(w)) = 0
        AND strpos(i.sort_sku, public.sort_key(w)) = 0))
    ORDER BY b.gtin IS NULL, NOT starts_with(i.sort_name, public.sort_key(:text)), i.sort_name LIMIT :most""")
# Each name is folded once and looked up in two ways: one join for both would compare every name with every item.
_NAMED = text(f"""
    WITH names AS MATERIALIZED (
      SELECT w AS written, public.sort_key(w) AS sku,
        CASE WHEN w ~ '^[0-9]+$' THEN nullif(ltrim(w, '0'), '') END AS gtin
      FROM unnest(CAST(:names AS text[])) w
    ), found AS (
      SELECT n.written, i.id AS item_id, NULL AS unit, false AS is_scanned
      FROM names n JOIN items i ON i.sort_sku = n.sku
      UNION ALL
      SELECT n.written, b.item_id, b.unit, true
      FROM names n JOIN item_barcodes b ON ltrim(b.gtin, '0') = n.gtin)
    {_ITEM}, b.unit, b.written FROM found b JOIN items i ON i.id = b.item_id AND i.is_active
    ORDER BY b.is_scanned""")


@read
def lines_of(
    connection: Connection, sheet: UUID, location: UUID | None = None, item: UUID | None = None
) -> tuple[CountLine, ...]:
    """The lines of an area in the order of its shelves, what was found there last; of all areas without one."""
    return tuple(known.line() for known in known_lines(connection, sheet, location, item))


@read
def known_lines(
    connection: Connection, sheet: UUID, location: UUID | None = None, item: UUID | None = None
) -> tuple[KnownLine, ...]:
    """The same lines in values that can be kept."""
    rows = connection.execute(_LINES, {"sheet": sheet, "location": location, "item": item}).mappings()
    return tuple(
        KnownLine(
            item_id=row["item_id"],
            location_id=row["location_id"],
            number=number,
            name=row["name"],
            sku=row["sku"],
            shelf=row["shelf"],
            base=row["base_unit"],
            packs=packs_from(row["packs"]),
            grams_per_millilitre=row["grams_per_millilitre"],
            grams_per_each=row["grams_per_each"],
            is_found=row["is_found"],
            recount_after=row["recount_after"],
            entries=tuple(_entry(said) for said in row["entries"] or ()),
            system=row["system"],
            barcodes=tuple((code, unit) for code, unit in row["barcodes"] or ()),
            by_lots=row["by_lots"],
            asks_day=row["asks_day"],
            lots=tuple(LotThere(code, _day(day), Decimal(held)) for code, day, held in row["lots"] or ()),
        )
        for number, row in enumerate(rows, 1)
    )


@read
def entries_of(connection: Connection, sheet: UUID, item: UUID) -> tuple[CountLine, ...]:
    """Every line of an item on a sheet: what was entered for it, and where."""
    found: tuple[CountLine, ...] = lines_of(connection, sheet, None, item)
    return found


@call
def enter(connection: Connection, sheet: UUID, entries: Sequence[Entry]) -> Changed:
    """Append entries; sent again with their keys they are not added again. Answers how many were new."""
    sent = {
        "sheet": sheet,
        "keys": [entry.key for entry in entries],
        "locations": [entry.location_id for entry in entries],
        "items": [entry.item_id for entry in entries],
        "quantities": [entry.quantity for entry in entries],
        "typed": [entry.typed for entry in entries],
        "units": [entry.unit for entry in entries],
        "notes": [entry.note for entry in entries],
        "times": [entry.counted_at for entry in entries],
        "takes_back": [entry.takes_back for entry in entries],
        "lots": [entry.lot for entry in entries],
        "expiries": [entry.expires_on for entry in entries],
    }
    return Changed(connection.execute(_ADD, sent).scalar_one(), SUBJECTS)


@call
def enter_kept(connection: Connection, counted: Counted) -> Changed:
    """Append an entry that the journal of a PC kept."""
    changed: Changed = enter(connection, counted.sheet_id, (counted.entry,))
    return changed


@call
def enter_block(connection: Connection, block: CountedBlock) -> Changed:
    """Append the rows of a block that the journal of a PC kept; answers how many were new."""
    changed: Changed = enter(connection, block.sheet_id, block.entries)
    return changed


@read
def entered_before(connection: Connection, keys: Sequence[UUID]) -> dict[UUID, datetime]:
    """Which of these entries are on the server, and since when."""
    rows = connection.execute(_BEFORE, {"keys": list(keys)})
    return {row.key: row.entered_at for row in rows}


@call
def finish_area(connection: Connection, sheet: UUID, location: UUID, done: bool) -> Changed:
    """Say that an area is done, or is not after all."""
    connection.execute(
        text("SELECT finish_area(:sheet, :place, :done)"), {"sheet": sheet, "place": location, "done": done}
    )
    return Changed(None, SUBJECTS)


@read
def find(connection: Connection, typed: str) -> tuple[Countable, ...]:
    """Active items by name or SKU, or the one whose barcode was scanned; a barcode keeps its leading zeros or not."""
    rows = connection.execute(_FIND, {"text": " ".join(typed.split()), "most": MOST_FOUND})
    return tuple(_countable(row) for row in rows)


@read
def countables(connection: Connection, names: Sequence[str]) -> dict[str, Countable]:
    """Active items by SKU or barcode as they were written, in lower letters."""
    rows = connection.execute(_NAMED, {"names": sorted({name for name in names if name})})
    return {row.written.casefold(): _countable(row[:-1]) for row in rows}


def _countable(row: Sequence[Any]) -> Countable:
    key, name, sku, base, grams_per_millilitre, grams_per_each, packs, by_lots, asks_day, unit = row
    units = item_units(base, packs_from(packs), grams_per_millilitre, grams_per_each)
    return Countable(key, name, sku, units, unit or base, by_lots, asks_day)


def _entry(said: Any) -> CountEntry:
    key, quantity, typed, note, counted_at, takes_back, by_id, by, device, own_key, lot, expires_on = said
    return CountEntry(
        id=key,
        quantity=None if quantity is None else Decimal(quantity),
        typed=typed,
        note=note,
        counted_at=datetime.fromisoformat(counted_at),
        takes_back=takes_back,
        by_id=UUID(by_id),
        by=by or "",
        device=device,
        key=UUID(own_key),
        lot=lot,
        expires_on=_day(expires_on),
    )


def _day(said: str | None) -> date | None:
    return date.fromisoformat(said) if said else None
