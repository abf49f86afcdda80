"""The PostgreSQL of the distribution, where there is one: the only one at hand that speaks TLS."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from ims_desktop.database.embedded import EmbeddedServer
from ims_desktop.database.embedded.account import server_account
from tests.database.authority import Authority, new_authority
from tests.database.embedded.ground import FAST, new_folder

HOST = "db.example.test"


def debian_binaries() -> Path:
    """The folder of its programs; skips the test where there are none."""
    found = shutil.which("pg_config")
    folder = Path(subprocess.check_output([found, "--bindir"], text=True).strip()) if found else None
    if folder is None or not (folder / "initdb").exists():
        pytest.skip("the distribution's PostgreSQL is not installed (Debian: postgresql)")
    return folder


@dataclass
class TlsServer:
    """A running server whose certificate can be changed."""

    running: EmbeddedServer
    folder: Path
    authority: Authority

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
def tls_server() -> Iterator[TlsServer]:
    """A server with TLS, its certificate signed by an authority of its own."""
    binaries = debian_binaries()
    with new_folder() as folder:
        folder.chmod(0o755)
        authority = new_authority(folder, "authority")
        authority.sign(HOST, folder / "server.crt", folder / "server.key")
        own_by_server(folder)
        options = {**FAST, "ssl": "on"}
        options |= {"ssl_cert_file": str(folder / "server.crt"), "ssl_key_file": str(folder / "server.key")}
        with EmbeddedServer(folder / "server", binaries=binaries, options=options) as running:
            yield TlsServer(running, folder, authority)
