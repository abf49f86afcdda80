"""The pages on which waste and adjustments are recorded."""

from ims_desktop.features.adjustments.screen.memory import COPY
from ims_desktop.features.adjustments.screen.memory import Memory as SiteMemory
from ims_desktop.features.adjustments.screen.page import build_adjustments, build_waste
from ims_desktop.features.adjustments.screen.photos import PHOTO_SECTION
from ims_desktop.features.adjustments.screen.purpose import ADJUSTMENTS, WASTE, Reviewed
from ims_desktop.features.adjustments.screen.recorder import sendings
from ims_desktop.features.adjustments.screen.reviews import REVIEW, request_key, reviews_spec

SENDINGS = (*sendings(WASTE), *sendings(ADJUSTMENTS))

__all__ = [
    "COPY",
    "PHOTO_SECTION",
    "REVIEW",
    "SENDINGS",
    "Reviewed",
    "SiteMemory",
    "build_adjustments",
    "build_waste",
    "request_key",
    "reviews_spec",
]
