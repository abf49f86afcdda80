"""The audit log: the list, one entry, and the history of a record."""

from ims_desktop.features.audit.rules import ACTIONS, SUBJECTS, Change
from ims_desktop.features.audit.service.history import Correction, Happening, history_of, whole_history
from ims_desktop.features.audit.service.log import (
    AuditEntry,
    AuditRow,
    audit_entries,
    audit_entry,
    audit_summary,
    person_choices,
    site_choices,
)

__all__ = [
    "ACTIONS",
    "SUBJECTS",
    "AuditEntry",
    "AuditRow",
    "Change",
    "Correction",
    "Happening",
    "audit_entries",
    "audit_entry",
    "audit_summary",
    "history_of",
    "person_choices",
    "site_choices",
    "whole_history",
]
