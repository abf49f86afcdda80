"""Draws a widget into a PNG file at a given size, once nothing is under way any more."""

from pathlib import Path

from PySide6.QtCore import QDeadlineTimer, QEventLoop
from PySide6.QtWidgets import QApplication, QWidget

from ims_desktop.ui.background import Background

CALM_MS, PATIENCE_MS = 120, 60_000  # a computer that has just built a database may still be busy with it


def settle(background: Background | None, limit_ms: int = PATIENCE_MS) -> bool:
    """Let the program work until it has been idle for a moment; False when it never was."""
    limit = QDeadlineTimer(limit_ms)
    calm = QDeadlineTimer(CALM_MS)
    while not limit.hasExpired():
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 10)
        if background is not None and not background.idle():
            calm = QDeadlineTimer(CALM_MS)
        elif calm.hasExpired():
            return True
    return False


def capture(widget: QWidget, path: Path, width: int, height: int, background: Background | None = None) -> None:
    """Show a widget at a size, wait until it is idle, and save its picture."""
    QApplication.setCursorFlashTime(0)
    widget.resize(width, height)
    widget.show()
    if not settle(background):
        raise TimeoutError("The page was still working when its picture was due.")
    if not widget.grab().save(str(path)):
        raise OSError(f"The picture {path} could not be written.")
