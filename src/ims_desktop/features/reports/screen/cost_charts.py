"""Food cost by week against its target, and waste by week and reason."""

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from uuid import UUID

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from ims_desktop.domain.business_calendar import Period
from ims_desktop.features.reports.screen import words
from ims_desktop.features.reports.screen.chart_clicks import ChartClicks
from ims_desktop.features.reports.screen.drill_down import (
    COST_KINDS,
    WASTE_KINDS,
    cost_reasons,
    open_movements,
    waste_reasons,
)
from ims_desktop.features.reports.service import Part, Row
from ims_desktop.ui.cards import chart_card
from ims_desktop.ui.charts import Legend, LineChart, Series, StackedBars
from ims_desktop.ui.chips import Chip, ChipLabel
from ims_desktop.ui.controls import clear_layout, column, row
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.theme import Tone

NAMED_REASONS, CHART_HEIGHT, TITLE_ROOM = 4, 196, 230
NOTHING = Decimal(0)


class CostCharts(QWidget):
    """A point opens the movements of its week, a piece of a bar those of its reason too."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._layout = row(spacing=16)
        self.setLayout(self._layout)
        self._beside: Legend | None = None
        self._below: Legend | None = None

    def show_part(self, part: Part, formats: Formats) -> None:
        """Show the weeks of one part."""
        clear_layout(self._layout)
        weeks = part.tables["weeks"]
        labels = [words.short_day(week["from"], formats) for week in weeks]
        self.food = LineChart(
            self.tr("Food cost by week"), labels, [week["cost_ratio"] for week in weeks], formats.percent,
            part.figures["target"],
        )  # fmt: skip
        behind = partial(open_movements, self._desk, kinds=COST_KINDS, reasons=cost_reasons(part))
        ChartClicks(self.food, lambda place, _: behind(_days(weeks[place])))
        said = self._with_cut_weeks(weeks, self.tr("Share of net sales, by week"))
        self._layout.addWidget(chart_card(self.tr("Food cost"), said, self.food, self._over_target(part, formats)), 1)

        names, series, groups = self._reasons(part)
        self.waste = StackedBars(self.tr("Waste by week and reason"), labels, series, formats.number)
        every = waste_reasons(part)
        ChartClicks(self.waste, lambda place, number: open_movements(
            self._desk, _days(weeks[place]), kinds=WASTE_KINDS, reasons=every if number is None else groups[number],
        ))  # fmt: skip
        said = self.tr("Cost in {currency}, by week").format(currency=part.currency)
        self._beside, self._below = Legend(names), Legend(names)
        under = QWidget()
        under.setLayout(column(row(self._below, None), self.waste, spacing=4))
        self._layout.addWidget(chart_card(self.tr("Waste by reason"), said, under, [self._beside]), 1)
        self._place_legend()
        for chart in (self.food, self.waste):
            chart.setMinimumHeight(CHART_HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The legend stands beside the title where there is room, otherwise below it."""
        super().resizeEvent(event)
        self._place_legend()

    def _place_legend(self) -> None:
        if self._beside is not None and self._below is not None:
            is_wide = self.width() / 2 > self._beside.width() + TITLE_ROOM
            self._beside.setVisible(is_wide)
            self._below.setVisible(not is_wide)

    def _with_cut_weeks(self, weeks: Sequence[Row], said: str) -> str:
        """Adds honestly which weeks are not whole."""
        first, last = weeks[0]["days"], weeks[-1]["days"]
        if first < 7 and last < 7 and len(weeks) > 1:
            more = self.tr("{said}; the first has {first} and the last {last} of 7 days")
        elif last < 7:
            more = self.tr("{said}; the last has {last} of 7 days")
        else:
            more = self.tr("{said}; the first has {first} of 7 days") if first < 7 else "{said}"
        return more.format(said=said, first=first, last=last)

    def _over_target(self, part: Part, formats: Formats) -> list[QWidget]:
        target = part.figures["target"]
        known = [week["cost_ratio"] for week in part.tables["weeks"] if week["cost_ratio"] is not None]
        over = 0 if target is None else sum(1 for ratio in known if ratio > target)
        if not over:
            return []
        said = self.tr("1 week over {target}") if over == 1 else self.tr("{weeks} weeks over {target}")
        return [ChipLabel(Chip(said.format(weeks=over, target=formats.percent(target)), Tone.WARN))]

    def _reasons(self, part: Part) -> tuple[list[str], list[Series], list[tuple[UUID | None, ...]]]:
        """The dearest reasons by name and the others together: names, values, and the reasons each stands for."""
        ordered = [one for one in part.tables["reasons"] if one["value"]]
        named, rest = ordered[:NAMED_REASONS], ordered[NAMED_REASONS:]
        groups: list[tuple[UUID | None, ...]] = [(one["reason_id"],) for one in named]
        names = [one["reason"] for one in named]
        if rest:
            groups.append(tuple(one["reason_id"] for one in rest))
            names.append(rest[0]["reason"] if len(rest) == 1 else self.tr("Other reasons"))
        found = {(one["week"], one["reason_id"]): one["value"] for one in part.tables["reason_weeks"]}

        def course(group: tuple[UUID | None, ...]) -> tuple[Decimal, ...]:
            weeks = (week["week"] for week in part.tables["weeks"])
            return tuple(sum((found.get((week, reason), NOTHING) for reason in group), NOTHING) for week in weeks)

        return names, [Series(name, course(group)) for name, group in zip(names, groups, strict=True)], groups


def _days(week: Row) -> Period:
    return Period(week["from"], week["to"])
