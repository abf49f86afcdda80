"""One person's way to one tenant: runs use cases, each as one transaction or as single autocommit statements."""

import time
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

import psycopg
from psycopg.errors import DeadlockDetected, SerializationFailure
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolIsBusy

from ims_desktop.database.assurance import assure
from ims_desktop.database.compatibility import check
from ims_desktop.database.failures import UNKEPT, translate
from ims_desktop.database.pools import SIZE, Pool
from ims_desktop.database.sign_in import Identity
from ims_desktop.database.tenant_key import KeyRing
from ims_desktop.domain.errors import UserError
from ims_desktop.domain.work import Lane, is_autocommit, is_rehearsal, lane_of, read

ATTEMPTS = 4
"""So often is tried what the server took back because two waited for each other."""


class TenantDatabase:
    """The tenant as one person may see it."""

    def __init__(self, identity: Identity, pool_size: int = SIZE) -> None:
        self.identity = identity
        self._pool_size = pool_size
        self._pool = self._pool_of(identity)
        self._keys = KeyRing(identity.tenant.id, identity.gate_secret)

    def run(self, use_case: Callable[..., Any], *args: Any, **named: Any) -> Any:
        """Run use_case(connection, *args): a transaction that ends with it, or autocommit when it is so marked.

        What is only rehearsed is taken back, whatever it answers.

        What the server took back because two waited for each other has not happened, and is tried again.
        """
        try:
            for attempt in range(1, ATTEMPTS):
                try:
                    return self._once(use_case, *args, **named)
                except DBAPIError as error:
                    if not isinstance(error.orig, DeadlockDetected | SerializationFailure):
                        raise
                time.sleep(0.02 * attempt)
            return self._once(use_case, *args, **named)
        except PoolIsBusy as error:
            raise UserError("All connections of this desk are busy. Try again in a moment.") from error
        except UnicodeEncodeError as error:  # half a character, as some programs copy it
            raise UserError(UNKEPT) from error
        except DBAPIError as error:
            if not isinstance(error.orig, psycopg.Error):
                raise
            known = translate(error.orig, changing=lane_of(use_case) is Lane.CHANGE)
            if known is error.orig:
                raise
            raise known from error

    def _once(self, use_case: Callable[..., Any], *args: Any, **named: Any) -> Any:
        with self._pool.in_use():
            if is_autocommit(use_case):
                with self._engine.connect() as connection:
                    connection.execution_options(isolation_level="AUTOCOMMIT")
                    self._keys.lie_on(connection)
                    return use_case(connection, *args, **named)
            if is_rehearsal(use_case):
                with self._engine.connect() as connection:  # closed without a commit
                    self._keys.lie_on(connection)
                    use_case(connection, *args, **named)
                    connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
                    return None
            with self._engine.begin() as connection:
                self._keys.lie_on(connection)
                return use_case(connection, *args, **named)

    def renew(self, identity: Identity) -> None:
        """Go on with a fresh identity of the same person; the connections of the old one are given back."""
        old, self.identity, self._pool = self._pool, identity, self._pool_of(identity)
        old.close()

    def close(self) -> None:
        """Give every connection back."""
        self._pool.close()

    @property
    def _engine(self) -> Engine:
        return self._pool.engine

    def _pool_of(self, identity: Identity) -> Pool:
        return Pool(
            identity.place, identity.role, identity.password, self._pool_size, lambda engine: assure(engine, identity)
        )


@dataclass(frozen=True)
class SiteSeen:
    """A site the person sees, and how things are written there."""

    id: UUID
    name: str
    city: str
    currency: str
    time_zone: str
    locale: str
    is_default: bool


@dataclass(frozen=True)
class Opening:
    """What a desk begins with: who the person is, the permissions held anywhere, the sites seen."""

    member_id: UUID
    name: str
    role: str
    permissions: frozenset[str]
    sites: tuple[SiteSeen, ...]


@read
def opening(connection: Connection) -> Opening:
    """The beginning of a desk's day, in one round trip."""
    found = connection.exec_driver_sql("SELECT opening()").scalar_one()
    if found is None:
        raise UserError("You are no longer a member of this restaurant group.")
    check(found.get("revision") or "", found.get("oldest_desk") or "")
    known = {known.name for known in fields(SiteSeen)}  # a newer schema may say more about a site
    sites = tuple(
        SiteSeen(**{name: value for name, value in site.items() if name in known} | {"id": UUID(site["id"])})
        for site in found["sites"]
    )
    return Opening(UUID(found["member_id"]), found["name"], found["role"] or "", frozenset(found["permissions"]), sites)
