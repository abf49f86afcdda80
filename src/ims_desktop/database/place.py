"""Where a database is, and how a role connects to it."""

from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import URL, Engine, create_engine

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
# What a desk asks of every connection: a server that stops answering is noticed, and nothing hangs for ever.
SESSION = {
    "statement_timeout": "60000",
    "lock_timeout": "20000",
    "idle_in_transaction_session_timeout": "60000",
    "timezone": "UTC",
}


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
    idle_timeout: int = 3600

    @property
    def arguments(self) -> dict[str, Any]:
        """The libpq parameters that do not depend on the role."""
        mode = self.ssl_mode or ("prefer" if self.is_local else "verify-full")
        arguments: dict[str, Any] = {
            "host": self.host,
            "port": self.port,
            "dbname": self.database,
            "sslmode": mode,
            "connect_timeout": self.connect_timeout,
            "application_name": "ims",
            "keepalives_idle": 30,
            "keepalives_interval": 10,
            "keepalives_count": 3,
        }
        if self.ssl_root:
            arguments["sslrootcert"] = self.ssl_root
        return arguments

    @property
    def is_local(self) -> bool:
        """Whether the server is on this computer."""
        return self.host in LOOPBACK or self.host.startswith("/")

    def connect(self, user: str, password: str) -> psycopg.Connection[Any]:
        """An autocommit connection as this role."""
        return psycopg.connect(
            **self.arguments, user=user, password=password, autocommit=True, options=_options(SESSION)
        )

    def engine(self, user: str, password: str, pool_size: int = 4) -> Engine:
        """A pool of connections as this role; psycopg connections prepare what repeats."""
        return create_engine(
            URL.create("postgresql+psycopg", username=user, password=password),
            connect_args={**self.arguments, "options": _options(SESSION), "prepare_threshold": 3},
            pool_size=min(pool_size, self.max_connections),
            max_overflow=min(2, max(0, self.max_connections - pool_size)),
            pool_timeout=15,
            pool_recycle=self.idle_timeout,
            pool_reset_on_return="rollback",
        )


def _options(settings: dict[str, str]) -> str:
    return " ".join(f"-c {name}={value}" for name, value in settings.items())
