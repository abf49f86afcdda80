"""A history from another system on its way into the ledger: one transaction, in the order of the file, rows once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.domain.wording import say
from ims_desktop.domain.work import Changed
from ims_desktop.features.stock.rules import Happening
from ims_desktop.features.stock.service.documents import SUBJECTS
from ims_desktop.features.stock.service.history_names import look_up
from ims_desktop.features.stock.service.history_steps import Place, Step, Steps, posting_key

AT_ONCE, AT_ONCE_LATER = 250, 1_000
"""So many steps are sent together: none of it takes the server a minute."""

LONG = 500
"""What changes what was posted before is settled step by step, or where there are more, for many of them together."""

_THERE = text("SELECT id FROM valued_postings WHERE id = ANY (:keys)")
_KNOWN = text("""
    SELECT p.id, p.kind, p.site_id, p.reference, p.reverses_id IS NOT NULL AS undoes, ARRAY(
      SELECT abs(m.quantity) FROM valued_movements m WHERE m.posting_id = p.id ORDER BY m.id) AS moved
    FROM valued_postings p WHERE p.id = ANY (:keys) OR string_to_array(p.reference, ' ') && CAST(:own AS text[])""")
_GIVEN = text("""
    SELECT p.id, ARRAY(SELECT m.given_value FROM valued_movements m WHERE m.posting_id = p.id ORDER BY m.id) AS given
    FROM valued_postings p WHERE string_to_array(p.reference, ' ') && CAST(:own AS text[])""")
USED = "This posting key was already used with other content."
_LATER = text("SELECT settle_later(:items)")
_POST = text("SELECT post_history(:steps, :tries, CAST(:refused AS uuid[]))")


COLUMN_OF = {
    "of_id": "refers_to", "item_id": "item", "location_id": "location", "to_site_id": "to_site", "reason_id": "reason",
    "effective_at": "at",
}  # fmt: skip
"""The column that says what the ledger calls so."""

_SAID_OTHERWISE = say("A row with this id was imported before and said something else: give it an id of its own.")
_WORTH_OTHERWISE = say(
    "A row with this id was imported before and said something else, or the rate of exchange of its day was another."
)


@dataclass(frozen=True, slots=True)
class Imported:
    """How many rows a history had, and how many of them were there already."""

    rows: int
    repeated: int


def import_history(
    connection: Connection,
    rows: tuple[Happening, ...],
    unread: tuple[Problem, ...] = (),
    long: int = LONG,
    unreadable: frozenset[str] = frozenset(),
) -> Changed:
    """Post a whole history or nothing; what was imported before is left as it is. `unread`: wrong as it stands,
    of the rows `unreadable`."""
    names = look_up(connection, rows)
    own = {row.id for row in rows}
    outside = sorted({key for row in rows for key in row.refers_to} - own - unreadable)
    places = _known(connection, outside) if outside else {}
    problems = [problem for row in rows for problem in names.wrong(row)]
    problems += [
        Problem(say("There is no row with the id {key}, here or imported before.", key=key), "refers_to", row.row)
        for row in rows for key in row.refers_to if key not in own | unreadable and key not in places
    ]  # fmt: skip
    _refuse([*unread, *problems])
    abroad = [row.id for row in rows if row.currency]
    given: dict[UUID, Sequence[Decimal | None]] = (
        dict(connection.execute(_GIVEN, {"own": abroad}).tuples().all()) if abroad else {}
    )
    made = Steps(names, rows, places, given)
    steps = made.all()
    _refuse(made.problems)
    there = set(connection.execute(_THERE, {"keys": [step.sent["key"] for step in steps]}).scalars())
    items = [item.id for item in names.items.values()] if len(steps) > long else []
    _post(connection, steps, items)
    repeated = sum(len(step.rows) for step in steps if UUID(step.sent["key"]) in there)
    return Changed(Imported(len(rows), repeated), SUBJECTS)


def _known(connection: Connection, own: Sequence[str]) -> dict[str, Place]:
    """What was imported before; a posting is one when its name was made of its own ids."""
    found: dict[str, Place] = {}
    for row in connection.execute(_KNOWN, {"keys": [posting_key([key]) for key in own], "own": own}):
        ids = row.reference.split(" ")
        if row.id == posting_key(ids):
            kind = "cancellation" if row.undoes else {"PRICE": "price", "LANDED": "landed_cost"}.get(row.kind, row.kind)
            moved = list(row.moved) + [0] * len(ids)
            found |= {
                key: Place(row.id, place, moved[place - 1], kind, row.site_id) for place, key in enumerate(ids, 1)
            }
    return found


def _post(connection: Connection, steps: Sequence[Step], later: Sequence[UUID]) -> None:
    """Post everything, settling these items later; when something is refused, all that would be is said."""
    try:
        with connection.begin_nested():
            for some in _chunks(connection, steps, later):
                _send(connection, some)
    except DBAPIError:
        problems, refused = list[Problem](), list[str]()
        for some in _chunks(connection, steps, later):
            answer = _send(connection, some, tries=True, refused=refused)
            refused = answer["refused"]
            problems += [_problem(some[one["step"] - 1], one) for one in answer["problems"]]
        _refuse(problems)
        raise


def _problem(step: Step, told: dict[str, Any]) -> Problem:
    row = step.rows[min(told.get("line") or 1, len(step.rows)) - 1]
    if told["text"] == USED:
        return Problem(_SAID_OTHERWISE if not row.currency else _WORTH_OTHERWISE, "id", row.row)
    field = told.get("field") or None
    return Problem(told["text"], COLUMN_OF.get(field, field) if field else None, row.row)


def _chunks(connection: Connection, steps: Sequence[Step], later: Sequence[UUID]) -> Iterator[Sequence[Step]]:
    if later:
        connection.execute(_LATER, {"items": list(later)})
    many = AT_ONCE_LATER if later else AT_ONCE
    for start in range(0, len(steps), many):
        yield steps[start : start + many]


def _send(connection: Connection, steps: Sequence[Step], *, tries: bool = False, refused: Sequence[str] = ()) -> Any:
    sent = {"steps": Jsonb([step.sent for step in steps]), "tries": tries, "refused": list(refused)}
    return connection.execute(_POST, sent).scalar_one()


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise UserError("Nothing was imported.", sorted(problems, key=lambda problem: problem.row or 0))
