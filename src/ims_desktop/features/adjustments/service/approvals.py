"""Entries worth more than their person may record: they wait for somebody who may post them or send them back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import Connection, Select, Text, func, literal_column, select, text

from ims_desktop.database.listing import ListSource, one_or_gone
from ims_desktop.domain.listing import ListQuery, Page, Sort, Summary
from ims_desktop.domain.work import Changed, call, read
from ims_desktop.features.adjustments.tables import MEMBERS, REQUESTS
from ims_desktop.features.sites.tables import SITES
from ims_desktop.features.stock.service import Document, DocumentLine, Kind, LotPart, Making
from ims_desktop.features.stock.service.documents import lots_of, posting_arguments

APPROVAL_SUBJECTS = frozenset({"approvals"})
POSTED = frozenset({"approvals", "stock", "postings"})
WAITING, APPROVED, SENT_BACK, WITHDRAWN = "WAITING", "APPROVED", "SENT_BACK", "WITHDRAWN"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the server answered: the entry waits under its number, or was within the limit after all and is posted."""

    id: UUID
    number: int
    is_posted: bool


@dataclass(frozen=True, slots=True)
class RequestRow:
    """An entry that waits, or did; the amount is None to those who may not see costs."""

    id: UUID
    number: int
    kind: str
    site_id: UUID
    site: str
    lines: int
    what: str
    amount: Decimal | None
    effective_at: datetime
    by: str
    asked_at: datetime
    state: str
    decided_by: str | None
    decided_at: datetime | None
    reason: str
    version: int

    @property
    def code(self) -> str:
        """Its number as people say it."""
        return f"#{self.number}"


@dataclass(frozen=True, slots=True)
class RequestLine:
    """One line of an entry that waits, in words."""

    name: str
    quantity: Decimal
    unit: str
    reason: str
    location: str
    note: str


@dataclass(frozen=True, slots=True)
class Request:
    """An entry that waits with its lines, and the document that it would become."""

    row: RequestRow
    mine: bool
    currency: str
    lines: tuple[RequestLine, ...]
    document: Document
    recipe: str = ""  # of production: what it was made by
    loss: str = ""  # and why less came out


@dataclass(frozen=True, slots=True)
class SendingBack:
    """Why an entry goes back to whoever entered it."""

    id: UUID
    version: int
    reason: str


_ASK = text(
    "SELECT (r ->> 'id')::uuid AS id, (r ->> 'number')::bigint AS number, r ->> 'state' = 'POSTED' AS is_posted FROM"
    " ask_approval(:key, :header, CAST(:items AS uuid[]), CAST(:locations AS uuid[]), CAST(:quantities AS numeric[]),"
    " CAST(:unit_costs AS numeric[]), CAST(:reasons AS uuid[]), CAST(:notes AS text[]),"
    " CAST(:entered_quantities AS numeric[]), CAST(:entered_units AS text[])) r"
)
_LINES = text("""
    SELECT l.n, coalesce(i.name, concat_ws(' ', d.name, nullif(d.size, '')), c.name, '') AS name,
      coalesce(i.base_unit, (SELECT v.yield_unit FROM recipe_versions v WHERE v.recipe_id = c.id
        AND v.valid_from <= r.effective_at ORDER BY v.valid_from DESC LIMIT 1), 'portion') AS unit,
      l.item_id, l.dish, l.location_id, l.quantity, l.unit_cost, l.reason_id, l.note, l.entered_quantity,
      l.entered_unit, r.lots -> (l.n::int - 1) AS lots, (r.weights ->> (l.n::int - 1))::numeric AS weight,
      (r.labour ->> (l.n::int - 1))::numeric AS value, coalesce(e.name, '') AS reason, coalesce(w.name, '') AS location
    FROM valued_requests r
    CROSS JOIN LATERAL unnest(r.items, r.dishes, r.locations, r.quantities, r.unit_costs, r.reasons, r.notes,
      r.entered_quantities, r.entered_units) WITH ORDINALITY AS l (item_id, dish, location_id, quantity, unit_cost,
      reason_id, note, entered_quantity, entered_unit, n)
    LEFT JOIN items i ON i.id = l.item_id LEFT JOIN menu_items d ON d.id = l.dish LEFT JOIN recipes c ON c.id = l.dish
    LEFT JOIN reason_codes e ON e.id = l.reason_id LEFT JOIN storage_locations w ON w.id = l.location_id
    WHERE r.id = :id ORDER BY l.n""")
