"""Notices that nobody is at the desk any more."""

from PySide6.QtCore import QEvent, QObject, QSettings, QTimer, Signal
from PySide6.QtWidgets import QWidget

MINUTES = "lock/minutes"
USUAL = 10
CHOICES = (1, 5, 10, 30, 0)  # 0: never
Kind = QEvent.Type
SIGNS_OF_LIFE = frozenset({Kind.KeyPress, Kind.MouseButtonPress, Kind.MouseMove, Kind.Wheel, Kind.TouchBegin})


def minutes(settings: QSettings) -> int:
    """After how many minutes without a sign of life a desk locks itself; 0 for never."""
    try:
        chosen = int(str(settings.value(MINUTES, USUAL)))
    except ValueError:
        return USUAL
    return chosen if chosen >= 0 else USUAL


class IdleWatch(QObject):
    """Watches the window of a desk: its native window hears every key and click once, and nothing else."""

    idle = Signal()

    def __init__(self, window: QWidget, settings: QSettings) -> None:
        super().__init__(window)
        self._settings = settings
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.idle)
        handle = window.window().windowHandle()
        if handle is not None:
            handle.installEventFilter(self)
        self.restart()

    def restart(self) -> None:
        """Begin to count anew, with what the settings say now."""
        wait = minutes(self._settings)
        if wait:
            self._timer.start(wait * 60_000)
        else:
            self._timer.stop()

    def stop(self) -> None:
        """Count no more: nobody is to be at the window."""
        self._timer.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A sign of life begins the count anew; nothing is kept from the window."""
        if event.type() in SIGNS_OF_LIFE and self._timer.isActive():
            self._timer.start()
        return super().eventFilter(watched, event)
