"""Settings of the operator's command line, from the environment and `.env`."""

from typing import Literal
from urllib.parse import unquote, urlsplit

from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from ims_desktop.database.place import Place
from ims_desktop.domain.errors import UserError


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
    db_max_connections: int = Field(default=10, ge=1, le=200)
    db_idle_timeout: int = Field(default=300, ge=1)
    db_connection_timeout: int = Field(default=10, ge=1, le=300)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @property
    def place(self) -> Place:
        """The server and database."""
        mode = {"true": "verify-full", "false": "disable"}.get(self.db_ssl, self.db_ssl)
        if not self.database_url:
            host, port, name = self.db_host, self.db_port, self.db_name
        else:
            url = urlsplit(self.database_url)
            if url.scheme.partition("+")[0] not in ("postgresql", "postgres") or not url.hostname:
                raise UserError("DATABASE_URL must look like postgresql://user:password@host:5432/database.")
            host, port, name = url.hostname, url.port or 5432, url.path.strip("/") or self.db_name
        return Place(
            host,
            port,
            name,
            mode,
            self.db_ssl_root,
            self.db_connection_timeout,
            self.db_max_connections,
            self.db_idle_timeout,
        )

    @property
    def user(self) -> str:
        """The role that connects."""
        return unquote(urlsplit(self.database_url).username or "") if self.database_url else self.db_user

    @property
    def password(self) -> str:
        """Its password."""
        return unquote(urlsplit(self.database_url).password or "") if self.database_url else self.db_password
