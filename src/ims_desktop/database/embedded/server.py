"""Starting, sharing and stopping the embedded server."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType

import platformdirs

from ims_desktop.database.embedded.account import server_account
from ims_desktop.database.embedded.address import Address
from ims_desktop.database.embedded.claims import Claims
from ims_desktop.database.embedded.home import HOST, Home, write_private
from ims_desktop.database.embedded.postmaster import (
    drop_unreadable_pid_file,
    end_orphans,
    is_recovering,
    recorded_pid,
    recorded_port,
    running_postmaster,
    serves,
)
from ims_desktop.database.embedded.programs import Programs, wheel_binaries
from ims_desktop.domain.errors import UserError
from ims_desktop.domain.wording import say

Progress = Callable[[str], None]

SUPERUSER = "postgres"
START_SECONDS = 120.0
ATTEMPTS = 4
PAUSE = 0.03


def default_data(name: str = "server") -> Path:
    """The folder of the server called `name`: below IMS_DESKTOP_HOME when that is set, otherwise at the usual place."""
    chosen = os.environ.get("IMS_DESKTOP_HOME")
    if chosen:
        return Path(chosen) / name
    if sys.platform != "win32" and os.geteuid() == 0:
        return Path("/var/lib/ims-desktop") / name
    return platformdirs.user_data_path("ims-desktop", appauthor=False) / name


class EmbeddedServer:
    """A PostgreSQL server for this computer, shared by all programs that use the same folder.

    The first program starts it and the last one stops it; whoever is killed in between is not missed.
    """

    def __init__(self, data: Path, *, binaries: Path | None = None, options: Mapping[str, str] | None = None) -> None:
        self._home = Home(data)
        self._binaries = binaries
        self._options = dict(options or {})
        self._claims = Claims(self._home.claims)
        self._process: subprocess.Popen[bytes] | None = None
        self._address: Address | None = None

    @property
    def address(self) -> Address:
        """Where the started server listens."""
        if self._address is None:
            raise UserError("The database server of this computer has not been started.")
        return self._address

    def start(self, progress: Progress | None = None) -> Address:
        """Make sure that the server runs and lets us in; also after a crash, and when it runs already."""
        tell = progress or _silent
        self._home.create()
        with self._claims.gate(START_SECONDS + 60, lambda: tell("Another program is just starting the database…")):
            self._claims.take()
            try:
                self._address = self._known_address() or self._bring_up(tell)
            except BaseException:
                self._claims.give_back()
                raise
        return self._address

    def stop(self) -> None:
        """Give the server up; when nobody else uses it, stop it."""
        if not self._claims.held:
            return
        with self._claims.gate(START_SECONDS + 60, lambda: None):
            self._claims.give_back()
            self._address = None
            if not self._claims.others() and self._running():
                self._programs().run("pg_ctl", "stop", "-D", str(self._home.settings), "-m", "fast", "-t", "120")
                if self._process is not None:
                    self._process.wait()

    def __enter__(self) -> "EmbeddedServer":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _known_address(self) -> Address | None:
        """The address of the last start, when our server answers there."""
        port = self._home.known_port()
        if port is None or not self._home.initialised:
            return None
        address = self._address_at(port)
        return address if serves(address, self._home.cluster) else None

    def _bring_up(self, tell: Progress) -> Address:
        """Start the server, or wait for the one that is just starting or stopping."""
        programs = self._programs()
        if not self._home.initialised:
            tell("Preparing the database for the first time…")
            self._initialise(programs)
        if programs.major != self._home.major:
            raise UserError(
                say(
                    "The database in {root} was made by PostgreSQL {major}, but PostgreSQL {wanted} is "
                    "installed: back it up with the old version and restore it with the new one.",
                    root=self._home.root,
                    major=self._home.major,
                    wanted=programs.major,
                )
            )
        tell("Starting the database…")
        deadline = time.monotonic() + START_SECONDS
        for _attempt in range(ATTEMPTS):
            port = recorded_port(self._home.cluster) if self._running() else self._launch(programs)
            address = self._address_at(port or self._home.choose_port())
            if self._wait_for(address, deadline, tell):
                return address
        raise UserError(
            say(
                "The database in {root} does not start: {why}. The whole story is in {log}.",
                root=self._home.root,
                why=self._home.last_words(),
                log=self._home.log,
            )
        )

    def _programs(self) -> Programs:
        account = server_account(self._home.cluster)
        programs = Programs(self._binaries or wheel_binaries(), account)
        if account is not None:
            self._home.open_for(account)
        return programs.within_reach(self._home.binaries)

    def _initialise(self, programs: Programs) -> None:
        """Make the cluster aside and move it into place when it is whole."""
        unfinished = self._home.cluster.with_name("cluster.unfinished")
        secret = self._home.root / "secret.first"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        write_private(secret, self._home.secret())
        if programs.account:
            programs.account.take_over(unfinished)
            programs.account.take_over(secret)
        try:
            programs.run(
                "initdb",
                f"--pgdata={unfinished}",
                f"--username={SUPERUSER}",
                f"--pwfile={secret}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--no-instructions",
                *_locale_arguments(programs.major),
                *(["--no-sync"] if self._options.get("fsync") == "off" else []),
            )
        finally:
            secret.unlink()
        unfinished.rename(self._home.cluster)

    def _launch(self, programs: Programs) -> int:
        """Start the server's process and return the port it will listen on."""
        end_orphans(self._home.cluster)
        drop_unreadable_pid_file(self._home.cluster)
        port = self._home.choose_port()
        self._home.write_settings(port, self._options)
        self._home.open_log()
        # PostgreSQL refuses to start while any process has the recorded number, except its parent's parent: we have
        # just seen that the number belongs to a stranger. Its check for shared memory in use stays in force.
        stale = recorded_pid(self._home.cluster)
        extra = {"PG_GRANDPARENT_PID": str(stale)} if stale else {}
        self._process = programs.start(self._home.settings, self._home.log, extra)
        return port

    def _wait_for(self, address: Address, deadline: float, tell: Progress) -> bool:
        """Wait until our server answers; False when it ended instead."""
        told = False
        while time.monotonic() < deadline:
            if serves(address, self._home.cluster):
                return True
            if not self._running() and (self._process is None or self._process.poll() is not None):
                return False
            if not told and is_recovering(address):
                told = True
                tell("The database was not closed properly: recovering everything that was saved…")
            time.sleep(PAUSE)
        raise UserError(
            say(
                "The database in {root} is still recovering after {start_seconds:.0f} seconds: wait a"
                " few minutes and start again.",
                root=self._home.root,
                start_seconds=START_SECONDS,
            )
        )

    def _running(self) -> bool:
        return running_postmaster(self._home.cluster, self._home.settings) is not None

    def _address_at(self, port: int) -> Address:
        return Address(HOST, port, SUPERUSER, self._home.secret())


def _locale_arguments(major: int) -> list[str]:
    """Text by code point, the same on every system: names for display are sorted by their own sort keys."""
    if major >= 17:
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    return ["--locale-provider=libc", "--locale=C.UTF-8" if sys.platform == "linux" else "--locale=C"]


def _silent(_text: str) -> None:
    """Tell nobody."""
