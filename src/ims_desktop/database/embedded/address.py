"""Where a server listens, and how its superuser gets in."""

from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from psycopg.conninfo import make_conninfo

# Whoever else listens on our port must not be handed the password: libpq then speaks SCRAM or not at all.
ONLY_SCRAM = {"require_auth": "scram-sha-256", "sslmode": "disable", "gssencmode": "disable"}


@dataclass(frozen=True)
class Address:
    """A database on a server of this computer, and the superuser's way in."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    database: str = "postgres"

    def conninfo(self) -> str:
        """The address as psycopg and libpq's programs take it."""
        return make_conninfo(
            host=self.host,
            port=self.port,
            user=self.user,
            password=self.password,
            dbname=self.database,
            **ONLY_SCRAM,
        )

    def url(self) -> str:
        """The address as SQLAlchemy takes it."""
        person = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}"
        place = f"{self.host}:{self.port}/{quote(self.database, safe='')}"
        return f"postgresql+psycopg://{person}@{place}?{urlencode(ONLY_SCRAM)}"
