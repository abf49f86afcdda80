"""What panels show about stock: the document behind a movement, and an item's last thirty days."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from ims_desktop.database.listing import one_or_gone
from ims_desktop.domain.listing import Filter, ListQuery, Match
from ims_desktop.domain.work import read
from ims_desktop.features.items.rules import places
from ims_desktop.features.stock.service.books import AT
from ims_desktop.features.stock.service.levels import LevelKey, LevelRow, levels


@dataclass(frozen=True, slots=True)
class Line:
    """One movement of a document."""

    id: int
    item_id: UUID
    item: str
    unit: str
    location_id: UUID
    location: str
    quantity: Decimal
    value: Decimal | None
    correction: Decimal | None
    given: Decimal | None
    entered: str | None
    reason: str | None
    note: str
    undone_by: int | None

    @property
    def decimals(self) -> int:
        """How many decimals its quantity shows."""
        return places(self.unit, self.quantity)


@dataclass(frozen=True, slots=True)
class Correction:
    """A later change of the value of a movement: why, from when it counts, and the document that caused it."""

    effective_at: datetime
    cause: str
    document: UUID
    number: int
    posted_at: datetime
    value: Decimal | None
    mine: bool
    is_over: bool  # it was undone, or undoes another

    @property
    def is_price(self) -> bool:
        """Whether it is a change of prices, which can be taken back."""
        return self.cause in ("PRICE", "LANDED") and not self.is_over


@dataclass(frozen=True, slots=True)
class PostedDocument:
    """The document a movement belongs to; `line` is the movement it was looked up by."""

    id: UUID
    number: int
    kind: str
    site_id: UUID
    site: str
    currency: str
    effective_at: datetime
    posted_at: datetime
    by: str
    mine: bool
    supplier_id: UUID | None
    supplier: str | None
    reference: str
    note: str
    reverses: int | None
    line_count: int
    value: Decimal | None
    line: Line
    lines: tuple[Line, ...]
    corrections: tuple[Correction, ...]

    @property
    def is_undone(self) -> bool:
        """Whether the movement was undone."""
        return self.line.undone_by is not None

    @property
    def priced(self) -> tuple[Line, ...]:
        """The lines whose price was given, and may turn out to be another."""
        if self.reverses is not None or self.kind not in PRICED:
            return ()
        return tuple(line for line in self.lines if line.given is not None and line.quantity > 0 and not line.undone_by)

    @property
    def price_change(self) -> Correction | None:
        """The newest late invoice, or cost of getting it here, that still counts."""
        return next((one for one in reversed(self.corrections) if one.is_price), None)

    @property
    def why_kept(self) -> str | None:
        """Why the movement cannot be undone here."""
        if self.kind == "SALE":
            return "A sale is undone by voiding its order."
        if self.reverses is not None:
            return "This is itself an undo."
        return "This was already undone." if self.is_undone else None


@dataclass(frozen=True, slots=True)
class Recent:
    """A recent movement of an item."""

    id: int
    effective_at: datetime
    kind: str
    quantity: Decimal
    reason: str | None
    by: str
    is_undo: bool


@dataclass(frozen=True, slots=True)
class Reserving:
    """An open order that will take some of an item."""

    id: UUID
    number: str
    planned_at: datetime
    customer: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Coming:
    """A transfer that brings some of it; the value, in the currency of the site it goes to, where that may be seen."""

    id: UUID
    number: int
    site: str
    sent_at: datetime
    quantity: Decimal
    value: Decimal | None
    currency: str


@dataclass(frozen=True, slots=True)
class ItemStock:
    """What an item's panel shows about its stock: where it is, how it went, and what moved last."""

    item_id: UUID
    unit: str
    on_hand: Decimal
    places: tuple[tuple[str, Decimal], ...]
    days: tuple[date, ...]
    history: tuple[Decimal, ...]
    par: Decimal | None
    movements: tuple[Recent, ...]
    movement_count: int
    on_the_way: Decimal = Decimal(0)
    transfers: tuple[Coming, ...] = ()
    transfer_count: int = 0
    orders: tuple[Reserving, ...] = ()
    order_count: int = 0


