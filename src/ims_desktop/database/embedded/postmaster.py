"""The server's process: found by what it is and does, never by its recorded number alone."""

from pathlib import Path

import psutil
import psycopg
from psycopg.conninfo import make_conninfo

from ims_desktop.database.embedded.address import Address

CONNECT_SECONDS = 3


def recorded_pid(cluster: Path) -> int | None:
    """The process number in the cluster's pid file, whoever has that number by now; None when there is none."""
    lines = _pid_file_lines(cluster)
    return int(lines[0]) if lines and lines[0].strip().isdigit() else None


def recorded_port(cluster: Path) -> int | None:
    """The port in the cluster's pid file."""
    lines = _pid_file_lines(cluster)
    return int(lines[3]) if len(lines) > 3 and lines[3].strip().isdigit() else None


def running_postmaster(cluster: Path, settings: Path) -> psutil.Process | None:
    """The living server of this cluster: the recorded process, when it really is PostgreSQL with our settings."""
    pid = recorded_pid(cluster)
    if pid is None:
        return None
    try:
        process = psutil.Process(pid)
        ours = process.name().lower().startswith("postgres") and str(settings) in process.cmdline()
    except (psutil.NoSuchProcess, psutil.AccessDenied):  # our own server never denies us
        return None
    return process if ours else None


def drop_unreadable_pid_file(cluster: Path) -> None:
    """Remove a pid file that a power cut left empty or torn; PostgreSQL would refuse to start beside it.

    A server that still lives is protected all the same: it holds shared memory tied to the folder.
    """
    if recorded_pid(cluster) is None:
        (cluster / "postmaster.pid").unlink(missing_ok=True)


def end_orphans(cluster: Path) -> None:
    """End the sessions of a server that was killed: as long as one of them runs, no new server may start."""
    for process in psutil.process_iter(["name"]):
        try:
            if (process.info["name"] or "").startswith("postgres") and Path(process.cwd()) == cluster:
                process.kill()
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue


def serves(address: Address, cluster: Path) -> bool:
    """Whether the server at `address` is ours: it knows our secret, and it serves this very folder."""
    try:
        with psycopg.connect(address.conninfo(), connect_timeout=CONNECT_SECONDS, autocommit=True) as connection:
            row = connection.execute("SELECT current_setting('data_directory')").fetchone()
    except psycopg.OperationalError:
        return False
    served = Path(str(row[0])) if row else None
    return served is not None and served.exists() and served.samefile(cluster)


def is_recovering(address: Address) -> bool:
    """Whether a server listens at `address` but does not let anybody in yet."""
    question = make_conninfo(address.conninfo(), connect_timeout=CONNECT_SECONDS)
    return psycopg.pq.PGconn.ping(question.encode()) == psycopg.pq.Ping.REJECT


def _pid_file_lines(cluster: Path) -> list[str]:
    try:
        return (cluster / "postmaster.pid").read_text(errors="replace").splitlines()
    except OSError:
        return []
