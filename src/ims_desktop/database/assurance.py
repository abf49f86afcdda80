"""Looks at every new connection of a person before it is used: a role can change its own settings."""

from typing import Any

from sqlalchemy import Engine, event

from ims_desktop.database.sign_in import Identity
from ims_desktop.domain.errors import UserError

# What auth.open_tenant binds to the role. Any role may change its own; then nothing of the desk's work may rest on it.
EXPECTED = {
    "statement_timeout": "1min",
    "lock_timeout": "20s",
    "idle_in_transaction_session_timeout": "1min",
    "synchronous_commit": "on",
}


def assure(engine: Engine, identity: Identity) -> Engine:
    """The same pool; UserError for a connection of somebody else, or one that looks elsewhere or may lose a commit."""
    expected = {**EXPECTED, "search_path": f"{identity.schema}, pg_catalog", "role": "none"}
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
