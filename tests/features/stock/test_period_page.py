"""The page of periods as people use it: what is missing, closing, opening the last again."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ims_desktop.domain.errors import UserError
from ims_desktop.domain.listing import ListQuery
from ims_desktop.features.stock import screen, service
from ims_desktop.features.stock.screen.periods import CHECKS
from ims_desktop.features.stock.service import UNFINISHED, Closing
from ims_desktop.ui.language import said, speaker
from ims_desktop.ui.messages import Message
from tests.features.stock.conftest import Bench
from tests.features.windows import Window, button_of, form_of, line_of, texts_of, window_of

SURE = frozenset({UNFINISHED})


def at(day: int, month: int = 3) -> datetime:
    return datetime(2026, month, day, 18, tzinfo=UTC)


@pytest.fixture
def opened(bench: Bench, qtbot: QtBot, tmp_path: Path) -> Iterator[SimpleNamespace]:
    """The page over a restaurant whose flour was received without a paper, and February is closed."""
    bench.receive("Flour", 10, 2, at=at(9))
    bench.waste("Mozzarella", 1, at=at(10))
    bench.desk.run(service.close_period, bench.restaurant.site, date(2026, 2, 28), SURE)
    with window_of(bench.desk, tmp_path, site=bench.restaurant.site) as window:
        page: Any = screen.build_periods(window.desk)
        qtbot.addWidget(page)
        window.show(page)
        yield SimpleNamespace(bench=bench, window=window, page=page)


def in_german(text: str) -> str:
    speaker.speak("de")
    try:
        return said(text)
    finally:
        speaker.speak("en")


def choose(page: Any, window: Window, state: str) -> QWidget:
    page.table.choose([row.state for row in page.model.rows].index(state))
    window.settle()
    panel: QWidget = page.panel
    return panel


def test_open_days_tell_what_is_missing_and_where_it_is_put_right(opened: SimpleNamespace) -> None:
    panel = choose(opened.page, opened.window, service.OPEN)
    texts = texts_of(panel)
    assert "Items with less than nothing: 1." in texts
    assert "Deliveries without a number of their paper: 1." in texts
    assert texts.count("✓") == len(CHECKS) - 3
    assert "3 things are not done yet." in texts


def test_days_are_closed_after_a_question(opened: SimpleNamespace) -> None:
    page, window = opened.page, opened.window
    choose(page, window, service.OPEN)
    button_of(page.panel, "Close …").click()
    window.settle()
    asked: list[str] = []
    window.desk.messages.ask = lambda question, *_rest, **_more: asked.extend((str(question), in_german(question)))
    button_of(form_of(page), "Close").click()
    window.settle()
    assert asked
    assert "Close these days all the same?" in asked[0]
    assert "Deliveries" in asked[0]
    assert "Deliveries" not in asked[1], "what is missing is said in the language of the person, too"


def test_the_last_days_are_opened_again_with_a_reason(opened: SimpleNamespace) -> None:
    page, window, site = opened.page, opened.window, opened.bench.restaurant.site
    march = Closing(site, date(2026, 3, 31))
    window.desk.start(page, lambda _day: None, service.close_days, march, SURE)
    window.settle()
    closed = [row for row in page.model.rows if row.state == service.CLOSED]
    assert [(row.starts_on, row.ends_on, row.is_last) for row in closed] == [
        (date(2026, 3, 1), date(2026, 3, 31), True),
        (None, date(2026, 2, 28), False),
    ]
    panel = choose(page, window, service.CLOSED)
    button_of(panel, "Reopen …").click()
    window.settle()
    told: list[Message] = []
    window.desk.messages.posted.connect(told.append)
    line_of(form_of(page), "Why").setText("Late invoice")
    button_of(form_of(page), "Reopen").click()
    window.settle()
    assert [one.text for one in told] == [f"Open again up to {window.desk.formats.date(date(2026, 3, 31))}"]
    states = [(row.state, row.reason) for row in page.model.rows if row.ends_on == date(2026, 3, 31)]
    assert states == [(service.REOPENED, "Late invoice")]
    counts = opened.bench.desk.run(service.period_tab_counts, ListQuery(site=site))
    assert counts == {"all": 3, "open": 1, "closed": 1}


def test_a_form_without_a_day_or_a_site_is_answered_with_both(bench: Bench) -> None:
    with pytest.raises(UserError) as refused:
        bench.desk.run(service.close_days, Closing(None, None), SURE)
    assert [problem.field for problem in refused.value.problems] == ["site_id", "ends_on"]


def test_only_sites_where_one_may_close_are_listed(bench: Bench) -> None:
    everywhere = bench.desk.run(service.period_rows, ListQuery()).rows
    assert {row.site for row in everywhere if row.state == service.OPEN} == {"Downtown", "Harbour"}
    closer = bench.sign_in(bench.tenant.person("ADMIN", site=bench.restaurant.sites["Harbour"]))
    assert [row.site for row in closer.run(service.period_rows, ListQuery()).rows] == ["Harbour"]
    assert [option.text for option in closer.run(service.closing_sites)] == ["Harbour"]
