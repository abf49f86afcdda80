"""Copies of the migrations with a revision more than there is, for trying the walk up and down."""

import shutil
from pathlib import Path

from ims_desktop.database.scripts import MIGRATIONS

MODULE = '''"""{title}."""

from ims_desktop.database.revision import run_script

revision = "{revision}"
down_revision = "{below}"


def upgrade() -> None:
    """Run the frozen script of this revision."""
    run_script(__file__, "up")


def downgrade() -> None:
    """Run its opposite."""
    run_script(__file__, "down")
'''

# Adds, and takes nothing away: the program of before goes on.
EXPAND = "ALTER TABLE tenant_schema.items ADD COLUMN shelf text;\nCREATE TABLE tenant_schema.shelves (name text);\n"
EXPAND_BACK = "DROP TABLE tenant_schema.shelves;\nALTER TABLE tenant_schema.items DROP COLUMN shelf;\n"

# Takes something away: says which program it needs.
NEEDS = (
    "SET LOCAL ROLE ims_rights;\nCREATE OR REPLACE FUNCTION tenant_schema.oldest_desk() RETURNS text\n"
    "LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp\nRETURN '{revision}';\n"
)


def copy_of_migrations(folder: Path) -> Path:
    """The two histories, to be added to."""
    return Path(shutil.copytree(MIGRATIONS, folder / "migrations"))


def add_revision(home: Path, up: str, down: str, *, history: str = "tenant", title: str = "Shelves") -> str:
    """Add a revision on top; gives its number."""
    versions = home / history / "versions"
    below = max(path.stem.partition("_")[0] for path in versions.glob("[0-9]*.py"))
    revision = f"{int(below) + 1:04}"
    stem = f"{revision}_{title.lower()}"
    (versions / f"{stem}.py").write_text(MODULE.format(title=title, revision=revision, below=below), "utf-8")
    (versions / f"{stem}.up.sql").write_text(up, "utf-8")
    (versions / f"{stem}.down.sql").write_text(down, "utf-8")
    return revision
