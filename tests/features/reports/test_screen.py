from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ims_desktop.domain.business_calendar import Period
from ims_desktop.domain.listing import Filter, ListQuery
from ims_desktop.domain.listing import Match as By
from ims_desktop.domain.permissions import CODES
from ims_desktop.features.reports.rules import Span
from ims_desktop.features.reports.screen import words
from ims_desktop.features.reports.screen.cost_page import CostPage
from ims_desktop.features.reports.screen.waste_table import WastedItem
from ims_desktop.features.stock.service.movements import MovementRow, movements
from ims_desktop.ui import theme
from ims_desktop.ui.cards import KpiCard
from ims_desktop.ui.charts import AxisChart
from ims_desktop.ui.desk import Place
from ims_desktop.ui.formats import Formats
from ims_desktop.ui.theme import Tone
from tests.features.reports.conftest import FIRST, LAST, Books
from tests.features.reports.desks import Seat, seat

Open = Callable[..., tuple[Seat, CostPage]]
FORMATS = Formats("en_GB", "USD", "America/New_York")


@pytest.fixture
def open_page(qtbot: QtBot, books: Books, tmp_path: Path) -> Iterator[Open]:
    """Opens the page and waits for its report."""
    seats: list[Seat] = []

    def opened(**more: object) -> tuple[Seat, CostPage]:
        made = seat(books.desk.run, tmp_path, books.made.sites, **more)  # type: ignore[arg-type]
        seats.append(made)
        page = CostPage(made.desk)
        qtbot.addWidget(page)
        page.resize(1380, 868)
        page.show()
        qtbot.waitUntil(made.desk.background.idle)
        return made, page

    yield opened
    for made in seats:
        made.close()


def settle(qtbot: QtBot, made: Seat) -> None:
    qtbot.waitUntil(made.desk.background.idle)
    QApplication.processEvents()


def cards(page: CostPage) -> dict[str, str]:
    return {card.accessibleName().split(" ")[0]: card.accessibleName() for card in page.cards.cards}


def click(qtbot: QtBot, chart: AxisChart, place: int, value: float | None = None) -> None:
    height = chart.up(value) if value is not None else chart.height() / 2
    qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=QPointF(chart.across(place), height).toPoint())


def test_the_page_ends_with_the_last_day_that_has_data_and_says_which_days_it_shows(open_page: Open) -> None:
    _, page = open_page()
    assert page.report is not None
    assert page.report.period.last == LAST
    assert "16 Mar 2025" in page.header.subtitle.whole()
    assert "nothing was recorded after" in page.header.subtitle.whole()
    shown = cards(page)
    part = page.part
    assert part is not None
    assert FORMATS.number(part.money("cost")) in shown["Cost"]
    assert FORMATS.percent(part.figures["cost_ratio"]).removesuffix("%") in shown["Food"]
    assert FORMATS.number(part.money("waste")) in shown["Waste"]
    assert FORMATS.number(part.money("stock")) in shown["Stock"]


def test_another_period_is_read_and_a_day_range_may_be_typed(qtbot: QtBot, open_page: Open) -> None:
    made, page = open_page()
    page.periods.spans.chosen.emit(Span.FOUR_WEEKS)
    settle(qtbot, made)
    assert page.report is not None
    assert page.report.period == Period(date(2025, 2, 17), LAST)
    page.periods.custom.click()
    popover = page.periods.popover
    assert popover.low.text() == "2025-02-17"
    popover.low.setText("2025-02-10")
    popover.high.setText("2025-02-23")
    popover.apply()
    settle(qtbot, made)
    assert page.report.period == Period(date(2025, 2, 10), date(2025, 2, 23))
    assert page.periods.spans.value() is None
    page.periods.choose_days((date(2025, 3, 1), None))
    assert "both days" in made.said[-1].text