_WAITING = text("""
    SELECT r.id, r.number, r.kind, r.state, b.display_name AS by, r.asked_by = (SELECT me()) AS mine, r.reason
    FROM valued_requests r JOIN members b ON b.id = r.asked_by
    WHERE r.state = CASE WHEN r.asked_by = (SELECT me()) THEN 'SENT_BACK' ELSE 'WAITING' END
    ORDER BY r.asked_at DESC LIMIT 20""")


@dataclass(frozen=True, slots=True)
class Notable:
    """Something that somebody should look at: another's entry that waits, or one's own that came back."""

    id: UUID
    number: int
    kind: str
    state: str
    by: str
    mine: bool
    reason: str


@call
def ask_approval(connection: Connection, document: Document) -> Changed:
    """Let a document wait for somebody who may post it; sent again under its key it waits once."""
    sent = {"key": document.key, **posting_arguments(document)}
    sent["header"] = Jsonb({**document.header(), **_by_line(document)})
    asked = Asked(**connection.execute(_ASK, sent).mappings().one())
    return Changed(asked, POSTED if asked.is_posted else APPROVAL_SUBJECTS)


@call
def approve(connection: Connection, key: UUID, version: int) -> Changed:
    """Post what waits, in one's own name and within one's own limit."""
    number = text("SELECT (approve_request(:key, :version) ->> 'number')::bigint")
    return Changed(connection.execute(number, {"key": key, "version": version}).scalar_one(), POSTED)


@call
def send_back(connection: Connection, sent: SendingBack) -> Changed:
    """Send what waits back with a reason."""
    values = {"id": sent.id, "version": sent.version, "reason": sent.reason}
    connection.execute(text("SELECT send_back_request(:id, :version, :reason)"), values)
    return Changed(None, APPROVAL_SUBJECTS)


@call
def withdraw(connection: Connection, key: UUID, version: int) -> Changed:
    """Take back one's own entry that waits or was sent back."""
    connection.execute(text("SELECT withdraw_request(:key, :version)"), {"key": key, "version": version})
    return Changed(None, APPROVAL_SUBJECTS)


@read
def notable(connection: Connection) -> tuple[Notable, ...]:
    """What waits for the person, and what came back to them."""
    return tuple(Notable(**row) for row in connection.execute(_WAITING).mappings())


@read
def request(connection: Connection, key: UUID) -> Request:
    """An entry that waits, with its lines."""
    mine = (REQUESTS.c.asked_by == func.me()).label("mine")
    more = (mine, SITES.c.currency, REQUESTS.c.note.label("document_note"), REQUESTS.c.production, _RECIPE, _LOSS)
    found = connection.execute(_statement().add_columns(*more).where(REQUESTS.c.id == key)).mappings().one_or_none()
    row = dict(one_or_gone(found, "entry"))
    is_mine, currency, note = row.pop("mine"), row.pop("currency"), row.pop("document_note")
    making, recipe, loss = row.pop("production"), row.pop("recipe"), row.pop("loss")
    lines = [dict(line) for line in connection.execute(_LINES, {"id": key}).mappings()]
    shown = RequestRow(**row)
    document = Document(
        key, Kind(shown.kind), shown.site_id, tuple(_document_line(line) for line in lines), shown.effective_at,
        note=note or "", making=Making.heard(making) if making else None,
    )  # fmt: skip
    if making:  # what was made stands before what was used
        lines.sort(key=lambda line: line["quantity"] < 0)
    return Request(shown, is_mine, currency, tuple(_line(line) for line in lines), document, recipe or "", loss or "")


@read
def requests(connection: Connection, kind: Kind, query: ListQuery) -> Page[RequestRow]:
    """A page of what waits or did, of one kind."""
    return _source(kind).page(connection, query)


@read
def requests_summary(connection: Connection, kind: Kind, query: ListQuery) -> Summary:
    """How many there are."""
    return _source(kind).summary(connection, query)


