"""A person with nothing but a keyboard: keys go to whatever has them, and what stands on the screen is read."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QEventLoop, QModelIndex, Qt
from PySide6.QtGui import QGuiApplication, QImage, QKeySequence, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QListView, QTableView, QWidget

from ims_desktop.ui.popovers import DETAIL
from tests.app.robot import Robot, words_on

Found = TypeVar("Found", bound=QWidget)
MOST_TABS, LONGEST_WAIT_MS, MOST_COLOURS = 80, 60_000, 48


class Keyboard:
    """Presses keys in the window that has the focus, as the system would, and waits as a person does."""

    def __init__(self, robot: Robot) -> None:
        self._robot = robot

    def press(self, *keys: str, times: int = 1) -> None:
        """Press keys such as "Ctrl+K" one after another, and wait until the program has answered."""
        for key in keys * times:
            combination = QKeySequence(key)[0]  # type: ignore[index]  # its stubs know no keys inside
            QTest.keyClick(self._window(), combination.key(), combination.keyboardModifiers())
            QApplication.processEvents()
        self._robot.settle()

    def type(self, words: str) -> None:
        """Type letter by letter, and wait until the program has answered."""
        for letter in words:
            QTest.keyClick(self._window(), letter)  # type: ignore[call-overload]  # its stubs know no letters
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)
        self._robot.settle()

    def write(self, words: str) -> None:
        """Write over what stands in a field."""
        self.press("Ctrl+A")
        self.type(words)

    def walk_to(self, name: str, key: str = "Tab") -> None:
        """Press Tab until something with this name has the focus: without a mouse nobody gets there otherwise."""
        met: list[str] = []
        while not self.stands_on.startswith(name):
            met.append(self.stands_on)
            assert len(met) < MOST_TABS, f"{key} never leads to {name!r}, only to {list(dict.fromkeys(met))}"
            self.press(key)

    def find(self, letters: str, what: str, kind: str) -> None:
        """Ctrl+K, some letters, and Enter on the line that says this, once it is there."""
        self.press("Ctrl+K")
        self.type(letters)
        box = shown(QListView, "Found")

        def fits(line: tuple[str, str]) -> bool:
            return line[0] == what and line[1].startswith(kind)

        self.wait(lambda: any(fits(line) for line in lines_of(box)))
        while not fits(line_at(box.currentIndex())):
            self.press("Down")
        self.press("Return")

    def choose(self, letters: str) -> None:
        """Type letters where one of many is looked for, wait for what is offered, and take the first by Tab."""
        self.write(letters)
        self.wait(lambda: any(one.isVisible() and name_of(one) == "Suggestions" for one in QApplication.allWidgets()))
        self.press("Tab")

    def wait(self, happened: Callable[[], bool]) -> None:
        """Wait until something is so, then until the program is at rest."""
        self._robot.until(happened, LONGEST_WAIT_MS)
        self._robot.settle()

    @property
    def stands_on(self) -> str:
        """What a screen reader calls what gets the keys."""
        window_shown()
        focus = QApplication.focusWidget()
        assert focus is not None, "nothing has the keyboard"
        return name_of(focus)

    def _window(self) -> QWindow:
        window_shown()
        window = QGuiApplication.focusWindow()
        assert window is not None, "no window has the keyboard"
        return window


def window_shown() -> QWidget:
    """The window in front. After a dialog it is given the keyboard back here, where no window manager does that."""
    front = QApplication.activeModalWidget() or QApplication.activeWindow()
    if front is None:
        [front] = [
            one
            for one in QApplication.topLevelWidgets()
            if one.isVisible() and one.windowType() == Qt.WindowType.Window
        ]
        front.activateWindow()
        assert QTest.qWaitForWindowActive(front, LONGEST_WAIT_MS)
    return front


def reads() -> str:
    """Everything that can be read on the window in front, buttons too."""
    front = window_shown()
    buttons = (one.text().strip() for one in front.findChildren(QAbstractButton) if one.isVisibleTo(front))
    return "\n".join((*words_on(front), *buttons))


def shown(kind: type[Found], name: str) -> Found:
    """What is seen of a kind, by its name."""
    [found] = [one for one in window_shown().findChildren(kind) if one.isVisible() and name_of(one) == name]
    return found


def cells(name: str, *titles: str) -> list[tuple[str, ...]]:
    """What a table on the screen shows in these columns, row by row."""
    model = shown(QTableView, name).model()
    known = [str(model.headerData(place, Qt.Orientation.Horizontal)) for place in range(model.columnCount())]
    places = [known.index(title) for title in titles]
    return [tuple(str(model.index(row, place).data()) for place in places) for row in range(model.rowCount())]


def stood_on(name: str) -> tuple[int, int]:
    """The cell of a table that the keyboard stands on."""
    index = shown(QTableView, name).currentIndex()
    return index.row(), index.column()


def lines_of(box: QAbstractItemView) -> list[tuple[str, str]]:
    """The lines of a list of things to choose."""
    return [line_at(box.model().index(row, 0)) for row in range(box.model().rowCount())]


def line_at(index: QModelIndex) -> tuple[str, str]:
    """What a line is called, and what stands behind it."""
    return str(index.data()), str(index.data(DETAIL) or "")


def name_of(widget: QWidget) -> str:
    """What a screen reader calls it."""
    return widget.accessibleName() or (widget.text().strip() if isinstance(widget, QAbstractButton) else "")


def draw(path: Path) -> None:
    """Keep a picture of the window in front in its most frequent colours: as small as it can be."""
    QApplication.processEvents()
    image = window_shown().grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    met = Counter(memoryview(image.constBits()).cast("I"))
    kept = [colour for colour, _ in met.most_common(MOST_COLOURS)]
    small = image.convertToFormat(QImage.Format.Format_Indexed8, kept, Qt.ImageConversionFlag.ThresholdDither)
    assert small.save(str(path), "PNG", 0)  # type: ignore[call-overload]


def reached_by_tab(key: Qt.Key) -> list[QWidget]:
    """What Tab goes through, until it comes back to where it began."""
    way: list[QWidget] = []
    for _ in range(300):
        here = QApplication.focusWidget()
        if here is None or here in way:
            return way
        way.append(here)
        QTest.keyClick(here, key)
    return way
