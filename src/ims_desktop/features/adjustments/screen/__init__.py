"""The pages on which waste and adjustments are recorded."""

from ims_desktop.features.adjustments.screen.page import build_adjustments, build_waste
from ims_desktop.features.adjustments.screen.purpose import ADJUSTMENTS, WASTE
from ims_desktop.features.adjustments.screen.recorder import sending

SENDINGS = tuple(sending(purpose.kept_as, purpose.title, purpose.key) for purpose in (WASTE, ADJUSTMENTS))

__all__ = ["SENDINGS", "build_adjustments", "build_waste"]
