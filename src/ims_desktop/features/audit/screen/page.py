"""The page of the audit log."""

from ims_desktop.domain.listing import Sort, Summary
from ims_desktop.domain.wording import Words, meant, say, say_count
from ims_desktop.features.audit import service
from ims_desktop.ui.chips import Chip
from ims_desktop.ui.choices import Between, Choice, Choices
from ims_desktop.ui.columns import Column, Kind
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.detail import Detail, DetailSpec, Fact, Line, Related
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.list_spec import Empty, FilterField, ListSpec
from ims_desktop.ui.theme import Tone

TONES = {"INSERT": Tone.OK, "UPDATE": Tone.PLAIN, "DELETE": Tone.WARN, "POST": Tone.INFO}
ACTIONS = {key: Chip(title, TONES[key]) for key, title in service.ACTIONS.items()}
SUBJECTS = tuple(Choice(key, title) for key, title in sorted(service.SUBJECTS.items(), key=lambda pair: pair[1]))
# Whatever changes anywhere adds to the log.
ALL_SUBJECTS = frozenset(
    {
        "sites",
        "storage",
        "items",
        "stock",
        "postings",
        "suppliers",
        "customers",
        "recipes",
        "menu",
        "orders",
        "people",
        "views",
        "audit",
    }
)

COLUMNS = (
    Column("at", "When", Kind.DATETIME, 160, sortable=True, filter=Between()),
    Column("who", "Who", width=160, filter=Choices(load=service.person_choices)),
    Column(
        "action",
        "What",
        Kind.CHIP,
        110,
        chips=ACTIONS,
        filter=Choices(tuple(Choice(key, chip.text) for key, chip in ACTIONS.items())),
    ),
    Column(
        "record", meant("Record", "what was changed"), Kind.TITLE, 280, sub="subject_words", stretch=True, derived=True
    ),
    Column("site", "Where", width=170, filter=Choices(load=service.site_choices)),
)


def describe(entry: service.AuditEntry, formats: Formats) -> Detail:
    """One change, field by field."""
    return Detail(
        title=entry.record,
        code=entry.subject_words,
        chips=(ACTIONS[entry.action],),
        line=formats.moment(entry.at),
        facts=(
            Fact("Who", entry.who),
            Fact("From", entry.device or entry.ip_address or say("the server itself"), entry.site or ""),
        ),
        related=(Related(_title(entry), tuple(_change(entry, each) for each in entry.changes), empty="Nothing else."),),
    )


def _title(entry: service.AuditEntry) -> Words:
    if entry.action == "INSERT":
        return "As it was added"
    return "As it was before" if entry.action == "DELETE" else "What changed"


def _change(entry: service.AuditEntry, change: service.Change) -> Line:
    if entry.action in ("INSERT", "POST"):
        return Line(change.after, change.field)
    if entry.action == "DELETE":
        return Line(change.before, change.field)
    return Line(f"{change.before} → {change.after}", change.field)


def subtitle(summary: Summary, formats: Formats) -> Words:
    """How much there is; nothing is ever removed."""
    if summary.capped:
        return say(
            "More than {count:,} changes; nothing in this log is ever altered or removed",
            count=summary.count - 1,
        )
    return say_count(
        "{count} change; nothing in this log is ever altered or removed",
        "{count:,} changes; nothing in this log is ever altered or removed",
        summary.count,
    )


SPEC = ListSpec(
    key="audit",
    title="Audit log",
    noun=("change", "changes"),
    columns=COLUMNS,
    read=service.audit_entries,
    summary=service.audit_summary,
    subjects=ALL_SUBJECTS,
    subtitle=subtitle,
    search_hint="Filter by name of record",
    filters=(FilterField("subject", "Kind of record", Choices(SUBJECTS)),),
    sort=(Sort("at", descending=True),),
    detail=DetailSpec(service.audit_entry, describe),
    empty=Empty("Nothing has been changed yet", "Every change from now on appears here."),
)


def build(desk: Desk) -> ListPage:
    """The page of the audit log."""
    return ListPage(desk, SPEC)
