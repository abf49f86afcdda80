"""Orders that people enter: catering, wholesale, internal orders and staff meals, kept open until they are posted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg.types.json import Jsonb
from sqlalchemy import Connection, RowMapping, text

from ims_desktop.database.listing import one_or_gone
from ims_desktop.domain.business_calendar import business_day
from ims_desktop.domain.work import Changed, call, read
from ims_desktop.features.sales.service.posting import SUBJECTS

FOUND = 12
RIGHT, FREE_PRICES = "sales.enter", "sales.price"


@dataclass(frozen=True, slots=True)
class Offered:
    """A modifier that is offered with a dish: which question it answers, and what it adds to the price."""

    id: UUID
    name: str
    price: Decimal
    group: str = ""
    at_least: int = 0  # how many answers its question wants
    at_most: int | None = None


@dataclass(frozen=True, slots=True)
class Sellable:
    """A menu item as an entry line must know it: its price on the day, None where there is none."""

    id: UUID
    code: str
    name: str
    price: Decimal | None
    tax_percent: Decimal
    modifiers: tuple[Offered, ...] = ()

    def price_with(self, modifiers: Sequence[Offered]) -> Decimal | None:
        """What one portion costs by the list, with what was chosen besides."""
        return None if self.price is None else max(self.price + sum(one.price for one in modifiers), Decimal(0))


@dataclass(frozen=True, slots=True)
class EnteredLine:
    """A line as it was entered; the discount is taken off the whole line."""

    item: Sellable
    quantity: Decimal
    unit_price: Decimal
    discount: Decimal = Decimal(0)
    note: str = ""
    modifiers: tuple[Offered, ...] = ()  # of one portion; one that is there twice is wanted twice; in the price


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """An order on its way into the books; `id` is the desk's own name for it, version 0 a new one."""

    id: UUID
    version: int
    site_id: UUID
    kind: str
    placed_at: datetime
    lines: tuple[EnteredLine, ...]
    channel: str = ""
    customer_id: UUID | None = None
    covers: int | None = None
    note: str = ""
    posting_key: UUID | None = None  # it is posted under this key at once


