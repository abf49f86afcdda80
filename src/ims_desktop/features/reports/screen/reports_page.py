"""All reports: choose one and a period; figures, tables and the formula they are reckoned by."""

from collections.abc import Callable, Mapping, Set
from functools import partial
from pathlib import Path

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from ims_desktop.domain.business_calendar import Period
from ims_desktop.domain.csv_file import ENCODING
from ims_desktop.domain.errors import UserError
from ims_desktop.domain.wording import Words
from ims_desktop.features.reports.screen import words
from ims_desktop.features.reports.screen.period_bar import PeriodBar
from ims_desktop.features.reports.screen.report_table import FigureGrid, ReportTable
from ims_desktop.features.reports.service import (
    REPORTS,
    Choice,
    Parameter,
    Part,
    Report,
    Span,
    as_csv,
    as_json,
    read_choice,
)
from ims_desktop.ui.busy_line import BusyLine
from ims_desktop.ui.choices import Choice as Option
from ims_desktop.ui.controls import Button, clear_layout, column, frame, label, row
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.empty_state import EmptyState
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.inputs import Segmented
from ims_desktop.ui.language import said
from ims_desktop.ui.page_header import PageHeader, TabBar

SUBJECTS = frozenset({"stock", "postings", "orders", "items", "menu", "sites"})
WRITERS: Mapping[str, Callable[[Report], str]] = {"csv": as_csv, "json": as_json}


def build_reports(desk: Desk) -> QWidget:
    """The page."""
    return ReportsPage(desk)


class ReportsPage(QWidget):
    """Shows whatever a report describes; a new report needs no line here."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("page")
        self.desk = desk
        self.report: Report | None = None
        self._over: Span | Period = Span.TWELVE_WEEKS
        self._table, self._currency, self._stale = "", "", True
        self.periods = PeriodBar(desk, Span.TWELVE_WEEKS)
        self.json = Button(self.tr("JSON"), icon="brackets-curly")
        self.csv = Button(self.tr("Export CSV"), "primary", "download-simple")
        self.header = PageHeader(self.tr("Reports"), self.periods, self.json, self.csv)
        offered = [spec for spec in REPORTS.values() if all(desk.may(one) for one in spec.permissions)]
        self.tabs = TabBar([(spec.name, said(spec.title)) for spec in offered]) if offered else None
        self.empty = EmptyState()
        self._lay_out()
        self.periods.chosen.connect(self.choose)
        self.csv.clicked.connect(partial(self.ask_where, "csv"))
        self.json.clicked.connect(partial(self.ask_where, "json"))
        if self.tabs is not None:
            self.tabs.chosen.connect(lambda _: self.reload())
        desk.site_changed.connect(self.reload)
        desk.background.changed.connect(self._concerned)

    def _lay_out(self) -> None:
        self.figures, self.choosers, self.place = column(), row(spacing=8), column()
        self.formula = label("", 12, role="muted", wrap=True)
        body = QWidget()
        layout = column(self.figures, 14, self.choosers, 10, frame("card", self.place), 10, self.formula)
        layout.setStretch(4, 1)
        body.setLayout(layout)
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(body)
        self._stack.addWidget(self.empty)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 18, 24, 16)
        whole.setSpacing(12)
        whole.addLayout(column(self.header, *((8, self.tabs) if self.tabs else ())))
        whole.addWidget(holder, 1)
        self.busy = BusyLine(self)

    # reading ------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Read when somebody looks, and again when something changed meanwhile."""
        super().showEvent(event)
        if self._stale:
            self.reload()

    def choose(self, over: Span | Period) -> None:
        """Show another period."""
        self._over = over
        self.reload()

    def show_record(self, name: str) -> None:
        """Show one of the reports, asked for by another page."""
        if self.tabs is not None and name in self.tabs.buttons:
            self.show_report_named(name)

    def show_report_named(self, name: str) -> None:
        """Show another report."""
        if self.tabs is not None:
            self.tabs.choose(name)
            self.reload()

    def _concerned(self, subjects: Set[str]) -> None:
        if subjects & SUBJECTS:
            self.reload()

    def reload(self) -> None:
        """Read again, at once when somebody looks."""
        self._stale = not self.isVisible()
        if self._stale:
            return
        if self.tabs is None:
            text = self.tr("Ask an administrator for the permission to see reports.")
            self.empty.say("lock", self.tr("Your roles show no report"), text)
            self._stack.setCurrentIndex(1)
            return
        choice = Choice(self.tabs.current, self._over, self.desk.formats.today(), self.desk.site)
        self.busy.begin()
        self.desk.start(self, self.show_report, read_choice, choice, failed=self._failed, replace="report")

    def _failed(self, error: Exception) -> None:
        self.busy.end()
        text = error.text if isinstance(error, UserError) else str(error)
        again = self.tr("Try again")
        self.empty.say("cloud-slash", self.tr("The report could not be read"), text, again, self.reload)
        self._stack.setCurrentIndex(1)

    # showing ------------------------------------------------------------------------------------------------

    @property
    def part(self) -> Part | None:
        """The part in the currency that is shown."""
        parts = self.report.parts if self.report else ()
        return next((part for part in parts if part.currency == self._currency), parts[0] if parts else None)

    def show_report(self, report: Report) -> None:
        """Show what was read."""
        self.busy.end()
        self.report = report
        self.periods.show_period(report.period)
        part = self.part
        if part is None:
            self.empty.say("storefront", self.tr("No site to report on"), self.tr("Your roles show no site here."))
            self._stack.setCurrentIndex(1)
            return
        self._stack.setCurrentIndex(0)
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
            options = [Option(one.currency, one.currency) for one in report.parts]
            self.currency_chooser = Segmented(options, part.currency, name=self.tr("Currency"))
            self.currency_chooser.chosen.connect(self.choose_currency)
            self.choosers.addWidget(self.currency_chooser)

    def choose_table(self, key: str) -> None:
        """Show another table of the report."""
        self._table = key
        if self.part is not None:
            self._show_table(self.part, words.formats_of(self.desk, self.part.currency))

    def choose_currency(self, currency: str) -> None:
        """Show the part in another currency."""
        self._currency = currency
        if self.report is not None:
            self.show_report(self.report)

    def _show_table(self, part: Part, formats: Formats) -> None:
        if self.report is None:
            return
        spec = self.report.spec
        table = next(one for one in spec.tables if one.key == self._table)
        clear_layout(self.place)
        self.table = ReportTable(self.desk, self.report, part, table, formats)
        self.place.addWidget(self.table)

    # files --------------------------------------------------------------------------------------------------

    def ask_where(self, how: str) -> None:
        """Ask for a file and write the report into it."""
        if self.report is None:
            return
        period = self.report.period
        name = f"{self.report.spec.name}_{period.first.isoformat()}_{period.last.isoformat()}.{how}"
        kind = f"{how.upper()} (*.{how})"
        ask = self.desk.messages.ask_path
        ask(self.tr("Export the report"), name, kind, lambda path: self.export_to(Path(path)), self)

    def export_to(self, path: Path) -> None:
        """Write the report with its formula; what the name ends with says how."""
        if self.report is None:
            return
        how = path.suffix.lstrip(".").lower()
        text = WRITERS.get(how, as_csv)(self.report)
        try:
            path.write_text(text, encoding="utf-8" if how == "json" else ENCODING, newline="")
        except OSError as error:
            said = self.tr("The file {path} could not be written: {why}").format(path=path, why=error)
            self.desk.messages.failed(said)
            return
        self.desk.messages.wrote(self.tr("Exported {name}").format(name=path.name), str(path))
