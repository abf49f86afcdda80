"""Measures a case: floor and ours in turn, so that both meet the same weather; medians; round trips counted apart."""

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from bench.case import Case, Step, Took
from bench.world import World

FAR = 0.08  # seconds there and back
REGRESSION = 1.5
LITTLE, SHORT = 0.2, 2.0  # seconds; what takes longer is warmed up once, and counted once


@dataclass(frozen=True)
class Figure:
    """What came out, in milliseconds; `trips` as counted, None where no server was asked."""

    name: str
    what: str
    floor: float
    ours: float
    worst: float
    rounds: int
    target: float
    limit: float | None
    trips: int | None
    expected_trips: int | None
    far: float | None
    limits_worst: bool = False

    @property
    def ratio(self) -> float:
        """How many times the floor's time ours takes."""
        return self.ours / self.floor

    @property
    def is_met(self) -> bool:
        """Whether the target holds, and the limit where there is one."""
        return self.ratio <= self.target and (self.limit is None or self.bounded <= self.limit)

    @property
    def bounded(self) -> float:
        """What the limit holds for: the median, or the worst where the limit is a promise for every time."""
        return self.worst if self.limits_worst else self.ours

    @property
    def trips_are_right(self) -> bool:
        """Whether as many round trips were made as expected."""
        return self.expected_trips is None or self.trips == self.expected_trips

    def is_slower_than(self, baseline: float | None) -> bool:
        """Whether the ratio has become clearly worse."""
        return baseline is not None and self.ratio > REGRESSION * baseline


def measure(case: Case, world: World) -> Figure:
    """Everything about one case."""
    floors, ours = _rounds(case, world)
    trips, far = _on_the_line(case, world) if case.asks else (None, None)
    return Figure(
        case.name,
        case.what,
        statistics.median(floors) * 1e3,
        statistics.median(ours) * 1e3,
        max(ours) * 1e3,
        len(ours),
        case.target,
        case.limit,
        trips,
        case.trips,
        None if far is None else far * 1e3,
        case.limits_worst,
    )


def _rounds(case: Case, world: World) -> tuple[list[float], list[float]]:
    """How long the floor and ours took each time, in turn."""
    floor, run = case.floor(world), case.run(world, world.gate)
    for step in (floor, run):
        _warm(step, world.sizes.warm_up)
    floors: list[float] = []
    ours: list[float] = []
    most = min(case.rounds, world.sizes.rounds)
    gc.collect()
    gc.freeze()  # as the program does once it has begun: what stays is not looked through again and again
    began = time.perf_counter()
    while not ours or (len(ours) < most and (len(ours) < 3 or time.perf_counter() - began < world.sizes.seconds)):
        floors.append(_timed(floor))
        ours.append(_timed(run))
    return floors, ours


def _on_the_line(case: Case, world: World) -> tuple[int, float | None]:
    """Round trips of one piece of work, and how long it takes a desk far away."""
    run = case.run(world, world.counted_gate)
    took = _warm(run, world.sizes.warm_up)
    counts = [_counted(world, run()) for _ in range(3 if took < SHORT else 1)]
    far = None
    if case.far:
        with world.line.away(FAR):
            far = statistics.median(_timed(run) for _ in range(3))
    return int(statistics.median(counts)), far


def _counted(world: World, work: Callable[[], object]) -> int:
    before = world.line.trips
    work()
    return world.line.trips - before


def _warm(step: Step, times: int) -> float:
    """Do it a few times when that is quick, else once; how long the last took by the clock on the wall."""
    took = 0.0
    for _ in range(times):
        work = step()
        began = time.perf_counter()
        work()
        took = time.perf_counter() - began
        if took > LITTLE:
            break
    return took


def _timed(step: Step) -> float:
    work = step()
    began = time.perf_counter()
    told = work()
    return told.seconds if isinstance(told, Took) else time.perf_counter() - began
