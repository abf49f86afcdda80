"""Cost and waste: how much of the sales the food cost, where the waste was, and what lies in stock."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from PySide6.QtWidgets import QWidget

from ims_desktop.domain.wording import Words
from ims_desktop.features.reports.screen import words
from ims_desktop.features.reports.screen.cost_cards import CostCards
from ims_desktop.features.reports.screen.cost_charts import NAMED_REASONS, CostCharts
from ims_desktop.features.reports.screen.drill_down import WASTE_KINDS, open_movements, waste_reasons
from ims_desktop.features.reports.screen.report_page import ReportPage
from ims_desktop.features.reports.screen.waste_table import WastedItem, WasteTable, wasted_items
from ims_desktop.features.reports.service import Part, Report, Span
from ims_desktop.ui.controls import Button, card, clear_layout, column, label, row
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.figures_page import scrolled
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.page_header import PageHeader

REPORT = "cost-and-waste"
NEEDS = ("reports.view", "stock.cost", "sales.view")
FIRST_ITEMS = 6


def build_cost_and_waste(desk: Desk) -> QWidget:
    """The page."""
    return CostPage(desk)


class CostPage(ReportPage):
    """Reads one report and shows it; every figure leads to its movements."""

    subjects = frozenset({"stock", "postings", "orders", "items", "sites"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._all_items = False
        self.currencies = row(spacing=8)
        self.export = Button(self.tr("Export CSV"), "primary", "download-simple")
        holder = QWidget()
        holder.setLayout(self.currencies)
        self.header = PageHeader(self.tr("Cost & waste"), holder, self.periods, self.export, broad=True)
        self.export.clicked.connect(partial(self.ask_where, "csv"))
        self.lay_out(self._body(), self.header)

    def _body(self) -> QWidget:
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
        layout = column(self.cards, 16, self.charts, 16, self.items, margins=(0, 0, 0, 4))
        layout.setStretch(2, 1)
        return scrolled(layout)

    # reading ------------------------------------------------------------------------------------------------

    def read(self) -> None:
        """The report, for whom it is."""
        if all(self.desk.may(permission) for permission in NEEDS):
            self.read_report(REPORT)
        else:
            text = self.tr("It needs sales, costs and reports.")
            self.show_instead("lock", self.tr("Your roles do not show this page"), text)

    def _next_step(self) -> tuple[str, Callable[[], None]] | tuple[()]:
        """A longer look back, and when that shows nothing either, what brings figures."""
        if self.over is not Span.YEAR:
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
        self.report = report
        self.periods.show_period(report.period)
        part = self.part
        if part is None:
            act = partial(self.desk.navigation.open, "sites") if self.desk.may("sites.edit") else None
            title, text = self.tr("No site to report on"), self.tr("Your roles show no site here.")
            self.show_instead("storefront", title, text, self.tr("Sites"), act)
            return
        formats = words.formats_of(self.desk, part.currency)
        self.header.say(self._subtitle(report, part, formats))
        self._offer_currencies(report, part)
        self.export.refuse(None)
        if not any(part.figures[key] for key in ("net_sales", "cost", "waste", "stock")):
            text = self.tr("Nothing was sold, wasted or in stock. Import sales or receive a delivery first.")
            self.show_instead("chart-line-up", self.tr("Nothing in this period"), text, *self._next_step())
            return
        self.show_body()
        self.cards.show_report(report, part, formats)
        self.charts.show_part(part, formats)
        self._show_items(part, formats)

    def _subtitle(self, report: Report, part: Part, formats: Formats) -> Words:
        pieces = [words.days(report.period, formats), self.desk.site_name]
        pieces.append(self.tr("{currency}, excl. tax").format(currency=part.currency))
        if isinstance(self.over, Span) and report.period.last < self.desk.formats.today() - timedelta(days=1):
            pieces.append(self.tr("nothing was recorded after these days"))
        return " · ".join(pieces)

    def _offer_currencies(self, report: Report, part: Part) -> None:
        clear_layout(self.currencies)
        if len(report.parts) > 1:
            self.currencies.addWidget(self.currency_chooser(report, part))

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
