"""Waste and adjustments: what an entry may choose from, what is known about its item, and what was recorded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, RowMapping, text

from ims_desktop.database.listing import one_or_gone
from ims_desktop.domain.listing import Filter, ListQuery, Match, Page, Summary
from ims_desktop.domain.valuation import Cost
from ims_desktop.domain.wording import Words
from ims_desktop.domain.work import read
from ims_desktop.features.adjustments.rules import (
    EntryItem,
    HeldLot,
    KnownHere,
    KnownItem,
    KnownReason,
    PlaceHeld,
    weekly,
)
from ims_desktop.features.adjustments.service.dishes import known_dishes
from ims_desktop.features.items.rules import item_units
from ims_desktop.features.items.service.choosing import packs_from
from ims_desktop.features.sites.service import Option
from ims_desktop.features.stock.service import (
    Kind,
    MovementRow,
    log,
    log_summary,
)
from ims_desktop.features.stock.service.movements import movements_today

MOST_FOUND, MOST_KNOWN = 20, 20_000
CLASSES: Mapping[str, Words] = {
    "WASTE": "Waste",
    "COST_OF_FOOD": "Cost of food",
    "NEITHER": "Neither waste nor food cost",
}


@dataclass(frozen=True, slots=True)
class LastWaste:
    """An earlier entry of waste of the same item."""

    id: int
    effective_at: datetime
    quantity: Decimal
    reason: str
    note: str
    by: str


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """What the panel beside an entry shows: the item as it is now, its waste by week, and the last entries."""

    item: EntryItem
    category: str
    weeks: tuple[Decimal, ...]
    last: tuple[LastWaste, ...]
    waste_count: int


@dataclass(frozen=True, slots=True)
class Today:
    """What was recorded on the site's business day, newest first; undone entries are there, their undoing is not."""

    rows: tuple[MovementRow, ...]

    @property
    def counting(self) -> tuple[MovementRow, ...]:
        """The entries that are not undone."""
        return tuple(row for row in self.rows if row.undone_by is None)

    @property
    def value(self) -> Decimal | None:
        """What they are worth; None to those who may not see it."""
        values = [row.value for row in self.counting]
        return None if None in values else sum((value for value in values if value is not None), Decimal(0))


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """Waste or adjustments of one reason over the days asked for; what left stock is negative."""

    id: UUID
    reason: str
    cost_class: str
    entries: int
    items: int
    value: Decimal | None
    share: Decimal | None


# An item at a site as an entry line must know it. Numbers inside JSON travel as text: JSON would make them floats.
_ITEM = """
    SELECT i.id, i.name, i.sku, i.base_unit, i.grams_per_millilitre, i.grams_per_each, g.par, g.home_location_id,
      c.name AS category, k.quantity, k.value, k.average_cost,
      :site = ANY ((SELECT scope('stock.cost'))::uuid[]) AS seen,
      :site <> ALL ((SELECT stock_sites())::uuid[]) AS hidden,
      (SELECT json_agg(json_build_array(u.name, u.quantity::text, u.of_unit) ORDER BY u.name)
        FROM item_units u WHERE u.item_id = i.id) AS packs,
      (SELECT json_agg(json_build_array(v.location_id, l.name, v.on_hand::text) ORDER BY l.walk_order, l.name)
        FROM stock_levels v JOIN storage_locations l ON l.id = v.location_id
        WHERE v.site_id = :site AND v.item_id = i.id) AS places, i.tracks_lots,
      CASE WHEN i.tracks_lots <> 'NO' THEN (
        SELECT json_agg(json_build_array(t.code, t.expires_on, z.location_id, z.on_hand::text)
          ORDER BY t.expires_on NULLS LAST, t.arrived_at, t.code)
        FROM stock_lots z JOIN lots t ON t.id = z.lot_id
        WHERE z.site_id = :site AND z.item_id = i.id AND z.on_hand > 0) END AS lots"""
_WASTED = """,
      (SELECT json_agg(json_build_array(d.ago, d.quantity::text)) FROM (
        SELECT (now()::date - m.business_day) AS ago, -sum(m.quantity) AS quantity FROM valued_movements m
        WHERE m.site_id = :site AND m.item_id = i.id AND m.kind = 'WASTE'
          AND m.effective_at > now() - interval '56 days'
        GROUP BY m.business_day) d) AS wasted"""
