"""CSV files as every part of the program writes them (RFC 4180): exact figures, ISO days, and no text that runs."""

import csv
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TextIO

ENCODING = "utf-8-sig"  # with the mark by which Excel recognises UTF-8
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def plain(value: Any) -> str:
    """A figure, a day or a moment for programs; nothing for what is not known."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    return value.isoformat() if isinstance(value, date) else str(value)


def guarded(words: str) -> str:
    """Text that a spreadsheet would run as a formula gets an apostrophe in front; reading a file takes it off again."""
    return "'" + words if words.startswith(FORMULA_STARTS) else words


class CsvWriter:
    """Writes rows: text is guarded, anything else written plainly."""

    def __init__(self, target: TextIO) -> None:
        self._writer = csv.writer(target, lineterminator="\r\n")

    def row(self, cells: Iterable[Any] = ()) -> None:
        """Write a line."""
        self._writer.writerow([guarded(cell) if isinstance(cell, str) else plain(cell) for cell in cells])
