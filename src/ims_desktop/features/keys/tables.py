"""The names of people beside the keys they gave; the keys themselves are behind functions."""

from sqlalchemy import Uuid, column
from sqlalchemy import table as foreign

MEMBERS = foreign("members", column("id", Uuid), column("display_name"))
