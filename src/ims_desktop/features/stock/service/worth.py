"""Changes of what stock is worth: each is done, told with its effect, and taken back unless somebody agreed to that."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from ims_desktop.domain.errors import Confirm
from ims_desktop.domain.wording import Words, say
from ims_desktop.domain.work import Changed
from ims_desktop.features.stock.service.documents import (
    Undo,
    correct_prices,
    land,
    post,
    switch_method,
    undo,
    undo_prices,
)
from ims_desktop.features.stock.service.effects import Effects, preview_undo

EFFECT = "effect"

# What this transaction wrote so far: by site what it changed of stock, and of the cost of what was used before.
_DONE = text("""
    SELECT s.name AS site, s.currency, coalesce(sum(k.value), 0) AS stock,
      coalesce(-sum(k.value) FILTER (WHERE k.cause IS NOT NULL AND k.kind = ANY (:used)), 0) AS used
    FROM valued_postings p JOIN cost_lines k ON k.posting_id = p.id JOIN sites s ON s.id = k.site_id
    WHERE p.posted_by = (SELECT me()) AND p.posted_at >= transaction_timestamp()
    GROUP BY s.id, s.name, s.currency, s.sort_name ORDER BY s.sort_name""")
USED = ["SALE", "CUSTOMER_RETURN", "WASTE", "ADJUSTMENT", "COUNT", "REVALUATION"]


@dataclass(frozen=True, slots=True)
class PriceUndo:
    """A late invoice or a landed cost that was a mistake."""

    key: UUID
    posting_id: UUID
    reason: str


def _undo_prices(connection: Connection, asked: PriceUndo) -> Changed:
    changed: Changed = undo_prices(connection, asked.key, asked.posting_id, asked.reason)
    return changed


def _told_first(use_case: Callable[..., Any]) -> Callable[..., Any]:
    """The use case as one transaction that ends with a question, or, once that was answered, with the change."""

    def change(connection: Connection, asked: Any, consents: frozenset[str] = frozenset()) -> Changed:
        done: Changed = use_case(connection, asked)
        if EFFECT not in consents and (told := _effect(connection)):
            raise Confirm(told, EFFECT)  # which rolls back what was just done
        return done

    return change


def _effect(connection: Connection) -> Words:
    """What was done so far, in one question; empty to those who may not see costs."""
    told: Words = ""
    for row in connection.execute(_DONE, {"used": USED}).mappings():
        at_site = say(
            "Stock at {site} changes by {stock:+,.2f} {currency}, "
            "the cost of what was used before by {used:+,.2f} {currency}.",
            site=row["site"],
            currency=row["currency"],
            stock=row["stock"],
            used=row["used"],
        )
        told = at_site if not told else say("{first} {more}", first=told, more=at_site)
    return say("{effect} Save it?", effect=told) if told else ""


def undone(connection: Connection, asked: Undo, consents: frozenset[str] = frozenset()) -> Changed:
    """Undo movements; asks first where that changes more than their own lines."""
    if EFFECT not in consents:
        told = preview_undo(connection, asked)
        if told.others:
            raise Confirm(_question(told), EFFECT)
    changed: Changed = undo(connection, asked)
    return changed


def _question(told: Effects) -> Words:
    """What more changes, in sentences for each site; without figures to those who may not see costs."""
    parts: list[Words] = ["More changes than these lines, because others were entered after them."]
    for site in dict.fromkeys(one.site for one in told.stock if one.value is not None):
        here = [one for one in told.stock if one.site == site]
        stock = sum(
            (one.value - one.old_value for one in here if one.value is not None and one.old_value is not None), 0
        )
        used = sum((week.cost for week in told.weeks if week.site == site), 0)
        parts.append(
            say(
                "Stock at {site} changes by {stock} {currency}, the cost of food by {used} {currency}.",
                site=site,
                currency=here[0].currency,
                stock=f"{stock:+,.2f}",
                used=f"{used:+,.2f}",
            )
        )
    parts += [
        say("Of {item} there would have been less than nothing at a later moment.", item=short.item)
        for short in told.short
    ]
    parts += [
        say("{site} is closed before {day}: what changes there counts on that day.", site=one.site, day=one.day)
        for one in told.closed
    ]
    return say("{effect} Undo it?", effect=" ".join(parts))


late_invoice = _told_first(correct_prices)
landed_cost = _told_first(land)
recorded = _told_first(post)
changed_method = _told_first(switch_method)
prices_undone = _told_first(_undo_prices)
