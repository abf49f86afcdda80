"""Exchange rates in files: such as a central bank publishes them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Date, Text, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from ims_desktop.database.table_import import TableImport
from ims_desktop.domain.errors import Problem
from ims_desktop.domain.import_kinds import DAY, NAME, NUMBER
from ims_desktop.domain.importing import Change, ImportField, ImportRow, ImportSpec
from ims_desktop.domain.wording import say
from ims_desktop.features.rates.rules import LONGEST_SOURCE, Jump, RateDraft, problems_of
from ims_desktop.features.rates.service import RIGHT, SUBJECTS
from ims_desktop.features.rates.tables import RATES

CODE = replace(NAME, read=lambda text, writing: NAME.read(text, writing).upper())
"""The letters of a currency, however they are written."""
_RATES = TableImport(
    RATES,
    RIGHT,
    {key: key for key in ("base", "quote", "valid_from", "rate", "source")},
    ("base", "quote", "valid_from"),
)


LISTS = (
    *(bindparam(name, type_=ARRAY(Text)) for name in ("bases", "quotes")),
    bindparam("days", type_=ARRAY(Date)),
)


def _completed(connection: Connection, rows: Sequence[ImportRow]) -> Sequence[ImportRow]:
    """A row that names no day speaks of today."""
    today = connection.execute(select(func.current_date())).scalar_one()
    return [ImportRow(row.number, {**row.given, "valid_from": row.given.get("valid_from") or today}) for row in rows]


def _problems(connection: Connection, changes: Sequence[Change]) -> list[Problem]:
    today = connection.execute(select(func.current_date())).scalar_one()
    whole = _whole(changes)
    return [*_wrong(whole, today), *_told_twice(connection, whole)]


def _whole(changes: Sequence[Change]) -> list[Change]:
    """Those whose pair and day could be read; what is wrong with the others is told already."""
    return [change for change in changes if change.row.given.keys() >= set(_RATES.key)]


def _wrong(changes: Sequence[Change], today: date) -> Iterator[Problem]:
    for change in changes:
        if change.differences:
            for problem in problems_of(_draft(change), today):
                yield Problem(problem.text, problem.field, change.row.number)


def _draft(change: Change) -> RateDraft:
    said: Mapping[str, Any] = {**change.row.given, **change.whole}
    return RateDraft(
        said["base"] or "", said["quote"] or "", said["valid_from"], said.get("rate") or Decimal(0),
        said.get("source") or "",
    )  # fmt: skip


_TURNED = text("""
    SELECT asked.number FROM unnest(:numbers, :bases, :quotes, :days) AS asked (number, base, quote, day)
    JOIN exchange_rates x ON x.base = asked.quote AND x.quote = asked.base AND x.valid_from = asked.day
""").bindparams(
    *(bindparam(name, type_=ARRAY(Text)) for name in ("bases", "quotes")), bindparam("days", type_=ARRAY(Date))
)


def _told_twice(connection: Connection, changes: Sequence[Change]) -> Iterator[Problem]:
    """A pair has one rate a day, whichever way round it is told."""
    turned = set(connection.execute(_TURNED, _asked(changes)).scalars()) if changes else set[int]()
    first: dict[tuple[str, str, date], int] = {}
    for change in changes:
        base, quote, day = (change.row.given[key] for key in _RATES.key)
        other = first.get((quote, base, day))
        first.setdefault((base, quote, day), change.row.number)
        if change.row.number in turned:
            words = say(
                "This day is kept the other way round, as {quote} in {base}: write it so.", base=base, quote=quote
            )
            yield Problem(words, "base", change.row.number)
        elif other is not None:
            yield Problem(
                say("Row {other} tells the same the other way round.", other=other), "base", change.row.number
            )


_HELD = text("""
    SELECT asked.number, held.rate FROM unnest(:numbers, :bases, :quotes, :days) AS asked (number, base, quote, day)
    CROSS JOIN LATERAL (
      SELECT CASE WHEN x.base = asked.base THEN x.rate ELSE 1 / x.rate END AS rate FROM exchange_rates x
      WHERE (x.base, x.quote) IN ((asked.base, asked.quote), (asked.quote, asked.base)) AND x.valid_from < asked.day
      ORDER BY x.valid_from DESC LIMIT 1) held
""").bindparams(
    *(bindparam(name, type_=ARRAY(Text)) for name in ("bases", "quotes")), bindparam("days", type_=ARRAY(Date))
)


def _jumps(connection: Connection, changes: Sequence[Change]) -> list[Problem]:
    """Rates that lie far from the one before: of the file, where it tells one, otherwise of those that are there."""
    moved = [change for change in _whole(changes) if change.values.get("rate")]
    moved.sort(key=lambda change: change.row.given["valid_from"])
    held = {row.number: row.rate for row in connection.execute(_HELD, _asked(moved))} if moved else {}
    last: dict[tuple[str, str], Decimal] = {}
    found = []
    for change in moved:
        base, quote, rate = change.row.given["base"], change.row.given["quote"], change.values["rate"]
        before = last.get((base, quote), held.get(change.row.number))
        last[base, quote] = rate
        if before and rate > 0 and (jump := Jump(base, quote, rate, before)).is_far:
            found.append(Problem(jump.words, "rate", change.row.number))
    return found


def _asked(changes: Sequence[Change]) -> dict[str, Any]:
    given = [change.row.given for change in changes]
    return {
        "numbers": [change.row.number for change in changes],
        "bases": [one["base"] for one in given],
        "quotes": [one["quote"] for one in given],
        "days": [one["valid_from"] for one in given],
    }


RATES_IMPORT = ImportSpec(
    "exchange_rates",
    "Exchange rates",
    ("exchange rate", "exchange rates"),
    ("base", "quote", "valid_from"),
    (
        ImportField("base", "Currency", CODE, required=True, aliases=("one", "base", "from currency"),
                    help="Its three letters.", example="EUR", longest=3),
        ImportField("quote", "In currency", CODE, required=True, aliases=("of", "in", "quote", "to currency"),
                    help="The currency in which it is told.", example="USD", longest=3),
        ImportField("valid_from", "From", DAY, aliases=("day", "date", "valid from"), help="Today, where it is empty.",
                    example="2026-01-02"),
        ImportField("rate", "Rate", NUMBER, required=True, aliases=("is worth", "value", "exchange rate"),
                    help="How many of the second one of the first is worth.", example="1.0845", in_percent=True),
        ImportField("source", "Source", aliases=("note",), keep=True, example="Central bank", longest=LONGEST_SOURCE),
    ),
    RIGHT,
    SUBJECTS,
    _RATES.known,
    _RATES.write,
    _problems,
    completed=_completed,
    doubts=_jumps,
)  # fmt: skip
