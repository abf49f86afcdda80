"""Writes everything a list selects into a CSV file, page by page, off the GUI thread."""

import csv
import functools
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from PySide6.QtCore import QObject, Signal

from ims_desktop.domain.listing import ListQuery
from ims_desktop.ui.columns import NUMERIC, Column, export_text
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.formats import Formats

PAGE_ROWS = 1000
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def safe(column: Column, words: str) -> str:
    """Text that a spreadsheet would run as a formula gets an apostrophe in front."""
    return "'" + words if column.kind not in NUMERIC and words.startswith(FORMULA_STARTS) else words


def csv_text(columns: tuple[Column, ...], rows: tuple[Any, ...], formats: Formats, header: bool) -> str:
    """Rows as RFC 4180 text."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    if header:
        writer.writerow(title for c in columns for title in ([c.title, "Unit"] if c.unit else [c.title]))
    for row in rows:
        cells: list[str] = []
        for column in columns:
            cells.append(safe(column, export_text(column, row, formats)))
            if column.unit:
                cells.append(str(getattr(row, column.unit) or ""))
        writer.writerow(cells)
    return target.getvalue()


class CsvExport(QObject):
    """One export under way: reads page after page, writes beside the target, renames at the end."""

    progressed = Signal(object)  # rows written so far
    finished = Signal(object)  # rows written, or None when there is no file

    def __init__(
        self, desk: Desk, read: Callable[..., Any], query: ListQuery, columns: tuple[Column, ...], path: Path
    ) -> None:
        super().__init__(desk)
        self._desk, self._query, self._path = desk, replace(query, after=None, limit=PAGE_ROWS), path
        self._part = path.with_name(path.name + ".part")
        self._file: IO[str] | None = None
        self._count = 0
        formats = desk.formats

        @functools.wraps(read)
        def lines(connection: Any, query: ListQuery) -> tuple[str, int, Any]:
            page = read(connection, query)
            return csv_text(columns, page.rows, formats, query.after is None), len(page.rows), page.after

        self._lines = lines

    def start(self) -> None:
        """Begin."""
        try:
            self._file = self._part.open("w", encoding="utf-8-sig", newline="")
        except OSError as error:
            self._failed(error)
            return
        self._next()

    def stop(self) -> None:
        """Give up; nothing is left behind."""
        if self._file is not None:
            self._close()
            self._desk.messages.note(self.tr("The export was stopped; there is no file."))
            self.finished.emit(None)

    def _next(self) -> None:
        self._desk.start(self, self._write, self._lines, self._query, failed=self._failed)

    def _write(self, answer: tuple[str, int, Any]) -> None:
        if self._file is None:
            return
        written, rows, after = answer
        try:
            self._file.write(written)
            self._count += rows
            self.progressed.emit(self._count)
            if after is not None:
                self._query = self._query.following(after)
                self._next()
                return
            self._file.close()
            self._file = None
            self._part.replace(self._path)
        except OSError as error:
            self._failed(error)
            return
        self.finished.emit(self._count)
        self.deleteLater()

    def _failed(self, error: Exception) -> None:
        self._close()
        said = self.tr("The file {path} could not be written: {why}").format(path=self._path, why=error)
        self._desk.messages.failed(said)
        self.finished.emit(None)

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
        self._part.unlink(missing_ok=True)
        self.deleteLater()
