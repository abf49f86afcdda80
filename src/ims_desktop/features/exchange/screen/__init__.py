"""The page that brings records in from files."""

from ims_desktop.features.exchange.screen.page import build

__all__ = ["build"]
