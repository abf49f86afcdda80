"""The pages of the menu."""

from ims_desktop.features.menu.screen.page import build

__all__ = ["build"]
