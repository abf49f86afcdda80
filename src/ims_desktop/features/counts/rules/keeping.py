"""What a desk keeps of a count while the server is away: entries that wait, and the sheet as it was last read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from ims_desktop.domain.finding import found_among, is_scanned
from ims_desktop.domain.units import ItemUnits
from ims_desktop.features.counts.rules.lines import CountEntry, CountLine
from ims_desktop.features.counts.rules.lots import LotThere
from ims_desktop.features.counts.rules.pasting import Countable
from ims_desktop.features.items.rules import Pack, item_units

AFTER_ALL = 2**62  # numbers of entries that have none from the server yet: they came last
MOST_FOUND = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """Something counted, on its way to the server under its desk's own key.

    `typed` is what was written, `unit` what a bare number meant. Without a time it is so when the server gets it; one
    that takes another back is so at the time of that one. Without a quantity it does nothing else.
    """

    key: UUID
    location_id: UUID
    item_id: UUID
    quantity: Decimal | None
    typed: str = ""
    unit: str | None = None
    note: str = ""
    counted_at: datetime | None = None
    takes_back: int | None = None
    lot: str | None = None
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """An entry with its sheet, as the journal of a PC keeps it."""

    key: UUID
    sheet_id: UUID
    entry: Entry


@dataclass(frozen=True, slots=True)
class CountedBlock:
    """The rows of a block that was pasted, with their sheet, as the journal of a PC keeps them: all or none."""

    key: UUID
    sheet_id: UUID
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class KnownLine:
    """A line as it was read, in plain values that can be kept in a file."""

    item_id: UUID
    location_id: UUID
    number: int
    name: str
    sku: str
    shelf: str
    base: str
    packs: tuple[Pack, ...]
    grams_per_millilitre: Decimal | None
    grams_per_each: Decimal | None
    is_found: bool
    recount_after: int | None
    entries: tuple[CountEntry, ...]
    system: Decimal | None
    barcodes: tuple[tuple[str, str], ...] = ()
    by_lots: bool = False
    asks_day: bool = False
    lots: tuple[LotThere, ...] = ()

    @property
    def units(self) -> ItemUnits:
        """The units of the item."""
        return item_units(self.base, self.packs, self.grams_per_millilitre, self.grams_per_each)

    def line(self) -> CountLine:
        """The line of the sheet."""
        return CountLine(
            item_id=self.item_id,
            location_id=self.location_id,
            number=self.number,
            name=self.name,
            sku=self.sku,
            shelf=self.shelf,
            units=self.units,
            is_found=self.is_found,
            recount_after=self.recount_after,
            entries=self.entries,
            system=self.system,
            by_lots=self.by_lots,
            asks_day=self.asks_day,
            lots=self.lots,
        )


def with_kept(lines: Iterable[CountLine], kept: Iterable[tuple[Entry, CountEntry]]) -> tuple[CountLine, ...]:
    """The lines with what this PC keeps for them; what the server has by now is not added again."""
    waiting: dict[tuple[UUID, UUID], list[CountEntry]] = {}
    for entry, shown in kept:
        waiting.setdefault((entry.location_id, entry.item_id), []).append(shown)
    return tuple(_with(line, waiting.get((line.location_id, line.item_id), ())) for line in lines)


def _with(line: CountLine, waiting: Sequence[CountEntry]) -> CountLine:
    there = {entry.key for entry in line.entries}
    added = tuple(replace(entry, id=AFTER_ALL + place) for place, entry in enumerate(waiting) if entry.key not in there)
    return replace(line, entries=(*line.entries, *added)) if added else line


def by_names(lines: Iterable[KnownLine], names: Iterable[str]) -> dict[str, Countable]:
    """Items on the sheet by SKU or barcode as they were written, in lower letters; a barcode in its own pack."""
    found = dict[str, Countable]()
    for line in lines:
        found.setdefault(line.sku.casefold(), _countable(line))
        for code, unit in line.barcodes:
            found[code.lstrip("0")] = _countable(line, unit)
    asked = {name.casefold() for name in names if name}
    known = {name: found.get(name) or found.get(name.lstrip("0")) for name in asked}
    return {name: item for name, item in known.items() if item is not None}


def _countable(line: KnownLine, unit: str | None = None) -> Countable:
    return Countable(line.item_id, line.name, line.sku, line.units, unit or line.base, line.by_lots, line.asks_day)


def by_words(lines: Iterable[KnownLine], typed: str) -> tuple[Countable, ...]:
    """Items on the sheet by name or SKU, or the one whose barcode was scanned, as the server finds them."""
    items = {line.item_id: line for line in lines}
    found = found_among(
        sorted(items.values(), key=lambda line: line.name),
        typed,
        lambda line: (line.name, line.sku),
        lambda line: any(is_scanned(code, typed) for code, _unit in line.barcodes),
        MOST_FOUND,
    )
    scanned = {line.item_id: unit for line in found for code, unit in line.barcodes if is_scanned(code, typed)}
    return tuple(_countable(line, scanned.get(line.item_id)) for line in found)
