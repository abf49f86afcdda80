"""The PostgreSQL of the distribution, where there is one: the only one at hand that speaks TLS."""

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ims_desktop.database.embedded import EmbeddedServer
from ims_desktop.database.embedded.account import server_account
from ims_desktop.database.place import Place
from tests.database.authority import Authority, new_authority
from tests.database.embedded.ground import FAST, new_folder

HOST = "db.example.test"


def found_binaries() -> Path | None:
    """The folder of its programs, where they are installed."""
    found = shutil.which("pg_config")
    folder = Path(subprocess.check_output([found, "--bindir"], text=True).strip()) if found else None
    return folder if folder and (folder / "initdb").exists() else None


def debian_binaries() -> Path:
    """The folder of its programs; skips the test where there are none."""
    folder = found_binaries()
    if folder is None:
        pytest.skip("the distribution's PostgreSQL is not installed (Debian: postgresql)")
    return folder


@dataclass(frozen=True)
class FarPlace(Place):
    """A server on this computer, reached as one far away is: by a name that only the certificate knows."""

    @property
    def arguments(self) -> dict[str, Any]:
        """What the product itself would send, and where the name leads."""
        return super().arguments | {"hostaddr": "127.0.0.1"}


@dataclass
class TlsServer:
    """A running server whose certificate can be changed."""

    running: EmbeddedServer
    folder: Path
    authority: Authority

    @property
    def far(self) -> FarPlace:
        """The product's database on it, with nothing said about TLS but who signs."""
        return FarPlace(HOST, self.running.address.port, ssl_root=str(self.authority.file), connect_timeout=5)

    def live_by(self, rules: str) -> str:
        """Let whoever connects from now on in by these rules alone; answers the rules of before."""
        with psycopg.connect(self.running.address.conninfo(), autocommit=True, sslmode="prefer") as root:
            row = root.execute("SHOW hba_file").fetchone()
            assert row is not None
            file = Path(row[0])
            before = file.read_text("utf-8")
            file.write_text(rules, "utf-8")
            root.execute("SELECT pg_reload_conf(), pg_sleep(0.3)")
        return before

    def present(self, host: str = HOST, *, by: Authority | None = None, days: int = 30, tls: bool = True) -> None:
        """Show another certificate to whoever connects from now on, or none."""
        (by or self.authority).sign(host, self.folder / "server.crt", self.folder / "server.key", days=days)
        own_by_server(self.folder)
        with psycopg.connect(self.running.address.conninfo(), autocommit=True, sslmode="allow") as root:
            root.execute(f"ALTER SYSTEM SET ssl = {'on' if tls else 'off'}".encode())
            root.execute("SELECT pg_reload_conf()")
            root.execute("SELECT pg_sleep(0.2)")  # the postmaster reads its settings between two connections


def own_by_server(folder: Path) -> None:
    """Only the account of the server may read the key, or it refuses to use it."""
    (folder / "server.key").chmod(0o600)
    account = server_account(folder / "none")
    if account is not None:
        account.take_over(folder / "server.key")


@contextmanager
def tls_server(more: Mapping[str, str] | None = None) -> Iterator[TlsServer]:
    """A server with TLS, its certificate signed by an authority of its own; `more` are settings."""
    binaries = debian_binaries()
    with new_folder() as folder:
        folder.chmod(0o755)
        authority = new_authority(folder, "authority")
        authority.sign(HOST, folder / "server.crt", folder / "server.key")
        own_by_server(folder)
        options = {**FAST, **(more or {}), "ssl": "on"}
        options |= {"ssl_cert_file": str(folder / "server.crt"), "ssl_key_file": str(folder / "server.key")}
        with EmbeddedServer(folder / "server", binaries=binaries, options=options) as running:
            yield TlsServer(running, folder, authority)
