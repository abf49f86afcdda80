"""Programs that measure a window from inside and print one number of seconds: `python -m bench.program WHICH ROWS`."""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtCore import QAbstractItemModel
    from PySide6.QtWidgets import QApplication, QTableView

    from ims_desktop.ui.columns import Column

BEGAN = float(os.environ.get("IMS_BENCH_BEGAN", time.time()))
STEPS = 150


def import_bare() -> float:
    """Qt's widgets alone."""
    began = time.perf_counter()
    import PySide6.QtWidgets  # noqa: F401

    return time.perf_counter() - began


def import_program() -> float:
    """What is imported before the first window can be shown."""
    began = time.perf_counter()
    import ims_desktop.app.start  # noqa: F401

    return time.perf_counter() - began


def window_bare() -> float:
    """An empty window, from the start of the process until it is painted."""
    from PySide6.QtWidgets import QApplication, QWidget

    application = QApplication(sys.argv[:1])
    moments = _watch(application)
    window = QWidget()
    window.resize(900, 600)
    window.show()
    application.exec()
    return moments[0] - BEGAN


def window() -> float:
    """Our first window, until it is painted."""
    return _our_window()[0] - BEGAN


def window_usable() -> float:
    """Our first window, until it waits for the keyboard with nothing left to do."""
    return _our_window()[1] - BEGAN


def _our_window() -> list[float]:
    from PySide6.QtWidgets import QApplication

    application = QApplication(sys.argv[:1])
    moments = _watch(application)
    from ims_desktop.app.start import main

    main([])
    return moments


def _watch(application: "QApplication") -> list[float]:
    """Notes when a window is first painted, and when the program has then become idle; then ends it."""
    from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
    from PySide6.QtWidgets import QWidget

    moments: list[float] = []

    def idle() -> None:
        moments.append(time.time())
        QCoreApplication.quit()

    class Watch(QObject):
        """Sees every event of the program."""

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            painted = event.type() == QEvent.Type.Paint and isinstance(watched, QWidget) and watched.isWindow()
            if painted and not moments:
                moments.append(time.time())
                QTimer.singleShot(0, lambda: QTimer.singleShot(0, idle))
            return False

    watch = Watch(application)
    application.installEventFilter(watch)
    return moments


@dataclass(frozen=True)
class Line:
    """A row like those of the list of items."""

    name: str
    code: str
    category: str
    on_hand: Decimal
    unit: str
    value: Decimal
    counted: datetime
    state: str


def scroll_bare(rows: int) -> float:
    """A plain table of plain words, three rows a step."""
    from PySide6.QtCore import QAbstractTableModel, Qt
    from PySide6.QtWidgets import QApplication, QTableView

    application = QApplication(sys.argv[:1])

    class Words(QAbstractTableModel):
        """The same cell over and over, as a word."""

        def rowCount(self, _parent: object = None) -> int:
            return rows

        def columnCount(self, _parent: object = None) -> int:
            return 7

        def data(self, index: object, role: int = Qt.ItemDataRole.DisplayRole) -> object:
            return "Tomato tin 0001" if role == Qt.ItemDataRole.DisplayRole else None

    view = QTableView()
    view.verticalHeader().setDefaultSectionSize(42)
    model = Words()
    return _scrolled(application.processEvents, view, model)


def scroll(rows: int) -> float:
    """Our table with our columns, three rows a step."""
    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QApplication

    from ims_desktop.domain.listing import Page
    from ims_desktop.ui import theme
    from ims_desktop.ui.formats import Formats
    from ims_desktop.ui.table_model import TableModel
    from ims_desktop.ui.table_view import TableView

    application = QApplication(sys.argv[:1])
    theme.apply(application, dark=False)
    model = TableModel(_columns(), Formats("en_GB"))
    some = _lines()
    model.begin(Page((some * (rows // len(some) + 1))[:rows]))
    with tempfile.TemporaryDirectory() as home:
        settings = QSettings(f"{home}/window.ini", QSettings.Format.IniFormat)
        return _scrolled(application.processEvents, TableView(model, "bench", settings, "Items"), model)


def _scrolled(settle: Callable[[], object], view: "QTableView", model: "QAbstractItemModel") -> float:
    view.setModel(model)
    view.resize(1300, 800)
    view.show()
    settle()
    bar = view.verticalScrollBar()
    per_row = max(1, bar.maximum() // max(1, model.rowCount()))
    took = []
    for place in range(STEPS):
        began = time.perf_counter()
        bar.setValue((place * 3) * per_row if place % 3 else bar.maximum() // STEPS * place)
        view.viewport().repaint()
        took.append(time.perf_counter() - began)
    return statistics.median(took)


def _columns() -> "Sequence[Column]":
    from ims_desktop.ui.chips import Chip
    from ims_desktop.ui.columns import Column, Kind
    from ims_desktop.ui.theme import Tone

    states = {"ok": Chip("In stock", Tone.OK), "low": Chip("Below par", Tone.WARN), "out": Chip("Out", Tone.BAD)}
    return (
        Column("name", "Item", Kind.TITLE, 220, sub="code", sortable=True, stretch=True),
        Column("category", "Category"),
        Column("on_hand", "On hand", Kind.QUANTITY, 140, unit="unit", sortable=True),
        Column("unit", "Unit"),
        Column("value", "Value", Kind.MONEY, 110),
        Column("counted", "Last counted", Kind.DATETIME, 140),
        Column("state", "Status", Kind.CHIP, 120, chips=states),
    )


def _lines() -> tuple[Line, ...]:
    now = datetime.now(UTC)
    return tuple(
        Line(
            f"Olive oil {n:04}",
            f"DRY-{n:04}",
            ("Dairy", "Produce")[n % 2],
            Decimal(n) / 7,
            "kg",
            Decimal(n) * 10 / 3,
            now - timedelta(days=n % 40, minutes=n),
            ("ok", "low", "out")[n % 3],
        )
        for n in range(1_000)
    )


def main(arguments: Sequence[str]) -> None:
    """Measure what the first argument names; the second is a number of rows."""
    which, rows = arguments[0], int(arguments[1])
    plain = {
        "import-bare": import_bare,
        "import": import_program,
        "window-bare": window_bare,
        "window": window,
        "window-usable": window_usable,
    }
    tables = {"scroll-bare": scroll_bare, "scroll": scroll}
    print(plain[which]() if which in plain else tables[which](rows))


if __name__ == "__main__":
    main(sys.argv[1:])
