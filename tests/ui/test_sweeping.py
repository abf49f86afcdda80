"""What lies in circles is let go by the thread of the window, however busy another one is."""

import threading

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ims_desktop.ui.sweeping import Sweeping

CIRCLES, MUCH = 50, 20_000


class Circle:
    """Holds itself, and says who let it go."""

    def __init__(self, by: list[threading.Thread]) -> None:
        self.me, self.by = self, by

    def __del__(self) -> None:
        self.by.append(threading.current_thread())


def test_garbage_is_collected_by_the_window_alone(qapp: QApplication, qtbot: QtBot) -> None:
    by: list[threading.Thread] = []
    kept: list[list[int]] = []

    def work() -> None:
        for _ in range(CIRCLES):
            Circle(by)
        kept.extend([n] for n in range(MUCH))  # so much that Python would collect here and now

    owner = QObject()
    Sweeping(owner, every_ms=5)
    reading = threading.Thread(target=work)
    reading.start()
    reading.join()
    assert by == []
    qtbot.waitUntil(lambda: len(by) == CIRCLES)
    assert set(by) == {threading.main_thread()}
    assert len(kept) == MUCH
