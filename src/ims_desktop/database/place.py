"""Where a database is, and how a role connects to it."""

import os
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Engine, create_engine

from ims_desktop.database.arrays import LineDumper
from ims_desktop.domain.errors import UserError
from ims_desktop.domain.wording import say

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
LIFETIME = 3600  # seconds after which a busy connection is made anew, so that it does not grow for ever
# Where systems keep the authorities they trust; the library that speaks TLS for us may have been built for another one.
TRUSTED = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)
# One round trip that sets what every connection relies on and reads it back. Not the options of the start: a pooler
# refuses or drops those. A server may be stricter about commits than asked, and never laxer.
KEEP = """
SELECT set_config('statement_timeout', %s, false)::interval = %s::interval
  AND set_config('lock_timeout', %s, false)::interval = %s::interval
  AND set_config('idle_in_transaction_session_timeout', %s, false)::interval = %s::interval
  AND set_config('timezone', 'UTC', false) = 'UTC'
  AND (current_setting('synchronous_commit') <> 'off' OR set_config('synchronous_commit', 'on', false) = 'on')
"""


@dataclass(frozen=True)
class Place:
    """One database on one server; times in seconds. `ssl_mode` is libpq's and off loopback defaults to verification."""

    host: str
    port: int = 5432
    database: str = "ims"
    ssl_mode: str = ""
    ssl_root: str = ""
    connect_timeout: int = 10
    max_connections: int = 10
    idle_timeout: int = 300
    channel_binding: str = ""
    statement_timeout: int = 60
    lock_timeout: int = 20
    transaction_timeout: int = 60

    @property
    def arguments(self) -> dict[str, Any]:
        """The libpq parameters that do not depend on the role."""
        mode = self.mode
        arguments: dict[str, Any] = {
            "host": self.host,
            "port": self.port,
            "dbname": self.database,
            "sslmode": mode,
            "channel_binding": self.channel_binding
            or ("prefer" if mode != "verify-full" or self.is_local else "require"),
            "connect_timeout": self.connect_timeout,
            "application_name": "ims",
            "keepalives_idle": 30,
            "keepalives_interval": 10,
            "keepalives_count": 3,
        }
        if self.ssl_root or mode.startswith("verify"):
            arguments["sslrootcert"] = self.ssl_root or trusted_authorities()
        return arguments

    @property
    def mode(self) -> str:
        """How much TLS is asked for."""
        return self.ssl_mode or ("prefer" if self.is_local else "verify-full")

    @property
    def is_local(self) -> bool:
        """Whether the server is on this computer."""
        return self.host in LOOPBACK or self.host.startswith("/")

    def connect(self, user: str, password: str, **more: Any) -> psycopg.Connection[Any]:
        """An autocommit connection as this role, with the limits of time in force."""
        connection = psycopg.connect(**self.arguments, user=user, password=password, autocommit=True, **more)
        try:
            self._keep_limits(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def engine(self, user: str, password: str, pool_size: int = 4) -> Engine:
        """A pool of connections as this role, made when needed; psycopg connections prepare what repeats."""
        return create_engine(
            "postgresql+psycopg://",
            creator=self._transactional(user, password),
            pool_size=min(pool_size, self.max_connections),
            max_overflow=min(2, max(0, self.max_connections - pool_size)),
            pool_timeout=self.connect_timeout,
            pool_recycle=LIFETIME,
            pool_reset_on_return="rollback",
        )

    def _transactional(self, user: str, password: str) -> Callable[[], psycopg.Connection[Any]]:
        def made() -> psycopg.Connection[Any]:
            connection = self.connect(user, password, prepare_threshold=3)
            connection.autocommit = False
            connection.adapters.register_dumper(list, LineDumper)
            return connection

        return made

    def _keep_limits(self, connection: psycopg.Connection[Any]) -> None:
        limits = (self.statement_timeout, self.lock_timeout, self.transaction_timeout)
        row = connection.execute(KEEP, [f"{limit}s" for limit in limits for _ in range(2)]).fetchone()
        if row is None or not row[0]:
            raise UserError(
                say(
                    "The server {host}:{port} does not keep the limits of time this program relies on. "
                    "Behind a pooler, let it pool by session.",
                    host=self.host,
                    port=self.port,
                )
            )


def trusted_authorities() -> str:
    """The file with the authorities this system trusts, or libpq's own word for them."""
    known = (os.environ.get("SSL_CERT_FILE"), ssl.get_default_verify_paths().cafile, *TRUSTED)
    return next((path for path in known if path and Path(path).is_file()), "system")
