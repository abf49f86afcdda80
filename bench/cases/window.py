"""The window: how soon it is there, and how smoothly it scrolls. Measured in programs of their own."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench.case import Case, Step, Took, again
from bench.world import World
from ims_desktop.database.sign_in import Gate

ROOT = Path(__file__).parents[2]


def _program(world: World, *arguments: str) -> Took:
    """Run `bench.program` in a home of its own; the program prints a moment or a duration, in seconds."""
    home = str(world.folder / "home")
    Path(home).mkdir(exist_ok=True)
    places = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"), home)
    environment = os.environ | places | {"QT_QPA_PLATFORM": "offscreen", "IMS_BENCH_BEGAN": repr(time.time())}
    done = subprocess.run(
        [sys.executable, "-m", "bench.program", *arguments],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return Took(float(done.stdout.split()[-1]))


def _floor(*arguments: str) -> Callable[[World], Step]:
    return lambda world: again(lambda: _program(world, *arguments, str(world.sizes.rows)))


def _run(*arguments: str) -> Callable[[World, Gate], Step]:
    return lambda world, _gate: again(lambda: _program(world, *arguments, str(world.sizes.rows)))


CASES = (
    Case(
        "import",
        "Import the program",
        _floor("import-bare"),
        _run("import"),
        target=2,
        trips=None,
        asks=False,
        rounds=7,
    ),
    Case(
        "window",
        "First window visible",
        _floor("window-bare"),
        _run("window"),
        target=3,
        trips=None,
        asks=False,
        rounds=7,
    ),
    Case(
        "window-usable",
        "Sign-in ready for typing",
        _floor("window-bare"),
        _run("window-usable"),
        target=8,
        trips=None,
        asks=False,
        rounds=7,
    ),
    Case(
        "scroll",
        "Scroll a step",
        _floor("scroll-bare"),
        _run("scroll"),
        target=1.5,
        trips=None,
        asks=False,
        limit=8,
        rounds=3,
    ),
    Case(
        "gap",
        "Longest stop of the window",
        _floor("gap-bare"),
        _run("gap"),
        target=15,
        trips=None,
        asks=False,
        limit=50,
        limits_worst=True,
        rounds=3,
    ),
)
