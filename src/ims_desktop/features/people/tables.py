"""The tables of people and roles, and what this feature reads of others."""

from sqlalchemy import Uuid, column
from sqlalchemy import table as foreign

from ims_desktop.database.base import table

# The login is a column no desk may read: function logins() tells it to those who may see people.
MEMBERS = table(
    "members", id="uuid", display_name="text", sort_name="text", is_active="bool", version="int", created_at="moment"
)
ROLES = table(
    "roles",
    id="uuid",
    name="text",
    sort_name="text",
    parent_role_id="uuid",
    permissions="json",
    limits="json",
    is_builtin="bool",
    version="int",
)
USER_ROLES = table("user_roles", id="uuid", member_id="uuid", role_id="uuid", site_id="uuid")
PERMISSIONS = table("permissions", resource="text", action="text", title="text", is_limited="bool")

# Owned by `sites`, which stands beside this feature; read only.
SITES = foreign("sites", column("id", Uuid), column("name"), column("sort_name"))
