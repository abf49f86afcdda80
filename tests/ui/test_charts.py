"""Charts tell the truth in the room they have."""

import itertools
from decimal import Decimal

import pytest
from PySide6.QtWidgets import QApplication

from ims_desktop.ui.charts import LineChart, Series, StackedBars
from ims_desktop.ui.detail import Trend
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.small_charts import TrendChart

WEEKS = tuple(f"Dec {day}" for day in range(1, 54))


@pytest.mark.parametrize("width", [320, 520, 900])
def test_the_labels_of_a_year_of_weeks_are_whole_and_apart(app: QApplication, qtbot, width: int):
    bars = StackedBars("Waste", WEEKS, [Series("All", (Decimal(1),) * 53)], str)
    qtbot.addWidget(bars)
    bars.resize(width, 200)
    shown = sorted(bars.shown_labels())
    assert shown[-1][2] == WEEKS[-1]
    assert shown[-1][0] + shown[-1][1] <= width
    assert all(left + wide < following for (left, wide, _), (following, *_) in itertools.pairwise(shown))


def test_few_labels_are_all_shown(app: QApplication, qtbot):
    line = LineChart("Food cost", WEEKS[:8], (Decimal(1),) * 8, str)
    qtbot.addWidget(line)
    line.resize(700, 200)
    assert len(line.shown_labels()) == 8


def trend(*values: str, **more: object) -> TrendChart:
    return TrendChart(Trend("Price", tuple(map(Decimal, values)), **more), Formats())  # type: ignore[arg-type]


def test_prices_that_hardly_move_are_drawn_at_their_own_scale(app: QApplication, qtbot):
    chart = trend("20.10", "20.45", "21.62", steps=True)
    qtbot.addWidget(chart)
    low, high = chart.scale()
    assert chart.near
    assert 19 < low < 20.10
    assert 21.62 < high < 23


@pytest.mark.parametrize(
    ("values", "more"),
    [
        (("1", "9", "3"), {}),
        (("5", "5", "5"), {}),
        (("20", "21"), {"bars": True}),
        (("20", "21"), {"target": Decimal(6)}),
        (("0", "0"), {}),
    ],
)
def test_other_trends_begin_at_nothing(app: QApplication, qtbot, values, more):
    chart = trend(*values, **more)
    qtbot.addWidget(chart)
    assert chart.scale()[0] == 0
    assert chart.scale()[1] > 0
    chart.grab()
