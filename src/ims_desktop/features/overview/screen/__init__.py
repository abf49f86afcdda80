"""The first page."""

from ims_desktop.features.overview.screen.page import build_overview

__all__ = ["build_overview"]
