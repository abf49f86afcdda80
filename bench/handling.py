"""What hands do all day in a window, beside plain widgets that do the same: one number of seconds for each."""

import csv
import io
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from typing import Any

from PySide6.QtCore import QSettings, QStringListModel
from PySide6.QtGui import QGuiApplication, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QApplication,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)
from tests.ui.kitchen import Kitchen
from tests.ui.larder import Larder

from bench.stops import longest_stop, until_done
from ims_desktop.domain.listing import Filter, Match
from ims_desktop.ui import theme
from ims_desktop.ui.background import Background
from ims_desktop.ui.desk import Desk, Person
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.list_page import ListPage
from ims_desktop.ui.list_spec import ListSpec
from ims_desktop.ui.messages import Messages
from ims_desktop.ui.paste_panel import PastePanel
from ims_desktop.ui.shell import Entry, Shell

ROUNDS, STEPS, PASTED = 9, 150, 5_000
NAMES = [f"Tomato tin {number:04}" for number in range(PASTED)]
COLUMN_PAR = 1  # of the jars
COLUMN_NAME, COLUMN_ON_HAND = 0, 2  # of the items, where both may be sorted by


def _pasted() -> str:
    """A column of numbers as it comes from a workbook, none of which is there yet."""
    return "\n".join(str(number + 10_000) for number in range(PASTED))


def _page_of(spec: ListSpec) -> Callable[[Desk], ListPage]:
    return lambda desk: ListPage(desk, spec)


class Window:
    """Our window with a list of items, a list whose cells can be edited, and nothing behind them but memory."""

    def __init__(self, settings: QSettings) -> None:
        self.application = QApplication(sys.argv[:1])
        theme.apply(self.application, dark=False)
        kitchen, larder, messages = Kitchen(PASTED), Larder(PASTED), Messages()
        self.background = Background(lambda use_case, *asked: use_case(None, *asked), messages)
        desk = Desk(self.background, messages, Formats("en_GB"), person=Person("Maria"), settings=settings)
        self.open: Callable[..., object] = desk.navigation.open
        pages = {"items": kitchen.spec, "jars": larder.spec, "other": kitchen.spec}
        self.shell = Shell(desk, [Entry(key, key, "", "package", _page_of(spec())) for key, spec in pages.items()])
        self.shell.resize(1366, 768)
        self.shell.show()
        for key in ("other", "jars", "items"):  # a page is built once
            until_done(self.work, partial(self.open, key), self.idle)

    def work(self) -> None:
        """Let the window answer."""
        self.application.processEvents()

    def idle(self) -> bool:
        """Whether nothing is under way."""
        return self.background.idle()

    @property
    def page(self) -> Any:
        """The page in front."""
        return self.shell.current

    def open_first_record(self) -> None:
        """Open the panel of the first row."""
        self.page.open_record(self.page.model.rows[0].id)

    def search(self, words: str) -> None:
        """Type into the search of the list, and press Enter."""
        box = self.page.body.filters.search
        box.setText(words)
        box.returnPressed.emit()

    def sort(self, section: int, add: bool = False) -> None:
        """Click on the head of a column; with Shift it is one more key."""
        self.page.table.horizontalHeader().sort_by(section, add)

    def paste(self) -> None:
        """Ctrl+V into the first cell of a column, until the preview of all changes is there."""
        table = self.page.table
        table.setCurrentIndex(self.page.model.index(0, COLUMN_PAR))
        QGuiApplication.clipboard().setText(_pasted())
        self.page.editing.paste()

    def has_preview(self) -> bool:
        """Whether what was pasted is shown."""
        return self.idle() and isinstance(self.page.panel, PastePanel)

    def find(self, words: str) -> None:
        """Type into the box of Ctrl+K."""
        self.shell.palette_box.search.setText(words)


@contextmanager
def _window() -> Iterator[Window]:
    with tempfile.TemporaryDirectory() as home:
        made = Window(QSettings(f"{home}/window.ini", QSettings.Format.IniFormat))
        try:
            yield made
        finally:
            made.background.close()


class Plain:
    """Widgets of the toolkit alone: two lists that change places, a form beside them, a line that narrows a list."""

    def __init__(self) -> None:
        self.application = QApplication(sys.argv[:1])
        self.window, self.pages, self.words = QWidget(), QStackedWidget(), QLineEdit()
        self.views = [QListView(), QListView()]
        for view in self.views:
            view.setUniformItemSizes(True)
            view.setModel(QStringListModel(NAMES, view))
            self.pages.addWidget(view)
        self.table = QTableView()
        self.pages.addWidget(self.table)
        self.side = QHBoxLayout()
        self.side.addWidget(self.pages)
        rows = QVBoxLayout(self.window)
        rows.addWidget(self.words)
        rows.addLayout(self.side)
        self.window.resize(1366, 768)
        self.window.show()
        self.work()

    def work(self) -> None:
        """Let the window answer."""
        self.application.processEvents()

    def open_panel(self) -> QWidget:
        """Twenty labels beside the list."""
        panel = QWidget()
        form = QFormLayout(panel)
        for name in NAMES[:10]:
            form.addRow(QLabel(name), QLabel(name))
        self.side.addWidget(panel)
        return panel

    def find(self, words: str) -> None:
        """A list of what contains the words."""
        self.words.setText(words)
        model: Any = self.views[0].model()
        model.setStringList([name for name in NAMES[:100] if words in name])

    def paste(self) -> None:
        """As many numbers read, and shown in a table beside what stood there."""
        model = QStandardItemModel(self.table)
        for name, (typed,) in zip(NAMES, csv.reader(io.StringIO(_pasted())), strict=True):
            model.appendRow([QStandardItem(word) for word in (name, "1", str(Decimal(typed)))])
        self.table.setModel(model)
        self.pages.setCurrentWidget(self.table)