def behind(made: Seat, books: Books, place: Place) -> Decimal:
    """What the movements a place shows cost together."""
    rows: list[MovementRow] = []
    query: ListQuery | None = ListQuery(filters=place.filters, site=made.desk.site, limit=1000)
    while query is not None:
        page = books.desk.run(movements, query)
        rows.extend(page.rows)
        query = query.following(page.after) if page.after else None
    return -sum((row.value for row in rows if row.value is not None), Decimal(0))


def test_every_figure_leads_to_its_movements(qtbot: QtBot, open_page: Open, books: Books) -> None:
    made, page = open_page()
    assert page.report is not None
    days = Filter("business_day", By.BETWEEN, (page.report.period.first, page.report.period.last))
    for card in page.cards.cards:
        assert isinstance(card, KpiCard)
        qtbot.mouseClick(card, Qt.MouseButton.LeftButton)
    assert [place.page for place in made.opened] == [
        "movements",
        "movements",
        "stock",
    ]  # the first two are the same place
    assert days in made.opened[0].filters
    part = page.part
    assert part is not None
    # What a figure counts and what the list behind it shows is the same, to the cent.
    assert behind(made, books, made.opened[0]) == part.money("cost")
    assert behind(made, books, made.opened[1]) == part.money("waste")


def test_a_point_a_bar_and_a_row_lead_to_theirs(qtbot: QtBot, open_page: Open, books: Books) -> None:
    made, page = open_page()
    part = page.part
    assert part is not None
    weeks = part.tables["weeks"]
    last = len(weeks) - 1
    click(qtbot, page.charts.food, last)
    whole_week = Filter("business_day", By.BETWEEN, (weeks[last]["from"], weeks[last]["to"]))
    assert whole_week in made.opened[-1].filters
    first_series = page.charts.waste.series[0]
    place = next(number for number, value in enumerate(first_series.values) if value)
    click(qtbot, page.charts.waste, place, float(first_series.values[place] or 0) / 2)
    reason = part.tables["reasons"][0]["reason_id"]
    assert Filter("reason", By.IN, (reason,)) in made.opened[-1].filters
    assert behind(made, books, made.opened[-1]) == first_series.values[place]
    index = page.table.model().index(0, 0)
    qtbot.mouseClick(
        page.table.viewport(), Qt.MouseButton.LeftButton, pos=page.table.visualRect(index).center() + QPoint(0, 0)
    )
    dearest = part.tables["items"][0]
    assert Filter("item", By.IN, (dearest["item_id"],)) in made.opened[-1].filters
    assert behind(made, books, made.opened[-1]) == dearest["value"]
    page.charts.food.setFocus()
    qtbot.keyClick(page.charts.food, Qt.Key.Key_Return)
    assert whole_week in made.opened[-1].filters


def test_the_table_shows_the_dearest_items_first_and_all_of_them_when_asked(qtbot: QtBot, open_page: Open) -> None:
    _, page = open_page()
    part = page.part
    assert part is not None
    every = part.tables["items"]
    assert len(page.table.items()) == min(6, len(every))
    if len(every) > 6:
        qtbot.mouseClick(page.more, Qt.MouseButton.LeftButton)
    assert [line.item for line in page.table.items()] == [row["item"] for row in every]
    assert page.table.items()[0].part == 1.0
    words_of = {page.table.model().index(0, section).data() for section in range(5)}
    assert every[0]["item"] in words_of
    assert FORMATS.money(every[0]["value"]) in words_of


def test_what_was_not_wasted_before_is_new(open_page: Open) -> None:
    _, page = open_page()
    line = page.table.items()[0]
    fresh = WastedItem(line.id, "Truffle", "Produce", "Spoilage", 0, Decimal(1), "kg", Decimal(9), 1.0, None)
    page.table.show_items([fresh], FORMATS)
    assert page.table.model().index(0, 4).data() == "new"


def test_the_csv_is_the_report_with_its_formula(open_page: Open, tmp_path: Path) -> None:
    made, page = open_page()
    page.export_to(tmp_path / "cost.csv")
    assert page.report is not None
    text = (tmp_path / "cost.csv").read_text("utf-8-sig")
    assert page.report.spec.formula[0] in text
    assert "Where" not in text
    assert "cost.csv" in made.said[-1].text
    page.export_to(tmp_path / "no such folder" / "cost.csv")
    assert made.said[-1].tone is Tone.BAD


