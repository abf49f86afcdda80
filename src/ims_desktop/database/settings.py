"""Settings of the operator's command line, from the environment and `.env`."""

from typing import Any, Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from ims_desktop.database.place import Place
from ims_desktop.domain.errors import UserError
from ims_desktop.domain.wording import say

# What a URL may say behind its question mark, and the setting it stands for.
IN_URL = {"sslmode": "ssl_mode", "sslrootcert": "ssl_root", "channel_binding": "channel_binding"}
MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")


class ServerSettings(BaseSettings):
    """Where the server is and how the operator gets in. A URL, where given, wins over the single values."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", hide_input_in_errors=True)

    database_url: str = Field(default="", validation_alias=AliasChoices("DATABASE_URL", "POSTGRES_URL"))
    db_host: str = "127.0.0.1"
    db_port: int = Field(default=5432, ge=1, le=65535)
    db_name: str = "ims"
    db_user: str = ""
    db_password: str = Field(default="", repr=False)
    db_ssl: Literal["", "disable", "allow", "prefer", "require", "verify-ca", "verify-full", "true", "false"] = ""
    db_ssl_root: str = ""
    db_channel_binding: Literal["", "disable", "prefer", "require"] = ""
    db_max_connections: int = Field(default=10, ge=1, le=200)
    db_idle_timeout: int = Field(default=300, ge=1)
    db_connection_timeout: int = Field(default=10, ge=1, le=300)
    db_statement_timeout: int = Field(default=60, ge=1, le=86400)
    db_lock_timeout: int = Field(default=20, ge=1, le=3600)
    db_transaction_timeout: int = Field(default=60, ge=1, le=3600)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @property
    def place(self) -> Place:
        """The server and database."""
        mode = {"true": "verify-full", "false": "disable"}.get(self.db_ssl, self.db_ssl)
        values: dict[str, Any] = {"host": self.db_host, "port": self.db_port, "database": self.db_name}
        values |= {"ssl_mode": mode, "ssl_root": self.db_ssl_root, "channel_binding": self.db_channel_binding}
        return Place(
            **(values | self._in_url()),
            connect_timeout=self.db_connection_timeout,
            max_connections=self.db_max_connections,
            idle_timeout=self.db_idle_timeout,
            statement_timeout=self.db_statement_timeout,
            lock_timeout=self.db_lock_timeout,
            transaction_timeout=self.db_transaction_timeout,
        )

    @property
    def user(self) -> str:
        """The role that connects."""
        return unquote(urlsplit(self.database_url).username or "") if self.database_url else self.db_user

    @property
    def password(self) -> str:
        """Its password."""
        return unquote(urlsplit(self.database_url).password or "") if self.database_url else self.db_password

    def _in_url(self) -> dict[str, Any]:
        """What the URL says; a wish for TLS that is not understood must not be passed over."""
        if not self.database_url:
            return {}
        form = "DATABASE_URL must look like postgresql://user:password@host:5432/database."
        try:
            url = urlsplit(self.database_url)
            port = url.port or 5432
        except ValueError as error:
            raise UserError(form) from error
        if url.scheme.partition("+")[0] not in ("postgresql", "postgres") or not url.hostname:
            raise UserError(form)
        asked = dict(parse_qsl(url.query, keep_blank_values=True))
        if unknown := sorted(set(asked) - set(IN_URL)):
            raise UserError(
                say(
                    "DATABASE_URL asks for {unknown}; it may ask for {in_url}.",
                    unknown=", ".join(unknown),
                    in_url=", ".join(IN_URL),
                )
            )
        if asked.get("sslmode", "prefer") not in MODES:
            raise UserError(say("In DATABASE_URL sslmode is one of {modes}.", modes=", ".join(MODES)))
        said = {IN_URL[name]: value for name, value in asked.items()}
        return {"host": url.hostname, "port": port, "database": unquote(url.path.strip("/")) or self.db_name} | said