@dataclass(frozen=True, slots=True)
class LevelDetail:
    """What one site has of an item, and how it came to it."""

    row: LevelRow
    stock: ItemStock


PRICED = ("DELIVERY", "ADJUSTMENT", "CUSTOMER_RETURN")

# Numbers travel as text inside JSON, because JSON would make them binary fractions. Who sees stock need
# not see items and places by name: what has no name for them is said to be so, and the document is there all the same.
_LINE = """jsonb_build_object('id', m.id, 'item_id', m.item_id,
    'item', coalesce(i.name, 'An item your roles do not show'), 'unit', coalesce(i.base_unit, ''),
    'location_id', m.location_id, 'location', coalesce(l.name, ''),
    'quantity', m.quantity::text, 'value', CASE WHEN w.seen THEN m.value::text END,
    'correction', (m.worth - m.value)::text,
    'given', (m.given_value
      + coalesce((SELECT sum(c.amount) FROM price_changes c WHERE c.movement_id = m.id), 0))::text,
    'entered', CASE WHEN m.entered_unit IS NOT NULL
      THEN trim_scale(abs(m.entered_quantity))::text || ' ' || m.entered_unit END,
    'reason', r.name, 'note', m.note, 'undone_by', (SELECT u.id FROM valued_movements u WHERE u.reverses_id = m.id))"""

_DOCUMENT = text(f"""
    WITH asked AS (SELECT posting_id FROM valued_movements WHERE id = :movement),
    w AS (SELECT p.*, p.site_id = ANY ((SELECT scope('stock.cost'))::uuid[]) AS seen
          FROM valued_postings p JOIN asked a ON a.posting_id = p.id)
    SELECT w.id, w.number, w.kind, w.site_id, coalesce(s.name, '') AS site, coalesce(s.currency, '') AS currency,
      w.effective_at, w.posted_at, w.reference, w.note, coalesce(b.display_name, '') AS by,
      w.posted_by = (SELECT me()) AS mine, w.supplier_id, v.name AS supplier, o.number AS reverses,
      w.line_count, w.worth AS value,
      (SELECT jsonb_agg(line ORDER BY id) FROM (
        SELECT m.id, {_LINE} AS line FROM valued_movements m LEFT JOIN items i ON i.id = m.item_id
        LEFT JOIN storage_locations l ON l.id = m.location_id LEFT JOIN reason_codes r ON r.id = m.reason_id
        WHERE m.posting_id = w.id AND (w.kind <> 'SALE' OR m.id = :movement)
        ORDER BY m.id <> :movement, m.id LIMIT 100) t) AS lines,
      (SELECT jsonb_agg(jsonb_build_object('effective_at', k.effective_at, 'number', q.number,
          'cause', k.cause, 'document', q.id, 'posted_at', k.posted_at, 'mine', q.posted_by = (SELECT me()),
          'is_over', q.reverses_id IS NOT NULL OR EXISTS (SELECT FROM valued_postings u WHERE u.reverses_id = q.id),
          'value', CASE WHEN w.seen THEN k.value::text END) ORDER BY k.id)
        FROM cost_corrections k JOIN valued_postings q ON q.id = k.posting_id
        WHERE k.movement_id = :movement) AS corrections
    FROM w LEFT JOIN sites s ON s.id = w.site_id
    LEFT JOIN members b ON b.id = w.posted_by LEFT JOIN suppliers v ON v.id = w.supplier_id
    LEFT JOIN valued_postings o ON o.id = w.reverses_id""")

