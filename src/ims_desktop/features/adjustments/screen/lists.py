"""The two lists of a page: everything recorded, and what it comes to by reason."""

from collections.abc import Callable
from dataclasses import replace

from ims_desktop.domain.listing import Sort
from ims_desktop.domain.wording import say
from ims_desktop.features.adjustments.screen.purpose import Purpose
from ims_desktop.features.stock.screen import movement_panel
from ims_desktop.features.stock.screen.movements import (
    BY,
    ITEM,
    LOCATION,
    QUANTITY,
    REASON,
    SCAN,
    SITE,
    STATE,
    VALUE,
    WHEN,
)
from ims_desktop.ui.choices import Between
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.list_spec import Action, Empty, FilterField, ListSpec
from ims_desktop.ui.theme import Tone

SUBJECTS = frozenset({"stock", "postings"})


def _record(start: Callable[[], None], purpose: Purpose) -> Action:
    return Action("Record the first", lambda _page, _rows: start(), "plus", purpose.permission)


def log_spec(purpose: Purpose, start: Callable[[], None]) -> ListSpec:
    """Every line ever recorded; undone lines and their undoing cancel out in the total. `start` leads to the entry."""
    return ListSpec(
        key=f"{purpose.key}_log",
        title=say("{title} log", title=purpose.title),
        noun=purpose.noun,
        columns=(WHEN, ITEM, QUANTITY, replace(VALUE, total=True), REASON, LOCATION, BY, STATE, SITE),
        read=purpose.log,
        summary=purpose.log_summary,
        subjects=SUBJECTS,
        search_hint="Find by item or note",
        filters=(FilterField("business_day", "Business day", Between(), Kind.DATE),),
        sort=(Sort("effective_at", descending=True),),
        scan=SCAN,
        detail=movement_panel.DETAIL,
        empty=Empty("Nothing recorded yet", "Lines recorded under Enter appear here.", _record(start, purpose)),
        site_bound=True,
    )


def reasons_spec(purpose: Purpose, start: Callable[[], None]) -> ListSpec:
    """What each reason comes to over the chosen days."""
    return ListSpec(
        key=f"{purpose.key}_reasons",
        title=say("{title} by reason", title=purpose.title),
        noun=("reason", "reasons"),
        columns=(
            Column("reason", "Reason", Kind.TITLE, 240, sub="cost_class", stretch=True),
            Column("entries", "Entries", Kind.NUMBER, 110, total=True),
            Column("items", "Items", Kind.NUMBER, 110),
            Column("value", "Value", Kind.MONEY, 140, signed=True, total=True, permission="stock.cost", tone=_calm),
            Column("share", "Share", Kind.PERCENT, 110, permission="stock.cost"),
        ),
        read=purpose.by_reason,
        summary=purpose.by_reason_summary,
        subjects=SUBJECTS,
        filters=(FilterField("day", "Business day", Between(), Kind.DATE),),
        filters_by_kind=False,  # the few reasons there are, each with its sum
        empty=Empty("Nothing recorded yet", "What is recorded under Enter adds up here.", _record(start, purpose)),
        site_bound=True,
    )


def _calm(_row: object) -> Tone:
    return Tone.PLAIN
