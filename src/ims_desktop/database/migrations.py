"""Brings the global tables and every tenant to a revision, each in a transaction of its own that fails alone."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from ims_desktop.database.history import BASE, History, RevisionFailed, first_line
from ims_desktop.database.installation import OPERATOR
from ims_desktop.database.place import Place
from ims_desktop.database.scripts import MIGRATIONS, TenantNames
from ims_desktop.domain.errors import UserError
from ims_desktop.domain.wording import say

LOCK_TIMEOUT = "5s"
WORKERS = 2
GLOBAL = "global tables"
TRY_LOCK = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:schema, 0))")


@dataclass(frozen=True)
class Version:
    """Where one schema stands; `tenant` is None for the global tables."""

    name: str
    schema: str
    revision: str
    wanted: str
    tenant: UUID | None = None

    @property
    def is_current(self) -> bool:
        """Whether nothing is to be done."""
        return self.revision == self.wanted


@dataclass(frozen=True)
class Outcome:
    """What became of one schema: where it stands now, and in `failure` why it is not where it should be.

    Of a rehearsal: where it would stand, and why it would not.
    """

    version: Version
    revision: str
    failure: str = ""
    seconds: float = 0.0


class Migrations:
    """The revisions of a database, seen by the operator. `home` holds the two histories."""

    def __init__(
        self,
        place: Place,
        password: str,
        user: str = OPERATOR,
        *,
        home: Path = MIGRATIONS,
        workers: int = WORKERS,
    ) -> None:
        self._engine = place.engine(user, password, pool_size=workers)
        self._workers = workers
        self.shared, self.tenants = History(home / "shared"), History(home / "tenant")

    def versions(self) -> list[Version]:
        """Where everything stands; all versions in one statement however many tenants there are."""
        with self._transaction() as connection:
            if connection.execute(text("SELECT to_regclass('public.tenants')")).scalar_one() is None:
                return [Version(GLOBAL, "public", "", self.shared.head)]
            tenants = connection.execute(
                text(
                    "SELECT name, id, schema_name, to_regclass(schema_name || '.alembic_version') AS stamped"
                    " FROM public.tenants ORDER BY name"
                )
            ).all()
            parts = ["SELECT 'public' AS schema, version_num FROM public.alembic_version"]
            parts += [
                f"SELECT '{row.schema_name}', version_num FROM \"{row.schema_name}\".alembic_version"
                for row in tenants
                if row.stamped is not None  # a broken tenant is shown without a revision and hides nobody else's
            ]
            found = {row[0]: row[1] for row in connection.exec_driver_sql(" UNION ALL ".join(parts))}
            connection.commit()  # undoing forgets every prepared statement, and the long one is costly to plan
        listed = [Version(GLOBAL, "public", found.get("public", ""), self.shared.head)]
        return listed + [
            Version(row.name, row.schema_name, found.get(row.schema_name, ""), self.tenants.head, row.id)
            for row in tenants
        ]

    def chosen(self, only: tuple[str, ...] = (), to: str = "head") -> list[Version]:
        """What a run to `to` is about: those named, or everything; to an older revision go tenants alone."""
        listed = self.versions()
        if not only:
            return [one for one in listed if one.tenant is not None or to == "head"]
        names = {one.name.casefold(): one for one in listed} | {str(one.tenant): one for one in listed if one.tenant}
        missing = [name for name in only if name.casefold() not in names]
        if missing:
            raise UserError(
                say(
                    "No restaurant group is called {missing}. ims-admin tenant list shows them.",
                    missing=", ".join(missing),
                )
            )
        return list({names[name.casefold()]: None for name in only})

    def move(self, version: Version, revision: str = "head") -> Outcome:
        """Bring one schema up or down to `revision`, or leave it exactly as it was and say why."""
        return self._moved((version,), revision, Connection.commit)

    def rehearse(self, only: tuple[str, ...] = (), to: str = "head") -> Iterator[Outcome]:
        """Do everything that `upgrade` would do, one schema after the other, and take each back at once.

        A tenant is rehearsed on top of the new global tables, in one transaction with them; what only fails at the end
        of a transaction is asked for as well.
        """
        todo = self.chosen(only, to)
        before = tuple(one for one in todo if one.tenant is None and not one.is_current)
        for version in todo:
            if (version.revision or BASE) == self.history_of(version).find(to):
                yield Outcome(version, version.revision)
                continue
            first = before if version.tenant is not None else ()
            outcome = self._moved((*first, version), to, _check_deferred)
            yield outcome
            if outcome.failure and version.tenant is None:
                return

    def _moved(self, versions: tuple[Version, ...], revision: str, end: Callable[[Connection], None]) -> Outcome:
        """Move schemas in one transaction, which `end` keeps or does not; it is about the last of them."""
        version, began = versions[-1], time.monotonic()
        target = self.history_of(version).find(revision)
        try:
            with self._transaction() as connection:
                connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'; SET LOCAL statement_timeout = 0"))
                for one in versions:
                    if not connection.execute(TRY_LOCK, {"schema": one.schema}).scalar_one():
                        return Outcome(version, version.revision, "somebody else is moving it at this moment")
                    fill = str if one.tenant is None else TenantNames(one.tenant).fill
                    history = self.history_of(one)
                    history.move(connection, one.schema, fill, history.find(revision))
                end(connection)
        except (UserError, RevisionFailed, DBAPIError) as error:  # one fails and is reported, the others go on
            return Outcome(version, version.revision, first_line(error), time.monotonic() - began)
        return Outcome(version, "" if target == BASE else target, seconds=time.monotonic() - began)

    def upgrade(self, only: tuple[str, ...] = (), to: str = "head") -> Iterator[Outcome]:
        """Bring everything, or those named, to `to`: the global tables first; without them no tenant is touched.

        Tenants move several at a time. What is there already is left alone, so that a run that was broken off goes on.
        """
        todo = self.chosen(only, to)
        for version in [one for one in todo if one.tenant is None]:
            outcome = self._move_unless_there(version, to)
            yield outcome
            if outcome.failure:
                return
        pool = ThreadPoolExecutor(self._workers, "migration")
        try:
            waiting = [pool.submit(self._move_unless_there, one, to) for one in todo if one.tenant is not None]
            for done in as_completed(waiting):
                yield done.result()
        finally:
            pool.shutdown(cancel_futures=True)

    def history_of(self, version: Version) -> History:
        """The history a schema belongs to."""
        return self.shared if version.tenant is None else self.tenants

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def _move_unless_there(self, version: Version, to: str) -> Outcome:
        is_there = (version.revision or BASE) == self.history_of(version).find(to)
        return Outcome(version, version.revision) if is_there else self.move(version, to)

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        """A transaction as the owner of the tables, undone unless it is committed."""
        with self._engine.connect() as connection:
            connection.execute(text("SET LOCAL ROLE ims_owner"))
            yield connection


def _check_deferred(connection: Connection) -> None:
    """What is left to the end of a transaction is checked now; the transaction itself is undone by not keeping it."""
    connection.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
