"""Draws labels: words, bars and squares, in millimetres, on paper or into a picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMarginsF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QPagedPaintDevice,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QTextOption,
)

from ims_desktop.features.items.rules.labels import (
    MM_PER_INCH,
    QUIET,
    QUIET_SQUARES,
    Code,
    Label,
    Sheet,
    bars,
    squares,
)
from ims_desktop.features.items.screen.jpeg import decoded
from ims_desktop.ui.sides import FROM_LEFT, FROM_RIGHT, reads_from_right
from ims_desktop.ui.theme import font

PAD = 2.5
NAME, SMALL, DIGITS = 4.0, 2.9, 2.6  # heights of letters
WIDEST_BAR, LONGEST_BAR, LARGEST_SQUARE = 0.495, 15.0, 26.0
INK, PAPER = QColor("#000000"), QColor("#FFFFFF")
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop


@dataclass(frozen=True)
class LabelJob:
    """Which labels, on which sheet; `used` labels of the first sheet are gone already."""

    labels: tuple[Label, ...]
    sheet: Sheet
    code: Code = Code.BARS
    copies: int = 1
    used: int = 0

    @property
    def all(self) -> tuple[Label | None, ...]:
        """Every label in the order of printing; None leaves a place free."""
        return (*(None,) * self.used, *(label for label in self.labels for _ in range(self.copies)))

    @property
    def pages(self) -> tuple[tuple[Label | None, ...], ...]:
        """The labels page by page."""
        each, wanted = self.sheet.each, self.all
        return tuple(wanted[first : first + each] for first in range(0, len(wanted), each))


def page_layout(sheet: Sheet) -> QPageLayout:
    """The sheet without margins: the places of the labels are what counts."""
    size = QPageSize(QSizeF(*sheet.page), QPageSize.Unit.Millimeter, sheet.name, QPageSize.SizeMatchPolicy.ExactMatch)
    layout = QPageLayout(size, QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0), QPageLayout.Unit.Millimeter)
    layout.setMode(QPageLayout.Mode.FullPageMode)
    return layout


def draw(job: LabelJob, device: QPagedPaintDevice, dots_per_inch: float) -> int:
    """Draw all pages; answers how many there are."""
    painter = QPainter()
    if not painter.begin(device):
        raise OSError("the file cannot be opened")
    try:
        painter.scale(dots_per_inch / MM_PER_INCH, dots_per_inch / MM_PER_INCH)
        for number, page in enumerate(job.pages):
            if number:
                device.newPage()
            draw_page(painter, job, page)
    finally:
        painter.end()
    return len(job.pages)


def write_pdf(job: LabelJob, path: Path) -> int:
    """Write a PDF file; answers how many pages it has."""
    writer = QPdfWriter(str(path))
    writer.setCreator("IMS Desktop")
    writer.setPageLayout(page_layout(job.sheet))
    return draw(job, writer, writer.logicalDpiX())


def picture(job: LabelJob, page: int, dots_per_mm: float) -> QImage:
    """One page as it will be, for looking at."""
    wide, high = job.sheet.page
    image = QImage(round(wide * dots_per_mm), round(high * dots_per_mm), QImage.Format.Format_RGB32)
    image.fill(PAPER)
    painter = QPainter(image)
    painter.scale(dots_per_mm, dots_per_mm)
    if page < len(job.pages):
        draw_page(painter, job, job.pages[page])
    painter.end()
    return image


def draw_page(painter: QPainter, job: LabelJob, page: Sequence[Label | None]) -> None:
    """The labels of one page at their places."""
    for number, label in enumerate(page):
        if label is not None:
            left, top = job.sheet.place(number)
            _label(painter, QRectF(left, top, *job.sheet.label).adjusted(PAD, PAD, -PAD, -PAD), label, job.code)


def _label(painter: QPainter, area: QRectF, label: Label, code: Code) -> None:
    if code in (Code.SQUARES, Code.BOTH):
        side = min(area.height(), LARGEST_SQUARE, area.width() / 2.6)
        _squares(painter, QRectF(area.right() - side, area.top(), side, side), label.link or label.sku)
        area = area.adjusted(0, 0, -side - PAD / 2, 0)
    picture_of = decoded(label.photo)
    if not picture_of.isNull() and area.height() > 3 * LONGEST_BAR:
        area = _photo(painter, area, picture_of)
    high = 0.0
    if code in (Code.BARS, Code.BOTH):
        high = min(LONGEST_BAR, area.height() * 0.52)
        _bars(painter, QRectF(area.left(), area.bottom() - high, area.width(), high), label)
    words = area.adjusted(0, 0, 0, -high)
    lines = 2 if words.height() > 2.4 * NAME + SMALL else 1
    used = _words(
        painter, QRectF(words.left(), words.top(), words.width(), lines * NAME * 1.25), label.name, NAME, bold=True
    )
    below = " · ".join(filter(None, (label.sku, label.line)))
    _words(painter, words.adjusted(0, used + 0.4, 0, 0), below, SMALL)


def _photo(painter: QPainter, area: QRectF, image: QImage) -> QRectF:
    """The photo on the left; what is left of the area."""
    side = min(area.height() * 0.42, area.width() * 0.4)
    scale = min(side / image.width(), side / image.height())
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(QRectF(area.left(), area.top(), image.width() * scale, image.height() * scale), image)
    return area.adjusted(0, side + PAD / 2, 0, 0)


def _words(painter: QPainter, area: QRectF, text: str, height: float, *, bold: bool = False) -> float:
    """Words as large letters scaled down, because no font is a few millimetres high; answers how high they became."""
    if area.height() < height or not text:
        return 0.0
    enlarged = 20.0
    made = font(13, QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    made.setPixelSize(round(height * enlarged))
    large = QRectF(0, 0, area.width() * enlarged, area.height() * enlarged)
    painter.save()
    painter.translate(area.topLeft())
    painter.scale(1 / enlarged, 1 / enlarged)
    painter.setFont(made)
    painter.setPen(INK)
    metrics = QFontMetricsF(made)
    rows = max(1, int(large.height() // metrics.height()))
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, large.width() * (rows - 0.3 * (rows > 1)))
    option = QTextOption(LEFT)
    option.setTextDirection(FROM_RIGHT if reads_from_right() else FROM_LEFT)
    option.setWrapMode(QTextOption.WrapMode.WordWrap if rows > 1 else QTextOption.WrapMode.NoWrap)
    painter.setClipRect(large)
    painter.drawText(large, shown, option)
    taken = metrics.boundingRect(large, int(LEFT | Qt.TextFlag.TextWordWrap), shown).height()
    painter.restore()
    return min(taken / enlarged, area.height())


def _bars(painter: QPainter, area: QRectF, label: Label) -> None:
    """Bars with their quiet zones, and the digits under them."""
    drawn = bars(label.code, label.sku)
    module = min(WIDEST_BAR, area.width() / (len(drawn) + 2 * QUIET))
    left = area.left() + (area.width() - module * len(drawn)) / 2
    bottom = area.bottom() - DIGITS * 1.3
    start = 0
    while start < len(drawn):
        end = start
        while end < len(drawn) and drawn[end] == drawn[start]:
            end += 1
        if drawn[start] == "1":
            painter.fillRect(
                QRectF(left + start * module, area.top(), (end - start) * module, bottom - area.top()), INK
            )
        start = end
    digits = QRectF(left, bottom + 0.3, module * len(drawn), area.bottom() - bottom)
    _words(painter, digits, label.code or label.sku, DIGITS)


def _squares(painter: QPainter, area: QRectF, text: str) -> None:
    drawn = squares(text)
    one = area.width() / (len(drawn) + QUIET_SQUARES)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for y, row in enumerate(drawn):
        for x, dark in enumerate(row):
            if dark:
                painter.fillRect(QRectF(area.left() + (x + 2) * one, area.top() + (y + 2) * one, one, one), INK)
    painter.restore()
