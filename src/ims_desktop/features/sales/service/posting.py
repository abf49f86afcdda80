"""Orders on their way into the books: cut into chunks, each one idempotent call of the database."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from psycopg.types.json import Jsonb
from sqlalchemy import Connection, text

from ims_desktop.domain.business_calendar import instant_of
from ims_desktop.domain.work import Changed, call
from ims_desktop.features.sales.rules import SalesLine, SalesOrder, UnmappedLine

SUBJECTS = frozenset({"orders", "stock", "postings"})
QUARANTINE = frozenset({"unmapped_sales"})
CHUNK = 1000
NOON = time(12)
THOUSANDTH = Decimal("0.001")

_POST = text(
    "SELECT (r ->> 'orders')::int AS orders, (r ->> 'repeated')::int AS repeated, (r ->> 'lines')::int AS movements,"
    " -(r ->> 'value')::numeric AS cost FROM post_sales(:key, :header, CAST(:numbers AS text[]),"
    " CAST(:placed AS timestamptz[]), CAST(:channels AS text[]), CAST(:covers AS int[]), CAST(:line_orders AS int[]),"
    " CAST(:menu_items AS uuid[]), CAST(:quantities AS numeric[]), CAST(:unit_prices AS numeric[]),"
    " CAST(:amounts AS numeric[]), CAST(:modified_lines AS int[]), CAST(:modifiers AS uuid[]),"
    " CAST(:unknown_lines AS int[]), CAST(:unknown AS text[]), CAST(:unknown_words AS text[])) r"
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was recorded: new orders, those that were there already, movements, and their cost where it may be seen."""

    orders: int = 0
    repeated: int = 0
    movements: int = 0
    cost: Decimal | None = Decimal(0)
    kept: int = 0  # lines that wait for a menu item

    def __add__(self, other: "Recorded") -> "Recorded":
        return Recorded(
            self.orders + other.orders,
            self.repeated + other.repeated,
            self.movements + other.movements,
            None if self.cost is None or other.cost is None else self.cost + other.cost,
            self.kept + other.kept,
        )


@dataclass(frozen=True, slots=True)
class Chunk:
    """Up to a thousand orders of one site under a key of their own; sent again, they change nothing."""

    key: UUID
    site: UUID
    import_key: UUID
    file_name: str
    orders: tuple[SalesOrder, ...]
    placed: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class KeptChunk:
    """Up to a thousand lines of one site that wait for a menu item; sent again, they are kept once."""

    site: UUID
    import_key: UUID
    file_name: str
    lines: tuple[UnmappedLine, ...]
    placed: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class SalesImport:
    """Accepted orders under the key of their import. `zones` of the sites tell what local time means.

    Orders that know only their day count at noon, but not later than `prepared_at`, when the import was made ready.
    """

    key: UUID
    file_name: str
    orders: tuple[SalesOrder, ...]
    zones: Mapping[UUID, ZoneInfo]
    prepared_at: datetime
    unmapped: tuple[UnmappedLine, ...] = ()

    def kept(self, size: int = CHUNK) -> tuple[KeptChunk, ...]:
        """The lines that wait. They are sent first: once its order is in the books, a line would count as repeated."""
        made: list[KeptChunk] = []
        for site in sorted({line.site for line in self.unmapped}, key=str):
            lines = [line for line in self.unmapped if line.site == site]
            for start in range(0, len(lines), size):
                some = tuple(lines[start : start + size])
                placed = tuple(self._moment(line.site, line.moment, line.business_day) for line in some)
                made.append(KeptChunk(site, uuid5(self.key, str(site)), self.file_name, some, placed))
        return tuple(made)

    def chunks(self, size: int = CHUNK) -> tuple[Chunk, ...]:
        """The orders in the order of time, site by site; the same import is always cut in the same way."""
        made: list[Chunk] = []
        for site in sorted({order.site for order in self.orders}, key=str):
            timed = [(self._placed(order), order) for order in self.orders if order.site == site]
            timed.sort(key=lambda pair: (pair[0], pair[1].reference))
            for start in range(0, len(timed), size):
                placed, orders = zip(*timed[start : start + size], strict=True)
                key, of_site = uuid5(self.key, f"{site}/{start}"), uuid5(self.key, str(site))
                made.append(Chunk(key, site, of_site, self.file_name, orders, placed))
        return tuple(made)

    def _placed(self, order: SalesOrder) -> datetime:
        return self._moment(order.site, order.moment, order.business_day)

    def _moment(self, site: UUID, moment: datetime | None, day: date) -> datetime:
        zone = self.zones[site]
        if moment is None:
            return min(instant_of(datetime.combine(day, NOON), zone), self.prepared_at)
        return instant_of(moment, zone)


