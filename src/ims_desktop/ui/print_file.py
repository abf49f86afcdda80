"""Draws a printout: on a printer, in its preview, or into a PDF file."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMarginsF, QRectF
from PySide6.QtGui import QColor, QPagedPaintDevice, QPageLayout, QPageSize, QPainter, QPdfWriter, QPen

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.wording import say, say_count
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.language import in_words, said
from ims_desktop.ui.print_layout import ENLARGED, Ground, Layout, Page, Words, is_wide
from ims_desktop.ui.printout import Printout, print_row, printout_of
from ims_desktop.ui.shown import Shown, as_of_on_paper
from ims_desktop.ui.sides import FROM_LEFT, FROM_RIGHT, island, reads_from_right, turned

MARGIN = 36.0  # half an inch
PRINTED_ROWS = 20_000
LETTER_COUNTRIES = frozenset({"US", "CA", "MX", "PH", "CL", "CO", "CR", "GT", "PA", "PR", "SV", "VE", "DO"})
INK, MUTED, GROUND, HAIRLINE = QColor("#18212F"), QColor("#5F6B7C"), QColor("#F0F2F5"), QColor("#D5DAE1")


def page_layout(printout: Printout, formats: Formats) -> QPageLayout:
    """The paper of the country, upright when the tables fit it so."""
    letter = formats.locale.territory in LETTER_COUNTRIES
    size = QPageSize(QPageSize.PageSizeId.Letter if letter else QPageSize.PageSizeId.A4)
    upright = size.size(QPageSize.Unit.Point).width() - 2 * MARGIN
    orientation = QPageLayout.Orientation
    turned = orientation.Landscape if is_wide(printout, upright) else orientation.Portrait
    return QPageLayout(size, turned, QMarginsF(MARGIN, MARGIN, MARGIN, MARGIN), QPageLayout.Unit.Point)


def draw(printout: Printout, device: QPagedPaintDevice, dots_per_inch: float) -> int:
    """Draw all pages; answers how many there are."""
    area = device.pageLayout().paintRect(QPageLayout.Unit.Point)
    layout = Layout(printout, area.width(), area.height())
    painter = QPainter()
    if not painter.begin(device):
        raise OSError("the file cannot be opened")
    try:
        painter.scale(dots_per_inch / 72, dots_per_inch / 72)
        for number, page in enumerate(layout.pages):
            if number:
                device.newPage()
            _draw_page(painter, page, layout)
    finally:
        painter.end()
    return len(layout.pages)


def write_pdf(printout: Printout, path: Path, formats: Formats) -> int:
    """Write a PDF file at the 1200 dots per inch that it has by itself; answers how many pages it has."""
    printout = in_words(printout)
    writer = QPdfWriter(str(path))
    writer.setTitle(printout.title)
    writer.setCreator("IMS Desktop")
    writer.setPageLayout(page_layout(printout, formats))
    return draw(printout, writer, writer.logicalDpiX())


def _draw_page(painter: QPainter, page: Page, layout: Layout) -> None:
    painter.setLayoutDirection(FROM_RIGHT if reads_from_right() else FROM_LEFT)
    whole = QRectF(0, 0, layout.width, 0)
    for mark in page:
        if isinstance(mark, Ground):
            thin = mark.area.height() < 1
            painter.fillRect(lies(mark.area, whole), (MUTED if mark.strong else HAIRLINE) if thin else GROUND)
    painter.save()
    painter.scale(1 / ENLARGED, 1 / ENLARGED)
    for mark in page:
        if isinstance(mark, Words) and mark.text:
            painter.setFont(layout.fonts.font(mark.size, mark.bold))
            painter.setPen(QPen(MUTED if mark.muted else INK))
            place = lies(mark.area, whole)
            large = QRectF(*(each * ENLARGED for each in (place.x(), place.y(), place.width() + 0.5, place.height())))
            painter.drawText(large, mark.flags, island(mark.text))
    painter.restore()


def lies(area: QRectF, whole: QRectF) -> QRectF:
    """Where an area is seen on a sheet as wide as a whole."""
    return turned(area, whole) if reads_from_right() else area


class Collected:
    """The rows of a list on their way to paper, as words."""

    def __init__(self, shown: Shown) -> None:
        self._shown = shown
        self._rows: list[tuple[str, ...]] = []

    def write(self, rows: Iterable[Any]) -> None:
        """Add rows; more than anybody will read on paper are refused."""
        self._rows.extend(print_row(self._shown.columns, row, self._shown.formats) for row in rows)
        if len(self._rows) > PRINTED_ROWS:
            raise UserError(
                say(
                    "These are more than {most:,} rows, too many for paper. "
                    "Narrow the list with filters, or export it to Excel or CSV.",
                    most=PRINTED_ROWS,
                )
            )

    def printout(self) -> Printout:
        """The document, as of now."""
        made = printout_of(self._shown, tuple(self._rows))
        about = (*made.about, (said(say("As of")), as_of_on_paper(self._shown.formats)))
        return Printout(
            made.title,
            made.subtitle or said(say_count("{count:,} row", "{count:,} rows", len(self._rows))),
            about,
            tables=made.tables,
        )


class PdfSink:
    """A PDF file under way: its pages are drawn when all rows are there."""

    def __init__(self, path: Path, shown: Shown) -> None:
        self._path, self._shown, self._collected = path, shown, Collected(shown)
        path.touch()  # a place that cannot be written is said at once

    def write(self, rows: Iterable[Any]) -> None:
        """Add rows."""
        self._collected.write(rows)

    def finish(self) -> None:
        """Draw the pages."""
        write_pdf(self._collected.printout(), self._path, self._shown.formats)

    def drop(self) -> None:
        """Nothing is open."""
