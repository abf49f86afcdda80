"""The revisions of one history in their order, and the walk along them. Only this module knows Alembic."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from ims_desktop.database.revision import Target, running_in
from ims_desktop.domain.errors import UserError
from ims_desktop.domain.wording import say

BASE = "base"


class RevisionFailed(Exception):
    """A revision that did not run; says which one and why, in one line."""


class History:
    """Read once, and then shared by everybody who works at the same time."""

    def __init__(self, home: Path) -> None:
        self._directory = ScriptDirectory(str(home))
        found = list(self._directory.walk_revisions())
        self._scripts = {script.revision: script for script in reversed(found)}
        self._order = [BASE, *self._scripts]

    @property
    def head(self) -> str:
        """The newest revision."""
        return self._order[-1]

    def find(self, revision: str) -> str:
        """The revision called so: a number, `head` or `base`."""
        found = self.head if revision == "head" else revision
        if found not in self._order:
            raise UserError(
                say(
                    "There is no revision {revision}: this program knows {order}.",
                    revision=revision,
                    order=", ".join(self._order),
                )
            )
        return found

    def is_back(self, revision: str, target: str) -> bool:
        """Whether going from one to the other takes something away."""
        return (revision or BASE) in self._order and self._place(revision or BASE) > self._place(target)

    def steps(self, revision: str, target: str) -> list[str]:
        """What lies between the two, in words: `0002 Notices`; in the order in which it would be run."""
        start, end = self._place(revision or BASE), self._place(target)
        crossed = self._order[start + 1 : end + 1] if start < end else self._order[start:end:-1]
        return [f"{name} {(self._scripts[name].doc or '').rstrip('.')}" for name in crossed]

    def move(self, connection: Connection, schema: str, fill: Callable[[str], str], target: str) -> None:
        """Run what lies between where the schema stands and `target`, in the transaction of the connection."""
        context = MigrationContext.configure(connection, opts={"version_table_schema": schema})
        start, end = self._place(context.get_current_revision() or BASE), self._place(target)
        way = self._order[start : end + 1] if start < end else self._order[end : start + 1][::-1]
        with running_in(Target(connection, fill)):
            for here, there in pairwise(way):
                forth = start < end
                module = self._scripts[there if forth else here].module
                try:
                    module.upgrade() if forth else module.downgrade()
                except Exception as error:
                    raise RevisionFailed(f"{there if forth else here}: {first_line(error)}") from error
                context.stamp(self._directory, there)

    def _place(self, revision: str) -> int:
        if revision not in self._order:
            raise UserError(
                say(
                    "It stands at {revision}, which this program does not know: use a newer ims-admin.",
                    revision=revision,
                )
            )
        return self._order.index(revision)


def first_line(error: Exception) -> str:
    """The reason, without what the libraries say around it."""
    return next(iter(str(getattr(error, "orig", error)).strip().splitlines()), type(error).__name__)
