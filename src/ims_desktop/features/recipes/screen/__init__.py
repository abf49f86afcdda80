"""The page of recipes."""

from ims_desktop.features.recipes.screen.page import FIND, build

__all__ = ["FIND", "build"]