@call
def post_chunk(connection: Connection, chunk: Chunk) -> Changed:
    """Record one chunk and take what was sold out of stock, in one call."""
    row = connection.execute(_POST, _sent(chunk)).mappings().one()
    return Changed(Recorded(**row), SUBJECTS)


_KEEP = text(
    "SELECT (keep_unmapped(:header, CAST(:rows AS int[]), CAST(:numbers AS text[]), CAST(:placed AS timestamptz[]),"
    " CAST(:channels AS text[]), CAST(:products AS text[]), CAST(:words AS text[]), CAST(:quantities AS numeric[]),"
    " CAST(:unit_prices AS numeric[]), CAST(:amounts AS numeric[]), CAST(:modified_lines AS int[]),"
    " CAST(:modifiers AS uuid[]), CAST(:unknown_lines AS int[]), CAST(:unknown AS text[]),"
    " CAST(:unknown_words AS text[])) ->> 'kept')::int"
)


@call
def keep_chunk(connection: Connection, chunk: KeptChunk) -> Changed:
    """Keep lines that wait for a menu item, in one call."""
    lines = chunk.lines
    sent = {
        "header": Jsonb({"site_id": str(chunk.site), "import_id": str(chunk.import_key), "file_name": chunk.file_name}),
        "rows": [line.row for line in lines], "numbers": [line.reference for line in lines],
        "placed": list(chunk.placed), "channels": [line.channel for line in lines],
        "products": [line.product for line in lines], "words": [line.words for line in lines],
        "quantities": [_sold(line.quantity) for line in lines], "unit_prices": [line.unit_price for line in lines],
        "amounts": [line.revenue for line in lines], **_modifiers(lines),
    }  # fmt: skip
    kept = connection.execute(_KEEP, sent).scalar_one()
    return Changed(Recorded(kept=kept), QUARANTINE)


def record_orders(
    run: Callable[..., Changed], sales: SalesImport, progress: Callable[[int, int], None] = lambda _done, _of: None
) -> Recorded:
    """Record everything from a program: `run(post_chunk, chunk)` for each chunk, telling how many orders are done."""
    total, done = Recorded(), 0
    for kept in sales.kept():
        total += run(keep_chunk, kept).result
    for chunk in sales.chunks():
        total += run(post_chunk, chunk).result
        done += len(chunk.orders)
        progress(done, len(sales.orders))
    return total


def _sent(chunk: Chunk) -> dict[str, object]:
    lines = [(place, line) for place, order in enumerate(chunk.orders, 1) for line in order.lines]
    header = {"site_id": str(chunk.site), "import_id": str(chunk.import_key), "file_name": chunk.file_name}
    return {
        "key": chunk.key,
        "header": Jsonb(header),
        "numbers": [order.reference for order in chunk.orders],
        "placed": list(chunk.placed),
        "channels": [order.channel for order in chunk.orders],
        "covers": [order.covers for order in chunk.orders],
        "line_orders": [place for place, _line in lines],
        "menu_items": [line.menu_item for _place, line in lines],
        "quantities": [_sold(line.quantity) for _place, line in lines],
        "unit_prices": [line.unit_price for _place, line in lines],
        "amounts": [line.revenue for _place, line in lines],
        **_modifiers([line for _place, line in lines]),
    }


def _modifiers(lines: Sequence[SalesLine | UnmappedLine]) -> dict[str, object]:
    """What was wanted with the lines, each by the place of its line: those that are known, and those that are not."""
    known = [(place, one) for place, line in enumerate(lines, 1) for one in line.modifiers]
    unknown = [(place, one) for place, line in enumerate(lines, 1) for one in line.unknown]
    return {
        "modified_lines": [place for place, _one in known],
        "modifiers": [one for _place, one in known],
        "unknown_lines": [place for place, _one in unknown],
        "unknown": [one.key for _place, one in unknown],
        "unknown_words": [one.words for _place, one in unknown],
    }


def _sold(quantity: Decimal) -> Decimal:
    """Sales are kept to the thousandth; a till that weighs more finely is rounded, what it charged is not."""
    return quantity.quantize(THOUSANDTH, ROUND_HALF_UP)
