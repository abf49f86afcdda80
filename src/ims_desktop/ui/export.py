"""Writes everything a list selects into a file, page by page, off the GUI thread."""

import functools
import weakref
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.listing import ListQuery
from ims_desktop.domain.wording import say
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.export_files import CsvSink, Sink, XlsxSink
from ims_desktop.ui.print_file import PdfSink
from ims_desktop.ui.shown import Shown

PAGE_ROWS = 1000
SINKS: dict[str, Callable[[Path, Shown], Sink]] = {".csv": CsvSink, ".xlsx": XlsxSink, ".pdf": PdfSink}


class Unfinished:
    """A file on its way: written beside its place and moved there when it is whole."""

    def __init__(self, path: Path, shown: Shown) -> None:
        self._path, self._shown = path, shown
        self._part = path.with_name(path.name + ".part")
        self._sink: Sink | None = None
        self.dropped = False

    def write(self, rows: tuple[Any, ...], last: bool) -> None:
        """Add rows; with the last ones the file is finished."""
        try:
            if self._sink is None:
                self._sink = SINKS.get(self._path.suffix.lower(), CsvSink)(self._part, self._shown)
            self._sink.write(rows)
            if last:
                self._sink.finish()
                self._part.replace(self._path)
                self._sink = None
        except OSError as error:
            raise UserError(
                say("The file {path} could not be written: {error}", path=self._path, error=error)
            ) from error

    def drop(self) -> None:
        """Delete what was written so far."""
        self.dropped = True
        sink, self._sink = self._sink, None
        if sink is not None:
            sink.drop()
            self._part.unlink(missing_ok=True)


class Export(QObject):
    """One export under way: reads page after page; the file appears when it is whole, or never."""

    progressed = Signal(object)  # rows written so far
    finished = Signal(object)  # rows written, or None when there is no file

    def __init__(self, desk: Desk, read: Callable[..., Any], query: ListQuery, shown: Shown, path: Path) -> None:
        super().__init__(desk)
        self._desk, self._query, self._path = desk, replace(query, after=None, limit=PAGE_ROWS), path
        self._count = 0
        self._file = file = Unfinished(path, shown)
        weakref.finalize(self, file.drop)  # also when the program ends in the middle of it

        @functools.wraps(read)
        def step(connection: Any, query: ListQuery) -> tuple[int, Any]:
            page = read(connection, query)
            if not file.dropped:
                file.write(page.rows, page.after is None)
            return len(page.rows), page.after

        self._step = step

    def start(self) -> None:
        """Begin."""
        self._desk.start(self, self._written, self._step, self._query, failed=self._failed)

    def stop(self) -> None:
        """Give up; nothing is left behind."""
        if not self._file.dropped:
            self._file.dropped = True  # the worker may be writing at this moment: it is cleaned up after its page
            self._desk.messages.note(self.tr("The export was stopped; there is no file."))
            self.finished.emit(None)

    def _written(self, answer: tuple[int, Any]) -> None:
        rows, after = answer
        if self._file.dropped:
            self._end()
            return
        self._count += rows
        self.progressed.emit(self._count)
        if after is not None:
            self._query = self._query.following(after)
            self.start()
            return
        self.finished.emit(self._count)
        self.deleteLater()

    def _failed(self, error: Exception) -> None:
        stopped = self._file.dropped
        self._end()
        if not stopped:
            said = error.text if isinstance(error, UserError) else str(error)
            sentence = self.tr("{name} was not written. {why}").format(name=self._path.name, why=said)
            self._desk.messages.failed(sentence)
            self.finished.emit(None)

    def _end(self) -> None:
        self._file.drop()
        self.deleteLater()
