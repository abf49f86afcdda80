"""The page of the audit log, and the history that the panel of any record can show."""

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ims_desktop.domain.listing import Sort, Summary
from ims_desktop.features.audit import service
from ims_desktop.ui.choices import Between, Choice, Choices
from ims_desktop.ui.columns import Chip, Column, Kind
from ims_desktop.ui.controls import clear_layout, column, label, line
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.detail import Detail, DetailSpec, Fact, Line, Related, Section
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.list_spec import Empty, FilterField, ListSpec
from ims_desktop.ui.theme import Tone

RIGHT = "audit.view"
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
        "audit",
    }
)
FIELDS_SHOWN = 4

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
    Column("record", "Record", Kind.TITLE, 280, sub="subject_words", stretch=True),
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
            Fact("From", entry.device or entry.ip_address or "the server itself", entry.site or ""),
        ),
        related=(Related(_title(entry), tuple(_change(entry, each) for each in entry.changes), empty="Nothing else."),),
    )


def _title(entry: service.AuditEntry) -> str:
    return {"INSERT": "As it was added", "DELETE": "As it was before"}.get(entry.action, "What changed")


def _change(entry: service.AuditEntry, change: service.Change) -> Line:
    if entry.action in ("INSERT", "POST"):
        return Line(change.after, change.field)
    if entry.action == "DELETE":
        return Line(change.before, change.field)
    return Line(f"{change.before} → {change.after}", change.field)


def subtitle(summary: Summary, formats: Formats) -> str:
    """How much there is; nothing is ever removed."""
    if summary.capped:
        return f"More than {formats.number(summary.count - 1)} changes; nothing in this log is ever altered or removed"
    return f"{formats.number(summary.count)} changes; nothing in this log is ever altered or removed"


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


def _own_key(record: Any) -> Any:
    return record.id


def history_section(subject: str, key: Callable[[Any], Any] = _own_key) -> Section:
    """A part for the panel of any record: its newest changes. `subject` is its table, or "posting"."""

    def build_history(desk: Desk, record: Any, _parent: QWidget) -> QWidget:
        return History(desk, subject, key(record))

    return Section("History", build_history, RIGHT)


class History(QWidget):
    """The newest changes of one record and its parts: who, when, and which fields."""

    def __init__(self, desk: Desk, subject: str, record_id: Any) -> None:
        super().__init__()
        self._desk, self._subject = desk, subject
        self._lines = QVBoxLayout()
        self.setLayout(column(self._lines))
        desk.start(self, self.show_entries, service.history_of, subject, record_id, replace="history")

    def show_entries(self, entries: tuple[service.AuditEntry, ...]) -> None:
        """Write one line a change."""
        clear_layout(self._lines)
        if not entries:
            self._lines.addWidget(label(self.tr("Nothing is recorded."), 12, role="muted"))
        for number, entry in enumerate(entries):
            if number:
                self._lines.addWidget(line())
            said = " · ".join(filter(None, (self._desk.formats.moment(entry.at), entry.who, entry.device)))
            when = label(said, 11, role="muted", tabular=True)
            words = in_short(entry) if entry.subject == self._subject else in_short_of_part(entry)
            self._lines.addLayout(column(5, label(words, 13, wrap=True), 1, when, 5))


def in_short(entry: service.AuditEntry) -> str:
    """A change in one sentence: the fields, or from what to what where it is a single one."""
    if entry.subject == "sessions":
        return ", ".join(f"{change.field.lower()}: {change.after}" for change in entry.changes)
    done = service.ACTIONS.get(entry.action, entry.action)
    if entry.action != "UPDATE" or not entry.changes:
        return done
    if len(entry.changes) == 1:
        [change] = entry.changes
        return f"{change.field}: {change.before} → {change.after}"
    fields = [change.field for change in entry.changes]
    more = f" and {len(fields) - FIELDS_SHOWN} more" if len(fields) > FIELDS_SHOWN else ""
    return f"{done} {', '.join(fields[:FIELDS_SHOWN])}{more}"


def in_short_of_part(entry: service.AuditEntry) -> str:
    """The same of a part of the record, with its name; of one that came or went, what it says."""
    words = f"{entry.part_words}: {in_short(entry)}"
    if entry.action == "UPDATE":
        return words
    belongs_to = entry.record.rpartition(" · ")[0] or entry.record
    own = entry.record.rpartition(" · ")[2]
    values = [change.after if entry.action == "INSERT" else change.before for change in entry.changes]
    said = [value for value in values if value not in (belongs_to, own, "No", "encrypted")][:FIELDS_SHOWN]
    return f"{words} {', '.join(said)}" if said else words
