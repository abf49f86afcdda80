"""The page of the items: the list, the panel and the form."""

from ims_desktop.features.items.screen.detail import describe
from ims_desktop.features.items.screen.form import EDIT, FORM, draft
from ims_desktop.features.items.screen.page import FIND, SPEC, ItemsPage, build

__all__ = ["EDIT", "FIND", "FORM", "SPEC", "ItemsPage", "build", "describe", "draft"]
