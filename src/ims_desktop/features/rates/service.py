"""What people do with exchange rates: tell one, put one right, take one away, and look at how a pair moved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

from babel.numbers import get_currency_name, list_currencies
from sqlalchemy import ColumnElement, Connection, FromClause, and_, case, delete, func, insert, select, true
from sqlalchemy.sql.selectable import LateralFromClause

from ims_desktop.database.cell_edits import Cell, CellEdits, CellTable
from ims_desktop.database.listing import ListSource, one_or_gone
from ims_desktop.domain.editing import CellChange
from ims_desktop.domain.errors import Confirm, Denied, Problem, UserError
from ims_desktop.domain.listing import ListQuery, Page, Sort, Summary
from ims_desktop.domain.option import Option
from ims_desktop.domain.wording import Words, say, say_count
from ims_desktop.domain.work import Changed, read
from ims_desktop.features.rates.rules import Jump, RateDraft, problems_of, wrong_with, wrong_with_source
from ims_desktop.features.rates.tables import RATES

RIGHT = "sites.edit"
SUBJECTS = frozenset({"exchange_rates"})
DENIED = say("Exchange rates count at all sites: only who may change sites at all of them may change rates.")
JUMPS = "jumps"
MOST_DAYS = 60


@dataclass(frozen=True, slots=True)
class RateRow:
    """A rate in the list, with the one that held before it."""

    id: UUID
    base: str
    quote: str
    pair: str
    valid_from: date
    rate: Decimal
    before: Decimal | None
    change: Decimal | None
    source: str
    state: str


@dataclass(frozen=True, slots=True)
class Rate(RateRow):
    """A rate, and how its pair moved: days and rates told the same way round, the oldest first."""

    days: tuple[date, ...]
    course: tuple[Decimal, ...]


def _same_pair(one: FromClause, other: FromClause) -> ColumnElement[bool]:
    """Whether two rates are about the same pair, whichever way round each was told."""
    return and_(
        func.least(one.c.base, one.c.quote) == func.least(other.c.base, other.c.quote),
        func.greatest(one.c.base, one.c.quote) == func.greatest(other.c.base, other.c.quote),
    )


def _turned(one: FromClause, base: ColumnElement[str]) -> ColumnElement[Decimal]:
    """The rate told with this currency first."""
    return case((one.c.base == base, one.c.rate), else_=1 / one.c.rate)


_EARLIER = RATES.alias("earlier")
_LATER = RATES.alias("later")


def _held_before() -> LateralFromClause:
    """What the pair of the row was worth before its day."""
    earlier = select(_turned(_EARLIER, RATES.c.base).label("rate"))
    return (
        earlier.where(_same_pair(_EARLIER, RATES), _EARLIER.c.valid_from < RATES.c.valid_from)
        .order_by(_EARLIER.c.valid_from.desc())
        .limit(1)
        .lateral("held")
    )


_HELD = _held_before()
_CHANGE = RATES.c.rate / _HELD.c.rate - 1
_REPLACED = (
    select(_LATER.c.id)
    .where(
        _same_pair(_LATER, RATES),
        _LATER.c.valid_from > RATES.c.valid_from,
        _LATER.c.valid_from <= func.current_date(),
    )
    .exists()
)
_STATE = case((RATES.c.valid_from > func.current_date(), "ahead"), (_REPLACED, "past"), else_="holds")
_PAIR = func.concat(RATES.c.base, "/", RATES.c.quote)
LIST: ListSource[RateRow] = ListSource(
    RateRow,
    select(
        *(RATES.c[name] for name in ("id", "base", "quote", "valid_from", "rate", "source")),
        _PAIR.label("pair"),
        _HELD.c.rate.label("before"),
        _CHANGE.label("change"),
        _STATE.label("state"),
    ).select_from(RATES.outerjoin(_HELD, true())),
    RATES.c.id,
    sorts={"valid_from": RATES.c.valid_from, "pair": _PAIR, "change": func.coalesce(_CHANGE, 0)},
    default=(Sort("valid_from", descending=True), Sort("pair")),
    filters={"state": _STATE},
    finds=(func.public.sort_key(_PAIR), func.public.sort_key(RATES.c.source)),
)


@read
def rates(connection: Connection, query: ListQuery) -> Page[RateRow]:
    """A page of rates, the newest first."""
    return LIST.page(connection, query)


@read
def rates_summary(connection: Connection, query: ListQuery) -> Summary:
    """How many rates the query selects."""
    return LIST.summary(connection, query)


@read
def rate(connection: Connection, key: UUID) -> Rate:
    """A rate with the course of its pair up to today, in two statements."""
    row = one_or_gone(connection.execute(LIST.select.where(RATES.c.id == key)).one_or_none(), "exchange rate")
    told = RATES.alias("told")
    moved = select(_EARLIER.c.valid_from, _turned(_EARLIER, told.c.base))
    moved = moved.join_from(told, _EARLIER, _same_pair(_EARLIER, told)).where(told.c.id == key)
    course = connection.execute(moved.order_by(_EARLIER.c.valid_from.desc()).limit(MOST_DAYS)).all()[::-1]
    return Rate(**row._mapping, days=tuple(day for day, _ in course), course=tuple(worth for _, worth in course))


@read
def currency_choices(_connection: Connection) -> list[Option]:
    """Every currency by its letters, with its name."""
    return [Option(code, code, get_currency_name(code, locale="en")) for code in sorted(list_currencies())]


def save_rate(connection: Connection, draft: RateDraft, consents: frozenset[str] = frozenset()) -> Changed:
    """Tell a rate; one that lies far from the last is asked about. Answers it."""
    _require(connection)
    today = connection.execute(select(func.current_date())).scalar_one()
    problems = list(problems_of(draft, today))
    if not problems and _is_told(connection, draft):
        problems.append(Problem("There is a rate of these two for this day already. Put it right in the list.", "rate"))
    if problems:
        raise UserError("This rate cannot be kept yet.", problems)
    key = uuid4()
    connection.execute(insert(RATES).values(id=key, **_values(draft)))
    _ask_about_jumps(connection, (key,), consents)
    return Changed(draft, SUBJECTS)


def save_cells(
    connection: Connection, changes: Sequence[CellChange], consents: frozenset[str] = frozenset()
) -> Changed:
    """Put rates and their sources right in the list; jumps are asked about."""
    _require(connection)
    saved = CELLS.save(connection, changes)
    moved = tuple(change.place.row for change in changes if change.place.column == "rate")
    _ask_about_jumps(connection, moved, consents)
    return saved


def remove_rates(connection: Connection, keys: Sequence[UUID]) -> Changed:
    """Take rates away; answers them, so that they can come back."""
    _require(connection)
    gone = connection.execute(delete(RATES).where(RATES.c.id.in_(keys)).returning(*RATES.c)).mappings().all()
    if len(gone) < len(set(keys)):
        raise UserError("Somebody else took some of these away. Read the list again.")
    return Changed(tuple(dict(row) for row in gone), SUBJECTS)


def bring_back(connection: Connection, rows: Sequence[dict[str, object]]) -> Changed:
    """Put rates back that were taken away."""
    _require(connection)
    connection.execute(insert(RATES), list(rows))
    return Changed(len(rows), SUBJECTS)


CELLS = CellEdits(
    RIGHT,
    SUBJECTS,
    (
        CellTable(
            RATES,
            {
                "rate": Cell("rate", wrong_with),
                "source": Cell("source", wrong_with_source, lambda value: " ".join((value or "").split())),
            },
        ),
    ),
)


def jumps_of(connection: Connection, condition: ColumnElement[bool]) -> tuple[Jump, ...]:
    """The rates that lie far from the one before them."""
    there = select(RATES.c.base, RATES.c.quote, RATES.c.rate, _HELD.c.rate.label("before"))
    found = connection.execute(there.select_from(RATES.join(_HELD, true())).where(condition))
    return tuple(jump for jump in (Jump(*row) for row in found) if jump.is_far)


def question_of(jumps: Sequence[Jump]) -> Words:
    """What somebody has to agree to."""
    first, others = jumps[0].words, len(jumps) - 1
    if not others:
        return say("{first} Keep it?", first=first)
    return say_count(
        "{first} {count} more moves as far. Keep them?",
        "{first} {count} more move as far. Keep them?",
        others,
        first=first,
    )


def _ask_about_jumps(connection: Connection, keys: Sequence[UUID], consents: frozenset[str]) -> None:
    """What was written is seen here as it will be; the question takes it back."""
    if JUMPS not in consents and keys and (jumps := jumps_of(connection, RATES.c.id.in_(keys))):
        raise Confirm(question_of(jumps), JUMPS)


def _is_told(connection: Connection, draft: RateDraft) -> bool:
    both = (draft.base, draft.quote)
    there = select(RATES.c.id).where(RATES.c.valid_from == draft.valid_from, RATES.c.base.in_(both))
    return connection.execute(there.where(RATES.c.quote.in_(both))).first() is not None


def _values(draft: RateDraft) -> dict[str, object]:
    return {
        "base": draft.base,
        "quote": draft.quote,
        "valid_from": draft.valid_from,
        "rate": draft.rate,
        "source": " ".join(draft.source.split()),
    }


def _require(connection: Connection) -> None:
    if not connection.execute(select(func.can_everywhere(RIGHT))).scalar_one():
        raise Denied(DENIED)