_FROM = """
    FROM items i JOIN categories c ON c.id = i.category_id
    LEFT JOIN item_site_settings g ON g.item_id = i.id AND g.site_id = :site
    LEFT JOIN valued_stock k ON k.item_id = i.id AND k.site_id = :site"""

_FIND = text(f"""{_ITEM} {_WASTED}, s.unit {_FROM}
    LEFT JOIN item_barcodes s ON s.item_id = i.id AND s.gtin = :text
    WHERE i.is_active AND (s.gtin IS NOT NULL OR NOT EXISTS (
      SELECT FROM unnest(string_to_array(:text, ' ')) w WHERE strpos(i.sort_name, public.sort_key(w)) = 0
        AND strpos(i.sort_sku, public.sort_key(w)) = 0))
    ORDER BY s.gtin IS NULL, NOT starts_with(i.sort_name, public.sort_key(:text)), i.sort_name LIMIT :most""")

_FACTS = text(f"""{_ITEM} {_WASTED}, NULL AS unit,
      (SELECT json_agg(to_jsonb(x) ORDER BY x.effective_at DESC, x.id DESC) FROM (
        SELECT m.id, m.effective_at, (-m.quantity)::text AS quantity, coalesce(r.name, '') AS reason, m.note,
          coalesce(b.display_name, '') AS by
        FROM valued_movements m
        LEFT JOIN reason_codes r ON r.id = m.reason_id LEFT JOIN members b ON b.id = m.posted_by
        WHERE m.site_id = :site AND m.item_id = i.id AND m.kind = 'WASTE' AND m.reverses_id IS NULL
          AND NOT EXISTS (SELECT FROM valued_movements u WHERE u.reverses_id = m.id)
        ORDER BY m.effective_at DESC, m.id DESC LIMIT 3) x) AS last,
      (SELECT count(*) FROM valued_movements m WHERE m.site_id = :site AND m.item_id = i.id AND m.kind = 'WASTE'
        AND m.reverses_id IS NULL) AS waste_count {_FROM}
    WHERE i.id = :item""")

_THESE = text(f"{_ITEM} {_WASTED}, NULL AS unit {_FROM} WHERE i.id = ANY (CAST(:items AS uuid[]))")

# Everything that entering at a site needs, in one statement: what it says was so at one moment.
_KNOWN = text(f"""
    WITH known AS ({_ITEM},
      (SELECT json_agg(json_build_array(b.gtin, b.unit)) FROM item_barcodes b WHERE b.item_id = i.id) AS barcodes
      {_FROM}
      WHERE i.is_active ORDER BY i.sort_name LIMIT :most)
    SELECT now() AS at, (SELECT json_agg(to_jsonb(r)) FROM (
        SELECT id, name, class, kinds FROM reason_codes WHERE is_active ORDER BY sort_order) r) AS reasons,
      (SELECT json_agg(json_build_array(l.id, l.name) ORDER BY l.walk_order, l.name) FROM storage_locations l
        WHERE l.site_id = :site AND l.is_active) AS locations,
      known.* FROM (VALUES (1)) one LEFT JOIN known ON true""")

_USUAL = text("""
    SELECT DISTINCT ON (m.item_id) m.item_id, m.reason_id FROM valued_movements m
    JOIN reason_codes r ON r.id = m.reason_id AND r.is_active
    WHERE m.posted_by = (SELECT me()) AND m.site_id = :site AND m.kind = :kind AND m.kind IN ('WASTE', 'ADJUSTMENT')
      AND m.reverses_id IS NULL AND m.posted_at > now() - interval '90 days'
    ORDER BY m.item_id, m.posted_at DESC, m.id DESC""")

_BY_REASON = text("""
    WITH sums AS (
      SELECT k.reason_id, count(*) FILTER (WHERE k.cause IS NULL AND NOT k.is_undo)
          - count(*) FILTER (WHERE k.cause IS NULL AND k.is_undo) AS entries,
        count(DISTINCT k.item_id) AS items, sum(k.value) AS value,
        bool_and(k.site_id = ANY ((SELECT scope('stock.cost'))::uuid[])) AS seen
      FROM cost_lines k
      WHERE k.kind = :kind AND k.business_day BETWEEN :low AND :high
        AND (CAST(:site AS uuid) IS NULL OR k.site_id = :site)
      GROUP BY k.reason_id)
    SELECT r.id, r.name AS reason, r.class AS cost_class, s.entries, s.items,
      CASE WHEN s.seen THEN s.value END AS value,
      CASE WHEN s.seen THEN abs(s.value) / nullif(sum(abs(s.value)) OVER (), 0) END AS share
    FROM sums s JOIN reason_codes r ON r.id = s.reason_id WHERE s.entries > 0 OR s.value <> 0
    ORDER BY s.value, r.sort_order""")


