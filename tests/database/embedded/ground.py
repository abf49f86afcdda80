"""Folders for servers, and questions to the servers in them."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg

from ims_desktop.database.embedded import Address
from ims_desktop.database.embedded.postmaster import recorded_pid

FAST = {"fsync": "off", "full_page_writes": "off"}


@contextmanager
def new_folder() -> Iterator[Path]:
    """A folder that the server's account can reach, unlike pytest's own ones when root runs the tests."""
    folder = Path(tempfile.mkdtemp(prefix="ims-embedded-"))
    try:
        yield folder
    finally:
        for process in psutil.process_iter(["name", "cmdline"]):
            if str(folder / "settings") in (process.info["cmdline"] or []):
                process.kill()
        shutil.rmtree(folder, ignore_errors=True)


def execute(address: Address, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(address.conninfo(), autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def postmaster_pid(folder: Path) -> int | None:
    return recorded_pid(folder / "cluster")
