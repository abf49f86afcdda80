"""What happened earlier is dated back on the entry page, after what it changes was shown."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from pytestqt.qtbot import QtBot

from ims_desktop.features.stock.screen import EffectsPanel
from tests.features.adjustments.conftest import Bench
from tests.features.adjustments.test_screen import enter, opened
from tests.features.windows import button_of, texts_of, window_of

NOW = datetime.now(UTC)


@pytest.fixture
def at(bench: Bench, qtbot: QtBot, tmp_path: Path) -> Iterator[SimpleNamespace]:
    """Mozzarella came a week ago, half of it was wasted since, and dearer one came after that."""
    bench.receive("Mozzarella", 10, 8, at=NOW - timedelta(days=7))
    bench.waste("Mozzarella", 6, at=NOW - timedelta(days=3))
    bench.receive("Mozzarella", 10, 10, at=NOW - timedelta(days=1))
    with window_of(bench.desk, tmp_path, site=bench.restaurant.site) as window:
        yield SimpleNamespace(bench=bench, window=window, bot=qtbot, made=bench.restaurant)


def earlier(at: SimpleNamespace, page: object, days: int) -> None:
    """Say that it happened so many days ago."""
    when = page.view.when  # type: ignore[attr-defined]
    button_of(when, "Earlier").click()
    when.day.editor.show_value(at.window.desk.formats.local(NOW - timedelta(days=days)).date())


def test_what_else_changes_is_shown_and_agreed_to(at: SimpleNamespace) -> None:
    page = opened(at)
    enter(at, page, 0, "mozz", "5", "SPOILAGE")
    earlier(at, page, 5)
    page.record_button.click()
    at.window.settle()
    panel = page.panel
    assert isinstance(panel, EffectsPanel)
    assert any(text.startswith("Of Mozzarella there would have been −1") for text in texts_of(panel))
    assert at.bench.cost("Mozzarella").quantity == 14
    button_of(panel, "Back").click()
    at.window.settle()
    assert page.view.grid.isEnabled()
    page.record_button.click()
    at.window.settle()
    button_of(page.panel, "Record all the same").click()
    at.window.settle()
    assert at.bench.cost("Mozzarella").quantity == 9
    moved = at.bench.root.execute("SELECT effective_at FROM stock_movements WHERE quantity = -5").fetchone()
    assert NOW - timedelta(days=6) < moved[0] < NOW - timedelta(days=4)
    assert not page.view.when.is_earlier


def test_what_changes_nothing_else_is_recorded_at_once(at: SimpleNamespace) -> None:
    page = opened(at)
    enter(at, page, 0, "mozz", "1", "SPOILAGE")
    earlier(at, page, 0)
    page.record_button.click()
    at.window.settle()
    assert not isinstance(page.panel, EffectsPanel)
    assert at.bench.cost("Mozzarella").quantity == Decimal(13)


def test_a_day_that_cannot_be_read_is_marked(at: SimpleNamespace) -> None:
    page = opened(at)
    enter(at, page, 0, "mozz", "1", "SPOILAGE")
    button_of(page.view.when, "Earlier").click()
    page.view.when.day.editor.line.setText("soon")
    page.record_button.click()
    at.window.settle()
    assert at.bench.cost("Mozzarella").quantity == 14
    assert page.view.when.day._foot.isVisible()


def test_what_the_ledger_says_comes_with_the_day_that_cannot_be_read(at: SimpleNamespace) -> None:
    page = opened(at)
    enter(at, page, 0, "basil", "1", "SPOILAGE")
    at.bench.root.execute("UPDATE items SET is_active = false WHERE name = 'Basil'")
    button_of(page.view.when, "Earlier").click()
    page.view.when.day.editor.line.setText("soon")
    page.record_button.click()
    at.window.settle()
    assert page.view.when.day._foot.isVisible()
    assert page.view.grid.model.problem(0, 0) == "Basil is archived."
    assert at.bench.cost("Mozzarella").quantity == 14


def test_a_moment_to_come_is_marked_at_its_day_or_at_its_time(at: SimpleNamespace) -> None:
    page = opened(at)
    enter(at, page, 0, "mozz", "1", "SPOILAGE")
    earlier(at, page, -2)
    for hours, marked in ((0, "day"), (1, "time")):
        if hours:
            ahead = at.window.desk.formats.local(datetime.now(UTC) + timedelta(hours=hours))
            if ahead.date() != at.window.desk.formats.today():
                return  # an hour before midnight what is to come today cannot be typed
            page.view.when.set(ahead)
        page.record_button.click()
        at.window.settle()
        assert page.view.when.day._foot.isVisible() is (marked == "day")
        assert page.view.when.time._foot.isVisible() is (marked == "time")
        assert at.bench.cost("Mozzarella").quantity == 14
