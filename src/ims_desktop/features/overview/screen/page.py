"""The overview: opens first, says how the last day and week went, and what to do next."""

from datetime import datetime
from functools import partial

from PySide6.QtWidgets import QWidget

from ims_desktop.domain.listing import Filter, Match
from ims_desktop.domain.wording import Words, say
from ims_desktop.features.overview.screen.cards import OverviewCards
from ims_desktop.features.overview.screen.concerns import ConcernsCard
from ims_desktop.features.overview.screen.latest import LatestCard
from ims_desktop.features.overview.service import Ask, Attention, Figures, attention, figures
from ims_desktop.features.reports.screen import words
from ims_desktop.features.reports.screen.chart_clicks import ChartClicks
from ims_desktop.ui.cards import chart_card
from ims_desktop.ui.charts import Series, StackedBars
from ims_desktop.ui.controls import Button, clear_layout, column, row
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.figures_page import FiguresPage, scrolled
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.page_header import PageHeader

NOON, EVENING = 12, 18


def build_overview(desk: Desk) -> QWidget:
    """The page."""
    return OverviewPage(desk)


class OverviewPage(FiguresPage):
    """Reads the figures, then what needs attention at the end of the day they are about."""

    subjects = frozenset({"stock", "postings", "orders", "items", "sites"})
    unread = say("The overview could not be read")

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.figures: Figures | None = None
        self.quick = self._quick_actions()
        self.header = PageHeader(self._greeting(), *self.quick)
        self.cards, self.concerns, self.latest = OverviewCards(desk), ConcernsCard(desk), LatestCard(desk)
        self.lay_out(self._body(), self.header)

    def _quick_actions(self) -> tuple[Button, ...]:
        made = []
        for title, icon, page, permission, kind in (
            (self.tr("Import sales"), "upload-simple", "sales_import", "sales.import", "plain"),
            (self.tr("Record waste"), "trash", "waste", "waste.record", "primary"),
        ):
            if self.desk.may(permission):
                action = Button(title, kind, icon)
                action.clicked.connect(partial(self.desk.navigation.open, page))
                made.append(action)
        return tuple(made)

    def _body(self) -> QWidget:
        self.chart_place = column()
        upper = row(self.chart_place, self.concerns, spacing=16)
        upper.setStretch(0, 5)
        upper.setStretch(1, 3)
        layout = column(self.cards, 16, upper, 16, self.latest, margins=(0, 0, 0, 4))
        layout.setStretch(2, 1)
        return scrolled(layout)

    # reading ------------------------------------------------------------------------------------------------

    def read(self) -> None:
        """The figures, as far as the person may see them."""
        may = self.desk.may
        costs = may("stock.cost") and may("sales.view")
        ask = Ask(self.desk.formats.today(), self.desk.site, may("sales.view"), costs)
        self.ask(self.show_figures, figures, ask)

    def show_figures(self, found: Figures) -> None:
        """Show what was read, and ask what needs attention."""
        self.figures = found
        formats = words.formats_of(self.desk, found.currency or self.desk.formats.currency)
        self.header.title.say(self._greeting())
        self.header.say(self._subtitle(found))
        if found.newest is None:
            self._welcome()
            return
        self.show_body()
        self.cards.show_figures(found, formats)
        self.latest.show_latest(found)
        self._show_sales(found, formats)
        self.ask(self.show_attention, attention, found.looking.day, self.desk.site, self.desk.may("stock.cost"))

    def show_attention(self, found: Attention) -> None:
        """Show what needs attention."""
        if self.figures is not None:
            self.concerns.show_concerns(self.figures, found)

    # showing ------------------------------------------------------------------------------------------------

    def _greeting(self) -> str:
        hour = datetime.now(self.desk.formats.zone).hour
        first = self.desk.person.name.split(" ")[0]
        if hour < NOON:
            said = self.tr("Good morning, {name}") if first else self.tr("Good morning")
        elif hour < EVENING:
            said = self.tr("Good afternoon, {name}") if first else self.tr("Good afternoon")
        else:
            said = self.tr("Good evening, {name}") if first else self.tr("Good evening")
        return said.format(name=first)

    def _subtitle(self, found: Figures) -> Words:
        pieces = [self.desk.site_name, words.weekday(self.desk.formats.today(), self.desk.formats)]
        if found.newest is not None and found.newest == found.looking.day:
            said = self.tr("figures up to {day}, the last day with anything recorded")
            pieces.append(said.format(day=self.desk.formats.date(found.looking.day)))
        elif found.newest is not None:
            pieces.append(self.tr("figures up to {day}").format(day=self.desk.formats.date(found.looking.day)))
        if found.other_currencies and found.currency:
            said = self.tr("{currency} alone; choose a site for {others}")
            pieces.append(said.format(currency=found.currency, others=", ".join(found.other_currencies)))
        return " · ".join(pieces)

    def _show_sales(self, found: Figures, formats: Formats) -> None:
        clear_layout(self.chart_place)
        if not self.desk.may("sales.view"):
            return
        labels = [words.short_day(week.days.first, formats) for week in found.weeks]
        values = tuple(week.net for week in found.weeks)
        self.sales = StackedBars(self.tr("Net sales by week"), labels, (Series("", values),), formats.number)
        self.sales.setMinimumHeight(170)
        ChartClicks(self.sales, lambda place, _: self._open_week(found, place))
        said = self.tr("{currency}, excl. tax, by week").format(currency=found.currency)
        last = len(found.weeks[-1].days)
        if last < 7:
            said = self.tr("{said}; the last has {days} of 7 days").format(said=said, days=last)
        self.chart_place.addWidget(chart_card(self.tr("Sales of the last 8 weeks"), said, self.sales))

    def _open_week(self, found: Figures, place: int) -> None:
        days = found.weeks[place].days
        filters = (Filter("business_day", Match.BETWEEN, (days.first, days.last)),)
        self.desk.navigation.open("orders", filters=filters)

    def _welcome(self) -> None:
        """Nothing was ever recorded: say what to begin with."""
        text = self.tr("Import sales from your till, or count and receive what is in store. The figures follow.")
        steps = (
            ("sales.import", self.tr("Import sales"), "sales_import"),
            ("adjustments.record", self.tr("Record what is there"), "adjustments"),
            ("waste.record", self.tr("Record waste"), "waste"),
            ("items.view", self.tr("Look at the items"), "items"),
        )
        step = next(((title, page) for right, title, page in steps if self.desk.may(right)), None)
        act = partial(self.desk.navigation.open, step[1]) if step else None
        self.show_instead("hand-waving", self.tr("Nothing is recorded here yet"), text, step[0] if step else "", act)
