"""Tells a barcode scanner from a person: a keyboard that types many digits at once and ends with Enter."""

import time

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

SHORTEST = 8
ENDS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Scanner(QObject):
    """Watches what is typed into a table; `scanned` carries the digits, which no cell keeps then.

    Nothing is held back: only the Enter that ends a burst is taken, and a cell that was opened by it is left as it was.
    """

    scanned = Signal(object)  # str

    def __init__(self, table: QWidget) -> None:
        super().__init__(table)
        self._table = table
        self._digits, self._last = "", 0.0
        self.pause = 0.08  # seconds between two digits; people need longer
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._listen)
            self._listen(None, QApplication.focusWidget())

    def _listen(self, _left: QWidget | None, here: QWidget | None) -> None:
        """To whoever in the table is given the keyboard; listening to the whole program would slow down every event."""
        if here is not None and self._holds(here):
            here.installEventFilter(self)

    def _holds(self, widget: QWidget) -> bool:
        return widget is self._table or self._table.isAncestorOf(widget)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Count digits that come fast; take the Enter behind eight of them."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        here = QApplication.focusWidget()
        if here is None or watched is not here or not self._holds(here):
            return False
        now, fast = time.monotonic(), time.monotonic() - self._last <= self.pause
        if len(event.text()) == 1 and event.text().isdigit():
            self._digits = self._digits + event.text() if fast else event.text()
            self._last = now
            return False
        burst, self._digits = self._digits if fast else "", ""
        if event.key() not in ENDS or len(burst) < SHORTEST:
            return False
        code = burst
        if isinstance(here, QLineEdit):
            if not here.text().isdigit():
                return False
            code = here.text()  # the digit that opened the cell was seen by the table and by the cell
            QApplication.sendEvent(
                here, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
            )
        self.scanned.emit(code)
        return True