@read
def requests_tab_counts(connection: Connection, kind: Kind, query: ListQuery) -> Mapping[str, int]:
    """How many are in each state at the site."""
    states = (WAITING, SENT_BACK)
    counts = (func.count().filter(REQUESTS.c.state == state).label(state.lower()) for state in states)
    statement = select(func.count().label("all"), *counts).where(REQUESTS.c.kind == kind.value)
    if query.site is not None:
        statement = statement.where(REQUESTS.c.site_id == query.site)
    return dict(connection.execute(statement).one()._mapping)


# Of production what was made stands before what was used.
_WHAT = """(SELECT string_agg(x.name, ', ' ORDER BY x.place) FROM (
    SELECT row_number() OVER (ORDER BY valued_requests.kind = 'PRODUCTION' AND u.quantity < 0, u.n) AS place,
      coalesce(i.name, d.name, c.name) AS name
    FROM unnest(valued_requests.items, valued_requests.dishes, valued_requests.quantities)
      WITH ORDINALITY AS u (item, dish, quantity, n)
    LEFT JOIN items i ON i.id = u.item LEFT JOIN menu_items d ON d.id = u.dish LEFT JOIN recipes c ON c.id = u.dish
    ORDER BY place LIMIT 3) x)"""
_RECIPE = literal_column(
    "(SELECT r.name FROM recipe_versions v JOIN recipes r ON r.id = v.recipe_id"
    " WHERE v.id = (valued_requests.production ->> 'version_id')::uuid)",
    Text(),
).label("recipe")
_LOSS = literal_column(
    "(SELECT c.name FROM reason_codes c WHERE c.id = (valued_requests.production ->> 'reason_id')::uuid)", Text()
).label("loss")
ASKER, DECIDER = MEMBERS.alias("asker"), MEMBERS.alias("decider")


def _statement() -> Select[Any]:
    what = literal_column(_WHAT, Text()).label("what")
    kept = REQUESTS.c
    return select(
        kept.id,
        kept.number,
        kept.kind,
        kept.site_id,
        SITES.c.name.label("site"),
        func.cardinality(kept["items"]).label("lines"),
        what,
        kept.amount,
        kept.effective_at,
        ASKER.c.display_name.label("by"),
        kept.asked_at,
        kept.state,
        DECIDER.c.display_name.label("decided_by"),
        kept.decided_at,
        kept.reason,
        kept.version,
    ).select_from(
        REQUESTS.join(SITES, SITES.c.id == kept.site_id)
        .join(ASKER, ASKER.c.id == kept.asked_by)
        .outerjoin(DECIDER, DECIDER.c.id == kept.decided_by)
    )


def _source(kind: Kind) -> ListSource[RequestRow]:
    return ListSource(
        RequestRow,
        _statement().where(REQUESTS.c.kind == kind.value),
        REQUESTS.c.id,
        sorts={"asked_at": REQUESTS.c.asked_at, "effective_at": REQUESTS.c.effective_at},
        default=(Sort("asked_at", descending=True),),
        finds=(ASKER.c.sort_name,),
        site=REQUESTS.c.site_id,
    )


def _by_line(document: Document) -> Mapping[str, Any]:
    """What posting takes line by line beside the header, and asking in it."""
    lots = lots_of(document.lines)
    numbers = {"weights": [line.weight for line in document.lines], "values": [line.value for line in document.lines]}
    return {
        **({"lots": lots.obj} if lots is not None else {}),
        **{
            key: [None if one is None else format(one, "f") for one in column]
            for key, column in numbers.items()
            if any(one is not None for one in column)
        },
    }


def _document_line(line: Mapping[str, Any]) -> DocumentLine:
    return DocumentLine(
        line["dish"] or line["item_id"], line["location_id"], line["quantity"], line["unit_cost"], line["reason_id"],
        line["note"] or "", line["entered_quantity"], line["entered_unit"], line["value"], weight=line["weight"],
        is_dish=line["dish"] is not None,
        lots=tuple(LotPart.heard(part) for part in line["lots"] or ()),
    )  # fmt: skip


def _line(line: Mapping[str, Any]) -> RequestLine:
    return RequestLine(
        line["name"], line["quantity"], line["unit"], line["reason"], line["location"], line["note"] or ""
    )
