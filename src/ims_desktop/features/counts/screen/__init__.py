"""The pages of counts: all of them, the sheet one counts on, and the review."""

from ims_desktop.features.counts.screen.keeping import COPY, SENDINGS
from ims_desktop.features.counts.screen.lists import build_counts
from ims_desktop.features.counts.screen.review import build_review
from ims_desktop.features.counts.screen.sheet_page import build_sheet

__all__ = ["COPY", "SENDINGS", "build_counts", "build_review", "build_sheet"]
