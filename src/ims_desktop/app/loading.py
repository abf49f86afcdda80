"""Imports the heavy part of the program on a thread, while the first window is already there to type in."""

import importlib
import sys
import threading
from collections.abc import Callable
from types import ModuleType

from PySide6.QtCore import QObject, Qt, Signal, Slot

PATIENT = 0.0005  # seconds after which the import lets the window go on; Python's own are ten times as many


class Loading(QObject):
    """Imports one module, and calls `done` with it on the GUI thread; an import that fails fails there."""

    _came = Signal(object, object)

    def __init__(self, module: str, done: Callable[[ModuleType], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._module, self._done = module, done
        self._usual = sys.getswitchinterval()
        self._came.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self._thread = threading.Thread(target=self._import, name="loading")

    def start(self) -> None:
        """Begin to import; the window stays quick meanwhile."""
        sys.setswitchinterval(PATIENT)
        self._thread.start()

    def wait(self) -> None:
        """Return when the thread has ended; a program that ends early waits for it."""
        self._thread.join()

    def _import(self) -> None:
        try:
            self._came.emit(importlib.import_module(self._module), None)
        except Exception as error:  # told on the GUI thread, where somebody hears it
            self._came.emit(None, error)

    @Slot(object, object)
    def _take(self, module: ModuleType | None, error: Exception | None) -> None:
        sys.setswitchinterval(self._usual)
        if module is None:
            raise error or ImportError(self._module)
        self._done(module)
