"""The history that the panel of any record can show: what happened to it, who did it, when and where."""

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ims_desktop.domain.wording import Words, commas, say
from ims_desktop.features.audit import service
from ims_desktop.ui.controls import clear_layout, column, label, line
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.detail import Section
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.language import said

RIGHT, COST = "audit.view", "stock.cost"
FIELDS_SHOWN = 4
POSTED = frozenset({"posting", "orders"})  # their history repeats what was posted, and so what it was worth
CAUSES: Mapping[str, Words] = {"TRUE_UP": "True-up"}


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
        self._desk, self._subject, self._record = desk, subject, str(record_id)
        self._lines = QVBoxLayout()
        self.setLayout(column(self._lines))
        desk.start(self, self.show_entries, service.whole_history, subject, record_id, replace="history")

    def show_entries(self, happened: tuple[service.Happening, ...]) -> None:
        """Write one line for each, and say what is kept back."""
        clear_layout(self._lines)
        for number, one in enumerate(happened):
            if number:
                self._lines.addWidget(line())
            said = " · ".join(filter(None, (self._desk.formats.moment(one.at), one.who, one.device)))
            when = label(said, 11, role="muted", tabular=True)
            self._lines.addLayout(column(5, label(self._words(one), 13, wrap=True), 1, when, 5))
        if kept_back := self._kept_back(empty=not happened):
            self._lines.addWidget(label(kept_back, 12, role="muted", wrap=True))

    def _kept_back(self, *, empty: bool) -> str:
        if self._subject in POSTED and not self._desk.may(COST):
            return self.tr("Who posted it, and where, is shown to those who see costs.")
        return self.tr("Nothing is recorded.") if empty else ""

    def _words(self, one: service.Happening) -> str:
        if isinstance(one, service.Correction):
            return correction_in_short(one, self._desk.formats)
        if one.subject == self._subject and one.record_id == self._record:
            return in_short(one)
        return in_short_of_posting(one) if one.subject == "posting" else in_short_of_part(one)


def in_short(entry: service.AuditEntry) -> str:
    """A change in one sentence: the fields, or from what to what where it is a single one."""
    if entry.subject == "sessions":
        return ", ".join(f"{said(change.field)}: {said(change.after)}" for change in entry.changes)
    done = said(service.ACTIONS.get(entry.action, entry.action))
    if entry.action != "UPDATE" or not entry.changes:
        return done
    if len(entry.changes) == 1:
        [change] = entry.changes
        return f"{said(change.field)}: {said(change.before)} → {said(change.after)}"
    fields = [change.field for change in entry.changes]
    named = commas(map(said, fields[:FIELDS_SHOWN]))
    if len(fields) > FIELDS_SHOWN:
        return say("{done} {fields} and {count} more", done=done, fields=named, count=len(fields) - FIELDS_SHOWN)
    return say("{done} {fields}", done=done, fields=named)


def in_short_of_posting(entry: service.AuditEntry) -> str:
    """A posting that the record came about by, or that took it back."""
    if entry.part_of:
        return say("Taken back by {posting}", posting=entry.record)
    return say("Posted as {posting}", posting=entry.record)


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


def correction_in_short(one: service.Correction, formats: Formats) -> str:
    """Why something cost more or less than it seemed, and by how much."""
    return say(
        "{cause} by {document}: {item} {value}",
        cause=CAUSES.get(one.cause, one.cause),
        document=one.document,
        item=one.item,
        value=formats.number(one.value, formats.money_decimals, True),
    )
