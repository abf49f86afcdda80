"""Brings the global tables and every tenant to a revision, each in a transaction of its own that fails alone."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from ims_desktop.database.installation import OPERATOR
from ims_desktop.database.place import Place
from ims_desktop.database.scripts import MIGRATIONS, TenantNames, head
from ims_desktop.domain.errors import UserError

LOCK_TIMEOUT = "5s"


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
    """What became of one schema; `failure` is empty when it went well."""

    version: Version
    failure: str = ""


class Migrations:
    """The revisions of a database, seen by the operator."""

    def __init__(self, place: Place, password: str, user: str = OPERATOR) -> None:
        self._engine = place.engine(user, password, pool_size=2)

    def versions(self) -> list[Version]:
        """Where everything stands, in two statements however many tenants there are."""
        with self._connect() as connection:
            tenants = connection.execute(text("SELECT name, id, schema_name FROM public.tenants ORDER BY name")).all()
            parts = ["SELECT 'public' AS schema, version_num FROM public.alembic_version"]
            parts += [
                f"SELECT '{row.schema_name}', version_num FROM \"{row.schema_name}\".alembic_version" for row in tenants
            ]
            found = {row[0]: row[1] for row in connection.execute(text(" UNION ALL ".join(parts)))}
        listed = [Version("global tables", "public", found.get("public", ""), head("shared"))]
        return listed + [
            Version(row.name, row.schema_name, found.get(row.schema_name, ""), head("tenant"), row.id)
            for row in tenants
        ]

    def move(self, version: Version, revision: str | None = None) -> Outcome:
        """Bring one schema up or down to `revision` (its head without one)."""
        history = "shared" if version.tenant is None else "tenant"
        fill: Callable[[str], str] = str if version.tenant is None else TenantNames(version.tenant).fill
        try:
            with self._connect() as connection, connection.begin():
                connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
                connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:schema))"), {"schema": version.schema})
                connection.execute(text("SET LOCAL ROLE ims_owner"))
                self._run(history, connection, version.schema, fill, revision or "head")
        except UserError:
            raise
        except Exception as error:  # one tenant's failure is reported, the others go on
            return Outcome(version, str(getattr(error, "orig", error)).strip().splitlines()[0])
        return Outcome(version)

    def upgrade(self) -> Iterator[Outcome]:
        """Bring everything to head: the global tables first; without them no tenant is touched."""
        for version in self.versions():
            outcome = Outcome(version) if version.is_current else self.move(version)
            yield outcome
            if outcome.failure and version.tenant is None:
                return

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    @contextmanager
    def _connect(self) -> Iterator[Connection]:
        with self._engine.connect() as connection:
            connection.execute(text("SET ROLE ims_owner"))
            connection.commit()
            yield connection
            connection.rollback()
            connection.execute(text("RESET ROLE"))
            connection.commit()

    @staticmethod
    def _run(history: str, connection: Connection, schema: str, fill: Callable[[str], str], revision: str) -> None:
        settings = Config()
        settings.set_main_option("script_location", str(MIGRATIONS / history))
        attributes: dict[str, Any] = {"connection": connection, "schema": schema, "fill": fill}
        settings.attributes.update(attributes)
        step = command.downgrade if revision == "base" or revision < _current(connection, schema) else command.upgrade
        step(settings, revision)


def _current(connection: Connection, schema: str) -> str:
    found = connection.execute(text(f'SELECT version_num FROM "{schema}".alembic_version')).scalar_one_or_none()
    return "" if found is None else str(found)
