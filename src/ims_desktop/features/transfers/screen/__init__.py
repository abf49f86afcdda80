"""The page of transfers."""

from ims_desktop.features.transfers.screen.page import build

__all__ = ["build"]
