"""The header of a list table: sort arrows, Shift+click for a second key, and a filled row of totals below."""

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHeaderView, QTableView, QWidget

from ims_desktop.domain.listing import Sort
from ims_desktop.ui.chips import chip_width
from ims_desktop.ui.columns import DATED, NUMERIC, Column, Kind, total_text
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.painter import FIRST_PAD, LEFT, PAD, RIGHT, is_first, unit_slot
from ims_desktop.ui.sides import FROM_LEFT, Sheet, island
from ims_desktop.ui.theme import color, font, theme

TITLE_FONT = (12, QFont.Weight.DemiBold)
MOST_FOR_WORDS, SORT_MARK = 200, 24  # what makes a column wider, and room for the arrow and its rank
NARROWEST = 48


def usual_width(column: Column, formats: Formats) -> int:
    """As wide as its description says; wider where the language and the place of the person write longer."""
    return max(column.width, needed_width(column, formats), NARROWEST)


def least_width(column: Column, formats: Formats) -> int:
    """How narrow it may become where room is short: words may be cut, days and states may not, numbers give nothing."""
    usual = usual_width(column, formats)
    if column.firm:
        return usual
    if column.kind in (Kind.TEXT, Kind.LINK):
        return min(usual, max(needed_width(column, formats), usual * 2 // 3))
    known = column.kind in DATED or column.kind is Kind.FLAG or (column.kind is Kind.CHIP and column.chips)
    return max(needed_width(column, formats), NARROWEST) if known else usual


def needed_width(column: Column, formats: Formats) -> int:
    """What its title needs, and its cells where they are known beforehand."""
    title = QFontMetrics(font(*TITLE_FONT)).horizontalAdvance(column.title) + (SORT_MARK if column.sortable else 0)
    cells = 0
    if column.kind in DATED:
        cells = longest_date(formats, column.kind)
    elif column.kind is Kind.CHIP:
        cells = max((chip_width(chip) for chip in column.chips.values()), default=0)
    return min(max(title + unit_slot(column), cells) + 2 * PAD + 1, MOST_FOR_WORDS)


@lru_cache(64)
def longest_date(formats: Formats, kind: Kind) -> int:
    """How wide a day of this year is at its widest, with the time of day where the column tells it."""
    year = formats.today().year
    late = time(22, 50, tzinfo=formats.zone)
    ends = [date(year, month, 28) for month in range(1, 13)]
    said = [formats.date(day) if kind is Kind.DATE else formats.moment(datetime.combine(day, late)) for day in ends]
    return max(QFontMetrics(font(13, tabular=True)).horizontalAdvance(words) for words in said)


class Header(QHeaderView):
    """Shows and changes the order; a click sorts, Shift+click adds a key, a third click takes it away."""

    sorted = Signal(object)  # tuple[Sort, ...]

    def __init__(self, columns: tuple[Column, ...], parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._columns = columns
        self.setAccessibleName(self.tr("Column titles"))
        self._sort: tuple[Sort, ...] = ()
        self.setFixedHeight(36)
        self.setSectionsMovable(True)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(NARROWEST)
        self.setMouseTracking(True)
        self._pressed: QSize | None = None
        self._press_x = -1
        theme.changed.connect(self.viewport().update)

    def set_sort(self, sort: tuple[Sort, ...]) -> None:
        """Show an order."""
        self._sort = sort
        self.viewport().update()

    @property
    def sort(self) -> tuple[Sort, ...]:
        """The order that is shown."""
        return self._sort

    def column_at(self, section: int) -> Column:
        """The description of a column."""
        return self._columns[section]

    def order_by(self, sort: tuple[Sort, ...]) -> None:
        """Take an order over and ask for it."""
        self.set_sort(sort)
        self.sorted.emit(sort)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember where the press began: a drag moves or resizes, only a click sorts."""
        self._press_x = round(event.position().x())
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Sort by the clicked column."""
        super().mouseReleaseEvent(event)
        x = round(event.position().x())
        section = self.logicalIndexAt(x)
        at_edge = self.cursor().shape() == Qt.CursorShape.SplitHCursor
        if event.button() == Qt.MouseButton.LeftButton and abs(x - self._press_x) < 4 and section >= 0 and not at_edge:
            self.sort_by(section, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))

    def sort_by(self, section: int, add: bool = False) -> None:
        """Ascending, then descending, then no more; `add` keeps the other keys."""
        column = self._columns[section]
        if not column.sortable:
            return
        mine = next((key for key in self._sort if key.key == column.key), None)
        turned = Sort(column.key) if mine is None else None if mine.descending else Sort(column.key, True)
        if not add:
            self._sort = (turned,) if turned else (Sort(column.key),)
        elif mine is None:
            self._sort = (*self._sort, Sort(column.key))
        else:
            self._sort = tuple(new for key in self._sort if (new := turned if key is mine else key) is not None)
        self.viewport().update()
        self.sorted.emit(self._sort)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Title aligned as its cells, arrow and rank of the sort key."""
        column = self._columns[section]
        painter.save()
        painter.fillRect(rect, color("surface"))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), color("hairline"))
        ink = font(*TITLE_FONT)
        painter.setFont(ink)
        first = is_first(self, section)
        area = rect.adjusted(FIRST_PAD if first else PAD - 8, 0, -PAD - unit_slot(column), 0)
        rank = next((place for place, key in enumerate(self._sort) if key.key == column.key), None)
        painter.setPen(color("text" if rank is not None else "text2"))
        if column.kind in NUMERIC:  # stands above its figures
            area = Sheet(painter, rect).lies(rect.adjusted(FIRST_PAD if first else PAD, 0, -PAD, 0))
            painter.setLayoutDirection(FROM_LEFT)
            area.setLeft(rect.left() + 4)
            area.setRight(area.right() - unit_slot(column))
        elif not first:
            area.setLeft(rect.left() + PAD)
        self._title(painter, Sheet(painter, rect), area, column, ink, rank)
        painter.restore()

    def _title(
        self, painter: QPainter, sheet: Sheet, area: QRect, column: Column, ink: QFont, rank: int | None
    ) -> None:
        right = column.kind in NUMERIC
        mark = 0 if rank is None else 15 + (9 if len(self._sort) > 1 else 0)
        metrics = QFontMetrics(ink)
        words = metrics.elidedText(column.title, Qt.TextElideMode.ElideRight, area.width() - mark)
        sheet.write(area, words, RIGHT if right else LEFT)
        if rank is None:
            return
        width = metrics.horizontalAdvance(words)
        x = area.right() - width - mark if right else area.left() + width + 3
        arrow = "arrow-down" if self._sort[rank].descending else "arrow-up"
        sheet.icon(x, area.center().y() - 6, arrow, "text2", size=12)
        if len(self._sort) > 1:
            painter.setFont(font(10, tabular=True))
            sheet.write(QRect(int(x) + 12, area.top(), 10, area.height()), str(rank + 1), LEFT)


class TotalsRow(QWidget):
    """The count and the totals of everything the query selects, each under its column."""

    def __init__(self, view: QTableView, columns: tuple[Column, ...], formats: Formats) -> None:
        super().__init__()
        self._view, self._columns, self._formats = view, columns, formats
        self._count = ""
        self._totals: Mapping[str, Decimal] = {}
        self.setFixedHeight(38)
        header = view.horizontalHeader()
        header.sectionResized.connect(self.update)
        header.sectionMoved.connect(self.update)
        header.geometriesChanged.connect(self.update)
        view.horizontalScrollBar().valueChanged.connect(self.update)
        theme.changed.connect(self.update)

    def show_totals(self, count: str, totals: Mapping[str, Decimal]) -> None:
        """Show a count in words, and totals by column key."""
        self._count, self._totals = count, totals
        sums = [f"{c.title} {total_text(c, totals[c.key], self._formats)}" for c in self._columns if c.key in totals]
        self.setAccessibleName(", ".join([count, *sums]))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the row; the count yields to totals that stand nearer to where reading begins."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), color("raised"))
        painter.fillRect(QRect(0, 0, self.width(), 1), color("hairline"))
        ink = font(13, QFont.Weight.DemiBold, True)
        painter.setFont(ink)
        painter.setPen(color("text"))
        header, room = self._view.horizontalHeader(), self.width() - 2 * FIRST_PAD
        sheet = Sheet(painter, self.rect())
        for section, column in enumerate(self._columns):
            if not column.total or column.key not in self._totals or header.isSectionHidden(section):
                continue
            words = total_text(column, self._totals[column.key], self._formats)
            right = header.sectionViewportPosition(section) + header.sectionSize(section) - PAD - unit_slot(column)
            right += self._view.viewport().x()
            width = QFontMetrics(ink).horizontalAdvance(words)
            painter.setPen(color("bad" if self._totals[column.key] < 0 else "text"))
            area = QRect(right - width - 8, 0, width + 8, self.height())
            painter.drawText(area, RIGHT, island(words))
            room = min(room, sheet.lies(area).left() + 8 - 2 * FIRST_PAD)
        painter.setPen(color("text"))
        words = QFontMetrics(ink).elidedText(self._count, Qt.TextElideMode.ElideRight, room)
        sheet.write(QRect(FIRST_PAD, 0, room, self.height()), words, LEFT)