@read
def find_items(connection: Connection, site: UUID, typed: str) -> tuple[EntryItem, ...]:
    """Active items by name or SKU, or the one whose barcode was scanned, as they are at the site."""
    sent = {"site": site, "text": " ".join(typed.split()), "most": MOST_FOUND}
    return tuple(_entry_item(row) for row in connection.execute(_FIND, sent).mappings())


@read
def entry_facts(connection: Connection, site: UUID, item: UUID) -> EntryFacts:
    """Everything the panel beside an entry shows."""
    row = one_or_gone(connection.execute(_FACTS, {"site": site, "item": item}).mappings().one_or_none(), "item")
    last = tuple(
        LastWaste(
            **{**one, "effective_at": datetime.fromisoformat(one["effective_at"]), "quantity": Decimal(one["quantity"])}
        )
        for one in row["last"] or ()
    )
    return EntryFacts(_entry_item(row), row["category"], _weeks(row), last, row["waste_count"])


@read
def entry_items(connection: Connection, site: UUID, items: tuple[UUID, ...]) -> tuple[EntryItem, ...]:
    """These items as they are at the site, whether active or not."""
    sent = {"site": site, "items": list(items)}
    return tuple(_entry_item(row) for row in connection.execute(_THESE, sent).mappings())


@read
def known_here(connection: Connection, site: UUID) -> KnownHere:
    """What a desk remembers of a site for the time without a server; two statements."""
    rows = connection.execute(_KNOWN, {"site": site, "most": MOST_KNOWN}).mappings().all()
    first = rows[0]
    return KnownHere(
        first["at"],
        tuple(_known_item(row) for row in rows if row["id"] is not None),
        tuple(
            KnownReason(UUID(one["id"]), one["name"], CLASSES[one["class"]], tuple(one["kinds"]))
            for one in first["reasons"] or ()
        ),
        tuple((UUID(key), name) for key, name in first["locations"] or ()),
        known_dishes(connection, site),
    )


@read
def usual_reasons(connection: Connection, kind: Kind, site: UUID) -> Mapping[UUID, UUID]:
    """By item the reason that the person gave last for it at the site, in the last months."""
    sent = {"kind": kind.value, "site": site}
    return {row.item_id: row.reason_id for row in connection.execute(_USUAL, sent)}


@read
def reasons_for(connection: Connection, kind: Kind) -> tuple[Option, ...]:
    """The reasons that may be given for a kind of document, with the class of each."""
    rows = connection.execute(
        text("SELECT id, name, class FROM reason_codes WHERE is_active AND :kind = ANY (kinds) ORDER BY sort_order"),
        {"kind": kind.value},
    )
    return tuple(Option(key, name, CLASSES[of]) for key, name, of in rows)


@read
def locations_of(connection: Connection, site: UUID) -> tuple[Option, ...]:
    """The open storage locations of a site in walk order."""
    rows = connection.execute(
        text("SELECT id, name FROM storage_locations WHERE site_id = :site AND is_active ORDER BY walk_order, name"),
        {"site": site},
    )
    return tuple(Option(key, name) for key, name in rows)


@read
def recorded_today(connection: Connection, kind: Kind, site: UUID) -> Today:
    """What was recorded on the business day that now is."""
    return Today(movements_today(connection, kind, site))


@read
def waste_log(connection: Connection, query: ListQuery) -> Page[MovementRow]:
    """A page of all waste."""
    page: Page[MovementRow] = log(connection, _of(query, Kind.WASTE))
    return page


@read
def waste_log_summary(connection: Connection, query: ListQuery) -> Summary:
    """How much waste there is, and what it was worth."""
    summary: Summary = log_summary(connection, _of(query, Kind.WASTE))
    return summary


@read
def adjustment_log(connection: Connection, query: ListQuery) -> Page[MovementRow]:
    """A page of all adjustments."""
    page: Page[MovementRow] = log(connection, _of(query, Kind.ADJUSTMENT))
    return page


