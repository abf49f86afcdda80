"""A thin moving line for work that takes longer than a moment."""

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ims_desktop.ui.sides import Sheet
from ims_desktop.ui.theme import color

AFTER_MS, FRAME_MS = 300, 30


class BusyLine(QWidget):
    """Appears 0.3 s after `begin`, so that quick answers do not flicker."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self.setFixedHeight(2)
        self.setAccessibleName(self.tr("Working"))
        self.hide()
        self._place = 0.0
        self._wait = QTimer(self, singleShot=True, interval=AFTER_MS)
        self._wait.timeout.connect(self._appear)
        self._frames = QTimer(self, interval=FRAME_MS)
        self._frames.timeout.connect(self._step)

    @property
    def is_at_work(self) -> bool:
        """Whether work has begun and not ended, also before it shows."""
        return self._wait.isActive() or self._frames.isActive()

    def begin(self) -> None:
        """Work has begun."""
        if not self.isVisible():
            self._wait.start()

    def end(self) -> None:
        """Work has ended."""
        self._wait.stop()
        self._frames.stop()
        self.hide()

    def _appear(self) -> None:
        self.resize(self._over.width(), 2)
        self.show()
        self.raise_()
        self._frames.start()

    def _step(self) -> None:
        self._place = (self._place + 0.02) % 1.4
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the moving part."""
        painter = QPainter(self)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color("primary"))
        part = QRectF((self._place - 0.4) * self.width(), 0, 0.4 * self.width(), 2)
        painter.drawRect(Sheet(painter, self.rect()).lies(part))
