"""The four figures at the head of the page, each beside the period before."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from ims_desktop.features.reports.screen import words
from ims_desktop.features.reports.screen.drill_down import (
    COST_KINDS,
    WASTE_KINDS,
    cost_reasons,
    open_movements,
    waste_reasons,
)
from ims_desktop.features.reports.service import Part, Report
from ims_desktop.ui.cards import Kpi, KpiCard
from ims_desktop.ui.controls import clear_layout, row
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.theme import Tone


class CostCards(QWidget):
    """Food cost, cost of food sold, waste and stock; a card opens the movements behind it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.cards: tuple[KpiCard, ...] = ()
        self._layout = row(spacing=16)
        self.setLayout(self._layout)

    def show_report(self, report: Report, part: Part, formats: Formats) -> None:
        """Show the figures of one part."""
        opens = partial(open_movements, self._desk, report.period)
        behind_cost = partial(opens, kinds=COST_KINDS, reasons=cost_reasons(part))
        behind_waste = partial(opens, kinds=WASTE_KINDS, reasons=waste_reasons(part))
        self.cards = (
            KpiCard(self._food(report, part, formats), behind_cost),
            KpiCard(self._cost(part, formats), behind_cost),
            KpiCard(self._waste(part, formats), behind_waste),
            KpiCard(self._stock(report, part, formats), partial(self._desk.navigation.open, "stock")),
        )
        clear_layout(self._layout)
        for card in self.cards:
            self._layout.addWidget(card, 1)

    def _food(self, report: Report, part: Part, formats: Formats) -> Kpi:
        ratio = part.figures["cost_ratio"]
        change = words.points(ratio, part.before["cost_ratio"], formats, more_is=Tone.BAD)
        against = self.tr("vs {days}") if change.words else self.tr("nothing to compare with in {days}")
        return Kpi(
            self.tr("Food cost"),
            formats.percent(ratio).removesuffix("%"),
            "" if ratio is None else "%",
            *change.parts,
            against.format(days=words.days(report.question.before, formats)),
            _course(part, "cost_ratio"),
        )

    def _cost(self, part: Part, formats: Formats) -> Kpi:
        sales = words.relative(part.figures["net_sales"], part.before["net_sales"], formats).words
        return Kpi(
            self.tr("Cost of food sold"),
            words.whole(part.figures["cost"], formats),
            part.currency,
            *words.relative(part.figures["cost"], part.before["cost"], formats).parts,
            self.tr("net sales {change}").format(change=sales) if sales else "",
            _course(part, "cost"),
        )

    def _waste(self, part: Part, formats: Formats) -> Kpi:
        reasons = [one for one in part.tables["reasons"] if one["value"] > 0 and one["share"] is not None]
        note = ""
        if reasons:
            share = formats.percent(reasons[0]["share"], 0)
            note = self.tr("of which {reason} {share}").format(reason=reasons[0]["reason"].lower(), share=share)
        return Kpi(
            self.tr("Waste"),
            words.whole(part.figures["waste"], formats),
            part.currency,
            *words.relative(part.figures["waste"], part.before["waste"], formats, more_is=Tone.BAD).parts,
            note,
            _course(part, "waste"),
        )

    def _stock(self, report: Report, part: Part, formats: Formats) -> Kpi:
        cover = part.figures["days_of_cover"]
        return Kpi(
            self.tr("Stock on {day}").format(day=words.short_day(report.period.last, formats)),
            words.whole(part.figures["stock"], formats),
            part.currency,
            *words.relative(part.figures["stock"], part.before["stock"], formats).parts,
            self.tr("{days} days of cover").format(days=formats.number(cover, 1)) if cover and cover > 0 else "",
            _course(part, "stock"),
        )


def _course(part: Part, key: str) -> Any:
    weeks: Sequence[Any] = part.tables["weeks"]
    return tuple(week[key] for week in weeks if week[key] is not None)
