"""The page that brings records in from files."""

from ims_desktop.features.exchange.screen.page import IMPORTS_OF_LISTS, RIGHTS, build

__all__ = ["IMPORTS_OF_LISTS", "RIGHTS", "build"]