def test_another_site_is_read_and_a_change_is_read_again(qtbot: QtBot, open_page: Open, books: Books) -> None:
    made, page = open_page()
    before = page.report
    made.desk.choose_site(books.made.sites["Harbour"])
    settle(qtbot, made)
    assert page.report is not before
    assert "Harbour" in page.header.subtitle.whole()
    before = page.report
    made.desk.background.changed.emit({"suppliers"})
    settle(qtbot, made)
    assert page.report is before
    made.desk.background.changed.emit({"stock"})
    settle(qtbot, made)
    assert page.report is not before


def test_a_hidden_page_reads_when_it_is_seen_again(qtbot: QtBot, open_page: Open) -> None:
    made, page = open_page()
    before = page.report
    page.hide()
    made.desk.background.changed.emit({"stock"})
    settle(qtbot, made)
    assert page.report is before
    page.show()
    settle(qtbot, made)
    assert page.report is not before


def test_who_may_not_see_costs_is_told_so(open_page: Open) -> None:
    _, page = open_page(rights=CODES - {"stock.cost"})
    assert page.report is None
    assert "do not show" in page.empty.title.whole()


def test_an_empty_period_is_said_to_be_empty(qtbot: QtBot, open_page: Open, books: Books) -> None:
    made, page = open_page()
    page.choose(Period(date(2020, 1, 1), date(2020, 1, 31)))
    settle(qtbot, made)
    assert "Nothing in this period" in page.empty.title.whole()
    page.choose(Period(FIRST, LAST))
    settle(qtbot, made)
    assert page.empty.isHidden() or not page.empty.isVisible()


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1146, 1380])
def test_it_fits_in_light_and_dark_and_in_a_narrow_window(
    qtbot: QtBot, open_page: Open, dark: bool, width: int
) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.apply(app, dark)
    try:
        made, page = open_page()
        page.resize(width, 716)
        settle(qtbot, made)
        assert page.width() == width
        right = page.cards.mapTo(page, QPoint(page.cards.width(), 0)).x()
        assert right <= width
        ground = page.grab().toImage().pixelColor(4, 4).lightness()
        assert ground < 60 if dark else ground > 200
    finally:
        theme.apply(app, False)


def test_changes_are_judged_by_what_they_mean() -> None:
    worse = words.points(Decimal("0.298"), Decimal("0.289"), FORMATS, more_is=Tone.BAD)
    assert (worse.words, worse.direction, worse.tone) == ("+0.9 pt", 1, Tone.BAD)
    better = words.relative(Decimal(95), Decimal(100), FORMATS, more_is=Tone.BAD)
    assert (better.words, better.direction, better.tone) == ("−5.0%", -1, Tone.OK)
    calm = words.relative(Decimal(100), Decimal(100), FORMATS, more_is=Tone.BAD)
    assert (calm.direction, calm.tone) == (0, Tone.NEUTRAL)
    slight = words.relative(Decimal("100.3"), Decimal(100), FORMATS, more_is=Tone.BAD)
    assert (slight.words, slight.direction, slight.tone) == ("+0.3%", 1, Tone.NEUTRAL)
    assert words.relative(Decimal(5), Decimal(0), FORMATS) == words.NO_DELTA


def test_dates_are_written_without_repetition() -> None:
    assert words.days(Period(date(2026, 8, 31), date(2026, 11, 22)), FORMATS) == "31 Aug – 22 Nov 2026"
    assert words.days(Period(date(2025, 12, 8), date(2026, 1, 4)), FORMATS) == "8 Dec 2025 – 4 Jan 2026"
    assert words.days_short(Period(date(2015, 12, 28), date(2015, 12, 31)), FORMATS) == "28 – 31 Dec"
    assert words.days(Period(FIRST, FIRST), FORMATS) == "3 Feb 2025"
