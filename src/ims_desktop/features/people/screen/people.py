"""The page of the people: who they are, which roles they have where, and what these permit."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from ims_desktop.domain.listing import Filter, Match, Sort, Summary
from ims_desktop.domain.wording import Words, say, say_count
from ims_desktop.features.people import service
from ims_desktop.features.people.rules import LONGEST_NAME
from ims_desktop.features.people.screen.code_panel import CodePanel
from ims_desktop.features.people.screen.held_roles import EDIT, ROLES_SECTION
from ims_desktop.ui.chips import Chip
from ims_desktop.ui.choices import Between, Choices
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.detail import Detail, DetailButton, DetailSpec, Fact, Note, Section
from ims_desktop.ui.fields import Field, FieldKind, Group
from ims_desktop.ui.form import FormSpec
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.list_spec import Action, Empty, ListSpec, Tab
from ims_desktop.ui.theme import Tone

SUBJECTS = frozenset({"people", "sites"})
STATES = {
    "active": Chip("Active", Tone.OK),
    "no role": Chip("No role", Tone.WARN),
    "left": Chip("Deactivated", Tone.NEUTRAL),
}
COLUMNS = (
    Column("name", "Person", Kind.TITLE, 240, sub="login", sortable=True, stretch=True),
    Column("roles", "Roles", width=220, sortable=True),
    Column("scope", "Where", width=220, derived=True),
    Column("created_at", "Here since", Kind.DATE, 130, sortable=True, filter=Between()),
    Column("state", "Status", Kind.CHIP, 120, chips=STATES, derived=True),
)
YOURSELF = "Nobody changes their own rights: ask somebody else who may change people."
ROLE = Field("role_id", "Role", FieldKind.CHOICE, required=True, choices=Choices(load=service.role_choices))
SITE = Field(
    "site_id",
    "Where",
    FieldKind.CHOICE,
    required=True,
    choices=Choices(load=service.site_choices),
    help="You can give what you hold there yourself.",
)


def _site(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with the site as the database knows it."""
    return {**values, "site_id": None if values["site_id"] == service.EVERYWHERE else values["site_id"]}


def _invitation(values: Mapping[str, Any], _initial: Any) -> service.Invitation:
    return service.Invitation(**_site(values))


def _grant(values: Mapping[str, Any], initial: service.Grant) -> service.Grant:
    return service.Grant(initial.member_id, initial.name, values["role_id"], _site(values)["site_id"])


INVITE = FormSpec(
    title="Invite a person",
    subtitle="You get a one-time code to tell the person. With it they choose a password of their own.",
    groups=(
        Group(
            "Person",
            (
                Field("first_name", "First name", required=True, max_length=LONGEST_NAME, half=True),
                Field("last_name", "Last name", max_length=LONGEST_NAME, half=True),
                Field(
                    "login",
                    "Signs in with",
                    required=True,
                    max_length=254,
                    placeholder="nina@example.com",
                    help="An e-mail address, a phone number or a username.",
                ),
            ),
        ),
        Group("First role", (ROLE, SITE)),
    ),
    save=service.invite,
    build=_invitation,
    said=lambda made: say("{name} is invited", name=made.name),
    save_title="Invite",
    permission=EDIT,
)
GIVE = FormSpec(
    title="Give a role",
    groups=(ROLE, SITE),
    save=service.give_role,
    build=_grant,
    said=lambda given: say("{name} has the role from now on", name=given.name),
    save_title="Give role",
    permission=EDIT,
)


def _show_code(page: Any, made: service.OneTimeCode) -> None:
    page.open_panel(CodePanel(page.desk, made))


def _invite(page: Any, _rows: Any) -> None:
    page.open_form(INVITE)
    page.panel.saved.connect(partial(_show_code, page))


def _give(page: Any, person: service.Person) -> None:
    page.open_form(GIVE, service.Grant(person.id, person.name))


def _new_code(page: Any, person: service.Person) -> None:
    page.desk.messages.ask(
        say(
            "{name} gets a one-time code. The password of today stops working and every desk is signed out.",
            name=person.name,
        ),
        lambda: page.desk.start(
            page, partial(_show_code, page), service.new_code, person.id, person.name, person.login or ""
        ),
        go_on="Make a code",
        parent=page,
    )


def _deactivate(page: Any, person: service.Person) -> None:
    def done(_: Any) -> None:
        back = partial(page.desk.start, page, lambda _: None, service.reactivate, person.id)
        page.desk.messages.done(say("{name} is out, on every PC", name=person.name), undo=back)

    page.start(done, service.deactivate, person.id)


def _reactivate(page: Any, person: service.Person) -> None:
    def done(_: Any) -> None:
        page.desk.messages.done(say("{name} may sign in again", name=person.name))

    page.start(done, service.reactivate, person.id)


def _why_not(person: service.Person) -> Words | None:
    return YOURSELF if person.is_self else None


def _is_here(person: service.Person) -> bool:
    return person.is_active


def _is_out(person: service.Person) -> bool:
    return not person.is_active


def describe(person: service.Person, formats: Formats) -> Detail:
    """A person in words, with every right by resource, and which role it comes from."""
    state = "left" if not person.is_active else "active" if person.assignments else "no role"
    out = Note("Cannot sign in. The roles are kept for a return.", Tone.NEUTRAL)
    return Detail(
        title=person.name,
        chips=(STATES[state],),
        line=person.login or "",
        notes=() if person.is_active else (out,),
        facts=(
            Fact("Here since", formats.date(formats.local(person.created_at).date())),
            Fact("Rights", formats.number(len(person.rights)), "held somewhere"),
        ),
    )


def subtitle(summary: Summary, formats: Formats) -> Words:
    """How many people."""
    return say_count("{count} person", "{count:,} people", summary.count)


NEW = Action("Invite", _invite, icon="user-plus", permission=EDIT)
SESSIONS = Action("Sessions", lambda page, _rows: page.desk.navigation.open("sessions"), icon="desktop")
BUTTONS = (
    DetailButton("Give a role", _give, "plus", EDIT, why_not=_why_not, show=_is_here),
    DetailButton("Deactivate", _deactivate, "prohibit", EDIT, danger=True, why_not=_why_not, show=_is_here),
    DetailButton("Reactivate", _reactivate, "check", EDIT, why_not=_why_not, show=_is_out),
    DetailButton("New one-time code", _new_code, permission=EDIT, why_not=_why_not, menu=True, show=_is_here),
)
SPEC = ListSpec(
    key="people",
    title="People",
    noun=("person", "people"),
    columns=COLUMNS,
    read=service.people,
    summary=service.people_summary,
    counts=service.people_tab_counts,
    subjects=SUBJECTS,
    subtitle=subtitle,
    search_hint="Filter by name, login or role",
    tabs=(
        Tab("active", "Active", (Filter("is_active", Match.IN, (True,)),)),
        Tab("left", "Deactivated", (Filter("is_active", Match.IN, (False,)),)),
    ),
    sort=(Sort("name"),),
    primary=NEW,
    actions=(SESSIONS,),
    detail=DetailSpec(service.person, describe, SUBJECTS, BUTTONS, (ROLES_SECTION,)),
    empty=Empty("Nobody is here yet", "Whoever is invited gets a one-time code, and chooses a password with it.", NEW),
)


def build_people(desk: Desk, sections: tuple[Section, ...] = ()) -> ListPage:
    """The page of the people; `sections` are what other capabilities show under a person."""
    return ListPage(desk, SPEC.with_sections(sections))
