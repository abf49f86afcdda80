"""Work of many small steps on the GUI thread, a few milliseconds at a time, so that the window never stands still."""

from collections.abc import Callable, Iterable, Iterator
from time import perf_counter
from typing import Any

from PySide6.QtCore import QObject, QTimer

SLICE_SECONDS = 0.012
LEAST = 64  # steps that are done at once: little work is done when the key is released


class SlicedWork(QObject):
    """Takes values from `steps` until it is empty, then hands all of them to `done`."""

    def __init__(self, parent: QObject, steps: Iterable[Any], done: Callable[[list[Any]], None]) -> None:
        super().__init__(parent)
        self._steps: Iterator[Any] = iter(steps)
        self._done, self._found = done, list[Any]()
        self._again = QTimer(self, interval=0)
        self._again.timeout.connect(self._work)
        self._work()
        if self._steps_left:
            self._again.start()

    _steps_left = True

    def stop(self) -> None:
        """Give up; nobody is told. What is done already has nothing left to stop."""
        if not self._steps_left:
            return
        self._again.stop()
        self._steps_left = False
        self.deleteLater()

    def _work(self) -> None:
        until = perf_counter() + SLICE_SECONDS
        for done, step in enumerate(self._steps, 1):
            self._found.append(step)
            if done >= LEAST and perf_counter() > until:
                return
        self.stop()
        self._done(self._found)
