"""An error in a method that Qt calls is told, and the program goes on."""

import subprocess
import sys
from importlib import import_module
from inspect import isfunction
from pathlib import Path
from pkgutil import walk_packages

from shiboken6 import Shiboken

import ims_desktop
from ims_desktop.ui.overrides import qt_method

# Three of Qt's methods in one another, with a Python method between them; without a guard the collection of garbage
# at the end meets what was let go twice.
DAMAGED = """
import sys
import {first}
from PySide6.QtCore import QAbstractTableModel, QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTableView

class Model(QAbstractTableModel):
    def rowCount(self, parent=None):
        return 3

    def columnCount(self, parent=None):
        return 3

    def data(self, index, role=0):
        return "a"

class Table(QTableView):
    def keyPressEvent(self, event):
        super().keyPressEvent(event)

    def event(self, event):
        return super().event(event)

    def moveCursor(self, action, modifiers):
        raise ValueError("the table walked against a wall")

class Filter(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.KeyPress:
            raise ValueError("the filter is full")
        return super().eventFilter(watched, event)

told = []
sys.excepthook = lambda kind, error, trace: told.append(str(error))
application = QApplication(["damaged", "-platform", "offscreen"])
table, model, filter = Table(), Model(), Filter()
table.setModel(model)
table.installEventFilter(filter)
table.show()
table.setFocus()
for _ in range(20):
    try:
        QTest.keyClick(table, Qt.Key.Key_Down)
    except ValueError:
        print("passed through Qt")
    application.processEvents()
print("\\n".join(told))
"""


def damaged(first: str) -> subprocess.CompletedProcess[str]:
    """A program of its own in which keys go wrong."""
    command = [sys.executable, "-c", DAMAGED.format(first=first)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_an_error_in_a_key_handler_is_told_and_the_program_goes_on() -> None:
    ended = damaged("ims_desktop.ui")
    assert ended.returncode == 0, ended.stderr
    told = ended.stdout.splitlines()
    assert told.count("the filter is full") == 20
    assert told.count("the table walked against a wall") == 20
    assert len(told) == 40


def test_without_the_guard_it_passes_through_qt() -> None:
    assert "passed through Qt" in damaged("PySide6.QtCore").stdout


def test_every_class_of_the_program_is_guarded() -> None:
    for module in walk_packages(ims_desktop.__path__, "ims_desktop."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    found = {cls for cls in below(Shiboken.Object) if cls.__module__.startswith("ims_desktop.")}
    of_qt = [
        (cls, name, method)
        for cls in found
        for name, method in vars(cls).items()
        if isfunction(method) and not name.startswith("__") and qt_method(cls, name) is not None
    ]
    open_ones = [f"{cls.__module__}.{cls.__name__}.{name}" for cls, name, method in of_qt if not is_guarded(method)]
    assert len(of_qt) > 100
    assert not open_ones, open_ones


def is_guarded(method: object) -> bool:
    """Whether a method is the one that tells of errors."""
    return Path(method.__code__.co_filename).name == "overrides.py"  # type: ignore[attr-defined]


def below(cls: type) -> set[type]:
    """All classes made of a class."""
    return {one for child in cls.__subclasses__() for one in ({child} | below(child))}
