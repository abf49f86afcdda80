"""Looks now and then whether the server answers again, for a desk that was opened without it."""

from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from ims_desktop.database.sign_in import Gate, knock
from ims_desktop.ui.background import Background

LOOK_MS = 15_000


class ServerWatch(QObject):
    """Knocks at the gate until somebody opens: `answered`, once."""

    answered = Signal()

    def __init__(self, gate: Gate, background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self._gate, self._background = gate, background
        self._timer = QTimer(self, singleShot=True, interval=LOOK_MS)
        self._timer.timeout.connect(self._knock)
        self._is_on = False

    def begin(self) -> None:
        """Look from now on."""
        self._is_on = True
        self._timer.start()

    def end(self) -> None:
        """Look no more."""
        self._is_on = False
        self._timer.stop()

    def _knock(self) -> None:
        self._background.start(self, self._opened, knock, self._gate, failed=self._again)

    def _opened(self, _nothing: Any) -> None:
        if self._is_on:
            self.end()
            self.answered.emit()

    def _again(self, _error: Exception) -> None:
        if self._is_on:
            self._timer.start()
