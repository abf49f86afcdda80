"""Shows the tables and figures of any report: its columns become columns of the screen."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from ims_desktop.domain.listing import Page
from ims_desktop.domain.wording import say_count
from ims_desktop.features.items.rules import places
from ims_desktop.features.reports.screen.behind import place_of_figure, place_of_row
from ims_desktop.features.reports.service import Column, Kind, Part, Report, Row, Table
from ims_desktop.ui import columns as screen
from ims_desktop.ui.controls import column, label
from ims_desktop.ui.desk import Desk, Place
from ims_desktop.ui.formats import UNKNOWN, Formats
from ims_desktop.ui.header import TotalsRow
from ims_desktop.ui.language import said
from ims_desktop.ui.table_model import TableModel
from ims_desktop.ui.table_view import TableView
from ims_desktop.ui.theme import Tone, color

KINDS = {
    Kind.TEXT: screen.Kind.TEXT, Kind.DAY: screen.Kind.DATE, Kind.COUNT: screen.Kind.NUMBER,
    Kind.QUANTITY: screen.Kind.QUANTITY, Kind.MONEY: screen.Kind.MONEY, Kind.RATIO: screen.Kind.PERCENT,
}  # fmt: skip
FIGURES_ACROSS, FIRST_WIDTH, WIDTH = 5, 220, 118


def screen_columns(table: Table) -> tuple[screen.Column, ...]:
    """The columns of a report's table as the screen knows them; the first one takes the spare room."""
    return tuple(
        screen.Column(
            one.key,
            said(one.title),
            KINDS[one.kind],
            FIRST_WIDTH if place == 0 else WIDTH,
            unit="unit" if one.kind is Kind.QUANTITY else None,
            places="decimals" if one.kind is Kind.QUANTITY else None,
            signed=one.key == "change",
            tone=None if one.key != "change" else lambda row: Tone.PLAIN,
            total=one.key in table.sums,
            stretch=place == 0,
        )
        for place, one in enumerate(table.columns)
    )


def screen_row(row: Row) -> Any:
    """A row whose values are attributes, with the decimals of its quantity."""
    decimals = places(row["unit"], row["quantity"]) if "unit" in row else 0
    return SimpleNamespace(**{**row, "decimals": decimals})


class ReportTable(QWidget):
    """One table with its totals; a row leads to what it counts."""

    def __init__(self, desk: Desk, report: Report, part: Part, table: Table, formats: Formats) -> None:
        super().__init__()
        rows = part.tables.get(table.key, ())
        self._desk, self.places = desk, tuple(place_of_row(report, part, table.key, row) for row in rows)
        columns = screen_columns(table)
        self.model = TableModel(columns, formats, self)
        self.model.begin(Page(tuple(screen_row(row) for row in rows)))
        self.view = TableView(self.model, f"reports/{report.spec.name}/{table.key}", desk.own, said(table.title))
        self.view.clicked.connect(lambda index: self.open_row(index.row()))
        self.view.opened.connect(lambda _row: self.open_row(self.view.currentIndex().row()))
        if any(self.places):
            self.view.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        self.totals = TotalsRow(self.view, columns, formats)
        sums = {key: sum((Decimal(row[key] or 0) for row in rows), Decimal(0)) for key in table.sums}
        self.totals.show_totals(said(say_count("{count:,} row", "{count:,} rows", len(rows))), sums)
        self.setLayout(column(self.view, self.totals, margins=(1, 1, 1, 1)))

    def open_row(self, number: int) -> None:
        """Go to the list of what a row counts."""
        place = self.places[number]
        if place is not None:
            self._desk.navigation.open(place.page, place.record, place.filters)


class FigureGrid(QFrame):
    """The single figures of a report, each with the period before below it; a figure leads to what it counts."""

    def __init__(self, desk: Desk, report: Report, part: Part, formats: Formats) -> None:
        super().__init__()
        self.setObjectName("card")
        self._desk, self._report, self._part = desk, report, part
        self.shown: dict[str, str] = {}
        self.figures: dict[str, FigureLink] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(20, 14, 20, 14)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(14)
        for number, one in enumerate(report.spec.figures):
            grid.addWidget(self._figure(one, part, formats), number // FIGURES_ACROSS, number % FIGURES_ACROSS)
        for across in range(FIGURES_ACROSS):
            grid.setColumnStretch(across, 1)

    def _figure(self, one: Column, part: Part, formats: Formats) -> QWidget:
        words = figure_words(one, part.figures.get(one.key), formats)
        self.shown[one.key] = words
        before = ""
        if one.key in part.before:
            before = self.tr("before {value}").format(value=figure_words(one, part.before[one.key], formats))
        lines = [label(said(one.title), 12, role="muted", elide=True), label(words, 16, 600, tabular=True, elide=True)]
        if part.before:
            lines.append(label(before, 12, role="muted", tabular=True, elide=True))
        made = self.figures[one.key] = FigureLink(self._desk, place_of_figure(self._report, part, one.key))
        made.setLayout(column(*lines, spacing=1))
        made.setAccessibleName(f"{said(one.title)} {words} {before}".rstrip())
        return made


class FigureLink(QWidget):
    """A figure; a click, Enter or Space goes where it leads, if anywhere."""

    def __init__(self, desk: Desk, place: Place | None) -> None:
        super().__init__()
        self._desk, self.place = desk, place
        if place is not None:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def open(self) -> None:
        """Go to the list of what the figure counts."""
        if self.place is not None:
            self._desk.navigation.open(self.place.page, self.place.record, self.place.filters)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click opens."""
        super().mouseReleaseEvent(event)
        self.open()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space open."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.open()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A frame shows where the keyboard stands."""
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(color("primary"), 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
            painter.end()


def figure_words(one: Column, value: Any, formats: Formats) -> str:
    """A figure as it is written on the screen."""
    if value is None:
        return UNKNOWN
    match one.kind:
        case Kind.MONEY:
            return formats.money(value, currency=True)
        case Kind.RATIO:
            return formats.percent(value)
        case Kind.QUANTITY:
            return formats.number(value, 1)
        case Kind.COUNT:
            return formats.number(value, 0 if value == int(value) else 3)
    return str(value)
