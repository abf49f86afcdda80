#!/usr/bin/env python3
"""The one door to the project: `python3 dev.py COMMAND`, on any system, with nothing but Python 3.11 or newer.

  run [ARGS]    build the demo once and open the window on it; without a screen, take pictures instead
  test [ARGS]   run the tests (ARGS go to pytest)
  check         run every check of style, types, imports and dependencies
  bench         measure, and compare with the floors and the baseline
  capture       take a picture of every page of the demo
  torture       kill servers and programs under load and compare the books afterwards
  clean         remove what these commands made here; never anybody's data

Each command first makes sure that everything it needs is installed in `.venv`; when nothing changed, that costs a
comparison of hashes.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import io
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "installed"
PICTURES = Path("build") / "capture"
MIRROR, FROM_RIGHT = Path("build") / "he.po", "--right-to-left"
OLDEST = (3, 11)
WINDOWS = sys.platform == "win32"
PROGRAMS = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON = PROGRAMS / ("python.exe" if WINDOWS else "python")

# What Qt loads from the system, and the Debian packages that bring it (the first name that the system knows).
LIBRARIES = {
    "libglib-2.0.so.0": ("libglib2.0-0t64", "libglib2.0-0"),
    "libEGL.so.1": ("libegl1",),
    "libGL.so.1": ("libgl1",),
    "libdbus-1.so.3": ("libdbus-1-3",),
    "libfontconfig.so.1": ("libfontconfig1",),
    "libxkbcommon.so.0": ("libxkbcommon0",),
}
SCREEN_LIBRARIES = {
    "libX11-xcb.so.1": ("libx11-xcb1",),
    "libxcb-cursor.so.0": ("libxcb-cursor0",),
    "libxcb-icccm.so.4": ("libxcb-icccm4",),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1",),
    "libxcb-shape.so.0": ("libxcb-shape0",),
    "libxcb-xkb.so.1": ("libxcb-xkb1",),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0",),
}
TEST_PROGRAMS = {
    "Xvfb": ("xvfb",),
    "gnome-keyring-daemon": ("gnome-keyring",),
    "dbus-launch": ("dbus-x11",),
    "pgbouncer": ("pgbouncer",),
}

CHECKS = {
    "style": ("ruff", "check", "."),
    "format": ("ruff", "format", "--check", "."),
    "types": ("mypy", "--strict"),
    "imports": ("lint-imports",),
    "dependencies": ("deptry", "."),
    "house rules": ("python", "-m", "pytest", "-q", "tests/test_house.py"),
}
LEFTOVERS = ("build", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".import_linter_cache", ".venv")


class Stop(Exception):
    """A reason to stop, told in a sentence."""


def run(arguments: list[str]) -> int:
    """Open the window on the demo, or take its pictures where there is no screen."""
    has_screen = _has_screen()
    if has_screen:
        _prepare("run", LIBRARIES | SCREEN_LIBRARIES)
    else:
        _prepare("run", LIBRARIES, optional=_missing_font())
    built = _call("ims-admin", "demo", "build")
    if built:
        return built
    if has_screen:
        return _call("ims-desktop", "--demo", *arguments)
    print(
        "\nThere is no screen here (neither DISPLAY nor WAYLAND_DISPLAY is set): taking pictures of the pages instead."
    )
    return _take_pictures(arguments)


def test(arguments: list[str]) -> int:
    """Run the tests on two processes."""
    _prepare("dev", LIBRARIES, optional=_missing_test_programs() + _missing_font())
    return _call("python", "-m", "pytest", "-n", "2", *arguments, offscreen=True)


def check(_arguments: list[str]) -> int:
    """Run every check, also after one has failed."""
    _prepare("dev", LIBRARIES)
    results = {}
    for title, command in CHECKS.items():
        print(f"\n--- {title}: {' '.join(command)}")
        results[title] = _call(*command, offscreen=True)
    failed = [title for title, code in results.items() if code]
    print(f"\nFailed: {', '.join(failed)}." if failed else "\nAll checks passed.")
    return 1 if failed else 0


def bench(arguments: list[str]) -> int:
    """Measure."""
    _prepare("dev", LIBRARIES)
    return _call("python", "-m", "bench", *arguments, offscreen=True)


def capture(arguments: list[str]) -> int:
    """Take a picture of every page of the demo; with --right-to-left in a language that is read so."""
    _prepare("run", LIBRARIES, optional=_missing_font())
    if FROM_RIGHT in arguments:
        arguments = [*(one for one in arguments if one != FROM_RIGHT), "--words", str(MIRROR)]
        code = _call("python", "-m", "languages.right_to_left", str(MIRROR))
        if code:
            return code
    return _call("ims-admin", "demo", "build") or _take_pictures(arguments)


def torture(arguments: list[str]) -> int:
    """Kill servers and programs under load."""
    _prepare("dev", LIBRARIES)
    return _call("python", "-m", "tests.torture", *arguments, offscreen=True)


def clean(_arguments: list[str]) -> int:
    """Remove what the other commands made in this folder."""
    bytecode = (path for room in ("src", "tests", "bench", "migrations") for path in (ROOT / room).rglob("__pycache__"))
    for path in [*(ROOT / name for name in LEFTOVERS), *(ROOT / "src").glob("*.egg-info"), *bytecode]:
        shutil.rmtree(path, ignore_errors=True)
    for path in ROOT.glob(".coverage*"):
        path.unlink()
    return 0


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    command.__name__: command for command in (run, test, check, bench, capture, torture, clean)
}


# ---- preparing ----------------------------------------------------------------------------------------------------


def _prepare(lock: str, libraries: dict[str, tuple[str, ...]], optional: Iterable[tuple[str, ...]] = ()) -> None:
    """Install what is missing: libraries of the system, then the packages of `lock`, then the project itself."""
    if sys.platform == "linux":
        _install_system_packages([names for library, names in libraries.items() if not _loads(library)])
        _install_system_packages(list(optional), required=False)
    stamps = [_stamp("dev")] if lock == "dev" else [_stamp("dev"), _stamp("run")]
    if PYTHON.exists() and STAMP.exists() and STAMP.read_text() in stamps:
        return
    _make_environment()
    print("Installing the packages that were tested together; the first time this takes a minute or two…")
    _pip("--require-hashes", "--only-binary", ":all:", "-r", f"requirements/{lock}.txt")
    _pip("--no-deps", "--no-build-isolation", "--editable", ".")
    STAMP.write_text(_stamp(lock))


def _stamp(lock: str) -> str:
    """What an environment was made from: another lock, project file, Python or place means another environment."""
    content = hashlib.sha256()
    for part in (ROOT / "requirements" / f"{lock}.txt", ROOT / "pyproject.toml"):
        content.update(part.read_bytes())
    return f"{lock} {content.hexdigest()} {sys.version_info[:2]} {ROOT}"


def _make_environment() -> None:
    """Make `.venv`, or make it anew when its Python or its pip does not run."""
    if PYTHON.exists() and _quietly(PYTHON, "-m", "pip", "--version").returncode == 0:
        return
    if importlib.util.find_spec("ensurepip") is None:
        _install_system_packages([(f"python3.{sys.version_info.minor}-venv",)])
    print(f"Making {VENV.name}…")
    try:
        venv.create(VENV, clear=True, with_pip=True, symlinks=not WINDOWS)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Stop(
            f"The folder {VENV} could not be made ({error}): delete it and run the same command again."
        ) from None


def _pip(*arguments: str) -> None:
    """Install by pip; when that fails, show its words and say what to do."""
    done = _quietly(PYTHON, "-m", "pip", "install", "-q", "--no-input", "--retries", "2", *arguments)
    if done.returncode == 0:
        return
    print(done.stdout, file=sys.stderr)
    signs = ("NewConnectionError", "name resolution", "ConnectTimeout", "Network is unreachable", "getaddrinfo")
    if any(sign in done.stdout for sign in signs):
        raise Stop("The packages could not be fetched: connect this computer to the network and run the command again.")
    raise Stop("The packages could not be installed: pip's words above say why.")


def _install_system_packages(missing: list[tuple[str, ...]], *, required: bool = True) -> None:
    """Install Debian packages when we may; otherwise print the line that does it, and stop if they are required."""
    if not missing:
        return
    if not shutil.which("apt-get"):
        debian_names = " ".join(names[-1] for names in missing)
        if required:
            raise Stop(f"Libraries of the system are missing: install what Debian calls {debian_names}, and run again.")
        return
    if os.geteuid() == 0:
        _apt("update", "-q")
        packages = [_known_to_apt(names) for names in missing]
        print(f"Installing {', '.join(packages)}…")
        _apt("install", "-q", "-y", "--no-install-recommends", *packages)
        return
    line = f"sudo apt-get install --no-install-recommends {' '.join(map(_known_to_apt, missing))}"
    if required:
        raise Stop(f"Packages of the system are missing. Install them and run the same command again:\n  {line}")
    print(f"Some tests are skipped, and pictures look plainer, until you install:\n  {line}")


def _apt(*arguments: str) -> None:
    done = _quietly("apt-get", *arguments, DEBIAN_FRONTEND="noninteractive")
    if done.returncode:
        print(done.stdout, file=sys.stderr)
        raise Stop(f"apt-get {arguments[0]} failed: its words above say why.")


def _known_to_apt(names: tuple[str, ...]) -> str:
    """The one among a package's names that this release uses."""
    return next((name for name in names if _quietly("apt-cache", "show", name).returncode == 0), names[-1])


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _missing_test_programs() -> list[tuple[str, ...]]:
    places = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin"))  # where servers lie that people do not call
    return [names for program, names in TEST_PROGRAMS.items() if not shutil.which(program, path=places)]


