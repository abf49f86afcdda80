"""Garbage of this program is collected by the thread of the window alone.

Python collects in whichever thread happens to make the next object. Where that is a thread that reads, and something of
Qt's is among the garbage, Qt waits there for Python with its own lock in hand, while the window holds Python and waits
for the lock: the program stands still for ever.
"""

import gc

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 1000


class Sweeping(QObject):
    """From now on nothing is collected but from the event loop."""

    def __init__(self, owner: QObject, every_ms: int = EVERY_MS) -> None:
        super().__init__(owner)
        gc.disable()
        self._timer = QTimer(self, interval=every_ms)
        self._timer.timeout.connect(sweep)
        self._timer.start()


def sweep() -> None:
    """Collect what has come together, as far back as Python itself would."""
    counts = zip(gc.get_count(), gc.get_threshold(), strict=True)
    due = [generation for generation, (count, most) in enumerate(counts) if count > most]
    if due:
        gc.collect(due[-1])
