"""The tables of recipes, and what this feature reads of others."""

from sqlalchemy import Boolean, Uuid, column
from sqlalchemy import table as foreign

from ims_desktop.database.base import table

RECIPES = table(
    "recipes",
    id="uuid",
    name="text",
    sort_name="text",
    kind="text",
    output_item_id="uuid",
    image="bytes",
    is_active="bool",
    version="int",
)
VERSIONS = table(
    "recipe_versions",
    id="uuid",
    recipe_id="uuid",
    valid_from="date",
    yield_quantity="quantity",
    yield_unit="text",
    method="text",
)
LINES = table(
    "recipe_lines",
    version_id="uuid",
    line="int",
    item_id="uuid",
    sub_recipe_id="uuid",
    quantity="quantity",
    unit="text",
    base_quantity="quantity",
    yield_percent="number",
)

# Owned by a feature below: whose costs are meant, when the person chose no site.
SITES = foreign(
    "sites",
    column("id", Uuid),
    column("name"),
    column("sort_name"),
    column("is_default", Boolean),
    column("is_active", Boolean),
    column("currency"),
    column("prices_include_tax", Boolean),
    column("food_cost_target"),
)
