"""What a revision is made of: a frozen SQL script beside it, filled with the names of the schema it runs in."""

from pathlib import Path

from alembic import context, op

from ims_desktop.database.scripts import scripts


def run_script(revision: str, direction: str) -> None:
    """Run `<revision>.up.sql` or `.down.sql` beside the revision's Python file."""
    script = Path(revision).with_suffix(f".{direction}.sql").read_text("utf-8")
    fill = context.config.attributes["fill"]
    # Straight to the driver: the scripts are many statements, with colons and percent signs of their own.
    connection = op.get_bind().connection.driver_connection
    if connection is None:
        raise RuntimeError("a revision needs a live connection")
    connection.execute(fill(script))
    connection.execute("SET LOCAL ROLE ims_owner")


def frozen(history: str) -> str:
    """All of head as one script: what a first revision keeps, and what a later one is compared with."""
    return "\n".join(f"SET LOCAL ROLE {script.owner};\n{script.sql}" for script in scripts(history))
