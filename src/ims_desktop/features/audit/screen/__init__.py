"""The page of the audit log, and the history that the panel of any record can show."""

from ims_desktop.features.audit.screen.history import History, history_section
from ims_desktop.features.audit.screen.page import build

__all__ = ["History", "build", "history_section"]
