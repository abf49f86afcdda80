"""Transfers as they stand: the list, one in full, and what comes to where somebody receives."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, case, func, literal, null, or_, select, text

from ims_desktop.database.listing import ListSource, one_or_gone
from ims_desktop.domain.listing import ListQuery, Page, Sort, Summary
from ims_desktop.domain.work import read
from ims_desktop.features.sites.tables import SITES
from ims_desktop.features.stock.tables import MEMBERS
from ims_desktop.features.transfers.rules import days_under_way
from ims_desktop.features.transfers.tables import TRANSFERS


@dataclass(frozen=True, slots=True)
class TransferRow:
    """A transfer in the list; its values are in the sender's currency, None to those who may not see its costs."""

    id: UUID
    number: int
    site_id: UUID
    to_site_id: UUID
    site: str
    to_site: str
    currency: str
    effective_at: datetime
    by: str
    reference: str
    lines: int
    waiting: int
    value: Decimal | None
    value_under_way: Decimal | None
    received_at: datetime | None
    state: str

    @property
    def route(self) -> str:
        """Where from and where to."""
        return f"{self.site} → {self.to_site}"

    @property
    def title(self) -> str:
        """What it is called."""
        return f"#{self.number}"

    @property
    def days(self) -> int | None:
        """How many days it is under way."""
        return days_under_way(self.effective_at, datetime.now(UTC)) if self.waiting else None


@dataclass(frozen=True, slots=True)
class SentLot:
    """How much of a line is of a lot, as the sender said, and how much of that is still under way."""

    code: str
    expires_on: date | None
    quantity: Decimal
    under_way: Decimal


@dataclass(frozen=True, slots=True)
class TransferLine:
    """A line of a transfer, both sides of it."""

    id: int
    item_id: UUID
    item: str
    unit: str
    quantity: Decimal
    arrived: Decimal
    back: Decimal
    missing: Decimal
    under_way: Decimal
    value: Decimal | None
    place: str
    home_id: UUID | None
    tracks_lots: bool = False
    lots: tuple[SentLot, ...] = ()


@dataclass(frozen=True, slots=True)
class TransferReceipt:
    """What was said of a transfer at once, by whom; undone when it was taken back."""

    id: UUID
    at: datetime
    by: str
    mine: bool
    what: tuple[str, ...]
    is_undone: bool


@dataclass(frozen=True, slots=True)
class Transfer:
    """A transfer in full; `value_there` is what is under way in the currency of the site it goes to.

    It is None to those who may not see costs there, `rate` to a site of the same currency.
    """

    row: TransferRow
    note: str
    to_currency: str
    rate: Decimal | None
    value_there: Decimal | None
    mine: bool
    lines: tuple[TransferLine, ...]
    receipts: tuple[TransferReceipt, ...]

    @property
    def id(self) -> UUID:
        """Its key."""
        return self.row.id


@dataclass(frozen=True, slots=True)
class Arriving:
    """A transfer that is under way to a site where the person receives."""

    id: UUID
    number: int
    site: str
    to_site: str


_ARRIVING = text("""
    SELECT t.id, t.number, coalesce(s.name, '') AS site, coalesce(x.name, '') AS to_site FROM transfers t
    LEFT JOIN sites s ON s.id = t.site_id LEFT JOIN sites x ON x.id = t.to_site_id
    WHERE t.waiting > 0 AND t.posted_by <> (SELECT me())
      AND t.to_site_id = ANY ((SELECT scope('transfers.receive'))::uuid[]) ORDER BY t.number""")


@read
def arriving(connection: Connection) -> tuple[Arriving, ...]:
    """What others sent to sites where the person receives, the oldest first."""
    return tuple(Arriving(**row) for row in connection.execute(_ARRIVING).mappings())


_TO = SITES.alias("to_sites")
_T = TRANSFERS.c
STATE = case(
    (_T.is_cancelled, literal("cancelled")),
    (and_(_T.waiting > 0, or_(_T.waiting < _T.lines, _T.arrived > 0)), literal("partly")),
    (_T.waiting > 0, literal("under_way")),
    (_T.missing > 0, literal("short")),
    (_T.arrived > 0, literal("arrived")),
    else_=literal("returned"),
)
_JOINED = (
    TRANSFERS.join(SITES, SITES.c.id == _T.site_id, isouter=True)
    .join(_TO, _TO.c.id == _T.to_site_id, isouter=True)
    .join(MEMBERS, MEMBERS.c.id == _T.posted_by)
)


def _together(value: ColumnElement[Any]) -> ColumnElement[Any]:
    """Unknown as soon as the sites keep their stock in different currencies: such amounts do not add up."""
    currencies = select(func.count(SITES.c.currency.distinct())).where(SITES.c.is_active).correlate(None)
    return case((currencies.scalar_subquery() <= 1, value), else_=null())


