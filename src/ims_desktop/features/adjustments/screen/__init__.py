"""The pages on which waste and adjustments are recorded."""

from ims_desktop.features.adjustments.screen.page import build_adjustments, build_waste

__all__ = ["build_adjustments", "build_waste"]
