"""What is measured, as values."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.world import World
from ims_desktop.database.sign_in import Gate

Work = Callable[[], object]
Step = Callable[[], Work]

FLOORS = Path(__file__).parent / "floors"


@dataclass(frozen=True)
class Took:
    """What work gives back that has timed itself, in seconds."""

    seconds: float


@dataclass(frozen=True)
class Case:
    """One comparison. `floor` and `run` make a step; each call of a step makes the next piece of work ready, untimed.

    `target`: how many times the floor's time ours may take. `limit`: how many milliseconds it may take in any case;
    `limits_worst`: that holds for the worst of all rounds, not for the median.
    `trips`: round trips expected of a desk that is connected already, None where the number is not fixed. `asks`:
    whether a server is asked at all. `far`: also measured as a desk that sits 80 ms away. `rounds`: at most so many.
    """

    name: str
    what: str
    floor: Callable[[World], Step]
    run: Callable[[World, Gate], Step]
    target: float
    trips: int | None = 1
    limit: float | None = None
    limits_worst: bool = False
    asks: bool = True
    far: bool = False
    rounds: int = 40


def again(work: Work) -> Step:
    """A step whose work is the same every time."""
    return lambda: work


def floor_sql(name: str) -> str:
    """The statement a comparison means."""
    return (FLOORS / f"{name}.sql").read_text("utf-8")
