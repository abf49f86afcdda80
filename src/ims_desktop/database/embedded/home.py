"""The folder of one server: cluster, settings, secret, port and log."""

import re
import secrets
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from ims_desktop.database.embedded.account import Account
from ims_desktop.domain.errors import UserError
from ims_desktop.domain.wording import say

HOST = "127.0.0.1"
PORTS = range(21_000, 30_000)  # below what any system hands out to outgoing connections
LOG_LIMIT = 5_000_000

SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "max_connections": "200",
    "max_locks_per_transaction": "1024",  # one transaction may create every table of a business
    "shared_buffers": "256MB",
    "effective_cache_size": "2GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_line_prefix": "%m [%p] ",
    "log_min_error_statement": "panic",  # a failed statement may carry a password; it stays out of the log
}
if sys.platform == "darwin":
    SETTINGS["wal_sync_method"] = "fsync_writethrough"  # macOS otherwise leaves commits in the disk's own memory

ACCESS = f"""\
# Written at every start. Nobody comes in without a password.
host  all          all  {HOST}/32  scram-sha-256
host  replication  all  {HOST}/32  scram-sha-256
"""


class Home:
    """Paths, secret, port and settings of one server."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self.cluster = self.root / "cluster"
        self.settings = self.root / "settings"
        self.claims = self.root / "claims"
        self.binaries = self.root / "binaries"
        self.log = self.root / "server.log"
        self._port = self.root / "port"
        self._secret = self.root / "secret"

    @property
    def initialised(self) -> bool:
        """Whether there is a finished cluster."""
        return (self.cluster / "PG_VERSION").exists()

    @property
    def major(self) -> int:
        """The major version the cluster was made by."""
        return int((self.cluster / "PG_VERSION").read_text())

    def create(self) -> None:
        """Make the folders; nothing that existed outside the folder is touched."""
        make_way_to(self.root)
        for folder in (self.root, self.settings, self.claims):
            folder.mkdir(mode=0o700, exist_ok=True)

    def open_for(self, account: Account) -> None:
        """Let the server's account pass to the cluster and read the settings; the secret stays closed to it."""
        self.root.chmod(0o711)
        self.settings.chmod(0o755)
        closed = account.closed_above(self.root)
        if closed:
            raise UserError(
                say(
                    "The account “{name}”, under which root runs the database, may not pass the folder "
                    "{closed}: choose another folder for the database, such as /var/lib/ims-desktop.",
                    name=account.name,
                    closed=closed[-1],
                )
            )

    def secret(self) -> str:
        """The superuser's password: random, made once, readable by its owner only."""
        if not self._secret.exists():
            write_private(self._secret, secrets.token_urlsafe(32))
        return self._secret.read_text(encoding="ascii")

    def known_port(self) -> int | None:
        """The port of the last start."""
        return int(self._port.read_text()) if self._port.exists() else None

    def choose_port(self) -> int:
        """The port of the last start while it is free, otherwise another free one, remembered."""
        known = self.known_port()
        candidates = ([known] if known else []) + secrets.SystemRandom().sample(PORTS, 200)
        port = next((port for port in candidates if _is_free(port)), None)
        if port is None:
            raise UserError("No free port was found on this computer for the database: close other programs.")
        self._port.write_text(str(port))
        return port

    def write_settings(self, port: int, options: Mapping[str, str]) -> None:
        """Write what the server reads at its start, so that nothing in it can go stale."""
        values = SETTINGS | {"data_directory": self.cluster.as_posix(), "port": str(port)} | dict(options)
        lines = [f"{name} = {_quoted(value)}\n" for name, value in values.items()]
        (self.settings / "postgresql.conf").write_text("".join(lines), encoding="utf-8")
        (self.settings / "pg_hba.conf").write_text(ACCESS, encoding="utf-8")
        (self.settings / "pg_ident.conf").write_text("", encoding="utf-8")

    def open_log(self) -> None:
        """Make the log, closed to others, and begin a new one when it has grown; one older log is kept."""
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".old.log"))
        self.log.touch(mode=0o600)

    def last_words(self) -> str:
        """The reason the server gave last, with the remark before it, for an error message."""
        text = self.log.read_text(encoding="utf-8", errors="replace")[-4_000:] if self.log.exists() else ""
        remarks = re.findall(r"(LOG|WARNING|ERROR|FATAL|PANIC): +(.+)", text)
        fatal = [place for place, (level, _remark) in enumerate(remarks) if level in {"FATAL", "PANIC"}]
        if not fatal:
            return text.strip().rpartition("\n")[2] or "it gave no reason"
        return "; ".join(remark for _level, remark in remarks[max(0, fatal[-1] - 1) : fatal[-1] + 1])


def make_way_to(place: Path) -> None:
    """Make the folders above; the server's account can pass through them."""
    for folder in reversed([folder for folder in place.parents if not folder.exists()]):
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, closed before the text is in it."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600, exist_ok=False)
    path.write_text(text, encoding="ascii")


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as attempt:
        if sys.platform != "win32":  # there it would mean sharing the port; here it forgives connections just closed
            attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((HOST, port))
        except OSError:
            return False
        return True