SOURCE: ListSource[TransferRow] = ListSource(
    row=TransferRow,
    select=select(
        _T.id,
        _T.number,
        _T.site_id,
        _T.to_site_id,
        func.coalesce(SITES.c.name, "").label("site"),
        func.coalesce(_TO.c.name, "").label("to_site"),
        func.coalesce(SITES.c.currency, "").label("currency"),
        _T.effective_at,
        MEMBERS.c.display_name.label("by"),
        _T.reference,
        _T.lines,
        _T.waiting,
        _T.value,
        _T.value_under_way,
        _T.received_at,
        STATE.label("state"),
    ).select_from(_JOINED),
    key=_T.id,
    sorts={"effective_at": _T.effective_at, "number": _T.number},
    default=(Sort("effective_at", descending=True),),
    filters={"state": STATE, "site": _T.site_id, "to_site": _T.to_site_id},
    finds=(func.public.sort_key(_T.reference), SITES.c.sort_name, _TO.c.sort_name),
    totals={"value": _together(_T.value), "value_under_way": _together(_T.value_under_way)},
)

_LINES = text("""
    SELECT l.id, l.item_id, i.name AS item, i.base_unit AS unit, l.quantity, l.arrived, l.back, l.missing, l.under_way,
      l.value, i.tracks_lots <> 'NO' AS tracks_lots, coalesce(w.name, '') AS place,
      coalesce(g.home_location_id, (SELECT x.id FROM storage_locations x
        WHERE x.site_id = l.to_site_id AND x.is_active ORDER BY x.walk_order, x.name LIMIT 1)) AS home_id
    FROM transfer_lines l JOIN items i ON i.id = l.item_id
    LEFT JOIN storage_locations w ON w.id = l.location_id
    LEFT JOIN item_site_settings g ON g.item_id = l.item_id AND g.site_id = l.to_site_id
    WHERE l.transfer_id = :transfer ORDER BY l.id""")
_LOTS = text("""
    SELECT x.line_id, x.code, x.expires_on, x.quantity, x.under_way FROM transfer_lots x
    WHERE x.transfer_id = :transfer ORDER BY x.line_id, x.expires_on NULLS LAST, x.code""")
_RECEIPTS = text("""
    SELECT r.receipt_id AS id, min(r.received_at) AS at, min(b.display_name) AS by,
      bool_or(r.received_by = (SELECT me())) AS mine, array_agg(r.what ORDER BY r.what) AS what,
      bool_or(r.is_undone) AS is_undone
    FROM transfers_received r JOIN members b ON b.id = r.received_by
    WHERE r.transfer_id = :transfer GROUP BY r.receipt_id ORDER BY min(r.received_at)""")
_MORE = text("""
    SELECT t.note, coalesce(s.currency, '') AS to_currency, t.to_rate AS rate, t.value_there,
      t.posted_by = (SELECT me()) AS mine
    FROM transfers t LEFT JOIN sites s ON s.id = t.to_site_id WHERE t.id = :transfer""")


def _at_either(query: ListQuery) -> ListSource[TransferRow]:
    """What leaves or reaches the chosen site."""
    if query.site is None:
        return SOURCE
    narrowed = SOURCE.select.where(or_(_T.site_id == query.site, _T.to_site_id == query.site))
    return ListSource(
        SOURCE.row, narrowed, SOURCE.key, SOURCE.sorts, SOURCE.default, SOURCE.filters, SOURCE.finds,
        totals=SOURCE.totals,
    )  # fmt: skip


@read
def transfers(connection: Connection, query: ListQuery) -> Page[TransferRow]:
    """A page of transfers, the newest first."""
    return _at_either(query).page(connection, query)


@read
def transfers_summary(connection: Connection, query: ListQuery) -> Summary:
    """How many transfers the query selects, and what is under way."""
    return _at_either(query).summary(connection, query)


@read
def transfers_tab_counts(connection: Connection, query: ListQuery) -> Mapping[str, int]:
    """How many are under way, arrived short, and in all."""
    counted = select(STATE.label("state"), func.count()).select_from(TRANSFERS).group_by(STATE)
    if query.site is not None:
        counted = counted.where(or_(_T.site_id == query.site, _T.to_site_id == query.site))
    counts: dict[str, int] = {row.state: row[1] for row in connection.execute(counted)}
    under_way = counts.get("under_way", 0) + counts.get("partly", 0)
    return {"under_way": under_way, "short": counts.get("short", 0), "all": sum(counts.values())}


@read
def transfer(connection: Connection, key: UUID) -> Transfer:
    """A transfer with its lines, both sides, and every receipt."""
    found = connection.execute(SOURCE.select.where(_T.id == key)).mappings().one_or_none()
    row = TransferRow(**one_or_gone(found, "transfer"))
    more = connection.execute(_MORE, {"transfer": key}).mappings().one()
    lines = connection.execute(_LINES, {"transfer": key}).mappings().all()
    lots = dict[int, tuple[SentLot, ...]]()
    if any(line["tracks_lots"] for line in lines):
        for number, *lot in connection.execute(_LOTS, {"transfer": key}):
            lots[number] = (*lots.get(number, ()), SentLot(*lot))
    receipts = connection.execute(_RECEIPTS, {"transfer": key}).mappings()
    return Transfer(
        row,
        lines=tuple(TransferLine(**line, lots=lots.get(line["id"], ())) for line in lines),
        receipts=tuple(TransferReceipt(**{**one, "what": tuple(one["what"])}) for one in receipts),
        **more,
    )
