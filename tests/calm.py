"""When a program rests: nothing is under way, and nothing is about to begin."""

import time
from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

PATIENCE = 60.0
SOON_MS = 500  # pages ask a moment after a letter or a selection; what waits longer (a toast, an idle desk) is no work
MOMENT = 0.01
TURNS = 2  # a stalled computer must not let the moment pass unseen: answers come by queued signals and begin more


def come_to_rest(idle: Callable[[], bool], at_least: float = 0.0) -> None:
    """Let the program work until it rests; `at_least` is for what shows nowhere, as a picture that moves."""
    begun = calm = time.monotonic()
    turns = 0
    while turns < TURNS or time.monotonic() - calm < MOMENT or time.monotonic() - begun < at_least:
        QApplication.processEvents()
        turns += 1
        if not idle() or _about_to_begin():
            turns, calm = 0, time.monotonic()
        assert time.monotonic() - begun < PATIENCE, "the program never came to rest"
        time.sleep(0.001)


def _about_to_begin() -> bool:
    """Whether a timer of a window is running out, or work is done in slices."""
    timers = (timer for window in QApplication.topLevelWidgets() for timer in window.findChildren(QTimer))
    return any(timer.isActive() and _soon(timer) for timer in timers)


def _soon(timer: QTimer) -> bool:
    return timer.interval() <= SOON_MS if timer.isSingleShot() else timer.interval() == 0