def _middle(act: Callable[[], float]) -> float:
    return statistics.median(act() for _ in range(ROUNDS))


def panel_bare() -> float:
    """A form of labels beside a list."""
    plain = Plain()

    def once() -> float:
        made: list[QWidget] = []
        lasted = until_done(plain.work, lambda: made.append(plain.open_panel()))
        made[0].setParent(None)
        return lasted

    return _middle(once)


def panel() -> float:
    """The panel of a record, with facts, chart and what belongs to it."""
    with _window() as ours:

        def once() -> float:
            lasted = until_done(ours.work, ours.open_first_record, ours.idle)
            until_done(ours.work, ours.page.close_panel, ours.idle)
            return lasted

        return _middle(once)


def turn_bare() -> float:
    """Two lists change places."""
    plain = Plain()
    return _middle(lambda: max(until_done(plain.work, partial(plain.pages.setCurrentIndex, place)) for place in (1, 0)))


def turn() -> float:
    """Two of our pages change places."""
    with _window() as ours:
        return _middle(
            lambda: max(until_done(ours.work, partial(ours.open, key), ours.idle) for key in ("other", "items"))
        )


def find_bare() -> float:
    """A list narrowed by what is typed."""
    plain = Plain()
    return _middle(
        lambda: max(until_done(plain.work, partial(plain.find, words)) for words in ("Tom", "Tomato tin 00"))
    )


def find() -> float:
    """Ctrl+K and the first letters of a page, until something is offered."""
    with _window() as ours:

        def once() -> float:
            opened = until_done(ours.work, ours.shell.find_anything)
            typed = max(until_done(ours.work, partial(ours.find, words)) for words in ("ite", "other"))
            ours.shell.palette_box.close_box()
            return max(opened, typed)

        return _middle(once)


def paste_bare() -> float:
    """A block of numbers read and shown."""
    plain = Plain()
    return until_done(plain.work, plain.paste)


def paste() -> float:
    """A block of numbers read, compared with each cell and checked, until the preview shows what would change."""
    with _window() as ours:
        until_done(ours.work, partial(ours.open, "jars"), ours.idle)
        return until_done(ours.work, ours.paste, ours.has_preview)


def gap_bare() -> float:
    """The longest stop of plain widgets over all of this."""
    plain = Plain()
    bar = plain.views[0].verticalScrollBar()
    acts: list[Callable[[], object]] = [partial(bar.setValue, place * 30) for place in range(STEPS)]
    acts += [plain.open_panel, *(partial(plain.pages.setCurrentIndex, place) for place in (1, 0))]
    return longest_stop(plain.work, [*acts, partial(plain.find, "Tomato tin 00"), plain.paste])


def gap() -> float:
    """The longest stop of our window over scrolling, reading on, search, filter, two sort keys and all of the above."""
    with _window() as ours:
        bar = ours.page.table.verticalScrollBar()
        low = (Filter("state", Match.IN, ("low",)),)
        acts: list[Callable[[], object]] = [lambda: bar.setValue(bar.value() + 3) for _ in range(STEPS)]
        acts += [lambda: bar.setValue(bar.maximum()) for _ in range(3)]
        acts += [partial(ours.search, "oil"), partial(ours.search, "")]
        acts += [partial(ours.sort, COLUMN_NAME), partial(ours.sort, COLUMN_ON_HAND, add=True)]
        acts += [lambda: ours.page.show_filters(low), ours.open_first_record, ours.page.close_panel]
        acts += [ours.shell.find_anything, partial(ours.find, "oth"), ours.shell.palette_box.close_box]
        acts += [partial(ours.open, key) for key in ("other", "items", "jars")]
        before = longest_stop(ours.work, acts, ours.idle)
        return max(before, longest_stop(ours.work, [ours.paste], ours.has_preview))


ACTS = {
    "panel-bare": panel_bare, "panel": panel, "turn-bare": turn_bare, "turn": turn, "find-bare": find_bare,
    "find": find, "paste-bare": paste_bare, "paste": paste, "gap-bare": gap_bare, "gap": gap,
}  # fmt: skip


if __name__ == "__main__":
    print(ACTS[sys.argv[1]]())
