"""The pages of the items and their categories: lists, panels and forms."""

from ims_desktop.features.items.screen.categories import CategoriesPage, build_categories
from ims_desktop.features.items.screen.detail import describe
from ims_desktop.features.items.screen.form import EDIT, FORM, draft
from ims_desktop.features.items.screen.page import FIND, SPEC, ItemsPage, build

__all__ = [
    "EDIT",
    "FIND",
    "FORM",
    "SPEC",
    "CategoriesPage",
    "ItemsPage",
    "build",
    "build_categories",
    "describe",
    "draft",
]
