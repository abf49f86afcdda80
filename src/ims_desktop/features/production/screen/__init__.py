"""The page on which preps are made and items are repacked."""

from ims_desktop.features.production.screen.page import build

__all__ = ["build"]
