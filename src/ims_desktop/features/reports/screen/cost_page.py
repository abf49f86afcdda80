"""Cost and waste: how much of the sales the food cost, where the waste was, and what lies in stock."""

from collections.abc import Callable, Set
from datetime import timedelta
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedLayout, QVBoxLayout, QWidget

from ims_desktop.domain.business_calendar import Period
from ims_desktop.domain.csv_file import ENCODING
from ims_desktop.domain.errors import UserError
from ims_desktop.domain.wording import Words
from ims_desktop.features.reports.screen import words
from ims_desktop.features.reports.screen.cost_cards import CostCards
from ims_desktop.features.reports.screen.cost_charts import NAMED_REASONS, CostCharts
from ims_desktop.features.reports.screen.drill_down import WASTE_KINDS, open_movements, waste_reasons
from ims_desktop.features.reports.screen.period_bar import PeriodBar
from ims_desktop.features.reports.screen.waste_table import WastedItem, WasteTable, wasted_items
from ims_desktop.features.reports.service import Choice, Part, Report, Span, as_csv, read_choice
from ims_desktop.ui.busy_line import BusyLine
from ims_desktop.ui.choices import Choice as Option
from ims_desktop.ui.controls import Button, card, clear_layout, column, label, row
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.empty_state import EmptyState
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.inputs import Segmented
from ims_desktop.ui.page_header import PageHeader

SUBJECTS = frozenset({"stock", "postings", "orders", "items", "sites"})
NEEDS = ("reports.view", "stock.cost", "sales.view")
FIRST_ITEMS = 6


def build_cost_and_waste(desk: Desk) -> QWidget:
    """The page."""
    return CostPage(desk)


