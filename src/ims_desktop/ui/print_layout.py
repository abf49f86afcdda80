"""Where everything of a printout goes: points on pages, the same for the screen, the printer and a PDF."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF

from ims_desktop.domain.wording import say
from ims_desktop.ui.language import said
from ims_desktop.ui.printout import PrintColumn, Printout, PrintTable
from ims_desktop.ui.theme import family

TITLE, SUBTITLE, SMALL = 16.0, 10.0, 7.5
PAD, LINE_GAP = 4.0, 2.0
SAMPLE, LONGEST_CELL = 400, 190.0
ENLARGED = 10
SMALLEST_SHARE = 0.72
HEAD_GAP, FOOT_HEIGHT = 10.0, 18.0
FIGURES_ACROSS = 4
WRAPPED = Qt.TextFlag.TextWordWrap.value | Qt.TextFlag.TextWrapAnywhere.value | Qt.AlignmentFlag.AlignTop.value
# Everything is laid out for a language read from the left; whoever draws turns it round.
LEFT = WRAPPED | Qt.AlignmentFlag.AlignLeft.value
END = WRAPPED | Qt.AlignmentFlag.AlignRight.value
RIGHT = END | Qt.AlignmentFlag.AlignAbsolute.value  # of figures: ones stand under ones everywhere


@dataclass(frozen=True, slots=True)
class Words:
    """A piece of text on a page."""

    area: QRectF
    text: str
    size: float
    bold: bool = False
    muted: bool = False
    flags: int = LEFT


@dataclass(frozen=True, slots=True)
class Ground:
    """A filled rectangle: the ground of a header, or a hair line."""

    area: QRectF
    strong: bool = False


Mark = Words | Ground
Page = list[Mark]


class Fonts:
    """The fonts of one layout, and how wide words are in them; made where they are used, for threads share no fonts.

    A font has whole pixels, so it is measured and drawn ten times as large as a point, without hinting: then letters
    are as wide on every device. Figures are not tabular and signs have no alternates: in a PDF such letters can neither
    be found nor copied.
    """

    def __init__(self) -> None:
        self._made: dict[tuple[float, bool], tuple[QFont, QFontMetricsF]] = {}
        self._heights: dict[tuple[str, float, float, bool], float] = {}

    def font(self, size: float, bold: bool = False) -> QFont:
        """A font of this many points, ten times as large."""
        return self._of(size, bold)[0]

    def width(self, text: str, size: float, bold: bool = False) -> float:
        """How wide a line is, in points."""
        return self._of(size, bold)[1].horizontalAdvance(text) / ENLARGED

    def height(self, text: str, size: float, width: float, bold: bool = False) -> float:
        """How high words are that must fit into a width, in points."""
        asked = text, size, width, bold
        found = self._heights.get(asked)
        if found is None:
            found = self._heights[asked] = self._height(*asked)
        return found

    def _height(self, text: str, size: float, width: float, bold: bool) -> float:
        metrics = self._of(size, bold)[1]
        if "\n" not in text and metrics.horizontalAdvance(text) / ENLARGED <= width:
            return metrics.height() / ENLARGED
        area = QRectF(0, 0, max(width, 8.0) * ENLARGED, 1_000_000)
        return metrics.boundingRect(area, LEFT, text).height() / ENLARGED

    def _of(self, size: float, bold: bool) -> tuple[QFont, QFontMetricsF]:
        found = self._made.get((size, bold))
        if found is None:
            made = QFont(family())
            made.setPixelSize(round(size * ENLARGED))
            made.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
            made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
            made.setFeature(QFont.Tag("calt"), 0)
            found = self._made[size, bold] = made, QFontMetricsF(made)
        return found


def natural_widths(table: PrintTable, size: float, fonts: Fonts) -> list[float]:
    """How wide the columns would like to be."""
    widths = [fonts.width(column.title, size, True) for column in table.columns]
    for place, total in enumerate(table.totals):
        widths[place] = max(widths[place], fonts.width(total, size, True))
    for row in table.rows[:SAMPLE]:
        for place, cell in enumerate(row):
            first, _, second = cell.partition("\n")
            wide = fonts.width(first, size)
            if second:
                wide = max(wide, fonts.width(second, SMALL))
            widths[place] = max(widths[place], wide if table.columns[place].right else min(wide, LONGEST_CELL))
    return [width + 2 * PAD + 1 for width in widths]


def is_wide(printout: Printout, width: float, size: float = 9.0) -> bool:
    """Whether a table does not fit a page of this width."""
    fonts = Fonts()
    return any(sum(natural_widths(table, size, fonts)) > width for table in printout.tables)


class Layout:
    """All pages of a printout for a page of this size (in points, margins taken off)."""

    def __init__(self, printout: Printout, width: float, height: float) -> None:
        self.fonts = Fonts()
        self.width, self._bottom = width, height - FOOT_HEIGHT
        self.pages: list[Page] = [[]]
        self._y = 0.0
        self._head(printout)
        self._figures(printout.figures)
        for table in printout.tables:
            self._table(table)
        for number, page in enumerate(self.pages, 1):
            self._foot(page, printout, number, height)

    def _put(self, mark: Mark) -> None:
        self.pages[-1].append(mark)

    def _break(self) -> None:
        self.pages.append([])
        self._y = 0.0

    def _head(self, printout: Printout) -> None:
        for text, size, bold in ((printout.title, TITLE, True), (printout.subtitle, SUBTITLE, False)):
            if text:
                high = self.fonts.height(text, size, self.width, bold)
                self._put(Words(QRectF(0, self._y, self.width, high), text, size, bold, muted=not bold))
                self._y += high + LINE_GAP
        self._y += LINE_GAP
        label = max((self.fonts.width(name, 8.0, True) for name, _ in printout.about), default=0.0) + 12
        for name, words in printout.about:
            high = self.fonts.height(words, 8.0, self.width - label)
            self._put(Words(QRectF(0, self._y, label, high), name, 8.0, bold=True, muted=True))
            self._put(Words(QRectF(label, self._y, self.width - label, high), words, 8.0))
            self._y += high + 1
        self._y += HEAD_GAP

    def _figures(self, figures: Sequence[tuple[str, str]]) -> None:
        share = self.width / FIGURES_ACROSS
        for start in range(0, len(figures), FIGURES_ACROSS):
            across = figures[start : start + FIGURES_ACROSS]
            high = max(self.fonts.height(words, 10.0, share - PAD) for _, words in across) + 12
            if self._y + high > self._bottom and self._y:
                self._break()
            for place, (name, words) in enumerate(across):
                self._put(Words(QRectF(place * share, self._y, share - PAD, 11), name, SMALL, muted=True))
                self._put(Words(QRectF(place * share, self._y + 11, share - PAD, high - 11), words, 10.0))
            self._y += high + PAD
        self._y += HEAD_GAP if figures else 0

    def _table(self, table: PrintTable) -> None:
        size = 9.0
        widths = natural_widths(table, size, self.fonts)
        if sum(widths) > self.width:
            size *= max(SMALLEST_SHARE, self.width / sum(widths))
            widths = natural_widths(table, size, self.fonts)
        widths = _fitted(widths, table, self.width)
        if table.title:
            if self._y + 60 > self._bottom:
                self._break()
            self._put(Words(QRectF(0, self._y, self.width, 14), table.title, 11.0, bold=True))
            self._y += 17
        self._header(table, widths, size)
        for row in table.rows:
            self._row(table, row, widths, size)
        if table.totals:
            self._row(table, table.totals, widths, size, bold=True)
        self._y += HEAD_GAP + PAD

    def _header(self, table: PrintTable, widths: Sequence[float], size: float) -> None:
        if not any(column.title for column in table.columns):
            return
        high = max(
            self.fonts.height(c.title, size, w - 2 * PAD, True) for c, w in zip(table.columns, widths, strict=True)
        )
        high += 2 * PAD
        self._put(Ground(QRectF(0, self._y, self.width, high)))
        for x, width, column in _across(widths, table):
            area = QRectF(x + PAD, self._y + PAD, width - 2 * PAD, high - 2 * PAD)
            self._put(Words(area, column.title, size, True, flags=RIGHT if column.right else LEFT))
        self._y += high

    def _row(
        self, table: PrintTable, row: Sequence[str], widths: Sequence[float], size: float, bold: bool = False
    ) -> None:
        cells = [cell.partition("\n") for cell in row]
        highs = [
            (
                self.fonts.height(first, size, w - 2 * PAD, bold),
                self.fonts.height(below, SMALL, w - 2 * PAD) if below else 0.0,
            )
            for (first, _, below), w in zip(cells, widths, strict=True)
        ]
        # A cell as long as a page is cut: a row stays on one page.
        high = min(max(one + two for one, two in highs) + PAD, self._bottom - 40)
        if self._y + high > self._bottom:
            self._break()
            self._header(table, widths, size)
        if bold:
            self._put(Ground(QRectF(0, self._y, self.width, high)))
        for (x, width, column), (first, _, below), (one, two) in zip(_across(widths, table), cells, highs, strict=True):
            flags = RIGHT if column.right else LEFT
            top, wide = self._y + PAD / 2, width - 2 * PAD
            if first:
                self._put(Words(QRectF(x + PAD, top, wide, min(one, high)), first, size, bold, flags=flags))
            if below:
                self._put(Words(QRectF(x + PAD, top + one, wide, two), below, SMALL, muted=True, flags=flags))
        self._y += high
        self._put(Ground(QRectF(0, self._y - 0.4, self.width, 0.4), strong=bold))

    def _foot(self, page: Page, printout: Printout, number: int, height: float) -> None:
        area = QRectF(0, height - 12, self.width, 12)
        page.append(Words(area, printout.title if number > 1 else "", SMALL, muted=True))
        words = said(say("Page {number} of {count}", number=number, count=len(self.pages)))
        page.append(Words(area, words, SMALL, muted=True, flags=END))


def _across(widths: Sequence[float], table: PrintTable) -> Iterator[tuple[float, float, PrintColumn]]:
    x = 0.0
    for width, column in zip(widths, table.columns, strict=True):
        yield x, width, column
        x += width


def _fitted(widths: list[float], table: PrintTable, width: float) -> list[float]:
    """The columns over the whole width: what is left goes to one that stretches, what lacks is taken from words."""
    left = width - sum(widths)
    words = [place for place, column in enumerate(table.columns) if not column.right]
    if left >= 0:
        stretching = [place for place, column in enumerate(table.columns) if column.stretch] or words
        takes = stretching[0] if stretching else 0
        return [each + left if place == takes else each for place, each in enumerate(widths)]
    room = sum(widths[place] for place in words)
    if words and room + left > len(words) * 24:
        return [each + left * each / room if place in words else each for place, each in enumerate(widths)]
    return [each * width / sum(widths) for each in widths]
