"""All reports: choose one and a period; figures, tables and the formula they are reckoned by."""

from functools import partial

from PySide6.QtWidgets import QWidget

from ims_desktop.domain.wording import Words
from ims_desktop.features.reports.screen import words
from ims_desktop.features.reports.screen.report_page import ReportPage
from ims_desktop.features.reports.screen.report_table import FigureGrid, ReportTable
from ims_desktop.features.reports.service import (
    REPORTS,
    Parameter,
    Part,
    Report,
)
from ims_desktop.ui.choices import Choice as Option
from ims_desktop.ui.controls import Button, clear_layout, column, frame, label, row
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.inputs import Segmented
from ims_desktop.ui.language import said
from ims_desktop.ui.page_header import PageHeader, TabBar


def build_reports(desk: Desk) -> QWidget:
    """The page."""
    return ReportsPage(desk)


class ReportsPage(ReportPage):
    """Shows whatever a report describes; a new report needs no line here."""

    subjects = frozenset({"stock", "postings", "orders", "items", "menu", "sites"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._table = ""
        self.json = Button(self.tr("JSON"), icon="brackets-curly")
        self.csv = Button(self.tr("Export CSV"), "primary", "download-simple")
        self.header = PageHeader(self.tr("Reports"), self.periods, self.json, self.csv, broad=True)
        offered = [spec for spec in REPORTS.values() if all(desk.may(one) for one in spec.permissions)]
        self.tabs = TabBar([(spec.name, said(spec.title)) for spec in offered]) if offered else None
        self.lay_out(self._body(), *self._heads())
        self.csv.clicked.connect(partial(self.ask_where, "csv"))
        self.json.clicked.connect(partial(self.ask_where, "json"))
        if self.tabs is not None:
            self.tabs.chosen.connect(lambda _: self.reload())

    def _heads(self) -> tuple[QWidget, ...]:
        return (self.header, self.tabs) if self.tabs is not None else (self.header,)

    def _body(self) -> QWidget:
        self.figures, self.choosers, self.place = column(), row(spacing=8), column()
        self.formula = label("", 12, role="muted", wrap=True)
        body = QWidget()
        layout = column(self.figures, 14, self.choosers, 10, frame("card", self.place), 10, self.formula)
        layout.setStretch(4, 1)
        body.setLayout(layout)
        return body

    # reading ------------------------------------------------------------------------------------------------

    def read(self) -> None:
        """The chosen report."""
        if self.tabs is not None:
            self.read_report(self.tabs.current)
        else:
            text = self.tr("Ask an administrator for the permission to see reports.")
            self.show_instead("lock", self.tr("Your roles show no report"), text)

    def show_record(self, name: str) -> None:
        """Show one of the reports, asked for by another page."""
        if self.tabs is not None and name in self.tabs.buttons:
            self.show_report_named(name)

    def show_report_named(self, name: str) -> None:
        """Show another report."""
        if self.tabs is not None:
            self.tabs.choose(name)
            self.reload()

    # showing ------------------------------------------------------------------------------------------------

    def show_report(self, report: Report) -> None:
        """Show what was read."""
        self.report = report
        self.periods.show_period(report.period)
        part = self.part
        if part is None:
            self.show_instead("storefront", self.tr("No site to report on"), self.tr("Your roles show no site here."))
            return
        self.show_body()
        formats = words.formats_of(self.desk, part.currency)
        self.header.say(self._subtitle(report, part, formats))
        clear_layout(self.figures)
        self.grid = FigureGrid(self.desk, report, part, formats)
        self.figures.addWidget(self.grid)
        self._offer(report, part)
        self._show_table(part, formats)
        self.formula.say("\n".join(said(line) for line in report.spec.formula))

    def _subtitle(self, report: Report, part: Part, formats: Formats) -> Words:
        days = words.days(report.period, formats)
        if Parameter.DAY in report.spec.parameters:
            days = self.tr("At the end of {day}").format(day=formats.date(report.period.last))
        return " · ".join((days, ", ".join(part.sites), part.currency, said(report.spec.about)))

    def _offer(self, report: Report, part: Part) -> None:
        """The tables to choose from, and the currencies where there are several."""
        clear_layout(self.choosers)
        tables = [Option(table.key, said(table.title)) for table in report.spec.tables]
        if self._table not in [option.value for option in tables]:
            self._table = tables[0].value
        if len(tables) > 1:
            self.table_chooser = Segmented(tables, self._table, name=self.tr("Table"))
            self.table_chooser.chosen.connect(self.choose_table)
            self.choosers.addWidget(self.table_chooser)
        else:
            self.choosers.addWidget(label(tables[0].text, 14, 600))
        self.choosers.addStretch(1)
        if len(report.parts) > 1:
            self.choosers.addWidget(self.currency_chooser(report, part))

    def choose_table(self, key: str) -> None:
        """Show another table of the report."""
        self._table = key
        if self.part is not None:
            self._show_table(self.part, words.formats_of(self.desk, self.part.currency))

    def _show_table(self, part: Part, formats: Formats) -> None:
        if self.report is None:
            return
        spec = self.report.spec
        table = next(one for one in spec.tables if one.key == self._table)
        clear_layout(self.place)
        self.table = ReportTable(self.desk, self.report, part, table, formats)
        self.place.addWidget(self.table)