class CostPage(QWidget):
    """Reads one report and shows it; every figure leads to its movements."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("page")
        self.desk = desk
        self.report: Report | None = None
        self._over: Span | Period = Span.TWELVE_WEEKS
        self._currency: str | None = None
        self._stale, self._all_items = True, False
        self.periods = PeriodBar(desk, Span.TWELVE_WEEKS)
        self.currencies = row(spacing=8)
        self.export = Button(self.tr("Export CSV"), "primary", "download-simple")
        holder = QWidget()
        holder.setLayout(self.currencies)
        self.header = PageHeader(self.tr("Cost & waste"), holder, self.periods, self.export)
        self.empty = EmptyState()
        self._lay_out()
        self.periods.chosen.connect(self.choose)
        self.export.clicked.connect(self.ask_where)
        desk.site_changed.connect(self.reload)
        desk.background.changed.connect(self._concerned)

    def _lay_out(self) -> None:
        self.cards, self.charts = CostCards(self.desk), CostCharts(self.desk)
        self.table = WasteTable(self.desk)
        self.table.clicked.connect(lambda index: self.open_item(self.table.items()[index.row()]))
        self.table.opened.connect(self.open_item)
        self.more = Button(self.tr("See all"))
        self.more.clicked.connect(self._toggle_items)
        title = column(
            label(self.tr("Where the waste was"), 14, 600),
            label(self.tr("Items by cost. Select a row to see its movements."), 12, role="muted"),
            spacing=1,
        )
        self.no_waste = label(self.tr("No waste was recorded in this period."), 13, role="sub")
        self.no_waste.setContentsMargins(20, 4, 20, 14)
        head = row(title, None, self.more, margins=(20, 0, 16, 6))
        self.items = card(head, self.table, self.no_waste, margins=(1, 14, 1, 4))
        body = QWidget()
        body.setObjectName("page")
        layout = column(self.cards, 16, self.charts, 16, self.items, margins=(0, 0, 0, 4))
        layout.setStretch(2, 1)
        body.setLayout(layout)
        scroll = QScrollArea()
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keyboard scrolls by reaching what is below
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(body)
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(scroll)
        self._stack.addWidget(self.empty)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 18, 24, 12)
        whole.setSpacing(14)
        whole.addWidget(self.header)
        whole.addWidget(holder, 1)
        self.busy = BusyLine(self)

    # reading ------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Read when the page is first looked at, and again when something changed meanwhile."""
        super().showEvent(event)
        if self._stale:
            self.reload()

    def choose(self, over: Span | Period) -> None:
        """Show another period."""
        self._over = over
        self.reload()

    def _concerned(self, subjects: Set[str]) -> None:
        if subjects & SUBJECTS:
            self.reload()

    def reload(self) -> None:
        """Read again, at once when somebody looks."""
        self._stale = not self.isVisible()
        if self._stale:
            return
        if not all(self.desk.may(permission) for permission in NEEDS):
            self._say(
                "lock", self.tr("Your roles do not show this page"), self.tr("It needs sales, costs and reports.")
            )
            return
        choice = Choice("cost-and-waste", self._over, self.desk.formats.today(), self.desk.site)
        self.busy.begin()
        self.desk.start(self, self.show_report, read_choice, choice, failed=self._failed, replace="report")

    def _failed(self, error: Exception) -> None:
        self.busy.end()
        text = error.text if isinstance(error, UserError) else str(error)
        self._say("cloud-slash", self.tr("The report could not be read"), text, self.tr("Try again"), self.reload)

    def _say(self, icon: str, title: str, text: str, action: str = "", act: Callable[[], None] | None = None) -> None:
        self.empty.say(icon, title, text, action, act)
        self._stack.setCurrentIndex(1)

    def _next_step(self) -> tuple[str, Callable[[], None]] | tuple[()]:
        """A longer look back, and when that shows nothing either, what brings figures."""
        if self._over is not Span.YEAR:
            return self.tr("Show a year"), self._show_year
        if self.desk.may("sales.import"):
            return self.tr("Import sales"), partial(self.desk.navigation.open, "sales_import")
        return ()

    def _show_year(self) -> None:
        self.periods.spans.choose(Span.YEAR)
        self.choose(Span.YEAR)

    # showing ------------------------------------------------------------------------------------------------

    def show_report(self, report: Report) -> None:
        """Show what was read."""
        self.busy.end()
        self.report = report
        self.periods.show_period(report.period)
        part = self.part
        if part is None:
            act = partial(self.desk.navigation.open, "sites") if self.desk.may("sites.edit") else None
            title, text = self.tr("No site to report on"), self.tr("Your roles show no site here.")
            self._say("storefront", title, text, self.tr("Sites"), act)
            return
        formats = words.formats_of(self.desk, part.currency)
        self.header.say(self._subtitle(report, part, formats))
        self._offer_currencies(report)
        self.export.refuse(None)
        if not any(part.figures[key] for key in ("net_sales", "cost", "waste", "stock")):
            text = self.tr("Nothing was sold, wasted or in stock. Import sales or receive a delivery first.")
            self._say("chart-line-up", self.tr("Nothing in this period"), text, *self._next_step())
            return
        self._stack.setCurrentIndex(0)
        self.cards.show_report(report, part, formats)
        self.charts.show_part(part, formats)
        self._show_items(part, formats)

    @property
    def part(self) -> Part | None:
        """The part in the currency that is shown."""
        parts = self.report.parts if self.report else ()
        return next((part for part in parts if part.currency == self._currency), parts[0] if parts else None)

    def _subtitle(self, report: Report, part: Part, formats: Formats) -> Words:
        pieces = [words.days(report.period, formats), self.desk.site_name]
        pieces.append(self.tr("{currency}, excl. tax").format(currency=part.currency))
        if isinstance(self._over, Span) and report.period.last < self.desk.formats.today() - timedelta(days=1):
            pieces.append(self.tr("nothing was recorded after these days"))
        return " · ".join(pieces)

    def _offer_currencies(self, report: Report) -> None:
        clear_layout(self.currencies)
        if len(report.parts) > 1 and self.part is not None:
            options = [Option(part.currency, part.currency) for part in report.parts]
            chooser = Segmented(options, self.part.currency, name=self.tr("Currency"))
            chooser.chosen.connect(self._choose_currency)
            self.currencies.addWidget(chooser)

    def _choose_currency(self, currency: str) -> None:
        self._currency = currency
        if self.report is not None:
            self.show_report(self.report)

    def _show_items(self, part: Part, formats: Formats) -> None:
        colours = {one["reason_id"]: place for place, one in enumerate(part.tables["reasons"][:NAMED_REASONS])}
        lines = wasted_items(part.tables["items"], colours, NAMED_REASONS)
        shown = lines if self._all_items else lines[:FIRST_ITEMS]
        self.table.show_items(shown, formats)
        self.table.setVisible(bool(lines))
        self.no_waste.setVisible(not lines)
        self.more.setVisible(len(lines) > FIRST_ITEMS)
        self.more.say(self.tr("Show fewer") if self._all_items else self.tr("See all {count}").format(count=len(lines)))

    def _toggle_items(self) -> None:
        self._all_items = not self._all_items
        if self.part is not None:
            self._show_items(self.part, words.formats_of(self.desk, self.part.currency))

    # behind the figures -------------------------------------------------------------------------------------

    def open_item(self, item: WastedItem) -> None:
        """Open the waste of one item in the period."""
        if self.report is not None:
            reasons = waste_reasons(self.part) if self.part else ()
            open_movements(self.desk, self.report.period, kinds=WASTE_KINDS, reasons=reasons, item=item.id)

    def ask_where(self) -> None:
        """Ask for a file and write the report into it."""
        if self.report is None:
            return
        period = self.report.period
        name = f"cost-and-waste_{period.first.isoformat()}_{period.last.isoformat()}.csv"
        ask = self.desk.messages.ask_path
        ask(self.tr("Export the report"), name, "CSV (*.csv)", lambda path: self.export_to(Path(path)), self)

    def export_to(self, path: Path) -> None:
        """Write the whole report, formula included."""
        if self.report is None:
            return
        try:
            path.write_text(as_csv(self.report), encoding=ENCODING, newline="")
        except OSError as error:
            said = self.tr("The file {path} could not be written: {why}").format(path=path, why=error)
            self.desk.messages.failed(said)
            return
        self.desk.messages.wrote(self.tr("Exported {name}").format(name=path.name), str(path))
