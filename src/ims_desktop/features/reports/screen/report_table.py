"""Shows the tables and figures of any report: its columns become columns of the screen."""

from collections.abc import Sequence
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from ims_desktop.domain.listing import Page
from ims_desktop.features.items.rules import places
from ims_desktop.features.reports.service import Column, Kind, Part, Row, Table
from ims_desktop.ui import columns as screen
from ims_desktop.ui.controls import column, label
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.formats import UNKNOWN, Formats
from ims_desktop.ui.header import TotalsRow
from ims_desktop.ui.table_model import TableModel
from ims_desktop.ui.table_view import TableView
from ims_desktop.ui.theme import Tone

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
            one.title,
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
    """One table with its totals."""

    def __init__(self, desk: Desk, report: str, table: Table, rows: Sequence[Row], formats: Formats) -> None:
        super().__init__()
        columns = screen_columns(table)
        self.model = TableModel(columns, formats, self)
        self.model.begin(Page(tuple(screen_row(row) for row in rows)))
        self.view = TableView(self.model, f"reports/{report}/{table.key}", desk.own, table.title)
        self.totals = TotalsRow(self.view, columns, formats)
        sums = {key: sum((Decimal(row[key] or 0) for row in rows), Decimal(0)) for key in table.sums}
        said = self.tr("1 row") if len(rows) == 1 else self.tr("{count} rows").format(count=formats.number(len(rows)))
        self.totals.show_totals(said, sums)
        self.setLayout(column(self.view, self.totals, margins=(1, 1, 1, 1)))


class FigureGrid(QFrame):
    """The single figures of a report, each with the period before below it."""

    def __init__(self, columns: Sequence[Column], part: Part, formats: Formats) -> None:
        super().__init__()
        self.setObjectName("card")
        self.shown: dict[str, str] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(20, 14, 20, 14)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(14)
        for number, one in enumerate(columns):
            grid.addWidget(self._figure(one, part, formats), number // FIGURES_ACROSS, number % FIGURES_ACROSS)
        for across in range(FIGURES_ACROSS):
            grid.setColumnStretch(across, 1)

    def _figure(self, one: Column, part: Part, formats: Formats) -> QWidget:
        words = figure_words(one, part.figures.get(one.key), formats)
        self.shown[one.key] = words
        said = ""
        if one.key in part.before:
            said = self.tr("before {value}").format(value=figure_words(one, part.before[one.key], formats))
        lines = [label(one.title, 12, role="muted", elide=True), label(words, 16, 600, tabular=True, elide=True)]
        if part.before:
            lines.append(label(said, 12, role="muted", tabular=True, elide=True))
        made = QWidget()
        made.setLayout(column(*lines, spacing=1))
        made.setAccessibleName(f"{one.title} {words} {said}".rstrip())
        return made


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
