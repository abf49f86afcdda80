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


def _program(world: World, module: str, *arguments: str) -> Took:
    """Run a program in a home of its own; it prints a moment or a duration, in seconds."""
    home = str(world.folder / "home")
    Path(home).mkdir(exist_ok=True)
    places = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"), home)
    environment = os.environ | places | {"QT_QPA_PLATFORM": "offscreen", "IMS_BENCH_BEGAN": repr(time.time())}
    # Whoever installed the program has it compiled, as Qt's is; a checkout may not be allowed to keep what it compiles.
    environment["PYTHONPYCACHEPREFIX"] = str(world.folder / "bytecode")
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return Took(float(done.stdout.split()[-1]))


def _floor(*arguments: str) -> Callable[[World], Step]:
    return lambda world: again(lambda: _program(world, "bench.program", *arguments, str(world.sizes.rows)))


def _run(*arguments: str) -> Callable[[World, Gate], Step]:
    return lambda world, _gate: again(lambda: _program(world, "bench.program", *arguments, str(world.sizes.rows)))


def _hand(name: str, what: str, target: float, limit: float, *, worst: bool = False) -> Case:
    """What hands do in a window, beside plain widgets; measured without what other programs take of the core."""
    return Case(
        name,
        what,
        lambda world: again(lambda: _program(world, "bench.handling", f"{name}-bare")),
        lambda world, _gate: again(lambda: _program(world, "bench.handling", name)),
        target=target,
        trips=None,
        limit=limit,
        limits_worst=worst,
        asks=False,
        rounds=5,
    )


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
    _hand("panel", "Open a detail panel", 10, 50),
    _hand("turn", "Switch to another page", 8, 50),
    _hand("find", "Ctrl+K answers what is typed", 15, 50),
    _hand("paste", "Paste and check 5,000 rows", 6, 1_000),
    _hand("gap", "Longest stop during all of these", 3, 50, worst=True),
)
