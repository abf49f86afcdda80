"""What the server's errors mean to a person."""

import json
from collections.abc import Callable
from typing import Any

import psycopg
from psycopg import errors

from ims_desktop.domain.errors import Conflict, Denied, Impossible, Offline, Problem, UnknownOutcome, UserError
from ims_desktop.domain.wording import say

# The product's own functions raise these; message and detail are already sentences for the person.
INVALID, DENIED, CONFLICT = "IM400", "IM403", "IM409"

DUPLICATES = {
    "items_sku": Problem("Another item already has this SKU.", "sku"),
    "items_by_name": Problem("Another item already has this name.", "name"),
    "sites_name": Problem("Another site already has this name.", "name"),
    "roles_name": Problem("Another role has this name, or one that looks like it.", "name"),
    "sites_default": Problem("Another site is the default, and you may not change that one.", "is_default"),
    "sites_head_office": Problem("Another site is the head office, and you may not change that one.", "is_head_office"),
    "storage_locations_name": Problem("Another storage location of this site already has this name.", "name"),
    "categories_name": Problem("There is already a category of this name.", "name"),
    "item_barcodes_pkey": Problem("This barcode already belongs to an item.", "barcodes"),
    "item_units_item_id_name_key": Problem("Two packs of the item have the same name.", "packs"),
    "orders_site_id_business_day_number_key": Problem(
        "Somebody else recorded one of these orders at the same moment. Go on: it is counted as already there.",
        "number",
    ),
}

UNKEPT = say(
    "A text has a character in it that cannot be kept, and that nobody can see. Type it anew. Nothing was saved."
)

HIDDEN = say("It has a character in it that nobody can see: type it anew.")
NO_DAY = say("A day or a time in it is in no calendar, such as 31 February. Nothing was saved.")
_SEEN = "_seen"  # how the checks of names end, see is_seen() there


def _unkept() -> UserError:
    return UserError(UNKEPT)


def _kept_from(error: psycopg.Error) -> Problem | None:
    """What a rule of a table kept out, where it has a name that says so: items_name_seen is about items.name."""
    table, rule = error.diag.table_name or "", error.diag.constraint_name or ""
    if isinstance(error, errors.UniqueViolation):
        return DUPLICATES.get(rule, Problem("A record like this exists already."))
    if isinstance(error, errors.CheckViolation) and rule.endswith(_SEEN):
        return Problem(HIDDEN, rule.removeprefix(f"{table}_").removesuffix(_SEEN))
    return None


SENTENCES: tuple[tuple[Any, Callable[[], UserError]], ...] = (
    (
        errors.ForeignKeyViolation,
        lambda: UserError("What this refers to is gone, or this is still used elsewhere. Reload and try again."),
    ),
    (errors.UntranslatableCharacter, _unkept),
    ((errors.DatetimeFieldOverflow, errors.InvalidDatetimeFormat), lambda: UserError(NO_DAY)),
    (errors.InsufficientPrivilege, lambda: Denied("Your roles do not allow this.")),
    (
        (errors.CheckViolation, errors.NumericValueOutOfRange, errors.NotNullViolation),
        lambda: Impossible("A value is not possible here. Nothing was saved."),
    ),
    (
        errors.QueryCanceled,
        lambda: UserError("This took the server longer than a minute and was stopped. Narrow it down and try again."),
    ),
    (
        (errors.SerializationFailure, errors.DeadlockDetected, errors.LockNotAvailable),
        lambda: Conflict("Somebody else is changing the same records. Try again in a moment."),
    ),
)


def translate(error: psycopg.Error, *, changing: bool = False) -> Exception:
    """The error a screen understands; `changing`: a change was under way, so a lost line leaves its outcome unknown."""
    state, words = error.sqlstate, error.diag.message_primary or str(error)
    if state in (INVALID, DENIED, CONFLICT):
        kind: type[UserError] = {INVALID: UserError, DENIED: Denied, CONFLICT: Conflict}[state]
        return kind(words, _problems(error.diag.message_detail))
    if problem := _kept_from(error):
        return UserError(problem.text, [problem])
    fitting = (answer for kinds, answer in SENTENCES if isinstance(error, kinds))
    unkept = "NUL (0x00)" in words or "surrogate" in (
        error.diag.message_detail or ""
    )  # they have no class of their own
    if answer := _unkept if unkept else next(fitting, None):
        return answer()
    if is_lost(error):
        if changing and not _never_sent(error):
            return UnknownOutcome("The connection broke while saving. Checking whether it was saved …")
        return Offline("The server cannot be reached.")
    return error


def is_lost(error: psycopg.Error) -> bool:
    """Whether the connection is gone, not the statement wrong."""
    state = error.sqlstate or ""
    return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError) and (
        not state or state.startswith(("08", "57P"))
    )


def _never_sent(error: psycopg.Error) -> bool:
    return "connection failed" in str(error) or "connection timeout" in str(error) or "is closed" in str(error)


def _problems(detail: str | None) -> list[Problem]:
    if not detail:
        return []
    found: list[dict[str, Any]] = json.loads(detail)
    return [Problem(entry["text"], entry.get("field"), entry.get("row")) for entry in found]
