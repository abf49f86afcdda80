"""The operating system account of the server: PostgreSQL refuses to run as root."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.wording import say

if sys.platform != "win32":
    import pwd

OWN_NAME = "ims-postgres"
FALLBACK_NAME = "nobody"
USERADD = ("useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent")


@dataclass(frozen=True)
class Account:
    """An unprivileged account that root runs the server under."""

    name: str
    uid: int
    gid: int

    def popen_arguments(self) -> dict[str, Any]:
        """What subprocess needs to run a program as this account, without any of root's groups."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def take_over(self, path: Path) -> None:
        """Make the account the owner of `path`."""
        if sys.platform != "win32":
            os.chown(path, self.uid, self.gid)

    def can_reach(self, path: Path) -> bool:
        """Whether the account may read `path` and pass every folder above it."""
        return self._allowed(path, 0o4) and not self.closed_above(path)

    def closed_above(self, path: Path) -> list[Path]:
        """The folders above `path` that the account may not pass, the nearest first."""
        return [folder for folder in path.parents if not self._allowed(folder, 0o1)]

    def _allowed(self, path: Path, right: int) -> bool:
        status = path.stat()
        if status.st_uid == self.uid:
            right <<= 6
        elif status.st_gid == self.gid:
            right <<= 3
        return bool(status.st_mode & right)


if sys.platform == "win32":

    def server_account(_cluster: Path) -> Account | None:
        """No account is needed: PostgreSQL itself drops an administrator's rights."""
        return None

else:

    def server_account(cluster: Path) -> Account | None:
        """The account the server runs under; None: under our own, because we are not root."""
        if os.geteuid() != 0:
            return None
        if cluster.exists() and cluster.stat().st_uid != 0:
            return _described(pwd.getpwuid(cluster.stat().st_uid))
        account = _find(OWN_NAME)
        if account is None:
            _create()
            account = _find(OWN_NAME) or _find(FALLBACK_NAME)
        if account is None:
            raise UserError(
                say(
                    "The database must not run as root, and there is no other account for it: create one "
                    "with “useradd --system {own_name}”.",
                    own_name=OWN_NAME,
                )
            )
        return account

    def _find(name: str) -> Account | None:
        try:
            return _described(pwd.getpwnam(name))
        except KeyError:
            return None

    def _described(entry: pwd.struct_passwd) -> Account:
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)

    def _create() -> None:
        """Create the account; where that is impossible the fallback serves."""
        try:
            subprocess.run([*USERADD, "--shell", "/usr/sbin/nologin", OWN_NAME], check=False, capture_output=True)
        except OSError:
            return
