"""The table of what productions were to use and to make."""

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import ARRAY

from ims_desktop.database.base import QUANTITY, table

PRODUCTIONS = table("productions", posting_id="uuid", site_id="uuid", recipe_version_id="uuid", reason_id="uuid")
PRODUCTIONS.append_column(Column("expected", ARRAY(QUANTITY)))
