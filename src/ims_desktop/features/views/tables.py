"""The table of the saved views, and the names of those who made them."""

from sqlalchemy import Uuid, column
from sqlalchemy import table as foreign

from ims_desktop.database.base import table

VIEWS = table(
    "saved_views",
    id="uuid",
    list="text",
    name="text",
    sort_name="text",
    owner_id="uuid",
    is_shared="bool",
    needs="text",
    definition="json",
    version="int",
)
MEMBERS = foreign("members", column("id", Uuid), column("display_name"))
