"""A real Secret Service for tests: a session bus of its own and gnome-keyring, in a home that is thrown away."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

MISSING = [name for name in ("dbus-daemon", "dbus-send", "gnome-keyring-daemon") if shutil.which(name) is None]


@contextmanager
def secret_service(*, unlocked: bool = True) -> Iterator[subprocess.Popen[str]]:
    """A running service, found by way of the environment; gives its bus. Locked, it would have to ask somebody."""
    home = Path(tempfile.mkdtemp(prefix="ims-keyring-"))
    places = {"HOME": home, "XDG_RUNTIME_DIR": home / "run", "XDG_DATA_HOME": home / "data"}
    for place in places.values():
        place.mkdir(mode=0o700, exist_ok=True)
    own = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    own |= {name: str(place) for name, place in places.items()}
    bus = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--print-address=1"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=own, text=True,
    )  # fmt: skip
    assert bus.stdout is not None
    address = {"DBUS_SESSION_BUS_ADDRESS": bus.stdout.readline().strip()}
    # In the foreground: as a daemon it forgets now and then that it was unlocked.
    service = subprocess.Popen(
        ["gnome-keyring-daemon", "--foreground", "--components=secrets", f"--control-directory={home / 'run'}"]
        + (["--unlock"] if unlocked else []),
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=own | address, text=True,
    )  # fmt: skip
    assert service.stdin is not None
    service.stdin.write("test-only" if unlocked else "")
    service.stdin.close()
    try:
        with patch.dict(os.environ, address):
            _wait_until_it_has_its_name(address)
            yield bus
    finally:
        for process in (service, bus):
            process.terminate()
            process.wait(5)
        shutil.rmtree(home, ignore_errors=True)


def _wait_until_it_has_its_name(address: dict[str, str]) -> None:
    """Before, the bus would start another one, and that one locked."""
    until = time.monotonic() + 10
    ask = ["dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/"]
    ask += ["org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets"]
    while (
        "true" not in subprocess.run(ask, env=os.environ | address, capture_output=True, text=True, check=True).stdout
    ):
        assert time.monotonic() < until, "the Secret Service never came up"
        time.sleep(0.02)
