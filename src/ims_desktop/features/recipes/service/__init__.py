"""Recipes: looking at them, changing them, and what they cost."""

from ims_desktop.features.recipes.rules import (
    Difference,
    LineDraft,
    RecipeDraft,
    Usable,
    VersionLine,
    Written,
    cost_of_line,
    read_written,
)
from ims_desktop.features.recipes.service.allergens import declared_allergens
from ims_desktop.features.recipes.service.choosing import usable_choices, usables
from ims_desktop.features.recipes.service.costing import cost_of_one, here
from ims_desktop.features.recipes.service.editing import EditableLine, EditableRecipe, editable_recipe
from ims_desktop.features.recipes.service.looking import (
    AllergenSource,
    Ingredient,
    Recipe,
    RecipeVersion,
    User,
    recipe,
    recipe_image,
)
from ims_desktop.features.recipes.service.recipes import (
    ARCHIVED,
    RecipeRow,
    recipe_counts,
    recipes,
    recipes_summary,
)
from ims_desktop.features.recipes.service.saving import (
    SavedRecipe,
    archive,
    copy_recipe,
    remove_version,
    restore,
    save_image,
    save_recipe,
)

__all__ = [
    "ARCHIVED",
    "AllergenSource",
    "Difference",
    "EditableLine",
    "EditableRecipe",
    "Ingredient",
    "LineDraft",
    "Recipe",
    "RecipeDraft",
    "RecipeRow",
    "RecipeVersion",
    "SavedRecipe",
    "Usable",
    "User",
    "VersionLine",
    "Written",
    "archive",
    "copy_recipe",
    "cost_of_line",
    "cost_of_one",
    "declared_allergens",
    "editable_recipe",
    "here",
    "read_written",
    "recipe",
    "recipe_counts",
    "recipe_image",
    "recipes",
    "recipes_summary",
    "remove_version",
    "restore",
    "save_image",
    "save_recipe",
    "usable_choices",
    "usables",
]
