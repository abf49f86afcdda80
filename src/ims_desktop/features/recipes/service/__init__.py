"""Recipes as they are made today, and what they cost."""

from ims_desktop.features.recipes.service.costing import cost_of_one, here
from ims_desktop.features.recipes.service.recipes import (
    Ingredient,
    Recipe,
    RecipeRow,
    RecipeVersion,
    User,
    recipe,
    recipe_counts,
    recipes,
    recipes_summary,
)

__all__ = [
    "Ingredient",
    "Recipe",
    "RecipeRow",
    "RecipeVersion",
    "User",
    "cost_of_one",
    "here",
    "recipe",
    "recipe_counts",
    "recipes",
    "recipes_summary",
]
