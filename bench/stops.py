"""How long one thread keeps a window from answering, without what other programs take of its core meanwhile."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

_SCHEDULED = Path("/proc/thread-self/schedstat")  # seconds run, seconds ready without a core, turns; Linux alone
Act = Callable[[], object]


def _waited() -> float:
    """For how long this thread was ready to run and had no core, in seconds; nothing where no system says so."""
    return int(_SCHEDULED.read_text().split()[1]) / 1e9 if _SCHEDULED.exists() else 0.0


def took(act: Act) -> float:
    """How long an act lasts: its own work, and its waiting for other threads of ours, for the disk and for a server."""
    waited, began = _waited(), time.perf_counter()
    act()
    lasted = time.perf_counter() - began
    return max(0.0, lasted - (_waited() - waited))


def longest_stop(work: Act, acts: Sequence[Act], idle: Callable[[], bool] = lambda: True) -> float:
    """The longest time for which nothing else was answered: one act with what it makes the window do, or one event."""
    longest = 0.0
    for act in acts:

        def once(act: Act = act) -> None:
            act()
            work()

        longest = max(longest, took(once))
        while not idle():
            longest = max(longest, took(work))
    return longest


def until_done(work: Act, act: Act, idle: Callable[[], bool] = lambda: True) -> float:
    """How long an act takes until nothing is under way any more; what the window waits for counts as well."""

    def whole() -> None:
        act()
        work()
        while not idle():
            work()

    return took(whole)