@read
def adjustment_log_summary(connection: Connection, query: ListQuery) -> Summary:
    """How many adjustments there are, and what they changed."""
    summary: Summary = log_summary(connection, _of(query, Kind.ADJUSTMENT))
    return summary


@read
def waste_by_reason(connection: Connection, query: ListQuery) -> Page[ReasonRow]:
    """Waste by reason over the chosen days, the costliest first."""
    return Page(_reasons(connection, query, Kind.WASTE))


@read
def waste_by_reason_summary(connection: Connection, query: ListQuery) -> Summary:
    """All reasons of waste together."""
    return _together(_reasons(connection, query, Kind.WASTE))


@read
def adjustments_by_reason(connection: Connection, query: ListQuery) -> Page[ReasonRow]:
    """Adjustments by reason over the chosen days."""
    return Page(_reasons(connection, query, Kind.ADJUSTMENT))


@read
def adjustments_by_reason_summary(connection: Connection, query: ListQuery) -> Summary:
    """All reasons of adjustments together."""
    return _together(_reasons(connection, query, Kind.ADJUSTMENT))


def _of(query: ListQuery, kind: Kind) -> ListQuery:
    return replace(query, filters=(*query.filters, Filter("kind", Match.IN, (kind.value,))))


def _reasons(connection: Connection, query: ListQuery, kind: Kind) -> tuple[ReasonRow, ...]:
    chosen = (chip.values for chip in query.filters if chip.key == "day" and chip.test is Match.BETWEEN)
    low, high = next(chosen, (None, None))
    sent = {"low": low or "-infinity", "high": high or "infinity", "site": query.site, "kind": kind.value}
    rows = connection.execute(_BY_REASON, sent).mappings()
    return tuple(ReasonRow(**{**row, "cost_class": CLASSES[row["cost_class"]]}) for row in rows)


def _together(rows: Sequence[ReasonRow]) -> Summary:
    values = [row.value for row in rows if row.value is not None]
    entries = Decimal(sum(row.entries for row in rows))
    return Summary(len(rows), {"value": sum(values, Decimal(0)), "entries": entries})


def _entry_item(row: RowMapping) -> EntryItem:
    quantity = row["quantity"] or Decimal(0)
    cost = Cost(quantity, row["value"] or Decimal(0), row["average_cost"] or Decimal(0)) if row["seen"] else None
    packs = packs_from(row["packs"])
    return EntryItem(
        id=row["id"],
        name=row["name"],
        sku=row["sku"],
        units=item_units(row["base_unit"], packs, row["grams_per_millilitre"], row["grams_per_each"]),
        unit=row["unit"],
        on_hand=quantity,
        cost=cost,
        par=row["par"],
        home_id=row["home_location_id"],
        places=tuple(PlaceHeld(UUID(key), name, Decimal(held)) for key, name, held in row["places"] or ()),
        worst_week=max(_weeks(row)),
        tracks_lots=row["tracks_lots"],
        lots=_lots(row),
        is_hidden=row["hidden"],
    )


def _known_item(row: RowMapping) -> KnownItem:
    quantity = row["quantity"] or Decimal(0)
    return KnownItem(
        id=row["id"],
        name=row["name"],
        sku=row["sku"],
        base=row["base_unit"],
        packs=tuple((pack.name, pack.quantity, pack.of_unit) for pack in packs_from(row["packs"])),
        grams_per_millilitre=row["grams_per_millilitre"],
        grams_per_each=row["grams_per_each"],
        barcodes=tuple((gtin, unit) for gtin, unit in row["barcodes"] or ()),
        on_hand=quantity,
        cost=(quantity, row["value"] or Decimal(0), row["average_cost"] or Decimal(0)) if row["seen"] else None,
        par=row["par"],
        home_id=row["home_location_id"],
        places=tuple((UUID(key), name, Decimal(held)) for key, name, held in row["places"] or ()),
        tracks_lots=row["tracks_lots"],
        lots=_lots(row),
        is_hidden=row["hidden"],
    )


def _lots(row: RowMapping) -> tuple[HeldLot, ...]:
    return tuple(
        HeldLot(code, date.fromisoformat(day) if day else None, UUID(place), Decimal(held))
        for code, day, place, held in row["lots"] or ()
    )


def _weeks(row: RowMapping) -> tuple[Decimal, ...]:
    days: Sequence[Any] = row["wasted"] or ()
    return weekly((ago, Decimal(quantity)) for ago, quantity in days)