_ITEM = text("""
    WITH held AS (SELECT coalesce(sum(c.quantity), 0) AS on_hand FROM valued_stock c
                  WHERE c.item_id = :item AND (CAST(:site AS uuid) IS NULL OR c.site_id = :site)),
    seen AS (SELECT s.id FROM sites s WHERE CAST(:site AS uuid) IS NULL OR s.id = :site),
    day AS (SELECT (now() AT TIME ZONE 'UTC')::date - n AS day FROM generate_series(29, 0, -1) n),
    moved AS (SELECT m.business_day, sum(m.quantity) AS quantity FROM valued_movements m
              WHERE m.item_id = :item AND m.site_id IN (SELECT id FROM seen)
                AND m.effective_at >= now() - interval '32 days' GROUP BY m.business_day),
    recent AS (SELECT m.id, m.effective_at, m.kind, m.quantity::text AS quantity, r.name AS reason,
                 coalesce(b.display_name, '') AS by, m.reverses_id IS NOT NULL AS is_undo
               FROM valued_movements m
               LEFT JOIN reason_codes r ON r.id = m.reason_id LEFT JOIN members b ON b.id = m.posted_by
               WHERE m.item_id = :item AND m.site_id IN (SELECT id FROM seen)
               ORDER BY m.effective_at DESC, m.id DESC LIMIT 5),
    coming AS (SELECT x.transfer_id, t.number, t.effective_at, coalesce(s.name, '') AS site,
                 coalesce(o.currency, '') AS currency, sum(l.under_way) AS quantity, sum(l.value_there) AS value
               FROM under_way x JOIN transfer_lines l ON l.id = x.movement_id JOIN transfers t ON t.id = x.transfer_id
               LEFT JOIN sites s ON s.id = x.site_id LEFT JOIN sites o ON o.id = x.to_site_id
               WHERE x.item_id = :item AND x.to_site_id IN (SELECT id FROM seen)
               GROUP BY x.transfer_id, t.number, t.effective_at, s.name, o.currency),
    reserving AS (SELECT o.id, o.number, o.placed_at AS planned_at, coalesce(c.name, '') AS customer, x.quantity
                  FROM reserving_orders(:item, :site) x JOIN orders o ON o.id = x.order_id
                  LEFT JOIN customers c ON c.id = o.customer_id)
    SELECT i.id AS item_id, i.base_unit AS unit, h.on_hand,
      (SELECT coalesce(sum(x.quantity), 0) FROM coming x) AS on_the_way,
      (SELECT jsonb_agg(jsonb_build_object('id', x.transfer_id, 'number', x.number, 'site', x.site,
          'sent_at', x.effective_at, 'quantity', x.quantity::text, 'value', x.value::text, 'currency', x.currency)
          ORDER BY x.effective_at, x.number)
        FROM (SELECT * FROM coming ORDER BY effective_at, number LIMIT 6) x) AS transfers,
      (SELECT count(*) FROM coming) AS transfer_count,
      (SELECT jsonb_agg(jsonb_build_array(l.name, v.on_hand::text) ORDER BY l.walk_order, l.name) FROM stock_levels v
        JOIN storage_locations l ON l.id = v.location_id
        WHERE v.item_id = i.id AND v.on_hand <> 0 AND v.site_id IN (SELECT id FROM seen)) AS places,
      (SELECT jsonb_agg(jsonb_build_array(d.day, (h.on_hand - coalesce(
          (SELECT sum(quantity) FROM moved WHERE business_day > d.day), 0))::text) ORDER BY d.day)
          FROM day d) AS history,
      (SELECT sum(g.par) FROM item_site_settings g
        WHERE g.item_id = i.id AND g.site_id IN (SELECT id FROM seen)) AS par,
      (SELECT jsonb_agg(to_jsonb(x) ORDER BY x.effective_at DESC, x.id DESC) FROM recent x) AS movements,
      (SELECT jsonb_agg(jsonb_build_object('id', x.id, 'number', x.number, 'planned_at', x.planned_at,
          'customer', x.customer, 'quantity', x.quantity::text) ORDER BY x.planned_at, x.number)
        FROM (SELECT * FROM reserving ORDER BY planned_at, number LIMIT 6) x) AS orders,
      (SELECT count(*) FROM reserving) AS order_count,
      (SELECT count(*) FROM valued_movements m
        WHERE m.item_id = i.id AND m.site_id IN (SELECT id FROM seen)) AS movement_count
    FROM items i CROSS JOIN held h WHERE i.id = :item""")


