"""Who uses a server: file locks, which a killed program gives back without having to do anything."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from uuid import uuid4

from ims_desktop.domain.errors import UserError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

PAUSE = 0.05


class Claims:
    """The claims of programs on one server: one locked file each; taken and given back only inside the gate."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._own: IO[bytes] | None = None

    @property
    def held(self) -> bool:
        """Whether this object holds a claim."""
        return self._own is not None

    @contextmanager
    def gate(self, seconds: float, waiting: Callable[[], None]) -> Iterator[None]:
        """Let one program at a time start or stop the server; `waiting` is called once when another is inside."""
        deadline = time.monotonic() + seconds
        with (self._folder / "gate").open("ab") as file:
            if not try_lock(file):
                waiting()
                while not try_lock(file):
                    if time.monotonic() > deadline:
                        raise UserError(
                            "Another program has been starting or stopping the same database for too long: "
                            "close the other IMS Desktop windows and try again."
                        )
                    time.sleep(PAUSE)
            yield

    def take(self) -> None:
        """Claim the server; doing so twice changes nothing."""
        if self._own is None:
            file = (self._folder / f"{uuid4().hex}.claim").open("ab")
            try_lock(file)
            self._own = file

    def give_back(self) -> None:
        """Give the own claim back."""
        if self._own is not None:
            self._own.close()
            Path(self._own.name).unlink(missing_ok=True)
            self._own = None

    def others(self) -> bool:
        """Whether another living program has a claim; what dead ones left behind is swept away."""
        own = Path(self._own.name) if self._own else None
        living = [path for path in self._folder.glob("*.claim") if path != own and _alive(path)]
        return bool(living)


def _alive(claim: Path) -> bool:
    with claim.open("ab") as file:
        if not try_lock(file):
            return True
    claim.unlink(missing_ok=True)
    return False


if sys.platform == "win32":

    def try_lock(file: IO[bytes]) -> bool:
        """Hold the file alone until it is closed, unless somebody else does."""
        os.lseek(file.fileno(), 0, os.SEEK_SET)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:

    def try_lock(file: IO[bytes]) -> bool:
        """Hold the file alone until it is closed, unless somebody else does."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
