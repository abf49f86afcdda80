"""The four figures of the first page: the last day's sales, the week's food cost and waste, and the stock."""

from decimal import Decimal
from functools import partial

from PySide6.QtWidgets import QWidget

from ims_desktop.domain.listing import Filter, Match
from ims_desktop.features.overview.service import Figures
from ims_desktop.features.reports.screen import words
from ims_desktop.features.reports.service import Part
from ims_desktop.ui.cards import Kpi, KpiCard
from ims_desktop.ui.controls import clear_layout, row
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.theme import Tone


class OverviewCards(QWidget):
    """Shows only what the person may see."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.cards: tuple[KpiCard, ...] = ()
        self._layout = row(spacing=16)
        self.setLayout(self._layout)

    def show_figures(self, found: Figures, formats: Formats) -> None:
        """Show other figures."""
        cards = []
        if self._desk.may("sales.view"):
            cards.append(KpiCard(self._sales(found, formats), partial(self._open_orders, found)))
        if found.cost is not None:
            open_cost = partial(self._desk.navigation.open, "cost_and_waste")
            cards.append(KpiCard(self._food(found, found.cost, formats), open_cost))
            cards.append(KpiCard(self._waste(found, found.cost, formats), open_cost))
            cards.append(KpiCard(self._stock(found, found.cost, formats), partial(self._desk.navigation.open, "stock")))
        self.cards = tuple(cards)
        clear_layout(self._layout)
        for card in self.cards:
            self._layout.addWidget(card, 1)
        self.setVisible(bool(cards))

    def _sales(self, found: Figures, formats: Formats) -> Kpi:
        now, before = found.day, found.day_before
        return Kpi(
            self.tr("Net sales, {day}").format(day=words.short_day(found.looking.day, formats)),
            words.whole(now.net, formats),
            found.currency,
            *words.relative(now.net, before.net, formats, more_is=Tone.OK).parts,
            self.tr("vs {day} · {orders} orders").format(
                day=words.short_day(found.looking.same_day_before, formats), orders=formats.number(now.orders)
            ),
            tuple(week.net for week in found.weeks),
        )

    def _food(self, found: Figures, part: Part, formats: Formats) -> Kpi:
        ratio = part.figures["cost_ratio"]
        return Kpi(
            self.tr("Food cost, {days}").format(days=words.days_short(found.looking.week, formats)),
            formats.percent(ratio).removesuffix("%"),
            "" if ratio is None else "%",
            *words.points(ratio, part.before["cost_ratio"], formats, more_is=Tone.BAD).parts,
            self._against(found, formats),
            _course(found, "cost_ratio"),
        )

    def _waste(self, found: Figures, part: Part, formats: Formats) -> Kpi:
        return Kpi(
            self.tr("Waste, {days}").format(days=words.days_short(found.looking.week, formats)),
            words.whole(part.figures["waste"], formats),
            part.currency,
            *words.relative(part.figures["waste"], part.before["waste"], formats, more_is=Tone.BAD).parts,
            self._against(found, formats),
            _course(found, "waste"),
        )

    def _stock(self, found: Figures, part: Part, formats: Formats) -> Kpi:
        return Kpi(
            self.tr("Stock, {day}").format(day=words.short_day(found.looking.day, formats)),
            words.whole(part.figures["stock"], formats),
            part.currency,
            *words.relative(part.figures["stock"], part.before["stock"], formats).parts,
            self.tr("vs {day}").format(day=words.short_day(found.looking.same_day_before, formats)),
            _course(found, "stock"),
        )

    def _against(self, found: Figures, formats: Formats) -> str:
        return self.tr("vs {days}").format(days=words.days_short(found.looking.week_before, formats))

    def _open_orders(self, found: Figures) -> None:
        day = found.looking.day
        self._desk.navigation.open("orders", filters=(Filter("business_day", Match.BETWEEN, (day, day)),))


def _course(found: Figures, key: str) -> tuple[Decimal, ...]:
    return tuple(week[key] for week in found.course if week[key] is not None)
