"""The table of the sites, and what this feature reads of others."""

from sqlalchemy import Date, Uuid, column
from sqlalchemy import table as foreign

from ims_desktop.database.base import table

SITES = table(
    "sites",
    id="uuid",
    name="text",
    sort_name="text",
    kind="text",
    address_line_1="text",
    address_line_2="text",
    postal_code="text",
    city="text",
    state="text",
    country="text",
    email="text",
    phone="text",
    manager_id="uuid",
    capacity="int",
    is_head_office="bool",
    is_default="bool",
    currency="text",
    time_zone="text",
    locale="text",
    day_cutover_hour="int",
    allows_negative="bool",
    prices_include_tax="bool",
    food_cost_target="number",
    is_active="bool",
    version="int",
    created_at="moment",
)

# Owned by features beside or above this one, which it may not import; it only reads these few columns.
MEMBERS = foreign("members", column("id", Uuid), column("display_name"), column("sort_name"), column("is_active"))
POSTINGS = foreign("postings", column("id", Uuid), column("site_id", Uuid), column("business_day", Date))
LOCATIONS = foreign(
    "storage_locations",
    column("id", Uuid),
    column("site_id", Uuid),
    column("name"),
    column("walk_order"),
    column("is_active"),
)
