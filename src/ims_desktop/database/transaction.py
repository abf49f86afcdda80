"""One person's way to one tenant: runs use cases, each as one transaction or as single autocommit statements."""

from collections.abc import Callable
from typing import Any

import psycopg
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from ims_desktop.database.failures import translate
from ims_desktop.database.sign_in import Identity
from ims_desktop.domain.errors import UserError
from ims_desktop.domain.work import Lane, is_autocommit, lane_of, read


class TenantDatabase:
    """The tenant as one person may see it."""

    def __init__(self, identity: Identity, pool_size: int = 4) -> None:
        self.identity = identity
        self._pool_size = pool_size
        self._engine = identity.place.engine(identity.role, identity.password, pool_size)

    def run(self, use_case: Callable[..., Any], *args: Any, **named: Any) -> Any:
        """Run use_case(connection, *args): a transaction that ends with it, or autocommit when it is so marked."""
        try:
            if is_autocommit(use_case):
                with self._engine.connect() as connection:
                    connection.execution_options(isolation_level="AUTOCOMMIT")
                    return use_case(connection, *args, **named)
            with self._engine.begin() as connection:
                return use_case(connection, *args, **named)
        except DBAPIError as error:
            if not isinstance(error.orig, psycopg.Error):
                raise
            known = translate(error.orig, changing=lane_of(use_case) is Lane.CHANGE)
            if known is error.orig:
                raise
            raise known from error

    def renew(self, identity: Identity) -> None:
        """Go on with a fresh identity of the same person; the connections of the old one are given back."""
        old, self.identity = self._engine, identity
        self._engine = identity.place.engine(identity.role, identity.password, self._pool_size)
        old.dispose()

    def close(self) -> None:
        """Give every connection back."""
        self._engine.dispose()


@read
def rights(connection: Connection) -> dict[str, Any]:
    """Who the person is here: member_id, name, role, permissions (a list of codes)."""
    found = connection.exec_driver_sql("SELECT my_rights()").scalar_one()
    if found is None:
        raise UserError("You are no longer a member of this restaurant group.")
    result: dict[str, Any] = found
    return result
