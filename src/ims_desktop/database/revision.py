"""What a revision is made of: a frozen SQL script beside it, filled with the names of the schema it runs in."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from ims_desktop.database.scripts import MAKERS, scripts


@dataclass(frozen=True)
class Target:
    """Where a revision runs: a connection in a transaction, and what puts the names of the schema into a script."""

    connection: Connection
    fill: Callable[[str], str]


_TARGET: ContextVar[Target] = ContextVar("target")  # several schemas move at once, each on a thread of its own


@contextmanager
def running_in(target: Target) -> Iterator[None]:
    """Let revisions run there."""
    token = _TARGET.set(target)
    try:
        yield
    finally:
        _TARGET.reset(token)


def run_script(revision: str, direction: str) -> None:
    """Run `<revision>.up.sql` or `.down.sql` beside the revision's Python file."""
    path = Path(revision)
    script, history = path.with_suffix(f".{direction}.sql").read_text("utf-8"), path.parents[1].name
    target = _TARGET.get()
    # Straight to the driver: the scripts are many statements, with colons and percent signs of their own.
    connection = target.connection.connection.driver_connection
    if connection is None:
        raise RuntimeError("a revision needs a live connection")
    parts = (_makers_may(history, "GRANT", "TO"), script, _makers_may(history, "REVOKE", "FROM"))
    connection.execute(target.fill("\n;\n".join(parts)))  # in one round trip


def _makers_may(history: str, verb: str, whom: str) -> str:
    """The roles that own functions may make and replace them while a revision runs, and at no other time."""
    schema, makers = MAKERS[history]
    return (
        "SET LOCAL ROLE ims_owner; DO $$ BEGIN"
        f" IF to_regnamespace('{schema}') IS NOT NULL THEN {verb} CREATE ON SCHEMA {schema} {whom} {makers}; END IF;"
        " END $$"
    )


def frozen(history: str) -> str:
    """All of head as one script: what a first revision keeps, and what a later one is compared with."""
    return "\n".join(f"SET LOCAL ROLE {script.owner};\n{script.sql}" for script in scripts(history))