@read
def document_of(connection: Connection, movement: int) -> PostedDocument:
    """The document of a movement with its first hundred lines; of a sale only the movement itself."""
    found = connection.execute(_DOCUMENT, {"movement": movement}).mappings().one_or_none()
    row = dict(one_or_gone(found, "movement"))
    lines = tuple(_line(line) for line in row.pop("lines"))
    corrections = tuple(map(_correction, row.pop("corrections") or ()))
    asked = next(line for line in lines if line.id == movement)
    return PostedDocument(**row, line=asked, lines=lines, corrections=corrections)


@read
def level(connection: Connection, key: LevelKey) -> LevelDetail:
    """One item at one site, now or at a moment: its row in the list, and how its stock went; two statements."""
    item, site, moment = key
    about = () if moment is None else (Filter(AT, Match.BETWEEN, (None, moment)),)
    chosen = ListQuery(filters=(Filter("item", Match.IN, (item,)), *about), site=site, limit=1)
    rows = levels(connection, chosen).rows
    row = one_or_gone(rows[0] if rows else None, "item")
    return LevelDetail(row, item_stock(connection, item, site))


@read
def item_stock(connection: Connection, item: UUID, site: UUID | None) -> ItemStock:
    """Where an item is, how its stock went in thirty days, and its last movements; at a site or at all of them."""
    found = connection.execute(_ITEM, {"item": item, "site": site}).mappings().one_or_none()
    row = dict(one_or_gone(found, "item"))
    history = row.pop("history")
    return ItemStock(
        item_id=row["item_id"],
        unit=row["unit"],
        on_hand=row["on_hand"],
        places=tuple((name, Decimal(quantity)) for name, quantity in row["places"] or ()),
        days=tuple(date.fromisoformat(day) for day, _quantity in history),
        history=tuple(Decimal(quantity) for _day, quantity in history),
        par=row["par"],
        movements=tuple(_recent(moved) for moved in row["movements"] or ()),
        movement_count=row["movement_count"],
        on_the_way=row["on_the_way"],
        transfers=tuple(_coming(sent) for sent in row["transfers"] or ()),
        transfer_count=row["transfer_count"],
        orders=tuple(_reserving(order) for order in row["orders"] or ()),
        order_count=row["order_count"],
    )


def _correction(found: dict[str, Any]) -> Correction:
    return Correction(
        datetime.fromisoformat(found["effective_at"]),
        found["cause"],
        UUID(found["document"]),
        found["number"],
        datetime.fromisoformat(found["posted_at"]),
        _number(found["value"]),
        found["mine"],
        found["is_over"],
    )


def _line(line: dict[str, str]) -> Line:
    told: dict[str, object] = dict(line)
    told |= {"item_id": UUID(line["item_id"]), "quantity": Decimal(line["quantity"])}
    told |= {"value": _number(line["value"]), "correction": _number(line["correction"])}
    told["location_id"] = UUID(line["location_id"])
    told["given"] = _number(line["given"])
    return Line(**told)  # type: ignore[arg-type]


def _reserving(order: dict[str, str]) -> Reserving:
    at, quantity = datetime.fromisoformat(order["planned_at"]), Decimal(order["quantity"])
    return Reserving(UUID(order["id"]), order["number"], at, order["customer"], quantity)


def _coming(sent: dict[str, Any]) -> Coming:
    at, quantity = datetime.fromisoformat(sent["sent_at"]), Decimal(sent["quantity"])
    told = {**sent, "id": UUID(sent["id"]), "sent_at": at, "quantity": quantity, "value": _number(sent["value"])}
    return Coming(**told)


def _recent(moved: dict[str, str]) -> Recent:
    at, quantity = datetime.fromisoformat(moved["effective_at"]), Decimal(moved["quantity"])
    return Recent(**{**moved, "effective_at": at, "quantity": quantity})  # type: ignore[arg-type]


def _number(written: str | None) -> Decimal | None:
    return None if written is None else Decimal(written)
