"""Reading a table out of a workbook (Excel, OpenDocument) as text, never trusting what it says of itself.

A workbook is a compressed archive of another's making: how much it unpacks to and how far its cells lie apart is
measured before it is opened, because the reader would believe it and ask for as much memory as it takes.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from python_calamine import CalamineWorkbook

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.wording import say

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
MOST_BYTES = 200_000_000
MOST_PARTS = 5_000
MOST_CELLS = 5_000_000
CHUNK = 1 << 16
_CELL = re.compile(rb'<(?:\w+:)?c\s[^>]{0,200}?\br="([A-Z]{1,4})([0-9]{1,9})"')
# OpenDocument says "this cell ten thousand times"; of empty ones any number, of filled ones nobody means that many.
_REPEATED = re.compile(
    rb'number-rows-repeated="[0-9]{5,}"[^>]{0,300}>(?:(?!table-row).){0,1500}?value-type'
    rb'|table-cell(?=[^>]{0,400}value-type)[^>]{0,400}columns-repeated="[0-9]{4,}"',
    re.DOTALL,
)
_PROTECTED = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0".encode("latin-1")
_LENGTH_OF_A_MATCH = 2_048


class Plain(str):
    """A cell that a workbook holds as a number or a day: its decimal sign is a point, its year comes first."""

    __slots__ = ()


def is_workbook(content: bytes) -> bool:
    """Whether a file is a workbook, or at least packed like one."""
    return content.startswith((ZIP, OLE))


def read_cells(content: bytes, name: str) -> list[list[str]]:
    """The cells of the first sheet that holds any; raises UserError for what cannot be opened."""
    if content.startswith(OLE) and _PROTECTED in content:
        raise UserError(say("{name} is protected by a password. Save it without one and choose it again.", name=name))
    if content.startswith(ZIP):
        _weigh(content, name)
    for rows in _sheets(content, name):
        cells = [[_text(value) for value in row] for row in rows]
        if any(any(row) for row in cells):
            return cells
    raise UserError(say("{name} is empty.", name=name))


def _sheets(content: bytes, name: str) -> Iterator[Sequence[Sequence[Any]]]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for place in range(len(book.sheet_names)):
            sheet = book.get_sheet_by_index(place)
            if sheet.height * sheet.width > MOST_CELLS:
                raise _too_large(name)
            # From the first row on, so that rows are numbered as the spreadsheet numbers them.
            yield sheet.to_python(skip_empty_area=False)
    except UserError:
        raise
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit):
            raise
        # The reader is a library of another language; what it trips over may be no Exception at all.
        raise UserError(
            say(
                "{name} cannot be opened: it is damaged, or no workbook. Open it in your spreadsheet program, "
                "save it as an Excel workbook or CSV, and choose that file.",
                name=name,
            )
        ) from error


def _weigh(content: bytes, name: str) -> None:
    """Unpack everything once, in small pieces, to know how large it is and where its cells lie."""
    try:
        parts = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError) as error:
        raise UserError(
            say("{name} is damaged: it ends too early, or is no workbook. Save it once more.", name=name)
        ) from error
    if len(parts) > MOST_PARTS:
        raise _too_large(name)
    left = MOST_BYTES
    for part in parts:
        extent = _Extent(name)
        for piece in _unpacked(content, part, name):
            left -= len(piece)
            if left < 0:
                raise _too_large(name)
            if part.filename.endswith(".xml"):
                extent.look(piece)


class _Extent:
    """How far apart the cells of a sheet lie, found in pieces of its text."""

    def __init__(self, name: str) -> None:
        self._name, self._rest = name, b""
        self._row = self._column = 1

    def look(self, piece: bytes) -> None:
        """Look at the next piece."""
        text = self._rest + piece
        for column, row in _CELL.findall(text):
            self._row = max(self._row, int(row))
            self._column = max(self._column, _number(column))
        if self._row * self._column > MOST_CELLS or _REPEATED.search(text):
            raise _too_large(self._name)
        self._rest = text[-_LENGTH_OF_A_MATCH:]


def _unpacked(content: bytes, part: zipfile.ZipInfo, name: str) -> Iterator[bytes]:
    """The bytes of one part; its own statement of its size is not believed."""
    start = part.header_offset
    header = content[start : start + 30]
    if len(header) < 30 or header[:4] != ZIP:
        raise UserError(say("{name} is damaged: a part of it is missing. Save it once more.", name=name))
    start += 30 + int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    packed = memoryview(content)[start : start + part.compress_size]
    if part.flag_bits & 1:
        raise UserError(say("{name} is protected by a password. Save it without one and choose it again.", name=name))
    if part.compress_type == zipfile.ZIP_STORED:
        yield bytes(packed)
        return
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise UserError(say("{name} is packed in a way that spreadsheets do not use. Save it once more.", name=name))
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    waiting: bytes = bytes(packed)
    while waiting and not unpacker.eof:
        try:
            piece = unpacker.decompress(waiting, CHUNK)
        except zlib.error as error:
            raise UserError(
                say("{name} is damaged: a part of it cannot be unpacked. Save it once more.", name=name)
            ) from error
        waiting = unpacker.unconsumed_tail
        yield piece


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _too_large(name: str) -> UserError:
    return UserError(
        say(
            "{name} is too large: it unpacks to more than {most} MB, or its cells lie more than "
            "{cells:,} cells apart. Keep the table alone and save it as CSV.",
            name=name,
            most=MOST_BYTES // 1000000,
            cells=MOST_CELLS,
        )
    )


def _text(value: Any) -> str:
    """A cell in words; what is no text there is written as computers do."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return Plain(_number_text(value))
    if isinstance(value, datetime) and value.time() == time(0):
        value = value.date()
    return Plain(value.isoformat(sep=" ") if isinstance(value, datetime) else value)


def _number_text(value: float) -> str:
    """The number as it was written in the workbook: 3.1, never 3.10000000000000009."""
    if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124 - what is no number differs from itself
        return "#NUM!"
    written = format(Decimal(repr(value)), "f")
    return written.removesuffix(".0")
