"""Shows a printout as it will leave the printer; from there it is printed."""

import functools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, QSizeF
from PySide6.QtPrintSupport import QPrinter, QPrintPreviewDialog
from PySide6.QtWidgets import QWidget

from ims_desktop.domain.listing import ListQuery
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.export import PAGE_ROWS
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.language import in_words
from ims_desktop.ui.print_file import Collected, draw, page_layout
from ims_desktop.ui.printout import Printout
from ims_desktop.ui.shown import Shown

WIDTH, HEIGHT = 1100, 760


def preview(printout: Printout, formats: Formats, parent: QWidget) -> QPrintPreviewDialog:
    """Open the preview; it closes itself away."""
    printout = in_words(printout)
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setDocName(printout.title)
    printer.setPageLayout(page_layout(printout, formats))
    dialog = QPrintPreviewDialog(printer, parent)
    dialog.setWindowTitle(dialog.tr("Print {title}").format(title=printout.title))
    dialog.resize(QSizeF(WIDTH, HEIGHT).toSize())
    # The dialog does not own its printer: what paints keeps it as long as the dialog is there.
    dialog.paintRequested.connect(lambda onto, printer=printer: draw(printout, onto, onto.logicalDpiX()))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog


class ListPrint(QObject):
    """Reads everything a list selects, then shows its preview."""

    def __init__(self, desk: Desk, read: Callable[..., Any], query: ListQuery, shown: Shown, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk, self._query, self._parent = desk, replace(query, after=None, limit=PAGE_ROWS), parent
        collected = self._collected = Collected(shown)

        @functools.wraps(read)
        def step(connection: Any, query: ListQuery) -> Any:
            page = read(connection, query)
            collected.write(page.rows)
            return page.after

        self._step = step

    def start(self) -> None:
        """Begin."""
        self._desk.start(self, self._read, self._step, self._query)

    def _read(self, after: Any) -> None:
        if after is not None:
            self._query = self._query.following(after)
            self.start()
            return
        preview(self._collected.printout(), self._desk.formats, self._parent)
        self.deleteLater()