def _missing_font() -> list[tuple[str, ...]]:
    """The typeface the pages were drawn for; others do, with other widths."""
    folders = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts")
    found = any(next(folder.rglob("Inter*.[ot]t[fc]"), None) for folder in folders if folder.exists())
    return [] if found else [("fonts-inter",)]


# ---- running ------------------------------------------------------------------------------------------------------


def _take_pictures(arguments: list[str]) -> int:
    code = _call("ims-desktop", "--demo", "--capture", str(PICTURES), *arguments, offscreen=True)
    if code == 0:
        print(f"The pictures are in {ROOT / PICTURES}.")
    return code


def _has_screen() -> bool:
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _call(program: str, *arguments: str, offscreen: bool = False) -> int:
    """Run a program of the environment in the project's folder, and return its exit code."""
    environment = os.environ | {"PATH": f"{PROGRAMS}{os.pathsep}{os.environ.get('PATH', '')}"}
    environment.pop("PYTHONPATH", None)
    if offscreen:
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    return subprocess.call([PROGRAMS / program, *arguments], cwd=ROOT, env=environment)


def _quietly(program: str | Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a program and keep what it prints."""
    return subprocess.run(
        [program, *arguments],
        check=False,
        cwd=ROOT,
        env=os.environ | variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )


def main() -> int:
    """Run the command that was named."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # In order with what other programs print; and an old console that lacks a character is no reason to stop.
            stream.reconfigure(errors="replace", line_buffering=True)
    try:
        if sys.version_info < OLDEST:
            raise Stop(
                f"Python 3.11 or newer is needed, and this is {sys.version.split()[0]}: run it with a newer one."
            )
        name = sys.argv[1] if len(sys.argv) > 1 else ""
        if name not in COMMANDS:
            print(__doc__.strip())
            return 0 if name in {"-h", "--help", "help"} else 2
        return COMMANDS[name](sys.argv[2:])
    except Stop as stop:
        print(f"dev.py: {stop}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
