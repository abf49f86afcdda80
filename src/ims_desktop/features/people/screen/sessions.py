"""The page of sessions: who is signed in where and since when, and ending one."""

from functools import partial
from typing import Any

from ims_desktop.domain.listing import Sort, Summary
from ims_desktop.domain.wording import Words, say, say_count
from ims_desktop.features.people import service
from ims_desktop.ui.chips import Chip
from ims_desktop.ui.choices import Choices
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.list_spec import Action, Empty, FilterField, ListSpec, Needs, opening
from ims_desktop.ui.theme import Tone

STATES = {
    "this": Chip("This desk", Tone.INFO),
    "connected": Chip("Connected", Tone.OK),
    "idle": Chip("Idle", Tone.NEUTRAL),
}
COLUMNS = (
    Column("name", "Person", Kind.TITLE, 220, sortable=True, stretch=True),
    Column("device", "PC", width=190, sortable=True),
    Column("system", "System", width=110),
    Column("address", "Address", width=130),
    Column("since", "Signed in", Kind.DATETIME, 140, sortable=True),
    Column("last_used_at", "Last use", Kind.DATETIME, 140, sortable=True),
    Column("state", "Status", Kind.CHIP, 120, chips=STATES, derived=True),
)


def _why_not(desk: Desk, rows: tuple[service.SessionRow, ...]) -> Words | None:
    if any(row.is_this for row in rows):
        return "This is where you are: sign out instead."
    if not desk.may("people.edit") and not all(row.is_own for row in rows):
        return "Ending sessions of others needs the right to change people."
    return None


def _end(page: Any, rows: tuple[service.SessionRow, ...]) -> None:
    session = rows[0]

    def done(_: Any) -> None:
        page.desk.messages.done(say("{name} is signed out at {device}", name=session.name, device=session.device))

    page.desk.messages.ask(
        say(
            "{name} is signed out at {device} at once. What is typed there and not saved is lost.",
            name=session.name,
            device=session.device,
        ),
        partial(page.desk.start, page, done, service.end_session, session.id),
        go_on="End session",
        parent=page,
    )


def subtitle(summary: Summary, formats: Formats) -> Words:
    """How many sessions."""
    return say_count("{count} session open", "{count:,} sessions open", summary.count)


def build_sessions(desk: Desk) -> ListPage:
    """The page of sessions."""
    end = Action("End session", _end, "sign-out", needs=Needs.ONE, danger=True, why_not=partial(_why_not, desk))
    return ListPage(
        desk,
        ListSpec(
            key="sessions",
            title="Sessions",
            noun=("session", "sessions"),
            columns=COLUMNS,
            read=service.sessions,
            summary=service.sessions_summary,
            subjects=frozenset({"people"}),
            subtitle=subtitle,
            search_hint="Filter by person, PC or address",
            filters=(FilterField("member_id", "Person", Choices(load=service.member_choices)),),
            sort=(Sort("last_used_at", True),),
            actions=(end,),
            empty=Empty("Nobody is signed in", "", opening("People", "people", "people.view", "users")),
        ),
    )
