"""The page of the people: who they are, which roles they have where, and what these permit."""

from ims_desktop.domain.listing import Filter, Match, Sort, Summary
from ims_desktop.features.people import service
from ims_desktop.ui.choices import Between
from ims_desktop.ui.columns import Chip, Column, Kind
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.detail import Detail, DetailSpec, Fact, Line, Related
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.list_spec import Empty, ListSpec, Tab
from ims_desktop.ui.theme import Tone

SUBJECTS = frozenset({"people", "sites"})
STATES = {
    "active": Chip("Active", Tone.OK),
    "no role": Chip("No role", Tone.WARN),
    "left": Chip("Left", Tone.NEUTRAL),
}
COLUMNS = (
    Column("name", "Person", Kind.TITLE, 240, sub="login", sortable=True, stretch=True),
    Column("roles", "Roles", width=220, sortable=True),
    Column("scope", "Where", width=220),
    Column("created_at", "Here since", Kind.DATE, 130, sortable=True, filter=Between()),
    Column("state", "Status", Kind.CHIP, 110, chips=STATES),
)


def describe(person: service.Person, formats: Formats) -> Detail:
    """A person in words, with every right by resource, and whether a role says it itself or inherits it."""
    state = "left" if not person.is_active else "active" if person.assignments else "no role"
    return Detail(
        title=person.name,
        chips=(STATES[state],),
        line=person.login or "",
        facts=(
            Fact("Here since", formats.date(formats.local(person.created_at).date())),
            Fact("Rights", formats.number(len(person.rights)), "held somewhere"),
        ),
        related=(
            _roles(person),
            Related("What the roles permit", tuple(map(_right, person.rights)), empty="Nothing."),
        ),
    )


def _roles(person: service.Person) -> Related:
    lines = tuple(Line(each.role, each.site or "All sites") for each in person.assignments)
    return Related("Roles", lines, empty="Without a role nothing can be seen or done.")


def _right(right: service.Right) -> Line:
    source = f"from {' and '.join(right.roles)}" if right.inherited else ""
    note = " · ".join(filter(None, (right.resource.capitalize(), source, ", ".join(right.sites))))
    return Line(right.title, note, "inherited" if right.inherited else "own")


def subtitle(summary: Summary, formats: Formats) -> str:
    """How many people, and how they come to be here."""
    people = "1 person" if summary.count == 1 else f"{formats.number(summary.count)} people"
    return f"{people} · invited and given roles with ims-admin"


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
        Tab("left", "Left", (Filter("is_active", Match.IN, (False,)),)),
    ),
    sort=(Sort("name"),),
    detail=DetailSpec(service.person, describe, SUBJECTS),
    empty=Empty("Nobody here", "People are invited with ims-admin."),
)


def build(desk: Desk) -> ListPage:
    """The page of the people."""
    return ListPage(desk, SPEC)