@dataclass(frozen=True, slots=True)
class Kept:
    """What the server answered: the number the order has, and what it comes to."""

    id: UUID
    number: str
    version: int
    net: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """An open order as it is changed."""

    id: UUID
    version: int
    number: str
    site_id: UUID
    kind: str
    placed_at: datetime
    channel: str
    customer_id: UUID | None
    covers: int | None
    note: str
    lines: tuple[EnteredLine, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class ToPost:
    """An open order that is to be posted under a key of its own."""

    key: UUID
    order_id: UUID
    version: int


@dataclass(frozen=True, slots=True)
class ToCancel:
    """An open order that will not be."""

    order_id: UUID
    version: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class EntryTerms:
    """What an order at a site is worked out by."""

    prices_include_tax: bool
    currency: str
    time_zone: str
    day_cutover_hour: int

    def business_day(self, at: datetime) -> date:
        """The day a moment counts to at the site."""
        return business_day(at, ZoneInfo(self.time_zone), time(self.day_cutover_hour))


_OFFERED = """
      (SELECT coalesce(json_agg(json_build_array(d.id, d.name, d.price::text, g.name, g.at_least, g.at_most)
                ORDER BY j.sort_order, g.sort_name, d.sort_order, d.sort_name), '[]')
       FROM menu_item_modifiers j JOIN modifier_groups g ON g.id = j.group_id AND g.is_active
       JOIN modifiers d ON d.group_id = g.id AND d.is_active WHERE j.menu_item_id = m.id)"""
_PRICED = f"""
    SELECT m.id, m.code, btrim(concat_ws(' ', m.name, m.size)) AS name, p.price,
      coalesce(p.tax_percent, 0) AS tax_percent, {_OFFERED} AS modifiers
    FROM menu_items m
    LEFT JOIN LATERAL (
      SELECT x.price, x.tax_percent FROM menu_prices x
      WHERE x.menu_item_id = m.id AND (x.site_id = :site OR x.site_id IS NULL) AND x.valid_from <= :day
      ORDER BY x.site_id IS NULL, x.valid_from DESC LIMIT 1) p ON true"""
_FIND = text(f"""{_PRICED}
    WHERE m.is_available AND NOT EXISTS (
      SELECT FROM unnest(string_to_array(:typed, ' ')) w
      WHERE strpos(m.sort_name, public.sort_key(w)) = 0 AND strpos(m.sort_code, public.sort_key(w)) = 0)
    ORDER BY m.sort_code <> public.sort_key(:typed), NOT starts_with(m.sort_name, public.sort_key(:typed)), m.sort_name,
      m.sort_code
    LIMIT :most""")  # fmt: skip


@read
def find_menu_items(connection: Connection, site: UUID, day: date, typed: str) -> tuple[Sellable, ...]:
    """What may be meant by the letters typed, with its price at the site on that day."""
    found = connection.execute(_FIND, {"site": site, "day": day, "typed": typed.strip(), "most": FOUND}).mappings()
    return tuple(map(_sellable, found))


_PRICES = text(f"{_PRICED} WHERE m.id = ANY (:keys)")


@read
def prices_on(connection: Connection, site: UUID, day: date, keys: Sequence[UUID]) -> Mapping[UUID, Sellable]:
    """These menu items with their prices on another day."""
    found = connection.execute(_PRICES, {"site": site, "day": day, "keys": list(keys)}).mappings()
    return {row["id"]: _sellable(row) for row in found}


def _sellable(row: RowMapping) -> Sellable:
    return Sellable(**{**row, "modifiers": _offered(row["modifiers"])})


def _offered(found: Sequence[Sequence[Any]]) -> tuple[Offered, ...]:
    return tuple(Offered(UUID(key), name, Decimal(price), *more) for key, name, price, *more in found)


_TERMS = text("""
    SELECT s.prices_include_tax, s.currency, s.time_zone, s.day_cutover_hour FROM sites s WHERE s.id = :site""")


_SAVE = text("""
    SELECT (r ->> 'id')::uuid AS id, r ->> 'number' AS number, (r ->> 'version')::int AS version,
      (r ->> 'net')::numeric AS net, (r ->> 'tax')::numeric AS tax
    FROM save_order(:order, :version, :header, CAST(:menu_items AS uuid[]), CAST(:quantities AS numeric[]),
      CAST(:unit_prices AS numeric[]), CAST(:discounts AS numeric[]), CAST(:notes AS text[]),
      CAST(:modified_lines AS int[]), CAST(:modifiers AS uuid[])) r""")
_POST = text("SELECT post_order(:key, :order, :version)")


@call
def save_order(connection: Connection, draft: OrderDraft) -> Changed:
    """Keep an order open; it takes nothing out of stock yet."""
    return Changed(_saved(connection, draft), SUBJECTS)


def record_order(connection: Connection, draft: OrderDraft) -> Changed:
    """Keep an order and post it under its key, both or neither; sent again, it answers the same."""
    kept = _saved(connection, draft)
    if kept.version == _posted_version(draft) or draft.posting_key is None:
        return Changed(kept, SUBJECTS)
    connection.execute(_POST, {"key": draft.posting_key, "order": draft.id, "version": kept.version})
    return Changed(kept, SUBJECTS)


def _posted_version(draft: OrderDraft) -> int:
    """Keeping counts the version up once, posting once more."""
    return draft.version + 2


@call
def post_order(connection: Connection, what: ToPost) -> Changed:
    """Post an open order: its lines are sold and what they use leaves the stock."""
    connection.execute(_POST, {"key": what.key, "order": what.order_id, "version": what.version})
    return Changed(what.order_id, SUBJECTS)


@call
def cancel_order(connection: Connection, what: ToCancel) -> Changed:
    """Keep an open order as one that will not be."""
    sent = {"order": what.order_id, "version": what.version, "reason": what.reason}
    connection.execute(text("SELECT cancel_order(:order, :version, :reason)"), sent)
    return Changed(what.order_id, SUBJECTS)


def _saved(connection: Connection, draft: OrderDraft) -> Kept:
    lines = draft.lines
    header = {
        "site_id": str(draft.site_id), "kind": draft.kind, "channel": draft.channel, "covers": draft.covers,
        "placed_at": draft.placed_at.isoformat(), "note": draft.note,
        "customer_id": str(draft.customer_id) if draft.customer_id else None,
        "posting_key": str(draft.posting_key) if draft.posting_key else None,
    }  # fmt: skip
    sent = {
        "order": draft.id, "version": draft.version, "header": Jsonb(header),
        "menu_items": [line.item.id for line in lines], "quantities": [line.quantity for line in lines],
        "unit_prices": [line.unit_price for line in lines], "discounts": [line.discount for line in lines],
        "notes": [line.note for line in lines],
        "modified_lines": [place for place, line in enumerate(lines, 1) for _one in line.modifiers],
        "modifiers": [one.id for line in lines for one in line.modifiers],
    }  # fmt: skip
    return Kept(**connection.execute(_SAVE, sent).mappings().one())


_OPEN = text(f"""
    SELECT o.id, o.version, o.number, o.site_id, o.kind, o.placed_at, o.channel, o.customer_id, o.covers, o.note,
      (SELECT coalesce(json_agg(json_build_array(l.menu_item_id, m.code, btrim(concat_ws(' ', m.name, m.size)),
                p.price::text, coalesce(p.tax_percent, 0)::text, l.quantity::text, l.unit_price::text, l.discount::text,
                l.note, {_OFFERED},
                (SELECT coalesce(json_agg(json_build_array(d.id, d.name, d.price::text) ORDER BY c.n), '[]')
                 FROM unnest(l.modifiers) WITH ORDINALITY AS c (id, n) JOIN modifiers d ON d.id = c.id)
                ) ORDER BY l.line), '[]')
       FROM planned_lines l LEFT JOIN menu_items m ON m.id = l.menu_item_id
       LEFT JOIN LATERAL (
         SELECT x.price, x.tax_percent FROM menu_prices x
         WHERE x.menu_item_id = l.menu_item_id AND (x.site_id = o.site_id OR x.site_id IS NULL)
           AND x.valid_from <= o.business_day
         ORDER BY x.site_id IS NULL, x.valid_from DESC LIMIT 1) p ON true
       WHERE l.order_id = o.id) AS lines
    FROM orders o WHERE o.id = :key AND o.state = 'OPEN'
""")


@read
def open_order(connection: Connection, key: UUID | str) -> OpenOrder:
    """An open order with its lines."""
    row = one_or_gone(connection.execute(_OPEN, {"key": UUID(str(key))}).mappings().one_or_none(), "open order")
    return OpenOrder(**{**row, "lines": tuple(map(_line, row["lines"]))})


def _line(values: list[Any]) -> EnteredLine:
    key, code, name, price, tax, quantity, unit_price, discount, note, offered, chosen = values
    on_list, known = None if price is None else Decimal(price), _offered(offered)
    item = Sellable(UUID(key), code or "", name or "", on_list, Decimal(tax), known)
    by_id = {one.id: one for one in known}  # one that is offered no longer is still named
    modifiers = tuple(by_id.get(one.id, one) for one in _offered(chosen))
    return EnteredLine(item, Decimal(quantity), Decimal(unit_price), Decimal(discount), note, modifiers)


@read
def entry_terms(connection: Connection, site: UUID) -> EntryTerms:
    """How an order at this site is worked out."""
    return EntryTerms(**one_or_gone(connection.execute(_TERMS, {"site": site}).mappings().one_or_none(), "site"))
