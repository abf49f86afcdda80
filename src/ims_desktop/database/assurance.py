"""Looks at every new connection of a person before it is used: a role can change its own settings."""

from typing import Any

from sqlalchemy import Engine, event

from ims_desktop.database.sign_in import Identity
from ims_desktop.domain.errors import UserError


def assure(engine: Engine, identity: Identity) -> Engine:
    """The same pool; UserError for a connection of somebody else, or one that looks elsewhere for its names."""
    # Where names are looked up is bound to the role, which may change it; the place keeps the limits of time.
    expected = {"search_path": f"{identity.schema}, pg_catalog", "role": "none"}
    statement = f"SELECT session_user, {', '.join(f'current_setting({name!r})' for name in expected)}"

    def look(connection: Any, _record: Any) -> None:
        connection.autocommit = True
        try:
            found = connection.execute(statement).fetchone()
        finally:
            connection.autocommit = False
        if found != (identity.role, *expected.values()):
            raise UserError("The settings of your sign-in were changed on the server. Sign out and in again.")

    event.listen(engine, "connect", look)
    return engine
